//! Start scripts that do what only root may, and sources that write.

use crate::finding::Reason;
use crate::fix::writes::{Guard, Sign, Writes};

/// Commands that fail for the user: guarded where that can be done, and a doubt either way, since what they hand over
/// may be a mount.
pub(super) fn doubts(evidence: &Writes) -> Vec<Reason> {
    let mut doubts = Vec::new();
    let guarded: Vec<&Guard> = evidence.guards.iter().flatten().collect();
    if let Some(first) = guarded.first() {
        doubts.push(Reason::new(
            "script-guarded",
            format!(
                "`{}` in {} is for root only and is passed by{}",
                first.command,
                first.path,
                if first.command.starts_with("chown") {
                    ": what a mount brings must be the user's"
                } else {
                    ""
                }
            ),
        ));
    }
    if let Some(unwrap) = evidence.unwraps.first() {
        doubts.push(Reason::new(
            "script-guarded",
            format!(
                "{} calls `{}`, which goes: started as root by `--user 0` it stays root",
                unwrap.path, unwrap.words
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

/// Lines of sources that write, or do what only root may: a sign is no proof, whatever is handed over for it.
pub(super) fn sources(evidence: &Writes) -> Vec<Reason> {
    let of_kind = |root: bool| -> Vec<&Sign> {
        let signs = evidence.signs.iter();
        signs.filter(|sign| sign.is_root == root).collect()
    };
    let told = |signs: &[&Sign], what: &str| {
        let sign = signs.first()?;
        let more = match signs.len() {
            1 => String::new(),
            2 => ", and another line does".to_owned(),
            number => format!(", and {} more lines do", number - 1),
        };
        let (file, line, code) = (&sign.file, sign.line, &sign.code);
        Some(format!("{file}:{line} {what}: `{code}`{more}"))
    };
    let writes = told(&of_kind(false), "may write where only root may");
    let writes = writes.map(|text| Reason::new("source-writes", text));
    let root = told(&of_kind(true), "may take root's rights");
    let root = root.map(|text| Reason::new("source-root", text));
    writes.into_iter().chain(root).collect()
}
