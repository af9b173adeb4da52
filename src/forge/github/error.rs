//! What GitHub refuses, as one line that says what to do.

use crate::secret::Token;

use super::call::Method;

/// A call that came to nothing. It shows as one line, without the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}")]
pub struct Error {
    /// What kind of thing went wrong.
    pub kind: Kind,
    /// The HTTP status; none where no answer came.
    pub status: Option<u16>,
    /// GitHub's own words, for those who look for some; the reader gets them within the line.
    pub said: String,
    line: String,
}

/// Kinds of failure, as far as they are answered differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 401: the token is none, or no longer one.
    Unauthorized,
    /// 403: the token, or a setting of the repository, does not allow that.
    NotPermitted,
    /// 404 and 410: not there, or not to be seen with this token.
    NotFound,
    /// 422, and what GraphQL refuses: GitHub does not take the request as it is.
    Refused,
    /// 429 or a limit told as 403, and waiting that long is not worth it.
    RateLimited,
    /// A redirect: the repository has another name now. The token is not sent along.
    Moved,
    /// 5xx, again and again.
    Server,
    /// The request was sent and no whole answer came: it may have been done or not.
    Lost,
    /// No connection came about: nothing was done.
    Unreachable,
    /// An answer that GitHub does not give.
    Unreadable,
}

impl Error {
    pub(super) fn new(kind: Kind, line: impl Into<String>) -> Self {
        Self {
            kind,
            status: None,
            said: String::new(),
            line: one_line(&line.into()),
        }
    }

    /// An answer with a status that is no success.
    pub(super) fn of_status(
        status: u16,
        said: &str,
        method: Method,
        place: &str,
        token: &Token,
    ) -> Self {
        let said = token.scrub(&one_line(said));
        let call = format!("{method} {place}");
        let (kind, line) = match status {
            401 => (
                Kind::Unauthorized,
                format!(
                    "GitHub does not know the token (401: {said}): it is wrong, expired or revoked; give another one"
                ),
            ),
            403 => (Kind::NotPermitted, forbidden(&said)),
            404 | 410 => (
                Kind::NotFound,
                format!(
                    "{call}: not there, or not to be seen with this token ({status}): check the repository's name, and that the token is for it"
                ),
            ),
            422 => (
                Kind::Refused,
                format!("GitHub does not take {call} (422): {said}"),
            ),
            300..=399 => (
                Kind::Moved,
                format!(
                    "{call}: moved ({status}): the repository has another name or place now; point the git remote there"
                ),
            ),
            500..=599 => (
                Kind::Server,
                format!(
                    "GitHub fails at {call} ({status}), also after waiting; see its status page and run this again"
                ),
            ),
            _ => (
                Kind::Unreadable,
                format!("{call}: an answer that was not expected ({status}): {said}"),
            ),
        };
        Self {
            status: Some(status),
            said,
            ..Self::new(kind, token.scrub(&line))
        }
    }

    pub(super) fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    pub(super) fn scrub(mut self, token: &Token) -> Self {
        self.said = token.scrub(&self.said);
        self.line = token.scrub(&self.line);
        self
    }

    pub(super) fn said(mut self, said: &str) -> Self {
        self.said = one_line(said);
        self
    }

    /// A pull request of this branch is open already.
    pub fn is_already_there(&self) -> bool {
        self.kind == Kind::Refused && self.said.contains("pull request already exists")
    }

    /// True when nobody knows whether the request was done.
    pub fn is_ambiguous(&self) -> bool {
        matches!(self.kind, Kind::Lost | Kind::Server)
    }
}

/// What the words of a 403 ask for.
fn forbidden(said: &str) -> String {
    let help = if said.contains("not permitted to create or approve pull requests") {
        "allow it under Settings, Actions, General, \"Allow GitHub Actions to create and approve pull requests\" (the organisation's setting goes first), or use the token of a GitHub App"
    } else if said.contains("SAML") || said.contains("SSO") {
        "authorise the token for the organisation's single sign-on"
    } else if said.contains("not accessible by") {
        "give the token `contents: write` and `pull-requests: write`; what a fork's pull request runs never has them"
    } else if said.contains("IP allow list") {
        "run this from an address that the organisation allows"
    } else if said.contains("archived") {
        "the repository is archived and takes no changes"
    } else {
        "the token lacks a permission (`contents: write`, `pull-requests: write`), or a rule of the organisation forbids it"
    };
    format!("GitHub does not permit that (403: {said}): {help}")
}

/// The message of an error's body, with what it says of single fields (docs.github.com, "Troubleshooting the
/// REST API", "Validation Failed").
pub(super) fn message(body: &serde_json::Value) -> String {
    let mut parts: Vec<String> = Vec::new();
    let text = |value: &serde_json::Value, key: &str| {
        let text = value.get(key).and_then(serde_json::Value::as_str);
        text.map(str::to_owned)
    };
    parts.extend(text(body, "message"));
    let errors = body.get("errors").and_then(serde_json::Value::as_array);
    for error in errors.into_iter().flatten() {
        let field = ["resource", "field", "code"].map(|key| text(error, key).unwrap_or_default());
        let field = field.join(" ").trim().to_owned();
        let said = text(error, "message").or_else(|| error.as_str().map(str::to_owned));
        parts.push(said.unwrap_or(field));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(": ")
}

/// Control characters would let a server draw on the reader's terminal, and very long texts hide the rest.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 600;
    let line: String = text
        .chars()
        .map(|ch| if ch.is_control() { ' ' } else { ch })
        .take(LONGEST)
        .collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn messages_of_bodies() {
        let body = json!({"message": "Validation Failed", "errors": [
            {"resource": "PullRequest", "code": "custom", "message": "A pull request already exists for acme:fix."},
            {"resource": "PullRequest", "field": "base", "code": "invalid"}, "plain"]});
        assert_eq!(
            message(&body),
            "Validation Failed: A pull request already exists for acme:fix.: PullRequest base invalid: plain"
        );
        assert_eq!(message(&json!(["x"])), "");
    }

    #[test]
    fn one_line_that_says_what_to_do_and_no_token() {
        let token = Token::new("ghs_secret").expect("a token");
        for (status, said, expected) in [
            (401, "Bad credentials", "give another one"),
            (
                403,
                "Resource not accessible by integration",
                "pull-requests: write",
            ),
            (
                403,
                "GitHub Actions is not permitted to create or approve pull requests.",
                "Settings, Actions",
            ),
            (
                403,
                "Resource protected by organization SAML enforcement.",
                "single sign-on",
            ),
            (403, "No.", "lacks a permission"),
            (404, "Not Found", "check the repository's name"),
            (422, "No commits between a and b", "No commits between"),
            (307, "", "point the git remote"),
            (502, "<html>\r\n", "status page"),
            (418, "ghs_secret\nteapot", "418"),
        ] {
            let error = Error::of_status(status, said, Method::Post, "/pulls", &token);
            let line = error.to_string();
            assert!(line.contains(expected), "{line}");
            assert!(
                !line.contains('\n') && !format!("{error:?}").contains("ghs_secret"),
                "{line}"
            );
        }
    }
}
