//! Findings for the summary of a job or a comment on a pull request: a table, the weightiest first, and the patches
//! where they are wanted. Text from a Dockerfile stands in code spans and blocks that it cannot end.

use std::io::{self, Write};

use super::Found;
use super::escape::{block, cell, prose, span};
use crate::finding::{Finding, Level};

/// GitHub takes 65,536 characters in a comment; some are left for what others write around it.
const LIMIT: usize = 60_000;

/// Kept for the last words.
const RESERVE: usize = 300;

/// Failures are told as long as there are few.
const FAILURES: usize = 10;

/// A patch with more lines is folded.
const LONG_PATCH: usize = 40;

/// What was found in all files, as far as it has room.
#[derive(Debug, Default)]
pub struct Report {
    files: usize,
    failed: usize,
    failures: String,
    errors: Rows,
    warnings: Rows,
    notes: Rows,
    patches: Rows,
}

/// Pieces of text, no more of them kept than could stand.
#[derive(Debug, Default)]
struct Rows {
    texts: Vec<String>,
    bytes: usize,
    count: usize,
}

impl Rows {
    fn push(&mut self, text: String) {
        self.count += 1;
        if self.bytes + text.len() <= LIMIT {
            self.bytes += text.len();
            self.texts.push(text);
        }
    }
}

impl super::Report for Report {
    fn add(&mut self, _out: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        self.files += 1;
        for finding in &found.analysis.findings {
            let rows = match finding.level {
                Level::Error => &mut self.errors,
                Level::Warning => &mut self.warnings,
                Level::Note => &mut self.notes,
            };
            rows.push(row(found.path, finding));
        }
        if !found.patch.is_empty() {
            let patch = String::from_utf8_lossy(found.patch);
            self.patches.push(section(found.path, &patch));
        }
        Ok(())
    }

    fn fail(&mut self, _out: &mut dyn Write, message: &str) -> io::Result<()> {
        self.failed += 1;
        if self.failed <= FAILURES {
            self.failures
                .push_str(&format!("- **error**: {}\n", span(message)));
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.text().as_bytes())
    }
}

impl Report {
    fn text(&self) -> String {
        let mut text = format!("## unroot\n\n{}\n", self.sentence());
        if self.failed > 0 {
            text.push_str(&format!("\n{}", self.failures));
            if self.failed > FAILURES {
                let more = self.failed - FAILURES;
                text.push_str(&format!("- and {more} more that could not be looked at\n"));
            }
        }
        let mut room = (LIMIT - RESERVE).saturating_sub(text.len());
        let head = "\n| | where | what | fix |\n|---|---|---|---|\n";
        let lists = [&self.errors, &self.warnings, &self.notes];
        if lists.iter().any(|rows| rows.count > 0) {
            text.push_str(head);
            room = room.saturating_sub(head.len());
        }
        let mut hidden = 0;
        for rows in lists {
            hidden += rows.count - put(&mut text, &mut room, rows);
        }
        let left_out = self.patches.count - put(&mut text, &mut room, &self.patches);
        if hidden + left_out > 0 {
            text.push_str(&format!(
                "\nThere was no room for {hidden} more findings and {left_out} patches; without `--format markdown`, unroot shows all.\n"
            ));
        }
        text
    }

    fn sentence(&self) -> String {
        let number = |count: usize, one: &str| {
            let end = if count == 1 { "" } else { "s" };
            format!("{count} {one}{end}")
        };
        let counts = [
            (self.errors.count, "error"),
            (self.warnings.count, "warning"),
            (self.notes.count, "note"),
        ];
        let said = counts.iter().filter(|(count, _)| *count > 0);
        let said: Vec<String> = said.map(|(count, one)| number(*count, one)).collect();
        let files = number(self.files, "file");
        if said.is_empty() {
            format!("{files} checked, nothing found.")
        } else {
            format!("{files} checked: {}.", said.join(", "))
        }
    }
}

/// Writes what has room, and says how many that are.
fn put(text: &mut String, room: &mut usize, rows: &Rows) -> usize {
    let mut written = 0;
    for row in &rows.texts {
        if row.len() > *room {
            continue;
        }
        *room -= row.len();
        text.push_str(row);
        written += 1;
    }
    written
}

fn row(path: &str, finding: &Finding) -> String {
    let level = match finding.level {
        Level::Error => "**error**",
        Level::Warning => "**warning**",
        Level::Note => "note",
    };
    let place = cell(&format!("{path}:{}", finding.primary.line));
    let mut what = in_table(&finding.message);
    for help in &finding.help {
        what.push_str(&format!("<br>{}", in_table(help)));
    }
    let fix = match &finding.fix {
        Ok(fix) => {
            let mut text = format!("{} ({})", in_table(&fix.title), fix.applicability);
            for doubt in &fix.doubts {
                text.push_str(&format!("<br>unsafe: {}", in_table(&doubt.text)));
            }
            text
        }
        Err(reason) if !reason.text.is_empty() => format!("none: {}", in_table(&reason.text)),
        Err(_) => String::new(),
    };
    format!("| {level} | {place} | {what} | {fix} |\n")
}

/// Sentences in a cell of a table, whose cells are split before spans are read (GFM, section 4.10).
fn in_table(text: &str) -> String {
    prose(text).replace('|', "\\|")
}

fn section(path: &str, patch: &str) -> String {
    let lines = patch.lines().count();
    let patch = block("diff", patch);
    let patch = if lines > LONG_PATCH {
        format!("<details><summary>The patch ({lines} lines)</summary>\n\n{patch}\n</details>\n")
    } else {
        patch
    };
    format!("\n### {}\n\n{patch}", span(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Options, analyse};
    use crate::context::NoContext;
    use crate::render::Report as _;

    #[test]
    fn what_has_no_room_is_counted() {
        let root = b"FROM alpine:3.22\nCMD [\"sleep\", \"1\"]\n";
        let unknown = b"FROM registry.example/x\n";
        let mut report = Report::default();
        let mut out = Vec::new();
        let patch = "+x\n".repeat(30);
        for at in 0..400 {
            let bytes: &[u8] = if at % 2 == 0 { unknown } else { root };
            let analysis = analyse(bytes, &NoContext, &Options::default());
            let path = format!("{at}/Dockerfile");
            let found = Found {
                name: &path,
                path: &path,
                bytes,
                analysis: &analysis.expect("it has a last stage"),
                patch: patch.as_bytes(),
            };
            report.add(&mut out, &found).expect("memory takes all");
        }
        report.finish(&mut out).expect("memory takes all");
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(text.len() <= LIMIT, "{}", text.len());
        assert!(text.starts_with("## unroot\n\n400 files checked: 200 errors, 200 warnings.\n"));
        assert_eq!(
            text.matches("| **error** |").count(),
            200,
            "the weightiest first"
        );
        let (_, words) = text.split_once("There was no room for ").expect("a word");
        let shown = text.matches("\n| **").count();
        let patches = text.matches("```diff").count();
        let expected = format!(
            "{} more findings and {} patches;",
            400 - shown,
            400 - patches
        );
        assert!(words.starts_with(&expected), "{words} {expected}");
    }
}
