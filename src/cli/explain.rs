//! `unroot explain`

use std::process::ExitCode;

use unroot::bases;
use unroot::config::nearest;
use unroot::finding::Rule;
use unroot::render::escape::line;
use unroot::rules;

use super::args::{Color, ExplainArgs, Inputs, Who};
use super::lookup::warnings;
use super::settings::Settings;
use super::streams::Streams;

pub(super) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let inputs = Inputs {
        base_user: args.base_user.clone(),
        config: args.config.clone(),
        lookup: args.lookup.clone(),
        ..Inputs::default()
    };
    let settings = Settings::new(&inputs, &Who::default())?;
    let here = settings.here()?;
    let topic = args.topic.as_str();
    let text = match Rule::of(topic) {
        Some(rule) => rules::page(rule),
        None => rules::explain_reason(topic).unwrap_or_else(|| {
            let page = bases::explain(topic, &here.options.overrides);
            let is_known = bases::table::lookup(topic, &here.options.overrides).is_known();
            page + &if is_known {
                String::new()
            } else {
                other(topic)
            }
        }),
    };
    // Notes of a configuration are somebody's, too.
    let text: String = text.lines().map(|text| line(text) + "\n").collect();
    let mut streams = Streams::new(Color::Never);
    streams.out(text.as_bytes())?;
    streams.err(warnings(&settings.asked()).as_bytes())?;
    streams.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// What else could have been meant by a word that is no image we know.
fn other(topic: &str) -> String {
    // A rule has neither.
    if topic.contains(['/', ':']) {
        return String::new();
    }
    let rules = Rule::ALL.iter().map(|rule| rule.id());
    let reasons = rules::reasons().map(|reason| reason.id);
    let known: Vec<&str> = rules.chain(reasons).collect();
    let mut text = "\nNO RULE AND NO REASON EITHER\n".to_owned();
    if let Some(meant) = nearest(topic, &known) {
        text.push_str(&format!("    did you mean `{meant}`?\n"));
    }
    let reasons = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/reasons.md");
    text.push_str(&format!("    reasons: {reasons}\n    rules:\n"));
    for rule in Rule::ALL {
        text.push_str(&format!("      {:<20} {}\n", rule.id(), rule.title()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Else the image could not be asked for.
    #[test]
    fn no_rule_or_reason_is_called_like_an_image() {
        let none = bases::Overrides::default();
        let reasons = rules::reasons().map(|reason| reason.id);
        for id in Rule::ALL.iter().map(|rule| rule.id()).chain(reasons) {
            assert!(!bases::table::lookup(id, &none).is_known(), "{id}");
        }
    }
}
