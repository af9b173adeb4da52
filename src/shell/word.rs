//! One word of a command: what it is made of, and what it becomes when variables are known.

use std::borrow::Cow;
use std::ops::Range;

use super::scan;

/// How deep `${A:-${B:-..}}` is followed.
const MAX_NESTING: u8 = 8;
/// The longest text that variables are put into.
const MAX_TEXT: usize = 65_536;
/// The most words that one brace list or one loop variable may turn a word into.
const MAX_ALTERNATIVES: usize = 64;

/// A look-up of variables: the value of a name, or `None` when it is unset or unknown.
pub type Env<'e> = &'e dyn Fn(&str) -> Option<String>;

/// A piece of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text without quotes and escapes.
    Literal {
        /// The text.
        text: String,
        /// Whether it stood in quotes or behind a backslash, so that `~` and `{a,b}` mean nothing.
        quoted: bool,
    },
    /// `$name` or `${name}` with what follows the name.
    Var {
        /// The variable's name (`1`, `@` and such included).
        name: String,
        /// The rest inside the braces, as written: `:-default`, `%.*`; empty when there is none.
        op: String,
        /// Whether it stood in double quotes, so that its value is not split.
        quoted: bool,
    },
    /// `$(..)`, backticks, `$((..))` or `<(..)`.
    Command,
}

/// A word: where it stands and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The bytes of the input it was read from. For the text of a `sh -c` that had escapes, the span of that whole text.
    pub span: Range<usize>,
    parts: Parts,
}

/// What a word becomes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expanded {
    /// The text, with nothing where something unknown stood.
    pub text: String,
    /// Whether all of it is known.
    pub complete: bool,
    /// The variables that it rests on, known or not.
    pub vars: Vec<String>,
}

/// Most words have one part: that one is kept without an allocation of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Parts {
    None,
    One(Part),
    Many(Vec<Part>),
}

impl Word {
    /// A word of these parts.
    pub(super) fn new(span: Range<usize>, mut parts: Vec<Part>) -> Self {
        let parts = match parts.len() {
            0 => Parts::None,
            1 => parts.pop().map_or(Parts::None, Parts::One),
            _ => Parts::Many(parts),
        };
        Self { span, parts }
    }

    /// A word of plain text.
    pub(super) fn plain(span: Range<usize>, text: String, quoted: bool) -> Self {
        Self {
            span,
            parts: Parts::One(Part::Literal { text, quoted }),
        }
    }

    /// What the word is made of, in order.
    pub fn parts(&self) -> &[Part] {
        match &self.parts {
            Parts::None => &[],
            Parts::One(part) => std::slice::from_ref(part),
            Parts::Many(parts) => parts,
        }
    }

