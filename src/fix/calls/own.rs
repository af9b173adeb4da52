//! Programs that the file itself brings, rather than a package: a known name says nothing of them.

use crate::fix::Subject;
use crate::fix::folders::under;
use crate::stages::join;
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
