//! What the container runs when it starts, and the script behind it.

use crate::context::BuildContext;
use crate::shell::stepdown::{FirstProgram, first_program};
use crate::stages::{Command, Form, Lookup, Stages, join};
use crate::survey::{Copied, Survey, is_shell_shebang};

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

/// A script that a container starts, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartScript {
    /// Where it was found, for people.
    pub shown: String,
    /// Its text.
    pub text: Vec<u8>,
    /// Found by its whole path, not by its name alone.
    pub exact: bool,
}

/// Finds the script that `program` names among what the target copied or wrote.
pub fn script(
    program: &str,
    survey: &Survey,
    stages: &Stages<'_, '_>,
    context: &dyn BuildContext,
) -> Option<StartScript> {
    let paths = places(program, survey);
    let name = program.rsplit('/').next().filter(|name| !name.is_empty())?;
    let found = survey
        .copies
        .iter()
        .rev()
        .find_map(|copy| {
            paths
                .iter()
                .find_map(|path| copied(copy, path, stages, context))
        })
        .or_else(|| written(&paths, survey));
    let by_name = || {
        let copy = survey
            .copies
            .iter()
            .rev()
            .filter(|copy| copy.from.is_none())
            .find_map(|copy| {
                let source = copy
                    .sources
                    .iter()
                    .find(|source| source.rsplit('/').next() == Some(name))?;
                Some((source, context.read(source)?))
            });
        copy.map(|(source, text)| StartScript {
            shown: source.clone(),
            text,
            exact: false,
        })
    };
    found
        .or_else(by_name)
        .filter(|script| !script.text.contains(&0) && is_shell_shebang(&script.text))
}

/// The absolute paths that a program's name can mean.
fn places(program: &str, survey: &Survey) -> Vec<String> {
    let workdir = survey
        .state
        .workdir
        .as_ref()
        .map_or("/", |workdir| workdir.path.as_str());
    if program.contains('/') {
        return vec![join(workdir, program)];
    }
    let path = survey.state.env.get("PATH").unwrap_or_default();
    path.split(':')
        .filter(|folder| folder.starts_with('/'))
        .chain([
            "/usr/local/sbin",
            "/usr/local/bin",
            "/usr/sbin",
            "/usr/bin",
            "/sbin",
            "/bin",
        ])
        .map(|folder| join(folder, program))
        .collect()
}

fn copied(
    copy: &Copied,
    path: &str,
    stages: &Stages<'_, '_>,
    context: &dyn BuildContext,
) -> Option<StartScript> {
    if copy.from.is_some() {
        return None;
    }
    let below = path
        .strip_prefix(copy.dest.trim_end_matches('/'))
        .and_then(|rest| rest.strip_prefix('/'));
    for (name, body) in &copy.heredocs {
        if path == copy.dest || below == Some(name.as_str()) {
            return Some(StartScript {
                shown: format!("the heredoc {name}"),
                text: body.of(stages.document.bytes).to_vec(),
                exact: true,
            });
        }
    }
    for source in &copy.sources {
        let source = source.trim_start_matches("./").trim_end_matches('/');
        let name = source.rsplit('/').next().unwrap_or(source);
        let folder = &source[..source.len() - name.len()];
        let candidate = match below {
            None if path == copy.dest && !copy.into_folder => source.to_owned(),
            None => continue,
            Some(rest) if rest == name => source.to_owned(),
            Some(rest) if matches!(source, "" | ".") => rest.to_owned(),
            Some(rest) if name.contains('*') && !rest.contains('/') && matches_glob(name, rest) => {
                format!("{folder}{rest}")
            }
            Some(rest) => format!("{source}/{rest}"),
        };
        if let Some(text) = context.read(&candidate) {
            return Some(StartScript {
                shown: candidate,
                text,
                exact: true,
            });
        }
    }
    None
}

/// A script that a RUN writes: `cat > /x <<EOF`, `echo '...' > /x`, `printf ... >> /x`.
fn written(paths: &[String], survey: &Survey) -> Option<StartScript> {
    use crate::shell::lex::RedirectOp;
    let mut text = Vec::new();
    for run in &survey.runs {
        for command in &run.script.commands {
            let to_path = command.redirects.iter().any(|redirect| {
                matches!(redirect.op, RedirectOp::Write | RedirectOp::Append)
                    && redirect
                        .target
                        .literal()
                        .is_some_and(|target| paths.contains(&target))
            });
            if !to_path {
                continue;
            }
            if let Some(heredoc) = run.script.heredoc_of(command) {
                text.extend_from_slice(heredoc.text.as_bytes());
            } else {
                for word in command.args().iter().skip(1) {
                    let literal = word.literal().unwrap_or_default();
                    text.extend_from_slice(literal.replace("\\n", "\n").as_bytes());
                    text.push(b'\n');
                }
            }
        }
    }
    (!text.is_empty()).then(|| StartScript {
        shown: "a RUN".into(),
        text,
        exact: false,
    })
}

/// `*` alone, which is all that start scripts are copied with.
fn matches_glob(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    for (index, part) in parts.iter().enumerate() {
        if index + 1 == parts.len() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::matches_glob;

    #[test]
    fn globs_of_copied_scripts() {
        assert!(matches_glob("*.sh", "start.sh"));
        assert!(matches_glob("docker-*.sh", "docker-entrypoint.sh"));
        assert!(!matches_glob("*.sh", "start.py"));
        assert!(!matches_glob("a*", "b"));
    }
}
