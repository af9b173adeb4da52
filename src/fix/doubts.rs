//! What makes a fix impossible, or less than Safe. Each doubt has a stable identifier; `docs/doubts.md` lists them.

use crate::bases::{Confidence, Family};
use crate::dockerfile::{Keyword, Lookup};
use crate::finding::Reason;
use crate::programs::{Kind, find};
use crate::shell::argv::ProgramKind;
use crate::shell::files::FileChange;
use crate::shell::home::root_home_uses;
use crate::shell::lex::Script;
use crate::stages::{BaseRef, Form};
use crate::start::script;
use crate::survey::shell_variable;
use crate::verdict::{Cause, Certainty};

use super::Subject;
use super::own::under;
use super::place::{Place, UserPlace};

/// Why no fix is made at all.
pub(super) fn refuse(subject: &Subject<'_, '_, '_>) -> Result<(), Reason> {
    for name in programs(subject).names {
        if let Some(row) = find(&name).filter(|row| row.kind == Kind::Root) {
            return Err(Reason::new(
                "needs-root",
                format!(
                    "`{name}` does its job only as root; {}",
                    row.advice.unwrap_or_default()
                ),
            ));
        }
    }
    Ok(())
}

/// Why the fix is not Safe.
pub(super) fn of(subject: &Subject<'_, '_, '_>, place: &Place) -> Vec<Reason> {
    let mut doubts = Vec::new();
    doubts.extend(base(subject));
    doubts.extend(verdict(subject));
    doubts.extend(start(subject));
    doubts.extend(ports(subject));
    doubts.extend(home(subject));
    doubts.extend(modes(subject));
    doubts.extend(writes(subject));
    doubts.extend(children(subject));
    if matches!(place.user, UserPlace::ReplaceDefault(..))
        || subject.verdict.cause == Cause::ArgDefault
    {
        doubts.push(Reason::new(
            "build-argument",
            "a build argument chooses the user, and somebody may rely on it",
        ));
    }
    doubts
}

/// What the reader should know besides.
pub(super) fn remarks(subject: &Subject<'_, '_, '_>) -> Vec<String> {
    let mut remarks = Vec::new();
    let low: Vec<String> = low_ports(subject);
    if !low.is_empty() {
        remarks.push(format!(
            "port {} is below 1024: Docker 20.10 and containerd 2 let any user bind it, CRI-O and Podman do not",
            low.join(", ")
        ));
    }
    remarks
}

/// What is not certain of the base.
pub(super) fn base(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let verdict = subject.verdict;
    let root = subject.stages.chain(verdict.survey.target)[0];
    if let Some(missing) = &subject.stages.all[root].base_missing {
        return Some(Reason::new(
            "base-variable",
            format!(
                "the base depends on `{}`, which has no value here",
                missing.name()
            ),
        ));
    }
    let facts = verdict.base.as_ref()?;
    match facts.confidence {
        Confidence::Unknown => Some(Reason::new(
            "base-unknown",
            format!("nothing is known of the base {}", facts.image),
        )),
        Confidence::Inferred => Some(Reason::new(
            "base-inferred",
            format!(
                "what is known of {} is inferred, not read: {}",
                facts.image, facts.source
            ),
        )),
        _ if matches!(facts.family, Family::Unknown | Family::Other) => Some(Reason::new(
            "base-unknown",
            format!("the distribution of {} is not known", facts.image),
        )),
        _ => None,
    }
}

fn verdict(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    match (&subject.verdict.cause, subject.verdict.certainty) {
        (Cause::Emptied(missing), Certainty::Inferred) => Some(Reason::new(
            "user-variable",
            format!(
                "`{}` is set nowhere in the file, but the base image may set it",
                missing.name()
            ),
        )),
        _ => None,
    }
}

/// The programs of the start command, and what is behind it.
#[derive(Default)]
struct Programs {
    names: Vec<String>,
    /// The first words of the program that stays.
    main: Vec<String>,
    unread: Option<String>,
    scripts: Vec<(String, Script)>,
}

fn programs(subject: &Subject<'_, '_, '_>) -> Programs {
    let mut found = Programs::default();
    let Some(argv) = subject.verdict.start.argv.as_deref() else {
        return found;
    };
    for word in argv
        .iter()
        .take(4)
        .filter(|word| !word.contains(char::is_whitespace))
    {
        // `/init`, `my_init --`, `sudo`: wrappers that are programs of their own here.
        if find(word).is_some_and(|row| row.kind == Kind::Root)
            && (word.contains('/') || *word == argv[0])
        {
            found.names.push(word.clone());
        }
    }
    let Some(first) = subject.verdict.start.program() else {
        return found;
    };
    let Some(program) = argv.get(first.index) else {
        return found;
    };
    if first.kind == ProgramKind::Text {
        let text = Script::parse(program.as_bytes());
        add_script(&mut found, "the start command", text, true);
        return found;
    }
    found.main = argv[first.index..].iter().take(4).cloned().collect();
    found.names.push(program.clone());
    if let Some(script) = script(
        program,
        &subject.verdict.survey,
        subject.stages,
        subject.context,
    ) {
        let parsed = Script::parse(&script.text);
        add_script(&mut found, &script.shown, parsed, false);
    } else if looks_like_script(program) || first.kind == ProgramKind::Script {
        found.unread = Some(program.clone());
    }
    found
}

