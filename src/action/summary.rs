//! The job summary: Markdown that is appended to `GITHUB_STEP_SUMMARY`. Text from a Dockerfile stands in code
//! spans and blocks that it cannot end.

use crate::finding::{Finding, Level};
use crate::plan::Patched;
use crate::render::escape::{block, span};

/// GitHub drops the summary of a step as a whole when it has more bytes.
pub const LIMIT: usize = 1024 * 1024;

/// Kept for the last words.
const RESERVE: usize = 200;

/// One file in the summary.
#[derive(Debug, Clone)]
pub struct Section {
    level: Level,
    text: String,
    /// The patch as a block; it goes first where there is no room.
    patch: String,
}

/// Why a file could not be looked at, as an item for the head of a summary.
pub fn failure(message: &str) -> String {
    format!("- **error**: {}", span(message))
}

/// What is to say of the file `path`: its findings, what becomes of each, and `patch`, which is empty when
/// nothing changes. None where there is nothing to say.
pub fn section(path: &str, patched: &Patched, patch: &str) -> Option<Section> {
    let level = patched
        .analysis
        .findings
        .iter()
        .map(|finding| finding.level)
        .max()?;
    let mut text = format!("### {}\n\n", span(path));
    for (index, finding) in patched.analysis.findings.iter().enumerate() {
        let held = patched.held_back.iter().find(|(held, _)| *held == index);
        let reason = held.map(|(_, reason)| reason.text.as_str());
        text.push_str(&item(finding, patched.applied.contains(&index), reason));
    }
    let patch = if patch.is_empty() {
        String::new()
    } else {
        format!("\n{}", block("diff", patch))
    };
    Some(Section { level, text, patch })
}

fn item(finding: &Finding, applied: bool, held_back: Option<&str>) -> String {
    let weight = match finding.level {
        Level::Error => "**root**",
        Level::Warning => "**not known**",
        Level::Note => "note",
    };
    let mut text = format!(
        "- {weight}, line {}: {}\n",
        finding.primary.line,
        span(&finding.message)
    );
    match (&finding.fix, held_back) {
        (Ok(fix), None) if applied => {
            text.push_str(&format!(
                "  - fix: {} ({})\n",
                span(&fix.title),
                fix.applicability
            ));
            for edit in &fix.edits {
                text.push_str(&format!("  - {}\n", span(&edit.reason)));
            }
            for doubt in &fix.doubts {
                text.push_str(&format!(
                    "  - unsafe: {} ({})\n",
                    span(&doubt.text),
                    doubt.id
                ));
            }
            for remark in &fix.remarks {
                text.push_str(&format!("  - {}\n", span(remark)));
            }
        }
        (Ok(fix), Some(reason)) => {
            text.push_str(&format!("  - not applied: {}\n", span(&fix.title)));
            text.push_str(&format!("  - because {}\n", span(reason)));
        }
        (_, Some(reason)) if !reason.is_empty() => {
            text.push_str(&format!("  - no fix: {}\n", span(reason)));
        }
        _ => {}
    }
    for help in &finding.help {
        text.push_str(&format!("  - help: {}\n", span(help)));
    }
    text
}

/// The whole summary, at most `limit` bytes: `head` (Markdown), then the files, the weightiest first. Patches
/// go before files, and what went is counted.
pub fn summary(head: &str, mut sections: Vec<Section>, limit: usize) -> String {
    sections.sort_by_key(|section| std::cmp::Reverse(section.level));
    let mut out = format!("## unroot\n\n{head}\n\n");
    if out.len() > limit {
        return String::new();
    }
    let (mut patches, mut files) = (0_usize, 0_usize);
    for section in &sections {
        let room = limit.saturating_sub(out.len() + RESERVE);
        if section.text.len() > room {
            files += 1;
            continue;
        }
        out.push_str(&section.text);
        if section.patch.len() < room - section.text.len() {
            out.push_str(&section.patch);
        } else if !section.patch.is_empty() {
            patches += 1;
        }
        out.push('\n');
    }
    if files + patches > 0 {
        out.push_str(&format!(
            "There was no room for {files} more files and {patches} patches; the log of the step has them.\n"
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Options;
    use crate::context::NoContext;
    use crate::finding::Applicability;
    use crate::plan::patch;

    fn of(path: &str, dockerfile: &str, diff: &str) -> Section {
        let options = Options::default();
        let patched = patch(
            dockerfile.as_bytes(),
            &NoContext,
            &options,
            Applicability::Safe,
        );
        section(path, &patched.expect("it has a last stage"), diff).expect("there is a finding")
    }

    #[test]
    fn a_dockerfile_cannot_write_markdown() {
        let evil = "FROM registry.example/`x`<img/src=x>@octo|[a](http://b)\n";
        let section = of("a`b\n# c/Dockerfile", evil, "+```\n+# heading\n");
        let text = summary("2 files", vec![section], LIMIT);
        assert!(text.contains("### ``a`b # c/Dockerfile``\n"), "{text}");
        assert!(
            text.contains("````diff\n+```\n+# heading\n````\n"),
            "{text}"
        );
        let outside = text.lines().filter(|line| !line.starts_with('+'));
        for line in outside {
            assert!(!line.starts_with("# "), "{line}");
        }
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let root = "FROM alpine:3.22\nCMD [\"sleep\", \"1\"]\n";
        let big = "+x\n".repeat(2000);
        let unknown = "FROM registry.example/x\n";
        let sections = vec![
            of("unknown/Dockerfile", unknown, ""),
            of("one/Dockerfile", root, &big),
            of("two/Dockerfile", root, "+y\n"),
        ];
        let whole = summary("head", sections.clone(), LIMIT);
        let place = |text: &str| whole.find(text).expect("it is there");
        assert!(place("one/") < place("two/") && place("two/") < place("unknown/"));
        let short = summary("head", sections.clone(), 3000);
        assert!(short.len() <= 3000);
        assert!(short.contains("### `one/Dockerfile`") && !short.contains("+x"));
        assert!(
            short.contains("no room for 0 more files and 1 patches"),
            "{short}"
        );
    }
}
