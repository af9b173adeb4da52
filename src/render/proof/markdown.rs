//! Proofs for a pull request or a job summary. What a log or a Dockerfile holds stands in code spans and
//! blocks that it cannot end: no mention, no HTML, no table cell gets out.

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
        Verdict::Broken { check, why } => {
            out.push_str(&format!("**{}**: {}\n\n", check.title(), span(why)));
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
        }
    }
    if !proof.lines.is_empty() {
        out.push_str("| | what | as it is → as fixed |\n|---|---|---|\n");
    }
    for line in &proof.lines {
        let mark = match line.result {
            LineResult::Fine => "✓",
            LineResult::Bad if line.check.is_extra() => "differs",
            LineResult::Bad => "✗",
            LineResult::NotSeen => "not seen",
        };
        let extra = if line.check.is_extra() {
            " (extra)"
        } else {
            ""
        };
        out.push_str(&format!(
            "| {mark} | {}{extra} | {} |\n",
            line.check.title(),
            span(&comparison(line))
        ));
    }
    if !proof.lines.is_empty() {
        out.push('\n');
    }
    for learned in proof.learned.iter().flat_map(|learned| &learned.paths) {
        out.push_str(&format!(
            "- {}: {}\n",
            span(&learned.path),
            span(&learned.evidence)
        ));
    }
    if !entry.diff.is_empty() {
        out.push_str(&block("diff", &entry.diff));
    }
    out
}

/// Text as a code span, in which nothing is read as Markdown (GFM, sections 6.3 and 4.10).
fn span(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|ch| if ch.is_control() { ' ' } else { ch })
        .collect();
    let line = line.trim();
    if line.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(line) + 1);
    // A backtick at the edge would join the fence.
    let pad = if line.starts_with('`') || line.ends_with('`') {
        " "
    } else {
        ""
    };
    // Cells are split before spans are read.
    format!("{fence}{pad}{}{pad}{fence}", line.replace('|', "\\|"))
}

/// Text as a fenced block that it cannot end.
fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for ch in text.chars() {
        run = if ch == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_span_or_a_block() {
        assert_eq!(span("a|b"), "`a\\|b`");
        assert_eq!(span("x`y``z"), "```x`y``z```");
        assert_eq!(span("`x`"), "`` `x` ``");
        assert_eq!(span("a\n@everyone\r\n<!--"), "`a @everyone  <!--`");
        assert_eq!(span(" \n"), "");
        assert_eq!(block("diff", "+```\n"), "````diff\n+```\n````\n");
    }
}
