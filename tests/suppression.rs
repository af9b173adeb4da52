//! What does not count: comments, levels, baselines, by the built binary.

#[path = "common/workspace.rs"]
#[allow(dead_code, reason = "shared with tests that use the rest")]
mod workspace;

use serde_json::Value;
use workspace::Workspace;

const ROOT: &str = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"app.py\"]\n";
const FINE: &str = "FROM alpine:3.22\nRUN adduser -D app\nUSER app\nCMD [\"sleep\", \"1\"]\n";

/// The exit code of `check` for a file, and its last line.
fn check(text: &str, args: &[&str]) -> (i32, String) {
    let workspace = Workspace::new(&[]);
    let run = workspace.pipe(&[&["check", "-"], args].concat(), text);
    (run.code, run.stderr)
}

const SUPPRESSED: &str = "checked 1 file: 1 suppressed\n";

#[test]
fn where_our_comment_stands() {
    for text in [
        // Above what the finding points at.
        "FROM alpine\n# unroot: ignore sockets\nUSER root\nCMD [\"x\"]\n",
        "FROM alpine\n#unroot:ignore: sockets\n# and more\nUSER root\nCMD [\"x\"]\n",
        "# unroot: ignore sockets\nFROM alpine\nCMD [\"x\"]\n",
        // Above what the container runs.
        "FROM alpine\n# unroot: ignore sockets\nCMD [\"x\"]\n",
        // Above the FROM of the stage.
        "FROM alpine AS build\nRUN x\n# unroot: ignore sockets\nFROM alpine\nUSER root\nCMD [\"x\"]\n",
        "FROM alpine AS base\n# unroot: ignore sockets\nFROM base\nCMD [\"x\"]\n",
        // The whole file.
        "# unroot: ignore sockets\n\nFROM alpine AS build\nRUN x\nFROM alpine\nCMD [\"x\"]\n",
        "# syntax=docker/dockerfile:1\n# unroot: ignore sockets\nARG V=3\nFROM alpine:$V AS build\nFROM alpine\nCMD [\"x\"]\n",
        // Some rules.
        "# unroot: ignore[runs-as-root] sockets\nFROM alpine\nCMD [\"x\"]\n",
        // A file with CRLF and a byte-order mark.
        "\u{feff}# unroot: ignore sockets\r\nFROM alpine\r\nCMD [\"x\"]\r\n",
    ] {
        assert_eq!(check(text, &[]), (0, SUPPRESSED.into()), "{text}");
        let (code, last) = check(text, &["--ignore-comments", "none"]);
        assert_eq!(code, 1, "{text}: {last}");
    }
}

#[test]
fn a_comment_that_suppresses_nothing_is_a_finding() {
    for text in [
        // About the first stage, which is not the last one.
        "# unroot: ignore sockets\nFROM alpine AS build\nRUN x\nFROM alpine\nCMD [\"x\"]\n",
        "FROM alpine\n# unroot: ignore sockets\nRUN x\nCMD [\"x\"]\n",
        "FROM alpine\nCMD [\"x\"]\n# unroot: ignore sockets\n",
        "FROM alpine\n# unroot: ignore[steps-down] sockets\nCMD [\"x\"]\n",
    ] {
        let (code, last) = check(text, &[]);
        assert_eq!(code, 1, "{text}");
        assert!(
            last.contains("1 as root, 1 about comments"),
            "{text}: {last}"
        );
    }
    let workspace = Workspace::new(&[(
        "Dockerfile",
        "# unroot: ignore it had to\n\nFROM alpine:3.22\nRUN adduser -D app\nUSER app\nCMD [\"x\"]\n",
    )]);
    let run = workspace.run(&["check"]);
    assert_eq!(run.code, 0, "a note");
    run.snapshot("unused-suppression");
    workspace.write("unroot.toml", "[rules]\nunused-suppression = \"error\"\n");
    assert_eq!(workspace.run(&["check"]).code, 1);
    assert_eq!(workspace.run(&["fix"]).code, 0, "nothing is to be fixed");
    // In stages that are not asked for, a comment may have its use.
    let two = "# unroot: ignore sockets\nFROM alpine AS build\nCMD [\"x\"]\nFROM alpine AS run\nUSER 1000\n";
    assert_eq!(
        check(two, &["--target", "run"]).1,
        "checked 1 file: 1 fine\n"
    );
    assert_eq!(check(two, &["--target", "build"]).1, SUPPRESSED);
}

