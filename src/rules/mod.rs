//! What is to say of each rule, whatever was found: the one source of `unroot explain RULE`, of `docs/rules.md`
//! and of what a SARIF log says of its rules.

mod markdown;
mod page;
mod reasons;
mod texts;

pub use markdown::document;
pub use page::page;
pub use reasons::{Explained, explain_reason, reasons};

use crate::finding::{Level, Rule};

/// A rule for somebody who meets it for the first time. Texts are Markdown; links count from `docs/`.
#[derive(Debug, Clone, Copy)]
pub struct Explanation {
    /// Which rule.
    pub rule: Rule,
    /// What it weighs where nothing says otherwise.
    pub level: Level,
    /// When it weighs something else; empty where it never does.
    pub level_else: &'static str,
    /// When it is found.
    pub what: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// What the reader can do.
    pub remedy: &'static str,
    /// A Dockerfile in which it is found.
    pub example: Example,
    /// What a fix does, or why there is none.
    pub fix: &'static str,
    /// When that is Safe, and when not; empty where there is no fix.
    pub safety: &'static str,
    /// It is about containers that run as root: CIS Docker Benchmark 4.1, CWE-250.
    pub is_about_root: bool,
}

/// A Dockerfile that a rule is about. A test holds it against what the program does.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// The arguments without which nothing is found.
    pub asked_by: &'static str,
    /// As it is.
    pub before: &'static str,
    /// As it should be.
    pub after: After,
}

/// How an example is mended.
#[derive(Debug, Clone, Copy)]
pub enum After {
    /// `unroot fix` writes this.
    Fixed(&'static str),
    /// Somebody who knows the image writes this; nothing is found in it.
    ByHand(&'static str),
    /// As `what` is said: not by another Dockerfile.
    Otherwise(&'static str),
}

/// What is to say of the rule.
pub const fn explanation(rule: Rule) -> &'static Explanation {
    match rule {
        Rule::RunsAsRoot => &texts::RUNS_AS_ROOT,
        Rule::UserUndetermined => &texts::USER_UNDETERMINED,
        Rule::StepsDown => &texts::STEPS_DOWN,
        Rule::VolumeOfRoot => &texts::VOLUME_OF_ROOT,
        Rule::UserInferred => &texts::USER_INFERRED,
        Rule::NotADockerfile => &texts::NOT_A_DOCKERFILE,
        Rule::WindowsImage => &texts::WINDOWS_IMAGE,
        Rule::InvalidSuppression => &texts::INVALID_SUPPRESSION,
        Rule::UnusedSuppression => &texts::UNUSED_SUPPRESSION,
    }
}

/// Where it is explained on the web.
pub fn uri(rule: Rule) -> String {
    format!(
        "{}/blob/main/docs/rules.md#{}",
        env!("CARGO_PKG_REPOSITORY"),
        rule.id()
    )
}

/// How its findings are suppressed, in Markdown.
fn suppression(rule: Rule) -> String {
    let id = rule.id();
    let off = format!("`[rules] {id} = \"off\"` in [`unroot.toml`](configuration.md)");
    if rule.is_about_comments() {
        return format!("{off}. No comment suppresses what is said of comments.");
    }
    format!(
        "`# unroot: ignore[{id}] REASON` above the line that the finding points at; {off}; or a baseline \
         (`--write-baseline`). [All ways](suppression.md)."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Options, analyse};
    use crate::context::NoContext;
    use crate::finding::Applicability;
    use crate::fix::Strategy;
    use crate::plan::patch;

    fn options(asked_by: &str) -> Options {
        let mut options = Options::default();
        if asked_by.contains("--strategy step-down") {
            options.wish.strategy = Strategy::StepDown;
            options.wish.step_down.inline = asked_by.contains("--inline");
        }
        options
    }

    #[test]
    fn examples_show_what_they_say() {
        for rule in Rule::ALL {
            let told = explanation(rule);
            assert_eq!(told.rule, rule);
            let Example {
                asked_by,
                before,
                after,
            } = told.example;
            let options = options(asked_by);
            let found = analyse(before.as_bytes(), &NoContext, &options).expect("a target");
            let finding = found.findings.iter().find(|one| one.rule == rule);
            let finding = finding.unwrap_or_else(|| panic!("{}: {found:?}", rule.id()));
            assert_eq!(finding.level, told.level, "{}", rule.id());
            match after {
                After::Fixed(after) => {
                    let least = if asked_by.contains("--unsafe") {
                        Applicability::Unsafe
                    } else {
                        Applicability::Safe
                    };
                    let patched = patch(before.as_bytes(), &NoContext, &options, least);
                    let made = patched.expect("a target").after.expect("a fix");
                    assert_eq!(String::from_utf8_lossy(&made), after, "{}", rule.id());
                }
                After::ByHand(after) => {
                    let left = analyse(after.as_bytes(), &NoContext, &options).expect("a target");
                    let left: Vec<_> = left
                        .findings
                        .iter()
                        .filter(|one| one.rule == rule)
                        .collect();
                    assert!(left.is_empty(), "{}: {left:?}", rule.id());
                }
                After::Otherwise(what) => assert!(!what.is_empty()),
            }
        }
    }

    #[test]
    fn texts_are_sentences() {
        for rule in Rule::ALL {
            let told = explanation(rule);
            for text in [told.what, told.why, told.remedy, told.fix] {
                assert!(
                    text.ends_with('.') || text.ends_with(")."),
                    "{}: {text}",
                    rule.id()
                );
                assert!(!text.contains("  ") && !text.contains('\n'), "{text}");
            }
        }
    }
}
