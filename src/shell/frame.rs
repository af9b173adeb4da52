//! What is open while a text is read: compound commands, the command itself, heredocs to come.

use std::ops::Range;

use super::lex::{Context, Redirect};
use super::word::Word;

/// How offsets in the text that is read become offsets in the input.
#[derive(Clone)]
pub(super) enum Place {
    Shift(usize),
    All(Range<usize>),
}

/// A heredoc whose body has not come yet.
pub(super) struct Pending {
    pub(super) delimiter: String,
    pub(super) strip: bool,
    pub(super) slot: usize,
}

/// What ends the list that is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Closer {
    End,
    Paren,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Base,
    If,
    Loop { conditional: bool },
    Pattern,
    Arm,
    Brace,
    Paren,
}

/// An open compound command, and the list that is being read in it.
#[expect(clippy::struct_excessive_bools, reason = "each is a state of its own")]
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) context: Context,
    /// What follows stands behind a test in this list, and behind which command.
    pub(super) branch: bool,
    pub(super) guard: Option<usize>,
    pub(super) otherwise: bool,
    pub(super) after_or: bool,
    pub(super) piped: bool,
    /// An operator has just been read: a newline does not end the list.
    pub(super) open: bool,
    pub(super) last_test: bool,
    pub(super) start: usize,
}

/// What ended a command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Sequence,
    Newline,
    Background,
    And,
    Or,
    Pipe,
}

/// A command that is being read.
#[derive(Default)]
pub(super) struct Building {
    pub(super) assignments: Vec<(String, Word)>,
    pub(super) words: Vec<Word>,
    pub(super) redirects: Vec<Redirect>,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) negated: bool,
    /// The words of `for x in ..` go on to the end of the line.
    pub(super) header: bool,
}

impl Building {
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.assignments.is_empty() && self.redirects.is_empty()
    }
}

impl Frame {
    pub(super) fn new(kind: Kind, context: Context, start: usize) -> Self {
        let guard = context.guard;
        let otherwise = context.otherwise;
        Self {
            kind,
            context,
            branch: false,
            guard,
            otherwise,
            after_or: false,
            piped: false,
            open: false,
            last_test: false,
            start,
        }
    }

    pub(super) fn restart(&mut self, start: usize) {
        (
            self.branch,
            self.after_or,
            self.piped,
            self.open,
            self.last_test,
        ) = (false, false, false, false, false);
        (self.guard, self.otherwise) = (self.context.guard, self.context.otherwise);
        self.start = start;
    }

    /// The circumstances of a command that stands here now.
    pub(super) fn now(&self) -> Context {
        let mut context = self.context.clone();
        if self.branch {
            (context.branch, context.conditional) = (true, true);
            (context.guard, context.otherwise) = (self.guard, self.otherwise);
        }
        context
    }
}