fn add_script(found: &mut Programs, shown: &str, script: Script, is_main: bool) {
    for command in &script.commands {
        let words: Vec<String> = command
            .args()
            .iter()
            .filter_map(crate::shell::word::Word::literal)
            .take(4)
            .collect();
        if let Some(first) = words.first() {
            found.names.push(first.clone());
            if is_main {
                found.main.clone_from(&words);
            }
        }
    }
    found.scripts.push((shown.to_owned(), script));
}

fn looks_like_script(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    name.ends_with(".sh")
        || name.ends_with(".bash")
        || name.contains("entrypoint")
        || matches!(name, "start" | "run" | "init" | "boot")
}

fn start(subject: &Subject<'_, '_, '_>) -> Vec<Reason> {
    let start = &subject.verdict.start;
    if start.argv.is_none() {
        return vec![Reason::new(
            "no-command",
            "the file names no CMD or ENTRYPOINT: other Dockerfiles may build on the image as root",
        )];
    }
    let mut doubts = Vec::new();
    if start.base_entrypoint {
        if let Some(facts) = subject
            .verdict
            .base
            .as_ref()
            .filter(|facts| facts.entrypoint.is_some())
        {
            doubts.push(Reason::new(
                "base-entrypoint",
                format!(
                    "the entrypoint of {} has not been seen to work as this user",
                    facts.image
                ),
            ));
        }
    }
    let programs = programs(subject);
    if let Some(unread) = &programs.unread {
        doubts.push(Reason::new(
            "script-unread",
            format!("`{unread}` was not found in the build context, so what it does is not known"),
        ));
    }
    let arguments = programs
        .main
        .iter()
        .skip(1)
        .filter(|word| find(word).is_some_and(|row| row.kind == Kind::Writes));
    for name in programs.names.iter().chain(arguments) {
        let short = name.rsplit('/').next().unwrap_or(name);
        match find(name).map(|row| row.kind) {
            Some(Kind::Plain) => {}
            Some(Kind::Writes) => doubts.push(Reason::new(
                "writes-unseen",
                format!("`{short}` writes into its tree or into caches that the Dockerfile does not show"),
            )),
            Some(Kind::Daemon) => doubts.push(Reason::new(
                "root-program",
                format!("`{short}` expects to start as root (port, pid file, logs, its own user switch)"),
            )),
            Some(Kind::Shell) if programs.main.first() == Some(name) => {
                doubts.push(Reason::new("interactive", format!("`{short}` is for people, whose work may need root")));
            }
            Some(Kind::Shell) => {}
            Some(Kind::Root) => {}
            None if programs.scripts.is_empty() || programs.main.first() == Some(name) => {
                if !is_own_program(subject, name) && programs.unread.as_deref() != Some(name) {
                    doubts.push(Reason::new("program-unknown", format!("what `{short}` needs is not known")));
                }
            }
            None => doubts.push(Reason::new(
                "script-unknown",
                format!("the start script calls `{short}`, whose needs are not known"),
            )),
        }
    }
    for (shown, script) in &programs.scripts {
        let env = |_: &str| None;
        let touches = crate::shell::files::file_acts(script, &env, "/")
            .into_iter()
            .any(|act| !matches!(act.what, FileChange::Links { .. }) || !act.conditional);
        if touches {
            doubts.push(Reason::new(
                "script-writes",
                format!("{shown} writes or changes files when the container starts"),
            ));
        }
    }
    let words = subject.verdict.start.argv.iter().flatten();
    if words
        .clone()
        .any(|word| word == "sudo" || word.starts_with("sudo "))
    {
        doubts.push(Reason::new("sudo", "the start command calls sudo"));
    }
    doubts
}

/// A program that a COPY brought, rather than a package.
fn is_own_program(subject: &Subject<'_, '_, '_>, program: &str) -> bool {
    let survey = &subject.verdict.survey;
    let workdir = survey
        .state
        .workdir
        .as_ref()
        .map_or("/", |workdir| workdir.path.as_str());
    let name = program.rsplit('/').next().unwrap_or(program);
    let path = if program.contains('/') {
        crate::stages::join(workdir, program)
    } else {
        String::new()
    };
    survey.copies.iter().any(|copy| {
        let named = copy
            .sources
            .iter()
            .any(|source| source.trim_end_matches('/').rsplit('/').next() == Some(name))
            || copy.dest.rsplit('/').next() == Some(name);
        named || (!path.is_empty() && copy.dest != "/" && under(&path, &copy.dest))
    })
}

