//! What a file takes from its build context, as far as it is written out.

use crate::dockerfile::{Document, Keyword};

use super::list;

/// Plain paths that COPY and ADD take from the context: no pattern, variable or address.
pub fn plain_sources(document: &Document<'_>) -> Vec<String> {
    let mut sources = Vec::new();
    for instruction in &document.instructions {
        let copies = matches!(instruction.keyword(), Keyword::Copy | Keyword::Add);
        if !copies || instruction.head.flag("from").is_some() {
            continue;
        }
        let mut words = list(instruction.args());
        words.pop();
        sources.extend(words.into_iter().filter(|word| {
            !word.starts_with("<<")
                && !word.contains("://")
                && !word.starts_with("git@")
                && !word.contains(['*', '?', '[', '$', '\\'])
                && !word.split('/').any(|part| part == "..")
        }));
    }
    for source in &mut sources {
        *source = source.trim_start_matches('/').to_owned();
    }
    sources
}
