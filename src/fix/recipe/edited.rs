//! Configurations that a RUN edits: what it puts into them is configuration, too.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::brought::Brought;
use crate::fix::Subject;
use crate::fix::folders::under;
use crate::recipes::Recipe;
use crate::shell::files::FileChange;
use crate::survey::Run;

/// What the RUN instructions put into the configurations of a program.
#[derive(Debug, Default)]
pub(super) struct Edited {
    /// Lines that are added or put in the place of others, as far as they stand in the file.
    pub(super) texts: Vec<Vec<u8>>,
    /// Files of the context that are added to one, by where they lie before.
    pub(super) added: Vec<(String, Brought)>,
    /// A configuration that is fetched, or comes from a place that is not known.
    pub(super) unread: Option<String>,
}

/// Reads the RUN instructions that edit the configurations at `paths` (folders end with a `/`).
pub(super) fn read(subject: &Subject<'_, '_, '_>, recipe: &Recipe, paths: &[String]) -> Edited {
    let is_config = |path: &str| {
        let mut paths = paths.iter();
        paths.any(|config| match config.strip_suffix('/') {
            Some(folder) => under(path, folder),
            None => path == config,
        })
    };
    let mut edited = Edited::default();
    for run in &subject.verdict.survey.runs {
        for act in &run.files {
            match &act.what {
                FileChange::Writes { path, .. } | FileChange::Edits { path }
                    if is_config(&path.text) =>
                {
                    match catenated(subject, run, act.span.clone()) {
                        Some(files) => edited.added.extend(files),
                        None => edited.texts.push(lines(run, act.span.clone())),
                    }
                }
                FileChange::Loads { path } if is_config(&path.text) => {
                    edited.unread = Some(path.text.clone());
                }
                FileChange::Copies { from, to, .. } if is_config(&to.text) => {
                    let packaged = |path: &str| {
                        let mut configs = recipe.configs.iter();
                        configs.any(|config| under(path, config.trim_end_matches('/')))
                            || path.starts_with("/usr/share/")
                    };
                    if !from.iter().all(|path| packaged(&path.text)) {
                        edited.unread = Some(to.text.clone());
                    }
                }
                _ => {}
            }
        }
    }
    edited
}

/// The files of the context that a `cat FILE >> CONFIG` adds; none when it is another command.
fn catenated(
    subject: &Subject<'_, '_, '_>,
    run: &Run,
    span: Range<usize>,
) -> Option<Vec<(String, Brought)>> {
    let command = String::from_utf8_lossy(run.script.text().get(span)?).into_owned();
    let files = command.trim_start().strip_prefix("cat ")?;
    let files = files.split('>').next()?.split_whitespace();
    let bringer = subject.bringer();
    let found: Option<Vec<(String, Brought)>> = files
        .map(|path| Some((path.to_owned(), bringer.find(path)?)))
        .collect();
    found.filter(|found| !found.is_empty())
}

/// What a command writes: its text, with quotes and `\n` as line ends, and what each `s` of sed puts in place.
fn lines(run: &Run, span: Range<usize>) -> Vec<u8> {
    let text = run.script.text();
    let Range { start, end } = span;
    let heredoc = text
        .get(start..end)
        .is_some_and(|text| text.windows(2).any(|pair| pair == b"<<"));
    let end = if heredoc { text.len() } else { end };
    let command = text.get(start..end).unwrap_or_default();
    if command.windows(4).any(|word| word == b"sed ") {
        return replacements(command);
    }
    let text = String::from_utf8_lossy(command);
    let text = text.replace("\\n", "\n").replace("\\t", " ");
    text.replace(['"', '\''], "\n").into_bytes()
}

