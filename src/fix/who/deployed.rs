//! What compose files, manifests and charts ask of the user: its number, and that it is a number.

use crate::deployments::SaidId;

use super::file::{has_more_groups, has_variable_numbers};
use super::{Who, base, label};
use crate::fix::Subject;
use crate::fix::create::FIRST_OF_PEOPLE;

/// The number that they agree on, where nothing that was wished goes before it.
fn said<'a>(subject: &'a Subject<'_, '_, '_>) -> Option<&'a SaidId> {
    let open = subject.wish.uid.is_none() && subject.wish.uid_range.is_none();
    subject.deployments.ids.uid().filter(|_| open)
}

/// It is deployed as the user with this number.
pub(super) fn is(subject: &Subject<'_, '_, '_>, uid: Option<u32>) -> bool {
    said(subject).is_some_and(|said| uid == Some(said.id))
}

/// The base's own account with that number: what it owns is the container's.
pub(super) fn of_the_base(subject: &Subject<'_, '_, '_>) -> Option<Who> {
    let facts = subject.verdict.base.as_ref()?;
    let mut accounts = facts.accounts.iter();
    let account = accounts.find(|account| {
        account.uid >= Some(FIRST_OF_PEOPLE) && is(subject, account.uid) && account.gid.is_some()
    })?;
    let who = base::of_base(subject, account)?;
    Some(Who {
        origin: format!("a user that {} has", facts.image),
        ..who
    })
}

/// Says whose number it is, and makes a number of a name where `runAsNonRoot` asks for one: the kubelet does not look
/// names up, and starts none (Kubernetes API, `SecurityContext.runAsNonRoot`).
pub(super) fn settle(subject: &Subject<'_, '_, '_>, who: &mut Who) {
    let number = subject.deployments.wants_number();
    if let Some(numbers) = number.and_then(|_| numbers(subject, &who.user)) {
        let name = who.user.split(':').next().unwrap_or_default().to_owned();
        who.label = label(&name, &numbers);
        who.owner.clone_from(&numbers);
        who.user = numbers;
    }
    let uid = who.user.split(':').next().unwrap_or_default();
    let Ok(uid) = uid.parse::<u32>() else { return };
    if let Some(SaidId { place, text, .. }) = said(subject).filter(|said| said.id == uid)
        && !who.origin.contains(place.as_str())
    {
        who.origin = format!("{}; the number is that of {place} (`{text}`)", who.origin);
    }
    if let Some((place, text)) = number {
        who.origin = format!(
            "{}; by number, as {place} (`{text}`) asks for one",
            who.origin
        );
    }
}

/// The numbers of a user by name, where they are certain and the same to all that it may do.
fn numbers(subject: &Subject<'_, '_, '_>, user: &str) -> Option<String> {
    let survey = &subject.verdict.survey;
    if subject.wish.named || has_more_groups(survey, user) || has_variable_numbers(survey, user) {
        return None;
    }
    let (uid, gid) = if let Some(known) = survey.accounts.user(user) {
        known.uid.zip(known.gid)?
    } else {
        let account = subject.verdict.base.as_ref()?.account(user)?;
        account.uid.zip(account.gid)?
    };
    Some(format!("{uid}:{gid}"))
}
