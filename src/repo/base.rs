//! What a fix is based on.

use std::fs;
use std::path::Path;

use git2::{ErrorCode, Oid};

use super::{Repo, RepoError};

/// The commit that a fix is made for and lies on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The branch, without `refs/heads/` or the remote's name; none for a tag, a commit, a detached HEAD.
    pub branch: Option<String>,
    /// Its commit.
    pub commit: Oid,
    /// A rebase of this branch is under way: the commit is the one that the branch had before.
    pub rebasing: bool,
}

impl Base {
    /// The branch that a fix gets when nobody names one: `unroot/` and the base's branch, or the first twelve
    /// digits of its commit.
    pub fn default_branch(&self) -> String {
        format!("unroot/{}", self.name())
    }

    /// The branch's name, or the first twelve digits of the commit.
    pub fn name(&self) -> String {
        self.branch.clone().unwrap_or_else(|| short(self.commit))
    }
}

/// The first twelve digits: enough to be found again in any repository there is.
pub fn short(id: Oid) -> String {
    let mut text = id.to_string();
    text.truncate(12);
    text
}

impl Repo {
    /// The base that `wanted` names: a branch, a remote-tracking branch, a tag, or anything that git takes for
    /// a commit. With none, the branch that is checked out; while it is being rebased, as it was before; else
    /// the commit that HEAD is.
    pub fn base(&self, wanted: Option<&str>) -> Result<Base, RepoError> {
        match wanted {
            Some(wanted) => self.named_base(wanted),
            None => self.head_base(),
        }
    }

    fn named_base(&self, wanted: &str) -> Result<Base, RepoError> {
        let missing = || RepoError::NoBase(wanted.to_owned());
        let (object, reference) = self.inner.revparse_ext(wanted).map_err(|_| missing())?;
        let commit = object.peel_to_commit().map_err(|_| missing())?.id();
        let reference = reference.and_then(|reference| {
            // `HEAD` and `origin/HEAD` name a branch, too.
            let reference = reference.resolve().ok()?;
            Some(reference.name().ok()?.to_owned())
        });
        Ok(Base {
            branch: reference.and_then(|name| self.branch_of(&name)),
            commit,
            rebasing: false,
        })
    }

    fn branch_of(&self, reference: &str) -> Option<String> {
        if let Some(branch) = reference.strip_prefix("refs/heads/") {
            return Some(branch.to_owned());
        }
        let tracking = reference.strip_prefix("refs/remotes/")?;
        let remotes = self.inner.remotes().ok()?;
        let mut remotes = remotes.iter().flatten().flatten();
        remotes.find_map(|remote| {
            let branch = tracking.strip_prefix(remote)?.strip_prefix('/')?;
            Some(branch.to_owned())
        })
    }

    fn head_base(&self) -> Result<Base, RepoError> {
        let head = match self.inner.head() {
            Ok(head) => head,
            Err(error) if error.code() == ErrorCode::UnbornBranch => {
                return Err(RepoError::Unborn(self.unborn_name()));
            }
            Err(error) => return Err(error.into()),
        };
        let commit = head.peel_to_commit()?.id();
        let name = head.name().ok().and_then(|name| self.branch_of(name));
        if name.is_none()
            && let Some((branch, _)) = under_way(self.git_dir())
            && let Ok(before) = self.inner.refname_to_id(&format!("refs/heads/{branch}"))
        {
            return Ok(Base {
                branch: Some(branch),
                commit: before,
                rebasing: true,
            });
        }
        Ok(Base {
            branch: name,
            commit,
            rebasing: false,
        })
    }

    fn unborn_name(&self) -> String {
        let head = self.inner.find_reference("HEAD").ok();
        let target = head.and_then(|head| Some(head.symbolic_target().ok()??.to_owned()));
        target.map_or_else(
            || "HEAD".into(),
            |target| target.trim_start_matches("refs/heads/").to_owned(),
        )
    }
}

/// The branch that a rebase or a bisection of a work tree has taken, and which of the two it is.
/// `git_dir` is the work tree's own.
pub(super) fn under_way(git_dir: &Path) -> Option<(String, &'static str)> {
    let read = |path: &str| {
        let text = fs::read_to_string(git_dir.join(path)).ok()?;
        Some(text.trim().to_owned())
    };
    for file in ["rebase-merge/head-name", "rebase-apply/head-name"] {
        if let Some(name) = read(file)
            && let Some(branch) = name.strip_prefix("refs/heads/")
        {
            return Some((branch.to_owned(), "being rebased"));
        }
    }
    Some((read("BISECT_START")?, "being bisected"))
}
