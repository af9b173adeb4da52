//! What start scripts and the text of the start command do to files when the container starts.

use crate::brought::Origin;
use crate::fix::Subject;
use crate::fix::calls::ReadScript;
use crate::fix::folders::under;
use crate::shell::files::{FileChange, Path, file_acts};
use crate::shell::lex::Script;
use crate::shell::rights::For;
use crate::survey::{quote, shell_variable};

use super::unwrap::{self, Unwrap};
use super::{What, Write, Writes, is_free, shape, workdir};

/// A command of a start script that only root may run, and that can be told to do nothing for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::fix) struct Guard {
    /// The script, by its path in the build context.
    pub(in crate::fix) path: String,
    /// Where the command starts in it, in bytes.
    pub(in crate::fix) at: usize,
    /// The command, for people.
    pub(in crate::fix) command: String,
}

pub(super) fn collect(subject: &Subject<'_, '_, '_>, writes: &mut Writes) {
    // A command without a shell may be a tool that writes, too: `["tar", "-czf", "/x.tgz", "/srv"]`.
    if let Some(call) = subject.calls.all.iter().find(|call| call.place.is_none()) {
        let words = call.words.iter().map(|word| word.text.clone());
        let script = Script::parse(&quote(words));
        let script = ReadScript {
            shown: "the start command".into(),
            rights: vec![For::Anybody; script.commands.len()],
            script,
            origin: None,
        };
        acts(subject, &script, writes);
    }
    // What a script that goes on as root writes needs no other owner.
    for script in subject.scripts_of_the_user() {
        acts(subject, script, writes);
    }
}

fn acts(subject: &Subject<'_, '_, '_>, script: &ReadScript, writes: &mut Writes) {
    let env = &subject.verdict.survey.state.env;
    let lookup = |name: &str| shell_variable(env, name);
    let shown = &script.shown;
    for act in file_acts(&script.script, &lookup, workdir(subject)) {
        let command = script
            .script
            .commands
            .iter()
            .position(|command| command.span == act.span);
        let whom = command.and_then(|at| script.rights.get(at)).copied();
        if whom == Some(For::Root) {
            continue;
        }
        let fatal = command.is_some_and(|at| script.ends_at(at));
        let (mut removed, mut left) = (Vec::<String>::new(), Vec::<Write>::new());
        let mut add = |path: &Path, what: What, weak: bool| {
            if is_free(&path.text) {
                // A file that the build left there is root's.
                if path.complete && is_there(subject, &path.text) {
                    writes.doubt(
                        "script-writes",
                        format!(
                            "{shown} writes {}, which the build leaves there as root's",
                            path.text
                        ),
                    );
                }
                return;
            }
            if path.complete {
                writes.add(Write {
                    path: path.text.clone(),
                    what,
                    why: format!("{shown} writes {}", path.text),
                    id: "script-writes",
                    weak,
                    certain: fatal && !weak && !matches!(what, What::Itself { .. }),
                });
            } else if !weak {
                writes.doubt(
                    "script-writes",
                    format!("{shown} writes or changes files when the container starts, and where is not known"),
                );
            }
        };
        match &act.what {
            FileChange::MakesDir { path, .. } => add(path, What::Folder, false),
            FileChange::Writes { path, .. } | FileChange::Loads { path } => {
                add(path, What::File, false);
            }
            FileChange::Edits { path } => add(path, What::Entry, false),
            FileChange::Links { path, .. } => add(path, What::Entry, false),
            FileChange::Unpacks { to } => add(to, What::Folder, false),
            FileChange::Copies { to, .. } => {
                let what = match shape(&to.text) {
                    What::Folder => What::Folder,
                    _ => What::File,
                };
                add(to, what, false);
            }
            FileChange::Removes { paths } => {
                for path in paths.iter().filter(|path| !path.text.contains('*')) {
                    if path.complete && is_left_by_a_run(&path.text) {
                        // The program makes it: else nothing would be there to remove.
                        let why = format!("{shown} removes {} of the last run", path.text);
                        left.push(Write::sure(&path.text, What::Socket, why));
                        removed.push(path.text.clone());
                        continue;
                    }
                    let there = path.complete && is_there(subject, &path.text);
                    add(path, What::Entry, !there);
                    removed.extend(path.complete.then(|| path.text.clone()));
                }
            }
            // That only the owner may do it, and only to himself, is for `guards` to say.
            FileChange::ChangesMode {
                paths, recursive, ..
            }
            | FileChange::ChangesOwner {
                paths, recursive, ..
            } => {
                let recursive = *recursive;
                for path in paths {
                    add(path, What::Itself { recursive }, false);
                }
            }
        }
        for write in left {
            writes.add(write);
        }
        writes.removed.append(&mut removed);
    }
}

