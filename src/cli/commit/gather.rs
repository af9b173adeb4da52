//! The fixes of all selected files, as changes of the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use unroot::finding::Level;
use unroot::plan::{Patched, PatchedFile};
use unroot::pr::body::{FileNote, LeftAlone};
use unroot::pr::describe::{Changed, changed, left_alone};
use unroot::render::escape::line;
use unroot::repo::{Change, Lying, Mode, Repo};

use crate::cli::args::Inputs;
use crate::cli::committed::Committed;
use crate::cli::diff::held_back;
use crate::cli::files::{Input, Planned, each_of, patch_input, shown};
use crate::cli::fix::report;
use crate::cli::proof::{Prover, left_behind};
use crate::cli::settings::Settings;

use super::again;
use super::proven::{Proven, prove};

/// What is fixed, and how.
pub(super) struct Wish<'a> {
    pub(super) repo: &'a Repo,
    pub(super) source: &'a Arc<Committed>,
    pub(super) inputs: &'a Inputs,
    pub(super) settings: &'a Settings,
    pub(super) unsafe_fixes: bool,
    /// Only what it proves is taken, unsafe fixes included.
    pub(super) prover: Option<&'a Prover<'a>>,
}

/// A Dockerfile and what changes with it.
pub(in crate::cli) struct Part {
    pub(in crate::cli) path: PathBuf,
    /// What a pull request says of it.
    pub(in crate::cli) note: FileNote,
    /// What its fixes do, a line each.
    pub(super) titles: Vec<String>,
    pub(super) changes: Vec<Change>,
}

/// What stays as it is.
#[derive(Debug, serde::Serialize)]
pub(in crate::cli) struct Held {
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) finding: String,
    pub(super) reason: String,
}

/// All of it.
#[derive(Default)]
pub(in crate::cli) struct Gathered {
    pub(in crate::cli) parts: Vec<Part>,
    pub(in crate::cli) held: Vec<Held>,
    /// The same, as a pull request says it.
    pub(in crate::cli) left: Vec<LeftAlone>,
    /// A signal called it off: nothing is to be written.
    pub(in crate::cli) interrupted: Option<std::process::ExitCode>,
    /// Files that could not be read, or not be looked at.
    pub(in crate::cli) errors: Vec<String>,
    /// What was done, for people.
    pub(super) told: String,
    /// Fixed files that have changes which are not committed.
    pub(super) uncommitted: Vec<String>,
}

/// Fixes the inputs side by side. `tell` gets what is to be said at once.
pub(super) fn gather(
    wish: &Wish<'_>,
    inputs: Vec<Input>,
    mut tell: impl FnMut(&str) -> anyhow::Result<()>,
) -> anyhow::Result<Gathered> {
    let mut gathered = Gathered::default();
    // Two Dockerfiles may want the same of one file, and not two things.
    let mut taken: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    let single = inputs.len() == 1;
    // A repository is for one thread; what the others need is not.
    let (from, settings, unsafe_fixes) = (wish.inputs, wish.settings, wish.unsafe_fixes);
    each_of(
        inputs.into_iter(),
        single,
        |input| patch_input(input, from, settings, unsafe_fixes),
        |input, result| {
            let planned = match result {
                Ok(planned) => planned,
                Err(message) => {
                    tell(&format!("error: {}\n", line(&message)))?;
                    gathered.errors.push(message);
                    return Ok(());
                }
            };
            let name = input.name();
            let Input::Committed(path, _) = input else {
                return Ok(());
            };
            let mut complaints = String::new();
            let mut proven = None;
            if let Some(prover) = wish.prover {
                if prover.interrupted().is_some() || gathered.interrupted.is_some() {
                    gathered.interrupted = prover.interrupted();
                    return Ok(());
                }
                match prove(wish, prover, input, path, &planned) {
                    Ok(found) => {
                        complaints.push_str(&left_behind(&found.entries));
                        proven = Some(found);
                    }
                    Err(reason) => {
                        refuse(&mut gathered, &name, &planned.patched, &reason);
                        let told = line(&format!("held back {name}: {reason}"));
                        return tell(&(told + "\n"));
                    }
                }
                gathered.interrupted = prover.interrupted();
            }
            if let Some(proven) = &proven {
                for held in proven.held(&name) {
                    let told = format!("held back {name}:{}: {}", held.line, held.reason);
                    complaints.push_str(&(line(&told) + "\n"));
                    gathered.left.push(LeftAlone {
                        path: name.clone(),
                        why: format!("{}; {}", held.finding, held.reason),
                    });
                    gathered.held.push(held);
                }
            } else {
                complaints = held_back(&name, &planned.patched);
                hold(&mut gathered, &name, &planned.patched);
                gathered.left.extend(left_alone(&name, &planned.patched));
            }
            let part = match part(wish, path, &planned, proven.as_ref(), &taken)? {
                Ok(Some(part)) => part,
                Ok(None) => return tell(&complaints),
                Err(reason) => {
                    refuse(&mut gathered, &name, &planned.patched, &reason);
                    let told = line(&format!("held back {name}: {reason}"));
                    return tell(&format!("{complaints}{told}\n"));
                }
            };
            let mut notes = complaints;
            for change in &part.changes {
                let lying = wish.repo.lying(&change.path)?;
                if wish.source.worktree.is_none() && lying == Lying::Changed {
                    let name = shown(&change.path);
                    notes.push_str(&format!(
                        "note: {name} has uncommitted changes: the committed file is fixed (--worktree takes it as it lies)\n"
                    ));
                    gathered.uncommitted.push(name);
                }
            }
            let changes = part.changes.iter();
            taken.extend(changes.map(|change| (change.path.clone(), change.bytes.clone())));
            gathered.parts.push(part);
            if proven.is_none() {
                gathered.told.push_str(&report(&name, &planned.patched));
            }
            tell(&notes)
        },
    )?;
    Ok(gathered)
}

