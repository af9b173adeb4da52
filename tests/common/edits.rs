//! What a fix leaves as it is, looked at without the program's own applier.

use unroot::plan::Patched;

/// Walks through both files edit by edit.
pub(crate) fn keeps_the_rest(before: &[u8], after: &[u8], patched: &Patched) -> bool {
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
