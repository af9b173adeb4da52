//! What `verify` and `fix --verify` share: the engine, and the course from a file to its proofs.

use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use unroot::analysis::{Options, analyse, targets};
use unroot::context::{BuildContext, Overlay};
use unroot::dockerfile::Document;
use unroot::finding::{Applicability, Finding, Level, Reason};
use unroot::fix::Learned;
use unroot::plan::{Patched, PatchedFile, patch};
use unroot::render;
use unroot::render::proof::Entry;
use unroot::stages::{Stages, Target, TargetError};
use unroot::verdict::Outcome;
use unroot::verify::{
    Cancel, Candidate, Found, Obstacle, ObstacleKind, Proof, Request, Running, Verdict,
    build_context, find, ignore_file, prove, refused_option, sweep,
};

use super::WithHelp;
use super::args::{Inputs, ProofArgs};
use super::diff::patch_path;
use super::files::{Input, locate};
use super::interrupt::{Caught, catch};
use super::progress::Steps;

/// Proves fixes, one after the other.
pub(super) struct Prover<'a> {
    wanted: Option<String>,
    /// Or why there is none; looked for when something is to be proven.
    engine: OnceCell<Result<Found, Obstacle>>,
    running: Running,
    inputs: &'a Inputs,
    cancel: Cancel,
    caught: Caught,
    steps: Steps,
}

/// The proofs of a file, and what it is with all that was proven.
pub(super) struct FileProof {
    pub(super) entries: Vec<Entry>,
    /// None when nothing was proven.
    pub(super) after: Option<Vec<u8>>,
    /// Files of the build context that change with it, and where each lies.
    pub(super) files: Vec<PatchedFile>,
    pub(super) paths: Vec<PathBuf>,
}

/// A file whose fixes are proven.
struct File<'a> {
    input: &'a Input,
    name: String,
    bytes: &'a [u8],
    context: Box<dyn BuildContext>,
    options: &'a Options,
}

/// A target.
struct Stage {
    /// For the plan.
    label: String,
    /// For `build --target`, none for the last one; or why it cannot be built.
    build: Result<Option<String>, String>,
}

impl<'a> Prover<'a> {
    pub(super) fn new(args: &ProofArgs, inputs: &'a Inputs) -> anyhow::Result<Self> {
        let cancel = Cancel::default();
        Ok(Self {
            wanted: args.engine.clone(),
            engine: OnceCell::new(),
            running: running(args, inputs)?,
            inputs,
            caught: catch(&cancel)?,
            cancel,
            steps: Steps::new(),
        })
    }

    /// The signal that called it off, as an exit code.
    pub(super) fn interrupted(&self) -> Option<ExitCode> {
        self.caught.exit_code()
    }

    /// Proves the fix of each target of a file, each by itself.
    pub(super) fn file(
        &self,
        input: &Input,
        bytes: &[u8],
        options: &Options,
    ) -> Result<FileProof, String> {
        let file = File {
            input,
            name: input.name(),
            bytes,
            context: input.context(self.inputs),
            options,
        };
        let stages = stages(bytes, options, file.context.as_ref());
        let stages = stages.map_err(|error| format!("{}: {error}", file.name))?;
        let mut entries = Vec::new();
        let mut after: Option<Vec<u8>> = None;
        let mut files: Vec<PatchedFile> = Vec::new();
        // With --learn nothing is guessed: the plan that counts is made when the original has run.
        let nothing_yet = self.running.learn.then(Learned::default);
        for stage in &stages {
            let patched = Self::plan(&file, bytes, stage, nothing_yet.as_ref())?;
            let Some(finding) = worst(&patched) else {
                continue;
            };
            let entry = self.target(&file, stage, finding, &patched);
            if entry.proof.verdict == Verdict::Proven {
                let before = after.as_deref().unwrap_or(bytes);
                let learned = entry.proof.learned.as_ref();
                let so_far = files.iter();
                let so_far = so_far.map(|file| (file.path.clone(), file.after.clone()));
                let overlay = Overlay::new(file.context.as_ref(), so_far.collect());
                let all = Self::plan_in(&overlay, &file, before, stage, learned)?;
                add_files(&mut files, all.files);
                after = all.after.or(after);
            }
            entries.push(entry);
            if self.cancel.is_cancelled() {
                break;
            }
        }
        let paths = locate(&files, file.context.as_ref())?;
        Ok(FileProof {
            entries,
            after,
            files,
            paths,
        })
    }

