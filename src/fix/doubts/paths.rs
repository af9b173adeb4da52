//! Signs of files that the user cannot reach or write.

use crate::bases::is_root_user;
use crate::dockerfile::{Keyword, Lookup};
use crate::finding::Reason;
use crate::fix::Subject;
use crate::fix::own::{is_system, under};
use crate::fix::who::Who;
use crate::shell::files::FileChange;
use crate::shell::home::root_home_uses;
use crate::shell::lex::{RedirectOp, Script};
use crate::stages::Form;
use crate::survey::shell_variable;

/// Things below /root, which has mode 0700.
pub(super) fn home(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    const VARIABLES: [&str; 10] = [
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
    ];
    let survey = &subject.verdict.survey;
    let below_root = |path: &str| path == "/root" || under(path, "/root");
    let lookup = |name: &str| shell_variable(&survey.state.env, name);
    let used = || {
        let as_root = survey
            .runs
            .iter()
            .filter(|run| is_run_as_root(subject, run.step));
        let mut uses = as_root.filter_map(|run| {
            let named = root_home_uses(&run.script, &lookup)
                .into_iter()
                .next()
                .map(|found| found.what);
            named.or_else(|| model_cache(run.script.text()))
        });
        uses.next()
    };
    let copied = || {
        let copy = survey.copies.iter().find(|copy| below_root(&copy.dest))?;
        Some(format!("a COPY to {}", copy.dest))
    };
    let variable = || {
        let name = VARIABLES.into_iter().find(|name| {
            survey
                .state
                .env
                .get(name)
                .is_some_and(|value| value.split(':').any(below_root))
        })?;
        Some(format!("ENV {name} below /root"))
    };
    let command = || {
        let mut words = subject.verdict.start.argv.iter().flatten();
        words
            .any(|word| word.contains("/root") || word.contains("~/"))
            .then(|| "the start command names the home of root".to_owned())
    };
    let health = || {
        let checks = survey
            .steps
            .iter()
            .filter(|step| step.keyword == Keyword::Healthcheck);
        let mut texts =
            checks.map(|step| subject.stages.document.instructions[step.instruction].args());
        texts
            .any(|text| {
                memchr::memmem::find(text, b"/root").is_some()
                    || memchr::memmem::find(text, b"sudo ").is_some()
            })
            .then(|| "the HEALTHCHECK looks there".to_owned())
    };
    let what = used()
        .or_else(copied)
        .or_else(variable)
        .or_else(command)
        .or_else(health)?;
    Some(Reason::new(
        "home-of-root",
        format!("{what}: what lies in the home of root, only root may enter"),
    ))
}

/// True when the step ran as root.
fn is_run_as_root(subject: &Subject<'_, '_, '_>, step: usize) -> bool {
    let user = subject.verdict.survey.steps[step].user.as_ref();
    user.is_none_or(|user| is_root_user(&user.value))
}

/// Downloads that a program keeps below HOME, made while the image is built.
fn model_cache(script: &[u8]) -> Option<String> {
    const SIGNS: [&str; 9] = [
        "nltk.download",
        "from_pretrained",
        "huggingface-cli download",
        "hf download",
        "snapshot_download",
        "torch.hub",
        "SentenceTransformer(",
        "whisper.load_model",
        "spacy.cli.download",
    ];
    let sign = SIGNS
        .iter()
        .find(|sign| memchr::memmem::find(script, sign.as_bytes()).is_some())?;
    Some(format!("a RUN calls `{sign}`, which keeps what it loads"))
}

