//! VS Code with the extension of `editors/vscode`: what it says where unroot is missing, the problem, the quick fix, save.

use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;

use super::workspace::Workspace;
use super::{DOCKERFILE, assert_fixed, skip, told};

const EXTENSION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/editors/vscode");

#[test]
fn vs_code_shows_what_is_found_and_writes_the_fix() {
    // `.ci/vscode` makes both.
    let vsix = Path::new(EXTENSION).join("unroot.vsix");
    let Some(tools) = std::env::var_os("UNROOT_VSCODE").filter(|_| vsix.is_file()) else {
        return skip("VS Code, or the packed extension,");
    };
    let app = ("app.py", "print(1)\n");
    let edited = Workspace::new(&[
        ("Dockerfile", DOCKERFILE),
        ("Dockerfile.worker", DOCKERFILE),
        app,
    ]);
    // What is typed before the save that repairs it.
    let typed = DOCKERFILE.replace("WORKDIR", "# typed\nWORKDIR");
    let before = Workspace::new(&[
        ("Dockerfile", DOCKERFILE),
        ("Dockerfile.worker", &typed),
        app,
    ]);
    let home = tempfile::tempdir().expect("a folder");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/vscode.mjs");
    let output = Command::new("node")
        .arg(script)
        .current_dir(edited.path())
        .env("UNROOT", cargo_bin("unroot"))
        .env("UNROOT_VSCODE", tools)
        .env("UNROOT_VSIX", vsix)
        .env("UNROOT_DATA", home.path().join("data"))
        .env("HOME", home.path())
        .output()
        .expect("it runs");
    let told = told(&output);
    assert!(output.status.success(), "{told}");
    for line in [
        "told `/nowhere/unroot` is not there. Install unroot, or say in unroot.path where it is.",
        "found the last stage starts as root: it has no USER, and python:3.12-slim starts as root",
        "action unroot: run as app (10001:10001)",
        "left 0",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert_eq!(told.matches("action ").count(), 1, "{told}");
    assert_fixed(&edited, &["Dockerfile", "Dockerfile.worker"], &before);
}
