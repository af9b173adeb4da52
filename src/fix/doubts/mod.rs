//! What makes a fix impossible, or less than Safe. Each doubt has a stable identifier, which
//! `docs/reasons.md` explains.

mod base;
mod paths;
mod start;

use crate::dockerfile::Keyword;
use crate::finding::Reason;
use crate::programs::Kind;
use crate::stages::BaseRef;
use crate::verdict::Cause;

use super::Subject;
use super::place::{Place, UserPlace};
use super::who::Who;

pub(super) use base::base;

/// Why no fix is made at all.
pub(super) fn refuse(subject: &Subject<'_, '_, '_>) -> Result<(), Reason> {
    let programs = start::programs(subject);
    let needs_root = programs.names.iter().find_map(|name| {
        crate::programs::find(name)
            .filter(|row| row.kind == Kind::Root)
            .map(|row| (name, row))
    });
    match needs_root {
        Some((name, row)) => Err(Reason::new(
            "needs-root",
            format!(
                "`{name}` does its job only as root; {}",
                row.advice.unwrap_or_default()
            ),
        )),
        None => Ok(()),
    }
}

/// Why the fix is not Safe.
pub(super) fn of(subject: &Subject<'_, '_, '_>, who: &Who, place: &Place) -> Vec<Reason> {
    let mut doubts = Vec::new();
    doubts.extend(base(subject));
    doubts.extend(base::verdict(subject));
    doubts.extend(start::doubts(subject, who));
    doubts.extend(ports(subject));
    doubts.extend(paths::home(subject));
    doubts.extend(paths::modes(subject));
    doubts.extend(paths::setuid(subject));
    doubts.extend(paths::other_owner(subject, who));
    doubts.extend(paths::data(subject));
    doubts.extend(paths::writes(subject));
    doubts.extend(children(subject));
    if matches!(place.user, UserPlace::ReplaceDefault(..))
        || subject.verdict.cause == Cause::ArgDefault
    {
        doubts.push(Reason::new(
            "build-argument",
            "a build argument chooses the user, and somebody may rely on it",
        ));
    }
    // Looks at the disk, so only where nothing else is in the way.
    if doubts.is_empty() {
        doubts.extend(paths::closed_files(subject));
    }
    doubts
}

/// What the reader should know besides.
pub(super) fn remarks(subject: &Subject<'_, '_, '_>) -> Vec<String> {
    let low = low_ports(subject);
    if low.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "Docker 20.10 and containerd 2 let any user bind port {}, CRI-O and Podman do not",
        low.join(", ")
    )]
}

fn low_ports(subject: &Subject<'_, '_, '_>) -> Vec<String> {
    let ports = subject.verdict.survey.ports.iter().map(|port| port.number);
    let mut low: Vec<u16> = ports.filter(|port| *port < 1024).collect();
    low.sort_unstable();
    low.dedup();
    low.iter().map(u16::to_string).collect()
}

fn ports(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let low = low_ports(subject);
    (!low.is_empty()).then(|| {
        Reason::new(
            "low-port",
            format!(
                "port {} needs a runtime that lets any user bind it",
                low.join(", ")
            ),
        )
    })
}

/// Stages and files that inherit the user.
fn children(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let target = subject.verdict.survey.target;
    if subject.stages.has_children(target) {
        return Some(Reason::new(
            "inherited",
            "other stages build on this one and inherit its user",
        ));
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
