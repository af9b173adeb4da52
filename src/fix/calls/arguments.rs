//! What a script does with its own arguments: it runs them, or hands them to what it runs.

use crate::shell::argv::first_program;
use crate::shell::lex::{Command, Script};
use crate::shell::stepdown::words_step_down;
use crate::shell::word::{Expanded, Word};

/// `"$@"`, `gosu app "$@"`, `tini -- "$@"`: what the arguments name is run.
pub(super) fn are_the_command(script: &Script, command: &Command) -> bool {
    let words = command.args();
    let Some(at) = words.iter().position(is_arguments) else {
        return false;
    };
    let before = words[..at]
        .iter()
        .map(|word| word.literal().unwrap_or_default());
    let words: Vec<String> = before.chain(["program".to_owned()]).collect();
    let is_function = || {
        let program = command.program().unwrap_or_default();
        script
            .functions
            .iter()
            .any(|function| **function == *program)
    };
    at == 0
        // `main "$@"`: what it does with them is read in the function.
        || is_function()
        || words_step_down(&words).is_some()
        || first_program(&words).is_some_and(|first| first.index == at)
}

/// The words with the arguments in their place.
pub(super) fn with_arguments(
    command: &Command,
    words: Vec<Expanded>,
    rest: &[String],
) -> Vec<Expanded> {
    let at = command.args().iter().position(is_arguments);
    let Some(at) = at.filter(|at| *at < words.len()) else {
        return words;
    };
    let mut all = words;
    all.splice(at..=at, rest.iter().map(|word| super::known(word)));
    all
}

fn is_arguments(word: &Word) -> bool {
    word.vars().any(|name| matches!(name, "@" | "*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_arguments_are() {
        let are = |text: &str| {
            let script = Script::parse(text.as_bytes());
            are_the_command(&script, script.commands.last().expect("one"))
        };
        for text in [
            "exec \"$@\"",
            "\"$@\"",
            "exec gosu app \"$@\"",
            "exec tini -- \"$@\"",
            "exec env A=b $*",
            "main() { exec \"$@\"; }\nmain \"$@\"",
        ] {
            assert!(are(text), "{text}");
        }
        for text in [
            "exec server \"$@\"",
            "exec server --dir /x \"$@\"",
            "python3 app.py $@",
        ] {
            assert!(!are(text), "{text}");
        }
    }

    #[test]
    fn arguments_in_their_place() {
        let script = Script::parse(b"exec server --dir /x \"$@\" --end");
        let words = crate::shell::called::called(&script, &|_| None).remove(0);
        let rest = ["--port".to_owned(), "80".to_owned()];
        let all = with_arguments(&script.commands[0], words, &rest);
        let all: Vec<&str> = all.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(all, ["server", "--dir", "/x", "--port", "80", "--end"]);
    }
}
