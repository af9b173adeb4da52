//! What the new user must own: the WORKDIR itself, volumes before their line, folders made for writing.
//! Never a tree that a COPY brought.

mod known;
mod made;
mod recipes;
mod written;

use crate::finding::Reason;
use crate::shell::files::FileChange;
use crate::stages::{Workdir, join};

use super::copies::{Handover, is_first_to_make, root_owned};
use super::folders::{is_quotable, is_system, under};
use super::place::{Anchor, Place};
use super::who::Who;
use super::writes::{Write, Writes};
use super::{Learned, Need, Own, Subject};

/// Directories that the fix hands over.
#[derive(Debug, Clone, Default)]
pub(super) struct Owned {
    /// Folders that must be made first.
    pub(super) make: Vec<String>,
    /// Empty files that must be made first.
    pub(super) touch: Vec<String>,
    /// All paths to hand over, in order.
    pub(super) own: Vec<String>,
    /// Paths to hand over with all that is below: small trees that a RUN or a package made.
    pub(super) own_all: Vec<String>,
    /// Folders to hand over with the folders below, but not the files: trees that a COPY brought.
    pub(super) own_folders: Vec<String>,
    /// The RUN must stand above this VOLUME.
    pub(super) before_volume: Option<usize>,
    /// What is not certain of it.
    pub(super) doubts: Vec<Reason>,
    /// What the program writes for certain, and what stays root's.
    pub(super) unmet: Vec<Write>,
}

impl Owned {
    /// True when no RUN is needed for ownership.
    pub(super) const fn is_empty(&self) -> bool {
        self.own.is_empty() && self.own_all.is_empty() && self.own_folders.is_empty()
    }

    /// True when the fix hands `path` over.
    pub(super) fn has(&self, path: &str) -> bool {
        self.own
            .iter()
            .chain(&self.own_all)
            .chain(&self.own_folders)
            .any(|known| known == path)
            || self.own_all.iter().any(|tree| under(path, tree))
    }

    /// All paths that the fix hands over.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        let all = self.own.iter().chain(&self.own_all);
        all.chain(&self.own_folders).map(String::as_str)
    }

    /// Hands `path` over with all that is below.
    fn add_all(&mut self, path: &str) {
        if self.has(path) && !self.own.iter().any(|known| known == path) {
            return;
        }
        self.own
            .retain(|known| known != path && !under(known, path));
        self.own_all.push(path.to_owned());
    }

    /// Hands `path` over with the folders below.
    fn add_folders(&mut self, path: &str) {
        self.make.retain(|known| known != path);
        self.own.retain(|known| known != path);
        if !self.has(path) {
            self.own_folders.push(path.to_owned());
        }
    }

    pub(super) fn add(&mut self, path: &str, make: bool) {
        if self.has(path) {
            return;
        }
        if make {
            self.make.push(path.to_owned());
        }
        self.own.push(path.to_owned());
    }

    fn doubt(&mut self, id: &'static str, text: impl Into<String>) {
        self.doubts.push(Reason::new(id, text));
    }
}

/// What `who` must own in the target, given where the user is set.
pub(super) fn directories(
    subject: &Subject<'_, '_, '_>,
    who: &Who,
    place: &Place,
    handed: &[Handover],
    writes: &Writes,
) -> Owned {
    let mut owned = Owned::default();
    let wish = subject.wish.own;
    if matches!(wish, Own::None | Own::Workdir) {
        for volume in &subject.verdict.survey.volumes {
            owned.doubt(
                "volume-unowned",
                format!("--own leaves the volume {} as it is", volume.path),
            );
        }
    }
    if wish != Own::None {
        if wish != Own::Workdir {
            volumes(subject, who, handed, &mut owned);
        }
        if let Some(workdir) = &subject.verdict.survey.state.workdir {
            self::workdir(subject, who, place, handed, workdir, &mut owned);
        }
    }
    if let Some(learned) = subject.learned {
        if matches!(wish, Own::Auto | Own::App) {
            self::learned(subject, who, learned, handed, &mut owned);
        }
    } else {
        if matches!(wish, Own::Auto | Own::App) {
            home(subject, who, &mut owned);
            made::by_run(subject, who, place, &mut owned);
            made::by_copy(subject, who, place, handed, &mut owned);
        }
        written::by_program(subject, who, place, handed, writes, &mut owned);
    }
    if !has_shell(subject) && !owned.is_empty() {
        let mut lost = std::mem::take(&mut owned.own);
        lost.append(&mut owned.own_all);
        lost.append(&mut owned.own_folders);
        owned.make.clear();
        owned.touch.clear();
        owned.before_volume = None;
        owned.doubt(
            "no-shell",
            format!(
                "the image has no shell, so {} stays root's",
                lost.join(" and ")
            ),
        );
    }
    owned
}

