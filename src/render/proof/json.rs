//! Proofs for programs. The form is versioned; `docs/verify.md` says what each field means.

use serde::Serialize;

use crate::fix::Need;
use crate::render::document;
use crate::verify::{Line, Obstacle, Times, Verdict};

use super::Entry;

/// Rises when a field changes its meaning or goes away; new fields come without.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    proofs: Vec<Proof<'a>>,
}

#[derive(Serialize)]
struct Proof<'a> {
    path: &'a str,
    line: usize,
    stage: Option<&'a str>,
    finding: &'a str,
    fix: Option<Fix<'a>>,
    engine: &'a str,
    verdict: &'static str,
    broken: Option<Broken<'a>>,
    not_provable: Option<NotProvable<'a>>,
    lines: Vec<Compared<'a>>,
    learned: Option<Learned<'a>>,
    seconds: Seconds,
    left_behind: &'a [String],
    diff: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    applicability: String,
    doubts: Vec<Doubt<'a>>,
}

#[derive(Serialize)]
struct Doubt<'a> {
    id: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct Broken<'a> {
    check: &'static str,
    why: &'a str,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct NotProvable<'a> {
    kind: &'static str,
    text: &'a str,
    help: Option<&'a str>,
    evidence: &'a [String],
}

#[derive(Serialize)]
struct Compared<'a> {
    check: &'static str,
    result: &'static str,
    extra: bool,
    original: &'a str,
    fixed: &'a str,
    evidence: &'a [String],
}

#[derive(Serialize)]
struct Learned<'a> {
    paths: Vec<LearnedPath<'a>>,
    left: Vec<Left<'a>>,
    ports: Vec<u16>,
}

#[derive(Serialize)]
struct LearnedPath<'a> {
    path: &'a str,
    need: &'static str,
    evidence: &'a str,
}

#[derive(Serialize)]
struct Left<'a> {
    path: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct Seconds {
    build_original: f64,
    build_fixed: f64,
    run_original: f64,
    run_fixed: f64,
}

/// All entries as one JSON document, with a newline behind it.
pub fn render(entries: &[Entry]) -> std::io::Result<String> {
    let report = Report {
        version: VERSION,
        proofs: entries.iter().map(proof).collect(),
    };
    document(&report)
}

fn proof(entry: &Entry) -> Proof<'_> {
    let proof = &entry.proof;
    Proof {
        path: &entry.path,
        line: entry.line,
        stage: proof.stage.as_deref(),
        finding: &entry.finding,
        fix: entry.fix.as_ref().map(|fix| Fix {
            title: &fix.title,
            applicability: fix.applicability.to_string(),
            doubts: fix
                .doubts
                .iter()
                .map(|doubt| Doubt {
                    id: doubt.id,
                    text: &doubt.text,
                })
                .collect(),
        }),
        engine: &proof.engine,
        verdict: proof.verdict.id(),
        broken: match &proof.verdict {
            Verdict::Broken { check, why, help } => Some(Broken {
                check: check.id(),
                why,
                help: help.as_deref(),
            }),
            _ => None,
        },
        not_provable: match &proof.verdict {
            Verdict::NotProvable(obstacle) => Some(not_provable(obstacle)),
            _ => None,
        },
        lines: proof.lines.iter().map(compared).collect(),
        learned: proof.learned.as_ref().map(|learned| Learned {
            paths: learned
                .paths
                .iter()
                .map(|known| LearnedPath {
                    path: &known.path,
                    need: match known.need {
                        Need::Nothing | Need::ExistingFolder => "chown",
                        Need::Folder => "mkdir",
                        Need::File => "touch",
                    },
                    evidence: &known.evidence,
                })
                .collect(),
            left: learned
                .left
                .iter()
                .map(|(path, why)| Left { path, why })
                .collect(),
            ports: learned.ports.iter().copied().collect(),
        }),
        seconds: seconds(proof.times),
        left_behind: &proof.left_behind,
        diff: &entry.diff,
    }
}

fn not_provable(obstacle: &Obstacle) -> NotProvable<'_> {
    NotProvable {
        kind: obstacle.kind.id(),
        text: &obstacle.text,
        help: obstacle.help.as_deref(),
        evidence: &obstacle.evidence,
    }
}

fn compared(line: &Line) -> Compared<'_> {
    Compared {
        check: line.check.id(),
        result: line.result.id(),
        extra: line.extra,
        original: &line.original,
        fixed: &line.fixed,
        evidence: &line.evidence,
    }
}

fn seconds(times: Times) -> Seconds {
    // Hundredths: more would only look exact.
    let rounded = |time: std::time::Duration| (time.as_secs_f64() * 100.0).round() / 100.0;
    Seconds {
        build_original: rounded(times.build_original),
        build_fixed: rounded(times.build_fixed),
        run_original: rounded(times.run_original),
        run_fixed: rounded(times.run_fixed),
    }
}
