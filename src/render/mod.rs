//! What the reader sees. A renderer gets findings and bytes, and decides nothing. One format a file.

pub mod diff;
pub mod escape;
pub mod github;
pub mod json;
pub mod proof;
pub mod sarif;
pub mod suppressed;
pub mod text;
