//! What `verify` and `fix --verify` share: the engine, and the course from a file to its proofs.

use std::cell::RefCell;
use std::path::Path;

use unroot::analysis::{Options, analyse};
use unroot::dockerfile::Document;
use unroot::finding::{Applicability, Finding, Level, Reason};
use unroot::fix::Learned;
use unroot::plan::{Patched, patch};
use unroot::render;
use unroot::render::proof::Entry;
use unroot::stages::{Stages, Target};
use unroot::verdict::Outcome;
use unroot::verify::{
    Cancel, Candidate, Found, Obstacle, ObstacleKind, Proof, Proven, Request, Running, Times,
    Verdict, build_context, find, ignore_file, prove, sweep,
};

use super::args::{Inputs, ProofArgs};
use super::files::Input;
use super::interrupt::{Caught, catch};
use super::progress::Steps;

/// Proves fixes, one after the other.
pub(super) struct Prover<'a> {
    /// Or why there is none.
    engine: Result<Found, Obstacle>,
    running: Running,
    inputs: &'a Inputs,
    options: &'a Options,
    cancel: Cancel,
    caught: Caught,
    steps: Steps,
}

/// The proofs of a file, and what it is with all that was proven.
pub(super) struct FileProof {
    pub(super) entries: Vec<Entry>,
    /// None when nothing was proven.
    pub(super) after: Option<Vec<u8>>,
}

impl<'a> Prover<'a> {
    pub(super) fn new(
        args: &ProofArgs,
        inputs: &'a Inputs,
        options: &'a Options,
    ) -> anyhow::Result<Self> {
        let cancel = Cancel::default();
        let caught = catch(&cancel)?;
        let steps = Steps::new();
        let engine = find(args.engine.as_deref(), &cancel).map_err(|refused| Obstacle {
            kind: ObstacleKind::NoEngine,
            text: "no container engine answers".into(),
            help: Some("start docker, podman or nerdctl, or say which one with --engine".into()),
            evidence: refused,
        });
        if let Ok(engine) = &engine {
            // What a killed run left.
            sweep(engine);
        }
        Ok(Self {
            engine,
            running: Running {
                network: args.network.clone(),
                build_options: args.build_opt.clone(),
                run_options: args.run_arg.clone(),
                arguments: args.command.clone(),
                check: args.check.clone(),
                exec: args.exec.clone(),
                wait: args.wait,
                timeout: args.timeout,
                strict: inputs.strict,
                learn: args.learn,
            },
            inputs,
            options,
            cancel,
            caught,
            steps,
        })
    }

    /// The signal that called it off, as an exit code.
    pub(super) fn interrupted(&self) -> Option<std::process::ExitCode> {
        self.caught.exit_code()
    }

    /// Proves the fix of each target of a file. With several targets each builds on what was proven
    /// before it.
    pub(super) fn file(&self, input: &Input, bytes: &[u8]) -> Result<FileProof, String> {
        let name = input.name();
        let context = input.context(self.inputs);
        let mut result = FileProof {
            entries: Vec::new(),
            after: None,
        };
        for stage in self
            .stages(bytes)
            .map_err(|error| format!("{name}: {error}"))?
        {
            let before = result.after.clone().unwrap_or_else(|| bytes.to_vec());
            let plan = |learned: Option<&Learned>| {
                let options = Options {
                    target: Target::Named(stage.label.clone()),
                    learned: learned.cloned(),
                    ..self.options.clone()
                };
                patch(&before, context.as_ref(), &options, Applicability::Unsafe)
                    .map_err(|error| format!("{name}: {error}"))
            };
            let patched = plan(None)?;
            let Some(finding) = worst(&patched) else {
                continue;
            };
            let found = self.target(input, &before, &stage, finding, &patched, &plan);
            let proven = matches!(found.0.proof.verdict, Verdict::Proven);
            result.entries.push(found.0);
            if proven && found.1.is_some() {
                result.after = found.1;
            }
            if self.cancel.is_cancelled() {
                break;
            }
        }
        Ok(result)
    }

    fn target(
        &self,
        input: &Input,
        before: &[u8],
        stage: &Stage,
        finding: &Finding,
        patched: &Patched,
        plan: &dyn Fn(Option<&Learned>) -> Result<Patched, String>,
    ) -> (Entry, Option<Vec<u8>>) {
        let mut entry = Entry {
            path: input.name(),
            line: finding.primary.line,
            finding: finding.message.clone(),
            fix: patched
                .applied()
                .find_map(|finding| finding.fix.clone().ok()),
            diff: String::new(),
            proof: nothing(stage.build.clone().unwrap_or_default()),
        };
        let (engine, target) = match self.ready(stage, patched) {
            Ok(ready) => ready,
            Err(why) => {
                entry.proof.verdict = Verdict::NotProvable(why);
                return (entry, None);
            }
        };
        // The plan with what was learned is the one that is reported.
        let planned: RefCell<Option<Patched>> = RefCell::new(None);
        let candidate = |learned: Option<&Learned>| {
            let patched = plan(learned).map_err(|why| Reason::new("rejected", why))?;
            let Some(after) = patched.after.clone() else {
                let reason = held_back(&patched).cloned();
                return Err(reason.unwrap_or_else(|| Reason::new("none", "there is no fix")));
            };
            planned.replace(Some(patched));
            Ok(Candidate {
                bytes: after,
                steps_down: false,
            })
        };
        let proven = self.prove(engine, input, before, target, &candidate);
        entry.proof = proven.proof;
        if let Some(planned) = planned.into_inner() {
            entry.fix = planned
                .applied()
                .find_map(|finding| finding.fix.clone().ok());
        }
        let after = proven.candidate.map(|candidate| candidate.bytes);
        if let Some(after) = &after {
            entry.diff = diff(&input.name(), before, after);
        }
        (entry, after)
    }

