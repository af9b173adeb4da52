//! The JSON form of arguments: `["a", "b"]` and nothing behind it.

use std::ops::Range;

use crate::source::trim_start;

/// What the arguments of an instruction that has a JSON form are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StringArray {
    /// An array of strings: each with its value and where it stands, quotes included.
    Strings(Vec<(String, Range<usize>)>),
    /// An array that holds something else, which `BuildKit` refuses.
    NotStrings,
    /// No array: the shell form.
    None,
}

/// Reads `text` as an array of strings.
pub fn string_array(text: &[u8]) -> StringArray {
    let skipped = text.len() - trim_start(text).len();
    if text.get(skipped) != Some(&b'[') {
        return StringArray::None;
    }
    if let Some(strings) = strings(text, skipped) {
        return StringArray::Strings(strings);
    }
    // Off the common path: let a whole JSON reader tell an array of other things from no JSON at all.
    match serde_json::from_str::<Vec<serde_json::Value>>(&String::from_utf8_lossy(text)) {
        Ok(values) if values.iter().all(serde_json::Value::is_string) => StringArray::Strings(
            values
                .into_iter()
                .map(|value| {
                    (
                        value.as_str().unwrap_or_default().to_owned(),
                        skipped..text.len(),
                    )
                })
                .collect(),
        ),
        Ok(_) => StringArray::NotStrings,
        Err(_) => StringArray::None,
    }
}

fn strings(text: &[u8], open: usize) -> Option<Vec<(String, Range<usize>)>> {
    let mut found = Vec::new();
    let mut at = skip(text, open + 1);
    if text.get(at) == Some(&b']') {
        return (skip(text, at + 1) == text.len()).then_some(found);
    }
    loop {
        let (value, end) = string(text, at)?;
        found.push((value, at..end));
        at = skip(text, end);
        match text.get(at)? {
            b',' => at = skip(text, at + 1),
            b']' => return (skip(text, at + 1) == text.len()).then_some(found),
            _ => return None,
        }
    }
}

fn string(text: &[u8], start: usize) -> Option<(String, usize)> {
    if text.get(start) != Some(&b'"') {
        return None;
    }
    let mut at = start + 1;
    let mut out = Vec::new();
    loop {
        match *text.get(at)? {
            b'"' => return Some((String::from_utf8_lossy(&out).into_owned(), at + 1)),
            b'\\' => {
                let escaped = match *text.get(at + 1)? {
                    byte @ (b'"' | b'\\' | b'/') => byte,
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    // `\u` is rare: leave it to the whole reader.
                    _ => return None,
                };
                out.push(escaped);
                at += 2;
            }
            0..=0x1F => return None,
            byte => {
                out.push(byte);
                at += 1;
            }
        }
    }
}

fn skip(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Option<Vec<String>> {
        match string_array(text.as_bytes()) {
            StringArray::Strings(strings) => {
                Some(strings.into_iter().map(|(value, _)| value).collect())
            }
            _ => None,
        }
    }

    #[test]
    fn what_is_an_array_of_strings() {
        assert_eq!(
            values(r#"[ "a" ,	"b" ]  "#),
            Some(vec!["a".into(), "b".into()])
        );
        assert_eq!(
            values(r#"["\u0041", "\/", "\"x"]"#),
            Some(vec!["A".into(), "/".into(), "\"x".into()])
        );
        assert_eq!(values("[]"), Some(vec![]));
        assert_eq!(values("['a']"), None);
        assert_eq!(values(r#"["a"] # c"#), None);
        assert_eq!(values(r#"["a",]"#), None);
        assert_eq!(string_array(br#"["a", 1]"#), StringArray::NotStrings);
        assert_eq!(string_array(br#"["a", ["b"]]"#), StringArray::NotStrings);
        assert_eq!(string_array(b"[ -f x ] && y"), StringArray::None);
    }

    #[test]
    fn strings_know_their_place() {
        let text = br#"["a", "bc"]"#;
        let StringArray::Strings(strings) = string_array(text) else {
            panic!("an array");
        };
        assert_eq!(&text[strings[1].1.clone()], br#""bc""#);
    }
}
