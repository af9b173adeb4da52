//! One file from bytes to findings: reads, judges each target, and asks for a fix where one starts as root.

mod gate;
mod targets;

use crate::bases::Overrides;
use crate::bases::reference::ImageRef;
use crate::context::BuildContext;
use crate::dockerfile::{Document, Problem, ProblemKind};
use crate::finding::{Alternative, Finding, Label, Level, Reason, Rule};
use crate::fix::{Learned, Strategy, Wish, by_twin, may_step_down, propose};
use crate::levels::Levels;
use crate::source::{Span, line_of};
use crate::stages::{BaseRef, BuildArgs, Missing, Stages, Target, TargetError};
use crate::suppress::{Comments, Heed, Suppressed};
use crate::verdict::{Cause, Certainty, Outcome, Verdict, judge};

use gate::Gate;
use targets::started_as;
pub use targets::{Chosen, targets};

/// What the caller asks for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Which stages are built.
    pub target: Target,
    /// `--build-arg`.
    pub build_args: BuildArgs,
    /// What is known of bases beyond the embedded table.
    pub overrides: Overrides,
    /// Count an entrypoint that steps down as root, as an auditor does who reads only `Config.User`.
    pub strict: bool,
    /// Who the container shall run as.
    pub wish: Wish,
    /// What a run of the original showed of the target.
    pub learned: Option<Learned>,
    /// Rules that have another level here.
    pub levels: Levels,
    /// Which comments suppress findings.
    pub heed: Heed,
    /// The date, as ISO 8601 has it: comments of other tools may run out.
    pub today: Option<String>,
}

/// What was found in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysis {
    /// In the order of the file.
    pub findings: Vec<Finding>,
    /// What was found and does not count, in the order of the file.
    pub suppressed: Vec<Suppressed>,
    /// The outcome for each target.
    pub targets: Vec<TargetOutcome>,
}

/// The outcome for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetOutcome {
    /// Name or number of the stage.
    pub stage: String,
    /// What its container starts as.
    pub outcome: Outcome,
    /// How sure that is.
    pub certainty: Certainty,
    /// Both in a sentence, with the cause.
    pub sentence: String,
    /// 1-based line of what decides it.
    pub line: usize,
}

