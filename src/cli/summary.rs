//! What was found, counted: the last line of `check`, and its exit code.

use std::process::ExitCode;

use unroot::analysis::Analysis;
use unroot::finding::{Applicability, Finding, Level, Rule};

/// What the last line says.
#[derive(Debug, Default)]
pub(super) struct Summary {
    files: usize,
    fine: usize,
    root: usize,
    safe: usize,
    unsafe_fixes: usize,
    undetermined: usize,
    steps_down: usize,
    unreadable: usize,
    windows: usize,
    suppressed: usize,
    comments: usize,
    /// Something weighs as much as makes the command fail.
    pub(super) weighty: bool,
    /// Something could not be read or judged.
    pub(super) failed: bool,
}

impl Summary {
    pub(super) fn add(&mut self, analysis: &Analysis) {
        self.files += 1;
        let fine = |finding: &Finding| {
            finding.rule == Rule::UserInferred
                || (finding.rule.is_about_comments() && finding.level == Level::Note)
        };
        let quiet = analysis.suppressed.is_empty();
        if quiet && analysis.findings.iter().all(fine) {
            self.fine += 1;
        }
        self.suppressed += analysis.suppressed.len();
        for finding in &analysis.findings {
            match finding.rule {
                Rule::RunsAsRoot => self.root += 1,
                Rule::UserUndetermined => self.undetermined += 1,
                Rule::StepsDown => self.steps_down += 1,
                Rule::NotADockerfile => self.unreadable += 1,
                Rule::WindowsImage => self.windows += 1,
                Rule::InvalidSuppression | Rule::UnusedSuppression => self.comments += 1,
                Rule::UserInferred | Rule::VolumeOfRoot => {}
            }
            if finding.rule != Rule::RunsAsRoot {
                continue;
            }
            match finding.fix.as_ref().map(|fix| fix.applicability) {
                Ok(Applicability::Safe) => self.safe += 1,
                Ok(Applicability::Unsafe) => self.unsafe_fixes += 1,
                _ => {}
            }
        }
    }

    pub(super) fn sentence(&self) -> String {
        let mut parts = Vec::new();
        let mut part = |count: usize, text: &str| {
            if count > 0 {
                parts.push(format!("{count} {text}"));
            }
        };
        part(self.fine, "fine");
        part(self.root, "as root");
        part(self.undetermined, "not known");
        part(self.steps_down, "stepping down from root");
        part(self.unreadable, "no Dockerfile");
        part(self.windows, "for Windows");
        part(self.suppressed, "suppressed");
        part(self.comments, "about comments");
        let files = if self.files == 1 {
            "1 file".into()
        } else {
            format!("{} files", self.files)
        };
        if parts.is_empty() {
            return format!("checked {files}");
        }
        let fixes = if self.root > 0 {
            format!(
                "; fixes: {} safe, {} unsafe, {} none",
                self.safe,
                self.unsafe_fixes,
                self.root - self.safe - self.unsafe_fixes
            )
        } else {
            String::new()
        };
        format!("checked {files}: {}{fixes}", parts.join(", "))
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        super::exit_code(self.failed, self.weighty)
    }
}
