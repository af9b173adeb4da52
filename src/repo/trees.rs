//! The files of a commit, read from the object database: nothing is checked out.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use git2::{ObjectType, Oid};

use super::RepoError;
use crate::context::{Entry, Kind, Tree};

/// The files of a commit, for many threads. Paths are those from the root of the tree.
pub struct CommitTree {
    git_dir: PathBuf,
    root: Oid,
    /// One for each thread that reads at a time.
    idle: Mutex<Vec<git2::Repository>>,
    /// Folders read last.
    known: Mutex<HashMap<Oid, Arc<Listing>>>,
}

impl std::fmt::Debug for CommitTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("CommitTree").field(&self.root).finish()
    }
}

/// What lies in a folder, in the order of names.
type Listing = Vec<(OsString, Node)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Node {
    kind: Kind,
    executable: bool,
    id: Oid,
}

/// Folders held at a time; far fewer are looked at again and again.
const MAX_KNOWN: usize = 4096;

/// Links followed for one path, as Linux counts (`MAXSYMLINKS`).
const MAX_LINKS: usize = 40;

/// Longest target of a link, in bytes (`PATH_MAX`).
const MAX_TARGET: u64 = 4096;

impl CommitTree {
    pub(super) fn new(git_dir: &Path, root: Oid) -> Result<Self, RepoError> {
        Ok(Self {
            git_dir: git_dir.to_owned(),
            root,
            idle: Mutex::new(vec![git2::Repository::open(git_dir)?]),
            known: Mutex::default(),
        })
    }

    /// The tree's name.
    pub fn id(&self) -> Oid {
        self.root
    }

    /// The bytes of the plain file at `path` (no link), whatever its length.
    ///
    /// Fails for what is no plain file, and for one whose bytes a partial clone lacks.
    pub fn bytes(&self, path: &Path) -> Result<Vec<u8>, RepoError> {
        match self.node(path) {
            Some(node) if node.kind == Kind::File => {
                self.blob(node.id, u64::MAX).ok_or(RepoError::Missing)
            }
            _ => Err(RepoError::NoFile),
        }
    }

    /// The name of the blob at `path`; none for what is no plain file.
    pub fn blob_id(&self, path: &Path) -> Option<Oid> {
        let node = self.node(path)?;
        (node.kind == Kind::File).then_some(node.id)
    }

    /// The submodule that `path` is, or lies in.
    pub fn submodule(&self, path: &Path) -> Option<PathBuf> {
        let mut above: Vec<&Path> = path.ancestors().collect();
        above.reverse();
        let found = above.into_iter().find(|above| {
            self.node(above)
                .is_some_and(|node| node.kind == Kind::Other)
        });
        found.map(Path::to_owned)
    }

    fn node(&self, path: &Path) -> Option<Node> {
        let mut node = Node {
            kind: Kind::Folder,
            executable: false,
            id: self.root,
        };
        for part in path.components() {
            match part {
                Component::CurDir => {}
                Component::Normal(name) if node.kind == Kind::Folder => {
                    let listing = self.listing(node.id)?;
                    let at = listing.binary_search_by(|(known, _)| known.as_os_str().cmp(name));
                    node = listing.get(at.ok()?)?.1;
                }
                _ => return None,
            }
        }
        Some(node)
    }

    fn listing(&self, id: Oid) -> Option<Arc<Listing>> {
        let known = |map: &Mutex<HashMap<Oid, Arc<Listing>>>| {
            let map = map.lock().unwrap_or_else(PoisonError::into_inner);
            map.get(&id).cloned()
        };
        if let Some(listing) = known(&self.known) {
            return Some(listing);
        }
        let listing = self.with(|repo| {
            let tree = repo.find_tree(id).ok()?;
            let mut listing: Listing = tree
                .iter()
                .map(|entry| {
                    let (kind, executable) = kind(entry.filemode());
                    let node = Node {
                        kind,
                        executable,
                        id: entry.id(),
                    };
                    (os_string(entry.name_bytes()), node)
                })
                .collect();
            // Git sorts folders as if their names ended in `/`.
            listing.sort_by(|one, other| one.0.cmp(&other.0));
            Some(Arc::new(listing))
        })?;
        let mut map = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if map.len() >= MAX_KNOWN {
            map.clear();
        }
        map.insert(id, Arc::clone(&listing));
        Some(listing)
    }

