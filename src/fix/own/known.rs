//! What the user has already, and what lies in the image, as far as the file tells.

use crate::fix::Subject;
use crate::fix::folders::under;
use crate::shell::files::FileChange;
use crate::stages::join;

use super::is_handed_over;
use super::made::is_behind;
use super::written::Planner;

impl Planner<'_, '_, '_, '_> {
    /// The user owns exactly this path.
    pub(super) fn has(&self, path: &str) -> bool {
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
    pub(super) fn is_inside(&self, path: &str) -> bool {
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
    pub(super) fn is_handed_by_copy(&self, path: &str) -> bool {
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
    pub(super) fn exists(&self, path: &str) -> bool {
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
    pub(super) fn is_copied(&self, path: &str) -> bool {
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
    pub(super) fn comes_later(&self, path: &str) -> bool {
        let survey = &self.subject.verdict.survey;
        survey.copies.iter().any(|copy| {
            (copy.dest == path || under(&copy.dest, path))
                && is_behind(self.subject, self.place, copy.step)
        })
    }

    /// A COPY brings it from the build context, with folders in it.
    pub(super) fn is_tree(&self, path: &str) -> bool {
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
    pub(super) fn is_made(&self, path: &str) -> bool {
        let mut acts = self.subject.verdict.survey.file_acts();
        acts.any(
            |act| matches!(&act.what, FileChange::MakesDir { path: made, .. } if made.text == path),
        )
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
