//! Words, quotes, substitutions, heredoc bodies, and the texts that shells are told to run.

use super::frame::{Closer, Place};
use super::lex::Context;
use super::parse::Parser;
use super::scan::{self, Class};
use super::word::{Part, Word};

/// The parts of a word while it is read.
#[derive(Default)]
struct Parts {
    done: Vec<Part>,
    run: Vec<u8>,
    quoted: bool,
    /// A quote was seen, so that an empty word is a word.
    any: bool,
}

impl Parts {
    fn push(&mut self, bytes: &[u8], quoted: bool) {
        if self.quoted != quoted {
            self.flush();
            self.quoted = quoted;
        }
        self.any = true;
        self.run.extend_from_slice(bytes);
    }

    fn flush(&mut self) {
        if !self.run.is_empty() {
            let text = scan::text(&self.run);
            self.done.push(Part::Literal {
                text,
                quoted: self.quoted,
            });
            self.run.clear();
        }
    }

    fn add(&mut self, part: Part) {
        self.flush();
        self.done.push(part);
    }
}

impl Parser<'_, '_> {
    /// Reads a word; when nothing here can be in a word, reads nothing.
    pub(super) fn word(&mut self) -> Word {
        let start = self.pos;
        let rest = self.text.get(start..).unwrap_or_default();
        let plain = rest
            .iter()
            .position(|byte| scan::class(*byte) != Class::Plain)
            .unwrap_or(rest.len());
        let stop = rest.get(plain).copied();
        let run = rest.get(..plain).unwrap_or_default();
        if plain > 0 && stop.is_none_or(|byte| scan::class(byte) == Class::End) {
            self.pos += plain;
            return Word::plain(self.at(start..self.pos), scan::text(run), false);
        }
        let mut parts = Parts::default();
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\'' => self.single(&mut parts),
                b'"' => self.double(&mut parts),
                b'\\' => self.escape(&mut parts),
                b'$' => self.dollar(&mut parts, false),
                b'`' => self.backticks(&mut parts, false),
                0 => self.pos += 1,
                b'<' | b'>' if self.pos == start && self.peek(1) == Some(b'(') => {
                    self.pos += 2;
                    self.substitution(&mut parts, Closer::Paren);
                }
                _ if scan::class(byte) == Class::End => break,
                _ => {
                    let rest = self.text.get(self.pos..).unwrap_or_default();
                    let length = rest
                        .iter()
                        .position(|byte| scan::class(*byte) != Class::Plain)
                        .unwrap_or(rest.len());
                    parts.push(rest.get(..length).unwrap_or_default(), false);
                    self.pos += length;
                }
            }
        }
        parts.flush();
        if parts.done.is_empty() && parts.any {
            parts.done.push(Part::Literal {
                text: String::new(),
                quoted: true,
            });
        }
        Word::new(self.at(start..self.pos), parts.done)
    }

    /// `NAME=value` or `NAME+=value`, taken apart.
    pub(super) fn assignment(&self, word: &Word, start: usize) -> Option<(String, Word)> {
        let (
            Part::Literal {
                text,
                quoted: false,
            },
            rest,
        ) = word.parts().split_first()?
        else {
            return None;
        };
        let (name, value) = text.split_once('=')?;
        let name = name.strip_suffix('+').unwrap_or(name);
        if !scan::is_name(name.as_bytes()) {
            return None;
        }
        let mut parts = Vec::with_capacity(rest.len() + 1);
        if !value.is_empty() {
            parts.push(Part::Literal {
                text: value.to_owned(),
                quoted: false,
            });
        }
        parts.extend(rest.iter().cloned());
        let from = (start + text.len() - value.len()).min(self.pos);
        Some((name.to_owned(), Word::new(self.at(from..self.pos), parts)))
    }

    fn single(&mut self, parts: &mut Parts) {
        let rest = self.text.get(self.pos + 1..).unwrap_or_default();
        let closed = rest.iter().position(|byte| *byte == b'\'');
        self.out.certain &= closed.is_some();
        let length = closed.unwrap_or(rest.len());
        parts.push(rest.get(..length).unwrap_or_default(), true);
        self.pos = (self.pos + length + 2).min(self.text.len());
    }

    fn double(&mut self, parts: &mut Parts) {
        self.pos += 1;
        parts.push(b"", true);
        loop {
            match self.peek(0) {
                None => {
                    self.out.certain = false;
                    return;
                }
                Some(b'"') => {
                    self.pos += 1;
                    return;
                }
                Some(b'\\') => {
                    match self.peek(1) {
                        Some(b'\n') => {}
                        Some(byte @ (b'$' | b'`' | b'"' | b'\\')) => parts.push(&[byte], true),
                        Some(byte) => parts.push(&[b'\\', byte], true),
                        None => parts.push(b"\\", true),
                    }
                    self.pos = (self.pos + 2).min(self.text.len());
                }
                Some(b'$') => self.dollar(parts, true),
                Some(b'`') => self.backticks(parts, true),
                Some(_) => {
                    let rest = self.text.get(self.pos..).unwrap_or_default();
                    let length = rest
                        .iter()
                        .position(|byte| matches!(byte, b'"' | b'\\' | b'$' | b'`'))
                        .unwrap_or(rest.len());
                    parts.push(rest.get(..length).unwrap_or_default(), true);
                    self.pos += length;
                }
            }
        }
    }

    fn escape(&mut self, parts: &mut Parts) {
        match (self.peek(1), self.peek(2)) {
            (Some(b'\n'), _) => self.pos += 2,
            (Some(b'\r'), Some(b'\n')) => self.pos += 3,
            (Some(byte), _) => {
                parts.push(&[byte], true);
                self.pos += 2;
            }
            (None, _) => self.pos += 1,
        }
    }

    fn dollar(&mut self, parts: &mut Parts, quoted: bool) {
        match self.peek(1) {
            Some(b'(') => {
                if self.peek(2) == Some(b'(')
                    && let Some(end) = self.arithmetic(self.pos + 3)
                {
                    self.pos = end;
                    parts.add(Part::Command);
                    return;
                }
                self.pos += 2;
                self.substitution(parts, Closer::Paren);
            }
            Some(b'\'') if !quoted => self.ansi(parts),
            Some(b'"') if !quoted => self.pos += 1,
            _ => {
                let rest = self.text.get(self.pos..).unwrap_or_default();
                if let Some((name, op, length)) = scan::parameter(rest) {
                    self.out.certain &=
                        !rest.starts_with(b"${") || rest.get(length - 1) == Some(&b'}');
                    parts.add(Part::Var { name, op, quoted });
                    self.pos += length;
                } else {
                    parts.push(b"$", quoted);
                    self.pos += 1;
                }
            }
        }
    }

    /// `$'..'`
    fn ansi(&mut self, parts: &mut Parts) {
        self.pos += 2;
        parts.push(b"", true);
        while let Some(byte) = self.peek(0) {
            self.pos += 1;
            match byte {
                b'\'' => return,
                b'\\' => {
                    let escaped = match self.peek(0) {
                        Some(b'n') => b'\n',
                        Some(b't') => b'\t',
                        Some(b'r') => b'\r',
                        Some(other) => other,
                        None => b'\\',
                    };
                    self.pos = (self.pos + 1).min(self.text.len());
                    parts.push(&[escaped], true);
                }
                other => parts.push(&[other], true),
            }
        }
        self.out.certain = false;
    }

    /// Reads the commands of a substitution, whose opening has been read.
    fn substitution(&mut self, parts: &mut Parts, closer: Closer) {
        parts.add(Part::Command);
        if self.too_deep() {
            self.out.certain = false;
            return;
        }
        let context = Context {
            subshell: true,
            substitution: true,
            ..self.here()
        };
        self.depth += 1;
        self.list(closer, context);
        self.depth -= 1;
    }

    fn backticks(&mut self, parts: &mut Parts, in_double: bool) {
        self.pos += 1;
        let rest = self.text.get(self.pos..).unwrap_or_default();
        let mut length = 0;
        let mut escaped = false;
        let closed = loop {
            match rest.get(length) {
                None => break false,
                Some(b'`') => break true,
                Some(b'\\') => {
                    escaped |= matches!(rest.get(length + 1), Some(b'`' | b'\\' | b'$'))
                        || (in_double && rest.get(length + 1) == Some(&b'"'));
                    length += 2;
                }
                Some(_) => length += 1,
            }
        };
        let length = length.min(rest.len());
        self.out.certain &= closed;
        let inner = rest.get(..length).unwrap_or_default();
        let start = self.pos;
        self.pos = (start + length + usize::from(closed)).min(self.text.len());
        parts.add(Part::Command);
        if self.too_deep() {
            self.out.certain = false;
            return;
        }
        let context = Context {
            subshell: true,
            substitution: true,
            ..self.here()
        };
        let unescaped;
        let (text, place) = if escaped {
            unescaped = unescape(inner, if in_double { b"`\\$\"" } else { b"`\\$" });
            (&*unescaped, Place::All(self.at(start..start + length)))
        } else {
            (inner, self.inside(start, length))
        };
        self.nested(text, place, context);
    }

    /// The place of a text that stands as it is at `start` in this one.
    fn inside(&self, start: usize, length: usize) -> Place {
        match &self.place {
            Place::Shift(by) => Place::Shift(by + start),
            Place::All(_) => Place::All(self.at(start..start + length)),
        }
    }

    pub(super) fn nested(&mut self, text: &[u8], place: Place, context: Context) {
        let mut inner = Parser::new(text, self.out, place, self.depth + 1);
        inner.list(Closer::End, context);
        inner.heredocs();
    }

    /// Reads the text of `sh -c TEXT`: word `at` of command `index`.
    pub(super) fn shell(&mut self, index: usize, at: usize) {
        let Some(command) = self.out.commands.get(index) else {
            return;
        };
        let Some(word) = command.words.get(at) else {
            return;
        };
        if self.too_deep() {
            self.out.certain = false;
            return;
        }
        let mut context = command.context.clone();
        context.pipeline = super::lex::Pipeline::Alone;
        let span = word.span.clone();
        let raw = match &self.place {
            Place::Shift(by) => self
                .text
                .get(span.start.wrapping_sub(*by)..span.end.wrapping_sub(*by))
                .unwrap_or_default(),
            Place::All(_) => b"",
        };
        match raw {
            [b'\'', inner @ .., b'\''] if !inner.contains(&b'\'') => {
                self.nested(inner, Place::Shift(span.start + 1), context);
            }
            [b'"', inner @ .., b'"'] if !inner.iter().any(|byte| matches!(byte, b'\\' | b'"')) => {
                self.nested(inner, Place::Shift(span.start + 1), context);
            }
            _ => {
                // Rebuilt from its parts; what the outer shell would put in is left for the inner one to name.
                let mut text = Vec::new();
                for part in word.parts() {
                    match part {
                        Part::Literal { text: literal, .. } => {
                            text.extend_from_slice(literal.as_bytes());
                        }
                        Part::Var { name, op, .. } => {
                            text.extend_from_slice(format!("${{{name}{op}}}").as_bytes());
                        }
                        Part::Command => text.extend_from_slice(b"$(:)"),
                    }
                }
                self.nested(&text, Place::All(span), context);
            }
        }
    }
}

/// The text without the backslashes that stand before one of `which`.
fn unescape(text: &[u8], which: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().peekable();
    while let Some(byte) = bytes.next() {
        if *byte == b'\\' && bytes.peek().is_some_and(|next| which.contains(next)) {
            out.extend(bytes.next());
        } else {
            out.push(*byte);
        }
    }
    out
}
