//! The branch of a pull request, as git has it.

use unroot::pr::{Branch, BranchError, Deleted, Pushed, RemoteState};
use unroot::repo::{
    Base, BranchTip, CommitOptions, Oid, Outcome, PushOutcome, Remote, Repo, RepoError, Step, short,
};

/// A branch that is committed and pushed when it is asked for.
pub(super) struct GitBranch<'a> {
    pub(super) repo: &'a Repo,
    pub(super) remote: &'a Remote,
    pub(super) base: &'a Base,
    pub(super) name: &'a str,
    pub(super) steps: &'a [Step],
    pub(super) options: CommitOptions,
    /// What the remote had when it was looked at.
    pub(super) seen: Option<Oid>,
}

impl Branch for GitBranch<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn state(&mut self) -> Result<RemoteState, BranchError> {
        let tip = self
            .repo
            .remote_branch(self.remote, self.name, self.base)
            .map_err(|error| told(&error))?;
        self.seen = tip.as_ref().map(|tip| tip.commit);
        Ok(match tip {
            None => RemoteState::Absent,
            Some(BranchTip {
                foreign: Some(foreign),
                ..
            }) => RemoteState::Foreign {
                commit: short(foreign.commit),
                author: foreign.author,
            },
            Some(tip) => RemoteState::Ours {
                commit: tip.commit.to_string(),
                tree: tip.tree.to_string(),
            },
        })
    }

    fn push(&mut self) -> Result<Pushed, BranchError> {
        let made = self
            .repo
            .commit(self.base, self.name, self.steps, self.options)
            .map_err(|error| told(&error))?;
        let commit = match made {
            Outcome::Created(made) | Outcome::Updated(made) => made.commit,
            Outcome::Unchanged(tip) => tip.commit,
            Outcome::Nothing => return Err(BranchError("there is nothing to commit".into())),
            Outcome::Foreign(foreign) => {
                return Err(BranchError(format!(
                    "the local branch {} ends in a commit that is not unroot's ({} by {}): give another --branch, or delete it",
                    self.name,
                    short(foreign.commit),
                    foreign.author
                )));
            }
        };
        let pushed = self
            .repo
            .push(self.remote, self.name, commit, self.seen)
            .map_err(|error| told(&error))?;
        Ok(match pushed {
            PushOutcome::Done | PushOutcome::UpToDate => Pushed::Done {
                commit: commit.to_string(),
                verified: false,
            },
            PushOutcome::LeaseLost => Pushed::LeaseLost,
            PushOutcome::Rejected { reason } => Pushed::Rejected(reason),
            PushOutcome::NoPermission { reason } => Pushed::NotPermitted(reason),
        })
    }

    fn delete(&mut self) -> Result<Deleted, BranchError> {
        let Some(seen) = self.seen else {
            return Ok(Deleted::Done);
        };
        let deleted = self
            .repo
            .delete_remote_branch(self.remote, self.name, seen)
            .map_err(|error| told(&error))?;
        Ok(match deleted {
            PushOutcome::Done | PushOutcome::UpToDate => Deleted::Done,
            PushOutcome::LeaseLost => Deleted::LeaseLost,
            PushOutcome::Rejected { reason } | PushOutcome::NoPermission { reason } => {
                Deleted::Refused(reason)
            }
        })
    }
}

fn told(error: &RepoError) -> BranchError {
    let help = error
        .help()
        .map_or(String::new(), |help| format!("; {help}"));
    BranchError(format!("{error}{help}"))
}
