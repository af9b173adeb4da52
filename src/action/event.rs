//! What made the workflow run.

use serde::Deserialize;
use thiserror::Error;

/// The event of a workflow run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `GITHUB_EVENT_NAME`.
    pub name: String,
    /// `GITHUB_REPOSITORY`: `owner/name`.
    pub repository: String,
    /// The fork that the pull request comes from; empty where it was deleted, none where there is no fork.
    pub fork: Option<String>,
}

/// The payload is not what GitHub writes.
#[derive(Debug, Error)]
#[error("the event's payload cannot be read: {0}")]
pub struct EventError(#[from] serde_json::Error);

#[derive(Deserialize)]
struct Payload {
    pull_request: Option<PullRequest>,
}

#[derive(Deserialize)]
struct PullRequest {
    head: Head,
}

#[derive(Deserialize)]
struct Head {
    /// `null` when the fork was deleted.
    repo: Option<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

/// Events of a pull request for which GitHub cuts the token down when it comes from a fork.
/// `pull_request_target` and `workflow_run` are not among them: they run with the base's rights.
const CUT_DOWN: [&str; 3] = [
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
];

impl Event {
    /// Reads an event from its name, the repository, and the payload of `GITHUB_EVENT_PATH`.
    pub fn read(name: &str, repository: &str, payload: Option<&[u8]>) -> Result<Self, EventError> {
        let mut event = Self {
            name: name.to_owned(),
            repository: repository.to_owned(),
            fork: None,
        };
        let (true, Some(payload)) = (CUT_DOWN.contains(&name), payload) else {
            return Ok(event);
        };
        let payload: Payload = serde_json::from_slice(payload)?;
        if let Some(pull) = payload.pull_request {
            let head = pull.head.repo.map(|repo| repo.full_name);
            let head = head.unwrap_or_default();
            // GitHub's names do not know upper case from lower case.
            event.fork = (!head.eq_ignore_ascii_case(repository)).then_some(head);
        }
        Ok(event)
    }

    /// True when the token may only read, whatever the workflow's `permissions` say.
    pub const fn is_from_fork(&self) -> bool {
        self.fork.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fork(name: &str, payload: &str) -> Option<String> {
        let event = Event::read(name, "octo/app", Some(payload.as_bytes()));
        event.expect("JSON").fork
    }

    #[test]
    fn a_pull_request_of_another_repository_comes_from_a_fork() {
        let of = |name: &str| {
            format!(
                r#"{{"number": 1, "pull_request": {{"head": {{"repo": {{"full_name": "{name}"}}}}}}}}"#
            )
        };
        assert_eq!(
            fork("pull_request", &of("eve/app")).as_deref(),
            Some("eve/app")
        );
        assert_eq!(fork("pull_request", &of("Octo/App")), None);
        assert_eq!(fork("pull_request_target", &of("eve/app")), None);
        let deleted = r#"{"pull_request": {"head": {"repo": null}}}"#;
        assert_eq!(fork("pull_request", deleted).as_deref(), Some(""));
    }

    #[test]
    fn other_events_have_none() {
        assert_eq!(fork("push", r#"{"ref": "refs/heads/main"}"#), None);
        assert_eq!(fork("schedule", "not read"), None);
        let none = Event::read("pull_request", "octo/app", None).expect("nothing to read");
        assert!(!none.is_from_fork());
        assert!(Event::read("pull_request", "octo/app", Some(b"{")).is_err());
    }
}
