//! What can be written behind `unroot pr`.

use clap::Args;

use super::{CommitFormat, GitArgs, ProofArgs, Wanted};

const PR: &str = "\
The fixes go as a commit on a branch, as `unroot commit` makes it, the branch is pushed, and the pull request of \
that branch is opened, updated, or closed where nothing is left to fix. A second run that finds all as it should \
be writes nothing. A branch with somebody else's commit, and a pull request that people have closed, stay as \
they are.

The token is taken from UNROOT_TOKEN, GH_TOKEN or GITHUB_TOKEN. One in UNROOT_TOKEN also pushes; else git's own \
credentials do. GITHUB_API_URL names another API than the one that follows from the remote.

Exit codes:
  0  all done, or nothing to do
  1  something was held back: a fix, a branch that is somebody else's, or a pull request that may not be opened
  2  wrong arguments, a file or repository that cannot be read or written, or an answer that nothing can be done \
with";

#[derive(Debug, Args)]
#[command(after_help = PR)]
pub(crate) struct PrArgs {
    #[command(flatten)]
    pub(crate) wanted: Wanted,
    /// Build and run each fix first, and propose only what is proven, unsafe fixes included
    #[arg(long)]
    pub(crate) verify: bool,
    #[command(flatten, next_help_heading = "Commit")]
    pub(crate) git: GitArgs,
    #[command(flatten, next_help_heading = "Pull request")]
    pub(crate) pull: PullArgs,
    #[command(flatten, next_help_heading = "Proof")]
    pub(crate) proof: ProofArgs,
    /// Print every call that would be made, and write nothing
    #[arg(long, help_heading = "Pull request")]
    pub(crate) dry_run: bool,
    /// How to report
    #[arg(long, value_enum, default_value_t = CommitFormat::Text, help_heading = "Pull request")]
    pub(crate) format: CommitFormat,
}

/// How the pull request looks.
#[derive(Debug, Default, Args)]
pub(crate) struct PullArgs {
    /// The remote to push to [default: the one that git pushes the base to]
    #[arg(long, value_name = "NAME")]
    pub(crate) remote: Option<String>,
    /// The repository on GitHub [default: the one of the remote's URL]
    #[arg(long, value_name = "OWNER/NAME", value_parser = repository)]
    pub(crate) repository: Option<(String, String)>,
    /// Its title
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// A label that it has; can be given again
    #[arg(long, value_name = "NAME")]
    pub(crate) label: Vec<String>,
    /// A user who is assigned; can be given again
    #[arg(long, value_name = "USER")]
    pub(crate) assignee: Vec<String>,
    /// A user, or ORGANISATION/TEAM, who is asked for a review; can be given again
    #[arg(long, value_name = "USER")]
    pub(crate) reviewer: Vec<String>,
    /// Open it as a draft
    #[arg(long)]
    pub(crate) draft: bool,
    /// Let GitHub make the commit and sign it, for branches that take verified commits only
    #[arg(long, conflicts_with = "per_file")]
    pub(crate) sign_commits: bool,
}

/// `owner/name`
pub(crate) fn repository(text: &str) -> Result<(String, String), String> {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|ch| ch.is_ascii_alphanumeric() || "-_.".contains(ch))
    };
    match text.split_once('/') {
        Some((owner, name)) if plain(owner) && plain(name) => {
            Ok((owner.to_owned(), name.to_owned()))
        }
        _ => Err("write OWNER/NAME".into()),
    }
}
