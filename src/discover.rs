//! Which files are Dockerfiles, and where they lie.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

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

#[cfg(test)]
mod tests {
    use super::*;

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
