//! `unroot check`

use std::io;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use unroot::analysis::{Analysis, analyse};
use unroot::render::github::{self, Annotation};
use unroot::render::text::TextRenderer;
use unroot::render::{json, sarif, suppressed};
use unroot::verdict::{Certainty, Outcome};

use super::args::{CheckArgs, Color, Format};
use super::baseline::Known;
use super::diff::patch_path;
use super::files::{Input, each};
use super::settings::Settings;
use super::streams::Streams;
use super::summary::Summary;

pub(super) fn run(args: &CheckArgs, color: Color) -> anyhow::Result<ExitCode> {
    let settings = Settings::new(&args.inputs, &args.who)?;
    let mut known = Known::open(&args.baseline)?;
    let mut streams = Streams::new(color);
    let mut report = Report::new(args.format, args.verbose, streams.color());
    let mut summary = Summary::default();
    each(
        &args.inputs,
        &settings,
        |input| one(input, args, &settings),
        |input, result| {
            match result {
                Ok((mut analysis, bytes)) => {
                    if let Some(known) = &mut known {
                        known.take(input, &bytes, &mut analysis);
                    }
                    summary.add(&analysis);
                    report.add(input, &bytes, &analysis, &mut streams)?;
                }
                Err(message) => {
                    summary.failed = true;
                    report.fail(&message, &mut streams)?;
                }
            }
            Ok(())
        },
    )?;
    report.finish(&mut streams)?;
    streams.flush()?;
    if let Some(known) = known {
        streams.err(known.finish()?.as_bytes())?;
    }
    let passed_over = settings.passed_over();
    streams.err(format!("{}{passed_over}\n", summary.sentence()).as_bytes())?;
    Ok(summary.exit_code())
}

fn one(
    input: &Input,
    args: &CheckArgs,
    settings: &Settings,
) -> Result<(Analysis, Vec<u8>), String> {
    let bytes = input.read()?;
    let effective = settings.of(input)?;
    let context = input.context(&args.inputs);
    let analysis = analyse(&bytes, context.as_ref(), &effective.options)
        .map_err(|error| format!("{}: {error}", input.name()))?;
    Ok((analysis, bytes))
}

/// A report in the making. Text goes out file by file, the other formats are one document at the end.
enum Report {
    Text(TextRenderer, bool),
    Json(json::Report),
    Sarif(sarif::Report),
    Github(Vec<Annotation>),
}

impl Report {
    fn new(format: Format, verbose: bool, color: bool) -> Self {
        match format {
            Format::Text => Self::Text(TextRenderer::new(color), verbose),
            Format::Json => Self::Json(json::Report::new()),
            Format::Sarif => Self::Sarif(sarif::Report::new()),
            Format::Github => Self::Github(Vec::new()),
        }
    }

    fn add(
        &mut self,
        input: &Input,
        bytes: &[u8],
        analysis: &Analysis,
        streams: &mut Streams,
    ) -> io::Result<()> {
        let name = input.name();
        // What others read counts from the repository, in which the program is taken to run.
        let path = patch_path(Path::new(&name));
        match self {
            Self::Text(renderer, verbose) => {
                if *verbose {
                    streams.out(fine(&name, analysis).as_bytes())?;
                    let suppressed = suppressed::text(&name, &analysis.suppressed);
                    streams.out(suppressed.as_bytes())?;
                }
                streams.out(findings(renderer, &name, bytes, analysis).as_bytes())?;
            }
            Self::Json(report) => report.add(&name, bytes, analysis),
            Self::Sarif(report) => report.add(&path, bytes, analysis),
            Self::Github(annotations) => {
                let all = analysis.findings.iter();
                annotations.extend(all.map(|one| github::annotation(&path, bytes, one)));
            }
        }
        Ok(())
    }

    fn fail(&mut self, message: &str, streams: &mut Streams) -> io::Result<()> {
        match self {
            Self::Text(..) => {}
            Self::Json(report) => report.fail(message),
            Self::Sarif(report) => report.fail(message),
            // A runner reads commands in standard error, too.
            Self::Github(_) => {
                let command = github::command("error", &[("title", "unroot")], message);
                return streams.out(command.as_bytes());
            }
        }
        streams.err(format!("error: {message}\n").as_bytes())
    }

    fn finish(self, streams: &mut Streams) -> anyhow::Result<()> {
        let text = match self {
            Self::Text(..) => return Ok(()),
            Self::Json(report) => report.render().context("cannot write the report")?,
            Self::Sarif(report) => report.render().context("cannot write the report")?,
            Self::Github(annotations) => github::annotations(annotations),
        };
        Ok(streams.out(text.as_bytes())?)
    }
}

/// The findings of one file, drawn.
pub(super) fn findings(
    renderer: &TextRenderer,
    name: &str,
    bytes: &[u8],
    analysis: &Analysis,
) -> String {
    let mut text = String::new();
    for finding in &analysis.findings {
        text.push_str(&renderer.render(name, bytes, finding));
        text.push_str("\n\n");
    }
    text
}

fn fine(name: &str, analysis: &Analysis) -> String {
    let fine = analysis.targets.iter().filter(|target| {
        target.outcome == Outcome::NonRoot && target.certainty == Certainty::Known
    });
    let lines = fine.map(|target| format!("fine: {name}:{}: {}\n", target.line, target.sentence));
    lines.collect()
}
