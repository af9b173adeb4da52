//! Which user a target's container starts as, why, and how sure that is.

mod built_here;

use crate::bases::reference::ImageRef;
use crate::bases::{
    Confidence, FactSource, Facts, Family, Overrides, StepsDown, is_root_user, lookup,
};
use crate::brought::Bringer;
use crate::context::BuildContext;
use crate::shell::argv::ProgramKind;
use crate::shell::called::passes_arguments_on;
use crate::shell::lex::Script;
use crate::shell::stepdown::{StepDown, When, first_program, step_down, words_step_down};
use crate::shell::users::Dialect;
use crate::stages::{BaseRef, Env, Missing, Stages, UserSetting};
use crate::start::{Start, script};
use crate::survey::{Survey, shell_variable};

/// The judgement of one target stage.
#[derive(Debug)]
pub struct Verdict {
    /// The user it starts as.
    pub outcome: Outcome,
    /// Why.
    pub cause: Cause,
    /// How sure.
    pub certainty: Certainty,
    /// What is known of the image that the stage rests on; none for scratch and unknown bases.
    pub base: Option<Facts>,
    /// What the stage does.
    pub survey: Survey,
    /// What the container runs.
    pub start: Start,
}

/// What a container starts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A user that is known not to be root.
    NonRoot,
    /// Root, but its entrypoint drops to a user before the program runs.
    StepsDown,
    /// Root.
    Root,
    /// It cannot be known from the file and the known facts.
    Undetermined,
}

/// How sure a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It rests on an inferred fact.
    Inferred,
    /// It rests on the file and on facts with a source.
    Known,
}

/// Why a verdict is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// A USER of the file.
    User,
    /// A USER whose value is an ARG's default.
    ArgDefault,
    /// A USER that a variable without a value leaves empty, which is root.
    Emptied(Missing),
    /// A USER that names a user whom the file creates with uid 0.
    CreatedAsRoot(String),
    /// No USER; the base image's own user.
    Base,
    /// No USER on `FROM scratch`.
    Scratch,
    /// A tool drops to a user; holds what is known of it and where it stands.
    Drops(StepDown, String),
    /// The base's own entrypoint drops to a user; holds the tool.
    BaseDrops(String),
    /// Undetermined: nothing is known of the base; holds its name.
    UnknownBase(String),
    /// Undetermined: the base's name needs a variable.
    BaseVariable(String, Option<Missing>),
    /// Undetermined: no image can have this name; holds why.
    InvalidBase(String, String),
    /// Undetermined: USER needs a variable that the file does not give.
    UserVariable(Missing),
    /// Undetermined: no passwd can hold this name.
    ImpossibleUser(String),
    /// Undetermined: the base's entrypoint drops only for its own program, and CMD names another.
    OtherProgram(String),
    /// Undetermined: the build fails; holds the instruction and why.
    Fails(usize, String),
    /// A Windows image.
    Windows,
}

/// Judges the stage `target`.
pub fn judge(
    stages: &Stages<'_, '_>,
    target: usize,
    overrides: &Overrides,
    context: &dyn BuildContext,
) -> Verdict {
    judge_in(stages, target, overrides, context, &[])
}

/// The same; `trail` names the Dockerfiles that build on this one.
fn judge_in(
    stages: &Stages<'_, '_>,
    target: usize,
    overrides: &Overrides,
    context: &dyn BuildContext,
    trail: &[String],
) -> Verdict {
    let root = stages.chain(target)[0];
    let base = match &stages.all[root].base {
        BaseRef::Image(image) => {
            let facts = lookup(image, overrides);
            let built = || built_here::facts(image, overrides, context, trail);
            let unknown = facts.from == FactSource::Nothing;
            Some(unknown.then(built).flatten().unwrap_or(facts))
        }
        _ => None,
    };
    let survey = Survey::read(stages, target, dialect(base.as_ref()));
    let start = Start::of(&survey);
    let mut verdict = Verdict {
        outcome: Outcome::Undetermined,
        cause: Cause::Scratch,
        certainty: Certainty::Known,
        base,
        survey,
        start,
    };
    let (outcome, cause, certainty) = starts_as(stages, root, &verdict);
    verdict.outcome = outcome;
    verdict.cause = cause;
    verdict.certainty = certainty;
    if verdict.outcome == Outcome::Root
        && let Some((outcome, cause, certainty)) = drops(stages, &verdict, context)
    {
        verdict.outcome = outcome;
        verdict.cause = cause;
        verdict.certainty = certainty;
    }
    verdict
}

type Judgement = (Outcome, Cause, Certainty);

