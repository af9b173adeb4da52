//! A build context in which files that an editor has open are as the editor has them.

use std::path::{Path, PathBuf};

use unroot::context::{BuildContext, NoVacancy, Vacancy, Wanted};

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

    fn files(&self, path: &str) -> Vec<String> {
        self.inner.files(path)
    }

    fn exists(&self, path: &str) -> bool {
        self.inner.exists(path)
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
}

/// Links followed, where something lies there.
fn settled(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
