//! Lines of a log by which a program says that it was not allowed something.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

/// errno(3)'s texts of EACCES, EPERM and EROFS, their names, and what runtimes make of them (Java's
/// `AccessDeniedException`, .NET's `UnauthorizedAccessException`).
static SIGNS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i-u)permission denied|operation not permitted|read-only file ?system|\bEACCES\b|\bEPERM\b|\bEROFS\b|access ?denied|UnauthorizedAccess|not writable|readonly database|unable to open database file|must be run as root",
    )
    .ok()
});

/// The lines of `log` that complain, and that `before` has nothing like.
pub(super) fn new_complaints(before: &[String], log: &[String]) -> Vec<String> {
    let known: BTreeSet<String> = before.iter().map(|line| shape(line)).collect();
    let mut seen = BTreeSet::new();
    log.iter()
        .filter(|line| is_complaint(line))
        .filter(|line| {
            let shape = shape(line);
            !known.contains(&shape) && seen.insert(shape)
        })
        .cloned()
        .collect()
}

/// True when a line says that something was not allowed.
pub(super) fn is_complaint(line: &str) -> bool {
    SIGNS.as_ref().is_some_and(|signs| signs.is_match(line))
}

/// Words that differ from run to run: UUIDs, hashes, container ids.
static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i-u)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{8,}\b",
    )
    .ok()
});

/// A line without what changes from run to run: times, process numbers, addresses, ids.
pub(super) fn shape(line: &str) -> String {
    let words = WORDS.as_ref();
    let line = words.map_or(line.into(), |words| words.replace_all(line, "0"));
    let mut shape = String::with_capacity(line.len());
    for ch in line.chars() {
        match ch {
            '0'..='9' if shape.ends_with('0') => {}
            '0'..='9' => shape.push('0'),
            _ => shape.push(ch),
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn complaints_of_many_languages_are_known() {
        for line in [
            "PermissionError: [Errno 13] Permission denied: '/app/x'",
            "Error: EACCES: permission denied, open '/x'",
            "chown: changing ownership of 'x': Operation not permitted",
            "sqlite3.OperationalError: attempt to write a readonly database",
            "touch: /x: Read-only file system",
            "ERROR 1045: Access denied for user",
            "java.nio.file.AccessDeniedException: /data",
            "[emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)",
        ] {
            assert!(is_complaint(line), "{line}");
        }
        for line in ["listening on 8080", "user logged in", "permissions loaded"] {
            assert!(!is_complaint(line), "{line}");
        }
    }

    #[test]
    fn what_the_original_says_too_is_not_new() {
        let before = lines(&["[12:00:01] 17: cannot open /x: Permission denied"]);
        let log = lines(&[
            "[12:00:09] 423: cannot open /x: Permission denied",
            "[12:00:09] 423: cannot open /y: Permission denied",
            "[12:00:10] 424: cannot open /y: Permission denied",
        ]);
        assert_eq!(new_complaints(&before, &log), [log[1].clone()]);
        let id = |id: &str| lines(&[&format!("request {id}: Permission denied")]);
        let before = id("9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d");
        let log = id("6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b");
        assert!(new_complaints(&before, &log).is_empty());
    }
}
