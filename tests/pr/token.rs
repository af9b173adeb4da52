//! The token is in no output, no error, no log and no argument of a process.

use crate::double::{Fault, TOKEN};
use crate::setting::Setting;

#[cfg(unix)]
#[test]
fn the_token_is_nowhere_to_be_seen() {
    use std::os::unix::fs::PermissionsExt;

    let Some(mut setting) = Setting::new() else {
        return;
    };
    let path = std::env::var("PATH").expect("a PATH");
    let mut folders = std::env::split_paths(&path);
    let git = folders
        .find(|folder| folder.join("git").is_file())
        .expect("git")
        .join("git");
    let log = setting.sandbox.path("log");
    // Every argument of every git, as another user of the machine sees it.
    let text = format!(
        "#!/bin/sh\necho \"$*\" >> '{}'\nexec '{}' \"$@\"\n",
        log.display(),
        git.display()
    );
    setting.sandbox.write("bin/git", text);
    let script = setting.sandbox.path("bin/git");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("ours");
    setting
        .sandbox
        .set_path(format!("{}:{path}", setting.sandbox.path("bin").display()));
    // What would print every header.
    setting.sandbox.set("GIT_TRACE_CURL", "1");
    setting.sandbox.set("GIT_TRACE_REDACT", "0");

    let mut told = String::new();
    told.push_str(&setting.run(&["--dry-run"]).expect(0).all());
    setting
        .github
        .fail("GET /pulls", 9, Fault::status(401, TOKEN));
    told.push_str(&setting.run(&[]).expect(2).all());
    setting.github.state().faults.forget();
    told.push_str(&setting.run(&["--format", "json"]).expect(0).all());
    told.push_str(&setting.run(&[]).expect(0).all());
    told.push_str(&std::fs::read_to_string(log).expect("git was called"));
    for pull in &setting.github.state().pulls {
        told.push_str(pull.body.as_deref().unwrap_or_default());
    }
    let encoded = crate::git_http::base64(&format!("x-access-token:{TOKEN}"));
    for secret in [TOKEN, &encoded] {
        assert!(!told.contains(secret), "{told}");
    }
    assert!(told.contains("push"), "git pushed by this wrapper");
}
