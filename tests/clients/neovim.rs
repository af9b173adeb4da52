//! Neovim as the client of `unroot lsp`: initialize, open, diagnostics, code action, apply, save.

use std::process::Command;

use assert_cmd::cargo::cargo_bin;

use super::workspace::Workspace;
use super::{DOCKERFILE, assert_fixed, is_there, told};

#[test]
fn neovim_shows_what_is_found_and_writes_the_fix() {
    if !is_there("nvim") {
        return;
    }
    let files = [("Dockerfile", DOCKERFILE), ("app.py", "print(1)\n")];
    let (edited, before) = (Workspace::new(&files), Workspace::new(&files));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/neovim.lua");
    let output = Command::new("nvim")
        .args(["--headless", "-u", "NONE", "-n", "-S", script])
        .current_dir(edited.path())
        .env("UNROOT", cargo_bin("unroot"))
        .env("HOME", edited.path().join("home"))
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_STATE_HOME")
        .output()
        .expect("it runs");
    let told = told(&output);
    assert!(output.status.success(), "{told}");
    for line in [
        "found 1:0 runs-as-root ",
        "action unroot: run as app (10001:10001)",
        "left 0",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert_eq!(told.matches("action ").count(), 1, "{told}");
    assert_fixed(&edited, &["Dockerfile"], &before);
}
