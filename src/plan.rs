//! From findings to a patched file: which fixes apply, and the proof that the result is right.

use crate::analysis::{Analysis, Options, analyse};
use crate::context::BuildContext;
use crate::dockerfile::{Document, Keyword};
use crate::edits::apply;
use crate::finding::{Applicability, Edit, Finding, Reason, Rule};
use crate::stages::TargetError;
use crate::verdict::Outcome;

/// A file before and after its fixes.
#[derive(Debug, Clone)]
pub struct Patched {
    /// What was found in the file as it is.
    pub analysis: Analysis,
    /// The new bytes; none when nothing changes.
    pub after: Option<Vec<u8>>,
    /// Indices of the findings that `after` repairs.
    pub applied: Vec<usize>,
    /// Findings that stay, each with the reason.
    pub held_back: Vec<(usize, Reason)>,
}

impl Patched {
    /// The findings that are repaired.
    pub fn applied(&self) -> impl Iterator<Item = &Finding> {
        self.applied
            .iter()
            .filter_map(|index| self.analysis.findings.get(*index))
    }

    /// The findings that stay, with the reason.
    pub fn held_back(&self) -> impl Iterator<Item = (&Finding, &Reason)> {
        self.held_back
            .iter()
            .filter_map(|(index, reason)| Some((self.analysis.findings.get(*index)?, reason)))
    }
}

/// Analyses `bytes` and applies every fix of at least the applicability `least` that stands the test.
pub fn patch(
    bytes: &[u8],
    context: &dyn BuildContext,
    options: &Options,
    least: Applicability,
) -> Result<Patched, TargetError> {
    let analysis = analyse(bytes, context, options)?;
    let mut patched = Patched {
        analysis,
        after: None,
        applied: Vec::new(),
        held_back: Vec::new(),
    };
    let mut edits: Vec<Edit> = Vec::new();
    for (index, finding) in patched.analysis.findings.iter().enumerate() {
        // Nothing is held back where nothing is wrong.
        if finding.rule == Rule::UserInferred {
            continue;
        }
        let fix = match &finding.fix {
            Ok(fix) => fix,
            Err(reason) => {
                patched.held_back.push((index, reason.clone()));
                continue;
            }
        };
        if fix.applicability < least || fix.applicability == Applicability::DisplayOnly {
            patched.held_back.push((index, doubts(&fix.doubts)));
            continue;
        }
        let candidate = [edits.as_slice(), fix.edits.as_slice()].concat();
        match check(bytes, &candidate, finding, context, options) {
            Ok(after) => {
                edits = candidate;
                patched.after = Some(after);
                patched.applied.push(index);
            }
            Err(reason) => patched.held_back.push((index, reason)),
        }
    }
    Ok(patched)
}

fn doubts(doubts: &[Reason]) -> Reason {
    let text = doubts
        .iter()
        .map(|doubt| format!("{} [{}]", doubt.text, doubt.id))
        .collect::<Vec<_>>();
    Reason::new("unsafe", text.join("; "))
}

/// Applies the edits and judges the result anew: it must read, run as non-root, keep every byte
/// outside the edits, and leave nothing to do for a second run.
fn check(
    bytes: &[u8],
    edits: &[Edit],
    finding: &Finding,
    context: &dyn BuildContext,
    options: &Options,
) -> Result<Vec<u8>, Reason> {
    let rejected = |why: String| {
        Reason::new(
            "rejected",
            format!("the result did not stand the test: {why}"),
        )
    };
    let after = apply(bytes, edits).map_err(|error| rejected(error.to_string()))?;
    if after == bytes {
        return Err(rejected("it changes nothing".into()));
    }
    if !keeps_the_rest(bytes, &after, edits) {
        return Err(rejected("bytes outside the edits changed".into()));
    }
    if !adds_only_run_user_and_env(bytes, &after, edits.len()) {
        return Err(rejected("it adds instructions that it should not".into()));
    }
    let again = analyse(&after, context, options).map_err(|error| rejected(error.to_string()))?;
    if let Some(unread) = again
        .findings
        .iter()
        .find(|finding| finding.rule == Rule::NotADockerfile)
    {
        return Err(rejected(unread.message.clone()));
    }
    let fixed = again.targets.iter().any(|target| {
        Some(&target.stage) == finding.stage.as_ref() && target.outcome == Outcome::NonRoot
    });
    if !fixed {
        return Err(rejected(
            "the container would still not start as another user".into(),
        ));
    }
    Ok(after)
}

/// True when the result has the instructions that it had, and a RUN, a USER and an ENV more for each edit
/// at most.
fn adds_only_run_user_and_env(before: &[u8], after: &[u8], edits: usize) -> bool {
    let count = |bytes: &[u8]| {
        let mut others = Vec::new();
        let (mut runs, mut users, mut envs) = (0_usize, 0_usize, 0_usize);
        for instruction in &Document::lex(bytes).instructions {
            match instruction.keyword() {
                Keyword::Run => runs += 1,
                Keyword::User => users += 1,
                Keyword::Env => envs += 1,
                other => others.push(other),
            }
        }
        (others, runs, users, envs)
    };
    let (old, new) = (count(before), count(after));
    old.0 == new.0
        && (old.1..=old.1 + edits).contains(&new.1)
        && (old.2..=old.2 + edits).contains(&new.2)
        && (old.3..=old.3 + edits).contains(&new.3)
}

/// True when `after` is `before` but for the edits, seen from the result's side.
fn keeps_the_rest(before: &[u8], after: &[u8], edits: &[Edit]) -> bool {
    let mut order: Vec<&Edit> = edits.iter().collect();
    order.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let (mut at_before, mut at_after) = (0, 0);
    for edit in order {
        let length = edit.span.start.saturating_sub(at_before);
        let same = before.get(at_before..edit.span.start) == after.get(at_after..at_after + length);
        let inserted = after.get(at_after + length..at_after + length + edit.content.len());
        if !same || inserted != Some(edit.content.as_bytes()) {
            return false;
        }
        at_before = edit.span.end;
        at_after += length + edit.content.len();
    }
    before.get(at_before..) == after.get(at_after..)
}