/// The changes of a Dockerfile; none when nothing changes; or why they cannot be committed.
fn part(
    wish: &Wish<'_>,
    path: &Path,
    planned: &Planned,
    proven: Option<&Proven>,
    taken: &BTreeMap<PathBuf, Vec<u8>>,
) -> anyhow::Result<Result<Option<Part>, String>> {
    let after = match proven {
        Some(proven) => &proven.after,
        None => &planned.patched.after,
    };
    let Some(after) = after else {
        return Ok(Ok(None));
    };
    let files: Vec<(PathBuf, &PatchedFile)> = match proven {
        Some(proven) => proven
            .files
            .iter()
            .map(|(path, file)| (path.clone(), file))
            .collect(),
        None => planned
            .files()
            .map(|(place, file)| (wish.source.below_top(place), file))
            .collect(),
    };
    let mut wanted: Vec<(PathBuf, &[u8], Mode)> = vec![(path.to_owned(), after, Mode::Kept)];
    wanted.extend(files.iter().map(|(path, file)| {
        let mode = if file.is_new() {
            Mode::Executable
        } else {
            Mode::Kept
        };
        (path.clone(), file.after.as_slice(), mode)
    }));
    let mut changes = Vec::new();
    for (path, bytes, mode) in wanted {
        let name = shown(&path);
        // The Dockerfile itself is named where this is told.
        let told = |reason: String| {
            if changes.is_empty() {
                reason
            } else {
                format!("{name}: {reason}")
            }
        };
        if let Some(module) = wish.source.tree.submodule(&path) {
            return Ok(Err(format!(
                "{name} lies in the submodule {}",
                shown(&module)
            )));
        }
        // A new file lies nowhere yet, and is as git has it.
        let lies = wish.source.worktree.is_some() && mode == Mode::Kept;
        let bytes = if lies {
            match wish.repo.form(&path)? {
                Ok(form) => form.blob(bytes),
                Err(reason) => return Ok(Err(told(reason))),
            }
        } else if let Some(reason) = wish.repo.filtered(&path)? {
            return Ok(Err(told(reason)));
        } else {
            bytes.to_vec()
        };
        if taken.get(&path).is_some_and(|known| *known != bytes) {
            return Ok(Err(format!(
                "{name} is changed for another Dockerfile, too, and otherwise"
            )));
        }
        changes.push(Change { path, mode, bytes });
    }
    Ok(Ok(Some(Part {
        path: path.to_owned(),
        note: note(path, planned, after, &files, proven),
        titles: match proven {
            Some(proven) => proven
                .fixes(planned)
                .iter()
                .map(|(_, fix)| fix.title.clone())
                .collect(),
            None => titles(&planned.patched),
        },
        changes,
    })))
}

/// What a pull request says of the file.
fn note(
    path: &Path,
    planned: &Planned,
    after: &[u8],
    files: &[(PathBuf, &PatchedFile)],
    proven: Option<&Proven>,
) -> FileNote {
    let name = shown(path);
    let findings = planned.patched.applied();
    let fixes: Vec<_> = match proven {
        Some(proven) => proven.fixes(planned),
        None => findings
            .filter_map(|finding| Some((finding, finding.fix.as_ref().ok()?)))
            .collect(),
    };
    let files: Vec<_> = files
        .iter()
        .map(|(path, file)| (shown(path), *file))
        .collect();
    let files: Vec<_> = files
        .iter()
        .map(|(name, file)| (name.as_str(), *file))
        .collect();
    changed(&Changed {
        path: &name,
        before: &planned.bytes,
        after,
        fixes: &fixes,
        files: &files,
        proofs: &proven.map(Proven::proofs).unwrap_or_default(),
        verify: &format!(
            "unroot verify {}{}",
            again::flags(&planned.effective.options.wish),
            quoted(&name)
        ),
    })
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |ch: char| ch.is_ascii_alphanumeric() || "/._-+@%,=".contains(ch);
    if !path.starts_with('-') && path.chars().all(plain) {
        return path.to_owned();
    }
    format!("'./{}'", path.replace('\'', "'\\''"))
}

fn titles(patched: &Patched) -> Vec<String> {
    let fixes = patched
        .applied()
        .filter_map(|finding| finding.fix.as_ref().ok());
    fixes.map(|fix| fix.title.clone()).collect()
}

fn hold(gathered: &mut Gathered, name: &str, patched: &Patched) {
    for (finding, reason) in patched.held_back() {
        if finding.level > Level::Note {
            gathered.held.push(Held {
                path: name.to_owned(),
                line: finding.primary.line,
                finding: finding.message.clone(),
                reason: reason.text.clone(),
            });
        }
    }
}

/// Holds all fixes of a file back, those that only a proof would let through included.
fn refuse(gathered: &mut Gathered, name: &str, patched: &Patched, reason: &str) {
    let others = patched.held_back().map(|(finding, _)| finding);
    let heavy = others.filter(|finding| finding.level > Level::Note);
    for finding in patched.applied().chain(heavy) {
        gathered.held.push(Held {
            path: name.to_owned(),
            line: finding.primary.line,
            finding: finding.message.clone(),
            reason: reason.to_owned(),
        });
    }
}
