//! Fixes that are proven before they are committed: built and run as the work tree has them.

use std::path::{Path, PathBuf};

use unroot::finding::{Finding, Fix};
use unroot::plan::PatchedFile;
use unroot::render::proof::Entry;
use unroot::verify::{Proof, Verdict};

use super::gather::{Held, Wish};
use crate::cli::files::{Input, Planned, shown};
use crate::cli::proof::Prover;

/// What of a Dockerfile's fixes was proven.
pub(super) struct Proven {
    /// The Dockerfile with all of them; none where there is none.
    pub(super) after: Option<Vec<u8>>,
    /// The files that change with it, each with its path from the top.
    pub(super) files: Vec<(PathBuf, PatchedFile)>,
    pub(super) entries: Vec<Entry>,
}

impl Proven {
    /// The proofs that hold.
    pub(super) fn proofs(&self) -> Vec<&Proof> {
        let entries = self.entries.iter().filter(|entry| holds(entry));
        entries.map(|entry| &entry.proof).collect()
    }

    /// The fixes that hold, each with its finding.
    pub(super) fn fixes<'p>(&'p self, planned: &'p Planned) -> Vec<(&'p Finding, &'p Fix)> {
        let findings = &planned.patched.analysis.findings;
        let entries = self.entries.iter().filter(|entry| holds(entry));
        let pairs = entries.filter_map(|entry| {
            let finding = findings
                .iter()
                .find(|finding| finding.message == entry.finding)?;
            Some((finding, entry.fix.as_ref()?))
        });
        pairs.collect()
    }

    /// What was not proven stays as it is.
    pub(super) fn held(&self, name: &str) -> Vec<Held> {
        let entries = self.entries.iter().filter(|entry| !holds(entry));
        let held = entries.map(|entry| Held {
            path: name.to_owned(),
            line: entry.line,
            finding: entry.finding.clone(),
            reason: match &entry.proof.verdict {
                Verdict::Broken { check, why, .. } => {
                    format!("the fixed image does not work: {}: {why}", check.title())
                }
                Verdict::NotProvable(obstacle) => {
                    format!("it cannot be proven here: {}", obstacle.text)
                }
                Verdict::Proven => String::new(),
            },
        });
        held.collect()
    }
}

fn holds(entry: &Entry) -> bool {
    entry.proof.verdict == Verdict::Proven
}

/// Proves the fixes of the Dockerfile at `path`, or says why it cannot be tried.
pub(super) fn prove(
    wish: &Wish<'_>,
    prover: &Prover<'_>,
    input: &Input,
    path: &Path,
    planned: &Planned,
) -> Result<Proven, String> {
    let Some(top) = wish.repo.workdir() else {
        return Err("a bare repository has no files to build".into());
    };
    let disk = top.join(path);
    if std::fs::read(&disk).ok().as_ref() != Some(&planned.bytes) {
        return Err(format!(
            "what lies in the work tree is another {}: it would be proven, and not what is committed",
            shown(path)
        ));
    }
    let options = &wish.settings.of(input)?.options;
    let proof = prover.file(&Input::File(disk), &planned.bytes, options)?;
    let top = top.canonicalize().unwrap_or_else(|_| top.to_owned());
    let paths = proof.paths.iter().map(|place| {
        let place = place.canonicalize().unwrap_or_else(|_| place.clone());
        place.strip_prefix(&top).map(Path::to_owned)
    });
    let paths: Result<Vec<PathBuf>, _> = paths.collect();
    let paths = paths.map_err(|_| "a file of the build context lies outside the repository")?;
    Ok(Proven {
        after: proof.after,
        files: paths.into_iter().zip(proof.files).collect(),
        entries: proof.entries,
    })
}
