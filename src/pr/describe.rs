//! From what the program found, changed and proved to what a pull request says.

use crate::finding::{Finding, Fix, Level, Rule};
use crate::plan::{Patched, PatchedFile};
use crate::render;
use crate::verify::{Check, Line, LineResult, Proof, Verdict};

use super::body::{FileNote, LeftAlone, ProofNote, TargetNote};

/// A Dockerfile that changes.
#[derive(Debug, Clone, Copy)]
pub struct Changed<'a> {
    /// Its path in the repository, `/` between parts.
    pub path: &'a str,
    /// Its bytes as they are.
    pub before: &'a [u8],
    /// Its bytes as they become.
    pub after: &'a [u8],
    /// The fixes that were made, each with its finding: those of [`Patched::applied`], or of the proofs.
    pub fixes: &'a [(&'a Finding, &'a Fix)],
    /// The files that change with it, each with its path in the repository.
    pub files: &'a [(&'a str, &'a PatchedFile)],
    /// What `verify` made of it; empty when it did not run.
    pub proofs: &'a [&'a Proof],
    /// The command that repeats the proof, or makes it.
    pub verify: &'a str,
}

/// What a pull request says of a Dockerfile that changes.
pub fn changed(changed: &Changed<'_>) -> FileNote {
    let fixes = changed.fixes.iter().map(|(_, fix)| *fix);
    let mut reasons: Vec<String> = Vec::new();
    let mut watch: Vec<String> = Vec::new();
    for fix in fixes.clone() {
        for edit in &fix.edits {
            reasons.extend(clauses(&edit.reason));
        }
        for file in &fix.files {
            let edits = file.edits.iter();
            reasons.extend(edits.map(|edit| format!("{}: {}", file.path, edit.reason)));
        }
        watch.extend(fix.doubts.iter().map(|doubt| for_readers(&doubt.text)));
        watch.extend(fix.remarks.iter().map(|remark| for_readers(remark)));
    }
    for proof in changed.proofs {
        // What counts decides the verdict; the rest is worth knowing.
        let lines = proof.lines.iter();
        let differing = lines.filter(|line| line.extra && line.result == LineResult::Bad);
        watch.extend(differing.map(differs));
    }
    dedup(&mut reasons);
    dedup(&mut watch);
    FileNote {
        path: changed.path.to_owned(),
        targets: changed
            .fixes
            .iter()
            .map(|(finding, fix)| target(finding, fix))
            .collect(),
        diff: diff(changed),
        reasons,
        watch,
        safe: fixes.clone().all(|fix| fix.doubts.is_empty()),
        steps_down: fixes.clone().all(|fix| fix.steps_down),
        proof: proof(changed.proofs),
        verify: changed.verify.to_owned(),
    }
}

/// What a pull request says of the findings of a Dockerfile that stay, if they weigh.
pub fn left_alone(path: &str, patched: &Patched) -> Vec<LeftAlone> {
    let held_back = patched.held_back();
    let heavy = held_back.filter(|(finding, _)| finding.level > Level::Note);
    heavy
        .map(|(finding, reason)| {
            let (stage, what) = without_stage(&finding.message);
            let stage = stage.map_or(String::new(), |stage| format!("stage `{stage}` "));
            let reason = for_readers(&reason.text);
            let why = match finding.rule {
                Rule::RunsAsRoot => format!("{stage}starts as root, and {reason}"),
                Rule::UserUndetermined => what.to_owned(),
                _ => format!("{stage}{what}; {reason}"),
            };
            LeftAlone {
                path: path.to_owned(),
                why,
            }
        })
        .collect()
}

fn target(finding: &Finding, fix: &Fix) -> TargetNote {
    let (stage, why) = without_stage(&finding.message);
    TargetNote {
        stage: stage.map(str::to_owned),
        why: why.to_owned(),
        fix: fix.title.clone(),
    }
}

/// A finding's sentence without the stage at its start, which a reader of one Dockerfile with one image need not know.
fn without_stage(message: &str) -> (Option<&str>, &str) {
    if let Some(rest) = message.strip_prefix("the last stage ") {
        return (None, rest);
    }
    let named = message.strip_prefix("stage ").and_then(|rest| {
        let (stage, rest) = rest.split_once(" starts as root")?;
        let start = message.len() - rest.len() - "starts as root".len();
        Some((stage.trim_matches('`'), &message[start..]))
    });
    match named {
        Some((stage, why)) => (Some(stage), why),
        None => (None, message),
    }
}

