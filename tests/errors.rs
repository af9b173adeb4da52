//! What is said of bad input: what is wrong, and what to do.

#[allow(dead_code, reason = "shared with tests that use the rest")]
#[path = "common/workspace.rs"]
mod workspace;

use workspace::{Run, Workspace};

const ROOT: &str = "FROM alpine:3.22\nCMD [\"sleep\", \"9\"]\n";

#[test]
fn every_error_says_what_to_do() {
    let workspace = Workspace::new(&[
        ("Dockerfile", ROOT),
        ("empty/notes.txt", "none here\n"),
        ("broken.json", "{"),
        (
            "regex.toml",
            "[[base]]\nimage = \"a\"\ntag_re = \"(\"\nuser = \"x\"\n",
        ),
        ("value.toml", "own = \n"),
        ("kind.toml", "[user]\nuid = \"x\"\n"),
        ("key.toml", "\nstratgy = \"twin\"\n"),
    ]);
    std::fs::write(
        workspace.path().join("latin1.toml"),
        b"own = \"app\"\n# caf\xe9\n",
    )
    .expect("writable");
    std::fs::write(
        workspace.path().join("latin1.Dockerfile"),
        b"FROM alpine:3.22\n# caf\xe9\nUSER 70\n",
    )
    .expect("writable");
    let mut text = String::new();
    for arguments in [
        "check nowhere",
        "check Dockerfile/",
        "check empty",
        "diff empty",
        "verify empty",
        "check --target nowhere Dockerfile",
        "check latin1.Dockerfile",
        "check --context nowhere",
        "check --context Dockerfile",
        "check --build-arg X",
        "check --base-user x",
        "check --diff-base HEAD",
        "check --config none.toml",
        "check --config .",
        "check --config regex.toml",
        "check --config value.toml",
        "check --config key.toml",
        "check --config latin1.toml",
        "check --baseline none.json",
        "check --baseline broken.json",
        "check --write-baseline none/known.json Dockerfile",
        "check --output none/x.sarif",
        "check --output yaml=x",
        "check --output Dockerfile",
        "check --format yaml",
        "check --fail-on root",
        "check --fail-on note --exit-zero",
        "check --uid 0",
        "check --uid many",
        "check --insecure-registry http://localhost:5000",
        "check --config kind.toml",
        "check --uid-range 5",
        "check --user Root",
        "chekc",
        "explain",
        "fix --engine docker",
        "fix --inline",
        "verify --wait long",
        "verify --fixed nowhere Dockerfile",
        "commit",
        "completions tcsh",
        "man --out Dockerfile",
        "init Dockerfile",
        "lsp --config none.toml",
    ] {
        let Run { stderr, code, .. } = workspace.run(&arguments.split(' ').collect::<Vec<_>>());
        text.push_str(&format!(
            "$ unroot {arguments}\n{stderr}exit code {code}\n\n"
        ));
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/cli");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("errors", text));
}

/// Root reads everything.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let workspace = Workspace::new(&[("Dockerfile", ROOT)]);
    let path = workspace.path().join("Dockerfile");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("mode");
    if std::fs::read(&path).is_ok() {
        return;
    }
    let run = workspace.run(&["check"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("let the user who runs this read it"),
        "{}",
        run.stderr
    );
}