    /// The text, when there is no substitution in it.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match &self.parts {
            Parts::None => Some(Cow::Borrowed("")),
            Parts::One(Part::Literal { text, .. }) => Some(Cow::Borrowed(text)),
            Parts::One(_) => None,
            Parts::Many(parts) => {
                let mut all = String::new();
                for part in parts {
                    let Part::Literal { text, .. } = part else {
                        return None;
                    };
                    all.push_str(text);
                }
                Some(Cow::Owned(all))
            }
        }
    }

    /// The text, owned; `None` when the word has a substitution.
    pub fn literal(&self) -> Option<String> {
        self.text().map(Cow::into_owned)
    }

    /// The text when it is one run without quotes, as a keyword must be.
    pub fn unquoted(&self) -> Option<&str> {
        match &self.parts {
            Parts::One(Part::Literal {
                text,
                quoted: false,
            }) => Some(text),
            _ => None,
        }
    }

    /// The text that the word surely starts with: all of it, or what stands before the first substitution.
    pub fn prefix(&self) -> &str {
        match self.parts().first() {
            Some(Part::Literal { text, .. }) => text,
            _ => "",
        }
    }

    /// Whether the word is exactly this text.
    pub fn is(&self, text: &str) -> bool {
        self.text().is_some_and(|own| own == text)
    }

    /// Whether the value of a variable in it is split at blanks.
    pub fn splits(&self) -> bool {
        self.parts()
            .iter()
            .any(|part| matches!(part, Part::Var { quoted: false, .. }))
    }

    /// The variables that it names.
    pub fn vars(&self) -> impl Iterator<Item = &str> {
        self.parts().iter().filter_map(|part| match part {
            Part::Var { name, .. } => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether `needle` stands in one of its literal parts.
    pub fn contains(&self, needle: &str) -> bool {
        self.parts()
            .iter()
            .any(|part| matches!(part, Part::Literal { text, .. } if text.contains(needle)))
    }

    /// The bytes of the word in the text it was read from.
    pub fn raw<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        text.get(self.span.clone()).unwrap_or_default()
    }

    /// The word with its variables put in.
    pub fn expand(&self, env: Env<'_>) -> Expanded {
        let mut out = Expanded {
            complete: true,
            ..Expanded::default()
        };
        for part in self.parts() {
            match part {
                Part::Literal { text, .. } => out.text.push_str(text),
                Part::Var { name, op, .. } => out.parameter(name, op, env, 0),
                Part::Command => out.complete = false,
            }
        }
        out
    }
}

impl Expanded {
    /// The text, when all of it is known.
    pub fn known(self) -> Option<String> {
        self.complete.then_some(self.text)
    }

    fn parameter(&mut self, name: &str, op: &str, env: Env<'_>, depth: u8) {
        if !self.vars.iter().any(|known| known == name) {
            self.vars.push(name.to_owned());
        }
        let value = env(name);
        if self.text.len() > MAX_TEXT {
            self.complete = false;
            return;
        }
        let (colon, kind) = match op.as_bytes() {
            [] => (false, 0),
            [b':', kind @ (b'-' | b'=' | b'+' | b'?'), ..] => (true, *kind),
            [kind @ (b'-' | b'=' | b'+' | b'?'), ..] => (false, *kind),
            _ => {
                self.complete = false;
                return;
            }
        };
        let operand = op.get(usize::from(colon) + 1..).unwrap_or_default();
        let set = value
            .as_ref()
            .is_some_and(|value| !(colon && value.is_empty()));
        match (kind, set) {
            (b'-' | b'=', false) | (b'+', true) => self.raw(operand, env, depth + 1),
            (b'+', false) => {}
            _ => match value {
                Some(value) => self.text.push_str(&value),
                None => self.complete = false,
            },
        }
    }

    /// Adds text as it stands in the script: quotes go, variables are put in.
    fn raw(&mut self, text: &str, env: Env<'_>, depth: u8) {
        if depth > MAX_NESTING {
            self.complete = false;
            return;
        }
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let rest = bytes.get(at..).unwrap_or_default();
            if byte == b'$' {
                if let Some((name, op, length)) = scan::parameter(rest) {
                    self.parameter(&name, &op, env, depth);
                    at += length;
                    continue;
                }
                if rest.get(1) == Some(&b'(') {
                    self.complete = false;
                    return;
                }
                self.text.push('$');
                at += 1;
            } else if byte == b'`' {
                self.complete = false;
                return;
            } else if matches!(byte, b'"' | b'\'') {
                at += 1;
            } else if byte == b'\\' && rest.len() > 1 {
                at += 1 + self.push_run(text, at + 1, true);
            } else {
                at += self.push_run(text, at, false);
            }
        }
    }

    fn push_run(&mut self, text: &str, at: usize, escaped: bool) -> usize {
        let tail = text.get(at..).unwrap_or_default();
        let first = tail.chars().next().map_or(1, char::len_utf8);
        let length = if escaped {
            first
        } else {
            tail.get(first..)
                .and_then(|more| more.find(['$', '`', '"', '\'', '\\']))
                .map_or(tail.len(), |n| n + first)
        };
        self.text.push_str(tail.get(..length).unwrap_or_default());
        length.max(1)
    }
}

/// Text of a script (a heredoc's line) with its variables put in.
pub fn expand_text(text: &str, env: Env<'_>) -> Expanded {
    let mut out = Expanded {
        complete: true,
        ..Expanded::default()
    };
    out.raw(text, env, 0);
    out
}

/// `a{b,c}d` as `abd` and `acd`; text without a brace list as itself. More than 64 are not made.
pub fn braces(text: &str) -> Vec<String> {
    let mut todo = vec![text.to_owned()];
    let mut done = Vec::new();
    while let Some(next) = todo.pop() {
        match first_list(&next) {
            Some((open, items, close))
                if todo.len() + done.len() + items.len() <= MAX_ALTERNATIVES =>
            {
                let (head, tail) = (
                    next.get(..open).unwrap_or_default(),
                    next.get(close..).unwrap_or_default(),
                );
                todo.extend(items.iter().rev().map(|item| format!("{head}{item}{tail}")));
            }
            _ => done.push(next),
        }
    }
    done
}

/// The first `{..,..}`: where it opens, its items, where it ends.
fn first_list(text: &str) -> Option<(usize, Vec<&str>, usize)> {
    let (mut open, mut depth, mut start) = (None, 0usize, 0);
    let mut items = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => {
                if depth == 0 {
                    (open, start) = (Some(at), at + 1);
                    items.clear();
                }
                depth += 1;
            }
            b',' if depth == 1 => {
                items.push(text.get(start..at)?);
                start = at + 1;
            }
            b'}' if depth > 0 => {
                depth -= 1;
                if depth == 0 && !items.is_empty() {
                    items.push(text.get(start..at)?);
                    return Some((open?, items, at + 1));
                }
            }
            _ => {}
        }
    }
    None
}
