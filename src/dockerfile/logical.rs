//! One logical line: the physical lines of an instruction, joined, with the way back to the file.

use std::borrow::Cow;
use std::ops::Range;

use crate::source::Span;

/// The text of an instruction after continuations are cut and comments dropped.
#[derive(Debug, Clone)]
pub struct Logical<'s> {
    text: Cow<'s, [u8]>,
    /// Offset in the file of the first piece.
    first: usize,
    /// Where each further piece starts: (offset in `text`, offset in the file), ascending.
    more: Vec<(usize, usize)>,
}

impl<'s> Logical<'s> {
    /// A logical line of one piece that starts at `start` in the file.
    pub(super) const fn single(text: &'s [u8], start: usize) -> Self {
        Self {
            text: Cow::Borrowed(text),
            first: start,
            more: Vec::new(),
        }
    }

    /// Appends a physical line's text, which starts at `start` in the file.
    pub(super) fn push(&mut self, text: &[u8], start: usize) {
        if text.is_empty() {
            return;
        }
        if self.text.is_empty() {
            self.first = start;
        } else {
            self.more.push((self.text.len(), start));
        }
        self.text.to_mut().extend_from_slice(text);
    }

    /// The joined text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The bytes of `range`, or nothing where it lies outside.
    pub fn get(&self, range: Range<usize>) -> &[u8] {
        self.text.get(range).unwrap_or_default()
    }

    /// Where `range` of the joined text lies in the file, continuations and comments between included.
    pub fn to_source(&self, range: Range<usize>) -> Span {
        if range.is_empty() {
            return Span::at(self.offset(range.start));
        }
        Span::new(self.offset(range.start), self.offset(range.end - 1) + 1)
    }

    /// True when `range` is one run of bytes in the file, so that it can be replaced as it stands.
    pub fn is_contiguous(&self, range: Range<usize>) -> bool {
        self.to_source(range.clone()).len() == range.len()
    }

    fn offset(&self, at: usize) -> usize {
        match self.more.partition_point(|(logical, _)| *logical <= at) {
            0 => self.first + at,
            piece => {
                let (logical, source) = self.more[piece - 1];
                source + (at - logical)
            }
        }
    }
}
