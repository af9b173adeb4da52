//! A start script of the file's own that needs root and passes its arguments on: it stays in front, as root, and what it
//! runs steps down. gosu's users write that into the script itself.

use crate::fix::Subject;
use crate::fix::folders::is_system;
use crate::programs::{Kind, find};
use crate::shell::argv::{ProgramKind, first_program};
use crate::shell::called::passes_arguments_on;
use crate::shell::files::{FileChange, file_acts};
use crate::shell::lex::Script;
use crate::stages::Form;
use crate::start::script;
use crate::survey::shell_variable;

use super::is_wished;

/// A script that goes on as root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::fix) struct Behind {
    /// For people.
    pub(in crate::fix) shown: String,
    /// Its text, by which it is known again.
    pub(in crate::fix) text: Vec<u8>,
    /// Its place among the words of ENTRYPOINT.
    pub(super) index: usize,
}

/// Init programs that may as well stand behind the script.
const INITS: [&str; 4] = ["tini", "tini-static", "dumb-init", "catatonit"];

/// The start script behind which the container steps down; none where it steps down before everything else.
pub(in crate::fix) fn find_script(subject: &Subject<'_, '_, '_>) -> Option<Behind> {
    if !is_wished(subject) {
        return None;
    }
    let state = &subject.verdict.survey.state;
    let entrypoint = state.entrypoint.as_ref()?;
    let Form::Exec(words) = &entrypoint.form else {
        return None;
    };
    let argv = subject.verdict.start.argv.as_ref()?;
    let first = first_program(argv)?;
    let plain = first.kind != ProgramKind::Text
        && subject.body().contains(&entrypoint.instruction)
        && first.index < words.len()
        && argv.len() > first.index + 1;
    let name = |word: &String| word.rsplit('/').next().unwrap_or_default().to_owned();
    let by_init = first.index > 0 && INITS.contains(&name(&words[0]).as_str());
    if !plain || (first.index > 0 && !by_init) {
        return None;
    }
    let brought = script(argv.get(first.index)?, subject.bringer()).filter(|found| found.exact)?;
    let parsed = Script::parse(&brought.text);
    let needs = passes_arguments_on(&parsed) && needs_root(subject, &parsed);
    needs.then_some(Behind {
        shown: brought.shown,
        text: brought.text,
        index: first.index,
    })
}

/// It changes owners, accounts or the system's files, or calls what does.
fn needs_root(subject: &Subject<'_, '_, '_>, script: &Script) -> bool {
    const OF_ROOT: [&str; 16] = [
        "chown",
        "chgrp",
        "usermod",
        "groupmod",
        "useradd",
        "adduser",
        "groupadd",
        "addgroup",
        "userdel",
        "deluser",
        "chpasswd",
        "passwd",
        "apt-get",
        "apk",
        "update-ca-certificates",
        "ldconfig",
    ];
    let env = &subject.verdict.survey.state.env;
    let lookup = |name: &str| shell_variable(env, name);
    let calls = script.commands.iter().any(|command| {
        command.program().is_some_and(|program| {
            OF_ROOT.contains(&program)
                || find(program).is_some_and(|row| matches!(row.kind, Kind::Root | Kind::Rights))
        })
    });
    let workdir = subject.verdict.survey.state.working_folder();
    let system = |path: &crate::shell::files::Path| path.complete && is_system(&path.text);
    let writes = file_acts(script, &lookup, workdir)
        .iter()
        .any(|act| match &act.what {
            FileChange::ChangesOwner { .. } => true,
            FileChange::MakesDir { path, .. }
            | FileChange::Writes { path, .. }
            | FileChange::Loads { path }
            | FileChange::Edits { path }
            | FileChange::Links { path, .. } => system(path),
            FileChange::Copies { to, .. } | FileChange::Unpacks { to } => system(to),
            FileChange::Removes { paths } | FileChange::ChangesMode { paths, .. } => {
                paths.iter().any(system)
            }
        });
    calls || writes
}
