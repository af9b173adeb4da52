//! What can be written behind `unroot`.

mod config;
pub(crate) mod lazy;
mod lookup;
mod pr;
mod report;
mod tools;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use unroot::config::{MAX_ID, range, user_name};

pub(crate) use config::{BaselineArgs, ConfigArgs, ConfigCommand, IgnoreComments, ShowArgs};
use lazy::Lazy;
pub(crate) use lookup::{Lookup, LookupArgs};
pub(crate) use pr::{PrArgs, PullArgs, repository};
pub(crate) use report::{FailArgs, Format, ReportArgs};
pub(crate) use tools::{CompletionsArgs, ExplainArgs, InitArgs, LspArgs, ManArgs};

/// Makes the images that Dockerfiles build run as a non-root user, and keeps them working.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing to do, or all done
  1  check, diff: something starts as root or is not known (--fail-on says what counts); fix, commit: something \
was held back; verify: something is broken or cannot be proven here
  2  wrong arguments, or a file that cannot be read or written, or a push that is refused
--exit-zero makes a 1 of check, diff and fix a 0, and leaves a 2.

Every option --some-name can be given in the environment, as UNROOT_SOME_NAME.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say which images start as root, why, and what would be done about it
    Check(Lazy<CheckArgs>),
    /// Print the fixes as a patch for `git apply`, and change nothing
    Diff(Lazy<DiffArgs>),
    /// Write the fixes into the files
    Fix(Lazy<FixArgs>),
    /// Commit the fixes on a branch of their own, and leave the work tree as it is
    Commit(Lazy<CommitArgs>),
    /// Commit, push, and open or update the pull request
    Pr(Box<Lazy<PrArgs>>),
    /// Build and run the image as it is and as fixed, and compare what both do
    Verify(Lazy<VerifyArgs>),
    /// Say what a rule or a reason means, or what is known of a base image, how sure, and from where
    Explain(Lazy<ExplainArgs>),
    /// Look at the configuration
    Config(Lazy<ConfigArgs>),
    /// Write a configuration to start from, and a workflow
    Init(Lazy<InitArgs>),
    /// Serve an editor: diagnostics and fixes by the Language Server Protocol, over standard input and output
    Lsp(Box<Lazy<LspArgs>>),
    /// Print what lets a shell complete the arguments
    Completions(Lazy<CompletionsArgs>),
    /// Print the manual page, or write one for each command
    Man(Lazy<ManArgs>),
    /// What `action.yml` calls: reads `UNROOT_INPUT_*` and `GITHUB_*`, and answers the runner
    #[command(hide = true)]
    Action,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

/// Which files, and how their build is asked for.
#[derive(Debug, Default, Args)]
pub(crate) struct Inputs {
    /// Dockerfiles, folders to search, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// The stage to look at, by name or number [default: those that the repository builds, else the last one]
    #[arg(long, value_name = "STAGE", conflicts_with = "all_targets")]
    pub(crate) target: Option<String>,
    /// Look at every stage that no other stage builds on
    #[arg(long)]
    pub(crate) all_targets: bool,
    /// Look at the last stage alone, whatever compose files, bake files and CI build
    #[arg(long, conflicts_with_all = ["target", "all_targets"])]
    pub(crate) last_stage: bool,
    /// A build argument, as `docker build` gets it
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) build_arg: Vec<String>,
    /// What a base image runs as; `*` in IMAGE stands for any text
    #[arg(long, value_name = "IMAGE=USER")]
    pub(crate) base_user: Vec<String>,
    /// The build context, where scripts are looked for [default: the Dockerfile's folder and those above it]
    #[arg(long, value_name = "DIR")]
    pub(crate) context: Option<PathBuf>,
    /// The configuration [default: the nearest unroot.toml of each Dockerfile, or .github/unroot.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Pass Dockerfiles over that a search finds, by a pattern as in .gitignore; can be given again
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,
    /// Look only at Dockerfiles that changed since this revision and HEAD parted
    #[arg(long, value_name = "REVISION")]
    pub(crate) diff_base: Option<String>,
    /// Which comments suppress findings [default: all]
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) ignore_comments: Option<IgnoreComments>,
    /// Count an entrypoint that steps down from root as root; verify: count its extra lines, too
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten, next_help_heading = "Look-up")]
    pub(crate) lookup: LookupArgs,
}

