//! A build context on disk.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{BuildContext, Ignored, MAX_FILES, normal};

/// A folder that may be the context.
#[derive(Debug)]
struct Root {
    path: PathBuf,
    /// Read only where something is found.
    ignored: OnceLock<Ignored>,
}

impl Root {
    fn new(path: PathBuf) -> Self {
        Self {
            path,
            ignored: OnceLock::new(),
        }
    }

    /// The build sees what lies at `relative`. `own` is the companion of the Dockerfile, which goes before the
    /// folder's own `.dockerignore`.
    fn sees(&self, relative: &str, own: Option<&Path>) -> bool {
        let ignored = self.ignored.get_or_init(|| {
            let own = own.and_then(|path| fs::read(path).ok());
            let text = own.or_else(|| read_below(&self.path, ".dockerignore"));
            text.map(|text| Ignored::read(&text)).unwrap_or_default()
        });
        !ignored.has(relative)
    }
}

/// A context on disk.
#[derive(Debug)]
pub struct Folder {
    nearest: PathBuf,
    exactly: bool,
    dockerfile: Option<PathBuf>,
    /// Looked for only when a file is asked for: most Dockerfiles name none.
    roots: OnceLock<Vec<Root>>,
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
    fn locate(&self, path: &str) -> Option<(&Root, PathBuf)> {
        let relative = normal(path);
        if relative.split('/').any(|part| part == "..") || relative.contains(['*', '?', '[']) {
            return None;
        }
        let own = self.own_ignore();
        let root = self.roots().iter().find(|root| {
            root.path.join(relative).exists()
                && (relative.is_empty() || root.sees(relative, own.as_deref()))
        })?;
        Some((root, root.path.join(relative)))
    }

    /// `NAME.dockerignore` beside the Dockerfile.
    fn own_ignore(&self) -> Option<PathBuf> {
        let path = self.dockerfile.as_ref()?;
        let mut name = path.file_name()?.to_owned();
        name.push(".dockerignore");
        Some(path.with_file_name(name))
    }

    fn roots(&self) -> &[Root] {
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
            let chosen = match repository {
                Some(at) if !self.exactly => folders[..=at].to_vec(),
                _ => vec![nearest],
            };
            chosen.into_iter().map(Root::new).collect()
        })
    }
}

impl BuildContext for Folder {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let relative = plain(path)?;
        let own = self.own_ignore();
        let mut roots = self.roots().iter();
        roots.find_map(|root| {
            let found = read_below(&root.path, relative)?;
            root.sees(relative, own.as_deref()).then_some(found)
        })
    }

    fn files(&self, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        if let Some((root, start)) = self.locate(path) {
            list(&start, &root.path, &mut found, 0);
            let own = self.own_ignore();
            found.retain(|file| root.sees(file, own.as_deref()));
        }
        found
    }

    fn exists(&self, path: &str) -> bool {
        self.locate(path).is_some()
    }

    fn folders(&self, path: &str, names: &[&str]) -> Vec<(String, bool)> {
        let Some((root, start)) = self.locate(path).filter(|(_, start)| start.is_dir()) else {
            return Vec::new();
        };
        let own = self.own_ignore();
        let seen = |path: &Path| {
            let relative = path.strip_prefix(&root.path).unwrap_or(path);
            root.sees(&relative.to_string_lossy(), own.as_deref())
        };
        let there = names
            .iter()
            .filter(|name| start.join(name).is_dir() && seen(&start.join(name)));
        there
            .map(|name| ((*name).to_owned(), has_files(&start.join(name), 0)))
            .collect()
    }

    #[cfg(unix)]
    fn first_closed(&self, path: &str) -> Option<String> {
        let (root, start) = self.locate(path)?;
        let mut left = MAX_ENTRIES;
        let found = closed(&start, &mut left, 0)?;
        let shown = found.strip_prefix(&root.path).unwrap_or(&found);
        Some(shown.to_string_lossy().into_owned())
    }

    fn on_disk(&self, path: &str) -> Option<PathBuf> {
        let relative = plain(path)?;
        self.roots().iter().find_map(|root| {
            let found = root.path.join(relative);
            // A link may lead to what others use, too.
            let is_file = fs::symlink_metadata(&found).is_ok_and(|metadata| metadata.is_file());
            (is_file && read_below(&root.path, relative).is_some()).then_some(found)
        })
    }

    fn dockerfile(&self) -> Option<String> {
        let path = fs::canonicalize(self.dockerfile.as_ref()?).ok()?;
        let below = path.strip_prefix(&self.roots().last()?.path).ok()?;
        Some(below.to_str()?.to_owned())
    }

    fn deployments(&self) -> Vec<(String, Vec<u8>)> {
        self.deployments
            .get_or_init(|| {
                let roots = self.roots().iter().map(|root| root.path.clone());
                deployments(&roots.collect::<Vec<_>>())
            })
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

/// How many files and folders of a context are asked for their modes, and how deep.
const MAX_ENTRIES: usize = MAX_FILES;
const MAX_DEPTH: usize = 8;
/// How deep files are looked for: Java's packages lie deep.
const MAX_LISTED_DEPTH: usize = 20;

#[cfg(unix)]
fn closed(path: &Path, left: &mut usize, depth: usize) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    *left = left.checked_sub(1)?;
    let metadata = fs::symlink_metadata(path).ok()?;
    let mode = metadata.permissions().mode();
    // What its owner may run, others must be able to run.
    let needed = match (metadata.is_dir(), mode & 0o100 != 0) {
        (true, _) | (false, true) => 0o005,
        (false, false) => 0o004,
    };
    if !metadata.is_symlink() && mode & needed != needed {
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
    if found.len() >= MAX_FILES || depth > MAX_LISTED_DEPTH {
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
