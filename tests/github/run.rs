//! A run, and time that passes at once.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use unroot::forge::Remote;
use unroot::forge::github::{Client, Clock, Endpoints, Mode, Patience};
use unroot::pr::{Branch, Operation, Outcome, Proposal, SyncError, Wanted, fingerprint, sync};
use unroot::secret::Token;

use crate::branch::FakeBranch;
use crate::double::{GitHub, NAME, OWNER, TOKEN};

/// What each call but writes asks for.
pub(crate) const LIST: &str = "GET /pulls?state=all&head=acme%3Aunroot%2Fmain&base=main&sort=created&direction=desc&per_page=100";

/// A clock whose waits are only written down.
#[derive(Clone, Default)]
pub(crate) struct Waits(Arc<Mutex<Vec<Duration>>>);

impl Waits {
    pub(crate) fn seconds(&self) -> Vec<u64> {
        self.0
            .lock()
            .expect("no panic")
            .iter()
            .map(Duration::as_secs)
            .collect()
    }
}

impl Clock for Waits {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000)
    }

    fn sleep(&self, time: Duration) {
        self.0.lock().expect("no panic").push(time);
    }
}

pub(crate) fn endpoints(github: &GitHub) -> Endpoints {
    let (api, graphql, server) = (github.api_url(), github.graphql_url(), github.server_url());
    let remote = Remote::parse(&format!("git@github.com:{OWNER}/{NAME}.git")).expect("a remote");
    let environment = |name: &str| match name {
        "GITHUB_API_URL" => Some(api.clone()),
        "GITHUB_GRAPHQL_URL" => Some(graphql.clone()),
        "GITHUB_SERVER_URL" => Some(server.clone()),
        _ => None,
    };
    Endpoints::new(&remote, &environment).expect("addresses on this machine")
}

pub(crate) fn client(github: &GitHub, mode: Mode) -> (Client, Waits) {
    with_token(github, mode, TOKEN)
}

pub(crate) fn with_token(github: &GitHub, mode: Mode, token: &str) -> (Client, Waits) {
    let waits = Waits::default();
    let token = Token::new(token).expect("a token");
    let client = Client::new(endpoints(github), token, mode);
    (
        client.patience(Patience::default(), Box::new(waits.clone())),
        waits,
    )
}

pub(crate) fn proposal(tree: &str) -> Proposal {
    let text = format!("The container starts as root.\n\n```diff\n+USER 1 # {tree}\n```\n");
    Proposal {
        tree: tree.to_owned(),
        plan: fingerprint(&text),
        title: "Run the container as a non-root user".into(),
        text,
        labels: Vec::new(),
        assignees: Vec::new(),
        reviewers: Vec::new(),
        draft: false,
    }
}

/// Proposes `proposal`.
pub(crate) fn propose(
    github: &GitHub,
    branch: &mut dyn Branch,
    proposal: &Proposal,
) -> Result<Outcome, SyncError> {
    let (client, _) = client(github, Mode::Send);
    let outcome = sync(&Wanted::Fixes(proposal.clone()), "main", branch, &client);
    assert!(!format!("{client:?} {outcome:?}").contains(TOKEN));
    outcome
}

/// Nothing is left to fix.
pub(crate) fn nothing(github: &GitHub, branch: &mut dyn Branch) -> Result<Outcome, SyncError> {
    let (client, _) = client(github, Mode::Send);
    let why = "Nothing is left to fix.".to_owned();
    sync(&Wanted::Nothing { why }, "main", branch, &client)
}

pub(crate) fn one() -> String {
    "1".repeat(40)
}

pub(crate) fn two() -> String {
    "2".repeat(40)
}

/// A double with a pull request that a run made.
pub(crate) fn with_pull(github: &GitHub) {
    let outcome = propose(
        github,
        &mut FakeBranch::new(github, &one()),
        &proposal(&one()),
    );
    assert_eq!(outcome.expect("made").operation, Operation::Created);
    github.take_calls();
}
