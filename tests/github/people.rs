//! What people do stands: their commits, their words, their no.

use serde_json::json;
use unroot::pr::{Operation, Stop};

use crate::branch::{BRANCH, FakeBranch};
use crate::double::{Fault, GitHub, Pull};
use crate::run::{LIST, nothing, one, proposal, propose, two, with_pull};

#[test]
fn line_ends_of_a_browser_are_no_change() {
    let github = GitHub::start();
    with_pull(&github);
    github.state().edit_body(1, str::to_owned);
    let outcome = propose(
        &github,
        &mut FakeBranch::new(&github, &one()),
        &proposal(&one()),
    );
    assert_eq!(outcome.expect("fine").operation, Operation::None);
    assert_eq!(github.take_writes(), Vec::<String>::new());
}

#[test]
fn a_label_that_is_missing_comes_back_and_its_case_does_not_count() {
    let github = GitHub::start();
    with_pull(&github);
    github.state().pulls[0].labels = vec!["Docker".into()];
    let mut wanted = proposal(&one());
    wanted.labels = vec!["docker".into(), "security".into()];
    let outcome = propose(&github, &mut FakeBranch::new(&github, &one()), &wanted);
    assert_eq!(outcome.expect("fine").operation, Operation::Updated);
    assert_eq!(github.take_writes(), ["POST /issues/1/labels"]);
    assert_eq!(github.state().pulls[0].labels, ["Docker", "security"]);
    let again = propose(&github, &mut FakeBranch::new(&github, &one()), &wanted);
    assert_eq!(again.expect("fine").operation, Operation::None);
}

#[test]
fn a_commit_of_somebody_else_makes_it_theirs() {
    let github = GitHub::start();
    with_pull(&github);
    for left in [false, true] {
        let mut branch = FakeBranch::new(&github, &two());
        branch.foreign = Some(("abc1234", "Maria"));
        let outcome = if left {
            propose(&github, &mut branch, &proposal(&two()))
        } else {
            nothing(&github, &mut branch)
        };
        let outcome = outcome.expect("left alone");
        assert_eq!(
            (outcome.operation, outcome.number),
            (Operation::None, Some(1))
        );
        let said = outcome.stop.expect("a reason").to_string();
        assert!(said.contains("abc1234 by Maria"), "{said}");
        assert_eq!(
            (branch.pushes, branch.deletions, github.take_writes()),
            (0, 0, Vec::new())
        );
    }
}

#[test]
fn closed_by_somebody_it_stays_closed() {
    let github = GitHub::start();
    with_pull(&github);
    github.state().pulls[0].open = false;
    let mut branch = FakeBranch::new(&github, &two());
    let outcome = propose(&github, &mut branch, &proposal(&two())).expect("left alone");
    assert_eq!(
        (outcome.operation, outcome.number),
        (Operation::None, Some(1))
    );
    let said = outcome.stop.expect("a reason").to_string();
    assert!(
        said.contains("/pull/1 was closed without being merged") && said.contains("--branch"),
        "{said}"
    );
    assert_eq!((branch.pushes, github.take_writes()), (0, Vec::new()));
    // Reopened by somebody, it is kept up to date again.
    github.state().pulls[0].open = true;
    let outcome = propose(&github, &mut branch, &proposal(&two())).expect("updated");
    assert_eq!((outcome.operation, branch.pushes), (Operation::Updated, 1));
}

#[test]
fn merged_it_is_no_no() {
    let github = GitHub::start();
    with_pull(&github);
    {
        let mut state = github.state();
        state.pulls[0].open = false;
        state.pulls[0].merged = true;
        state.branches.remove(BRANCH);
    }
    let outcome = propose(
        &github,
        &mut FakeBranch::new(&github, &two()),
        &proposal(&two()),
    )
    .expect("made");
    assert_eq!(
        (outcome.operation, outcome.number),
        (Operation::Created, Some(2))
    );
}

