//! Expansion of variables, with every `${...}` form that `BuildKit` knows (shell/lex.go, 2026-08).

use thiserror::Error;

use super::pattern::Pattern;

/// Where variables get their values from.
pub trait Lookup {
    /// The value of `name`; none where it is not set.
    fn get(&self, name: &str) -> Option<&str>;
}

impl<F: Fn(&str) -> Option<&'static str>> Lookup for F {
    fn get(&self, name: &str) -> Option<&str> {
        self(name)
    }
}

/// An expanded word.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expanded {
    /// The value, quotes and escapes resolved.
    pub text: String,
    /// Names that were looked up and set.
    pub used: Vec<String>,
    /// Names that were not set and left nothing behind.
    pub unset: Vec<String>,
    /// Names that were not set where the word says what to do then (`${U:-app}`).
    pub defaulted: Vec<String>,
}

/// Why a word cannot be expanded: `BuildKit` fails on it too.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExpandError {
    /// A quote or brace that is never closed, or `${}`.
    #[error("{0}")]
    Syntax(&'static str),
    /// `${name^^}` and the like.
    #[error("unsupported modifier ({0}) in substitution")]
    Modifier(char),
    /// `${name?message}` of a variable that is not set.
    #[error("{name}: {message}")]
    Required {
        /// The variable.
        name: String,
        /// The message that the file gives.
        message: String,
    },
    /// A pattern that no pattern of Docker's is.
    #[error("invalid pattern in substitution")]
    Pattern,
    /// Nested or grown beyond what is read here; `BuildKit` may read on.
    #[error("substitution nested or grown too far")]
    TooLarge,
}

/// Expands `word` with `escape` as the escape character.
pub fn expand(word: &str, escape: u8, lookup: &dyn Lookup) -> Result<Expanded, ExpandError> {
    let mut expander = Expander {
        rest: word,
        escape: char::from(escape),
        raw_escapes: false,
        lookup,
        depth: 0,
        size: 0,
        out: Expanded::default(),
    };
    let text = expander.until(None)?;
    expander.out.text = text;
    Ok(expander.out)
}

const MAX_DEPTH: usize = 64;

/// Longest value that is built, in bytes: `ENV A=$B$B` repeated doubles each time.
const MAX_SIZE: usize = 1 << 20;

struct Expander<'w, 'l> {
    rest: &'w str,
    escape: char,
    raw_escapes: bool,
    lookup: &'l dyn Lookup,
    depth: usize,
    size: usize,
    out: Expanded,
}

