//! Text that others wrote, put into a form that it cannot get out of. In Markdown: no link, no mention, no reference
//! to an issue, no HTML, no heading, no command, nothing that is not seen. In XML: no element, no forbidden character.

/// Text as a code span, in which nothing is read as Markdown (GFM, section 6.3) and GitHub links nothing.
pub fn span(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|ch| if ch.is_control() { ' ' } else { ch })
        .collect();
    let line = visible(line.trim());
    if line.is_empty() {
        return line;
    }
    let fence = "`".repeat(longest_run(&line) + 1);
    // A backtick at the edge would join the fence.
    let pad = if line.starts_with('`') || line.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{line}{pad}{fence}")
}

/// A code span in a table, whose cells are split before spans are read (GFM, section 4.10).
pub fn cell(text: &str) -> String {
    span(text).replace('|', "\\|")
}

/// Text as a fenced block that it cannot end. `language` is ours. Bots read commands (`/close`) at the start of any
/// line, blocks included: such a line gets a blank before it.
pub fn block(language: &str, text: &str) -> String {
    let text = visible(&text.replace("\r\n", "\n"));
    let text = format!("\n{text}").replace("\n/", "\n /");
    let text = text.strip_prefix('\n').unwrap_or(&text);
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

/// Text for a terminal or a log: one line, in which nothing moves the cursor, paints, is not seen, or is a command.
pub fn line(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|ch| if matches!(ch, '\n' | '\t') { ' ' } else { ch })
        .collect();
    uncommanding(&visible(&line))
}

/// Runners of GitHub take `##[command]` wherever it stands in a line of a log, and have no way to write it otherwise;
/// `::command` they take where a line starts with it.
pub(super) fn uncommanding(text: &str) -> String {
    let text = text.replace("##[", "##<U+005B>");
    match text.trim_start().strip_prefix("::") {
        Some(rest) => {
            let blanks = &text[..text.len() - rest.len() - "::".len()];
            format!("{blanks}<U+003A>:{rest}")
        }
        None => text,
    }
}

/// Text for the content of an element or for the value of an attribute of XML 1.0. Characters that XML forbids, even
/// as references (section 2.2), are shown as their number; a line's end in an attribute is a reference, or it would
/// be read as a blank (section 3.3.3).
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in visible(text).chars() {
        match ch {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // Runners of GitHub take `##[command]` wherever it stands in a line of a log.
            '[' => out.push_str("&#91;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            ch => out.push(ch),
        }
    }
    out
}

/// Sentences of this program that hold names from elsewhere: words that are no plain words become code spans, and
/// what stands between backticks stays one. The result is one line, to stand behind words or a bullet of ours.
pub fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let balanced = parts.len() % 2 == 1;
    let quoted = parts.iter().skip(1).step_by(2);
    if !balanced || quoted.clone().any(|part| part.trim().is_empty()) {
        return span(text);
    }
    let mut out = Line::default();
    for (at, part) in parts.iter().enumerate() {
        if at % 2 == 1 {
            out.push(&span(part));
            continue;
        }
        out.gap |= part.starts_with(char::is_whitespace);
        for word in part.split_whitespace() {
            out.word(word);
            out.gap = true;
        }
        out.gap = part.ends_with(char::is_whitespace);
    }
    out.text
}

/// A line that is being written.
#[derive(Default)]
struct Line {
    text: String,
    /// A blank is due before what comes next.
    gap: bool,
}

impl Line {
    fn push(&mut self, piece: &str) {
        // Two spans that touch would be one.
        let touching = self.text.ends_with('`') && piece.starts_with('`');
        if (self.gap || touching) && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.gap = false;
        self.text.push_str(piece);
    }

    fn word(&mut self, word: &str) {
        let core = word.trim_start_matches(['(', '"', '\'']);
        let before = &word[..word.len() - core.len()];
        let mut inner = core.trim_end_matches([')', '"', '\'', ',', '.', ';', ':', '!', '?']);
        // A parenthesis that the word itself opened belongs to it.
        if inner.contains('(') {
            inner = core.trim_end_matches([',', '.', ';', ':', '!', '?']);
        }
        let after = &core[inner.len()..];
        // `1.` at the start of an item would be a list.
        let counts = self.text.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
        if counts && !inner.is_empty() && !after.is_empty() {
            self.push(&span(word));
        } else if inner.is_empty() || is_plain(inner) {
            self.push(word);
        } else {
            let code = span(inner);
            self.push(&format!("{before}{code}{after}"));
        }
    }
}

/// A word in which no program sees anything but a word.
fn is_plain(word: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if word.split('.').all(number) {
        return word.len() < 7;
    }
    let parts = word.split(['-', '\'']);
    if !parts
        .clone()
        .all(|part| !part.is_empty() && part.chars().all(is_letter))
    {
        return false;
    }
    // GitHub links commits by seven and more of their digits, and issues by a prefix and a number.
    let is_commit = word.len() >= 7 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let last = word.rsplit('-').next().unwrap_or_default();
    let is_issue = word.contains('-') && last.starts_with(|ch: char| ch.is_ascii_digit());
    let is_address = word.to_ascii_lowercase().starts_with("www");
    !is_commit && !is_issue && !is_address
}

fn is_letter(ch: char) -> bool {
    ch.is_ascii_alphanumeric() || (ch.is_alphabetic() && !is_hidden(ch))
}

