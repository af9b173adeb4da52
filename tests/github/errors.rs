//! What GitHub refuses becomes one line that says what to do; what passes is waited for, within bounds.

use unroot::forge::github::{Kind, Mode};
use unroot::pr::{Operation, SyncError, Wanted, sync};

use crate::branch::{BRANCH, FakeBranch};
use crate::double::{Fault, GitHub, TOKEN};
use crate::run::{LIST, client, proposal, propose, with_token};

fn tree() -> String {
    "1".repeat(40)
}

/// The line of a run that fails, and the seconds that it waited.
fn failure(github: &GitHub, token: &str) -> (Kind, String, Vec<u64>) {
    let (client, waits) = with_token(github, Mode::Send, token);
    let wanted = Wanted::Fixes(proposal(&tree()));
    let error = sync(
        &wanted,
        "main",
        &mut FakeBranch::new(github, &tree()),
        &client,
    )
    .expect_err("a failure");
    let line = error.to_string();
    assert!(
        !line.contains('\n') && !format!("{error:?} {line}").contains(token),
        "{line}"
    );
    let SyncError::Forge(error) = error else {
        panic!("{line}")
    };
    (error.kind, line, waits.seconds())
}

#[test]
fn unauthorised() {
    let github = GitHub::start();
    let (kind, line, waits) = failure(&github, "ghs_expired");
    assert_eq!((kind, waits), (Kind::Unauthorized, vec![]));
    assert!(
        line.contains("Bad credentials") && line.contains("give another one"),
        "{line}"
    );
    assert_eq!(github.take_calls(), [LIST]);
}

#[test]
fn a_message_that_holds_the_token_is_scrubbed() {
    let github = GitHub::start();
    github.fail(
        "GET /pulls",
        1,
        Fault::status(403, "no entry for ghs_5ecretT0kenOfTheDouble"),
    );
    let (kind, line, _) = failure(&github, TOKEN);
    assert!(
        kind == Kind::NotPermitted && line.contains("no entry for ***"),
        "{line}"
    );
}

#[test]
fn forbidden_not_found_and_refused() {
    for (call, status, said, kind, help) in [
        (
            "GET /pulls",
            403,
            "Resource not accessible by integration",
            Kind::NotPermitted,
            "pull-requests: write",
        ),
        (
            "GET /pulls",
            404,
            "Not Found",
            Kind::NotFound,
            "check the repository's name",
        ),
        (
            "POST /pulls",
            404,
            "Not Found",
            Kind::NotFound,
            "check the repository's name",
        ),
        (
            "POST /pulls",
            422,
            "Validation Failed",
            Kind::Refused,
            "does not take POST /repos/acme/shop/pulls (422)",
        ),
        (
            "GET /pulls",
            301,
            "Moved Permanently",
            Kind::Moved,
            "point the git remote",
        ),
        (
            "POST /pulls",
            307,
            "Moved",
            Kind::Moved,
            "point the git remote",
        ),
    ] {
        let github = GitHub::start();
        github.fail(call, 1, Fault::status(status, said));
        let (found, line, waits) = failure(&github, TOKEN);
        assert_eq!((found, waits), (kind, vec![]), "{line}");
        assert!(line.contains(help), "{line}");
    }
}

#[test]
fn no_difference_to_the_base_is_said() {
    let github = GitHub::start();
    let same = github.state().branches["main"].clone();
    let outcome = propose(
        &github,
        &mut FakeBranch::new(&github, &same),
        &proposal(&same),
    );
    let line = outcome.expect_err("refused").to_string();
    assert!(
        line.contains("No commits between main and unroot/main"),
        "{line}"
    );
}

#[test]
fn a_read_only_token_of_a_fork_gets_a_link_and_no_failure() {
    let github = GitHub::start();
    {
        let mut state = github.state();
        state.read_only = true;
        state.branches.insert(BRANCH.into(), tree());
    }
    let outcome = propose(
        &github,
        &mut FakeBranch::new(&github, &tree()),
        &proposal(&tree()),
    )
    .expect("an outcome");
    assert_eq!(outcome.operation, Operation::None);
    let stop = outcome.stop.expect("a reason");
    assert_eq!(stop.id(), "pull-not-permitted");
    assert!(
        stop.to_string()
            .contains("what a fork's pull request runs never has them"),
        "{stop}"
    );
}