impl Expander<'_, '_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let ch = self.peek()?;
        self.rest = &self.rest[ch.len_utf8()..];
        Some(ch)
    }

    fn until(&mut self, stop: Option<char>) -> Result<String, ExpandError> {
        let mut text = String::new();
        while let Some(ch) = self.peek() {
            if Some(ch) == stop {
                self.next();
                return Ok(text);
            }
            match ch {
                '\'' => text.push_str(&self.single()?),
                '"' => text.push_str(&self.double()?),
                '$' => text.push_str(&self.dollar()?),
                _ => {
                    self.next();
                    if ch == self.escape {
                        if self.raw_escapes {
                            text.push(ch);
                        }
                        let Some(escaped) = self.next() else { break };
                        text.push(escaped);
                    } else {
                        text.push(ch);
                    }
                }
            }
        }
        match stop {
            Some('}') => Err(ExpandError::Syntax("syntax error: missing '}'")),
            Some(_) => Err(ExpandError::Syntax("syntax error: missing '/' in ${}")),
            None => Ok(text),
        }
    }

    fn single(&mut self) -> Result<String, ExpandError> {
        self.next();
        let end = self.rest.find('\'').ok_or(ExpandError::Syntax(
            "unexpected end of statement while looking for matching single-quote",
        ))?;
        let text = self.rest[..end].to_owned();
        self.rest = &self.rest[end + 1..];
        Ok(text)
    }

    fn double(&mut self) -> Result<String, ExpandError> {
        self.next();
        let mut text = String::new();
        loop {
            match self.peek() {
                None => {
                    return Err(ExpandError::Syntax(
                        "unexpected end of statement while looking for matching double-quote",
                    ));
                }
                Some('"') => {
                    self.next();
                    return Ok(text);
                }
                Some('$') => text.push_str(&self.dollar()?),
                Some(ch) => {
                    self.next();
                    if ch != self.escape {
                        text.push(ch);
                        continue;
                    }
                    if self.raw_escapes {
                        text.push(ch);
                    }
                    match self.peek() {
                        None => {}
                        Some(next) if next == '"' || next == '$' || next == self.escape => {
                            self.next();
                            text.push(next);
                        }
                        Some(_) => text.push(ch),
                    }
                }
            }
        }
    }

    fn value(&mut self, name: &str, defaults: bool) -> Result<Option<String>, ExpandError> {
        let value = self.lookup.get(name).map(str::to_owned);
        let list = match value {
            Some(_) => &mut self.out.used,
            None if defaults => &mut self.out.defaulted,
            None => &mut self.out.unset,
        };
        if !list.iter().any(|known| known == name) {
            list.push(name.to_owned());
        }
        self.size += value.as_ref().map_or(0, String::len);
        if self.size > MAX_SIZE {
            Err(ExpandError::TooLarge)
        } else {
            Ok(value)
        }
    }

    fn dollar(&mut self) -> Result<String, ExpandError> {
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                return Ok("$".into());
            }
            return Ok(self.value(&name, false)?.unwrap_or_default());
        }
        self.next();
        match self.peek() {
            None => return Err(ExpandError::Syntax("syntax error: missing '}'")),
            Some('{' | '}' | ':') => {
                return Err(ExpandError::Syntax("syntax error: bad substitution"));
            }
            Some(_) => {}
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ExpandError::TooLarge);
        }
        let name = self.name();
        let result = self.substitution(&name);
        self.depth -= 1;
        result
    }

    fn substitution(&mut self, name: &str) -> Result<String, ExpandError> {
        let missing = ExpandError::Syntax("syntax error: missing '}'");
        let mut operator = self.next().ok_or(missing.clone())?;
        let mut empty_is_unset = false;
        match operator {
            '}' => return Ok(self.value(name, false)?.unwrap_or_default()),
            '/' => return self.replace(name),
            ':' => {
                empty_is_unset = true;
                operator = self.next().ok_or(missing)?;
            }
            '+' | '-' | '?' | '#' | '%' => {}
            other => return Err(ExpandError::Modifier(other)),
        }
        let raw = matches!(operator, '#' | '%');
        let word = self.raw(raw, '}')?;
        let value = self.value(name, matches!(operator, '-' | '+' | '?'))?;
        let present = value
            .as_ref()
            .is_some_and(|value| !(empty_is_unset && value.is_empty()));
        match operator {
            '-' if present => Ok(value.unwrap_or_default()),
            '-' => Ok(word),
            '+' if present => Ok(word),
            '+' => Ok(String::new()),
            '?' if present => Ok(value.unwrap_or_default()),
            '?' => Err(ExpandError::Required {
                name: name.to_owned(),
                message: if word.is_empty() {
                    "is not allowed to be unset".into()
                } else {
                    word
                },
            }),
            '#' | '%' => {
                let (greedy, pattern) = match word.strip_prefix(operator) {
                    Some(pattern) => (true, pattern),
                    None => (false, word.as_str()),
                };
                let pattern = Pattern::parse(pattern)?;
                let value = value.unwrap_or_default();
                pattern.trim(&value, operator == '%', greedy)
            }
            other => Err(ExpandError::Modifier(other)),
        }
    }

    fn raw(&mut self, raw: bool, stop: char) -> Result<String, ExpandError> {
        let before = std::mem::replace(&mut self.raw_escapes, raw);
        let text = self.until(Some(stop));
        self.raw_escapes = before;
        text
    }

    fn replace(&mut self, name: &str) -> Result<String, ExpandError> {
        let all = self.peek() == Some('/');
        if all {
            self.next();
        }
        let pattern = self.raw(true, '/')?;
        let with = self.raw(true, '}')?;
        let value = self.value(name, false)?.unwrap_or_default();
        Pattern::parse(&pattern)?.replace(&value, &with, all)
    }

    fn name(&mut self) -> String {
        let length = match self.peek() {
            Some(first) if first.is_numeric() => self
                .rest
                .find(|ch: char| !ch.is_numeric())
                .unwrap_or(self.rest.len()),
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
            _ => self
                .rest
                .find(|ch: char| !ch.is_alphanumeric() && ch != '_')
                .unwrap_or(self.rest.len()),
        };
        let name = self.rest[..length].to_owned();
        self.rest = &self.rest[length..];
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: &str) -> Option<&'static str> {
        match name {
            "U" => Some("app-x-y"),
            "V" => Some("v1"),
            "E" => Some(""),
            "P" => Some("a/b/c"),
            _ => None,
        }
    }

    fn read(word: &str) -> Result<String, ExpandError> {
        expand(word, b'\\', &value).map(|expanded| expanded.text)
    }

    #[test]
    fn every_form() {
        for (word, expected) in [
            ("$U", "app-x-y"),
            ("${U}:${V}", "app-x-y:v1"),
            ("${N:-d}", "d"),
            ("${E:-d}", "d"),
            ("${E-d}", ""),
            ("${N-d}", "d"),
            ("${V:+alt}", "alt"),
            ("${E:+alt}", ""),
            ("${E+alt}", "alt"),
            ("${V:?no}", "v1"),
            ("${V#v}", "1"),
            ("${U%-*}", "app-x"),
            ("${U%%-*}", "app"),
            ("${U#*-}", "x-y"),
            ("${U##*-}", "y"),
            ("${U/x/Z}", "app-Z-y"),
            ("${U/-/_}", "app_x-y"),
            ("${U//-/_}", "app_x_y"),
            ("${P//\\//_}", "a_b_c"),
            ("${N:-${V:-w}}", "v1"),
            ("'$U'", "$U"),
            ("\\$U", "$U"),
            ("\"$U\"", "app-x-y"),
            ("\"a\\\"b\\c\"", "a\"b\\c"),
            ("a$", "a$"),
            ("$1x", "x"),
            ("$$", ""),
        ] {
            assert_eq!(read(word).as_deref(), Ok(expected), "{word}");
        }
    }

    #[test]
    fn what_buildkit_refuses() {
        for word in [
            "${U^^}",
            "${",
            "${}",
            "${:x}",
            "${U",
            "${U:-x",
            "'x",
            "\"x",
            "${N?}",
            "${E:?need}",
            "${U/x}",
        ] {
            assert!(read(word).is_err(), "{word}");
        }
        assert!(
            matches!(read("${N?need}"), Err(ExpandError::Required { message, .. }) if message == "need")
        );
        assert_eq!(read(&"${N:-".repeat(1000)), Err(ExpandError::TooLarge));
    }

    #[test]
    fn says_what_was_not_set() {
        let expanded = expand("$A$U${B:-x}", b'\\', &value).expect("expands");
        assert_eq!(expanded.unset, ["A"]);
        assert_eq!(expanded.defaulted, ["B"]);
        assert_eq!(expanded.used, ["U"]);
    }
}
