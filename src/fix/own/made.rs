//! Folders that the build makes for the program: by a RUN, or by a COPY of sources in which they lie.

use crate::fix::Subject;
use crate::fix::copies::{Handover, data_folders, root_owned};
use crate::fix::folders::{is_quotable, is_removed_with, is_system, under};
use crate::fix::place::{Anchor, Place};
use crate::fix::who::Who;
use crate::shell::files::{FileAct, FileChange};
use crate::shell::word::braces;

use super::{Owned, is_filled, is_handed_over};

/// Places in which a RUN makes folders for the system, not for the program.
const NOT_OURS: [&str; 13] = [
    "/usr",
    "/etc",
    "/root",
    "/tmp",
    "/bin",
    "/lib",
    "/sbin",
    "/proc",
    "/sys",
    "/dev",
    "/boot",
    "/var/lib/apt",
    "/var/cache/apt",
];

/// So many files that a RUN writes into such folders are handed over one by one.
const FILES: usize = 6;

/// Folders that a RUN makes outside the system, and the files that it writes there: somebody will write them.
pub(super) fn by_run(subject: &Subject<'_, '_, '_>, who: &Who, place: &Place, owned: &mut Owned) {
    let survey = &subject.verdict.survey;
    let mut found: Vec<String> = Vec::new();
    let bash = survey.state.shell.is_some();
    for (run, act) in survey
        .runs
        .iter()
        .flat_map(|run| run.files.iter().map(move |act| (run, act)))
    {
        let FileChange::MakesDir { path, parents, .. } = &act.what else {
            continue;
        };
        let dir = path.text.as_str();
        // Debian's and Alpine's /bin/sh makes one folder with braces in its name of it.
        let text = run.script.text().get(act.span.clone()).unwrap_or_default();
        if !bash && braces(&String::from_utf8_lossy(text)).len() > 1 {
            owned.doubt(
                "made-folders",
                format!(
                    "whether {dir} is made depends on the shell, which may not know lists in braces"
                ),
            );
            continue;
        }
        if !path.complete || !is_ours(subject, act, dir) || is_handed_over(subject, who, dir) {
            continue;
        }
        // `mkdir -p /var/lib/app/parts` makes /var/lib/app, too.
        let mut all = if *parents {
            above(subject, act, dir)
        } else {
            Vec::new()
        };
        all.push(dir);
        for dir in all {
            if !found.iter().any(|known| known == dir) {
                found.push(dir.to_owned());
            }
        }
    }
    let above_volume = owned.before_volume.is_some();
    let mut unseen: Vec<&str> = Vec::new();
    // Software is unpacked below /opt: its folders are for reading.
    for dir in found.iter().filter(|dir| !under(dir, "/opt")) {
        let program = is_the_programs(subject, dir);
        if !program && is_for_data(dir) && !above_volume {
            // Whatever a RUN leaves in it is the program's to write.
            owned.add_all(dir);
            continue;
        }
        owned.add(dir, above_volume);
        if !program && (is_filled(subject, dir) || is_worked_in(subject, dir)) {
            unseen.push(dir);
        }
    }
    if !unseen.is_empty() {
        owned.doubt(
            "made-folders",
            format!(
                "a RUN makes and fills {}: what it leaves there stays root's",
                unseen.join(", ")
            ),
        );
    }
    let mut files: Vec<String> = Vec::new();
    for run in survey
        .runs
        .iter()
        .filter(|run| !is_behind(subject, place, run.step))
    {
        for act in &run.files {
            let FileChange::Writes { path, .. } = &act.what else {
                continue;
            };
            let file = path.text.as_str();
            let inside = found
                .iter()
                .any(|dir| under(file, dir) && !under(dir, "/opt"));
            if inside && path.complete && is_ours(subject, act, file) && !owned.has(file) {
                files.push(file.to_owned());
            }
        }
    }
    if files.len() <= FILES && !above_volume {
        for file in files {
            owned.add(&file, false);
        }
    }
}

/// The WORKDIR, a folder around it, or where a COPY lands: the program's own tree, of which only the folder itself is
/// handed over.
pub(super) fn is_the_programs(subject: &Subject<'_, '_, '_>, dir: &str) -> bool {
    let survey = &subject.verdict.survey;
    let workdirs = survey
        .steps
        .iter()
        .filter_map(|step| step.workdir.as_deref());
    let copies = survey.copies.iter().map(|copy| copy.dest.as_str());
    workdirs
        .chain(copies)
        .any(|path| path == dir || under(path, dir) || path != "/" && under(dir, path))
}

