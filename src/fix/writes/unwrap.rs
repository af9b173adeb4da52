//! Commands of start scripts that switch to the very user whom the container is to run as: `su app -c ..`, `gosu app ..`.
//! Only root may switch, so the switch is taken away and what it starts stays.

use crate::fix::calls::ReadScript;
use crate::shell::lex::Command;
use crate::shell::rights::For;

use super::scripts::context_path;

/// A switch that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::fix) struct Unwrap {
    /// The script, by its path in the build context.
    pub(in crate::fix) path: String,
    /// The bytes of the script that go.
    pub(in crate::fix) range: std::ops::Range<usize>,
    /// What comes in their place.
    pub(in crate::fix) replacement: &'static str,
    /// The words that go, for people.
    pub(in crate::fix) words: String,
    /// The command, in its script.
    pub(in crate::fix) place: (usize, usize),
}

/// The switches to the user in a script of the build context. `owns` tells whether a name is the user.
pub(super) fn unwraps(at: usize, script: &ReadScript, owns: &dyn Fn(&str) -> bool) -> Vec<Unwrap> {
    let Some(path) = context_path(script) else {
        return Vec::new();
    };
    let text = script.script.text();
    let commands = script.script.commands.iter().enumerate();
    let mut found = Vec::new();
    for (index, command) in commands {
        let for_root = script.rights.get(index) == Some(&For::Root);
        if for_root || command.context.substitution {
            continue;
        }
        if let Some((range, replacement)) = switch(command, owns) {
            let words = text.get(range.clone()).unwrap_or_default();
            found.push(Unwrap {
                path: path.clone(),
                words: String::from_utf8_lossy(words).trim().to_owned(),
                range,
                replacement,
                place: (at, index),
            });
        }
    }
    found
}

/// The words of a switch, and what comes in their place.
fn switch(
    command: &Command,
    owns: &dyn Fn(&str) -> bool,
) -> Option<(std::ops::Range<usize>, &'static str)> {
    let sudo = command.prefixes().iter().find(|word| word.is("sudo"));
    if let Some(sudo) = sudo {
        let words: Vec<_> = command
            .words
            .iter()
            .map(crate::shell::word::Word::literal)
            .collect();
        let user = words.windows(2).find_map(|pair| match pair {
            [Some(flag), Some(user)]
                if matches!(
                    flag.as_str(),
                    "-u" | "--user" | "-Eu" | "-Hu" | "-HEu" | "-EHu"
                ) =>
            {
                Some(user)
            }
            _ => None,
        })?;
        let start = command.args().first()?.span.start;
        return owns(user).then_some((sudo.span.start..start, ""));
    }
    let args = command.args();
    let text = |at: usize| args.get(at)?.literal();
    let from = args.first()?.span.start;
    let to = |at: usize| Some(from..args.get(at)?.span.start);
    match command.program()? {
        "gosu" | "su-exec" | "setuidgid" | "s6-setuidgid" => {
            let user = text(1)?;
            let user = user.split(':').next().unwrap_or_default().to_owned();
            owns(&user)
                .then(|| to(2))
                .flatten()
                .map(|range| (range, ""))
        }
        "runuser" if text(1)? == "-u" && owns(&text(2)?) => {
            let at = if text(3)? == "--" { 4 } else { 3 };
            Some((to(at)?, ""))
        }
        "su" | "runuser" => {
            let mut at = 1;
            let mut user = None;
            loop {
                match text(at)?.as_str() {
                    "-" | "-l" | "--login" | "-m" | "-p" | "--preserve-environment" | "-f" => {
                        at += 1;
                    }
                    "-s" | "--shell" => at += 2,
                    "-c" | "--command" => break,
                    name if user.is_none() && !name.starts_with('-') => {
                        user = Some(name.to_owned());
                        at += 1;
                    }
                    _ => return None,
                }
            }
            // `su -c TEXT USER` has the user behind.
            let is_last = args.len() == at + 2;
            (is_last && owns(&user?))
                .then(|| to(at + 1))
                .flatten()
                .map(|range| (range, "sh -c "))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::lex::Script;

    fn of(text: &str) -> String {
        let script = Script::parse(text.as_bytes());
        let owns = |user: &str| user == "app";
        let Some((range, replacement)) = script
            .commands
            .iter()
            .find_map(|command| switch(command, &owns))
        else {
            return text.to_owned();
        };
        [&text[..range.start], replacement, &text[range.end..]].concat()
    }

    #[test]
    fn switches_to_the_user_go() {
        assert_eq!(of("su app -c 'server -x'"), "sh -c 'server -x'");
        assert_eq!(of("exec su - app -c \"server\""), "exec sh -c \"server\"");
        assert_eq!(of("su -s /bin/sh app -c server"), "sh -c server");
        assert_eq!(of("exec gosu app server \"$@\""), "exec server \"$@\"");
        assert_eq!(of("su-exec app:app server"), "server");
        assert_eq!(of("runuser -u app -- server"), "server");
        assert_eq!(of("sudo -u app server"), "server");
    }

    #[test]
    fn others_stay() {
        for text in [
            "su other -c x",
            "su app",
            "su -c x app",
            "sudo x",
            "gosu $USER x",
            "server",
        ] {
            assert_eq!(of(text), text);
        }
    }
}
