//! Comments for other tools that say of this very rule that it does not count here.
//!
//! Sources, each read in the tool's own repository:
//! - hadolint `src/Hadolint/Pragma.hs`: `hadolint [global] ignore=A,B # why`; DL3002 is "Last USER should not be root".
//! - tally (`wharflab/tally`) `internal/directive/parser.go`: the same with `tally`, any case, `;reason=`, and `all`.
//! - checkov `checkov/common/comment/enum.py` and `checkov/dockerfile/parser.py`: `checkov:skip=ID:reason`
//!   anywhere in a comment, for the whole file; `CKV_DOCKER_3` wants a USER, `CKV_DOCKER_8` none that is root.
//! - trivy `pkg/iac/ignore/parse.go`: `trivy:ignore:ID[:exp:DATE]`, for what stands below; DS-0002 is the rule.
//! - KICS `docs/running-kics.md`, `pkg/parser/docker/comments.go`: `kics-scan ignore`, `disable=ID` at the file's
//!   start, `ignore-line` and `ignore-block` above an instruction.
//! - semgrep "Ignore files, folders, and code": `nosemgrep[: id, id]` above a match; the rules are those of
//!   `dockerfile/security` in `semgrep/semgrep-rules`, which point at USER, CMD or ENTRYPOINT.
//!
//! Snyk has no such comments: what it ignores stands in a file, `.snyk`
//! (its documentation: "`IaC` ignores using the `.snyk` policy file").

/// A comment that means the user of the container.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) tool: &'static str,
    pub(super) reason: Option<String>,
    pub(super) reach: Reach,
}

/// What a comment is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    File,
    /// The instruction below.
    Next,
    /// The same, unless it is a FROM: the tool does not point there with this rule.
    NextButFrom,
}

/// Reads a comment without its `#`, trimmed. `top` says that no instruction stands above it; `today` is a date
/// as ISO 8601 has it, behind which a comment may have run out.
pub(super) fn parse(text: &str, top: bool, today: Option<&str>) -> Option<Foreign> {
    hadolint(text)
        .or_else(|| tally(text))
        .or_else(|| checkov(text))
        .or_else(|| trivy(text, today))
        .or_else(|| kics(text, top))
        .or_else(|| semgrep(text))
}

fn hadolint(text: &str) -> Option<Foreign> {
    listed("hadolint", text, |name| name.eq_ignore_ascii_case("DL3002"))
}

fn tally(text: &str) -> Option<Foreign> {
    const NAMES: [&str; 4] = [
        "DL3002",
        "stateful-root-runtime",
        "user-created-but-never-used",
        "all",
    ];
    listed("tally", text, |name| {
        let name = name.rsplit('/').next().unwrap_or(name);
        NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
    })
}

