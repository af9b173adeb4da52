//! Findings as GitLab's Code Quality takes them.
//!
//! Source: GitLab, "Code Quality", section "Report format": the part of the Code Climate specification that is read.

use std::io::{self, Write};

use serde::Serialize;

use super::Found;
use super::escape::line;
use super::fingerprint::fingerprint;
use super::pieces::Items;
use crate::finding::{Finding, Level};

#[derive(Debug, Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: usize,
}

/// What was found in all files. It has no place for files that could not be looked at.
#[derive(Debug)]
pub struct Report {
    issues: Items,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            issues: Items::new(0),
        }
    }
}

impl super::Report for Report {
    fn add(&mut self, out: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        for finding in &found.analysis.findings {
            self.issues.write(out, &issue(found.path, finding))?;
        }
        Ok(())
    }

    fn fail(&mut self, _out: &mut dyn Write, _message: &str) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.issues.end(out)?;
        writeln!(out)
    }
}

fn issue(path: &str, finding: &Finding) -> Issue {
    let mut description = line(&finding.message);
    match &finding.fix {
        Ok(fix) => {
            let title = line(&fix.title);
            description.push_str(&format!(" (fix: {title}; {})", fix.applicability));
        }
        Err(reason) if !reason.text.is_empty() => {
            description.push_str(&format!(" (no fix: {})", line(&reason.text)));
        }
        Err(_) => {}
    }
    Issue {
        description,
        check_name: finding.rule.id(),
        fingerprint: fingerprint(path, finding),
        // GitLab has `info`, `minor`, `major`, `critical` and `blocker`.
        severity: match finding.level {
            Level::Error => "major",
            Level::Warning => "minor",
            Level::Note => "info",
        },
        location: Location {
            path: path.to_owned(),
            lines: Lines {
                begin: finding.primary.line,
            },
        },
    }
}
