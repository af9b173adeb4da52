//! What makes a file no Dockerfile that `BuildKit` would build. A file with a problem is never edited.

use std::fmt;

use crate::source::Span;

/// One reason why a file is not edited, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// 1-based line.
    pub line: usize,
    /// The bytes to point at.
    pub span: Span,
}

/// The kinds of problem.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// A physical line of more than 65,535 bytes, which `BuildKit`'s scanner refuses.
    LineTooLong,
    /// A heredoc whose terminator never comes; holds the terminator.
    UnterminatedHeredoc(String),
    /// A keyword that Docker does not know.
    UnknownInstruction(String),
    /// Something other than ARG before the first FROM; holds the keyword.
    BeforeFrom(String),
    /// No instruction at all.
    NoInstructions,
    /// No FROM.
    NoStage,
    /// A parser directive that is repeated or has an impossible value.
    BadDirective(String),
    /// `# syntax=` names a frontend that is not Docker's own; holds the reference.
    ForeignFrontend(String),
    /// `# syntax=` pins a frontend older than what the file uses; holds what and since when.
    FrontendTooOld(String),
    /// `# check=` directly above an instruction: the corpus has `BuildKit` refuse such files (its
    /// converter without a linter), the newest frontends take them. In doubt, no edit.
    InstructionCheck,
    /// An instruction whose arguments `BuildKit` refuses; holds the reason.
    Invalid(String),
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LineTooLong => write!(f, "line is longer than 65,535 bytes, BuildKit refuses it"),
            Self::UnterminatedHeredoc(name) => {
                write!(f, "heredoc is not terminated by a line `{name}`")
            }
            Self::UnknownInstruction(word) if word.is_empty() => {
                write!(f, "continuation without an instruction")
            }
            Self::UnknownInstruction(word) if word.contains('\u{a0}') => {
                write!(
                    f,
                    "unknown instruction `{word}`: the blank in it is a no-break space"
                )
            }
            Self::UnknownInstruction(word) => write!(f, "unknown instruction `{word}`"),
            Self::BeforeFrom(word) => write!(f, "{word} before the first FROM"),
            Self::NoInstructions => write!(f, "file with no instructions"),
            Self::NoStage => write!(f, "no FROM: there is no stage to build"),
            Self::BadDirective(why) | Self::FrontendTooOld(why) | Self::Invalid(why) => {
                f.write_str(why)
            }
            Self::InstructionCheck => write!(
                f,
                "`# check=` above an instruction is read by the newest frontends only, so this file is left alone"
            ),
            Self::ForeignFrontend(reference) => write!(
                f,
                "`# syntax={reference}` is not Docker's own frontend, so the rules of this file are not known"
            ),
        }
    }
}
