//! From a verdict to a repair: who the container shall run as, where that is said, what that user
//! must own, and what makes us doubt the result. One question a file.

mod calls;
mod copies;
mod create;
mod doubts;
mod files;
mod folders;
mod learned;
mod own;
mod place;
mod ports;
mod recipe;
mod refuse;
mod relocate;
mod root_home;
mod step_down;
mod text;
mod twin;
mod who;
mod writes;

pub(crate) use folders::under;
pub use learned::{Change, Kind, Learned, LearnedPath, Need, Written, learn};
pub use step_down::{StepDownTool, StepDownWish};

use crate::brought::Bringer;
use crate::context::BuildContext;
use crate::deployments::{self, Deployments, StageAsked};
use crate::dockerfile::Keyword;
use crate::finding::{Applicability, Edit, Fix, Reason};
use crate::recipes::Recipe;
use crate::stages::Stages;
use crate::verdict::{Cause, Outcome, Verdict};

use calls::{Call, Calls};
use recipe::Used;

/// What the caller wishes for the user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// `--user`: a user of the image, or the name of the one to create.
    pub name: Option<String>,
    /// `--uid`.
    pub uid: Option<u32>,
    /// `--gid`.
    pub gid: Option<u32>,
    /// `--uid-range`: where the number of a user that is created is taken from, both ends included.
    pub uid_range: Option<(u32, u32)>,
    /// `--named`: write names into USER where the image knows them.
    pub named: bool,
    /// `--own`.
    pub own: Own,
    /// `--ports`.
    pub ports: Ports,
    /// `--strategy`.
    pub strategy: Strategy,
    /// How, where that is [`Strategy::StepDown`].
    pub step_down: StepDownWish,
}

/// How the container is made to run as a user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// By a USER.
    #[default]
    User,
    /// By the base image's twin that runs as a user by itself, where it has one; else by a USER.
    Twin,
    /// By an entrypoint that starts as root, hands over what a volume may bring, and becomes the program as a user.
    StepDown,
}

/// What is to be done about ports below 1024.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ports {
    /// Nobody said: they stay, which is a doubt.
    #[default]
    #[serde(skip)]
    Unsaid,
    /// They stay: the image runs where any user may bind them.
    Keep,
    /// The program listens on another port.
    Move,
    /// The program gets the capability to bind them.
    Setcap,
}

/// What the user is to own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Own {
    /// What there is evidence of that the program writes it.
    #[default]
    Auto,
    /// The WORKDIR itself, and nothing else.
    Workdir,
    /// All that COPY brings into the WORKDIR, besides what `Auto` gives.
    App,
    /// Nothing.
    None,
}

/// What a strategy sees.
pub(crate) struct Subject<'a, 'd, 's> {
    pub(crate) stages: &'a Stages<'d, 's>,
    pub(crate) verdict: &'a Verdict,
    pub(crate) wish: &'a Wish,
    /// What a run of the original showed, in the place of guesses.
    pub(crate) learned: Option<&'a Learned>,
    pub(crate) context: &'a dyn BuildContext,
    /// How files beside it say that the image is run.
    deployments: Deployments,
    /// What the container runs.
    calls: Calls,
    /// How what it runs is made to work as another user.
    recipes: Vec<Used>,
    /// The start script that goes on as root, where the container steps down behind it.
    behind: Option<step_down::Behind>,
}

/// The repair of a target that starts as root, or why there is none.
pub fn propose(
    stages: &Stages<'_, '_>,
    verdict: &Verdict,
    wish: &Wish,
    learned: Option<&Learned>,
    context: &dyn BuildContext,
) -> Result<Fix, Reason> {
    let mut subject = Subject {
        stages,
        verdict,
        wish,
        learned,
        context,
        deployments: deployments::read(context, StageAsked::of(stages, verdict.survey.target)),
        calls: Calls::default(),
        recipes: Vec::new(),
        behind: None,
    };
    subject.behind = step_down::find_script(&subject);
    subject.calls = calls::read(&subject);
    subject.recipes = recipe::used(&subject);
    let subject = subject;
    refuse::check(&subject)?;
    let who = who::choose(&subject)?;
    refuse::switches(&subject, &who)?;
    let place = if step_down::is_wished(&subject) {
        place::at_the_end(&subject, &who)
    } else {
        place::find(&subject, &who)
    };
    let evidence = writes::collect(&subject, &who);
    refuse::rights(&subject, &evidence)?;
    let root_home = root_home::plan(&subject, &who);
    let handed = copies::handed_over(&subject, &who, &evidence, &root_home);
    let mut owned = own::directories(&subject, &who, &place, &handed, &evidence);
    let relocation = relocate::plan(&subject, &owned.unmet)?;
    for folder in &relocation.folders {
        owned.add(folder, true);
    }
    let mut doubts = who.doubts.clone();
    doubts.extend(owned.doubts.iter().cloned());
    doubts.extend(relocation.doubts.iter().cloned());
    let ports = ports::plan(&subject);
    if !ports.commands.is_empty() && !own::has_shell(&subject) {
        return Err(Reason::new(
            "no-shell",
            "the image has no shell to set a capability with",
        ));
    }
    let step_down = step_down::plan(&subject, &who, &owned)?;
    let brings = step_down
        .as_ref()
        .is_some_and(|step_down| step_down.install.is_some() || step_down.after_copy.is_some());
    let further = !ports.commands.is_empty() || root_home.open || brings;
    let place = place.settle(&subject, &who, &owned, further)?;
    let plan = Plan {
        who: &who,
        place: &place,
        handed: &handed,
        owned: &owned,
        relocation: &relocation,
        evidence: &evidence,
        root_home: &root_home,
        ports: &ports,
        step_down: step_down.as_ref(),
    };
    doubts.extend(doubts::of(&subject, &plan));
    if let Some(step_down) = &step_down {
        doubts = step_down::settle(&subject, step_down, doubts);
    }
    dedup(&mut doubts);
    let edits = text::edits(&subject, &plan)?;
    let files = files::edits(&subject, &plan);
    let remarks = doubts::remarks(&subject, &plan, &doubts);
    Ok(Fix {
        title: match &step_down {
            Some(_) => format!("step down from root to {}", who.label),
            None => title(&edits, &who.label),
        },
        applicability: applicability(&doubts),
        edits,
        files,
        doubts,
        remarks,
        moved_ports: ports.moved,
        steps_down: step_down.is_some(),
    })
}

