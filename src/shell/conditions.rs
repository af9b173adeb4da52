//! What the branches of an entrypoint rest on: being root, its arguments, or something else.

use super::lex::{Command, Script};
use super::word::Word;

/// When a container gives up root, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// Always.
    Always,
    /// When it was started as root, as a test of `id -u` or the like says: so never is the program run as root.
    IfRoot,
    /// When its arguments are the expected ones; else it stays root.
    IfArgument,
    /// On some other condition.
    Sometimes,
    /// Never: only a step of the preparation runs as another user.
    NotMain,
}

/// What asks for the user that runs the script.
const ASKS_WHO_RUNS: &[&str] = &[
    "id -u)",
    "id -u`",
    "id -u |",
    "id -u|",
    "id -u 2>",
    "id -un)",
    "id -un`",
    "id -ru)",
    "id -g)",
    "id --user)",
    "id -nu)",
    "whoami",
    "$(id)",
];

/// What is known of a script's variables.
#[derive(Default)]
pub(super) struct Known {
    /// Those that hold the number or name of the user that runs it.
    pub(super) uid: Vec<String>,
    /// Those that hold an argument.
    pub(super) arguments: Vec<String>,
}

impl Known {
    /// Whether a word's command substitution asks for the user that runs the script.
    pub(super) fn asks_who_runs(script: &Script, word: &Word) -> bool {
        ASKS_WHO_RUNS
            .iter()
            .any(|ask| script.mentions(&word.span, ask))
    }

    /// Takes in an assignment.
    pub(super) fn see(&mut self, script: &Script, name: &str, value: &Word) {
        if self.uid.len() < MAX_KNOWN
            && ASKS_WHO_RUNS
                .iter()
                .any(|ask| script.mentions(&value.span, ask))
        {
            self.uid.push(name.to_owned());
        }
        if self.arguments.len() < MAX_KNOWN
            && value
                .vars()
                .any(|name| matches!(name, "1" | "@" | "*" | "0"))
        {
            self.arguments.push(name.to_owned());
        }
    }
}

/// How many variables of a kind are kept.
const MAX_KNOWN: usize = 64;

/// What a branch rests on.
#[derive(Clone, Copy, Default)]
pub(super) struct Conditions {
    pub(super) root: bool,
    pub(super) argument: bool,
    pub(super) other: bool,
}

impl Conditions {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            root: self.root || other.root,
            argument: self.argument || other.argument,
            other: self.other || other.other,
        }
    }

    pub(super) fn when(self) -> When {
        match self {
            Self { other: true, .. } => When::Sometimes,
            Self { argument: true, .. } => When::IfArgument,
            Self { root: true, .. } => When::IfRoot,
            _ => When::Always,
        }
    }
}

/// What the branches rest on that a command stands in.
pub(super) fn conditions(script: &Script, known: &Known, command: &Command) -> Conditions {
    let mut all = Conditions::default();
    let mut command = command;
    for _ in 0..16 {
        let Some(guard) = command.context.guard.filter(|_| command.context.branch) else {
            break;
        };
        let Some(test) = script.commands.get(guard) else {
            break;
        };
        all = all.and(ask(script, known, test, command));
        command = test;
    }
    all
}

/// What one test asks.
fn ask(script: &Script, known: &Known, test: &Command, of: &Command) -> Conditions {
    let Some(span) = script.guard_span(of) else {
        return Conditions::default();
    };
    let mentions = |word: &str| script.mentions(&span, word);
    // Whether the script was sourced: as an entrypoint it is not.
    if mentions("sourced") || mentions("BASH_SOURCE") {
        return Conditions::default();
    }
    let names = || test.words.iter().flat_map(Word::vars);
    let has_word = |texts: &[&str]| {
        test.words
            .iter()
            .any(|word| texts.iter().any(|text| word.is(text)))
    };
    // `id -u app` asks whether a user is there; these ask who runs.
    let asks_id = ASKS_WHO_RUNS.iter().any(|ask| mentions(ask));
    let compares = names().any(|name| matches!(name, "UID" | "EUID"))
        && has_word(&["0", "-gt", "-ne"])
        || names().any(|name| name == "USER") && has_word(&["root"])
        || mentions("EUID");
    let root = asks_id || compares || names().any(|name| known.uid.iter().any(|own| own == name));
    let argument = names().any(|name| {
        matches!(
            name,
            "1" | "@" | "#" | "*" | "0" | "cmd" | "CMD" | "COMMAND" | "command"
        ) || known.arguments.iter().any(|own| own == name)
    });
    let other = !root && !argument;
    Conditions {
        root,
        argument,
        other,
    }
}
