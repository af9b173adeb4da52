//! The table of the documentation.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;

use unroot::analysis::{Analysis, Options, analyse};
use unroot::context::NoContext;
use unroot::dockerfile::{Document, Keyword};
use unroot::finding::Rule;

use crate::{corpus, for_each};

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
            .add(&analysis, bytes);
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
    /// Root files that name what they start, on a base that the table knows, and how many of them get a Safe fix.
    started: (usize, usize),
    /// How many lines each Safe fix adds, net.
    added: Vec<usize>,
    doubts: BTreeMap<&'static str, usize>,
    refusals: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn add(&mut self, analysis: &Analysis, bytes: &[u8]) {
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
            Rule::UserInferred
            | Rule::VolumeOfRoot
            | Rule::InvalidSuppression
            | Rule::UnusedSuppression => {
                self.fine += 1;
            }
        }
        if finding.rule != Rule::RunsAsRoot {
            return;
        }
        let unknown = |id: &&str| ["base-unknown", "base-variable"].contains(id);
        let document = Document::lex(bytes);
        let starts = document
            .instructions
            .iter()
            .any(|instruction| matches!(instruction.keyword(), Keyword::Cmd | Keyword::Entrypoint));
        match &finding.fix {
            Ok(fix) => {
                let ids: Vec<&'static str> = fix.doubts.iter().map(|doubt| doubt.id).collect();
                if !ids.iter().any(unknown) {
                    self.known.0 += 1;
                    self.known.1 += 1;
                }
                if starts && !ids.iter().any(unknown) {
                    self.started.0 += 1;
                    self.started.1 += usize::from(ids.is_empty());
                }
                if ids.is_empty() {
                    self.safe += 1;
                    let lines = |text: &str| text.matches('\n').count();
                    let added = fix.edits.iter().map(|edit| lines(&edit.content)).sum();
                    self.added.push(added);
                } else {
                    self.not_safe += 1;
                }
                for id in ids {
                    *self.doubts.entry(id).or_default() += 1;
                }
            }
            Err(reason) => {
                self.known.0 += 1;
                self.started.0 += usize::from(starts);
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
    text += &line(
        "Safe, of those with a CMD or ENTRYPOINT and a known base",
        &|t| format!("{} of {}", share(t.started.1, t.started.0), t.started.0),
    );
    text += &line("lines that a Safe fix adds: median, most", &|t| {
        let mut added = t.added.clone();
        added.sort_unstable();
        let middle = added.get(added.len() / 2).copied().unwrap_or_default();
        format!("{middle}, {}", added.last().copied().unwrap_or_default())
    });
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
