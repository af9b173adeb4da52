//! Who the container shall run as: a user that is there for it, or else a new one, or else a number.

use crate::bases::{Account, is_root_user};
use crate::dockerfile::Keyword;
use crate::finding::Reason;
use crate::shell::accounts::KnownUser;
use crate::shell::users::{AccountChange, Dialect};
use crate::stages::Lookup;
use crate::survey::Survey;

use super::own::{is_quotable, is_system, under};
use super::{Subject, create};

/// The user of the fixed image.
#[derive(Debug, Clone)]
pub(super) struct Who {
    /// What USER says.
    pub(super) user: String,
    /// What `chown` gets.
    pub(super) owner: String,
    /// For people: `app (10001:10001)`.
    pub(super) label: String,
    /// Where it comes from, for people.
    pub(super) origin: String,
    /// A home directory that it owns already.
    pub(super) home: Option<String>,
    /// Shell commands that create it.
    pub(super) create: Option<String>,
    /// A home that must be made and handed over.
    pub(super) make_home: Option<String>,
    /// The step after which it exists; none: it is there from the start.
    pub(super) since: Option<usize>,
    /// What is not certain of it.
    pub(super) doubts: Vec<Reason>,
}

/// Chooses in this order: the file's own user, the base's, a new one, a number.
pub(super) fn choose(subject: &Subject<'_, '_, '_>) -> Result<Who, Reason> {
    if subject.wish.name.is_some() || subject.wish.uid.is_some() {
        return wished(subject);
    }
    earlier_user(subject)
        .or_else(|| user_of_the_workdir(subject))
        .or_else(|| created(subject))
        .or_else(|| from_copied_passwd(subject))
        .or_else(|| of_base(subject, subject.verdict.base.as_ref()?.run_as.as_ref()?))
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
        return Ok(file_user(subject, user));
    }
    let mut of_base_image = of_base_image.filter(|account| account.uid != Some(0));
    if let Some(who) = of_base_image
        .find(|account| fits(&account.name, account.uid))
        .and_then(|account| of_base(subject, account))
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

/// Below the home of one of the base's users only that user may go (mode 0750 on Ubuntu).
fn user_of_the_workdir(subject: &Subject<'_, '_, '_>) -> Option<Who> {
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

/// The user that an earlier USER named before a later one went back to root, or the base's own.
fn earlier_user(subject: &Subject<'_, '_, '_>) -> Option<Who> {
    let survey = &subject.verdict.survey;
    survey.state.user.as_ref()?;
    let after = |step: usize| match survey.steps.get(step + 1) {
        Some(next) => next.user.as_ref(),
        None => survey.state.user.as_ref(),
    };
    let users = survey
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.keyword == Keyword::User);
    let earlier = users.rev().find_map(|(at, step)| {
        let setting = after(at)?;
        let fine = !is_root_user(&setting.value)
            && setting.missing.is_none()
            && !setting.value.contains(char::is_whitespace)
            && survey
                .accounts
                .user(&setting.value)
                .is_none_or(|user| user.uid != Some(0))
            && !is_deleted(survey, &setting.value)
            && setting.value.split(':').all(is_name);
        fine.then_some((step, setting))
    });
    if let Some((step, setting)) = earlier {
        let instruction = &subject.stages.document.instructions[step.instruction];
        let written = String::from_utf8_lossy(instruction.args()).into_owned();
        let same_stage = step.stage == survey.target && !step.triggered;
        let user = if setting.from_arg && same_stage && is_made_of_variables(&written) {
            written
        } else {
            setting.value.clone()
        };
        return Some(Who {
            owner: user.clone(),
            label: user.clone(),
            origin: format!(
                "the user that line {} names before root comes back",
                instruction.first_line
            ),
            home: None,
            create: None,
            make_home: None,
            since: None,
            doubts: Vec::new(),
            user,
        });
    }
    // `FROM jenkins` + `USER root`: the way back is the base's own user.
    let facts = subject.verdict.base.as_ref()?;
    let user = facts
        .default_user
        .as_deref()
        .filter(|user| facts.is_root == Some(false) && user.split(':').all(is_name))?;
    Some(Who {
        user: user.to_owned(),
        owner: user.to_owned(),
        label: user.to_owned(),
        origin: format!("the user that {} runs as by itself", facts.image),
        home: None,
        create: None,
        make_home: None,
        since: None,
        doubts: inferred_base(subject),
    })
}