#[test]
fn a_pull_request_without_our_mark_is_not_closed() {
    let github = GitHub::start();
    github.state().branches.insert(BRANCH.into(), one());
    github
        .state()
        .pulls
        .push(Pull::new(7, BRANCH, "main", "Mine", "By hand"));
    let mut branch = FakeBranch::new(&github, &one());
    let outcome = nothing(&github, &mut branch).expect("left alone");
    assert!(
        matches!(outcome.stop, Some(Stop::NotOurs { .. })),
        "{outcome:?}"
    );
    assert_eq!((branch.deletions, github.take_writes()), (0, Vec::new()));
}

#[test]
fn a_branch_that_was_deleted_comes_back_unless_its_pull_request_was_open() {
    let github = GitHub::start();
    github.state().branches.insert(BRANCH.into(), one());
    github.state().delete_branch(BRANCH);
    with_pull(&github);
    // GitHub closes what loses its branch: that is a no, too.
    github.state().delete_branch(BRANCH);
    let mut branch = FakeBranch::new(&github, &one());
    let outcome = propose(&github, &mut branch, &proposal(&one())).expect("left alone");
    assert!(
        matches!(outcome.stop, Some(Stop::Declined { .. })),
        "{outcome:?}"
    );
    assert_eq!((branch.pushes, github.take_writes()), (0, Vec::new()));
}

#[test]
fn a_text_that_somebody_edited_stays() {
    let github = GitHub::start();
    with_pull(&github);
    github.state().edit_body(1, |body| {
        body.replace("starts as root.", "starts as root. Wait for the release!")
    });
    let edited = github.state().pulls[0].body.clone();
    let mut branch = FakeBranch::new(&github, &two());
    let outcome = propose(&github, &mut branch, &proposal(&two())).expect("updated");
    assert_eq!((outcome.operation, branch.pushes), (Operation::Updated, 1));
    assert!(
        outcome.warnings[0].contains("edited by somebody"),
        "{:?}",
        outcome.warnings
    );
    assert_eq!(
        (github.take_writes(), &github.state().pulls[0].body),
        (Vec::new(), &edited)
    );
    // It is ours nevertheless, and goes when nothing is left to fix, with what was written there.
    nothing(&github, &mut branch).expect("closed");
    let state = github.state();
    assert!(
        !state.pulls[0].open
            && state.pulls[0]
                .body
                .as_deref()
                .is_some_and(|body| body.contains("Wait for the release!"))
    );
}

#[test]
fn a_title_that_somebody_changed_stays_for_good() {
    let github = GitHub::start();
    with_pull(&github);
    github.state().pulls[0].title = "fix: no root [OPS]".into();
    for tree in [two(), one()] {
        let mut wanted = proposal(&tree);
        wanted.title = format!("Another title {tree}");
        propose(&github, &mut FakeBranch::new(&github, &tree), &wanted).expect("updated");
        let state = github.state();
        assert_eq!(state.pulls[0].title, "fix: no root [OPS]");
        assert!(
            state.pulls[0]
                .body
                .as_deref()
                .is_some_and(|body| body.contains(&tree))
        );
    }
}

#[test]
fn a_pull_request_that_appears_in_between_is_taken_up() {
    let github = GitHub::start();
    github.state().branches.insert(BRANCH.into(), one());
    github
        .state()
        .pulls
        .push(Pull::new(3, BRANCH, "main", "Mine", "By hand"));
    // The first list is from a moment ago.
    github.fail("GET /pulls", 1, Fault::Answer(json!([])));
    let mut wanted = proposal(&one());
    wanted.reviewers = vec!["maria".into()];
    let outcome = propose(&github, &mut FakeBranch::new(&github, &one()), &wanted).expect("found");
    assert_eq!(
        (outcome.operation, outcome.number),
        (Operation::None, Some(3))
    );
    assert!(
        outcome.warnings[0].contains("edited by somebody"),
        "{:?}",
        outcome.warnings
    );
    assert_eq!(github.take_calls(), [LIST, "POST /pulls", LIST]);
}
