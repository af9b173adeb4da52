//! Pushing a branch with a lease: it replaces the commit that was seen there, or nothing.

use git2::Oid;

use super::branch::reference;
use super::program::complaint;
use super::{Remote, Repo, RepoError, push_lib};

/// How a push ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// The remote's branch is what it shall be, and was not before.
    Done,
    /// It was so already.
    UpToDate,
    /// It is not what was seen: somebody pushed meanwhile. It stays.
    LeaseLost,
    /// The server took the push and refused the branch: a hook, a protected branch.
    Rejected {
        /// What it says, in a line.
        reason: String,
    },
    /// The server knows nobody by these credentials, or lets them not write.
    NoPermission {
        /// What it says, in a line.
        reason: String,
    },
}

impl Repo {
    /// Lets the remote's branch end in `commit`. `seen` is what it ended in when it was looked at
    /// ([`Repo::remote_branch`]); none when it was not there.
    pub fn push(
        &self,
        remote: &Remote,
        branch: &str,
        commit: Oid,
        seen: Option<Oid>,
    ) -> Result<PushOutcome, RepoError> {
        if seen == Some(commit) {
            return Ok(PushOutcome::UpToDate);
        }
        self.send(remote, branch, Some(commit), seen)
    }

    /// Takes the remote's branch away, if it still ends in `seen`.
    pub fn delete_remote_branch(
        &self,
        remote: &Remote,
        branch: &str,
        seen: Oid,
    ) -> Result<PushOutcome, RepoError> {
        self.send(remote, branch, None, Some(seen))
    }

    fn send(
        &self,
        remote: &Remote,
        branch: &str,
        commit: Option<Oid>,
        seen: Option<Oid>,
    ) -> Result<PushOutcome, RepoError> {
        let name = reference(branch);
        if self.git().is_none() {
            return push_lib::send(&self.inner, remote, &name, commit, seen);
        }
        let text = |id: Option<Oid>| id.map(|id| id.to_string()).unwrap_or_default();
        let lease = format!("--force-with-lease={name}:{}", text(seen));
        let spec = format!("{}:{name}", text(commit));
        let ran = self.ask(remote, &[], &|command, remote| {
            command.args([
                "push",
                "--porcelain",
                "--no-follow-tags",
                "--recurse-submodules=no",
            ]);
            command.args([lease.as_str(), "--", remote, &spec]);
        })?;
        match line_of(&ran.out, &name) {
            Some(line) => verdict(line, &remote.scrub(&ran.err)),
            None => None,
        }
        .map_or_else(|| unsaid(remote, &ran.err), Ok)
    }
}

/// A push that told nothing of the branch.
fn unsaid(remote: &Remote, err: &str) -> Result<PushOutcome, RepoError> {
    let reason = remote.scrub(&complaint(err));
    // A gone branch cannot be deleted with a lease on it.
    if reason.contains("stale info") {
        return Ok(PushOutcome::LeaseLost);
    }
    if is_refusal(&reason) || is_refusal(err) {
        return Ok(PushOutcome::NoPermission { reason });
    }
    Err(remote.trouble(&complaint(err)))
}

/// The line that `git push --porcelain` has on a reference: flag, tab, from:to, tab, summary.
fn line_of<'a>(out: &'a str, name: &str) -> Option<(char, &'a str)> {
    out.lines().find_map(|line| {
        let mut fields = line.splitn(3, '\t');
        let flag = fields.next()?.chars().next()?;
        let (_, to) = fields.next()?.rsplit_once(':')?;
        (to == name).then_some((flag, fields.next().unwrap_or_default()))
    })
}

fn verdict((flag, summary): (char, &str), err: &str) -> Option<PushOutcome> {
    match flag {
        ' ' | '+' | '*' | '-' => Some(PushOutcome::Done),
        '=' => Some(PushOutcome::UpToDate),
        // The first is git's own comparison; the others are the server's, of a push at the same time.
        '!' if [
            "stale info",
            "fetch first",
            "cannot lock ref",
            "incorrect old value",
        ]
        .iter()
        .any(|sign| summary.contains(sign)) =>
        {
            Some(PushOutcome::LeaseLost)
        }
        '!' => Some(refused(summary, err)),
        _ => None,
    }
}

fn refused(summary: &str, err: &str) -> PushOutcome {
    let inside = summary
        .split_once('(')
        .map_or(summary, |(_, inside)| inside.trim_end_matches(')'));
    let said = err
        .lines()
        .filter_map(|line| line.strip_prefix("remote:"))
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let mut reason = inside.to_owned();
    for line in said {
        if reason.len() + line.len() > MAX_REASON {
            break;
        }
        reason.push_str("; ");
        reason.push_str(line);
    }
    let reason: String = reason.chars().filter(|ch| !ch.is_control()).collect();
    if is_refusal(&reason) {
        return PushOutcome::NoPermission { reason };
    }
    PushOutcome::Rejected { reason }
}

/// Bytes of what a server says that are shown.
const MAX_REASON: usize = 400;

/// True when a text of git or of a server says that the credentials do not do.
pub(super) fn is_refusal(text: &str) -> bool {
    const SIGNS: [&str; 13] = [
        "authentication failed",
        "could not read username",
        "could not read password",
        "terminal prompts disabled",
        "returned error: 401",
        "returned error: 403",
        "status code: 401",
        "status code: 403",
        "permission denied",
        "write access to repository not granted",
        "authentication required",
        "no callback set",
        "permission to ",
    ];
    let text = text.to_ascii_lowercase();
    SIGNS.iter().any(|sign| text.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "refs/heads/unroot/main";

    fn told(line: &str, err: &str) -> Option<PushOutcome> {
        verdict(line_of(&format!("To x\n{line}\nDone\n"), NAME)?, err)
    }

    #[test]
    fn what_git_prints_is_understood() {
        let line = |flag: char, summary: &str| format!("{flag}\tabc:{NAME}\t{summary}");
        assert_eq!(
            told(&line('*', "[new branch]"), ""),
            Some(PushOutcome::Done)
        );
        assert_eq!(
            told(&line('+', "a...b (forced update)"), ""),
            Some(PushOutcome::Done)
        );
        assert_eq!(
            told(&line('=', "[up to date]"), ""),
            Some(PushOutcome::UpToDate)
        );
        assert_eq!(
            told(&line('!', "[rejected] (stale info)"), ""),
            Some(PushOutcome::LeaseLost)
        );
        assert_eq!(
            told(
                &line('!', "[remote rejected] (pre-receive hook declined)"),
                "remote: no pushes on Fridays        \nerror: failed to push some refs\n"
            ),
            Some(PushOutcome::Rejected {
                reason: "pre-receive hook declined; no pushes on Fridays".into()
            })
        );
        assert!(matches!(
            told(&line('!', "[remote rejected] (permission denied)"), ""),
            Some(PushOutcome::NoPermission { .. })
        ));
        assert_eq!(told("*\tabc:refs/heads/other\t[new branch]", ""), None);
    }
}
