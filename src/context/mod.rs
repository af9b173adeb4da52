//! The build context: files that COPY brings in, and what lies around it and says how the image is run.
//! Read, bounded, and never written.

mod around;
mod builders;
mod folder;
mod ignored;
mod overlay;
mod tree;
mod vacancy;

use std::path::PathBuf;

pub use folder::Folder;
pub use ignored::Ignored;
pub use overlay::Overlay;
pub use tree::{Disk, Entry, Kind, Tree};
pub use vacancy::{NoVacancy, Vacancy, Wanted};

/// How many files of a folder are looked at.
pub const MAX_FILES: usize = 4000;

/// Where files that a Dockerfile copies can be looked at. What lies around another one ([`Self::around`]) says only
/// what it changes: all else is asked of that one, and nothing is known where there is none.
pub trait BuildContext: Sync {
    /// The context that this one lies around.
    fn around(&self) -> Option<&dyn BuildContext> {
        None
    }

    /// The file at `path` (relative, `/` between parts); none when it is not there or not to be seen.
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.around()?.read(path)
    }

    /// The files at or below `path`, at most [`MAX_FILES`], without what is generated or installed.
    fn files(&self, path: &str) -> Vec<String> {
        let inner = self.around();
        inner.map_or_else(Vec::new, |inner| inner.files(path))
    }

    /// True when something lies at `path`.
    fn exists(&self, path: &str) -> bool {
        self.around().is_some_and(|inner| inner.exists(path))
    }

    /// Those of `names` that are folders straight in the folder `path`, each with whether files lie in it
    /// (other than hidden ones, which only keep it in a repository).
    fn folders(&self, path: &str, names: &[&str]) -> Vec<(String, bool)> {
        let inner = self.around();
        inner.map_or_else(Vec::new, |inner| inner.folders(path, names))
    }

    /// The first file or folder at or below `path` that users other than its owner may not read.
    fn first_closed(&self, path: &str) -> Option<String> {
        self.around()?.first_closed(path)
    }

    /// Where the file at `path` lies, for one that is to be written back: on this machine, or in the commit
    /// that the context is read from; none for what is no plain file of the context.
    fn place(&self, path: &str) -> Option<PathBuf> {
        self.around()?.place(path)
    }

    /// A place for a new file that the build sees.
    fn vacancy(&self, wanted: &Wanted<'_>) -> Result<Vacancy, NoVacancy> {
        self.around().ok_or(NoVacancy::NoContext)?.vacancy(wanted)
    }

    /// The Dockerfile, where it is known, as a path from the folder from which [`Self::deployments`] counts.
    fn dockerfile(&self) -> Option<String> {
        self.around()?.dockerfile()
    }

    /// Files that say how the image is run: compose files and Kubernetes manifests around the context, each
    /// with its path for people.
    fn deployments(&self) -> Vec<(String, Vec<u8>)> {
        let inner = self.around();
        inner.map_or_else(Vec::new, BuildContext::deployments)
    }

    /// Files that say which image is built from which Dockerfile, besides compose files: bake files, CI, Makefiles,
    /// scripts, devcontainers; with paths that count from where those of [`Self::deployments`] do.
    fn builders(&self) -> Vec<(String, Vec<u8>)> {
        let inner = self.around();
        inner.map_or_else(Vec::new, BuildContext::builders)
    }

    /// The file at `path` from that place, whether a build sees it or not: another Dockerfile.
    fn at_top(&self, path: &str) -> Option<Vec<u8>> {
        self.around()?.at_top(path)
    }
}

/// The files that a source of a COPY stands for, with patterns put in: `src`, `*.py`, `conf/*.d`.
pub fn matching(context: &dyn BuildContext, source: &str) -> Vec<String> {
    if !source.contains(['*', '?', '[']) {
        return context.files(source);
    }
    let pattern: Vec<&str> = normal(source).split('/').collect();
    let plain = pattern
        .iter()
        .take_while(|part| !part.contains(['*', '?', '[']));
    let folder: Vec<&str> = plain.copied().collect();
    let folder = if folder.is_empty() {
        ".".to_owned()
    } else {
        folder.join("/")
    };
    let mut files = context.files(&folder);
    files.retain(|file| {
        let parts: Vec<&str> = file.split('/').collect();
        // A folder that the pattern names brings all that is below it.
        parts.len() >= pattern.len()
            && pattern
                .iter()
                .zip(&parts)
                .all(|(pattern, part)| matches_glob(pattern, part))
    });
    files
}

/// The first file or folder that a source of a COPY brings and that users other than its owner may not read, or run.
pub fn first_closed(context: &dyn BuildContext, source: &str) -> Option<String> {
    if !source.contains(['*', '?', '[']) {
        return context.first_closed(source);
    }
    matching(context, source)
        .iter()
        .find_map(|file| context.first_closed(file))
}

/// Go's `filepath.Match` for one part of a path, but that a set in brackets matches any character.
pub(crate) fn matches_glob(pattern: &str, name: &str) -> bool {
    fn matches(pattern: &[char], name: &[char]) -> bool {
        match pattern.split_first() {
            None => name.is_empty(),
            Some(('*', rest)) => (0..=name.len()).any(|at| matches(rest, &name[at..])),
            Some(('[', rest)) if rest.contains(&']') => {
                let end = rest.iter().position(|ch| *ch == ']').unwrap_or_default();
                !name.is_empty() && matches(&rest[end + 1..], &name[1..])
            }
            Some(('?', rest)) => !name.is_empty() && matches(rest, &name[1..]),
            Some((first, rest)) => name.first() == Some(first) && matches(rest, &name[1..]),
        }
    }
    let chars = |text: &str| text.chars().collect::<Vec<char>>();
    // More stars than people write only cost time.
    pattern.matches('*').count() <= 4 && matches(&chars(pattern), &chars(name))
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

impl BuildContext for NoContext {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_of_one_part() {
        assert!(matches_glob("*.sh", "start.sh") && matches_glob("a?c", "abc"));
        assert!(matches_glob("docker-*.sh", "docker-entrypoint.sh") && matches_glob("[ab]*", "bx"));
        assert!(
            !matches_glob("*.sh", "start.py") && !matches_glob("a*", "b") && !matches_glob("?", "")
        );
    }

    #[test]
    fn sources_with_patterns() {
        let folder = tempfile::tempdir().expect("a folder");
        for file in ["a.py", "b.txt", "conf/x.d/y.conf", "conf/z.ini"] {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().expect("below")).expect("writable");
            std::fs::write(path, file).expect("writable");
        }
        let context = Folder::exactly(folder.path());
        assert_eq!(matching(&context, "*.py"), ["a.py"]);
        assert_eq!(matching(&context, "./conf/*.d"), ["conf/x.d/y.conf"]);
        assert_eq!(
            matching(&context, "conf"),
            ["conf/x.d/y.conf", "conf/z.ini"]
        );
        assert_eq!(matching(&context, "*/*.ini"), ["conf/z.ini"]);
    }
}
