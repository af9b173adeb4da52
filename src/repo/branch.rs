//! Branches as they are: whose the commits are, and who uses them.

use std::fs;
use std::path::{Path, PathBuf};

use git2::{Branch, Commit, ErrorCode, Oid};

use super::base::under_way;
use super::{Base, Repo, RepoError, seal};

/// What lies at the end of a branch, here or on a remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchTip {
    /// Its last commit.
    pub commit: Oid,
    /// The tree of that: the same as the wanted one means that there is nothing to write.
    pub tree: Oid,
    /// The commit that our own commits were put on; the last commit itself where none is ours.
    pub built_on: Oid,
    /// The last commit, where it is neither ours nor in the base. Then the branch is somebody else's.
    pub foreign: Option<Foreign>,
}

impl BranchTip {
    /// True when the branch is `tree` on `base` already.
    pub fn is(&self, tree: Oid, base: &Base) -> bool {
        self.foreign.is_none() && self.tree == tree && self.built_on == base.commit
    }
}

/// A commit that is not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// Its name.
    pub commit: Oid,
    /// The author's name.
    pub author: String,
    /// The first line of its message.
    pub subject: String,
}

impl Repo {
    /// The local branch; none when it is not there.
    pub fn local_branch(&self, branch: &str, base: &Base) -> Result<Option<BranchTip>, RepoError> {
        match self.inner.refname_to_id(&reference(branch)) {
            Ok(commit) => self.tip(commit, base).map(Some),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What a branch is whose last commit is `commit`, which must be here.
    pub fn tip(&self, commit: Oid, base: &Base) -> Result<BranchTip, RepoError> {
        let last = self.inner.find_commit(commit)?;
        let tree = last.tree_id();
        let built_on = self.built_on(last.clone(), base);
        let known = built_on != commit || self.is_in(commit, base.commit)?;
        Ok(BranchTip {
            commit,
            tree,
            built_on,
            foreign: (!known).then(|| foreign(&last)),
        })
    }

    /// The first commit below that is not ours: a seal covers the parent, so that nobody else's can lie
    /// between ours. A shallow clone may lack it.
    pub(super) fn built_on(&self, last: Commit<'_>, base: &Base) -> Oid {
        let mut built_on = last.id();
        let mut at = Some(last);
        while let Some(commit) = at.take_if(|at| at.id() != base.commit) {
            let Some(parent) = seal::parent_of_ours(&commit) else {
                break;
            };
            built_on = parent;
            at = self.inner.find_commit(parent).ok();
        }
        built_on
    }

    fn is_in(&self, commit: Oid, history: Oid) -> Result<bool, RepoError> {
        Ok(commit == history || self.inner.graph_descendant_of(history, commit)?)
    }

    /// Refuses what is no name for a branch, and the base's own.
    pub fn check_branch(&self, branch: &str, base: &Base) -> Result<(), RepoError> {
        if !Branch::name_is_valid(branch)? || branch.starts_with('-') || branch == "HEAD" {
            return Err(RepoError::BranchName(branch.to_owned()));
        }
        if base.branch.as_deref() == Some(branch) {
            return Err(RepoError::BranchIsBase(branch.to_owned()));
        }
        Ok(())
    }

    /// Refuses a branch that a work tree has checked out, rebases or bisects: moving it would show up there.
    pub(super) fn check_unused(&self, branch: &str) -> Result<(), RepoError> {
        let common = self.inner.commondir();
        let config = self.inner.config()?;
        let bare = config.get_bool("core.bare").unwrap_or(false);
        let mut places = Vec::new();
        if !bare {
            // A main work tree may lie apart from its repository.
            let own = self.workdir().filter(|_| !self.inner.is_worktree());
            let folder = own.or(common.parent()).unwrap_or(common);
            places.push((common.to_owned(), folder.to_owned()));
        }
        for entry in fs::read_dir(common.join("worktrees")).into_iter().flatten() {
            let git_dir = entry?.path();
            let file = fs::read_to_string(git_dir.join("gitdir")).unwrap_or_default();
            let folder = Path::new(file.trim()).parent().map(Path::to_owned);
            places.push((git_dir.clone(), folder.unwrap_or(git_dir)));
        }
        for (git_dir, folder) in places {
            if let Some(how) = use_of(&git_dir, branch) {
                return Err(RepoError::InUse {
                    branch: branch.to_owned(),
                    how,
                    place: shown(&folder),
                });
            }
        }
        Ok(())
    }

    /// Refuses a branch that cannot be beside another one: `a` and `a/b`.
    pub(super) fn check_room(&self, branch: &str) -> Result<(), RepoError> {
        let above = branch
            .match_indices('/')
            .map(|(at, _)| branch[..at].to_owned());
        let taken = above
            .filter(|above| self.inner.refname_to_id(&reference(above)).is_ok())
            .collect::<Vec<_>>();
        let below = self
            .inner
            .references_glob(&format!("refs/heads/{branch}/*"))?;
        let below = below.flatten().filter_map(|reference| {
            let name = reference.name().ok()?;
            Some(name.trim_start_matches("refs/heads/").to_owned())
        });
        match taken.into_iter().chain(below).next() {
            Some(other) => Err(RepoError::InTheWay {
                branch: branch.to_owned(),
                other,
            }),
            None => Ok(()),
        }
    }
}

/// The full name of a local branch.
pub(super) fn reference(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

fn use_of(git_dir: &Path, branch: &str) -> Option<&'static str> {
    let head = fs::read_to_string(git_dir.join("HEAD")).unwrap_or_default();
    let target = head.trim().strip_prefix("ref:").map(str::trim);
    if target == Some(&reference(branch)) {
        return Some("checked out");
    }
    under_way(git_dir).and_then(|(taken, how)| (taken == branch).then_some(how))
}

fn shown(folder: &Path) -> String {
    let folder: PathBuf = folder.components().collect();
    folder.display().to_string()
}

fn foreign(commit: &Commit<'_>) -> Foreign {
    let line = |text: &str| -> String { text.chars().filter(|ch| !ch.is_control()).collect() };
    let author = String::from_utf8_lossy(commit.author().name_bytes()).into_owned();
    let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
    Foreign {
        commit: commit.id(),
        author: line(&author),
        subject: line(message.lines().next().unwrap_or_default()),
    }
}
