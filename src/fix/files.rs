//! What changes in files of the build context: start scripts that are guarded, settings that cannot stay.

use crate::brought::Origin;
use crate::context::normal;
use crate::finding::{Edit, FileEdits};
use crate::source::Span;

use super::{Plan, Subject};

/// The edits of each file, in the order of the file.
pub(super) fn edits(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>) -> Vec<FileEdits> {
    let mut files: Vec<FileEdits> = Vec::new();
    for guard in plan.evidence.guards.iter().flatten() {
        let edit = Edit::insertion(
            guard.at,
            GUARD.to_owned(),
            format!("`{}` is for root only: others pass it by", guard.command),
        );
        add(&mut files, &guard.path, edit);
    }
    for unwrap in &plan.evidence.unwraps {
        let span = Span::new(unwrap.range.start, unwrap.range.end);
        let why = format!(
            "`{}`: the user runs it already, and only root may switch",
            unwrap.words
        );
        let edit = match unwrap.replacement {
            "" => Edit::deletion(span, why),
            text => Edit::replacement(span, text.to_owned(), why),
        };
        add(&mut files, &unwrap.path, edit);
    }
    for (path, span, why) in stripped(subject, plan) {
        add(&mut files, &path, Edit::deletion(span, why));
    }
    for (path, edit) in plan.ports.files.iter().chain(&plan.relocation.files) {
        add(&mut files, path, edit.clone());
    }
    files.extend(plan.step_down.and_then(|step_down| step_down.file.clone()));
    for file in &mut files {
        file.edits
            .sort_by_key(|edit| (edit.span.start, edit.span.end));
    }
    files
}

/// What is put before a command that only root may run.
const GUARD: &str = "[ \"$(id -u)\" -ne 0 ] || ";

/// The lines of configurations in the build context that a recipe takes out: path, place and reason.
fn stripped(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>) -> Vec<(String, Span, String)> {
    let mut found = Vec::new();
    for used in &subject.recipes {
        for strip in used.strips(subject, plan.who) {
            for (_, config) in &used.configs {
                let Origin::Context(path) = &config.origin else {
                    continue;
                };
                for line in strip.lines(&config.text) {
                    let span = whole_line(&config.text, line);
                    found.push((path.clone(), span, strip.why.to_owned()));
                }
            }
        }
    }
    found
}

/// A match with the end of its line, where it fills the line.
fn whole_line(text: &[u8], range: std::ops::Range<usize>) -> Span {
    let starts = range.start == 0 || text[range.start - 1] == b'\n';
    let rest = &text[range.end..];
    let end = if rest.starts_with(b"\r\n") {
        2
    } else {
        usize::from(rest.starts_with(b"\n"))
    };
    Span::new(range.start, range.end + if starts { end } else { 0 })
}

fn add(files: &mut Vec<FileEdits>, path: &str, edit: Edit) {
    match files
        .iter_mut()
        .find(|file| normal(&file.path) == normal(path))
    {
        Some(file) if !file.edits.contains(&edit) => file.edits.push(edit),
        Some(_) => {}
        None => files.push(FileEdits {
            path: path.to_owned(),
            edits: vec![edit],
            made_at: None,
        }),
    }
}
