//! Files whose author wants to write into the report: nothing in a name, a value or a comment gets out of its place.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use super::xml::cases;
use super::{Run, again, snapshot};

/// Every format and what its output must not hold when it goes to the log of a workflow.
const FORMATS: [&str; 7] = [
    "json", "sarif", "github", "gitlab", "rdjsonl", "junit", "markdown",
];

/// A folder with a file that is fixed, one that is not, and one that cannot be judged, in folders with names of the
/// same kind.
pub(crate) fn hostile() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let write = |name: PathBuf, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
        fs::write(path, bytes).expect("writable");
    };
    let fixed: &[u8] = b"FROM node:22-slim AS web
# ]]> `x` @octocat <script>alert(1)</script> \x1b[31m \xff\xfe ::error::comment
LABEL a=\"]]><script>alert(1)</script>\"
ENV X=\"##[error]pwned\"
WORKDIR \"/app/`@octocat`|<img src=x>\"
COPY . .
CMD [\"node\", \"```\\u001b[2J::error::]]>.js\"]
";
    write(
        "]]><script>|\"'`@octocat`\n::error::a##[error]b\x1b[31m\u{202e}/Dockerfile".into(),
        fixed,
    );
    write(
        "b/Dockerfile".into(),
        b"FROM registry.example.com/`x`<b>]]>|@octocat##[error]y\n",
    );
    write(
        "c/Dockerfile".into(),
        b"FROM debian:13\nUSER \x1b[31m::error::\xff`|<b>]]>\n",
    );
    write(
        "d/Dockerfile".into(),
        b"FROM debian:13\n::error::d\x1b[31m<b>`|]]>##[error] x\n",
    );
    write(
        "e/Dockerfile".into(),
        "FROM debian:13\nCMD [\"/srv/\u{202e}gpj\u{2066}\u{200b}\u{2028}\u{85}##[error]e\"]\n"
            .as_bytes(),
    );
    folder
}

/// What a reader does not see, or sees elsewhere.
fn is_hidden(ch: char) -> bool {
    matches!(ch, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn all() -> Vec<(&'static str, Run)> {
    let folder = hostile();
    let run = |format: &'static str| {
        let args = ["diff", "--unsafe", "--format", format];
        (format, again(&folder, &args))
    };
    FORMATS.map(run).into_iter().collect()
}

#[test]
fn each_format_keeps_its_form() {
    for (format, run) in all() {
        assert_eq!(run.code, 1, "{format}: {}", run.stderr);
        snapshot(&format!("hostile-{format}"), &run.stdout);
        let seen = |ch: char| !(ch.is_control() || is_hidden(ch)) || matches!(ch, '\n' | '\t');
        for text in [&run.stdout, &run.stderr] {
            assert!(text.chars().all(seen), "{format}: {text:?}");
            for line in text.lines() {
                let ours = ["::error ", "::warning ", "::notice "];
                let command = line.trim_start().starts_with("::");
                let allowed =
                    format == "github" && ours.iter().any(|start| line.starts_with(start));
                assert!(!command || allowed, "{format}: {line}");
            }
        }
    }
}

/// Runners read the older form of a command wherever it stands in a line; behind a command of the newer form they
/// look for none.
#[test]
fn formats_for_programs_hold_no_command_of_the_older_form() {
    for (format, run) in all() {
        let text = match format {
            "github" | "markdown" => continue,
            _ => run.stdout,
        };
        assert!(!text.contains("##["), "{format}: {text}");
    }
}

/// Runners read standard error, too.
#[test]
fn standard_error_holds_no_command() {
    for (format, run) in all() {
        assert!(!run.stderr.contains("##["), "{format}: {}", run.stderr);
    }
    let (_folder, run) = super::run(
        &[
            ("Dockerfile", super::ROOT),
            ("unroot.toml", b"\"##[error]\x1b[31m\" = 1\n"),
        ],
        &["check", "--color", "always"],
    );
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.is_ascii() && !run.stderr.contains(['\x1b']) && !run.stderr.contains("##["),
        "{}",
        run.stderr
    );
}

#[test]
fn parsers_get_back_what_the_author_wrote() {
    let folder = hostile();
    let run = |format: &str| again(&folder, &["check", "--format", format]).stdout;
    let json: Value = serde_json::from_str(&run("json")).expect("JSON");
    let path = json["files"][0]["path"].as_str().expect("a path");
    assert!(
        path.starts_with("]]><script>|\"'`@octocat`\n::error::a##[error]b\x1b[31m"),
        "{path}"
    );
    let gitlab: Value = serde_json::from_str(&run("gitlab")).expect("JSON");
    assert_eq!(gitlab[0]["location"]["path"], path);
    let first = run("rdjsonl")
        .lines()
        .next()
        .map(str::to_owned)
        .expect("a line");
    let first: Value = serde_json::from_str(&first).expect("JSON");
    assert_eq!(first["location"]["path"], path);
    let sarif: Value = serde_json::from_str(&run("sarif")).expect("JSON");
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    let uri = place["artifactLocation"]["uri"]
        .as_str()
        .expect("a reference");
    assert!(
        uri.starts_with("%5D%5D%3E%3Cscript%3E%7C%22%27%60@octocat%60%0A%3A%3Aerror"),
        "{uri}"
    );
    let junit = cases(&run("junit"));
    assert_eq!(junit.len(), 5);
    assert!(
        junit[0]
            .class
            .starts_with("]]><script>|\"'`@octocat`\n::error::a##[error]b<U+001B>[31m")
    );
    assert_eq!(run("github").lines().count(), 4, "one line a finding");
}

/// The report for people draws the file, and nothing of the file draws.
#[test]
fn text_moves_no_cursor() {
    let folder = hostile();
    let run = again(&folder, &["check", "--verbose", "--color", "never"]);
    snapshot("hostile-text", &run.stdout);
    draws_and_commands_nothing(&run);
}

/// Neither a terminal nor a runner finds anything in it but text.
fn draws_and_commands_nothing(run: &Run) {
    for text in [&run.stdout, &run.stderr] {
        assert!(
            text.chars()
                .all(|ch| ch == '\n' || !(ch.is_control() || is_hidden(ch))),
            "{text:?}"
        );
        assert!(!text.contains("##["), "{text}");
        let commands = |line: &str| line.trim_start().starts_with("::");
        assert!(!text.lines().any(commands), "{text}");
    }
}

/// What is said of files that are written or committed goes to the same terminals and logs.
#[test]
fn fix_and_commit_tell_of_files_and_nothing_of_them_draws_or_commands() {
    let folder = hostile();
    let git = |args: &[&str]| {
        let mut git = std::process::Command::new("git");
        git.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]);
        let status = git.args(args).current_dir(folder.path()).status();
        assert!(status.expect("git runs").success(), "git {args:?}");
    };
    git(&["init", "-q"]);
    git(&["config", "user.name", "t"]);
    git(&["config", "user.email", "t@example.com"]);
    git(&["add", "."]);
    git(&["-c", "commit.gpgSign=false", "commit", "-qm", "x"]);
    for args in [["commit", "--unsafe"], ["fix", "--unsafe"]] {
        let run = again(&folder, &args);
        assert!(run.stdout.contains("fixed ]]><script>"), "{}", run.stdout);
        draws_and_commands_nothing(&run);
    }
}
