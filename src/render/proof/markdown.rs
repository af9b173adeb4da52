//! Proofs for a pull request or a job summary. What a log or a Dockerfile holds stands in code spans and
//! blocks that it cannot end: no mention, no HTML, no table cell gets out.

use crate::render::escape::{block, cell, span};
use crate::verify::{LineResult, Verdict};

use super::Entry;
use super::text::comparison;

/// All entries, one section each.
pub fn render(entries: &[Entry]) -> String {
    entries.iter().map(section).collect::<Vec<_>>().join("\n")
}

fn section(entry: &Entry) -> String {
    let proof = &entry.proof;
    let place = span(&format!("{}:{}", entry.path, entry.line));
    let engine = span(&proof.engine);
    let mut out = match &proof.verdict {
        Verdict::Proven => format!("### {place}: proven with {engine}\n\n"),
        Verdict::Broken { .. } => format!("### {place}: broken\n\n"),
        Verdict::NotProvable(_) => format!("### {place}: not provable here\n\n"),
    };
    out.push_str(&format!("{}\n\n", span(&entry.finding)));
    match &proof.verdict {
        Verdict::Proven => {}
        Verdict::Broken { check, why, help } => {
            out.push_str(&format!("**{}**: {}\n\n", check.title(), span(why)));
            if let Some(help) = help {
                out.push_str(&format!("Help: {help}\n\n"));
            }
        }
        Verdict::NotProvable(obstacle) => {
            out.push_str(&format!(
                "{} ({})\n\n",
                span(&obstacle.text),
                obstacle.kind.id()
            ));
            if !obstacle.evidence.is_empty() {
                out.push_str(&block("", &obstacle.evidence.join("\n")));
            }
            if let Some(help) = &obstacle.help {
                out.push_str(&format!("Help: {}\n\n", span(help)));
            }
        }
    }
    if !proof.lines.is_empty() {
        out.push_str("| | what | as it is → as fixed |\n|---|---|---|\n");
    }
    for line in &proof.lines {
        let mark = match line.result {
            LineResult::Fine => "✓",
            LineResult::Bad if line.extra => "differs",
            LineResult::Bad => "✗",
            LineResult::NotSeen => "not seen",
        };
        let extra = if line.extra { " (extra)" } else { "" };
        let title = line.check.title();
        let compared = cell(&comparison(line));
        out.push_str(&format!("| {mark} | {title}{extra} | {compared} |\n"));
    }
    if !proof.lines.is_empty() {
        out.push('\n');
    }
    for line in proof
        .lines
        .iter()
        .filter(|line| line.result != LineResult::Fine)
    {
        for evidence in &line.evidence {
            out.push_str(&format!("- {}: {}\n", line.check.title(), span(evidence)));
        }
    }
    if let Some(learned) = &proof.learned {
        for path in &learned.paths {
            out.push_str(&format!(
                "- learned: {}: {}\n",
                span(&path.path),
                span(&path.evidence)
            ));
        }
        for (path, why) in &learned.left {
            out.push_str(&format!("- learned: {} stays root's: {why}\n", span(path)));
        }
    }
    if !entry.diff.is_empty() {
        out.push('\n');
        out.push_str(&block("diff", &entry.diff));
    }
    out
}
