//! Findings for programs. The form is versioned; `docs/formats.md` says what each field means,
//! `docs/report.schema.json` says it to programs.

use std::io::{self, Write};

use serde::Serialize;

use super::looked_up::Looked;
use super::pieces::{Items, pretty};
use super::suppressed::Why;
use crate::finding::{self, Finding};
use crate::lookup::LookedUp;
use crate::source::{Span, position_of};
use crate::verdict::{Certainty, Outcome};

/// Rises when a field changes its meaning or goes away; new fields come without.
pub const VERSION: u32 = 1;

/// What was found in all files.
#[derive(Debug)]
pub struct Report {
    files: Items,
    /// Files that could not be read or judged.
    errors: Vec<String>,
    /// Whom was asked beyond the table.
    asked: Vec<LookedUp>,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            files: Items::new(2),
            errors: Vec::new(),
            asked: Vec::new(),
        }
    }
}

impl super::Report for Report {
    fn start(&mut self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\n  \"version\": {VERSION},\n  \"files\": ")
    }

    fn add(&mut self, out: &mut dyn Write, found: &super::Found<'_>) -> io::Result<()> {
        self.files.write(out, &file(found))
    }

    fn fail(&mut self, _out: &mut dyn Write, message: &str) -> io::Result<()> {
        self.errors.push(message.to_owned());
        Ok(())
    }

    fn looked_up(&mut self, asked: &[LookedUp]) {
        self.asked = asked.to_vec();
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.files.end(out)?;
        let lookup = pretty(&Looked::of(&self.asked), 2)?;
        write!(out, ",\n  \"lookup\": {lookup}")?;
        let errors = pretty(&self.errors, 2)?;
        writeln!(out, ",\n  \"errors\": {errors}\n}}")
    }
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
    steps_down: bool,
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
    is_new: bool,
    edits: Vec<Edit>,
}

#[derive(Debug, Serialize)]
struct Alternative {
    asked_by: &'static str,
    fix: Fix,
}

fn file(found: &super::Found<'_>) -> File {
    let targets = found.analysis.targets.iter().map(|target| Target {
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
    let findings = found.analysis.findings.iter();
    let suppressed = found.analysis.suppressed.iter();
    let suppressed = suppressed.map(|one| Suppressed {
        found: finding(found.bytes, &one.finding),
        suppression: Why::of(&one.by),
    });
    File {
        path: found.name.to_owned(),
        targets: targets.collect(),
        findings: findings
            .map(|finding| self::finding(found.bytes, finding))
            .collect(),
        suppressed: suppressed.collect(),
    }
}

fn finding(bytes: &[u8], finding: &Finding) -> Found {
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
        steps_down: fix.steps_down,
        applicability: fix.applicability.to_string(),
        doubts: fix.doubts.iter().map(reason).collect(),
        remarks: fix.remarks.clone(),
        edits: fix.edits.iter().map(edit).collect(),
        files: fix
            .files
            .iter()
            .map(|file| FileEdits {
                path: file.path.clone(),
                is_new: file.is_new(),
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