/// A user that a RUN creates and nothing switches to.
fn created(subject: &Subject<'_, '_, '_>) -> Option<Who> {
    let survey = &subject.verdict.survey;
    let users: Vec<&KnownUser> = survey
        .accounts
        .users()
        .iter()
        .filter(|user| user.uid != Some(0) && user.name != "root" && is_user_name(&user.name))
        .collect();
    let owns = |user: &&&KnownUser| {
        let spec = |spec: &str| spec.split(':').next() == Some(user.name.as_str());
        survey
            .copies
            .iter()
            .any(|copy| copy.chown.as_deref().is_some_and(spec))
    };
    let chosen = users.iter().rev().find(owns).or(users.last())?;
    let mut who = file_user(subject, chosen);
    if users.len() > 1 && !owns(&chosen) {
        who.doubts.push(Reason::new(
            "several-users",
            format!(
                "the file creates {} users and does not say which one runs the program",
                users.len()
            ),
        ));
    }
    Some(who)
}

fn file_user(subject: &Subject<'_, '_, '_>, user: &KnownUser) -> Who {
    let survey = &subject.verdict.survey;
    let mut doubts = Vec::new();
    if user.conditional && !user.guarded {
        doubts.push(Reason::new(
            "user-conditional",
            format!(
                "`{}` is created on a condition that may not hold",
                user.name
            ),
        ));
    }
    let written = written_name(survey, &user.name);
    let variable = written.as_deref().filter(|text| text.contains('$'));
    let in_scope = variable.filter(|text| {
        let name = text.trim_start_matches(['$', '{']).trim_end_matches('}');
        is_plain_variable(text) && survey.state.env.get(name) == Some(user.name.as_str())
    });
    if variable.is_some() && in_scope.is_none() {
        doubts.push(Reason::new(
            "user-variable",
            format!("the name `{}` is made of variables of the shell", user.name),
        ));
    }
    let numbers = user.uid.zip(user.gid).filter(|_| {
        !subject.wish.named
            && variable.is_none()
            && !has_more_groups(survey, &user.name)
            && !has_variable_numbers(survey, &user.name)
    });
    let user_arg = match (in_scope, numbers) {
        (Some(text), _) => text.to_owned(),
        (None, Some((uid, gid))) => format!("{uid}:{gid}"),
        (None, None) => user.name.clone(),
    };
    let line = survey.steps.get(user.created_at).map_or(1, |step| {
        subject.stages.document.instructions[step.instruction].first_line
    });
    Who {
        owner: if in_scope.is_some() {
            format!("\"{user_arg}\"")
        } else {
            user_arg.clone()
        },
        label: label(&user.name, &user_arg),
        origin: format!("the user that line {line} creates"),
        home: user.home.clone().filter(|_| user.makes_home == Some(true)),
        create: None,
        make_home: None,
        since: Some(user.created_at),
        doubts,
        user: user_arg,
    }
}

/// A user of a builder stage whose passwd the target copies, as images FROM scratch do.
fn from_copied_passwd(subject: &Subject<'_, '_, '_>) -> Option<Who> {
    let survey = &subject.verdict.survey;
    let copy = survey.copies.iter().find(|copy| {
        copy.from.is_some()
            && copy
                .sources
                .iter()
                .any(|source| source.trim_start_matches('/') == "etc/passwd")
            && (copy.dest == "/etc/passwd" || copy.dest == "/etc")
    })?;
    let stage = subject.stages.find(copy.from.as_deref()?)?;
    let builder = Survey::read(subject.stages, stage, Dialect::Unknown);
    let user = builder
        .accounts
        .users()
        .iter()
        .rev()
        .find(|user| user.uid != Some(0) && is_user_name(&user.name))?;
    let user_arg = match (user.uid, user.gid) {
        (Some(uid), Some(gid)) if !subject.wish.named => format!("{uid}:{gid}"),
        _ => user.name.clone(),
    };
    Some(Who {
        owner: user_arg.clone(),
        label: label(&user.name, &user_arg),
        origin: format!(
            "the user that stage `{}` creates and whose passwd is copied",
            subject.stages.label(stage)
        ),
        home: None,
        create: None,
        make_home: None,
        since: Some(copy.step),
        doubts: Vec::new(),
        user: user_arg,
    })
}

/// A user of the base image.
fn of_base(subject: &Subject<'_, '_, '_>, account: &Account) -> Option<Who> {
    let facts = subject.verdict.base.as_ref()?;
    if account.uid == Some(0) || !is_user_name(&account.name) {
        return None;
    }
    let mut doubts = inferred_base(subject);
    let home = account.home.as_deref();
    if home.is_none_or(|home| !is_a_home(home)) && facts.shell != Some(false) {
        doubts.push(home_missing(&account.name));
    }
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
        since: None,
        doubts,
        user,
    })
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
    let mut doubts = creation.doubts;
    doubts.extend(inferred_base(subject));
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
        origin: origin.to_owned(),
        make_home: creation.home.clone().filter(|home| {
            creation.makes_no_home || exists_before(&subject.verdict.survey, home, usize::MAX)
        }),
        home: creation.home,
        create: creation.commands,
        since: None,
        doubts,
        user,
    })
}

