//! Whose the branch is that `unroot commit` would move, what it lies on, and what is refused.

use crate::repository::{ROOT, Sandbox};

const BRANCH: &str = "unroot/main";

fn committed() -> Sandbox {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    sandbox.unroot("repo", &["commit"]).expect(0);
    sandbox
}

/// A human does something to the branch in a work tree of their own; then it must stay as it is.
fn stays_after(human: impl Fn(&Sandbox), subject: &str) {
    let sandbox = committed();
    sandbox.git("repo", &["worktree", "add", "-q", "../human", BRANCH]);
    human(&sandbox);
    sandbox.git("repo", &["worktree", "remove", "--force", "../human"]);
    let tip = sandbox.tip("repo", BRANCH);
    sandbox.commit("repo", "the base moves");
    let run = sandbox.unroot_beside("repo", &["commit"]).expect(1);
    assert_eq!(
        run.stderr,
        format!(
            "held back: unroot/main ends in a commit that is not unroot's, and stays: {} \"{subject}\" by Jo\n\
             help: put the fix on another branch: --branch NAME\n",
            &tip[..12]
        )
    );
    assert_eq!(run.stdout, "");
    assert_eq!(sandbox.tip("repo", BRANCH), tip);
    sandbox
        .unroot("repo", &["commit", "--branch", "unroot/again"])
        .expect(0);
}

#[test]
fn a_commit_on_top_makes_it_theirs() {
    stays_after(
        |sandbox| {
            sandbox.write("human/Dockerfile", ROOT);
            sandbox.commit("human", "Not like that");
        },
        "Not like that",
    );
}

#[test]
fn so_does_a_commit_that_changes_nothing() {
    stays_after(
        |sandbox| drop(sandbox.commit("human", "Look here")),
        "Look here",
    );
}

#[test]
fn so_does_an_amended_file() {
    stays_after(
        |sandbox| {
            sandbox.write("human/Dockerfile", ROOT);
            sandbox.git(
                "human",
                &["commit", "-qa", "--amend", "--allow-empty", "--no-edit"],
            );
        },
        "Run Dockerfile as a non-root user",
    );
}

#[test]
fn so_does_an_amended_message_that_keeps_the_trailers() {
    stays_after(
        |sandbox| {
            let message = sandbox.git("human", &["log", "-1", "--format=%B"]);
            let message = message.replace("Run Dockerfile", "chore: run Dockerfile");
            sandbox.git("human", &["commit", "-q", "--amend", "-m", &message]);
        },
        "chore: run Dockerfile as a non-root user",
    );
}

#[test]
fn so_does_a_rebase() {
    stays_after(
        |sandbox| {
            // Onto a commit with the very same files.
            let other = sandbox.git("human", &["commit-tree", "-m", "x", "main^{tree}"]);
            sandbox.git("human", &["rebase", "-q", "--onto", &other, "main"]);
        },
        "Run Dockerfile as a non-root user",
    );
}

#[test]
fn the_branch_follows_the_base() {
    let sandbox = committed();
    let first = sandbox.tip("repo", BRANCH);
    sandbox.write("repo/app.py", "print()\n");
    let moved = sandbox.commit("repo", "more");
    sandbox
        .unroot_beside("repo", &["commit"])
        .expect(0)
        .says("committed anew 1 file on unroot/main");
    assert_eq!(sandbox.tip("repo", "unroot/main^"), moved);
    assert_eq!(
        sandbox.tip("repo", "unroot/main@{1}"),
        first,
        "the log of the branch has it"
    );
    // A base that was rewritten leaves no trace on it, either.
    sandbox.git("repo", &["commit", "-q", "--amend", "-m", "rewritten"]);
    sandbox
        .unroot_beside("repo", &["commit"])
        .expect(0)
        .says("committed anew");
    assert_eq!(
        sandbox.tip("repo", "unroot/main^"),
        sandbox.tip("repo", "main")
    );
    // Merged, it is in the base; what is fixed next goes on the same branch.
    sandbox.git("repo", &["merge", "-q", "--ff-only", BRANCH]);
    sandbox
        .unroot_beside("repo", &["commit"])
        .expect(0)
        .says("nothing to commit");
    sandbox.write("repo/b/Dockerfile", ROOT);
    sandbox.commit("repo", "another");
    sandbox
        .unroot_beside("repo", &["commit"])
        .expect(0)
        .says("committed anew 1 file");
    sandbox
        .unroot_beside("repo", &["commit"])
        .expect(0)
        .says("nothing to do");
}

