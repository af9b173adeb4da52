//! Images that exist, judged: `check --image`, for people and for programs.

use std::io;

use serde::Serialize;

use super::escape::line;
use super::json::VERSION;
use super::looked_up::Looked;
use super::pieces::pretty;
use crate::finding::Level;
use crate::lookup::{Judged, LookedUp};
use crate::verdict::{Certainty, Outcome};

/// One image for people: what it starts as, and what else was seen.
pub fn text(judged: &Judged) -> String {
    let head = match judged.finding {
        Some((rule, level)) => format!("{}[{}]", level.id(), rule.id()),
        None => "fine".to_owned(),
    };
    let mut lines = vec![format!("{head}: {}", judged.sentence)];
    let config = &judged.facts.config;
    let mut row = |name: &str, value: String| {
        if !value.is_empty() {
            lines.push(format!("  {name:<11} {value}"));
        }
    };
    row(
        "user",
        if config.user.is_empty() {
            "(none)".into()
        } else {
            config.user.clone()
        },
    );
    row("entrypoint", words(&config.entrypoint));
    row("command", words(&config.cmd));
    row("script", judged.script.clone().unwrap_or_default());
    let ports: Vec<String> = config.ports.iter().map(u16::to_string).collect();
    row("ports", ports.join(", "));
    row("volumes", config.volumes.join(", "));
    row("unneeded", judged.unneeded.join(", "));
    row("source", judged.source.clone());
    lines.extend(judged.notes.iter().map(|note| format!("  note: {note}")));
    lines.extend(judged.help.iter().map(|help| format!("  help: {help}")));
    let lines: Vec<String> = lines.iter().map(|text| line(text) + "\n").collect();
    lines.concat()
}

fn words(words: &[String]) -> String {
    if words.is_empty() {
        return String::new();
    }
    let quoted = words
        .iter()
        .map(|word| serde_json::Value::from(word.as_str()).to_string());
    let quoted: Vec<String> = quoted.collect();
    format!("[{}]", quoted.join(", "))
}

/// All images for programs; `docs/lookup.md` says what the fields mean.
pub fn json(judged: &[Judged], asked: &[LookedUp], errors: &[String]) -> io::Result<String> {
    let report = Report {
        version: VERSION,
        images: judged.iter().map(image).collect(),
        lookup: Looked::of(asked),
        errors,
    };
    Ok(format!("{}\n", pretty(&report, 0)?))
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    images: Vec<Image<'a>>,
    lookup: Looked<'a>,
    errors: &'a [String],
}

#[derive(Serialize)]
struct Image<'a> {
    #[serde(rename = "image")]
    name: &'a str,
    outcome: &'static str,
    certainty: &'static str,
    rule: Option<&'static str>,
    level: Option<&'static str>,
    message: &'a str,
    notes: &'a [String],
    help: &'a [String],
    user: &'a str,
    entrypoint: &'a [String],
    cmd: &'a [String],
    script: Option<&'a str>,
    ports: &'a [u16],
    low_ports: &'a [u16],
    volumes: &'a [String],
    unneeded_accounts: &'a [String],
    digest: Option<&'a str>,
    source: &'a str,
}

fn image(judged: &Judged) -> Image<'_> {
    let config = &judged.facts.config;
    Image {
        name: &judged.image,
        outcome: match judged.outcome {
            Outcome::NonRoot => "non-root",
            Outcome::Root => "root",
            Outcome::StepsDown => "steps-down",
            Outcome::Undetermined => "undetermined",
        },
        certainty: match judged.certainty {
            Certainty::Known => "known",
            Certainty::Inferred => "inferred",
        },
        rule: judged.finding.map(|(rule, _)| rule.id()),
        level: judged.finding.map(|(_, level): (_, Level)| level.id()),
        message: &judged.sentence,
        notes: &judged.notes,
        help: &judged.help,
        user: &config.user,
        entrypoint: &config.entrypoint,
        cmd: &config.cmd,
        script: judged.script.as_deref(),
        ports: &config.ports,
        low_ports: &judged.low_ports,
        volumes: &config.volumes,
        unneeded_accounts: &judged.unneeded,
        digest: judged.facts.origin.digest.as_deref(),
        source: &judged.source,
    }
}
