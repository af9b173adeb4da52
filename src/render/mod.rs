//! What the reader sees. A renderer gets findings and bytes, and decides nothing. One format a file.

pub mod diff;
pub mod escape;
mod fingerprint;
mod fit;
pub mod github;
pub mod gitlab;
pub mod image;
pub mod json;
pub mod junit;
pub mod looked_up;
pub mod markdown;
mod pieces;
pub mod proof;
pub mod rdjsonl;
pub mod sarif;
pub mod suppressed;
pub mod text;

pub use pieces::document;

use std::io::{self, Write};

use crate::analysis::Analysis;
use crate::lookup::LookedUp;

/// What was found in one file.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// As people named it, or as it was found.
    pub name: &'a str,
    /// From the root of the repository, `/` between parts.
    pub path: &'a str,
    /// The file.
    pub bytes: &'a [u8],
    /// What was found.
    pub analysis: &'a Analysis,
    /// What the wanted fixes change; empty where that is nothing, or nobody asked.
    pub patch: &'a [u8],
}

/// A report in the making. It is written file by file, so that it takes no more memory for more files.
pub trait Report {
    /// What stands before the first file.
    fn start(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Takes in what was found in a file.
    fn add(&mut self, out: &mut dyn Write, found: &Found<'_>) -> io::Result<()>;

    /// Takes in why a file could not be read or judged.
    fn fail(&mut self, out: &mut dyn Write, message: &str) -> io::Result<()>;

    /// Takes in what was asked of whom beyond the embedded table, before the report is finished.
    fn looked_up(&mut self, _asked: &[LookedUp]) {}

    /// What stands behind the last file.
    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()>;
}
