//! A build context in a folder: on disk, or in a commit's tree.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::around::Surroundings;
use super::tree::{Disk, Kind, Tree};
use super::{BuildContext, Ignored, MAX_FILES, NoVacancy, Vacancy, Wanted, normal};

/// A folder that may be the context.
#[derive(Debug)]
struct Root {
    path: PathBuf,
    /// Read only where something is found.
    ignored: OnceLock<Ignored>,
}

/// A context in a folder.
#[derive(Debug)]
pub struct Folder<T: Tree = Disk> {
    tree: T,
    nearest: PathBuf,
    exactly: bool,
    dockerfile: Option<PathBuf>,
    /// Looked for only when a file is asked for: most Dockerfiles name none.
    roots: OnceLock<Vec<Root>>,
    /// The same: only what may have to follow a fix asks.
    deployments: OnceLock<Arc<Surroundings>>,
    /// It is on disk, where the files around one Dockerfile are mostly those around the next, too.
    shares: bool,
    /// The same: what has one stage on a known base never asks.
    builders: OnceLock<Vec<(String, Vec<u8>)>>,
}

impl Folder {
    /// Exactly this folder of the disk, as with `--context`.
    pub fn exactly(root: &Path) -> Self {
        Self {
            shares: true,
            ..Self::exactly_in(Disk, root)
        }
    }

    /// [`Self::around_in`] on disk.
    pub fn around(dockerfile: &Path) -> Self {
        Self {
            shares: true,
            ..Self::around_in(Disk, dockerfile)
        }
    }
}

