//! `unroot check --format ...`: what programs read.

mod docs;
mod hostile;
mod output;
mod properties;
mod readers;
mod schemas;
mod xml;

use std::fs;
use std::path::Path;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;

struct Run {
    stdout: String,
    stderr: String,
    code: i32,
}

/// Runs `unroot` in a folder with these files.
fn run(files: &[(&str, &[u8])], args: &[&str]) -> (TempDir, Run) {
    let folder = TempDir::new().expect("a temporary folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
        fs::write(path, bytes).expect("writable");
    }
    let run = again(&folder, args);
    (folder, run)
}

fn again(folder: &TempDir, args: &[&str]) -> Run {
    finish(folder.path(), args)
}

fn finish(folder: &Path, args: &[&str]) -> Run {
    let mut command = assert_cmd::Command::new(cargo_bin("unroot"));
    let output = command.args(args).current_dir(folder).env_clear().output();
    let output = output.expect("the binary runs");
    Run {
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        code: output.status.code().unwrap_or(-1),
    }
}

/// The examples of the project, with what to run in them.
fn examples(args: &[&str]) -> Run {
    finish(Path::new(env!("CARGO_MANIFEST_DIR")), args)
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/cli");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let version = concat!("\"", env!("CARGO_PKG_VERSION"), "\"");
    let text = text.replace(version, "\"[VERSION]\"");
    settings.bind(|| insta::assert_snapshot!(name, text));
}

const ROOT: &[u8] = b"FROM node:22-slim\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"server.js\"]\n";
const FINE: &[u8] = b"FROM alpine:3.22\nRUN adduser -D app\nUSER app\nCMD [\"sleep\", \"1\"]\n";
const UNKNOWN: &[u8] = b"FROM registry.example.com/team/base\nCMD [\"run\"]\n";

const FILES: [(&str, &[u8]); 3] = [
    ("app/Dockerfile", ROOT),
    ("fine/Dockerfile", FINE),
    ("my base/Dockerfile", UNKNOWN),
];

#[test]
fn json_is_documented_and_versioned() {
    let (_folder, run) = run(&FILES, &["check", "--format", "json"]);
    assert_eq!(run.code, 1);
    snapshot("check-json", &run.stdout);
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let documented = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/formats.md"));
    let documented = documented.expect("readable");
    let mut fields = Vec::new();
    names(&report, &mut fields);
    for field in fields {
        assert!(
            documented.contains(&format!("`{field}`")),
            "{field} is in docs/formats.md"
        );
    }
}

fn names(value: &Value, fields: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                fields.push(name.clone());
                names(value, fields);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, fields)),
        _ => {}
    }
}

#[test]
fn sarif_has_rules_places_and_fixes() {
    let (_folder, run) = run(&FILES, &["check", "--format", "sarif"]);
    assert_eq!(run.code, 1);
    snapshot("check-sarif", &run.stdout);
}

#[test]
fn github_gets_annotations_and_nothing_else() {
    let (_folder, run) = run(&FILES, &["check", "--format", "github"]);
    assert_eq!(run.code, 1);
    snapshot("check-github", &run.stdout);
}

#[test]
fn every_format_tells_what_could_not_be_looked_at() {
    let args = ["check", "--target", "web", "--format"];
    for (format, place) in [
        ("json", "/errors/0"),
        (
            "sarif",
            "/runs/0/invocations/0/toolExecutionNotifications/0/message/text",
        ),
    ] {
        let (_folder, run) = run(&FILES[..1], &[&args[..], &[format]].concat());
        assert_eq!(run.code, 2, "{format}");
        let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
        let text = report
            .pointer(place)
            .and_then(Value::as_str)
            .expect("a message");
        assert!(text.starts_with("app/Dockerfile: "), "{text}");
        assert!(run.stderr.contains(text), "{}", run.stderr);
    }
    let (_folder, run) = run(&FILES[..1], &[&args[..], &["github"]].concat());
    assert_eq!(run.code, 2);
    assert!(
        run.stdout
            .starts_with("::error title=unroot::app/Dockerfile: "),
        "{}",
        run.stdout
    );
}

/// The regions of a fix are exact: who carries the replacements out gets what `unroot fix` writes.
#[test]
fn replacements_in_sarif_are_the_fix() {
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
    ] {
        let (folder, report) = run(&[("Dockerfile", bytes)], &["check", "--format", "sarif"]);
        let log: Value = serde_json::from_str(&report.stdout).expect("JSON");
        let change = &log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
        let made = carry_out(&String::from_utf8_lossy(bytes), change);
        assert_ne!(made.as_bytes(), bytes, "{what}");
        again(&folder, &["fix", "--unsafe"]);
        let fixed = fs::read_to_string(folder.path().join("Dockerfile")).expect("readable");
        assert_eq!(made, fixed, "{what}");
    }
}

fn carry_out(text: &str, change: &Value) -> String {
    let mut text: Vec<char> = text.chars().collect();
    let replacements = change["replacements"].as_array().expect("replacements");
    for replacement in replacements.iter().rev() {
        let region = &replacement["deletedRegion"];
        let number =
            |name: &str| usize::try_from(region[name].as_u64().expect(name)).expect("small");
        let start = place(&text, number("startLine"), number("startColumn"));
        let end = place(&text, number("endLine"), number("endColumn"));
        let inserted = replacement["insertedContent"]["text"]
            .as_str()
            .unwrap_or_default();
        text.splice(start..end, inserted.chars());
    }
    text.into_iter().collect()
}

fn place(text: &[char], line: usize, column: usize) -> usize {
    let starts = text
        .iter()
        .enumerate()
        .filter(|(_, ch)| **ch == '\n')
        .map(|(at, _)| at + 1);
    let start = std::iter::once(0)
        .chain(starts)
        .nth(line - 1)
        .expect("a line");
    let mark = usize::from(line == 1 && text.first() == Some(&'\u{feff}'));
    start + mark + column - 1
}
