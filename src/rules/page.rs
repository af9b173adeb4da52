//! A rule in a terminal, laid out like a section of a manual page.

use super::markdown::weight;
use super::{After, Example, explanation, suppression, uri};
use crate::finding::Rule;

/// Columns, the indent included.
const WIDTH: usize = 78;
const INDENT: &str = "    ";

/// Tells all there is to say of the rule; ends with a line end.
pub fn page(rule: Rule) -> String {
    let told = explanation(rule);
    let mut page = Page(String::new());
    page.section("RULE", &format!("{}: {}", rule.id(), rule.title()));
    page.section("LEVEL", &weight(told).to_lowercase());
    page.section("WHAT", told.what);
    page.section("WHY", told.why);
    if told.is_about_root {
        page.section(
            "ASKED FOR BY",
            "CIS Docker Benchmark 4.1 (Ensure that a user for the container has been created); CWE-250 (Execution \
             with Unnecessary Privileges)",
        );
    }
    page.section("WHAT TO DO", told.remedy);
    let Example {
        asked_by,
        before,
        after,
    } = told.example;
    let heading = match asked_by {
        "" => "EXAMPLE".to_owned(),
        arguments => format!("EXAMPLE, with {arguments}"),
    };
    page.lines(&heading, before);
    match after {
        After::Fixed(after) => page.lines("AFTER unroot fix", after),
        After::ByHand(after) => page.lines("MENDED BY HAND", after),
        After::Otherwise(what) => page.section("INSTEAD", what),
    }
    page.section("THE FIX", told.fix);
    if !told.safety.is_empty() {
        page.section("SAFE OR NOT", told.safety);
    }
    page.section("TO SUPPRESS IT", &suppression(rule));
    page.section("MORE", &uri(rule));
    page.0
}

pub(super) struct Page(pub(super) String);

impl Page {
    /// A heading, and text under it.
    pub(super) fn section(&mut self, heading: &str, markdown: &str) {
        self.heading(heading);
        let mut column = 0;
        for word in plain(markdown).split_whitespace() {
            let length = word.chars().count();
            if column == 0 || column + 1 + length > WIDTH {
                if column > 0 {
                    self.0.push('\n');
                }
                self.0.push_str(INDENT);
                column = INDENT.len();
            } else {
                self.0.push(' ');
                column += 1;
            }
            self.0.push_str(word);
            column += length;
        }
        self.0.push('\n');
    }

    /// A heading, and lines that are there to be copied.
    fn lines(&mut self, heading: &str, lines: &str) {
        self.heading(heading);
        for line in lines.lines() {
            self.0.push_str(&format!("{INDENT}{line}\n"));
        }
    }

    fn heading(&mut self, heading: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(&format!("{heading}\n"));
    }
}

/// The text without Markdown's links: `[text](page.md)` is `text (docs/page.md)`.
fn plain(markdown: &str) -> String {
    let mut out = String::new();
    let mut rest = markdown;
    while let Some((before, from)) = rest.split_once('[') {
        let link = from.split_once("](").and_then(|(text, from)| {
            let (target, after) = from.split_once(')')?;
            (target.contains(".md") && !text.contains(['[', ']'])).then_some((text, target, after))
        });
        out.push_str(before);
        if let Some((text, target, after)) = link {
            out.push_str(&format!("{text} (docs/{target})"));
            rest = after;
        } else {
            out.push('[');
            rest = from;
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_words() {
        assert_eq!(plain("a [b](c.md) d"), "a b (docs/c.md) d");
        assert_eq!(plain("`# unroot: ignore[x] Y`"), "`# unroot: ignore[x] Y`");
        assert_eq!(
            plain("`[[base]]` [x](y.md#z)"),
            "`[[base]]` x (docs/y.md#z)"
        );
    }
}
