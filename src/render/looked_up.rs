//! What was asked beyond the embedded table, or that nothing was.

use serde::Serialize;

use crate::lookup::{Contradiction, LookedUp, SourceName};

/// The field `lookup` of reports.
#[derive(Debug, Serialize)]
pub(super) struct Looked<'a> {
    /// Nobody was asked.
    offline: bool,
    asked: Vec<Asked<'a>>,
}

#[derive(Debug, Serialize)]
struct Asked<'a> {
    image: &'a str,
    source: &'static str,
    /// `found`, or what went wrong.
    outcome: &'static str,
    place: Option<&'a str>,
    digest: Option<&'a str>,
    date: Option<&'a str>,
    cached: bool,
    message: Option<String>,
    contradicts: Vec<Contradicts<'a>>,
}

#[derive(Debug, Serialize)]
struct Contradicts<'a> {
    field: &'a str,
    entry: &'a str,
    table: &'a str,
    image: &'a str,
}

impl<'a> Looked<'a> {
    pub(super) fn of(asked: &'a [LookedUp]) -> Self {
        Self {
            offline: asked.is_empty(),
            asked: asked.iter().map(one).collect(),
        }
    }
}

fn one(looked: &LookedUp) -> Asked<'_> {
    let (image, source) = (looked.image.as_str(), looked.source.id());
    match &looked.result {
        Ok(answer) => Asked {
            image,
            source,
            outcome: "found",
            place: Some(&answer.place),
            digest: answer.digest.as_deref(),
            date: Some(&answer.date),
            cached: answer.cached,
            message: answer.partial.clone(),
            contradicts: answer.contradicts.iter().map(contradicts).collect(),
        },
        Err(error) => Asked {
            image,
            source,
            outcome: error.kind.id(),
            place: None,
            digest: None,
            date: None,
            cached: false,
            message: Some(error.to_string()),
            contradicts: Vec::new(),
        },
    }
}

fn contradicts(one: &Contradiction) -> Contradicts<'_> {
    Contradicts {
        field: one.field,
        entry: &one.entry,
        table: &one.table,
        image: &one.image,
    }
}

/// For the end of a summary: `; looked up 2 images (engine 1, registry 1), 1 without an answer`; nothing where nobody
/// was asked.
pub fn summary(asked: &[LookedUp]) -> String {
    if asked.is_empty() {
        return String::new();
    }
    let images: std::collections::BTreeSet<&str> =
        asked.iter().map(|one| one.image.as_str()).collect();
    let found = |source| {
        asked
            .iter()
            .filter(|one| one.source == source && one.result.is_ok())
            .count()
    };
    let sources = [SourceName::Engine, SourceName::Registry].into_iter();
    let by: Vec<String> = sources
        .map(|source| (source, found(source)))
        .filter(|(_, count)| *count > 0)
        .map(|(source, count)| format!("{} {count}", source.id()))
        .collect();
    let answered = images.iter().filter(|image| answered(asked, image)).count();
    let s = if images.len() == 1 { "" } else { "s" };
    let mut text = format!("; looked up {} image{s}", images.len());
    if !by.is_empty() {
        text.push_str(&format!(" ({})", by.join(", ")));
    }
    if answered < images.len() {
        text.push_str(&format!(", {} without an answer", images.len() - answered));
    }
    text
}

/// Why images have no answer, a line for each source that was asked.
pub fn failures(asked: &[LookedUp]) -> Vec<String> {
    let failed = asked.iter().filter(|one| !answered(asked, &one.image));
    failed
        .filter_map(|one| {
            Some(format!(
                "look-up by {}: {}",
                one.source.id(),
                one.result.as_ref().err()?
            ))
        })
        .collect()
}

/// What images say otherwise than the embedded table, a line for each field.
pub fn contradictions(asked: &[LookedUp]) -> Vec<String> {
    let mut lines = Vec::new();
    for one in asked {
        for contradiction in one.result.iter().flat_map(|answer| &answer.contradicts) {
            lines.push(format!("{}: {contradiction}, which counts", one.image));
        }
    }
    lines
}

fn answered(asked: &[LookedUp], image: &str) -> bool {
    asked
        .iter()
        .any(|one| one.image == image && one.result.is_ok())
}
