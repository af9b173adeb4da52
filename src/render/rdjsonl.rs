//! Findings for reviewdog: a diagnostic a line, with the fix as a suggestion.
//!
//! Source: reviewdog's `proto/rdf/reviewdog.proto` on the form (lines and columns from 1, columns in bytes, the end
//! exclusive), and its `service/github` on what becomes of it: the message is read as Markdown, and the lines of a
//! suggestion must be there.

use std::io::{self, Write};

use serde::Serialize;

use super::Found;
use super::escape::prose;
use super::pieces::compact;
use crate::edits::apply;
use crate::finding::{Applicability, Edit, Finding, Fix, Level};
use crate::rules;
use crate::source::{Span, line_of};

#[derive(Debug, Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Location<'a>,
    severity: &'static str,
    source: Source,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

#[derive(Debug, Serialize)]
struct Location<'a> {
    path: &'a str,
    range: Range,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Debug, Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Debug, Serialize)]
struct Code {
    value: &'static str,
    url: String,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

/// What was found in all files. It has no place for files that could not be looked at.
#[derive(Debug, Default)]
pub struct Report;

impl super::Report for Report {
    fn add(&mut self, out: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        for finding in &found.analysis.findings {
            let diagnostic = diagnostic(found.path, found.bytes, finding);
            writeln!(out, "{}", compact(&diagnostic)?)?;
        }
        Ok(())
    }

    fn fail(&mut self, _out: &mut dyn Write, _message: &str) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

fn diagnostic<'a>(path: &'a str, bytes: &[u8], finding: &Finding) -> Diagnostic<'a> {
    Diagnostic {
        message: message(finding),
        location: Location {
            path,
            range: range(bytes, finding.primary.span),
        },
        severity: match finding.level {
            Level::Error => "ERROR",
            Level::Warning => "WARNING",
            Level::Note => "INFO",
        },
        source: Source {
            name: "unroot",
            url: env!("CARGO_PKG_REPOSITORY"),
        },
        code: Code {
            value: finding.rule.id(),
            url: rules::uri(finding.rule),
        },
        suggestions: match &finding.fix {
            Ok(fix) => suggestion(bytes, fix).into_iter().collect(),
            Err(_) => Vec::new(),
        },
    }
}

fn message(finding: &Finding) -> String {
    let mut lines = vec![prose(&finding.message)];
    match &finding.fix {
        Ok(fix) => {
            lines.push(format!(
                "Fix: {} ({})",
                prose(&fix.title),
                fix.applicability
            ));
            let doubts = fix.doubts.iter();
            lines.extend(doubts.map(|doubt| format!("Unsafe: {}", prose(&doubt.text))));
            lines.extend(fix.remarks.iter().map(|remark| prose(remark)));
        }
        Err(reason) if !reason.text.is_empty() => {
            lines.push(format!("No fix: {}", prose(&reason.text)));
        }
        Err(_) => {}
    }
    let help = finding.help.iter();
    lines.extend(help.map(|help| format!("Help: {}", prose(help))));
    lines.join("\n\n")
}

/// The fix as one suggestion: reviewers take suggestions one by one, and a fix that is made by half is worse than
/// none. So what lies between its edits is part of it; none where that is no text, or where other files change, too.
fn suggestion(bytes: &[u8], fix: &Fix) -> Option<Suggestion> {
    if !fix.files.is_empty() || fix.applicability == Applicability::DisplayOnly {
        return None;
    }
    let start = fix.edits.iter().map(|edit| edit.span.start).min()?;
    let end = fix.edits.iter().map(|edit| edit.span.end).max()?;
    let old = bytes.get(start..end)?;
    let shifted = fix.edits.iter().map(|edit| Edit {
        span: Span::new(edit.span.start - start, edit.span.end - start),
        ..edit.clone()
    });
    let shifted: Vec<Edit> = shifted.collect();
    let mut text = String::from_utf8(apply(old, &shifted).ok()?).ok()?;
    let mut span = Span::new(start, end);
    // A place below the last line is no line of the file: the same text goes behind that line, before its end.
    if end == bytes.len() && bytes.ends_with(b"\n") {
        let line_end = if bytes.ends_with(b"\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        let before = bytes.get(..start).unwrap_or_default();
        let rest = text.strip_suffix(line_end).map(str::to_owned);
        match rest {
            Some(rest) if old.ends_with(line_end.as_bytes()) => {
                text = rest;
                span.end -= line_end.len();
            }
            Some(rest) if before.ends_with(line_end.as_bytes()) && old.is_empty() => {
                text = format!("{line_end}{rest}");
                span = Span::at(start - line_end.len());
            }
            _ => {}
        }
    }
    Some(Suggestion {
        range: range(bytes, span),
        text,
    })
}

fn range(bytes: &[u8], span: Span) -> Range {
    Range {
        start: position(bytes, span.start),
        end: position(bytes, span.end),
    }
}

/// Columns count bytes, a byte-order mark's included.
fn position(bytes: &[u8], offset: usize) -> Position {
    let offset = offset.min(bytes.len());
    let start = memchr::memrchr(b'\n', &bytes[..offset]).map_or(0, |at| at + 1);
    Position {
        line: line_of(bytes, offset),
        column: offset - start + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(edits: Vec<Edit>) -> Fix {
        Fix {
            title: String::new(),
            edits,
            files: Vec::new(),
            applicability: Applicability::Safe,
            doubts: Vec::new(),
            remarks: Vec::new(),
            moved_ports: Vec::new(),
            steps_down: false,
        }
    }

    type Place = (usize, usize);

    fn suggested(bytes: &[u8], edits: Vec<Edit>) -> Option<(Place, Place, String)> {
        let Suggestion { range, text } = suggestion(bytes, &fix(edits))?;
        let place = |position: Position| (position.line, position.column);
        Some((place(range.start), place(range.end), text))
    }

    #[test]
    fn columns_are_bytes() {
        let edit = Edit::replacement(Span::new(5, 6), "c".into(), "");
        assert_eq!(
            suggested("a𐐀b\n".as_bytes(), vec![edit]),
            Some(((1, 6), (1, 7), "c".into())),
            "the example of the definition"
        );
    }

    #[test]
    fn several_edits_are_one_suggestion() {
        let edits = vec![
            Edit::insertion(7, "RUN x\n".into(), ""),
            Edit::replacement(Span::new(18, 22), "1".into(), ""),
        ];
        let bytes = b"FROM a\nCMD b\nUSER root\n";
        assert_eq!(
            suggested(bytes, edits),
            Some(((2, 1), (3, 10), "RUN x\nCMD b\nUSER 1".into()))
        );
    }

    #[test]
    fn nothing_is_suggested_below_the_last_line() {
        for (bytes, new, place, text) in [
            ("FROM a\n", "USER 1\n", (1, 7), "\nUSER 1"),
            ("FROM a\r\n", "USER 1\r\n", (1, 7), "\r\nUSER 1"),
            ("FROM a", "\nUSER 1", (1, 7), "\nUSER 1"),
        ] {
            let edit = Edit::insertion(bytes.len(), new.into(), "");
            let expected = Some((place, place, text.to_owned()));
            assert_eq!(
                suggested(bytes.as_bytes(), vec![edit]),
                expected,
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_not_suggested() {
        let edits = || {
            vec![
                Edit::insertion(0, "a".into(), ""),
                Edit::insertion(3, "b".into(), ""),
            ]
        };
        assert_eq!(suggested(b"x\xFFy", edits()), None);
        assert!(suggested(b"xzy", edits()).is_some());
    }
}
