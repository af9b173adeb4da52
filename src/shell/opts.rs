//! Command-line options, read the way `getopt_long` reads them.

use super::scope::Scope;
use super::word::{Expanded, Word};

/// How many arguments of a command are read.
const MAX_WORDS: usize = 1024;

/// The options of a program.
pub(super) struct Spec {
    /// Letters that take a value.
    pub(super) valued: &'static str,
    /// Long options: the name, the letter that means the same, and whether a value follows.
    pub(super) long: &'static [(&'static str, char, bool)],
    /// Whether long options may have one dash only.
    pub(super) single_dash: bool,
}

/// The arguments of a command, sorted.
#[derive(Default)]
pub(super) struct Parsed {
    /// Options in order, by letter; a long one without a letter is `?`.
    pub(super) flags: Vec<(char, Option<Expanded>)>,
    /// What is no option.
    pub(super) operands: Vec<Expanded>,
    /// For each operand, which of the arguments it was.
    pub(super) places: Vec<usize>,
}

impl Parsed {
    /// Whether the option is there.
    pub(super) fn has(&self, letter: char) -> bool {
        self.flags.iter().any(|(own, _)| *own == letter)
    }

    /// The last value of the option.
    pub(super) fn value(&self, letter: char) -> Option<&Expanded> {
        self.flags
            .iter()
            .rev()
            .find_map(|(own, value)| value.as_ref().filter(|_| *own == letter))
    }

    /// The last value of the option, when all of it is known.
    pub(super) fn known(&self, letter: char) -> Option<String> {
        self.value(letter).and_then(|value| value.clone().known())
    }
}

/// Sorts the words after the program's name.
pub(super) fn parse(args: &[Word], spec: &Spec, scope: &Scope<'_>) -> Parsed {
    let mut parsed = Parsed::default();
    let mut words = args
        .iter()
        .enumerate()
        .take(MAX_WORDS)
        .flat_map(|(at, word)| {
            let all = if word.splits() {
                scope.all(word)
            } else {
                vec![scope.one(word)]
            };
            all.into_iter().map(move |word| (at, word))
        });
    let mut only_operands = false;
    while let Some((at, word)) = words.next() {
        let text = word.text.as_str();
        if only_operands || !text.starts_with('-') || text == "-" {
            if !text.is_empty() || !word.complete {
                parsed.operands.push(word);
                parsed.places.push(at);
            }
            continue;
        }
        if text == "--" {
            only_operands = true;
            continue;
        }
        let long = text.strip_prefix("--").or_else(|| {
            let single = text
                .strip_prefix('-')
                .filter(|name| spec.single_dash && name.len() > 2);
            single.filter(|name| find(spec, name.split('=').next().unwrap_or_default()).is_some())
        });
        if let Some(long) = long {
            let (name, inline) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (long, None),
            };
            let (letter, valued) = find(spec, name).unwrap_or(('?', false));
            let value = match inline {
                Some(value) => Some(Expanded {
                    text: value,
                    ..word.clone()
                }),
                None if valued => words.next().map(|(_, word)| word),
                None => None,
            };
            parsed.flags.push((letter, value));
            continue;
        }
        let mut rest = text.chars().skip(1);
        while let Some(letter) = rest.next() {
            if spec.valued.contains(letter) {
                let tail: String = rest.collect();
                // `-u=1000` is taken as it was meant.
                let tail = tail.strip_prefix('=').map_or(tail.clone(), str::to_owned);
                let value = if tail.is_empty() && word.complete {
                    words.next().map(|(_, word)| word)
                } else {
                    Some(Expanded {
                        text: tail,
                        ..word.clone()
                    })
                };
                parsed.flags.push((letter, value));
                break;
            }
            parsed.flags.push((letter, None));
        }
    }
    parsed
}

/// A long option, by its name or a beginning of it that is unique.
fn find(spec: &Spec, name: &str) -> Option<(char, bool)> {
    let exact = spec.long.iter().find(|(own, ..)| *own == name);
    let mut starts = spec
        .long
        .iter()
        .filter(|(own, ..)| name.len() > 1 && own.starts_with(name));
    let found = exact.or_else(|| starts.next().filter(|_| starts.next().is_none()));
    found.map(|(_, letter, valued)| (*letter, *valued))
}