fn starts_as(stages: &Stages<'_, '_>, root: usize, verdict: &Verdict) -> Judgement {
    use Certainty::Known;
    let undetermined = |cause| (Outcome::Undetermined, cause, Known);
    if is_windows(stages, root, verdict) {
        return undetermined(Cause::Windows);
    }
    if let Some((instruction, why)) = &verdict.survey.state.failure {
        return undetermined(Cause::Fails(*instruction, why.clone()));
    }
    let base = &stages.all[root].base;
    match base {
        BaseRef::Unknown(written) => {
            let missing = stages.all[root].base_missing.clone();
            return undetermined(Cause::BaseVariable(written.clone(), missing));
        }
        BaseRef::Image(image) => {
            if let Err(error) = ImageRef::parse(image) {
                return undetermined(match &stages.all[root].base_missing {
                    Some(missing) => Cause::BaseVariable(image.clone(), Some(missing.clone())),
                    None => Cause::InvalidBase(image.clone(), error.to_string()),
                });
            }
        }
        BaseRef::Scratch | BaseRef::Stage(_) => {}
    }
    match (&verdict.survey.state.user, &verdict.base) {
        (Some(user), _) => by_user(user, verdict),
        (None, None) => (Outcome::Root, Cause::Scratch, Known),
        (None, Some(facts)) => by_base(facts),
    }
}

fn by_user(user: &UserSetting, verdict: &Verdict) -> Judgement {
    use Certainty::{Inferred, Known};
    if let Some(missing) = &user.missing {
        let value = verdict
            .base
            .as_ref()
            .and_then(|facts| facts.env(missing.name()));
        return match (missing, value, &verdict.base) {
            (_, Some(value), _) if !is_root_user(value) => (Outcome::NonRoot, Cause::User, Known),
            // The file asks for an argument: what it will be is the builder's choice.
            (Missing::BuildArg(_), ..) => (
                Outcome::Undetermined,
                Cause::UserVariable(missing.clone()),
                Known,
            ),
            (_, _, None) => (Outcome::Root, Cause::Emptied(missing.clone()), Known),
            (_, _, Some(facts)) if facts.is_known() && is_root_user(&user.value) => {
                (Outcome::Root, Cause::Emptied(missing.clone()), Inferred)
            }
            (_, _, Some(_)) => (
                Outcome::Undetermined,
                Cause::UserVariable(missing.clone()),
                Known,
            ),
        };
    }
    let name = user.value.split(':').next().unwrap_or_default();
    if is_root_user(&user.value) {
        let cause = if user.from_arg {
            Cause::ArgDefault
        } else {
            Cause::User
        };
        return (Outcome::Root, cause, Known);
    }
    if name.contains(char::is_whitespace) {
        return (
            Outcome::Undetermined,
            Cause::ImpossibleUser(name.to_owned()),
            Known,
        );
    }
    let created = verdict.survey.accounts.user(name);
    if created.is_some_and(|known| known.uid == Some(0)) {
        return (Outcome::Root, Cause::CreatedAsRoot(name.to_owned()), Known);
    }
    (Outcome::NonRoot, Cause::User, Known)
}

fn by_base(facts: &Facts) -> Judgement {
    let certainty = match facts.confidence {
        Confidence::Unknown => {
            return (
                Outcome::Undetermined,
                Cause::UnknownBase(facts.image.clone()),
                Certainty::Known,
            );
        }
        Confidence::Inferred => Certainty::Inferred,
        Confidence::Read | Confidence::Measured => Certainty::Known,
    };
    match facts.is_root {
        Some(true) => (Outcome::Root, Cause::Base, certainty),
        Some(false) => (Outcome::NonRoot, Cause::Base, certainty),
        None => (
            Outcome::Undetermined,
            Cause::UnknownBase(facts.image.clone()),
            Certainty::Known,
        ),
    }
}

/// Whether what the container runs drops root, when it starts as root.
fn drops(
    stages: &Stages<'_, '_>,
    verdict: &Verdict,
    context: &dyn BuildContext,
) -> Option<Judgement> {
    let env = &verdict.survey.state.env;
    let start = &verdict.start;
    if let Some(argv) = start.argv.as_deref() {
        if let Some(found) = words_step_down(argv) {
            let place = if start.instruction
                == verdict
                    .survey
                    .state
                    .entrypoint
                    .as_ref()
                    .map(|e| e.instruction)
            {
                "ENTRYPOINT"
            } else {
                "CMD"
            };
            if let Some(judgement) = judge_drop(found, place.to_owned(), true) {
                return Some(judgement);
            }
        }
        if let Some(judgement) = script_drops(stages, verdict, argv, context, env, MAX_PASSED) {
            return Some(judgement);
        }
    }
    base_drops(verdict)
}

/// Through how many scripts that pass their arguments on the command is followed.
const MAX_PASSED: u8 = 3;

fn script_drops(
    stages: &Stages<'_, '_>,
    verdict: &Verdict,
    argv: &[String],
    context: &dyn BuildContext,
    env: &Env,
    left: u8,
) -> Option<Judgement> {
    let first = first_program(argv)?;
    let program = argv.get(first.index)?;
    let lookup = |name: &str| shell_variable(env, name);
    if first.kind == ProgramKind::Text {
        let text = Script::parse(program.as_bytes());
        let found = step_down(&text, &lookup)?;
        return judge_drop(found, "the start command".into(), true);
    }
    let script = script(
        program,
        Bringer {
            survey: &verdict.survey,
            stages,
            context,
        },
    )?;
    let parsed = Script::parse(&script.text);
    let rest = argv.get(first.index + 1..).unwrap_or_default();
    let Some(found) = step_down(&parsed, &lookup) else {
        // `ENTRYPOINT ["/prepare.sh", "gosu", "app"]`
        let left = left
            .checked_sub(1)
            .filter(|_| passes_arguments_on(&parsed))?;
        return words_step_down(rest)
            .and_then(|found| {
                judge_drop(found, format!("what {} runs", script.shown), script.exact)
            })
            .or_else(|| script_drops(stages, verdict, rest, context, env, left));
    };
    if found.when == When::IfArgument && !is_for_this_command(&parsed, &found, rest) {
        return None;
    }
    judge_drop(found, script.shown, script.exact)
}

