//! Programs that the file itself brings, rather than a package: a known name says nothing of them.

use crate::fix::Subject;
use crate::fix::copies::is_settings_alone;
use crate::fix::folders::under;
use crate::programs::find;
use crate::stages::{BaseRef, join};
use crate::survey::Copied;

/// The program is the file's own, and has one of those names that people also give to their own.
pub(super) fn is_generic_own(subject: &Subject<'_, '_, '_>, program: &str) -> bool {
    const NAMES: [&str; 22] = [
        "service", "init", "boot", "thin", "god", "serve", "play", "air", "ant", "task", "nest",
        "stack", "tor", "bird", "ip", "login", "mount", "rc", "make", "tc", "wg", "reflex",
    ];
    let name = program.rsplit('/').next().unwrap_or(program);
    NAMES.contains(&name)
        && program != "/init"
        && !program.starts_with("/etc/init.d/")
        && is_own_program(subject, program)
}

/// A program that a COPY brought, rather than a package.
pub(super) fn is_own_program(subject: &Subject<'_, '_, '_>, program: &str) -> bool {
    let survey = &subject.verdict.survey;
    let workdir = survey.state.working_folder();
    let name = program.rsplit('/').next().unwrap_or(program);
    if !program.contains('/') {
        // Found by PATH: the COPY must lead to a folder of programs.
        return survey.copies.iter().any(|copy| {
            copy.names(name)
                && copy
                    .dest
                    .split('/')
                    .any(|part| matches!(part, "bin" | "sbin"))
        });
    }
    let path = join(workdir, program);
    // Nothing is in such an image but what the file brings.
    let base = subject.stages.root_base(survey.target);
    if *base == BaseRef::Scratch && find(program).is_none() {
        return !survey.copies.is_empty();
    }
    // A known name in a folder that another stage has filled is the known program: `/venv/bin/celery`.
    let packaged =
        |copy: &Copied| copy.from.is_some() && !copy.names(name) && find(program).is_some();
    survey
        .copies
        .iter()
        .filter(|copy| !packaged(copy))
        .any(|copy| {
            copy.dest == path
                || (copy.dest != "/"
                    && under(&path, &copy.dest)
                    && !is_settings_alone(subject, copy))
                || (copy.dest == "/" && copy.names(name))
        })
}
