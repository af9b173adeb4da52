//! Folders that the build makes for the program: by a RUN, or by a COPY of sources in which they lie.

use crate::fix::Subject;
use crate::fix::copies::{Handover, data_folders, root_owned};
use crate::fix::folders::{is_quotable, is_system, under};
use crate::fix::place::{Anchor, Place};
use crate::fix::who::Who;
use crate::shell::files::{FileAct, FileChange};

use super::{Owned, is_handed_over};

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
    for act in survey.file_acts() {
        let FileChange::MakesDir { path, parents, .. } = &act.what else {
            continue;
        };
        let dir = path.text.as_str();
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
    if found.is_empty() {
        return;
    }
    owned.doubt(
        "made-folders",
        format!("a RUN makes {}, so somebody writes there: what lies in it and what is unseen stay root's", found.join(", ")),
    );
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
            if inside && path.complete && is_ours(subject, act, file) {
                files.push(file.to_owned());
            }
        }
    }
    let above_volume = owned.before_volume.is_some();
    // Software is unpacked below /opt: its folders are for reading.
    for dir in found.iter().filter(|dir| !under(dir, "/opt")) {
        owned.add(dir, above_volume);
    }
    if files.len() <= FILES && !above_volume {
        for file in files {
            owned.add(&file, false);
        }
    }
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
fn is_behind(subject: &Subject<'_, '_, '_>, place: &Place, step: usize) -> bool {
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
        matches!(&act.what, FileChange::Removes { paths } if paths.iter().any(|gone| path.starts_with(&gone.text)))
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
