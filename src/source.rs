//! Bytes of one file, and places in them. Nothing above this module cuts a string by hand.

use std::ops::Range;

/// A half-open range of byte offsets in a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` to before `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The empty span at `offset`, as an insertion uses it.
    pub const fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// Length in bytes.
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// True for a span that holds no byte.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The bytes of this span, or nothing where it does not lie in `bytes`.
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start..self.end).unwrap_or_default()
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// The line end that text inserted into a file must use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
}

impl LineEnd {
    /// What most lines of `bytes` end with; LF for a file without line ends.
    pub fn of(bytes: &[u8]) -> Self {
        let (mut lf, mut crlf) = (0_usize, 0_usize);
        for at in memchr::memchr_iter(b'\n', bytes) {
            if at > 0 && bytes[at - 1] == b'\r' {
                crlf += 1;
            } else {
                lf += 1;
            }
        }
        if crlf > lf { Self::CrLf } else { Self::Lf }
    }

    /// The bytes of the line end.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }
}

/// The 1-based line that holds the byte at `offset`.
pub fn line_of(bytes: &[u8], offset: usize) -> usize {
    memchr::memchr_iter(b'\n', &bytes[..offset.min(bytes.len())]).count() + 1
}

/// A place as editors count it: both 1-based, columns in characters. A byte-order mark takes no column,
/// and a byte that is no UTF-8 takes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Which line.
    pub line: usize,
    /// Which character of it; one past the last for its end.
    pub column: usize,
}

/// The position of the byte at `offset`, or of the end where the file is shorter.
pub fn position_of(bytes: &[u8], offset: usize) -> Position {
    let offset = offset.min(bytes.len());
    let start = memchr::memrchr(b'\n', &bytes[..offset]).map_or(0, |at| at + 1);
    let mut before = &bytes[start..offset];
    if start == 0 {
        before = before.strip_prefix(BOM).unwrap_or(before);
    }
    let characters = before
        .utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len());
    Position {
        line: line_of(bytes, offset),
        column: characters.sum::<usize>() + 1,
    }
}

/// The byte-order mark of UTF-8, which `BuildKit` drops from the first line only.
pub const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Drops white space (Unicode's) at the start, as Go's `TrimLeftFunc(IsSpace)` does.
pub fn trim_start(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let Some((ch, width)) = first_char(rest) {
        if !ch.is_whitespace() {
            break;
        }
        rest = &rest[width..];
    }
    rest
}

/// Drops white space (Unicode's) at the end.
pub fn trim_end(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    loop {
        let Some(&last) = rest.last() else {
            return rest;
        };
        if last.is_ascii() {
            if !is_ascii_space(last) {
                return rest;
            }
            rest = &rest[..rest.len() - 1];
            continue;
        }
        // White space outside ASCII takes two or three bytes.
        let Some(width) = (2..=3.min(rest.len())).find(|width| {
            let tail = &rest[rest.len() - width..];
            first_char(tail).is_some_and(|(ch, len)| len == *width && ch.is_whitespace())
        }) else {
            return rest;
        };
        rest = &rest[..rest.len() - width];
    }
}

/// Tab, newline, vertical tab, form feed, carriage return, space.
pub const fn is_ascii_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0B | 0x0C | b'\r' | b' ')
}

/// The first character and its width in bytes; none where the bytes are no UTF-8.
pub fn first_char(bytes: &[u8]) -> Option<(char, usize)> {
    let first = *bytes.first()?;
    if first.is_ascii() {
        return Some((char::from(first), 1));
    }
    let width = match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let ch = std::str::from_utf8(bytes.get(..width)?)
        .ok()?
        .chars()
        .next()?;
    Some((ch, width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_what_go_calls_space() {
        let nbsp = "\u{a0}\u{2028}\u{85} x\u{a0} \u{85}";
        assert_eq!(trim_start(nbsp.as_bytes()), "x\u{a0} \u{85}".as_bytes());
        assert_eq!(
            trim_end(nbsp.as_bytes()),
            "\u{a0}\u{2028}\u{85} x".as_bytes()
        );
        assert_eq!(trim_end(b"\xA0"), b"\xA0", "a lone byte is no character");
        assert_eq!(trim_start(b"\xC2"), b"\xC2");
        assert_eq!(trim_end(b" \r\n\t\x0B\x0C "), b"");
    }

    #[test]
    fn positions_count_characters() {
        let bytes = b"\xEF\xBB\xBFFROM a\n# \xC3\xA9\xFF x\n";
        let at = |offset| {
            let Position { line, column } = position_of(bytes, offset);
            (line, column)
        };
        assert_eq!((at(0), at(3), at(8)), ((1, 1), (1, 1), (1, 6)));
        assert_eq!(at(10), (2, 1));
        assert_eq!(
            at(15),
            (2, 5),
            "one for each character, one for a lone byte"
        );
        assert_eq!(at(99), (3, 1));
    }

    #[test]
    fn the_majority_decides_the_line_end() {
        assert_eq!(LineEnd::of(b"a\r\nb\r\nc\n"), LineEnd::CrLf);
        assert_eq!(LineEnd::of(b"a\nb\r\n"), LineEnd::Lf);
        assert_eq!(LineEnd::of(b""), LineEnd::Lf);
    }
}