#[test]
fn bases() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    let first = sandbox.tip("repo", "main");
    sandbox.git("repo", &["tag", "-a", "v1", "-m", "v1"]);
    sandbox.git("repo", &["switch", "-q", "-c", "topic/a"]);
    sandbox.commit("repo", "topic");
    sandbox.git(
        "repo",
        &["update-ref", "refs/remotes/origin/release", "main"],
    );
    sandbox.git("repo", &["remote", "add", "origin", "../nowhere"]);
    for (base, branch, on) in [
        (None, "unroot/topic/a".to_owned(), "topic/a"),
        (Some("main"), BRANCH.to_owned(), "main"),
        (Some("origin/release"), "unroot/release".to_owned(), "main"),
        (Some("v1"), format!("unroot/{}", &first[..12]), "main"),
        (Some("HEAD"), "unroot/topic/a".to_owned(), "topic/a"),
    ] {
        let mut args = vec!["commit"];
        args.extend(base.iter().flat_map(|base| ["--base", base]));
        sandbox.unroot_beside("repo", &args).expect(0);
        assert_eq!(
            sandbox.tip("repo", &format!("{branch}^")),
            sandbox.tip("repo", on),
            "{base:?}"
        );
    }
    sandbox.git("repo", &["switch", "-q", "--detach", "main"]);
    sandbox
        .unroot_beside("repo", &["commit"])
        .expect(0)
        .says(&format!("unroot/{}", &first[..12]));
    sandbox
        .unroot("repo", &["commit", "--base", "nowhere"])
        .expect(2)
        .says("error: cannot find the base `nowhere`\nhelp: ");
}

#[test]
fn branches_that_cannot_be() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    sandbox.git("repo", &["branch", "unroot"]);
    sandbox.git("repo", &["branch", "a/b"]);
    for (branch, message) in [
        ("main", "the branch `main` is the base itself"),
        ("a b", "`a b` is no name for a branch"),
        ("-x", "`-x` is no name for a branch"),
        ("HEAD", "`HEAD` is no name for a branch"),
        (
            "a",
            "the branch `a` cannot be made: the branch `a/b` is in its way",
        ),
        (
            BRANCH,
            "the branch `unroot/main` cannot be made: the branch `unroot` is in its way",
        ),
    ] {
        let run = sandbox.unroot_beside("repo", &["commit", &format!("--branch={branch}")]);
        run.expect(2).says(&format!("error: {message}\nhelp: "));
    }
    sandbox.git("repo", &["branch", "-D", "-q", "unroot"]);
    sandbox.unroot("repo", &["commit"]).expect(0);
    sandbox.git("repo", &["switch", "-q", BRANCH]);
    sandbox.commit("repo", "on it");
    sandbox.git("repo", &["reset", "-q", "--hard", "HEAD^"]);
    sandbox.git("repo", &["branch", "-f", "main", "main"]);
    sandbox.write("repo/x", "1");
    // On that very branch the fix is there; from it, `main` is another base.
    sandbox
        .unroot_beside("repo", &["commit", "--base", "main", "--user", "svc"])
        .expect(2)
        .says("the branch `unroot/main` is checked out in ");
}

#[test]
fn a_branch_that_is_being_rebased_stays() {
    let sandbox = committed();
    sandbox.write("repo/Dockerfile", ROOT.replace("CMD", "# moved\nCMD"));
    sandbox.commit("repo", "moved");
    sandbox.git("repo", &["switch", "-q", BRANCH]);
    assert!(
        !sandbox
            .try_git("repo", &["rebase", "main"])
            .status
            .success(),
        "a conflict"
    );
    sandbox
        .unroot_beside("repo", &["commit", "--base", "main"])
        .expect(2)
        .says("the branch `unroot/main` is being rebased in ");
}

#[test]
fn repositories_that_cannot_be() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    sandbox.git(".", &["init", "-q", "empty"]);
    sandbox
        .unroot("empty", &["commit"])
        .expect(2)
        .says("error: the branch main has no commit yet\nhelp: commit something first");
    if sandbox
        .try_git(".", &["init", "-q", "--object-format=sha256", "sha256"])
        .status
        .success()
    {
        sandbox.write("sha256/Dockerfile", ROOT);
        sandbox.commit("sha256", "first");
        let run = sandbox.unroot_beside("sha256", &["commit"]).expect(2);
        assert!(
            run.stderr
                .contains("names its objects by SHA-256, which is not supported\nhelp: ")
        );
        assert_eq!(run.stderr.lines().count(), 2);
    }
    let stdin = sandbox.unroot("repo", &["commit", "-"]).expect(2);
    assert!(
        stdin
            .stderr
            .starts_with("error: standard input cannot be committed\n")
    );
    sandbox
        .unroot("repo", &["commit", "Dockerfile", "../empty"])
        .expect(2)
        .says("../empty lies outside of the repository");
}

