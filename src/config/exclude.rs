//! Dockerfiles that a search passes over.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Patterns as in `.gitignore`, from a folder.
#[derive(Debug, Clone)]
pub struct Exclude {
    folder: PathBuf,
    patterns: Gitignore,
}

/// A pattern that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is no pattern: {reason}")]
pub struct GlobError {
    /// As written.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Exclude {
    /// `patterns` that count from `folder`.
    pub fn new(folder: &Path, patterns: &[String]) -> Result<Self, GlobError> {
        let wrong = |pattern: &str, error: &ignore::Error| GlobError {
            pattern: pattern.to_owned(),
            reason: error.to_string(),
        };
        let mut builder = GitignoreBuilder::new(folder);
        for pattern in patterns {
            builder
                .add_line(None, pattern)
                .map_err(|error| wrong(pattern, &error))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            patterns: builder
                .build()
                .map_err(|error| wrong(&patterns.join("`, `"), &error))?,
        })
    }

    /// Whether the file at `path`, or a folder above it, is passed over.
    pub fn excludes(&self, path: &Path) -> bool {
        let Ok(below) = path.strip_prefix(&self.folder) else {
            return false;
        };
        if self.patterns.is_empty() || below.as_os_str().is_empty() {
            return false;
        }
        self.patterns
            .matched_path_or_any_parents(below, false)
            .is_ignore()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_gitignore() {
        let patterns = [
            "vendor/",
            "/only-here",
            "*.tmp.dockerfile",
            "!keep.tmp.dockerfile",
        ];
        let exclude = Exclude::new(Path::new("/r/a"), &patterns.map(str::to_owned));
        let exclude = exclude.expect("valid");
        for (path, excluded) in [
            ("/r/a/Dockerfile", false),
            ("/r/a/vendor/x/Dockerfile", true),
            ("/r/a/b/vendor/Dockerfile", true),
            ("/r/a/only-here/Dockerfile", true),
            ("/r/a/b/only-here/Dockerfile", false),
            ("/r/a/x.tmp.dockerfile", true),
            ("/r/a/keep.tmp.dockerfile", false),
            ("/r/vendor/Dockerfile", false),
            ("/r/a", false),
        ] {
            assert_eq!(exclude.excludes(Path::new(path)), excluded, "{path}");
        }
        let wrong = Exclude::new(Path::new(""), &["a/{b".to_owned()]);
        assert_eq!(wrong.expect_err("wrong").pattern, "a/{b");
        // In a commit paths count from the top.
        let exclude = Exclude::new(Path::new(""), &["vendor".to_owned()]).expect("valid");
        assert!(exclude.excludes(Path::new("vendor/Dockerfile")));
    }
}
