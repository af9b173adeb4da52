//! What `commit` says it did.

use serde_json::{Value, json};
use unroot::render::escape::line;
use unroot::repo::{Base, Foreign, Made, Oid, PushOutcome, Remote, TOKEN_VARIABLE, short};

use super::gather::Gathered;
use crate::cli::files::shown;

/// What became of the branch.
pub(super) enum Branch {
    Created(Made),
    Updated(Made),
    Unchanged(Oid),
    /// There is nothing to commit.
    Nothing,
    /// It has somebody else's commit: here, or on the remote of that name.
    Foreign {
        commit: Foreign,
        remote: Option<String>,
    },
}

impl Branch {
    /// The commit that it ends in, where it is what it shall be.
    pub(super) fn commit(&self) -> Option<Oid> {
        match self {
            Self::Created(made) | Self::Updated(made) => Some(made.commit),
            Self::Unchanged(commit) => Some(*commit),
            Self::Nothing | Self::Foreign { .. } => None,
        }
    }

    const fn id(&self) -> &'static str {
        match self {
            Self::Created(_) => "created",
            Self::Updated(_) => "updated",
            Self::Unchanged(_) => "unchanged",
            Self::Nothing => "nothing",
            Self::Foreign { .. } => "foreign",
        }
    }
}

/// A push, and how it ended.
pub(super) struct Pushed {
    remote: String,
    address: String,
    outcome: PushOutcome,
}

impl Pushed {
    pub(super) fn new(remote: &Remote, outcome: PushOutcome) -> Self {
        Self {
            remote: remote.name.clone(),
            address: remote.address(),
            outcome,
        }
    }

    const fn id(&self) -> &'static str {
        match self.outcome {
            PushOutcome::Done => "done",
            PushOutcome::UpToDate => "up-to-date",
            PushOutcome::LeaseLost => "lease-lost",
            PushOutcome::Rejected { .. } => "rejected",
            PushOutcome::NoPermission { .. } => "no-permission",
        }
    }

    fn reason(&self) -> Option<&str> {
        match &self.outcome {
            PushOutcome::Rejected { reason } | PushOutcome::NoPermission { reason } => Some(reason),
            _ => None,
        }
    }
}

pub(super) struct Report<'a> {
    pub(super) base: &'a Base,
    pub(super) branch: &'a str,
    pub(super) gathered: &'a Gathered,
    pub(super) state: Branch,
    pub(super) pushed: Option<Pushed>,
}

