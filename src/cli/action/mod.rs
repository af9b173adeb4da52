//! What `action.yml` calls. Reads `UNROOT_INPUT_*` and `GITHUB_*`, and answers with annotations, a summary,
//! outputs, files and an exit code. `docs/action.md` says what a workflow sees of it.

mod collect;
mod pull;
mod runner;

use std::path::PathBuf;
use std::process::ExitCode;

use unroot::action::outputs::word;
use unroot::action::summary::{LIMIT, failure as failure_item, summary};
use unroot::action::{Inputs, Mode};
use unroot::pr::body::LONGEST;
use unroot::render::escape::prose;
use unroot::render::github::{annotations, command, inert};

use super::args::Color;
use super::streams::Streams;
use collect::{Collected, collect};
use pull::{Pulled, run_pr};
use runner::{Runner, inputs, write_file};
use unroot::pr::{Operation, Stop};

/// Where findings stand that have no annotation.
const REST: &str = "The job summary and the log have all.";

pub(super) fn run(color: Color) -> anyhow::Result<ExitCode> {
    let mut streams = Streams::new(color);
    let result = act(&mut streams);
    let code = match result {
        Ok(code) => code,
        // On standard error a file's name could be read as a command.
        Err(error) => {
            let text = match error.downcast_ref::<super::WithHelp>() {
                Some(with) => format!("{error:#}\nhelp: {}", with.help),
                None => format!("{error:#}"),
            };
            streams.out(command("error", &[("title", "unroot")], &text).as_bytes())?;
            ExitCode::from(2)
        }
    };
    streams.flush()?;
    Ok(code)
}

fn act(streams: &mut Streams) -> anyhow::Result<ExitCode> {
    let runner = Runner::from_environment();
    let inputs = inputs()?;
    let mut collected = collect(&inputs, streams.color())?;
    report(&inputs, &collected, streams)?;

    let mut outputs = Outputs::default();
    if let (Some(path), Some(log)) = (&inputs.sarif_file, collected.sarif.take()) {
        write_file(path, &log)?;
        outputs.sarif_file = Some(path.clone());
    }
    let mut words = vec![format!("{}.", collected.summary.sentence())];
    words.extend(collected.errors.iter().map(|error| failure_item(error)));
    let mut pulled = None;
    let mut failure = None;
    match inputs.mode {
        Mode::Check => {}
        Mode::Diff => {
            let path = inputs.diff_file.clone();
            let path = path.unwrap_or_else(|| runner.temporary("unroot.patch"));
            write_file(&path, &collected.patch)?;
            outputs.changed = !collected.patch.is_empty();
            outputs.diff_file = Some(path);
        }
        Mode::Pr => match pull(&inputs, &runner, streams) {
            Ok((done, word)) => {
                outputs.changed = done.operation != Operation::None;
                words.extend(word);
                pulled = Some(done);
            }
            // What was found is told all the same.
            Err(error) => {
                words.push("No pull request could be opened; the log says why.".into());
                failure = Some(error);
            }
        },
    }
    let sections = std::mem::take(&mut collected.sections);
    runner
        .summarise(|taken| summary(&words.join("\n\n"), sections, LIMIT.saturating_sub(taken)))?;
    runner.output(&outputs.pairs(&collected, pulled.as_ref()))?;
    match failure {
        Some(error) => Err(error),
        None => Ok(super::exit_code(
            collected.summary.failed,
            collected
                .worst
                .is_some_and(|level| inputs.fail_on.fails(level)),
        )),
    }
}

/// Mode `pr`: what was done, and a word on it for the summary.
fn pull(
    inputs: &Inputs,
    runner: &Runner,
    streams: &mut Streams,
) -> anyhow::Result<(Pulled, Option<String>)> {
    let event = runner.event()?;
    if event.is_from_fork() {
        let why = "This pull request comes from a fork, for which GitHub gives a token that may only read: \
                   no branch was pushed and no pull request opened.";
        streams.out(command("notice", &[("title", "unroot")], why).as_bytes())?;
        return Ok((Pulled::nothing(), Some(why.to_owned())));
    }
    let done = run_pr(inputs, streams)?;
    for warning in &done.warnings {
        streams.out(command("warning", &[("title", "unroot")], warning).as_bytes())?;
    }
    let mut words: Vec<String> = done.sentence().into_iter().collect();
    if let Some(stop) = &done.stop {
        let stop = stop.to_string();
        streams.out(command("warning", &[("title", "unroot")], &stop).as_bytes())?;
        words.push(match &done.stop {
            // Made of this program's own words, each escaped for a URL.
            Some(Stop::PullNotPermitted { why, link }) => {
                format!(
                    "The branch is pushed; {}. [Open the pull request by hand]({link}).",
                    prose(why)
                )
            }
            _ => prose(&stop),
        });
    }
    // A text that the pull request has no room for stands here whole.
    if done.text.chars().count() > LONGEST {
        words.push(done.text.clone());
    }
    Ok((done, (!words.is_empty()).then(|| words.join("\n\n"))))
}

/// The log: what was found, the patch folded, and the annotations. No word of a file is read as a command.
fn report(inputs: &Inputs, collected: &Collected, streams: &mut Streams) -> anyhow::Result<()> {
    let mut text = collected.text.clone();
    text.push_str(&collected.summary.sentence());
    streams.out(inert(&text, &word()).as_bytes())?;
    if inputs.mode == Mode::Diff && !collected.patch.is_empty() {
        let patch = String::from_utf8_lossy(&collected.patch);
        streams.out(command("group", &[], "Patch").as_bytes())?;
        streams.out(inert(&patch, &word()).as_bytes())?;
        streams.out(command("endgroup", &[], "").as_bytes())?;
    }
    for error in &collected.errors {
        streams.out(command("error", &[("title", "unroot")], error).as_bytes())?;
    }
    if inputs.annotate {
        streams.out(annotations(collected.annotations.clone(), REST).as_bytes())?;
    }
    Ok(())
}

/// The outputs of `action.yml`, as far as they are not counted elsewhere.
#[derive(Default)]
struct Outputs {
    changed: bool,
    diff_file: Option<PathBuf>,
    sarif_file: Option<PathBuf>,
}

impl Outputs {
    fn pairs(&self, collected: &Collected, pulled: Option<&Pulled>) -> Vec<(&'static str, String)> {
        let path = |path: &Option<PathBuf>| {
            let path = path
                .as_ref()
                .map(|path| path.to_string_lossy().into_owned());
            path.unwrap_or_default()
        };
        let mut pairs = vec![
            ("findings", collected.findings.to_string()),
            ("fixable", collected.fixable.to_string()),
            ("changed", self.changed.to_string()),
            ("diff-file", path(&self.diff_file)),
            ("sarif-file", path(&self.sarif_file)),
        ];
        if let Some(pulled) = pulled {
            let number = pulled.number.map(|number| number.to_string());
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            pairs.extend([
                (
                    "pull-request-operation",
                    pulled.operation.as_str().to_owned(),
                ),
                ("pull-request-number", number.unwrap_or_default()),
                ("pull-request-url", text(&pulled.url)),
                ("pull-request-head-sha", text(&pulled.head_sha)),
                ("pull-request-branch", text(&pulled.branch)),
                (
                    "pull-request-commits-verified",
                    pulled
                        .commits_verified
                        .map(|is| is.to_string())
                        .unwrap_or_default(),
                ),
            ]);
        }
        pairs
    }
}
