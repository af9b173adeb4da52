//! What the container is known to write: what of it the user has, what is handed over, and what cannot be.

use crate::fix::copies::Handover;
use crate::fix::folders::{is_closed, is_quotable, is_system, is_trusted, under};
use crate::fix::place::Place;
use crate::fix::who::Who;
use crate::fix::writes::{What, Write, Writes, is_free};
use crate::fix::{Own, Subject};
use crate::shell::files::FileChange;

use super::made::is_the_programs;
use super::{Owned, is_filled};

/// Hands over what `writes` says, and says what cannot be handed over.
pub(super) fn by_program(
    subject: &Subject<'_, '_, '_>,
    who: &Who,
    place: &Place,
    handed: &[Handover],
    writes: &Writes,
    owned: &mut Owned,
) {
    let mut planner = Planner {
        subject,
        who,
        place,
        handed,
        removed: &writes.removed,
        owned,
    };
    if matches!(subject.wish.own, Own::Auto | Own::App) {
        planner.recipes();
    }
    // Outer folders first: what lies in them needs no more.
    let mut all: Vec<&Write> = writes.all.iter().collect();
    all.sort_by_key(|write| (write.what == What::Socket, write.path.len()));
    let mut unmet: Vec<&Write> = Vec::new();
    for write in all {
        if !is_free(&write.path) && !planner.meets(write) && !write.weak {
            unmet.push(write);
        }
    }
    for write in unmet {
        // What is made anew, or renamed, is made in the folder around it.
        let place = match write.what {
            What::Entry | What::Socket => parent(&write.path),
            _ => &write.path,
        };
        let asked = matches!(subject.wish.own, Own::Auto | Own::App);
        if write.certain && asked && is_system(place) {
            owned.unmet.push(write.clone());
            continue;
        }
        owned.doubt(write.id, format!("{}: `{place}` stays root's", write.why));
    }
    owned.doubts.extend(writes.doubts.iter().cloned());
}

pub(super) struct Planner<'p, 'a, 'd, 's> {
    pub(super) subject: &'p Subject<'a, 'd, 's>,
    pub(super) who: &'p Who,
    pub(super) place: &'p Place,
    pub(super) handed: &'p [Handover],
    pub(super) removed: &'p [String],
    pub(super) owned: &'p mut Owned,
}

impl Planner<'_, '_, '_, '_> {
    /// The user can do what `write` says, with what is handed over for it.
    fn meets(&mut self, write: &Write) -> bool {
        let path = write.path.as_str();
        match write.what {
            What::Folder if write.id == "writes-unseen" && self.is_tree(path) => {
                // Of what a COPY brought there, the folders alone: a `chown -R` would double their files.
                let fine = !is_closed(path) && self.may_own(path) && is_quotable(path);
                if fine {
                    self.owned.add_folders(path);
                }
                fine
            }
            What::Folder => self.folder(path),
            What::File => self.file(path),
            What::Entry => self.folder(parent(path)),
            What::Socket => self.folder(parent(path)),
            What::Itself { recursive } => self.itself(path, recursive),
        }
    }

    /// Files can be made in the folder, and those that a RUN put there can be written.
    fn folder(&mut self, path: &str) -> bool {
        let made = self.is_made(path) && !is_the_programs(self.subject, path);
        let ours = self.owned.own.iter().any(|known| known == path);
        if made && ours && self.owned.before_volume.is_none() {
            self.owned.add_all(path);
            return true;
        }
        if is_free(path) || self.has(path) || (self.is_inside(path) && !self.exists(path)) {
            return true;
        }
        if is_closed(path) || !self.may_own(path) {
            return false;
        }
        // Above a VOLUME it may not be there yet.
        let make = !self.exists(path) || self.owned.before_volume.is_some();
        if made && !make && is_quotable(path) {
            self.owned.add_all(path);
            return true;
        }
        self.add(path, make)
    }

    /// The file can be written, and made where it is missing.
    fn file(&mut self, path: &str) -> bool {
        if is_free(path) || self.has(path) {
            return true;
        }
        if self.subject.bringer().find(path).is_some() || self.is_copied(path) {
            // It is root's, whoever owns the folder.
            return !is_trusted(path) && self.may_own(path) && self.add(path, false);
        }
        let folder = parent(path);
        if self.has(folder) || self.is_inside(folder) && !self.exists(folder) {
            return true;
        }
        if is_closed(folder) {
            if is_trusted(path) || folder == "/" || !self.may_own(path) {
                return false;
            }
            return self.touch(path);
        }
        if is_of_the_base(self.subject, folder) {
            self.owned.doubt(
                "base-file",
                format!("{path} may come with the base image, and would stay root's"),
            );
        }
        self.folder(folder)
    }

    /// The user owns what lies there, so that he may change its mode.
    fn itself(&mut self, path: &str, recursive: bool) -> bool {
        if self.has(path) && !recursive {
            return true;
        }
        if is_closed(path) || path == "/" || !self.may_own(path) {
            return false;
        }
        let survey = &self.subject.verdict.survey;
        let below = survey.copies.iter().enumerate().any(|(at, copy)| {
            let inside = copy.dest == path || under(&copy.dest, path) || under(path, &copy.dest);
            let ours = self.handed.iter().any(|handover| handover.copy == at)
                || copy
                    .chown
                    .as_deref()
                    .is_some_and(|owner| self.who.owns_as(owner));
            inside && !ours
        });
        if recursive && below {
            return false;
        }
        let make = !self.exists(path) || self.owned.before_volume.is_some();
        if recursive && !make && is_filled(self.subject, path) {
            self.owned.add_all(path);
            return true;
        }
        self.has(path) || self.add(path, make)
    }

    fn add(&mut self, path: &str, make: bool) -> bool {
        if !is_quotable(path) || self.comes_later(path) {
            return false;
        }
        self.owned.add(path, make);
        true
    }

    /// Makes the file in advance; not where a start script removes it, which takes the folder.
    pub(super) fn touch(&mut self, path: &str) -> bool {
        let short = |path: &str| {
            path.strip_prefix("/var/run/")
                .map_or_else(|| path.to_owned(), |rest| format!("/run/{rest}"))
        };
        let mut removed = self.removed.iter();
        if removed.any(|gone| short(gone) == short(path)) {
            return false;
        }
        if !self.owned.has(path) {
            self.owned.add(path, false);
            self.owned.touch.push(path.to_owned());
        }
        true
    }

    /// `--own` lets the user have it.
    fn may_own(&self, path: &str) -> bool {
        match self.subject.wish.own {
            Own::Auto | Own::App => true,
            Own::Workdir | Own::None => {
                let workdir = self.subject.verdict.survey.state.workdir.as_ref();
                self.subject.wish.own == Own::Workdir
                    && workdir.is_some_and(|workdir| workdir.path == path)
            }
        }
    }
}

/// A folder of a package that the base image may have filled.
fn is_of_the_base(subject: &Subject<'_, '_, '_>, folder: &str) -> bool {
    let packages = ["/usr", "/etc", "/var/www", "/opt"];
    let survey = &subject.verdict.survey;
    let made = survey
        .steps
        .iter()
        .any(|step| step.workdir.as_deref() == Some(folder))
        || survey.file_acts().any(
            |act| matches!(&act.what, FileChange::MakesDir { path, .. } if path.text == folder),
        );
    packages.iter().any(|package| under(folder, package)) && !made
}

pub(super) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}
