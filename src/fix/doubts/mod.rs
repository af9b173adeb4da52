//! What makes a fix impossible, or less than Safe. Each doubt has a stable identifier, which
//! `docs/reasons.md` explains.

mod base;
mod code;
mod folders;
mod health;
mod modes;
mod mounts;
mod run_as;
mod scripts;
mod shell;
mod start;

use crate::dockerfile::Keyword;
use crate::finding::Reason;
use crate::source::Span;
use crate::stages::BaseRef;
use crate::verdict::Cause;

use super::place::UserPlace;
use super::{Plan, Subject};

pub(super) use base::base;
pub(super) use modes::closes;

/// Why the fix is not Safe.
pub(super) fn of(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>) -> Vec<Reason> {
    let Plan {
        who,
        place,
        handed,
        owned,
        evidence,
        ports,
        ..
    } = plan;
    let mut doubts = Vec::new();
    doubts.extend(base(subject));
    doubts.extend(base::verdict(subject));
    doubts.extend(start::doubts(subject, plan));
    doubts.extend(scripts::doubts(evidence));
    if subject.learned.is_none() {
        doubts.extend(code::doubts(subject, evidence));
        doubts.extend(shell::doubts(subject));
        doubts.extend(health::doubt(subject));
    }
    doubts.extend(ports.doubts.iter().cloned());
    doubts.extend(mounts::doubt(subject, plan));
    doubts.extend(run_as::rights(subject));
    doubts.extend(plan.root_home.doubt());
    doubts.extend(modes::modes(subject, handed));
    doubts.extend(modes::setuid(subject));
    doubts.extend(folders::accounts(subject));
    doubts.extend(folders::other_owner(subject, who));
    if subject.learned.is_none() {
        doubts.extend(folders::data(subject, handed));
        doubts.extend(folders::opened(subject));
        doubts.extend(folders::after_copy(subject, owned));
    }
    doubts.extend(comment(subject).or_else(|| run_as_documented(subject)));
    doubts.extend(children(subject));
    if matches!(place.user, UserPlace::ReplaceDefault(..))
        || subject.verdict.cause == Cause::ArgDefault
    {
        doubts.push(Reason::new(
            "build-argument",
            "a build argument chooses the user, and somebody may rely on it",
        ));
    }
    doubts.extend(modes::closed_files(subject, handed));
    doubts.extend(scripts::sources(evidence));
    doubts
}

/// What the reader should know besides.
pub(super) fn remarks(
    subject: &Subject<'_, '_, '_>,
    plan: &Plan<'_>,
    doubts: &[Reason],
) -> Vec<String> {
    let mut remarks = plan.ports.remarks.clone();
    if let Some(step_down) = plan.step_down {
        remarks.extend(super::step_down::remarks(step_down, plan.who));
    }
    remarks.extend(mounts::remarks(subject, plan));
    remarks.extend(run_as::remarks(subject, plan));
    if let Some(learned) = subject.learned {
        let owned = learned.paths.iter();
        remarks.extend(owned.map(|known| format!("{}: {}", known.path, known.evidence)));
        let left = learned.left.iter();
        remarks.extend(left.map(|(path, why)| format!("{path} stays root's: {why}")));
    }
    let verdict = subject.verdict;
    let shell_less = verdict
        .base
        .as_ref()
        .map_or(Some(false), |facts| facts.shell)
        == Some(false);
    let workdir = verdict.survey.state.workdir.is_some() && verdict.survey.runs.is_empty();
    if shell_less && workdir && doubts.is_empty() {
        remarks.push("BuildKit gives the WORKDIR to the user in force; Docker's legacy builder leaves it root's".into());
    }
    remarks
}

/// What the author says above `USER root`.
fn comment(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let instruction = &subject.stages.document.instructions[subject.root_user()?];
    let block =
        Span::new(instruction.lead, instruction.span.start).of(subject.stages.document.bytes);
    let text = String::from_utf8_lossy(block);
    let said = text
        .lines()
        .map(|line| line.trim().trim_start_matches('#').trim())
        .find(|line| {
            let line = line.to_ascii_lowercase();
            ["root", "privileg", "permission", "need", "must", "require"]
                .iter()
                .any(|word| line.contains(word))
        })?;
    Some(Reason::new(
        "comment",
        format!("the author says above USER: \"{said}\""),
    ))
}

/// How a comment says that the container is run: with more rights than a user has, or with a mount where
/// only root may look.
fn run_as_documented(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    const SIGNS: [&str; 7] = [
        "docker.sock",
        "--privileged",
        "--device",
        "--cap-add",
        "--pid host",
        "--pid=host",
        ":/root",
    ];
    let text = String::from_utf8_lossy(subject.stages.document.bytes);
    let mut comments = text
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with('#'));
    let sign = comments.find_map(|line| SIGNS.iter().find(|sign| line.contains(*sign)))?;
    Some(Reason::new(
        "comment",
        format!("a comment runs the container with `{sign}`"),
    ))
}

/// Stages and files that inherit the user.
fn children(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let target = subject.verdict.survey.target;
    if subject.stages.has_children(target) {
        let breaks = subject.stages.all.iter().any(|stage| {
            stage.base == BaseRef::Stage(target)
                && stage
                    .body
                    .clone()
                    .any(|at| matches!(subject.keyword(at), Keyword::Run))
        });
        return Some(if breaks {
            Reason::new(
                "breaks-other-stages",
                "the RUNs of stages that build on this one would no longer be root's: write `USER root` at their top first",
            )
        } else {
            Reason::new(
                "inherited",
                "other stages build on this one and inherit its user",
            )
        });
    }
    if subject
        .body()
        .any(|at| subject.keyword(at) == Keyword::Onbuild)
    {
        return Some(Reason::new(
            "onbuild",
            "what other Dockerfiles run on this image by ONBUILD may need root",
        ));
    }
    let copies = &subject.verdict.survey.copies;
    let system = matches!(subject.stages.root_base(target), BaseRef::Scratch)
        && copies.iter().any(|copy| {
            copy.dest == "/" && copy.sources.iter().any(|source| source.contains(".tar"))
        });
    system.then(|| {
        Reason::new(
            "base-system",
            "the image is a base system, on which other Dockerfiles build as root",
        )
    })
}
