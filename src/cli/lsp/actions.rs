//! Fixes as an editor offers them.

use std::path::Path;

use lsp_types::{CodeAction, CodeActionKind, CodeActionParams, Range};
use unroot::finding::{Applicability, Fix};
use unroot::plan::{Edits, Patched, patch};
use unroot::render::escape::line;

use super::diagnostics::diagnostic;
use super::documents::Document;
use super::edits::{Client, workspace_edit};
use super::handlers::Judged;

/// All safe fixes of a file: what an editor may make when it saves.
pub(super) const FIX_ALL: &str = "source.fixAll.unroot";

/// What can be done in the range that the editor asks about. `open_at` gives the document of a path.
pub(super) fn of<'a>(
    judged: &Judged<'_>,
    params: &CodeActionParams,
    client: Client,
    open_at: impl Fn(&Path) -> Option<&'a Document>,
) -> Vec<CodeAction> {
    let only = params.context.only.as_deref();
    let is_wanted = |kind: &str| only.is_none_or(|only| only.iter().any(|one| covers(one, kind)));
    let edit = |fixes: &[&Fix]| {
        let edits = Edits::of(fixes.iter().copied());
        workspace_edit(judged, &edits, client, &open_at)
    };
    let Some(safe) = patched(judged, Applicability::Safe) else {
        return Vec::new();
    };
    let mut actions = Vec::new();
    if is_wanted("quickfix") {
        // Looked at only where it is asked for: each is judged anew.
        let mut all = None;
        for (index, finding) in safe.analysis.findings.iter().enumerate() {
            let range = judged.document.text.range(finding.primary.span);
            let Ok(fix) = &finding.fix else { continue };
            if !share_a_line(range, params.range) || fix.applicability < Applicability::Unsafe {
                continue;
            }
            let is_safe = fix.applicability == Applicability::Safe;
            let stands = if is_safe {
                safe.applied.contains(&index)
            } else {
                let all = all.get_or_insert_with(|| patched(judged, Applicability::Unsafe));
                all.as_ref().is_some_and(|all| all.applied.contains(&index))
            };
            if !stands {
                continue;
            }
            let Some(edit) = edit(&[fix]) else { continue };
            actions.push(CodeAction {
                title: title(fix),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostic(judged.document, finding)]),
                edit: Some(edit),
                is_preferred: Some(is_safe),
                ..CodeAction::default()
            });
        }
    }
    if is_wanted(FIX_ALL) {
        let fixes = safe
            .applied()
            .filter_map(|finding| finding.fix.as_ref().ok());
        let fixes: Vec<&Fix> = fixes.collect();
        if !fixes.is_empty()
            && let Some(edit) = edit(&fixes)
        {
            actions.push(CodeAction {
                title: "unroot: make all safe fixes".to_owned(),
                kind: Some(CodeActionKind::new(FIX_ALL)),
                edit: Some(edit),
                ..CodeAction::default()
            });
        }
    }
    actions
}

fn patched(judged: &Judged<'_>, least: Applicability) -> Option<Patched> {
    let bytes = judged.document.text.bytes();
    patch(bytes, &judged.context, &judged.effective.options, least).ok()
}

fn title(fix: &Fix) -> String {
    let title = line(&fix.title);
    if fix.applicability == Applicability::Safe {
        return format!("unroot: {title}");
    }
    let doubts: Vec<&str> = fix.doubts.iter().map(|doubt| doubt.id).collect();
    format!("unroot: {title} (unsafe: {})", doubts.join(", "))
}

/// Kinds are paths: `source` asks for `source.fixAll.unroot`, too.
fn covers(asked: &CodeActionKind, kind: &str) -> bool {
    let rest = kind.strip_prefix(asked.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || asked.as_str().is_empty())
}

fn share_a_line(one: Range, other: Range) -> bool {
    one.start.line <= other.end.line && other.start.line <= one.end.line
}