/// Who the container shall run as.
#[derive(Debug, Default, Args)]
pub(crate) struct Who {
    /// A user that the image has, or the name of the one to create
    #[arg(long, value_name = "NAME", value_parser = user_name)]
    pub(crate) user: Option<String>,
    /// The number of the user to create
    #[arg(long, value_parser = uid)]
    pub(crate) uid: Option<u32>,
    /// Where the number of a user to create is taken from: the first that is free
    #[arg(long, value_name = "FIRST-LAST", value_parser = range)]
    pub(crate) uid_range: Option<(u32, u32)>,
    /// The number of its group; 0 suits `OpenShift`
    #[arg(long, value_parser = gid)]
    pub(crate) gid: Option<u32>,
    /// Write names into USER, not numbers
    #[arg(long)]
    pub(crate) named: bool,
    /// What the user is to own [default: auto]
    #[arg(long, value_enum)]
    pub(crate) own: Option<Own>,
    /// What to do about ports below 1024, which CRI-O and Podman let only root bind
    #[arg(long, value_enum)]
    pub(crate) ports: Option<Ports>,
    /// How the container is made to run as a user [default: user]
    #[arg(long, value_enum)]
    pub(crate) strategy: Option<Strategy>,
    #[command(flatten)]
    pub(crate) step_down: StepDown,
}

/// The number of a user: not root's.
fn uid(text: &str) -> Result<u32, String> {
    id(text, 1)
}

fn gid(text: &str) -> Result<u32, String> {
    id(text, 0)
}

fn id(text: &str, least: u32) -> Result<u32, String> {
    let id = text.parse().ok();
    id.filter(|id| (least..=MAX_ID).contains(id))
        .ok_or_else(|| format!("write a number from {least} to {MAX_ID}"))
}

/// How a container steps down, with `--strategy step-down`.
#[derive(Debug, Default, Args)]
pub(crate) struct StepDown {
    /// What a step-down is made with [default: what the base has]
    #[arg(long = "step-down-tool", value_enum, value_name = "TOOL")]
    pub(crate) tool: Option<StepDownTool>,
    /// Write the step-down's script into the Dockerfile, not into a file beside it
    #[arg(long)]
    pub(crate) inline: bool,
    /// Write a step-down that Docker's builder before `BuildKit` builds, too
    #[arg(long, conflicts_with = "inline")]
    pub(crate) legacy_builder: bool,
}

/// What a step-down is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StepDownTool {
    /// Of util-linux, which Debian, Ubuntu and Fedora have
    Setpriv,
    /// Alpine's
    SuExec,
    /// Debian's package
    Gosu,
}

/// How the container is made to run as a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Strategy {
    /// By a USER
    User,
    /// By the base image's unprivileged twin, where it has one; else by a USER
    Twin,
    /// By an entrypoint that starts as root, hands volumes over, and runs the program as the user
    StepDown,
}

/// What to do about ports below 1024.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ports {
    /// Leave them: Docker 20.10 and containerd 2 let any user bind them
    Keep,
    /// Let the program listen on 8080 instead of 80, with EXPOSE and HEALTHCHECK
    Move,
    /// Give the program the capability to bind them
    Setcap,
}

