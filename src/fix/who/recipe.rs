//! The user that a program is told to switch to, or that its package makes for it.

use crate::bases::{Family, system_account};

use super::names::is_user_name;
use super::{Who, base, file, label};
use crate::fix::Subject;
use crate::fix::recipe::Used;

/// The user that what the container runs is told to switch to: the one that the author meant.
pub(super) fn switched_to(subject: &Subject<'_, '_, '_>) -> Option<Who> {
    let by_supervisor = || {
        let mut users = subject
            .calls
            .all
            .iter()
            .filter_map(|call| call.user.as_deref());
        let first = users.next()?;
        (is_somebody(first) && users.all(|other| other == first)).then(|| first.to_owned())
    };
    let by_program = subject.recipes.iter().find_map(|used| {
        let name = used.switches_to(subject)?;
        let name = name.split(':').next().unwrap_or_default().to_owned();
        is_somebody(&name).then_some((name, used))
    });
    if let Some(name) = by_supervisor() {
        let why = "the user that the supervisor is told to switch to".to_owned();
        return by_name(subject, &name, why, None);
    }
    let (name, used) = by_program?;
    let program = used.recipe.programs[0];
    let why = format!("the user that {program} is told to switch to");
    by_name(subject, &name, why, Some(used))
}

fn is_somebody(name: &str) -> bool {
    is_user_name(name) && name != "root"
}

/// The user that the package or image of a recipe makes for its program.
pub(super) fn of_recipe(subject: &Subject<'_, '_, '_>) -> Option<Who> {
    let used = subject
        .recipes
        .iter()
        .find(|used| used.recipe.user.is_some())?;
    let name = used.recipe.user?;
    let program = used.recipe.programs[0];
    let why = format!("the user that is there for {program}");
    by_name(subject, name, why, Some(used))
}

/// A user that is in the image for certain: by the file, the base, the recipe or the distribution.
fn by_name(
    subject: &Subject<'_, '_, '_>,
    name: &str,
    origin: String,
    used: Option<&Used>,
) -> Option<Who> {
    if let Some(user) = subject.verdict.survey.accounts.user(name) {
        return (user.uid != Some(0)).then(|| file::file_user(subject, user));
    }
    let facts = subject.verdict.base.as_ref()?;
    let ids = used
        .filter(|used| used.recipe.user == Some(name))
        .map(|used| (used.recipe.ids, used.since));
    if let Some(account) = facts.account(name) {
        return base::of_base(subject, account).map(|who| Who { origin, ..who });
    }
    let of_package = ids.is_some();
    let (ids, since) = match ids {
        Some((ids, since)) => (ids, since),
        None => (Some(of_the_system(facts.family, name)?), None),
    };
    let user = match ids {
        Some((uid, gid)) if !subject.wish.named => format!("{uid}:{gid}"),
        _ => name.to_owned(),
    };
    Some(Who {
        owner: if ids.is_some() {
            user.clone()
        } else {
            let group = used.and_then(|used| used.recipe.group).unwrap_or(name);
            format!("{name}:{group}")
        },
        label: label(name, &user),
        origin,
        home: None,
        create: None,
        make_home: None,
        // What a package's program needs of a home, its package gives its user.
        is_homeless: !of_package && !subject.needs_no_home(),
        since,
        doubts: Vec::new(),
        user,
    })
}

/// The numbers of an account that a distribution has from the start.
fn of_the_system(family: Family, name: &str) -> Option<(u32, u32)> {
    let account = system_account(family, name)?;
    account.uid.zip(account.gid)
}
