//! The commands around the work itself: `explain`, `completions`, `man`, `init`, and what the exit code counts.

#[allow(dead_code, reason = "shared with tests that use the rest")]
#[path = "common/workspace.rs"]
mod workspace;

use std::fs;
use std::path::Path;
use std::process::Command;

use unroot::finding::Rule;
use workspace::Workspace;

const ROOT: &str = "FROM alpine:3.22\nCMD [\"sleep\", \"9\"]\n";
const UNKNOWN: &str = "FROM registry.example.com/platform/java:21\nCMD [\"java\"]\n";
const STEPS_DOWN: &str = "FROM alpine:3.22\nRUN apk add --no-cache su-exec\nCMD [\"su-exec\", \"app\", \"sleep\", \"9\"]\n";
const SSHD: &str = "FROM debian:13\nRUN apt-get update && apt-get install -y openssh-server\nCMD [\"/usr/sbin/sshd\", \"-D\"]\n";

#[test]
fn explain_tells_of_rules_and_reasons() {
    let workspace = Workspace::new(&[]);
    workspace
        .run(&["explain", "runs-as-root"])
        .snapshot("explain-rule");
    workspace
        .run(&["explain", "volume"])
        .snapshot("explain-reason");
    workspace
        .run(&["explain", "run-as-root"])
        .snapshot("explain-neither");
    for rule in Rule::ALL {
        let run = workspace.run(&["explain", rule.id()]);
        assert_eq!(run.code, 0);
        for heading in [
            "RULE\n",
            "LEVEL\n",
            "WHAT\n",
            "WHY\n",
            "EXAMPLE",
            "THE FIX\n",
        ] {
            assert!(run.stdout.contains(heading), "{}: {heading}", rule.id());
        }
        let wide = run.stdout.lines().find(|line| {
            // Dockerfiles and addresses are there to be copied.
            line.len() > 78
                && line.contains("  ")
                && !line.contains("    RUN ")
                && !line.contains("://")
        });
        assert!(
            wide.is_none_or(|line| line.starts_with("    FROM") || line.contains("docker run")),
            "{wide:?}"
        );
    }
}

/// What is found, and which of it ends with 1.
#[test]
fn fail_on_says_what_counts() {
    for (file, level) in [(ROOT, 3), (UNKNOWN, 2), (STEPS_DOWN, 1)] {
        let workspace = Workspace::new(&[("Dockerfile", file)]);
        for (argument, least) in [("error", 3), ("warning", 2), ("note", 1), ("never", 9)] {
            for command in ["check", "diff"] {
                let run = workspace.run(&[command, "--fail-on", argument]);
                assert_eq!(
                    run.code,
                    i32::from(level >= least),
                    "{command} --fail-on {argument}: {}",
                    run.stderr
                );
            }
        }
        assert_eq!(workspace.run(&["check"]).code, i32::from(level >= 2));
        for command in ["check", "diff"] {
            assert_eq!(workspace.run(&[command, "--exit-zero"]).code, 0);
        }
    }
}

#[test]
fn what_fails_is_forgiven_by_nothing() {
    let workspace = Workspace::new(&[("Dockerfile", ROOT)]);
    for arguments in [
        ["check", "--exit-zero", "nowhere"],
        ["check", "--exit-zero", "--target=nowhere"],
        ["diff", "--exit-zero", "--target=nowhere"],
        ["fix", "--exit-zero", "--target=nowhere"],
        ["check", "--exit-zero", "--fail-on=note"],
    ] {
        assert_eq!(workspace.run(&arguments).code, 2, "{arguments:?}");
    }
    let run = workspace
        .command()
        .args(["check"])
        .env("UNROOT_FAIL_ON", "never")
        .output();
    assert!(run.expect("it runs").status.success());
}

#[test]
fn fix_can_hold_back_without_failing() {
    let workspace = Workspace::new(&[("Dockerfile", SSHD)]);
    assert_eq!(workspace.run(&["fix"]).code, 1);
    let run = workspace.run(&["fix", "--exit-zero"]);
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("held back") || run.stdout.contains("held back"));
}

#[test]
fn a_baseline_holds_what_would_fail() {
    let workspace = Workspace::new(&[("Dockerfile", STEPS_DOWN)]);
    let write = |level: &str| {
        let arguments = [
            "check",
            "--fail-on",
            level,
            "--write-baseline",
            "known.json",
        ];
        let run = workspace.run(&arguments);
        assert_eq!(run.code, 0);
        run.stderr
    };
    assert!(write("warning").starts_with("wrote 0 findings"));
    let known = ["check", "--fail-on", "note", "--baseline", "known.json"];
    assert_eq!(workspace.run(&known).code, 1);
    assert!(write("note").starts_with("wrote 1 finding "));
    assert_eq!(workspace.run(&known).code, 0);
    // What is suppressed does not count either.
    let comment = "FROM alpine:3.22\n# unroot: ignore the auditor knows\nCMD [\"su-exec\", \"app\", \"sleep\", \"9\"]\n";
    workspace.write("Dockerfile", comment);
    assert_eq!(workspace.run(&["check", "--fail-on", "note"]).code, 0);
}