/// What the user is to own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Own {
    /// What there is evidence of that the program writes it
    Auto,
    /// The WORKDIR itself, and nothing else
    Workdir,
    /// All that COPY brings into the WORKDIR, besides
    App,
    /// Nothing
    None,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// Judge an image that exists, through the local engine or whom --lookup names; can be given again
    #[arg(long, value_name = "IMAGE", help_heading = "Look-up", conflicts_with_all = ["paths", "baseline", "write_baseline"])]
    pub(crate) image: Vec<String>,
    /// Say of the files that are fine, too, what they start as and why
    #[arg(long, short, help_heading = "Report")]
    pub(crate) verbose: bool,
    #[command(flatten, next_help_heading = "Fix")]
    pub(crate) who: Who,
    #[command(flatten, next_help_heading = "Report")]
    pub(crate) fail: FailArgs,
    #[command(flatten, next_help_heading = "Baseline")]
    pub(crate) baseline: BaselineArgs,
    #[command(flatten, next_help_heading = "Report")]
    pub(crate) report: ReportArgs,
}

/// Which fixes are wanted: in what, for whom, how sure.
#[derive(Debug, Args)]
pub(crate) struct Wanted {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten, next_help_heading = "Fix")]
    pub(crate) who: Who,
    /// Take the fixes too that rest on an inference or change an interface
    #[arg(long = "unsafe")]
    pub(crate) unsafe_fixes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    pub(crate) wanted: Wanted,
    /// The name that standard input gets in the patch
    #[arg(
        long,
        value_name = "NAME",
        default_value = "Dockerfile",
        help_heading = "Report"
    )]
    pub(crate) stdin_filename: String,
    #[command(flatten, next_help_heading = "Report")]
    pub(crate) fail: FailArgs,
    #[command(flatten, next_help_heading = "Report")]
    pub(crate) report: ReportArgs,
}

#[derive(Debug, Args)]
pub(crate) struct FixArgs {
    #[command(flatten)]
    pub(crate) wanted: Wanted,
    /// Build and run each fix first, and write only what is proven, unsafe fixes included
    #[arg(long)]
    pub(crate) verify: bool,
    /// End with 0 though something was held back; what fails still ends with 2
    #[arg(long)]
    pub(crate) exit_zero: bool,
    #[command(flatten, next_help_heading = "Proof")]
    pub(crate) proof: ProofArgs,
}

const COMMIT: &str = "\
What is fixed is what is committed: the base's files. The commits are made beside the work tree, the index, HEAD \
and the stash, which stay as they are. The branch is moved only while all its commits are unroot's own, \
untouched; a push replaces what was seen on the remote, or nothing.

A token for an HTTPS remote can be given in UNROOT_TOKEN; else git's own credentials are used.

Exit codes:
  0  all done, or nothing to do
  1  something was held back: a fix, or a branch that has somebody else's commit
  2  wrong arguments, a file or repository that cannot be read or written, or a push that is refused";

#[derive(Debug, Args)]
#[command(after_help = COMMIT)]
pub(crate) struct CommitArgs {
    #[command(flatten)]
    pub(crate) wanted: Wanted,
    #[command(flatten, next_help_heading = "Commit")]
    pub(crate) git: GitArgs,
    /// Push the branch
    #[arg(long)]
    pub(crate) push: bool,
    /// The remote to push to [default: the one that git pushes the base to]
    #[arg(long, value_name = "NAME", requires = "push")]
    pub(crate) remote: Option<String>,
    /// How to report
    #[arg(long, value_enum, default_value_t = CommitFormat::Text)]
    pub(crate) format: CommitFormat,
}

/// How commits are made.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch that people write"
)]
pub(crate) struct GitArgs {
    /// The branch that the commit goes on [default: `unroot/` and the base's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) branch: Option<String>,
    /// What the fix is made for and lies on: a branch, a tag or a commit [default: the current branch]
    #[arg(long, value_name = "REVISION")]
    pub(crate) base: Option<String>,
    /// The commit's message
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// Add a `Signed-off-by` line
    #[arg(long, short)]
    pub(crate) signoff: bool,
    /// Make one commit for each Dockerfile
    #[arg(long)]
    pub(crate) per_file: bool,
    /// Take the files as they lie in the work tree, with changes that are not committed
    #[arg(long, conflicts_with = "base")]
    pub(crate) worktree: bool,
    /// Do not sign, even where git's configuration asks for it
    #[arg(long)]
    pub(crate) no_gpg_sign: bool,
}

