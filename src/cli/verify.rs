//! `unroot verify`

use std::process::ExitCode;

use anyhow::Context as _;
use unroot::render::escape::line;
use unroot::render::proof::{Entry, json, markdown, text};
use unroot::verify::Verdict;

use super::WithHelp;
use super::args::{Color, ProofFormat, VerifyArgs};
use super::files::{Input, inputs, none_found};
use super::lookup::warnings;
use super::proof::{Prover, left_behind};
use super::settings::Settings;
use super::streams::Streams;

pub(super) fn run(args: &VerifyArgs, color: Color) -> anyhow::Result<ExitCode> {
    let settings = Settings::new(&args.inputs, &args.who)?;
    let mut streams = Streams::new(color);
    let all: Vec<Input> = inputs(&args.inputs.paths, &settings)?;
    if args.fixed.is_some() && all.len() != 1 {
        let help = "name the Dockerfile that it is the fix of";
        return Err(WithHelp::new("--fixed takes one Dockerfile", help).into());
    }
    if all.is_empty() {
        streams.err(none_found(&args.inputs.paths, &settings).as_bytes())?;
    }
    let prover = Prover::new(&args.proof, &args.inputs)?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut failed = false;
    for input in &all {
        let found = input.read().and_then(|bytes| {
            let options = &settings.of(input)?.options;
            let Some(path) = &args.fixed else {
                return Ok(prover.file(input, &bytes, options)?.entries);
            };
            let after = std::fs::read(path).map_err(|error| {
                format!(
                    "cannot read {}: {error}: name a Dockerfile for --fixed",
                    path.display()
                )
            })?;
            Ok(vec![prover.by_hand(input, &bytes, &after, options)?])
        });
        match found {
            Ok(found) => {
                if args.format == ProofFormat::Text {
                    for entry in &found {
                        streams.out(text::render(entry, streams.color()).as_bytes())?;
                    }
                    streams.flush()?;
                }
                streams.err(left_behind(&found).as_bytes())?;
                entries.extend(found);
            }
            Err(message) => {
                failed = true;
                streams.err(format!("error: {}\n", line(&message)).as_bytes())?;
            }
        }
        if prover.interrupted().is_some() {
            break;
        }
    }
    match args.format {
        ProofFormat::Text if failed && entries.is_empty() => {}
        ProofFormat::Text => streams.err(summary(&entries).as_bytes())?,
        ProofFormat::Json => {
            let text = json::render(&entries).context("cannot write the report")?;
            streams.out(text.as_bytes())?;
        }
        ProofFormat::Markdown => streams.out(markdown::render(&entries).as_bytes())?,
    }
    streams.err(warnings(&settings.asked()).as_bytes())?;
    streams.flush()?;
    if let Some(code) = prover.interrupted() {
        return Ok(code);
    }
    let unproven = |entry: &Entry| entry.proof.verdict != Verdict::Proven;
    Ok(super::exit_code(failed, entries.iter().any(unproven)))
}

fn summary(entries: &[Entry]) -> String {
    if entries.is_empty() {
        return "nothing starts as root: there is nothing to prove\n".into();
    }
    let count = |id: &str| {
        let with = entries
            .iter()
            .filter(|entry| entry.proof.verdict.id() == id);
        with.count()
    };
    format!(
        "{} proven, {} broken, {} not provable here\n",
        count("proven"),
        count("broken"),
        count("not-provable")
    )
}

/// `--learn` and its kin mean nothing to a plain `fix`.
pub(super) fn needs_verify(option: &str) -> anyhow::Error {
    WithHelp::new(
        format!("{option} means nothing without a proof"),
        "add --verify",
    )
    .into()
}
