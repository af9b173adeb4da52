//! How `BuildKit`'s verdicts write the final user.

use unroot::stages::{BaseRef, Stages};

/// The last stage's user, with `BASEUSER` for whatever an outside image brings.
pub(crate) fn final_user(stages: &Stages<'_, '_>) -> Result<String, String> {
    let last = stages.all.last().ok_or("no stage")?.index;
    let state = stages.walk(last, |_, _| {});
    if let Some((_, why)) = state.failure {
        return Err(why);
    }
    Ok(match (state.user, stages.root_base(last)) {
        (Some(user), _) => user.value,
        (None, BaseRef::Scratch) => String::new(),
        (None, _) => "BASEUSER".into(),
    })
}
