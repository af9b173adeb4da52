//! Paths and modes, as scripts write them.

use super::word::Expanded;

/// The longest directory that relative paths are seen from.
const MAX_PATH: usize = 4096;

/// A path in a script.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// The path; nothing stands where something unknown is.
    pub text: String,
    /// Whether all of it is known.
    pub complete: bool,
}

pub(super) fn paths(operands: &[Expanded], here: &Path) -> Vec<Path> {
    operands.iter().map(|word| join(here, word)).collect()
}

/// A path, seen from a directory, without `.`, `..` and doubled slashes.
pub(super) fn join(here: &Path, path: &Expanded) -> Path {
    let text = path.text.as_str();
    if text.starts_with('/') || text.starts_with('~') {
        return Path {
            text: clean(text),
            complete: path.complete,
        };
    }
    if !here.complete || here.text.len() > MAX_PATH || (!path.complete && text.is_empty()) {
        return Path {
            text: text.to_owned(),
            complete: false,
        };
    }
    Path {
        text: clean(&format!("{}/{text}", here.text)),
        complete: path.complete && !text.is_empty(),
    }
}

fn clean(text: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if joined.starts_with('~') {
        joined
    } else {
        format!("/{joined}")
    }
}

/// Whether a mode leaves others without access that they need: to read, or to enter and run.
pub(super) fn excludes_others(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|byte| byte.is_ascii_digit()) {
        let others = mode.bytes().last().unwrap_or(b'0') - b'0';
        let owner = mode
            .bytes()
            .rev()
            .nth(2)
            .unwrap_or(b'0')
            .saturating_sub(b'0');
        // Others miss the read or execute bit that the owner has.
        return owner & !others & 0o5 != 0;
    }
    let mut excluded = false;
    for clause in mode.split(',') {
        let Some(at) = clause.find(['+', '-', '=']) else {
            continue;
        };
        let (who, rest) = clause.split_at(at);
        let (op, bits) = rest.split_at(1);
        let others = who.is_empty() || who.contains(['o', 'a']);
        let reading = bits.contains(['r', 'x', 'X']);
        match op {
            // What the owner loses too, others do not miss.
            "-" if others && reading && !who.is_empty() && !who.contains(['u', 'a']) => {
                excluded = true;
            }
            "=" if others => excluded = !bits.contains('r') && !bits.contains(['u', 'g']),
            "+" if others && reading => excluded = false,
            // `u+x` makes a file a program for its owner alone.
            "+" | "=" if !others && who.contains('u') && bits.contains('x') => excluded = true,
            _ => {}
        }
    }
    excluded
}
