//! What the server does with each message.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::{
    CodeActionParams, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, PublishDiagnosticsParams, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use unroot::context::BuildContext;

use super::actions::{self, FIX_ALL};
use super::documents::Document;
use super::edits::Client;
use super::opened::Opened;
use super::place::path_of;
use super::{code, diagnostics, notification};
use crate::cli::args::{Inputs, Who};
use crate::cli::files::Input;
use crate::cli::settings::{Effective, Settings};

/// The server: what was asked for, and what the editor has open.
pub(super) struct Server<'w> {
    inputs: Inputs,
    who: &'w Who,
    working: PathBuf,
    /// Folders that the editor works in.
    folders: Vec<PathBuf>,
    client: Client,
    documents: BTreeMap<String, Document>,
    /// Closed, with what was said of them still on the screen.
    closed: Vec<Uri>,
    /// Questions to the editor that are to be sent.
    pub(super) requests: Vec<Value>,
}

/// A Dockerfile with what counts for it.
pub(super) struct Judged<'a> {
    pub(super) document: &'a Document,
    pub(super) effective: Arc<Effective>,
    pub(super) context: Opened<'a>,
}

type Answer = Result<Value, (i64, String)>;

impl<'w> Server<'w> {
    pub(super) const fn new(inputs: Inputs, who: &'w Who, working: PathBuf) -> Self {
        Self {
            inputs,
            who,
            working,
            folders: Vec::new(),
            client: Client::NONE,
            documents: BTreeMap::new(),
            closed: Vec::new(),
            requests: Vec::new(),
        }
    }

    /// Takes what is needed of what an editor says of itself, whatever else it says.
    pub(super) fn initialize(&mut self, params: &Value) -> Value {
        let folders = params.get("workspaceFolders").and_then(Value::as_array);
        let folders = folders.into_iter().flatten();
        let uris = folders
            .filter_map(|folder| folder.get("uri"))
            .chain(params.get("rootUri"));
        self.folders = uris.filter_map(|uri| path_of(uri.as_str()?)).collect();
        self.client = Client::of(params);
        json!({
            "capabilities": {
                "positionEncoding": "utf-16",
                "textDocumentSync": { "openClose": true, "change": 2, "save": true },
                "codeActionProvider": { "codeActionKinds": ["quickfix", FIX_ALL] },
                "workspace": {
                    "workspaceFolders": { "supported": true, "changeNotifications": true },
                },
            },
            "serverInfo": { "name": "unroot", "version": env!("CARGO_PKG_VERSION") },
        })
    }

    /// Answers a question.
    pub(super) fn asked(&self, method: &str, params: &Value) -> Answer {
        match method {
            "textDocument/codeAction" => {
                let params: CodeActionParams = read(params)?;
                let uri = params.text_document.uri.as_str();
                let judged = self.documents.get(uri).map(|one| self.judge(one));
                let actions = match judged {
                    Some(Ok(Some(judged))) => {
                        actions::of(&judged, &params, self.client, |path| self.open_at(path))
                    }
                    // What is wrong with the configuration stands at the first line.
                    _ => Vec::new(),
                };
                serde_json::to_value(actions)
                    .map_err(|error| (code::INTERNAL_ERROR, error.to_string()))
            }
            _ => Err((
                code::METHOD_NOT_FOUND,
                format!("`{method}` is nothing that unroot does"),
            )),
        }
    }

