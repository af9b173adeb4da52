//! What is known of the programs that the container starts.

use crate::bases::StepsDown;
use crate::finding::Reason;
use crate::fix::Subject;
use crate::fix::folders::under;
use crate::fix::who::Who;
use crate::programs::{Kind, find};
use crate::shell::argv::ProgramKind;
use crate::shell::files::{FileChange, file_acts};
use crate::shell::lex::{Command, Script};
use crate::shell::word::Word;
use crate::stages::join;
use crate::start::script;
use crate::survey::Copied;

/// The programs of the start command, and what is behind it.
#[derive(Default)]
pub(in crate::fix) struct Programs {
    /// Every program that is called, in order.
    pub(super) names: Vec<String>,
    /// The first words of each command, as far as they are known.
    commands: Vec<Vec<String>>,
    /// The first words of the program that stays.
    main: Vec<String>,
    /// The program that stays is a script that was found.
    main_is_read: bool,
    /// A script that was not found.
    unread: Option<String>,
    /// What was read, each with its name for people.
    scripts: Vec<(String, Script)>,
}

/// Reads the start command and the script that it names.
pub(in crate::fix) fn programs(subject: &Subject<'_, '_, '_>) -> Programs {
    let mut found = Programs::default();
    let start = &subject.verdict.start;
    let Some(argv) = start.argv.as_deref() else {
        return found;
    };
    // `/init`, `my_init --`: wrappers that are programs of their own here.
    let own = |word: &str| is_generic(word) && is_own_program(subject, word);
    let wrappers = argv.iter().take(4).filter(|word| {
        find(word).is_some_and(|row| row.kind == Kind::Root)
            && (word.contains('/') || **word == argv[0])
            && !own(word)
    });
    found.names.extend(wrappers.cloned());
    let Some(first) = start.program() else {
        return found;
    };
    let Some(program) = argv.get(first.index) else {
        return found;
    };
    if first.kind == ProgramKind::Text {
        found.add("the start command", Script::parse(program.as_bytes()), true);
        return found;
    }
    found.main = argv[first.index..].iter().take(4).cloned().collect();
    found.commands.push(found.main.clone());
    if own(program) {
        // A binary of the file's own that happens to have the name of a known program.
        return found;
    }
    found.names.push(program.clone());
    if let Some(script) = script(program, subject.bringer()) {
        found.main_is_read = true;
        found.add(&script.shown, Script::parse(&script.text), false);
    } else if looks_like_script(program) || first.kind == ProgramKind::Script {
        found.unread = Some(program.clone());
    }
    found
}

impl Programs {
    fn add(&mut self, shown: &str, script: Script, is_main: bool) {
        for command in &script.commands {
            let words: Vec<String> = command
                .args()
                .iter()
                .filter_map(Word::literal)
                .take(4)
                .collect();
            if let Some(first) = words.first() {
                self.names.push(first.clone());
                self.commands.push(words.clone());
                if is_main {
                    self.main.clone_from(&words);
                }
            }
        }
        self.scripts.push((shown.to_owned(), script));
    }
}

fn looks_like_script(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    matches!(ending, Some("sh" | "bash"))
        || name.contains("entrypoint")
        || matches!(name, "start" | "run" | "init" | "boot")
}

