//! `.dockerignore`: what the build does not see of its context.

use super::{matches_glob, normal};

/// The patterns of a `.dockerignore`, in order: the last that matches decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ignored {
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    parts: Vec<String>,
    /// `!`: seen after all.
    back: bool,
}

impl Ignored {
    /// Reads the file. Lines are trimmed, `#` starts a comment in the first column, `!` takes back (Docker's
    /// reference, ".dockerignore file"; moby/patternmatcher/ignorefile).
    pub fn read(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let patterns = lines.filter_map(|line| {
            let line = line.trim();
            let (back, line) = match line.strip_prefix('!') {
                Some(rest) => (true, rest.trim()),
                None => (false, line),
            };
            let parts: Vec<String> = normal(line)
                .split('/')
                .filter(|part| !part.is_empty() && *part != ".")
                .map(str::to_owned)
                .collect();
            (!parts.is_empty()).then_some(Pattern { parts, back })
        });
        Self {
            patterns: patterns.collect(),
        }
    }

    /// True for a path of the context that the build does not see: it, or a folder above it, is named.
    pub fn has(&self, path: &str) -> bool {
        if self.patterns.is_empty() {
            return false;
        }
        let parts: Vec<&str> = normal(path).split('/').collect();
        let mut ignored = false;
        for pattern in &self.patterns {
            let names = (1..=parts.len()).any(|end| matches(&pattern.parts, &parts[..end]));
            if names {
                ignored = !pattern.back;
            }
        }
        ignored
    }
}

/// `**` stands for any number of folders, also none.
fn matches(pattern: &[String], path: &[&str]) -> bool {
    match pattern.split_first() {
        None => path.is_empty(),
        Some((first, rest)) if first == "**" => {
            rest.is_empty() && !path.is_empty()
                || (0..path.len()).any(|at| matches(rest, &path[at..]))
        }
        Some((first, rest)) => path
            .split_first()
            .is_some_and(|(part, path)| matches_glob(first, part) && matches(rest, path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_and_taken_back() {
        let ignored =
            Ignored::read(b"# no\n*.db\n/parts/\n**/*.log\nnode_modules\ndocs\n!docs/keep.md\n");
        for path in [
            "dev.db",
            "parts",
            "parts/old.txt",
            "a/b/x.log",
            "x.log",
            "node_modules/a.js",
            "docs/a.md",
        ] {
            assert!(ignored.has(path), "{path}");
        }
        for path in [
            "a/dev.db",
            "src/parts",
            "app.py",
            "docs/keep.md",
            "a/node_modules/b.js",
        ] {
            assert!(!ignored.has(path), "{path}");
        }
    }

    #[test]
    fn all_but_a_few() {
        let ignored = Ignored::read(b"*\r\n!src\r\n!app.py\r\n");
        assert!(ignored.has("secret") && ignored.has("x/y"));
        assert!(!ignored.has("src/a.py") && !ignored.has("app.py"));
        assert!(!Ignored::read(b"").has("a"));
    }
}
