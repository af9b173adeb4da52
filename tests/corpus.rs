//! The lexer against `BuildKit`'s verdict on 68,904 real files.
//!
//! `UNROOT_CORPUS` names the unpacked corpus (`.ci/run` sets it); without it the tests say that
//! they were skipped.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use unroot::analysis::Options;
use unroot::bases::is_root_user;
use unroot::context::NoContext;
use unroot::dockerfile::{Document, ProblemKind};
use unroot::finding::{Applicability, Rule};
use unroot::plan::{Patched, patch};
use unroot::stages::{BuildArgs, Stages};

use common::final_user;

#[path = "common/buildkit.rs"]
mod common;

struct Corpus {
    root: PathBuf,
    rows: Vec<Value>,
}

fn corpus() -> Option<Corpus> {
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
fn for_each(corpus: &Corpus, check: impl Fn(&Value, &[u8]) -> Result<(), String> + Sync) {
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

#[test]
fn instructions_and_line_ranges_are_buildkits() {
    let Some(corpus) = corpus() else { return };
    for_each(&corpus, |row, bytes| {
        let document = Document::lex(bytes);
        if document.print() != bytes {
            return Err("printing does not give the file back".into());
        }
        if row["parse"] == false {
            return Ok(());
        }
        let expected = row["instructions"].as_array().expect("list");
        let found: Vec<Value> = document
            .instructions
            .iter()
            .map(|instruction| {
                serde_json::json!([
                    String::from_utf8_lossy(instruction.keyword_text()),
                    instruction.first_line,
                    instruction.last_line,
                ])
            })
            .collect();
        if let Some((ours, theirs)) = found.iter().zip(expected).find(|(a, b)| a != b) {
            return Err(format!("{ours} is not {theirs}"));
        }
        if found.len() != expected.len() {
            return Err(format!(
                "{} instructions are not {}",
                found.len(),
                expected.len()
            ));
        }
        Ok(())
    });
}

#[test]
fn what_buildkit_refuses_is_a_problem_and_nothing_else_is() {
    let Some(corpus) = corpus() else { return };
    let late = Mutex::new(BTreeMap::<String, usize>::new());
    for_each(&corpus, |row, bytes| {
        let document = Document::lex(bytes);
        let problem = document
            .problems
            .iter()
            .find(|problem| {
                !matches!(
                    problem.kind,
                    ProblemKind::ForeignFrontend(_) | ProblemKind::FrontendTooOld(_)
                )
            })
            .map(|problem| problem.kind.to_string());
        match (row["valid"] == true && row["stages"] != 0, problem) {
            (true, Some(problem)) if row["user"].is_null() => {
                // BuildKit refuses it too, one step later.
                *late.lock().expect("no panic").entry(problem).or_default() += 1;
                Ok(())
            }
            (true, Some(problem)) => Err(format!("BuildKit accepts it: {problem}")),
            (false, None) => Err("BuildKit refuses it".into()),
            _ => Ok(()),
        }
    });
    eprintln!(
        "refused at conversion: {:?}",
        late.into_inner().expect("no panic")
    );
}

#[test]
fn the_final_user_is_buildkits() {
    let Some(corpus) = corpus() else { return };
    for_each(&corpus, |row, bytes| {
        let Some(expected) = row["user"].as_str() else {
            return Ok(());
        };
        let document = Document::lex(bytes);
        let stages = Stages::read(&document, &BuildArgs::default());
        match final_user(&stages) {
            Ok(found) if found == expected => Ok(()),
            found => Err(format!("{found:?} is not {expected:?}")),
        }
    });
}

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
