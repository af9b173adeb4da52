//! A text as an editor counts it: lines from 0, columns in UTF-16's units.

use lsp_types::{Position, Range, TextDocumentContentChangeEvent};
use unroot::source::Span;

/// A text, and where its lines start. The protocol ends a line by `\n`, `\r\n` and `\r`.
#[derive(Debug, Clone)]
pub(super) struct Text {
    text: String,
    lines: Vec<usize>,
}

impl Text {
    pub(super) fn new(text: String) -> Self {
        let bytes = text.as_bytes();
        let mut lines = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            if ends {
                lines.push(at + 1);
            }
        }
        Self { text, lines }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// The place of a byte; the end's for one behind it.
    pub(super) fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.lines.partition_point(|start| *start <= offset) - 1;
        let before = &self.text[self.lines[line]..offset];
        let column: usize = before.chars().map(char::len_utf16).sum();
        Position::new(number(line), number(column))
    }

    pub(super) fn range(&self, span: Span) -> Range {
        Range::new(self.position(span.start), self.position(span.end))
    }

    /// The byte at a place. A column behind the end of its line is that end, a line behind the last the end of all.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(start) = self.lines.get(line).copied() else {
            return self.text.len();
        };
        let end = self.lines.get(line + 1).copied();
        let whole = &self.text[start..end.unwrap_or(self.text.len())];
        let whole = whole.strip_suffix('\n').unwrap_or(whole);
        let whole = whole.strip_suffix('\r').unwrap_or(whole);
        let mut left = position.character as usize;
        for (at, ch) in whole.char_indices() {
            // Between the two halves of a character is before it.
            if left < ch.len_utf16() {
                return start + at;
            }
            left -= ch.len_utf16();
        }
        start + whole.len()
    }

    /// The text after a change: of a range, or of all.
    pub(super) fn changed(&self, change: &TextDocumentContentChangeEvent) -> Self {
        let Some(range) = change.range else {
            return Self::new(change.text.clone());
        };
        let start = self.offset(range.start);
        let end = self.offset(range.end).max(start);
        let (before, after) = (&self.text[..start], &self.text[end..]);
        Self::new([before, &change.text, after].concat())
    }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIXED: &str = "\u{feff}FROM a\r\n# é𝄞x\rRUN b\n\nEND";

    #[test]
    fn places_and_bytes() {
        let text = Text::new(MIXED.to_owned());
        let at = |found: &str| {
            let place = text.position(MIXED.find(found).expect("there"));
            (place.line, place.character)
        };
        // The mark is a character of the text.
        assert_eq!(at("FROM"), (0, 1));
        assert_eq!(at("# é"), (1, 0));
        assert_eq!(at("𝄞"), (1, 3));
        assert_eq!(at("x\r"), (1, 5));
        assert_eq!(at("RUN"), (2, 0));
        assert_eq!(at("END"), (4, 0));
        assert_eq!(text.position(999), Position::new(4, 3));
        for (offset, ch) in MIXED.char_indices() {
            // A place within a line's end is that line's end.
            if ch != '\n' || !MIXED[..offset].ends_with('\r') {
                assert_eq!(text.offset(text.position(offset)), offset, "{offset}");
            }
        }
    }

    #[test]
    fn places_that_are_not_there() {
        let text = Text::new(MIXED.to_owned());
        let of = |line, character| text.offset(Position::new(line, character));
        assert_eq!(of(0, 99), MIXED.find('\r').expect("there"));
        assert_eq!(of(3, 7), of(3, 0));
        assert_eq!(of(99, 0), MIXED.len());
        assert_eq!(of(1, 4), of(1, 3), "half a character");
        let empty = Text::new(String::new());
        assert_eq!(empty.position(3), Position::new(0, 0));
        assert_eq!(empty.offset(Position::new(u32::MAX, u32::MAX)), 0);
    }

    #[test]
    fn changes() {
        let change = |range, text: &str| TextDocumentContentChangeEvent {
            range,
            range_length: None,
            text: text.to_owned(),
        };
        let range = |from: (u32, u32), to: (u32, u32)| {
            let of = |(line, character)| Position::new(line, character);
            Some(Range::new(of(from), of(to)))
        };
        let text = Text::new("a𝄞b\r\ncd\r\n".to_owned());
        let after = text.changed(&change(range((0, 3), (1, 1)), "X"));
        assert_eq!(after.as_str(), "a𝄞Xd\r\n");
        let after = after.changed(&change(range((9, 9), (9, 9)), "end"));
        assert_eq!(after.as_str(), "a𝄞Xd\r\nend");
        let after = after.changed(&change(range((1, 3), (0, 0)), "!"));
        assert_eq!(
            after.as_str(),
            "a𝄞Xd\r\nend!",
            "a range the wrong way round"
        );
        assert_eq!(after.changed(&change(None, "all")).as_str(), "all");
    }
}
