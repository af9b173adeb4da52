//! Who the container shall run as: a user that is there for it, or else a new one, or else a number.

mod base;
mod deployed;
mod file;
mod names;
mod recipe;

use crate::finding::Reason;
use crate::survey::Survey;

use super::folders::{is_quotable, is_system, under};
use super::{Subject, create};

/// The user of the fixed image.
#[derive(Debug, Clone)]
pub(in crate::fix) struct Who {
    /// What USER says.
    pub(in crate::fix) user: String,
    /// What `chown` gets.
    pub(in crate::fix) owner: String,
    /// For people: `app (10001:10001)`.
    pub(in crate::fix) label: String,
    /// Where it comes from, for people.
    pub(in crate::fix) origin: String,
    /// A home directory that it owns already.
    pub(in crate::fix) home: Option<String>,
    /// Shell commands that create it.
    pub(in crate::fix) create: Option<String>,
    /// A home that must be made and handed over.
    pub(in crate::fix) make_home: Option<String>,
    /// It has no home folder, and what the container runs may want one.
    pub(in crate::fix) is_homeless: bool,
    /// The step after which it exists; none: it is there from the start.
    pub(in crate::fix) since: Option<usize>,
    /// What is not certain of it.
    pub(in crate::fix) doubts: Vec<Reason>,
}

impl Who {
    /// True when `owner`, as `chown` takes it, names this user.
    pub(in crate::fix) fn owns_as(&self, owner: &str) -> bool {
        let first = owner.split([':', '.']).next();
        self.label.split(' ').next() == first || self.user.split(':').next() == first
    }
}

/// Chooses in this order: the file's own user, the program's, the base's, a new one, a number.
pub(in crate::fix) fn choose(subject: &Subject<'_, '_, '_>) -> Result<Who, Reason> {
    let mut who = if subject.wish.name.is_some() || subject.wish.uid.is_some() {
        wished(subject)?
    } else {
        unwished(subject)?
    };
    deployed::settle(subject, &mut who);
    Ok(who)
}

fn unwished(subject: &Subject<'_, '_, '_>) -> Result<Who, Reason> {
    file::earlier_user(subject)
        .or_else(|| base::user_of_the_workdir(subject))
        .or_else(|| recipe::switched_to(subject))
        .or_else(|| file::created(subject))
        .or_else(|| file::from_copied_passwd(subject))
        .or_else(|| recipe::of_recipe(subject))
        .or_else(|| base::of_base(subject, subject.verdict.base.as_ref()?.run_as.as_ref()?))
        .or_else(|| deployed::of_the_base(subject))
        .map_or_else(|| new(subject), Ok)
}

/// The user that the caller names, by name or number.
fn wished(subject: &Subject<'_, '_, '_>) -> Result<Who, Reason> {
    let accounts = subject.verdict.survey.accounts.users();
    let of_base_image = subject
        .verdict
        .base
        .iter()
        .flat_map(|facts| facts.accounts.iter());
    let wish = subject.wish;
    let name = wish.name.as_deref();
    let fits = |known: &str, uid: Option<u32>| match (name, wish.uid) {
        (Some(name), _) => known == name,
        (None, wished) => wished.is_some() && uid == wished,
    };
    if let Some(user) = accounts
        .iter()
        .find(|user| fits(&user.name, user.uid) && user.uid != Some(0))
    {
        return Ok(file::file_user(subject, user));
    }
    let mut of_base_image = of_base_image.filter(|account| account.uid != Some(0));
    if let Some(who) = of_base_image
        .find(|account| fits(&account.name, account.uid))
        .and_then(|account| base::of_base(subject, account))
    {
        return Ok(who);
    }
    if let Some(name) = name.filter(|name| create::is_system_name(name)) {
        return Err(Reason::new(
            "name-taken",
            format!("`{name}` is a user or group of most distributions: choose another --user"),
        ));
    }
    let taken = subject
        .verdict
        .base
        .iter()
        .flat_map(|facts| facts.accounts.iter())
        .find(|account| account.uid == wish.uid && wish.uid.is_some());
    if let Some(account) = taken {
        return Err(Reason::new(
            "uid-taken",
            format!(
                "the number belongs to `{}` in the base: say --user {0} or another --uid",
                account.name
            ),
        ));
    }
    new(subject)
}

fn new(subject: &Subject<'_, '_, '_>) -> Result<Who, Reason> {
    let creation = create::creation(subject)?;
    let numbers = format!("{}:{}", creation.uid, creation.gid);
    let user = if subject.wish.named && creation.commands.is_some() {
        creation.name.clone()
    } else {
        numbers.clone()
    };
    let origin = match (&creation.commands, creation.makes_no_home) {
        (Some(_), false) => "a new user, created the distribution's own way",
        (Some(_), true) => {
            "a new user, written into /etc/passwd since the image has no tool for it"
        }
        (None, _) => "a number, since the image has no shell to create a user with",
    };
    let origin = if creation.numbers_of.is_empty() {
        origin.to_owned()
    } else {
        format!(
            "{origin}; the number is that of {}",
            creation.numbers_of.join(" and ")
        )
    };
    let mut doubts = creation.doubts;
    doubts.extend(base::inferred_base(subject));
    Ok(Who {
        label: if creation.commands.is_some() {
            label(&creation.name, &numbers)
        } else {
            numbers.clone()
        },
        owner: if creation.commands.is_some() {
            creation.owner
        } else {
            numbers
        },
        origin,
        make_home: creation.home.clone().filter(|home| {
            creation.makes_no_home || exists_before(&subject.verdict.survey, home, usize::MAX)
        }),
        home: creation.home,
        create: creation.commands,
        is_homeless: false,
        since: None,
        doubts,
        user,
    })
}

/// A folder that can be somebody's home, unlike `/nonexistent` and `/`.
fn is_a_home(home: &str) -> bool {
    is_quotable(home) && !is_system(home) && home != "/nonexistent"
}

/// A WORKDIR or COPY makes `path` before the step `at`, so that creating a user does not hand it over.
pub(in crate::fix) fn exists_before(survey: &Survey, path: &str, at: usize) -> bool {
    let inside = |other: &str| other == path || under(other, path);
    let workdirs = survey
        .steps
        .iter()
        .take(at)
        .filter_map(|step| step.workdir.as_deref());
    let copies = survey
        .copies
        .iter()
        .filter(|copy| copy.step < at)
        .map(|copy| copy.dest.as_str());
    workdirs.chain(copies).any(inside)
}

fn label(name: &str, user: &str) -> String {
    if name == user {
        name.to_owned()
    } else {
        format!("{name} ({user})")
    }
}