/// Modes that shut others out.
pub(super) fn modes(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
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
            FileChange::MakesDir {
                path,
                mode: Some(mode),
                ..
            } if closes(mode) => Some(format!("mkdir -m {mode} {}", path.text)),
            _ => None,
        });
    let umask = || {
        let mut commands = survey.runs.iter().flat_map(|run| &run.script.commands);
        let command = commands.find(|command| {
            let mask = command
                .args()
                .get(1)
                .and_then(crate::shell::word::Word::literal);
            command.program() == Some("umask")
                && mask.is_some_and(|mask| {
                    u32::from_str_radix(&mask, 8).is_ok_and(|bits| bits & 0o005 != 0)
                })
        })?;
        Some(format!("umask {}", command.args().get(1)?.literal()?))
    };
    let by_url = || {
        let copy = survey.copies.iter().find(|copy| {
            copy.chmod.is_none()
                && survey.steps[copy.step].keyword == Keyword::Add
                && copy
                    .sources
                    .iter()
                    .any(|source| source.starts_with("http://") || source.starts_with("https://"))
        })?;
        Some(format!("ADD {}", copy.sources.first()?))
    };
    let by_copy = || {
        let mode = survey
            .copies
            .iter()
            .find_map(|copy| copy.chmod.as_deref().filter(|mode| closes(mode)))?;
        Some(format!("COPY --chmod={mode}"))
    };
    let what = by_run.or_else(by_copy).or_else(umask).or_else(by_url)?;
    Some(Reason::new(
        "mode",
        format!("`{what}` shuts other users out"),
    ))
}

/// True for a mode that gives others no right to read, or the owner alone a right to execute.
fn closes(mode: &str) -> bool {
    match u32::from_str_radix(mode, 8) {
        Ok(bits) => bits & 0o004 == 0 || (bits & 0o100 != 0 && bits & 0o001 == 0),
        Err(_) => mode.split(',').any(|part| {
            let (who, what) = part.split_at(part.find(['=', '+', '-']).unwrap_or(part.len()));
            let others = who.is_empty() || who.contains(['o', 'a']);
            (others && (what.starts_with('-') || what == "=")) || (who == "go" && what == "=")
        }),
    }
}

/// Files of the build context that others may not read keep that mode in the image.
pub(super) fn closed_files(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let copies = subject.verdict.survey.copies.iter();
    let plain =
        copies.filter(|copy| copy.from.is_none() && copy.chmod.is_none() && copy.chown.is_none());
    let closed = plain
        .flat_map(|copy| &copy.sources)
        .find_map(|source| subject.context.first_closed(source))?;
    Some(Reason::new(
        "mode",
        format!(
            "`{closed}` in the build context may not be read by others, and keeps that mode in the image"
        ),
    ))
}

/// setuid programs give the user root's rights back, or fail under `no-new-privileges`.
pub(super) fn setuid(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let acts = subject
        .verdict
        .survey
        .runs
        .iter()
        .flat_map(|run| &run.files);
    let what = acts.into_iter().find_map(|act| match &act.what {
        FileChange::ChangesMode { paths, mode, .. } if is_setuid(mode) => Some(format!(
            "chmod {mode} {}",
            paths.first().map_or("", |path| path.text.as_str())
        )),
        _ => None,
    })?;
    Some(Reason::new(
        "setuid",
        format!("`{what}`: the program runs as root whoever starts it"),
    ))
}

fn is_setuid(mode: &str) -> bool {
    let symbolic = mode.split(',').any(|part| {
        part.split_once('+')
            .is_some_and(|(who, what)| what.contains('s') && !matches!(who, "g" | "o"))
    });
    symbolic || (mode.len() == 4 && mode.starts_with(['4', '5', '6', '7']))
}

/// Files that a RUN or COPY gives to a user who is not ours: somebody else was to write them.
pub(super) fn other_owner(subject: &Subject<'_, '_, '_>, who: &Who) -> Option<Reason> {
    let survey = &subject.verdict.survey;
    let other = |owner: &str| {
        let name = owner.split([':', '.']).next().unwrap_or_default();
        let ours =
            who.label.split(' ').next() == Some(name) || who.user.split(':').next() == Some(name);
        !(ours || matches!(name, "" | "root" | "0"))
    };
    let by_run = survey
        .runs
        .iter()
        .flat_map(|run| &run.files)
        .find_map(|act| match &act.what {
            FileChange::ChangesOwner {
                paths,
                owner: Some(owner),
                ..
            } if other(owner) => Some(format!(
                "chown {owner} {}",
                paths.first().map_or("", |path| path.text.as_str())
            )),
            _ => None,
        });
    let by_copy = || {
        let owner = survey
            .copies
            .iter()
            .find_map(|copy| copy.chown.as_deref().filter(|owner| other(owner)))?;
        Some(format!("COPY --chown={owner}"))
    };
    let what = by_run.or_else(by_copy)?;
    Some(Reason::new(
        "other-owner",
        format!("`{what}` gives files to another user than {}", who.label),
    ))
}

