//! Which texts may stand in an instruction as a user.

/// A user or group that may be written into an instruction as it is: whatever else a shell or a
/// Dockerfile would read into it (`;`, `$`, a newline) has no place in a name. Cf. useradd(8).
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|ch: char| ch.is_ascii_alphanumeric() || ch == '_')
        && text
            .chars()
            .all(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '.' | '-'))
}

/// A name that USER would not take for a number.
pub(super) fn is_user_name(text: &str) -> bool {
    is_name(text) && text.parse::<i64>().is_err()
}

/// `$NAME` or `${NAME}` and nothing else.
pub(super) fn is_plain_variable(text: &str) -> bool {
    let name = match text.strip_prefix("${") {
        Some(rest) => rest.strip_suffix('}'),
        None => text.strip_prefix('$'),
    };
    name.is_some_and(|name| {
        !name.is_empty()
            && name
                .chars()
                .all(|ch| ch.is_ascii_alphanumeric() || ch == '_')
            && !name.starts_with(|ch: char| ch.is_ascii_digit())
    })
}

/// Variables, letters, digits and `:`, as in `${UID}:${GID}`: may stand in another USER as it is.
pub(super) fn is_made_of_variables(text: &str) -> bool {
    text.contains('$')
        && text
            .chars()
            .all(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '$' | '{' | '}' | '_' | ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_nothing_that_a_shell_reads() {
        for name in ["app", "_svc", "www-data", "a.b", "App1"] {
            assert!(is_user_name(name), "{name}");
        }
        for name in [
            "a;b",
            "a b",
            "a\nRUN evil",
            "$x",
            "",
            "-x",
            "0",
            "12",
            "a$(id)",
        ] {
            assert!(!is_user_name(name), "{name:?}");
        }
    }

    #[test]
    fn plain_variables() {
        assert!(is_plain_variable("$APP_USER"));
        assert!(is_plain_variable("${APP_USER}"));
        for text in ["app", "$", "${}", "${A:-b}", "$A$B", "x$A", "$1"] {
            assert!(!is_plain_variable(text), "{text}");
        }
    }
}
