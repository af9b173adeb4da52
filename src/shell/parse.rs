//! The grammar above words: lists, branches, loops, functions, groups, redirections.
//!
//! Compound commands live on a stack of their own, so that a hundred thousand `(` cost memory and nothing else;
//! only substitutions recurse, and those to a fixed depth.

use std::ops::Range;
use std::sync::Arc;

use super::frame::{Building, Closer, Ended, Frame, Kind, Pending, Place};
use super::lex::{Command, Context, Pipeline, Script};
use super::prefix;
use super::scan;

/// How deep substitutions and `sh -c` texts are followed.
const MAX_DEPTH: u8 = 32;

/// Reads one text into a script.
pub(super) struct Parser<'t, 'o> {
    pub(super) text: &'t [u8],
    pub(super) pos: usize,
    pub(super) out: &'o mut Script,
    pub(super) place: Place,
    pub(super) depth: u8,
    pub(super) pending: Vec<Pending>,
    pub(super) frames: Vec<Frame>,
    pub(super) function: Option<Arc<str>>,
    /// Up to here there is no arithmetic: an attempt got this far.
    no_arithmetic: usize,
}

impl<'t, 'o> Parser<'t, 'o> {
    /// Reads all of `text` into `out`.
    pub(super) fn run(text: &'t [u8], out: &'o mut Script) {
        let mut parser = Parser::new(text, out, Place::Shift(0), 0);
        parser.list(Closer::End, Context::default());
        parser.heredocs();
    }

    pub(super) fn new(text: &'t [u8], out: &'o mut Script, place: Place, depth: u8) -> Self {
        Self {
            text,
            pos: 0,
            out,
            place,
            depth,
            pending: Vec::new(),
            frames: Vec::new(),
            function: None,
            no_arithmetic: 0,
        }
    }

    /// The span in the input of what stands at `range` in the text.
    pub(super) fn at(&self, range: Range<usize>) -> Range<usize> {
        match &self.place {
            Place::Shift(by) => range.start + by..range.end + by,
            Place::All(span) => span.clone(),
        }
    }

