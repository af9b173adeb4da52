//! A build context on disk.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{BuildContext, normal};

/// A context on disk.
#[derive(Debug)]
pub struct Folder {
    nearest: PathBuf,
    exactly: bool,
    dockerfile: Option<PathBuf>,
    /// Looked for only when a file is asked for: most Dockerfiles name none.
    roots: OnceLock<Vec<PathBuf>>,
    /// The same: only what may have to follow a fix asks.
    deployments: OnceLock<Vec<(String, Vec<u8>)>>,
}

impl Folder {
    /// Exactly this folder, as with `--context`.
    pub fn exactly(root: &Path) -> Self {
        Self {
            nearest: root.to_owned(),
            exactly: true,
            dockerfile: None,
            roots: OnceLock::new(),
            deployments: OnceLock::new(),
        }
    }

    /// The same folder as the context of `dockerfile`, which services may name.
    #[must_use]
    pub fn of(mut self, dockerfile: &Path) -> Self {
        self.dockerfile = Some(dockerfile.to_owned());
        self
    }

    /// The folder of `dockerfile`, then those above it up to the repository's root: which of them the
    /// build uses is not in the file, so a path is looked for in each, the nearest first.
    pub fn around(dockerfile: &Path) -> Self {
        let nearest = match dockerfile.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        Self {
            nearest,
            exactly: false,
            dockerfile: Some(dockerfile.to_owned()),
            roots: OnceLock::new(),
            deployments: OnceLock::new(),
        }
    }

    /// Where `path` lies, and in which root; nothing for patterns and for paths that lead out.
    fn locate(&self, path: &str) -> Option<(&Path, PathBuf)> {
        let relative = normal(path);
        if relative.split('/').any(|part| part == "..") || relative.contains(['*', '?', '[']) {
            return None;
        }
        let root = self
            .roots()
            .iter()
            .find(|root| root.join(relative).exists())?;
        Some((root, root.join(relative)))
    }

    fn roots(&self) -> &[PathBuf] {
        self.roots.get_or_init(|| {
            let nearest = fs::canonicalize(&self.nearest).unwrap_or_else(|_| self.nearest.clone());
            let folders: Vec<PathBuf> = nearest
                .ancestors()
                .take(MAX_ABOVE)
                .map(Path::to_owned)
                .collect();
            let repository = folders
                .iter()
                .position(|folder| folder.join(".git").exists());
            match repository {
                Some(at) if !self.exactly => folders[..=at].to_vec(),
                _ => vec![nearest],
            }
        })
    }
}

impl BuildContext for Folder {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let relative = plain(path)?;
        self.roots()
            .iter()
            .find_map(|root| read_below(root, relative))
    }

    fn files(&self, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        if let Some((root, start)) = self.locate(path) {
            list(&start, root, &mut found, 0);
        }
        found
    }

    fn exists(&self, path: &str) -> bool {
        self.locate(path).is_some()
    }

    fn folders(&self, path: &str, names: &[&str]) -> Vec<(String, bool)> {
        let Some((_, start)) = self.locate(path).filter(|(_, start)| start.is_dir()) else {
            return Vec::new();
        };
        let there = names.iter().filter(|name| start.join(name).is_dir());
        there
            .map(|name| ((*name).to_owned(), has_files(&start.join(name), 0)))
            .collect()
    }

    #[cfg(unix)]
    fn first_closed(&self, path: &str) -> Option<String> {
        let (root, start) = self.locate(path)?;
        let mut left = MAX_ENTRIES;
        let found = closed(&start, &mut left, 0)?;
        let shown = found.strip_prefix(root).unwrap_or(&found);
        Some(shown.to_string_lossy().into_owned())
    }

    fn on_disk(&self, path: &str) -> Option<PathBuf> {
        let relative = plain(path)?;
        self.roots().iter().find_map(|root| {
            let found = root.join(relative);
            // A link may lead to what others use, too.
            let is_file = fs::symlink_metadata(&found).is_ok_and(|metadata| metadata.is_file());
            (is_file && read_below(root, relative).is_some()).then_some(found)
        })
    }

    fn dockerfile(&self) -> Option<String> {
        let path = fs::canonicalize(self.dockerfile.as_ref()?).ok()?;
        let below = path.strip_prefix(self.roots().last()?).ok()?;
        Some(below.to_str()?.to_owned())
    }

    fn deployments(&self) -> Vec<(String, Vec<u8>)> {
        self.deployments
            .get_or_init(|| deployments(self.roots()))
            .clone()
    }

    // There are no such modes elsewhere: the builder makes them up.
    #[cfg(not(unix))]
    fn first_closed(&self, _path: &str) -> Option<String> {
        None
    }
}

