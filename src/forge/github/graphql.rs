//! A commit that GitHub signs: its GraphQL mutation `createCommitOnBranch`. Commits that are pushed with a token
//! are not signed, and branches that ask for signatures refuse them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::call::Method;
use super::client::{Client, Repeat};
use super::error::{Error, Kind, message};

/// A file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// Its path in the repository, `/` between parts.
    pub path: String,
    /// Its whole content.
    pub content: Vec<u8>,
}

/// A commit to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCommit {
    /// The commit that it builds on.
    pub parent: String,
    /// The first line of its message.
    pub headline: String,
    /// The rest of its message.
    pub body: String,
    /// The files that it changes or brings. Their modes stay; a new one is not executable, since the mutation has no
    /// word for that.
    pub additions: Vec<Addition>,
}

/// A commit that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub oid: String,
    /// GitHub says that its signature holds.
    pub verified: bool,
}

/// The mutation. Fields are those of GitHub's public schema.
const MUTATION: &str = "mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) {
    commit { oid signature { isValid } }
  }
}";

impl Client {
    /// Puts a signed commit onto a branch that points at its parent; none from a dry run. Where the branch points
    /// elsewhere nothing is done ([`Kind::Refused`]), and so it cannot be done twice.
    pub fn commit_on_branch(&self, branch: &str, new: &NewCommit) -> Result<Option<Commit>, Error> {
        let additions: Vec<Value> = new
            .additions
            .iter()
            .map(|file| json!({ "path": file.path, "contents": STANDARD.encode(&file.content) }))
            .collect();
        let mut text = json!({ "headline": new.headline });
        if !new.body.is_empty() {
            text["body"] = Value::from(new.body.as_str());
        }
        let repository = format!("{}/{}", self.endpoints.owner, self.endpoints.name);
        let input = json!({
            "branch": { "repositoryNameWithOwner": repository, "branchName": branch },
            "expectedHeadOid": new.parent,
            "message": text,
            "fileChanges": { "additions": additions },
        });
        let body = json!({ "query": MUTATION, "variables": { "input": input } });
        let url = self.endpoints.graphql.clone();
        let Some(answer) = self.write(Method::Post, &url, Some(body), Repeat::Never)? else {
            return Ok(None);
        };
        commit(&answer)
            .map(Some)
            .map_err(|error| self.scrubbed(error))
    }
}

fn commit(answer: &Value) -> Result<Commit, Error> {
    // GraphQL answers 200 to what it refuses.
    if let Some(first) = answer.pointer("/errors/0") {
        let said = message(answer);
        let kind = match first.get("type").and_then(Value::as_str) {
            Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => Kind::NotPermitted,
            Some("NOT_FOUND") => Kind::NotFound,
            Some("RATE_LIMITED") => Kind::RateLimited,
            _ => Kind::Refused,
        };
        let line = format!("GitHub does not make the signed commit: {said}");
        return Err(Error::new(kind, line).said(&said));
    }
    let made = answer.pointer("/data/createCommitOnBranch/commit");
    let oid = made
        .and_then(|made| made.get("oid"))
        .and_then(Value::as_str);
    let Some(oid) = oid else {
        let line = "the answer of createCommitOnBranch names no commit";
        return Err(Error::new(Kind::Unreadable, line));
    };
    let valid = made.and_then(|made| made.pointer("/signature/isValid"));
    Ok(Commit {
        oid: oid.to_owned(),
        verified: valid.and_then(Value::as_bool) == Some(true),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers() {
        let made = |signature: Value| {
            commit(
                &json!({"data": {"createCommitOnBranch": {"commit": {"oid": "abc", "signature": signature}}}}),
            )
        };
        let commit_of = |verified| {
            Ok(Commit {
                oid: "abc".into(),
                verified,
            })
        };
        assert_eq!(made(json!({"isValid": true})), commit_of(true));
        assert_eq!(made(Value::Null), commit_of(false));
        for (kind, expected) in [
            ("FORBIDDEN", Kind::NotPermitted),
            ("STALE_DATA", Kind::Refused),
            ("RATE_LIMITED", Kind::RateLimited),
        ] {
            let answer = json!({"data": null, "errors": [{"type": kind, "message": "No."}]});
            let error = commit(&answer).expect_err("refused");
            assert_eq!((error.kind, error.said.as_str()), (expected, "No."));
        }
        assert_eq!(
            commit(&json!({})).expect_err("nothing").kind,
            Kind::Unreadable
        );
    }
}