/// True when a RUN of ours finds a shell, as far as is known.
pub(in crate::fix) fn has_shell(subject: &Subject<'_, '_, '_>) -> bool {
    let shell = subject
        .verdict
        .base
        .as_ref()
        .map_or(Some(false), |facts| facts.shell);
    shell != Some(false) || !subject.verdict.survey.runs.is_empty()
}

fn volumes(subject: &Subject<'_, '_, '_>, who: &Who, handed: &[Handover], owned: &mut Owned) {
    let survey = &subject.verdict.survey;
    if survey.volumes.is_empty() {
        return;
    }
    owned.doubt(
        "volume",
        "a volume that exists already keeps root's ownership: chown it once, start with a new one, or let the container step down (--strategy step-down)",
    );
    for volume in &survey.volumes {
        let step = &survey.steps[volume.step];
        let path = join("/", &volume.path);
        if path == "/tmp" || path == "/var/tmp" {
            continue;
        }
        let is_file = path
            .rsplit('/')
            .next()
            .is_some_and(|name| name.contains('.') && !name.starts_with('.'));
        if !volume.certain
            || is_system(&path)
            || !is_quotable(&path)
            || under(&path, "/root")
            || is_file
        {
            owned.doubt(
                "volume-unowned",
                format!("the volume `{}` is not handed over", volume.path),
            );
            continue;
        }
        let seeds = root_owned(subject, handed)
            .any(|copy| (copy.dest == path || under(&copy.dest, &path)) && copy.chown.is_none());
        if seeds || is_filled(subject, &path) {
            owned.doubt(
                "volume-seeded",
                format!("files that the build puts into `{path}` stay root's"),
            );
        }
        if is_handed_over(subject, who, &path) {
            continue;
        }
        let late = who.since.is_some_and(|since| since > volume.step)
            && !who.owner.starts_with(|ch: char| ch.is_ascii_digit());
        if step.stage != survey.target || step.triggered || late {
            owned.doubt(
                "volume-unowned",
                format!("`{path}` is declared before its owner can be set"),
            );
            continue;
        }
        owned.add(&path, true);
        owned.before_volume = Some(
            owned
                .before_volume
                .map_or(step.instruction, |first| first.min(step.instruction)),
        );
    }
}

fn workdir(
    subject: &Subject<'_, '_, '_>,
    who: &Who,
    place: &Place,
    handed: &[Handover],
    workdir: &Workdir,
    owned: &mut Owned,
) {
    let path = workdir.path.as_str();
    if !workdir.certain {
        owned.doubt(
            "workdir-uncertain",
            format!("the WORKDIR `{path}` rests on a value that is not known here"),
        );
        return;
    }
    if under(path, "/root") || path == "/root" {
        // `root_home` lets the user pass through.
        if path != "/root" && is_quotable(path) {
            owned.add(path, false);
        }
        return;
    }
    // What it writes there is known.
    if subject.learned.is_some() {
        return;
    }
    // `WORKDIR /app` + `WORKDIR src`: both were made for the program.
    let steps = &subject.verdict.survey.steps;
    let mut paths: Vec<&str> = steps
        .iter()
        .filter_map(|step| step.workdir.as_deref())
        .collect();
    paths.retain(|other| *other == path || under(path, other));
    paths.dedup();
    for path in paths {
        let for_programs = ["/srv", "/usr/src", "/var/www", "/opt", "/mnt"].contains(&path);
        let known_home =
            who.home.as_deref() == Some(path) || who.make_home.as_deref() == Some(path);
        if path == "/"
            || path == "/tmp"
            || known_home
            || is_handed_over(subject, who, path)
            || made_by_user(subject, who, place, path)
            || made_by_copy(subject, who, handed, path)
        {
            continue;
        }
        if (is_system(path) && !for_programs) || !is_quotable(path) {
            owned.doubt(
                "workdir-unowned",
                format!("the WORKDIR `{path}` stays root's"),
            );
            continue;
        }
        // Above a VOLUME the WORKDIR may not be there yet.
        owned.add(path, owned.before_volume.is_some());
    }
}

