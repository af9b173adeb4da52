//! Where applications of known frameworks write below their folder.

use crate::fix::Subject;
use crate::fix::calls::Call;
use crate::programs::{Framework, frameworks};
use crate::stages::join;

use super::{What, Write, Writes, workdir};

pub(super) fn collect(subject: &Subject<'_, '_, '_>, writes: &mut Writes) {
    release(subject, writes);
    for framework in frameworks() {
        let mut calls = subject.calls.of_the_user();
        if !calls.any(|call| starts(framework, call)) && !base_starts(subject, framework) {
            continue;
        }
        for (root, path) in roots(subject, framework)
            .iter()
            .flat_map(|root| framework.writes.iter().map(move |path| (root, path)))
        {
            let what = if path.ends_with('/') {
                What::Folder
            } else {
                What::File
            };
            writes.add(Write {
                path: join(root, path),
                what,
                why: format!("{} writes {path}", framework.name),
                id: "writes-unseen",
                weak: false,
                certain: false,
            });
        }
    }
}

/// What `mix release` makes, `ROOT/bin/NAME`, keeps the configuration that it reads at its start in `ROOT/tmp`, where it
/// starts anew with it (Mix documentation, mix release: `RELEASE_TMP`, `reboot_system_after_config`; run in the lab).
fn release(subject: &Subject<'_, '_, '_>, writes: &mut Writes) {
    if memchr::memmem::find(subject.stages.document.bytes, b"mix release").is_none() {
        return;
    }
    let mut programs = subject.calls.of_the_user().filter(|call| call.is_own);
    let root = programs.find_map(|call| {
        let path = join(workdir(subject), call.program()?);
        let (folder, _) = path.rsplit_once('/')?;
        folder.strip_suffix("/bin").map(str::to_owned)
    });
    let told = subject
        .verdict
        .survey
        .state
        .env
        .var("RELEASE_TMP")
        .is_some();
    if let Some(root) = root.filter(|root| !root.is_empty() && !told) {
        writes.add(Write {
            path: join(&root, "tmp"),
            what: What::Folder,
            why: "an Elixir release keeps its configuration there".into(),
            id: "writes-unseen",
            weak: false,
            certain: false,
        });
    }
}

/// The framework says all that a call writes.
pub(in crate::fix) fn covers(subject: &Subject<'_, '_, '_>, call: &Call) -> bool {
    frameworks().iter().any(|framework| {
        framework.covers && starts(framework, call) && !roots(subject, framework).is_empty()
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

/// The base's own program is one of the framework's: `apache2-foreground`.
fn base_starts(subject: &Subject<'_, '_, '_>, framework: &Framework) -> bool {
    let of_base = subject.recipes.iter().filter(|used| used.call.is_none());
    of_base
        .flat_map(|used| used.recipe.programs)
        .any(|program| framework.programs.contains(program))
}

/// The folders in which one of its files lies: the WORKDIR, or where a COPY has put an application.
fn roots(subject: &Subject<'_, '_, '_>, framework: &Framework) -> Vec<String> {
    let bringer = subject.bringer();
    let copies = subject.verdict.survey.copies.iter();
    let dests = copies.map(|copy| copy.dest.trim_end_matches('/'));
    let mut roots: Vec<String> = Vec::new();
    for root in std::iter::once(workdir(subject)).chain(dests) {
        let mut files = framework.files.iter();
        let known = root.is_empty() || root == "/" || roots.iter().any(|other| other == root);
        if !known && files.any(|file| bringer.find(&join(root, file)).is_some()) {
            roots.push(root.to_owned());
        }
    }
    roots
}
