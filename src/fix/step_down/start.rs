//! ENTRYPOINT and CMD with the script in front: the same command, with the same meaning.

use std::borrow::Cow;

use crate::finding::{Edit, Reason};
use crate::fix::Subject;
use crate::stages::{Command, Form, exec_form};

/// What changes.
#[derive(Default)]
pub(super) struct Composed {
    /// New lines, each with its reason.
    pub(super) lines: Vec<(String, String)>,
    /// Of the ENTRYPOINT that is there.
    pub(super) edits: Vec<Edit>,
}

/// Puts the script at `path` in front of what the container starts.
pub(super) fn compose(subject: &Subject<'_, '_, '_>, path: &str) -> Result<Composed, Reason> {
    let state = &subject.verdict.survey.state;
    let own = |command: &&Command| subject.body().contains(&command.instruction);
    let entrypoint = state.entrypoint.as_ref();
    let cmd = state.cmd.as_ref().filter(|cmd| !cmd.is_empty());
    let mut composed = Composed::default();
    if let Some(entrypoint) = entrypoint.filter(own) {
        if entrypoint.is_empty() && cmd.is_none() {
            return Err(nothing());
        }
        composed.edits.push(edited(subject, entrypoint, path));
        return Ok(composed);
    }
    // A new ENTRYPOINT takes the place of an inherited one, and clears an inherited CMD. Where a stage of the file has an
    // ENTRYPOINT, that of the base is gone, and its CMD with it.
    let (inherited, cmd_of_base) = match entrypoint {
        Some(entrypoint) => (as_words(subject, entrypoint), Vec::new()),
        None => of_base(subject)?,
    };
    let why = if inherited.is_empty() {
        format!("ENTRYPOINT: {path} runs the CMD")
    } else {
        format!("ENTRYPOINT: {path} runs the inherited one")
    };
    let words: Vec<String> = [path.to_owned()]
        .into_iter()
        .chain(inherited.clone())
        .collect();
    composed
        .lines
        .push((format!("ENTRYPOINT {}", json(&words)), why));
    let again = match cmd {
        Some(cmd) if own(&cmd) => None,
        Some(cmd) => Some(match &cmd.form {
            Form::Exec(words) => json(words),
            Form::Shell(text) => text.clone(),
        }),
        None if state.cmd.is_none() && !cmd_of_base.is_empty() => Some(json(&cmd_of_base)),
        None if inherited.is_empty() => return Err(nothing()),
        None => None,
    };
    if let Some(cmd) = again {
        let why = "CMD: a new ENTRYPOINT clears the inherited one".to_owned();
        composed.lines.push((format!("CMD {cmd}"), why));
    }
    Ok(composed)
}

/// The ENTRYPOINT of the target's own, with the script in it.
fn edited(subject: &Subject<'_, '_, '_>, entrypoint: &Command, path: &str) -> Edit {
    let document = subject.stages.document;
    let span = document.instructions[entrypoint.instruction].args_span();
    let why = format!("ENTRYPOINT: {path} runs what stood there");
    match (&entrypoint.form, &subject.behind) {
        (Form::Exec(words), Some(behind)) => {
            // An init program comes behind, too: it stays the first process, and is no longer root's.
            let (init, rest) = words.split_at(behind.index);
            let (script, rest) = rest.split_at(1.min(rest.len()));
            let mut all = script.to_vec();
            all.push(path.to_owned());
            all.extend(init.iter().chain(rest).cloned());
            let why = format!(
                "ENTRYPOINT: {} goes on as root, and {path} runs what it ends in",
                behind.shown
            );
            Edit::replacement(span, json(&all), why)
        }
        (Form::Exec(words), None) if words.is_empty() => {
            Edit::replacement(span, json(&[path.to_owned()]), why)
        }
        (Form::Exec(_), None) => {
            let text = span.of(document.bytes);
            let spaced = matches!(text.get(1), Some(b' ' | b'\t'));
            let word = serde_json::Value::from(path);
            let text = if spaced {
                format!(" {word},")
            } else {
                format!("{word}, ")
            };
            Edit::insertion(span.start + 1, text, why)
        }
        (Form::Shell(_), _) => {
            let mut words = vec![path.to_owned()];
            words.extend(as_words(subject, entrypoint));
            Edit::replacement(span, json(&words), why)
        }
    }
}

/// A command as the engine runs it.
fn as_words(subject: &Subject<'_, '_, '_>, command: &Command) -> Vec<String> {
    match &command.form {
        Form::Exec(words) => words.clone(),
        Form::Shell(text) => {
            let shell = subject.verdict.survey.state.shell.clone();
            let mut words = shell.unwrap_or_else(|| vec!["/bin/sh".into(), "-c".into()]);
            words.push(text.clone());
            words
        }
    }
}

/// ENTRYPOINT and CMD of the base image.
fn of_base(subject: &Subject<'_, '_, '_>) -> Result<(Vec<String>, Vec<String>), Reason> {
    let facts = subject.verdict.base.as_ref();
    let Some(facts) = facts else {
        // scratch has neither.
        return Ok((Vec::new(), Vec::new()));
    };
    let words = |words: &[Cow<'static, str>]| words.iter().map(ToString::to_string).collect();
    let known = facts.start.as_ref();
    let known = known.map(|start| (words(&start.entrypoint), words(&start.cmd)));
    known.ok_or_else(|| {
        Reason::new(
            "inherited-start",
            format!(
                "what {} starts is not known, and a new ENTRYPOINT clears it: write the CMD, or the ENTRYPOINT, into the file",
                facts.image
            ),
        )
    })
}

fn nothing() -> Reason {
    Reason::new(
        "nothing-to-start",
        "the image has neither ENTRYPOINT nor CMD: there is nothing to step down for",
    )
}

/// The exec form.
fn json(words: &[String]) -> String {
    exec_form(words.iter().map(String::as_str))
}
