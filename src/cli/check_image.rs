//! `unroot check --image REF`

use std::process::ExitCode;

use unroot::bases::ImageRef;
use unroot::finding::Level;
use unroot::lookup::judge;
use unroot::render::escape::line;
use unroot::render::{image, looked_up};

use super::WithHelp;
use super::args::{CheckArgs, Color, Format};
use super::lookup::{for_images, warnings};
use super::streams::Streams;

/// Judges the images, and prints what was found.
pub(super) fn run(args: &CheckArgs, color: Color) -> anyhow::Result<ExitCode> {
    let json = match args.report.format {
        Format::Text => false,
        Format::Json => true,
        _ => {
            return Err(WithHelp::new(
                "an image has no lines that this format could point to",
                "--image reports as text or json",
            )
            .into());
        }
    };
    if !args.report.output.is_empty() {
        return Err(WithHelp::new(
            "--output is for reports about Dockerfiles",
            "send standard output into the file",
        )
        .into());
    }
    let mut images = Vec::new();
    for name in &args.image {
        let parsed = ImageRef::parse(name).map_err(|error| {
            WithHelp::new(format!("--image {name}: {error}"), "write it as after FROM")
        })?;
        images.push((name, parsed));
    }
    let sources = for_images(&args.inputs.lookup)?;
    let mut streams = Streams::new(color);
    let mut judged = Vec::new();
    let mut errors = Vec::new();
    for (name, parsed) in &images {
        let Some(facts) = sources.image(parsed) else {
            errors.push(format!("nothing is known of {name}"));
            continue;
        };
        let one = judge(name, facts, args.inputs.strict);
        if !json {
            streams.out(image::text(&one).as_bytes())?;
        }
        judged.push(one);
    }
    let asked = sources.asked();
    if json {
        streams.out(image::json(&judged, &asked, &errors)?.as_bytes())?;
    }
    streams.err(warnings(&asked).as_bytes())?;
    for error in &errors {
        streams.err(format!("error: {}\n", line(error)).as_bytes())?;
    }
    let found = judged
        .iter()
        .any(|one| one.finding.is_some_and(|(_, level)| level > Level::Note));
    let count = judged.len();
    let s = if count == 1 { "" } else { "s" };
    let summary = format!("checked {count} image{s}{}\n", looked_up::summary(&asked));
    streams.err(summary.as_bytes())?;
    Ok(super::exit_code(!errors.is_empty(), found))
}
