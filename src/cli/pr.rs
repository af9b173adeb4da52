//! `unroot pr`

mod branch;
mod propose;

use std::process::ExitCode;

use serde_json::json;
use unroot::forge::github::Method;
use unroot::pr::{Operation, Step, Stop};
use unroot::render::escape::line;
use unroot::repo::TOKEN_VARIABLE;
use unroot::secret::Token;

use super::WithHelp;
use super::args::{Color, CommitFormat, PrArgs};
use super::commit::Fixes;
use super::streams::Streams;
use super::verify::needs_verify;
pub(super) use propose::{Ask, Proposed, propose};

pub(super) fn run(args: &PrArgs, color: Color) -> anyhow::Result<ExitCode> {
    if let Some(option) = args.proof.used().filter(|_| !args.verify) {
        return Err(needs_verify(option));
    }
    let mut streams = Streams::new(color);
    let own = variable(TOKEN_VARIABLE);
    let token = own
        .clone()
        .or_else(|| variable("GH_TOKEN"))
        .or_else(|| variable("GITHUB_TOKEN"));
    let Some(token) = token else {
        let help = format!(
            "put one into {TOKEN_VARIABLE}, GH_TOKEN or GITHUB_TOKEN; it needs `contents: write` and `pull-requests: write`"
        );
        return Err(WithHelp::new("GitHub's API takes a token, and there is none", help).into());
    };
    let token = Token::new(&token)?;
    let ask = Ask {
        fixes: Fixes {
            wanted: &args.wanted,
            git: &args.git,
            proof: args.verify.then_some(&args.proof),
        },
        pull: &args.pull,
        token: &token,
        push_token: own.is_some().then_some(&token),
        dry_run: args.dry_run,
        fallback: None,
    };
    let proposed = match propose(&ask, &mut streams)? {
        Ok(proposed) => proposed,
        // What was called off is written no more.
        Err(code) => return Ok(code),
    };
    match args.format {
        CommitFormat::Text => {
            let told = text(&proposed, args.dry_run);
            let told: String = told.lines().map(|told| line(told) + "\n").collect();
            streams.out(told.as_bytes())?;
            streams.err(complaints(&proposed).as_bytes())?;
        }
        CommitFormat::Json => streams.out(report(&proposed, args.dry_run)?.as_bytes())?,
    }
    streams.flush()?;
    let refused = matches!(
        proposed.outcome.stop,
        Some(Stop::PushRejected { .. } | Stop::PushNotPermitted { .. })
    );
    let failed = refused || !proposed.gathered.errors.is_empty();
    let held = proposed.outcome.stop.is_some() || !proposed.gathered.held.is_empty();
    Ok(super::exit_code(failed, held))
}

fn variable(name: &str) -> Option<String> {
    let value = std::env::var(name).ok()?;
    Some(value).filter(|value| !value.trim().is_empty())
}

fn text(proposed: &Proposed, dry_run: bool) -> String {
    let outcome = &proposed.outcome;
    let mut text = String::new();
    if dry_run {
        for step in &outcome.steps {
            let verb = if is_read(step) { "asked" } else { "would" };
            text.push_str(&format!("{verb} {step}\n"));
        }
        if outcome.steps.iter().all(is_read) {
            text.push_str("would write nothing\n");
        }
        return text;
    }
    let url = outcome.url.as_deref().unwrap_or_default();
    match (outcome.operation, &outcome.stop) {
        (Operation::Created, _) => text.push_str(&format!("opened {url}: {}\n", proposed.title)),
        (Operation::Updated, _) => text.push_str(&format!("updated {url}\n")),
        (Operation::Closed, _) => text.push_str(&format!("closed {url}: nothing is left to fix\n")),
        (Operation::None, Some(_)) => {}
        (Operation::None, None) if outcome.url.is_some() => {
            text.push_str(&format!("nothing to do: {url} is up to date\n"));
        }
        (Operation::None, None) => text.push_str("nothing to propose\n"),
    }
    text
}

/// A dry run makes the calls that only read.
fn is_read(step: &Step) -> bool {
    matches!(step, Step::Call(call) if call.method == Method::Get)
}

fn complaints(proposed: &Proposed) -> String {
    let mut text = String::new();
    for warning in &proposed.outcome.warnings {
        text.push_str(&format!("warning: {}\n", line(warning)));
    }
    if let Some(stop) = &proposed.outcome.stop {
        text.push_str(&format!("held back: {}\n", line(&stop.to_string())));
    }
    text
}

fn report(proposed: &Proposed, dry_run: bool) -> anyhow::Result<String> {
    let outcome = &proposed.outcome;
    let stop = outcome
        .stop
        .as_ref()
        .map(|stop| json!({ "id": stop.id(), "text": stop.to_string() }));
    let steps = outcome.steps.iter().map(ToString::to_string);
    let value = json!({
        "version": 1,
        "dry_run": dry_run,
        "operation": outcome.operation.as_str(),
        "number": outcome.number,
        "url": outcome.url,
        "title": proposed.title,
        "branch": outcome.branch,
        "head_sha": outcome.head_sha,
        "commits_verified": outcome.commits_verified,
        "stop": stop,
        "warnings": outcome.warnings,
        "steps": steps.collect::<Vec<_>>(),
        "held_back": proposed.gathered.held,
        "errors": proposed.gathered.errors,
    });
    Ok(unroot::render::document(&value)?)
}
