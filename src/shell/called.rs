//! The words of each command, with the variables put in that are known where it stands.

use super::lex::{Command, Script};
use super::scope::Scope;
use super::word::{Env, Expanded, Part, Word};

/// How many words of a command are kept.
const MAX_WORDS: usize = 64;

/// The words of each command of a script, in the order of [`Script::commands`], from the real program on: without
/// `exec`, `env A=b` and such.
pub fn called(script: &Script, env: Env<'_>) -> Vec<Vec<Expanded>> {
    let mut scope = Scope::new(env);
    let mut all = Vec::with_capacity(script.commands.len());
    for command in &script.commands {
        scope.see(command);
        let words = command.args().iter().take(MAX_WORDS);
        let words = words.flat_map(|word| scope.all(word)).take(MAX_WORDS);
        all.push(words.collect());
    }
    all
}

/// Whether a command runs the script's own arguments: `exec "$@"`, `"$@"`, `gosu app "$@"`.
pub fn runs_arguments(command: &Command) -> bool {
    let first = command
        .args()
        .iter()
        .take(6)
        .flat_map(Word::vars)
        .any(|name| matches!(name, "@" | "*"));
    first
        && !command
            .words
            .first()
            .is_some_and(|word| word.is("set") || word.is("echo") || word.is("["))
}

/// Whether a script surely ends in `exec "$@"`, and looks at its arguments nowhere else: it does the same whatever they
/// are, and becomes them.
pub fn passes_arguments_on(script: &Script) -> bool {
    let is_argument = |name: &str| {
        matches!(name, "@" | "*" | "#")
            || name.bytes().all(|byte| byte.is_ascii_digit()) && name != "0"
    };
    let own = |command: &&Command| command.context.function.is_none();
    let Some(last) = script.commands.iter().rev().find(own) else {
        return false;
    };
    let context = &last.context;
    let [first, arguments] = last.words.as_slice() else {
        return false;
    };
    let plain = first.is("exec")
        && matches!(arguments.parts(), [Part::Var { name, op, .. }] if name == "@" && op.is_empty())
        && !(context.conditional || context.subshell || context.background || context.negated);
    let looks = |command: &Command| {
        let words = command.words.iter();
        let words = words.chain(command.assignments.iter().map(|(_, value)| value));
        let redirects = command.redirects.iter().map(|redirect| &redirect.target);
        words.chain(redirects).flat_map(Word::vars).any(is_argument)
            || matches!(command.program(), Some("shift" | "getopts"))
            || command.words.first().is_some_and(|word| word.is("set")) && sets_arguments(command)
    };
    let before = script.commands.iter().filter(own);
    plain
        && before
            .filter(|command| command.span != last.span)
            .all(|command| !looks(command))
}

/// `set -- a b`, `set a`: other arguments than the script was given.
fn sets_arguments(command: &Command) -> bool {
    let mut words = command.words.iter().skip(1);
    let mut takes = false;
    words.any(|word| {
        let text = word.literal().unwrap_or_default();
        let option = text.starts_with(['-', '+']) && text.len() > 1 && text != "--";
        let name = std::mem::replace(&mut takes, option && text.ends_with('o'));
        !(option || name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_variables_put_in() {
        let script = Script::parse(b"D=/srv\nexec env A=b server --dir $D --x \"$NONE\"");
        let all = called(&script, &|_| None);
        let words: Vec<_> = all[1]
            .iter()
            .map(|word| (word.text.as_str(), word.complete))
            .collect();
        let expected = [
            ("server", true),
            ("--dir", true),
            ("/srv", true),
            ("--x", true),
            ("", false),
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn scripts_that_pass_their_arguments_on() {
        let passes = |text: &str| passes_arguments_on(&Script::parse(text.as_bytes()));
        for text in [
            "#!/bin/sh\nset -e\nchown -R app /data\nexec \"$@\"\n",
            "set -euo pipefail\nif [ \"$(id -u)\" = 0 ]; then chown a /x; fi\nexec \"$@\"",
            "f() { echo \"$1\"; }\nf a\nexec \"$@\"",
            "echo \"$0\"\nexec \"$@\"",
        ] {
            assert!(passes(text), "{text}");
        }
        for text in [
            "exec server \"$@\"",
            "\"$@\"",
            "if [ \"$1\" = server ]; then chown a /x; fi\nexec \"$@\"",
            "set -- server \"$@\"\nexec \"$@\"",
            "shift\nexec \"$@\"",
            "if true; then exec \"$@\"; fi",
            "exec \"$@\"\necho after",
            "x=$#\nexec \"$@\"",
            "",
        ] {
            assert!(!passes(text), "{text}");
        }
    }

    #[test]
    fn commands_that_run_the_arguments() {
        let runs = |text: &str| {
            let script = Script::parse(text.as_bytes());
            script.commands.iter().any(runs_arguments)
        };
        assert!(runs("exec \"$@\"") && runs("gosu app \"$@\"") && runs("exec $*"));
        assert!(!runs("set -- x \"$@\"") && !runs("echo \"$@\"") && !runs("[ -n \"$*\" ]"));
    }
}
