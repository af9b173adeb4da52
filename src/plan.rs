//! From findings to a patched file: which fixes apply, and the proof that the result is right.

use std::path::PathBuf;

use crate::analysis::{Analysis, Options, analyse};
use crate::context::{BuildContext, Overlay, normal};
use crate::dockerfile::{Document, Keyword};
use crate::edits::apply;
use crate::finding::{Applicability, Edit, FileEdits, Finding, Fix, Reason, Rule};
use crate::stages::TargetError;
use crate::verdict::Outcome;

/// A file before and after its fixes.
#[derive(Debug, Clone)]
pub struct Patched {
    /// What was found in the file as it is.
    pub analysis: Analysis,
    /// The new bytes; none when nothing changes.
    pub after: Option<Vec<u8>>,
    /// Files of the build context that change with it.
    pub files: Vec<PatchedFile>,
    /// Indices of the findings that `after` repairs.
    pub applied: Vec<usize>,
    /// Findings that stay, each with the reason.
    pub held_back: Vec<(usize, Reason)>,
}

/// A file of the build context before and after the fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchedFile {
    /// Its path in the build context.
    pub path: String,
    /// As it is; empty for a new file.
    pub before: Vec<u8>,
    /// As it becomes.
    pub after: Vec<u8>,
    /// It is not there yet, and is to be made here, executable.
    pub made_at: Option<PathBuf>,
}

impl PatchedFile {
    /// True when the file is not there yet.
    pub const fn is_new(&self) -> bool {
        self.made_at.is_some()
    }

    /// Where it lies, or will lie.
    pub fn place(&self, context: &dyn BuildContext) -> Option<PathBuf> {
        self.made_at.clone().or_else(|| context.place(&self.path))
    }
}

impl Patched {
    /// The findings that are repaired.
    pub fn applied(&self) -> impl Iterator<Item = &Finding> {
        self.applied
            .iter()
            .filter_map(|index| self.analysis.findings.get(*index))
    }

    /// The findings that stay, with the reason.
    pub fn held_back(&self) -> impl Iterator<Item = (&Finding, &Reason)> {
        self.held_back
            .iter()
            .filter_map(|(index, reason)| Some((self.analysis.findings.get(*index)?, reason)))
    }
}

/// Analyses `bytes` and applies every fix of at least the applicability `least` that stands the test.
pub fn patch(
    bytes: &[u8],
    context: &dyn BuildContext,
    options: &Options,
    least: Applicability,
) -> Result<Patched, TargetError> {
    let analysis = analyse(bytes, context, options)?;
    let mut patched = Patched {
        analysis,
        after: None,
        files: Vec::new(),
        applied: Vec::new(),
        held_back: Vec::new(),
    };
    let mut edits = Edits::default();
    for (index, finding) in patched.analysis.findings.iter().enumerate() {
        // Nothing is held back where nothing is wrong.
        if finding.rule == Rule::UserInferred || finding.rule.is_about_comments() {
            continue;
        }
        let fix = match &finding.fix {
            Ok(fix) => fix,
            Err(reason) => {
                patched.held_back.push((index, reason.clone()));
                continue;
            }
        };
        if fix.applicability < least || fix.applicability == Applicability::DisplayOnly {
            patched.held_back.push((index, doubts(&fix.doubts)));
            continue;
        }
        let candidate = edits.with(fix);
        match check(bytes, &candidate, finding, context, options) {
            Ok((after, files)) => {
                edits = candidate;
                patched.after = Some(after);
                patched.files = files;
                patched.applied.push(index);
            }
            Err(reason) => patched.held_back.push((index, reason)),
        }
    }
    Ok(patched)
}

fn doubts(doubts: &[Reason]) -> Reason {
    let text = doubts
        .iter()
        .map(|doubt| format!("{} [{}]", doubt.text, doubt.id))
        .collect::<Vec<_>>();
    Reason::new("unsafe", text.join("; "))
}

/// The edits of several fixes: of the Dockerfile, and of files of the context.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// Of the Dockerfile.
    pub dockerfile: Vec<Edit>,
    /// Of files of the context, each once.
    pub files: Vec<FileEdits>,
    /// How many of the fixes let the container step down.
    step_downs: usize,
}

impl Edits {
    /// Those of all `fixes`.
    pub fn of<'f>(fixes: impl IntoIterator<Item = &'f Fix>) -> Self {
        let fixes = fixes.into_iter();
        fixes.fold(Self::default(), |edits, fix| edits.with(fix))
    }

    fn with(&self, fix: &Fix) -> Self {
        let mut all = self.clone();
        all.dockerfile.extend(fix.edits.iter().cloned());
        all.step_downs += usize::from(fix.steps_down);
        for file in &fix.files {
            let known = all
                .files
                .iter_mut()
                .find(|known| normal(&known.path) == normal(&file.path));
            match known {
                // Two targets may want the same of a file that both bring.
                Some(known) => {
                    let new = file.edits.iter();
                    let new = new.filter(|edit| !known.edits.contains(edit));
                    let new: Vec<Edit> = new.cloned().collect();
                    known.edits.extend(new);
                }
                None => all.files.push(file.clone()),
            }
        }
        all
    }
}