    /// Takes notice. What is no notification of the protocol changes nothing.
    pub(super) fn notified(&mut self, method: &str, params: &Value) -> Option<()> {
        match method {
            "initialized" => self.requests.extend(self.client.watch()),
            "textDocument/didOpen" => {
                let params: DidOpenTextDocumentParams = read(params).ok()?;
                let document = Document::open(params.text_document);
                self.documents
                    .insert(document.uri.as_str().to_owned(), document);
            }
            "textDocument/didChange" => {
                let params: DidChangeTextDocumentParams = read(params).ok()?;
                let uri = params.text_document.uri.as_str();
                let document = self.documents.get_mut(uri)?;
                for change in &params.content_changes {
                    document.text = document.text.changed(change);
                }
                document.version = params.text_document.version;
                document.is_new = true;
            }
            "textDocument/didClose" => {
                let params: DidCloseTextDocumentParams = read(params).ok()?;
                let uri = params.text_document.uri.as_str();
                let document = self.documents.remove(uri)?;
                if document.is_dockerfile() {
                    self.closed.push(document.uri);
                }
            }
            // Scripts, configurations: what any Dockerfile rests on may have changed.
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.look_again(),
            "workspace/didChangeWorkspaceFolders" => {
                let paths = |key: &str| {
                    let list = params.pointer(&format!("/event/{key}"));
                    let list = list.and_then(Value::as_array).into_iter().flatten();
                    let paths = list.filter_map(|one| path_of(one.get("uri")?.as_str()?));
                    paths.collect::<Vec<_>>()
                };
                let removed = paths("removed");
                self.folders.retain(|folder| !removed.contains(folder));
                self.folders.extend(paths("added"));
                self.look_again();
            }
            _ => {}
        }
        Some(())
    }

    /// What is to say of what changed.
    pub(super) fn publish(&mut self) -> Vec<Value> {
        let mut all: Vec<PublishDiagnosticsParams> = Vec::new();
        for uri in self.closed.drain(..) {
            all.push(PublishDiagnosticsParams::new(uri, Vec::new(), None));
        }
        let new = self.documents.values();
        let new = new.filter(|document| document.is_new && document.is_dockerfile());
        for document in new {
            let found = match self.judge(document) {
                Ok(Some(judged)) => diagnostics::of(&judged),
                Ok(None) => Vec::new(),
                Err(why) => vec![diagnostics::failure(&document.text, &why)],
            };
            let version = Some(document.version);
            let uri = document.uri.clone();
            all.push(PublishDiagnosticsParams::new(uri, found, version));
        }
        for document in self.documents.values_mut() {
            document.is_new = false;
        }
        let all = all.iter();
        all.map(|params| notification("textDocument/publishDiagnostics", params))
            .collect()
    }

    fn look_again(&mut self) {
        for document in self.documents.values_mut() {
            document.is_new = true;
        }
    }

    /// What counts for a Dockerfile; none where it is excluded.
    fn judge<'a>(&'a self, document: &'a Document) -> Result<Option<Judged<'a>>, String> {
        if !document.is_dockerfile() {
            return Ok(None);
        }
        let path = document.path.as_deref();
        let folders = self.folders.iter();
        let around = folders.filter(|folder| path.is_some_and(|path| path.starts_with(folder)));
        let working = around.max_by_key(|folder| folder.as_os_str().len());
        let working = working.or(self.folders.first()).unwrap_or(&self.working);
        // Made anew each time: a configuration may have been written since.
        let settings = Settings::within(&self.inputs, self.who, working.clone())
            .map_err(|error| format!("{error:#}"))?;
        let input = match path {
            Some(path) => Input::File(path.to_owned()),
            None => Input::Stdin(Vec::new()),
        };
        let effective = settings.of(&input)?;
        if settings.excludes(&input) {
            return Ok(None);
        }
        let context: Box<dyn BuildContext> = input.context(&self.inputs);
        let others = self.documents.values();
        let others = others.filter(|other| other.uri != document.uri);
        let open = others.filter_map(|other| Some((other.path.as_deref()?, other.text.as_str())));
        Ok(Some(Judged {
            document,
            effective,
            context: Opened::new(context, open),
        }))
    }

    /// The document of a path, where it is open.
    fn open_at(&self, path: &Path) -> Option<&Document> {
        let same = |other: &Path| {
            other == path
                || matches!((other.canonicalize(), path.canonicalize()), (Ok(a), Ok(b)) if a == b)
        };
        let mut documents = self.documents.values();
        documents.find(|document| document.path.as_deref().is_some_and(same))
    }
}

fn read<T: DeserializeOwned>(params: &Value) -> Result<T, (i64, String)> {
    T::deserialize(params).map_err(|error| (code::INVALID_PARAMS, error.to_string()))
}