#[test]
fn who_commits_is_git_s_business() {
    let mut sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    sandbox.write("home/.gitconfig", "[user]\n\tname = Jo\n");
    let run = sandbox.unroot_beside("repo", &["commit"]).expect(2);
    assert_eq!(
        run.stderr,
        "error: git does not know who makes the commit: user.email is not set\nhelp: git config user.email ...\n"
    );
    assert_eq!(sandbox.tip("repo", BRANCH), "");
    for (name, value) in [
        ("GIT_AUTHOR_NAME", "Ann"),
        ("GIT_AUTHOR_EMAIL", "ann@example.org"),
        ("GIT_AUTHOR_DATE", "2005-04-07T22:13:13 +0200"),
        ("GIT_COMMITTER_EMAIL", "bot@example.org"),
        ("GIT_COMMITTER_DATE", "@1112911994 -0330"),
    ] {
        sandbox.set(name, value);
    }
    sandbox
        .unroot_beside("repo", &["commit", "--signoff"])
        .expect(0);
    let who = sandbox.git(
        "repo",
        &[
            "log",
            "-1",
            "--date=raw",
            "--format=%an <%ae> %ad%n%cn <%ce> %cd",
            BRANCH,
        ],
    );
    assert_eq!(
        who,
        "Ann <ann@example.org> 1112904793 +0200\nJo <bot@example.org> 1112911994 -0330"
    );
    let message = sandbox.git("repo", &["log", "-1", "--format=%B", BRANCH]);
    assert!(
        message.contains("\nSigned-off-by: Jo <bot@example.org>\n"),
        "{message}"
    );
    // The same again, with the same dates, is the same commit.
    let tip = sandbox.tip("repo", BRANCH);
    sandbox.git("repo", &["branch", "-D", "-q", BRANCH]);
    sandbox.unroot("repo", &["commit", "--signoff"]).expect(0);
    assert_eq!(sandbox.tip("repo", BRANCH), tip);
}

#[test]
fn a_message_of_the_user_s() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    sandbox
        .unroot(
            "repo",
            &["commit", "-m", "fix(docker): no root\n\nRefs: #7\n"],
        )
        .expect(0);
    let message = sandbox.git("repo", &["log", "-1", "--format=%B", BRANCH]);
    assert!(
        message.starts_with("fix(docker): no root\n\nRefs: #7\nUnroot-Tree: "),
        "{message}"
    );
    sandbox.commit("repo", "more");
    sandbox
        .unroot("repo", &["commit"])
        .expect(0)
        .says("committed anew");
}

#[cfg(unix)]
#[test]
fn signatures_are_made_by_what_signs_for_git() {
    use std::os::unix::fs::PermissionsExt;
    let mut sandbox = Sandbox::with(&[("a/Dockerfile", ROOT), ("b/Dockerfile", ROOT)]);
    let signer = sandbox.path("signer");
    sandbox.write(
        "signer",
        "#!/bin/sh\ncat > /dev/null\nprintf '\\n[GNUPG:] SIG_CREATED \\n' >&2\n\
         printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nsigned\\n-----END PGP SIGNATURE-----\\n'\n",
    );
    std::fs::set_permissions(&signer, std::fs::Permissions::from_mode(0o755)).expect("ours");
    let set = |key: &str, value: &str| sandbox.git("repo", &["config", key, value]);
    set("commit.gpgSign", "true");
    set("gpg.program", &signer.to_string_lossy());
    sandbox
        .unroot_beside("repo", &["commit", "--per-file"])
        .expect(0);
    let raw = sandbox.git("repo", &["cat-file", "commit", BRANCH]);
    assert!(
        raw.contains("\ngpgsig -----BEGIN PGP SIGNATURE-----\n"),
        "{raw}"
    );
    assert!(raw.contains("\nauthor Jo <jo@example.org> "), "{raw}");
    sandbox
        .unroot_beside("repo", &["commit"])
        .expect(0)
        .says("nothing to do");

    set("gpg.program", "/nowhere/gpg");
    let args = ["commit", "--branch", "unroot/b"];
    let failed = sandbox.unroot_beside("repo", &args).expect(2);
    assert!(
        failed
            .stderr
            .starts_with("error: git could not sign the commit: "),
        "{}",
        failed.stderr
    );
    assert_eq!(sandbox.tip("repo", "unroot/b"), "");
    sandbox
        .unroot_beside("repo", &[args.as_slice(), &["--no-gpg-sign"]].concat())
        .expect(0);
    // Without git nothing signs, and that is said.
    sandbox.set_path("");
    sandbox
        .unroot("repo", &["commit", "--branch", "unroot/c"])
        .expect(0)
        .says("note: the commit is not signed");
}
