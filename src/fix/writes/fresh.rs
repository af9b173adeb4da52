//! What is certain not to be there when the container starts: a new file in the working folder, and all of /tmp. What
//! the program makes there is the user's.

use crate::context::normal;
use crate::fix::Subject;
use crate::fix::folders::{is_removed_with, under};
use crate::shell::files::FileChange;
use crate::stages::{BaseRef, join};
use crate::survey::Copied;

use super::{is_free, workdir};

/// What is asked of every line, found out once for a Dockerfile.
pub(super) struct Fresh {
    /// Everybody may write to /tmp, and nothing of root's lies there.
    pub(super) tmp: bool,
    /// A name that the context does not have is a new file in the working folder, which is where the program starts.
    workdir: bool,
}

impl Fresh {
    pub(super) fn of(subject: &Subject<'_, '_, '_>) -> Self {
        let base = subject.stages.root_base(subject.verdict.survey.target);
        Self {
            tmp: *base != BaseRef::Scratch && !fills_tmp(subject),
            workdir: workdir(subject) != "/"
                && no_run_makes_files(subject)
                && starts_in_workdir(subject)
                && !copies_rename(subject),
        }
    }

    /// The call's first argument is the name of a new file, which lands in a working folder that is not the system's.
    /// `source` is what the COPY of the source names.
    pub(super) fn is_new(&self, subject: &Subject<'_, '_, '_>, source: &str, code: &str) -> bool {
        if !self.workdir {
            return false;
        }
        let Some((call, arguments)) = code.split_once('(') else {
            return false;
        };
        if !call.trim_end().ends_with("open") && !call.trim_end().ends_with("connect") {
            return false;
        }
        let arguments = arguments.trim_start();
        let Some(quote) = arguments
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))
        else {
            return false;
        };
        let Some(name) = arguments[1..].split(quote).next() else {
            return false;
        };
        let is_mode = name.bytes().all(|byte| b"rwaxbt+".contains(&byte));
        let folder = source.trim_end_matches('/');
        let known = || {
            subject.context.exists(&format!("{folder}/{name}"))
                || subject.context.exists(name)
                || is_brought(subject, name)
        };
        !name.is_empty() && !is_mode && !name.contains(['/', '$', '{', '%', ':']) && !known()
    }
}

/// A COPY, perhaps another than that of the source, brings a file of that name.
pub(super) fn is_brought(subject: &Subject<'_, '_, '_>, name: &str) -> bool {
    let copies = subject.verdict.survey.copies.iter();
    let mut sources = copies.flat_map(|copy| &copy.sources);
    sources.any(|source| {
        let plain = source.trim_end_matches('/');
        plain.rsplit('/').next() == Some(name) || subject.context.exists(&format!("{plain}/{name}"))
    })
}

/// A COPY brings something into the working folder under another name, from another stage, by a pattern or a heredoc:
/// what is there cannot be seen in the context.
fn copies_rename(subject: &Subject<'_, '_, '_>) -> bool {
    let folder = workdir(subject);
    subject.verdict.survey.copies.iter().any(|copy| {
        let near = copy.dest == folder
            || under(&copy.dest, folder)
            || under(&join(folder, "x"), &copy.dest);
        let whole =
            copy.sources.len() == 1 && matches!(copy.sources[0].trim_end_matches('/'), "." | "");
        let same_names = copy.sources.iter().all(|source| {
            let name = source.rsplit('/').next().unwrap_or(source);
            copy.into_folder && !name.contains('*') || copy.dest.ends_with(&format!("/{name}"))
        });
        let unseen = copy.from.is_some() || !copy.heredocs.is_empty();
        near && (unseen || !(whole || same_names))
    })
}

/// The container starts its program in the WORKDIR, and not in a folder that it goes to first.
fn starts_in_workdir(subject: &Subject<'_, '_, '_>) -> bool {
    subject.calls.all.iter().all(|call| {
        let goes = |word: &str| {
            let name = word.split('=').next().unwrap_or(word);
            matches!(
                name,
                "--chdir" | "--workdir" | "--directory" | "--cwd" | "--prefix" | "--app-dir"
            )
        };
        !matches!(call.name(), Some("cd" | "pushd")) && !call.arguments().any(goes)
    })
}

/// No RUN leaves files in the WORKDIR but those of packages: what the program makes there is new.
fn no_run_makes_files(subject: &Subject<'_, '_, '_>) -> bool {
    const HARMLESS: [&str; 51] = [
        "apt-get",
        "apt",
        "apk",
        "yum",
        "dnf",
        "microdnf",
        "zypper",
        "pacman",
        "pip",
        "pip3",
        "npm",
        "yarn",
        "pnpm",
        "corepack",
        "gem",
        "bundle",
        "composer",
        "poetry",
        "uv",
        "useradd",
        "adduser",
        "groupadd",
        "addgroup",
        "usermod",
        "mkdir",
        "chown",
        "chgrp",
        "chmod",
        "rm",
        "rmdir",
        "set",
        "cd",
        "export",
        "true",
        ":",
        "test",
        "[",
        "update-ca-certificates",
        "locale-gen",
        "ldconfig",
        "a2enmod",
        "a2dismod",
        "a2ensite",
        "a2dissite",
        "docker-php-ext-install",
        "docker-php-ext-enable",
        "apt-key",
        "dpkg-reconfigure",
        "setcap",
        "echo",
        "printf",
    ];
    let survey = &subject.verdict.survey;
    survey.runs.iter().all(|run| {
        run.script.commands.iter().all(|command| {
            let program = command.program();
            let module =
                |at: usize, is: &str| command.args().get(at).is_some_and(|word| word.is(is));
            let pip = module(1, "-m") && (module(2, "pip") || module(2, "venv"));
            let runs = module(1, "run") || module(1, "exec");
            command.redirects.is_empty()
                && (program.is_none()
                    || pip
                    || program.is_some_and(|program| HARMLESS.contains(&program) && !runs))
        })
    })
}

/// A RUN leaves something in /tmp, which is root's, or a COPY brings a folder there.
fn fills_tmp(subject: &Subject<'_, '_, '_>) -> bool {
    let survey = &subject.verdict.survey;
    let folder = |source: &String| {
        let files = subject.context.files(source);
        files.first().is_some_and(|first| first != normal(source))
    };
    let copied = |copy: &Copied| {
        is_free(&copy.dest) && (copy.from.is_some() || copy.sources.iter().any(folder))
    };
    if survey.copies.iter().any(copied) {
        return true;
    }
    let removed = |path: &str| {
        survey.file_acts().any(|act| {
            matches!(&act.what, FileChange::Removes { paths } if paths.iter().any(|gone| is_removed_with(path, &gone.text)))
        })
    };
    survey.file_acts().any(|act| {
        let (FileChange::MakesDir { path, .. } | FileChange::Writes { path, .. }) = &act.what
        else {
            return false;
        };
        is_free(&path.text) && !path.text.starts_with("/dev") && !removed(&path.text)
    })
}
