//! A context in which some files have other bytes: what a fix would make of it.

use std::path::PathBuf;

use super::{BuildContext, NoVacancy, Vacancy, Wanted, normal};

/// A context with some of its files changed.
pub struct Overlay<'a> {
    inner: &'a dyn BuildContext,
    files: Vec<(String, Vec<u8>)>,
}

impl<'a> Overlay<'a> {
    /// `inner`, but for `files`, each a path of the context and its bytes.
    pub fn new(inner: &'a dyn BuildContext, files: Vec<(String, Vec<u8>)>) -> Self {
        Self { inner, files }
    }
}

impl BuildContext for Overlay<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let changed = self
            .files
            .iter()
            .find(|(changed, _)| normal(changed) == normal(path));
        match changed {
            Some((_, bytes)) => Some(bytes.clone()),
            None => self.inner.read(path),
        }
    }

    fn files(&self, path: &str) -> Vec<String> {
        self.inner.files(path)
    }

    fn exists(&self, path: &str) -> bool {
        let mut changed = self.files.iter();
        changed.any(|(changed, _)| normal(changed) == normal(path)) || self.inner.exists(path)
    }

    fn folders(&self, path: &str, names: &[&str]) -> Vec<(String, bool)> {
        self.inner.folders(path, names)
    }

    fn first_closed(&self, path: &str) -> Option<String> {
        self.inner.first_closed(path)
    }

    fn place(&self, path: &str) -> Option<PathBuf> {
        self.inner.place(path)
    }

    fn vacancy(&self, wanted: &Wanted<'_>) -> Result<Vacancy, NoVacancy> {
        self.inner.vacancy(wanted)
    }

    fn dockerfile(&self) -> Option<String> {
        self.inner.dockerfile()
    }

    fn deployments(&self) -> Vec<(String, Vec<u8>)> {
        self.inner.deployments()
    }

    fn builders(&self) -> Vec<(String, Vec<u8>)> {
        self.inner.builders()
    }

    fn at_top(&self, path: &str) -> Option<Vec<u8>> {
        self.inner.at_top(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::NoContext;

    #[test]
    fn a_changed_file_is_found_by_any_spelling_of_its_path() {
        let files = vec![("conf/site.conf".to_owned(), b"new".to_vec())];
        let overlay = Overlay::new(&NoContext, files);
        assert_eq!(
            overlay.read("./conf/site.conf").as_deref(),
            Some(&b"new"[..])
        );
        assert_eq!(
            overlay.read("/conf/site.conf").as_deref(),
            Some(&b"new"[..])
        );
        assert_eq!(overlay.read("site.conf"), None);
    }
}
