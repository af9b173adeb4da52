//! Signs of files that the program writes where it may not.

use crate::finding::Reason;
use crate::fix::Subject;
use crate::fix::copies::{Handover, fills_data, root_owned};
use crate::fix::folders::{is_system, under};
use crate::fix::own::Owned;
use crate::fix::who::Who;
use crate::shell::files::FileChange;
use crate::shell::lex::{RedirectOp, Script};
use crate::stages::Form;

/// Files that a RUN or COPY gives to a user who is not ours: somebody else was to write them.
pub(super) fn other_owner(subject: &Subject<'_, '_, '_>, who: &Who) -> Option<Reason> {
    let survey = &subject.verdict.survey;
    let other = |owner: &str| {
        let name = owner.split([':', '.']).next().unwrap_or_default();
        !(who.owns_as(owner) || matches!(name, "" | "root" | "0"))
    };
    let by_run = survey.file_acts().find_map(|act| match &act.what {
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
pub(super) fn data(subject: &Subject<'_, '_, '_>, handed: &[Handover]) -> Option<Reason> {
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
    let mut kept = root_owned(subject, handed);
    let copied = kept
        .find(|copy| fills_data(copy))
        .map(|copy| format!("COPY fills {}", copy.dest));
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
    let opened = survey.file_acts().find_map(|act| match &act.what {
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
pub(super) fn after_copy(subject: &Subject<'_, '_, '_>, owned: &Owned) -> Option<Reason> {
    const BUILDERS: [&str; 12] = [
        "python", "python3", "node", "ruby", "php", "npm", "yarn", "pnpm", "npx", "bundle", "rake",
        "deno",
    ];
    let survey = &subject.verdict.survey;
    let first_copy = survey.copies.iter().map(|copy| copy.step).min();
    for run in survey
        .runs
        .iter()
        .filter(|run| super::home::is_run_as_root(subject, run.step))
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
            FileChange::Writes { path, .. } if mine(&path.text) && !owned.has(&path.text) => {
                Some(path.text.clone())
            }
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
