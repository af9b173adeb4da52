//! The library's side, as the pull-request command uses it.

use std::path::PathBuf;

use unroot::repo::{
    Change, CommitOptions, Mode, Oid, Outcome, PushOutcome, Repo, RepoError, Step, seal,
};

use crate::repository::{ROOT, Sandbox};

fn step(path: &str, bytes: &str, mode: Mode) -> Step {
    Step {
        changes: vec![Change {
            path: PathBuf::from(path),
            mode,
            bytes: bytes.into(),
        }],
        message: format!("Change {path}"),
    }
}

fn with_remote() -> (Sandbox, Repo) {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    sandbox.git(".", &["init", "-q", "--bare", "remote.git"]);
    sandbox.git("repo", &["remote", "add", "origin", "../remote.git"]);
    // The test's own process has the machine's configuration.
    for (key, value) in [
        ("user.name", "Jo"),
        ("user.email", "jo@example.org"),
        ("commit.gpgSign", "false"),
    ] {
        sandbox.git("repo", &["config", key, value]);
    }
    let repo = Repo::open(&sandbox.path("repo")).expect("opened");
    (sandbox, repo)
}

#[test]
fn the_remote_s_branch_is_known_before_anything_is_written() -> Result<(), RepoError> {
    let (sandbox, repo) = with_remote();
    let base = repo.base(None)?;
    assert_eq!(base.default_branch(), "unroot/main");
    let branch = base.default_branch();
    let remote = repo.remote(None, &base, None)?;
    assert_eq!(repo.remote_branch(&remote, &branch, &base)?, None);

    let steps = [step("Dockerfile", "FROM scratch\n", Mode::Kept)];
    let wanted = *repo.trees(&base, &steps)?.last().expect("one step");
    let Outcome::Created(made) = repo.commit(&base, &branch, &steps, CommitOptions::default())?
    else {
        panic!("it was not there");
    };
    assert_eq!(made.tree, wanted);
    let other = Oid::from_str(&sandbox.tip("repo", "main"))?;
    let lost = repo.push(&remote, &branch, made.commit, Some(other))?;
    assert_eq!(lost, PushOutcome::LeaseLost, "it was never there");
    assert_eq!(
        repo.push(&remote, &branch, made.commit, None)?,
        PushOutcome::Done
    );
    assert_eq!(
        repo.push(&remote, &branch, other, None)?,
        PushOutcome::LeaseLost
    );
    let tip = repo.remote_branch(&remote, &branch, &base)?.expect("there");
    assert!(tip.is(wanted, &base) && tip.commit == made.commit && tip.foreign.is_none());
    let again = repo.push(&remote, &branch, made.commit, Some(tip.commit))?;
    assert_eq!(again, PushOutcome::UpToDate);

    assert_eq!(
        repo.delete_remote_branch(&remote, &branch, other)?,
        PushOutcome::LeaseLost
    );
    assert_eq!(
        repo.delete_remote_branch(&remote, &branch, tip.commit)?,
        PushOutcome::Done
    );
    assert_eq!(
        repo.delete_remote_branch(&remote, &branch, tip.commit)?,
        PushOutcome::LeaseLost
    );
    assert_eq!(repo.remote_branch(&remote, &branch, &base)?, None);
    assert_eq!(sandbox.tip("repo", "refs/unroot/remote/unroot/main"), "");
    Ok(())
}

#[test]
fn new_files_and_modes() -> Result<(), RepoError> {
    let (sandbox, repo) = with_remote();
    let base = repo.base(Some("main"))?;
    let mut steps = vec![step("docker/entry.sh", "#!/bin/sh\n", Mode::Executable)];
    steps[0]
        .changes
        .extend(step("docker/conf", "x\n", Mode::Kept).changes);
    repo.commit(&base, "unroot/new", &steps, CommitOptions::default())?;
    let listed = sandbox.git(
        "repo",
        &[
            "ls-tree",
            "-r",
            "--format=%(objectmode) %(path)",
            "unroot/new",
        ],
    );
    assert_eq!(
        listed,
        "100644 Dockerfile\n100644 docker/conf\n100755 docker/entry.sh"
    );
    let nothing = [step("Dockerfile", ROOT, Mode::Kept)];
    let outcome = repo.commit(&base, "unroot/none", &nothing, CommitOptions::default())?;
    assert_eq!(outcome, Outcome::Nothing);
    for path in ["", "../x", "/x", ".git/config", "a/.GIT/x", "a/../x"] {
        let refused = repo.trees(&base, &[step(path, "", Mode::Plain)]);
        assert!(matches!(refused, Err(RepoError::BadPath(_))), "{path}");
    }
    Ok(())
}

#[test]
fn a_commit_that_a_forge_makes_from_our_message_is_ours() -> Result<(), RepoError> {
    let (sandbox, repo) = with_remote();
    let base = repo.base(None)?;
    let steps = [step("Dockerfile", "FROM scratch\n", Mode::Kept)];
    let wanted = *repo.trees(&base, &steps)?.last().expect("one step");
    let message = seal::message("Fix it", base.commit, wanted, None)?;
    let parent = base.commit.to_string();
    let made = sandbox.git(
        "repo",
        &[
            "commit-tree",
            &wanted.to_string(),
            "-p",
            &parent,
            "-m",
            message.trim_end(),
        ],
    );
    let tip = repo.tip(Oid::from_str(&made)?, &base)?;
    assert!(tip.is(wanted, &base));
    Ok(())
}
