//! What can be written behind `unroot config`, and the options that go with a configuration.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Who;

/// Which comments suppress findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum IgnoreComments {
    /// `# unroot: ignore REASON`, and those for other tools that mean the same
    All,
    /// `# unroot: ignore REASON`
    Own,
    /// None: everything that is found counts
    None,
}

/// Findings that were known before.
#[derive(Debug, Default, Args)]
pub(crate) struct BaselineArgs {
    /// Let findings that stand in this file not count
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write all that would make `check` fail into this file, and succeed
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    pub(crate) write_baseline: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print what counts for a Dockerfile, and where each value comes from
    Show(Box<ShowArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// A Dockerfile or a folder
    #[arg(default_value = ".")]
    pub(crate) path: PathBuf,
    /// What a base image runs as; `*` in IMAGE stands for any text
    #[arg(long, value_name = "IMAGE=USER")]
    pub(crate) base_user: Vec<String>,
    /// The configuration [default: the nearest unroot.toml, or .github/unroot.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Pass Dockerfiles over that a search finds, by a pattern as in .gitignore; can be given again
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,
    /// Which comments suppress findings [default: all]
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) ignore_comments: Option<IgnoreComments>,
    /// Count an entrypoint that steps down from root as root
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten, next_help_heading = "Fix")]
    pub(crate) who: Who,
}
