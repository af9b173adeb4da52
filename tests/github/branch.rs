//! A branch without git: what is pushed appears in the double.

use unroot::pr::{Branch, BranchError, Deleted, Pushed, RemoteState};

use crate::double::GitHub;

/// The name of the branch.
pub(crate) const BRANCH: &str = "unroot/main";

/// A branch that was looked at, and will be pushed.
pub(crate) struct FakeBranch<'g> {
    github: &'g GitHub,
    /// The commit to be pushed; its tree has the same name.
    wanted: String,
    /// Who made the newest commit, when it was not us.
    pub(crate) foreign: Option<(&'static str, &'static str)>,
    /// What the next push comes to, in the place of success.
    pub(crate) push: Option<Pushed>,
    /// What the next deletion comes to.
    pub(crate) delete: Option<Deleted>,
    pub(crate) pushes: usize,
    pub(crate) deletions: usize,
}

impl<'g> FakeBranch<'g> {
    pub(crate) fn new(github: &'g GitHub, wanted: &str) -> Self {
        Self {
            github,
            wanted: wanted.to_owned(),
            foreign: None,
            push: None,
            delete: None,
            pushes: 0,
            deletions: 0,
        }
    }
}

impl Branch for FakeBranch<'_> {
    fn name(&self) -> &str {
        BRANCH
    }

    fn state(&mut self) -> Result<RemoteState, BranchError> {
        if let Some((commit, author)) = self.foreign {
            let (commit, author) = (commit.to_owned(), author.to_owned());
            return Ok(RemoteState::Foreign { commit, author });
        }
        let state = self.github.state();
        Ok(match state.branches.get(BRANCH) {
            Some(commit) => RemoteState::Ours {
                commit: commit.clone(),
                tree: commit.clone(),
            },
            None => RemoteState::Absent,
        })
    }

    fn push(&mut self) -> Result<Pushed, BranchError> {
        self.pushes += 1;
        if let Some(pushed) = self.push.take() {
            return Ok(pushed);
        }
        let branches = &mut self.github.state().branches;
        branches.insert(BRANCH.to_owned(), self.wanted.clone());
        Ok(Pushed::Done {
            commit: self.wanted.clone(),
            verified: false,
        })
    }

    fn delete(&mut self) -> Result<Deleted, BranchError> {
        self.deletions += 1;
        if let Some(deleted) = self.delete.take() {
            return Ok(deleted);
        }
        self.github.state().delete_branch(BRANCH);
        Ok(Deleted::Done)
    }
}
