//! `unroot diff`

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use unroot::finding::Level;
use unroot::plan::Patched;
use unroot::render::escape::line;
use unroot::render::{self, Found, Report};

use super::args::{Color, DiffArgs};
use super::files::{Input, Planned, each, none_found, patch_input};
use super::lookup::warnings;
use super::reports::Reports;
use super::settings::Settings;
use super::streams::Streams;

pub(super) fn run(args: &DiffArgs, color: Color) -> anyhow::Result<ExitCode> {
    let inputs = &args.wanted.inputs;
    let settings = Settings::new(inputs, &args.wanted.who)?;
    let mut streams = Streams::new(color);
    let text = |color, _| -> Box<dyn Report> { Box::new(Patch { color }) };
    let mut reports = Reports::open(&args.report, &inputs.paths, text, &mut streams)?;
    let (mut findings, mut failed) = (false, false);
    let mut printed = BTreeSet::new();
    let any = each(
        inputs,
        &settings,
        |input| patch_input(input, inputs, &settings, args.wanted.unsafe_fixes),
        |input, result| {
            match result {
                Ok(planned) => {
                    let patched = &planned.patched;
                    findings |= patched
                        .analysis
                        .findings
                        .iter()
                        .any(|finding| args.fail.fails(finding));
                    let path = match input {
                        Input::Stdin(_) => args.stdin_filename.clone(),
                        _ => patch_path(Path::new(&input.name())),
                    };
                    let found = Found {
                        name: &input.name(),
                        path: &path,
                        bytes: &planned.bytes,
                        analysis: &patched.analysis,
                        patch: &patch_of(&planned, &path, &mut printed, false)?,
                    };
                    reports.add(&found, &mut streams)?;
                    // A runner reads commands on standard error, too, and its annotations say the same.
                    if !reports.is_for_runner() {
                        streams.err(held_back(&input.name(), patched).as_bytes())?;
                    }
                }
                Err(message) => {
                    failed = true;
                    reports.fail(&message, &mut streams)?;
                }
            }
            Ok(())
        },
    )?;
    if !any && !reports.is_for_runner() {
        streams.err(none_found(&inputs.paths, &settings).as_bytes())?;
    }
    let asked = settings.asked();
    reports.looked_up(&asked);
    reports.finish(&mut streams)?;
    streams.err(warnings(&asked).as_bytes())?;
    Ok(super::exit_code(failed, findings))
}

/// The patch, and nothing else: what `git apply` takes.
struct Patch {
    color: bool,
}

impl Report for Patch {
    fn add(&mut self, out: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        render::diff::paint(out, found.patch, self.color)
    }

    fn fail(&mut self, _out: &mut dyn Write, _message: &str) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
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
            let held = format!(
                "held back {name}:{}: {}: {}",
                finding.primary.line, finding.message, reason.text
            );
            text.push_str(&line(&held));
            text.push('\n');
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
