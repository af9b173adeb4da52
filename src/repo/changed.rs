//! What changed since a branch left another one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use git2::{Delta, Diff, DiffOptions, ErrorCode};

use super::{Base, Repo, RepoError};

/// Files that changed.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// The top of the work tree, links followed; none for what is read from commits alone.
    top: Option<PathBuf>,
    paths: BTreeSet<PathBuf>,
}

impl Repo {
    /// The files that changed since `revision` and the other side parted: the commit of `until`, else HEAD with
    /// the work tree as it lies, files that git does not track included. What is gone is left out.
    pub fn changed(&self, revision: &str, until: Option<&Base>) -> Result<Changed, RepoError> {
        let missing = |_| RepoError::NoRevision(revision.to_owned());
        let object = self.inner.revparse_single(revision).map_err(missing)?;
        let since = object.peel_to_commit().map_err(missing)?.id();
        let here = match until {
            Some(base) => base.commit,
            None => self.base(None)?.commit,
        };
        let parted = match self.inner.merge_base(since, here) {
            Ok(parted) => parted,
            Err(error) if error.code() == ErrorCode::NotFound => {
                return Err(RepoError::NoMergeBase(revision.to_owned()));
            }
            Err(error) => return Err(error.into()),
        };
        let before = self.inner.find_commit(parted)?.tree()?;
        let on_disk = until.is_none().then(|| self.workdir()).flatten();
        let diff = if on_disk.is_some() {
            let mut options = DiffOptions::new();
            options
                .include_untracked(true)
                .recurse_untracked_dirs(true)
                .ignore_submodules(true);
            self.inner
                .diff_tree_to_workdir_with_index(Some(&before), Some(&mut options))?
        } else {
            let after = self.inner.find_commit(here)?.tree()?;
            self.inner
                .diff_tree_to_tree(Some(&before), Some(&after), None)?
        };
        Ok(Changed {
            top: on_disk.map(Path::canonicalize).transpose()?,
            paths: paths(&diff),
        })
    }
}

fn paths(diff: &Diff<'_>) -> BTreeSet<PathBuf> {
    let deltas = diff
        .deltas()
        .filter(|delta| delta.status() != Delta::Deleted);
    let paths = deltas.filter_map(|delta| delta.new_file().path().map(Path::to_owned));
    paths.collect()
}

impl Changed {
    /// Whether the file changed; `path` counts from the top.
    pub fn contains(&self, path: &Path) -> bool {
        self.paths.contains(path)
    }

    /// The same for a path of this machine; a link changed, too, where the file behind it did.
    pub fn on_disk(&self, path: &Path) -> bool {
        let Some(top) = &self.top else {
            return false;
        };
        let lying = path
            .parent()
            .zip(path.file_name())
            .and_then(|(folder, name)| {
                let here = if folder.as_os_str().is_empty() {
                    Path::new(".")
                } else {
                    folder
                };
                Some(here.canonicalize().ok()?.join(name))
            });
        let there = path
            .is_symlink()
            .then(|| path.canonicalize().ok())
            .flatten();
        let mut places = lying.iter().chain(&there);
        places.any(|place| {
            let below = place.strip_prefix(top);
            below.is_ok_and(|below| self.contains(below))
        })
    }
}
