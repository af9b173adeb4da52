//! Where USER, and the RUN before it, go.

use crate::bases::is_root_user;
use crate::dockerfile::Keyword;
use crate::finding::Reason;
use crate::stages::UserSetting;

use super::Subject;
use super::own::Owned;
use super::who::Who;

/// The places of a fix.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) user: UserPlace,
    /// Where the RUN goes, when one is needed.
    pub(super) run: Anchor,
    /// A user is in force there, who must make way for root: by a USER of its own, or in the place of the last one.
    pub(super) root_first: Option<RootFirst>,
}

/// How root comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RootFirst {
    /// By a new USER.
    Insert,
    /// In the place of the argument of this USER.
    Replace(usize),
}

/// How the user is set.
#[derive(Debug, Clone)]
pub(super) enum UserPlace {
    /// In the place of the argument of this USER.
    Replace(usize),
    /// In the place of the default of this ARG, which USER names.
    ReplaceDefault(usize),
    /// By a new instruction.
    Insert(Anchor),
}

/// A place between instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// Above the comment block of this instruction.
    Before(usize),
    /// Below this instruction.
    After(usize),
}

impl Anchor {
    /// The first instruction that comes behind the place.
    const fn index(self) -> usize {
        match self {
            Self::Before(at) => at,
            Self::After(at) => at + 1,
        }
    }
}

/// The place that follows from the instructions alone.
pub(super) fn find(subject: &Subject<'_, '_, '_>, who: &Who) -> Place {
    let insert = insertion(subject, who);
    let place = |user, run| Place {
        user,
        run,
        root_first: None,
    };
    let Some(root_user) = subject.root_user() else {
        return place(UserPlace::Insert(insert), insert);
    };
    let needed = (root_user + 1..subject.body().end)
        .any(|at| matches!(subject.keyword(at), Keyword::Run | Keyword::Workdir));
    let instruction = &subject.stages.document.instructions[root_user];
    let replaceable = instruction
        .line
        .is_contiguous(instruction.head.args.clone());
    if needed || !replaceable {
        return place(UserPlace::Insert(insert), insert);
    }
    let above = Anchor::Before(root_user);
    match default_of(subject, root_user) {
        Some(arg) => place(UserPlace::ReplaceDefault(arg), above),
        None => place(UserPlace::Replace(root_user), above),
    }
}

/// Where the COPY and ENTRYPOINT of a step-down go: the user in force stays root.
pub(super) fn at_the_end(subject: &Subject<'_, '_, '_>, who: &Who) -> Place {
    let insert = insertion(subject, who);
    Place {
        user: UserPlace::Insert(insert),
        run: insert,
        root_first: (!runs_as_root(subject, insert)).then(|| root_first(subject)),
    }
}

/// The last USER is replaced where nothing below it needs that user.
fn root_first(subject: &Subject<'_, '_, '_>) -> RootFirst {
    let body = subject.body();
    let user = subject.verdict.survey.state.user.as_ref();
    let last = user.filter(|user| body.contains(&user.instruction) && !user.triggered);
    let Some(last) = last.map(|user| user.instruction) else {
        return RootFirst::Insert;
    };
    let needed = (last + 1..body.end).any(|at| {
        matches!(
            subject.keyword(at),
            Keyword::Run | Keyword::Workdir | Keyword::Copy | Keyword::Add
        )
    });
    let instruction = &subject.stages.document.instructions[last];
    if needed
        || !instruction
            .line
            .is_contiguous(instruction.head.args.clone())
    {
        RootFirst::Insert
    } else {
        RootFirst::Replace(last)
    }
}

impl Place {
    /// The place that also serves the RUN: it must run as root, and before a VOLUME that it owns.
    pub(super) fn settle(
        mut self,
        subject: &Subject<'_, '_, '_>,
        who: &Who,
        owned: &Owned,
        further: bool,
    ) -> Result<Self, Reason> {
        let recipes = subject
            .recipes
            .iter()
            .any(|used| !used.commands(subject, who).is_empty());
        if who.create.is_none() && owned.is_empty() && !further && !recipes {
            return Ok(self);
        }
        super::create::require_posix_shell(subject)?;
        if self.root_first.is_some() {
            return Ok(self);
        }
        if let Some(volume) = owned.before_volume {
            // A VOLUME below the place needs nothing: the RUN stands above it anyway.
            if volume < self.run.index() {
                self.run = Anchor::Before(volume);
            }
        }
        if runs_as_root(subject, self.run) {
            return Ok(self);
        }
        // Above the replaced USER another user is in force: set the user behind it instead.
        if matches!(self.user, UserPlace::Insert(_)) {
            return Err(Reason::new(
                "not-root-there",
                "a RUN that must be root would run as another user",
            ));
        }
        let insert = insertion(subject, who);
        Ok(Self {
            user: UserPlace::Insert(insert),
            run: insert,
            root_first: None,
        })
    }
}

