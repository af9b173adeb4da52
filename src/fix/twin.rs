//! The image's twin, which runs as a user by itself, in the place of the image: one word of FROM, and what follows from
//! it. It is another image, so this is never Safe.

use crate::bases::twins::twin;
use crate::dockerfile::Keyword;
use crate::finding::{Applicability, Edit, Fix, Reason};
use crate::source::Span;
use crate::stages::Stages;
use crate::verdict::{Cause, Verdict};

/// The fix that takes the twin; none where there is none, or where a RUN would no longer be root's.
pub(super) fn fix(stages: &Stages<'_, '_>, verdict: &Verdict) -> Option<Fix> {
    let target = verdict.survey.target;
    let alone = stages.chain(target).len() == 1 && !stages.has_children(target);
    let plain = verdict.cause == Cause::Base && verdict.survey.runs.is_empty();
    if !alone || !plain {
        return None;
    }
    let document = stages.document;
    let from = &document.instructions[stages.all[target].from];
    let image = verdict.base.as_ref()?.image.as_str();
    let (twin, name) = twin(image)?;
    let span = from.args_span();
    let text = span.of(document.bytes);
    // Written out, once, and by no variable.
    let at = memchr::memmem::find(text, image.as_bytes())?;
    let end = at + image.len();
    if text
        .get(end)
        .is_some_and(|byte| !byte.is_ascii_whitespace())
    {
        return None;
    }
    let place = Span::new(span.start + at, span.start + end);
    let mut edits = vec![Edit::replacement(
        place,
        name.clone(),
        format!("FROM {name}: the same image, made to run as a non-root user"),
    )];
    edits.extend(
        twin.moves
            .iter()
            .flat_map(|(from, to)| exposed(stages, target, *from, *to)),
    );
    Some(Fix {
        title: format!("take {name}, which runs as a user by itself"),
        edits,
        files: Vec::new(),
        applicability: Applicability::Unsafe,
        doubts: vec![Reason::new(
            "twin",
            format!("it is another image: {}", twin.differs),
        )],
        remarks: Vec::new(),
        moved_ports: twin.moves.to_vec(),
        steps_down: false,
    })
}

/// EXPOSE follows the port.
fn exposed(stages: &Stages<'_, '_>, target: usize, from: u16, to: u16) -> Vec<Edit> {
    let document = stages.document;
    let body = stages.all[target].body.clone();
    let exposes = body.filter(|at| document.instructions[*at].keyword() == Keyword::Expose);
    exposes
        .filter_map(|at| {
            let span = document.instructions[at].args_span();
            let only = span.of(document.bytes) == from.to_string().as_bytes();
            let reason = format!("EXPOSE {to}: the port that it listens on");
            only.then(|| Edit::replacement(span, to.to_string(), reason))
        })
        .collect()
}
