//! One instruction and its parts.

use std::ops::Range;

use crate::source::{Span, trim_end, trim_start};

use super::flags::{Flag, flags};
use super::heredoc::Heredoc;
use super::logical::Logical;
use super::words::is_blank;

/// The instructions that Docker knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
    /// None of them.
    Unknown,
}

impl Keyword {
    const ALL: [(Self, &'static str); 18] = [
        (Self::Add, "ADD"),
        (Self::Arg, "ARG"),
        (Self::Cmd, "CMD"),
        (Self::Copy, "COPY"),
        (Self::Entrypoint, "ENTRYPOINT"),
        (Self::Env, "ENV"),
        (Self::Expose, "EXPOSE"),
        (Self::From, "FROM"),
        (Self::Healthcheck, "HEALTHCHECK"),
        (Self::Label, "LABEL"),
        (Self::Maintainer, "MAINTAINER"),
        (Self::Onbuild, "ONBUILD"),
        (Self::Run, "RUN"),
        (Self::Shell, "SHELL"),
        (Self::Stopsignal, "STOPSIGNAL"),
        (Self::User, "USER"),
        (Self::Volume, "VOLUME"),
        (Self::Workdir, "WORKDIR"),
    ];

    /// The keyword that `text` spells, in any case.
    pub fn of(text: &[u8]) -> Self {
        Self::ALL
            .iter()
            .find(|(_, name)| text.eq_ignore_ascii_case(name.as_bytes()))
            .map_or(Self::Unknown, |(keyword, _)| *keyword)
    }

    /// Its name in upper case.
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(keyword, _)| *keyword == self)
            .map_or("", |(_, name)| name)
    }

    /// True for the instructions that may open heredocs.
    pub const fn takes_heredocs(self) -> bool {
        matches!(self, Self::Add | Self::Copy | Self::Run)
    }
}

/// A keyword with its flags and arguments, as ranges of a logical line. ONBUILD has a second one inside.
#[derive(Debug, Clone)]
pub struct Head {
    /// Which instruction.
    pub keyword: Keyword,
    /// Where the keyword stands.
    pub word: Range<usize>,
    /// The flags before the arguments.
    pub flags: Vec<Flag>,
    /// The arguments, trimmed.
    pub args: Range<usize>,
}

impl Head {
    /// Cuts `text[from..]` into keyword, flags and arguments.
    pub(super) fn of(text: &[u8], from: usize) -> Self {
        let whole = &text[from..];
        let start = from + whole.len() - trim_start(whole).len();
        let end = start + trim_end(&text[start..]).len();
        let word_end = text[start..end]
            .iter()
            .position(|byte| is_blank(*byte))
            .map_or(end, |length| start + length);
        let (flags, rest) = flags(text, word_end, end);
        let args = rest + (end - rest) - trim_start(&text[rest..end]).len();
        Self {
            keyword: Keyword::of(&text[start..word_end]),
            word: start..word_end,
            flags,
            args: args..end,
        }
    }

    /// The value of the flag `name`.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.flags
            .iter()
            .find(|flag| flag.name() == name)
            .and_then(Flag::value)
    }
}

/// One instruction of a file.
#[derive(Debug, Clone)]
pub struct Instruction<'s> {
    /// Keyword, flags and arguments.
    pub head: Head,
    /// What ONBUILD defers.
    pub trigger: Option<Head>,
    /// The logical line that `head` and `trigger` point into.
    pub line: Logical<'s>,
    /// From the first byte of its first line to the end of its last line, heredocs included.
    pub span: Span,
    /// Start of the comment block that belongs to it, or of the instruction: insert above this.
    pub lead: usize,
    /// 1-based.
    pub first_line: usize,
    /// 1-based, heredocs included.
    pub last_line: usize,
    /// Its heredocs in order.
    pub heredocs: Vec<Heredoc>,
    /// True when a continuation is ended by the end of the file: text appended there would join it.
    pub dangling: bool,
}

impl Instruction<'_> {
    /// Which instruction.
    pub const fn keyword(&self) -> Keyword {
        self.head.keyword
    }

    /// The keyword as written.
    pub fn keyword_text(&self) -> &[u8] {
        self.line.get(self.head.word.clone())
    }

    /// The keyword's place in the file.
    pub fn keyword_span(&self) -> Span {
        self.line.to_source(self.head.word.clone())
    }

    /// The arguments as joined text.
    pub fn args(&self) -> &[u8] {
        self.line.get(self.head.args.clone())
    }

    /// The arguments' place in the file.
    pub fn args_span(&self) -> Span {
        self.line.to_source(self.head.args.clone())
    }

    /// Keyword and arguments in the file, without blanks around and without heredoc bodies.
    pub fn code_span(&self) -> Span {
        self.line
            .to_source(self.head.word.start..self.head.args.end.max(self.head.word.end))
    }

    /// The instruction as an evaluator reads it.
    pub fn view(&self, escape: u8) -> View<'_> {
        View {
            keyword: self.head.keyword,
            head: &self.head,
            args: self.args(),
            escape,
        }
    }

    /// ONBUILD's instruction as a child stage runs it: `BuildKit` reads it with the default escape.
    pub fn trigger_view(&self) -> Option<View<'_>> {
        let head = self.trigger.as_ref()?;
        Some(View {
            keyword: head.keyword,
            head,
            args: self.line.get(head.args.clone()),
            escape: b'\\',
        })
    }
}

/// An instruction, or the one inside an ONBUILD, ready to be evaluated.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Which instruction.
    pub keyword: Keyword,
    /// Its flags and ranges.
    pub head: &'a Head,
    /// The arguments as joined text.
    pub args: &'a [u8],
    /// The escape character in force.
    pub escape: u8,
}