/// Below the last instruction that needs root and above the first CMD, ENTRYPOINT or HEALTHCHECK behind it.
fn insertion(subject: &Subject<'_, '_, '_>, who: &Who) -> Anchor {
    let body = subject.body();
    let mut first_of_tail = None;
    let mut tail_start = body.end;
    for at in body.clone().rev() {
        match subject.keyword(at) {
            Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck => {
                first_of_tail = Some(at);
            }
            Keyword::Run
            | Keyword::Copy
            | Keyword::Add
            | Keyword::Workdir
            | Keyword::User
            | Keyword::Unknown => break,
            _ => {}
        }
        tail_start = at;
    }
    if let Some(workdir) = shell_less_workdir(subject, who) {
        return Anchor::Before(workdir);
    }
    // A dangling escape at the end of the file swallows what comes below it.
    match first_of_tail {
        Some(at) => Anchor::Before(at),
        None if body.is_empty() => {
            Anchor::After(subject.stages.all[subject.verdict.survey.target].from)
        }
        None => {
            let last = body.end - 1;
            let dangling = subject.stages.document.instructions[last].dangling;
            if dangling && tail_start <= last {
                Anchor::Before(last)
            } else {
                Anchor::After(last)
            }
        }
    }
}

/// Without a shell no RUN can own the WORKDIR, but `BuildKit` creates it as the user in force: so
/// USER goes above the first WORKDIR that makes a folder of the application's own.
fn shell_less_workdir(subject: &Subject<'_, '_, '_>, who: &Who) -> Option<usize> {
    let survey = &subject.verdict.survey;
    let shell = subject
        .verdict
        .base
        .as_ref()
        .map_or(Some(false), |facts| facts.shell);
    if who.create.is_some()
        || shell != Some(false)
        || subject.root_user().is_some()
        || !survey.runs.is_empty()
    {
        return None;
    }
    survey
        .steps
        .iter()
        .find(|step| {
            step.stage == survey.target
                && !step.triggered
                && step
                    .workdir
                    .as_ref()
                    .is_some_and(|path| !super::folders::is_system(path))
        })
        .map(|step| step.instruction)
}

/// The ARG of the target's own body whose default a USER like `$NAME` takes, if nothing else uses it.
fn default_of(subject: &Subject<'_, '_, '_>, user: usize) -> Option<usize> {
    let document = subject.stages.document;
    let args = String::from_utf8_lossy(document.instructions[user].args()).into_owned();
    let name = args
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .or_else(|| args.strip_prefix('$'))?;
    let body = subject.body();
    let arg = (body.start..user).rev().find(|at| {
        let instruction = &document.instructions[*at];
        let text = String::from_utf8_lossy(instruction.args());
        instruction.keyword() == Keyword::Arg
            && !text.contains([' ', '\t', '"', '\'', '$'])
            && text
                .split_once('=')
                .is_some_and(|(key, value)| key == name && is_root_user(value))
            && instruction
                .line
                .is_contiguous(instruction.head.args.clone())
    })?;
    let plain = format!("${name}");
    let braced = format!("${{{name}");
    let others = body.filter(|at| *at != user).any(|at| {
        let instruction = &document.instructions[at];
        let text = String::from_utf8_lossy(instruction.span.of(document.bytes)).into_owned();
        text.contains(&plain) || text.contains(&braced)
    });
    (!others).then_some(arg)
}

/// True when a RUN at this place runs as root.
fn runs_as_root(subject: &Subject<'_, '_, '_>, anchor: Anchor) -> bool {
    let survey = &subject.verdict.survey;
    let user: Option<&UserSetting> = match anchor {
        Anchor::Before(instruction) => {
            let step = survey.steps.iter().find(|step| {
                step.instruction == instruction && step.stage == survey.target && !step.triggered
            });
            match step {
                Some(step) => step.user.as_ref(),
                None => return false,
            }
        }
        Anchor::After(_) => survey.state.user.as_ref(),
    };
    match user {
        Some(setting) => {
            is_root_user(&setting.value)
                || survey
                    .accounts
                    .user(&setting.value)
                    .is_some_and(|user| user.uid == Some(0))
        }
        None => subject
            .verdict
            .base
            .as_ref()
            .is_none_or(|facts| facts.is_root == Some(true)),
    }
}