/// Analyses `bytes`. The only error is a target that the file does not have.
pub fn analyse(
    bytes: &[u8],
    context: &dyn BuildContext,
    options: &Options,
) -> Result<Analysis, TargetError> {
    let document = Document::lex(bytes);
    let mut analysis = Analysis {
        findings: Vec::new(),
        suppressed: Vec::new(),
        targets: Vec::new(),
    };
    let comments = Comments::read(&document, options.heed, options.today.as_deref());
    let mut gate = Gate { comments, options };
    if let Some(problem) = document.problems.first() {
        let finding = unreadable(problem, &document);
        let finding = gate.admit(&document, finding, None, &mut analysis);
        analysis.findings.extend(finding);
        gate.close(|_| true, &mut analysis);
        return Ok(analysis);
    }
    let stages = Stages::read(&document, &options.build_args);
    if let Some((instruction, why)) =
        stages.refused(|image| ImageRef::parse(image).err().map(|error| error.to_string()))
    {
        let instruction = &document.instructions[instruction];
        let problem = Problem {
            kind: ProblemKind::Invalid(why),
            line: instruction.first_line,
            span: instruction.code_span(),
        };
        let finding = unreadable(&problem, &document);
        let finding = gate.admit(&document, finding, None, &mut analysis);
        analysis.findings.extend(finding);
        gate.close(|_| true, &mut analysis);
        return Ok(analysis);
    }
    let chosen = targets(&stages, &options.target, context)?;
    for Chosen {
        stage: target,
        notes,
    } in &chosen
    {
        let target = *target;
        let verdict = judge(&stages, target, &options.overrides, context);
        let message = Message {
            stages: &stages,
            target,
            verdict: &verdict,
        };
        analysis.targets.push(TargetOutcome {
            stage: stages.label(target),
            outcome: verdict.outcome,
            certainty: verdict.certainty,
            sentence: message.sentence(),
            line: message.primary().line,
        });
        let asks = options.wish.strategy == Strategy::StepDown
            && may_step_down(&stages, target, &verdict, context);
        let from = Some(stages.all[target].from);
        let finding = finding(&stages, target, &verdict, options.strict, asks)
            .and_then(|finding| gate.admit(&document, finding, from, &mut analysis));
        let Some(mut finding) = finding else {
            continue;
        };
        finding.notes.extend(notes.iter().cloned());
        if finding.rule == Rule::RunsAsRoot {
            finding.notes.extend(started_as(&stages, target, context));
        }
        if matches!(finding.rule, Rule::RunsAsRoot | Rule::VolumeOfRoot) {
            finding.fix = propose(
                &stages,
                &verdict,
                &options.wish,
                options.learned.as_ref(),
                context,
            );
            match by_twin(&stages, &verdict) {
                _ if finding.rule == Rule::VolumeOfRoot => {}
                Some(fix) if options.wish.strategy == Strategy::Twin => finding.fix = Ok(fix),
                twin => finding.alternatives.extend(twin.map(|fix| Alternative {
                    asked_by: "--strategy twin",
                    fix,
                })),
            }
        }
        analysis.findings.push(finding);
    }
    // Who asks for one stage, or builds it, does not hear of comments in the others.
    let is_choice = match &options.target {
        Target::Named(_) => true,
        Target::Shipped => chosen.iter().any(|chosen| !chosen.notes.is_empty()),
        Target::Last | Target::All => false,
    };
    let chains: Vec<usize> = chosen
        .iter()
        .filter(|_| is_choice)
        .flat_map(|chosen| stages.chain(chosen.stage))
        .collect();
    let judged = |instruction: usize| {
        let stage = |index: &usize| {
            let stage = &stages.all[*index];
            stage.from == instruction || stage.body.contains(&instruction)
        };
        chains.is_empty() || chains.iter().any(stage)
    };
    gate.close(judged, &mut analysis);
    Ok(analysis)
}

fn unreadable(problem: &Problem, document: &Document<'_>) -> Finding {
    let rest = document.problems.len().saturating_sub(1);
    let mut notes = Vec::new();
    if rest > 0 {
        notes.push(format!("{rest} more of the kind in this file"));
    }
    Finding {
        rule: Rule::NotADockerfile,
        level: Level::Warning,
        message: problem.kind.to_string(),
        stage: None,
        primary: Label {
            span: problem.span,
            line: problem.line,
            text: String::new(),
        },
        related: Vec::new(),
        notes,
        help: Vec::new(),
        fix: Err(Reason::new(
            "not-a-dockerfile",
            "a file that BuildKit may refuse or read otherwise is not edited",
        )),
        alternatives: Vec::new(),
    }
}

fn finding(
    stages: &Stages<'_, '_>,
    target: usize,
    verdict: &Verdict,
    strict: bool,
    asks_to_step_down: bool,
) -> Option<Finding> {
    let message = Message {
        stages,
        target,
        verdict,
    };
    let (rule, level) = match verdict.outcome {
        Outcome::NonRoot if asks_to_step_down => (Rule::VolumeOfRoot, Level::Note),
        Outcome::NonRoot if verdict.certainty == Certainty::Known => return None,
        Outcome::NonRoot => (Rule::UserInferred, Level::Note),
        Outcome::Root => (Rule::RunsAsRoot, Level::Error),
        Outcome::Undetermined if verdict.cause == Cause::Windows => {
            (Rule::WindowsImage, Level::Note)
        }
        Outcome::Undetermined => (Rule::UserUndetermined, Level::Warning),
        Outcome::StepsDown if strict => (Rule::StepsDown, Level::Error),
        Outcome::StepsDown => (Rule::StepsDown, Level::Note),
    };
    let primary = message.primary();
    Some(Finding {
        rule,
        level,
        message: message.sentence(),
        stage: Some(stages.label(target)),
        related: message.related(&primary),
        primary,
        notes: message.notes(),
        help: message.help(),
        fix: Err(message.no_fix()),
        alternatives: Vec::new(),
    })
}

