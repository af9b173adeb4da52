//! From paths of this machine to those of the repository.

use std::path::{Component, Path, PathBuf};

use super::{Repo, RepoError};

impl Repo {
    /// The path of the repository that `path`, one from the working folder, names, whether or not something
    /// lies there on disk. In a bare repository paths count from its own folder.
    pub fn place(&self, path: &Path) -> Result<PathBuf, RepoError> {
        let top = self.workdir().unwrap_or(self.git_dir()).canonicalize()?;
        let whole = std::env::current_dir()?.join(path);
        let settled = settle(&whole);
        match settled.strip_prefix(&top) {
            Ok(below) => Ok(below.to_owned()),
            Err(_) => Err(RepoError::Outside(path.display().to_string())),
        }
    }

    /// Where a path of the repository lies on this machine; none in a bare repository.
    pub fn on_disk(&self, path: &Path) -> Option<PathBuf> {
        Some(self.workdir()?.join(path))
    }
}

/// A whole path without links and dots above its last part; what is not there is taken as it is written.
fn settle(path: &Path) -> PathBuf {
    if let (Some(parent), Some(name)) = (path.parent(), path.file_name())
        && let Ok(parent) = parent.canonicalize()
    {
        return parent.join(name);
    }
    for above in path.ancestors() {
        let Ok(there) = above.canonicalize() else {
            continue;
        };
        let mut settled = there;
        for part in path.strip_prefix(above).unwrap_or(path).components() {
            match part {
                Component::ParentDir => {
                    settled.pop();
                }
                Component::Normal(name) => settled.push(name),
                _ => {}
            }
        }
        return settled;
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_settled_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let top = folder.path().canonicalize().expect("there");
        for (path, expected) in [
            ("Dockerfile", "Dockerfile"),
            ("nowhere/../Dockerfile", "Dockerfile"),
            ("nowhere/deep/Dockerfile", "nowhere/deep/Dockerfile"),
            ("./nowhere/./x", "nowhere/x"),
        ] {
            assert_eq!(settle(&top.join(path)), top.join(expected), "{path}");
        }
        assert_eq!(settle(&top.join(".")), top);
    }
}
