//! Which folders are handed over at start: what a volume may bring. All else is done once, in the image.

use crate::fix::folders::{is_quotable, is_system, under};
use crate::fix::own::{Owned, is_filled};
use crate::fix::who::Who;
use crate::fix::{Own, Subject};
use crate::shell::files::{FileChange, file_acts};
use crate::shell::lex::Script;
use crate::stages::join;
use crate::survey::shell_variable;

/// Absolute paths, in order, none below another.
pub(super) fn handed_over(subject: &Subject<'_, '_, '_>, who: &Who, owned: &Owned) -> Vec<String> {
    if matches!(subject.wish.own, Own::None) {
        return Vec::new();
    }
    let declared = volumes(subject);
    let mut all: Vec<String> = declared.clone();
    for path in owned.paths() {
        let known = all.iter().any(|known| known == path);
        if !known && may_be_mounted(subject, who, owned, path) {
            all.push(path.to_owned());
        }
    }
    for path in made_as_root(subject) {
        if !all.contains(&path) {
            all.push(path);
        }
    }
    let inside = |path: &String| all.iter().any(|other| under(path, other));
    all.iter().filter(|path| !inside(path)).cloned().collect()
}

/// Volumes that the file or a compose file declares.
fn volumes(subject: &Subject<'_, '_, '_>) -> Vec<String> {
    let survey = &subject.verdict.survey;
    let declared = survey.volumes.iter();
    let declared = declared
        .filter(|volume| volume.certain)
        .map(|volume| join("/", &volume.path));
    let composed = subject.deployments.volumes.iter();
    let composed = composed
        .filter(|volume| !volume.read_only)
        .map(|volume| join("/", &volume.target));
    let mut all: Vec<String> = Vec::new();
    for path in declared.chain(composed) {
        let fine = is_quotable(&path)
            && !is_system(&path)
            && path != "/root"
            && !under(&path, "/root")
            && !is_file(&path);
        if fine && !all.contains(&path) {
            all.push(path);
        }
    }
    all
}

/// Folders that the script makes which goes on as root: what it runs may write there.
fn made_as_root(subject: &Subject<'_, '_, '_>) -> Vec<String> {
    let Some(behind) = &subject.behind else {
        return Vec::new();
    };
    let env = &subject.verdict.survey.state.env;
    let lookup = |name: &str| shell_variable(env, name);
    let workdir = subject.verdict.survey.state.working_folder();
    let acts = file_acts(&Script::parse(&behind.text), &lookup, workdir);
    let made = acts.into_iter().filter_map(|act| match act.what {
        FileChange::MakesDir { path, .. } if path.complete => Some(path.text),
        _ => None,
    });
    made.filter(|path| {
        is_quotable(path) && !is_system(path) && !under(path, "/etc") && !under(path, "/root")
    })
    .collect()
}

/// A path with an ending is taken for a file.
fn is_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.trim_start_matches('.').rsplit_once('.');
    ending.is_some_and(|(_, ending)| ending != "d")
}

/// A folder for data alone: what a COPY or RUN fills is the program's, and is the same in each container.
fn may_be_mounted(subject: &Subject<'_, '_, '_>, who: &Who, owned: &Owned, path: &str) -> bool {
    let survey = &subject.verdict.survey;
    let is_home = [&who.home, &who.make_home]
        .into_iter()
        .flatten()
        .any(|home| home == path);
    let copied = survey
        .copies
        .iter()
        .any(|copy| copy.dest == path || under(&copy.dest, path));
    let of_programs = survey
        .state
        .workdir
        .as_ref()
        .is_some_and(|workdir| workdir.path == path || under(&workdir.path, path))
        && !survey.runs.is_empty();
    !(is_home
        || copied
        || of_programs
        || is_file(path)
        || owned.touch.iter().any(|file| file == path)
        || under(path, "/root")
        || is_filled(subject, path))
}