#[test]
fn limits_are_waited_for() {
    let seconds = |name: &'static str, value: &str| vec![(name, value.to_owned())];
    let none_left = vec![
        ("x-ratelimit-remaining", "0".to_owned()),
        ("x-ratelimit-reset", "1000020".to_owned()),
    ];
    for (fault, waited) in [
        (
            Fault::Status(429, "Too many", seconds("retry-after", "7")),
            vec![7],
        ),
        (
            Fault::Status(
                403,
                "You have exceeded a secondary rate limit.",
                seconds("retry-after", "30"),
            ),
            vec![30],
        ),
        (
            Fault::Status(403, "You have exceeded a secondary rate limit.", Vec::new()),
            vec![60],
        ),
        (
            Fault::Status(403, "API rate limit exceeded", none_left),
            vec![21],
        ),
    ] {
        for call in ["GET /pulls", "POST /pulls"] {
            let github = GitHub::start();
            github.fail(call, 1, fault.clone());
            let (client, waits) = client(&github, Mode::Send);
            let wanted = Wanted::Fixes(proposal(&tree()));
            let outcome = sync(
                &wanted,
                "main",
                &mut FakeBranch::new(&github, &tree()),
                &client,
            )
            .expect("made");
            assert_eq!(
                (outcome.operation, waits.seconds()),
                (Operation::Created, waited.clone())
            );
            assert_eq!(github.state().pulls.len(), 1);
        }
    }
}

#[test]
fn waiting_has_bounds() {
    let github = GitHub::start();
    let limited = vec![("retry-after", "3600".to_owned())];
    github.fail("GET /pulls", 9, Fault::Status(429, "Too many", limited));
    let (kind, line, waits) = failure(&github, TOKEN);
    assert_eq!(
        (kind, waits),
        (Kind::RateLimited, vec![]),
        "an hour is not worth it"
    );
    assert!(line.contains("for 3600 more seconds"), "{line}");

    let github = GitHub::start();
    github.fail("GET /pulls", 9, Fault::status(502, "<html>"));
    let (kind, line, waits) = failure(&github, TOKEN);
    assert_eq!((kind, waits), (Kind::Server, vec![1, 2, 4, 8]));
    assert!(
        line.contains("(502)") && github.take_calls().len() == 5,
        "{line}"
    );
}

#[test]
fn labels_assignees_and_reviewers_are_not_worth_a_failure() {
    let github = GitHub::start();
    github.fail(
        "POST /issues/1/labels",
        1,
        Fault::status(403, "Resource not accessible by integration"),
    );
    let mut wanted = proposal(&tree());
    wanted.labels = vec!["security".into()];
    wanted.assignees = vec!["nobody".into()];
    wanted.reviewers = vec!["stranger".into()];
    let outcome = propose(&github, &mut FakeBranch::new(&github, &tree()), &wanted).expect("made");
    assert_eq!(
        (outcome.operation, outcome.warnings.len()),
        (Operation::Created, 2)
    );
    assert!(
        outcome.warnings[0].starts_with("the labels are not set: "),
        "{:?}",
        outcome.warnings
    );
    assert!(
        outcome.warnings[1].contains("not a collaborator"),
        "{:?}",
        outcome.warnings
    );
}

#[test]
fn nobody_there() {
    let github = GitHub::start();
    let mut endpoints = crate::run::endpoints(&github);
    // Nothing listens on a port that was free a moment ago.
    let free =
        std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    endpoints.api = format!("http://{}", free.expect("an address"));
    let token = unroot::secret::Token::new(TOKEN).expect("a token");
    let waits = crate::run::Waits::default();
    let client = unroot::forge::github::Client::new(endpoints, token, Mode::Send).patience(
        unroot::forge::github::Patience::default(),
        Box::new(waits.clone()),
    );
    let error = client.repository().expect_err("nobody");
    assert_eq!(
        (error.kind, waits.seconds()),
        (Kind::Unreachable, vec![1, 2, 4, 8])
    );
    assert!(error.to_string().contains("GITHUB_API_URL"), "{error}");
}

#[test]
fn the_repository_says_what_it_is() {
    let github = GitHub::start();
    let (client, _) = client(&github, Mode::Send);
    let found = client.repository().expect("there");
    assert_eq!(
        (found.full_name.as_str(), found.default_branch.as_str()),
        ("acme/shop", "main")
    );
    assert!(
        found
            .permissions
            .is_some_and(|permissions| permissions.push)
            && !found.archived
    );
}

#[test]
fn certificates_must_be_some() {
    let github = GitHub::start();
    let (client, _) = client(&github, Mode::Send);
    let error = client.trusting(b"no PEM").expect_err("none");
    assert!(error.to_string().contains("SSL_CERT_FILE"), "{error}");
}
