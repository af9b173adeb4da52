//! Which files are Dockerfiles, and where they lie.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{Match, WalkBuilder};

use crate::context::{Kind, Tree};

/// True for `Dockerfile`, `Dockerfile.*`, `*.Dockerfile`, `*.dockerfile`, `Containerfile*` and the
/// same in lower case; not for `.dockerignore` companions and editors' left-overs.
pub fn is_dockerfile(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    if name.ends_with(".dockerignore") || name.ends_with('~') {
        return false;
    }
    let rest = name
        .strip_prefix("dockerfile")
        .or_else(|| name.strip_prefix("containerfile"));
    match rest {
        Some(rest) => rest.is_empty() || rest.starts_with(['.', '-', '_']),
        None => [".dockerfile", ".containerfile"]
            .iter()
            .any(|end| name.ends_with(end)),
    }
}

/// The Dockerfiles below `folder` in the order of their names, `.gitignore` and `.ignore` honoured,
/// `.git` left out. Lazy: it holds one folder at a time.
pub fn walk(folder: &Path) -> impl Iterator<Item = Result<PathBuf, ignore::Error>> + use<> {
    WalkBuilder::new(folder)
        // Hidden folders hold Dockerfiles too: `.devcontainer`, `.github`.
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .sort_by_file_name(OsStr::cmp)
        .build()
        .filter_map(|entry| match entry {
            Ok(entry) => {
                let file = entry.file_type().is_some_and(|kind| kind.is_file());
                (file && is_dockerfile(entry.file_name())).then(|| Ok(entry.into_path()))
            }
            Err(error) => Some(Err(error)),
        })
}

/// What [`walk_in`] found.
#[derive(Debug, Default)]
pub struct Found {
    /// Dockerfiles.
    pub files: Vec<PathBuf>,
    /// What is neither a file, a folder nor a link: submodules, in a commit.
    pub others: Vec<PathBuf>,
}

/// The same as [`walk`] for the folder of a `tree`, by the `.gitignore` and `.ignore` files that it has.
pub fn walk_in(tree: &impl Tree, folder: &Path) -> Found {
    let mut found = Found::default();
    let mut rules = Rules::default();
    let mut above: Vec<&Path> = folder.ancestors().skip(1).collect();
    above.reverse();
    for folder in above {
        rules.read(tree, folder);
    }
    descend(tree, folder, &mut rules, &mut found, 0);
    found
}

/// Deeper folders are not looked into: no repository has them for people.
const MAX_DEPTH: usize = 128;

/// Longest file of ignore rules that is read, in bytes.
const MAX_RULES: u64 = 1024 * 1024;

fn descend(tree: &impl Tree, folder: &Path, rules: &mut Rules, found: &mut Found, depth: usize) {
    let before = rules.0.len();
    rules.read(tree, folder);
    for name in tree.names(folder) {
        let path = folder.join(&name);
        let kind = tree.entry(&path).map(|entry| entry.kind);
        if name == ".git" || rules.ignore(&path, kind == Some(Kind::Folder)) {
            continue;
        }
        match kind {
            Some(Kind::Folder) if depth < MAX_DEPTH => {
                descend(tree, &path, rules, found, depth + 1);
            }
            Some(Kind::File) if is_dockerfile(&name) => found.files.push(path),
            Some(Kind::Other) => found.others.push(path),
            _ => {}
        }
    }
    rules.0.truncate(before);
}

/// The ignore files of a folder and those above it: `.ignore` and `.gitignore` of each.
#[derive(Default)]
struct Rules(Vec<[Gitignore; 2]>);

impl Rules {
    fn read(&mut self, tree: &impl Tree, folder: &Path) {
        let read = |name: &str| {
            let bytes = tree.read(&folder.join(name), MAX_RULES);
            let Some(bytes) = bytes else {
                return Gitignore::empty();
            };
            let mut builder = GitignoreBuilder::new(folder);
            for line in String::from_utf8_lossy(&bytes).lines() {
                // A line that is no pattern is passed over, as git does.
                let _ = builder.add_line(None, line);
            }
            builder.build().unwrap_or_else(|_| Gitignore::empty())
        };
        self.0.push([read(".ignore"), read(".gitignore")]);
    }

    fn ignore(&self, path: &Path, folder: bool) -> bool {
        // `.ignore` of any folder goes before `.gitignore` of any; among the same, the nearest.
        let matched = (0..2).flat_map(|which| self.0.iter().rev().map(move |rules| &rules[which]));
        for rules in matched {
            match rules.matched(path, folder) {
                Match::None => {}
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_searched_as_the_disk_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let top = folder.path();
        for (path, text) in [
            (".gitignore", "vendor/\n*.tmp.dockerfile\n/only-here\n"),
            ("Dockerfile", ""),
            ("a/.ignore", "Dockerfile.dev\n!keep.tmp.dockerfile\n"),
            ("a/Dockerfile.dev", ""),
            ("a/Dockerfile.prod", ""),
            ("a/keep.tmp.dockerfile", ""),
            ("a/b/drop.tmp.dockerfile", ""),
            ("a/b/.gitignore", "# nothing\n\n!drop.tmp.dockerfile\n"),
            ("a/only-here/Dockerfile", ""),
            ("only-here/Dockerfile", ""),
            ("vendor/Dockerfile", ""),
            ("a/vendor/Dockerfile", ""),
            (".devcontainer/Dockerfile", ""),
        ] {
            let path = top.join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
            std::fs::write(path, text).expect("writable");
        }
        for folder in [top.to_owned(), top.join("a"), top.join("a/b")] {
            let mut disk: Vec<_> = walk(&folder).map(|path| path.expect("found")).collect();
            let mut tree = walk_in(&crate::context::Disk, &folder).files;
            disk.sort();
            tree.sort();
            assert_eq!(tree, disk);
            assert!(!tree.is_empty());
        }
    }

    #[test]
    fn names_of_dockerfiles() {
        for (name, expected) in [
            ("Dockerfile", true),
            ("dockerfile", true),
            ("Dockerfile.dev", true),
            ("Dockerfile-alpine", true),
            ("app.Dockerfile", true),
            ("app.dockerfile", true),
            ("Containerfile", true),
            ("Containerfile.ci", true),
            ("Dockerfile.dockerignore", false),
            ("Dockerfile~", false),
            ("DockerfileReader.java", false),
            ("dockerfiles", false),
            ("Makefile", false),
        ] {
            assert_eq!(is_dockerfile(OsStr::new(name)), expected, "{name}");
        }
    }
}
