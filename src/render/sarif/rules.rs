//! What a log says of each rule, whatever was found.

use super::model::{Configuration, Description, Help, Message, RuleProperties};
use crate::finding::Rule;
use crate::render::rule_uri;

pub(super) fn description(rule: Rule) -> Description {
    // The least that a rule reports; each result says its own.
    let (level, severity) = match rule {
        // Medium on GitHub's scale (4.0 to 6.9): a way to harden, no hole by itself.
        Rule::RunsAsRoot => ("error", Some("5.5")),
        Rule::UserUndetermined | Rule::NotADockerfile | Rule::InvalidSuppression => {
            ("warning", None)
        }
        Rule::StepsDown
        | Rule::VolumeOfRoot
        | Rule::UserInferred
        | Rule::WindowsImage
        | Rule::UnusedSuppression => ("note", None),
    };
    let uri = rule_uri(rule);
    let (why, what_to_do) = words(rule);
    Description {
        id: rule.id(),
        name: rule.id(),
        short_description: Message::plain(rule.title()),
        full_description: Message::plain(&format!("{}. {why}", rule.title())),
        help: Help {
            text: format!("{why} {what_to_do} See {uri}"),
            markdown: format!("{why}\n\n{what_to_do}\n\n[More on this rule]({uri})"),
        },
        help_uri: uri,
        default_configuration: Configuration { level },
        properties: RuleProperties {
            tags: tags(rule),
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
fn tags(rule: Rule) -> &'static [&'static str] {
    match rule {
        Rule::RunsAsRoot | Rule::UserUndetermined | Rule::StepsDown | Rule::UserInferred => {
            &["security", "docker", "external/cwe/cwe-250", "cis-4.1"]
        }
        Rule::VolumeOfRoot
        | Rule::NotADockerfile
        | Rule::WindowsImage
        | Rule::InvalidSuppression
        | Rule::UnusedSuppression => &["docker"],
    }
}

/// Why it matters, and what to do.
fn words(rule: Rule) -> (&'static str, &'static str) {
    match rule {
        Rule::RunsAsRoot => (
            "Whoever breaks into the program is root in the container, may write all of its files, and is one bug of \
             the kernel or the runtime away from the host. Kubernetes refuses to start such an image where \
             `runAsNonRoot` is set. CIS Docker Benchmark 4.1 asks for a user.",
            "`unroot diff` shows how it can run as a user, and `unroot fix` writes that.",
        ),
        Rule::UserUndetermined => (
            "Nothing is known of the base image, or a variable has no value here.",
            "Say what the base runs as (`--base-user IMAGE=USER`, or a `[[base]]` entry in `unroot.toml`), give the \
             variable with `--build-arg`, or write a USER into the file.",
        ),
        Rule::StepsDown => (
            "CIS Docker Benchmark 4.1 accepts that; an auditor who reads only the image's `User` does not.",
            "`--strict` counts it as an error.",
        ),
        Rule::VolumeOfRoot => (
            "A volume that was filled as root is closed to the image's user until somebody gives it away. It is looked \
             for only where `--strategy step-down` is asked for.",
            "Give the volume away once (`chown`), or let the container start as root and step down \
             (`unroot fix --strategy step-down --unsafe`).",
        ),
        Rule::UserInferred => (
            "That rests on a fact about the base that was inferred and not read.",
            "`unroot explain IMAGE` shows it. A USER in the file makes it certain.",
        ),
        Rule::NotADockerfile => (
            "Nothing else is said of a file that BuildKit refuses, or that another frontend reads by its own rules.",
            "`docker build --check` says more of a file that is meant to build.",
        ),
        Rule::WindowsImage => (
            "The rules of this program are about the users of Linux.",
            "Nothing is to be done.",
        ),
        Rule::InvalidSuppression => (
            "Its reason is missing, or it names a rule or a command that there is not. Nothing is suppressed by it.",
            "Write `# unroot: ignore REASON`.",
        ),
        Rule::UnusedSuppression => (
            "What it was written for is mended, or it stands in the wrong place.",
            "Take it out, or put it above the line that the finding points at, or above the FROM of its stage.",
        ),
    }
}
