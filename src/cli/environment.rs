//! Arguments from the environment: `UNROOT_SOME_NAME` stands for `--some-name`, below what the command line says.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::builder::BoolishValueParser;
use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{
    Arg, ArgAction, ArgMatches, Args as _, Command, CommandFactory as _, FromArgMatches as _,
};

use super::args::{Cli, ProofArgs, lazy};

/// The arguments, and where each is from.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) cli: Cli,
    matches: ArgMatches,
}

/// Where a value is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    CommandLine,
    Environment,
    Default,
}

impl Origin {
    /// For people; `option` is how the command line has it.
    pub(super) fn text(self, option: &str) -> String {
        match self {
            Self::CommandLine => option.to_owned(),
            Self::Environment => variable(option.trim_start_matches('-')),
            Self::Default => "default".to_owned(),
        }
    }
}

const PREFIX: &str = "UNROOT_";

impl Arguments {
    /// Reads the command line, below it the environment. Ends the process as clap does where that is asked for
    /// or something is wrong.
    pub(crate) fn read() -> Self {
        let words: Vec<OsString> = std::env::args_os().collect();
        let of_called = lazy::of_named(&words, Cli::command);
        // What is wrong, or asked for, is told by the whole description.
        parse(of_called, &words)
            .or_else(|_| parse(Cli::command(), &words))
            .unwrap_or_else(|error| error.exit())
    }

    /// The options that a text names and whose value is the environment's, each with its variable.
    pub(super) fn of_environment(&self, text: &str) -> Vec<(String, String)> {
        let mut called = &Cli::command();
        let mut matches = &self.matches;
        while let Some((name, below)) = matches.subcommand() {
            called = called.find_subcommand(name).unwrap_or(called);
            matches = below;
        }
        let is_named = |long: &str| {
            let mut words = text.split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
            words.any(|word| word.strip_prefix("--") == Some(long))
        };
        called
            .get_arguments()
            .filter_map(|arg| Some((arg.get_id(), arg.get_long()?)))
            .filter(|(id, long)| is_named(long) && self.origin(id.as_str()) == Origin::Environment)
            .map(|(_, long)| (format!("--{long}"), variable(long)))
            .collect()
    }

    /// Where the value of the option with this identifier is from.
    pub(super) fn origin(&self, id: &str) -> Origin {
        let mut matches = &self.matches;
        while let Some((_, below)) = matches.subcommand() {
            matches = below;
        }
        // Asking for what the command does not have is an error, and no panic.
        match matches
            .try_contains_id(id)
            .ok()
            .and_then(|_| matches.value_source(id))
        {
            Some(ValueSource::CommandLine) => Origin::CommandLine,
            Some(ValueSource::EnvVariable) => Origin::Environment,
            _ => Origin::Default,
        }
    }
}

fn parse(command: Command, words: &[OsString]) -> clap::error::Result<Arguments> {
    let any = std::env::vars_os()
        .any(|(name, value)| !value.is_empty() && name.to_string_lossy().starts_with(PREFIX));
    let command = if any {
        with_environment(command, words)
    } else {
        command
    };
    let told = |mut error: clap::Error| {
        name_variable(&mut error, words);
        error
    };
    let mut command = command;
    let matches = command.try_get_matches_from_mut(words).map_err(told)?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    Ok(Arguments { cli, matches })
}

/// The command with what the environment says of the one that is called. An option is left alone where the
/// command line has it, has one that excludes it, or lacks the one without which it means nothing.
fn with_environment(command: Command, words: &[OsString]) -> Command {
    let lenient = command.clone().ignore_errors(true);
    let Ok(matches) = lenient.try_get_matches_from(words) else {
        return command;
    };
    below(command, &matches)
}