/// Exactly what a run of the original wrote.
fn learned(
    subject: &Subject<'_, '_, '_>,
    who: &Who,
    learned: &Learned,
    handed: &[Handover],
    owned: &mut Owned,
) {
    let copies = &subject.verdict.survey.copies;
    for known in &learned.paths {
        let path = known.path.as_str();
        let comes_handed = handed.iter().any(|handover| {
            let dest = copies[handover.copy].dest.as_str();
            (known.need == Need::Nothing || known.need == Need::ExistingFolder)
                && (path == dest || under(path, dest))
        });
        if comes_handed {
            continue;
        }
        if path == "/" || !is_quotable(path) {
            owned.doubt(
                "learned-unowned",
                format!("{}, and `{path}` stays root's", known.evidence),
            );
            continue;
        }
        let has_home = who.home.as_deref() == Some(path);
        if has_home || is_handed_over(subject, who, path) {
            continue;
        }
        // Above a VOLUME a folder may not be there yet.
        let above_volume = owned.before_volume.is_some();
        let make =
            known.need == Need::Folder || (known.need == Need::ExistingFolder && above_volume);
        owned.add(path, make);
        if known.need == Need::File {
            owned.touch.push(path.to_owned());
        }
    }
}

/// `ENV HOME=/work`: what has no home of its own gets this one.
fn home(subject: &Subject<'_, '_, '_>, who: &Who, owned: &mut Owned) {
    let Some(var) = subject.verdict.survey.state.env.var("HOME") else {
        return;
    };
    let path = join("/", &var.value);
    let known = who.home.as_deref() == Some(path.as_str())
        || who.make_home.as_deref() == Some(path.as_str());
    let apart = path == "/root" || under(&path, "/root") || path == "/tmp";
    if apart || known || is_handed_over(subject, who, &path) {
        return;
    }
    if var.missing.is_some() || is_system(&path) || !is_quotable(&path) {
        owned.doubt(
            "home-missing",
            format!("HOME is `{}`, which stays root's", var.value),
        );
        return;
    }
    owned.add(&path, true);
}

/// A RUN writes files into `path`.
pub(super) fn is_filled(subject: &Subject<'_, '_, '_>, path: &str) -> bool {
    subject
        .verdict
        .survey
        .file_acts()
        .any(|act| match &act.what {
            FileChange::Writes { path: file, .. }
            | FileChange::Loads { path: file }
            | FileChange::Edits { path: file } => under(&file.text, path),
            FileChange::Copies { to, .. } | FileChange::Unpacks { to } => {
                to.text == path || under(&to.text, path)
            }
            _ => false,
        })
}

/// The file itself gives `path`, or a folder above it, to the user.
pub(in crate::fix) fn is_handed_over(subject: &Subject<'_, '_, '_>, who: &Who, path: &str) -> bool {
    subject
        .verdict
        .survey
        .file_acts()
        .any(|act| match &act.what {
            FileChange::ChangesOwner {
                paths,
                owner: Some(owner),
                recursive,
            } => {
                who.owns_as(owner)
                    && paths.iter().any(|given| {
                        given.complete
                            && (given.text == path || (*recursive && under(path, &given.text)))
                    })
            }
            FileChange::MakesDir {
                path: made,
                owner: Some(owner),
                ..
            } => who.owns_as(owner) && made.text == path,
            _ => false,
        })
}

/// A COPY that hands over what it brings makes it.
fn made_by_copy(subject: &Subject<'_, '_, '_>, who: &Who, handed: &[Handover], path: &str) -> bool {
    let copies = subject.verdict.survey.copies.iter().enumerate();
    let mut handing = copies.filter(|(at, copy)| {
        handed.iter().any(|handover| handover.copy == *at)
            || copy
                .chown
                .as_deref()
                .is_some_and(|owner| who.owns_as(owner))
    });
    handing.any(|(_, copy)| is_first_to_make(subject, copy, path))
}

/// `BuildKit` creates a WORKDIR as the user in force: behind our USER, or behind an earlier one of the same user.
fn made_by_user(subject: &Subject<'_, '_, '_>, who: &Who, place: &Place, path: &str) -> bool {
    let survey = &subject.verdict.survey;
    let first = survey
        .steps
        .iter()
        .position(|step| step.workdir.as_deref() == Some(path));
    first.is_some_and(|at| {
        let step = &survey.steps[at];
        if survey
            .copies
            .iter()
            .any(|copy| copy.step < at && (copy.dest == path || under(&copy.dest, path)))
        {
            return false;
        }
        let behind_ours = match &place.user {
            super::place::UserPlace::Insert(Anchor::Before(at)) => {
                step.stage == survey.target && step.instruction >= *at
            }
            _ => false,
        };
        behind_ours
            || step
                .user
                .as_ref()
                .is_some_and(|setting| setting.value == who.user)
    })
}
