//! From bytes to a document. Linear in the file's length; accepts any bytes.

use crate::source::{BOM, Span, trim_start};

use super::directives::{Directives, Frontend, frontend, other_syntax};
use super::heredoc::heredocs_of;
use super::instruction::{Head, Instruction, Keyword};
use super::json::{StringArray, string_array};
use super::logical::Logical;
use super::problem::{Problem, ProblemKind};
use super::validate;

/// A file, cut into items that cover every byte of it, and its instructions.
#[derive(Debug)]
pub struct Document<'s> {
    /// The file.
    pub bytes: &'s [u8],
    /// What its top says.
    pub directives: Directives,
    /// Every line of the file belongs to one item; printed in order they are the file.
    pub items: Vec<Item>,
    /// The instructions in order.
    pub instructions: Vec<Instruction<'s>>,
    /// Why the file must not be edited; empty for a Dockerfile that `BuildKit` accepts.
    pub problems: Vec<Problem>,
}

/// A run of whole lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// What the lines are.
    pub kind: ItemKind,
    /// The lines, line ends included.
    pub span: Span,
}

/// What a line can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A parser directive.
    Directive,
    /// A comment between instructions.
    Comment,
    /// An empty line, or one of white space.
    Blank,
    /// The instruction of this index with its continuations and heredocs.
    Instruction(usize),
}

impl<'s> Document<'s> {
    /// Reads `bytes`. Never fails: what is wrong is in `problems`.
    pub fn lex(bytes: &'s [u8]) -> Self {
        let mut lexer = Lexer {
            lines: Lines {
                bytes,
                at: 0,
                number: 0,
                too_long: None,
            },
            document: Self {
                bytes,
                directives: Directives::default(),
                items: Vec::new(),
                instructions: Vec::new(),
                problems: Vec::new(),
            },
        };
        lexer.run();
        let Lexer {
            lines,
            mut document,
        } = lexer;
        if let Some((line, span)) = lines.too_long {
            document.problem(ProblemKind::LineTooLong, line, span);
        }
        document.check_frontend();
        validate::document(&mut document);
        document
    }

    /// The file again, from its items.
    pub fn print(&self) -> Vec<u8> {
        self.items
            .iter()
            .flat_map(|item| item.span.of(self.bytes))
            .copied()
            .collect()
    }

    /// The case that most keywords of the file are written in: what is inserted must match it
    /// (`BuildKit`'s lint `ConsistentInstructionCasing` compares with the majority).
    pub fn lower_case(&self) -> bool {
        let (mut lower, mut upper) = (0_usize, 0_usize);
        for instruction in &self.instructions {
            let word = instruction.keyword_text();
            if word.iter().all(|byte| !byte.is_ascii_uppercase()) {
                lower += 1;
            } else if word.iter().all(|byte| !byte.is_ascii_lowercase()) {
                upper += 1;
            }
        }
        lower > upper
    }

    pub(super) fn problem(&mut self, kind: ProblemKind, line: usize, span: Span) {
        self.problems.push(Problem { kind, line, span });
    }

    fn check_frontend(&mut self) {
        let syntax = self.directives.syntax.clone();
        let Some(reference) = syntax.or_else(|| other_syntax(self.bytes)) else {
            return;
        };
        let top = Span::new(
            0,
            memchr::memchr(b'\n', self.bytes).unwrap_or(self.bytes.len()),
        );
        match frontend(&reference) {
            Frontend::Foreign => self.problem(ProblemKind::ForeignFrontend(reference), 1, top),
            Frontend::Docker(Some(version)) => {
                let heredoc = |spaced: bool| {
                    self.instructions
                        .iter()
                        .find(|i| i.heredocs.iter().any(|h| !spaced || h.spaced))
                        .map(|i| (i.first_line, i.span))
                };
                // Sources: the changelog of docker/dockerfile 1.4.0 and 1.16.0.
                let found = heredoc(false)
                    .filter(|_| version < (1, 4))
                    .map(|place| (place, "heredocs", "1.4"))
                    .or_else(|| {
                        heredoc(true)
                            .filter(|_| version < (1, 16))
                            .map(|place| (place, "heredocs with a blank (`<< EOF`)", "1.16"))
                    });
                if let Some(((line, span), what, since)) = found {
                    let why = format!(
                        "`# syntax={reference}` is older than {what}, which docker/dockerfile knows since {since}"
                    );
                    self.problem(ProblemKind::FrontendTooOld(why), line, span);
                }
            }
            Frontend::Docker(None) => {}
        }
    }
}

/// Longest physical line that `BuildKit`'s scanner takes, in bytes without the newline.
const MAX_LINE: usize = 65_535;

struct Line {
    start: usize,
    /// Without trailing CR and LF.
    text_end: usize,
    end: usize,
}

struct Lines<'s> {
    bytes: &'s [u8],
    at: usize,
    /// 1-based number of the line last given.
    number: usize,
    too_long: Option<(usize, Span)>,
}

impl Lines<'_> {
    fn next(&mut self) -> Option<Line> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let start = self.at;
        let newline = memchr::memchr(b'\n', &self.bytes[start..]).map(|length| start + length);
        let end = newline.map_or(self.bytes.len(), |at| at + 1);
        let mut text_end = newline.unwrap_or(end);
        self.number += 1;
        if text_end - start > MAX_LINE && self.too_long.is_none() {
            self.too_long = Some((self.number, Span::new(start, start + 80)));
        }
        while text_end > start && self.bytes[text_end - 1] == b'\r' {
            text_end -= 1;
        }
        self.at = end;
        Some(Line {
            start,
            text_end,
            end,
        })
    }
}

