//! The life of a pull request: made, kept, changed, closed.

use serde_json::json;
use unroot::pr::{Branch as _, Deleted, Operation, Pushed, Step, Stop};

use crate::branch::{BRANCH, FakeBranch};
use crate::double::{Fault, GitHub, Pull};
use crate::run::{LIST, nothing, one, proposal, propose, two, with_pull};

#[test]
fn the_first_run_makes_it() {
    let github = GitHub::start();
    let mut wanted = proposal(&one());
    wanted.labels = vec!["security".into(), "docker".into()];
    wanted.assignees = vec!["maria".into()];
    wanted.reviewers = vec!["jo".into(), "acme/platform".into()];
    wanted.draft = true;
    let mut branch = FakeBranch::new(&github, &one());
    let outcome = propose(&github, &mut branch, &wanted).expect("made");
    assert_eq!(
        github.take_calls(),
        [
            LIST,
            "POST /pulls",
            "POST /issues/1/labels",
            "POST /issues/1/assignees",
            "POST /pulls/1/requested_reviewers"
        ]
    );
    assert_eq!(outcome.operation, Operation::Created);
    assert_eq!(outcome.number, Some(1));
    assert_eq!(
        outcome.url,
        Some(format!("{}/acme/shop/pull/1", github.server_url()))
    );
    assert_eq!(
        (outcome.head_sha, outcome.branch.as_str()),
        (Some(one()), BRANCH)
    );
    assert_eq!(
        (outcome.commits_verified, outcome.stop, outcome.warnings),
        (Some(false), None, Vec::new())
    );
    let state = github.state();
    let pull = &state.pulls[0];
    assert_eq!(
        (pull.head.as_str(), pull.base.as_str(), pull.draft),
        (BRANCH, "main", true)
    );
    assert_eq!(
        (&pull.labels, &pull.assignees),
        (&wanted.labels, &wanted.assignees)
    );
    assert_eq!(
        (pull.reviewers.as_slice(), pull.teams.as_slice()),
        (&["jo".to_owned()][..], &["platform".to_owned()][..])
    );
    let body = pull.body.as_deref().expect("a body");
    assert!(
        body.starts_with(&wanted.text)
            && body
                .trim_end()
                .lines()
                .last()
                .is_some_and(|line| line.starts_with("<!-- unroot ")),
        "{body}"
    );
}

#[test]
fn the_second_run_writes_nothing() {
    let github = GitHub::start();
    with_pull(&github);
    let mut branch = FakeBranch::new(&github, &one());
    let outcome = propose(&github, &mut branch, &proposal(&one())).expect("fine");
    assert_eq!(
        (outcome.operation, outcome.number, outcome.head_sha),
        (Operation::None, Some(1), Some(one()))
    );
    assert_eq!(
        (branch.pushes, github.take_calls()),
        (0, vec![LIST.to_owned()])
    );
}

#[test]
fn after_the_base_moved_branch_and_text_follow() {
    let github = GitHub::start();
    with_pull(&github);
    let mut branch = FakeBranch::new(&github, &two());
    let outcome = propose(&github, &mut branch, &proposal(&two())).expect("updated");
    assert_eq!(
        (outcome.operation, outcome.head_sha),
        (Operation::Updated, Some(two()))
    );
    assert_eq!(
        (branch.pushes, github.take_calls()),
        (1, vec![LIST.to_owned(), "PATCH /pulls/1".to_owned()])
    );
    assert!(
        github.state().pulls[0]
            .body
            .as_deref()
            .is_some_and(|body| body.contains(&two()))
    );
    let again = propose(
        &github,
        &mut FakeBranch::new(&github, &two()),
        &proposal(&two()),
    );
    assert_eq!(again.expect("fine").operation, Operation::None);
    assert_eq!(github.take_writes(), Vec::<String>::new());
}

