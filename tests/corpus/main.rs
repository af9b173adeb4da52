//! The program against `BuildKit`'s verdict on 68,904 real files.
//!
//! `UNROOT_CORPUS` names the unpacked corpus (`.ci/run` sets it); without it the tests say that
//! they were skipped.

// A skipped test must be heard.
#![allow(clippy::print_stderr)]

mod bodies;
mod fixes;
mod git;
mod reading;
mod table;

#[path = "../common/buildkit.rs"]
mod common;
#[path = "../common/edits.rs"]
mod edits;

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

/// The corpus and what `BuildKit` says of each file.
pub(crate) struct Corpus {
    pub(crate) root: PathBuf,
    pub(crate) rows: Vec<Value>,
}

/// The corpus, if it is here.
pub(crate) fn corpus() -> Option<Corpus> {
    let Some(root) = std::env::var_os("UNROOT_CORPUS").map(PathBuf::from) else {
        eprintln!("SKIPPED: UNROOT_CORPUS is not set, the corpus of real Dockerfiles was not read");
        return None;
    };
    let rows = fs::read_to_string(root.join("buildkit-dev.jsonl"))
        .expect("the corpus has BuildKit's rows");
    let rows = rows
        .lines()
        .map(|line| serde_json::from_str(line).expect("a row is JSON"))
        .collect();
    Some(Corpus { root, rows })
}

/// Calls `check` for each file; what it returns is a failure, counted and shown by kind.
pub(crate) fn for_each(
    corpus: &Corpus,
    check: impl Fn(&Value, &[u8]) -> Result<(), String> + Sync,
) {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(row) = corpus.rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let file = row["file"].as_str().expect("file");
                    let bytes = fs::read(corpus.root.join(file)).expect("the file is there");
                    if let Err(why) = check(row, &bytes) {
                        failures
                            .lock()
                            .expect("no panic")
                            .push(format!("{file}: {why}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panic");
    assert!(
        failures.is_empty(),
        "{} of {} files differ, such as\n{}",
        failures.len(),
        corpus.rows.len(),
        failures[..failures.len().min(20)].join("\n")
    );
}
