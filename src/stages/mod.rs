//! Stages: the graph they form, their variables, and what each instruction finds when it runs.

mod command;
mod env;
mod graph;
mod refused;
mod sources;
mod state;
mod walk;

pub use crate::dockerfile::Lookup;
pub use command::{Command, Form, exec_form};
pub use env::{BuildArgs, Env, Missing, Var};
pub(crate) use graph::list;
pub use graph::{BaseRef, Stage, Stages, Target, TargetError};
pub use sources::plain_sources;
pub(crate) use state::join;
pub use state::{State, UserSetting, Workdir};
pub use walk::Step;
