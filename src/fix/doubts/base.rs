//! What is not certain of the base image.

use crate::bases::{Confidence, Family};
use crate::finding::Reason;
use crate::fix::Subject;
use crate::verdict::{Cause, Certainty};

/// What is known of the base is inferred, or nothing is known of it.
pub(in crate::fix) fn base(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let verdict = subject.verdict;
    let root = subject.stages.chain(verdict.survey.target)[0];
    if let Some(missing) = &subject.stages.all[root].base_missing {
        return Some(Reason::new(
            "base-variable",
            format!(
                "the base depends on `{}`, which has no value here",
                missing.name()
            ),
        ));
    }
    let facts = verdict.base.as_ref()?;
    match facts.confidence {
        Confidence::Unknown => Some(Reason::new(
            "base-unknown",
            format!("nothing is known of the base {}", facts.image),
        )),
        Confidence::Inferred => Some(Reason::new(
            "base-inferred",
            format!(
                "what is known of {} is inferred, not read: {}",
                facts.image, facts.source
            ),
        )),
        _ if matches!(facts.family, Family::Unknown | Family::Other) => Some(Reason::new(
            "base-unknown",
            format!("the distribution of {} is not known", facts.image),
        )),
        _ => None,
    }
}

/// The verdict itself rests on a variable that the base may set.
pub(super) fn verdict(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    match (&subject.verdict.cause, subject.verdict.certainty) {
        (Cause::Emptied(missing), Certainty::Inferred) => Some(Reason::new(
            "user-variable",
            format!(
                "`{}` is set nowhere in the file, but the base image may set it",
                missing.name()
            ),
        )),
        _ => None,
    }
}
