//! Findings for programs. The form is versioned; `docs/formats.md` says what each field means.

use serde::Serialize;

use super::suppressed::Why;
use crate::analysis::Analysis;
use crate::finding::{self, Finding};
use crate::source::{Span, position_of};
use crate::verdict::{Certainty, Outcome};

/// Rises when a field changes its meaning or goes away; new fields come without.
pub const VERSION: u32 = 1;

/// What was found in all files.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    version: u32,
    files: Vec<File>,
    /// Files that could not be read or judged.
    errors: Vec<String>,
}

#[derive(Debug, Serialize)]
struct File {
    path: String,
    targets: Vec<Target>,
    findings: Vec<Found>,
    suppressed: Vec<Suppressed>,
}

/// A finding that does not count.
#[derive(Debug, Serialize)]
struct Suppressed {
    #[serde(flatten)]
    found: Found,
    suppression: Why,
}

#[derive(Debug, Serialize)]
struct Target {
    stage: String,
    outcome: &'static str,
    certainty: &'static str,
    line: usize,
    message: String,
}

#[derive(Debug, Serialize)]
struct Found {
    rule: &'static str,
    level: &'static str,
    message: String,
    stage: Option<String>,
    #[serde(flatten)]
    place: Place,
    notes: Vec<String>,
    help: Vec<String>,
    fix: Option<Fix>,
    no_fix: Option<Reason>,
    alternatives: Vec<Alternative>,
}

#[derive(Debug, Serialize)]
struct Place {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Debug, Serialize)]
struct Fix {
    title: String,
    applicability: String,
    doubts: Vec<Reason>,
    remarks: Vec<String>,
    edits: Vec<Edit>,
    files: Vec<FileEdits>,
}

#[derive(Debug, Serialize)]
struct Reason {
    id: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct Edit {
    start: usize,
    end: usize,
    content: String,
    reason: String,
}

#[derive(Debug, Serialize)]
struct FileEdits {
    path: String,
    edits: Vec<Edit>,
}

#[derive(Debug, Serialize)]
struct Alternative {
    asked_by: &'static str,
    fix: Fix,
}

impl Report {
    /// A report on no file yet.
    pub fn new() -> Self {
        Self {
            version: VERSION,
            ..Self::default()
        }
    }

    /// Takes in what was found in the file `path`.
    pub fn add(&mut self, path: &str, bytes: &[u8], analysis: &Analysis) {
        let targets = analysis.targets.iter().map(|target| Target {
            stage: target.stage.clone(),
            outcome: match target.outcome {
                Outcome::NonRoot => "non-root",
                Outcome::Root => "root",
                Outcome::StepsDown => "steps-down",
                Outcome::Undetermined => "undetermined",
            },
            certainty: match target.certainty {
                Certainty::Known => "known",
                Certainty::Inferred => "inferred",
            },
            line: target.line,
            message: target.sentence.clone(),
        });
        let findings = analysis
            .findings
            .iter()
            .map(|finding| found(bytes, finding));
        let suppressed = analysis.suppressed.iter().map(|one| Suppressed {
            found: found(bytes, &one.finding),
            suppression: Why::of(&one.by),
        });
        self.files.push(File {
            path: path.to_owned(),
            targets: targets.collect(),
            findings: findings.collect(),
            suppressed: suppressed.collect(),
        });
    }

    /// Takes in why a file could not be read or judged.
    pub fn fail(&mut self, message: &str) {
        self.errors.push(message.to_owned());
    }

    /// One JSON document, with a newline behind it.
    pub fn render(&self) -> serde_json::Result<String> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

fn found(bytes: &[u8], finding: &Finding) -> Found {
    Found {
        rule: finding.rule.id(),
        level: finding.level.id(),
        message: finding.message.clone(),
        stage: finding.stage.clone(),
        place: place(bytes, finding.primary.span),
        notes: finding.notes.clone(),
        help: finding.help.clone(),
        fix: finding.fix.as_ref().ok().map(fix),
        no_fix: finding
            .fix
            .as_ref()
            .err()
            .filter(|reason| !reason.text.is_empty())
            .map(reason),
        alternatives: finding
            .alternatives
            .iter()
            .map(|other| Alternative {
                asked_by: other.asked_by,
                fix: fix(&other.fix),
            })
            .collect(),
    }
}

fn place(bytes: &[u8], span: Span) -> Place {
    let (start, end) = (position_of(bytes, span.start), position_of(bytes, span.end));
    Place {
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}

fn fix(fix: &finding::Fix) -> Fix {
    Fix {
        title: fix.title.clone(),
        applicability: fix.applicability.to_string(),
        doubts: fix.doubts.iter().map(reason).collect(),
        remarks: fix.remarks.clone(),
        edits: fix.edits.iter().map(edit).collect(),
        files: fix
            .files
            .iter()
            .map(|file| FileEdits {
                path: file.path.clone(),
                edits: file.edits.iter().map(edit).collect(),
            })
            .collect(),
    }
}

fn reason(reason: &finding::Reason) -> Reason {
    Reason {
        id: reason.id,
        text: reason.text.clone(),
    }
}

fn edit(edit: &finding::Edit) -> Edit {
    Edit {
        start: edit.span.start,
        end: edit.span.end,
        content: edit.content.clone(),
        reason: edit.reason.clone(),
    }
}
