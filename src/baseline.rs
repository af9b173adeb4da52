//! Findings that were known when somebody wrote them down, so that only new ones count.
//!
//! An entry says what it is about in words that stay when lines move: the file, the rule, the stage, and the
//! instruction that the finding points at, without what changes by itself (blanks, tags, digests).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::analysis::Analysis;
use crate::bases::reference::ImageRef;
use crate::dockerfile::{Document, Keyword};
use crate::finding::{Finding, Level};
use crate::suppress::{Suppressed, Suppression};

/// The form's version.
const VERSION: u32 = 1;

/// What was known.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    entries: BTreeSet<Entry>,
    /// The files that they are about.
    paths: BTreeSet<String>,
    /// Those that were found again.
    found: BTreeSet<Entry>,
}

/// A finding that was known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The Dockerfile, as the caller names it.
    pub path: String,
    /// The rule's identifier.
    pub rule: String,
    /// The stage's name, `last`, or its number; none for the file as a whole.
    pub stage: Option<String>,
    /// The instruction that it points at.
    pub instruction: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    version: u32,
    findings: BTreeSet<Entry>,
}

impl Baseline {
    /// Reads the text of a file, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        // A later form may have anything else.
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(version) if version == u64::from(VERSION) => {}
            Some(version) => {
                return Err(format!(
                    "its version is {version}, and this program reads {VERSION}"
                ));
            }
            None => return Err("it has no version".into()),
        }
        let form: Form = serde_json::from_value(value).map_err(|error| error.to_string())?;
        Ok(Self {
            paths: form
                .findings
                .iter()
                .map(|entry| entry.path.clone())
                .collect(),
            entries: form.findings,
            found: BTreeSet::new(),
        })
    }

    /// Adds those of the findings of the file at `path` that weigh `least` or more, and takes them out.
    pub fn add(&mut self, path: &str, bytes: &[u8], analysis: &mut Analysis, least: Level) {
        let weighty = |finding: &Finding| finding.level >= least;
        if analysis.findings.iter().any(weighty) {
            let document = Document::lex(bytes);
            let findings = analysis.findings.iter().filter(|finding| weighty(finding));
            let entries = findings.map(|finding| entry(path, &document, finding));
            self.entries.extend(entries);
            self.paths.insert(path.to_owned());
            self.apply(path, bytes, analysis);
        }
    }

    /// Takes what was known out of the findings of the file at `path`.
    pub fn apply(&mut self, path: &str, bytes: &[u8], analysis: &mut Analysis) {
        if analysis.findings.is_empty() || !self.paths.contains(path) {
            return;
        }
        let document = Document::lex(bytes);
        let findings = std::mem::take(&mut analysis.findings);
        for finding in findings {
            let entry = entry(path, &document, &finding);
            if self.entries.contains(&entry) {
                self.found.insert(entry);
                analysis.suppressed.push(Suppressed {
                    finding,
                    by: Suppression::KNOWN,
                });
            } else {
                analysis.findings.push(finding);
            }
        }
    }

    /// Entries that were not found again.
    pub fn missing(&self) -> impl Iterator<Item = &Entry> {
        self.entries.difference(&self.found)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The text of a file, in an order that stays.
    pub fn render(&self) -> serde_json::Result<String> {
        let form = Form {
            version: VERSION,
            findings: self.entries.clone(),
        };
        Ok(serde_json::to_string_pretty(&form)? + "\n")
    }
}

fn entry(path: &str, document: &Document<'_>, finding: &Finding) -> Entry {
    let stages = document.instructions.iter();
    let stages = stages.filter(|one| one.keyword() == Keyword::From).count();
    let stage = finding.stage.as_ref().map(|stage| {
        // A stage that is put before it changes the last one's number.
        match stage.parse::<usize>() {
            Ok(number) if number + 1 == stages => "last".to_owned(),
            _ => stage.clone(),
        }
    });
    let at = finding.primary.span.start;
    let mut instructions = document.instructions.iter();
    let found = instructions.find(|one| (one.span.start..one.span.end).contains(&at));
    // A comment stands in no instruction.
    let plain = || {
        let text = String::from_utf8_lossy(finding.primary.span.of(document.bytes));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let instruction = found.map_or_else(plain, |one| {
        let args = String::from_utf8_lossy(one.args());
        let mut words = args.split_whitespace();
        let args = match one.keyword() {
            // Tags and digests are changed by bots every day.
            Keyword::From => words.next().map_or_else(String::new, |image| {
                ImageRef::parse(image).map_or_else(|_| image.to_owned(), |image| image.canonical())
            }),
            _ => words.collect::<Vec<_>>().join(" "),
        };
        format!("{} {args}", one.keyword().name())
    });
    Entry {
        path: path.to_owned(),
        rule: finding.rule.id().to_owned(),
        stage,
        instruction,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Options, analyse};
    use crate::context::NoContext;

    fn analysis(text: &str) -> Analysis {
        analyse(text.as_bytes(), &NoContext, &Options::default()).expect("the last stage")
    }

    fn known(before: &str, after: &str) -> (bool, usize) {
        let mut baseline = Baseline::default();
        baseline.add(
            "Dockerfile",
            before.as_bytes(),
            &mut analysis(before),
            Level::Warning,
        );
        let text = baseline.render().expect("JSON");
        let mut baseline = Baseline::parse(&text).expect("our own");
        let mut now = analysis(after);
        baseline.apply("Dockerfile", after.as_bytes(), &mut now);
        (now.findings.is_empty(), baseline.missing().count())
    }

    #[test]
    fn entries_outlive_what_changes_every_day() {
        let before = "FROM python:3.12\nCMD [\"python\"]\n";
        for after in [
            "# why\n\nFROM  python:3.13 AS run\nRUN x\nCMD [\"python\", \"-u\"]\n",
            "FROM node:22 AS build\nRUN x\nFROM python\nCMD [\"python\"]\n",
            "FROM python@sha256:7b7e5b3bd4cd0e7ac4b8f4e3e3d42d7ce7ff9a0ef21ce6d1a3b6a4e8d5a2f1c0\nCMD [\"python\"]\n",
        ] {
            let named = after.contains("AS run");
            assert_eq!(
                known(before, after),
                (!named, usize::from(named)),
                "{after}"
            );
        }
        let user = "FROM python:3.12\nUSER root\nCMD [\"python\"]\n";
        assert_eq!(known(user, "FROM debian\nUSER   root\n"), (true, 0));
    }

    #[test]
    fn what_is_new_counts() {
        let before = "FROM python:3.12\nCMD [\"python\"]\n";
        assert_eq!(known(before, "FROM node:22\nCMD [\"node\"]\n"), (false, 1));
        assert_eq!(known(before, "FROM python:3.12\nUSER root\n"), (false, 1));
        let fine = "FROM python:3.12\nUSER 1000\n";
        assert_eq!(known(before, fine), (true, 1), "one is gone");
        assert_eq!(known(fine, fine), (true, 0));
    }

    #[test]
    fn what_is_no_baseline_says_why() {
        for (text, why) in [
            ("", "EOF"),
            ("[]", "it has no version"),
            ("{\"version\": 2, \"findings\": {}}", "its version is 2"),
            ("{\"version\": 1}", "missing field `findings`"),
            (
                "{\"version\": 1, \"findings\": [{\"path\": \"a\"}]}",
                "missing field",
            ),
        ] {
            let error = Baseline::parse(text).expect_err("none");
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
