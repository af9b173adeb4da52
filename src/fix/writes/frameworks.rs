//! Where applications of known frameworks write below their folder.

use crate::fix::Subject;
use crate::fix::calls::Call;
use crate::programs::{Framework, frameworks};
use crate::stages::join;

use super::{What, Write, Writes, workdir};

pub(super) fn collect(subject: &Subject<'_, '_, '_>, writes: &mut Writes) {
    let workdir = workdir(subject);
    for framework in found(subject) {
        for path in framework.writes {
            let what = if path.ends_with('/') {
                What::Folder
            } else {
                What::File
            };
            writes.add(Write {
                path: join(workdir, path),
                what,
                why: format!("{} writes {path}", framework.name),
                id: "writes-unseen",
                weak: false,
                certain: false,
            });
        }
    }
}

/// The framework says all that a call writes.
pub(in crate::fix) fn covers(subject: &Subject<'_, '_, '_>, call: &Call) -> bool {
    frameworks().iter().any(|framework| {
        framework.covers && starts(framework, call) && is_there(subject, framework)
    })
}

fn found<'s>(subject: &'s Subject<'_, '_, '_>) -> impl Iterator<Item = &'static Framework> + 's {
    frameworks().iter().filter(|framework| {
        let mut calls = subject.calls.of_the_user();
        calls.any(|call| starts(framework, call)) && is_there(subject, framework)
    })
}

/// The program, or one of its first two arguments, is one of the framework's.
fn starts(framework: &Framework, call: &Call) -> bool {
    let words = call.words.iter().take(4).filter(|word| word.complete);
    words.map(|word| word.text.as_str()).any(|word| {
        let name = word.rsplit('/').next().unwrap_or(word);
        framework
            .programs
            .iter()
            .any(|program| *program == word || *program == name)
    })
}

/// One of its files lies in the WORKDIR.
fn is_there(subject: &Subject<'_, '_, '_>, framework: &Framework) -> bool {
    let bringer = subject.bringer();
    let workdir = workdir(subject);
    workdir != "/"
        && framework
            .files
            .iter()
            .any(|file| bringer.find(&join(workdir, file)).is_some())
}
