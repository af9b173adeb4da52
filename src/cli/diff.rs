//! `unroot diff`

use std::process::ExitCode;

use unroot::finding::Level;
use unroot::plan::Patched;
use unroot::render;

use super::args::{Color, DiffArgs};
use super::config::options;
use super::files::{Input, each, patch_input};
use super::streams::Streams;

pub(super) fn run(args: &DiffArgs, color: Color) -> anyhow::Result<ExitCode> {
    let options = options(&args.inputs, &args.who)?;
    let mut streams = Streams::new(color);
    let (mut findings, mut failed) = (false, false);
    let colored = streams.color();
    each(
        &args.inputs,
        |input| patch_input(input, &args.inputs, &options, args.unsafe_fixes),
        |input, result| {
            match result {
                Ok((bytes, patched)) => {
                    findings |= patched
                        .analysis
                        .findings
                        .iter()
                        .any(|finding| finding.level > Level::Note);
                    if let Some(after) = &patched.after {
                        let name = match input {
                            Input::Stdin(_) => args.stdin_filename.clone(),
                            _ => patch_path(std::path::Path::new(&input.name())),
                        };
                        let mut text = Vec::new();
                        render::diff::write(&mut text, &name, &bytes, after, colored)?;
                        streams.out(&text)?;
                    }
                    streams.err(held_back(&input.name(), &patched).as_bytes())?;
                }
                Err(message) => {
                    failed = true;
                    streams.err(format!("error: {message}\n").as_bytes())?;
                }
            }
            Ok(())
        },
    )?;
    streams.flush()?;
    Ok(super::exit_code(failed, findings))
}

/// A line for each finding that weighs and stays, with the reason.
pub(super) fn held_back(name: &str, patched: &Patched) -> String {
    let mut text = String::new();
    for (finding, reason) in patched.held_back() {
        if finding.level > Level::Note {
            text.push_str(&format!(
                "held back {name}:{}: {}: {}\n",
                finding.primary.line, finding.message, reason.text
            ));
        }
    }
    text
}

/// The path that the patch names: relative to the working folder wherever that is possible.
pub(super) fn patch_path(path: &std::path::Path) -> String {
    let relative = std::env::current_dir()
        .ok()
        .and_then(|folder| path.strip_prefix(folder).ok().map(super::files::shown));
    relative.unwrap_or_else(|| super::files::shown(path).trim_start_matches('/').to_owned())
}