impl Report<'_> {
    /// True when something could not be read or was refused.
    pub(super) fn failed(&self) -> bool {
        let refused = self
            .pushed
            .as_ref()
            .is_some_and(|pushed| pushed.reason().is_some());
        refused || !self.gathered.errors.is_empty()
    }

    /// True when something stays that should not.
    pub(super) fn held(&self) -> bool {
        let lost = self.pushed.as_ref();
        let lost = lost.is_some_and(|pushed| pushed.outcome == PushOutcome::LeaseLost);
        lost || matches!(self.state, Branch::Foreign { .. }) || !self.gathered.held.is_empty()
    }

    pub(super) fn text(&self) -> String {
        let branch = self.branch;
        let mut text = match &self.state {
            Branch::Created(made) | Branch::Updated(made) => self.made(made),
            Branch::Unchanged(commit) => {
                let on = self.base.name();
                format!(
                    "nothing to do: {branch} is already there ({}), on {on}\n",
                    short(*commit)
                )
            }
            Branch::Nothing => "nothing to commit\n".into(),
            Branch::Foreign { .. } => String::new(),
        };
        match &self.pushed {
            Some(Pushed {
                outcome: PushOutcome::Done,
                remote,
                address,
            }) => {
                text.push_str(&format!("pushed {branch} to {remote} ({address})\n"));
            }
            Some(Pushed {
                outcome: PushOutcome::UpToDate,
                remote,
                ..
            }) => {
                text.push_str(&format!("{remote} has it, too\n"));
            }
            _ => {}
        }
        text
    }

    fn made(&self, made: &Made) -> String {
        let branch = self.branch;
        let files = match self.files().len() {
            1 => "1 file".into(),
            count => format!("{count} files"),
        };
        let commits = match made.commits {
            1 => String::new(),
            count => format!(" in {count} commits"),
        };
        let verb = match self.state {
            Branch::Updated(_) => "committed anew",
            _ => "committed",
        };
        let mut text = format!(
            "{}{verb} {files}{commits} on {branch} ({}), on {}\n",
            self.gathered.told,
            short(made.commit),
            self.on()
        );
        let look = match made.commits {
            1 => format!("git show {branch}"),
            _ => format!("git log -p {}..{branch}", short(self.base.commit)),
        };
        text.push_str(&format!("  look at it: {look}\n"));
        if self.pushed.is_none() {
            text.push_str("  go on: unroot commit --push with the same arguments, or git push\n");
        }
        text
    }

    fn on(&self) -> String {
        match &self.base.branch {
            Some(branch) => format!("{branch} ({})", short(self.base.commit)),
            None => short(self.base.commit),
        }
    }

    /// What is for standard error.
    pub(super) fn complaints(&self) -> String {
        let branch = self.branch;
        let mut text = String::new();
        if let Branch::Created(made) | Branch::Updated(made) = &self.state
            && made.unsigned
        {
            text.push_str("note: the commit is not signed: git, which signs, is not on the PATH\n");
        }
        if let Branch::Foreign { commit, remote } = &self.state {
            let place = match remote {
                Some(remote) => format!(" on {remote}"),
                None => String::new(),
            };
            text.push_str(&format!(
                "held back: {branch}{place} ends in a commit that is not unroot's, and stays: {} \"{}\" by {}\n\
                 help: put the fix on another branch: --branch NAME\n",
                short(commit.commit),
                line(&commit.subject),
                line(&commit.author)
            ));
        }
        let Some(pushed) = &self.pushed else {
            return text;
        };
        let remote = &pushed.remote;
        match &pushed.outcome {
            PushOutcome::LeaseLost => text.push_str(&format!(
                "held back: {branch} on {remote} moved while this ran, and stays as it is there\n\
                 help: run it again\n"
            )),
            PushOutcome::Rejected { reason } => text.push_str(&format!(
                "error: {remote} refuses {branch}: {}\n\
                 help: the commit is here; --branch NAME names it as the server's rules want it\n",
                line(reason)
            )),
            PushOutcome::NoPermission { reason } => text.push_str(&format!(
                "error: {remote} does not let you push {branch}: {}\n\
                 help: the commit is here; give git credentials that may write, or a token in {TOKEN_VARIABLE}\n",
                line(reason)
            )),
            PushOutcome::Done | PushOutcome::UpToDate => {}
        }
        text
    }

    fn files(&self) -> Vec<String> {
        let parts = self.gathered.parts.iter();
        let changes = parts.flat_map(|part| &part.changes);
        let mut files: Vec<String> = changes.map(|change| shown(&change.path)).collect();
        files.sort();
        files.dedup();
        files
    }

    pub(super) fn json(&self) -> anyhow::Result<String> {
        let commits = match &self.state {
            Branch::Created(made) | Branch::Updated(made) => made.commits,
            _ => 0,
        };
        let foreign = match &self.state {
            Branch::Foreign { commit, remote } => json!({
                "commit": commit.commit.to_string(),
                "author": commit.author,
                "subject": commit.subject,
                "remote": remote,
            }),
            _ => Value::Null,
        };
        let pushed = self.pushed.as_ref().map(|pushed| {
            json!({
                "remote": pushed.remote,
                "address": pushed.address,
                "outcome": pushed.id(),
                "reason": pushed.reason(),
            })
        });
        let value = json!({
            "version": 1,
            "outcome": self.state.id(),
            "branch": self.branch,
            "base": {
                "branch": self.base.branch,
                "commit": self.base.commit.to_string(),
            },
            "commit": self.state.commit().map(|commit| commit.to_string()),
            "commits": commits,
            "files": self.files(),
            "uncommitted": self.gathered.uncommitted,
            "held_back": self.gathered.held,
            "errors": self.gathered.errors,
            "foreign": foreign,
            "push": pushed,
        });
        Ok(unroot::render::document(&value)?)
    }
}
