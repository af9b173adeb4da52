//! `unroot fix`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use unroot::finding::Level;
use unroot::plan::{Patched, PatchedFile};
use unroot::render::escape::line;
use unroot::render::proof::text;
use unroot::verify::Verdict;

use super::args::{Color, FixArgs};
use super::diff::held_back;
use super::files::{Input, each, inputs, none_found, patch_input};
use super::lookup::warnings;
use super::proof::{Prover, left_behind};
use super::settings::Settings;
use super::streams::Streams;
use super::verify::needs_verify;
use super::write::{Change, replace};

pub(super) fn run(args: &FixArgs, color: Color) -> anyhow::Result<ExitCode> {
    if args.verify {
        return proven(args, color);
    }
    if let Some(option) = args.proof.used() {
        return Err(needs_verify(option));
    }
    let settings = Settings::new(&args.wanted.inputs, &args.wanted.who)?;
    let mut streams = Streams::new(color);
    let mut end = End {
        forgives: args.exit_zero,
        ..End::default()
    };
    let any = each(
        &args.wanted.inputs,
        &settings,
        |input| {
            patch_input(
                input,
                &args.wanted.inputs,
                &settings,
                args.wanted.unsafe_fixes,
            )
        },
        |input, result| {
            let planned = match result {
                Ok(planned) => planned,
                Err(message) => {
                    end.failed = true;
                    streams.err(format!("error: {}\n", line(&message)).as_bytes())?;
                    return Ok(());
                }
            };
            let patched = &planned.patched;
            end.held |= patched
                .held_back()
                .any(|(finding, _)| finding.level > Level::Note);
            let name = input.name();
            let told = format!("{}{}", report(&name, patched), held_back(&name, patched));
            let files: Vec<_> = planned.files().collect();
            let change = (planned.bytes.as_slice(), patched.after.as_deref());
            write(input, change, &files, &told, &mut streams, &mut end)
        },
    )?;
    if !any {
        streams.err(none_found(&args.wanted.inputs.paths, &settings).as_bytes())?;
    }
    streams.err(warnings(&settings.asked()).as_bytes())?;
    streams.flush()?;
    Ok(end.exit_code())
}

/// `fix --verify`: what is proven is written, and nothing else.
fn proven(args: &FixArgs, color: Color) -> anyhow::Result<ExitCode> {
    let settings = Settings::new(&args.wanted.inputs, &args.wanted.who)?;
    let mut streams = Streams::new(color);
    let mut end = End {
        forgives: args.exit_zero,
        ..End::default()
    };
    let all = inputs(&args.wanted.inputs.paths, &settings)?;
    if all.is_empty() {
        streams.err(none_found(&args.wanted.inputs.paths, &settings).as_bytes())?;
    }
    let prover = Prover::new(&args.proof, &args.wanted.inputs)?;
    for input in &all {
        let proofs = input.read().and_then(|bytes| {
            let effective = settings.of(input)?;
            Ok((prover.file(input, &bytes, &effective.options)?, bytes))
        });
        // What was called off is written no more.
        if let Some(code) = prover.interrupted() {
            streams.flush()?;
            return Ok(code);
        }
        match proofs {
            Ok((proofs, bytes)) => {
                let mut told = String::new();
                for entry in &proofs.entries {
                    let is_proven = entry.proof.verdict == Verdict::Proven;
                    end.held |= !is_proven;
                    told.push_str(if is_proven { "fixed " } else { "held back " });
                    told.push_str(&text::render(entry, streams.color()));
                }
                streams.err(left_behind(&proofs.entries).as_bytes())?;
                let change = (bytes.as_slice(), proofs.after.as_deref());
                let paths = proofs.paths.iter().map(PathBuf::as_path);
                let files: Vec<_> = paths.zip(&proofs.files).collect();
                write(input, change, &files, &told, &mut streams, &mut end)?;
            }
            Err(message) => {
                end.failed = true;
                streams.err(format!("error: {}\n", line(&message)).as_bytes())?;
            }
        }
        streams.flush()?;
    }
    streams.err(warnings(&settings.asked()).as_bytes())?;
    Ok(end.exit_code())
}

/// Writes the file back, with the files of its context that change with it, and tells what was done.
fn write(
    input: &Input,
    (before, after): (&[u8], Option<&[u8]>),
    files: &[(&Path, &PatchedFile)],
    told: &str,
    streams: &mut Streams,
    end: &mut End,
) -> anyhow::Result<()> {
    let mut changes: Vec<Change<'_>> = files
        .iter()
        .map(|(path, file)| Change {
            path,
            before: (!file.is_new()).then_some(file.before.as_slice()),
            after: &file.after,
        })
        .collect();
    match input {
        // Standard input is a filter: the file goes to standard output, changed or not.
        Input::Stdin(_) => {
            let written = replace(&changes);
            let printed = match (&written, after) {
                (Ok(()), Some(after)) => after,
                _ => before,
            };
            streams.out(printed)?;
            if let Err(error) = written {
                return fail(&error, input, streams, end);
            }
            streams.err(told.as_bytes())?;
        }
        Input::File(path) => {
            if let Some(after) = after {
                changes.insert(
                    0,
                    Change {
                        path,
                        before: Some(before),
                        after,
                    },
                );
            }
            if let Err(error) = replace(&changes) {
                return fail(&error, input, streams, end);
            }
            streams.out(told.as_bytes())?;
        }
        // Files of a commit are `unroot commit`'s.
        Input::Committed(..) | Input::Failed(_) => {}
    }
    Ok(())
}

fn fail(
    error: &std::io::Error,
    input: &Input,
    streams: &mut Streams,
    end: &mut End,
) -> anyhow::Result<()> {
    end.failed = true;
    let told = line(&format!("cannot write {}: {error}", input.name()));
    streams.err(format!("error: {told}\n").as_bytes())?;
    Ok(())
}

/// How the command came out.
#[derive(Default)]
struct End {
    held: bool,
    failed: bool,
    /// `--exit-zero`
    forgives: bool,
}

impl End {
    fn exit_code(&self) -> ExitCode {
        super::exit_code(self.failed, self.held && !self.forgives)
    }
}

/// What was done, and why.
pub(super) fn report(name: &str, patched: &Patched) -> String {
    let mut text = String::new();
    let mut tell = |words: String| {
        text.push_str(&line(&words));
        text.push('\n');
    };
    for finding in patched.applied() {
        let Ok(fix) = &finding.fix else { continue };
        tell(format!(
            "fixed {name}:{}: {} ({})",
            finding.primary.line, fix.title, fix.applicability
        ));
        for edit in &fix.edits {
            tell(format!("  {}", edit.reason));
        }
        for file in &fix.files {
            for edit in &file.edits {
                tell(format!("  {}: {}", file.path, edit.reason));
            }
        }
        for doubt in &fix.doubts {
            tell(format!("  unsafe: {} [{}]", doubt.text, doubt.id));
        }
        for remark in &fix.remarks {
            tell(format!("  note: {remark}"));
        }
    }
    text
}
