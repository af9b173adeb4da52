//! The built binary, as people run it: arguments in, standard output, standard error and exit code out.

#[path = "common/workspace.rs"]
mod workspace;

use std::fs;
use std::process::Command;

use workspace::Workspace;

const PYTHON: &str =
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"app.py\"]\n";
const FINE: &str = "FROM alpine:3.22\nRUN adduser -D app\nUSER app\nCMD [\"sleep\", \"1\"]\n";
const SSHD: &str = "FROM debian:13\nRUN apt-get update && apt-get install -y openssh-server\nCMD [\"/usr/sbin/sshd\", \"-D\"]\n";

#[test]
fn check_reports_what_and_why() {
    let workspace = Workspace::new(&[
        ("Dockerfile", PYTHON),
        ("ok/Dockerfile", FINE),
        ("ssh/Dockerfile", SSHD),
    ]);
    let run = workspace.run(&["check"]);
    assert_eq!(run.code, 1);
    run.snapshot("check");
}

#[test]
fn check_of_a_fine_file_says_nothing_and_succeeds() {
    let workspace = Workspace::new(&[("Dockerfile", FINE)]);
    let run = workspace.run(&["check", "Dockerfile"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert_eq!(run.stderr, "checked 1 file: 1 fine\n");
}

#[test]
fn check_says_of_fine_files_what_they_start_as_when_asked() {
    let nonroot = "FROM gcr.io/distroless/static:nonroot\nCOPY app /\nCMD [\"/app\"]\n";
    let workspace = Workspace::new(&[("Dockerfile", FINE), ("base/Dockerfile", nonroot)]);
    let run = workspace.run(&["check", "--verbose"]);
    assert_eq!(run.code, 0);
    run.snapshot("check-verbose");
}

#[test]
fn diff_is_a_patch_and_nothing_else_on_standard_output() {
    let workspace = Workspace::new(&[
        ("Dockerfile", PYTHON),
        ("my app/Dockerfile", PYTHON),
        ("ssh/Dockerfile", SSHD),
    ]);
    let run = workspace.run(&["diff", "."]);
    assert_eq!(run.code, 1);
    run.snapshot("diff");
    workspace.write("fix.patch", &run.stdout);
    let git = |args: &[&str]| {
        let status = Command::new("git")
            .args(args)
            .current_dir(workspace.path())
            .status();
        assert!(status.expect("git runs").success(), "git {args:?}");
    };
    git(&["init", "-q"]);
    git(&["apply", "--check", "fix.patch"]);
    git(&["apply", "fix.patch"]);
    assert!(
        workspace
            .read("my app/Dockerfile")
            .contains("USER 10001:10001")
    );
    assert_eq!(
        workspace.run(&["diff", "Dockerfile", "my app"]).code,
        0,
        "nothing is left"
    );
}

#[test]
fn diff_changes_nothing() {
    let workspace = Workspace::new(&[("Dockerfile", PYTHON)]);
    workspace.run(&["diff"]);
    assert_eq!(workspace.read("Dockerfile"), PYTHON);
}

#[test]
fn fix_writes_what_is_safe_and_says_what_it_held_back() {
    let workspace = Workspace::new(&[
        ("Dockerfile", PYTHON),
        ("ssh/Dockerfile", SSHD),
        (
            "volume/Dockerfile",
            "FROM alpine\nVOLUME /data\nCMD [\"sleep\", \"9\"]\n",
        ),
    ]);
    let run = workspace.run(&["fix"]);
    assert_eq!(run.code, 1, "something was held back");
    run.snapshot("fix");
    assert!(
        workspace
            .read("Dockerfile")
            .ends_with("USER 10001:10001\nCMD [\"python\", \"app.py\"]\n")
    );
    assert_eq!(workspace.read("ssh/Dockerfile"), SSHD);

    let again = workspace.run(&["fix", "Dockerfile"]);
    assert_eq!(
        (again.code, again.stdout.as_str()),
        (0, ""),
        "a second run does nothing"
    );

    let rest = workspace.run(&["fix", "--unsafe", "volume"]);
    assert_eq!(rest.code, 0, "all done: {}", rest.stdout);
    assert!(
        workspace
            .read("volume/Dockerfile")
            .contains("mkdir -p /data && chown 10001:10001 /data\nVOLUME /data\n")
    );
}

#[cfg(unix)]
#[test]
fn fix_keeps_the_mode_and_the_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let workspace = Workspace::new(&[("real/Dockerfile", PYTHON)]);
    let real = workspace.path().join("real/Dockerfile");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("mode");
    symlink(&real, workspace.path().join("Dockerfile")).expect("link");
    assert_eq!(workspace.run(&["fix", "Dockerfile"]).code, 0);
    assert!(
        fs::symlink_metadata(workspace.path().join("Dockerfile"))
            .expect("there")
            .is_symlink()
    );
    assert!(workspace.read("real/Dockerfile").contains("USER"));
    assert_eq!(
        fs::metadata(&real).expect("there").permissions().mode() & 0o777,
        0o640
    );
    let left: Vec<_> = fs::read_dir(workspace.path().join("real"))
        .expect("readable")
        .collect();
    assert_eq!(left.len(), 1, "no temporary file is left");
}

#[test]
fn standard_input_is_a_filter() {
    let workspace = Workspace::new(&[]);
    let fixed = workspace.pipe(&["fix", "-"], PYTHON);
    assert_eq!(fixed.code, 0);
    assert!(
        fixed.stdout.starts_with("FROM python:3.12-slim\n")
            && fixed.stdout.contains("USER 10001:10001\n")
    );
    let same = workspace.pipe(&["fix", "-"], FINE);
    assert_eq!(
        (same.code, same.stdout.as_str()),
        (0, FINE),
        "an unchanged file passes through"
    );
    let diff = workspace.pipe(&["diff", "-", "--stdin-filename", "app/Dockerfile"], PYTHON);
    assert!(
        diff.stdout
            .starts_with("--- a/app/Dockerfile\n+++ b/app/Dockerfile\n"),
        "{}",
        diff.stdout
    );
    assert_eq!(workspace.pipe(&["check", "-"], PYTHON).code, 1);
}

#[test]
fn colours_only_when_they_are_seen_or_asked_for() {
    let workspace = Workspace::new(&[("Dockerfile", PYTHON)]);
    assert!(!workspace.run(&["diff"]).stdout.contains('\x1b'));
    assert!(
        workspace
            .run(&["diff", "--color", "always"])
            .stdout
            .contains("\x1b[32m+USER")
    );
    assert!(
        workspace
            .run(&["check", "--color", "always"])
            .stdout
            .contains('\x1b')
    );
    assert!(
        !workspace
            .run(&["check", "--color", "never"])
            .stdout
            .contains('\x1b')
    );
}

#[test]
fn folders_are_searched_as_git_sees_them() {
    let workspace = Workspace::new(&[
        (".gitignore", "vendor/\n"),
        ("Dockerfile", FINE),
        ("api/Dockerfile.prod", FINE),
        ("web.dockerfile", FINE),
        ("Containerfile", FINE),
        ("vendor/Dockerfile", PYTHON),
        (".git/Dockerfile", PYTHON),
        ("Dockerfile.dockerignore", "node_modules\n"),
    ]);
    let run = workspace.run(&["check"]);
    assert_eq!(run.stderr, "checked 4 files: 4 fine\n");
    let named = workspace.run(&["check", "vendor/Dockerfile"]);
    assert_eq!(
        named.code, 1,
        "a file that is named is looked at, ignored or not"
    );
}

#[test]
fn a_target_and_build_arguments() {
    let workspace = Workspace::new(&[(
        "Dockerfile",
        "ARG TAG\nFROM alpine:${TAG} AS ship\nCMD [\"sleep\", \"1\"]\nFROM ship AS dev\nUSER guest\n",
    )]);
    assert_eq!(
        workspace.run(&["check", "--build-arg", "TAG=3.22"]).code,
        0,
        "the last stage is fine"
    );
    let ship = workspace.run(&["check", "--target", "ship", "--build-arg", "TAG=3.22"]);
    assert!(
        ship.stdout.contains("stage `ship` starts as root"),
        "{}",
        ship.stdout
    );
    let unknown = workspace.run(&["check", "--target", "ship"]);
    assert!(
        unknown.stdout.contains("--build-arg TAG=VALUE"),
        "{}",
        unknown.stdout
    );
    let wrong = workspace.run(&["check", "--target", "shop"]);
    assert_eq!(wrong.code, 2);
    assert_eq!(
        wrong.stderr.lines().next(),
        Some("error: Dockerfile: no stage `shop`; the stages are: ship, dev")
    );
}

#[test]
fn what_a_base_runs_as_can_be_said() {
    let file = "FROM registry.corp/base:1\nCMD [\"/srv/app\"]\n";
    let workspace = Workspace::new(&[("Dockerfile", file)]);
    assert!(
        workspace
            .run(&["check"])
            .stdout
            .contains("user-undetermined")
    );
    assert_eq!(
        workspace
            .run(&["check", "--base-user", "registry.corp/*=1001"])
            .code,
        0
    );
    assert!(
        workspace
            .run(&["check", "--base-user", "registry.corp/base=root"])
            .stdout
            .contains("starts as root")
    );
    workspace.write(
        "unroot.toml",
        "[[base]]\nimage = \"registry.corp/*\"\nuser = \"1001\"\n",
    );
    assert_eq!(
        workspace.run(&["check"]).code,
        0,
        "the configuration is found"
    );
    workspace.write("unroot.toml", "[[base]]\nimage = \"x\"\nusr = \"1001\"\n");
    let run = workspace.run(&["check"]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.stderr,
        "error: unroot.toml:3: unknown key `usr`\nhelp: did you mean `user`?\n"
    );
}

#[test]
fn step_downs_are_notes_unless_the_auditor_is_strict() {
    let file = "FROM debian:13\nCOPY run.sh /\nENTRYPOINT [\"/run.sh\"]\n";
    let workspace = Workspace::new(&[
        ("Dockerfile", file),
        ("run.sh", "#!/bin/sh\nexec gosu app \"$@\"\n"),
    ]);
    let run = workspace.run(&["check"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout.contains("steps down to `app`: `gosu` in run.sh"),
        "{}",
        run.stdout
    );
    assert_eq!(workspace.run(&["check", "--strict"]).code, 1);
}

#[test]
fn wrong_use_ends_with_2_and_says_what_to_do() {
    let workspace = Workspace::new(&[("Dockerfile", PYTHON)]);
    for (args, message) in [
        (vec!["check", "nowhere"], "cannot find nowhere"),
        (
            vec!["check", "--build-arg", "X"],
            "--build-arg X: a value is missing",
        ),
        (
            vec!["fix", "--user", "root"],
            "root is what this program is here to avoid",
        ),
        (vec!["fix", "--uid", "0"], "write a number from 1 to"),
        (
            vec!["fix", "--user", "a b"],
            "a user name has lower-case letters",
        ),
        (vec!["check", "--base-user", "x"], "is not IMAGE=USER"),
        (
            vec!["check", "--config", "none.toml"],
            "cannot read none.toml",
        ),
        (vec!["frobnicate"], "unrecognized subcommand"),
    ] {
        let run = workspace.run(&args);
        assert_eq!(run.code, 2, "{args:?}");
        assert!(run.stderr.contains(message), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn a_file_that_is_no_dockerfile_is_reported_and_never_edited() {
    let broken = "FROM alpine\nRUN <<EOF\necho\n";
    let workspace = Workspace::new(&[
        ("Dockerfile", broken),
        ("Dockerfile.llb", "# syntax=ghcr.io/acme/front\nhello\n"),
    ]);
    let run = workspace.run(&["fix", "--unsafe"]);
    assert_eq!(run.code, 1);
    run.snapshot("not-a-dockerfile");
    assert_eq!(workspace.read("Dockerfile"), broken);
}

#[test]
fn explain_says_what_is_known_and_from_where() {
    let workspace = Workspace::new(&[]);
    workspace
        .run(&["explain", "node:20"])
        .snapshot("explain-node");
    workspace
        .run(&["explain", "registry.corp/secret:1"])
        .snapshot("explain-unknown");
}

#[test]
fn help_shows_the_exit_codes() {
    let workspace = Workspace::new(&[]);
    workspace.run(&["--help"]).snapshot("help");
    assert!(
        workspace
            .run(&["fix", "--help"])
            .stdout
            .contains("--unsafe")
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_only_its_owner_reads_is_handed_over() {
    use std::os::unix::fs::PermissionsExt;
    let workspace = Workspace::new(&[
        (
            "Dockerfile",
            "FROM python:3.12-slim\nCOPY app.py /app/app.py\nCOPY key.pem /etc/app/key.pem\nCMD [\"python\", \"/app/app.py\"]\n",
        ),
        ("app.py", "print(open('/etc/app/key.pem').read())\n"),
        ("key.pem", "secret\n"),
    ]);
    let plain = workspace.run(&["diff"]).stdout;
    assert!(!plain.contains("--chown"), "{plain}");
    let key = workspace.path().join("key.pem");
    fs::set_permissions(key, fs::Permissions::from_mode(0o600)).expect("ours");
    let diff = workspace.run(&["diff"]).stdout;
    assert!(
        diff.contains("\n+COPY --chown=10001:10001 key.pem /etc/app/key.pem\n"),
        "{diff}"
    );
    assert!(
        !diff.contains("\n+COPY --chown=10001:10001 app.py"),
        "{diff}"
    );
}