/// A script that drops for certain arguments only: the test around it must name the one that is given.
pub(crate) fn is_for_this_command(script: &Script, found: &StepDown, arguments: &[String]) -> bool {
    let Some(given) = arguments.first() else {
        return false;
    };
    let name = given.rsplit('/').next().unwrap_or(given);
    let command = script
        .commands
        .iter()
        .find(|command| command.span == found.span);
    let Some(guard) = command.and_then(|command| script.guard_span(command)) else {
        return true;
    };
    given.starts_with('-') || script.mentions(&guard, name)
}

/// A drop that surely comes, or comes for the image's own command, is a step-down; a mere step of
/// the preparation is not.
fn judge_drop(found: StepDown, place: String, exact: bool) -> Option<Judgement> {
    let certainty = match found.when {
        When::Always | When::IfRoot if exact => Certainty::Known,
        When::Always | When::IfRoot | When::IfArgument => Certainty::Inferred,
        When::Sometimes | When::NotMain => return None,
    };
    if found.user.as_deref().is_some_and(is_root_user) {
        return None;
    }
    Some((Outcome::StepsDown, Cause::Drops(found, place), certainty))
}

fn base_drops(verdict: &Verdict) -> Option<Judgement> {
    let facts = verdict.base.as_ref()?;
    if facts.steps_down != StepsDown::Entrypoint || !verdict.start.base_entrypoint {
        return None;
    }
    let tool = facts
        .steps_down_by
        .as_deref()
        .unwrap_or("its entrypoint")
        .to_owned();
    let certainty = if facts.confidence >= Confidence::Read {
        Certainty::Known
    } else {
        Certainty::Inferred
    };
    let Some(cmd) = verdict.survey.state.cmd.as_ref() else {
        return Some((Outcome::StepsDown, Cause::BaseDrops(tool), certainty));
    };
    // Docker's official entrypoints drop root for their own server only: `postgres`, `redis-server` ...
    let crate::stages::Form::Exec(words) = &cmd.form else {
        return Some((
            Outcome::Undetermined,
            Cause::OtherProgram("a shell".into()),
            Certainty::Known,
        ));
    };
    let word = words.first().map_or("", String::as_str);
    let name = word.rsplit('/').next().unwrap_or(word);
    let repository = facts
        .repo
        .unwrap_or_default()
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let stem: String = repository.chars().take(5).collect();
    let own =
        word.starts_with('-') || name.starts_with(&stem) || SERVERS.contains(&(repository, name));
    Some(if own {
        (
            Outcome::StepsDown,
            Cause::BaseDrops(tool),
            Certainty::Inferred,
        )
    } else {
        (
            Outcome::Undetermined,
            Cause::OtherProgram(name.to_owned()),
            Certainty::Known,
        )
    })
}

/// Servers whose name does not begin as their image's does.
const SERVERS: [(&str, &str); 6] = [
    ("mariadb", "mysqld"),
    ("mysql", "mysqld"),
    ("percona", "mysqld"),
    ("zookeeper", "zkServer.sh"),
    ("ghost", "node"),
    ("influxdb", "influxd"),
];

fn dialect(base: Option<&Facts>) -> Dialect {
    match base.map(|facts| facts.family) {
        Some(Family::Debian | Family::Ubuntu) => Dialect::Debian,
        Some(Family::Fedora | Family::Rhel | Family::Amazon | Family::Azure | Family::Photon) => {
            Dialect::Redhat
        }
        Some(Family::Suse) => Dialect::Suse,
        Some(Family::Alpine | Family::Busybox | Family::Wolfi) => Dialect::Busybox,
        _ => Dialect::Unknown,
    }
}

fn is_windows(stages: &Stages<'_, '_>, root: usize, verdict: &Verdict) -> bool {
    let platform = stages
        .chain(verdict.survey.target)
        .into_iter()
        .chain([root])
        .any(|stage| {
            stages.all[stage]
                .platform
                .as_deref()
                .is_some_and(|platform| platform.starts_with("windows"))
        });
    let shell = verdict
        .survey
        .state
        .shell
        .as_ref()
        .and_then(|words| words.first())
        .is_some_and(|word| {
            let word = word.to_ascii_lowercase();
            let name = word.rsplit(['/', '\\']).next().unwrap_or(&word);
            matches!(
                name,
                "cmd" | "cmd.exe" | "powershell" | "powershell.exe" | "pwsh.exe"
            )
        });
    platform
        || shell
        || verdict
            .base
            .as_ref()
            .is_some_and(|facts| facts.family == Family::Windows)
}