    /// The engine and the target to build, or what is in the way before anything is run.
    fn ready(
        &self,
        stage: &Stage,
        patched: &Patched,
    ) -> Result<(&Found, Option<String>), Obstacle> {
        if let Some(reason) = held_back(patched) {
            return Err(obstacle(ObstacleKind::NoFix, &reason.text));
        }
        let engine = self.engine.as_ref().map_err(Clone::clone)?;
        let target = stage.build.clone();
        Ok((
            engine,
            target.map_err(|why| obstacle(ObstacleKind::NoFix, &why))?,
        ))
    }

    /// Proves a fix that somebody made by hand.
    pub(super) fn by_hand(
        &self,
        input: &Input,
        before: &[u8],
        after: &[u8],
    ) -> Result<Entry, String> {
        let name = input.name();
        let context = input.context(self.inputs);
        let outcome = |bytes: &[u8]| {
            analyse(bytes, context.as_ref(), self.options)
                .map_err(|error| format!("{name}: {error}"))
        };
        let fixed = outcome(after)?;
        let steps_down = fixed
            .targets
            .iter()
            .any(|target| target.outcome == Outcome::StepsDown);
        let analysis = outcome(before)?;
        let mut entry = Entry {
            path: name.clone(),
            line: analysis.targets.first().map_or(1, |target| target.line),
            finding: analysis
                .targets
                .first()
                .map_or_else(String::new, |target| target.sentence.clone()),
            fix: None,
            diff: diff(&name, before, after),
            proof: nothing(self.inputs.target.clone()),
        };
        match &self.engine {
            Err(why) => entry.proof.verdict = Verdict::NotProvable(why.clone()),
            Ok(engine) => {
                let candidate = |_: Option<&Learned>| {
                    Ok(Candidate {
                        bytes: after.to_vec(),
                        steps_down: steps_down && !self.options.strict,
                    })
                };
                let target = self.inputs.target.clone();
                let proven = self.prove(engine, input, before, target, &candidate);
                entry.proof = proven.proof;
            }
        }
        Ok(entry)
    }

    fn prove(
        &self,
        engine: &Found,
        input: &Input,
        before: &[u8],
        target: Option<String>,
        candidate: &dyn Fn(Option<&Learned>) -> Result<Candidate, Reason>,
    ) -> Proven {
        let (path, ignore_file) = match input {
            Input::File(path) => (path.as_path(), ignore_file(path)),
            _ => (Path::new("Dockerfile"), None),
        };
        let context = self.inputs.context.clone();
        let request = Request {
            context: context.unwrap_or_else(|| build_context(path, before)),
            ignore_file,
            target,
            build_args: self.inputs.build_arg.clone(),
            running: self.running.clone(),
        };
        let proven = prove(
            engine,
            before,
            candidate,
            &request,
            &self.cancel,
            &self.steps,
        );
        self.steps.finish();
        proven
    }

    /// The stages that are asked for, as the plan and the builder call them.
    fn stages(&self, bytes: &[u8]) -> Result<Vec<Stage>, unroot::stages::TargetError> {
        let document = Document::lex(bytes);
        let stages = Stages::read(&document, &self.options.build_args);
        let targets = stages.targets(&self.options.target)?;
        let stage = |index: usize| {
            let stage = &stages.all[index];
            let last = index + 1 == stages.all.len();
            Stage {
                label: index.to_string(),
                build: match &stage.name {
                    _ if last => Ok(None),
                    Some(name) => Ok(Some(name.clone())),
                    None => Err(format!(
                        "stage {index} has no name by which it could be built"
                    )),
                },
            }
        };
        Ok(targets.into_iter().map(stage).collect())
    }
}

/// A target.
struct Stage {
    /// For the plan.
    label: String,
    /// For `build --target`; or why it cannot be built.
    build: Result<Option<String>, String>,
}

/// The finding that a proof is about, if anything weighs.
fn worst(patched: &Patched) -> Option<&Finding> {
    let findings = patched.analysis.findings.iter();
    findings
        .filter(|finding| finding.level > Level::Note)
        .max_by_key(|finding| finding.level)
}

/// Why nothing is fixed; none when something is.
fn held_back(patched: &Patched) -> Option<&Reason> {
    if patched.after.is_some() {
        return None;
    }
    patched.held_back.first().map(|(_, reason)| reason)
}

fn obstacle(kind: ObstacleKind, text: &str) -> Obstacle {
    Obstacle {
        kind,
        text: text.to_owned(),
        help: None,
        evidence: Vec::new(),
    }
}

/// A proof in which nothing was done yet.
fn nothing(stage: Option<String>) -> Proof {
    Proof {
        engine: String::new(),
        stage,
        verdict: Verdict::NotProvable(obstacle(ObstacleKind::NoFix, "")),
        lines: Vec::new(),
        learned: None,
        times: Times::default(),
    }
}

fn diff(name: &str, before: &[u8], after: &[u8]) -> String {
    let mut text = Vec::new();
    let path = super::diff::patch_path(Path::new(name));
    // Writing into memory does not fail.
    let _ = render::diff::write(&mut text, &path, before, after, false);
    String::from_utf8_lossy(&text).into_owned()
}
