//! Edits as the protocol has them, as far as an editor can make them.

use std::path::{Path, PathBuf};

use lsp_types::{
    CreateFile, CreateFileOptions, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, ResourceOp, TextDocumentEdit, TextEdit, Uri,
    WorkspaceEdit,
};
use serde_json::{Value, json};
use unroot::context::BuildContext as _;
use unroot::finding::{Edit, FileEdits};
use unroot::plan::Edits;
use unroot::source::{BOM, Span};

use super::documents::Document;
use super::handlers::Judged;
use super::place::uri_of;
use super::text::Text;

/// What an editor can do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    /// Edits of documents with their versions, in an order.
    document_changes: bool,
    /// And new files among them.
    creates: bool,
    /// It tells of files that change, where it is asked to.
    watches: bool,
}

impl Client {
    pub(super) const NONE: Self = Self {
        document_changes: false,
        creates: false,
        watches: false,
    };

    pub(super) fn of(initialize: &Value) -> Self {
        let of = |path: &str| initialize.pointer(&format!("/capabilities/workspace/{path}"));
        let says = |path: &str| of(path).and_then(Value::as_bool).unwrap_or_default();
        let operations = of("workspaceEdit/resourceOperations").and_then(Value::as_array);
        let document_changes = says("workspaceEdit/documentChanges");
        Self {
            document_changes,
            creates: document_changes
                && operations.is_some_and(|all| all.contains(&json!("create"))),
            watches: says("didChangeWatchedFiles/dynamicRegistration"),
        }
    }

    /// The question whether it tells when a configuration changes.
    pub(super) fn watch(self) -> Option<Value> {
        self.watches.then(|| {
            json!({
                "jsonrpc": "2.0",
                "id": "unroot-watch",
                "method": "client/registerCapability",
                "params": { "registrations": [{
                    "id": "unroot-watch",
                    "method": "workspace/didChangeWatchedFiles",
                    "registerOptions": { "watchers": [{ "globPattern": "**/unroot.toml" }] },
                }]},
            })
        })
    }
}

/// All of the edits; none where the editor could make only a part of them.
pub(super) fn workspace_edit<'a>(
    judged: &Judged<'_>,
    edits: &Edits,
    client: Client,
    open_at: &impl Fn(&Path) -> Option<&'a Document>,
) -> Option<WorkspaceEdit> {
    let document = judged.document;
    let mut all = vec![OfFile {
        uri: document.uri.clone(),
        version: Some(document.version),
        is_new: false,
        edits: text_edits(&document.text, &edits.dockerfile),
    }];
    for file in &edits.files {
        all.push(of_file(judged, file, open_at)?);
    }
    if !client.document_changes {
        let any_new = all.iter().any(|file| file.is_new);
        let changes = all.into_iter().map(|file| (file.uri, file.edits));
        return (!any_new).then(|| WorkspaceEdit::new(changes.collect()));
    }
    let mut operations = Vec::new();
    for file in all {
        if file.is_new {
            if !client.creates {
                return None;
            }
            let create = CreateFile {
                uri: file.uri.clone(),
                options: Some(CreateFileOptions {
                    overwrite: Some(false),
                    ignore_if_exists: Some(false),
                }),
                annotation_id: None,
            };
            operations.push(DocumentChangeOperation::Op(ResourceOp::Create(create)));
        }
        operations.push(DocumentChangeOperation::Edit(TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                uri: file.uri,
                version: file.version,
            },
            edits: file.edits.into_iter().map(OneOf::Left).collect(),
        }));
    }
    Some(WorkspaceEdit {
        document_changes: Some(DocumentChanges::Operations(operations)),
        ..WorkspaceEdit::default()
    })
}

struct OfFile {
    uri: Uri,
    version: Option<i32>,
    is_new: bool,
    edits: Vec<TextEdit>,
}

/// The edits of a file of the build context; none for one that is no text, which editors read in their own way.
fn of_file<'a>(
    judged: &Judged<'_>,
    file: &FileEdits,
    open_at: &impl Fn(&Path) -> Option<&'a Document>,
) -> Option<OfFile> {
    if let Some(place) = &file.made_at {
        let empty = Text::new(String::new());
        return Some(OfFile {
            uri: uri_of(&absolute(place)?)?,
            version: None,
            is_new: true,
            edits: text_edits(&empty, &file.edits),
        });
    }
    let place = absolute(&judged.context.place(&file.path)?)?;
    let text = String::from_utf8(judged.context.read(&file.path)?).ok()?;
    let open = open_at(&place);
    let mut edits = file.edits.clone();
    // An editor that opens the file takes its mark off.
    let (text, mark) = match text.strip_prefix('\u{feff}') {
        Some(rest) if open.is_none() => (rest.to_owned(), BOM.len()),
        _ => (text, 0),
    };
    for edit in &mut edits {
        let (start, end) = (edit.span.start, edit.span.end);
        edit.span = Span::new(start.saturating_sub(mark), end.saturating_sub(mark));
    }
    Some(OfFile {
        uri: match open {
            Some(document) => document.uri.clone(),
            None => uri_of(&place)?,
        },
        version: open.map(|document| document.version),
        is_new: false,
        edits: text_edits(&Text::new(text), &edits),
    })
}

fn absolute(path: &Path) -> Option<PathBuf> {
    std::path::absolute(path).ok()
}

/// In the order of the text; of those at one place, insertions come first, in their own order.
fn text_edits(text: &Text, edits: &[Edit]) -> Vec<TextEdit> {
    let mut order: Vec<&Edit> = edits.iter().collect();
    order.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let edits = order.into_iter();
    edits
        .map(|edit| TextEdit::new(text.range(edit.span), edit.content.clone()))
        .collect()
}
