//! What the container is known to write: what of it the user has, what is handed over, and what cannot be.

use crate::fix::copies::Handover;
use crate::fix::folders::{is_closed, is_quotable, is_system, is_trusted, under};
use crate::fix::place::Place;
use crate::fix::recipe::Used;
use crate::fix::root_home::is_run_as_root;
use crate::fix::who::Who;
use crate::fix::writes::{What, Write, Writes, is_free};
use crate::fix::{Own, Subject};
use crate::recipes::Stock;
use crate::shell::files::FileChange;
use crate::stages::join;

use super::made::{is_behind, is_the_programs};
use super::{Owned, is_filled, is_handed_over};

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

struct Planner<'p, 'a, 'd, 's> {
    subject: &'p Subject<'a, 'd, 's>,
    who: &'p Who,
    place: &'p Place,
    handed: &'p [Handover],
    removed: &'p [String],
    owned: &'p mut Owned,
}

impl Planner<'_, '_, '_, '_> {
    /// What the recipes name: they know better than any rule about paths.
    fn recipes(&mut self) {
        for used in &self.subject.recipes {
            let recipe = used.recipe;
            let theirs = recipe.user.is_none_or(|user| !self.who.owns_as(user))
                || was_run_as_root(self.subject, used);
            let stock = used.stock();
            let further = |list: fn(&'static Stock) -> &'static [&'static str]| {
                stock.map(list).unwrap_or_default()
            };
            for path in recipe.make.iter().chain(further(|stock| stock.make)) {
                self.owned.add(path, true);
            }
            let there = |path: &&&str| !used.is_gone(self.subject, path);
            let own = recipe.own.iter().chain(further(|stock| stock.own));
            for path in own.filter(there) {
                self.owned.add(path, false);
            }
            for path in recipe.own_all.iter().filter(there) {
                self.owned.add_all(path);
            }
            for path in used.reads(self.subject) {
                self.owned.add(&path, false);
            }
            for path in recipe.touch.iter().chain(further(|stock| stock.touch)) {
                if !self.touch(path) {
                    let why = format!(
                        "a start script removes {path}, which {} makes",
                        recipe.programs[0]
                    );
                    self.owned.unmet.push(Write::sure(path, What::File, why));
                }
            }
            for path in recipe.theirs.iter().filter(|_| theirs) {
                self.owned.add_all(path);
            }
            // What `nginx -t` in a RUN opened is root's now, whoever owns the folder.
            let left = used.writes(self.subject);
            let left = left.iter().filter(|_| was_run_as_root(self.subject, used));
            for write in left.filter(|write| !is_free(&write.path)) {
                match write.what {
                    What::File if !self.exists(&write.path) => {
                        let folder = parent(&write.path);
                        if !is_system(folder) && !self.exists(folder) && !self.has(folder) {
                            self.owned.make.push(folder.to_owned());
                        }
                        self.touch(&write.path);
                    }
                    What::Folder if !is_system(&write.path) => {
                        if !self.exists(&write.path) {
                            self.owned.make.push(write.path.clone());
                        }
                        self.owned.add_all(&write.path);
                    }
                    _ => {}
                }
            }
        }
    }

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

    /// A COPY brings it from the build context, with folders in it.
    fn is_tree(&self, path: &str) -> bool {
        let survey = &self.subject.verdict.survey;
        survey.copies.iter().any(|copy| {
            let inner = path
                .strip_prefix(copy.dest.trim_end_matches('/'))
                .and_then(|rest| rest.strip_prefix('/'));
            let (Some(inner), None, None) = (inner, &copy.from, &copy.chown) else {
                return false;
            };
            copy.sources.iter().any(|source| {
                let folder = format!("{}/{inner}/", source.trim_end_matches('/'));
                let folder = folder.trim_start_matches("./");
                let files = self.subject.context.files(folder.trim_end_matches('/'));
                files.iter().any(|file| {
                    let file = file.trim_start_matches("./");
                    file.strip_prefix(folder)
                        .is_some_and(|rest| rest.contains('/'))
                })
            })
        })
    }

    /// A RUN makes it.
    fn is_made(&self, path: &str) -> bool {
        let mut acts = self.subject.verdict.survey.file_acts();
        acts.any(
            |act| matches!(&act.what, FileChange::MakesDir { path: made, .. } if made.text == path),
        )
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
    fn touch(&mut self, path: &str) -> bool {
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

    /// The user owns exactly this path.
    fn has(&self, path: &str) -> bool {
        let homes = [&self.who.home, &self.who.make_home];
        let theirs = self.subject.recipes.iter().any(|used| {
            let recipe = used.recipe;
            let all = recipe.theirs.iter();
            recipe.user.is_some_and(|user| self.who.owns_as(user))
                && all
                    .into_iter()
                    .any(|tree| path == *tree || under(path, tree))
                && !self.is_copied(path)
        });
        theirs
            || self.owned.has(path)
            || is_handed_over(self.subject, self.who, path)
            || homes.into_iter().flatten().any(|home| home == path)
            || self.is_handed_by_copy(path)
            || is_open(self.subject, path)
    }

    /// The user owns a folder above it.
    fn is_inside(&self, path: &str) -> bool {
        let mut folder = path;
        while let Some((above, _)) = folder.rsplit_once('/') {
            if above.is_empty() {
                break;
            }
            if self.has(above) {
                return true;
            }
            folder = above;
        }
        false
    }

    /// A COPY of ours, or of the file's own for this user, brings it.
    fn is_handed_by_copy(&self, path: &str) -> bool {
        let copies = self.subject.verdict.survey.copies.iter().enumerate();
        let mut copies = copies.filter(|(at, copy)| {
            self.handed.iter().any(|handover| handover.copy == *at)
                || copy
                    .chown
                    .as_deref()
                    .is_some_and(|owner| self.who.owns_as(owner))
        });
        copies.any(|(_, copy)| {
            let named = copy.sources.iter().any(|source| {
                let name = source.trim_end_matches('/').rsplit('/').next();
                join(&copy.dest, name.unwrap_or_default()) == path
            });
            path == copy.dest || under(path, &copy.dest) || named
        })
    }

    /// Something lies there in the image already, as far as the file tells.
    fn exists(&self, path: &str) -> bool {
        let survey = &self.subject.verdict.survey;
        let workdir = survey
            .steps
            .iter()
            .filter_map(|step| step.workdir.as_deref())
            .any(|workdir| workdir == path || under(workdir, path));
        let made = survey.file_acts().any(|act| match &act.what {
            FileChange::MakesDir { path: made, .. } => made.text == path || under(&made.text, path),
            FileChange::Writes { path: file, .. } => file.text == path || under(&file.text, path),
            _ => false,
        });
        workdir || made || self.is_copied(path)
    }

    /// A COPY brings it, or something below it.
    fn is_copied(&self, path: &str) -> bool {
        let survey = &self.subject.verdict.survey;
        survey.copies.iter().any(|copy| {
            let into = copy.dest == path || under(&copy.dest, path);
            let named = copy.sources.iter().any(|source| {
                let name = source.trim_end_matches('/').rsplit('/').next();
                join(&copy.dest, name.unwrap_or_default()) == path
            });
            let inner = path
                .strip_prefix(copy.dest.trim_end_matches('/'))
                .and_then(|rest| rest.strip_prefix('/'));
            let in_context = copy.from.is_none()
                && inner.is_some_and(|inner| {
                    copy.sources.iter().any(|source| {
                        let source = source.trim_end_matches('/');
                        self.subject.context.exists(&format!("{source}/{inner}"))
                    })
                });
            into || named || in_context
        })
    }

    /// A COPY behind our RUN brings it: what is handed over there would be replaced.
    fn comes_later(&self, path: &str) -> bool {
        let survey = &self.subject.verdict.survey;
        survey.copies.iter().any(|copy| {
            (copy.dest == path || under(&copy.dest, path))
                && is_behind(self.subject, self.place, copy.step)
        })
    }
}

/// A RUN starts the program as root, and what it leaves is root's: `influxd &` to make a database.
fn was_run_as_root(subject: &Subject<'_, '_, '_>, used: &Used) -> bool {
    let runs = subject.verdict.survey.runs.iter();
    runs.filter(|run| is_run_as_root(subject, run.step))
        .any(|run| {
            run.script.commands.iter().any(|command| {
                let program = command.program().unwrap_or_default();
                let program = program.rsplit('/').next().unwrap_or(program);
                let service = command.args().first().and_then(|word| word.literal());
                let service = service.filter(|_| program == "service");
                let service = service.map(|name| format!("service {name}"));
                let switch = used.recipe.switch.as_ref();
                let switches = switch.is_some_and(|switch| {
                    command.args().iter().any(|word| {
                        switch
                            .flags
                            .iter()
                            .any(|flag| word.prefix().starts_with(flag))
                    })
                });
                let asks = command.args().iter().any(|word| {
                    ["-v", "-V", "--version", "--help", "-h"]
                        .iter()
                        .any(|flag| word.is(flag))
                });
                let mut programs = used.recipe.programs.iter().chain(used.recipe.tools);
                let ours =
                    programs.any(|name| *name == program || service.as_deref() == Some(name));
                ours && !switches && !asks
            })
        })
}

fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// A RUN lets everybody write there.
fn is_open(subject: &Subject<'_, '_, '_>, path: &str) -> bool {
    let survey = &subject.verdict.survey;
    survey.runs.iter().any(|run| {
        let refilled = survey.copies.iter().any(|copy| {
            copy.step > run.step
                && (copy.dest == path || under(path, &copy.dest) || under(&copy.dest, path))
        });
        !refilled
            && run.files.iter().any(|act| match &act.what {
                FileChange::ChangesMode {
                    paths,
                    mode,
                    recursive,
                    ..
                } if opens(mode) && !act.conditional => paths.iter().any(|open| {
                    open.complete && (open.text == path || *recursive && under(path, &open.text))
                }),
                FileChange::MakesDir {
                    path: made,
                    mode: Some(mode),
                    ..
                } => opens(mode) && made.text == path && !act.conditional,
                _ => false,
            })
    })
}

/// True for a mode that lets others write.
fn opens(mode: &str) -> bool {
    match u32::from_str_radix(mode, 8) {
        Ok(bits) => bits & 0o002 != 0,
        // `+w` goes by the umask, which takes it from others.
        Err(_) => mode.split(',').any(|part| {
            let (who, what) = part.split_at(part.find(['=', '+', '-']).unwrap_or(part.len()));
            who.contains(['o', 'a']) && !what.starts_with('-') && what.contains('w')
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::opens;

    #[test]
    fn modes_that_let_others_write() {
        for mode in ["777", "1777", "0666", "a+w", "o+rw", "ugo=rwx,a+w", "a+rwX"] {
            assert!(opens(mode), "{mode}");
        }
        for mode in ["755", "0775", "+w", "u+w", "a-w", "g+w", "a+x"] {
            assert!(!opens(mode), "{mode}");
        }
    }
}
