//! `--ports move`: the port behind 8000, in all places of the Dockerfile and the build context that name it.

use regex::bytes::Regex;

use crate::brought::Origin;
use crate::dockerfile::Keyword;
use crate::finding::Edit;
use crate::fix::Subject;
use crate::source::Span;

use super::PortPlan;
use super::binders::{Binder, Low, exposes};

/// A low port moves this far: 80 becomes 8080, 443 becomes 8443.
const DISTANCE: u16 = 8000;

/// Adds what moves the ports to the plan, or says why they cannot be moved.
pub(super) fn shift(
    subject: &Subject<'_, '_, '_>,
    low: &[Low],
    plan: &mut PortPlan,
) -> Result<(), String> {
    for Low { number, binders } in low {
        let (from, to) = (*number, number + DISTANCE);
        let mut bound = false;
        for binder in binders {
            bound |= rebind(subject, binder, from, to, plan)?;
        }
        if !bound {
            return Err(format!(
                "what makes the program listen on {from} is not known"
            ));
        }
        expose(subject, from, to, plan);
        health(subject, from, to, plan);
        plan.moved.push((from, to));
    }
    plan.edits
        .sort_by_key(|edit| (edit.span.start, edit.span.end));
    plan.edits.dedup();
    Ok(())
}

/// Makes the binder name the new port; false for what binds nothing.
fn rebind(
    subject: &Subject<'_, '_, '_>,
    binder: &Binder,
    from: u16,
    to: u16,
    plan: &mut PortPlan,
) -> Result<bool, String> {
    match binder {
        Binder::Exposed => return Ok(false),
        Binder::Seen => return Ok(false),
        Binder::Edited(used) => {
            let program = subject.recipes[*used].recipe.programs[0];
            return Err(format!("a RUN writes the configuration of {program}"));
        }
        Binder::Env(name) => {
            let edit = in_env(subject, name, from, to)
                .ok_or_else(|| format!("the value of {name} is not written out in this stage"))?;
            plan.edits.push(edit);
        }
        Binder::Argument(word) => {
            let edit = in_command(subject, word, from, to)
                .ok_or_else(|| format!("`{word}` is not to be found once in the start command"))?;
            plan.edits.push(edit);
        }
        Binder::Config(used, config, range) => {
            let (path, brought) = &subject.recipes[*used].configs[*config];
            let reason =
                format!("{path}: port {from} becomes {to}, which any user may bind everywhere");
            let edit = |start: usize| {
                let span = Span::new(start + range.start, start + range.end);
                Edit::replacement(span, to.to_string(), reason.clone())
            };
            match &brought.origin {
                Origin::Context(file) => plan.files.push((file.clone(), edit(0))),
                Origin::Heredoc(body) => plan.edits.push(edit(body.start)),
                Origin::Run { .. } => return Err(format!("a RUN writes {path}")),
            }
        }
        Binder::Stock(used) => {
            let recipe = subject.recipes[*used].recipe;
            if recipe.moves.is_empty() {
                return Err(format!(
                    "nothing is known of how {} moves",
                    recipe.programs[0]
                ));
            }
            for command in recipe.moves {
                let command = command
                    .replace("{from}", &from.to_string())
                    .replace("{to}", &to.to_string());
                if !plan.commands.contains(&command) {
                    plan.commands.push(command);
                }
            }
        }
        Binder::Dotnet => plan.lines.push((
            format!("ENV ASPNETCORE_URLS=http://+:{to}"),
            format!("ENV ASPNETCORE_URLS: the image's own names port {from}"),
        )),
    }
    Ok(true)
}

/// EXPOSE follows; where only the base has one, a new line does.
fn expose(subject: &Subject<'_, '_, '_>, from: u16, to: u16, plan: &mut PortPlan) {
    let mut found = false;
    for at in exposes(subject) {
        for span in numbers(subject, at, from, b" \t\"'", b" \t/\"'\\") {
            found = true;
            let reason = format!("EXPOSE {to}: the port that the program listens on");
            plan.edits
                .push(Edit::replacement(span, to.to_string(), reason));
        }
    }
    let base = subject
        .verdict
        .base
        .iter()
        .flat_map(|facts| facts.ports.iter());
    if !found && base.into_iter().any(|port| *port == from) {
        plan.lines.push((
            format!("EXPOSE {to}"),
            format!("EXPOSE {to}: the base names {from} alone"),
        ));
    }
}

