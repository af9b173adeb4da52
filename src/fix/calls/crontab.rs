//! What supercronic starts: the commands of its crontab.

/// The commands of a crontab, a line each, as a shell script.
pub(super) fn commands(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut script = String::new();
    for line in text.lines() {
        let line = line.trim();
        let first = line.split_whitespace().next().unwrap_or_default();
        let is_setting = first.contains('=')
            || line
                .split_once(" =")
                .is_some_and(|(name, _)| !name.contains(' '));
        if line.is_empty() || line.starts_with('#') || is_setting {
            continue;
        }
        let fields = if first.starts_with('@') { 1 } else { 5 };
        if let Some(command) = after(line, fields) {
            script.push_str(command);
            script.push('\n');
        }
    }
    script.into_bytes()
}

/// What follows the first `fields` words.
fn after(line: &str, fields: usize) -> Option<&str> {
    let mut rest = line;
    for _ in 0..fields {
        let end = rest.find(char::is_whitespace)?;
        rest = rest[end..].trim_start();
    }
    (!rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn commands_follow_the_times() {
        let shown = |text: &str| String::from_utf8_lossy(&commands(text.as_bytes())).into_owned();
        assert_eq!(
            shown("# x\nTZ=UTC\n*/5 * * * *   tidy --all > /var/log/tidy\n"),
            "tidy --all > /var/log/tidy\n"
        );
        assert_eq!(
            shown("@hourly /app/report.sh\n\n5 4 * *"),
            "/app/report.sh\n"
        );
    }
}
