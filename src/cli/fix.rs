//! `unroot fix`

use std::process::ExitCode;

use unroot::finding::Level;
use unroot::plan::Patched;

use super::args::{Color, FixArgs};
use super::config::options;
use super::diff::held_back;
use super::files::{Input, each, patch_input};
use super::streams::Streams;
use super::write::replace;

pub(super) fn run(args: &FixArgs, color: Color) -> anyhow::Result<ExitCode> {
    let options = options(&args.inputs, &args.who)?;
    let mut streams = Streams::new(color);
    let (mut held, mut failed) = (false, false);
    each(
        &args.inputs,
        |input| patch_input(input, &args.inputs, &options, args.unsafe_fixes),
        |input, result| {
            let (bytes, patched) = match result {
                Ok(result) => result,
                Err(message) => {
                    failed = true;
                    streams.err(format!("error: {message}\n").as_bytes())?;
                    return Ok(());
                }
            };
            held |= patched
                .held_back()
                .any(|(finding, _)| finding.level > Level::Note);
            let name = input.name();
            match input {
                // Standard input is a filter: the file goes to standard output, changed or not.
                Input::Stdin(_) => {
                    streams.out(patched.after.as_deref().unwrap_or(&bytes))?;
                    streams.err(report(&name, &patched).as_bytes())?;
                    streams.err(held_back(&name, &patched).as_bytes())?;
                }
                Input::File(path) => {
                    if let Some(after) = &patched.after
                        && let Err(error) = replace(path, &bytes, after)
                    {
                        failed = true;
                        streams.err(format!("error: cannot write {name}: {error}\n").as_bytes())?;
                        return Ok(());
                    }
                    streams.out(report(&name, &patched).as_bytes())?;
                    streams.out(held_back(&name, &patched).as_bytes())?;
                }
                Input::Failed(_) => {}
            }
            Ok(())
        },
    )?;
    streams.flush()?;
    Ok(match (failed, held) {
        (true, _) => ExitCode::from(2),
        (false, true) => ExitCode::from(1),
        (false, false) => ExitCode::SUCCESS,
    })
}

/// What was done, and why.
fn report(name: &str, patched: &Patched) -> String {
    let mut text = String::new();
    for finding in patched.applied() {
        let Ok(fix) = &finding.fix else { continue };
        text.push_str(&format!(
            "fixed {name}:{}: {} ({})\n",
            finding.primary.line, fix.title, fix.applicability
        ));
        for edit in &fix.edits {
            text.push_str(&format!("  {}\n", edit.reason));
        }
        for doubt in &fix.doubts {
            text.push_str(&format!("  unsafe: {} [{}]\n", doubt.text, doubt.id));
        }
        for remark in &fix.remarks {
            text.push_str(&format!("  note: {remark}\n"));
        }
    }
    text
}
