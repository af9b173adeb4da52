//! A unified diff that `git apply` takes.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use similar::TextDiff;

use crate::plan::PatchedFile;

/// Lines of context around a change, as git has them.
const CONTEXT: usize = 3;

/// Writes the patch from `before` to `after` of the file `path` (with `/`, relative to where the
/// patch is applied), with ANSI colours when `color` is set. The lines' own bytes stay as they are.
pub fn write(
    sink: &mut dyn Write,
    path: &str,
    before: &[u8],
    after: &[u8],
    color: bool,
) -> io::Result<()> {
    let mut lines = Vec::new();
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(CONTEXT)
        .header(&name("a/", path), &name("b/", path))
        .to_writer(&mut lines)?;
    paint(sink, &lines, color)
}

/// Writes the patch of a file of a build context that is called `path`.
pub fn write_file(
    sink: &mut dyn Write,
    path: &str,
    file: &PatchedFile,
    color: bool,
) -> io::Result<()> {
    if file.is_new() {
        write_new(sink, path, &file.after, color)
    } else {
        write(sink, path, &file.before, &file.after, color)
    }
}

/// Writes the patch that makes the executable file `path` of the bytes `after`.
fn write_new(sink: &mut dyn Write, path: &str, after: &[u8], color: bool) -> io::Result<()> {
    let mut lines = Vec::new();
    TextDiff::from_lines(&b""[..], after)
        .unified_diff()
        .header("/dev/null", &name("b/", path))
        .to_writer(&mut lines)?;
    let (before, named) = (name("a/", path), name("b/", path));
    let names = [before, named].map(|name| name.trim_end_matches('\t').to_owned());
    let head = format!("diff --git {}\nnew file mode 100755\n", names.join(" "));
    lines.splice(0..0, head.into_bytes());
    paint(sink, &lines, color)
}

/// Writes a patch with ANSI colours when `color` is set, else as it is.
pub fn paint(sink: &mut dyn Write, patch: &[u8], color: bool) -> io::Result<()> {
    for line in patch.split_inclusive(|byte| *byte == b'\n') {
        let paint = if color { style(line) } else { Style::new() };
        let (text, end) = match line.strip_suffix(b"\n") {
            Some(text) => (text, "\n"),
            None => (line, ""),
        };
        write!(sink, "{paint}")?;
        sink.write_all(text)?;
        write!(sink, "{paint:#}{end}")?;
    }
    Ok(())
}

/// How the lines begin that stand above a change.
const HEADS: [&[u8]; 4] = [b"--- ", b"+++ ", b"diff --git ", b"new file mode "];

fn style(line: &[u8]) -> Style {
    let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
    match line.first() {
        _ if HEADS.iter().any(|head| line.starts_with(head)) => Style::new().bold(),
        Some(b'@') => color(AnsiColor::Cyan),
        Some(b'+') => color(AnsiColor::Green),
        Some(b'-') => color(AnsiColor::Red),
        _ => Style::new(),
    }
}

/// A file name as git writes it in a patch: quoted where it holds control characters, quotes or
/// backslashes, and followed by a tab where it holds a blank.
fn name(prefix: &str, path: &str) -> String {
    let special = |ch: char| ch.is_control() || matches!(ch, '"' | '\\');
    if !path.contains(special) {
        let end = if path.contains(' ') { "\t" } else { "" };
        return format!("{prefix}{path}{end}");
    }
    let mut quoted = format!("\"{prefix}");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(byte));
            }
            b' '..=b'~' => quoted.push(char::from(byte)),
            byte => {
                let _ = write!(quoted, "\\{byte:03o}");
            }
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(path: &str, before: &[u8], after: &[u8]) -> String {
        let mut out = Vec::new();
        write(&mut out, path, before, after, false).expect("memory takes all");
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn a_missing_final_newline_is_said() {
        assert_eq!(
            patch("Dockerfile", b"FROM a\nCMD x", b"FROM a\nUSER 1\nCMD x"),
            "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,2 +1,3 @@\n FROM a\n+USER 1\n CMD x\n\\ No newline at end of file\n"
        );
        assert_eq!(patch("x", b"a\n", b"a\n"), "", "no change, no header");
    }

    #[test]
    fn a_new_file() {
        let mut out = Vec::new();
        write_new(&mut out, "my app/run.sh", b"#!/bin/sh\nexit\n", false)
            .expect("memory takes all");
        let expected = "diff --git a/my app/run.sh b/my app/run.sh\nnew file mode 100755\n--- /dev/null\n+++ b/my app/run.sh\t\n@@ -0,0 +1,2 @@\n+#!/bin/sh\n+exit\n";
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn names_are_quoted_as_git_quotes_them() {
        assert_eq!(name("a/", "x/Dockerfile"), "a/x/Dockerfile");
        assert_eq!(name("a/", "my app/Dockerfile"), "a/my app/Dockerfile\t");
        assert_eq!(name("b/", "a\n\"b"), "\"b/a\\012\\\"b\"");
    }
}
