//! What [`super::sync()`] asks of git. The room that knows git implements it; this one knows no git.

/// A branch that carries a fix, and the remote repository that it is pushed to.
///
/// One value is used for one run: `state` first, then at most one of `push`, `rehearse` and `delete`. What they do
/// is bound to what `state` saw: a branch that has moved since is left as it is.
pub trait Branch {
    /// Its name, without `refs/heads/`.
    fn name(&self) -> &str;

    /// Looks at the branch in the remote repository.
    fn state(&mut self) -> Result<RemoteState, BranchError>;

    /// Makes the remote branch the wanted commit.
    fn push(&mut self) -> Result<Pushed, BranchError>;

    /// Deletes the remote branch.
    fn delete(&mut self) -> Result<Deleted, BranchError>;

    /// Stands for `push` in a dry run, where something can be shown by it.
    fn rehearse(&mut self) -> Result<(), BranchError> {
        Ok(())
    }
}

/// The branch as the remote repository has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoteState {
    /// There is none.
    Absent,
    /// All its commits above the base are ours.
    Ours {
        /// Its last commit.
        commit: String,
        /// The tree of that commit.
        tree: String,
    },
    /// Somebody else committed to it.
    Foreign {
        /// The newest such commit, shortened.
        commit: String,
        /// Who made it.
        author: String,
    },
}

/// What came of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// The branch is the wanted commit now.
    Done {
        /// That commit, as the remote repository calls it.
        commit: String,
        /// The forge signed it and says that the signature holds.
        verified: bool,
    },
    /// It has moved since it was looked at, and was left as it is.
    LeaseLost,
    /// The remote repository does not take it: a rule or a hook, with its words.
    Rejected(String),
    /// The credentials do not allow it, with the remote's words: a fork's read-only token, for one.
    NotPermitted(String),
}

/// What came of a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deleted {
    /// It is gone.
    Done,
    /// It has moved since it was looked at, and was left as it is.
    LeaseLost,
    /// The remote repository keeps it, with its words.
    Refused(String),
}

/// The remote repository could not be asked at all. It shows as one line that says what to do, without a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BranchError(pub String);
