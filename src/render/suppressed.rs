//! Findings that do not count, as each format has them.

use serde::Serialize;

use super::escape::{line, visible};
use crate::suppress::{Source, Suppressed, Suppression};

/// A line for each, for people.
pub fn text(name: &str, suppressed: &[Suppressed]) -> String {
    let lines = suppressed.iter().map(|one| {
        let finding = &one.finding;
        let text = format!(
            "suppressed: {name}:{}: {} [{}]: {}",
            finding.primary.line,
            finding.message,
            finding.rule.id(),
            one.by.sentence()
        );
        format!("{}\n", line(&text))
    });
    lines.collect()
}

/// Why, in JSON.
#[derive(Debug, Serialize)]
pub(super) struct Why {
    by: &'static str,
    tool: Option<&'static str>,
    reason: Option<String>,
    comment_line: Option<usize>,
}

impl Why {
    pub(super) fn of(by: &Suppression) -> Self {
        Self {
            by: by.source.id(),
            tool: match by.source {
                Source::Comment(tool) => Some(tool),
                Source::Configuration | Source::Baseline => None,
            },
            reason: by.reason.clone(),
            comment_line: by.line,
        }
    }
}

/// The same in SARIF (3.35).
#[derive(Debug, Serialize)]
pub(crate) struct InSarif {
    kind: &'static str,
    justification: String,
}

impl InSarif {
    pub(super) fn of(by: &Suppression) -> Self {
        Self {
            kind: match by.source {
                Source::Comment(_) => "inSource",
                Source::Configuration | Source::Baseline => "external",
            },
            justification: visible(&by.sentence()),
        }
    }
}