/// `TOOL [global] ignore=A,B`, with a reason behind `#` or `;reason=`.
fn listed(tool: &'static str, text: &str, is_ours: impl Fn(&str) -> bool) -> Option<Foreign> {
    let rest = blanks(after(text, tool)?)?;
    let (global, rest) = match after(rest, "global").and_then(blanks) {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let list = after(rest, "ignore")?.trim_start().strip_prefix('=')?;
    let end = list.find(['#', ';']).unwrap_or(list.len());
    let (list, reason) = list.split_at(end);
    let reason = reason.trim_start_matches(['#', ';']).trim_start();
    let reason = after(reason, "reason").map_or(reason, |rest| {
        rest.trim_start().strip_prefix('=').unwrap_or(rest)
    });
    list.split(',')
        .any(|name| is_ours(name.trim()))
        .then(|| Foreign {
            tool,
            reason: given(reason),
            reach: if global { Reach::File } else { Reach::Next },
        })
}

fn checkov(text: &str) -> Option<Foreign> {
    let mut starts = ["checkov:skip=", "bridgecrew:skip="].into_iter();
    let rest = starts.find_map(|start| Some(text.split_once(start)?.1))?;
    let rest = rest.trim_start_matches(' ');
    let end = rest
        .find(|ch: char| !ch.is_ascii_uppercase() && !ch.is_ascii_digit() && ch != '_')
        .unwrap_or(rest.len());
    let (id, reason) = rest.split_at(end);
    matches!(id, "CKV_DOCKER_3" | "CKV_DOCKER_8").then(|| Foreign {
        tool: "checkov",
        reason: reason.strip_prefix(':').and_then(given),
        reach: Reach::File,
    })
}

fn trivy(text: &str, today: Option<&str>) -> Option<Foreign> {
    const IDS: [&str; 6] = [
        "AVD-DS-0002",
        "DS-0002",
        "DS002",
        "DS0002",
        "least-privilege-user",
        "*",
    ];
    let means_us = |part: &str| {
        let part = part.trim_start_matches(['#', '/', '*']);
        let Some(sections) = part.strip_prefix("trivy:") else {
            return false;
        };
        let sections: Vec<&str> = sections.split(':').collect();
        let value = |key: &str| {
            let mut pairs = sections.chunks_exact(2);
            pairs.find_map(|pair| (pair[0] == key).then_some(pair[1]))
        };
        let id = value("ignore").map(|id| id.split('[').next().unwrap_or(id));
        let ran_out = match (value("exp"), today) {
            (Some(end), Some(today)) => end <= today,
            _ => false,
        };
        id.is_some_and(|id| IDS.iter().any(|known| id.eq_ignore_ascii_case(known))) && !ran_out
    };
    let parts = || text.split_whitespace();
    parts().any(means_us).then(|| {
        let words: Vec<&str> = parts().filter(|part| !part.contains("trivy:")).collect();
        Foreign {
            tool: "trivy",
            reason: given(&words.join(" ")),
            reach: Reach::Next,
        }
    })
}

fn kics(text: &str, top: bool) -> Option<Foreign> {
    /// "Missing User Instruction" and "Last User Is 'root'".
    const IDS: [&str; 2] = [
        "fd54f200-402c-4333-a5a4-36ef6709af2f",
        "67fd0c4a-68cf-46d7-8c41-bc9fba7e40ae",
    ];
    let rest = after(text, "kics-scan")?.trim_start();
    let end = rest.find([' ', '\t']).unwrap_or(rest.len());
    let (command, reason) = rest.split_at(end);
    let (name, ids) = match command.split_once('=') {
        Some((name, ids)) => (name, Some(ids)),
        None => (command, None),
    };
    let ours = |ids: &str| {
        let mut ids = ids.split(',');
        ids.any(|id| IDS.iter().any(|known| id.eq_ignore_ascii_case(known)))
    };
    let reach = match (name.to_ascii_lowercase().as_str(), ids) {
        ("ignore", None) if top => Reach::File,
        ("disable", Some(ids)) if top && ours(ids) => Reach::File,
        ("ignore-line" | "ignore-block", ids) if ids.is_none_or(ours) => Reach::Next,
        _ => return None,
    };
    Some(Foreign {
        tool: "KICS",
        reason: given(reason.trim_start_matches([' ', '-', ':'])),
        reach,
    })
}

fn semgrep(text: &str) -> Option<Foreign> {
    const RULES: [&str; 3] = [
        "missing-user",
        "missing-user-entrypoint",
        "last-user-is-root",
    ];
    let at = text.find("nosem")?;
    if text[..at].ends_with(|ch: char| ch.is_alphanumeric() || ch == '-' || ch == '_') {
        return None;
    }
    let rest = &text[at + "nosem".len()..];
    let rest = rest.strip_prefix("grep").unwrap_or(rest);
    let Some(list) = rest.strip_prefix(':') else {
        // A longer word is another one.
        let ends = rest.chars().next().is_none_or(|ch| !ch.is_alphanumeric());
        return ends.then(|| Foreign {
            tool: "semgrep",
            reason: given(rest.trim_start_matches([' ', '-'])),
            reach: Reach::NextButFrom,
        });
    };
    let ids = list
        .split(',')
        .filter_map(|id| id.split_whitespace().next());
    let mut last_parts = ids.map(|id| id.rsplit('.').next().unwrap_or(id));
    last_parts.any(|id| RULES.contains(&id)).then_some(Foreign {
        tool: "semgrep",
        reason: None,
        reach: Reach::Next,
    })
}

/// What stands behind `word`, in any case.
fn after<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let head = text.get(..word.len())?;
    head.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
}

