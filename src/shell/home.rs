//! What a script, run as root, leaves in root's home, where no other user can reach it (`/root` is 0700).

use std::ops::Range;

use super::home_data::{COMMANDS, SCRIPTS, SYSTEM_SCRIPTS};
use super::lex::{Command, Script};
use super::prefix;
use super::scope::Scope;
use super::word::{Env, Part, Word};

/// Something that lands in root's home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeUse {
    /// What it is: the path as written, or the installer.
    pub what: String,
    /// How it gets there.
    pub how: HomeHow,
    /// The word, or for an installer the command.
    pub span: Range<usize>,
    /// It may not happen.
    pub conditional: bool,
}

/// How something gets into root's home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HomeHow {
    /// `/root/..` is written out.
    Path,
    /// `~` or `~/..`
    Tilde,
    /// `$HOME`
    Variable,
    /// A program known to install there.
    Installer {
        /// The variable that moves it elsewhere, if there is one; it is not set here.
        moved_by: Option<&'static str>,
    },
    /// A script from the network, of which nothing is known.
    Script,
}

/// What a script leaves in root's home. `env` gives the variables that the image sets.
pub fn root_home_uses(script: &Script, env: Env<'_>) -> Vec<HomeUse> {
    let mut scope = Scope::new(env);
    let mut uses = Vec::new();
    for (index, command) in script.commands.iter().enumerate() {
        scope.see(command);
        let program = command.program();
        // What is removed or looked at is not left there.
        if !matches!(
            program,
            Some("rm" | "rmdir" | "ls" | "echo" | "[" | "[[" | "test" | "cd")
        ) {
            let words = command
                .words
                .iter()
                .chain(command.assignments.iter().map(|(_, value)| value));
            paths(script, command, words, &mut uses);
        }
        paths(
            script,
            command,
            command.redirects.iter().map(|redirect| &redirect.target),
            &mut uses,
        );
        let Some(program) = program else { continue };
        let mut add = |what: &str, how| {
            uses.push(HomeUse {
                what: what.to_owned(),
                how,
                span: command.span.clone(),
                conditional: command.context.conditional,
            });
        };
        if matches!(program, "curl" | "wget") {
            if is_run(script, index) {
                match fetched(command) {
                    Fetched::Known(what, moved_by) if !is_set(moved_by, script, index, &scope) => {
                        add(what, HomeHow::Installer { moved_by });
                    }
                    Fetched::Unknown => add("a script from the network", HomeHow::Script),
                    _ => {}
                }
            }
        } else if let Some((_, what, moved_by)) = COMMANDS
            .iter()
            .find(|(words, ..)| words.first() == Some(&program) && arguments_start(command, words))
        {
            let elsewhere = [
                "--root",
                "--target",
                "--prefix",
                "--location",
                "--system",
                "--tool-path",
                "--install-dir",
                "--install-root",
            ];
            let moved = command.args().iter().any(|word| {
                elsewhere
                    .iter()
                    .any(|option| word.prefix().starts_with(option))
            });
            if !moved && !is_set(*moved_by, script, index, &scope) {
                add(
                    what,
                    HomeHow::Installer {
                        moved_by: *moved_by,
                    },
                );
            }
        }
    }
    uses
}

/// What a download is, by its address.
enum Fetched {
    Known(&'static str, Option<&'static str>),
    System,
    Unknown,
}

fn fetched(command: &Command) -> Fetched {
    let has = |needle: &str| command.words.iter().any(|word| word.contains(needle));
    if let Some((_, what, moved_by)) = SCRIPTS.iter().find(|(part, ..)| has(part)) {
        return Fetched::Known(what, *moved_by);
    }
    if SYSTEM_SCRIPTS.iter().any(|part| has(part)) {
        Fetched::System
    } else {
        Fetched::Unknown
    }
}

/// Whether a shell runs what the command at `index` prints: `| sh`, `sh -c "$(..)"`, `bash <(..)`.
fn is_run(script: &Script, index: usize) -> bool {
    use super::lex::Pipeline::{Last, Middle};
    let Some(command) = script.commands.get(index) else {
        return false;
    };
    for next in script.commands.iter().skip(index + 1).take(6) {
        let piped = matches!(next.context.pipeline, Middle | Last);
        let takes =
            next.words.len() > 1 && command.context.substitution && !next.context.substitution;
        let shell = next.program().is_some_and(|program| {
            prefix::is_shell(program) || matches!(program, "python" | "python3" | "eval")
        });
        if shell && (piped || takes) {
            return true;
        }
        if !piped && !command.context.substitution {
            return false;
        }
    }
    false
}

/// Whether the variable that moves an installation is set, by the image, the script, or in front of a command of the pipeline.
fn is_set(name: Option<&str>, script: &Script, index: usize, scope: &Scope<'_>) -> bool {
    let Some(name) = name else { return false };
    let near = script
        .commands
        .iter()
        .skip(index)
        .take(3)
        .flat_map(|command| &command.assignments);
    let has_home = |value: &str| value.starts_with("/root") || value.starts_with('~');
    scope.get(name).is_some_and(|value| !has_home(&value))
        || near
            .filter(|(own, _)| own == name)
            .any(|(_, value)| !has_home(value.prefix()) && !value.vars().any(|var| var == "HOME"))
}

/// Whether the command's words start so; options in between are passed over.
fn arguments_start(command: &Command, words: &[&str]) -> bool {
    let mut rest = command.args().iter().skip(1);
    words.iter().skip(1).all(|word| {
        if word.starts_with('-') {
            return command.args().iter().any(|own| own.is(word));
        }
        rest.by_ref()
            .find(|own| !own.prefix().starts_with('-'))
            .is_some_and(|own| own.is(word))
    })
}

/// Words that name root's home.
fn paths<'w>(
    script: &Script,
    command: &Command,
    words: impl Iterator<Item = &'w Word>,
    uses: &mut Vec<HomeUse>,
) {
    for word in words {
        let how = word
            .parts()
            .iter()
            .enumerate()
            .find_map(|(at, part)| match part {
                Part::Var { name, .. } if name == "HOME" => Some(HomeHow::Variable),
                Part::Literal { text, quoted } => in_literal(text, *quoted, at),
                _ => None,
            });
        if let Some(how) = how {
            let what = String::from_utf8_lossy(word.raw(script.text())).replace('\0', "");
            uses.push(HomeUse {
                what,
                how,
                span: word.span.clone(),
                conditional: command.context.conditional,
            });
        }
    }
}

fn in_literal(text: &str, quoted: bool, at: usize) -> Option<HomeHow> {
    let tilde = |text: &str| text == "~" || text.starts_with("~/");
    let after = text
        .split_once(['=', ':'])
        .is_some_and(|(_, value)| tilde(value));
    if !quoted && ((at == 0 && tilde(text)) || after) {
        return Some(HomeHow::Tilde);
    }
    let mut rest = text;
    let mut before = None;
    while let Some(found) = rest.find("/root") {
        let (head, tail) = rest.split_at(found);
        let tail = tail.get("/root".len()..)?;
        let previous = head.chars().next_back().or(before);
        let starts = previous
            .is_none_or(|one| matches!(one, ':' | '=' | ' ' | '"' | '\'' | '@' | ',' | '('));
        if starts && (tail.is_empty() || tail.starts_with(['/', ':', ' ', '"'])) {
            return Some(HomeHow::Path);
        }
        before = Some('t');
        rest = tail;
    }
    None
}