impl<T: Tree> Folder<T> {
    /// Exactly this folder of `tree`.
    pub fn exactly_in(tree: T, root: &Path) -> Self {
        Self {
            tree,
            nearest: root.to_owned(),
            exactly: true,
            dockerfile: None,
            roots: OnceLock::new(),
            deployments: OnceLock::new(),
            shares: false,
            builders: OnceLock::new(),
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
    pub fn around_in(tree: T, dockerfile: &Path) -> Self {
        let nearest = match dockerfile.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        Self {
            tree,
            nearest,
            exactly: false,
            dockerfile: Some(dockerfile.to_owned()),
            roots: OnceLock::new(),
            deployments: OnceLock::new(),
            shares: false,
            builders: OnceLock::new(),
        }
    }

    /// Where `path` lies, and in which root; nothing for patterns and for paths that lead out.
    fn locate(&self, path: &str) -> Option<(&Root, PathBuf)> {
        let relative = normal(path);
        if relative.split('/').any(|part| part == "..") || relative.contains(['*', '?', '[']) {
            return None;
        }
        let root = self.roots().iter().find(|root| {
            self.tree.followed(&root.path.join(relative)).is_some()
                && (relative.is_empty() || self.sees(root, relative))
        })?;
        Some((root, root.path.join(relative)))
    }

    /// The build sees what lies at `relative` below `root`. `NAME.dockerignore` beside the Dockerfile goes before
    /// the folder's own `.dockerignore`.
    fn sees(&self, root: &Root, relative: &str) -> bool {
        let ignored = root.ignored.get_or_init(|| {
            let own = self.dockerfile.as_ref().and_then(|path| {
                let mut name = path.file_name()?.to_owned();
                name.push(".dockerignore");
                let path = self.tree.resolve(&path.with_file_name(name))?;
                self.tree.read(&path, MAX_FILE)
            });
            let text = own.or_else(|| self.read_below(&root.path, ".dockerignore"));
            text.map(|text| Ignored::read(&text)).unwrap_or_default()
        });
        !ignored.has(relative)
    }

    /// The folders that may be the context, the nearest first.
    pub(super) fn root_paths(&self) -> Vec<&Path> {
        let roots = self.roots().iter();
        roots.map(|root| root.path.as_path()).collect()
    }

    /// The folder of the Dockerfile, links followed.
    pub(super) fn dockerfile_folder(&self) -> Option<PathBuf> {
        let folder = self.dockerfile.as_ref()?.parent()?;
        let here = folder.as_os_str().is_empty();
        self.tree
            .resolve(if here { Path::new(".") } else { folder })
    }

    /// The build sees what lies at `relative` below the folder `root`.
    pub(super) fn is_seen(&self, root: &Path, relative: &str) -> bool {
        let mut roots = self.roots().iter();
        let root = roots.find(|known| known.path == root);
        root.is_some_and(|root| self.sees(root, relative))
    }

    /// What is read of the files around it may serve other Dockerfiles, too.
    pub(super) const fn shares(&self) -> bool {
        self.shares
    }

    /// Reads a file by its path from the top, links followed as far as they stay below it.
    pub(super) fn read_at_top(&self, path: &str) -> Option<Vec<u8>> {
        let relative = plain(path)?;
        let top = self.roots().last()?.path.clone();
        self.read_below(&top, relative)
    }

    /// What it is read from.
    pub(super) const fn tree(&self) -> &T {
        &self.tree
    }

    fn roots(&self) -> &[Root] {
        self.roots.get_or_init(|| {
            let nearest = self.tree.resolve(&self.nearest);
            let nearest = nearest.unwrap_or_else(|| self.nearest.clone());
            let folders: Vec<PathBuf> = nearest
                .ancestors()
                .take(MAX_ABOVE)
                .map(Path::to_owned)
                .collect();
            let repository = folders.iter().position(|folder| self.tree.is_top(folder));
            let chosen = match repository {
                Some(at) if !self.exactly => folders[..=at].to_vec(),
                _ => vec![nearest],
            };
            let root = |path| Root {
                path,
                ignored: OnceLock::new(),
            };
            chosen.into_iter().map(root).collect()
        })
    }

    fn kind(&self, path: &Path) -> Option<Kind> {
        Some(self.tree.entry(path)?.kind)
    }

    /// True for a folder, or a link to one.
    pub(super) fn is_folder(&self, path: &Path) -> bool {
        self.tree.followed(path) == Some(Kind::Folder)
    }

    /// True for a plain file, or a link to one.
    pub(super) fn is_file(&self, path: &Path) -> bool {
        self.tree.followed(path) == Some(Kind::File)
    }

    /// Reads a plain file that lies below `root` (links followed) even after links are followed.
    pub(super) fn read_below(&self, root: &Path, relative: &str) -> Option<Vec<u8>> {
        let path = self.tree.resolve(&root.join(relative))?;
        if !path.starts_with(root) {
            return None;
        }
        self.tree.read(&path, MAX_FILE)
    }

    fn closed(&self, path: &Path, left: &mut usize, depth: usize) -> Option<PathBuf> {
        *left = left.checked_sub(1)?;
        let entry = self.tree.entry(path)?;
        if entry.closed {
            return Some(path.to_owned());
        }
        if entry.kind != Kind::Folder || depth >= MAX_DEPTH {
            return None;
        }
        let entries = self.entries(path);
        entries
            .iter()
            .find_map(|entry| self.closed(entry, left, depth + 1))
    }

    /// True when a file lies at or below `folder` that is not hidden.
    fn has_files(&self, folder: &Path, depth: usize) -> bool {
        let names = self.tree.names(folder);
        names.iter().take(MAX_ENTRIES).any(|name| {
            let path = folder.join(name);
            let hidden = name.to_string_lossy().starts_with('.');
            let is_folder = || self.kind(&path) == Some(Kind::Folder);
            !hidden && (!is_folder() || (depth < MAX_DEPTH && self.has_files(&path, depth + 1)))
        })
    }

    /// Adds the files at or below `path` to `found`, as paths relative to `root`.
    pub(super) fn list(&self, path: &Path, root: &Path, found: &mut Vec<String>, depth: usize) {
        if found.len() >= MAX_FILES || depth > MAX_LISTED_DEPTH {
            return;
        }
        match self.kind(path) {
            Some(Kind::File) => {
                if let Ok(relative) = path.strip_prefix(root) {
                    found.push(relative.to_string_lossy().into_owned());
                }
            }
            Some(Kind::Folder) => {
                for entry in self.entries(path) {
                    self.list(&entry, root, found, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// What lies in a folder, in the order of names, without what `.dockerignore` mostly names and no
    /// program needs.
    pub(super) fn entries(&self, folder: &Path) -> Vec<PathBuf> {
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
        let names = self.tree.names(folder).into_iter().filter(|name| {
            !SKIPPED.iter().any(|skipped| name == *skipped) && !crate::discover::is_dockerfile(name)
        });
        names.map(|name| folder.join(name)).collect()
    }
}

impl<T: Tree> BuildContext for Folder<T> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let relative = plain(path)?;
        self.roots().iter().find_map(|root| {
            let found = self.read_below(&root.path, relative)?;
            self.sees(root, relative).then_some(found)
        })
    }

    fn files(&self, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        if let Some((root, start)) = self.locate(path) {
            self.list(&start, &root.path, &mut found, 0);
            found.retain(|file| self.sees(root, file));
        }
        found
    }

    fn exists(&self, path: &str) -> bool {
        self.locate(path).is_some()
    }

    fn folders(&self, path: &str, names: &[&str]) -> Vec<(String, bool)> {
        let found = self.locate(path);
        let Some((root, start)) = found.filter(|(_, start)| self.is_folder(start)) else {
            return Vec::new();
        };
        let seen = |path: &Path| {
            let relative = path.strip_prefix(&root.path).unwrap_or(path);
            self.sees(root, &relative.to_string_lossy())
        };
        let there = names.iter().filter(|name| {
            let path = start.join(name);
            self.is_folder(&path) && seen(&path)
        });
        there
            .map(|name| ((*name).to_owned(), self.has_files(&start.join(name), 0)))
            .collect()
    }

    fn first_closed(&self, path: &str) -> Option<String> {
        let (root, start) = self.locate(path)?;
        let mut left = MAX_ENTRIES;
        let found = self.closed(&start, &mut left, 0)?;
        let shown = found.strip_prefix(&root.path).unwrap_or(&found);
        Some(shown.to_string_lossy().into_owned())
    }

    fn place(&self, path: &str) -> Option<PathBuf> {
        let relative = plain(path)?;
        self.roots().iter().find_map(|root| {
            let found = root.path.join(relative);
            // A link may lead to what others use, too.
            let is_file = self.kind(&found) == Some(Kind::File);
            let readable = is_file && self.read_below(&root.path, relative).is_some();
            // A folder above it may be a link.
            readable.then(|| self.tree.resolve(&found))?
        })
    }

    fn vacancy(&self, wanted: &Wanted<'_>) -> Result<Vacancy, NoVacancy> {
        self.find_vacancy(wanted)
    }

    fn dockerfile(&self) -> Option<String> {
        let path = self.tree.resolve(self.dockerfile.as_ref()?)?;
        let below = path.strip_prefix(&self.roots().last()?.path).ok()?;
        Some(below.to_str()?.to_owned())
    }

    fn deployments(&self) -> Vec<(String, Vec<u8>)> {
        let found = self.deployments.get_or_init(|| self.surroundings());
        found.as_ref().clone()
    }

    fn builders(&self) -> Vec<(String, Vec<u8>)> {
        self.builders.get_or_init(|| self.find_builders()).clone()
    }

    fn at_top(&self, path: &str) -> Option<Vec<u8>> {
        self.read_at_top(path)
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

/// How many folders up the repository's root is looked for.
const MAX_ABOVE: usize = 8;

/// Longest script that is read, in bytes: an entrypoint is shorter.
const MAX_FILE: u64 = 256 * 1024;
