//! What can go wrong with a repository, and what to do about it.

use crate::secret::TokenError;

/// Why something cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum RepoError {
    /// The path lies in no repository.
    #[error("{0} lies in no git repository")]
    NoRepository(String),
    /// Another user owns it, and git's `safe.directory` does not name it.
    #[error("the repository at {0} belongs to another user")]
    NotOwned(String),
    /// Its objects are named by SHA-256, which libgit2 does not read.
    #[error("the repository at {0} names its objects by SHA-256, which is not supported")]
    Sha256(String),
    /// It has an extension that libgit2 does not know.
    #[error("the repository uses {0}, which is not supported")]
    Extension(String),
    /// HEAD names a branch that has no commit.
    #[error("the branch {0} has no commit yet")]
    Unborn(String),
    /// The base that was asked for is not there.
    #[error("cannot find the base `{0}`")]
    NoBase(String),
    /// The revision to compare with is not there.
    #[error("cannot find the revision `{0}`")]
    NoRevision(String),
    /// It shares no history with HEAD.
    #[error("`{0}` and HEAD have no commit in common")]
    NoMergeBase(String),
    /// Not a name that git takes for a branch.
    #[error("`{0}` is no name for a branch")]
    BranchName(String),
    /// The branch is what it is to be based on.
    #[error("the branch `{0}` is the base itself")]
    BranchIsBase(String),
    /// The branch is checked out, or in the middle of a rebase or bisection.
    #[error("the branch `{branch}` is {how} in {place}")]
    InUse {
        /// Its name.
        branch: String,
        /// `checked out`, `being rebased`, `being bisected`.
        how: &'static str,
        /// The work tree's folder.
        place: String,
    },
    /// A branch of a name that is a part of this one, or the other way round.
    #[error("the branch `{branch}` cannot be made: the branch `{other}` is in its way")]
    InTheWay {
        /// The wanted name.
        branch: String,
        /// The one that is there.
        other: String,
    },
    /// Somebody else moved the branch meanwhile.
    #[error("the branch `{0}` moved meanwhile")]
    Moved(String),
    /// git's configuration has no name or no email address.
    #[error("git does not know who makes the commit: {0} is not set")]
    NoIdentity(&'static str),
    /// `commit.gpgSign` is set, and git could not sign.
    #[error("git could not sign the commit: {0}")]
    Sign(String),
    /// A path that is not in the repository.
    #[error("{0} lies outside of the repository")]
    Outside(String),
    /// A path that git would not have in a tree.
    #[error("{0} is no path for a file of a repository")]
    BadPath(String),
    /// The commit has the file, and the repository has not its bytes.
    #[error("a partial clone lacks it")]
    Missing,
    /// The commit has no such file.
    #[error("the commit has no such file")]
    NoFile,
    /// No remote to push to, or several and none that is chosen.
    #[error("{0}")]
    NoRemote(String),
    /// A token that cannot be sent, or that must not be sent in the clear.
    #[error("{0}")]
    Token(&'static str),
    /// What was given is none.
    #[error("{0}")]
    BadToken(#[from] TokenError),
    /// The remote could not be asked. What it said has no credentials in it.
    #[error("{remote}: {reason}")]
    Remote {
        /// The remote's name.
        remote: String,
        /// What went wrong, in a line.
        reason: String,
    },
    /// What libgit2 says.
    #[error("git: {}", .0.message())]
    Git(#[from] git2::Error),
    /// A file or a process.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl RepoError {
    /// What can be done, where there is something.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::NoRepository(_) => "run it in a repository, or name files of one".into(),
            Self::NotOwned(path) => {
                format!("trust it: git config --global --add safe.directory {path}")
            }
            Self::Sha256(_) | Self::Extension(_) => {
                "`unroot diff | git apply --index`, and git's own commit, do the same".into()
            }
            Self::Unborn(_) => "commit something first, or name a --base".into(),
            Self::NoBase(_) => {
                "give a branch, a tag or a commit that is here; a shallow clone may lack it".into()
            }
            Self::NoRevision(_) => {
                "give a branch, a tag or a commit that is here; a checkout of one branch may lack it: git fetch origin".into()
            }
            Self::NoMergeBase(_) => {
                "a shallow clone lacks what lies between: git fetch --unshallow, or fetch-depth: 0 in actions/checkout".into()
            }
            Self::BranchName(_) => "see git check-ref-format --help".into(),
            Self::BranchIsBase(_) | Self::InTheWay { .. } => {
                "give the commit another one: --branch NAME".into()
            }
            Self::InUse { .. } => "switch to another branch, or use --branch NAME".into(),
            Self::Moved(_) => "run it again".into(),
            Self::NoIdentity(key) => format!(
                "git config user.{} ...",
                if key.contains("email") {
                    "email"
                } else {
                    "name"
                }
            ),
            Self::Sign(_) => {
                "look at git's user.signingKey and gpg.* settings, or use --no-gpg-sign".into()
            }
            Self::Missing => "git checkout brings it".into(),
            Self::NoRemote(_) => "name one: --remote NAME".into(),
            _ => return None,
        };
        Some(text)
    }
}
