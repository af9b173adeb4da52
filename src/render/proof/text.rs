//! A proof for people.

use anstyle::{AnsiColor, Style};

use crate::verify::{Line, LineResult, Verdict};

use super::Entry;

/// The entry as lines of text, with ANSI colours when `color` is set.
pub fn render(entry: &Entry, color: bool) -> String {
    let paint = |style: Style, text: &str| {
        let style = if color { style } else { Style::new() };
        format!("{style}{text}{style:#}")
    };
    let good = AnsiColor::Green.on_default();
    let bad = AnsiColor::Red.on_default().bold();
    let dim = AnsiColor::BrightBlack.on_default();
    let mut out = format!("{}:{}: {}\n", entry.path, entry.line, entry.finding);
    if let Some(fix) = &entry.fix {
        out.push_str(&format!("  fix: {} ({})\n", fix.title, fix.applicability));
    }
    if let Some(learned) = &entry.proof.learned {
        for path in &learned.paths {
            out.push_str(&format!("  learned: {}: {}\n", path.path, path.evidence));
        }
        for (path, why) in &learned.left {
            out.push_str(&format!("  learned: {path} stays root's: {why}\n"));
        }
    }
    for line in &entry.proof.lines {
        let (mark, style) = match line.result {
            LineResult::Fine => ("ok", good),
            LineResult::Bad if line.check.is_extra() => ("differs", dim),
            LineResult::Bad => ("BROKEN", bad),
            LineResult::NotSeen => ("not seen", dim),
        };
        out.push_str(&format!(
            "  {} {:<29} {}\n",
            paint(style, &format!("{mark:<8}")),
            line.check.title(),
            comparison(line),
        ));
        if line.result != LineResult::Fine {
            for evidence in &line.evidence {
                out.push_str(&format!("             {}\n", printable(evidence)));
            }
        }
    }
    let engine = &entry.proof.engine;
    match &entry.proof.verdict {
        Verdict::Proven => {
            let proven = paint(good, "proven");
            out.push_str(&format!("  {proven} with {engine}{}\n", seconds(entry)));
        }
        Verdict::Broken { check, why } => {
            let broken = paint(bad, "broken");
            out.push_str(&format!(
                "  {broken} with {engine}: {}: {}\n",
                check.title(),
                printable(why)
            ));
        }
        Verdict::NotProvable(obstacle) => {
            out.push_str(&format!(
                "  not provable here: {} [{}]\n",
                printable(&obstacle.text),
                obstacle.kind.id()
            ));
            for line in &obstacle.evidence {
                out.push_str(&format!("    | {}\n", printable(line)));
            }
            if let Some(help) = &obstacle.help {
                out.push_str(&format!("  help: {help}\n"));
            }
        }
    }
    out
}

/// `up → up`, or what there is of it.
pub(super) fn comparison(line: &Line) -> String {
    match (line.original.as_str(), line.fixed.as_str()) {
        ("", fixed) => printable(fixed),
        (original, fixed) => format!("{} → {}", printable(original), printable(fixed)),
    }
}

fn seconds(entry: &Entry) -> String {
    let times = &entry.proof.times;
    let total = times.build_original + times.build_fixed + times.run_original + times.run_fixed;
    format!(", in {:.1} s", total.as_secs_f64())
}

/// Without control characters: a log must not draw on the reader's terminal.
fn printable(text: &str) -> String {
    text.chars()
        .map(|ch| if ch.is_control() { ' ' } else { ch })
        .collect()
}
