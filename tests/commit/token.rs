//! Pushing over HTTP with a token, which must show up nowhere.

#[cfg(unix)]
use std::fs;

use crate::push::{BRANCH, TOKEN, over_http, push, with_remote};
#[cfg(unix)]
use crate::push::{script, wrap_git};
#[cfg(unix)]
use crate::repository::Sandbox;

pub(crate) const READER: &str = "ghp_MayOnlyRead";

#[test]
fn a_token_opens_a_remote_over_http() {
    for git in [true, false] {
        let Some((mut sandbox, server)) = over_http() else {
            return;
        };
        if !git {
            sandbox.set_path("");
        }
        sandbox.set("UNROOT_TOKEN", TOKEN);
        push(&sandbox).expect(0).says(&format!(
            "pushed unroot/main to origin ({})",
            server.url("remote.git")
        ));
        assert_eq!(
            sandbox.tip("remote.git", BRANCH),
            sandbox.tip("repo", BRANCH)
        );
        let before = server.seen().len();
        push(&sandbox).expect(0).says("origin has it, too");
        let seen = server.seen();
        let posts: Vec<_> = seen[before..]
            .iter()
            .filter(|line| line.contains("POST /remote.git/git-receive-pack"))
            .collect();
        assert!(
            posts.is_empty(),
            "nothing new makes no call that writes: {posts:?}"
        );
    }
}

#[test]
fn credentials_that_do_not_do_are_said_in_a_line() {
    for git in [true, false] {
        let Some((mut sandbox, _server)) = over_http() else {
            return;
        };
        if !git {
            sandbox.set_path("");
        }
        let run = push(&sandbox).expect(2);
        assert!(
            run.stderr.starts_with("error: origin: no permission: "),
            "{}",
            run.stderr
        );
        assert_eq!(run.stderr.lines().count(), 1);
        sandbox.set("UNROOT_TOKEN", "ghp_wrong");
        let run = push(&sandbox).expect(2);
        assert!(
            run.stderr.starts_with("error: origin: no permission: "),
            "{}",
            run.stderr
        );
        assert!(!run.all().contains("ghp_wrong"));
        sandbox.set("UNROOT_TOKEN", READER);
        let run = push(&sandbox).expect(2);
        assert!(!run.all().contains(READER));
        if git {
            assert!(
                run.stderr
                    .starts_with("error: origin does not let you push unroot/main: "),
                "{}",
                run.stderr
            );
            assert_ne!(sandbox.tip("repo", BRANCH), "", "the commit is here");
        }
        assert_eq!(sandbox.tip("remote.git", BRANCH), "");
        sandbox.set("UNROOT_TOKEN", "a\nb");
        push(&sandbox)
            .expect(2)
            .says("error: the token has characters that no token has");
    }
}

#[test]
fn a_checkout_s_own_header_does_not_stand_beside_the_token() {
    let Some((mut sandbox, server)) = over_http() else {
        return;
    };
    // As a CI system's checkout leaves it.
    let key = format!("http.{}.extraheader", server.url(""));
    sandbox.git("repo", &["config", &key, "Authorization: Basic d3Jvbmc="]);
    sandbox.set("UNROOT_TOKEN", TOKEN);
    push(&sandbox).expect(0).says("pushed unroot/main");
    // And is what counts where no token is given.
    sandbox.unset("UNROOT_TOKEN");
    push(&sandbox).expect(2).says("no permission");
}

#[test]
fn a_token_is_not_sent_in_the_clear() {
    let mut sandbox = with_remote();
    sandbox.git(
        "repo",
        &[
            "remote",
            "set-url",
            "origin",
            "http://forge.example/a/b.git",
        ],
    );
    sandbox.set("UNROOT_TOKEN", TOKEN);
    let run = push(&sandbox).expect(2);
    assert_eq!(
        run.stderr,
        "error: a token is not sent over plain HTTP: the remote needs an https:// address\n"
    );
}

#[cfg(unix)]
#[test]
fn the_token_is_nowhere_to_be_seen() {
    let Some((mut sandbox, server)) = over_http() else {
        return;
    };
    let log = sandbox.path("log");
    wrap_git(
        &mut sandbox,
        &format!("echo \"$0 $*\" >> '{}'", log.display()),
    );
    sandbox.set("UNROOT_TOKEN", TOKEN);
    // What would print every header.
    sandbox.set("GIT_TRACE_CURL", "1");
    sandbox.set("GIT_TRACE_REDACT", "0");
    let mut told = String::new();
    told.push_str(&push(&sandbox).expect(0).all());
    told.push_str(
        &sandbox
            .unroot("repo", &["commit", "--push", "--format", "json"])
            .expect(0)
            .all(),
    );
    script(
        &sandbox,
        "remote.git/hooks/pre-receive",
        &format!("echo 'bad token {TOKEN}' >&2\nexit 1\n"),
    );
    sandbox.commit("repo", "more");
    told.push_str(&push(&sandbox).expect(2).all());
    sandbox.git(
        "repo",
        &["remote", "set-url", "origin", &server.url("nowhere.git")],
    );
    told.push_str(&push(&sandbox).expect(2).all());
    let url = server
        .url("remote.git")
        .replace("http://", &format!("http://me:{TOKEN}@"));
    sandbox.git("repo", &["remote", "set-url", "origin", &url]);
    told.push_str(&push(&sandbox).expect(2).all());
    sandbox.git("repo", &["remote", "remove", "origin"]);
    let arguments = sandbox.read("log");
    assert!(
        arguments.contains("push --porcelain --no-follow-tags"),
        "{arguments}"
    );
    let basic = "eC1hY2Nlc3MtdG9rZW46Z2hwX1RoZVNlY3JldFRoYXROb2JvZHlNYXlTZWU0Mg==";
    for text in [&told, &arguments, &everything(&sandbox, "repo/.git")] {
        assert!(!text.contains(TOKEN) && !text.contains(basic), "{text}");
    }
}

/// All files of a folder as text.
#[cfg(unix)]
fn everything(sandbox: &Sandbox, folder: &str) -> String {
    let mut text = String::new();
    let mut left = vec![sandbox.path(folder)];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(
                fs::read_dir(path)
                    .expect("readable")
                    .flatten()
                    .map(|entry| entry.path()),
            );
        } else {
            text.push_str(&String::from_utf8_lossy(&fs::read(path).expect("readable")));
        }
    }
    text
}
