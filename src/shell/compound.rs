//! Compound commands: groups, functions, branches, loops.

use std::sync::Arc;

use super::frame::{Building, Closer, Ended, Frame, Kind};
use super::lex::Context;
use super::parse::Parser;
use super::word::{Part, Word};

impl Parser<'_, '_> {
    pub(super) fn open_paren(&mut self, building: &mut Building) {
        if building.words.is_empty()
            && building.assignments.is_empty()
            && self.peek(1) == Some(b'(')
            && let Some(end) = self.arithmetic(self.pos + 2)
        {
            building.start = self.pos;
            building.words.push(Word::plain(
                self.at(self.pos..self.pos + 2),
                "((".into(),
                false,
            ));
            self.pos = end;
            building.end = end;
            return;
        }
        self.pos += 1;
        let frame = self.frames.last().map(|frame| frame.kind);
        if frame == Some(Kind::Pattern) {
            return;
        }
        let after = self.pos;
        if building.words.len() == 1 {
            self.blanks();
            if self.peek(0) == Some(b')') {
                self.pos += 1;
                let name = building
                    .words
                    .first()
                    .and_then(Word::literal)
                    .unwrap_or_default();
                *building = Building::default();
                self.define(&name);
                return;
            }
            self.pos = after;
        }
        if building.words.is_empty()
            && building.end + 1 == self.pos
            && building
                .assignments
                .last()
                .is_some_and(|(_, value)| value.parts().is_empty())
        {
            self.array(building);
            return;
        }
        if !building.is_empty() {
            self.out.certain = false;
            self.finish(building, Ended::Sequence);
        }
        building.negated = false;
        self.push(Kind::Paren);
    }

    /// `NAME=(a b c)`: the words become one value.
    pub(super) fn array(&mut self, building: &mut Building) {
        let mut parts: Vec<Part> = Vec::new();
        loop {
            self.blanks();
            match self.peek(0) {
                None | Some(b')') => break,
                Some(b'\n' | b'(' | b';' | b'&' | b'|' | b'<' | b'>') => self.pos += 1,
                Some(_) => {
                    let word = self.word();
                    if !parts.is_empty() {
                        parts.push(Part::Literal {
                            text: " ".into(),
                            quoted: false,
                        });
                    }
                    parts.extend(word.parts().iter().cloned());
                }
            }
        }
        self.pos = (self.pos + 1).min(self.text.len());
        building.end = self.pos;
        let span = self.at(building.start..self.pos);
        if let Some((_, value)) = building.assignments.last_mut() {
            *value = Word::new(span, parts);
        }
    }

    /// Handles a `)`; true when it ends the list.
    pub(super) fn close_paren(
        &mut self,
        building: &mut Building,
        base: usize,
        closer: Closer,
    ) -> bool {
        if let Some(frame) = self
            .frames
            .last_mut()
            .filter(|frame| frame.kind == Kind::Pattern)
        {
            frame.kind = Kind::Arm;
            let start = frame.start;
            frame.restart(start);
            *building = Building::default();
            return false;
        }
        self.finish(building, Ended::Sequence);
        if self.frames.len() > base + 1
            && self
                .frames
                .last()
                .is_some_and(|frame| frame.kind == Kind::Paren)
        {
            self.pop();
            return false;
        }
        self.out.certain &= closer == Closer::Paren;
        closer == Closer::Paren
    }

    pub(super) fn define(&mut self, name: &str) {
        let name: Arc<str> = name.into();
        self.out.functions.push(Arc::clone(&name));
        self.function = Some(name);
    }

    /// Opens a compound command in the circumstances of here.
    pub(super) fn push(&mut self, kind: Kind) {
        let mut context = self.here();
        if let Some(name) = self.function.take() {
            context = Context {
                conditional: true,
                function: Some(name),
                ..Context::default()
            };
        }
        context.subshell |= kind == Kind::Paren;
        self.frames
            .push(Frame::new(kind, context, self.out.commands.len()));
    }

    pub(super) fn pop(&mut self) {
        if self.frames.len() > 1 {
            self.frames.pop();
        }
        if let Some(frame) = self.frames.last_mut() {
            (frame.open, frame.last_test) = (false, false);
        }
    }

