//! `unroot commit --push`: to a folder, over HTTP with a token, with and without git, and against all that can
//! happen on the other side. The token must show up nowhere.

#[cfg(unix)]
use std::fs;

use crate::git_http::GitServer;
use crate::repository::{ROOT, Run, Sandbox};

const BRANCH: &str = "unroot/main";
const TOKEN: &str = "ghp_TheSecretThatNobodyMaySee42";
const READER: &str = "ghp_MayOnlyRead";
const PUSH: [&str; 2] = ["commit", "--push"];

/// A repository with a bare remote `origin` beside it.
fn with_remote() -> Sandbox {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    sandbox.git(".", &["init", "-q", "--bare", "remote.git"]);
    let url = format!("file://{}", sandbox.path("remote.git").display());
    sandbox.git("repo", &["remote", "add", "origin", &url]);
    sandbox.git("repo", &["push", "-q", "-u", "origin", "main"]);
    sandbox
}

/// The two ways to push: by git, and by libgit2 where there is none.
fn both_ways(test: impl Fn(Sandbox)) {
    test(with_remote());
    let mut sandbox = with_remote();
    sandbox.set_path("");
    test(sandbox);
}

#[track_caller]
fn push(sandbox: &Sandbox) -> Run {
    sandbox.unroot_beside("repo", &PUSH)
}

#[test]
fn the_branch_goes_to_the_remote_and_nothing_else_does() {
    both_ways(|sandbox| {
        sandbox.git("repo", &["tag", "-a", "v1", "-m", "v1"]);
        sandbox.git("repo", &["config", "push.followTags", "true"]);
        let run = push(&sandbox).expect(0);
        assert!(run.stdout.ends_with(&format!(
            "pushed unroot/main to origin (file://{})\n",
            sandbox.path("remote.git").display()
        )));
        let refs = sandbox.git("remote.git", &["for-each-ref", "--format=%(refname)"]);
        assert_eq!(refs, "refs/heads/main\nrefs/heads/unroot/main");
        assert_eq!(
            sandbox.tip("remote.git", BRANCH),
            sandbox.tip("repo", BRANCH)
        );
        push(&sandbox)
            .expect(0)
            .says("nothing to do: unroot/main is already there")
            .says("origin has it, too");
        sandbox.write("repo/x", "1");
        sandbox.commit("repo", "the base moves");
        push(&sandbox)
            .expect(0)
            .says("committed anew")
            .says("pushed unroot/main");
        assert_eq!(
            sandbox.tip("remote.git", BRANCH),
            sandbox.tip("repo", BRANCH)
        );
    });
}

#[test]
fn what_another_clone_pushed_is_taken_over() {
    both_ways(|sandbox| {
        let url = sandbox.git("repo", &["remote", "get-url", "origin"]);
        sandbox.git(".", &["clone", "-q", &url, "clone"]);
        push(&sandbox).expect(0);
        let tip = sandbox.tip("remote.git", BRANCH);
        let run = sandbox.unroot_beside("clone", &PUSH).expect(0);
        run.says("nothing to do: unroot/main is already there")
            .says("origin has it, too");
        assert_eq!(sandbox.tip("remote.git", BRANCH), tip);
        assert_eq!(sandbox.tip("clone", BRANCH), tip, "the very same commit");
        assert_eq!(
            sandbox.tip("clone", "origin/unroot/main"),
            "",
            "no tracking branch was fetched"
        );
        assert_eq!(sandbox.tip("clone", "refs/unroot/remote/unroot/main"), tip);
    });
}

