//! A context in which some files have other bytes: what a fix would make of it.

use super::{BuildContext, normal};

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
    fn around(&self) -> Option<&dyn BuildContext> {
        Some(self.inner)
    }

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

    fn exists(&self, path: &str) -> bool {
        let mut changed = self.files.iter();
        changed.any(|(changed, _)| normal(changed) == normal(path)) || self.inner.exists(path)
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
