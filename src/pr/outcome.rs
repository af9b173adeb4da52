//! What came of a run.

use std::fmt;

use crate::forge::github::Call;

/// What was done about a pull request, in the words that Actions' outputs have.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What was done.
    pub operation: Operation,
    /// The pull request's number; none where there is none, or it is not made yet.
    pub number: Option<u64>,
    /// Its page.
    pub url: Option<String>,
    /// The last commit of the branch.
    pub head_sha: Option<String>,
    /// The branch.
    pub branch: String,
    /// Whether the forge signed the commits; none where nothing was pushed.
    pub commits_verified: Option<bool>,
    /// Why not all was done that was wanted.
    pub stop: Option<Stop>,
    /// What went wrong beside the main thing, or is left to people, a line each.
    pub warnings: Vec<String>,
    /// What was done, in order; in a dry run, what would have been.
    pub steps: Vec<Step>,
}

/// What was done about a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// It is new.
    Created,
    /// Its branch, title, text or labels changed.
    Updated,
    /// It is closed.
    Closed,
    /// Nothing.
    None,
}

impl Operation {
    /// As outputs have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Closed => "closed",
            Self::None => "none",
        }
    }
}

/// Why not all was done that was wanted. It shows as one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// Somebody else committed to the branch: it is theirs now.
    ForeignCommit {
        /// The branch.
        branch: String,
        /// The commit, shortened.
        commit: String,
        /// Who made it.
        author: String,
    },
    /// A pull request for the branch was closed without being merged.
    Declined {
        /// The branch.
        branch: String,
        /// The pull request's page.
        url: String,
    },
    /// The pull request is not ours to close.
    NotOurs {
        /// Its page.
        url: String,
    },
    /// The branch moved while this ran.
    LeaseLost {
        /// The branch.
        branch: String,
    },
    /// The remote repository does not take the branch.
    PushRejected {
        /// The branch.
        branch: String,
        /// The remote's words.
        why: String,
    },
    /// The credentials do not allow pushing.
    PushNotPermitted {
        /// The remote's words.
        why: String,
    },
    /// The branch is pushed, and the pull request may not be made.
    PullNotPermitted {
        /// GitHub's words with what to do.
        why: String,
        /// A page on which a person makes it with one click.
        link: String,
    },
}

impl Stop {
    /// Its stable name, in reports.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::ForeignCommit { .. } => "foreign-commit",
            Self::Declined { .. } => "declined",
            Self::NotOurs { .. } => "not-ours",
            Self::LeaseLost { .. } => "lease-lost",
            Self::PushRejected { .. } => "push-rejected",
            Self::PushNotPermitted { .. } => "push-not-permitted",
            Self::PullNotPermitted { .. } => "pull-not-permitted",
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForeignCommit {
                branch,
                commit,
                author,
            } => write!(
                f,
                "{branch} holds a commit that is not unroot's ({commit} by {author}): branch and pull request are left alone"
            ),
            Self::Declined { branch, url } => write!(
                f,
                "{url} was closed without being merged, which is taken for a no: nothing was pushed; reopen it, or give another --branch than {branch}, to have it proposed again"
            ),
            Self::NotOurs { url } => write!(
                f,
                "nothing is left to fix; {url} does not have unroot's mark, so it is left open"
            ),
            Self::LeaseLost { branch } => write!(
                f,
                "{branch} moved in the remote repository while this ran: nothing was written; run it again"
            ),
            Self::PushRejected { branch, why } => write!(
                f,
                "the remote repository does not take {branch}: {why}; give another --branch, or change the rule that forbids it"
            ),
            Self::PushNotPermitted { why } => write!(
                f,
                "the token may not push ({why}): it needs `contents: write`, which what a fork's pull request runs never has"
            ),
            Self::PullNotPermitted { why, link } => {
                write!(
                    f,
                    "the branch is pushed; {why}. To open the pull request by hand: {link}"
                )
            }
        }
    }
}

/// Something that is done outside this machine.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The branch is pushed.
    Push {
        /// Its name.
        branch: String,
    },
    /// The branch is deleted.
    Delete {
        /// Its name.
        branch: String,
    },
    /// A call.
    Call(Call),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Push { branch } => write!(f, "push {branch}"),
            Self::Delete { branch } => write!(f, "delete {branch}"),
            Self::Call(call) => call.fmt(f),
        }
    }
}