#[test]
fn a_shallow_clone_brings_no_history() {
    let sandbox = with_remote();
    sandbox.write("repo/b/Dockerfile", ROOT);
    sandbox.commit("repo", "second");
    sandbox.git("repo", &["push", "-q"]);
    sandbox
        .unroot("repo", &["commit", "--push", "--per-file"])
        .expect(0);
    let tip = sandbox.tip("remote.git", BRANCH);
    let clone = |name: &str| {
        let url = sandbox.git("repo", &["remote", "get-url", "origin"]);
        sandbox.git(".", &["clone", "-q", "--depth", "1", &url, name]);
    };
    clone("same");
    sandbox
        .unroot_beside("same", &PUSH)
        .expect(0)
        .says("nothing to do");
    assert_eq!(sandbox.tip("remote.git", BRANCH), tip);
    for at in 0..40 {
        sandbox.commit("repo", &format!("more {at}"));
    }
    sandbox.git("repo", &["push", "-q"]);
    clone("moved");
    sandbox
        .unroot_beside("moved", &PUSH)
        .expect(0)
        .says("pushed unroot/main");
    assert_eq!(
        sandbox.git("remote.git", &["rev-list", "--count", "main..unroot/main"]),
        "1"
    );
    assert_eq!(
        sandbox.git("moved", &["rev-list", "--count", "main"]),
        "1",
        "still shallow"
    );
}

#[test]
fn a_human_s_commit_on_the_remote_stays() {
    both_ways(|sandbox| {
        push(&sandbox).expect(0);
        sandbox.git(".", &["clone", "-q", "-b", BRANCH, "remote.git", "human"]);
        let human = sandbox.commit("human", "Please do not");
        sandbox.git("human", &["push", "-q"]);
        sandbox.commit("repo", "the base moves");
        let before = sandbox.tip("repo", BRANCH);
        let run = push(&sandbox).expect(1);
        assert_eq!(
            run.stderr,
            format!(
                "held back: unroot/main on origin ends in a commit that is not unroot's, and stays: {} \
                 \"Please do not\" by Jo\nhelp: put the fix on another branch: --branch NAME\n",
                &human[..12]
            )
        );
        assert_eq!(sandbox.tip("remote.git", BRANCH), human);
        assert_eq!(
            sandbox.tip("repo", BRANCH),
            before,
            "nor does ours move away from it"
        );
        sandbox
            .unroot("repo", &["commit", "--push", "--branch", "unroot/2"])
            .expect(0);
    });
}

#[test]
fn a_branch_that_was_deleted_there_is_made_again() {
    both_ways(|sandbox| {
        push(&sandbox).expect(0);
        sandbox.git("remote.git", &["branch", "-D", "-q", BRANCH]);
        push(&sandbox)
            .expect(0)
            .says("\npushed unroot/main to origin");
        assert_eq!(
            sandbox.tip("remote.git", BRANCH),
            sandbox.tip("repo", BRANCH)
        );
    });
}

#[cfg(unix)]
fn script(sandbox: &Sandbox, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    sandbox.write(name, format!("#!/bin/sh\n{text}"));
    fs::set_permissions(sandbox.path(name), fs::Permissions::from_mode(0o755)).expect("ours");
}

#[cfg(unix)]
const HOOK: &str = "echo 'no pushes on Fridays' >&2\nexit 1\n";

#[cfg(unix)]
#[test]
fn a_hook_that_refuses_is_an_error_with_its_words() {
    let sandbox = with_remote();
    script(&sandbox, "remote.git/hooks/pre-receive", HOOK);
    let run = push(&sandbox).expect(2);
    assert_eq!(
        run.stderr,
        "error: origin refuses unroot/main: pre-receive hook declined; no pushes on Fridays\n\
         help: the commit is here; --branch NAME names it as the server's rules want it\n"
    );
    assert_eq!(sandbox.tip("remote.git", BRANCH), "");
    assert_ne!(sandbox.tip("repo", BRANCH), "", "the commit is here");
    // The same by libgit2, which runs no hooks in folders and hears not what they print.
    let Some((mut sandbox, _server)) = over_http() else {
        return;
    };
    script(&sandbox, "remote.git/hooks/pre-receive", HOOK);
    sandbox.set("UNROOT_TOKEN", TOKEN);
    sandbox.set_path("");
    push(&sandbox)
        .expect(2)
        .says("error: origin refuses unroot/main: pre-receive hook declined");
    assert_eq!(sandbox.tip("remote.git", BRANCH), "");
}