/// True for a target that starts as a user by its own last USER, and has volumes: those that are root's are closed to
/// that user, and a step-down that is asked for opens them.
pub fn may_step_down(
    stages: &Stages<'_, '_>,
    target: usize,
    verdict: &Verdict,
    context: &dyn BuildContext,
) -> bool {
    let user = verdict.survey.state.user.as_ref();
    let own = user
        .is_some_and(|user| !user.triggered && stages.all[target].body.contains(&user.instruction));
    let volumes = || {
        !verdict.survey.volumes.is_empty()
            || !deployments::read(context, StageAsked::of(stages, target))
                .volumes
                .is_empty()
    };
    own && verdict.outcome == Outcome::NonRoot && verdict.cause == Cause::User && volumes()
}

/// The other way to the same end, where the base image has a twin that runs as a user by itself.
pub fn by_twin(stages: &Stages<'_, '_>, verdict: &Verdict) -> Option<Fix> {
    twin::fix(stages, verdict)
}

/// What was decided, for those who say what is doubtful of it and who write it down.
struct Plan<'p> {
    who: &'p who::Who,
    place: &'p place::Place,
    handed: &'p [copies::Handover],
    owned: &'p own::Owned,
    relocation: &'p relocate::Relocation,
    evidence: &'p writes::Writes,
    root_home: &'p root_home::RootHome,
    ports: &'p ports::PortPlan,
    step_down: Option<&'p step_down::StepDown>,
}

impl Subject<'_, '_, '_> {
    /// Index of the first and after the last instruction of the target's own body.
    fn body(&self) -> std::ops::Range<usize> {
        self.stages.all[self.verdict.survey.target].body.clone()
    }

    /// Where the image's files come from.
    fn bringer(&self) -> Bringer<'_> {
        Bringer {
            survey: &self.verdict.survey,
            stages: self.stages,
            context: self.context,
        }
    }

    /// The texts that run as the user: not the script that goes on as root.
    fn scripts_of_the_user(&self) -> impl Iterator<Item = &calls::ReadScript> {
        let scripts = self.calls.scripts.iter();
        scripts.filter(|read| !self.goes_on_as_root(read.script.text()))
    }

    /// The container steps down behind the script with this text.
    fn goes_on_as_root(&self, text: &[u8]) -> bool {
        self.behind
            .as_ref()
            .is_some_and(|behind| behind.text == text)
    }

    /// All that stays in the container is covered by recipes that write nothing below HOME.
    fn needs_no_home(&self) -> bool {
        let mut calls = self.calls.of_the_user().filter(|call| call.stays);
        let covered = |call: &Call| self.recipe_of(call).is_some_and(|recipe| !recipe.home);
        let of_base = self.recipes.iter().all(|used| !used.recipe.home);
        !self.recipes.is_empty() && of_base && calls.all(covered)
    }

    /// The recipe that covers a call.
    fn recipe_of(&self, call: &Call) -> Option<&'static Recipe> {
        let mut used = self.recipes.iter();
        let used = used.find(|used| recipe::starts(used.recipe, call))?;
        Some(used.recipe)
    }

    fn keyword(&self, instruction: usize) -> Keyword {
        self.stages.document.instructions[instruction].keyword()
    }

    /// The USER instruction of the target's own body that makes it root.
    fn root_user(&self) -> Option<usize> {
        let setting = self.verdict.survey.state.user.as_ref()?;
        let own = !setting.triggered && self.body().contains(&setting.instruction);
        let explicit = matches!(
            self.verdict.cause,
            Cause::User | Cause::ArgDefault | Cause::Emptied(_) | Cause::CreatedAsRoot(_)
        );
        (own && explicit).then_some(setting.instruction)
    }
}

fn title(edits: &[Edit], label: &str) -> String {
    let replaces = edits.iter().any(|edit| !edit.span.is_empty());
    if replaces {
        format!("run as {label} instead of root")
    } else {
        format!("run as {label}")
    }
}

/// One reason an identifier, with everything that was said under it.
fn dedup(reasons: &mut Vec<Reason>) {
    let mut merged: Vec<Reason> = Vec::new();
    for reason in reasons.drain(..) {
        match merged.iter_mut().find(|known| known.id == reason.id) {
            Some(known) if known.text.contains(&reason.text) => {}
            Some(known) => known.text = format!("{}; {}", known.text, reason.text),
            None => merged.push(reason),
        }
    }
    *reasons = merged;
}

/// A fix that is known to break something is shown, and never applied.
fn applicability(doubts: &[Reason]) -> Applicability {
    if doubts.iter().any(|doubt| doubt.id == "breaks-other-stages") {
        Applicability::DisplayOnly
    } else if doubts.is_empty() {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    }
}
