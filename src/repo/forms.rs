//! A file on disk and the same file in the repository: changes not committed, line ends, filters.

use std::fs;
use std::path::Path;

use git2::{AttrCheckFlags, AttrValue};

use super::{Repo, RepoError};

/// What lies on disk beside what is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lying {
    /// The same, or nothing that could be compared: a sparse checkout, a bare repository.
    Same,
    /// It has changes that are not committed.
    Changed,
    /// Git does not track it.
    Untracked,
}

/// How the bytes of a file on disk become those of its blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// They are the same.
    AsTheyAre,
    /// Every CRLF becomes LF.
    Lines,
}

impl Form {
    /// The bytes for the repository.
    pub fn blob(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::AsTheyAre => bytes.to_vec(),
            Self::Lines => to_lf(bytes),
        }
    }
}

/// In the index's flags: a sparse checkout does not have the file (gitformat-index(5)).
const SKIP_WORKTREE: u16 = 1 << 14;

impl Repo {
    /// Whether the file at `path` has changes that are not committed, staged ones included.
    pub fn lying(&self, path: &Path) -> Result<Lying, RepoError> {
        let Some(disk) = self.on_disk(path) else {
            return Ok(Lying::Same);
        };
        let head = self
            .inner
            .head()
            .ok()
            .and_then(|head| head.peel_to_tree().ok());
        let committed = head.and_then(|tree| Some(tree.get_path(path).ok()?.id()));
        let index = self.inner.index()?;
        let staged = index.get_path(path, 0);
        let Some(committed) = committed else {
            return Ok(match staged {
                Some(_) => Lying::Changed,
                None => Lying::Untracked,
            });
        };
        match staged {
            Some(staged) if staged.id != committed => return Ok(Lying::Changed),
            Some(staged) if staged.flags_extended & SKIP_WORKTREE != 0 => return Ok(Lying::Same),
            Some(_) => {}
            None => return Ok(Lying::Changed),
        }
        let Ok(bytes) = fs::read(disk) else {
            return Ok(Lying::Changed);
        };
        let blob = self.inner.find_blob(committed)?;
        let same = bytes == blob.content() || to_lf(&bytes) == to_lf(blob.content());
        Ok(if same { Lying::Same } else { Lying::Changed })
    }

    /// How the file at `path`, which lies on disk, is brought into the repository; or why it is not.
    ///
    /// It is tried on the file as it lies, so that `.gitattributes`, `core.autocrlf` and their rules for mixed
    /// line ends are git's own.
    pub fn form(&self, path: &Path) -> Result<Result<Form, String>, RepoError> {
        if let Some(reason) = self.filtered(path)? {
            return Ok(Err(reason));
        }
        let Some(disk) = self.on_disk(path) else {
            return Ok(Ok(Form::AsTheyAre));
        };
        let bytes = fs::read(disk)?;
        let blob = self.inner.find_blob(self.inner.blob_path(path)?)?;
        Ok(if blob.content() == bytes {
            Ok(Form::AsTheyAre)
        } else if blob.content() == to_lf(&bytes) {
            Ok(Form::Lines)
        } else {
            Err("git converts it by a rule that is not followed here".into())
        })
    }

    /// The attribute of `path` that makes it something else on disk than in the repository.
    pub fn filtered(&self, path: &Path) -> Result<Option<String>, RepoError> {
        for name in ["filter", "working-tree-encoding", "ident"] {
            let value = self
                .inner
                .get_attr(path, name, AttrCheckFlags::FILE_THEN_INDEX)?;
            let value = match AttrValue::from_string(value) {
                AttrValue::String(value) => format!("={value}"),
                AttrValue::True => String::new(),
                _ => continue,
            };
            return Ok(Some(format!(
                "its git attribute `{name}{value}` is not followed here"
            )));
        }
        Ok(None)
    }
}

fn to_lf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if *byte != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}
