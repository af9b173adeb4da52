//! JSON that is written piece by piece, in the layout that it would have as a whole.

use std::io::{self, Write};

use serde::Serialize;

use super::escape::is_hidden;

/// A value, laid out for people, to stand `indent` blanks deep.
pub(super) fn pretty(value: &impl Serialize, indent: usize) -> io::Result<String> {
    let text = serde_json::to_string_pretty(value)?;
    // No string holds a line end: in JSON that is an escape.
    Ok(inert(&text).replace('\n', &format!("\n{:indent$}", "")))
}

/// A value as a document of its own, laid out for people, with its line end: what it holds is spelled so that a log
/// shows all of it, and a runner reads no command in it.
pub fn document(value: &impl Serialize) -> io::Result<String> {
    Ok(pretty(value, 0)? + "\n")
}

/// A value on one line.
pub(super) fn compact(value: &impl Serialize) -> io::Result<String> {
    Ok(inert(&serde_json::to_string(value)?))
}

/// Runners of GitHub take `##[command]` wherever it stands in a line of a log; in JSON the same can be spelled so
/// that they do not. So can what is not seen, or draws the rest elsewhere, and is no less true for whoever reads it.
fn inert(json: &str) -> String {
    let json = json.replace("##[", "#\\u0023[");
    let is_spelled = |ch: char| is_hidden(ch) || (ch.is_control() && ch != '\n');
    if !json.contains(is_spelled) {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    for ch in json.chars() {
        if is_spelled(ch) {
            for unit in ch.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(ch);
        }
    }
    out
}

/// The items of an array, one below the other.
#[derive(Debug)]
pub(super) struct Items {
    indent: usize,
    any: bool,
}

impl Items {
    /// No item yet; the array's own line is `indent` blanks deep.
    pub(super) const fn new(indent: usize) -> Self {
        Self { indent, any: false }
    }

    /// One more item.
    pub(super) fn write(&mut self, out: &mut dyn Write, item: &impl Serialize) -> io::Result<()> {
        let start = if self.any { "," } else { "[" };
        self.any = true;
        let indent = self.indent + 2;
        write!(out, "{start}\n{:indent$}{}", "", pretty(item, indent)?)
    }

    /// The end of the array.
    pub(super) fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.any {
            write!(out, "\n{:1$}]", "", self.indent)
        } else {
            write!(out, "[]")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(items: &[serde_json::Value]) -> String {
        let (mut out, mut array) = (Vec::new(), Items::new(2));
        for item in items {
            array.write(&mut out, item).expect("memory takes all");
        }
        array.end(&mut out).expect("memory takes all");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn pieces_make_the_same_text_as_a_whole() {
        let items = [serde_json::json!({"a": [1, "x\ny"], "b": {}}), 2.into()];
        for count in 0..=2 {
            let whole = serde_json::json!({ "items": items[..count] });
            let whole = serde_json::to_string_pretty(&whole).expect("JSON");
            let pieces = format!("{{\n  \"items\": {}\n}}", array(&items[..count]));
            assert_eq!(pieces, whole);
        }
    }

    #[test]
    fn no_runner_reads_a_command() {
        let text = compact(&"a###[error]b").expect("JSON");
        assert!(!text.contains("##["), "{text}");
        let back: String = serde_json::from_str(&text).expect("JSON");
        assert_eq!(back, "a###[error]b");
    }

    #[test]
    fn what_is_not_seen_is_spelled_and_stays_what_it_is() {
        let odd = "a\u{85}\u{7f}\u{9b}\u{202e}\u{200b}\u{e0041}\u{2028}é";
        let text = compact(&odd).expect("JSON");
        assert_eq!(
            text,
            r#""a\u0085\u007f\u009b\u202e\u200b\udb40\udc41\u2028é""#
        );
        let back: String = serde_json::from_str(&text).expect("JSON");
        assert_eq!(back, odd);
    }
}
