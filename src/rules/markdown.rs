//! `docs/rules.md`.

use super::{After, Example, Explanation, explanation, suppression};
use crate::finding::{Level, Rule};

const HEAD: &str = "\
# Rules

<!-- Made from src/rules/texts.rs by `UNROOT_BLESS=1 cargo test --test docs`: change it there. -->

What `unroot check` finds; `unroot explain RULE` says the same in a terminal. The identifiers are stable: they stand in every report, and
SARIF links here. Errors and warnings make `check` exit with 1, notes do not, unless `--fail-on` says otherwise.
[`unroot.toml`](configuration.md) gives a rule another level; [comments](suppression.md) suppress findings.
";

/// The document, whole.
pub fn document() -> String {
    let mut text = HEAD.to_owned();
    for rule in Rule::ALL {
        section(&mut text, explanation(rule));
    }
    text
}

fn section(text: &mut String, told: &Explanation) {
    let id = told.rule.id();
    let mut paragraph = |words: &str| {
        text.push('\n');
        wrapped(text, words);
    };
    paragraph(&format!("## {id}"));
    paragraph(&format!("{}. {}", weight(told), told.what));
    let about = if told.is_about_root {
        " (CIS Docker Benchmark 4.1, CWE-250)"
    } else {
        ""
    };
    paragraph(&format!("**Why{about}:** {}", told.why));
    paragraph(&format!("**What to do:** {}", told.remedy));
    let Example {
        asked_by,
        before,
        after,
    } = told.example;
    let asked_by = match asked_by {
        "" => String::new(),
        arguments => format!(", with `{arguments}`"),
    };
    paragraph(&format!("**An example**{asked_by}:"));
    fence(text, before);
    match after {
        After::Fixed(after) => {
            text.push_str("\n`unroot fix` writes:\n");
            fence(text, after);
        }
        After::ByHand(after) => {
            text.push_str("\nMended by hand:\n");
            fence(text, after);
        }
        After::Otherwise(what) => {
            text.push('\n');
            wrapped(text, what);
        }
    }
    let mut paragraph = |words: &str| {
        text.push('\n');
        wrapped(text, words);
    };
    paragraph(&format!("**The fix:** {}", told.fix));
    if !told.safety.is_empty() {
        paragraph(&format!("**Safe or not:** {}", told.safety));
    }
    paragraph(&format!("**To suppress it:** {}", suppression(told.rule)));
}

/// `Note; error with --strict`
pub(super) fn weight(told: &Explanation) -> String {
    let level = match told.level {
        Level::Error => "Error",
        Level::Warning => "Warning",
        Level::Note => "Note",
    };
    match told.level_else {
        "" => level.to_owned(),
        other => format!("{level}; {other}"),
    }
}

fn fence(text: &mut String, dockerfile: &str) {
    text.push_str(&format!("\n```dockerfile\n{dockerfile}```\n"));
}

/// Columns of our documentation.
const WIDTH: usize = 140;

fn wrapped(text: &mut String, words: &str) {
    let mut column = 0;
    for word in words.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
}
