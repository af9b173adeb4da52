//! The three ways in which `BuildKit` cuts arguments into words.

use std::ops::Range;

use crate::source::{first_char, is_ascii_space};

/// Words between runs of blanks, as FROM, EXPOSE and the plain forms of COPY and VOLUME are cut.
/// `text` is trimmed already.
pub fn blank_words(text: &[u8]) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, byte) in text.iter().enumerate() {
        if is_blank(*byte) {
            if let Some(from) = start.take() {
                words.push(from..at);
            }
        } else if start.is_none() {
            start = Some(at);
        }
    }
    if let Some(from) = start {
        words.push(from..text.len());
    }
    words
}

/// Words with quotes and escapes kept, as ENV, LABEL and ARG are cut.
pub fn quoted_words(text: &[u8], escape: u8) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if quote.is_none() {
            if let Some(width) = space_width(&text[at..]) {
                if let Some(from) = start.take() {
                    words.push(from..at);
                }
                at += width;
                continue;
            }
            start.get_or_insert(at);
        }
        match quote {
            None if byte == b'\'' || byte == b'"' => quote = Some(byte),
            Some(open) if byte == open => quote = None,
            _ => {}
        }
        // In single quotes nothing escapes.
        if byte == escape && quote != Some(b'\'') {
            at += 1;
        }
        at += 1;
    }
    if let Some(from) = start {
        words.push(from..text.len());
    }
    words
}

/// `NAME=value` or `NAME value` of ENV and LABEL, as ranges of the text that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The name.
    pub name: Range<usize>,
    /// The value with its quotes.
    pub value: Range<usize>,
}

/// Reads ENV's and LABEL's arguments; the error is `BuildKit`'s.
pub fn assignments(keyword: &str, text: &[u8], escape: u8) -> Result<Vec<Assignment>, String> {
    let words = quoted_words(text, escape);
    let Some(first) = words.first() else {
        return Err(format!("{keyword} requires at least one argument"));
    };
    if !text[first.clone()].contains(&b'=') {
        // The old form: one name, and the whole rest is the value.
        let end = text.iter().position(|byte| is_blank(*byte));
        let value = end.and_then(|end| {
            let blanks = text[end..]
                .iter()
                .take_while(|byte| is_blank(**byte))
                .count();
            Some((end, end + blanks)).filter(|(_, value)| *value < text.len())
        });
        return match value {
            Some((end, value)) => Ok(vec![Assignment {
                name: 0..end,
                value: value..text.len(),
            }]),
            None => Err(format!("{keyword} must have two arguments")),
        };
    }
    words
        .into_iter()
        .map(|word| match memchr::memchr(b'=', &text[word.clone()]) {
            Some(0) => Err(format!("{keyword} names can not be blank")),
            Some(equals) => Ok(Assignment {
                name: word.start..word.start + equals,
                value: word.start + equals + 1..word.end,
            }),
            None => Err(format!(
                "{keyword}: can't find = in `{}`, must be of the form name=value",
                String::from_utf8_lossy(&text[word])
            )),
        })
        .collect()
}

/// `[\t\v\f\r ]`: what cuts the keyword off and plain words apart.
pub(super) const fn is_blank(byte: u8) -> bool {
    is_ascii_space(byte) && byte != b'\n'
}

fn space_width(bytes: &[u8]) -> Option<usize> {
    first_char(bytes)
        .filter(|(ch, _)| ch.is_whitespace())
        .map(|(_, width)| width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        quoted_words(text.as_bytes(), b'\\')
            .into_iter()
            .map(|word| &text[word])
            .collect()
    }

    #[test]
    fn quotes_and_escapes_hold_words_together() {
        assert_eq!(
            cut("a=b c='d e' f=\"g h\" i=j\\ k"),
            ["a=b", "c='d e'", "f=\"g h\"", "i=j\\ k"]
        );
        assert_eq!(cut("a='b\\' c"), ["a='b\\'", "c"]);
        assert_eq!(cut("a\u{a0}b"), ["a", "b"]);
        assert_eq!(cut("a=\"b\\\" c\" d"), ["a=\"b\\\" c\"", "d"]);
        assert_eq!(cut("a=b\\"), ["a=b\\"]);
    }

    #[test]
    fn both_forms_of_env() {
        let read = |text: &'static str| {
            assignments("ENV", text.as_bytes(), b'\\').map(|found| {
                found
                    .into_iter()
                    .map(|pair| (&text[pair.name], &text[pair.value]))
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(
            read("A=1 B=\"2 3\""),
            Ok(vec![("A", "1"), ("B", "\"2 3\"")])
        );
        assert_eq!(read("A b c d"), Ok(vec![("A", "b c d")]));
        assert_eq!(read("A it's"), Ok(vec![("A", "it's")]));
        assert!(read("A").is_err());
        assert!(read("A=1 B").is_err());
        assert!(read("=1").is_err());
    }
}