/// What stands behind one blank or more.
fn blanks(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches([' ', '\t']);
    (rest.len() < text.len()).then_some(rest)
}

fn given(reason: &str) -> Option<String> {
    let reason = reason.trim();
    (!reason.is_empty()).then(|| reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(&'static str, Reach, Option<String>)> {
        let found = parse(text, false, Some("2026-05-01"))?;
        Some((found.tool, found.reach, found.reason))
    }

    #[test]
    fn comments_that_mean_the_user() {
        use Reach::{File, Next, NextButFrom};
        for (text, tool, reach, reason) in [
            ("hadolint ignore=DL3002", "hadolint", Next, ""),
            (
                "hadolint ignore = DL3008, DL3002 # sockets",
                "hadolint",
                Next,
                "sockets",
            ),
            ("hadolint global ignore=DL3002,DL3003", "hadolint", File, ""),
            (
                "hadolint ignore=DL3002;reason=sockets",
                "hadolint",
                Next,
                "sockets",
            ),
            ("tally ignore=hadolint/DL3002", "tally", Next, ""),
            (
                "tally ignore=tally/stateful-root-runtime",
                "tally",
                Next,
                "",
            ),
            (
                "TALLY global ignore=all;reason=generated",
                "tally",
                File,
                "generated",
            ),
            (
                "checkov:skip=CKV_DOCKER_8: needs root",
                "checkov",
                File,
                "needs root",
            ),
            ("see below checkov:skip= CKV_DOCKER_3", "checkov", File, ""),
            ("bridgecrew:skip=CKV_DOCKER_3:x", "checkov", File, "x"),
            ("trivy:ignore:AVD-DS-0002", "trivy", Next, ""),
            ("trivy:ignore:DS002 sockets", "trivy", Next, "sockets"),
            ("trivy:ignore:ds-0002:exp:2026-12-31", "trivy", Next, ""),
            ("trivy:ignore:DS026 trivy:ignore:DS002", "trivy", Next, ""),
            ("kics-scan ignore-line - sockets", "KICS", Next, "sockets"),
            ("KICS-SCAN ignore-block", "KICS", Next, ""),
            ("nosemgrep", "semgrep", NextButFrom, ""),
            (
                "nosemgrep: dockerfile.security.missing-user.missing-user",
                "semgrep",
                Next,
                "",
            ),
            ("why nosem: a.b, last-user-is-root", "semgrep", Next, ""),
        ] {
            let reason = (!reason.is_empty()).then(|| reason.to_owned());
            assert_eq!(read(text), Some((tool, reach, reason)), "{text}");
        }
        let disable = "kics-scan disable=b03a748a-542d-44f4-bb86-9199ab4fd2d5,fd54f200-402c-4333-a5a4-36ef6709af2f";
        for text in [disable, "kics-scan ignore"] {
            assert_eq!(parse(text, true, None).map(|found| found.reach), Some(File));
            assert_eq!(parse(text, false, None), None, "only at the start");
        }
    }

    #[test]
    fn comments_that_mean_something_else() {
        for text in [
            "hadolint ignore=DL3008",
            "hadolint shell=/bin/bash",
            "hadolintignore=DL3002",
            "DL3002 is ignored",
            "tally ignore=tally/max-lines",
            "checkov:skip=CKV_DOCKER_2:no check",
            "checkov:skip=CKV_DOCKER_80:x",
            "trivy:ignore:DS026",
            "trivy:ignore:AVD-DS-0002:exp:2026-05-01",
            "kics-scan disable=b03a748a-542d-44f4-bb86-9199ab4fd2d5",
            "kics-scan ignore-line=b03a748a-542d-44f4-bb86-9199ab4fd2d5",
            "nosemgrep: dockerfile.security.no-sudo-in-dockerfile",
            "nosemantics",
            "",
            "é",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
