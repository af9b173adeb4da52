//! Our lexer against two crates that read Dockerfiles, over the corpus and over small files.
//!
//! Where they differ, the crate's fault must be known by name (`common/faults.rs`): a difference
//! that none explains fails, and so does a fault that explains nothing any more.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use unroot::dockerfile::{Document, Keyword};

use faults::{Disagreement, Fault, faults};
use peers::{Peer, Reading, Row, STACK, ours};

#[path = "common/faults.rs"]
mod faults;
#[path = "common/peers.rs"]
mod peers;

const PEERS: [Peer; 2] = [Peer::DockerfileParser, Peer::ParseDockerfile];

/// The index of the fault that explains the difference; `Ok` for no difference, `Err` for an unexplained one.
fn explain(
    document: &Document<'_>,
    ours: &[Row],
    theirs: &Reading,
    faults: &[&Fault],
) -> Result<Option<usize>, String> {
    let count = document.instructions.len();
    let (near, rows) = match theirs {
        Reading::Rows(rows) if rows == ours => return Ok(None),
        Reading::Rows(rows) => {
            let same = rows.iter().zip(ours).take_while(|(a, b)| a == b).count();
            (same, (rows.get(same), ours.get(same)))
        }
        Reading::Refused { line, .. } => {
            let at = line.map_or(count, |line| {
                let behind = document
                    .instructions
                    .partition_point(|i| i.first_line <= line);
                behind.saturating_sub(1)
            });
            (at, (None, None))
        }
        Reading::NotTried => (count, (None, None)),
    };
    let unplaced = matches!(theirs, Reading::Refused { line: None, .. });
    let from = if unplaced { 0 } else { near.saturating_sub(1) };
    let disagreement = Disagreement {
        document,
        theirs,
        near: &document.instructions[from..(near + 1).min(count)],
        rows,
    };
    if let Some(index) = faults.iter().position(|f| (f.applies)(&disagreement)) {
        return Ok(Some(index));
    }
    Err(match theirs {
        Reading::Refused { line, why } => {
            let why: Vec<&str> = why.lines().map(str::trim).collect();
            format!("refused at {line:?}: {}", why.join(" "))
        }
        _ => format!("theirs {:?}, ours {:?}", rows.0, rows.1),
    })
}

fn of(peer: Peer, all: &[Fault]) -> Vec<&Fault> {
    all.iter().filter(|fault| fault.peer == peer).collect()
}

/// Each fault's sample shows that fault and no other; files without a fault are read the same.
#[test]
fn samples_show_their_fault() {
    let all = faults();
    on_a_large_stack(|| {
        for fault in &all {
            let bytes = (fault.sample)();
            let document = Document::lex(&bytes);
            assert!(
                document.problems.is_empty(),
                "{}: {:?}",
                fault.name,
                document.problems
            );
            let of_peer = of(fault.peer, &all);
            let found = explain(
                &document,
                &ours(&document),
                &fault.peer.read(&bytes),
                &of_peer,
            );
            let name = found
                .as_ref()
                .map(|index| index.map(|index| of_peer[index].name));
            assert_eq!(name, Ok(Some(fault.name)), "{:?}", fault.peer);
        }
        for bytes in FINE {
            let document = Document::lex(bytes);
            for peer in PEERS {
                let found = explain(&document, &ours(&document), &peer.read(bytes), &[]);
                assert_eq!(
                    found,
                    Ok(None),
                    "{peer:?}: {}",
                    String::from_utf8_lossy(bytes)
                );
            }
        }
    });
}

/// Files that all three read the same.
const FINE: [&[u8]; 5] = [
    b"FROM alpine:3.20 AS build\nRUN apk add \\\n  curl \\\n# why\n  git\nUSER app:app\n",
    b"ARG V=1\nFROM --platform=linux/amd64 node:$V\nUSER $U # no comment\nCMD [\"node\"]\n",
    b"from a as b\r\nuser  x\r\nonbuild user y\r\nMAINTAINER me\r\n",
    b"# c\n\n  FROM a\n\tUSER a\\\nb\nENTRYPOINT [\"a\", \\\n \"b\"]",
    b"FROM a\nLABEL a=b c=\"d e\"\nENV A=b C=d\nENV E f g\nHEALTHCHECK NONE\nVOLUME /a\nSTOPSIGNAL 9\n",
];

