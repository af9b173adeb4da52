//! What an editor has open.

use std::ffi::OsStr;
use std::path::PathBuf;

use lsp_types::{TextDocumentItem, Uri};
use unroot::discover::is_dockerfile;

use super::place::path_of;
use super::text::Text;

/// A text that is open.
#[derive(Debug)]
pub(super) struct Document {
    /// As the editor writes it.
    pub(super) uri: Uri,
    /// None for what lies on no disk.
    pub(super) path: Option<PathBuf>,
    /// The editor's name for its language.
    language: String,
    pub(super) version: i32,
    pub(super) text: Text,
    /// What is to say of it has not been said.
    pub(super) is_new: bool,
}

impl Document {
    pub(super) fn open(item: TextDocumentItem) -> Self {
        Self {
            path: path_of(item.uri.as_str()),
            uri: item.uri,
            language: item.language_id.to_ascii_lowercase(),
            version: item.version,
            text: Text::new(item.text),
            is_new: true,
        }
    }

    /// By what the editor says, or by its name. The other files that are open are read as build contexts have them.
    pub(super) fn is_dockerfile(&self) -> bool {
        let name = self.path.as_ref().and_then(|path| path.file_name());
        matches!(self.language.as_str(), "dockerfile" | "containerfile" | "docker")
            // The same language, with other things in it.
            && name.is_none_or(|name| name != OsStr::new(".dockerignore"))
            || name.is_some_and(is_dockerfile)
    }
}
