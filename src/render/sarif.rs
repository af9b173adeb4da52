//! SARIF 2.1.0, as code scanning and editors read it.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", and GitHub's "SARIF
//! support for code scanning" on which of its properties are looked at.

mod model;

use super::suppressed::InSarif;
use crate::analysis::Analysis;
use crate::finding::{Applicability, Edit, Finding, Fix, Label, Rule};
use crate::source::{Span, position_of};
use model::{
    ArtifactChange, ArtifactLocation, Description, Driver, Insertion, Invocation, Location, Log,
    Message, Notification, PhysicalLocation, Region, Replacement, Result as Outcome, Run, Severity,
    Tool,
};

/// What was found in all files.
#[derive(Debug, Default)]
pub struct Report {
    results: Vec<Outcome>,
    errors: Vec<String>,
}

impl Report {
    /// A report on no file yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in what was found in the file `path` (relative to the repository, `/` between parts).
    pub fn add(&mut self, path: &str, bytes: &[u8], analysis: &Analysis) {
        let results = analysis
            .findings
            .iter()
            .map(|finding| result(path, bytes, finding));
        self.results.extend(results);
        let suppressed = analysis.suppressed.iter().map(|one| Outcome {
            suppressions: vec![InSarif::of(&one.by)],
            ..result(path, bytes, &one.finding)
        });
        self.results.extend(suppressed);
    }

    /// Takes in why a file could not be read or judged.
    pub fn fail(&mut self, message: &str) {
        self.errors.push(message.to_owned());
    }

    /// One SARIF log, with a newline behind it.
    pub fn render(self) -> serde_json::Result<String> {
        let errors = self.errors.iter().map(|error| Notification {
            level: "error",
            message: Message::plain(error),
        });
        let notifications: Vec<Notification> = errors.collect();
        let log = Log {
            schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            version: "2.1.0",
            runs: [Run {
                tool: Tool {
                    driver: Driver {
                        name: "unroot",
                        semantic_version: env!("CARGO_PKG_VERSION"),
                        information_uri: env!("CARGO_PKG_REPOSITORY"),
                        rules: Rule::ALL.iter().copied().map(description).collect(),
                    },
                },
                invocations: [Invocation {
                    execution_successful: notifications.is_empty(),
                    tool_execution_notifications: notifications,
                }],
                column_kind: "unicodeCodePoints",
                results: self.results,
            }],
        };
        let mut text = serde_json::to_string_pretty(&log)?;
        text.push('\n');
        Ok(text)
    }
}

fn description(rule: Rule) -> Description {
    // The least that a rule reports; each result says its own.
    let (level, severity) = match rule {
        // Medium on GitHub's scale (4.0 to 6.9): a way to harden, no hole by itself.
        Rule::RunsAsRoot => ("error", Some("5.5")),
        Rule::UserUndetermined | Rule::NotADockerfile | Rule::InvalidSuppression => {
            ("warning", None)
        }
        Rule::StepsDown
        | Rule::VolumeOfRoot
        | Rule::UserInferred
        | Rule::WindowsImage
        | Rule::UnusedSuppression => ("note", None),
    };
    let uri = format!(
        "{}/blob/main/docs/rules.md#{}",
        env!("CARGO_PKG_REPOSITORY"),
        rule.id()
    );
    Description {
        id: rule.id(),
        name: rule.id(),
        short_description: Message::plain(rule.title()),
        help: Message::plain(&format!("{}. See {uri}", rule.title())),
        help_uri: uri,
        default_configuration: model::Configuration { level },
        properties: Severity {
            tags: &["security", "docker", "cis-4.1"],
            security_severity: severity,
        },
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
            finding: fingerprint(&[
                finding.rule.id(),
                path,
                finding.stage.as_deref().unwrap_or_default(),
            ]),
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

/// The same for the same finding when lines move; FNV-1a, 64 bits, since it must never change.
fn fingerprint(parts: &[&str]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let separated = parts.iter().flat_map(|part| part.bytes().chain([0]));
    for byte in separated {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_never_change() {
        assert_eq!(
            fingerprint(&["runs-as-root", "Dockerfile", "0"]),
            "80304365ba41eeff"
        );
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
