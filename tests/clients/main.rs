//! Programs of others that people run unroot from, for real: Neovim and VS Code as clients of `unroot lsp`, and
//! pre-commit.
//!
//! With `UNROOT_CLIENTS=required` one that is missing is a failure, and pre-commit builds unroot as it does for its users;
//! else what is missing is said loudly.
#![cfg(unix)]

#[allow(dead_code, reason = "shared with tests that use the rest")]
#[path = "../common/workspace.rs"]
mod workspace;

mod neovim;
mod pre_commit;
mod vscode;

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use workspace::Workspace;

/// What editors open. Positions are UTF-16, which the comment puts to the test.
const DOCKERFILE: &str = "# \u{1F40D} Größe\nFROM python:3.12-slim\nWORKDIR /app\nCOPY app.py .\nCMD [\"python\", \"app.py\"]\n";

/// An editor left in these files what `unroot fix` makes of them.
fn assert_fixed(edited: &Workspace, files: &[&str], before: &Workspace) {
    let texts: Vec<String> = files.iter().map(|file| before.read(file)).collect();
    let run = before.run(&[&["fix"], files].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    for (file, text) in files.iter().zip(texts) {
        assert_ne!(before.read(file), text, "{file}");
        assert_eq!(edited.read(file), before.read(file), "{file}");
    }
}

/// Whether all of it must be run.
fn required() -> bool {
    std::env::var("UNROOT_CLIENTS").is_ok_and(|value| value == "required")
}

/// Whether the program is on this machine; says so where it is not, and fails where it must be.
fn is_there(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if found.is_ok_and(|status| status.success()) {
        return true;
    }
    skip(program);
    false
}

/// Says what is not here, and fails where it must be.
fn skip(what: &str) {
    assert!(!required(), "{what} is missing");
    // Past the capture of a passing test's output.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what} is not on this machine");
}

/// All that a program printed, with how it ended.
fn told(output: &Output) -> String {
    format!(
        "{}{}(exit code {:?})",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        output.status.code()
    )
}