struct Message<'a, 'd, 's> {
    stages: &'a Stages<'d, 's>,
    target: usize,
    verdict: &'a Verdict,
}

impl Message<'_, '_, '_> {
    fn stage(&self) -> String {
        let last = self.target + 1 == self.stages.all.len();
        match &self.stages.all[self.target].name {
            Some(name) => format!("stage `{name}`"),
            None if last => "the last stage".into(),
            None => format!("stage {}", self.target),
        }
    }

    fn base(&self) -> String {
        match self.stages.root_base(self.target) {
            BaseRef::Scratch => "scratch".into(),
            BaseRef::Image(image) | BaseRef::Unknown(image) => image.clone(),
            BaseRef::Stage(_) => String::new(),
        }
    }

    fn sentence(&self) -> String {
        let stage = self.stage();
        let inferred = match self.verdict.certainty {
            Certainty::Inferred => " (inferred)",
            Certainty::Known => "",
        };
        let base = self.base();
        if self.verdict.outcome == Outcome::NonRoot {
            return self.non_root(&stage, inferred);
        }
        match &self.verdict.cause {
            Cause::User => format!("{stage} starts as root: its last USER is root"),
            Cause::ArgDefault => {
                format!("{stage} starts as root: USER takes an ARG that defaults to root")
            }
            Cause::Emptied(missing) => {
                format!(
                    "{stage} starts as root{inferred}: USER is empty because `{}` is not set",
                    missing.name()
                )
            }
            Cause::CreatedAsRoot(name) => {
                format!("{stage} starts as root: `{name}` is created with uid 0")
            }
            Cause::Base => format!(
                "{stage} starts as root{inferred}: it has no USER, and {base} starts as root"
            ),
            Cause::Scratch => {
                format!("{stage} starts as root: it has no USER, and scratch starts as root")
            }
            Cause::Drops(drop, place) => {
                let user = drop
                    .user
                    .as_deref()
                    .map(|user| format!(" to `{user}`"))
                    .unwrap_or_default();
                format!(
                    "{stage} starts as root and steps down{user}{inferred}: `{}` in {place}",
                    drop.tool
                )
            }
            Cause::BaseDrops(tool) => {
                format!(
                    "{stage} starts as root and steps down{inferred}: the entrypoint of {base} does ({tool})"
                )
            }
            Cause::UnknownBase(image) => {
                format!("the user of {stage} is not known: nothing is known of {image}")
            }
            Cause::BaseVariable(text, Some(missing)) => {
                format!(
                    "the user of {stage} is not known: `FROM {text}` needs a value for `{}`",
                    missing.name()
                )
            }
            Cause::BaseVariable(text, None) => {
                format!("the user of {stage} is not known: `FROM {text}` cannot be resolved")
            }
            Cause::InvalidBase(image, why) => format!("no image can be called `{image}`: {why}"),
            Cause::UserVariable(missing) => {
                format!(
                    "the user of {stage} is not known: USER needs a value for `{}`",
                    missing.name()
                )
            }
            Cause::ImpossibleUser(name) => {
                format!("no user can be called `{name}`: USER takes the whole rest of its line")
            }
            Cause::OtherProgram(name) => format!(
                "the user of {stage} is not known: the entrypoint of {base} steps down for its own program, and CMD runs {name}"
            ),
            Cause::Fails(_, why) => format!("{stage} does not build: {why}"),
            Cause::Windows => format!("{stage} is a Windows image, which unroot leaves alone"),
        }
    }

    fn non_root(&self, stage: &str, inferred: &str) -> String {
        match (&self.verdict.survey.state.user, &self.verdict.base) {
            (Some(setting), _) if setting.missing.is_none() => {
                format!(
                    "{stage} starts as `{}`{inferred}: its last USER says so",
                    setting.value
                )
            }
            (Some(_), _) => format!(
                "{stage} starts as the user that {} sets{inferred}",
                self.base()
            ),
            (None, facts) => {
                let user = facts
                    .as_ref()
                    .and_then(|facts| facts.default_user.as_deref());
                let user = user.map_or_else(
                    || "another user than root".to_owned(),
                    |user| format!("`{user}`"),
                );
                format!(
                    "{stage} starts as {user}{inferred}: {} does by itself",
                    self.base()
                )
            }
        }
    }

    fn primary(&self) -> Label {
        let document = self.stages.document;
        let at_instruction = |instruction: usize, text: &str| {
            let span = document.instructions[instruction].code_span();
            self.label(span, text)
        };
        let user = self
            .verdict
            .survey
            .state
            .user
            .as_ref()
            .map(|setting| setting.instruction);
        match (&self.verdict.cause, user) {
            (Cause::Fails(instruction, _), _) => {
                at_instruction(*instruction, "the build fails here")
            }
            (Cause::User | Cause::CreatedAsRoot(_), Some(user)) => {
                at_instruction(user, "this is the user that the container starts as")
            }
            (Cause::ArgDefault | Cause::Emptied(_) | Cause::UserVariable(_), Some(user)) => {
                at_instruction(user, "the variable is expanded here")
            }
            (Cause::ImpossibleUser(_), Some(user)) => {
                at_instruction(user, "all of this is the name")
            }
            (Cause::Drops(..), _) => match self.verdict.start.instruction {
                Some(instruction) => at_instruction(instruction, "the container starts with this"),
                None => self.from("the base"),
            },
            _ => self.from(match self.verdict.outcome {
                Outcome::Root => "starts as root",
                _ => "the base",
            }),
        }
    }

    /// The FROM that names the base outside the file.
    fn from(&self, text: &str) -> Label {
        let root = self.stages.chain(self.target)[0];
        let instruction = &self.stages.document.instructions[self.stages.all[root].from];
        self.label(instruction.code_span(), text)
    }

    fn label(&self, span: Span, text: &str) -> Label {
        Label {
            span,
            line: line_of(self.stages.document.bytes, span.start),
            text: text.to_owned(),
        }
    }

    fn related(&self, primary: &Label) -> Vec<Label> {
        let mut related = Vec::new();
        if let Some(instruction) = self.verdict.start.instruction {
            let span = self.stages.document.instructions[instruction].code_span();
            if span.start != primary.span.start {
                related.push(self.label(span, "what the container runs"));
            }
        }
        related
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let (Cause::Base | Cause::BaseDrops(_), Some(facts)) =
            (&self.verdict.cause, &self.verdict.base)
        {
            notes.push(format!("{}: {}", facts.image, facts.source));
        }
        if matches!(self.verdict.cause, Cause::Drops(..) | Cause::BaseDrops(_)) {
            notes.push("CIS 4.1 accepts this; an auditor who reads only the image's User does not (--strict)".into());
            notes.push("a HEALTHCHECK and `docker exec` run as root all the same".into());
        }
        notes
    }

    fn help(&self) -> Vec<String> {
        let base = self.base();
        match &self.verdict.cause {
            Cause::UnknownBase(_) => vec![format!(
                "say what it runs as with `--base-user {base}=USER` (root, or a name or number), or write a USER into the file"
            )],
            Cause::UserVariable(Missing::BuildArg(name))
            | Cause::BaseVariable(_, Some(Missing::BuildArg(name))) => {
                vec![format!(
                    "give it with `--build-arg {name}=VALUE`, or a default in the ARG"
                )]
            }
            Cause::UserVariable(Missing::Unset(name)) => vec![format!(
                "the base may set `{name}`: say what it runs as with `--base-user {base}=USER`"
            )],
            _ => Vec::new(),
        }
    }

    fn no_fix(&self) -> Reason {
        match self.verdict.outcome {
            Outcome::Undetermined if self.verdict.cause == Cause::Windows => {
                Reason::new("windows", "a Windows image has no Linux users")
            }
            Outcome::Undetermined => Reason::new("undetermined", "what is not known is not edited"),
            Outcome::StepsDown => {
                Reason::new("steps-down", "the entrypoint needs root to step down from")
            }
            Outcome::Root | Outcome::NonRoot => Reason::new("none", ""),
        }
    }
}
