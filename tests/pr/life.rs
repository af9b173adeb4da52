//! The life of a pull request.

use serde_json::Value;

use crate::double::{GitHub, Pull};
use crate::repository::FINE;
use crate::setting::{BRANCH, LIST, Setting};

#[test]
fn the_first_run_opens_it() {
    let Some(setting) = Setting::new() else {
        return;
    };
    let run = setting.run(&["--label", "security"]).expect(0);
    assert_eq!(
        run.stdout,
        format!(
            "opened {}/acme/shop/pull/1: Run the container as a non-root user\n",
            setting.github.server_url()
        )
    );
    assert_eq!(run.stderr, "");
    assert_eq!(
        setting.github.take_writes(),
        ["POST /pulls", "POST /issues/1/labels"]
    );
    let fixed = setting.sandbox.show("acme/shop.git", BRANCH, "Dockerfile");
    assert!(fixed.contains("USER 10001:10001"), "{fixed}");
    let state = setting.github.state();
    let pull = &state.pulls[0];
    assert_eq!((pull.head.as_str(), pull.base.as_str()), (BRANCH, "main"));
    let body = pull.body.as_deref().expect("a body");
    for part in [
        "starts as root",
        "+USER 10001:10001",
        "unroot verify Dockerfile",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
}

#[test]
fn a_step_down_is_proposed_with_its_script() {
    let Some(setting) = Setting::new() else {
        return;
    };
    let file = "FROM debian:bookworm-slim\nVOLUME /data\nENTRYPOINT [\"sleep\"]\nCMD [\"1000\"]\n";
    setting.moves_on("Dockerfile", file);
    let args = ["--unsafe", "--strategy", "step-down"];
    setting.run(&args).expect(0);
    let script = setting
        .sandbox
        .show("acme/shop.git", BRANCH, "step-down.sh");
    assert!(script.starts_with("#!/bin/sh\n"), "{script}");
    let body = setting.github.state().pulls[0]
        .body
        .clone()
        .expect("a body");
    for part in [
        "With this change it starts as root only to hand over what a volume may have left root's, and runs as app",
        "new file mode 100755",
        "unroot verify --strategy step-down Dockerfile",
        "runAsNonRoot refuses it",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(!body.contains("give it to the new user once"), "{body}");
    setting.run(&args).expect(0).says("nothing to do");
}

#[test]
fn the_second_run_writes_nothing() {
    let Some(setting) = Setting::new() else {
        return;
    };
    setting.run(&[]).expect(0);
    setting.github.take_calls();
    let (pushes, tip) = (setting.pushes(), setting.tip());
    let run = setting.run(&[]).expect(0);
    assert!(
        run.stdout.starts_with("nothing to do: http"),
        "{}",
        run.stdout
    );
    assert!(
        setting
            .github
            .take_calls()
            .iter()
            .all(|call| call.starts_with(LIST))
    );
    assert_eq!((setting.pushes(), setting.tip()), (pushes, tip));
}

#[test]
fn it_follows_its_base() {
    let Some(setting) = Setting::new() else {
        return;
    };
    setting.run(&[]).expect(0);
    setting.github.take_calls();
    let before = setting.tip();
    setting.moves_on("app.py", "print(2)\n");
    setting.run(&[]).expect(0).says("updated http");
    assert_ne!(setting.tip(), before);
    assert_eq!(
        setting.sandbox.tip("acme/shop.git", &format!("{BRANCH}^")),
        setting.sandbox.tip("repo", "main")
    );
    // The text says the same: only the branch moved.
    assert_eq!(setting.github.take_writes(), [""; 0]);
    // Another fix is another text.
    setting.moves_on(
        "Dockerfile",
        "FROM node:20-slim\nCOPY a.js /srv/\nCMD [\"node\", \"/srv/a.js\"]\n",
    );
    setting.run(&[]).expect(0).says("updated http");
    assert_eq!(setting.github.take_writes(), ["PATCH /pulls/1"]);
}

#[test]
fn a_branch_with_somebody_s_commit_is_theirs() {
    let Some(setting) = Setting::new() else {
        return;
    };
    setting.run(&[]).expect(0);
    setting.sandbox.git(
        ".",
        &["clone", "-q", "-b", BRANCH, "acme/shop.git", "human"],
    );
    setting.sandbox.write("human/notes", "mine\n");
    let human = setting.sandbox.commit("human", "A word of my own");
    setting.sandbox.git("human", &["push", "-q"]);
    setting.moves_on("app.py", "print(2)\n");
    setting.github.take_calls();
    let run = setting.run(&[]).expect(1);
    assert_eq!(
        run.stderr,
        format!(
            "held back: {BRANCH} holds a commit that is not unroot's ({} by Jo): branch and pull request are left alone\n",
            &human[..12]
        )
    );
    assert_eq!(setting.tip(), human);
    assert_eq!(setting.github.take_writes(), [""; 0]);
    // Not even where nothing is left to fix.
    setting.moves_on("Dockerfile", FINE);
    setting.run(&[]).expect(1);
    assert_eq!(setting.tip(), human);
    assert_eq!(setting.github.take_writes(), [""; 0]);
}

#[test]
fn a_closed_one_stays_closed() {
    let Some(setting) = Setting::new() else {
        return;
    };
    setting.run(&[]).expect(0);
    setting.github.state().pulls[0].open = false;
    setting.github.take_calls();
    let pushes = setting.pushes();
    setting.moves_on("app.py", "print(2)\n");
    let run = setting.run(&[]).expect(1);
    assert!(
        run.stderr
            .contains("pull/1 was closed without being merged, which is taken for a no"),
        "{}",
        run.stderr
    );
    assert_eq!(setting.github.take_writes(), [""; 0]);
    assert_eq!(setting.pushes(), pushes);
    // A branch of another name is another question.
    setting
        .run(&["--branch", "unroot/again"])
        .expect(0)
        .says("opened http");
}

#[test]
fn one_that_was_merged_may_be_followed_by_another() {
    let Some(setting) = Setting::new() else {
        return;
    };
    setting.run(&[]).expect(0);
    {
        let mut state = setting.github.state();
        state.pulls[0].open = false;
        state.pulls[0].merged = true;
    }
    setting.moves_on("app.py", "print(2)\n");
    setting.run(&[]).expect(0).says("pull/2");
}

#[test]
fn nothing_left_to_fix_closes_it() {
    let Some(setting) = Setting::new() else {
        return;
    };
    setting.run(&[]).expect(0);
    setting.github.take_calls();
    setting.moves_on("Dockerfile", FINE);
    setting.run(&[]).expect(0).says("closed http");
    assert_eq!(setting.tip(), "", "the branch is gone");
    assert_eq!(
        setting.github.take_writes(),
        ["PATCH /pulls/1", "POST /issues/1/comments"]
    );
    let state = setting.github.state();
    assert!(!state.pulls[0].open);
    assert_eq!(state.comments.len(), 1);
    drop(state);
    // And nothing is opened where nothing was.
    setting.run(&[]).expect(0).says("nothing to propose");
    assert_eq!(setting.github.take_writes(), [""; 0]);
}

#[test]
fn a_branch_that_was_deleted_is_made_again_unless_that_was_a_no() {
    let Some(setting) = Setting::new() else {
        return;
    };
    setting.run(&[]).expect(0);
    setting.sandbox.git(
        "acme/shop.git",
        &["update-ref", "-d", "refs/heads/unroot/main"],
    );
    // GitHub closed the pull request with it.
    setting
        .run(&[])
        .expect(1)
        .says("was closed without being merged");
    assert_eq!(setting.tip(), "");
    setting.github.state().pulls.clear();
    setting.run(&[]).expect(0).says("opened http");
    assert_ne!(setting.tip(), "");
}

#[test]
fn the_right_one_is_found_among_many() {
    let Some(setting) = Setting::new() else {
        return;
    };
    {
        let mut state = setting.github.state();
        for number in 1..=130 {
            let mut pull = Pull::new(number, BRANCH, "main", "An older one", "");
            pull.open = false;
            pull.merged = true;
            state.pulls.push(pull);
        }
    }
    setting.run(&[]).expect(0).says("pull/131");
    setting.github.take_calls();
    setting.run(&[]).expect(0).says("nothing to do");
    let calls = setting.github.take_calls();
    assert_eq!(calls.len(), 2, "two pages: {calls:?}");
}

#[test]
fn an_enterprise_server_has_another_address() {
    let Some(setting) = Setting::with(GitHub::enterprise()) else {
        return;
    };
    assert!(setting.github.api_url().ends_with("/api/v3"));
    setting.run(&[]).expect(0).says("opened http");
}

#[test]
fn a_dry_run_shows_every_call_and_writes_nothing() {
    let Some(setting) = Setting::new() else {
        return;
    };
    let run = setting.run(&["--dry-run", "--label", "security"]).expect(0);
    let lines: Vec<&str> = run
        .stdout
        .lines()
        .filter(|line| line.starts_with("would "))
        .collect();
    assert!(
        lines[0].starts_with("would push unroot/main"),
        "{}",
        run.stdout
    );
    assert!(
        lines[1].contains("POST ") && lines[1].contains("/repos/acme/shop/pulls"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("Run the container as a non-root user"),
        "{}",
        run.stdout
    );
    assert_eq!(setting.github.take_writes(), [""; 0]);
    assert_eq!((setting.tip(), setting.pushes()), (String::new(), 0));
    assert_eq!(
        setting.sandbox.tip("repo", BRANCH),
        "",
        "no branch is made here either"
    );
}

#[test]
fn github_makes_and_signs_the_commit_where_that_is_asked_for() {
    let Some(setting) = Setting::new() else {
        return;
    };
    {
        // The double makes commits that no repository has.
        let mut state = setting.github.state();
        state.repository = None;
        let main = setting.sandbox.tip("repo", "main");
        state.branches.insert("main".into(), main);
    }
    let run = setting
        .run(&["--sign-commits", "--format", "json"])
        .expect(0);
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(report["commits_verified"], true, "{report}");
    assert_eq!(report["operation"], "created");
    assert_eq!(setting.pushes(), 0, "git pushes nothing");
    assert!(
        setting
            .github
            .take_writes()
            .iter()
            .any(|call| call.contains("graphql"))
    );
}

#[test]
fn the_work_tree_may_be_in_any_state() {
    let Some(setting) = Setting::new() else {
        return;
    };
    let sandbox = &setting.sandbox;
    // In the middle of a rebase that has a conflict, with changes and with a stash.
    sandbox.write("repo/app.py", "print(5)\n");
    sandbox.git("repo", &["stash", "-q"]);
    sandbox.git("repo", &["switch", "-q", "-c", "topic"]);
    sandbox.write("repo/app.py", "print(3)\n");
    sandbox.commit("repo", "topic");
    sandbox.git("repo", &["switch", "-q", "main"]);
    setting.moves_on("app.py", "print(4)\n");
    sandbox.git("repo", &["switch", "-q", "topic"]);
    assert!(
        !sandbox
            .try_git("repo", &["rebase", "main"])
            .status
            .success()
    );
    sandbox.write("repo/Dockerfile", "FROM scratch\n");
    setting
        .run(&["--base", "main"])
        .expect(0)
        .says("opened http");
    assert!(
        sandbox
            .show("acme/shop.git", BRANCH, "Dockerfile")
            .contains("python")
    );
    // And in a linked work tree.
    sandbox.git(
        "repo",
        &["worktree", "add", "-q", "--detach", "../linked", "main"],
    );
    sandbox
        .unroot_beside("linked", &["pr", "--base", "main"])
        .expect(0)
        .says("nothing to do");
}
