//! `unroot diff`

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use unroot::finding::Level;
use unroot::plan::Patched;
use unroot::render;

use super::args::{Color, DiffArgs};
use super::files::{Input, Planned, each, patch_input};
use super::settings::Settings;
use super::streams::Streams;

pub(super) fn run(args: &DiffArgs, color: Color) -> anyhow::Result<ExitCode> {
    let settings = Settings::new(&args.wanted.inputs, &args.wanted.who)?;
    let mut streams = Streams::new(color);
    let (mut findings, mut failed) = (false, false);
    let colored = streams.color();
    let mut printed = BTreeSet::new();
    each(
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
            match result {
                Ok(planned) => {
                    let patched = &planned.patched;
                    findings |= patched
                        .analysis
                        .findings
                        .iter()
                        .any(|finding| finding.level > Level::Note);
                    let name = match input {
                        Input::Stdin(_) => args.stdin_filename.clone(),
                        _ => patch_path(Path::new(&input.name())),
                    };
                    streams.out(&patch_of(&planned, &name, &mut printed, colored)?)?;
                    streams.err(held_back(&input.name(), patched).as_bytes())?;
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

/// What the fixes of one file change, as a patch that calls it `name`; nothing when nothing changes.
/// `printed` holds the files of build contexts that earlier patches changed.
pub(super) fn patch_of(
    planned: &Planned,
    name: &str,
    printed: &mut BTreeSet<PathBuf>,
    color: bool,
) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let Some(after) = &planned.patched.after else {
        return Ok(text);
    };
    render::diff::write(&mut text, name, &planned.bytes, after, color)?;
    for (path, file) in planned.files() {
        // Two Dockerfiles may want the same of one file.
        if printed.insert(path.to_owned()) {
            let name = patch_path(path);
            render::diff::write_file(&mut text, &name, file, color)?;
        }
    }
    Ok(text)
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
pub(super) fn patch_path(path: &Path) -> String {
    let folder = std::env::current_dir().ok();
    let canonical = folder
        .as_ref()
        .and_then(|folder| folder.canonicalize().ok());
    let mut folders = folder.iter().chain(&canonical);
    let relative =
        folders.find_map(|folder| path.strip_prefix(folder).ok().map(super::files::shown));
    relative.unwrap_or_else(|| super::files::shown(path).trim_start_matches('/').to_owned())
}
