//! From what is wanted and what is there to what is done: a run that finds all as it should be writes nothing.

use crate::forge::github::{Change, Client, Error, Mode, Pull, PullState};

use super::branch::{Branch, BranchError, Deleted, Pushed, RemoteState};
use super::mark::{Mark, Marked};
use super::outcome::{Operation, Outcome, Step, Stop};
use super::publish;

/// What the pull request from a branch to `base` should be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// There are fixes to propose.
    Fixes(Proposal),
    /// Nothing is left to fix.
    Nothing {
        /// Why, for the comment below a pull request that is closed.
        why: String,
    },
}

/// A pull request as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The tree of the commit to be pushed: a remote branch that has it is up to date.
    pub tree: String,
    /// Of the changes that are proposed ([`super::fingerprint`]).
    pub plan: String,
    /// The title, within GitHub's 256 characters.
    pub title: String,
    /// The text, as [`super::body::Body::render`] makes it.
    pub text: String,
    /// Labels, added whenever they are missing.
    pub labels: Vec<String>,
    /// Users, assigned when it is made.
    pub assignees: Vec<String>,
    /// Users and `organisation/team`, asked when it is made.
    pub reviewers: Vec<String>,
    /// Make it as a draft; one that is there stays what it is.
    pub draft: bool,
}

/// Why a run ended in the middle. It shows as one line that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// The forge.
    #[error(transparent)]
    Forge(#[from] Error),
    /// The remote repository.
    #[error(transparent)]
    Branch(#[from] BranchError),
}

/// Makes the pull request of `branch` to `base` what is wanted: creates, updates or closes it, or leaves it alone.
/// In a dry run of `client` nothing is written, and [`Outcome::steps`] says what would be.
///
/// # Errors
/// When GitHub or the remote repository cannot be asked, or refuse what nothing can be done without.
pub fn sync(
    wanted: &Wanted,
    base: &str,
    branch: &mut dyn Branch,
    client: &Client,
) -> Result<Outcome, SyncError> {
    let mut run = Run::new(base, branch, client);
    let state = run.branch.state()?;
    if let RemoteState::Ours { commit, .. } = &state {
        run.outcome.head_sha = Some(commit.clone());
    }
    let pulls = client.pulls(&run.outcome.branch, base)?;
    let open = pulls.iter().find(|pull| pull.state == PullState::Open);
    if let Some(pull) = open {
        run.is_about(pull);
    }
    if let RemoteState::Foreign { commit, author } = state {
        let branch = run.outcome.branch.clone();
        return Ok(run.stop(Stop::ForeignCommit {
            branch,
            commit,
            author,
        }));
    }
    match wanted {
        Wanted::Nothing { why } => match open {
            Some(pull) => run.close(pull, why, &state),
            None => Ok(run.finish()),
        },
        Wanted::Fixes(proposal) => match (open, pulls.first()) {
            (None, Some(latest)) if is_declined(latest) => {
                run.is_about(latest);
                let (branch, url) = (run.outcome.branch.clone(), latest.html_url.clone());
                Ok(run.stop(Stop::Declined { branch, url }))
            }
            _ => run.propose(proposal, open, &state),
        },
    }
}

/// Closed by people, who said no by that.
fn is_declined(pull: &Pull) -> bool {
    let by_us = Marked::read(pull.body.as_deref().unwrap_or_default())
        .mark
        .is_some_and(|mark| mark.closed);
    pull.state == PullState::Closed && pull.merged_at.is_none() && !by_us
}

/// A run, with what it has done so far.
pub(super) struct Run<'r> {
    pub(super) base: &'r str,
    pub(super) client: &'r Client,
    branch: &'r mut dyn Branch,
    /// What git does, each with the number of calls before it.
    git: Vec<(usize, Step)>,
    pub(super) outcome: Outcome,
}

impl<'r> Run<'r> {
    fn new(base: &'r str, branch: &'r mut dyn Branch, client: &'r Client) -> Self {
        let outcome = Outcome {
            operation: Operation::None,
            number: None,
            url: None,
            head_sha: None,
            branch: branch.name().to_owned(),
            commits_verified: None,
            stop: None,
            warnings: Vec::new(),
            steps: Vec::new(),
        };
        Self {
            base,
            client,
            branch,
            git: Vec::new(),
            outcome,
        }
    }