fn low_ports(subject: &Subject<'_, '_, '_>) -> Vec<String> {
    let mut low: Vec<u16> = subject
        .verdict
        .survey
        .ports
        .iter()
        .map(|port| port.number)
        .filter(|port| *port < 1024)
        .collect();
    low.sort_unstable();
    low.dedup();
    low.iter().map(u16::to_string).collect()
}

fn ports(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let low = low_ports(subject);
    (!low.is_empty()).then(|| {
        Reason::new(
            "low-port",
            format!(
                "port {} needs a runtime that lets any user bind it",
                low.join(", ")
            ),
        )
    })
}

/// Things below /root, which has mode 0700.
fn home(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let survey = &subject.verdict.survey;
    let variable = |name: &str| shell_variable(&survey.state.env, name);
    let used = survey
        .runs
        .iter()
        .find_map(|run| root_home_uses(&run.script, &variable).into_iter().next())
        .map(|found| found.what.to_string());
    let below_root = |path: &str| path == "/root" || under(path, "/root");
    let copied = survey
        .copies
        .iter()
        .find(|copy| below_root(&copy.dest))
        .map(|copy| format!("a COPY to {}", copy.dest));
    let variable = [
        "HOME",
        "PATH",
        "VIRTUAL_ENV",
        "GOPATH",
        "CARGO_HOME",
        "RUSTUP_HOME",
        "NVM_DIR",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
    ]
    .into_iter()
    .find(|name| {
        survey
            .state
            .env
            .get(name)
            .is_some_and(|value| value.split(':').any(below_root))
    })
    .map(|name| format!("ENV {name} below /root"));
    let command = subject
        .verdict
        .start
        .argv
        .iter()
        .flatten()
        .find(|word| word.contains("/root") || word.contains("~/"))
        .map(|_| "the start command names /root".to_owned());
    used.or(copied)
        .or(variable)
        .or(command)
        .map(|what| Reason::new("home-of-root", format!("{what}: only root may enter /root")))
}

/// Modes that shut others out.
fn modes(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let survey = &subject.verdict.survey;
    let by_run = survey
        .runs
        .iter()
        .flat_map(|run| &run.files)
        .find_map(|act| match &act.what {
            FileChange::ChangesMode {
                paths,
                mode,
                excludes_others: true,
                ..
            } => Some(format!(
                "chmod {mode} {}",
                paths.first().map_or("", |path| path.text.as_str())
            )),
            _ => None,
        });
    let by_copy = survey.copies.iter().find_map(|copy| {
        let mode = copy.chmod.as_deref()?;
        let closed = u32::from_str_radix(mode, 8).is_ok_and(|bits| bits & 0o004 == 0);
        closed.then(|| format!("COPY --chmod={mode}"))
    });
    by_run
        .or(by_copy)
        .map(|what| Reason::new("mode", format!("`{what}` shuts other users out")))
}

/// Signs of files that the program writes elsewhere.
fn writes(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let survey = &subject.verdict.survey;
    // Permissions opened on purpose: somebody other than the owner writes there.
    let opened = survey
        .runs
        .iter()
        .flat_map(|run| &run.files)
        .find_map(|act| match &act.what {
            FileChange::ChangesMode { paths, mode, .. }
                if mode.ends_with("777") || mode.ends_with("666") || mode.contains("+w") =>
            {
                paths.first().map(|path| path.text.clone())
            }
            _ => None,
        });
    let redirect = survey
        .state
        .cmd
        .iter()
        .chain(&survey.state.entrypoint)
        .find_map(|command| match &command.form {
            Form::Shell(text) if text.contains('>') => {
                Some("a redirection in the start command".to_owned())
            }
            _ => None,
        });
    let named = subject
        .verdict
        .start
        .argv
        .iter()
        .flatten()
        .skip(1)
        .find(|word| {
            [
                "/var/log", "/var/run", "/run/", "/var/lib", ".pid", ".sock", ".log", ".db",
                ".sqlite",
            ]
            .iter()
            .any(|sign| word.contains(sign))
        });
    opened.or(redirect).or_else(|| named.cloned()).map(|what| {
        Reason::new(
            "writes-elsewhere",
            format!("{what}: a sign of files that are written where the user may not write"),
        )
    })
}

/// Stages and files that inherit the user.
fn children(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let target = subject.verdict.survey.target;
    if subject.stages.has_children(target) {
        return Some(Reason::new(
            "inherited",
            "other stages build on this one and inherit its user",
        ));
    }
    let onbuild = subject
        .body()
        .any(|at| subject.keyword(at) == Keyword::Onbuild);
    let scratch_system = matches!(subject.stages.root_base(target), BaseRef::Scratch)
        && subject.verdict.survey.copies.iter().any(|copy| {
            copy.dest == "/" && copy.sources.iter().any(|source| source.contains(".tar"))
        });
    if onbuild {
        Some(Reason::new(
            "onbuild",
            "ONBUILD: what other Dockerfiles run on this image may need root",
        ))
    } else if scratch_system {
        Some(Reason::new(
            "base-system",
            "the image is a base system: other Dockerfiles build on it as root",
        ))
    } else {
        None
    }
}
