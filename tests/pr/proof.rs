//! `--verify`: what was built and run stands in the text. Needs a container engine, as `tests/lab` does.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use crate::setting::Setting;

/// A setting with the files of a lab case, and the engine in its environment; none, and loudly so, without an engine.
fn with_case(case: &str) -> Option<Setting> {
    if std::env::var("UNROOT_LAB").as_deref() != Ok("required") {
        // Not by `eprintln`, which the harness keeps to itself.
        let _ = std::io::stderr().write_all(
            b"\nSKIPPED: UNROOT_LAB is not `required`, no pull request was proven here\n",
        );
        return None;
    }
    let mut setting = Setting::new()?;
    for name in ["DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_BUILDKIT"] {
        if let Ok(value) = std::env::var(name) {
            setting.sandbox.set(name, &value);
        }
    }
    let file = format!("tests/lab/{case}/Dockerfile");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
    setting.moves_on("Dockerfile", &text.expect("readable"));
    Some(setting)
}

#[test]
fn what_was_proven_stands_in_the_text() {
    let Some(setting) = with_case("alpine-httpd") else {
        return;
    };
    let args = ["--verify", "--network", "none", "--wait", "2.5"];
    let run = setting.run(&args).expect(0);
    assert!(run.stdout.starts_with("opened http"), "{}", run.all());
    let state = setting.github.state();
    let body = state.pulls[0].body.as_deref().expect("a body");
    assert!(
        body.contains("The image was built and run as it is and as changed"),
        "{body}"
    );
}

#[test]
fn what_is_broken_is_not_proposed() {
    let Some(setting) = with_case("zip-file-of-the-day") else {
        return;
    };
    // Nothing of its context is here: the original does not build, so that nothing can be proven.
    let run = setting.run(&["--verify", "--network", "none"]).expect(1);
    assert!(
        run.stderr.contains("cannot be proven here"),
        "{}",
        run.all()
    );
    assert_eq!(setting.github.take_writes(), [""; 0]);
    assert_eq!(setting.tip(), "");
}

#[test]
fn what_lies_there_otherwise_is_not_proven() {
    let Some(setting) = with_case("alpine-httpd") else {
        return;
    };
    setting.sandbox.write("repo/Dockerfile", "FROM scratch\n");
    let run = setting.run(&["--verify"]).expect(1);
    assert!(
        run.stderr
            .contains("what lies in the work tree is another Dockerfile"),
        "{}",
        run.all()
    );
    assert_eq!(setting.tip(), "");
}