/// How a commit is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CommitFormat {
    Text,
    Json,
}

const PROOF: &str = "\
What must be the same: it builds, starts, stays up (or ends with the same code), is healthy, listens on the same \
ports, passes your checks, and prints no new permission errors. No process may be root's. Unsafe fixes are \
proven like safe ones. Verdicts:
  proven             all of that holds, in this engine and for the time that it took
  broken             something does not, and it is shown
  not provable here  no engine, no network, or an original that does not work here

Exit codes:
  0  all proven, or nothing starts as root
  1  something is broken or not provable here
  2  wrong arguments, or a file that cannot be read
  130, 143, 129  called off by Ctrl-C, SIGTERM, SIGHUP; nothing is left in the engine";

#[derive(Debug, Args)]
#[command(after_help = PROOF)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten, next_help_heading = "Fix")]
    pub(crate) who: Who,
    #[command(flatten, next_help_heading = "Proof")]
    pub(crate) proof: ProofArgs,
    /// Prove this Dockerfile instead of a fix of unroot's
    #[arg(long, value_name = "FILE", conflicts_with = "learn")]
    pub(crate) fixed: Option<PathBuf>,
    /// How to report
    #[arg(long, value_enum, default_value_t = ProofFormat::Text)]
    pub(crate) format: ProofFormat,
}

/// How a proof is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProofFormat {
    Text,
    Json,
    Markdown,
}

/// How images are built and run for a proof.
#[derive(Debug, Default, Args)]
pub(crate) struct ProofArgs {
    /// The container engine [default: the first of these that answers]
    #[arg(long, value_name = "NAME", value_parser = unroot::verify::names())]
    pub(crate) engine: Option<String>,
    /// The network of containers, and of builds as far as those know it
    #[arg(long, value_name = "NETWORK")]
    pub(crate) network: Option<String>,
    /// An option of `build`: --build-opt=--secret=id=token,src=FILE
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    pub(crate) build_opt: Vec<String>,
    /// An option of `run`: --run-arg=--env=NAME=VALUE
    #[arg(long, value_name = "OPTION", allow_hyphen_values = true)]
    pub(crate) run_arg: Vec<String>,
    /// A shell command on this machine that passes when the container does its job; it finds
    /// `UNROOT_CONTAINER`, `UNROOT_PID` and `UNROOT_ENGINE` in its environment
    #[arg(long, value_name = "COMMAND")]
    pub(crate) check: Option<String>,
    /// The same, inside the container, as the user that it runs as
    #[arg(long, value_name = "COMMAND")]
    pub(crate) exec: Option<String>,
    /// How long a container must stay up [default: 5]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) wait: Option<Duration>,
    /// The longest that one build or one container may take [default: 600]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Run the original first, and let the user own exactly what it wrote
    #[arg(long)]
    pub(crate) learn: bool,
    /// The container's command
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

impl ProofArgs {
    /// An option that means nothing without a proof.
    pub(crate) fn used(&self) -> Option<&'static str> {
        [
            (self.engine.is_some(), "--engine"),
            (self.network.is_some(), "--network"),
            (!self.build_opt.is_empty(), "--build-opt"),
            (!self.run_arg.is_empty(), "--run-arg"),
            (self.check.is_some(), "--check"),
            (self.exec.is_some(), "--exec"),
            (self.wait.is_some(), "--wait"),
            (self.timeout.is_some(), "--timeout"),
            (self.learn, "--learn"),
            (!self.command.is_empty(), "a command behind `--`"),
        ]
        .into_iter()
        .find_map(|(used, name)| used.then_some(name))
    }
}

/// Seconds, with a fraction where wanted.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "write seconds, as in 5 or 0.5")?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if time > Duration::ZERO => Ok(time),
        _ => Err("a number above 0 is needed".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
