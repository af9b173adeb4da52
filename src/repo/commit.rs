//! Commits made in the object database alone, and the branch that ends in them.

use std::path::{Component, Path, PathBuf};

use git2::build::TreeUpdateBuilder;
use git2::{Commit, ErrorCode, FileMode, Oid};

use super::branch::reference;
use super::identity::Identity;
use super::{Base, BranchTip, Foreign, Repo, RepoError, seal};

/// A file as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where, from the root of the repository.
    pub path: PathBuf,
    /// Its mode.
    pub mode: Mode,
    /// Its bytes, as the repository has them: no line ends are converted.
    pub bytes: Vec<u8>,
}

/// The mode of a changed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The one that the file has; 100644 where it is new.
    Kept,
    /// 100644
    Plain,
    /// 100755
    Executable,
}

/// One commit to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What changes, over the step before it.
    pub changes: Vec<Change>,
    /// What is said of it, without our trailers.
    pub message: String,
}

/// How commits are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CommitOptions {
    /// Adds `Signed-off-by` with the committer's name.
    pub signoff: bool,
    /// Leaves `commit.gpgSign` aside.
    pub unsigned: bool,
    /// Name and address of who commits where git's configuration names nobody: a bot's.
    pub fallback: Option<(&'static str, &'static str)>,
}

/// What became of the branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Created(Made),
    /// It ends in other commits than before.
    Updated(Made),
    /// It has these files on this base already, and stays.
    Unchanged(BranchTip),
    /// The steps change nothing over the base; no branch was touched.
    Nothing,
    /// It has a commit that is not ours, and stays.
    Foreign(Foreign),
}

/// The commits that were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The last one, which the branch ends in.
    pub commit: Oid,
    /// Its tree.
    pub tree: Oid,
    /// How many.
    pub commits: usize,
    /// `commit.gpgSign` asks for signatures, and there is no git to make them.
    pub unsigned: bool,
}

impl Repo {
    /// The trees after each step, the last being what the branch shall have. They are written to the object
    /// database, where nothing names them yet.
    pub fn trees(&self, base: &Base, steps: &[Step]) -> Result<Vec<Oid>, RepoError> {
        let mut tree = self.inner.find_commit(base.commit)?.tree()?;
        let mut trees = Vec::new();
        for step in steps {
            let mut update = TreeUpdateBuilder::new();
            for change in &step.changes {
                check_path(&change.path)?;
                let mode = mode(&tree, change)?;
                update.upsert(&change.path, self.inner.blob(&change.bytes)?, mode);
            }
            let id = update.create_updated(&self.inner, &tree)?;
            tree = self.inner.find_tree(id)?;
            trees.push(id);
        }
        Ok(trees)
    }

    /// Puts the steps on the base, one commit each, and lets `branch` end in them. The work tree, the index
    /// and HEAD stay as they are.
    ///
    /// The branch is moved only from where it was seen, only when all that it has beyond the base is ours, and
    /// never when a work tree uses it. Where it has these files on this base already, nothing is written to it.
    pub fn commit(
        &self,
        base: &Base,
        branch: &str,
        steps: &[Step],
        options: CommitOptions,
    ) -> Result<Outcome, RepoError> {
        self.check_branch(branch, base)?;
        let trees = self.trees(base, steps)?;
        let parent = self.inner.find_commit(base.commit)?;
        let wanted = trees.last().copied().unwrap_or(parent.tree_id());
        if wanted == parent.tree_id() {
            return Ok(Outcome::Nothing);
        }
        let before = self.local_branch(branch, base)?;
        if let Some(tip) = &before {
            if let Some(foreign) = &tip.foreign {
                return Ok(Outcome::Foreign(foreign.clone()));
            }
            if tip.is(wanted, base) {
                return Ok(Outcome::Unchanged(tip.clone()));
            }
        }
        self.check_unused(branch)?;
        self.check_room(branch)?;
        let made = self.make(parent, &trees, steps, options)?;
        self.point(branch, made.commit, before.as_ref(), base)?;
        Ok(match before {
            Some(_) => Outcome::Updated(made),
            None => Outcome::Created(made),
        })
    }