    pub(super) fn is_about(&mut self, pull: &Pull) {
        self.outcome.number = Some(pull.number);
        self.outcome.url = Some(pull.html_url.clone());
    }

    pub(super) fn warn(&mut self, line: impl Into<String>) {
        self.outcome.warnings.push(line.into());
    }

    pub(super) fn stop(mut self, stop: Stop) -> Outcome {
        self.outcome.stop = Some(stop);
        self.finish()
    }

    /// The outcome with all steps in their order.
    pub(super) fn finish(self) -> Outcome {
        let mut outcome = self.outcome;
        let mut git = self.git.into_iter().peekable();
        for (at, call) in self.client.calls().into_iter().enumerate() {
            while let Some((_, step)) = git.next_if(|(before, _)| *before <= at) {
                outcome.steps.push(step);
            }
            outcome.steps.push(Step::Call(call));
        }
        outcome.steps.extend(git.map(|(_, step)| step));
        outcome
    }

    fn is_dry(&self) -> bool {
        self.client.mode() == Mode::DryRun
    }

    fn note(&mut self, step: Step) {
        self.git.push((self.client.calls().len(), step));
    }

    fn propose(
        mut self,
        proposal: &Proposal,
        open: Option<&Pull>,
        state: &RemoteState,
    ) -> Result<Outcome, SyncError> {
        let up_to_date = matches!(state, RemoteState::Ours { tree, .. } if *tree == proposal.tree);
        if !up_to_date {
            match self.push()? {
                None => {
                    if open.is_some() {
                        self.outcome.operation = Operation::Updated;
                    }
                }
                Some(stop) => return Ok(self.stop(stop)),
            }
        }
        match open {
            Some(pull) => publish::update(&mut self, proposal, pull)?,
            None => {
                if let Some(stop) = publish::create(&mut self, proposal)? {
                    return Ok(self.stop(stop));
                }
            }
        }
        Ok(self.finish())
    }

    fn push(&mut self) -> Result<Option<Stop>, SyncError> {
        let branch = self.outcome.branch.clone();
        self.note(Step::Push {
            branch: branch.clone(),
        });
        if self.is_dry() {
            self.branch.rehearse()?;
            return Ok(None);
        }
        Ok(match self.branch.push()? {
            Pushed::Done { commit, verified } => {
                self.outcome.head_sha = Some(commit);
                self.outcome.commits_verified = Some(verified);
                None
            }
            Pushed::LeaseLost => Some(Stop::LeaseLost { branch }),
            Pushed::Rejected(why) => Some(Stop::PushRejected { branch, why }),
            Pushed::NotPermitted(why) => Some(Stop::PushNotPermitted { why }),
        })
    }

    /// Closes what is needed no more. What can be done twice comes first, so that a run which ends in the middle
    /// leaves nothing that the next one says again.
    fn close(mut self, pull: &Pull, why: &str, state: &RemoteState) -> Result<Outcome, SyncError> {
        let body = Marked::read(pull.body.as_deref().unwrap_or_default());
        let Some(mark) = body.mark else {
            let url = pull.html_url.clone();
            return Ok(self.stop(Stop::NotOurs { url }));
        };
        let closed = Mark {
            closed: true,
            ..mark
        };
        let text = closed.under(&body.text);
        let change = Change {
            body: Some(&text),
            close: true,
            ..Change::default()
        };
        self.client.change_pull(pull.number, &change)?;
        self.outcome.operation = Operation::Closed;
        if let Err(error) = self.client.comment(pull.number, why) {
            self.warn(format!(
                "the comment that says why it is closed is missing: {error}"
            ));
        }
        if matches!(state, RemoteState::Ours { .. }) {
            self.delete()?;
        }
        Ok(self.finish())
    }

    fn delete(&mut self) -> Result<(), SyncError> {
        let branch = self.outcome.branch.clone();
        self.note(Step::Delete {
            branch: branch.clone(),
        });
        if self.is_dry() {
            return Ok(());
        }
        match self.branch.delete()? {
            Deleted::Done => {}
            Deleted::LeaseLost => {
                self.warn(format!(
                    "{branch} moved while this ran, and was not deleted"
                ));
            }
            Deleted::Refused(why) => self.warn(format!("{branch} was not deleted: {why}")),
        }
        Ok(())
    }
}