/// A folder that can be somebody's home, unlike `/nonexistent` and `/`.
fn is_a_home(home: &str) -> bool {
    is_quotable(home) && !is_system(home) && home != "/nonexistent"
}

fn home_missing(name: &str) -> Reason {
    Reason::new(
        "home-missing",
        format!("`{name}` has no home folder that it could write caches into"),
    )
}

/// A WORKDIR or COPY makes `path` before the step `at`, so that creating a user does not hand it over.
fn exists_before(survey: &Survey, path: &str, at: usize) -> bool {
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

fn inferred_base(subject: &Subject<'_, '_, '_>) -> Vec<Reason> {
    super::doubts::base(subject).into_iter().collect()
}

fn label(name: &str, user: &str) -> String {
    if name == user {
        name.to_owned()
    } else {
        format!("{name} ({user})")
    }
}

/// A user or group that may be written into an instruction as it is: whatever else a shell or a
/// Dockerfile would read into it (`;`, `$`, a newline) has no place in a name. Cf. useradd(8).
fn is_name(text: &str) -> bool {
    text.starts_with(|ch: char| ch.is_ascii_alphanumeric() || ch == '_')
        && text
            .chars()
            .all(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '.' | '-'))
}

/// A name that USER would not take for a number.
fn is_user_name(text: &str) -> bool {
    is_name(text) && text.parse::<i64>().is_err()
}

/// `$NAME` or `${NAME}` and nothing else.
fn is_plain_variable(text: &str) -> bool {
    let name = match text.strip_prefix("${") {
        Some(rest) => rest.strip_suffix('}'),
        None => text.strip_prefix('$'),
    };
    name.is_some_and(|name| {
        !name.is_empty()
            && name
                .chars()
                .all(|ch| ch.is_ascii_alphanumeric() || ch == '_')
            && !name.starts_with(|ch: char| ch.is_ascii_digit())
    })
}

/// Variables, letters, digits and `:`, as in `${UID}:${GID}`: may stand in another USER as it is.
fn is_made_of_variables(text: &str) -> bool {
    text.contains('$')
        && text
            .chars()
            .all(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '$' | '{' | '}' | '_' | ':'))
}

/// A RUN removes the user again.
fn is_deleted(survey: &Survey, user: &str) -> bool {
    let wanted = user.split(':').next();
    survey
        .runs
        .iter()
        .flat_map(|run| &run.accounts)
        .any(|act| match &act.what {
            AccountChange::DeletesUser { name } => name.as_deref() == wanted,
            _ => false,
        })
}

/// The command that creates the user takes its numbers from variables: a build argument can change them.
fn has_variable_numbers(survey: &Survey, name: &str) -> bool {
    survey.runs.iter().any(|run| {
        run.accounts.iter().any(|act| match &act.what {
            AccountChange::CreatesUser(new) => {
                new.name.as_deref() == Some(name) && run.script.mentions(&act.span, "$")
            }
            AccountChange::CreatesGroup {
                name: Some(group), ..
            } => group == name && run.script.mentions(&act.span, "$"),
            _ => false,
        })
    })
}

/// The name as the creating command writes it, quotes dropped.
fn written_name(survey: &Survey, name: &str) -> Option<String> {
    survey
        .runs
        .iter()
        .flat_map(|run| &run.accounts)
        .find_map(|act| match &act.what {
            AccountChange::CreatesUser(new) if new.name.as_deref() == Some(name) => {
                Some(new.written.trim_matches(['"', '\'']).to_owned())
            }
            _ => None,
        })
}

/// `USER uid:gid` drops the supplementary groups, so a user that has some keeps its name.
fn has_more_groups(survey: &Survey, name: &str) -> bool {
    survey
        .runs
        .iter()
        .flat_map(|run| &run.accounts)
        .any(|act| match &act.what {
            AccountChange::CreatesUser(new) => {
                new.name.as_deref() == Some(name) && !new.groups.is_empty()
            }
            AccountChange::ChangesUser(change) => {
                change.name.as_deref() == Some(name) && !change.groups.is_empty()
            }
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_nothing_that_a_shell_reads() {
        for name in ["app", "_svc", "www-data", "a.b", "App1"] {
            assert!(is_user_name(name), "{name}");
        }
        for name in [
            "a;b",
            "a b",
            "a\nRUN evil",
            "$x",
            "",
            "-x",
            "0",
            "12",
            "a$(id)",
        ] {
            assert!(!is_user_name(name), "{name:?}");
        }
    }

    #[test]
    fn plain_variables() {
        assert!(is_plain_variable("$APP_USER"));
        assert!(is_plain_variable("${APP_USER}"));
        for text in ["app", "$", "${}", "${A:-b}", "$A$B", "x$A", "$1"] {
            assert!(!is_plain_variable(text), "{text}");
        }
    }
}