/// Folders that are copied or named in ENV and sound as if they were written to.
pub(super) fn data(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    const FOLDERS: [&str; 16] = [
        "data", "db", "database", "storage", "uploads", "upload", "media", "logs", "log", "tmp",
        "temp", "cache", "var", "state", "run", "output",
    ];
    const CACHES: [&str; 6] = [
        "HF_HOME",
        "TORCH_HOME",
        "TRANSFORMERS_CACHE",
        "MPLCONFIGDIR",
        "NLTK_DATA",
        "NUMBA_CACHE_DIR",
    ];
    const VARIABLES: [&str; 14] = [
        "DATA", "LOG", "CACHE", "STORAGE", "UPLOAD", "STATE", "DB", "DATABASE", "TMP", "TEMP",
        "PID", "SOCK", "OUTPUT", "SQLITE",
    ];
    let survey = &subject.verdict.survey;
    let copied = survey.copies.iter().find_map(|copy| {
        let last = copy
            .dest
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        (FOLDERS.contains(&last) && !is_system(&copy.dest))
            .then(|| format!("COPY fills {}", copy.dest))
    });
    let workdir = survey
        .state
        .workdir
        .as_ref()
        .map(|workdir| workdir.path.as_str());
    let named = || {
        survey.state.env.iter().find_map(|(name, value)| {
            let listed = |part: &str, word: &str| {
                part.eq_ignore_ascii_case(word) || part.eq_ignore_ascii_case(&format!("{word}S"))
            };
            let sounds = CACHES.contains(&name)
                || name
                    .split('_')
                    .any(|part| VARIABLES.iter().any(|word| listed(part, word)));
            let path = value.strip_prefix("sqlite://").unwrap_or(value);
            let elsewhere = path.starts_with('/')
                && path.len() > 1
                && !under(path, "/tmp")
                && Some(path) != workdir
                && path != "/dev/null";
            (sounds && elsewhere).then(|| format!("{name}={value}"))
        })
    };
    let what = copied.or_else(named)?;
    Some(Reason::new(
        "data-folder",
        format!("{what}: the program may write there, and it stays root's"),
    ))
}

/// Signs in the start command, and permissions that were opened on purpose.
pub(super) fn writes(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    const SIGNS: [&str; 9] = [
        "/var/log", "/var/run", "/run/", "/var/lib", ".pid", ".sock", ".log", ".db", ".sqlite",
    ];
    let survey = &subject.verdict.survey;
    let opened = survey
        .runs
        .iter()
        .flat_map(|run| &run.files)
        .find_map(|act| match &act.what {
            FileChange::ChangesMode { paths, mode, .. }
                if mode.ends_with("777")
                    || mode.ends_with("666")
                    || mode.contains("+w")
                    || mode.contains("+rw") =>
            {
                paths
                    .first()
                    .map(|path| format!("chmod {mode} {}", path.text))
            }
            _ => None,
        });
    let redirect = || {
        let commands = survey.state.cmd.iter().chain(&survey.state.entrypoint);
        let mut texts = commands.filter_map(|command| match &command.form {
            Form::Shell(text) => Some(text),
            Form::Exec(_) => None,
        });
        let writes = texts.any(|text| {
            let script = Script::parse(text.as_bytes());
            let mut redirects = script
                .commands
                .iter()
                .flat_map(|command| &command.redirects);
            redirects.any(|redirect| {
                matches!(redirect.op, RedirectOp::Write | RedirectOp::Append)
                    && !redirect.target.literal().is_some_and(|target| {
                        target.starts_with("/dev/") || target.starts_with("/tmp/")
                    })
            })
        });
        writes.then(|| "a redirection in the start command".to_owned())
    };
    let named = || {
        let mut words = subject.verdict.start.argv.iter().flatten().skip(1);
        words
            .find(|word| SIGNS.iter().any(|sign| word.contains(sign)))
            .cloned()
    };
    let what = opened.or_else(redirect).or_else(named)?;
    Some(Reason::new(
        "writes-elsewhere",
        format!("{what}: a sign of files that are written where the user may not write"),
    ))
}

