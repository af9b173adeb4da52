//! The words of each command, with the variables put in that are known where it stands.

use super::lex::{Command, Script};
use super::scope::Scope;
use super::word::{Env, Expanded, Word};

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
    fn commands_that_run_the_arguments() {
        let runs = |text: &str| {
            let script = Script::parse(text.as_bytes());
            script.commands.iter().any(runs_arguments)
        };
        assert!(runs("exec \"$@\"") && runs("gosu app \"$@\"") && runs("exec $*"));
        assert!(!runs("set -- x \"$@\"") && !runs("echo \"$@\"") && !runs("[ -n \"$*\" ]"));
    }
}
