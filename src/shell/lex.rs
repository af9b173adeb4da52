//! Shell text as a flat list of simple commands, each with the circumstances under which it runs.
//!
//! This is a reader, not an interpreter: every command that stands in the text is listed, in order, whether it runs or not.
//! It takes any bytes, in time proportional to their number, and says when it was unsure ([`Script::certain`]).

use std::ops::Range;
use std::sync::Arc;

use super::parse::Parser;
use super::word::Word;

/// Shell text, read.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// The simple commands in order. Those of `$(..)` stand before the command that uses their output, those of
    /// `sh -c '..'` after the `sh`. `for x in a b`, `case w` and `[[ .. ]]` are listed too, under these names.
    pub commands: Vec<Command>,
    /// The bodies of heredocs, by [`Redirect::body`].
    pub heredocs: Vec<Heredoc>,
    /// The functions that it defines.
    pub functions: Vec<Arc<str>>,
    /// Whether the text was well-formed as far as this reader can see.
    pub certain: bool,
    pub(super) text: Vec<u8>,
}

/// A simple command.
#[derive(Debug, Clone)]
pub struct Command {
    /// `NAME=value` before the first word; for `NAME=(a b)` the words joined by blanks.
    pub assignments: Vec<(String, Word)>,
    /// All words, prefix commands such as `sudo` and `exec` included: see [`Command::args`].
    pub words: Vec<Word>,
    /// Redirections.
    pub redirects: Vec<Redirect>,
    /// Where it stands in the input.
    pub span: Range<usize>,
    /// When it runs.
    pub context: Context,
    /// How many words are prefix commands.
    pub(super) skip: usize,
}

/// A redirection.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// The descriptor, when one is written.
    pub fd: Option<u32>,
    /// What it does.
    pub op: RedirectOp,
    /// The file, descriptor, string or delimiter.
    pub target: Word,
    /// For a heredoc: the index of its body in [`Script::heredocs`].
    pub body: Option<usize>,
}

/// The kind of a redirection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectOp {
    /// `<`
    Read,
    /// `<>`
    ReadWrite,
    /// `>`, `>|`, `&>`
    Write,
    /// `>>`, `&>>`
    Append,
    /// `>&`, `<&`
    Duplicate,
    /// `<<`, `<<-`
    Heredoc,
    /// `<<<`
    HereString,
}

/// The body of a heredoc.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heredoc {
    /// The body's bytes in the input, with the final newline, without the delimiter's line.
    pub span: Range<usize>,
    /// The body as text; with `<<-`, without leading tabs.
    pub text: String,
    /// Whether the delimiter was quoted, so that `$` means nothing in the body.
    pub literal: bool,
}

/// Where in a pipeline a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pipeline {
    /// In none.
    #[default]
    Alone,
    /// It writes to the next command.
    First,
    /// It reads from the one before and writes to the next.
    Middle,
    /// It reads from the command before.
    Last,
}

/// Under which circumstances a command runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a circumstance of its own"
)]
pub struct Context {
    /// It may not run: it stands in a branch, or in a function.
    pub conditional: bool,
    /// It stands in an `if`, `case`, `while` or a `for` over an unknown list, right of `||`, or after a test and `&&`
    /// (unlike [`Context::conditional`], not merely in a function).
    pub branch: bool,
    /// The command that the branch rests on: the index of the test, of the `case`, or of what stands left of the `||`.
    pub guard: Option<usize>,
    /// It runs when its guard fails: right of `||`, or in an `else`.
    pub otherwise: bool,
    /// The function that it stands in.
    pub function: Option<Arc<str>>,
    /// In `( )`, `$( )` or backticks.
    pub subshell: bool,
    /// In `$( )` or backticks: its output is a part of a word.
    pub substitution: bool,
    /// Its place in a pipeline.
    pub pipeline: Pipeline,
    /// Started with `&`.
    pub background: bool,
    /// After `!`.
    pub negated: bool,
}

impl Script {
    /// Reads shell text as a shell gets it: a script, a heredoc's body, a command line.
    pub fn parse(text: &[u8]) -> Self {
        let mut script = Self {
            certain: true,
            text: text.to_vec(),
            ..Self::default()
        };
        Parser::run(text, &mut script);
        script
    }

