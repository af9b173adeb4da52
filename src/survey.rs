//! What the instructions of a target do, gathered in one walk: users, directories, copies, ports.
//! Facts only; what follows from them is decided above.

use crate::dockerfile::{Keyword, StringArray, View, string_array};
use crate::shell::accounts::Accounts;
use crate::shell::files::{FileAct, file_acts};
use crate::shell::lex::Script;
use crate::shell::users::{self, AccountAct, Dialect};
use crate::source::Span;
use crate::stages::{Env, Stages, State, Step, UserSetting, join, list};

/// The facts of one target stage and of the stages that it is built from.
#[derive(Debug)]
pub struct Survey {
    /// The stage that was asked for.
    pub target: usize,
    /// What its container starts with.
    pub state: State,
    /// Every instruction that ran, in order.
    pub steps: Vec<StepFacts>,
    /// RUN instructions, read.
    pub runs: Vec<Run>,
    /// COPY and ADD.
    pub copies: Vec<Copied>,
    /// VOLUME.
    pub volumes: Vec<Volume>,
    /// Ports of EXPOSE; those of unknown variables are left out.
    pub ports: Vec<Port>,
    /// Users and groups that RUN instructions made.
    pub accounts: Accounts,
}

/// One instruction as it ran.
#[derive(Debug, Clone)]
pub struct StepFacts {
    /// Index of the instruction in the document.
    pub instruction: usize,
    /// The stage in which it ran.
    pub stage: usize,
    /// It is a trigger of an ONBUILD.
    pub triggered: bool,
    /// Which instruction.
    pub keyword: Keyword,
    /// USER in force before it; none: the base's user.
    pub user: Option<UserSetting>,
    /// The path that a WORKDIR leads to, when this is one.
    pub workdir: Option<String>,
}

/// A RUN.
#[derive(Debug)]
pub struct Run {
    /// Its place in [`Survey::steps`].
    pub step: usize,
    /// Its commands.
    pub script: Script,
    /// What it does to files.
    pub files: Vec<FileAct>,
    /// What it does to users and groups.
    pub accounts: Vec<AccountAct>,
}

/// A COPY or ADD.
#[derive(Debug, Clone)]
pub struct Copied {
    /// Its place in [`Survey::steps`].
    pub step: usize,
    /// Sources, as written but for variables.
    pub sources: Vec<String>,
    /// The destination, absolute where the WORKDIR is known.
    pub dest: String,
    /// The destination is certainly a folder.
    pub into_folder: bool,
    /// `--from=`.
    pub from: Option<String>,
    /// `--chown=`, expanded.
    pub chown: Option<String>,
    /// `--chmod=`.
    pub chmod: Option<String>,
    /// Inline files: name and body in the Dockerfile.
    pub heredocs: Vec<(String, Span)>,
}

impl Copied {
    /// Its sources or its destination are called `name`, rather than a folder around it.
    pub fn names(&self, name: &str) -> bool {
        let last = |path: &str| path.trim_end_matches('/').rsplit('/').next() == Some(name);
        last(&self.dest) || self.sources.iter().any(|source| last(source))
    }
}

/// A path of a VOLUME.
#[derive(Debug, Clone)]
pub struct Volume {
    /// Its place in [`Survey::steps`].
    pub step: usize,
    /// The path, expanded.
    pub path: String,
    /// No variable without a value is in it, and it is absolute.
    pub certain: bool,
}

/// A port of an EXPOSE.
#[derive(Debug, Clone, Copy)]
pub struct Port {
    /// Its place in [`Survey::steps`].
    pub step: usize,
    /// The number (the first of a range).
    pub number: u16,
}

impl Survey {
    /// Walks the stage `target`. `dialect` tells how the base's `adduser` is read.
    pub fn read(stages: &Stages<'_, '_>, target: usize, dialect: Dialect) -> Self {
        let mut gatherer = Gatherer {
            stages,
            dialect,
            survey: Self {
                target,
                state: State::default(),
                steps: Vec::new(),
                runs: Vec::new(),
                copies: Vec::new(),
                volumes: Vec::new(),
                ports: Vec::new(),
                accounts: Accounts::default(),
            },
        };
        let state = stages.walk(target, |step, state| gatherer.step(step, state));
        let mut survey = gatherer.survey;
        survey.state = state;
        survey
    }

    /// What the RUN instructions do to files, in order.
    pub fn file_acts(&self) -> impl Iterator<Item = &FileAct> {
        self.runs.iter().flat_map(|run| &run.files)
    }

    /// What the RUN instructions do to users and groups, in order.
    pub fn account_acts(&self) -> impl Iterator<Item = &AccountAct> {
        self.runs.iter().flat_map(|run| &run.accounts)
    }
}

struct Gatherer<'w, 'd, 's> {
    stages: &'w Stages<'d, 's>,
    dialect: Dialect,
    survey: Survey,
}

