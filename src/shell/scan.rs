//! Small scanners over bytes: names, `${..}`, arithmetic. Each reads forward only, and an unterminated construct takes all
//! that is left, so that no input is read twice.

/// What a byte means inside a word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// It stands for itself.
    Plain,
    /// It ends a word that is not quoted.
    End,
    /// A quote, an escape, a substitution, or a NUL (which shells drop).
    Special,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    let ends = b" \t\r\n;&|<>()";
    let mut at = 0;
    while at < ends.len() {
        classes[ends[at] as usize] = Class::End;
        at += 1;
    }
    let specials = b"\\'\"$`\0";
    at = 0;
    while at < specials.len() {
        classes[specials[at] as usize] = Class::Special;
        at += 1;
    }
    classes
};

/// What `byte` means inside a word.
pub(super) fn class(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

/// Whether `name` is a variable's name.
pub(super) fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && name_length(name) == name.len()
}

/// How many bytes at the start of `bytes` are a variable's name.
pub(super) fn name_length(bytes: &[u8]) -> usize {
    if bytes.first().is_some_and(u8::is_ascii_digit) {
        return 0;
    }
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count()
}

/// The parameter at the `$` that `bytes` starts with: its name, what follows the name inside braces, and how long all is.
pub(super) fn parameter(bytes: &[u8]) -> Option<(String, String, usize)> {
    if bytes.get(1) != Some(&b'{') {
        let length = plain_name_length(bytes.get(1..)?);
        let name = text(bytes.get(1..1 + length)?);
        return (length > 0).then(|| (name, String::new(), 1 + length));
    }
    let end = braced(bytes, 2);
    let closed = bytes.get(end.wrapping_sub(1)) == Some(&b'}') && end > 2;
    let inner = bytes.get(2..if closed { end - 1 } else { end })?;
    let (inner, lead) = match inner {
        [lead @ (b'#' | b'!'), rest @ ..] if !rest.is_empty() => (rest, Some(*lead)),
        _ => (inner, None),
    };
    let length = match name_length(inner) {
        0 => {
            let digits = inner
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            if digits == 0 {
                plain_name_length(inner)
            } else {
                digits
            }
        }
        length => length,
    };
    let (name, op) = inner.split_at_checked(length)?;
    let op = match lead {
        Some(lead) => char::from(lead).to_string(),
        None => text(op),
    };
    Some((text(name), op, end))
}

/// The bytes as text, without NULs, with U+FFFD for what is not UTF-8.
pub(super) fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !bytes.contains(&0) => text.to_owned(),
        _ => String::from_utf8_lossy(bytes).replace('\0', ""),
    }
}

/// The end of the `$(( .. ))` whose inside starts at `from`; when it is not closed as arithmetic, where that showed.
pub(super) fn arithmetic(bytes: &[u8], from: usize) -> Result<usize, usize> {
    let mut depth = 0usize;
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        match byte {
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            b')' if bytes.get(at + 1) == Some(&b')') => return Ok(at + 2),
            // `$((` may be a subshell in a substitution: then no `))` closes it.
            b')' => return Err(at),
            _ => {}
        }
    }
    Err(bytes.len())
}

/// The name after a `$` without braces.
fn plain_name_length(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'!' | b'$' | b'-') => 1,
        _ => name_length(bytes),
    }
}

/// The end (after the `}`) of the `${..}` whose inside starts at `from`; all of `bytes` when it is not closed.
fn braced(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut depth, mut parens) = (from, 1usize, 0usize);
    let mut double = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' => double = !double,
            b'$' if bytes.get(at + 1) == Some(&b'{') => {
                depth += 1;
                at += 1;
            }
            b'$' if bytes.get(at + 1) == Some(&b'(') => {
                parens += 1;
                at += 1;
            }
            b'(' if parens > 0 => parens += 1,
            b')' if parens > 0 => parens -= 1,
            b'}' if parens == 0 => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters() {
        // (text from the `$`, name, operator, length)
        let rows: &[(&str, &str, &str, usize)] = &[
            ("$A b", "A", "", 2),
            ("$1", "1", "", 2),
            ("$10", "1", "", 2),
            ("${10}", "10", "", 5),
            ("$@", "@", "", 2),
            ("${@:2}", "@", ":2", 6),
            ("${A}x", "A", "", 4),
            ("${A:-b}", "A", ":-b", 7),
            ("${A:-${B}}c", "A", ":-${B}", 10),
            ("${A:-$(f})}c", "A", ":-$(f})", 11),
            ("${#A}", "A", "#", 5),
            ("${#}", "#", "", 4),
            ("${!A}", "A", "!", 5),
            ("${A", "A", "", 3),
            ("${A:-\\}}", "A", ":-\\}", 8),
        ];
        for (text, name, op, length) in rows {
            let got = parameter(text.as_bytes());
            assert_eq!(got, Some(((*name).into(), (*op).into(), *length)), "{text}");
        }
        assert_eq!(parameter(b"$ "), None);
        assert_eq!(parameter(b"$(x)"), None);
    }
}