fn diff(changed: &Changed<'_>) -> String {
    let mut text = Vec::new();
    // Writing into memory does not fail.
    let _ = render::diff::write(
        &mut text,
        changed.path,
        changed.before,
        changed.after,
        false,
    );
    for (path, file) in changed.files {
        let _ = render::diff::write_file(&mut text, path, file, false);
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn proof(proofs: &[&Proof]) -> ProofNote {
    let mut same: Vec<String> = Vec::new();
    let mut not_provable = None;
    for proof in proofs {
        match &proof.verdict {
            Verdict::Broken { check, why, .. } => {
                let why = format!("{}: {why}", check.title());
                return ProofNote::Broken { why };
            }
            Verdict::NotProvable(obstacle) => not_provable = Some(obstacle.text.clone()),
            Verdict::Proven => {
                let lines = proof.lines.iter();
                let fine = lines.filter(|line| line.result == LineResult::Fine);
                let steps_down = proof
                    .lines
                    .iter()
                    .any(|line| line.check == Check::ConfigUser && !line.evidence.is_empty());
                same.extend(fine.map(|line| match line.check {
                    Check::ConfigUser if steps_down => "starts as root and steps down".to_owned(),
                    Check::Processes if steps_down => {
                        "runs no process as root once it has stepped down".to_owned()
                    }
                    check => does(check).to_owned(),
                }));
            }
        }
    }
    dedup(&mut same);
    match (not_provable, proofs.first()) {
        (Some(why), _) => ProofNote::NotProvable { why },
        (None, Some(first)) => ProofNote::Proven {
            engine: first.engine.clone(),
            same,
        },
        (None, None) => ProofNote::NotRun,
    }
}

/// What a fixed image was seen to do, by a verb.
const fn does(check: Check) -> &'static str {
    match check {
        Check::Builds => "builds",
        Check::ConfigUser => "names a user that is not root",
        Check::Starts => "starts",
        Check::State => "stays up (or ends) as before",
        Check::Health => "is healthy",
        Check::Ports => "listens on the ports that it should",
        Check::UserCheck => "passes the check that was given",
        Check::UserExec => "passes the command that was given inside",
        Check::Log => "logs no new permission errors",
        Check::Processes => "runs no process as root",
        Check::Writes => "writes the same files as before",
        Check::Output => "prints the same as before",
        Check::NoCapabilities => "works without capabilities",
        Check::LowPorts => "works where ports below 1024 are closed",
    }
}

/// What came out otherwise, and did not count.
fn differs(line: &Line) -> String {
    let title = line.check.title();
    match (line.original.as_str(), line.fixed.as_str()) {
        ("", after) => format!("{title}: {after}"),
        (before, after) => format!("{title}: {before} before, {after} after"),
    }
}

/// The clauses of an edit's reason.
fn clauses(reason: &str) -> impl Iterator<Item = String> {
    reason.split("; ").map(str::to_owned)
}

/// Without advice about this program's own options, which a reader of a pull request does not call.
fn for_readers(text: &str) -> String {
    let clauses = text.split("; ");
    let kept: Vec<&str> = clauses.filter(|clause| !clause.starts_with("--")).collect();
    kept.join("; ")
}

fn dedup(lines: &mut Vec<String>) {
    let mut seen: Vec<String> = Vec::new();
    lines.retain(|line| {
        let new = !line.is_empty() && !seen.contains(line);
        seen.push(line.clone());
        new
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_lose_their_stage() {
        for (message, expected) in [
            (
                "the last stage starts as root: x",
                (None, "starts as root: x"),
            ),
            (
                "stage `web` starts as root (inferred): x",
                (Some("web"), "starts as root (inferred): x"),
            ),
            (
                "stage 2 starts as root: x",
                (Some("2"), "starts as root: x"),
            ),
            (
                "the user of the last stage is not known: x",
                (None, "the user of the last stage is not known: x"),
            ),
        ] {
            assert_eq!(without_stage(message), expected);
        }
    }

    #[test]
    fn options_are_for_those_who_call_the_program() {
        let text = "port 80 is below 1024; --ports keep, move or setcap decides";
        assert_eq!(for_readers(text), "port 80 is below 1024");
    }
}