fn below(command: Command, matches: &ArgMatches) -> Command {
    let given = |id: &str| {
        matches.try_contains_id(id).is_ok()
            && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for arg in command.get_arguments().filter(|arg| is_set(arg)) {
        let id = arg.get_id().as_str();
        let rivals = command.get_arg_conflicts_with(arg);
        // Conflicts are written at one of the two.
        let excluded = rivals.iter().any(|rival| given(rival.get_id().as_str()))
            || command.get_arguments().any(|other| {
                given(other.get_id().as_str())
                    && command
                        .get_arg_conflicts_with(other)
                        .iter()
                        .any(|rival| rival.get_id() == arg.get_id())
            });
        if !given(id) && !excluded {
            taken.insert(id.to_owned());
        }
    }
    let has = |id: &str, taken: &BTreeSet<String>| given(id) || taken.contains(id);
    let needs: Vec<String> = command
        .get_arguments()
        .filter(|arg| taken.contains(arg.get_id().as_str()))
        .filter(|arg| needed(&command, arg).is_some_and(|id| !has(id, &taken)))
        .map(|arg| arg.get_id().to_string())
        .collect();
    for id in needs {
        taken.remove(&id);
    }
    let command = command.mut_args(|arg| {
        if taken.contains(arg.get_id().as_str()) {
            from_environment(arg)
        } else {
            arg
        }
    });
    match matches.subcommand() {
        Some((name, inner)) => command.mut_subcommand(name, |command| below(command, inner)),
        None => command,
    }
}

/// The option without which this one means nothing.
fn needed(command: &Command, arg: &Arg) -> Option<&'static str> {
    let has = |id: &str| command.get_arguments().any(|arg| arg.get_id() == id);
    if has("verify") && is_of_proof(arg) {
        return Some("verify");
    }
    (arg.get_id() == "remote" && has("push")).then_some("push")
}

/// True for an option that says how a proof is made.
fn is_of_proof(arg: &Arg) -> bool {
    let proof = ProofArgs::augment_args(Command::new("proof"));
    proof
        .get_arguments()
        .any(|other| other.get_id() == arg.get_id())
}

fn from_environment(arg: Arg) -> Arg {
    let Some(name) = arg.get_long().map(variable) else {
        return arg;
    };
    let is_switch = matches!(arg.get_action(), ArgAction::SetTrue);
    let is_list = matches!(arg.get_action(), ArgAction::Append);
    let arg = arg.env(name).hide_env(true);
    if is_switch {
        return arg.value_parser(BoolishValueParser::new());
    }
    // A line each: commas and blanks may stand in a value.
    if is_list {
        arg.value_delimiter('\n')
    } else {
        arg
    }
}

/// True for an option that the environment has a value for. One without text is none: workflows set such.
fn is_set(arg: &Arg) -> bool {
    let is_ours = matches!(
        arg.get_action(),
        ArgAction::Set | ArgAction::Append | ArgAction::SetTrue
    );
    let name = arg.get_long().map(variable).filter(|_| is_ours);
    name.and_then(std::env::var_os)
        .is_some_and(|value| !value.is_empty())
}

/// Whether the environment has something for the option.
pub(super) fn says(option: &str) -> bool {
    let name = variable(option.trim_start_matches('-'));
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// `UNROOT_SOME_NAME` of `some-name`.
fn variable(long: &str) -> String {
    format!("{PREFIX}{}", long.replace('-', "_").to_ascii_uppercase())
}

/// Says of a wrong value that it is not the command line's.
fn name_variable(error: &mut clap::Error, words: &[OsString]) {
    let Some(ContextValue::String(arg)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    let Some(long) = arg
        .split([' ', '=', '['])
        .next()
        .and_then(|arg| arg.strip_prefix("--"))
    else {
        return;
    };
    let option = format!("--{long}");
    let written = words.iter().any(|word| {
        let word = word.to_string_lossy();
        word == option.as_str() || word.starts_with(&format!("{option}="))
    });
    let name = variable(long);
    if !written && std::env::var_os(&name).is_some() {
        let told = format!("{arg} (from the environment: {name})");
        error.insert(ContextKind::InvalidArg, ContextValue::String(told));
    }
}
