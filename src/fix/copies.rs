//! COPYs that get `--chown`: what they bring must be read or written by the user, and is not as it stands.
//! An owner's rights suffice for a file of mode 0600, and no layer is doubled as by a `chown` behind it.

use crate::dockerfile::Keyword;
use crate::stages::join;
use crate::survey::Copied;

use super::doubts::closes;
use super::folders::{is_system, is_trusted, under};
use super::own::{has_shell, is_handed_over};
use super::root_home::RootHome;
use super::who::Who;
use super::writes::{Kinds, What, Writes};
use super::{Learned, Need, Own, Subject};

/// A COPY that hands over what it brings.
#[derive(Debug, Clone)]
pub(super) struct Handover {
    /// Its place in [`crate::survey::Survey::copies`].
    pub(super) copy: usize,
    /// Its instruction.
    pub(super) instruction: usize,
    /// Why, for the reader of the diff.
    pub(super) why: String,
}

/// The COPYs of the target's own body that need it, and can have it.
pub(super) fn handed_over(
    subject: &Subject<'_, '_, '_>,
    who: &Who,
    writes: &Writes,
    root_home: &RootHome,
) -> Vec<Handover> {
    let moved = |at: usize| root_home.moves.iter().any(|(copy, _)| *copy == at);
    let why = |at: usize, copy: &Copied| {
        if moved(at) {
            return Some("the user's own settings are his".to_owned());
        }
        (subject.wish.own != Own::None)
            .then(|| need(subject, copy, writes))
            .flatten()
    };
    let survey = &subject.verdict.survey;
    let copies = survey.copies.iter().enumerate();
    copies
        .filter(|(_, copy)| can_have_it(subject, who, copy))
        .filter_map(|(at, copy)| {
            Some(Handover {
                copy: at,
                instruction: survey.steps[copy.step].instruction,
                why: why(at, copy)?,
            })
        })
        .collect()
}

fn can_have_it(subject: &Subject<'_, '_, '_>, who: &Who, copy: &Copied) -> bool {
    let survey = &subject.verdict.survey;
    let step = &survey.steps[copy.step];
    let own = step.stage == survey.target && !step.triggered;
    let copies = matches!(step.keyword, Keyword::Copy | Keyword::Add);
    // A name must be in the image's passwd by then; numbers need none.
    let numeric = who.owner.starts_with(|ch: char| ch.is_ascii_digit());
    let known = numeric || who.since.is_none_or(|since| since < copy.step);
    own && copies && known && copy.chown.is_none() && !is_handed_over(subject, who, &copy.dest)
}

fn need(subject: &Subject<'_, '_, '_>, copy: &Copied, writes: &Writes) -> Option<String> {
    if let Some(learned) = subject.learned {
        return changes(subject, copy, learned)
            .or_else(|| seeds_a_volume(subject, copy))
            .or_else(|| closed_by_flag(copy))
            .or_else(|| closed_in_context(subject, copy).filter(|_| is_file(subject, copy)));
    }
    if is_system(&copy.dest) {
        // A tree that lands in the system's folders stays root's; one file may be the user's.
        let single = !copy.into_folder || copy.sources.len() == 1;
        return is_written(subject, copy, writes)
            .filter(|_| single && !is_trusted(&copy.dest))
            .or_else(|| closed_by_flag(copy).filter(|_| single && copy.dest != "/"))
            .or_else(|| closed_in_context(subject, copy).filter(|_| is_file(subject, copy)));
    }
    if subject.wish.own == Own::App && is_the_apps(subject, copy) {
        return Some("--own app lets the user have all of the application".into());
    }
    seeds_a_volume(subject, copy)
        .or_else(|| makes_the_workdir(subject, copy))
        .or_else(|| is_written(subject, copy, writes))
        .or_else(|| is_data(copy))
        .or_else(|| is_next_standalone(copy))
        .or_else(|| brings_data(subject, copy))
        .or_else(|| closed_by_flag(copy))
        .or_else(|| closed_in_context(subject, copy))
}