#[test]
fn with_nothing_left_to_fix_it_is_closed_and_the_branch_goes() {
    let github = GitHub::start();
    with_pull(&github);
    let mut branch = FakeBranch::new(&github, &one());
    let outcome = nothing(&github, &mut branch).expect("closed");
    assert_eq!(
        (outcome.operation, outcome.number),
        (Operation::Closed, Some(1))
    );
    assert_eq!(
        github.take_calls(),
        [LIST, "PATCH /pulls/1", "POST /issues/1/comments"]
    );
    assert_eq!(branch.deletions, 1);
    {
        let state = github.state();
        assert_eq!(state.comments, [(1, "Nothing is left to fix.".to_owned())]);
        assert!(!state.pulls[0].open && !state.branches.contains_key(BRANCH));
    }
    // And nothing more is said.
    let outcome = nothing(&github, &mut FakeBranch::new(&github, &one())).expect("fine");
    assert_eq!(
        (outcome.operation, github.take_calls()),
        (Operation::None, vec![LIST.to_owned()])
    );
    // What we closed ourselves is no refusal: the next Dockerfile that starts as root is proposed again.
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
fn with_nothing_to_fix_and_no_pull_request_nothing_happens() {
    let github = GitHub::start();
    github.state().branches.insert(BRANCH.into(), one());
    let mut branch = FakeBranch::new(&github, &one());
    let outcome = nothing(&github, &mut branch).expect("fine");
    assert_eq!(
        (outcome.operation, outcome.stop, branch.deletions),
        (Operation::None, None, 0)
    );
    assert_eq!(github.take_calls(), [LIST]);
}

#[test]
fn a_branch_that_moves_while_it_is_deleted_stays() {
    let github = GitHub::start();
    with_pull(&github);
    let mut branch = FakeBranch::new(&github, &one());
    branch.delete = Some(Deleted::LeaseLost);
    let outcome = nothing(&github, &mut branch).expect("closed");
    assert_eq!(outcome.operation, Operation::Closed);
    assert!(
        outcome.warnings[0].contains("not deleted"),
        "{:?}",
        outcome.warnings
    );
}

#[test]
fn what_a_push_comes_to_decides_what_is_said() {
    for (pushed, id) in [
        (Pushed::LeaseLost, "lease-lost"),
        (
            Pushed::Rejected("protected branch hook declined".into()),
            "push-rejected",
        ),
        (Pushed::NotPermitted("403".into()), "push-not-permitted"),
    ] {
        let github = GitHub::start();
        let mut branch = FakeBranch::new(&github, &one());
        branch.push = Some(pushed);
        let outcome = propose(&github, &mut branch, &proposal(&one())).expect("an outcome");
        assert_eq!((outcome.operation, outcome.number), (Operation::None, None));
        assert_eq!(outcome.stop.map(|stop| stop.id()), Some(id));
        assert_eq!(github.take_calls(), [LIST], "{id}");
    }
}

#[test]
fn where_pull_requests_are_not_permitted_the_branch_is_pushed_and_a_link_given() {
    let github = GitHub::start();
    github.state().pulls_allowed = false;
    let mut branch = FakeBranch::new(&github, &one());
    let outcome = propose(&github, &mut branch, &proposal(&one())).expect("an outcome");
    assert_eq!(
        (outcome.operation, branch.pushes, outcome.head_sha.clone()),
        (Operation::None, 1, Some(one()))
    );
    let Some(Stop::PullNotPermitted { why, link }) = &outcome.stop else {
        panic!("{outcome:?}");
    };
    assert!(why.contains("Settings, Actions, General"), "{why}");
    let start = format!(
        "{}/acme/shop/compare/main...unroot/main?quick_pull=1&title=Run%20the%20container",
        github.server_url()
    );
    assert!(
        link.starts_with(&start) && link.contains("&body=The%20container%20starts"),
        "{link}"
    );
    assert!(
        !link.contains("unroot%200"),
        "the mark is no business of the person who opens it: {link}"
    );
    assert_eq!(github.take_calls(), [LIST, "POST /pulls"]);
    // The next run pushes no more.
    let mut branch = FakeBranch::new(&github, &one());
    let again = propose(&github, &mut branch, &proposal(&one())).expect("an outcome");
    assert_eq!((branch.pushes, again.stop), (0, outcome.stop));
}

#[test]
fn a_new_title_of_ours_replaces_the_old_one() {
    let github = GitHub::start();
    with_pull(&github);
    let mut wanted = proposal(&one());
    wanted.title = "Run 2 containers as non-root users".into();
    for expected in [Operation::Updated, Operation::None] {
        let outcome = propose(&github, &mut FakeBranch::new(&github, &one()), &wanted);
        assert_eq!(outcome.expect("fine").operation, expected);
    }
    assert_eq!(github.state().pulls[0].title, wanted.title);
}

#[test]
fn what_is_no_list_is_not_taken_for_an_empty_one() {
    let github = GitHub::start();
    github.fail("GET /pulls", 1, Fault::Answer(json!({})));
    let outcome = propose(
        &github,
        &mut FakeBranch::new(&github, &one()),
        &proposal(&one()),
    );
    assert!(
        outcome
            .expect_err("no list")
            .to_string()
            .contains("not what GitHub sends")
    );
    assert_eq!(github.take_calls(), [LIST]);
}

#[test]
fn it_is_found_among_more_than_a_hundred() {
    let github = GitHub::start();
    {
        let mut state = github.state();
        state.branches.insert(BRANCH.into(), one());
        for number in 2..=251 {
            let mut pull = Pull::new(number, BRANCH, "main", "Old", "");
            (pull.open, pull.merged) = (false, true);
            state.pulls.push(pull);
        }
        // A fork has a branch of that name, too.
        let mut other = Pull::new(260, BRANCH, "main", "From a fork", "");
        other.head_owner = "mallory".into();
        state.pulls.push(other);
        // The open one is the oldest: on the last page.
        state
            .pulls
            .push(Pull::new(1, BRANCH, "main", "Mine", "By hand"));
    }
    let outcome = propose(
        &github,
        &mut FakeBranch::new(&github, &one()),
        &proposal(&one()),
    )
    .expect("found");
    assert_eq!(
        (outcome.operation, outcome.number),
        (Operation::None, Some(1))
    );
    let calls = github.take_calls();
    assert_eq!(calls.len(), 3, "{calls:?}");
    assert!(calls[2].ends_with("page=3"), "{calls:?}");
}

#[test]
fn a_github_enterprise_server_has_its_api_elsewhere() {
    let github = GitHub::enterprise();
    with_pull(&github);
    let outcome = propose(
        &github,
        &mut FakeBranch::new(&github, &two()),
        &proposal(&two()),
    )
    .expect("updated");
    assert_eq!(
        (outcome.operation, github.take_writes()),
        (Operation::Updated, vec!["PATCH /pulls/1".to_owned()])
    );
}

#[test]
fn a_dry_run_shows_every_call_and_makes_none_that_writes() {
    use crate::run::client;
    use unroot::forge::github::Mode;
    use unroot::pr::{Wanted, sync};

    let github = GitHub::start();
    let mut wanted = proposal(&one());
    wanted.labels = vec!["security".into()];
    let mut branch = FakeBranch::new(&github, &one());
    let (dry, _) = client(&github, Mode::DryRun);
    let outcome = sync(&Wanted::Fixes(wanted), "main", &mut branch, &dry).expect("shown");
    assert_eq!(
        (outcome.operation, outcome.number, branch.pushes),
        (Operation::Created, None, 0)
    );
    assert_eq!(github.take_calls(), [LIST]);
    let shown: Vec<String> = outcome.steps.iter().map(ToString::to_string).collect();
    let starts: Vec<&str> = shown
        .iter()
        .map(|step| step.lines().next().unwrap_or_default())
        .collect();
    let api = github.api_url();
    assert_eq!(
        starts,
        [
            format!("GET {api}/repos/acme/shop{}", &LIST[4..]),
            "push unroot/main".into(),
            format!("POST {api}/repos/acme/shop/pulls"),
            format!("POST {api}/repos/acme/shop/issues/NUMBER/labels"),
        ]
    );
    assert!(
        shown[2].contains("\"head\": \"unroot/main\"") && shown[3].contains("security"),
        "{shown:?}"
    );
    assert!(!shown.concat().contains(crate::double::TOKEN));
    // The same of closing.
    with_pull(&github);
    let (dry, _) = client(&github, Mode::DryRun);
    let mut branch = FakeBranch::new(&github, &one());
    let outcome = sync(
        &Wanted::Nothing {
            why: "Done.".into(),
        },
        "main",
        &mut branch,
        &dry,
    )
    .expect("shown");
    assert_eq!(
        (outcome.operation, branch.deletions, github.take_calls()),
        (Operation::Closed, 0, vec![LIST.to_owned()])
    );
    assert_eq!(
        outcome.steps.last(),
        Some(&Step::Delete {
            branch: branch.name().to_owned()
        })
    );
}
