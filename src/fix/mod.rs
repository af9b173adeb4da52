//! From a verdict to a repair: who the container shall run as, where that is said, what that user
//! must own, and what makes us doubt the result. One question a file.

mod copies;
mod create;
mod doubts;
mod folders;
mod learned;
mod own;
mod place;
mod text;
mod who;

pub(crate) use folders::under;
pub use learned::{Change, Kind, Learned, LearnedPath, Need, Written, learn};

use crate::brought::Bringer;
use crate::context::BuildContext;
use crate::dockerfile::Keyword;
use crate::finding::{Applicability, Edit, Fix, Reason};
use crate::stages::Stages;
use crate::verdict::{Cause, Verdict};

/// What the caller wishes for the user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// `--user`: a user of the image, or the name of the one to create.
    pub name: Option<String>,
    /// `--uid`.
    pub uid: Option<u32>,
    /// `--gid`.
    pub gid: Option<u32>,
    /// `--named`: write names into USER where the image knows them.
    pub named: bool,
}

/// What a strategy sees.
pub(crate) struct Subject<'a, 'd, 's> {
    pub(crate) stages: &'a Stages<'d, 's>,
    pub(crate) verdict: &'a Verdict,
    pub(crate) wish: &'a Wish,
    /// What a run of the original showed, in the place of guesses.
    pub(crate) learned: Option<&'a Learned>,
    pub(crate) context: &'a dyn BuildContext,
}

/// The repair of a target that starts as root, or why there is none.
pub fn propose(
    stages: &Stages<'_, '_>,
    verdict: &Verdict,
    wish: &Wish,
    learned: Option<&Learned>,
    context: &dyn BuildContext,
) -> Result<Fix, Reason> {
    let subject = Subject {
        stages,
        verdict,
        wish,
        learned,
        context,
    };
    let programs = doubts::programs(&subject);
    doubts::refuse(&subject, &programs)?;
    let who = who::choose(&subject)?;
    let place = place::find(&subject, &who);
    let handed = copies::handed_over(&subject, &who);
    let owned = own::directories(&subject, &who, &place, &handed);
    let place = place.settle(&subject, &who, &owned)?;
    let mut doubts = who.doubts.clone();
    doubts.extend(owned.doubts.iter().cloned());
    doubts.extend(doubts::of(
        &subject, &programs, &who, &place, &handed, &owned,
    ));
    dedup(&mut doubts);
    let edits = text::edits(&subject, &who, &place, &owned, &handed)?;
    let remarks = doubts::remarks(&subject, &doubts);
    Ok(Fix {
        title: title(&edits, &who.label),
        applicability: applicability(&doubts),
        edits,
        files: Vec::new(),
        doubts,
        remarks,
        moved_ports: Vec::new(),
    })
}

impl Subject<'_, '_, '_> {
    /// Index of the first and after the last instruction of the target's own body.
    fn body(&self) -> std::ops::Range<usize> {
        self.stages.all[self.verdict.survey.target].body.clone()
    }

    /// Where the image's files come from.
    fn bringer(&self) -> Bringer<'_> {
        Bringer {
            survey: &self.verdict.survey,
            stages: self.stages,
            context: self.context,
        }
    }

    fn keyword(&self, instruction: usize) -> Keyword {
        self.stages.document.instructions[instruction].keyword()
    }

    /// The USER instruction of the target's own body that makes it root.
    fn root_user(&self) -> Option<usize> {
        let setting = self.verdict.survey.state.user.as_ref()?;
        let own = !setting.triggered && self.body().contains(&setting.instruction);
        let explicit = matches!(
            self.verdict.cause,
            Cause::User | Cause::ArgDefault | Cause::Emptied(_) | Cause::CreatedAsRoot(_)
        );
        (own && explicit).then_some(setting.instruction)
    }
}

fn title(edits: &[Edit], label: &str) -> String {
    let replaces = edits.iter().any(|edit| !edit.span.is_empty());
    if replaces {
        format!("run as {label} instead of root")
    } else {
        format!("run as {label}")
    }
}

/// One reason an identifier, with everything that was said under it.
fn dedup(reasons: &mut Vec<Reason>) {
    let mut merged: Vec<Reason> = Vec::new();
    for reason in reasons.drain(..) {
        match merged.iter_mut().find(|known| known.id == reason.id) {
            Some(known) if known.text.contains(&reason.text) => {}
            Some(known) => known.text = format!("{}; {}", known.text, reason.text),
            None => merged.push(reason),
        }
    }
    *reasons = merged;
}

/// A fix that is known to break something is shown, and never applied.
fn applicability(doubts: &[Reason]) -> Applicability {
    if doubts.iter().any(|doubt| doubt.id == "breaks-other-stages") {
        Applicability::DisplayOnly
    } else if doubts.is_empty() {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    }
}