/// Why the start command may not work as another user.
pub(super) fn doubts(subject: &Subject<'_, '_, '_>, programs: &Programs, who: &Who) -> Vec<Reason> {
    let start = &subject.verdict.start;
    if start.argv.is_none() {
        return without_command(subject, who).into_iter().collect();
    }
    let mut doubts: Vec<Reason> = base_entrypoint(subject, who).into_iter().collect();
    if let Some(unread) = &programs.unread {
        doubts.push(Reason::new(
            "script-unread",
            format!("`{unread}` was not found in the build context, or is no shell script: what it does is not known"),
        ));
    }
    for name in &programs.names {
        doubts.extend(program(subject, programs, name));
    }
    for words in &programs.commands {
        doubts.extend(arguments(words));
    }
    for (shown, script) in &programs.scripts {
        let acts = file_acts(script, &|_| None, "/");
        let by_tool = script.commands.iter().any(changes_files);
        if by_tool || acts.iter().any(|act| writes_files(&act.what)) {
            doubts.push(Reason::new(
                "script-writes",
                format!("{shown} writes or changes files when the container starts"),
            ));
        }
    }
    let words = start.argv.iter().flatten();
    if words
        .clone()
        .any(|word| word == "sudo" || word.starts_with("sudo "))
    {
        doubts.push(Reason::new("sudo", "the start command calls sudo"));
    }
    doubts
}

/// What arguments make of a program that is harmless by itself.
fn arguments(words: &[String]) -> Vec<Reason> {
    const DATA: [&str; 11] = [
        "data", "log", "cache", "dir", "store", "storage", "db", "pid", "out", "tmp", "work",
    ];
    let mut doubts = Vec::new();
    let writing = words
        .iter()
        .skip(1)
        .take(2)
        .filter(|word| find(word).is_some_and(|row| row.kind == Kind::Writes));
    doubts.extend(writing.map(|name| writes(name)));
    let builds = matches!(
        (
            words.first().map(String::as_str),
            words.get(1).map(String::as_str)
        ),
        (Some("dotnet"), Some("run" | "watch" | "test" | "build"))
            | (Some("bun"), Some("run" | "dev"))
            | (Some("deno"), Some("task"))
    );
    if builds {
        doubts.push(writes(&words[..2].join(" ")));
    }
    let mut after_flag = false;
    for word in words.iter().skip(1) {
        let flag = word.starts_with('-')
            && DATA
                .iter()
                .any(|part| word.to_ascii_lowercase().contains(part));
        let path = word.rsplit('=').next().unwrap_or(word);
        let names = (flag && word.contains('=')) || after_flag;
        if names && path.starts_with('/') && !path.starts_with("/tmp") && !path.starts_with("/dev/")
        {
            doubts.push(Reason::new(
                "data-folder",
                format!("{word}: the program may write there, and it stays root's"),
            ));
        }
        after_flag = flag;
    }
    doubts
}

/// Tools that change files, besides those whose acts are read.
fn changes_files(command: &Command) -> bool {
    let has = |start: &str| {
        command
            .args()
            .iter()
            .any(|word| word.prefix().starts_with(start))
    };
    match command.program() {
        Some("sed" | "perl") => has("-i") || has("--in-place"),
        Some(
            "touch" | "truncate" | "dd" | "tar" | "unzip" | "gunzip" | "patch" | "rsync"
            | "envsubst" | "tee",
        ) => true,
        _ => false,
    }
}

fn writes_files(change: &FileChange) -> bool {
    match change {
        FileChange::Writes { path, .. } => {
            !path.text.starts_with("/dev/") && !path.text.starts_with("/tmp/")
        }
        _ => true,
    }
}

/// The file leaves it to the base what the container runs.
fn without_command(subject: &Subject<'_, '_, '_>, who: &Who) -> Option<Reason> {
    let Some(facts) = subject
        .verdict
        .base
        .as_ref()
        .filter(|facts| facts.is_known())
    else {
        return Some(no_command());
    };
    if facts.default_user.as_deref() == Some(who.user.as_str()) {
        return None;
    }
    let has_program = facts.entrypoint.is_some()
        || !facts.ports.is_empty()
        || facts.steps_down != StepsDown::None;
    Some(if facts.steps_down == StepsDown::Daemon {
        Reason::new(
            "root-program",
            format!(
                "the program of {} expects to be started as root",
                facts.image
            ),
        )
    } else if has_program {
        Reason::new(
            "base-program",
            format!(
                "the program of {} has not been seen to work as this user",
                facts.image
            ),
        )
    } else {
        no_command()
    })
}

