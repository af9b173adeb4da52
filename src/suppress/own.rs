//! `# unroot: ignore REASON`, `# unroot: ignore[rule,...] REASON`.

use crate::finding::Rule;

/// What one of our comments says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Own {
    /// The rules that it is about; none for all.
    pub(super) rules: Vec<Rule>,
    pub(super) reason: String,
}

/// Why a comment that is meant for us cannot be followed, and what to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) help: String,
}

/// Reads a comment without its `#`, trimmed; none for one that is not meant for us.
pub(super) fn parse(text: &str) -> Option<Result<Own, Wrong>> {
    let rest = text.strip_prefix("unroot")?;
    let Some(command) = rest.trim_start().strip_prefix(':') else {
        // A sentence about this program is no command to it.
        let rest = rest.trim_start().strip_prefix("ignore")?;
        let fits = rest.is_empty() || rest.starts_with([' ', '\t', '[', ':']);
        return fits.then(|| {
            Err(Wrong {
                message: "a colon is missing: nothing is suppressed".into(),
                help: "write `# unroot: ignore REASON`".into(),
            })
        });
    };
    Some(ignore(command.trim()))
}

fn ignore(command: &str) -> Result<Own, Wrong> {
    let word = command
        .find(|ch: char| !ch.is_alphanumeric() && ch != '-')
        .map_or(command, |at| &command[..at]);
    if word != "ignore" {
        return Err(Wrong {
            message: format!("`unroot: {word}` says nothing: nothing is suppressed"),
            help: "write `# unroot: ignore REASON`".into(),
        });
    }
    let rest = &command[word.len()..];
    let (rules, reason) = match rest.strip_prefix('[') {
        None => (Vec::new(), rest),
        Some(list) => {
            let Some((list, reason)) = list.split_once(']') else {
                return Err(Wrong {
                    message: "the list of rules has no `]`: nothing is suppressed".into(),
                    help: "write `# unroot: ignore[runs-as-root] REASON`".into(),
                });
            };
            (rules(list)?, reason)
        }
    };
    let reason = reason.trim_start_matches([':', ' ', '\t']).trim_end();
    // A dash is none.
    if !reason.contains(char::is_alphanumeric) {
        return Err(Wrong {
            message: "a reason is missing: nothing is suppressed".into(),
            help: format!(
                "say why the image may run as root: `# unroot: {command} REASON`",
                command = command.trim_end_matches([':', ' ', '\t'])
            ),
        });
    }
    Ok(Own {
        rules,
        reason: reason.to_owned(),
    })
}

fn rules(list: &str) -> Result<Vec<Rule>, Wrong> {
    let names = list.split(',').map(str::trim);
    names
        .map(|name| {
            let rule = Rule::of(name).filter(|rule| !rule.is_about_comments());
            rule.ok_or_else(|| Wrong {
                message: format!("no rule `{name}` can be suppressed: nothing is"),
                help: format!("the rules are {}", known()),
            })
        })
        .collect()
}

fn known() -> String {
    let rules = Rule::ALL.iter().filter(|rule| !rule.is_about_comments());
    rules.map(|rule| rule.id()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> (Vec<Rule>, String) {
        let own = parse(text).expect("meant for us").expect("valid");
        (own.rules, own.reason)
    }

    #[test]
    fn a_reason_and_rules() {
        assert_eq!(
            own("unroot: ignore it binds raw sockets"),
            (vec![], "it binds raw sockets".into())
        );
        assert_eq!(own("unroot:ignore: sockets"), (vec![], "sockets".into()));
        assert_eq!(
            own("unroot: ignore[runs-as-root, steps-down] s6"),
            (vec![Rule::RunsAsRoot, Rule::StepsDown], "s6".into())
        );
    }

    #[test]
    fn what_cannot_be_followed_says_why() {
        for (text, why) in [
            ("unroot: ignore", "a reason is missing"),
            ("unroot: ignore :  ", "a reason is missing"),
            ("unroot: ignore - --", "a reason is missing"),
            ("unroot: ignore[runs-as-root]", "a reason is missing"),
            ("unroot: ignore[DL3002] x", "no rule `DL3002`"),
            ("unroot: ignore[unused-suppression] x", "no rule"),
            ("unroot: ignore[runs-as-root x", "no `]`"),
            ("unroot: ignroe x", "`unroot: ignroe` says nothing"),
            ("unroot: ignored x", "`unroot: ignored` says nothing"),
            ("unroot ignore x", "a colon is missing"),
        ] {
            let wrong = parse(text).expect("meant for us").expect_err("wrong");
            assert!(wrong.message.contains(why), "{text}: {}", wrong.message);
        }
    }

    #[test]
    fn a_sentence_about_us_is_no_command() {
        for text in [
            "unroot made this",
            "unroot ignores it",
            "run by unroot",
            "unrooted",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