    fn blob(&self, id: Oid, most: u64) -> Option<Vec<u8>> {
        self.with(|repo| {
            let odb = repo.odb().ok()?;
            let (size, kind) = odb.read_header(id).ok()?;
            if kind != ObjectType::Blob || u64::try_from(size).ok()? > most {
                return None;
            }
            Some(odb.read(id).ok()?.data().to_vec())
        })
    }

    /// Lends a repository, which one thread at a time may use.
    fn with<T>(&self, work: impl FnOnce(&git2::Repository) -> Option<T>) -> Option<T> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = idle().pop();
        let repo = match taken {
            Some(repo) => repo,
            None => git2::Repository::open(&self.git_dir).ok()?,
        };
        let result = work(&repo);
        idle().push(repo);
        result
    }
}

impl Tree for CommitTree {
    fn entry(&self, path: &Path) -> Option<Entry> {
        let node = self.node(path)?;
        // Git knows no mode but the executable bit: a checkout lets others read.
        Some(Entry {
            kind: node.kind,
            closed: false,
        })
    }

    fn resolve(&self, path: &Path) -> Option<PathBuf> {
        let mut done = PathBuf::new();
        let mut left: Vec<OsString> = parts(path)?;
        left.reverse();
        let mut links = 0;
        while let Some(part) = left.pop() {
            if part == ".." {
                if !done.pop() {
                    return None;
                }
                continue;
            }
            done.push(&part);
            let node = self.node(&done)?;
            if node.kind == Kind::Link {
                links += 1;
                if links > MAX_LINKS {
                    return None;
                }
                let target = self.blob(node.id, MAX_TARGET)?;
                done.pop();
                let mut target = parts(Path::new(&os_string(&target)))?;
                target.reverse();
                left.extend(target);
            }
        }
        Some(done)
    }

    fn read(&self, path: &Path, most: u64) -> Option<Vec<u8>> {
        let node = self.node(path)?;
        if node.kind != Kind::File {
            return None;
        }
        self.blob(node.id, most)
    }

    fn names(&self, path: &Path) -> Vec<OsString> {
        let node = self.resolve(path).and_then(|path| self.node(&path));
        let Some(node) = node.filter(|node| node.kind == Kind::Folder) else {
            return Vec::new();
        };
        let listing = self.listing(node.id);
        listing.map_or_else(Vec::new, |listing| {
            listing.iter().map(|(name, _)| name.clone()).collect()
        })
    }

    fn is_top(&self, path: &Path) -> bool {
        path.as_os_str().is_empty()
    }
}

/// The parts of a path below the root; none for one that starts elsewhere.
fn parts(path: &Path) -> Option<Vec<OsString>> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(_) | Component::ParentDir => parts.push(part.as_os_str().to_owned()),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts)
}

/// What a mode of a tree's entry means (gitformat-index(5) lists them).
fn kind(mode: i32) -> (Kind, bool) {
    match mode {
        0o040_000 => (Kind::Folder, false),
        0o120_000 => (Kind::Link, false),
        0o160_000 => (Kind::Other, false),
        mode => (Kind::File, mode & 0o111 != 0),
    }
}

#[cfg(unix)]
pub(super) fn os_string(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).to_owned()
}

#[cfg(not(unix))]
pub(super) fn os_string(bytes: &[u8]) -> OsString {
    OsStr::new(String::from_utf8_lossy(bytes).as_ref()).to_owned()
}