fn no_command() -> Reason {
    Reason::new(
        "no-command",
        "the file names no CMD or ENTRYPOINT: other Dockerfiles may build on the image as root",
    )
}

/// The base's own entrypoint runs in front of the CMD. It is known to work where the base makes the
/// user for that purpose and its entrypoint changes nothing as root.
fn base_entrypoint(subject: &Subject<'_, '_, '_>, who: &Who) -> Option<Reason> {
    let facts = subject
        .verdict
        .base
        .as_ref()
        .filter(|facts| facts.entrypoint.is_some())?;
    if facts.default_user.as_deref() == Some(who.user.as_str()) {
        return None;
    }
    let made_for_it = facts.steps_down == StepsDown::None
        && facts.run_as.as_ref().is_some_and(|account| {
            who.label == account.name || who.label.starts_with(&format!("{} (", account.name))
        });
    (subject.verdict.start.base_entrypoint && !made_for_it).then(|| {
        Reason::new(
            "base-entrypoint",
            format!(
                "the entrypoint of {} has not been seen to work as this user",
                facts.image
            ),
        )
    })
}

fn program(subject: &Subject<'_, '_, '_>, programs: &Programs, name: &str) -> Option<Reason> {
    let short = name.rsplit('/').next().unwrap_or(name);
    let is_main = programs.main.first().map(String::as_str) == Some(name);
    match find(name).map(|row| row.kind) {
        Some(Kind::Plain | Kind::Root) => None,
        Some(Kind::Writes) => Some(writes(name)),
        Some(Kind::Daemon) => Some(Reason::new(
            "root-program",
            format!("`{short}` expects to be started as root"),
        )),
        Some(Kind::Shell) => is_main.then(|| {
            Reason::new(
                "interactive",
                format!("`{short}` is for people, whose work may need root"),
            )
        }),
        // What a script does was read: its own name says nothing more.
        None if is_main && programs.main_is_read => None,
        None if is_own_program(subject, name) || programs.unread.as_deref() == Some(name) => None,
        None if programs.scripts.is_empty() || is_main => Some(Reason::new(
            "program-unknown",
            format!("what `{short}` needs is not known"),
        )),
        None => Some(Reason::new(
            "script-unknown",
            format!("the start script calls `{short}`, whose needs are not known"),
        )),
    }
}

fn writes(name: &str) -> Reason {
    let short = name.rsplit('/').next().unwrap_or(name);
    Reason::new(
        "writes-unseen",
        format!("`{short}` writes into its tree or into caches that the Dockerfile does not show"),
    )
}

/// Names of known programs that people also give to their own.
fn is_generic(program: &str) -> bool {
    const NAMES: [&str; 22] = [
        "service", "init", "boot", "thin", "god", "serve", "play", "air", "ant", "task", "nest",
        "stack", "tor", "bird", "ip", "login", "mount", "rc", "make", "tc", "wg", "reflex",
    ];
    let name = program.rsplit('/').next().unwrap_or(program);
    NAMES.contains(&name) && program != "/init" && !program.starts_with("/etc/init.d/")
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
    let last = |path: &str| path.trim_end_matches('/').rsplit('/').next() == Some(name);
    let named = |copy: &Copied| copy.sources.iter().any(|source| last(source)) || last(&copy.dest);
    if !program.contains('/') {
        // Found by PATH: the COPY must lead to a folder of programs.
        return survey.copies.iter().any(|copy| {
            named(copy)
                && copy
                    .dest
                    .split('/')
                    .any(|part| matches!(part, "bin" | "sbin"))
        });
    }
    let path = join(workdir, program);
    survey.copies.iter().any(|copy| {
        copy.dest == path
            || (copy.dest != "/" && under(&path, &copy.dest))
            || (copy.dest == "/" && named(copy))
    })
}
