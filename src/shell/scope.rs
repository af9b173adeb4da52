//! Variables as a script sets them, over the environment that it gets.

use super::lex::{Command, Context};
use super::word::{Env, Expanded, Word};

/// The most alternatives that a loop makes of one word.
const MAX_ALTERNATIVES: usize = 32;
/// The longest value that is kept, so that `a=$a$a` does not grow for ever.
const MAX_VALUE: usize = 4096;
/// The most variables of a script that are kept: a look-up goes through all of them.
const MAX_VARIABLES: usize = 64;

/// The variables at a place in a script. [`Scope::see`] every command in order.
pub(super) struct Scope<'e> {
    env: Env<'e>,
    own: Vec<(String, Value)>,
}

/// What a script gave a variable.
#[derive(Clone)]
enum Value {
    Known(String),
    Unknown,
    /// A `for` gives it each of these.
    Each(Vec<String>),
}

impl<'e> Scope<'e> {
    pub(super) fn new(env: Env<'e>) -> Self {
        Self {
            env,
            own: Vec::new(),
        }
    }

    /// Takes in what a command does to variables.
    pub(super) fn see(&mut self, command: &Command) {
        if command.context.substitution {
            return;
        }
        match command
            .words
            .first()
            .map(|word| word.unquoted().unwrap_or_default())
        {
            None => {
                for (name, value) in &command.assignments {
                    let value = self.one(value);
                    self.set(name, value, &command.context);
                }
            }
            Some("export" | "readonly" | "local" | "declare" | "typeset") => {
                for word in command.words.iter().skip(1) {
                    let all = self.one(word);
                    if let Some((name, value)) = all.text.split_once('=') {
                        let value = Expanded {
                            text: value.to_owned(),
                            ..all.clone()
                        };
                        self.set(name, value, &command.context);
                    }
                }
            }
            Some("for") => {
                let Some(name) = command.words.get(1).and_then(Word::literal) else {
                    return;
                };
                let mut each = Vec::new();
                for word in command.words.iter().skip(3) {
                    let value = self.one(word);
                    if value.complete {
                        let text = if word.unquoted().is_some() {
                            super::word::braces(&value.text)
                        } else {
                            vec![value.text]
                        };
                        for text in text {
                            if word.splits() {
                                each.extend(text.split_ascii_whitespace().map(str::to_owned));
                            } else {
                                each.push(text);
                            }
                        }
                    }
                }
                each.truncate(MAX_ALTERNATIVES);
                each.retain(|value| value.len() <= MAX_VALUE);
                self.put(
                    &name,
                    if each.is_empty() {
                        Value::Unknown
                    } else {
                        Value::Each(each)
                    },
                );
            }
            Some("read" | "unset") => {
                for word in command.words.iter().skip(1) {
                    if let Some(name) = word.literal().filter(|name| !name.starts_with('-')) {
                        self.put(&name, Value::Unknown);
                    }
                }
            }
            Some(_) => {}
        }
    }

    fn set(&mut self, name: &str, value: Expanded, context: &Context) {
        let same = value.complete
            && matches!(self.find(name), Some(Value::Known(old)) if *old == value.text);
        let value = match value.known() {
            Some(text) if (same || !context.branch) && text.len() <= MAX_VALUE => {
                Value::Known(text)
            }
            _ => Value::Unknown,
        };
        self.put(name, value);
    }

    fn put(&mut self, name: &str, value: Value) {
        if let Some((_, slot)) = self.own.iter_mut().find(|(known, _)| known == name) {
            *slot = value;
        } else if self.own.len() < MAX_VARIABLES {
            self.own.push((name.to_owned(), value));
        }
    }

    fn find(&self, name: &str) -> Option<&Value> {
        self.own
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// The value of a variable here.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        match self.find(name) {
            Some(Value::Known(text)) => Some(text.clone()),
            Some(Value::Each(all)) if all.len() == 1 => all.first().cloned(),
            Some(_) => None,
            None => (self.env)(name),
        }
    }

    /// The scope in each turn of the loop whose variable the command names; none when it names none.
    pub(super) fn turns(&self, command: &Command) -> Vec<Self> {
        let each =
            command
                .words
                .iter()
                .flat_map(Word::vars)
                .find_map(|name| match self.find(name) {
                    Some(Value::Each(all)) => Some((name, all)),
                    _ => None,
                });
        let Some((name, all)) = each else {
            return Vec::new();
        };
        let turn = |value: &String| {
            let mut turn = Self {
                env: self.env,
                own: self.own.clone(),
            };
            turn.put(name, Value::Known(value.clone()));
            turn
        };
        all.iter().map(turn).collect()
    }

    /// The word with the variables of here put in.
    pub(super) fn one(&self, word: &Word) -> Expanded {
        match word.text() {
            Some(text) => Expanded {
                text: text.into_owned(),
                complete: true,
                vars: Vec::new(),
            },
            None => word.expand(&|name| self.get(name)),
        }
    }

    /// A line of a heredoc with the variables of here put in.
    pub(super) fn text(&self, text: &str) -> Expanded {
        super::word::expand_text(text, &|name| self.get(name))
    }

    /// All that a word becomes: brace lists, values split at blanks, and each turn of a loop.
    pub(super) fn all(&self, word: &Word) -> Vec<Expanded> {
        if let Some(text) = word.unquoted() {
            let complete = true;
            if !text.contains('{') {
                return vec![Expanded {
                    text: text.to_owned(),
                    complete,
                    vars: Vec::new(),
                }];
            }
            return super::word::braces(text)
                .into_iter()
                .map(|text| Expanded {
                    text,
                    complete,
                    vars: Vec::new(),
                })
                .collect();
        }
        let turns = word.vars().find_map(|name| match self.find(name) {
            Some(Value::Each(all)) => Some((name, all)),
            _ => None,
        });
        let mut found = Vec::new();
        match turns {
            Some((own, all)) => {
                for turn in all {
                    found.push(word.expand(&|name| {
                        if name == own {
                            Some(turn.clone())
                        } else {
                            self.get(name)
                        }
                    }));
                }
            }
            None => found.push(self.one(word)),
        }
        let braced = word.parts().iter().any(|part| matches!(part, super::word::Part::Literal { text, quoted: false } if text.contains('{')));
        let mut out = Vec::new();
        for expanded in found {
            let texts = if braced {
                super::word::braces(&expanded.text)
            } else {
                vec![expanded.text.clone()]
            };
            for text in texts {
                if word.splits() && text.contains([' ', '\t', '\n']) {
                    out.extend(text.split_ascii_whitespace().map(|text| Expanded {
                        text: text.to_owned(),
                        ..expanded.clone()
                    }));
                } else {
                    out.push(Expanded {
                        text,
                        ..expanded.clone()
                    });
                }
            }
        }
        out
    }
}
