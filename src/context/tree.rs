//! Where files are read from: a disk, or a commit's tree. What a build context is made of, whatever holds it.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A plain file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A device, a socket, or the commit of a submodule.
    Other,
}

/// What is known of a path without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What lies there; links are not followed.
    pub kind: Kind,
    /// Users other than its owner may not read it (a folder: read and enter it).
    pub closed: bool,
}

/// Files and folders that are only read. A path means what it means to the implementation: one of the disk,
/// or one from the root of a commit's tree.
pub trait Tree: Sync {
    /// What lies at `path`; none when nothing does.
    fn entry(&self, path: &Path) -> Option<Entry>;

    /// What lies at `path` with every link followed.
    fn followed(&self, path: &Path) -> Option<Kind> {
        Some(self.entry(&self.resolve(path)?)?.kind)
    }

    /// `path` with every link followed; none when nothing lies there, or outside of what can be seen.
    fn resolve(&self, path: &Path) -> Option<PathBuf>;

    /// The bytes of the plain file at `path` (no link); none when it is none, or longer than `most` bytes.
    fn read(&self, path: &Path, most: u64) -> Option<Vec<u8>>;

    /// What lies straight in the folder at `path`, links to folders followed, in the order of names.
    fn names(&self, path: &Path) -> Vec<OsString>;

    /// True when `path` is where a repository begins: nothing above belongs to it.
    fn is_top(&self, path: &Path) -> bool;
}

impl<T: Tree + Send> Tree for std::sync::Arc<T> {
    fn entry(&self, path: &Path) -> Option<Entry> {
        T::entry(self, path)
    }

    fn followed(&self, path: &Path) -> Option<Kind> {
        T::followed(self, path)
    }

    fn resolve(&self, path: &Path) -> Option<PathBuf> {
        T::resolve(self, path)
    }

    fn read(&self, path: &Path, most: u64) -> Option<Vec<u8>> {
        T::read(self, path, most)
    }

    fn names(&self, path: &Path) -> Vec<OsString> {
        T::names(self, path)
    }

    fn is_top(&self, path: &Path) -> bool {
        T::is_top(self, path)
    }
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Tree for Disk {
    fn entry(&self, path: &Path) -> Option<Entry> {
        let metadata = fs::symlink_metadata(path).ok()?;
        Some(Entry {
            kind: kind(&metadata),
            closed: closed(&metadata),
        })
    }

    // One call to the system, where resolving needs many.
    fn followed(&self, path: &Path) -> Option<Kind> {
        Some(kind(&fs::metadata(path).ok()?))
    }

    fn resolve(&self, path: &Path) -> Option<PathBuf> {
        fs::canonicalize(path).ok()
    }

    fn read(&self, path: &Path, most: u64) -> Option<Vec<u8>> {
        let metadata = fs::metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() > most {
            return None;
        }
        let mut bytes = Vec::new();
        fs::File::open(path)
            .ok()?
            .take(most)
            .read_to_end(&mut bytes)
            .ok()?;
        Some(bytes)
    }

    fn names(&self, path: &Path) -> Vec<OsString> {
        let Ok(entries) = fs::read_dir(path) else {
            return Vec::new();
        };
        let mut names: Vec<OsString> = entries.flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        names
    }

    fn is_top(&self, path: &Path) -> bool {
        path.join(".git").exists()
    }
}

fn kind(metadata: &fs::Metadata) -> Kind {
    if metadata.is_file() {
        Kind::File
    } else if metadata.is_dir() {
        Kind::Folder
    } else if metadata.is_symlink() {
        Kind::Link
    } else {
        Kind::Other
    }
}

#[cfg(unix)]
fn closed(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode();
    // What its owner may run, others must be able to run.
    let needed = match (metadata.is_dir(), mode & 0o100 != 0) {
        (true, _) | (false, true) => 0o005,
        (false, false) => 0o004,
    };
    !metadata.is_symlink() && mode & needed != needed
}

// There are no such modes elsewhere: the builder makes them up.
#[cfg(not(unix))]
fn closed(_metadata: &fs::Metadata) -> bool {
    false
}