    /// Makes the rest of a frame conditional on the last command.
    pub(super) fn branch(&mut self, kind: Kind, otherwise: bool) {
        let guard = self.out.commands.len().checked_sub(1);
        let start = self.out.commands.len();
        if let Some(frame) = self.frames.last_mut() {
            frame.kind = kind;
            (
                frame.context.branch,
                frame.context.conditional,
                frame.context.otherwise,
            ) = (true, true, otherwise);
            if !otherwise {
                frame.context.guard = guard;
            }
            frame.restart(start);
        }
    }

    /// Handles a word at a command's place that may be a keyword; false when it is none.
    pub(super) fn keyword(
        &mut self,
        text: &str,
        building: &mut Building,
        start: usize,
        base: usize,
    ) -> bool {
        let top = self.frames.last().map_or(Kind::Base, |frame| frame.kind);
        match text {
            "if" => self.push(Kind::If),
            "while" | "until" => self.push(Kind::Loop { conditional: true }),
            "for" | "case" | "select" => {
                building.header = true;
                (building.start, building.end) = (start, self.pos);
                building.words.push(Word::plain(
                    self.at(start..self.pos),
                    text.to_owned(),
                    false,
                ));
                if text != "case" {
                    self.for_header(building);
                }
            }
            "then" if top == Kind::If => self.branch(Kind::If, false),
            "elif" | "else" if top == Kind::If => self.branch(Kind::If, true),
            "do" => match top {
                Kind::Loop { conditional: true } => self.branch(top, false),
                Kind::Loop { .. } => self.restart(),
                _ => self.out.certain = false,
            },
            "fi" if top == Kind::If => self.pop(),
            "done" if matches!(top, Kind::Loop { .. }) => self.pop(),
            "esac" if matches!(top, Kind::Arm | Kind::Pattern) => self.pop(),
            "{" => self.push(Kind::Brace),
            "}" if top == Kind::Brace && self.frames.len() > base + 1 => self.pop(),
            "then" | "elif" | "else" | "fi" | "done" | "esac" | "}" => self.out.certain = false,
            "!" => building.negated = true,
            "[[" => self.double_bracket(building, start),
            "function" => {
                self.blanks();
                let name = self.word().literal().unwrap_or_default();
                self.blanks();
                if self.peek(0) == Some(b'(') {
                    self.pos += 1;
                    self.blanks();
                    self.pos += usize::from(self.peek(0) == Some(b')'));
                }
                self.define(&name);
            }
            _ => return false,
        }
        true
    }

    pub(super) fn restart(&mut self) {
        let start = self.out.commands.len();
        if let Some(frame) = self.frames.last_mut() {
            frame.restart(start);
        }
    }

    /// `for NAME in WORDS`, up to the `;` or the newline.
    pub(super) fn for_header(&mut self, building: &mut Building) {
        self.blanks();
        if self.peek(0) == Some(b'(') && self.peek(1) == Some(b'(') {
            self.pos = self.arithmetic(self.pos + 2).unwrap_or(self.pos + 2);
        }
        while !matches!(
            self.peek(0),
            None | Some(b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>')
        ) {
            let word = self.word();
            building.words.push(word);
            building.end = self.pos;
            self.blanks();
        }
        // `for x in a b`: the body surely runs when one of the words is no substitution.
        let sure = building
            .words
            .iter()
            .skip(3)
            .any(|word| !word.prefix().is_empty() && !word.contains("*"));
        self.finish(building, Ended::Sequence);
        self.push(Kind::Loop { conditional: !sure });
    }

    /// `[[ .. ]]`, in which operators are words.
    pub(super) fn double_bracket(&mut self, building: &mut Building, start: usize) {
        (building.start, building.end) = (start, self.pos);
        building
            .words
            .push(Word::plain(self.at(start..self.pos), "[[".into(), false));
        let mut operator = false;
        loop {
            self.blanks();
            match self.peek(0) {
                None => break,
                Some(b'\n') if !operator => break,
                Some(b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')') => {
                    operator = true;
                    self.pos += 1;
                    continue;
                }
                Some(_) => operator = false,
            }
            let word = self.word();
            let end = word.unquoted() == Some("]]");
            building.words.push(word);
            building.end = self.pos;
            if end {
                return;
            }
        }
        self.out.certain = false;
    }
}
