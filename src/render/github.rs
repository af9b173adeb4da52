//! Workflow commands: what a GitHub runner reads from a step's output. Annotations, and the means to keep
//! it from reading anything else.
//!
//! Source: "Workflow commands for GitHub Actions", and the runner's own `ActionCommand.cs`, which also takes
//! the older `##[command]` wherever it stands in a line.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::Found;
use super::escape::{is_hidden, numbered};
use crate::finding::{Applicability, Finding, Level};
use crate::source::position_of;

/// The runner shows so many errors of a step, so many warnings, and so many notices; the rest is dropped
/// without a word.
pub const SHOWN: usize = 10;

/// A finding where a pull request shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Decides its colour, and which limit it counts against.
    pub level: Level,
    /// The workflow command, one line with its line end.
    pub command: String,
}

/// The finding of the file `path` (relative to the repository, `/` between parts) as an annotation.
pub fn annotation(path: &str, bytes: &[u8], finding: &Finding) -> Annotation {
    let span = finding.primary.span;
    let first = memchr::memchr(b'\n', span.of(bytes)).map_or(span.end, |at| span.start + at);
    let (start, end) = (position_of(bytes, span.start), position_of(bytes, first));
    let mut message = finding.message.clone();
    match &finding.fix {
        Ok(fix) => {
            let how = match fix.applicability {
                Applicability::Safe => "safe",
                Applicability::Unsafe => "unsafe: look at it first",
                Applicability::DisplayOnly => "not applied",
            };
            let _ = write!(message, "\nfix: {} ({how})", fix.title);
            for doubt in &fix.doubts {
                let _ = write!(message, "\nunsafe: {} [{}]", doubt.text, doubt.id);
            }
        }
        Err(reason) if !reason.text.is_empty() => {
            let _ = write!(message, "\nno fix: {} [{}]", reason.text, reason.id);
        }
        Err(_) => {}
    }
    for help in &finding.help {
        let _ = write!(message, "\nhelp: {help}");
    }
    let line = start.line.to_string();
    let column = start.column.to_string();
    let end_column = end.column.to_string();
    let title = format!("unroot: {}", finding.rule.id());
    let properties = [
        ("file", path),
        ("line", &line),
        ("endLine", &line),
        ("col", &column),
        ("endColumn", &end_column),
        ("title", &title),
    ];
    let name = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    Annotation {
        level: finding.level,
        command: command(name, &properties, &message),
    }
}

/// The annotations that the runner shows, the weightiest first, behind a word on how many it does not; `rest` says
/// where all are.
pub fn annotations(all: Vec<Annotation>, rest: &str) -> String {
    let mut shown = Shown::default();
    for annotation in all {
        shown.take(annotation);
    }
    shown.text(rest)
}

/// Annotations for standard output, on which nothing else may stand.
#[derive(Debug, Default)]
pub struct Report {
    shown: Shown,
}

impl super::Report for Report {
    fn add(&mut self, _out: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        for finding in &found.analysis.findings {
            self.shown
                .take(annotation(found.path, found.bytes, finding));
        }
        Ok(())
    }

    fn fail(&mut self, _out: &mut dyn Write, message: &str) -> io::Result<()> {
        self.shown
            .fail(command("error", &[("title", "unroot")], message));
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let rest = "Without `--format github`, unroot shows all.";
        out.write_all(self.shown.text(rest).as_bytes())
    }
}

/// The annotations that the runner shows, and the number of those that it does not.
#[derive(Debug, Default)]
struct Shown {
    /// Why files could not be looked at: errors that weigh more than any finding.
    failures: Vec<String>,
    errors: Vec<String>,
    warnings: Vec<String>,
    notices: Vec<String>,
    hidden: usize,
}

