//! What the container runs when it starts, and the script behind it.

use crate::brought::{Bringer, Brought, places};
use crate::shell::stepdown::{FirstProgram, first_program};
use crate::stages::{Command, Form};
use crate::survey::{Survey, is_shell_shebang};

/// The command that the container starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The words that the file gives, behind the base's ENTRYPOINT where that is in force; none where
    /// the file gives none.
    pub argv: Option<Vec<String>>,
    /// The instruction that names the program; none: the base image.
    pub instruction: Option<usize>,
    /// The ENTRYPOINT is the base's own.
    pub base_entrypoint: bool,
    /// The CMD is the base's own (or there is none).
    pub base_cmd: bool,
}

impl Start {
    /// Reads it from the final state of a stage and what is known of its base.
    pub fn of(survey: &Survey) -> Self {
        let state = &survey.state;
        let entrypoint = state
            .entrypoint
            .as_ref()
            .filter(|entrypoint| !entrypoint.is_empty());
        let cmd = state.cmd.as_ref().filter(|cmd| !cmd.is_empty());
        let cleared = state.entrypoint.as_ref().is_some_and(Command::is_empty);
        match (entrypoint, cmd) {
            (Some(entrypoint), cmd) => Self {
                argv: Some(words(entrypoint, cmd)),
                instruction: Some(entrypoint.instruction),
                base_entrypoint: false,
                base_cmd: false,
            },
            (None, Some(cmd)) => Self {
                argv: Some(words(cmd, None)),
                instruction: Some(cmd.instruction),
                base_entrypoint: !cleared,
                base_cmd: false,
            },
            (None, None) => Self {
                argv: None,
                instruction: None,
                base_entrypoint: !cleared,
                base_cmd: !state.cmd_cleared && state.cmd.is_none(),
            },
        }
    }

    /// The program behind tini, env, shells and the like.
    pub fn program(&self) -> Option<FirstProgram> {
        first_program(self.argv.as_ref()?)
    }
}

fn words(command: &Command, cmd: Option<&Command>) -> Vec<String> {
    match &command.form {
        Form::Shell(text) => vec!["/bin/sh".into(), "-c".into(), text.clone()],
        Form::Exec(words) => {
            let mut words = words.clone();
            if let Some(cmd) = cmd {
                words.extend(self::words(cmd, None));
            }
            words
        }
    }
}

/// The file behind `program`, among what the target brings, whatever it holds.
pub fn file(program: &str, bringer: Bringer<'_>) -> Option<Brought> {
    let name = program.rsplit('/').next().filter(|name| !name.is_empty())?;
    let paths = places(program, bringer.survey);
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let exact = paths.iter().find_map(|path| bringer.find(path));
    exact
        .or_else(|| bringer.written(&paths))
        .or_else(|| bringer.by_name(name))
}

/// The shell script behind `program`, among what the target brings.
pub fn script(program: &str, bringer: Bringer<'_>) -> Option<Brought> {
    file(program, bringer).filter(|found| !found.text.contains(&0) && is_shell_shebang(&found.text))
}
