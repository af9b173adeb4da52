//! What GitLab, reviewdog, readers of test results and of Markdown get.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::xml::{Case, cases};
use super::{FILES, ROOT, again, run, snapshot};

#[test]
fn gitlab_gets_issues_with_fingerprints_that_sarif_shares() {
    let (folder, report) = run(&FILES, &["check", "--format", "gitlab"]);
    assert_eq!(report.code, 1);
    snapshot("check-gitlab", &report.stdout);
    let issues: Value = serde_json::from_str(&report.stdout).expect("JSON");
    let issues = issues.as_array().expect("an array");
    for issue in issues {
        for text in ["description", "check_name", "fingerprint"] {
            assert!(
                issue[text].as_str().is_some_and(|text| !text.is_empty()),
                "{text}"
            );
        }
        let severity = issue["severity"].as_str().expect("a severity");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
        assert!(issue["location"]["path"].is_string());
        assert!(issue["location"]["lines"]["begin"].as_u64() > Some(0));
    }
    let prints: BTreeSet<&str> = issues
        .iter()
        .filter_map(|issue| issue["fingerprint"].as_str())
        .collect();
    assert_eq!(prints.len(), issues.len(), "GitLab drops what it has seen");
    let sarif = again(&folder, &["check", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&sarif.stdout).expect("JSON");
    let results = log["runs"][0]["results"]
        .as_array()
        .expect("results")
        .iter();
    let shared: BTreeSet<&str> = results
        .filter_map(|result| result["partialFingerprints"]["unrootFinding/v1"].as_str())
        .collect();
    assert_eq!(prints, shared);
}

#[test]
fn nothing_found_is_an_empty_array_for_gitlab() {
    let (_folder, report) = run(&FILES[1..2], &["check", "--format", "gitlab"]);
    assert_eq!((report.code, report.stdout.as_str()), (0, "[]\n"));
}

#[test]
fn reviewdog_gets_a_diagnostic_a_line() {
    let (_folder, report) = run(&FILES, &["check", "--format", "rdjsonl"]);
    assert_eq!(report.code, 1);
    snapshot("check-rdjsonl", &report.stdout);
    for line in report.stdout.lines() {
        let diagnostic: Value = serde_json::from_str(line).expect("JSON");
        let severity = diagnostic["severity"].as_str().expect("a severity");
        assert!(["ERROR", "WARNING", "INFO"].contains(&severity));
        assert!(diagnostic["location"]["range"]["start"]["line"].as_u64() > Some(0));
    }
}

/// A suggestion is the whole fix, in bytes: who takes it has what `unroot fix` writes.
#[test]
fn suggestions_are_the_fix() {
    let crlf = String::from_utf8_lossy(ROOT).replace('\n', "\r\n");
    let bom = ["\u{feff}".as_bytes(), ROOT].concat();
    let words =
        "FROM node:22-slim\n# Größe 🐳\nUSER root # \u{e9}\nUSER root\nCMD [\"node\", \"ä.js\"]";
    for (what, bytes) in [
        ("plain", ROOT),
        ("CRLF", crlf.as_bytes()),
        ("a byte-order mark", &bom),
        (
            "characters of several bytes, and no line end",
            words.as_bytes(),
        ),
        ("a place below the last line", b"FROM node:22-slim\n"),
    ] {
        let (folder, report) = run(&[("Dockerfile", bytes)], &["diff", "--format", "rdjsonl"]);
        let diagnostic: Value = serde_json::from_str(report.stdout.trim()).expect("one line");
        let suggestions = diagnostic["suggestions"].as_array().expect("suggestions");
        assert_eq!(suggestions.len(), 1, "{what}");
        let range = &suggestions[0]["range"];
        let (start, end) = (place(bytes, &range["start"]), place(bytes, &range["end"]));
        let text = suggestions[0]["text"].as_str().expect("text");
        let made = [&bytes[..start], text.as_bytes(), &bytes[end..]].concat();
        assert_ne!(made, bytes, "{what}");
        again(&folder, &["fix", "--unsafe"]);
        let fixed = fs::read(folder.path().join("Dockerfile")).expect("readable");
        assert_eq!(made, fixed, "{what}");
    }
}

fn place(bytes: &[u8], position: &Value) -> usize {
    let number = |name: &str| usize::try_from(position[name].as_u64().expect(name)).expect("small");
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let (line, column) = (number("line"), number("column"));
    assert!(line <= lines.len(), "a line of the file");
    lines[..line - 1].concat().len() + column - 1
}

/// Half a fix is none: where a file of the build context changes, too, nothing is suggested.
#[test]
fn a_fix_of_several_files_is_no_suggestion() {
    let args = [
        "check",
        "--ports",
        "move",
        "tests/cases/ports-move-in-the-contexts-configuration/Dockerfile",
        "--format",
    ];
    let json = super::examples(&[&args[..], &["json"]].concat());
    let report: Value = serde_json::from_str(&json.stdout).expect("JSON");
    let files = &report["files"][0]["findings"][0]["fix"]["files"];
    assert!(
        files.as_array().is_some_and(|files| !files.is_empty()),
        "{files}"
    );
    let lines = super::examples(&[&args[..], &["rdjsonl"]].concat());
    let diagnostic: Value = serde_json::from_str(&lines.stdout).expect("one line");
    assert!(diagnostic.get("suggestions").is_none(), "{diagnostic}");
}

#[test]
fn junit_has_a_case_for_each_target() {
    let (_folder, report) = run(&FILES, &["check", "--format", "junit"]);
    assert_eq!(report.code, 1);
    snapshot("check-junit", &report.stdout);
    let all = cases(&report.stdout);
    let names: Vec<(&str, bool)> = all
        .iter()
        .map(|case| (case.class.as_str(), case.bad.is_some()))
        .collect();
    let expected = [
        ("app/Dockerfile", true),
        ("fine/Dockerfile", false),
        ("my base/Dockerfile", true),
    ];
    assert_eq!(names, expected);
    let (_folder, report) = run(
        &FILES[..1],
        &["check", "--target", "web", "--format", "junit"],
    );
    assert_eq!(report.code, 2);
    let [
        Case {
            bad: Some((kind, message)),
            ..
        },
    ] = &cases(&report.stdout)[..]
    else {
        panic!("one case: {}", report.stdout);
    };
    assert_eq!(kind, "error");
    assert!(message.starts_with("app/Dockerfile: "), "{message}");
}

#[test]
fn markdown_is_a_table_and_has_patches_where_they_are_wanted() {
    let (folder, report) = run(&FILES, &["check", "--format", "markdown"]);
    assert_eq!(report.code, 1);
    snapshot("check-markdown", &report.stdout);
    let diff = again(&folder, &["diff", "--unsafe", "--format", "markdown"]);
    assert_eq!(diff.code, 1);
    snapshot("diff-markdown", &diff.stdout);
}

/// What is found does not depend on the command.
#[test]
fn diff_reports_the_findings_that_check_reports() {
    let (folder, _) = run(&FILES, &["check"]);
    for format in ["json", "sarif", "github", "gitlab", "rdjsonl", "junit"] {
        let check = again(&folder, &["check", "--format", format]);
        let diff = again(&folder, &["diff", "--format", format]);
        assert_eq!(
            (diff.code, diff.stdout),
            (check.code, check.stdout),
            "{format}"
        );
    }
}
