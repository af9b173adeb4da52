//! What each case says of its fix, held to the binary with no engine: a label that moved is seen by `cargo test`
//! everywhere, not only where images can be built.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{Case, cases, unroot};

#[test]
fn every_case_has_the_fix_that_it_names() {
    let mut read = 0;
    let chosen = std::env::var_os("UNROOT_LAB_CASE").is_some();
    let mut wrong = Vec::new();
    for folder in cases() {
        let text = fs::read_to_string(folder.join("case.toml")).expect("readable");
        let case: Case = toml::from_str(&text).expect("a case");
        let Some(wanted) = &case.applicability else {
            continue;
        };
        read += 1;
        let found = label(&folder, &case);
        if found != *wanted {
            wrong.push(format!("{}: {found}, not {wanted}", folder.display()));
        }
    }
    assert!(chosen || read > 50, "only {read} cases name their fix");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The label of the fix that `unroot check` shows.
fn label(folder: &Path, case: &Case) -> String {
    let mut command = unroot(folder);
    command.args(["check", "--format=json", "Dockerfile"]);
    command.args(case.args.iter().filter(|arg| !is_of_the_proof(arg)));
    let output = command.output().expect("it starts");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let fix = report["files"][0]["findings"]
        .as_array()
        .and_then(|findings| findings.iter().find(|finding| !finding["fix"].is_null()))
        .map(|finding| &finding["fix"]);
    fix.and_then(|fix| fix["applicability"].as_str())
        .unwrap_or("no fix")
        .to_owned()
}

/// What builds and runs, and says nothing of the fix.
fn is_of_the_proof(arg: &str) -> bool {
    ["--build-opt", "--run-arg", "--strict"]
        .iter()
        .any(|option| arg.starts_with(option))
}
