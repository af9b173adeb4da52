//! Mode `pr`: the fixes as a commit on a branch, and the branch as a pull request.

use anyhow::bail;
use unroot::action::{InputError, Inputs};
use unroot::pr::{Operation, Stop};

use super::collect::arguments;
use crate::cli::args::{GitArgs, ProofArgs, PullArgs, repository};
use crate::cli::commit::Fixes;
use crate::cli::pr::{Ask, propose};
use crate::cli::streams::Streams;

/// What became of the pull request: the outputs `pull-request-*`.
#[derive(Debug)]
pub(super) struct Pulled {
    /// What was done.
    pub(super) operation: Operation,
    /// Its number; none where there is none.
    pub(super) number: Option<u64>,
    /// Its page.
    pub(super) url: Option<String>,
    /// The commit at the tip of its branch.
    pub(super) head_sha: Option<String>,
    /// Its branch.
    pub(super) branch: Option<String>,
    /// GitHub signed the commit; none where nothing was pushed.
    pub(super) commits_verified: Option<bool>,
    /// Why not all was done.
    pub(super) stop: Option<Stop>,
    /// What went wrong beside the main thing.
    pub(super) warnings: Vec<String>,
    /// What the pull request says, uncut.
    pub(super) text: String,
}

impl Pulled {
    /// Nothing was done, and there is no pull request.
    pub(super) const fn nothing() -> Self {
        Self {
            operation: Operation::None,
            number: None,
            url: None,
            head_sha: None,
            branch: None,
            commits_verified: None,
            stop: None,
            warnings: Vec::new(),
            text: String::new(),
        }
    }

    /// For the summary, as Markdown; none where there is no pull request to name.
    pub(super) fn sentence(&self) -> Option<String> {
        let url = self.url.as_ref().filter(|url| {
            let odd = |ch: char| ch.is_whitespace() || ch.is_control() || matches!(ch, '<' | '>');
            url.starts_with("http") && !url.contains(odd)
        })?;
        let verb = match self.operation {
            Operation::None => "is up to date",
            Operation::Created | Operation::Updated | Operation::Closed => self.operation.as_str(),
        };
        Some(format!("Pull request {verb}: <{url}>"))
    }
}

/// GitHub's own bot, which commits where the workflow's git knows nobody (actions/checkout, README: "Push a commit
/// using the built-in token").
const BOT: (&str, &str) = (
    "github-actions[bot]",
    "41898282+github-actions[bot]@users.noreply.github.com",
);

/// Commits the fixes on a branch, pushes it, and opens, updates or closes the pull request.
pub(super) fn run_pr(inputs: &Inputs, streams: &mut Streams) -> anyhow::Result<Pulled> {
    let asked = &inputs.pull_request;
    let Some(token) = &asked.token else {
        bail!("input `token`: it is empty, and a pull request takes one");
    };
    let wanted = arguments(inputs)?;
    let git = GitArgs {
        branch: asked.branch.clone(),
        base: asked.base.clone(),
        message: asked.commit_message.clone(),
        signoff: asked.signoff,
        per_file: false,
        worktree: false,
        no_gpg_sign: false,
    };
    let named = asked.repository.as_deref().map(repository).transpose();
    let pull = PullArgs {
        remote: None,
        repository: named.map_err(|message| InputError::new("repository", message))?,
        title: asked.title.clone(),
        label: asked.labels.clone(),
        assignee: asked.assignees.clone(),
        reviewer: asked.reviewers.clone(),
        draft: asked.draft,
        sign_commits: asked.sign_commits,
    };
    let proof = ProofArgs::default();
    let proposed = propose(
        &Ask {
            fixes: Fixes {
                wanted: &wanted,
                git: &git,
                proof: inputs.verify.then_some(&proof),
            },
            pull: &pull,
            token,
            push_token: Some(token),
            dry_run: false,
            fallback: Some(BOT),
        },
        streams,
    )?;
    let Ok(proposed) = proposed else {
        bail!("the run was called off");
    };
    let outcome = proposed.outcome;
    Ok(Pulled {
        operation: outcome.operation,
        number: outcome.number,
        url: outcome.url,
        head_sha: outcome.head_sha,
        branch: Some(outcome.branch),
        commits_verified: outcome.commits_verified,
        stop: outcome.stop,
        warnings: outcome.warnings,
        text: proposed.text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_names_the_pull_request() {
        let mut pulled = Pulled {
            operation: Operation::Created,
            url: Some("https://github.com/o/r/pull/7".into()),
            ..Pulled::nothing()
        };
        let sentence = pulled.sentence().expect("it has a page");
        assert_eq!(
            sentence,
            "Pull request created: <https://github.com/o/r/pull/7>"
        );
        pulled.url = Some("https://x/> <img>".into());
        assert_eq!(pulled.sentence(), None);
    }
}