/// Whether the program is here.
fn is_here(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

#[test]
fn completions_are_well_formed() {
    let workspace = Workspace::new(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = workspace.run(&["completions", shell]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        for word in ["check", "fail-on", "completions"] {
            assert!(run.stdout.contains(word), "{shell}: {word}");
        }
        workspace.write(&format!("completions.{shell}"), &run.stdout);
        if matches!(shell, "bash" | "zsh" | "fish") && is_here(shell) {
            let status = Command::new(shell)
                .args(["-n", &format!("completions.{shell}")])
                .current_dir(workspace.path())
                .status();
            assert!(status.expect("it runs").success(), "{shell}");
        }
    }
    let wrong = workspace.run(&["completions", "tcsh"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.stderr.contains("possible values: bash"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let workspace = Workspace::new(&[]);
    let page = workspace.run(&["man"]);
    assert_eq!(page.code, 0);
    assert!(page.stdout.contains(".TH unroot 1") && page.stdout.contains("Exit codes"));
    assert_eq!(workspace.run(&["man", "--out", "a/b"]).code, 0);
    let folder = workspace.path().join("a/b");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("readable")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    for command in [
        "",
        "-check",
        "-diff",
        "-fix",
        "-commit",
        "-pr",
        "-verify",
        "-explain",
        "-config-show",
        "-lsp",
    ] {
        assert!(
            names.contains(&format!("unroot{command}.1")),
            "{command}: {names:?}"
        );
    }
    assert!(
        !names.contains(&"unroot-action.1".to_owned()),
        "it is no command for people"
    );
    if is_here("mandoc") {
        for name in &names {
            lint(&folder.join(name));
        }
    }
}

/// No error; style is clap's.
fn lint(page: &Path) {
    let output = Command::new("mandoc")
        .args(["-T", "lint", "-W", "error"])
        .arg(page)
        .output();
    let output = output.expect("it runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn init_writes_what_is_read_again() {
    let workspace = Workspace::new(&[
        ("Dockerfile", ROOT),
        (".git/HEAD", "ref: refs/heads/main\n"),
    ]);
    let before = workspace.run(&["config", "show"]).stdout;
    let run = workspace.run(&["init", "--workflow"]);
    run.snapshot("init");
    let after = workspace.run(&["config", "show"]).stdout;
    // It changes nothing by itself but whose word counts.
    assert_eq!(
        after.replace(
            "# the nearest configuration is unroot.toml",
            "# there is no configuration"
        ),
        before
    );
    assert!(
        workspace
            .read(".github/workflows/unroot.yml")
            .contains("uses: unroot/unroot@v")
    );
    // Nor does what it shows in comments break anything.
    let text = workspace.read("unroot.toml");
    let lines = text.lines().map(|line| match line.strip_prefix("# ") {
        Some(rest) if rest.contains(" = ") && !rest.contains(' ') || rest.starts_with('[') => rest,
        Some(rest)
            if rest
                .split(" = ")
                .next()
                .is_some_and(|key| !key.contains(' '))
                && rest.contains(" = ") =>
        {
            rest
        }
        _ => line,
    });
    let uncommented = lines.collect::<Vec<_>>().join("\n");
    workspace.write("unroot.toml", &uncommented);
    let all = workspace.run(&["config", "show"]);
    assert_eq!(all.code, 0, "{}{uncommented}", all.stderr);
    assert!(
        all.stdout.contains("uid_range = [10001, 19999]"),
        "{}",
        all.stdout
    );
}

#[test]
fn init_replaces_nothing_unless_told_to() {
    let workspace = Workspace::new(&[("unroot.toml", "own = \"app\"\n")]);
    let run = workspace.run(&["init"]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.stderr,
        "error: there already: unroot.toml\nhelp: --force replaces what is there\n"
    );
    assert!(
        !workspace.path().join(".github").exists(),
        "nothing is made by half"
    );
    let run = workspace.run(&["init", "--workflow"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout
            .starts_with("kept unroot.toml\nwrote .github/workflows/unroot.yml\n")
    );
    assert_eq!(workspace.read("unroot.toml"), "own = \"app\"\n");
    let again = workspace.run(&["init", "--workflow"]);
    assert_eq!(again.code, 2);
    assert!(
        again
            .stderr
            .starts_with("error: there already: .github/workflows/unroot.yml\n")
    );
    let run = workspace.run(&["init", "--force"]);
    assert_eq!(run.code, 0);
    assert!(!workspace.read("unroot.toml").contains("own = \"app\""));
    let nowhere = workspace.run(&["init", "nowhere"]);
    assert_eq!((nowhere.code, nowhere.stdout.as_str()), (2, ""));
}
