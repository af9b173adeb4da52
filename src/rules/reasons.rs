//! Reasons: why a fix is Unsafe, or why there is none. `docs/reasons.md` is their one source.

use super::page::Page;

/// What is to say of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explained {
    /// Its stable name.
    pub id: &'static str,
    /// One clause, in Markdown.
    pub text: &'static str,
    /// It makes a fix Unsafe; else it says why there is none.
    pub is_doubt: bool,
}

const DOCUMENT: &str = include_str!("../../docs/reasons.md");

/// All of them, in the order of the document.
pub fn reasons() -> impl Iterator<Item = Explained> {
    let (doubts, refusals) = DOCUMENT
        .split_once("\n## Why there is no fix")
        .unwrap_or((DOCUMENT, ""));
    let rows = |text: &'static str, is_doubt: bool| {
        text.lines().filter_map(move |line| {
            let (id, text) = line.strip_prefix("| `")?.split_once("` | ")?;
            let text = text.strip_suffix(" |")?;
            Some(Explained { id, text, is_doubt })
        })
    };
    rows(doubts, true).chain(rows(refusals, false))
}

/// Tells what the reason of this identifier means; none where there is no such.
pub fn explain_reason(id: &str) -> Option<String> {
    let reason = reasons().find(|reason| reason.id == id)?;
    let mut page = Page(String::new());
    page.section("REASON", reason.id);
    if reason.is_doubt {
        page.section("WHAT IT SAYS", reason.text);
        page.section(
            "WHAT IT MEANS",
            "One such reason makes a fix Unsafe: `fix` and `diff` hold it back until `--unsafe` is given.",
        );
        page.section(
            "WHAT TO DO",
            "Read the patch that `unroot diff --unsafe` prints, or let `unroot verify` build and run both versions; \
             `unroot fix --verify` writes what is proven.",
        );
    } else {
        page.section("WHY THERE IS NO FIX", reason.text);
        page.section(
            "WHAT TO DO",
            "The finding says what would help. What must stay root is suppressed with its reason: \
             `# unroot: ignore REASON` ([all ways](suppression.md)).",
        );
    }
    page.section("ALL REASONS", "docs/reasons.md");
    Some(page.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        let rows = DOCUMENT.lines().filter(|line| line.starts_with("| `"));
        assert_eq!(reasons().count(), rows.count());
        let of = |id: &str| reasons().find(|reason| reason.id == id);
        assert!(of("volume").is_some_and(|reason| reason.is_doubt));
        assert!(of("needs-root").is_some_and(|reason| !reason.is_doubt));
        assert_eq!(explain_reason("nothing-of-the-kind"), None);
    }
}
