//! Text of others in Markdown: what a log or a Dockerfile holds stands in code spans and blocks that it cannot
//! end, so that no mention, no HTML, no link and no table cell gets out.

/// A code span in a table, whose cells are split before spans are read (GFM, section 4.10).
pub(crate) fn cell(text: &str) -> String {
    span(text).replace('|', "\\|")
}

/// Text as a code span, in which nothing is read as Markdown (GFM, section 6.3).
pub(crate) fn span(text: &str) -> String {
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
    format!("{fence}{pad}{line}{pad}{fence}")
}

/// Text as a fenced block that it cannot end.
pub(crate) fn block(language: &str, text: &str) -> String {
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
        assert_eq!(
            (span("a|b"), cell("a|b")),
            ("`a|b`".into(), "`a\\|b`".into())
        );
        assert_eq!(span("x`y``z"), "```x`y``z```");
        assert_eq!(span("`x`"), "`` `x` ``");
        assert_eq!(span("a\n@everyone\r\n<!--"), "`a @everyone  <!--`");
        assert_eq!(span(" \n"), "");
        assert_eq!(block("diff", "+```\n"), "````diff\n+```\n````\n");
    }
}
