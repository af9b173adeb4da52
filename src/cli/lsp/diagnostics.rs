//! Findings as an editor shows them.

use std::str::FromStr as _;

use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    Location, NumberOrString, Position, Range, Uri,
};
use unroot::analysis::analyse;
use unroot::finding::{Finding, Level, Rule};
use unroot::render::escape::line;
use unroot::rules;

use super::documents::Document;
use super::handlers::Judged;
use super::text::Text;

const SOURCE: &str = "unroot";

/// What is found in a Dockerfile.
pub(super) fn of(judged: &Judged<'_>) -> Vec<Diagnostic> {
    let Judged {
        document,
        effective,
        context,
    } = judged;
    match analyse(document.text.bytes(), context, &effective.options) {
        Ok(analysis) => {
            let findings = analysis.findings.iter();
            findings.map(|one| diagnostic(document, one)).collect()
        }
        Err(error) => vec![failure(&document.text, &error.to_string())],
    }
}

/// One finding.
pub(super) fn diagnostic(document: &Document, finding: &Finding) -> Diagnostic {
    let text = &document.text;
    let related = finding.related.iter();
    let related = related.map(|label| DiagnosticRelatedInformation {
        location: Location::new(document.uri.clone(), text.range(label.span)),
        message: line(&label.text),
    });
    let related: Vec<_> = related.collect();
    let href = Uri::from_str(&rules::uri(finding.rule)).ok();
    Diagnostic {
        range: text.range(finding.primary.span),
        severity: Some(match finding.level {
            Level::Error => DiagnosticSeverity::ERROR,
            Level::Warning => DiagnosticSeverity::WARNING,
            Level::Note => DiagnosticSeverity::INFORMATION,
        }),
        code: Some(NumberOrString::String(finding.rule.id().to_owned())),
        code_description: href.map(|href| CodeDescription { href }),
        source: Some(SOURCE.to_owned()),
        message: message(finding),
        related_information: (!related.is_empty()).then_some(related),
        tags: (finding.rule == Rule::UnusedSuppression).then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    }
}

/// Why nothing can be said of a file, at its first line.
pub(super) fn failure(text: &Text, why: &str) -> Diagnostic {
    let end = text.offset(Position::new(0, u32::MAX));
    Diagnostic {
        range: Range::new(Position::new(0, 0), text.position(end)),
        severity: Some(DiagnosticSeverity::ERROR),
        source: Some(SOURCE.to_owned()),
        message: line(why),
        ..Diagnostic::default()
    }
}

fn message(finding: &Finding) -> String {
    let mut lines = vec![finding.message.clone()];
    lines.extend(finding.help.iter().map(|help| format!("help: {help}")));
    match &finding.fix {
        Ok(fix) => {
            lines.push(format!("fix: {} ({})", fix.title, fix.applicability));
            let doubts = fix.doubts.iter();
            lines.extend(doubts.map(|doubt| format!("unsafe: {} [{}]", doubt.text, doubt.id)));
            lines.extend(fix.remarks.iter().map(|remark| format!("note: {remark}")));
        }
        Err(reason) if !reason.text.is_empty() => {
            lines.push(format!("no fix: {} [{}]", reason.text, reason.id));
        }
        Err(_) => {}
    }
    // Editors show control characters and what turns the direction of text as they please.
    let lines = lines.iter().map(|text| line(text));
    lines.collect::<Vec<_>>().join("\n")
}
