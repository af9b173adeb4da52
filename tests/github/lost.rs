//! Answers that get lost. What can be done twice is asked again; of what cannot, it is looked whether it was done.

use unroot::forge::github::Mode;
use unroot::pr::{Operation, Wanted, sync};

use crate::branch::FakeBranch;
use crate::double::{Fault, GitHub};
use crate::run::{LIST, client, nothing, proposal, propose};

fn tree() -> String {
    "1".repeat(40)
}

#[test]
fn a_pull_request_that_was_made_is_not_made_twice() {
    for fault in [
        Fault::DoneThenCut,
        Fault::DoneThenStatus(502),
        Fault::DoneThenStatus(504),
    ] {
        let github = GitHub::start();
        github.fail("POST /pulls", 1, fault);
        let mut wanted = proposal(&tree());
        wanted.labels = vec!["security".into()];
        let outcome =
            propose(&github, &mut FakeBranch::new(&github, &tree()), &wanted).expect("found");
        assert_eq!(
            (outcome.operation, outcome.number),
            (Operation::Created, Some(1))
        );
        assert_eq!(
            github.take_calls(),
            [LIST, "POST /pulls", LIST, "POST /issues/1/labels"]
        );
        assert_eq!(github.state().pulls.len(), 1);
    }
}

#[test]
fn one_that_was_not_made_is_asked_for_again_after_a_look() {
    for fault in [Fault::Silent, Fault::status(502, "<html>")] {
        let github = GitHub::start();
        github.fail("POST /pulls", 1, fault);
        let (client, waits) = client(&github, Mode::Send);
        let mut branch = FakeBranch::new(&github, &tree());
        let outcome = sync(
            &Wanted::Fixes(proposal(&tree())),
            "main",
            &mut branch,
            &client,
        )
        .expect("made");
        assert_eq!(
            (outcome.operation, waits.seconds()),
            (Operation::Created, vec![1])
        );
        assert_eq!(
            github.take_calls(),
            [LIST, "POST /pulls", LIST, "POST /pulls"]
        );
    }
}

#[test]
fn again_and_again_ends() {
    let github = GitHub::start();
    github.fail("POST /pulls", 9, Fault::status(503, "down"));
    let outcome = propose(
        &github,
        &mut FakeBranch::new(&github, &tree()),
        &proposal(&tree()),
    );
    assert!(
        outcome
            .expect_err("down")
            .to_string()
            .contains("status page")
    );
    assert_eq!(github.take_writes(), ["POST /pulls"; 3]);
}

#[test]
fn reading_and_changing_are_asked_again() {
    for (call, fault) in [
        ("GET /pulls", Fault::DoneThenCut),
        ("GET /pulls", Fault::Silent),
        ("PATCH /pulls/1", Fault::DoneThenCut),
        ("PATCH /pulls/1", Fault::DoneThenStatus(502)),
    ] {
        let github = GitHub::start();
        propose(
            &github,
            &mut FakeBranch::new(&github, &tree()),
            &proposal(&tree()),
        )
        .expect("made");
        github.take_calls();
        github.fail(call, 2, fault);
        let other = "2".repeat(40);
        let outcome = propose(
            &github,
            &mut FakeBranch::new(&github, &other),
            &proposal(&other),
        )
        .expect("updated");
        assert_eq!(outcome.operation, Operation::Updated);
        let calls = github.take_calls();
        let asked = calls.iter().filter(|known| known.starts_with(call)).count();
        assert_eq!(asked, 3, "{calls:?}");
    }
}

#[test]
fn a_comment_is_not_said_twice() {
    let github = GitHub::start();
    propose(
        &github,
        &mut FakeBranch::new(&github, &tree()),
        &proposal(&tree()),
    )
    .expect("made");
    github.fail("POST /issues/1/comments", 1, Fault::DoneThenCut);
    let mut branch = FakeBranch::new(&github, &tree());
    let outcome = nothing(&github, &mut branch).expect("closed");
    assert_eq!(
        (outcome.operation, branch.deletions),
        (Operation::Closed, 1)
    );
    assert!(
        outcome.warnings[0].starts_with("the comment that says why"),
        "{:?}",
        outcome.warnings
    );
    assert_eq!(github.state().comments.len(), 1);
}