#[test]
fn a_comment_that_cannot_be_followed_is_a_finding() {
    let workspace = Workspace::new(&[(
        "Dockerfile",
        "# unroot: ignore\nFROM alpine:3.22\n# unroot: ignore[DL3002] sockets\nUSER root\n# unroot: disable\nCMD [\"x\"]\n",
    )]);
    let run = workspace.run(&["check"]);
    assert_eq!(run.code, 1);
    run.snapshot("invalid-suppression");
    let fine = "FROM alpine\nRUN adduser -D app\n# unroot: ignore\nUSER app\n";
    assert_eq!(
        check(fine, &[]),
        (1, "checked 1 file: 1 about comments\n".into())
    );
}

#[test]
fn comments_for_other_tools_count() {
    let user = |comment: &str| format!("FROM alpine\n{comment}\nUSER root\nCMD [\"x\"]\n");
    let top = |comment: &str| format!("{comment}\n\nFROM alpine AS a\nFROM alpine\nCMD [\"x\"]\n");
    let last = |comment: &str| format!("FROM alpine\n{comment}\nCMD [\"x\"]\n");
    for text in [
        user("# hadolint ignore=DL3002,DL3006"),
        top("# hadolint global ignore=DL3002"),
        user("# tally ignore=hadolint/DL3002;reason=sockets"),
        top("# tally global ignore=stateful-root-runtime"),
        top("#checkov:skip=CKV_DOCKER_3:sockets"),
        last("# checkov:skip=CKV_DOCKER_8"),
        user("#trivy:ignore:AVD-DS-0002"),
        user("# trivy:ignore:DS002"),
        top("# kics-scan disable=fd54f200-402c-4333-a5a4-36ef6709af2f"),
        top("# kics-scan ignore"),
        user("# kics-scan ignore-line"),
        last("# nosemgrep: dockerfile.security.missing-user.missing-user"),
        user("# nosemgrep"),
    ] {
        assert_eq!(check(&text, &[]), (0, SUPPRESSED.into()), "{text}");
        let (code, last) = check(&text, &["--ignore-comments", "own"]);
        assert_eq!((code, last.contains("1 as root")), (1, true), "{text}");
    }
    for text in [
        user("# hadolint ignore=DL3006"),
        top("# hadolint ignore=DL3002"),
        top("#trivy:ignore:AVD-DS-0002"),
        user("# trivy:ignore:AVD-DS-0002:exp:2020-01-01"),
        last("# kics-scan disable=fd54f200-402c-4333-a5a4-36ef6709af2f"),
        "# nosemgrep\nFROM alpine\nCMD [\"x\"]\n".to_owned(),
    ] {
        let (code, last) = check(&text, &[]);
        assert_eq!(code, 1, "{text}");
        assert!(!last.contains("about comments"), "never unused: {last}");
    }
}

