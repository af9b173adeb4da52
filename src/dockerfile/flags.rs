//! `--name=value` flags after a keyword.

use std::ops::Range;

/// A flag of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Its text with quotes and escapes resolved, `--` included.
    pub text: String,
    /// Where it stands in the logical line, quotes and escapes included.
    pub range: Range<usize>,
}

impl Flag {
    /// `chown` of `--chown=app`.
    pub fn name(&self) -> &str {
        let name = self.text.strip_prefix("--").unwrap_or(&self.text);
        name.split('=').next().unwrap_or_default()
    }

    /// `app` of `--chown=app`; none without a `=`.
    pub fn value(&self) -> Option<&str> {
        self.text.split_once('=').map(|(_, value)| value)
    }
}

/// Reads the flags at `from..to` of `text` and returns them with the offset of the first byte after.
/// Words that start with `--` are flags until the first other word; a lone `--` ends them.
/// `BuildKit` reads bytes here, so 0x85 and 0xA0 are blanks, and the escape is always `\`.
pub(super) fn flags(text: &[u8], from: usize, to: usize) -> (Vec<Flag>, usize) {
    let mut found = Vec::new();
    let mut at = from;
    loop {
        while at < to && is_space(text[at]) {
            at += 1;
        }
        if !text[at..to].starts_with(b"--") {
            return (found, at);
        }
        let start = at;
        let mut word = Vec::new();
        let mut quote = None;
        while at < to {
            let byte = text[at];
            match quote {
                None if is_space(byte) => break,
                None if byte == b'\'' || byte == b'"' => quote = Some(byte),
                Some(open) if byte == open => quote = None,
                _ if byte == b'\\' => {
                    at += 1;
                    if at < to {
                        word.push(text[at]);
                    }
                }
                _ => word.push(byte),
            }
            at += 1;
        }
        let at_end = at.min(to);
        at = at_end;
        if word == b"--" {
            return (found, at);
        }
        found.push(Flag {
            text: String::from_utf8_lossy(&word).into_owned(),
            range: start..at_end,
        });
    }
}

const fn is_space(byte: u8) -> bool {
    crate::source::is_ascii_space(byte) || byte == 0x85 || byte == 0xA0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, &str) {
        let (flags, rest) = flags(text.as_bytes(), 0, text.len());
        (
            flags.into_iter().map(|flag| flag.text).collect(),
            &text[rest..],
        )
    }

    #[test]
    fn flags_end_at_the_first_other_word() {
        assert_eq!(
            read("--a=b --c d --e"),
            (vec!["--a=b".into(), "--c".into()], "d --e")
        );
        assert_eq!(read("  x --a"), (vec![], "x --a"));
        assert_eq!(read("-- x"), (vec![], " x"));
        assert_eq!(read("--a='b c' x"), (vec!["--a=b c".into()], "x"));
        assert_eq!(read("--a=\\\"b x"), (vec!["--a=\"b".into()], "x"));
        assert_eq!(read("--a"), (vec!["--a".into()], ""));
        assert_eq!(read("--a=\\"), (vec!["--a=".into()], ""));
    }
}
