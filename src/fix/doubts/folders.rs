//! Signs of files that the program writes where it may not.

use crate::finding::Reason;
use crate::fix::Subject;
use crate::fix::copies::{Handover, fills_data, root_owned};
use crate::fix::folders::{is_system, under};
use crate::fix::own::Owned;
use crate::fix::who::Who;
use crate::programs::find;
use crate::shell::files::FileChange;
use crate::shell::lex::Command;
use crate::shell::word::Word;
use crate::stages::{BaseRef, join};

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

/// A COPY replaces the accounts of the base.
pub(super) fn accounts(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    const FILES: [&str; 3] = ["/etc/passwd", "/etc/group", "/etc/shadow"];
    let copies = &subject.verdict.survey.copies;
    let copy = copies.iter().find(|copy| {
        let into = copy.dest == "/etc";
        let mut sources = copy.sources.iter();
        FILES.contains(&copy.dest.as_str())
            || into && sources.any(|source| FILES.contains(&join("/", source).as_str()))
    })?;
    let base = subject.stages.root_base(subject.verdict.survey.target);
    (*base != BaseRef::Scratch).then(|| {
        Reason::new(
            "accounts-copied",
            format!(
                "a COPY replaces {}: which accounts there are is not known",
                copy.dest
            ),
        )
    })
}

/// Folders that are copied and sound as if they were written to, and are not handed over.
pub(super) fn data(subject: &Subject<'_, '_, '_>, handed: &[Handover]) -> Option<Reason> {
    let copied = root_owned(subject, handed)
        .find(|copy| fills_data(copy) && copy.chown.is_none())
        .map(|copy| format!("COPY fills {}", copy.dest))?;
    Some(Reason::new(
        "data-folder",
        format!("{copied}: the program may write there, and it stays root's"),
    ))
}

/// Files that were opened on purpose, so that somebody writes them, by a mode that opens them for root alone.
pub(super) fn opened(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let what = subject
        .verdict
        .survey
        .file_acts()
        .find_map(|act| match &act.what {
            FileChange::ChangesMode { paths, mode, .. }
                if mode.starts_with("+w") || mode.starts_with("+rw") =>
            {
                paths
                    .first()
                    .map(|path| format!("chmod {mode} {}", path.text))
            }
            _ => None,
        })?;
    Some(Reason::new(
        "writes-elsewhere",
        format!("{what}: a sign of files that are written where the user may not write"),
    ))
}

/// Files that a RUN makes behind the COPY of the program, and folders that were handed over before a
/// COPY filled them: somebody may have to write them.
pub(super) fn after_copy(subject: &Subject<'_, '_, '_>, owned: &Owned) -> Option<Reason> {
    let survey = &subject.verdict.survey;
    let first_copy = survey.copies.iter().map(|copy| copy.step).min();
    for run in survey
        .runs
        .iter()
        .filter(|run| crate::fix::root_home::is_run_as_root(subject, run.step))
    {
        let behind = first_copy.is_some_and(|copy| copy < run.step);
        for command in &run.script.commands {
            if behind && let Some(call) = builds(command) {
                return Some(Reason::new(
                    "run-writes",
                    format!("a RUN calls `{call}`, and the files that it makes stay root's"),
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

/// A command of a RUN that runs the application's own code, or a tool that makes files for it.
fn builds(command: &Command) -> Option<String> {
    const CODE: [&str; 11] = [
        "python", "node", "ruby", "php", "deno", "perl", "bash", "sh", "dash", "ash", "zsh",
    ];
    const TOOLS: [&str; 12] = [
        "npm",
        "yarn",
        "pnpm",
        "npx",
        "bundle",
        "rake",
        "flask",
        "django-admin",
        "alembic",
        "sqlite3",
        "rails",
        "artisan",
    ];
    const INSTALLS: [&str; 15] = [
        "install",
        "ci",
        "i",
        "add",
        "config",
        "cache",
        "-v",
        "--version",
        "-V",
        "update",
        "global",
        "set",
        "prune",
        "exec",
        "link",
    ];
    const MODULES: [&str; 9] = [
        "pip",
        "venv",
        "virtualenv",
        "ensurepip",
        "compileall",
        "poetry",
        "pipenv",
        "uv",
        "playwright",
    ];
    let program = command.program()?;
    let word = |at: usize| command.args().get(at).and_then(Word::literal);
    let second = word(1)?;
    let row = find(program).map_or(program, |row| row.name);
    let own = program == "manage.py" || program == "artisan";
    let harmless = match row {
        _ if own => false,
        _ if CODE.contains(&row) => match second.as_str() {
            "-m" => word(2).is_some_and(|module| MODULES.contains(&module.as_str())),
            // The text of a shell is read as commands; others print a version, mostly.
            "-c" | "-e" | "-r" | "-p" if row != "python" => true,
            "-c" => word(2).is_none_or(|code| {
                code.contains("print(") || code.contains("download") || code.contains("http")
            }),
            second => {
                INSTALLS.contains(&second)
                    || !second.contains('.') && !second.contains('/')
                    || second.starts_with('-')
            }
        },
        _ if TOOLS.contains(&row) => INSTALLS.contains(&second.as_str()),
        _ => true,
    };
    (!harmless).then(|| format!("{program} {second}"))
}
