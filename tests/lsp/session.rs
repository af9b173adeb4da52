//! An editor: it starts the built server, and speaks the protocol over pipes.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::{Value, json};

/// A server, and what it said that nobody asked for yet.
pub(crate) struct Session {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    next: i64,
    pub(crate) told: Vec<Value>,
}

impl Session {
    /// A server that has not been greeted.
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(cargo_bin("unroot"))
            .arg("lsp")
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        Self {
            stdin: child.stdin.take(),
            stdout: BufReader::new(child.stdout.take().expect("piped")),
            child,
            next: 1,
            told: Vec::new(),
        }
    }

    /// A server in the middle of its work, for an editor that can do all.
    pub(crate) fn open(folder: &Path, arguments: &[&str]) -> Self {
        Self::with(
            folder,
            arguments,
            &json!({ "workspace": { "workspaceEdit": {
                "documentChanges": true, "resourceOperations": ["create", "rename", "delete"],
            }}}),
        )
    }

    pub(crate) fn with(folder: &Path, arguments: &[&str], capabilities: &Value) -> Self {
        let mut session = Self::start(folder, arguments);
        let answer = session.ask(
            "initialize",
            &json!({ "processId": null, "rootUri": uri(folder), "capabilities": capabilities }),
        );
        assert_eq!(
            answer["result"]["capabilities"]["positionEncoding"],
            "utf-16"
        );
        session.tell("initialized", &json!({}));
        session
    }

    /// Bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("open");
        stdin.write_all(bytes).expect("it reads");
        stdin.flush().expect("it reads");
    }

    pub(crate) fn message(&mut self, message: &Value) {
        let body = message.to_string();
        self.send(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub(crate) fn tell(&mut self, method: &str, params: &Value) {
        self.message(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.next;
        self.next += 1;
        self.message(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.read().expect("an answer");
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
            self.told.push(message);
        }
    }

    /// The next message; none when the server has gone.
    pub(crate) fn read(&mut self) -> Option<Value> {
        let mut header = String::new();
        self.stdout.read_line(&mut header).expect("readable");
        let length = header.trim().strip_prefix("Content-Length: ")?;
        let mut empty = String::new();
        self.stdout.read_line(&mut empty).expect("readable");
        assert_eq!(empty, "\r\n", "nothing but the protocol is written");
        let mut body = vec![0; length.parse().expect("a length")];
        self.stdout.read_exact(&mut body).expect("whole");
        Some(serde_json::from_slice(&body).expect("JSON"))
    }

    /// What is said of a document next.
    pub(crate) fn diagnostics(&mut self) -> Value {
        if let Some(at) = self.told.iter().position(is_diagnostics) {
            return self.told.remove(at)["params"].take();
        }
        loop {
            let mut message = self.read().expect("diagnostics");
            if is_diagnostics(&message) {
                return message["params"].take();
            }
            self.told.push(message);
        }
    }

    /// Opens a document, and gives what is said of it.
    pub(crate) fn show(&mut self, uri: &str, text: &str) -> Value {
        self.tell(
            "textDocument/didOpen",
            &json!({ "textDocument": { "uri": uri, "languageId": "dockerfile", "version": 1, "text": text } }),
        );
        self.diagnostics()
    }

    pub(crate) fn change(&mut self, uri: &str, version: i32, changes: &Value) -> Value {
        self.tell(
            "textDocument/didChange",
            &json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": changes }),
        );
        self.diagnostics()
    }

    /// The actions for a whole document, of all kinds or one.
    pub(crate) fn actions(&mut self, uri: &str, only: Option<&str>) -> Vec<Value> {
        let mut context = json!({ "diagnostics": [] });
        if let Some(only) = only {
            context["only"] = json!([only]);
        }
        let params = json!({
            "textDocument": { "uri": uri },
            "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 9999, "character": 0 } },
            "context": context,
        });
        let answer = self.ask("textDocument/codeAction", &params);
        answer["result"]
            .as_array()
            .cloned()
            .unwrap_or_else(|| panic!("{answer}"))
    }

    /// Says goodbye as the protocol asks for it.
    pub(crate) fn close(mut self) {
        assert_eq!(self.ask("shutdown", &Value::Null)["result"], Value::Null);
        self.tell("exit", &Value::Null);
        assert!(self.end().success());
    }

    /// Closes the pipe, and waits for the server's end.
    pub(crate) fn end(mut self) -> ExitStatus {
        drop(self.stdin.take());
        while self.read().is_some() {}
        self.child.wait().expect("it ends")
    }
}

fn is_diagnostics(message: &Value) -> bool {
    message["method"] == "textDocument/publishDiagnostics"
}

pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display()).replace(' ', "%20")
}

/// Makes text edits as an editor does: all places count from the text before.
pub(crate) fn edited(text: &str, edits: &Value) -> String {
    let offset = |place: &Value| {
        let line = place["line"].as_u64().expect("a line");
        let column = place["character"].as_u64().expect("a column");
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let start: usize = lines
            .iter()
            .take(usize::try_from(line).expect("small"))
            .map(|line| line.len())
            .sum();
        let mut units = 0;
        let rest = text[start..].char_indices();
        let found = rest.map(|(at, ch)| {
            let before = units;
            units += ch.len_utf16() as u64;
            (at, before)
        });
        let found: Vec<_> = found.collect();
        let at = found.iter().find(|(_, before)| *before == column);
        at.map_or(text.len(), |(at, _)| start + at)
    };
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .expect("edits")
        .iter()
        .map(|edit| {
            let (start, end) = (&edit["range"]["start"], &edit["range"]["end"]);
            let new = edit["newText"].as_str().expect("text");
            (offset(start), offset(end), new)
        })
        .collect();
    edits.sort_by_key(|(start, ..)| *start);
    let (mut out, mut at) = (String::new(), 0);
    for (start, end, new) in edits {
        out.push_str(&text[at..start]);
        out.push_str(new);
        at = end;
    }
    out + &text[at..]
}
