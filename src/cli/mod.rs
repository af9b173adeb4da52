//! The command line: arguments, files, streams, exit codes.

mod action;
mod args;
mod baseline;
mod check;
mod check_image;
mod commit;
mod committed;
mod completions;
mod config;
mod diff;
mod environment;
mod explain;
mod files;
mod fix;
mod init;
mod interrupt;
mod lookup;
mod lsp;
mod pr;
mod progress;
mod proof;
mod reports;
mod settings;
mod streams;
mod summary;
mod verify;
mod write;

use std::io::Write;
use std::process::ExitCode;

use args::Command;
pub(crate) use environment::Arguments;
use unroot::render::escape::line;
use unroot::repo::RepoError;

/// Runs the command and says how the process ends.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let color = arguments.cli.color;
    let result = match &arguments.cli.command {
        Command::Check(args) => check::run(args, color),
        Command::Diff(args) => diff::run(args, color),
        Command::Fix(args) => fix::run(args, color),
        Command::Commit(args) => commit::run(args, color),
        Command::Pr(args) => pr::run(args, color),
        Command::Verify(args) => verify::run(args, color),
        Command::Explain(args) => explain::run(args),
        Command::Config(args) => config::run(args, arguments),
        Command::Init(args) => init::run(args),
        Command::Lsp(args) => lsp::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => completions::man(args),
        Command::Action => action::run(color),
    };
    match result {
        // Somebody closed the pipe (`unroot check | head`): nothing is wrong.
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        other => other,
    }
}

/// How a command ends: a file that could not be read or written weighs more than what was found.
fn exit_code(failed: bool, found: bool) -> ExitCode {
    match (failed, found) {
        (true, _) => ExitCode::from(2),
        (false, true) => ExitCode::from(1),
        (false, false) => ExitCode::SUCCESS,
    }
}

/// One line for the error and one `help:` line where there is something to do, with where an option comes from that
/// nobody wrote on the command line.
pub(crate) fn report_error(error: &anyhow::Error, arguments: &Arguments) {
    let mut stderr = anstream::stderr();
    let mut told = format!("{error:#}");
    // Nobody is left to be told when this fails.
    let _ = writeln!(stderr, "error: {}", line(&told));
    let known = error.downcast_ref::<WithHelp>();
    let help = known.map(|with| with.help.clone());
    let help = help.or_else(|| error.downcast_ref::<RepoError>()?.help());
    if let Some(help) = help {
        let _ = writeln!(stderr, "help: {}", line(&help));
        told = format!("{told} {help}");
    }
    for (option, variable) in arguments.of_environment(&told) {
        let _ = writeln!(stderr, "note: {option} is from the environment: {variable}");
    }
}

/// An error that knows what the user can do.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct WithHelp {
    message: String,
    help: String,
}

impl WithHelp {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