/// A `git` before the real one on the PATH, in whose script `real` runs that.
#[cfg(unix)]
fn wrap_git(sandbox: &mut Sandbox, text: &str) {
    let path = std::env::var("PATH").expect("a PATH");
    let mut folders = std::env::split_paths(&path);
    let real = folders
        .find(|folder| folder.join("git").is_file())
        .expect("git")
        .join("git");
    let text = format!(
        "real() {{ '{}' \"$@\"; }}\n{text}\nreal \"$@\"\n",
        real.display()
    );
    script(sandbox, "bin/git", &text);
    sandbox.set_path(format!("{}:{path}", sandbox.path("bin").display()));
}

#[cfg(unix)]
#[test]
fn a_push_at_the_same_time_is_not_overwritten() {
    let mut sandbox = with_remote();
    push(&sandbox).expect(0);
    sandbox.git(".", &["clone", "-q", "-b", BRANCH, "remote.git", "human"]);
    let human = sandbox.commit("human", "In between");
    sandbox.commit("repo", "the base moves");
    // The human pushes after the branch was looked at, and before ours arrives.
    let clone = sandbox.path("human");
    wrap_git(
        &mut sandbox,
        &format!(
            "case \" $* \" in *' push '*) real -C '{}' push -q;; esac",
            clone.display()
        ),
    );
    let run = push(&sandbox).expect(1);
    assert_eq!(
        run.stderr,
        "held back: unroot/main on origin moved while this ran, and stays as it is there\nhelp: run it again\n"
    );
    assert_eq!(sandbox.tip("remote.git", BRANCH), human);
}

#[test]
fn which_remote() {
    let sandbox = with_remote();
    for name in ["fork", "other"] {
        sandbox.git(".", &["init", "-q", "--bare", &format!("{name}.git")]);
        sandbox.git("repo", &["remote", "add", name, &format!("../{name}.git")]);
    }
    push(&sandbox).expect(0).says("to origin (file:");
    sandbox.git("repo", &["config", "remote.pushDefault", "fork"]);
    push(&sandbox).expect(0).says("to fork (../fork.git)");
    let other = ["commit", "--push", "--remote", "other"];
    sandbox
        .unroot_beside("repo", &other)
        .expect(0)
        .says("to other (../other.git)");
    let none = [
        "commit",
        "--push",
        "--remote",
        "https://me:secret@forge.example/x",
    ];
    let run = sandbox.unroot_beside("repo", &none).expect(2);
    assert_eq!(
        run.stderr,
        "error: there is no remote `***`\nhelp: name one: --remote NAME\n"
    );
    // Where pushes go elsewhere, that is where it is looked.
    sandbox.git(".", &["init", "-q", "--bare", "apart.git"]);
    sandbox.git("repo", &["config", "remote.fork.pushurl", "../apart.git"]);
    push(&sandbox).expect(0).says("to fork (../apart.git)");
    push(&sandbox).expect(0).says("fork has it, too");
    assert_eq!(
        sandbox.tip("apart.git", BRANCH),
        sandbox.tip("repo", BRANCH)
    );
    let alone = Sandbox::with(&[("Dockerfile", ROOT)]);
    push(&alone).expect(2).says("the repository has no remote");
    alone.git("repo", &["remote", "add", "gone", "../gone.git"]);
    let run = push(&alone).expect(2);
    assert!(run.stderr.starts_with("error: gone: "), "{}", run.stderr);
}

/// A repository whose remote is reached over HTTP, where there is a server.
fn over_http() -> Option<(Sandbox, GitServer)> {
    let sandbox = with_remote();
    let server = GitServer::start(&sandbox.path("."), TOKEN, READER)?;
    sandbox.git(
        "repo",
        &["remote", "set-url", "origin", &server.url("remote.git")],
    );
    Some((sandbox, server))
}

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
