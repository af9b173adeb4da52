//! Users that the file itself has: named by an earlier USER, or created and not used.

use crate::bases::is_root_user;
use crate::dockerfile::Keyword;
use crate::finding::Reason;
use crate::shell::accounts::KnownUser;
use crate::shell::users::{AccountChange, Dialect};
use crate::stages::Lookup;
use crate::survey::Survey;
use crate::verdict::Outcome;

use super::names::{is_made_of_variables, is_name, is_plain_variable, is_user_name};
use super::{Who, base, exists_before, is_a_home, label};
use crate::fix::Subject;

/// The user that an earlier USER named before a later one went back to root, or the base's own.
pub(super) fn earlier_user(subject: &Subject<'_, '_, '_>) -> Option<Who> {
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
        let name = setting.value.split(':').next().unwrap_or_default();
        let known = survey.accounts.user(name);
        let make_home = known.and_then(|known| home_to_make(survey, known));
        return Some(Who {
            owner: user.clone(),
            label: user.clone(),
            origin: format!(
                "the user that line {} names{}",
                instruction.first_line,
                if subject.verdict.outcome == Outcome::NonRoot {
                    ""
                } else {
                    " before root comes back"
                }
            ),
            home: None,
            create: None,
            is_homeless: known.is_some_and(|known| !has_a_home(known)) && !subject.needs_no_home(),
            make_home,
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
        is_homeless: false,
        since: None,
        doubts: base::inferred_base(subject),
    })
}

/// A user that a RUN creates and nothing switches to.
pub(super) fn created(subject: &Subject<'_, '_, '_>) -> Option<Who> {
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
    // The one that it is deployed as, where the file says of none that it is the program's.
    let is_deployed = |user: &&&KnownUser| super::deployed::is(subject, user.uid);
    let chosen = users.iter().rev().find(owns);
    let chosen = chosen.or_else(|| users.iter().find(is_deployed));
    let chosen = chosen.or(users.last())?;
    let mut who = file_user(subject, chosen);
    if users.len() > 1 && !owns(&chosen) && !is_deployed(&chosen) {
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

pub(super) fn file_user(subject: &Subject<'_, '_, '_>, user: &KnownUser) -> Who {
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
    let make_home = home_to_make(survey, user);
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
        home: None,
        create: None,
        make_home,
        is_homeless: !has_a_home(user) && !subject.needs_no_home(),
        since: Some(user.created_at),
        doubts,
        user: user_arg,
    }
}

/// A user of a builder stage whose passwd the target copies, as images FROM scratch do.
pub(super) fn from_copied_passwd(subject: &Subject<'_, '_, '_>) -> Option<Who> {
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
        is_homeless: false,
        since: Some(copy.step),
        doubts: Vec::new(),
        user: user_arg,
    })
}

/// A RUN removes the user again.
fn is_deleted(survey: &Survey, user: &str) -> bool {
    let wanted = user.split(':').next();
    survey.account_acts().any(|act| match &act.what {
        AccountChange::DeletesUser { name } => name.as_deref() == wanted,
        _ => false,
    })
}

/// The command that creates the user takes its numbers from variables: a build argument can change them.
pub(super) fn has_variable_numbers(survey: &Survey, name: &str) -> bool {
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
    survey.account_acts().find_map(|act| match &act.what {
        AccountChange::CreatesUser(new) if new.name.as_deref() == Some(name) => {
            Some(new.written.trim_matches(['"', '\'']).to_owned())
        }
        _ => None,
    })
}

/// `USER uid:gid` drops the supplementary groups, so a user that has some keeps its name.
pub(super) fn has_more_groups(survey: &Survey, name: &str) -> bool {
    survey.account_acts().any(|act| match &act.what {
        AccountChange::CreatesUser(new) => {
            new.name.as_deref() == Some(name) && !new.groups.is_empty()
        }
        AccountChange::ChangesUser(change) => {
            change.name.as_deref() == Some(name) && !change.groups.is_empty()
        }
        _ => false,
    })
}

/// The user's home where the commands that create the user do not make it or do not hand it over.
fn home_to_make(survey: &Survey, user: &KnownUser) -> Option<String> {
    let home = user.home.as_deref().filter(|home| is_a_home(home))?;
    let made = user.makes_home == Some(true) && !exists_before(survey, home, user.created_at);
    (!made).then(|| home.to_owned())
}

fn has_a_home(user: &KnownUser) -> bool {
    user.home.as_deref().is_some_and(is_a_home)
}
