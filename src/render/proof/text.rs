//! A proof for people.

use anstyle::{AnsiColor, Style};

use crate::verify::{Line, LineResult, Verdict};

use super::Entry;
use crate::render::escape::line as printable;

/// The entry as lines of text, with ANSI colours when `color` is set.
pub fn render(entry: &Entry, color: bool) -> String {
    let paint = |style: Style, text: &str| {
        let style = if color { style } else { Style::new() };
        format!("{style}{text}{style:#}")
    };
    let good = AnsiColor::Green.on_default();
    let bad = AnsiColor::Red.on_default().bold();
    let dim = AnsiColor::BrightBlack.on_default();
    let mut out = format!(
        "{}:{}: {}\n",
        printable(&entry.path),
        entry.line,
        printable(&entry.finding)
    );
    if let Some(fix) = &entry.fix {
        let title = printable(&fix.title);
        out.push_str(&format!("  fix: {title} ({})\n", fix.applicability));
    }
    if let Some(learned) = &entry.proof.learned {
        for path in &learned.paths {
            let (path, evidence) = (printable(&path.path), printable(&path.evidence));
            out.push_str(&format!("  learned: {path}: {evidence}\n"));
        }
        for (path, why) in &learned.left {
            out.push_str(&format!(
                "  learned: {} stays root's: {why}\n",
                printable(path)
            ));
        }
    }
    for line in &entry.proof.lines {
        let decides =
            matches!(&entry.proof.verdict, Verdict::Broken { check, .. } if *check == line.check);
        let (mark, style) = match line.result {
            LineResult::Fine => ("ok", good),
            LineResult::Bad if line.extra && !decides => ("differs", dim),
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
            let extra = differing(entry);
            out.push_str(&format!(
                "  {proven} with {engine}{}{extra}\n",
                seconds(entry)
            ));
        }
        Verdict::Broken { check, why, help } => {
            let (broken, why) = (paint(bad, "broken"), printable(why));
            let title = check.title();
            out.push_str(&format!("  {broken} with {engine}: {title}: {why}\n"));
            let doubts = entry.fix.iter().flat_map(|fix| &fix.doubts);
            for doubt in doubts {
                out.push_str(&format!(
                    "  was doubted: {} [{}]\n",
                    printable(&doubt.text),
                    doubt.id
                ));
            }
            if let Some(help) = help {
                out.push_str(&format!("  help: {help}\n"));
            }
        }
        Verdict::NotProvable(obstacle) => {
            out.push_str(&format!(
                "  not provable here: {} [{}]\n",
                printable(&obstacle.text),
                obstacle.kind.id()
            ));
            // One line of evidence is in the text already.
            for line in obstacle
                .evidence
                .iter()
                .filter(|_| obstacle.evidence.len() > 1)
            {
                out.push_str(&format!("    | {}\n", printable(line)));
            }
            if let Some(help) = &obstacle.help {
                out.push_str(&format!("  help: {help}\n"));
            }
        }
    }
    out
}

/// What differs and does not count, so that nobody overlooks it behind "proven".
fn differing(entry: &Entry) -> String {
    let lines = entry.proof.lines.iter();
    let titles: Vec<&str> = lines
        .filter(|line| line.result == LineResult::Bad)
        .map(|line| line.check.title())
        .collect();
    if titles.is_empty() {
        return String::new();
    }
    format!("; not the same: {}", titles.join(", "))
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