/// The file of the context with its edits made.
fn patched_file(file: &FileEdits, context: &dyn BuildContext) -> Result<PatchedFile, String> {
    let FileEdits {
        path,
        edits,
        made_at,
    } = file;
    let before = if file.is_new() {
        if context.exists(path) {
            return Err(format!("{path} is there already"));
        }
        Vec::new()
    } else if context.place(path).is_none() {
        return Err(format!("{path} is not a file that could be written"));
    } else {
        let read = context.read(path);
        read.ok_or_else(|| format!("{path} cannot be read"))?
    };
    let after = apply(&before, edits).map_err(|error| format!("{path}: {error}"))?;
    if after == before {
        return Err(format!("nothing changes in {path}"));
    }
    if !keeps_the_rest(&before, &after, edits) {
        return Err(format!("bytes outside the edits changed in {path}"));
    }
    Ok(PatchedFile {
        path: path.clone(),
        before,
        after,
        made_at: made_at.clone(),
    })
}

/// Applies the edits and judges the result anew: it must read, run as non-root, keep every byte
/// outside the edits, and leave nothing to do for a second run.
fn check(
    bytes: &[u8],
    edits: &Edits,
    finding: &Finding,
    context: &dyn BuildContext,
    options: &Options,
) -> Result<(Vec<u8>, Vec<PatchedFile>), Reason> {
    let rejected = |why: String| {
        Reason::new(
            "rejected",
            format!("the result did not stand the test: {why}"),
        )
    };
    let after = apply(bytes, &edits.dockerfile).map_err(|error| rejected(error.to_string()))?;
    if after == bytes {
        return Err(rejected("it changes nothing".into()));
    }
    if !keeps_the_rest(bytes, &after, &edits.dockerfile) {
        return Err(rejected("bytes outside the edits changed".into()));
    }
    if !adds_only_known_instructions(bytes, &after, edits) {
        return Err(rejected("it adds instructions that it should not".into()));
    }
    let mut files = Vec::new();
    for file in &edits.files {
        files.push(patched_file(file, context).map_err(rejected)?);
    }
    let changed = files
        .iter()
        .map(|file| (file.path.clone(), file.after.clone()));
    let overlay = Overlay::new(context, changed.collect());
    let again = analyse(&after, &overlay, options).map_err(|error| rejected(error.to_string()))?;
    if let Some(unread) = again
        .findings
        .iter()
        .find(|finding| finding.rule == Rule::NotADockerfile)
    {
        return Err(rejected(unread.message.clone()));
    }
    let steps_down = finding.fix.as_ref().is_ok_and(|fix| fix.steps_down);
    let wanted = if steps_down {
        Outcome::StepsDown
    } else {
        Outcome::NonRoot
    };
    let fixed = again
        .targets
        .iter()
        .any(|target| Some(&target.stage) == finding.stage.as_ref() && target.outcome == wanted);
    if !fixed {
        return Err(rejected(if steps_down {
            "the container would not be seen to step down".into()
        } else {
            "the container would still not start as another user".into()
        }));
    }
    Ok((after, files))
}

/// What a fix may add to a Dockerfile; the last three only a step-down, and each once.
const ADDED: [Keyword; 8] = [
    Keyword::Run,
    Keyword::User,
    Keyword::Env,
    Keyword::Expose,
    Keyword::Workdir,
    Keyword::Copy,
    Keyword::Entrypoint,
    Keyword::Cmd,
];

/// True when the result has the instructions that it had, and of those that a fix adds one more for each edit
/// at most.
fn adds_only_known_instructions(before: &[u8], after: &[u8], edits: &Edits) -> bool {
    let count = |bytes: &[u8]| {
        let mut others = Vec::new();
        let mut counts = [0_usize; ADDED.len()];
        for instruction in &Document::lex(bytes).instructions {
            let keyword = instruction.keyword();
            match ADDED.iter().position(|added| *added == keyword) {
                Some(at) => counts[at] += 1,
                None => others.push(keyword),
            }
        }
        (others, counts)
    };
    let (old, new) = (count(before), count(after));
    // HOME, the folders that were looked for below it, and what a recipe asks for: one insertion may bring several ENV.
    let all = edits.dockerfile.len();
    let most = |keyword: Keyword| match keyword {
        Keyword::Env => all + 3,
        // One makes the script of a step-down executable.
        Keyword::Run => all + edits.step_downs,
        Keyword::Copy | Keyword::Entrypoint | Keyword::Cmd => edits.step_downs,
        _ => all,
    };
    let mut counts = ADDED.iter().zip(old.1.iter().zip(new.1));
    old.0 == new.0
        && counts.all(|(keyword, (old, new))| (*old..=*old + most(*keyword)).contains(&new))
}

/// True when `after` is `before` but for the edits, seen from the result's side.
fn keeps_the_rest(before: &[u8], after: &[u8], edits: &[Edit]) -> bool {
    let mut order: Vec<&Edit> = edits.iter().collect();
    order.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let (mut at_before, mut at_after) = (0, 0);
    for edit in order {
        let length = edit.span.start.saturating_sub(at_before);
        let same = before.get(at_before..edit.span.start) == after.get(at_after..at_after + length);
        let inserted = after.get(at_after + length..at_after + length + edit.content.len());
        if !same || inserted != Some(edit.content.as_bytes()) {
            return false;
        }
        at_before = edit.span.end;
        at_after += length + edit.content.len();
    }
    before.get(at_before..) == after.get(at_after..)
}
