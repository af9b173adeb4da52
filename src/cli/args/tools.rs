//! What can be written behind the commands around the work itself: `explain`, `init`, `lsp`, `completions`, `man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

use super::{IgnoreComments, LookupArgs, Who};

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A rule (`runs-as-root`), a reason (`volume`), or an image as FROM names it
    #[arg(value_name = "RULE|REASON|IMAGE")]
    pub(crate) topic: String,
    /// What a base image runs as; `*` in IMAGE stands for any text
    #[arg(long, value_name = "IMAGE=USER")]
    pub(crate) base_user: Vec<String>,
    /// The configuration [default: the nearest unroot.toml of the working folder, or .github/unroot.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten, next_help_heading = "Look-up")]
    pub(crate) lookup: LookupArgs,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The folder, which should be the top of a repository
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Write .github/workflows/unroot.yml, too: GitHub then says on each pull request what starts as root; a
    /// configuration that is there is kept
    #[arg(long)]
    pub(crate) workflow: bool,
    /// Replace files that are there
    #[arg(long)]
    pub(crate) force: bool,
}

const LSP: &str = "\
An editor starts it; https://github.com/unroot/unroot/blob/main/docs/editors.md has what to write for Neovim, Helix and VS Code. Each Dockerfile gets the \
nearest unroot.toml, as `check` reads it; files that are open are taken as the editor has them.";

#[derive(Debug, Args)]
#[command(after_help = LSP)]
pub(crate) struct LspArgs {
    /// What a base image runs as; `*` in IMAGE stands for any text
    #[arg(long, value_name = "IMAGE=USER")]
    pub(crate) base_user: Vec<String>,
    /// The build context, where scripts are looked for [default: the Dockerfile's folder and those above it]
    #[arg(long, value_name = "DIR")]
    pub(crate) context: Option<PathBuf>,
    /// The configuration [default: the nearest unroot.toml of each Dockerfile, or .github/unroot.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Which comments suppress findings [default: all]
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) ignore_comments: Option<IgnoreComments>,
    /// Count an entrypoint that steps down from root as root
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten, next_help_heading = "Fix")]
    pub(crate) who: Who,
    /// What some editors write behind every server; it is what is done anyway
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write a page for each command into this folder, which is made where it is missing
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}
