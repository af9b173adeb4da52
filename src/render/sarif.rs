//! SARIF 2.1.0, as code scanning and editors read it.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", and GitHub's "SARIF
//! support for code scanning" on which of its properties are looked at.

mod model;
mod rules;

use std::io::{self, Write};

use super::Found;
use super::fingerprint::fingerprint;
use super::pieces::{Items, pretty};
use super::suppressed::InSarif;
use crate::finding::{Applicability, Edit, Finding, Fix, Label, Rule};
use crate::source::{Span, position_of};
use model::{
    ArtifactChange, ArtifactLocation, Driver, Insertion, Invocation, Location, Message,
    Notification, PhysicalLocation, Region, Replacement, Result as Outcome, Tool,
};

/// How deep the results stand.
const INDENT: usize = 6;

/// What was found in all files.
#[derive(Debug)]
pub struct Report {
    results: Items,
    errors: Vec<String>,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            results: Items::new(INDENT),
            errors: Vec::new(),
        }
    }
}

impl super::Report for Report {
    fn start(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let tool = Tool {
            driver: Driver {
                name: "unroot",
                semantic_version: env!("CARGO_PKG_VERSION"),
                information_uri: env!("CARGO_PKG_REPOSITORY"),
                rules: Rule::ALL
                    .iter()
                    .map(|rule| rules::description(*rule))
                    .collect(),
            },
        };
        let tool = pretty(&tool, INDENT)?;
        write!(
            out,
            r#"{{
  "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {{
      "tool": {tool},
      "columnKind": "unicodeCodePoints",
      "results": "#
        )
    }

    fn add(&mut self, out: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        for finding in &found.analysis.findings {
            let result = result(found.path, found.bytes, finding);
            self.results.write(out, &result)?;
        }
        for one in &found.analysis.suppressed {
            let result = Outcome {
                suppressions: vec![InSarif::of(&one.by)],
                ..result(found.path, found.bytes, &one.finding)
            };
            self.results.write(out, &result)?;
        }
        Ok(())
    }

    fn fail(&mut self, _out: &mut dyn Write, message: &str) -> io::Result<()> {
        self.errors.push(message.to_owned());
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.results.end(out)?;
        let errors = self.errors.iter().map(|error| Notification {
            level: "error",
            message: Message::plain(error),
        });
        let invocations = [Invocation {
            execution_successful: self.errors.is_empty(),
            tool_execution_notifications: errors.collect(),
        }];
        let invocations = pretty(&invocations, INDENT)?;
        write!(
            out,
            ",\n      \"invocations\": {invocations}\n    }}\n  ]\n}}\n"
        )
    }
}

fn result(path: &str, bytes: &[u8], finding: &Finding) -> Outcome {
    let index = Rule::ALL.iter().position(|rule| *rule == finding.rule);
    let related = finding.related.iter().zip(1..);
    Outcome {
        rule_id: finding.rule.id(),
        rule_index: index.unwrap_or_default(),
        level: finding.level.id(),
        message: Message::plain(&text(finding)),
        locations: [location(path, bytes, &finding.primary, None)],
        related_locations: related
            .map(|(label, id)| location(path, bytes, label, Some(id)))
            .collect(),
        partial_fingerprints: model::Fingerprints {
            finding: fingerprint(path, finding),
        },
        fixes: finding
            .fix
            .iter()
            .filter(|fix| fix.applicability > Applicability::DisplayOnly)
            .filter_map(|fix| change(path, bytes, fix))
            .collect(),
        suppressions: Vec::new(),
    }
}

fn text(finding: &Finding) -> String {
    let mut lines = vec![finding.message.clone()];
    lines.extend(finding.notes.iter().cloned());
    lines.extend(finding.help.iter().map(|help| format!("Help: {help}")));
    match &finding.fix {
        Ok(fix) => {
            lines.push(format!("Fix: {} ({})", fix.title, fix.applicability));
            let doubts = fix.doubts.iter();
            lines.extend(doubts.map(|doubt| format!("Unsafe: {}", doubt.text)));
            lines.extend(fix.remarks.iter().cloned());
        }
        Err(reason) if !reason.text.is_empty() => lines.push(format!("No fix: {}", reason.text)),
        Err(_) => {}
    }
    lines.join("\n")
}

/// The fix as replacements. None where files of the build context change with it: a fix that is made by half
/// is worse than none, and a log does not know where those lie.
fn change(path: &str, bytes: &[u8], fix: &Fix) -> Option<model::Fix> {
    if !fix.files.is_empty() {
        return None;
    }
    let replacement = |edit: &Edit| Replacement {
        deleted_region: region(bytes, edit.span),
        inserted_content: (!edit.content.is_empty()).then(|| Insertion {
            text: edit.content.clone(),
        }),
    };
    Some(model::Fix {
        description: Message::plain(&format!("{} ({})", fix.title, fix.applicability)),
        artifact_changes: [ArtifactChange {
            artifact_location: ArtifactLocation::of(path),
            replacements: fix.edits.iter().map(replacement).collect(),
        }],
    })
}

fn location(path: &str, bytes: &[u8], label: &Label, id: Option<usize>) -> Location {
    Location {
        id,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation::of(path),
            region: region(bytes, label.span),
        },
        message: (!label.text.is_empty()).then(|| Message::plain(&label.text)),
    }
}

fn region(bytes: &[u8], span: Span) -> Region {
    let (start, end) = (position_of(bytes, span.start), position_of(bytes, span.end));
    Region {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}
