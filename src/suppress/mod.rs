//! Findings that do not count: comments of ours and of other tools, rules that are off, a baseline.
//! `docs/suppression.md` says how people write it.

mod comments;
mod foreign;
mod own;

use crate::finding::Finding;

pub use comments::Comments;

/// A finding that does not count: nothing fails for it, and nothing is fixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// What was found. Its fix is none that was looked for.
    pub finding: Finding,
    /// Why it does not count.
    pub by: Suppression,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// What says so.
    pub source: Source,
    /// The reason that people gave.
    pub reason: Option<String>,
    /// 1-based line of the comment.
    pub line: Option<usize>,
}

/// What suppresses a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A comment, in the words of this tool: `unroot`, or the name of another one.
    Comment(&'static str),
    /// The rule is off.
    Configuration,
    /// It was known before.
    Baseline,
}

impl Suppression {
    /// The rule is off.
    pub const OFF: Self = Self {
        source: Source::Configuration,
        reason: None,
        line: None,
    };

    /// The finding stands in the baseline.
    pub const KNOWN: Self = Self {
        source: Source::Baseline,
        reason: None,
        line: None,
    };

    /// For people: what says so, where, and why.
    pub fn sentence(&self) -> String {
        let mut text = match (self.source, self.line) {
            (Source::Comment(tool), Some(line)) => format!("a comment for {tool} in line {line}"),
            (Source::Comment(tool), None) => format!("a comment for {tool}"),
            (Source::Configuration, _) => "the rule is off in the configuration".to_owned(),
            (Source::Baseline, _) => "it stands in the baseline".to_owned(),
        };
        if let Some(reason) = &self.reason {
            text.push_str(": ");
            text.push_str(reason);
        }
        text
    }
}

impl Source {
    /// Its stable name, in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Comment(_) => "comment",
            Self::Configuration => "configuration",
            Self::Baseline => "baseline",
        }
    }
}

/// Which comments count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Heed {
    /// Ours, and those of other tools that mean the same.
    #[default]
    All,
    /// Ours.
    Own,
    /// None.
    None,
}