    /// Proves a fix that somebody made by hand.
    pub(super) fn by_hand(
        &self,
        input: &Input,
        before: &[u8],
        after: &[u8],
        options: &Options,
    ) -> Result<Entry, String> {
        // An engine that is told no stage builds the last one.
        let options = &Options {
            target: match &options.target {
                Target::Shipped => Target::Last,
                target => target.clone(),
            },
            ..options.clone()
        };
        let file = File {
            input,
            name: input.name(),
            bytes: before,
            context: input.context(self.inputs),
            options,
        };
        let outcome = |bytes: &[u8]| {
            analyse(bytes, file.context.as_ref(), options)
                .map_err(|error| format!("{}: {error}", file.name))
        };
        let (original, fixed) = (outcome(before)?, outcome(after)?);
        let mut fixed = fixed.targets.iter();
        let steps_down = fixed.any(|target| target.outcome == Outcome::StepsDown);
        let candidate = |_: Option<&Learned>| {
            Ok(Candidate {
                bytes: after.to_vec(),
                files: Vec::new(),
                moved_ports: Vec::new(),
                steps_down: steps_down && !options.strict,
            })
        };
        let target = self.inputs.target.clone();
        let (proof, _) = self.prove(&file, target, &candidate);
        let first = original.targets.first();
        Ok(Entry {
            line: first.map_or(1, |target| target.line),
            finding: first.map_or_else(String::new, |target| target.sentence.clone()),
            fix: None,
            diff: diff(&file.name, before, after),
            path: file.name,
            proof,
        })
    }

    fn plan(
        file: &File<'_>,
        bytes: &[u8],
        stage: &Stage,
        learned: Option<&Learned>,
    ) -> Result<Patched, String> {
        Self::plan_in(file.context.as_ref(), file, bytes, stage, learned)
    }

    fn plan_in(
        context: &dyn BuildContext,
        file: &File<'_>,
        bytes: &[u8],
        stage: &Stage,
        learned: Option<&Learned>,
    ) -> Result<Patched, String> {
        let options = Options {
            target: Target::Named(stage.label.clone()),
            learned: learned.cloned(),
            ..file.options.clone()
        };
        patch(bytes, context, &options, Applicability::Unsafe)
            .map_err(|error| format!("{}: {error}", file.name))
    }

    fn target(
        &self,
        file: &File<'_>,
        stage: &Stage,
        finding: &Finding,
        patched: &Patched,
    ) -> Entry {
        let entry = |fix, diff, proof| Entry {
            path: file.name.clone(),
            line: finding.primary.line,
            finding: finding.message.clone(),
            fix,
            diff,
            proof,
        };
        let target = match possible(stage, finding, patched) {
            Ok(target) => target,
            Err(why) => {
                let stage = stage.build.clone().unwrap_or_default();
                return entry(fix(patched), String::new(), Proof::impossible(stage, why));
            }
        };
        // The plan with what was learned is the one that is reported.
        let planned: RefCell<Option<Patched>> = RefCell::new(None);
        let candidate = |learned: Option<&Learned>| {
            let rejected = |why| Reason::new("rejected", why);
            let patched = Self::plan(file, file.bytes, stage, learned).map_err(rejected)?;
            let Some(after) = patched.after.clone() else {
                let reason = held_back(&patched).cloned();
                return Err(reason.unwrap_or_else(|| Reason::new("none", "there is no fix")));
            };
            let applied = patched.applied();
            let fixes: Vec<_> = applied
                .filter_map(|finding| finding.fix.as_ref().ok())
                .collect();
            let steps_down = fixes.iter().any(|fix| fix.steps_down);
            let moved_ports = fixes.iter().flat_map(|fix| fix.moved_ports.clone());
            let moved_ports = moved_ports.collect();
            let files = patched.files.clone();
            planned.replace(Some(patched));
            Ok(Candidate {
                bytes: after,
                files,
                moved_ports,
                steps_down,
            })
        };
        let (proof, candidate) = self.prove(file, target, &candidate);
        let diff = candidate.map_or_else(String::new, |candidate| all_diffs(file, &candidate));
        let planned = planned.into_inner();
        entry(fix(planned.as_ref().unwrap_or(patched)), diff, proof)
    }

    /// The proof, and what was proven where there is something.
    fn prove(
        &self,
        file: &File<'_>,
        target: Option<String>,
        candidate: &dyn Fn(Option<&Learned>) -> Result<Candidate, Reason>,
    ) -> (Proof, Option<Candidate>) {
        let engine = match self.engine.get_or_init(|| self.find()) {
            Ok(engine) => engine,
            Err(why) => return (Proof::impossible(target, why.clone()), None),
        };
        let (path, ignore_file) = match file.input {
            Input::File(path) => (path.as_path(), ignore_file(path)),
            _ => (Path::new("Dockerfile"), None),
        };
        let context = self.inputs.context.clone();
        let request = Request {
            context: context.unwrap_or_else(|| build_context(path, file.bytes)),
            ignore_file,
            target,
            build_args: self.inputs.build_arg.clone(),
            running: self.running.clone(),
        };
        let proven = prove(
            engine,
            file.bytes,
            candidate,
            &request,
            &self.cancel,
            &self.steps,
        );
        self.steps.finish();
        (proven.proof, proven.candidate)
    }