impl Shown {
    fn take(&mut self, annotation: Annotation) {
        let (list, limit) = match annotation.level {
            Level::Error => (&mut self.errors, SHOWN),
            Level::Warning => (&mut self.warnings, SHOWN),
            // One notice is kept for the word on what is not shown.
            Level::Note => (&mut self.notices, SHOWN - 1),
        };
        if list.len() < limit {
            list.push(annotation.command);
        } else {
            self.hidden += 1;
        }
    }

    fn fail(&mut self, command: String) {
        if self.failures.len() < SHOWN {
            self.failures.push(command);
        } else {
            self.hidden += 1;
        }
    }

    fn text(&self, rest: &str) -> String {
        let room = SHOWN - self.failures.len();
        let errors = self.errors.get(..room).unwrap_or(&self.errors);
        let hidden = self.hidden + self.errors.len() - errors.len();
        let lists = [&self.failures, errors, &self.warnings, &self.notices];
        let out = lists.concat().concat();
        if hidden == 0 {
            return out;
        }
        let findings = if hidden == 1 {
            "1 more finding is".to_owned()
        } else {
            format!("{hidden} more findings are")
        };
        let text = format!(
            "{findings} not shown as an annotation: GitHub shows {SHOWN} errors and {SHOWN} warnings of a step. {rest}"
        );
        command("notice", &[("title", "unroot")], &text) + &out
    }
}

/// One workflow command, with its line end. Nothing in a property or the message can end it or start another.
pub fn command(name: &str, properties: &[(&str, &str)], message: &str) -> String {
    let properties: Vec<String> = properties
        .iter()
        .map(|(key, value)| format!("{key}={}", escape_property(value)))
        .collect();
    let blank = if properties.is_empty() { "" } else { " " };
    let properties = properties.join(",");
    format!("::{name}{blank}{properties}::{}\n", escape_data(message))
}

/// `text` between two commands that keep the runner from reading any in it. `token` must not be
/// guessable by who wrote the text.
pub fn inert(text: &str, token: &str) -> String {
    let end = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    format!("::stop-commands::{token}\n{text}{end}::{token}::\n")
}

/// Runners read no escape sequences here, but people read the log.
fn escape_data(text: &str) -> String {
    let is_odd = |ch: char| ch.is_control() && !matches!(ch, '\n' | '\r' | '\t');
    numbered(text, |ch| is_odd(ch) || is_hidden(ch))
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_ends_a_command() {
        assert_eq!(
            command("error", &[("file", "a,b:c\n%")], "100%\r\n::warning::x"),
            "::error file=a%2Cb%3Ac%0A%25::100%25%0D%0A::warning::x\n"
        );
        assert_eq!(
            command("error", &[("file", "\u{1b}")], "\u{9b}x"),
            "::error file=<U+001B>::<U+009B>x\n"
        );
        assert_eq!(
            command("error", &[], "\u{202e}gpj\u{2066}\u{200b}"),
            "::error::<U+202E>gpj<U+2066><U+200B>\n"
        );
        assert_eq!(command("group", &[], "patch"), "::group::patch\n");
        assert_eq!(
            inert("::error::x", "t"),
            "::stop-commands::t\n::error::x\n::t::\n"
        );
    }

    #[test]
    fn errors_come_first_and_what_is_hidden_is_counted() {
        let one = |level, text: String| Annotation {
            level,
            command: text,
        };
        let mut all = Vec::new();
        for at in 0..13 {
            all.push(one(Level::Note, format!("note {at}\n")));
            all.push(one(Level::Warning, format!("warning {at}\n")));
            all.push(one(Level::Error, format!("error {at}\n")));
        }
        let text = annotations(all, "The log has all.");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("::notice title=unroot::10 more findings are not shown"));
        assert_eq!(lines.len(), 1 + 10 + 10 + 9);
        assert_eq!(
            (lines[1], lines[10], lines[11]),
            ("error 0", "error 9", "warning 0")
        );
        assert_eq!(
            annotations(vec![one(Level::Error, "e\n".into())], ""),
            "e\n"
        );
    }
}