    /// The circumstances here, for a substitution.
    pub(super) fn here(&self) -> Context {
        self.frames.last().map(Frame::now).unwrap_or_default()
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.pos + ahead).copied()
    }

    pub(super) fn too_deep(&self) -> bool {
        self.depth >= MAX_DEPTH
    }

    /// Reads commands up to the closer, and the closer with them.
    pub(super) fn list(&mut self, closer: Closer, context: Context) {
        let base = self.frames.len();
        self.frames
            .push(Frame::new(Kind::Base, context, self.out.commands.len()));
        let mut building = Building::default();
        loop {
            self.blanks();
            let Some(byte) = self.peek(0) else {
                self.out.certain &= closer == Closer::End && self.frames.len() == base + 1;
                self.finish(&mut building, Ended::Sequence);
                break;
            };
            match (byte, self.peek(1)) {
                (b'\n', _) => {
                    self.pos += 1;
                    self.finish(&mut building, Ended::Newline);
                    self.heredocs();
                }
                (b';', Some(b';' | b'&')) => {
                    self.pos += 2 + usize::from(self.peek(2) == Some(b'&'));
                    self.finish(&mut building, Ended::Sequence);
                    if let Some(frame) = self
                        .frames
                        .last_mut()
                        .filter(|frame| frame.kind == Kind::Arm)
                    {
                        frame.kind = Kind::Pattern;
                    }
                }
                (b';', _) => self.operator(&mut building, 1, Ended::Sequence),
                (b'&', Some(b'&')) => self.operator(&mut building, 2, Ended::And),
                (b'&', Some(b'>')) => self.redirect(&mut building, None),
                (b'&', _) => self.operator(&mut building, 1, Ended::Background),
                (b'|', Some(b'|')) => self.operator(&mut building, 2, Ended::Or),
                (b'|', Some(b'&')) => self.operator(&mut building, 2, Ended::Pipe),
                (b'|', _) => self.operator(&mut building, 1, Ended::Pipe),
                (b'(', _) => self.open_paren(&mut building),
                (b')', _) => {
                    self.pos += 1;
                    if self.close_paren(&mut building, base, closer) {
                        break;
                    }
                }
                (b'<' | b'>', Some(b'(')) => self.word_or_keyword(&mut building, base),
                (b'<' | b'>', _) => self.redirect(&mut building, None),
                _ => self.word_or_keyword(&mut building, base),
            }
        }
        self.frames.truncate(base);
    }

    fn operator(&mut self, building: &mut Building, length: usize, ended: Ended) {
        self.pos += length;
        self.finish(building, ended);
    }

    /// The end of the arithmetic whose inside starts at `from`. No byte is looked at in vain twice.
    pub(super) fn arithmetic(&mut self, from: usize) -> Option<usize> {
        if from < self.no_arithmetic {
            return None;
        }
        scan::arithmetic(self.text, from)
            .map_err(|reached| self.no_arithmetic = reached)
            .ok()
    }

    /// Passes blanks, NULs, continuations, and comments.
    pub(super) fn blanks(&mut self) {
        let line_start = |text: &[u8], pos: usize| {
            pos == 0
                || matches!(
                    text[pos - 1],
                    b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'(' | b')' | 0
                )
        };
        while let Some(byte) = self.peek(0) {
            match byte {
                b' ' | b'\t' | b'\r' | 0 => self.pos += 1,
                b'\\' if self.peek(1) == Some(b'\n') => self.pos += 2,
                b'\\' if self.peek(1) == Some(b'\r') && self.peek(2) == Some(b'\n') => {
                    self.pos += 3;
                }
                b'#' if line_start(self.text, self.pos) => {
                    let rest = self.text.get(self.pos..).unwrap_or_default();
                    self.pos += rest
                        .iter()
                        .position(|byte| *byte == b'\n')
                        .unwrap_or(rest.len());
                }
                _ => break,
            }
        }
    }

    pub(super) fn finish(&mut self, building: &mut Building, ended: Ended) {
        let count = self.out.commands.len();
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        if building.is_empty() {
            if ended == Ended::Newline && frame.open {
                return;
            }
        } else {
            let mut context = frame.now();
            context.pipeline = match (frame.piped, ended == Ended::Pipe) {
                (false, false) => Pipeline::Alone,
                (false, true) => Pipeline::First,
                (true, true) => Pipeline::Middle,
                (true, false) => Pipeline::Last,
            };
            context.negated = building.negated;
            let built = std::mem::take(building);
            let skip = prefix::skip(&built.words);
            let args = built.words.get(skip..).unwrap_or_default();
            let span = match &self.place {
                Place::Shift(by) => built.start + by..built.end + by,
                Place::All(span) => span.clone(),
            };
            let inner = prefix::shell_text(args).map(|at| at + skip);
            let Building {
                assignments,
                words,
                redirects,
                ..
            } = built;
            let command = Command {
                assignments,
                words,
                redirects,
                span,
                context,
                skip,
            };
            frame.last_test = prefix::is_test(command.program(), command.args());
            self.out.commands.push(command);
            if let Some(inner) = inner {
                self.shell(count, inner);
            }
        }
        let after = self.out.commands.len();
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let last = after
            .checked_sub(1)
            .filter(|_| after > frame.start)
            .map(|last| last.min(count));
        match ended {
            Ended::And => {
                if frame.last_test {
                    (frame.branch, frame.guard, frame.otherwise) = (true, last, false);
                } else if frame.after_or {
                    frame.branch = false;
                }
                (frame.after_or, frame.piped, frame.open) = (false, false, true);
            }
            Ended::Or => {
                if !(frame.branch && frame.guard.is_some() && !frame.last_test) {
                    frame.guard = last;
                }
                (frame.branch, frame.otherwise, frame.after_or) = (true, true, true);
                (frame.piped, frame.open) = (false, true);
            }
            Ended::Pipe => (frame.piped, frame.open) = (true, true),
            Ended::Sequence | Ended::Newline => frame.restart(after),
            Ended::Background => {
                let start = frame.start;
                frame.restart(after);
                let of_list = self
                    .out
                    .commands
                    .get_mut(start..)
                    .unwrap_or_default()
                    .iter_mut()
                    .rev();
                of_list
                    .take_while(|command| !command.context.background)
                    .for_each(|command| command.context.background = true);
            }
        }
    }

    fn word_or_keyword(&mut self, building: &mut Building, base: usize) {
        let start = self.pos;
        let first = building.words.is_empty() && building.assignments.is_empty();
        let kind = self.frames.last().map_or(Kind::Base, |frame| frame.kind);
        let word = self.word();
        if self.pos == start {
            self.pos += 1;
            return;
        }
        if kind == Kind::Pattern {
            if word.unquoted() == Some("esac") {
                self.pop();
            }
            return;
        }
        if first
            && word
                .unquoted()
                .is_some_and(|text| self.keyword(text, building, start, base))
        {
            return;
        }
        if building.is_empty() {
            building.start = start;
        }
        building.end = self.pos;
        if matches!(self.peek(0), Some(b'<' | b'>'))
            && let Some(fd) = word.unquoted().and_then(|text| text.parse().ok())
        {
            self.redirect(building, Some(fd));
            return;
        }
        if building.words.is_empty()
            && let Some((name, value)) = self.assignment(&word, start)
        {
            building.assignments.push((name, value));
            return;
        }
        let ends_header = building.header && building.words.len() == 2;
        building.words.push(word);
        if ends_header && building.words.first().is_some_and(|first| first.is("case")) {
            self.finish(building, Ended::Sequence);
            self.push(Kind::Pattern);
            self.branch(Kind::Pattern, false);
        }
    }
}
