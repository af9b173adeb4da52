//! pre-commit runs the hooks of `.pre-commit-hooks.yaml` in a repository of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;

use super::workspace::Workspace;
use super::{is_there, required, told};

const ROOT: &str =
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY app.py .\nCMD [\"python\", \"app.py\"]\n";
const HELD_BACK: &str = "FROM alpine:3.22\nVOLUME /data\nCMD [\"sleep\", \"9\"]\n";

/// A repository in which the hooks with these identifiers are installed, as its developer has it.
struct Repository {
    workspace: Workspace,
    home: tempfile::TempDir,
    path: std::ffi::OsString,
}

impl Repository {
    fn new(hooks: &[&str]) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut config = format!(
            "repos:\n- repo: {}\n  rev: {}\n  hooks:\n",
            root.display(),
            git(root, &["rev-parse", "HEAD"])
        );
        for hook in hooks {
            config.push_str(&format!("  - id: {hook}\n"));
        }
        // The unroot under test goes before any other.
        let built: PathBuf = cargo_bin("unroot");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = built.parent().map(Path::to_owned).into_iter();
        let folders = folders.chain(std::env::split_paths(&path));
        let repository = Self {
            workspace: Workspace::new(&[
                (".pre-commit-config.yaml", &config),
                ("app.py", "print(1)\n"),
                ("not-a-dockerfile.txt", ROOT),
            ]),
            home: tempfile::TempDir::new().expect("a temporary folder"),
            path: std::env::join_paths(folders).expect("folders"),
        };
        repository.ok("git", &["init", "-q", "-b", "main"]);
        repository.ok("git", &["config", "user.name", "t"]);
        repository.ok("git", &["config", "user.email", "t@example.com"]);
        repository.ok("pre-commit", &["install"]);
        repository
    }

    fn run(&self, program: &str, args: &[&str]) -> Output {
        let home = std::env::var_os("HOME").unwrap_or_default();
        let cargo = std::env::var_os("CARGO_HOME")
            .unwrap_or_else(|| Path::new(&home).join(".cargo").into_os_string());
        let rustup = std::env::var_os("RUSTUP_HOME")
            .unwrap_or_else(|| Path::new(&home).join(".rustup").into_os_string());
        Command::new(program)
            .args(args)
            .current_dir(self.workspace.path())
            .env("PATH", &self.path)
            .env("HOME", self.home.path())
            .env("CARGO_HOME", cargo)
            .env("RUSTUP_HOME", rustup)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("PRE_COMMIT_HOME")
            .env_remove("XDG_CACHE_HOME")
            .output()
            .expect("it runs")
    }

    fn ok(&self, program: &str, args: &[&str]) {
        let output = self.run(program, args);
        assert!(output.status.success(), "{args:?}: {}", told(&output));
    }

    /// Commits all that lies there: whether the hooks let it pass, and what they say.
    fn commit(&self) -> (bool, String) {
        self.ok("git", &["add", "--all"]);
        let output = self.run("git", &["commit", "-qm", "work"]);
        (output.status.success(), told(&output))
    }
}

fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(args)
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{}", told(&output));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[test]
fn the_hook_that_checks_refuses_a_commit_until_it_is_mended() {
    if !is_there("pre-commit") {
        return;
    }
    let repository = Repository::new(&["unroot-check-system"]);
    let (passed, told) = repository.commit();
    assert!(passed && told.contains("no files to check"), "{told}");
    repository.workspace.write("service/Dockerfile", ROOT);
    let (passed, told) = repository.commit();
    assert!(!passed, "{told}");
    for part in ["error[runs-as-root]", "service/Dockerfile:1:1"] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    assert_eq!(repository.workspace.read("service/Dockerfile"), ROOT);
    repository.workspace.run(&["fix", "service"]);
    let (passed, told) = repository.commit();
    assert!(passed, "{told}");
}

#[test]
fn the_hook_that_fixes_writes_the_fix_and_then_passes() {
    if !is_there("pre-commit") {
        return;
    }
    let repository = Repository::new(&["unroot-fix-system"]);
    repository.workspace.write("Dockerfile", ROOT);
    let (passed, told) = repository.commit();
    assert!(
        !passed && told.contains("files were modified by this hook"),
        "{told}"
    );
    assert!(repository.workspace.read("Dockerfile").contains("\nUSER "));
    let (passed, told) = repository.commit();
    assert!(passed, "{told}");
    // What is held back is said, and left as it is.
    repository.workspace.write("held/Dockerfile", HELD_BACK);
    let (passed, told) = repository.commit();
    assert!(!passed && told.contains("held/Dockerfile"), "{told}");
    assert_eq!(repository.workspace.read("held/Dockerfile"), HELD_BACK);
}

/// The hooks as most people have them: pre-commit builds the program from this repository's last commit.
#[test]
fn the_hooks_are_built_and_run() {
    if !required() {
        return;
    }
    assert!(is_there("pre-commit"));
    let repository = Repository::new(&["unroot-fix", "unroot-check"]);
    repository.workspace.write("Dockerfile", ROOT);
    let (passed, told) = repository.commit();
    assert!(!passed && told.contains("files were modified"), "{told}");
    let (passed, told) = repository.commit();
    assert!(passed, "{told}");
}
