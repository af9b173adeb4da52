//! Users that the base image has.

use crate::bases::Account;
use crate::finding::Reason;

use super::names::is_user_name;
use super::{Who, is_a_home, label};
use crate::fix::Subject;
use crate::fix::folders::under;

/// Below the home of one of the base's users only that user may go (mode 0750 on Ubuntu).
pub(super) fn user_of_the_workdir(subject: &Subject<'_, '_, '_>) -> Option<Who> {
    let workdir = &subject.verdict.survey.state.workdir.as_ref()?.path;
    let facts = subject.verdict.base.as_ref()?;
    let account = facts.accounts.iter().find(|account| {
        account
            .home
            .as_deref()
            .is_some_and(|home| under(home, "/home") && (workdir == home || under(workdir, home)))
    })?;
    of_base(subject, account)
}

/// A user of the base image.
pub(super) fn of_base(subject: &Subject<'_, '_, '_>, account: &Account) -> Option<Who> {
    let facts = subject.verdict.base.as_ref()?;
    if account.uid == Some(0) || !is_user_name(&account.name) {
        return None;
    }
    let home = account.home.as_deref().filter(|home| is_a_home(home));
    let user = match account.uid.zip(account.gid) {
        Some((uid, gid)) if !subject.wish.named => format!("{uid}:{gid}"),
        _ => account.name.to_string(),
    };
    Some(Who {
        owner: user.clone(),
        label: label(&account.name, &user),
        origin: format!("the user that {} provides for the purpose", facts.image),
        home: home.map(str::to_owned),
        create: None,
        make_home: None,
        is_homeless: home.is_none() && facts.shell != Some(false) && !subject.needs_no_home(),
        since: None,
        doubts: inferred_base(subject),
        user,
    })
}

pub(super) fn inferred_base(subject: &Subject<'_, '_, '_>) -> Vec<Reason> {
    crate::fix::doubts::base(subject).into_iter().collect()
}