fn on_a_large_stack(run: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, run);
        let result = thread.expect("a thread with a large stack").join();
        if let Err(panic) = result {
            std::panic::resume_unwind(panic);
        }
    });
}

/// How much of a set of files a crate reads as we do.
#[derive(Debug, Default, Clone, Copy)]
struct Share {
    right: usize,
    of: usize,
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        #[allow(clippy::cast_precision_loss, reason = "counts of files")]
        let percent = 100.0 * self.right as f64 / self.of.max(1) as f64;
        write!(f, "{percent:.2} % ({} of {})", self.right, self.of)
    }
}

#[derive(Default)]
struct Tally {
    shares: BTreeMap<(&'static str, String), Share>,
    explained: BTreeMap<(String, &'static str), usize>,
    unexplained: Vec<String>,
}

#[test]
fn differences_over_the_corpus_have_a_name() {
    let Some(root) = std::env::var_os("UNROOT_CORPUS").map(PathBuf::from) else {
        eprintln!("SKIPPED: UNROOT_CORPUS is not set, the crates were compared on samples only");
        return;
    };
    let rows = fs::read_to_string(root.join("buildkit-dev.jsonl"))
        .expect("the corpus has BuildKit's rows");
    let rows: Vec<&str> = rows.lines().collect();
    let all = faults();
    let next = AtomicUsize::new(0);
    let tally = Mutex::new(Tally::default());
    let work = || {
        while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
            let row: Value = serde_json::from_str(row).expect("a row is JSON");
            compare(&root, row["file"].as_str().expect("file"), &all, &tally);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| on_a_large_stack(work));
        }
    });
    let tally = tally.into_inner().expect("no panic");
    for ((what, peer), share) in &tally.shares {
        eprintln!("{peer} reads {share} of {what}");
    }
    for ((peer, name), count) in &tally.explained {
        eprintln!("{count:6} {peer}: {name}");
    }
    assert!(
        tally.unexplained.is_empty(),
        "{} differences have no name, such as\n{}",
        tally.unexplained.len(),
        tally.unexplained[..tally.unexplained.len().min(40)].join("\n")
    );
    let stale: Vec<&str> = all
        .iter()
        .filter(|fault| !fault.rare)
        .filter(|fault| {
            !tally
                .explained
                .contains_key(&(format!("{:?}", fault.peer), fault.name))
        })
        .map(|fault| fault.name)
        .collect();
    assert!(stale.is_empty(), "faults that explain nothing: {stale:?}");
}

/// Files that `BuildKit` refuses are left out: what a crate makes of them matters to nobody.
fn compare(root: &Path, file: &str, all: &[Fault], tally: &Mutex<Tally>) {
    let bytes = fs::read(root.join(file)).expect("the file is there");
    let document = Document::lex(&bytes);
    if !document.problems.is_empty() {
        return;
    }
    let rows = ours(&document);
    let copies_json = document
        .instructions
        .iter()
        .any(|i| i.keyword() == Keyword::Copy && i.args().starts_with(b"["));
    let heredoc = document.instructions.iter().any(|i| !i.heredocs.is_empty());
    for peer in PEERS {
        let theirs = peer.read(&bytes);
        let of_peer = of(peer, all);
        let found = explain(&document, &rows, &theirs, &of_peer);
        let mut tally = tally.lock().expect("no panic");
        let sets = [
            (true, "all valid files"),
            (heredoc, "files with a heredoc"),
            (copies_json, "files with COPY [..]"),
            (
                !file.starts_with("datasets/"),
                "files of today's repositories",
            ),
        ];
        for (_, set) in sets.iter().filter(|(is_in, _)| *is_in) {
            let share = tally.shares.entry((set, format!("{peer:?}"))).or_default();
            share.of += 1;
            share.right += usize::from(found == Ok(None));
        }
        match found {
            Ok(None) => {}
            Ok(Some(index)) => {
                *tally
                    .explained
                    .entry((format!("{peer:?}"), of_peer[index].name))
                    .or_default() += 1;
            }
            Err(why) => tally.unexplained.push(format!("{file}: {peer:?}: {why}")),
        }
    }
}
