//! What is wrong with a configuration, where, and what was probably meant.

use crate::source::line_of;

/// Why a file is no configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConfigError {
    /// 1-based.
    pub line: usize,
    /// One line.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl ConfigError {
    pub(super) fn of(error: &toml::de::Error, text: &str) -> Self {
        let offset = error.span().map_or(0, |span| span.start);
        let (message, help) = explain(error.message());
        Self {
            line: line_of(text.as_bytes(), offset),
            message,
            help,
        }
    }
}

/// The words of serde in ours: an unknown field or variant, and behind it those that are known, in backticks.
fn explain(message: &str) -> (String, Option<String>) {
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let (kind, many) = if message.starts_with("unknown field") {
        ("key", "keys")
    } else if message.starts_with("unknown variant") {
        ("value", "values")
    } else {
        return other(&message);
    };
    let mut words = message.split('`').skip(1).step_by(2);
    let Some(wrong) = words.next() else {
        return (message, None);
    };
    let known: Vec<&str> = words.collect();
    let help = match nearest(wrong, &known) {
        Some(meant) => Some(format!("did you mean `{meant}`?")),
        None if known.is_empty() => None,
        None => Some(format!("the {many} here are `{}`", known.join("`, `"))),
    };
    (format!("unknown {kind} `{wrong}`"), help)
}

/// What else can be wrong, in words of people who write TOML and not Rust.
fn other(message: &str) -> (String, Option<String>) {
    let named = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("missing field") {
        let help = format!("write {named} = \"...\" below the table's head");
        return (format!("`{named}` is missing"), Some(help));
    }
    if message.starts_with("duplicate field") {
        let help = match named {
            "image" => "`repo` is another name of `image`: keep one",
            "user" => "`default_user` is another name of `user`: keep one",
            _ => "keep one",
        };
        return (format!("`{named}` is said twice"), Some(help.into()));
    }
    if message.starts_with("wanted string") {
        let help = "write one of its words, in quotes".to_owned();
        return ("this is no text".into(), Some(help));
    }
    let wrong = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid length "))
        .and_then(|rest| rest.split_once(", expected "));
    let Some((found, wanted)) = wrong else {
        return (message.to_owned(), None);
    };
    let wanted = match wanted {
        "a string" => "a text, in quotes",
        "a boolean" => "true or false",
        "a sequence" if found == "map" => "a list of tables, each below [[...]]",
        "a sequence" => "a list, as in [\"a\", \"b\"]",
        "an array of length 2" => "two numbers, as in [20000, 29999]",
        number if number.starts_with(['i', 'u']) && number[1..].parse::<u8>().is_ok() => "a number",
        table if table.starts_with("struct") => "a table, below [...]",
        other => other,
    };
    let found = match found {
        "map" => "a table",
        "sequence" => "a list",
        length if length.parse::<u64>().is_ok() => "a list of another length",
        other => other,
    };
    let message = format!("this is {found}, and {wanted} is wanted");
    let message = message.replace("this is string", "this is the text");
    let message = message.replace("this is integer", "this is the number");
    (message, Some(format!("write {wanted}")))
}

/// The word that differs least, where it differs by a slip of the pen.
pub fn nearest<'k>(wrong: &str, known: &[&'k str]) -> Option<&'k str> {
    let wrong = wrong.to_lowercase().replace('-', "_");
    let distances = known
        .iter()
        .map(|word| (distance(&wrong, &word.replace('-', "_")), *word));
    let (distance, word) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= 1 + wrong.len() / 5).then_some(word)
}

/// How many characters must be put in, taken out or replaced (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, from) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (column, to) in other.iter().enumerate() {
            let replaced = before + usize::from(from != *to);
            before = row[column + 1];
            row[column + 1] = replaced.min(before + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("uid", "uid"), 0);
        assert_eq!(distance("usr", "user"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("stratgy", "strategy"), 1);
        assert_eq!(distance("gid", "uid"), 1);
    }

    #[test]
    fn only_a_slip_is_taken_for_another_word() {
        assert_eq!(
            nearest("Uid-Range", &["uid", "uid_range"]),
            Some("uid_range")
        );
        assert_eq!(nearest("colour", &["uid", "name"]), None);
        assert_eq!(nearest("x", &[]), None);
    }
}
