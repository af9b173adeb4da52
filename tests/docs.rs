//! The documentation says what the program does.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every reason's identifier stands in `docs/reasons.md`, and nothing else does.
#[test]
fn reasons_are_documented() {
    let mut in_source = BTreeSet::new();
    for path in sources(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(path).expect("readable");
        for call in ["Reason::new(", ".doubt("] {
            for (at, _) in text.match_indices(call) {
                let rest = text[at + call.len()..].trim_start();
                if let Some(id) = rest
                    .strip_prefix('"')
                    .and_then(|rest| rest.split('"').next())
                {
                    in_source.insert(id.to_owned());
                }
            }
        }
    }
    // Two that never reach a reader as reasons of their own.
    for internal in ["none", "unsafe"] {
        in_source.remove(internal);
    }
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reasons.md"))
        .expect("readable");
    let documented: BTreeSet<String> = text
        .lines()
        .filter_map(|line| {
            line.strip_prefix("| `")?
                .split('`')
                .next()
                .map(str::to_owned)
        })
        .collect();
    assert_eq!(documented, in_source);
}

fn sources(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(sources(path));
        } else {
            found.push(path);
        }
    }
    found
}
