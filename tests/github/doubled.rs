//! The double refuses what GitHub's descriptions do not have: else a call that passes here would say nothing.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::double::{GitHub, TOKEN};

/// Sends a request as no client of ours would, and gives the violations that the double saw.
fn violations(call: &str, body: &Value) -> Vec<String> {
    let github = GitHub::start();
    let (method, path) = call.split_once(' ').expect("two words");
    let path = if path == "/graphql" {
        path.to_owned()
    } else {
        format!("/repos/acme/shop{path}")
    };
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let address = github.server_url().replace("http://", "");
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nauthorization: Bearer {TOKEN}\r\nuser-agent: x\r\naccept: x\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("it reads");
    stream
        .shutdown(std::net::Shutdown::Write)
        .expect("open until now");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    std::mem::take(&mut github.state().violations)
}

#[test]
fn requests_that_github_would_not_take_as_meant() {
    for (call, body, expected) in [
        ("GET /pull", Value::Null, "no such call"),
        ("PUT /pulls/1", json!({}), "no such call"),
        ("GET /pulls?state=opened", Value::Null, "state"),
        (
            "GET /pulls?per_pages=100",
            Value::Null,
            "no parameter is called per_pages",
        ),
        (
            "GET /pulls?per_page=all",
            Value::Null,
            "per_page is no number",
        ),
        (
            "POST /pulls",
            json!({ "title": "T", "head": "h" }),
            "\"base\" is a required property",
        ),
        (
            "POST /pulls",
            json!({ "title": "T", "head": "h", "base": 5 }),
            "5 is not of type",
        ),
        (
            "POST /pulls",
            json!({ "head": "h", "base": "b", "drafts": true }),
            "drafts",
        ),
        ("PATCH /pulls/1", json!({ "state": "shut" }), "shut"),
        ("POST /issues/1/comments", Value::Null, "a body is missing"),
        (
            "DELETE /git/refs/heads/a/b",
            json!({ "force": true }),
            "a body where none",
        ),
    ] {
        let found = violations(call, &body);
        assert!(
            found.len() == 1 && found[0].contains(expected),
            "{call}: {found:?}"
        );
    }
}

#[test]
fn documents_that_the_schema_does_not_have() {
    let query = |text: &str| {
        json!({ "query": text, "variables": { "input": {
        "branch": { "branchName": "x" }, "expectedHeadOid": "a".repeat(40), "message": { "headline": "H" } } } })
    };
    let good = "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }";
    assert_eq!(
        violations("POST /graphql", &query(good)),
        Vec::<String>::new()
    );
    for (text, expected) in [
        (
            good.replace("{ oid }", "{ sha }"),
            "Commit has no field sha",
        ),
        (
            good.replace("commit { oid }", "commit"),
            "commit needs a selection",
        ),
        (good.replace("(input: $input)", ""), "needs input"),
        (
            good.replace("CommitOnBranchInput!", "CommitOnBranchInput"),
            "$input is no CreateCommitOnBranchInput!",
        ),
    ] {
        let found = violations("POST /graphql", &query(&text));
        assert!(
            found.len() == 1 && found[0].contains(expected),
            "{text}: {found:?}"
        );
    }
    for (pointer, value, expected) in [
        (
            "/expectedHeadOid",
            Value::Null,
            "expectedHeadOid is missing",
        ),
        ("/expectedHeadOid", json!("main"), "is no commit"),
        (
            "/message",
            json!({ "title": "H" }),
            "CommitMessage has no title",
        ),
    ] {
        let mut body = query(good);
        if let Some(place) = body["variables"]["input"].pointer_mut(pointer) {
            *place = value;
        }
        let found = violations("POST /graphql", &body);
        assert!(found.len() == 1 && found[0].contains(expected), "{found:?}");
    }
}
