//! What goes wrong on the other side: asked again where that helps, else one line that says what to do.

use crate::double::Fault;
use crate::setting::{READER, Setting};

/// The one line of an error.
#[track_caller]
fn line(stderr: &str) -> &str {
    let mut lines = stderr.lines();
    let line = lines.next().unwrap_or_default();
    assert_eq!(lines.next(), None, "{stderr}");
    line
}

#[test]
fn refusals_are_one_line_that_says_what_to_do() {
    for (status, said, words) in [
        (401, "Bad credentials", "token"),
        (
            403,
            "Resource not accessible by integration",
            "pull-requests: write",
        ),
        (404, "Not Found", "acme/shop"),
        (422, "Validation Failed", "Validation Failed"),
    ] {
        let Some(setting) = Setting::new() else {
            return;
        };
        setting
            .github
            .fail("GET /pulls", 9, Fault::status(status, said));
        let run = setting.run(&[]).expect(2);
        let line = line(&run.stderr);
        assert!(
            line.starts_with("error: ") && line.contains(words),
            "{status}: {line}"
        );
        assert_eq!(setting.tip(), "", "{status}: nothing was pushed");
    }
}

#[test]
fn what_passes_is_asked_again() {
    let soon = || vec![("retry-after", "0".to_owned())];
    for fault in [
        Fault::Status(429, "Too many requests", soon()),
        Fault::Status(403, "You have exceeded a secondary rate limit", soon()),
        Fault::Status(502, "Bad Gateway", soon()),
        Fault::Silent,
        Fault::DoneThenCut,
    ] {
        let Some(setting) = Setting::new() else {
            return;
        };
        setting.github.fail("GET /pulls", 1, fault.clone());
        setting.run(&[]).expect(0).says("opened http");
        // An answer that was lost does not make a second pull request.
        setting.moves_on(
            "Dockerfile",
            "FROM node:20-slim\nCOPY a.js /srv/\nCMD [\"node\", \"/srv/a.js\"]\n",
        );
        setting.github.fail("PATCH /pulls", 1, fault);
        setting.run(&[]).expect(0).says("updated http");
        assert_eq!(setting.github.state().pulls.len(), 1);
    }
}

#[test]
fn pull_requests_that_are_not_permitted_leave_a_link() {
    let Some(setting) = Setting::new() else {
        return;
    };
    setting.github.state().pulls_allowed = false;
    let run = setting.run(&[]).expect(1);
    let line = line(&run.stderr);
    assert!(
        line.starts_with("held back: the branch is pushed; "),
        "{line}"
    );
    let link = format!(
        "{}/acme/shop/compare/main...unroot",
        setting.github.server_url()
    );
    assert!(
        line.contains(&link) && line.contains("quick_pull=1"),
        "{line}"
    );
    assert_ne!(setting.tip(), "", "the branch is there");
    // The next run finds it there, and says the same.
    let pushes = setting.pushes();
    setting.run(&[]).expect(1);
    assert_eq!(setting.pushes(), pushes);
    // Until it is permitted.
    setting.github.state().pulls_allowed = true;
    setting.run(&[]).expect(0).says("opened http");
}

#[test]
fn a_token_that_may_only_read_pushes_nothing() {
    let Some(mut setting) = Setting::new() else {
        return;
    };
    setting.github.state().read_only = true;
    // git pushes by its own credentials, which may only read.
    setting.sandbox.unset("UNROOT_TOKEN");
    setting.sandbox.set("GH_TOKEN", crate::double::TOKEN);
    let key = format!("http.{}.extraheader", setting.server.url(""));
    let header = format!(
        "Authorization: Basic {}",
        crate::git_http::base64(&format!("x-access-token:{READER}"))
    );
    setting.sandbox.git("repo", &["config", &key, &header]);
    let run = setting.run(&[]).expect(2);
    let line = line(&run.stderr);
    assert!(line.contains("contents: write"), "{line}");
    assert_eq!(setting.tip(), "");
    assert_eq!(setting.github.take_writes(), [""; 0]);
}

#[test]
fn without_a_token_nothing_is_asked() {
    let Some(mut setting) = Setting::new() else {
        return;
    };
    setting.sandbox.unset("UNROOT_TOKEN");
    let run = setting.run(&[]).expect(2);
    assert!(
        run.stderr.starts_with("error: GitHub's API takes a token"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("help: "), "{}", run.stderr);
    assert_eq!(setting.github.take_calls(), [""; 0]);
}

#[test]
fn a_remote_that_is_no_forge_s_wants_a_name() {
    let Some(setting) = Setting::new() else {
        return;
    };
    let bare = setting.sandbox.path("acme/shop.git");
    let url = format!("file://{}", bare.display());
    setting
        .sandbox
        .git("repo", &["remote", "set-url", "origin", &url]);
    let run = setting.run(&[]).expect(2);
    assert!(
        run.stderr.contains("--repository OWNER/NAME"),
        "{}",
        run.stderr
    );
    setting
        .run(&["--repository", "acme/shop"])
        .expect(0)
        .says("opened http");
}

#[test]
fn a_file_that_cannot_be_read_closes_nothing() {
    let Some(setting) = Setting::new() else {
        return;
    };
    setting.run(&[]).expect(0);
    setting.github.take_calls();
    let run = setting.run(&["gone/Dockerfile"]).expect(2);
    assert!(
        run.stderr.contains("cannot find gone/Dockerfile"),
        "{}",
        run.stderr
    );
    assert_eq!(setting.github.take_writes(), [""; 0]);
}