struct Lexer<'s> {
    lines: Lines<'s>,
    document: Document<'s>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        // Start of the comment block that stands directly above the next instruction.
        let mut block: Option<usize> = None;
        let mut block_checks = false;
        while let Some(line) = self.lines.next() {
            let bytes = self.lines.bytes;
            let mut raw = &bytes[line.start..line.text_end];
            if self.lines.number == 1 {
                raw = raw.strip_prefix(BOM).unwrap_or(raw);
            }
            let text = trim_start(raw);
            let whole = Span::new(line.start, line.end);
            let directive = self.document.directives.read(text, whole);
            let is_directive = matches!(directive, Ok(true));
            if let Err(kind) = directive {
                self.document.problem(kind, self.lines.number, whole);
            }
            let kind = if is_directive {
                ItemKind::Directive
            } else if text.first() == Some(&b'#') {
                block.get_or_insert(line.start);
                // `# check=` applies to the next instruction even over blank lines: keep it there.
                block_checks |= is_check(&text[1..]);
                ItemKind::Comment
            } else if text.is_empty() {
                if !block_checks {
                    block = None;
                }
                ItemKind::Blank
            } else {
                let lead = after_bom(bytes, block.take().unwrap_or(line.start));
                if std::mem::take(&mut block_checks) {
                    self.document
                        .problem(ProblemKind::InstructionCheck, self.lines.number, whole);
                }
                let index = self.document.instructions.len();
                self.instruction(&line, line.text_end - text.len(), lead);
                let end = self.lines.at;
                self.document.items.push(Item {
                    kind: ItemKind::Instruction(index),
                    span: Span::new(line.start, end),
                });
                continue;
            };
            self.document.items.push(Item { kind, span: whole });
        }
    }

    /// Reads the instruction whose first line's text starts at `start`.
    fn instruction(&mut self, first: &Line, start: usize, lead: usize) {
        let bytes = self.lines.bytes;
        let escape = self.document.directives.escape;
        let first_line = self.lines.number;
        let text = &bytes[start..first.text_end];
        let mut cut = continuation(text, escape);
        let mut logical = Logical::single(&text[..cut.unwrap_or(text.len())], start);
        let mut dangling = false;
        while cut.is_some() {
            let Some(line) = self.lines.next() else {
                dangling = true;
                break;
            };
            let text = &bytes[line.start..line.text_end];
            if matches!(trim_start(text).first(), None | Some(b'#')) {
                continue;
            }
            cut = continuation(text, escape);
            logical.push(&text[..cut.unwrap_or(text.len())], line.start);
        }
        let head = Head::of(logical.text(), 0);
        let trigger = (head.keyword == Keyword::Onbuild && !head.args.is_empty())
            .then(|| Head::of(&logical.text()[..head.args.end], head.args.start));
        let mut instruction = Instruction {
            head,
            trigger,
            line: logical,
            span: Span::new(start, self.lines.at),
            lead,
            first_line,
            last_line: self.lines.number,
            heredocs: Vec::new(),
            dangling,
        };
        self.heredocs(&mut instruction);
        self.document.instructions.push(instruction);
    }

    fn heredocs(&mut self, instruction: &mut Instruction<'_>) {
        let head = instruction.trigger.as_ref().unwrap_or(&instruction.head);
        if !head.keyword.takes_heredocs()
            || memchr::memmem::find(instruction.line.text(), b"<<").is_none()
        {
            return;
        }
        if matches!(
            string_array(instruction.line.get(head.args.clone())),
            StringArray::Strings(_)
        ) {
            return;
        }
        let line = instruction.first_line;
        let Ok(mut heredocs) = heredocs_of(instruction.line.text()) else {
            let why = ProblemKind::Invalid("a heredoc's name cannot be read".into());
            self.document.problem(why, line, instruction.span);
            return;
        };
        for heredoc in &mut heredocs {
            let start = self.lines.at;
            let mut end = start;
            let mut terminated = false;
            while let Some(line) = self.lines.next() {
                let mut text = &self.lines.bytes[line.start..line.text_end];
                while heredoc.chomp && text.first() == Some(&b'\t') {
                    text = &text[1..];
                }
                if text == heredoc.name {
                    terminated = true;
                    break;
                }
                end = line.end;
            }
            heredoc.body = Span::new(start, end);
            if !terminated {
                let name = String::from_utf8_lossy(&heredoc.name).into_owned();
                self.document.problem(
                    ProblemKind::UnterminatedHeredoc(name),
                    line,
                    instruction.span,
                );
            }
        }
        instruction.heredocs = heredocs;
        instruction.span.end = self.lines.at;
        instruction.last_line = self.lines.number;
    }
}

/// Where the text is cut when the line goes on: at a single escape with nothing but blanks behind it.
fn continuation(text: &[u8], escape: u8) -> Option<usize> {
    let end = text
        .iter()
        .rposition(|byte| !matches!(byte, b' ' | b'\t'))?;
    (text[end] == escape && (end == 0 || text[end - 1] != escape)).then_some(end)
}

/// A comment that is `check=...`, as the newest frontends read it above an instruction.
fn is_check(comment: &[u8]) -> bool {
    let comment = trim_start(comment);
    comment
        .get(..5)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"check"))
        && trim_start(&comment[5..]).starts_with(b"=")
}

/// Nothing may be inserted before a byte-order mark.
fn after_bom(bytes: &[u8], start: usize) -> usize {
    if start == 0 && bytes.starts_with(BOM) {
        BOM.len()
    } else {
        start
    }
}