/// The original was seen to change what it brings: that file alone, or anything of it where there is no
/// shell to hand over one file.
fn changes(subject: &Subject<'_, '_, '_>, copy: &Copied, learned: &Learned) -> Option<String> {
    let source = match copy.sources.as_slice() {
        [source] => source
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default(),
        _ => "",
    };
    let inside = join(&copy.dest, source);
    let shell = has_shell(subject);
    let known = learned.paths.iter().find(|known| {
        let path = known.path.as_str();
        let file = known.need == Need::Nothing
            && (path == copy.dest || (!source.is_empty() && path == inside));
        let any = !shell && (path == copy.dest || under(path, &copy.dest));
        file || any
    })?;
    Some(known.evidence.clone())
}

/// Where no shell can hand over the WORKDIR, the COPY that makes it can: with `--chown` each folder that it makes is the
/// user's, with `BuildKit` and with Docker's legacy builder (measured with 26.1).
fn makes_the_workdir(subject: &Subject<'_, '_, '_>, copy: &Copied) -> Option<String> {
    let survey = &subject.verdict.survey;
    let path = survey.state.workdir.as_ref()?.path.as_str();
    if has_shell(subject) || !is_first_to_make(subject, copy, path) {
        return None;
    }
    Some(format!(
        "it makes the WORKDIR {path}, which no shell could hand over"
    ))
}

/// Nothing makes the folder `path` before this COPY, which does.
pub(super) fn is_first_to_make(subject: &Subject<'_, '_, '_>, copy: &Copied, path: &str) -> bool {
    let survey = &subject.verdict.survey;
    let inside = |other: &str| other == path || under(other, path);
    let earlier_workdir = survey
        .steps
        .iter()
        .take(copy.step)
        .any(|step| step.workdir.as_deref().is_some_and(inside));
    let earlier_copy = survey
        .copies
        .iter()
        .any(|other| other.step < copy.step && inside(&other.dest));
    !is_system(path) && inside(&copy.dest) && !earlier_workdir && !earlier_copy
}

/// It lands in the WORKDIR.
fn is_the_apps(subject: &Subject<'_, '_, '_>, copy: &Copied) -> bool {
    let workdir = subject.verdict.survey.state.workdir.as_ref();
    workdir.is_some_and(|workdir| {
        let path = workdir.path.as_str();
        path != "/" && (copy.dest == path || under(&copy.dest, path))
    })
}

/// The program writes just what it brings: the file, or the folder that is for nothing else.
fn is_written(subject: &Subject<'_, '_, '_>, copy: &Copied, writes: &Writes) -> Option<String> {
    let single = match copy.sources.as_slice() {
        [source] => {
            let name = source.trim_end_matches('/').rsplit('/').next();
            Some(join(&copy.dest, name.unwrap_or_default()))
        }
        _ => None,
    };
    let file = |path: &str| {
        let lands = if copy.into_folder {
            single.as_deref() == Some(path)
        } else {
            copy.dest == path
        };
        lands && copy.heredocs.is_empty()
    };
    let write = writes.all.iter().find(|write| match write.what {
        What::File => file(&write.path),
        What::Folder => {
            let workdir = subject.verdict.survey.state.workdir.as_ref();
            let apart = workdir.is_none_or(|workdir| workdir.path != write.path);
            apart && copy.dest == write.path && write.id != "source-writes"
        }
        What::Itself { recursive } => {
            file(&write.path)
                || recursive && (copy.dest == write.path || under(&copy.dest, &write.path))
        }
        What::Entry | What::Socket => false,
    })?;
    Some(write.why.clone())
}

/// Its only source is a file of the build context.
fn is_file(subject: &Subject<'_, '_, '_>, copy: &Copied) -> bool {
    match copy.sources.as_slice() {
        [source] => {
            subject.context.files(source).len() == 1 && subject.context.read(source).is_some()
        }
        _ => false,
    }
}

/// Files in a volume are the program's to write.
fn seeds_a_volume(subject: &Subject<'_, '_, '_>, copy: &Copied) -> Option<String> {
    let volumes = subject.verdict.survey.volumes.iter();
    let volume = volumes
        .filter(|volume| volume.certain)
        .map(|volume| join("/", &volume.path))
        .find(|volume| copy.dest == *volume || under(&copy.dest, volume))?;
    Some(format!(
        "the user writes the files that it puts into the volume {volume}"
    ))
}

