//! A build context in which files that an editor has open are as the editor has them.

use std::path::{Path, PathBuf};

use unroot::context::BuildContext;

/// A context, and what is open.
pub(super) struct Opened<'a> {
    inner: Box<dyn BuildContext>,
    /// Files by their path, links followed.
    open: Vec<(PathBuf, &'a str)>,
}

impl<'a> Opened<'a> {
    pub(super) fn new(
        inner: Box<dyn BuildContext>,
        open: impl Iterator<Item = (&'a Path, &'a str)>,
    ) -> Self {
        let open = open.map(|(path, text)| (settled(path), text)).collect();
        Self { inner, open }
    }
}

impl BuildContext for Opened<'_> {
    fn around(&self) -> Option<&dyn BuildContext> {
        Some(self.inner.as_ref())
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let place = (!self.open.is_empty())
            .then(|| self.inner.place(path))
            .flatten();
        let open = place.and_then(|place| {
            let place = settled(&place);
            self.open.iter().find(|(open, _)| *open == place)
        });
        match open {
            Some((_, text)) => Some(text.as_bytes().to_vec()),
            None => self.inner.read(path),
        }
    }
}

/// Links followed, where something lies there.
fn settled(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