/// HEALTHCHECK asks on the new port.
fn health(subject: &Subject<'_, '_, '_>, from: u16, to: u16, plan: &mut PortPlan) {
    let document = subject.stages.document;
    let scheme = match from {
        80 => "http",
        443 => "https",
        _ => "no-scheme",
    };
    let hosts = r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\$\{?HOSTNAME\}?)";
    let written = Regex::new(&format!(r"(?-u:{hosts}:({from})(?:[^0-9]|$))"));
    let implied = Regex::new(&format!(
        "(?-u:{scheme}://{hosts}()(?:[/\"' \\t\\r\\n?]|$))"
    ));
    let (Ok(written), Ok(implied)) = (written, implied) else {
        return;
    };
    for at in subject
        .body()
        .filter(|at| subject.keyword(*at) == Keyword::Healthcheck)
    {
        let span = document.instructions[at].args_span();
        let text = span.of(document.bytes);
        let reason = format!("HEALTHCHECK asks on port {to}");
        for group in written.captures_iter(text).filter_map(|found| found.get(1)) {
            let place = Span::new(span.start + group.start(), span.start + group.end());
            plan.edits
                .push(Edit::replacement(place, to.to_string(), reason.clone()));
        }
        for group in implied.captures_iter(text).filter_map(|found| found.get(1)) {
            let edit =
                Edit::insertion(span.start + group.start(), format!(":{to}"), reason.clone());
            plan.edits.push(edit);
        }
    }
}

/// The last ENV or ARG of the target's own body that sets `name` to the port.
fn in_env(subject: &Subject<'_, '_, '_>, name: &str, from: u16, to: u16) -> Option<Edit> {
    let document = subject.stages.document;
    let regex = Regex::new(&format!(
        "(?-u:(?:^|[ \\t\\n]){}[ =][\"']?(?:[^ \\t\"']*[:/+*])?({from})(?:[^0-9]|$))",
        regex::escape(name)
    ))
    .ok()?;
    let mut setting = subject
        .body()
        .rev()
        .filter(|at| matches!(subject.keyword(*at), Keyword::Env | Keyword::Arg));
    setting.find_map(|at| {
        let span = document.instructions[at].args_span();
        let found = regex.captures(span.of(document.bytes))?.get(1)?;
        let place = Span::new(span.start + found.start(), span.start + found.end());
        let reason = format!("{name}={to}: a port that any user may bind everywhere");
        Some(Edit::replacement(place, to.to_string(), reason))
    })
}

/// The word of the start command that names the port, if it stands there once.
fn in_command(subject: &Subject<'_, '_, '_>, word: &str, from: u16, to: u16) -> Option<Edit> {
    let document = subject.stages.document;
    let commands = subject
        .body()
        .filter(|at| matches!(subject.keyword(*at), Keyword::Cmd | Keyword::Entrypoint));
    let mut places = Vec::new();
    for at in commands {
        let span = document.instructions[at].args_span();
        let text = span.of(document.bytes);
        let mut start = 0;
        while let Some(found) = memchr::memmem::find(&text[start..], word.as_bytes()) {
            let (first, end) = (start + found, start + found + word.len());
            let is_part = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
            let before = first.checked_sub(1).and_then(|at| text.get(at));
            if !is_part(text.get(end)) && !is_part(before) {
                let number = word.rfind(&from.to_string())?;
                places.push(span.start + first + number);
            }
            start = end;
        }
    }
    let [place] = places.as_slice() else {
        return None;
    };
    let span = Span::new(*place, place + from.to_string().len());
    let reason = format!("port {from} becomes {to}, which any user may bind everywhere");
    Some(Edit::replacement(span, to.to_string(), reason))
}

/// The places of a number in an instruction's arguments, between `before` and `after`.
fn numbers(
    subject: &Subject<'_, '_, '_>,
    at: usize,
    number: u16,
    before: &[u8],
    after: &[u8],
) -> Vec<Span> {
    let document = subject.stages.document;
    let span = document.instructions[at].args_span();
    let text = span.of(document.bytes);
    let digits = number.to_string();
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(place) = memchr::memmem::find(&text[start..], digits.as_bytes()) {
        let (first, end) = (start + place, start + place + digits.len());
        let fits = |byte: Option<&u8>, set: &[u8]| {
            byte.is_none_or(|byte| set.contains(byte) || matches!(byte, b'\n' | b'\r'))
        };
        let left = first.checked_sub(1).and_then(|at| text.get(at));
        if fits(left, before) && fits(text.get(end), after) {
            found.push(Span::new(span.start + first, span.start + end));
        }
        start = end;
    }
    found
}
