//! Parser directives: `# syntax=`, `# escape=`, `# check=` at the very top of a file.

use crate::source::{Span, trim_end, trim_start};

use super::problem::ProblemKind;

/// What the directives at the top of a file say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directives {
    /// The escape character: `\` or a backtick.
    pub escape: u8,
    /// The frontend image of `# syntax=` (or `//syntax=`), as written.
    pub syntax: Option<String>,
    /// True when `# check=` has `error=true`: any lint warning then fails the build.
    pub check_is_error: bool,
    /// Offset after the last directive's line: nothing may be inserted before it.
    pub end: usize,
    pub(super) done: bool,
    seen: [bool; 3],
}

impl Default for Directives {
    fn default() -> Self {
        Self {
            escape: b'\\',
            syntax: None,
            check_is_error: false,
            end: 0,
            done: false,
            seen: [false; 3],
        }
    }
}

impl Directives {
    /// Reads one trimmed physical line. `Ok(true)`: it is a directive. The first line that is none
    /// ends the directives, whatever it is.
    pub(super) fn read(&mut self, line: &[u8], line_span: Span) -> Result<bool, ProblemKind> {
        if self.done {
            return Ok(false);
        }
        let Some((which, value)) = line.strip_prefix(b"#").and_then(parse) else {
            self.done = true;
            return Ok(false);
        };
        let (slot, name) = match which {
            Which::Syntax => (0, "syntax"),
            Which::Escape => (1, "escape"),
            Which::Check => (2, "check"),
        };
        if std::mem::replace(&mut self.seen[slot], true) {
            return Err(ProblemKind::BadDirective(format!(
                "only one `# {name}=` directive can be used"
            )));
        }
        match which {
            Which::Syntax => {
                let first = value.split(' ').next().unwrap_or_default();
                self.syntax = Some(first.to_owned());
            }
            Which::Escape if value == "\\" || value == "`" => self.escape = value.as_bytes()[0],
            Which::Escape => {
                return Err(ProblemKind::BadDirective(format!(
                    "`# escape={value}`: the escape is ` or \\"
                )));
            }
            Which::Check => {
                self.check_is_error = value
                    .split(';')
                    .filter_map(|option| option.split_once('='))
                    .any(|(key, value)| {
                        key.trim().eq_ignore_ascii_case("error")
                            && value.trim().eq_ignore_ascii_case("true")
                    });
            }
        }
        self.end = line_span.end;
        Ok(true)
    }
}

/// The `//syntax=` and shebang forms, which only `BuildKit`'s choice of a frontend knows.
pub(super) fn other_syntax(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(crate::source::BOM).unwrap_or(bytes);
    let shebang = bytes.starts_with(b"#!");
    if !shebang && !bytes.starts_with(b"//") {
        return None;
    }
    let mut lines = bytes.split(|byte| *byte == b'\n');
    if shebang {
        lines.next();
    }
    // Either every line is `#name=` or every line is `//name=`, until the first that is no directive.
    let mut prefix: Option<&[u8]> = None;
    for line in lines {
        let line = trim_end(line);
        let found: &[u8] = if line.starts_with(b"//") { b"//" } else { b"#" };
        if *prefix.get_or_insert(found) != found {
            return None;
        }
        let (which, value) = line.strip_prefix(found).and_then(parse)?;
        if which == Which::Syntax {
            return value.split(' ').next().map(str::to_owned);
        }
    }
    None
}

/// A frontend of Docker's own, and what it can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frontend {
    /// Not Docker's own: its language is not known.
    Foreign,
    /// Docker's own, of version `major.minor`; none means a moving tag, so the newest.
    Docker(Option<(u32, u32)>),
}

/// Whose frontend a `# syntax=` reference names. Mirrors keep the last two path components.
pub(super) fn frontend(reference: &str) -> Frontend {
    let name = reference.split('@').next().unwrap_or_default();
    let (path, tag) = match name.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (name, None),
    };
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or_default();
    let owner = parts.next().unwrap_or_default();
    if owner != "docker" || !matches!(last, "dockerfile" | "dockerfile-upstream") {
        return Frontend::Foreign;
    }
    let mut numbers = tag
        .unwrap_or_default()
        .split(['.', '-'])
        .map(|part| part.parse::<u32>().ok());
    let labs = tag.is_some_and(|tag| tag.contains("labs") || tag.contains("experimental"));
    match (numbers.next().flatten(), numbers.next().flatten()) {
        // 1.3-labs had heredocs first (docker/dockerfile changelog), so count it as 1.4.
        (Some(1), Some(3)) if labs => Frontend::Docker(Some((1, 4))),
        (Some(major), Some(minor)) => Frontend::Docker(Some((major, minor))),
        _ => Frontend::Docker(None),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Syntax,
    Escape,
    Check,
}

/// `name=value` with blanks around, after the comment sign; only the three names that are known.
fn parse(text: &[u8]) -> Option<(Which, String)> {
    let text = trim_start(text);
    let equals = memchr::memchr(b'=', text)?;
    let name = trim_end(&text[..equals]);
    let value = trim_end(trim_start(&text[equals + 1..]));
    let which = if name.eq_ignore_ascii_case(b"syntax") {
        Which::Syntax
    } else if name.eq_ignore_ascii_case(b"escape") {
        Which::Escape
    } else if name.eq_ignore_ascii_case(b"check") {
        Which::Check
    } else {
        return None;
    };
    (!value.is_empty()).then(|| (which, String::from_utf8_lossy(value).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frontends_are_told_apart() {
        for (reference, expected) in [
            ("docker/dockerfile:1", Frontend::Docker(None)),
            (
                "docker.io/docker/dockerfile:1.7-labs",
                Frontend::Docker(Some((1, 7))),
            ),
            ("docker/dockerfile:1.3-labs", Frontend::Docker(Some((1, 4)))),
            ("docker/dockerfile-upstream:master", Frontend::Docker(None)),
            (
                "registry.corp:5000/docker/dockerfile:1.2@sha256:aa",
                Frontend::Docker(Some((1, 2))),
            ),
            ("docker/dockerfile", Frontend::Docker(None)),
            ("ghcr.io/acme/frontend:1", Frontend::Foreign),
            ("gcr.io/buildpacks", Frontend::Foreign),
        ] {
            assert_eq!(frontend(reference), expected, "{reference}");
        }
    }

    #[test]
    fn slash_syntax_and_shebang_choose_the_frontend_too() {
        assert_eq!(other_syntax(b"//syntax=a/b\nFROM x"), Some("a/b".into()));
        assert_eq!(
            other_syntax(b"#!/usr/bin/env x\n# syntax=a/b\n"),
            Some("a/b".into())
        );
        assert_eq!(other_syntax(b"#!/x\nFROM a\n# syntax=a/b\n"), None);
        assert_eq!(other_syntax(b"FROM a\n"), None);
    }
}