/// The text with everything shown that is not seen, or that draws the rest elsewhere.
pub(super) fn visible(text: &str) -> String {
    numbered(text, |ch| {
        is_hidden(ch) || (ch.is_control() && !matches!(ch, '\n' | '\t'))
    })
}

/// The text with the characters that are `odd` shown by their number.
pub(super) fn numbered(text: &str, odd: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        if odd(ch) {
            out.push_str(&format!("<U+{:04X}>", u32::from(ch)));
        } else {
            out.push(ch);
        }
    }
    out
}

/// Characters that Unicode lets programs not show (`Default_Ignorable_Code_Point`), those that turn the direction of
/// text or end a line (`Bidi_Control`, U+2028, U+2029), what notes stand between (U+FFF9 to U+FFFB), and two that are
/// no characters and that XML forbids (U+FFFE, U+FFFF).
pub(super) fn is_hidden(ch: char) -> bool {
    matches!(u32::from(ch),
        0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
        | 0x2028..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
        | 0xFFFE..=0xFFFF | 0x1_BCA0..=0x1_BCA3 | 0x1_D173..=0x1_D17A | 0xE_0000..=0xE_0FFF)
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for ch in text.chars() {
        run = if ch == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_span_or_a_block() {
        assert_eq!(
            (span("a|b"), cell("a|b")),
            ("`a|b`".into(), "`a\\|b`".into())
        );
        assert_eq!(span("x`y``z"), "```x`y``z```");
        assert_eq!(span("`x`"), "`` `x` ``");
        assert_eq!(span("a\n@everyone\r\n<!--"), "`a @everyone  <!--`");
        assert_eq!(span("a\u{202E}b\u{200B}"), "`a<U+202E>b<U+200B>`");
        assert_eq!(span(" \n"), "");
        assert_eq!(block("diff", "+```\n"), "````diff\n+```\n````\n");
        assert_eq!(
            block("", "/close\nx\n/lgtm"),
            "```\n /close\nx\n /lgtm\n```\n"
        );
        assert_eq!(
            block("", "a\r\nb\rc\u{FEFF}"),
            "```\na\nb<U+000D>c<U+FEFF>\n```\n"
        );
    }

    #[test]
    fn xml_holds_no_markup_and_no_forbidden_character() {
        assert_eq!(
            xml("]]><a b=\"c\">&'\u{1b}[0m\0\u{FFFE}"),
            "]]&gt;&lt;a b=&quot;c&quot;&gt;&amp;&apos;&lt;U+001B&gt;&#91;0m&lt;U+0000&gt;&lt;U+FFFE&gt;"
        );
        assert_eq!(xml("a\nb\tc\r"), "a&#10;b&#9;c&lt;U+000D&gt;");
        assert_eq!(xml("##[error]x"), "##&#91;error]x");
    }

    #[test]
    fn a_line_stays_one_and_shows_what_it_holds() {
        assert_eq!(
            line("a\n::error::b\t\u{1b}[2J\u{9b}\r"),
            "a ::error::b <U+001B>[2J<U+009B><U+000D>"
        );
        assert_eq!(line("a###[error]b"), "a###<U+005B>error]b");
        assert_eq!(line("  ::error::x"), "  <U+003A>:error::x");
    }

    #[test]
    fn sentences_stay_sentences() {
        for (text, expected) in [
            (
                "/app must be writable by the user",
                "`/app` must be writable by the user",
            ),
            (
                "it has no USER, and python:3.12-slim starts as root",
                "it has no USER, and `python:3.12-slim` starts as root",
            ),
            (
                "USER 1000:1000: the user that line 4 names",
                "USER `1000:1000`: the user that line 4 names",
            ),
            (
                "RUN creates app (10001:10001) with a row",
                "RUN creates app (`10001:10001`) with a row",
            ),
            (
                "`gosu app`: the user runs it",
                "`gosu app`: the user runs it",
            ),
            (
                "Docker 20.10 lets non-root users, Docker's own",
                "Docker 20.10 lets non-root users, Docker's own",
            ),
            (
                "the user's home (`chown -R 1 ./x`)",
                "the user's home (`chown -R 1 ./x`)",
            ),
        ] {
            assert_eq!(prose(text), expected);
        }
    }

    #[test]
    fn what_is_no_word_is_code() {
        for (text, expected) in [
            ("by @octocat, see #12", "by `@octocat`, see `#12`"),
            (
                "GH-7 and acme/shop#1 and abcdef0",
                "`GH-7` and `acme/shop#1` and `abcdef0`",
            ),
            (
                "<b>x</b> *x* [a](b) ![c](d)",
                "`<b>x</b>` `*x*` `[a](b)` `![c](d)`",
            ),
            (
                "www.x.test a@b.test https://x",
                "`www.x.test` `a@b.test` `https://x`",
            ),
            ("/close", "`/close`"),
            ("1. one", "`1.` one"),
            (":tada: - + ## ~~x~~ |", "`:tada`: `-` `+` `##` `~~x~~` `|`"),
            ("a ` b", "``a ` b``"),
            ("`x`@y", "`x` `@y`"),
        ] {
            assert_eq!(prose(text), expected, "{text}");
        }
        assert_eq!(prose("`a``b`"), "`a` `b`");
        assert_eq!(prose("a `` b"), "```a `` b```");
        assert_eq!(prose("a\n\n# b"), "a `#` b");
    }
}
