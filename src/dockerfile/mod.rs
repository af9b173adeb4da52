//! The lossless reader of Dockerfiles: from bytes to instructions with spans.
//!
//! It agrees with `BuildKit`'s own parser (moby/buildkit, 2026-08) on every file of the corpus;
//! `docs/decisions/0001-own-lexer.md` says why no crate does this for us.

mod directives;
mod expand;
mod flags;
mod heredoc;
mod instruction;
mod json;
mod lexer;
mod logical;
mod pattern;
mod problem;
mod validate;
mod words;

pub use directives::Directives;
pub use expand::{ExpandError, Expanded, Lookup, expand};
pub use flags::Flag;
pub use heredoc::Heredoc;
pub use instruction::{Head, Instruction, Keyword, View};
pub use json::{StringArray, string_array};
pub use lexer::{Document, Item, ItemKind};
pub use logical::Logical;
pub use problem::{Problem, ProblemKind};
pub use words::{Assignment, assignments, blank_words, quoted_words};
