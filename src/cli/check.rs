//! `unroot check`

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use unroot::analysis::{Analysis, analyse};
use unroot::render::escape::line;
use unroot::render::text::TextRenderer;
use unroot::render::{Found, Report, looked_up, suppressed};
use unroot::verdict::{Certainty, Outcome};

use super::args::{CheckArgs, Color};
use super::baseline::Known;
use super::diff::patch_path;
use super::files::{Input, each, none_found};
use super::lookup::warnings;
use super::reports::Reports;
use super::settings::Settings;
use super::streams::Streams;
use super::summary::Summary;

pub(super) fn run(args: &CheckArgs, color: Color) -> anyhow::Result<ExitCode> {
    if !args.image.is_empty() {
        return super::check_image::run(args, color);
    }
    let settings = Settings::new(&args.inputs, &args.who)?;
    let mut known = Known::open(&args.baseline, args.fail.least())?;
    let mut streams = Streams::new(color);
    let text = |color, width| -> Box<dyn Report> {
        Box::new(Text {
            renderer: TextRenderer::new(color).width(width),
            verbose: args.verbose,
        })
    };
    let mut reports = Reports::open(&args.report, &args.inputs.paths, text, &mut streams)?;
    let mut summary = Summary::default();
    let any = each(
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
                    let mut findings = analysis.findings.iter();
                    summary.weighty |= findings.any(|finding| args.fail.fails(finding));
                    let name = input.name();
                    let found = Found {
                        name: &name,
                        // What others read counts from the repository, in which the program is taken to run.
                        path: &patch_path(Path::new(&name)),
                        bytes: &bytes,
                        analysis: &analysis,
                        patch: &[],
                    };
                    reports.add(&found, &mut streams)?;
                }
                Err(message) => {
                    summary.failed = true;
                    reports.fail(&message, &mut streams)?;
                }
            }
            Ok(())
        },
    )?;
    if !any && !reports.is_for_runner() {
        streams.err(none_found(&args.inputs.paths, &settings).as_bytes())?;
    }
    let asked = settings.asked();
    reports.looked_up(&asked);
    reports.finish(&mut streams)?;
    streams.err(warnings(&asked).as_bytes())?;
    if let Some(known) = known {
        streams.err(known.finish()?.as_bytes())?;
    }
    let passed_over = settings.passed_over() + &looked_up::summary(&asked);
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

/// The report for people. Why a file could not be looked at stands on standard error.
struct Text {
    renderer: TextRenderer,
    /// Tell of the files that are fine, too.
    verbose: bool,
}

impl Report for Text {
    fn add(&mut self, out: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        if self.verbose {
            out.write_all(fine(found.name, found.analysis).as_bytes())?;
            let suppressed = suppressed::text(found.name, &found.analysis.suppressed);
            out.write_all(suppressed.as_bytes())?;
        }
        let text = findings(&self.renderer, found.name, found.bytes, found.analysis);
        out.write_all(text.as_bytes())
    }

    fn fail(&mut self, _out: &mut dyn Write, _message: &str) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
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
    let lines = fine.map(|target| {
        let text = format!("fine: {name}:{}: {}", target.line, target.sentence);
        format!("{}\n", line(&text))
    });
    lines.collect()
}
