//! Start scripts that do what only root may, and sources that write.

use crate::finding::Reason;
use crate::fix::writes::{Guard, Writes};

/// Commands that fail for the user: guarded where that can be done, and a doubt either way, since what they hand over
/// may be a mount.
pub(super) fn doubts(evidence: &Writes) -> Vec<Reason> {
    let mut doubts = Vec::new();
    let guarded: Vec<&Guard> = evidence.guards.iter().flatten().collect();
    if let Some(first) = guarded.first() {
        doubts.push(Reason::new(
            "script-guarded",
            format!(
                "`{}` in {} is for root only and is passed by: what a mount brings must be the user's",
                first.command, first.path
            ),
        ));
    }
    let mut failing = evidence
        .guards
        .iter()
        .filter_map(|guard| guard.as_ref().err());
    if let Some(command) = failing.next() {
        doubts.push(Reason::new(
            "script-root",
            format!("the start script calls `{command}`, which only root may"),
        ));
    }
    doubts
}

/// Lines of sources that write: a sign is no proof, whatever is handed over for it.
pub(super) fn sources(evidence: &Writes) -> Option<Reason> {
    let sign = evidence.signs.first()?;
    let more = match evidence.signs.len() {
        1 => String::new(),
        2 => ", and another line does".to_owned(),
        number => format!(", and {} more lines do", number - 1),
    };
    Some(Reason::new(
        "source-writes",
        format!(
            "{}:{} may write where only root may: `{}`{more}",
            sign.file, sign.line, sign.code
        ),
    ))
}
