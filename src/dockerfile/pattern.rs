//! Patterns of `${name#pattern}`, `${name%pattern}` and `${name/pattern/text}`.

use super::expand::ExpandError;

/// Longest text that a pattern is matched against, in characters: matching is quadratic.
const MAX_MATCHED: usize = 4096;

enum Part {
    Any,
    AnyOne,
    One(char),
}

/// A pattern of `*`, `?` and characters; `\` makes the two plain.
pub(super) struct Pattern(Vec<Part>);

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, ExpandError> {
        let mut parts = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(ch) = chars.next() {
            parts.push(match ch {
                '*' => Part::Any,
                '?' => Part::AnyOne,
                // `}` and `/` are escaped only because they would end the pattern.
                '\\' if matches!(chars.peek(), Some('}' | '/')) => continue,
                '\\' => match chars.next() {
                    Some(escaped @ ('*' | '?' | '\\')) => Part::One(escaped),
                    _ => return Err(ExpandError::Pattern),
                },
                ch => Part::One(ch),
            });
        }
        Ok(Self(parts))
    }

    /// `${name#pattern}` and, from the end, `${name%pattern}`.
    pub(super) fn trim(
        mut self,
        value: &str,
        suffix: bool,
        greedy: bool,
    ) -> Result<String, ExpandError> {
        let mut chars: Vec<char> = value.chars().collect();
        if suffix {
            chars.reverse();
            self.0.reverse();
        }
        let cut = self.match_end(&chars, greedy)?.unwrap_or(0);
        let mut rest = chars.split_off(cut);
        if suffix {
            rest.reverse();
        }
        Ok(rest.into_iter().collect())
    }

    pub(super) fn replace(
        &self,
        value: &str,
        with: &str,
        all: bool,
    ) -> Result<String, ExpandError> {
        let chars: Vec<char> = value.chars().collect();
        let mut out = String::new();
        let mut at = 0;
        while at < chars.len() {
            match self.match_end(&chars[at..], true)? {
                Some(length) if length > 0 => {
                    out.push_str(with);
                    at += length;
                    if !all {
                        break;
                    }
                }
                _ => {
                    out.push(chars[at]);
                    at += 1;
                }
            }
        }
        out.extend(&chars[at..]);
        Ok(out)
    }

    /// The end of a match that starts at the front: the longest when `greedy`, else the shortest.
    fn match_end(&self, chars: &[char], greedy: bool) -> Result<Option<usize>, ExpandError> {
        if chars.len() > MAX_MATCHED || self.0.len() > MAX_MATCHED {
            return Err(ExpandError::TooLarge);
        }
        let mut reachable = vec![false; chars.len() + 1];
        reachable[0] = true;
        for part in &self.0 {
            let mut next = vec![false; chars.len() + 1];
            match part {
                Part::Any => {
                    let mut open = false;
                    for (at, slot) in next.iter_mut().enumerate() {
                        open |= reachable[at];
                        *slot = open;
                    }
                }
                Part::AnyOne => next[1..].copy_from_slice(&reachable[..chars.len()]),
                Part::One(wanted) => {
                    for (at, ch) in chars.iter().enumerate() {
                        next[at + 1] = reachable[at] && ch == wanted;
                    }
                }
            }
            reachable = next;
        }
        Ok(if greedy {
            reachable.iter().rposition(|end| *end)
        } else {
            reachable.iter().position(|end| *end)
        })
    }
}