    /// Lets the local branch end in `commit`, which is ours, as one that a remote has. Nothing is done where
    /// the local branch is not ours, is used by a work tree, or is there already.
    pub fn adopt(&self, branch: &str, commit: Oid, base: &Base) -> Result<(), RepoError> {
        let before = self.local_branch(branch, base)?;
        let stays = before
            .as_ref()
            .is_some_and(|tip| tip.foreign.is_some() || tip.commit == commit);
        if stays || self.check_unused(branch).is_err() || self.check_room(branch).is_err() {
            return Ok(());
        }
        self.point(branch, commit, before.as_ref(), base)
    }

    fn make<'r>(
        &'r self,
        mut parent: Commit<'r>,
        trees: &[Oid],
        steps: &[Step],
        options: CommitOptions,
    ) -> Result<Made, RepoError> {
        let who = self.identity(options.fallback)?;
        let sign_off = options.signoff.then(|| who.signed_off_by());
        let config = self.inner.config()?;
        let wanted = !options.unsigned && config.get_bool("commit.gpgsign").unwrap_or(false);
        let signer = if wanted { self.git() } else { None };
        let mut commits = 0;
        for (tree, step) in trees.iter().zip(steps) {
            if *tree == parent.tree_id() {
                continue;
            }
            let message = seal::message(&step.message, parent.id(), *tree, sign_off.as_deref())?;
            let id = match signer {
                Some(git) => {
                    let made = git.signed_commit(*tree, parent.id(), &message, &who);
                    made.map_err(RepoError::Sign)?
                }
                None => self.plain_commit(*tree, &parent, &message, &who)?,
            };
            parent = self.inner.find_commit(id)?;
            commits += 1;
        }
        Ok(Made {
            commit: parent.id(),
            tree: parent.tree_id(),
            commits,
            unsigned: wanted && signer.is_none(),
        })
    }

    fn plain_commit(
        &self,
        tree: Oid,
        parent: &Commit<'_>,
        message: &str,
        who: &Identity,
    ) -> Result<Oid, RepoError> {
        let tree = self.inner.find_tree(tree)?;
        let (author, committer) = (&who.author, &who.committer);
        let id = self
            .inner
            .commit(None, author, committer, message, &tree, &[parent])?;
        Ok(id)
    }

    /// Moves the branch, if it is still where it was seen.
    fn point(
        &self,
        branch: &str,
        commit: Oid,
        before: Option<&BranchTip>,
        base: &Base,
    ) -> Result<(), RepoError> {
        let name = reference(branch);
        let log = format!("unroot: fixes on {}", base.name());
        let moved = match before {
            None => self.inner.reference(&name, commit, false, &log),
            Some(tip) => self
                .inner
                .reference_matching(&name, commit, true, tip.commit, &log),
        };
        match moved {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.code(), ErrorCode::Modified | ErrorCode::Exists) => {
                Err(RepoError::Moved(branch.to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn mode(tree: &git2::Tree<'_>, change: &Change) -> Result<FileMode, RepoError> {
    let known = tree
        .get_path(&change.path)
        .ok()
        .map(|entry| entry.filemode());
    let bad = || RepoError::BadPath(change.path.display().to_string());
    Ok(match (change.mode, known) {
        // A link, a folder or a submodule is not overwritten.
        (_, Some(0o040_000 | 0o120_000 | 0o160_000)) => return Err(bad()),
        (Mode::Plain, _) | (Mode::Kept, None) => FileMode::Blob,
        (Mode::Executable, _) => FileMode::BlobExecutable,
        (Mode::Kept, Some(mode)) if mode & 0o111 != 0 => FileMode::BlobExecutable,
        (Mode::Kept, Some(_)) => FileMode::Blob,
    })
}

/// A path as git has them in trees: names only, none of them `.git`.
fn check_path(path: &Path) -> Result<(), RepoError> {
    let good = |part: Component<'_>| match part {
        Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
        _ => false,
    };
    let whole = path.components().next().is_some() && path.components().all(good);
    if whole {
        return Ok(());
    }
    Err(RepoError::BadPath(path.display().to_string()))
}
