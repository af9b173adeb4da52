//! Which folder a Dockerfile was written to be built in, where nobody says.

use std::path::{Path, PathBuf};

use crate::dockerfile::{Document, Keyword};
use crate::stages::list;

/// How many folders up the repository's root is looked for.
const MAX_ABOVE: usize = 8;

/// The folder of `dockerfile` (whose bytes are `bytes`), or the nearest one above it, up to the
/// repository's root, in which everything lies that its COPYs name. Its own folder when there is none.
pub fn build_context(dockerfile: &Path, bytes: &[u8]) -> PathBuf {
    let own = match dockerfile.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let sources = sources(bytes);
    let start = std::fs::canonicalize(&own).unwrap_or_else(|_| own.clone());
    for folder in start.ancestors().take(MAX_ABOVE) {
        if sources.iter().all(|source| folder.join(source).exists()) {
            // The path as the user wrote it, where it is that one.
            return if folder == start {
                own
            } else {
                folder.to_owned()
            };
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    own
}

/// Plain paths that COPY and ADD take from the context: no pattern, variable or address.
fn sources(bytes: &[u8]) -> Vec<String> {
    let document = Document::lex(bytes);
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_nearest_folder_that_has_all_sources() {
        let root = tempfile::tempdir().expect("a folder");
        let below = root.path().join("deploy/docker");
        fs::create_dir_all(&below).expect("writable");
        fs::create_dir(root.path().join(".git")).expect("writable");
        fs::create_dir(root.path().join("src")).expect("writable");
        fs::write(below.join("run.sh"), "").expect("writable");
        let file = below.join("Dockerfile");
        let context = |text: &str| build_context(&file, text.as_bytes());
        let canonical = fs::canonicalize(root.path()).expect("it exists");
        assert_eq!(context("FROM a\nCOPY run.sh /\n"), below);
        assert_eq!(context("FROM a\nCOPY --from=b x /\nCOPY . .\n"), below);
        assert_eq!(context("FROM a\nCOPY src /src\n"), canonical);
        assert_eq!(context("FROM a\nCOPY nowhere /\n"), below);
        assert_eq!(
            context("FROM a\nADD https://example.com/x $Y *.c /\n"),
            below
        );
    }
}
