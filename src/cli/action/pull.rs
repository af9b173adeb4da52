//! Mode `pr`: the fixes as a commit on a branch, and the branch as a pull request.

use anyhow::bail;
use unroot::action::{Event, Inputs};

use super::collect::Collected;

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
}

/// What was done to a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(test), expect(dead_code, reason = "run_pr makes them"))]
pub(super) enum Operation {
    /// Opened.
    Created,
    /// Its branch or its text changed.
    Updated,
    /// Nothing was left to fix.
    Closed,
    /// Nothing.
    None,
}

impl Operation {
    /// The value of the output `pull-request-operation`.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Closed => "closed",
            Self::None => "none",
        }
    }
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
            Operation::Created | Operation::Updated | Operation::Closed => self.operation.id(),
        };
        Some(format!("Pull request {verb}: <{url}>"))
    }
}

/// Commits the fixes on a branch, pushes it, and opens, updates or closes the pull request.
pub(super) fn run_pr(
    _inputs: &Inputs,
    _event: &Event,
    _collected: &Collected,
) -> anyhow::Result<Pulled> {
    bail!("pull requests are not part of this build")
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
        let all = [Operation::Updated, Operation::Closed, Operation::None];
        assert_eq!(all.map(Operation::id), ["updated", "closed", "none"]);
    }
}
