//! What compose files, manifests and charts say of the container's user and its rights, beside what the fix makes of it.

use crate::deployments::SaidId;
use crate::finding::Reason;
use crate::fix::{Plan, Subject};

/// Rights that Docker gives to root in the container alone: those of `cap_add` are not in the effective set of any
/// other user, since it has no ambient capabilities (moby/moby#8460, #38664).
pub(super) fn rights(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let said = subject.deployments.more_rights.iter();
    let said: Vec<String> = said
        .map(|(place, text)| format!("{place} says `{text}`"))
        .collect();
    (!said.is_empty()).then(|| {
        Reason::new(
            "more-rights",
            format!(
                "{}, which Docker gives only to root in the container",
                said.join(", ")
            ),
        )
    })
}

/// Numbers that are said and that the user does not have.
pub(super) fn remarks(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>) -> Vec<String> {
    let user = &plan.who.user;
    let number = user.split(':').next().unwrap_or_default();
    let Ok(uid) = number.parse::<u32>() else {
        return by_name(subject, user).into_iter().collect();
    };
    let other = |said: &&SaidId| said.id != uid;
    let told = |said: &SaidId| {
        let SaidId { place, text, id } = said;
        if *id == 0 {
            format!(
                "{place} says `{text}`: there the container starts as root, whatever the image says"
            )
        } else {
            format!(
                "{place} says `{text}`, and the image's user is {user}: its files are not that number's"
            )
        }
    };
    let said = subject.deployments.ids.users().iter();
    let mut remarks: Vec<String> = said.filter(other).map(told).collect();
    let more = remarks.len().saturating_sub(MAX_REMARKS);
    remarks.truncate(MAX_REMARKS);
    if more > 0 {
        remarks.push(format!("{more} more places say another number"));
    }
    remarks
}

/// How many places are named: a repository may have a manifest for each of its images.
const MAX_REMARKS: usize = 3;

/// A user by name, which Kubernetes cannot tell from root by itself.
fn by_name(subject: &Subject<'_, '_, '_>, user: &str) -> Option<String> {
    let deployments = &subject.deployments;
    // With a number of the manifest's, the image's user does not matter.
    let unsaid = deployments.ids.users().is_empty();
    let (place, text) = deployments.wants_number().filter(|_| unsaid)?;
    Some(format!(
        "{place} says `{text}`, and Kubernetes refuses {user} there, a user by name: say runAsUser beside it"
    ))
}
