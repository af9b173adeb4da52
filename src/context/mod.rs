//! The build context: files that COPY brings in, and what lies around it and says how the image is run.
//! Read, bounded, and never written.

mod folder;
mod overlay;
mod tree;

use std::path::PathBuf;

pub use folder::Folder;
pub use overlay::Overlay;
pub use tree::{Disk, Entry, Kind, Tree};

/// Where files that a Dockerfile copies can be looked at.
pub trait BuildContext: Sync {
    /// The file at `path` (relative, `/` between parts); none when it is not there or not to be seen.
    fn read(&self, path: &str) -> Option<Vec<u8>>;

    /// The files at or below `path`, at most some hundreds, without what is generated or installed.
    fn files(&self, path: &str) -> Vec<String>;

    /// True when something lies at `path`.
    fn exists(&self, path: &str) -> bool;

    /// Those of `names` that are folders straight in the folder `path`, each with whether files lie in it
    /// (other than hidden ones, which only keep it in a repository).
    fn folders(&self, path: &str, names: &[&str]) -> Vec<(String, bool)>;

    /// The first file or folder at or below `path` that users other than its owner may not read.
    fn first_closed(&self, path: &str) -> Option<String>;

    /// Where the file at `path` lies, for one that is to be written back: on this machine, or in the commit
    /// that the context is read from; none for what is no plain file of the context.
    fn place(&self, _path: &str) -> Option<PathBuf> {
        None
    }

    /// The Dockerfile, where it is known, as a path from the folder from which [`Self::deployments`] counts.
    fn dockerfile(&self) -> Option<String> {
        None
    }

    /// Files that say how the image is run: compose files and Kubernetes manifests around the context, each
    /// with its path for people.
    fn deployments(&self) -> Vec<(String, Vec<u8>)> {
        Vec::new()
    }
}

/// A path of the context in the one form that it is compared in: no `./`, no `/` at either end.
pub(crate) fn normal(path: &str) -> &str {
    let path = path.trim_matches('/');
    let mut rest = path;
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter.trim_start_matches('/');
    }
    if rest == "." { "" } else { rest }
}

/// No context at all, as for a Dockerfile from standard input.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoContext;

impl BuildContext for NoContext {
    fn read(&self, _path: &str) -> Option<Vec<u8>> {
        None
    }

    fn files(&self, _path: &str) -> Vec<String> {
        Vec::new()
    }

    fn exists(&self, _path: &str) -> bool {
        false
    }

    fn folders(&self, _path: &str, _names: &[&str]) -> Vec<(String, bool)> {
        Vec::new()
    }

    fn first_closed(&self, _path: &str) -> Option<String> {
        None
    }
}
