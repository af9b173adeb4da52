//! Directories, owners, modes and files: what a script does in the file system.

use std::ops::Range;

use super::edit_tools;
use super::file_tools::{act, find, writes};
use super::lex::Script;
use super::output_tools;
use super::paths::join;
use super::scope::Scope;
use super::word::Env;

pub use super::paths::Path;

/// Something that a script does to files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAct {
    /// What is done.
    pub what: FileChange,
    /// It may not be done.
    pub conditional: bool,
    /// The command.
    pub span: Range<usize>,
}

/// What is done to files. Paths are absolute and without `.` and `..` when that much is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileChange {
    /// A directory is made.
    MakesDir {
        /// Where.
        path: Path,
        /// Its mode, as written.
        mode: Option<String>,
        /// Its owner, as `chown` takes it: `app`, `app:app`, `:app`.
        owner: Option<String>,
        /// Whether the directories above it are made too.
        parents: bool,
    },
    /// Files get an owner or a group.
    ChangesOwner {
        /// Which files.
        paths: Vec<Path>,
        /// The owner as `chown` takes it; `:group` for `chgrp`; `None` when it is not known.
        owner: Option<String>,
        /// With all that is below.
        recursive: bool,
    },
    /// Files get a mode.
    ChangesMode {
        /// Which files.
        paths: Vec<Path>,
        /// The mode, as written.
        mode: String,
        /// With all that is below.
        recursive: bool,
        /// Others, who are neither the owner nor in the group, are left without access.
        excludes_others: bool,
    },
    /// A file is written.
    Writes {
        /// Which file.
        path: Path,
        /// It is added to, not replaced.
        append: bool,
    },
    /// A file is replaced by a changed copy: the folder around it is written, too.
    Edits {
        /// Which file.
        path: Path,
    },
    /// Files of an archive or of the network land in a folder.
    Unpacks {
        /// Which folder.
        to: Path,
    },
    /// A file is loaded from the network.
    Loads {
        /// Where it lands.
        path: Path,
    },
    /// A symbolic or hard link is made.
    Links {
        /// What it points to, as written.
        target: Path,
        /// Where it stands.
        path: Path,
        /// Whether it is symbolic.
        symbolic: bool,
    },
    /// Files are copied or moved.
    Copies {
        /// From where.
        from: Vec<Path>,
        /// To where.
        to: Path,
        /// They keep owner and mode.
        keeps: bool,
    },
    /// Files are removed.
    Removes {
        /// Which files.
        paths: Vec<Path>,
    },
}

/// What a script does to files, in order. It starts in `start` and its `cd` is followed.
pub fn file_acts(script: &Script, env: Env<'_>, start: &str) -> Vec<FileAct> {
    let mut scope = Scope::new(env);
    let mut here = Path {
        text: start.to_owned(),
        complete: start.starts_with('/'),
    };
    let mut acts = Vec::new();
    for command in &script.commands {
        scope.see(command);
        let mut add = |what| {
            acts.push(FileAct {
                what,
                conditional: command.context.conditional,
                span: command.span.clone(),
            });
        };
        if !command.context.substitution {
            writes(command, &scope, &here, &mut add);
        }
        let Some(program) = command.program() else {
            continue;
        };
        let args = command.args().get(1..).unwrap_or_default();
        match program {
            "cd" | "pushd" if !command.context.substitution => {
                let to = args
                    .iter()
                    .find(|word| !word.prefix().starts_with('-') || word.is("-"));
                here = match to.map(|word| (word.is("-"), scope.one(word))) {
                    Some((false, to)) => join(&here, &to),
                    _ => Path {
                        text: String::new(),
                        complete: false,
                    },
                };
                here.complete &= !command.context.branch;
            }
            "popd" => here.complete = false,
            "find" => {
                find(args, &scope, &here, &mut add);
                output_tools::act(program, args, &scope, &here, &mut add);
            }
            _ => {
                act(program, args, &scope, &here, &mut add);
                edit_tools::act(program, args, &scope, &here, &mut add);
                output_tools::act(program, args, &scope, &here, &mut add);
            }
        }
    }
    acts
}