/// The file itself brings what lies at `path`.
fn is_there(subject: &Subject<'_, '_, '_>, path: &str) -> bool {
    let survey = &subject.verdict.survey;
    subject.bringer().find(path).is_some()
        || survey.copies.iter().any(|copy| {
            copy.from.is_some() && (copy.dest == path || copy.dest != "/" && under(path, &copy.dest))
        })
        || survey.file_acts().any(|act| {
            matches!(&act.what, FileChange::Writes { path: made, .. } | FileChange::Loads { path: made } if made.text == path)
        })
}

/// A pid file, a lock or a socket, which a server makes when it starts.
fn is_left_by_a_run(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    matches!(ending, Some("pid" | "sock" | "lock")) && !is_free(path)
}

/// Programs that change accounts or owners, which only root may, and which other users can do without.
const ACCOUNTS: [&str; 14] = [
    "chown", "chgrp", "usermod", "groupmod", "useradd", "adduser", "groupadd", "addgroup",
    "userdel", "deluser", "groupdel", "delgroup", "chpasswd", "passwd",
];

/// The commands of start scripts that fail for whoever `owns` does not name, each with its guard, or the command
/// where it cannot be guarded. `owns` tells whether an owner, as `chown` takes it, is the user.
pub(super) fn guards(
    subject: &Subject<'_, '_, '_>,
    owns: &dyn Fn(&str) -> bool,
) -> Vec<Result<Guard, String>> {
    let env = &subject.verdict.survey.state.env;
    let lookup = |name: &str| shell_variable(env, name);
    let mut all = Vec::new();
    for script in subject.scripts_of_the_user() {
        let own: Vec<_> = file_acts(&script.script, &lookup, workdir(subject))
            .into_iter()
            .filter(|act| {
                let FileChange::ChangesOwner { paths, owner, .. } = &act.what else {
                    return false;
                };
                let fine = |path: &Path| path.complete && !under(path.text.as_str(), "/root");
                owner.as_deref().is_some_and(owns) && paths.iter().all(fine)
            })
            .map(|act| act.span)
            .collect();
        // The mode of /tmp or /dev/stdout is its owner's to change.
        let chmods: Vec<_> = file_acts(&script.script, &lookup, workdir(subject))
            .into_iter()
            .filter(|act| {
                let FileChange::ChangesMode { paths, .. } = &act.what else {
                    return false;
                };
                paths
                    .iter()
                    .any(|path| path.complete && is_free(&path.text))
            })
            .map(|act| act.span)
            .collect();
        for (at, command) in script.script.commands.iter().enumerate() {
            let named = command
                .program()
                .is_some_and(|program| ACCOUNTS.contains(&program));
            let of_root = chmods.contains(&command.span);
            let skipped = !(named || of_root)
                || command.context.substitution
                || script.rights.get(at) == Some(&For::Root)
                || own.contains(&command.span);
            if !skipped {
                all.push(guard(script, command.span.clone()));
            }
        }
    }
    all
}

/// The commands of start scripts that switch to the user.
pub(super) fn unwraps(subject: &Subject<'_, '_, '_>, owns: &dyn Fn(&str) -> bool) -> Vec<Unwrap> {
    let scripts = subject.calls.scripts.iter().enumerate();
    scripts
        .filter(|(_, script)| !subject.goes_on_as_root(script.script.text()))
        .flat_map(|(at, script)| unwrap::unwraps(at, script, owns))
        .collect()
}

/// Where a script lies in the build context, if it does and can be written.
pub(super) fn context_path(script: &ReadScript) -> Option<String> {
    match &script.origin {
        Some(Origin::Context(path)) => Some(path.clone()),
        _ => None,
    }
}

/// A guard in front of a command that starts its line in a script of the build context.
fn guard(script: &ReadScript, span: std::ops::Range<usize>) -> Result<Guard, String> {
    let text = script.script.text();
    let command = text.get(span.clone()).unwrap_or_default();
    let command = String::from_utf8_lossy(command);
    let command: String = command
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(80)
        .collect();
    let Some(path) = context_path(script) else {
        return Err(command);
    };
    let before = text.get(..span.start).unwrap_or_default();
    let line = before
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let starts_line = line.iter().all(|byte| matches!(byte, b' ' | b'\t'));
    // A line that an escape continues belongs to the command above.
    let above = before.get(..before.len() - line.len()).unwrap_or_default();
    let above = above.strip_suffix(b"\n").unwrap_or(above);
    let above = above.strip_suffix(b"\r").unwrap_or(above);
    let continued = above.ends_with(b"\\")
        || above.ends_with(b"|")
        || above.ends_with(b"&&")
        || above.ends_with(b"||");
    if !starts_line || continued {
        return Err(command);
    }
    Ok(Guard {
        path,
        at: span.start,
        command,
    })
}