/// What the `s` commands in a call of sed put in place, a line each.
fn replacements(command: &[u8]) -> Vec<u8> {
    static BEGINS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?-u:(?:^|[\s"';/0-9$])s([/|,#!@%~:+]))"#).ok());
    let mut lines = Vec::new();
    let Some(begins) = BEGINS.as_ref() else {
        return lines;
    };
    let mut from = 0;
    while let Some(found) = begins
        .captures_at(command, from)
        .and_then(|found| found.get(1))
    {
        let delimiter = command[found.start()];
        let Some((pattern, next)) = part(command, found.end(), delimiter) else {
            break;
        };
        let Some((text, next)) = part(command, next, delimiter) else {
            from = pattern.len().max(found.end());
            continue;
        };
        // A name may stand in the pattern and its value alone in what replaces it: `s|^(pid).*|\1 /x|`.
        if text.first() == Some(&b'\\') || !text.contains(&b' ') {
            lines.extend(pattern.iter().filter(|byte| !b"^$*.()\\+?".contains(byte)));
            lines.push(b' ');
        }
        lines.extend(text);
        lines.push(b'\n');
        from = next;
    }
    lines
}

/// What stands up to the next `delimiter`, and where it goes on.
fn part(text: &[u8], from: usize, delimiter: u8) -> Option<(Vec<u8>, usize)> {
    let mut part = Vec::new();
    let mut at = from;
    loop {
        let byte = *text.get(at)?;
        match byte {
            b'\\' if text.get(at + 1) == Some(&delimiter) => {
                part.push(delimiter);
                at += 2;
            }
            _ if byte == delimiter => return Some((part, at + 1)),
            _ => {
                part.push(byte);
                at += 1;
            }
        }
    }
}

/// A path that an edit names, and that none of the settings explains: where something is written may have changed.
pub(super) fn unexplained(text: &[u8], explained: &[String]) -> Option<String> {
    static PATH: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"(?-u:(?:^|[\s"'=:(])(/[A-Za-z][\w./-]*))"#).ok());
    static WRITTEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i-u:log|pid|sock|cache|tmp|temp|lock|spool|/run\b|data|dir\b)").ok()
    });
    let (path, written) = (PATH.as_ref()?, WRITTEN.as_ref()?);
    text.split(|byte| *byte == b'\n')
        .filter(|line| written.is_match(line))
        // What replaces the old path stands last.
        .filter_map(|line| path.captures_iter(line).last()?.get(1))
        .map(|path| String::from_utf8_lossy(path.as_bytes()).into_owned())
        .find(|path| {
            let system = ["/dev/", "/proc/", "/etc/", "/usr/", "/bin/"];
            !system.iter().any(|folder| path.starts_with(folder))
                && !explained
                    .iter()
                    .any(|known| path.starts_with(known.as_str()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(command: &str) -> String {
        String::from_utf8_lossy(&replacements(command.as_bytes())).into_owned()
    }

    #[test]
    fn what_sed_puts_in_place_is_read() {
        assert_eq!(
            shown(r"sed -i 's|^pid.*|pid /tmp/nginx.pid;|' /etc/nginx/nginx.conf"),
            "pid /tmp/nginx.pid;\n"
        );
        assert_eq!(
            shown(r"sed -i -e 's/^bind .*/bind 0.0.0.0/;s/^dir .*/dir \/data/' x"),
            "bind 0.0.0.0\ndir /data\n"
        );
        assert_eq!(
            shown("sed -i 's#/var/log/nginx#/logs#g' x"),
            "/var/log/nginx /logs\n"
        );
        assert_eq!(shown("sed -i '/^user/d' x"), "");
    }

    #[test]
    fn a_path_without_a_setting_is_found() {
        let known = ["/logs".to_owned()];
        let found = |text: &str| unexplained(text.as_bytes(), &known);
        assert_eq!(found("/var/log/nginx /srv/log"), Some("/srv/log".into()));
        assert_eq!(found("error_log /logs/a.log"), None);
        assert_eq!(found("DocumentRoot /srv/www"), None);
        assert_eq!(found("access_log /dev/stdout"), None);
    }
}
