//! Applying edits: whole or not at all, and every byte outside them as it was.

use thiserror::Error;

use crate::finding::Edit;

/// Why edits cannot be applied together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ApplyError {
    /// Two edits want the same bytes.
    #[error("two edits overlap at byte {0}")]
    Overlap(usize),
    /// An edit points outside the file.
    #[error("an edit points outside the file, at byte {0}")]
    OutOfBounds(usize),
}

/// Returns `bytes` with `edits` made. Insertions at one place keep their order; an insertion at
/// the edge of a replaced span does not overlap it.
pub fn apply(bytes: &[u8], edits: &[Edit]) -> Result<Vec<u8>, ApplyError> {
    let mut order: Vec<&Edit> = edits.iter().collect();
    order.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let added: usize = edits.iter().map(|edit| edit.content.len()).sum();
    let mut out = Vec::with_capacity(bytes.len() + added);
    let mut at = 0;
    for edit in order {
        let kept = bytes
            .get(at..edit.span.start)
            .ok_or(if edit.span.start < at {
                ApplyError::Overlap(edit.span.start)
            } else {
                ApplyError::OutOfBounds(edit.span.start)
            })?;
        if edit.span.end > bytes.len() || edit.span.end < edit.span.start {
            return Err(ApplyError::OutOfBounds(edit.span.end));
        }
        out.extend_from_slice(kept);
        out.extend_from_slice(edit.content.as_bytes());
        at = edit.span.end;
    }
    out.extend_from_slice(&bytes[at..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn edit(start: usize, end: usize, content: &str) -> Edit {
        Edit {
            span: Span::new(start, end),
            content: content.into(),
            reason: String::new(),
        }
    }

    #[test]
    fn edits_are_made_in_the_files_order() {
        let edits = [
            edit(4, 5, "X"),
            edit(0, 0, "a"),
            edit(0, 0, "b"),
            edit(6, 6, "!"),
        ];
        assert_eq!(
            apply(b"012345", &edits).as_deref(),
            Ok(b"ab0123X5!".as_slice())
        );
        assert_eq!(apply(b"", &[]).as_deref(), Ok(b"".as_slice()));
    }

    #[test]
    fn overlap_and_places_outside_are_errors() {
        assert_eq!(
            apply(b"0123", &[edit(0, 3, ""), edit(2, 4, "")]),
            Err(ApplyError::Overlap(2))
        );
        assert_eq!(
            apply(b"0123", &[edit(2, 5, "")]),
            Err(ApplyError::OutOfBounds(5))
        );
        assert_eq!(
            apply(b"0123", &[edit(7, 7, "x")]),
            Err(ApplyError::OutOfBounds(7))
        );
        assert_eq!(
            apply(b"0123", &[edit(1, 2, "a"), edit(2, 2, "b")]).as_deref(),
            Ok(b"0ab23".as_slice())
        );
    }
}
