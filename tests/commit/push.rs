//! `unroot commit --push`, with and without git, and against all that can happen on the other side.

#[cfg(unix)]
use std::fs;

use crate::git_http::GitServer;
use crate::repository::{ROOT, Run, Sandbox};
use crate::token::READER;

pub(crate) const BRANCH: &str = "unroot/main";
pub(crate) const TOKEN: &str = "ghp_TheSecretThatNobodyMaySee42";
const PUSH: [&str; 2] = ["commit", "--push"];

/// A repository with a bare remote `origin` beside it.
pub(crate) fn with_remote() -> Sandbox {
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
pub(crate) fn push(sandbox: &Sandbox) -> Run {
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
pub(crate) fn script(sandbox: &Sandbox, name: &str, text: &str) {
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
pub(crate) fn wrap_git(sandbox: &mut Sandbox, text: &str) {
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
pub(crate) fn over_http() -> Option<(Sandbox, GitServer)> {
    let sandbox = with_remote();
    let server = GitServer::start(&sandbox.path("."), TOKEN, READER)?;
    sandbox.git(
        "repo",
        &["remote", "set-url", "origin", &server.url("remote.git")],
    );
    Some((sandbox, server))
}
