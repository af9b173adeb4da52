//! Commits that GitHub makes and signs.

use serde_json::json;
use unroot::forge::github::Mode;
use unroot::pr::{Branch as _, Operation, Pushed, SignedBranch, SignedFile, Wanted, sync};

use crate::branch::{BRANCH, FakeBranch};
use crate::double::{Fault, GitHub};
use crate::run::{client, proposal};

fn base() -> String {
    "a".repeat(40)
}

fn files() -> Vec<SignedFile> {
    let file = |path: &str, content: &[u8]| SignedFile {
        path: path.into(),
        content: content.to_vec(),
        new_executable: false,
    };
    vec![
        file("Dockerfile", b"FROM x\nUSER 1\n"),
        file("conf/site.conf", b"listen 8080;\n"),
    ]
}

#[test]
fn the_commit_is_made_beside_the_branch_which_then_moves_there() {
    let github = GitHub::start();
    let (client, _) = client(&github, Mode::Send);
    let inner = FakeBranch::new(&github, "unused");
    let message = "Run the container as a non-root user\n\nIt starts as root.\n";
    let mut branch =
        SignedBranch::new(inner, &client, &base(), message, files()).expect("no modes");
    let outcome = sync(
        &Wanted::Fixes(proposal("tree")),
        "main",
        &mut branch,
        &client,
    )
    .expect("made");
    assert_eq!(
        (outcome.operation, outcome.commits_verified),
        (Operation::Created, Some(true))
    );
    let workshop = format!("{BRANCH}-signing-{}", &base()[..12]);
    assert_eq!(
        github.take_writes(),
        [
            "POST /git/refs".to_owned(),
            "POST /graphql".to_owned(),
            "POST /git/refs".to_owned(),
            format!("DELETE /git/refs/heads/{workshop}"),
            "POST /pulls".to_owned(),
        ]
    );
    let state = github.state();
    let commit = &state.branches[BRANCH];
    assert_eq!(Some(commit), outcome.head_sha.as_ref());
    assert!(!state.branches.contains_key(&workshop));
    let made = &state.signed[commit];
    assert_eq!(
        made["message"],
        json!({ "headline": "Run the container as a non-root user", "body": "It starts as root." })
    );
    assert_eq!(
        made["fileChanges"]["additions"],
        json!([{ "path": "Dockerfile", "contents": "RlJPTSB4ClVTRVIgMQo=" }, { "path": "conf/site.conf", "contents": "bGlzdGVuIDgwODA7Cg==" }])
    );
}

#[test]
fn a_branch_that_is_there_is_moved_and_its_pull_request_stays_open() {
    let github = GitHub::enterprise();
    github
        .state()
        .branches
        .insert(BRANCH.into(), "1".repeat(40));
    let (client, _) = client(&github, Mode::Send);
    let inner = FakeBranch::new(&github, "unused");
    let mut branch = SignedBranch::new(inner, &client, &base(), "M", files()).expect("no modes");
    branch.state().expect("seen");
    // What an ended run left.
    let workshop = format!("{BRANCH}-signing-{}", &base()[..12]);
    github
        .state()
        .branches
        .insert(workshop.clone(), "9".repeat(40));
    let pushed = branch.push().expect("done");
    assert!(
        matches!(&pushed, Pushed::Done { verified: true, .. }),
        "{pushed:?}"
    );
    let writes = github.take_writes();
    assert_eq!(writes[1], format!("PATCH /git/refs/heads/{workshop}"));
    assert_eq!(
        writes[2..4],
        [
            "POST /graphql".to_owned(),
            format!("PATCH /git/refs/heads/{BRANCH}")
        ]
    );
}

#[test]
fn a_branch_that_moved_is_left_alone() {
    let github = GitHub::start();
    github
        .state()
        .branches
        .insert(BRANCH.into(), "1".repeat(40));
    let (client, _) = client(&github, Mode::Send);
    let inner = FakeBranch::new(&github, "unused");
    let mut branch = SignedBranch::new(inner, &client, &base(), "M", files()).expect("no modes");
    branch.state().expect("seen");
    github
        .state()
        .branches
        .insert(BRANCH.into(), "2".repeat(40));
    assert_eq!(branch.push(), Ok(Pushed::LeaseLost));
    assert_eq!(github.take_writes(), Vec::<String>::new());
}

#[test]
fn what_github_refuses_leaves_nothing() {
    for (fault, read_only) in [
        (Some(Fault::status(422, "No.")), false),
        (None, true),
        (Some(Fault::Silent), false),
    ] {
        let github = GitHub::start();
        let (client, _) = client(&github, Mode::Send);
        let inner = FakeBranch::new(&github, "unused");
        let mut branch =
            SignedBranch::new(inner, &client, &base(), "M", files()).expect("no modes");
        branch.state().expect("seen");
        let expected = match &fault {
            Some(Fault::Silent) => "lost",
            Some(_) => "rejected",
            None => "not permitted",
        };
        if let Some(fault) = fault {
            github.fail("POST /graphql", 1, fault);
        }
        github.state().read_only = read_only;
        let pushed = branch.push();
        let found = match &pushed {
            Ok(Pushed::Rejected(_)) => "rejected",
            Ok(Pushed::NotPermitted(_)) => "not permitted",
            Err(_) => "lost",
            other => panic!("{other:?}"),
        };
        assert_eq!(found, expected);
        assert_eq!(github.state().branches.len(), 1, "only main");
    }
}

#[test]
fn a_new_executable_is_refused_before_anything_is_done() {
    let github = GitHub::start();
    let (client, _) = client(&github, Mode::Send);
    let mut files = files();
    files[1].new_executable = true;
    let refused = SignedBranch::new(
        FakeBranch::new(&github, "unused"),
        &client,
        &base(),
        "M",
        files,
    );
    let line = refused.map(|_| ()).expect_err("a mode").to_string();
    assert!(
        line.contains("conf/site.conf") && line.contains("--sign-commits"),
        "{line}"
    );
}

#[test]
fn a_dry_run_shows_the_commit() {
    let github = GitHub::start();
    let (client, _) = client(&github, Mode::DryRun);
    let inner = FakeBranch::new(&github, "unused");
    let mut branch = SignedBranch::new(inner, &client, &base(), "M", files()).expect("no modes");
    let outcome = sync(
        &Wanted::Fixes(proposal("tree")),
        "main",
        &mut branch,
        &client,
    )
    .expect("shown");
    assert_eq!(github.take_writes(), Vec::<String>::new());
    let shown: String = outcome.steps.iter().map(ToString::to_string).collect();
    assert!(
        shown.contains("createCommitOnBranch") && shown.contains("expectedHeadOid"),
        "{shown}"
    );
}