impl Gatherer<'_, '_, '_> {
    fn step(&mut self, step: &Step<'_>, state: &State) {
        let at = self.survey.steps.len();
        let workdir = state.working_folder();
        let mut leads_to = None;
        match step.view.keyword {
            Keyword::Run => self.run(at, step, state, workdir),
            Keyword::Copy | Keyword::Add => self.copy(at, step, &state.env, workdir),
            Keyword::Volume => {
                for path in list(step.view.args) {
                    let var = state
                        .env
                        .expand(&path, step.view.escape)
                        .unwrap_or_default();
                    self.survey.volumes.push(Volume {
                        step: at,
                        certain: var.missing.is_none() && var.value.starts_with('/'),
                        path: var.value,
                    });
                }
            }
            Keyword::Expose => {
                for word in list(step.view.args) {
                    let var = state
                        .env
                        .expand(&word, step.view.escape)
                        .unwrap_or_default();
                    for port in var.value.split_whitespace().filter_map(port) {
                        self.survey.ports.push(Port {
                            step: at,
                            number: port,
                        });
                    }
                }
            }
            Keyword::Workdir => {
                let text = String::from_utf8_lossy(step.view.args);
                leads_to = state
                    .env
                    .expand(&text, step.view.escape)
                    .ok()
                    .filter(|var| var.missing.is_none())
                    .map(|var| join(workdir, &var.value));
            }
            _ => {}
        }
        self.survey.steps.push(StepFacts {
            instruction: step.instruction,
            stage: step.stage,
            triggered: step.triggered,
            keyword: step.view.keyword,
            user: state.user.clone(),
            workdir: leads_to,
        });
    }

    fn run(&mut self, at: usize, step: &Step<'_>, state: &State, workdir: &str) {
        let script = Script::parse(&self.run_text(step));
        let env = |name: &str| shell_variable(&state.env, name);
        let files = file_acts(&script, &env, workdir);
        let accounts = users::accounts(&script, &env, self.dialect);
        for act in &accounts {
            self.survey.accounts.apply(act, at);
        }
        self.survey.runs.push(Run {
            step: at,
            script,
            files,
            accounts,
        });
    }

    /// The shell text of a RUN: its arguments, or what its heredoc holds.
    fn run_text(&self, step: &Step<'_>) -> Vec<u8> {
        let args = step.view.args;
        if let StringArray::Strings(words) = string_array(args) {
            return quote(words.into_iter().map(|(word, _)| word));
        }
        let instruction = &self.stages.document.instructions[step.instruction];
        let Some(first) = instruction.heredocs.first() else {
            return args.to_vec();
        };
        let bytes = self.stages.document.bytes;
        let sole = instruction.heredocs.len() == 1
            && args.starts_with(b"<<")
            && !args
                .iter()
                .any(|byte| matches!(byte, b' ' | b'\t' | b'|' | b'&' | b'>'));
        if sole {
            let body = first.body.of(bytes);
            let foreign = body.starts_with(b"#!") && !is_shell_shebang(body);
            return if foreign { Vec::new() } else { body.to_vec() };
        }
        let rest = Span::new(first.body.start, instruction.span.end);
        [args, b"\n", rest.of(bytes)].concat()
    }

    fn copy(&mut self, at: usize, step: &Step<'_>, env: &Env, workdir: &str) {
        let View { head, escape, .. } = step.view;
        let expand = |text: &str| {
            env.expand(text, escape)
                .map_or_else(|_| text.to_owned(), |var| var.value)
        };
        let instruction = &self.stages.document.instructions[step.instruction];
        let mut words = list(step.view.args);
        let Some(dest) = words.pop() else { return };
        let dest = expand(&dest);
        let heredocs = instruction
            .heredocs
            .iter()
            .map(|heredoc| {
                (
                    String::from_utf8_lossy(&heredoc.name).into_owned(),
                    heredoc.body,
                )
            })
            .collect();
        let sources: Vec<String> = words
            .iter()
            .filter(|word| !word.starts_with("<<"))
            .map(|word| expand(word))
            .collect();
        self.survey.copies.push(Copied {
            step: at,
            into_folder: dest.ends_with('/')
                || dest.ends_with("/.")
                || dest == "."
                || words.len() > 1,
            dest: join(workdir, &dest),
            sources,
            from: head.flag("from").map(str::to_owned),
            chown: head.flag("chown").map(expand),
            chmod: head.flag("chmod").map(str::to_owned),
            heredocs,
        });
    }
}

/// A variable as a RUN's shell sees it; none where it has no known value.
pub(crate) fn shell_variable(env: &Env, name: &str) -> Option<String> {
    env.var(name)
        .filter(|var| var.missing.is_none())
        .map(|var| var.value.clone())
}

/// An argument list as shell text.
pub(crate) fn quote(words: impl Iterator<Item = String>) -> Vec<u8> {
    let quoted: Vec<String> = words
        .map(|word| format!("'{}'", word.replace('\'', "'\\''")))
        .collect();
    quoted.join(" ").into_bytes()
}

/// True for a script that a POSIX shell or its kin runs.
pub(crate) fn is_shell_shebang(script: &[u8]) -> bool {
    let line = script
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let Some(rest) = line.strip_prefix("#!") else {
        return true;
    };
    rest.split_whitespace()
        .filter_map(|word| word.rsplit('/').next())
        .any(|word| {
            matches!(
                word,
                "sh" | "bash" | "dash" | "ash" | "ksh" | "zsh" | "busybox" | "with-contenv"
            )
        })
}

/// `8080`, `8080/tcp`, `8000-8010`, `0.0.0.0:80:8080`.
fn port(word: &str) -> Option<u16> {
    let number = word.split('/').next()?.rsplit(':').next()?;
    number.split('-').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_expose() {
        assert_eq!(port("80"), Some(80));
        assert_eq!(port("53/udp"), Some(53));
        assert_eq!(port("7000-7010/tcp"), Some(7000));
        assert_eq!(port("127.0.0.1:80:8080"), Some(8080));
        assert_eq!(port("http"), None);
    }
}