/// A RUN changes into it, or gives it to a program of which nothing is known.
fn is_worked_in(subject: &Subject<'_, '_, '_>, dir: &str) -> bool {
    const KNOWN: [&str; 22] = [
        "mkdir", "chown", "chgrp", "chmod", "cp", "mv", "ln", "install", "touch", "rm", "rmdir",
        "echo", "printf", "cat", "tee", "ls", "test", "[", "[[", "useradd", "adduser", "usermod",
    ];
    let inside = |text: &str| text == dir || under(text, dir);
    subject.verdict.survey.runs.iter().any(|run| {
        run.script.commands.iter().any(|command| {
            let program = command.program().unwrap_or_default();
            !KNOWN.contains(&program)
                && command.args().iter().skip(1).any(|word| {
                    word.literal().is_some_and(|text| {
                        inside(text.trim_end_matches('/'))
                            || text
                                .split('=')
                                .any(|part| inside(part.trim_end_matches('/')))
                    })
                })
        })
    })
}

/// Its name sounds as if it were written to.
fn is_for_data(dir: &str) -> bool {
    const NAMES: [&str; 16] = [
        "data", "db", "database", "storage", "uploads", "upload", "media", "logs", "log", "tmp",
        "temp", "cache", "state", "run", "output", "spool",
    ];
    let name = dir.rsplit('/').next().unwrap_or_default();
    NAMES.contains(&name)
        || under(dir, "/var/lib")
        || under(dir, "/var/log")
        || under(dir, "/var/cache")
}

/// Empty folders like `logs` that come with the sources. `.dockerignore` may leave them out, so they are made.
pub(super) fn by_copy(
    subject: &Subject<'_, '_, '_>,
    who: &Who,
    place: &Place,
    handed: &[Handover],
    owned: &mut Owned,
) {
    for copy in root_owned(subject, handed) {
        if copy.chown.is_some() || is_behind(subject, place, copy.step) {
            continue;
        }
        for (folder, filled) in data_folders(subject, copy) {
            if !filled && is_quotable(&folder) && !is_handed_over(subject, who, &folder) {
                owned.add(&folder, true);
            }
        }
    }
}

/// The step runs behind the place of our RUN.
pub(super) fn is_behind(subject: &Subject<'_, '_, '_>, place: &Place, step: usize) -> bool {
    let step = &subject.verdict.survey.steps[step];
    match place.run {
        Anchor::Before(at) => step.stage == subject.verdict.survey.target && step.instruction >= at,
        Anchor::After(_) => false,
    }
}

/// A path that a RUN certainly makes, that is still there, and that is not the system's.
fn is_ours(subject: &Subject<'_, '_, '_>, act: &FileAct, path: &str) -> bool {
    let survey = &subject.verdict.survey;
    let workdir = survey.state.workdir.as_ref();
    let workdir = workdir.map(|workdir| workdir.path.as_str());
    let below_workdir = workdir.is_some_and(|workdir| workdir != "/" && under(path, workdir));
    let outside = !is_system(path)
        && !NOT_OURS
            .iter()
            .any(|parent| under(path, parent) || path == *parent);
    let removed = survey.file_acts().any(|act| {
        matches!(&act.what, FileChange::Removes { paths } if paths.iter().any(|gone| is_removed_with(path, &gone.text)))
    });
    (below_workdir || outside) && !act.conditional && is_quotable(path) && !removed
}

/// The folders above `dir` that are made with it, the outermost first: none of the system, and none that
/// a WORKDIR or a COPY makes.
fn above<'p>(subject: &Subject<'_, '_, '_>, act: &FileAct, dir: &'p str) -> Vec<&'p str> {
    let survey = &subject.verdict.survey;
    let mut all = Vec::new();
    let mut path = dir;
    while let Some((parent, _)) = path.rsplit_once('/') {
        let copied = survey.copies.iter().any(|copy| {
            copy.dest == parent || under(parent, &copy.dest) || under(&copy.dest, parent)
        });
        let workdir = survey.steps.iter().any(|step| {
            step.workdir
                .as_deref()
                .is_some_and(|path| path == parent || under(path, parent))
        });
        if parent.is_empty() || copied || workdir || !is_ours(subject, act, parent) {
            break;
        }
        all.insert(0, parent);
        path = parent;
    }
    all
}
