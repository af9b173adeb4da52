//! What lies around a build context and says how the image is run: compose files and Kubernetes manifests.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{Folder, Tree};

/// Files, each with its path for people and its bytes.
pub(super) type Surroundings = Vec<(String, Vec<u8>)>;

/// What was read last, for the next Dockerfile of the same folder: listing a folder of tens of thousands for each of
/// them would take longer than all else.
static LAST: Mutex<Option<Last>> = Mutex::new(None);

struct Last {
    roots: Vec<PathBuf>,
    at: Instant,
    found: Arc<Surroundings>,
}

/// A program that stays, such as an editor's server, sees a change after so long.
const AGE: Duration = Duration::from_secs(2);

impl<T: Tree> Folder<T> {
    /// The files around it, as they were read at most [`AGE`] ago where it is on disk.
    pub(super) fn surroundings(&self) -> Arc<Surroundings> {
        if !self.shares() {
            return Arc::new(self.around_it());
        }
        let roots = self.root_paths();
        let known = LAST.lock().ok().and_then(|last| {
            let last = last.as_ref()?;
            let same = last.at.elapsed() < AGE && last.roots == roots;
            same.then(|| Arc::clone(&last.found))
        });
        if let Some(found) = known {
            return found;
        }
        let found = Arc::new(self.around_it());
        if let Ok(mut last) = LAST.lock() {
            *last = Some(Last {
                roots: roots.into_iter().map(Path::to_owned).collect(),
                at: Instant::now(),
                found: Arc::clone(&found),
            });
        }
        found
    }

    /// Compose files in the folders from the Dockerfile's up to the repository's root, and manifests in those
    /// below them that are named for it.
    fn around_it(&self) -> Surroundings {
        const FOLDERS: [&str; 16] = [
            ".devcontainer",
            ".docker",
            "docker",
            "compose",
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
        let roots = self.root_paths();
        let Some(top) = roots.last().copied() else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = Vec::new();
        for root in roots.iter().copied() {
            let here = self.entries(root);
            let files = here
                .iter()
                .filter(|path| is_yaml(path) && self.is_file(path));
            paths.extend(files.cloned());
            // The name first: a folder may have thousands beside it.
            let named = here.iter().filter(|path| {
                let name = path.file_name();
                name.is_some_and(|name| FOLDERS.iter().any(|known| name == *known))
            });
            for folder in named.filter(|path| self.is_folder(path)) {
                let mut found = Vec::new();
                self.list(folder, root, &mut found, 0);
                paths.extend(
                    found
                        .iter()
                        .map(|path| root.join(path))
                        .filter(|path| is_yaml(path)),
                );
            }
        }
        paths.dedup();
        paths.truncate(MAX_DEPLOYMENTS);
        let read = paths.into_iter().filter_map(|path| {
            let shown = path.strip_prefix(top).ok()?.to_str()?.to_owned();
            let bytes = self.read_below(top, &shown)?;
            Some((shown, bytes))
        });
        read.collect()
    }
}

/// How many of those are read.
const MAX_DEPLOYMENTS: usize = 100;

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending == "yml" || ending == "yaml")
}