    fn find(&self) -> Result<Found, Obstacle> {
        let help = match &self.wanted {
            Some(name) => format!("start {name}, or leave --engine out"),
            None => "start docker, podman or nerdctl".to_owned(),
        };
        let engine = find(self.wanted.as_deref(), &self.cancel).map_err(|refused| {
            Obstacle::new(ObstacleKind::NoEngine, "no container engine answers")
                .help(help)
                .evidence(refused)
        })?;
        // What a killed run left.
        sweep(&engine);
        Ok(engine)
    }
}

/// The stages that are asked for, as the plan and the builder call them.
fn stages(
    bytes: &[u8],
    options: &Options,
    context: &dyn BuildContext,
) -> Result<Vec<Stage>, TargetError> {
    let document = Document::lex(bytes);
    let stages = Stages::read(&document, &options.build_args);
    let stage = |index: usize| {
        let last = index + 1 == stages.all.len();
        Stage {
            label: index.to_string(),
            build: match &stages.all[index].name {
                _ if last => Ok(None),
                Some(name) => Ok(Some(name.clone())),
                None => Err(format!(
                    "stage {index} has no name by which an engine could build it"
                )),
            },
        }
    };
    let targets = targets(&stages, &options.target, context)?;
    Ok(targets
        .into_iter()
        .map(|target| stage(target.stage))
        .collect())
}

/// What the arguments say of running, or what is wrong with them.
fn running(args: &ProofArgs, inputs: &Inputs) -> anyhow::Result<Running> {
    let default = Running::default();
    let wait = args.wait.unwrap_or(default.wait);
    let timeout = args.timeout.unwrap_or(default.timeout);
    if timeout < wait {
        let help = "give a longer --timeout or a shorter --wait";
        return Err(WithHelp::new("--timeout is shorter than --wait", help).into());
    }
    for option in &args.run_arg {
        if let Some(why) = refused_option(option) {
            return Err(WithHelp::new(format!("--run-arg {option} is not passed on"), why).into());
        }
    }
    Ok(Running {
        network: args.network.clone(),
        build_options: args.build_opt.clone(),
        run_options: args.run_arg.clone(),
        arguments: args.command.clone(),
        check: args.check.clone(),
        exec: args.exec.clone(),
        wait,
        timeout,
        strict: inputs.strict,
        learn: args.learn,
    })
}

/// The target to build, or what is in the way before anything is run.
fn possible(
    stage: &Stage,
    finding: &Finding,
    patched: &Patched,
) -> Result<Option<String>, Obstacle> {
    if let Some(reason) = held_back(patched) {
        let obstacle = Obstacle::new(ObstacleKind::NoFix, reason.text.clone());
        return Err(match finding.help.first() {
            Some(help) => obstacle.help(help),
            None => obstacle,
        });
    }
    let target = stage.build.clone();
    target.map_err(|why| {
        Obstacle::new(ObstacleKind::UnnamedStage, why).help("name it: FROM ... AS NAME")
    })
}

/// The finding that a proof is about, if anything weighs.
fn worst(patched: &Patched) -> Option<&Finding> {
    let findings = patched.analysis.findings.iter();
    findings
        .filter(|finding| finding.level > Level::Note && !finding.rule.is_about_comments())
        .max_by_key(|finding| finding.level)
}

fn fix(patched: &Patched) -> Option<unroot::finding::Fix> {
    let mut applied = patched.applied();
    applied.find_map(|finding| finding.fix.clone().ok())
}

/// Why nothing is fixed; none when something is.
fn held_back(patched: &Patched) -> Option<&Reason> {
    if patched.after.is_some() {
        return None;
    }
    patched.held_back.first().map(|(_, reason)| reason)
}

/// Adds files that change, on top of those that do already.
fn add_files(files: &mut Vec<PatchedFile>, new: Vec<PatchedFile>) {
    for file in new {
        match files.iter_mut().find(|known| known.path == file.path) {
            Some(known) => known.after = file.after,
            None => files.push(file),
        }
    }
}

/// The diff of a Dockerfile and of the files that change with it.
fn all_diffs(file: &File<'_>, candidate: &Candidate) -> String {
    let mut text = diff(&file.name, file.bytes, &candidate.bytes);
    for changed in &candidate.files {
        if let Some(path) = changed.place(file.context.as_ref()) {
            let mut patch = Vec::new();
            // Writing into memory does not fail.
            let _ = render::diff::write_file(&mut patch, &patch_path(&path), changed, false);
            text.push_str(&String::from_utf8_lossy(&patch));
        }
    }
    text
}

fn diff(name: &str, before: &[u8], after: &[u8]) -> String {
    let mut text = Vec::new();
    let path = patch_path(Path::new(name));
    // Writing into memory does not fail.
    let _ = render::diff::write(&mut text, &path, before, after, false);
    String::from_utf8_lossy(&text).into_owned()
}

/// What stayed in the engine, for standard error.
pub(super) fn left_behind(entries: &[Entry]) -> String {
    let mut text = String::new();
    for name in entries.iter().flat_map(|entry| &entry.proof.left_behind) {
        text.push_str(&format!(
            "warning: {name} could not be removed; the next run tries again\n"
        ));
    }
    text
}
