//! Git: fixes as commits on a branch, made in the object database alone, and pushed with a lease.
//!
//! ```text
//! Repo::open -> Repo::base -> CommitTree (what is fixed) -> Step {changes, message} -> Repo::commit -> Repo::push
//! ```
//!
//! Nothing here touches the work tree, the index, HEAD or the stash. A branch is moved only when every commit
//! that it has beyond the base is *ours*: it carries two trailers, `Unroot-Tree` with the commit's own tree and
//! `Unroot-Seal` over its parent and message ([`seal`]). Whoever amends, rebases or adds to it makes the branch
//! theirs, and it stays as it is ([`BranchTip::foreign`]).
//!
//! What a remote has is read into `refs/unroot/remote/BRANCH`, so the user's remote-tracking branches and
//! `FETCH_HEAD` stay; every push names the commit that it replaces, and fails when the remote has another one.

mod base;
mod branch;
mod changed;
mod commit;
mod error;
mod forms;
mod identity;
mod paths;
mod program;
mod push;
mod push_lib;
mod remote;
pub mod seal;
mod secret;
mod trees;

use std::path::Path;

use git2::{ErrorCode, ObjectFormat, RepositoryOpenFlags};

pub use base::{Base, short};
pub use branch::{BranchTip, Foreign};
pub use changed::Changed;
pub use commit::{Change, CommitOptions, Made, Mode, Outcome, Step};
pub use error::RepoError;
pub use forms::{Form, Lying};
pub use git2::Oid;
pub use push::PushOutcome;
pub use remote::Remote;
pub use secret::TOKEN_VARIABLE;
pub use trees::CommitTree;

use program::Git;

/// A git repository: plain, bare, shallow, sparse, or a linked work tree of one.
pub struct Repo {
    inner: git2::Repository,
    /// The user's own `git`, where there is one; looked for when it is needed.
    git: std::cell::OnceCell<Option<Git>>,
}

impl std::fmt::Debug for Repo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Repo").field(&self.inner.path()).finish()
    }
}

impl Repo {
    /// The repository that `path`, a file or folder that exists, lies in.
    ///
    /// Refused: a folder in no repository, one that another user owns (git's `safe.directory`), one with
    /// SHA-256 names or an extension that libgit2 does not know.
    pub fn open(path: &Path) -> Result<Self, RepoError> {
        // Whole: git wants it so where it is to be trusted.
        let shown = || {
            let whole = path.canonicalize();
            whole.as_deref().unwrap_or(path).display().to_string()
        };
        let none: [&Path; 0] = [];
        let inner = match git2::Repository::open_ext(path, RepositoryOpenFlags::empty(), none) {
            Ok(inner) => inner,
            Err(error) => {
                let text = error.message();
                return Err(match error.code() {
                    ErrorCode::NotFound => RepoError::NoRepository(shown()),
                    ErrorCode::Owner => RepoError::NotOwned(shown()),
                    _ if text.contains("object format") => RepoError::Sha256(shown()),
                    _ if text.contains("unsupported extension") => {
                        RepoError::Extension(text.rsplit(' ').next().unwrap_or_default().to_owned())
                    }
                    _ => RepoError::Git(error),
                });
            }
        };
        let repo = Self {
            inner,
            git: std::cell::OnceCell::new(),
        };
        if repo.inner.object_format() != ObjectFormat::Sha1 || repo.says_sha256() {
            return Err(RepoError::Sha256(shown()));
        }
        Ok(repo)
    }

    /// The folder that holds the work tree; none for a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// The repository's own folder: `.git`, or that of the linked work tree.
    pub fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// The files of the base commit.
    pub fn tree(&self, base: &Base) -> Result<CommitTree, RepoError> {
        let tree = self.inner.find_commit(base.commit)?.tree_id();
        CommitTree::new(self.inner.path(), tree)
    }

    /// The user's own git.
    fn git(&self) -> Option<&Git> {
        self.git.get_or_init(|| Git::find(self.git_dir())).as_ref()
    }

    /// Some versions of libgit2 take the extension for SHA-1.
    fn says_sha256(&self) -> bool {
        let format = self
            .inner
            .config()
            .and_then(|config| config.get_string("extensions.objectformat"));
        format.is_ok_and(|format| format.eq_ignore_ascii_case("sha256"))
    }
}