/// Files that a RUN makes behind the COPY of the program, and folders that were handed over before a
/// COPY filled them: somebody may have to write them.
pub(super) fn after_copy(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    const BUILDERS: [&str; 12] = [
        "python", "python3", "node", "ruby", "php", "npm", "yarn", "pnpm", "npx", "bundle", "rake",
        "deno",
    ];
    let survey = &subject.verdict.survey;
    let first_copy = survey.copies.iter().map(|copy| copy.step).min();
    for run in survey
        .runs
        .iter()
        .filter(|run| is_run_as_root(subject, run.step))
    {
        let behind = first_copy.is_some_and(|copy| copy < run.step);
        for command in &run.script.commands {
            let program = command.program().unwrap_or_default();
            let second = command
                .args()
                .get(1)
                .and_then(crate::shell::word::Word::literal)
                .unwrap_or_default();
            let installs = matches!(
                second.as_str(),
                "install"
                    | "ci"
                    | "i"
                    | "add"
                    | "-m"
                    | "config"
                    | "cache"
                    | "-v"
                    | "--version"
                    | "-c"
                    | "update"
                    | "global"
                    | "set"
                    | "prune"
                    | "exec"
            );
            if behind && BUILDERS.contains(&program) && !installs && !second.is_empty() {
                return Some(Reason::new(
                    "run-writes",
                    format!(
                        "a RUN calls `{program} {second}`, and the files that it makes stay root's"
                    ),
                ));
            }
        }
        let mine = |path: &str| {
            path.starts_with('/')
                && !is_system(path)
                && !["/etc", "/usr", "/root", "/tmp", "/var/lib/apt", "/opt"]
                    .iter()
                    .any(|parent| under(path, parent))
        };
        let file = run.files.iter().find_map(|act| match &act.what {
            FileChange::Writes { path, .. } if mine(&path.text) => Some(path.text.clone()),
            _ => None,
        });
        if let Some(file) = file {
            return Some(Reason::new(
                "run-writes",
                format!("a RUN writes {file}, which stays root's"),
            ));
        }
        for act in &run.files {
            let FileChange::ChangesOwner {
                paths,
                recursive: true,
                ..
            } = &act.what
            else {
                continue;
            };
            let filled = survey.copies.iter().find(|copy| {
                copy.step > run.step
                    && copy.chown.is_none()
                    && paths
                        .iter()
                        .any(|path| copy.dest == path.text || under(&copy.dest, &path.text))
            });
            if let Some(copy) = filled {
                return Some(Reason::new(
                    "run-writes",
                    format!(
                        "a RUN hands {} over before a COPY fills it with files of root's",
                        copy.dest
                    ),
                ));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_that_close_and_modes_that_raise() {
        assert!(
            closes("700")
                && closes("0750")
                && closes("0711")
                && closes("744")
                && closes("u=rwx,go=")
        );
        assert!(!closes("755") && !closes("0644") && !closes("+x") && !closes("a+rx"));
        assert!(is_setuid("u+s") && is_setuid("+s") && is_setuid("4755") && is_setuid("a+xs"));
        assert!(!is_setuid("0755") && !is_setuid("g+s") && !is_setuid("+x") && !is_setuid("1777"));
    }
}
