//! Which commands of a start script run as root only, which as another user, and which as either.

use super::conditions::Known;
use super::lex::{Command, Script};
use super::word::Word;

/// Who a command runs for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Whoever starts the script.
    Anybody,
    /// Only root: a test of `id -u` or the like says so.
    Root,
    /// Only other users.
    Others,
}

/// Who each command of a script runs for, in the order of [`Script::commands`].
pub fn rights(script: &Script) -> Vec<For> {
    let mut known = Known::default();
    let mut all = Vec::with_capacity(script.commands.len());
    // `if [ "$(id -u)" != 0 ]; then exec "$@"; fi`: what stands below is root's.
    let mut others_are_gone = false;
    for command in &script.commands {
        for (name, value) in &command.assignments {
            known.see(script, name, value);
        }
        let own = asked(script, &known, command);
        let leaves = command.is_exec()
            || matches!(command.program(), Some("exit" | "return"))
            || command.words.first().is_some_and(|word| word.is("exec"));
        if own == For::Others && leaves && command.context.function.is_none() {
            others_are_gone = true;
        }
        all.push(match own {
            For::Anybody if others_are_gone && command.context.function.is_none() => For::Root,
            own => own,
        });
    }
    functions(script, &mut all);
    all
}

/// The script asks somewhere who runs it.
pub fn asks_who_runs(script: &Script) -> bool {
    script.commands.iter().any(|command| {
        let words = command.words.iter();
        words.clone().any(|word| Known::asks_who_runs(script, word) || word.vars().any(|name| matches!(name, "UID" | "EUID")))
            // `(( EUID == 0 ))`
            || command.words.first().is_some_and(|word| word.is("(("))
                && script.mentions(&command.span, "UID")
    })
}

/// The first command that ends the script for others than root: `if [ "$(id -u)" != 0 ]; then exit 1; fi`.
pub fn ends_for_others(script: &Script) -> Option<usize> {
    let mut known = Known::default();
    script
        .commands
        .iter()
        .enumerate()
        .find_map(|(at, command)| {
            for (name, value) in &command.assignments {
                known.see(script, name, value);
            }
            let exits = matches!(command.program(), Some("exit" | "return"))
                && command.args().get(1).is_none_or(|code| !code.is("0"));
            (exits && asked(script, &known, command) == For::Others).then_some(at)
        })
}

/// What the branches around a command ask, the innermost answer first.
fn asked(script: &Script, known: &Known, command: &Command) -> For {
    let mut inner = command;
    for _ in 0..16 {
        let Some(guard) = inner.context.guard.filter(|_| inner.context.branch) else {
            break;
        };
        let Some(test) = script.commands.get(guard) else {
            break;
        };
        if let Some(root) = is_root_test(script, known, test, inner) {
            let root = root != (test.context.negated != inner.context.otherwise);
            return if root { For::Root } else { For::Others };
        }
        inner = test;
    }
    For::Anybody
}

/// What a test asks of the user: true when it holds for root, false when it holds for others, none when it asks
/// something else.
fn is_root_test(script: &Script, known: &Known, test: &Command, of: &Command) -> Option<bool> {
    let span = script.guard_span(of)?;
    if test.words.first().is_some_and(|word| word.is("case")) {
        return None;
    }
    let asks = |word: &Word| {
        Known::asks_who_runs(script, word)
            || word.vars().any(|name| {
                matches!(name, "UID" | "EUID") || known.uid.iter().any(|own| own == name)
            })
    };
    let words = &test.words;
    let at = words.iter().position(asks)?;
    // `[ 0 = "$(id -u)" ]` is as good as the other way round.
    let (operator, other) = match (words.get(at + 1), words.get(at + 2)) {
        (Some(operator), Some(other)) if is_operator(operator) => (operator, other),
        _ => (
            words.get(at.checked_sub(1)?)?,
            words.get(at.checked_sub(2)?)?,
        ),
    };
    let root = other
        .literal()
        .is_some_and(|value| value == "0" || value == "root");
    if !root || span.is_empty() {
        return None;
    }
    match operator.literal().as_deref()? {
        "=" | "==" | "-eq" | "-le" => Some(true),
        "!=" | "-ne" | "-gt" => Some(false),
        _ => None,
    }
}

fn is_operator(word: &Word) -> bool {
    word.literal().is_some_and(|text| {
        matches!(
            text.as_str(),
            "=" | "==" | "-eq" | "-le" | "!=" | "-ne" | "-gt"
        )
    })
}

/// What stands in a function runs for whom it is called.
fn functions(script: &Script, all: &mut [For]) {
    for function in &script.functions {
        let mut calls = script
            .commands
            .iter()
            .zip(all.iter())
            .filter(|(command, _)| command.program() == Some(function))
            .map(|(_, whom)| *whom);
        let Some(first) = calls.next() else { continue };
        if first == For::Anybody || calls.any(|other| other != first) {
            continue;
        }
        for (command, whom) in script.commands.iter().zip(all.iter_mut()) {
            if command.context.function.as_deref() == Some(function) && *whom == For::Anybody {
                *whom = first;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whom the commands called `chown` run for.
    fn whom(text: &str) -> Vec<For> {
        let script = Script::parse(text.as_bytes());
        let all = rights(&script);
        let both = script.commands.iter().zip(all);
        both.filter(|(command, _)| command.program() == Some("chown"))
            .map(|(_, whom)| whom)
            .collect()
    }

    #[test]
    fn a_guard_for_root() {
        for text in [
            r#"if [ "$(id -u)" = '0' ]; then chown a /x; fi"#,
            r#"if [ "$(id -u)" -eq 0 ]; then chown a /x; fi"#,
            r#"[ "$(id -u)" != 0 ] || chown a /x"#,
            "[ `id -u` -eq 0 ] && chown a /x",
            r#"test "$(whoami)" = root && chown a /x"#,
            r#"if [ "$1" = redis ] && [ "$(id -u)" = 0 ]; then chown a /x; fi"#,
            r#"if [ "$1" = 'redis' -a "$(id -u)" = '0' ]; then chown a /x; fi"#,
            r#"user="$(id -u)"; if [ "$user" = 0 ]; then chown a /x; fi"#,
            r#"if [ "$(id -u)" -ne 0 ]; then echo no; else chown a /x; fi"#,
            r#"if [ "$UID" = 0 ]; then chown a /x; fi"#,
            "if [ \"$(id -u)\" -ne 0 ]; then\n exec \"$@\"\nfi\nchown a /x",
            "hand() { chown a /x; }\nif [ \"$(id -u)\" = 0 ]; then hand; fi",
        ] {
            assert_eq!(whom(text), [For::Root], "{text}");
        }
    }

    #[test]
    fn a_guard_for_others_and_none() {
        assert_eq!(whom(r#"[ "$(id -u)" = 0 ] || chown a /x"#), [For::Others]);
        for text in [
            "chown a /x",
            "if [ -d /x ]; then chown a /x; fi",
            r#"if [ "$(id -u app)" = 1000 ]; then chown a /x; fi"#,
            "hand() { chown a /x; }\nhand",
        ] {
            assert_eq!(whom(text), [For::Anybody], "{text}");
        }
    }
}
