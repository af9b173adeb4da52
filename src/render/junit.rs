//! Findings as `JUnit` reports tests: a suite for each file, a case for each target, a failure for each error and
//! warning.
//!
//! Nobody owns the format. What is written is what Jenkins (`junit-10.xsd` of its xUnit plugin) and GitLab ("Unit test
//! reports") both read.

use std::io::{self, Write};

use super::Found;
use super::escape::xml;
use crate::analysis::Analysis;
use crate::finding::{Finding, Level};

/// What was found in all files.
#[derive(Debug, Default)]
pub struct Report;

impl super::Report for Report {
    fn start(&mut self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(out, r#"<testsuites name="unroot">"#)
    }

    fn add(&mut self, out: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        let cases = cases(found.analysis);
        let failures = cases.iter().filter(|case| case.fails()).count();
        suite(out, found.path, cases.len(), failures, 0)?;
        for case in &cases {
            case.write(out, found.path)?;
        }
        writeln!(out, "  </testsuite>")
    }

    fn fail(&mut self, out: &mut dyn Write, message: &str) -> io::Result<()> {
        let message = xml(message);
        suite(out, "unroot", 1, 0, 1)?;
        writeln!(
            out,
            r#"    <testcase classname="unroot" name="the file can be looked at" time="0">
      <error type="error" message="{message}">{message}</error>
    </testcase>
  </testsuite>"#
        )
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "</testsuites>")
    }
}

fn suite(
    out: &mut dyn Write,
    name: &str,
    tests: usize,
    failures: usize,
    errors: usize,
) -> io::Result<()> {
    let name = xml(name);
    writeln!(
        out,
        r#"  <testsuite name="{name}" tests="{tests}" failures="{failures}" errors="{errors}" skipped="0" time="0">"#
    )
}

/// A target, or the file as a whole, and what was found of it.
struct Case<'a> {
    stage: Option<&'a str>,
    line: usize,
    findings: Vec<&'a Finding>,
}

/// A case for each target, and for what was found of anything else.
fn cases(analysis: &Analysis) -> Vec<Case<'_>> {
    let targets = analysis.targets.iter().map(|target| Case {
        stage: Some(&target.stage),
        line: target.line,
        findings: Vec::new(),
    });
    let mut cases: Vec<Case<'_>> = targets.collect();
    for finding in &analysis.findings {
        let stage = finding.stage.as_deref();
        match cases.iter_mut().find(|case| case.stage == stage) {
            Some(case) => case.findings.push(finding),
            None => cases.push(Case {
                stage,
                line: finding.primary.line,
                findings: vec![finding],
            }),
        }
    }
    cases
}

impl Case<'_> {
    fn fails(&self) -> bool {
        self.findings.iter().any(|finding| weighs(finding))
    }

    fn write(&self, out: &mut dyn Write, path: &str) -> io::Result<()> {
        let path = xml(path);
        let name = match self.stage {
            Some(stage) => format!("stage {}", xml(stage)),
            None => "the file".into(),
        };
        let line = self.line;
        write!(
            out,
            r#"    <testcase classname="{path}" name="{name}" file="{path}" line="{line}" time="0""#
        )?;
        if self.findings.is_empty() {
            return writeln!(out, "/>");
        }
        writeln!(out, ">")?;
        // A case fails once.
        if let Some(finding) = self.findings.iter().find(|finding| weighs(finding)) {
            let (rule, message) = (finding.rule.id(), xml(&finding.message));
            let text = xml(&text(finding));
            writeln!(
                out,
                r#"      <failure type="{rule}" message="{message}">{text}</failure>"#
            )?;
        }
        let notes = self.findings.iter().filter(|finding| !weighs(finding));
        let notes: Vec<String> = notes.map(|finding| text(finding)).collect();
        if !notes.is_empty() {
            let text = xml(&notes.join("\n"));
            writeln!(out, "      <system-out>{text}</system-out>")?;
        }
        writeln!(out, "    </testcase>")
    }
}

fn weighs(finding: &Finding) -> bool {
    finding.level > Level::Note
}

fn text(finding: &Finding) -> String {
    let line = finding.primary.line;
    let mut lines = vec![format!("line {line}: {}", finding.message)];
    lines.extend(finding.notes.iter().cloned());
    lines.extend(finding.help.iter().map(|help| format!("help: {help}")));
    match &finding.fix {
        Ok(fix) => {
            lines.push(format!("fix: {} ({})", fix.title, fix.applicability));
            let doubts = fix.doubts.iter();
            lines.extend(doubts.map(|doubt| format!("unsafe: {} [{}]", doubt.text, doubt.id)));
            lines.extend(fix.remarks.iter().cloned());
        }
        Err(reason) if !reason.text.is_empty() => {
            lines.push(format!("no fix: {} [{}]", reason.text, reason.id));
        }
        Err(_) => {}
    }
    lines.join("\n")
}
