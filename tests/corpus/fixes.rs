//! What is fixed stands.

use std::sync::atomic::{AtomicUsize, Ordering};

use unroot::analysis::Options;
use unroot::bases::is_root_user;
use unroot::context::NoContext;
use unroot::dockerfile::Document;
use unroot::finding::{Applicability, Rule};
use unroot::plan::{Patched, patch};
use unroot::stages::{BuildArgs, Stages};

use crate::common::final_user;
use crate::{corpus, for_each};

/// What `fix --unsafe` changes is right: it reads, it starts as non-root, a second run changes
/// nothing, and every byte outside the edits is the same.
#[test]
fn fixes_stand() {
    let Some(corpus) = corpus() else { return };
    let options = Options::default();
    let changed = AtomicUsize::new(0);
    for_each(&corpus, |row, bytes| {
        let first = patch(bytes, &NoContext, &options, Applicability::Unsafe)
            .map_err(|error| error.to_string())?;
        let Some(after) = &first.after else {
            let rejected = first
                .held_back
                .iter()
                .find(|(_, reason)| reason.id == "rejected");
            return rejected.map_or(Ok(()), |(_, reason)| Err(reason.text.clone()));
        };
        changed.fetch_add(1, Ordering::Relaxed);
        if row["valid"] != true {
            return Err("BuildKit refuses it, and it was edited".into());
        }
        let document = Document::lex(after);
        if let Some(problem) = document.problems.first() {
            return Err(format!("the result does not read: {}", problem.kind));
        }
        let stages = Stages::read(&document, &BuildArgs::default());
        let user = final_user(&stages)?;
        if user == "BASEUSER" || is_root_user(&user) {
            return Err(format!("the result's user is `{user}`"));
        }
        if !is_subsequence(bytes, after, &first) {
            return Err("bytes outside the edits changed".into());
        }
        let second = patch(after, &NoContext, &options, Applicability::Unsafe)
            .map_err(|error| error.to_string())?;
        if second.after.is_some()
            || second
                .analysis
                .findings
                .iter()
                .any(|f| f.rule == Rule::RunsAsRoot)
        {
            return Err("a second run finds something to do".into());
        }
        Ok(())
    });
    let changed = changed.into_inner();
    eprintln!("{changed} files are fixed");
    assert!(changed > 40_000, "most root files of the corpus are fixed");
}

/// Walks through both files edit by edit, without the program's own applier.
fn is_subsequence(before: &[u8], after: &[u8], patched: &Patched) -> bool {
    let mut edits: Vec<_> = patched
        .applied()
        .filter_map(|finding| finding.fix.as_ref().ok())
        .flat_map(|fix| &fix.edits)
        .collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut rest = after;
    let mut at = 0;
    for edit in edits {
        let Some(next) = rest
            .strip_prefix(&before[at..edit.span.start])
            .and_then(|rest| rest.strip_prefix(edit.content.as_bytes()))
        else {
            return false;
        };
        rest = next;
        at = edit.span.end;
    }
    rest == &before[at..]
}
