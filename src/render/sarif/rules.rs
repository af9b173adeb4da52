//! What a log says of each rule, whatever was found.

use super::model::{Configuration, Description, Help, Message, RuleProperties};
use crate::finding::Rule;
use crate::rules::{Explanation, explanation, uri};

pub(super) fn description(rule: Rule) -> Description {
    let told = explanation(rule);
    let Explanation { why, remedy, .. } = told;
    // The least that a rule reports; each result says its own.
    let level = told.level.id();
    // Medium on GitHub's scale (4.0 to 6.9): a way to harden, no hole by itself.
    let severity = (rule == Rule::RunsAsRoot).then_some("5.5");
    let uri = uri(rule);
    Description {
        id: rule.id(),
        name: rule.id(),
        short_description: Message::plain(rule.title()),
        full_description: Message::plain(&format!("{}. {why}", rule.title())),
        help: Help {
            text: format!("{why} {remedy} See {uri}"),
            markdown: format!("{why}\n\n{remedy}\n\n[More on this rule]({uri})"),
        },
        help_uri: uri,
        default_configuration: Configuration { level },
        properties: RuleProperties {
            tags: tags(told),
            precision: match rule {
                Rule::UserInferred => "medium",
                _ => "high",
            },
            // GitHub's words for the levels.
            problem_severity: match level {
                "note" => "recommendation",
                level => level,
            },
            security_severity: severity,
        },
    }
}

/// CWE-250 is "Execution with Unnecessary Privileges", in the spelling that GitHub reads; CIS Docker Benchmark 4.1
/// is "Ensure that a user for the container has been created".
fn tags(told: &Explanation) -> &'static [&'static str] {
    if told.is_about_root {
        &["security", "docker", "external/cwe/cwe-250", "cis-4.1"]
    } else {
        &["docker"]
    }
}
