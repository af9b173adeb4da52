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
use unroot::analysis::{Analysis, Options, analyse};
use unroot::bases::is_root_user;
use unroot::context::NoContext;
use unroot::dockerfile::{Document, ProblemKind};
use unroot::finding::{Applicability, Rule};
use unroot::plan::{Patched, patch};
use unroot::stages::{BuildArgs, Stages};

use common::final_user;

#[path = "../common/buildkit.rs"]
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

/// The table in `docs/fixes.md`: how many root files get which fix, and why not. `UNROOT_BLESS=1` writes it.
#[test]
fn the_table_in_the_docs_is_current() {
    let Some(corpus) = corpus() else { return };
    let options = Options::default();
    let tallies = Mutex::new(BTreeMap::<String, Tally>::new());
    for_each(&corpus, |row, bytes| {
        let analysis = analyse(bytes, &NoContext, &options).map_err(|error| error.to_string())?;
        let file = row["file"].as_str().expect("file");
        let set = file.split('/').next().unwrap_or_default().to_owned();
        tallies
            .lock()
            .expect("no panic")
            .entry(set)
            .or_default()
            .add(&analysis);
        Ok(())
    });
    let table = table(&tallies.into_inner().expect("no panic"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/fixes.md");
    let text = fs::read_to_string(path).expect("docs/fixes.md is there");
    let (head, rest) = text
        .split_once("<!-- table -->\n")
        .expect("the table has a start");
    let (_, tail) = rest
        .split_once("<!-- /table -->")
        .expect("the table has an end");
    let current = format!("{head}<!-- table -->\n{table}<!-- /table -->{tail}");
    if std::env::var_os("UNROOT_BLESS").is_some() {
        fs::write(path, current).expect("writable");
    } else {
        assert!(
            text == current,
            "docs/fixes.md is out of date; run with UNROOT_BLESS=1. It should be:\n{table}"
        );
    }
}

#[derive(Default)]
struct Tally {
    files: usize,
    fine: usize,
    steps_down: usize,
    undetermined: usize,
    unreadable: usize,
    windows: usize,
    root: usize,
    safe: usize,
    not_safe: usize,
    /// Root files whose family is known, and how many of them get an edit.
    known: (usize, usize),
    doubts: BTreeMap<&'static str, usize>,
    refusals: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn add(&mut self, analysis: &Analysis) {
        self.files += 1;
        let Some(finding) = analysis.findings.first() else {
            self.fine += 1;
            return;
        };
        match finding.rule {
            Rule::RunsAsRoot => self.root += 1,
            Rule::StepsDown => self.steps_down += 1,
            Rule::UserUndetermined => self.undetermined += 1,
            Rule::NotADockerfile => self.unreadable += 1,
            Rule::WindowsImage => self.windows += 1,
        }
        if finding.rule != Rule::RunsAsRoot {
            return;
        }
        let unknown = |id: &&str| ["base-unknown", "base-variable"].contains(id);
        match &finding.fix {
            Ok(fix) => {
                let ids: Vec<&'static str> = fix.doubts.iter().map(|doubt| doubt.id).collect();
                if !ids.iter().any(|id| unknown(id)) {
                    self.known.0 += 1;
                    self.known.1 += 1;
                }
                if ids.is_empty() {
                    self.safe += 1;
                } else {
                    self.not_safe += 1;
                }
                for id in ids {
                    *self.doubts.entry(id).or_default() += 1;
                }
            }
            Err(reason) => {
                self.known.0 += 1;
                *self.refusals.entry(reason.id).or_default() += 1;
            }
        }
    }
}

fn table(tallies: &BTreeMap<String, Tally>) -> String {
    let sets: Vec<(&str, &Tally)> = ["apps", "official", "datasets"]
        .into_iter()
        .filter_map(|set| tallies.get(set).map(|tally| (set, tally)))
        .collect();
    let line = |name: &str, cell: &dyn Fn(&Tally) -> String| {
        let cells: Vec<String> = sets.iter().map(|(_, tally)| cell(tally)).collect();
        format!("| {name} | {} |\n", cells.join(" | "))
    };
    let share = |part: usize, whole: usize| {
        let tenths = part * 1000 / whole.max(1);
        format!("{part} ({}.{} %)", tenths / 10, tenths % 10)
    };
    let mut text = format!(
        "| | {} |\n|---|{}\n",
        sets.iter()
            .map(|(set, _)| *set)
            .collect::<Vec<_>>()
            .join(" | "),
        "---|".repeat(sets.len())
    );
    text += &line("files", &|t| t.files.to_string());
    text += &line("non-root already", &|t| t.fine.to_string());
    text += &line("steps down from root", &|t| t.steps_down.to_string());
    text += &line("not known (base or variable)", &|t| {
        t.undetermined.to_string()
    });
    text += &line("Windows", &|t| t.windows.to_string());
    text += &line("no Dockerfile that BuildKit takes", &|t| {
        t.unreadable.to_string()
    });
    text += &line("**starts as root**", &|t| format!("**{}**", t.root));
    text += &line("Safe fix", &|t| share(t.safe, t.root));
    text += &line("Unsafe fix", &|t| share(t.not_safe, t.root));
    text += &line("no fix", &|t| share(t.root - t.safe - t.not_safe, t.root));
    text += &line("an edit, where the family is known", &|t| {
        share(t.known.1, t.known.0)
    });
    for (title, pick) in [
        ("Why a fix is Unsafe", true),
        ("Why there is no fix", false),
    ] {
        text += &format!("\n{title} (a file can have several reasons; the ten most frequent):\n\n");
        for (set, tally) in &sets {
            let counts = if pick { &tally.doubts } else { &tally.refusals };
            let mut counts: Vec<_> = counts.iter().map(|(id, count)| (*count, *id)).collect();
            counts.sort_by(|a, b| b.cmp(a));
            let whole = if pick {
                tally.not_safe
            } else {
                tally.root - tally.safe - tally.not_safe
            };
            let list: Vec<String> = counts
                .into_iter()
                .take(10)
                .map(|(count, id)| format!("`{id}` {}", share(count, whole)))
                .collect();
            text += &format!("- {set}: {}\n", list.join(", "));
        }
    }
    text
}