    /// Reads the text of a RUN, CMD or ENTRYPOINT as it stands in the Dockerfile: `escape` at the end of a line (blanks
    /// may follow) continues it, whatever quotes say, and comment lines and empty lines after that are skipped.
    pub fn parse_run(text: &[u8], escape: u8) -> Self {
        let mut joined = text.to_vec();
        blank_continuations(&mut joined, escape);
        let mut script = Self {
            certain: true,
            ..Self::default()
        };
        Parser::run(&joined, &mut script);
        script.text = joined;
        script
    }

    /// The text it was read from; continuation lines of [`Script::parse_run`] are NULs here.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The command that a branch rests on.
    pub fn guard(&self, command: &Command) -> Option<&Command> {
        self.commands.get(command.context.guard?)
    }

    /// Where the test of a branch stands: its whole pipeline. `None` for a command in no branch.
    pub fn guard_span(&self, command: &Command) -> Option<Range<usize>> {
        let last = command.context.guard?;
        let end = self.commands.get(last)?.span.end;
        let mut first = last;
        while first > 0 && last - first < 8 {
            let command = self.commands.get(first)?;
            let fed = matches!(command.context.pipeline, Pipeline::Middle | Pipeline::Last);
            if !fed && !self.commands.get(first - 1)?.context.substitution {
                break;
            }
            first -= 1;
        }
        let start = self
            .commands
            .get(first..=last)?
            .iter()
            .map(|command| command.span.start)
            .min()?;
        Some(start..end.max(start))
    }

    /// Whether the bytes of `span` have `needle` in them.
    pub fn mentions(&self, span: &Range<usize>, needle: &str) -> bool {
        find(
            self.text.get(span.clone()).unwrap_or_default(),
            needle.as_bytes(),
        )
    }

    /// The body of a command's heredoc, if it has one.
    pub fn heredoc_of(&self, command: &Command) -> Option<&Heredoc> {
        command
            .redirects
            .iter()
            .rev()
            .find_map(|redirect| self.heredocs.get(redirect.body?))
    }
}

impl Command {
    /// The words from the real program on: without `sudo`, `env A=b`, `exec`, `nice -n 5`, `xargs` and such.
    pub fn args(&self) -> &[Word] {
        self.words.get(self.skip..).unwrap_or_default()
    }

    /// The words of the prefix commands.
    pub fn prefixes(&self) -> &[Word] {
        self.words.get(..self.skip).unwrap_or_default()
    }

    /// The name of the real program, without its directory; `None` when it is not written out.
    pub fn program(&self) -> Option<&str> {
        let word = self.args().first()?;
        let name = match word.parts() {
            [super::word::Part::Literal { text, .. }] => text.as_str(),
            _ => return None,
        };
        Some(name.rsplit('/').next().unwrap_or(name))
    }

    /// Whether the process replaces the shell: `exec` is one of its prefixes.
    pub fn is_exec(&self) -> bool {
        self.prefixes().iter().any(|word| word.is("exec"))
    }
}

/// Whether `needle` occurs in `hay`.
pub(super) fn find(hay: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else {
        return true;
    };
    let mut hay = hay;
    while let Some(at) = hay.iter().position(|byte| byte == first) {
        hay = hay.get(at + 1..).unwrap_or_default();
        if hay.starts_with(rest) {
            return true;
        }
    }
    false
}

/// Puts NULs, which shells drop, over the continuations of a Dockerfile's instruction.
fn blank_continuations(text: &mut [u8], escape: u8) {
    let mut at = 0;
    let mut continued = false;
    while at < text.len() {
        let tail = text.get(at..).unwrap_or_default();
        let length = tail
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(tail.len(), |n| n + 1);
        let Some(line) = text.get_mut(at..at + length) else {
            return;
        };
        at += length;
        let first = line
            .iter()
            .position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        if continued && first.is_none_or(|first| line.get(first) == Some(&b'#')) {
            line.fill(0);
            continue;
        }
        let end = line
            .iter()
            .rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        continued = end.is_some_and(|end| {
            let before = line.get(end.wrapping_sub(1)).copied();
            line.get(end) == Some(&escape) && line.ends_with(b"\n") && before != Some(escape)
        });
        if continued && let Some(tail) = end.and_then(|end| line.get_mut(end..)) {
            tail.fill(0);
        }
    }
}