#[test]
fn what_is_suppressed_is_not_fixed_and_is_listed() {
    let kept = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n# checkov:skip=CKV_DOCKER_3: it binds raw sockets\nCMD [\"python\", \"app.py\"]\n";
    let workspace = Workspace::new(&[("kept/Dockerfile", kept), ("Dockerfile", ROOT)]);
    workspace
        .run(&["check", "--verbose", "kept"])
        .snapshot("check-suppressed");
    let run = workspace.run(&["fix", "--unsafe"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(workspace.read("kept/Dockerfile"), kept);
    assert_ne!(workspace.read("Dockerfile"), ROOT);

    let json: Value =
        serde_json::from_str(&workspace.run(&["check", "kept", "--format", "json"]).stdout)
            .expect("JSON");
    let file = &json["files"][0];
    assert_eq!(file["findings"], Value::Array(Vec::new()));
    let one = &file["suppressed"][0];
    assert_eq!(one["rule"], "runs-as-root");
    assert_eq!(one["fix"], Value::Null);
    let why = &one["suppression"];
    assert_eq!(
        (&why["by"], &why["tool"]),
        (&"comment".into(), &"checkov".into())
    );
    assert_eq!(why["reason"], "it binds raw sockets");
    assert_eq!(why["comment_line"], 4);
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/formats.md"));
    let docs = docs.expect("readable");
    for field in why.as_object().expect("an object").keys() {
        assert!(
            docs.contains(&format!("`{field}`")),
            "{field} is documented"
        );
    }

    let sarif: Value = serde_json::from_str(
        &workspace
            .run(&["check", "kept", "--format", "sarif"])
            .stdout,
    )
    .expect("JSON");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "runs-as-root");
    assert_eq!(result["suppressions"][0]["kind"], "inSource");
    let justification = result["suppressions"][0]["justification"].as_str();
    assert_eq!(
        justification,
        Some("a comment for checkov in line 4: it binds raw sockets")
    );
}

#[test]
fn a_baseline_lets_only_new_findings_fail() {
    let workspace = Workspace::new(&[
        ("a/Dockerfile", ROOT),
        ("b/Dockerfile", "FROM debian:12\nUSER root\nCMD [\"x\"]\n"),
        ("c/Dockerfile", FINE),
    ]);
    let run = workspace.run(&["check", "--write-baseline", ".github/known.json"]);
    assert_eq!(run.code, 2, "the folder is not there: {}", run.stderr);
    workspace.write(".github/keep", "");
    let run = workspace.run(&["check", "--write-baseline", ".github/known.json"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert_eq!(
        run.stderr,
        "wrote 2 findings into .github/known.json\nchecked 3 files: 1 fine, 2 suppressed\n"
    );
    let baseline = workspace.read(".github/known.json");
    let known = ["check", "--baseline", ".github/known.json"];
    let run = workspace.run(&known);
    assert_eq!(
        (run.code, run.stdout.as_str(), run.stderr.as_str()),
        (0, "", "checked 3 files: 1 fine, 2 suppressed\n")
    );

    // Lines move and tags rise; another folder to start from changes nothing.
    workspace.write(
        "a/Dockerfile",
        &format!("# ours\n\n{}", ROOT.replace("3.12", "3.13")),
    );
    let mut command = workspace.command();
    command.current_dir(workspace.path().join("a"));
    let run = workspace.finish(command.args(["check", "--baseline", "../.github/known.json"]));
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (0, "checked 1 file: 1 suppressed\n")
    );

    // A new one fails, one that is mended is said.
    workspace.write("c/Dockerfile", ROOT);
    workspace.write("b/Dockerfile", FINE);
    let run = workspace.run(&known);
    assert_eq!(run.code, 1);
    run.snapshot("check-baseline");
    std::fs::remove_file(workspace.path().join("b/Dockerfile")).expect("there");
    let run = workspace.run(&[&known[..], &["a"]].concat());
    assert_eq!(run.code, 0);
    assert!(
        run.stderr.starts_with("gone: ../b/Dockerfile: "),
        "{}",
        run.stderr
    );

    // The same again is the same file.
    workspace.write("b/Dockerfile", "FROM debian:12\nUSER root\nCMD [\"x\"]\n");
    workspace.write("c/Dockerfile", FINE);
    workspace.run(&["check", "--write-baseline", ".github/known.json"]);
    assert_eq!(workspace.read(".github/known.json"), baseline);
}

#[test]
fn what_is_no_baseline_says_what_to_do() {
    let workspace = Workspace::new(&[("Dockerfile", ROOT), ("known.json", "{}")]);
    for (args, why) in [
        (
            &["check", "--baseline", "nowhere.json"],
            "cannot read nowhere.json",
        ),
        (
            &["check", "--baseline", "known.json"],
            "known.json is no baseline: it has no version",
        ),
    ] {
        let run = workspace.run(args);
        assert_eq!(run.code, 2);
        assert!(
            run.stderr.starts_with(&format!("error: {why}")),
            "{}",
            run.stderr
        );
        assert!(
            run.stderr.contains("help: write one with --write-baseline"),
            "{}",
            run.stderr
        );
    }
    let both = ["check", "--baseline", "a", "--write-baseline", "b"];
    assert_eq!(workspace.run(&both).code, 2);
}