/// A folder whose name says that the program writes there.
fn is_data(copy: &Copied) -> Option<String> {
    fills_data(copy).then(|| format!("the program may write into {}", copy.dest))
}

/// The destination is a folder whose name sounds as if it were written to.
pub(super) fn fills_data(copy: &Copied) -> bool {
    const NAMES: [&str; 16] = [
        "data", "db", "database", "storage", "uploads", "upload", "media", "logs", "log", "tmp",
        "temp", "cache", "var", "state", "run", "output",
    ];
    let mut parts = copy.dest.trim_end_matches('/').rsplit('/');
    let name = parts.next().unwrap_or_default();
    NAMES.contains(&name) && !is_system(&copy.dest)
}

/// COPYs that the fix leaves as they are.
pub(super) fn root_owned<'s>(
    subject: &'s Subject<'_, '_, '_>,
    handed: &'s [Handover],
) -> impl Iterator<Item = &'s Copied> {
    let copies = subject.verdict.survey.copies.iter().enumerate();
    copies
        .filter(|(at, _)| !handed.iter().any(|handover| handover.copy == *at))
        .map(|(_, copy)| copy)
}

/// A folder of that kind, with files in it, comes with a larger tree.
fn brings_data(subject: &Subject<'_, '_, '_>, copy: &Copied) -> Option<String> {
    let (folder, _) = data_folders(subject, copy)
        .into_iter()
        .find(|(_, filled)| *filled)?;
    Some(format!("the program may write the files in {folder}"))
}

/// Folders of the build context that a COPY brings and that sound as if the program writes there, as paths
/// in the image, each with whether files lie in it.
pub(super) fn data_folders(subject: &Subject<'_, '_, '_>, copy: &Copied) -> Vec<(String, bool)> {
    const NAMES: [&str; 13] = [
        "data",
        "db",
        "storage",
        "uploads",
        "upload",
        "media",
        "logs",
        "log",
        "cache",
        "var",
        "downloads",
        "backups",
        "sessions",
    ];
    // With several sources each folder lands in the destination under its own name.
    let [source] = copy.sources.as_slice() else {
        return Vec::new();
    };
    if copy.from.is_some() || is_system(&copy.dest) {
        return Vec::new();
    }
    let found = subject.context.folders(source, &NAMES).into_iter();
    found
        .map(|(name, filled)| (join(&copy.dest, &name), filled))
        .collect()
}

/// What `next build` makes for `node server.js`: pages in it are written anew, and `.next/cache` is made beside them
/// (Next.js documentation, Self-Hosting; the Dockerfile of its examples hands it over the same way).
fn is_next_standalone(copy: &Copied) -> Option<String> {
    let mut sources = copy.sources.iter();
    let brings = |source: &String| source.trim_end_matches('/').ends_with(".next/standalone");
    (copy.from.is_some() && sources.any(brings))
        .then(|| "Next.js keeps pages and its cache in .next".to_owned())
}

/// All that it brings is at hand, and nothing of it is a program: that lies beside it, and came another way.
pub(super) fn is_settings_alone(subject: &Subject<'_, '_, '_>, copy: &Copied) -> bool {
    let settings = |source: &String| {
        // Without the files beside it a Dockerfile says nothing of them.
        let whole = matches!(source.trim_end_matches('/'), "" | ".");
        let files = subject.context.files(source);
        !whole && !files.is_empty() && files.iter().all(|file| Kinds::of(file) == Kinds::Settings)
    };
    copy.from.is_none() && copy.heredocs.is_empty() && copy.sources.iter().all(settings)
}

fn closed_by_flag(copy: &Copied) -> Option<String> {
    let mode = copy.chmod.as_deref().filter(|mode| closes(mode))?;
    Some(format!(
        "with the mode {mode} only its owner may use what it brings"
    ))
}

/// Files of the context keep their mode in the image.
fn closed_in_context(subject: &Subject<'_, '_, '_>, copy: &Copied) -> Option<String> {
    if copy.from.is_some() || copy.chmod.is_some() {
        return None;
    }
    let mut sources = copy.sources.iter();
    let closed =
        sources.find_map(|source| crate::context::first_closed(subject.context, source))?;
    Some(format!(
        "only the owner of `{closed}` may read it, and the file keeps its mode in the image"
    ))
}