/// A path below the context, without what leads out of it.
fn plain(path: &str) -> Option<&str> {
    let relative = normal(path);
    (!relative.is_empty() && relative.split('/').all(|part| part != "..")).then_some(relative)
}

/// How many files and folders of a context are looked at, and how deep.
const MAX_ENTRIES: usize = 500;
const MAX_DEPTH: usize = 8;

#[cfg(unix)]
fn closed(path: &Path, left: &mut usize, depth: usize) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    *left = left.checked_sub(1)?;
    let metadata = fs::symlink_metadata(path).ok()?;
    let needed = if metadata.is_dir() { 0o005 } else { 0o004 };
    if !metadata.is_symlink() && metadata.permissions().mode() & needed != needed {
        return Some(path.to_owned());
    }
    if !metadata.is_dir() || depth >= MAX_DEPTH {
        return None;
    }
    let entries = entries(path);
    entries
        .iter()
        .find_map(|entry| closed(entry, left, depth + 1))
}

/// How many folders up the repository's root is looked for.
const MAX_ABOVE: usize = 8;

/// Longest script that is read, in bytes: an entrypoint is shorter.
const MAX_FILE: u64 = 256 * 1024;

/// Reads a regular file that lies below `root` (canonical) even after links are followed.
fn read_below(root: &Path, relative: &str) -> Option<Vec<u8>> {
    let path = fs::canonicalize(root.join(relative)).ok()?;
    let metadata = fs::metadata(&path).ok()?;
    if !path.starts_with(root) || !metadata.is_file() || metadata.len() > MAX_FILE {
        return None;
    }
    let mut bytes = Vec::new();
    fs::File::open(&path)
        .ok()?
        .take(MAX_FILE)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(bytes)
}

/// True when a file lies at or below `folder` that is not hidden.
fn has_files(folder: &Path, depth: usize) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().take(MAX_ENTRIES).any(|entry| {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        !hidden && (!folder || (depth < MAX_DEPTH && has_files(&entry.path(), depth + 1)))
    })
}

/// Adds the files at or below `path` to `found`, as paths relative to `root`.
fn list(path: &Path, root: &Path, found: &mut Vec<String>, depth: usize) {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return;
    };
    if found.len() >= MAX_ENTRIES || depth > MAX_DEPTH {
        return;
    }
    if metadata.is_file() {
        if let Ok(relative) = path.strip_prefix(root) {
            found.push(relative.to_string_lossy().into_owned());
        }
    } else if metadata.is_dir() {
        for entry in entries(path) {
            list(&entry, root, found, depth + 1);
        }
    }
}

/// Compose files in the folders from the Dockerfile's up to the repository's root, and manifests in those
/// below them that are named for it.
fn deployments(roots: &[PathBuf]) -> Vec<(String, Vec<u8>)> {
    const FOLDERS: [&str; 12] = [
        "k8s",
        "kubernetes",
        "kube",
        "deploy",
        "deployment",
        "deployments",
        "manifests",
        "kustomize",
        "base",
        "charts",
        "chart",
        "helm",
    ];
    let Some(top) = roots.last() else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    for root in roots {
        let here = entries(root);
        let files = here.iter().filter(|path| is_yaml(path) && path.is_file());
        paths.extend(files.cloned());
        for folder in here.iter().filter(|path| path.is_dir()) {
            let named = folder
                .file_name()
                .is_some_and(|name| FOLDERS.iter().any(|known| name == *known));
            if named {
                let mut found = Vec::new();
                list(folder, root, &mut found, 0);
                paths.extend(
                    found
                        .iter()
                        .map(|path| root.join(path))
                        .filter(|path| is_yaml(path)),
                );
            }
        }
    }
    paths.dedup();
    paths.truncate(MAX_DEPLOYMENTS);
    let read = paths.into_iter().filter_map(|path| {
        let shown = path.strip_prefix(top).ok()?.to_str()?.to_owned();
        let bytes = read_below(top, &shown)?;
        Some((shown, bytes))
    });
    read.collect()
}

/// How many of those are read.
const MAX_DEPLOYMENTS: usize = 100;

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending == "yml" || ending == "yaml")
}

/// What lies in a folder, in the order of names, without what `.dockerignore` mostly names and no
/// program needs.
fn entries(folder: &Path) -> Vec<PathBuf> {
    const SKIPPED: [&str; 8] = [
        ".git",
        "node_modules",
        "vendor",
        "target",
        "test",
        "tests",
        "__tests__",
        "venv",
    ];
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut entries: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            !path.file_name().is_some_and(|name| {
                SKIPPED.iter().any(|skipped| name == *skipped)
                    || crate::discover::is_dockerfile(name)
            })
        })
        .collect();
    entries.sort();
    entries
}
