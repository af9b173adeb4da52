//! Files that say which image is built from which Dockerfile: bake files, CI, Makefiles, scripts, devcontainers.

use std::path::{Path, PathBuf};

use super::folder::Folder;
use super::{Kind, Tree};

/// Asked for by name in each folder from the Dockerfile's up to the repository's root: a question costs less than
/// a list, since a folder may have thousands of files.
const FILES: [&str; 20] = [
    "docker-bake.json",
    "docker-bake.hcl",
    "docker-bake.override.json",
    "docker-bake.override.hcl",
    "Makefile",
    "makefile",
    "GNUmakefile",
    "justfile",
    "Justfile",
    ".justfile",
    ".gitlab-ci.yml",
    ".devcontainer.json",
    ".devcontainer/devcontainer.json",
    "build.sh",
    "build-docker.sh",
    "build_docker.sh",
    "build-image.sh",
    "build_image.sh",
    "build-images.sh",
    "docker-build.sh",
];

/// Folders that are listed, and which of their files count: the start and the endings of the name.
const FOLDERS: [(&str, &str, &[&str]); 7] = [
    (".github/workflows", "", &[".yml", ".yaml"]),
    ("scripts", "build", &[".sh"]),
    ("script", "build", &[".sh", ""]),
    ("bin", "build", &[".sh"]),
    ("ci", "build", &[".sh"]),
    ("hack", "build", &[".sh"]),
    ("docker", "build", &[".sh"]),
];

/// How many are read, and of which length at most: a longer one is generated.
const MAX_BUILDERS: usize = 100;

impl<T: Tree> Folder<T> {
    /// Those files, with their paths from the top.
    pub(super) fn find_builders(&self) -> Vec<(String, Vec<u8>)> {
        let roots = self.root_paths();
        let mut paths: Vec<PathBuf> = Vec::new();
        for root in &roots {
            paths.extend(FILES.iter().map(|name| root.join(name)));
            for (folder, start, endings) in FOLDERS {
                paths.extend(self.named(&root.join(folder), start, endings));
            }
            // Each configuration of a devcontainer may have a folder of its own.
            let devcontainers = root.join(".devcontainer");
            let folders = self.tree().names(&devcontainers).into_iter().take(20);
            paths
                .extend(folders.map(|folder| devcontainers.join(folder).join("devcontainer.json")));
        }
        let mut found: Vec<(String, Vec<u8>)> = Vec::new();
        for path in paths {
            // One question for what is mostly not there.
            if self.tree().followed(&path) != Some(Kind::File) {
                continue;
            }
            // Where case does not count, `makefile` is `Makefile`.
            let Some(shown) = self.shown(&path) else {
                continue;
            };
            if found.iter().any(|(known, _)| *known == shown) {
                continue;
            }
            if let Some(bytes) = self.read_at_top(&shown) {
                found.push((shown, bytes));
            }
            if found.len() >= MAX_BUILDERS {
                break;
            }
        }
        found
    }

    fn named(&self, folder: &Path, start: &str, endings: &[&str]) -> Vec<PathBuf> {
        let names = self.tree().names(folder).into_iter().filter(|name| {
            let name = name.to_string_lossy();
            let ends = |ending: &&str| match *ending {
                "" => !name.contains('.'),
                ending => name.ends_with(ending),
            };
            name.starts_with(start) && endings.iter().any(ends)
        });
        let paths = names.take(MAX_BUILDERS).map(|name| folder.join(name));
        paths.collect()
    }

    fn shown(&self, path: &Path) -> Option<String> {
        let resolved = self.tree().resolve(path)?;
        let top = self.root_paths().last().copied()?.to_owned();
        Some(resolved.strip_prefix(top).ok()?.to_str()?.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::BuildContext;

    #[test]
    fn what_builds_images_up_to_the_top() {
        let folder = tempfile::tempdir().expect("a folder");
        for file in [
            ".git/HEAD",
            ".github/workflows/ci.yml",
            ".github/workflows/notes.md",
            "Makefile",
            "api/Dockerfile",
            "api/docker-bake.hcl",
            "api/.devcontainer/py/devcontainer.json",
            "scripts/build-all.sh",
            "scripts/test.sh",
            "other/Makefile",
        ] {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().expect("below")).expect("writable");
            std::fs::write(path, file).expect("writable");
        }
        let context = Folder::around(&folder.path().join("api/Dockerfile"));
        let mut found: Vec<String> = context
            .builders()
            .into_iter()
            .map(|(path, _)| path)
            .collect();
        found.sort();
        assert_eq!(
            found,
            [
                ".github/workflows/ci.yml",
                "Makefile",
                "api/.devcontainer/py/devcontainer.json",
                "api/docker-bake.hcl",
                "scripts/build-all.sh",
            ]
        );
        assert_eq!(
            context.at_top("other/Makefile").as_deref(),
            Some(&b"other/Makefile"[..])
        );
        assert_eq!(context.at_top("../x"), None);
    }
}
