//! Runs a stage's instructions in order, those of its parent stages and its triggers first.

use crate::dockerfile::{Keyword, StringArray, View, assignments, quoted_words, string_array};

use super::command::Command;
use super::env::{Env, Var};
use super::graph::{BaseRef, Stages};
use super::state::{State, UserSetting, Workdir, join};

/// One instruction as it is run.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Index of the instruction in the document (the ONBUILD, for a trigger).
    pub instruction: usize,
    /// The stage in which it runs.
    pub stage: usize,
    /// Run for an ONBUILD of the base stage.
    pub triggered: bool,
    /// Keyword, flags and arguments.
    pub view: View<'a>,
}

impl Stages<'_, '_> {
    /// Runs the stage `index` from its outermost base on and returns what its container starts with.
    /// `visit` sees each step with the state before it.
    pub fn walk(&self, index: usize, mut visit: impl FnMut(&Step<'_>, &State)) -> State {
        let mut state = State::default();
        let escape = self.document.directives.escape;
        for at in self.chain(index) {
            state.cmd_in_this_stage = false;
            let stage = &self.all[at];
            if let BaseRef::Stage(parent) = stage.base {
                for at in self.all[parent].body.clone() {
                    let trigger = self.document.instructions[at].trigger_view();
                    if let Some(view) = trigger {
                        let step = Step {
                            instruction: at,
                            stage: stage.index,
                            triggered: true,
                            view,
                        };
                        visit(&step, &state);
                        self.apply(&step, &mut state);
                    }
                }
            }
            for at in stage.body.clone() {
                let instruction = &self.document.instructions[at];
                let step = Step {
                    instruction: at,
                    stage: stage.index,
                    triggered: false,
                    view: instruction.view(escape),
                };
                visit(&step, &state);
                self.apply(&step, &mut state);
            }
        }
        state
    }

    fn apply(&self, step: &Step<'_>, state: &mut State) {
        let view = &step.view;
        let result = match view.keyword {
            Keyword::Arg => self.arg(view, &mut state.env),
            Keyword::Env => env(view, &mut state.env),
            Keyword::User => user(step, state),
            Keyword::Workdir => workdir(step, state),
            Keyword::Shell => {
                if let StringArray::Strings(words) = string_array(view.args) {
                    state.shell = Some(words.into_iter().map(|(word, _)| word).collect());
                }
                Ok(())
            }
            Keyword::Cmd => {
                state.cmd = Some(Command::read(view, step.instruction));
                state.cmd_in_this_stage = true;
                state.cmd_cleared = false;
                Ok(())
            }
            Keyword::Entrypoint => {
                state.entrypoint = Some(Command::read(view, step.instruction));
                if !state.cmd_in_this_stage {
                    state.cmd = None;
                    state.cmd_cleared = true;
                }
                Ok(())
            }
            _ => Ok(()),
        };
        if let (Err(why), None) = (result, &state.failure) {
            state.failure = Some((step.instruction, why));
        }
    }

    fn arg(&self, view: &View<'_>, env: &mut Env) -> Result<(), String> {
        for word in quoted_words(view.args, view.escape) {
            let text = String::from_utf8_lossy(&view.args[word]);
            let (name, default) = match text.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (text.as_ref(), None),
            };
            let name = env
                .expand(name, view.escape)
                .map_err(|error| error.to_string())?
                .value;
            let default = default
                .map(|value| {
                    env.expand(value, view.escape)
                        .map_err(|error| error.to_string())
                })
                .transpose()?;
            let var = match self.build_args.get(&name) {
                Some(value) => Some(Var {
                    value: value.to_owned(),
                    from_arg: true,
                    missing: None,
                }),
                None => default.or_else(|| self.globals.var(&name).cloned()),
            };
            match var {
                Some(var) => env.set(
                    name,
                    Var {
                        from_arg: true,
                        ..var
                    },
                ),
                None => env.declare(&name),
            }
        }
        Ok(())
    }
}

fn env(view: &View<'_>, env: &mut Env) -> Result<(), String> {
    let pairs = assignments("ENV", view.args, view.escape)?;
    let expand = |range: std::ops::Range<usize>| {
        env.expand(&String::from_utf8_lossy(&view.args[range]), view.escape)
            .map_err(|error| error.to_string())
    };
    // All values of one ENV see the variables as they were before it.
    let mut new = Vec::with_capacity(pairs.len());
    for pair in pairs {
        new.push((expand(pair.name)?.value, expand(pair.value)?));
    }
    for (name, var) in new {
        env.set(name, var);
    }
    Ok(())
}

fn user(step: &Step<'_>, state: &mut State) -> Result<(), String> {
    let text = String::from_utf8_lossy(step.view.args);
    let var = state
        .env
        .expand(&text, step.view.escape)
        .map_err(|error| error.to_string())?;
    state.user = Some(UserSetting {
        value: var.value,
        instruction: step.instruction,
        triggered: step.triggered,
        from_arg: var.from_arg,
        missing: var.missing,
    });
    Ok(())
}

fn workdir(step: &Step<'_>, state: &mut State) -> Result<(), String> {
    let text = String::from_utf8_lossy(step.view.args);
    let var = state
        .env
        .expand(&text, step.view.escape)
        .map_err(|error| error.to_string())?;
    let absolute = var.value.starts_with('/');
    let before = state.workdir.as_ref();
    state.workdir = Some(Workdir {
        path: join(
            before.map_or("/", |workdir| workdir.path.as_str()),
            &var.value,
        ),
        instruction: step.instruction,
        certain: var.missing.is_none()
            && (absolute || before.is_some_and(|workdir| workdir.certain)),
    });
    Ok(())
}
