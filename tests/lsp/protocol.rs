//! The protocol itself: order, errors, and what is no message at all.

use serde_json::{Value, json};

use crate::session::{Session, uri};
use crate::workspace::Workspace;
use crate::{FINE, PYTHON};

#[test]
fn a_session_has_an_order() {
    let workspace = Workspace::new(&[]);
    let mut session = Session::start(workspace.path(), &["--stdio"]);
    let code = |answer: Value| answer["error"]["code"].as_i64();
    assert_eq!(
        code(session.ask("textDocument/codeAction", &json!({}))),
        Some(-32002)
    );
    session.tell("textDocument/didOpen", &json!({ "textDocument": {
        "uri": "file:///x/Dockerfile", "languageId": "dockerfile", "version": 1, "text": PYTHON } }));
    // An editor that says nothing of itself is served all the same.
    assert_eq!(
        session.ask("initialize", &Value::Null)["result"]["serverInfo"]["name"],
        "unroot"
    );
    assert_eq!(code(session.ask("initialize", &json!({}))), Some(-32600));
    assert_eq!(
        code(session.ask("textDocument/hover", &json!({}))),
        Some(-32601)
    );
    assert_eq!(
        code(session.ask("textDocument/codeAction", &json!({ "range": 1 }))),
        Some(-32602)
    );
    assert!(
        session.told.is_empty(),
        "what came before the greeting was not heard"
    );
    assert_eq!(session.ask("shutdown", &Value::Null)["result"], Value::Null);
    assert_eq!(
        code(session.ask("textDocument/codeAction", &json!({}))),
        Some(-32600)
    );
    session.tell("exit", &Value::Null);
    assert_eq!(session.end().code(), Some(0));

    let mut hasty = Session::open(workspace.path(), &[]);
    hasty.tell("exit", &Value::Null);
    assert_eq!(hasty.end().code(), Some(1), "it was not shut down");
    let left = Session::open(workspace.path(), &[]);
    assert_eq!(left.end().code(), Some(1), "the editor has gone");
}

#[test]
fn what_is_no_message_ends_nothing() {
    let workspace = Workspace::new(&[]);
    let mut session = Session::open(workspace.path(), &[]);
    session.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    session.send(b"Content-Length: 5\r\n\r\n{\"a\":");
    assert_eq!(session.read().expect("an answer")["error"]["code"], -32700);
    session.send(b"Content-Type: x\r\nContent-Length: 4\r\n\r\n\xff\xfe\x00!");
    assert_eq!(session.read().expect("an answer")["error"]["code"], -32700);
    for nothing in [
        json!([]),
        json!(1),
        json!({ "id": 9 }),
        json!({ "id": 9, "method": 3 }),
    ] {
        session.message(&nothing);
        assert_eq!(
            session.read().expect("an answer")["error"]["code"],
            -32600,
            "{nothing}"
        );
    }
    session.message(&json!({ "id": "unroot-watch", "result": null }));
    for (method, params) in [
        ("textDocument/didOpen", json!(null)),
        (
            "textDocument/didChange",
            json!({ "textDocument": { "uri": "file:///never", "version": 1 }, "contentChanges": [] }),
        ),
        ("textDocument/didChange", json!({ "contentChanges": "x" })),
        (
            "textDocument/didClose",
            json!({ "textDocument": { "uri": "\u{0}" } }),
        ),
        (
            "workspace/didChangeWorkspaceFolders",
            json!({ "event": { "added": [{ "uri": 1 }] } }),
        ),
        ("$/setTrace", json!({ "value": "off" })),
        ("nothing/known", json!([1])),
    ] {
        session.tell(method, &params);
    }
    let actions = session.actions("file:///never", None);
    assert!(actions.is_empty());
    let told = session.show("untitled:Untitled-1", PYTHON);
    assert_eq!(told["diagnostics"][0]["code"], "runs-as-root");
    session.close();
}

#[test]
fn odd_texts_and_places_are_taken() {
    let workspace = Workspace::new(&[]);
    let uri = uri(&workspace.path().join("my app/Dockerfile"));
    let mut session = Session::open(workspace.path(), &[]);
    for text in [
        "",
        "\u{feff}",
        "\r",
        "FROM",
        "\u{0}\u{1}",
        "FROM a\\\n",
        "RUN <<A <<B\n",
        "𝄞𝄞𝄞",
        "FROM alpine\rUSER x\r",
    ] {
        session.show(&uri, text);
        session.actions(&uri, None);
    }
    let far = json!({ "line": 4_294_967_295_u32, "character": 4_294_967_295_u32 });
    let near = json!({ "line": 0, "character": 1 });
    session.change(
        &uri,
        2,
        &json!([
            { "range": { "start": far, "end": near }, "text": "x" },
            { "range": { "start": near, "end": far }, "text": "FROM 𝄞" },
            { "range": { "start": near, "end": near }, "rangeLength": 3, "text": "" },
        ]),
    );
    let told = session.change(&uri, 3, &json!([{ "text": FINE }]));
    assert_eq!(told["diagnostics"], json!([]));
    session.close();
}

#[test]
fn no_message_holds_what_is_not_seen() {
    let workspace = Workspace::new(&[]);
    let uri = uri(&workspace.path().join("Dockerfile"));
    let mut session = Session::open(workspace.path(), &[]);
    let told = session.show(
        &uri,
        "FROM alpine:3.22\nCMD [\"/srv/\u{202e}gpj\\u001b[31m\"]\n",
    );
    let message = told["diagnostics"][0]["message"].as_str().expect("text");
    assert!(message.contains("`<U+202E>gpj<U+001B>[31m`"), "{message}");
    session.close();
}

#[test]
fn only_dockerfiles_are_judged() {
    let workspace = Workspace::new(&[]);
    let mut session = Session::open(workspace.path(), &[]);
    for (name, language) in [
        ("notes.txt", "plaintext"),
        (".dockerignore", "dockerfile"),
        ("Makefile", "make"),
    ] {
        session.tell("textDocument/didOpen", &json!({ "textDocument": {
            "uri": uri(&workspace.path().join(name)), "languageId": language, "version": 1, "text": PYTHON } }));
    }
    session.tell("textDocument/didOpen", &json!({ "textDocument": {
        "uri": uri(&workspace.path().join("Containerfile")), "languageId": "", "version": 1, "text": PYTHON } }));
    let told = session.diagnostics();
    assert!(
        told["uri"]
            .as_str()
            .is_some_and(|uri| uri.ends_with("/Containerfile"))
    );
    assert!(session.told.is_empty());
    session.close();
}

#[test]
fn it_asks_to_be_told_of_configurations() {
    let workspace = Workspace::new(&[]);
    let watches =
        json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let mut session = Session::with(workspace.path(), &[], &watches);
    let uri = uri(&workspace.path().join("Dockerfile"));
    session.show(&uri, PYTHON);
    let asked = session
        .told
        .iter()
        .find(|told| told["method"] == "client/registerCapability");
    assert!(asked.is_some_and(|asked| asked.to_string().contains("**/unroot.toml")));
    workspace.write("unroot.toml", "[rules]\nruns-as-root = \"off\"\n");
    session.tell("workspace/didChangeWatchedFiles", &json!({ "changes": [] }));
    assert_eq!(session.diagnostics()["diagnostics"], json!([]));
    session.close();
}

#[test]
fn wrong_arguments_are_told_before_it_serves() {
    let workspace = Workspace::new(&[]);
    for arguments in [
        &["lsp", "--base-user", "x"][..],
        &["lsp", "--config", "none.toml"],
        &["lsp", "x"],
    ] {
        let run = workspace.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
    }
}
