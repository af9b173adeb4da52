//! What `verify` found, one format a file.

pub mod json;
pub mod markdown;
pub mod text;

use crate::finding::Fix;
use crate::verify::Proof;

/// One proof with what it is about.
#[derive(Debug)]
pub struct Entry {
    /// The Dockerfile, as it is shown.
    pub path: String,
    /// 1-based line of the finding.
    pub line: usize,
    /// What is wrong with the original.
    pub finding: String,
    /// The fix that was built; none when there was none, or it was not unroot's own.
    pub fix: Option<Fix>,
    /// Its patch; empty where nothing was built.
    pub diff: String,
    /// What came of it.
    pub proof: Proof,
}
