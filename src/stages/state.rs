//! What is in force at one place of a stage.

use super::command::Command;
use super::env::{Env, Missing};

/// The settings that instructions change and the container starts with.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// Variables.
    pub env: Env,
    /// The last USER; none: the base image's user.
    pub user: Option<UserSetting>,
    /// The last WORKDIR; none: the base image's.
    pub workdir: Option<Workdir>,
    /// SHELL; none: the default `/bin/sh -c` (or the base's).
    pub shell: Option<Vec<String>>,
    /// ENTRYPOINT in force; none: the base's.
    pub entrypoint: Option<Command>,
    /// CMD in force; none: the base's, unless `cmd_cleared`.
    pub cmd: Option<Command>,
    /// An ENTRYPOINT has cleared the inherited CMD.
    pub cmd_cleared: bool,
    /// Why the stage does not build, where that is certain from the file.
    pub failure: Option<(usize, String)>,
    pub(super) cmd_in_this_stage: bool,
}

impl State {
    /// The WORKDIR, or `/`.
    pub fn working_folder(&self) -> &str {
        self.workdir
            .as_ref()
            .map_or("/", |workdir| workdir.path.as_str())
    }
}

/// A USER in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSetting {
    /// Expanded: `user`, `user:group`, or empty for root.
    pub value: String,
    /// Index of the instruction that sets it (the ONBUILD, for a trigger).
    pub instruction: usize,
    /// Set by an ONBUILD trigger of the base stage.
    pub triggered: bool,
    /// A build argument can change it.
    pub from_arg: bool,
    /// A variable in it that has no value.
    pub missing: Option<Missing>,
}

/// A WORKDIR in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workdir {
    /// Absolute and cleaned.
    pub path: String,
    /// Index of the instruction that sets it.
    pub instruction: usize,
    /// False when it rests on a variable without a value, or on the base's own WORKDIR.
    pub certain: bool,
}

/// Joins `path` to `base` and resolves `.` and `..`, as Docker does for WORKDIR.
pub(crate) fn join(base: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let from_base = if path.starts_with('/') { "" } else { base };
    for part in from_base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn workdirs_add_up() {
        assert_eq!(join("/", "app"), "/app");
        assert_eq!(join("/app", "src/"), "/app/src");
        assert_eq!(join("/app", "/srv"), "/srv");
        assert_eq!(join("/app", "../x/./y"), "/x/y");
        assert_eq!(join("/", "/"), "/");
    }
}
