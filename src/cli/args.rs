//! What can be written behind `unroot`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
  1  check, diff: something starts as root or is not known; fix: something was held back
  2  wrong arguments, or a file that cannot be read or written";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say which images start as root, why, and what would be done about it
    Check(CheckArgs),
    /// Print the fixes as a patch for `git apply`, and change nothing
    Diff(DiffArgs),
    /// Write the fixes into the files
    Fix(FixArgs),
    /// Say what is known of a base image, how sure, and from where
    Explain(ExplainArgs),
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
#[derive(Debug, Args)]
pub(crate) struct Inputs {
    /// Dockerfiles, folders to search, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// The stage to look at, by name or number, instead of the last one
    #[arg(long, value_name = "STAGE", conflicts_with = "all_targets")]
    pub(crate) target: Option<String>,
    /// Look at every stage that no other stage builds on
    #[arg(long)]
    pub(crate) all_targets: bool,
    /// A build argument, as `docker build` gets it
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) build_arg: Vec<String>,
    /// What a base image runs as; `*` in IMAGE stands for any text
    #[arg(long, value_name = "IMAGE=USER")]
    pub(crate) base_user: Vec<String>,
    /// The build context, where scripts are looked for [default: the Dockerfile's folder and those above it]
    #[arg(long, value_name = "DIR")]
    pub(crate) context: Option<PathBuf>,
    /// The configuration [default: unroot.toml or .github/unroot.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Count an entrypoint that steps down from root as root
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Who the container shall run as.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// A user that the image has, or the name of the one to create
    #[arg(long, value_name = "NAME", value_parser = user_name)]
    pub(crate) user: Option<String>,
    /// The number of the user to create
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=2_147_483_647))]
    pub(crate) uid: Option<u32>,
    /// The number of its group; 0 suits `OpenShift`
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=2_147_483_647))]
    pub(crate) gid: Option<u32>,
    /// Write names into USER, not numbers
    #[arg(long)]
    pub(crate) named: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// Say of the files that are fine, too, what they start as and why
    #[arg(long, short)]
    pub(crate) verbose: bool,
    #[command(flatten)]
    pub(crate) who: Who,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) who: Who,
    /// Take the fixes too that rest on an inference or change an interface
    #[arg(long = "unsafe")]
    pub(crate) unsafe_fixes: bool,
    /// The name that standard input gets in the patch
    #[arg(long, value_name = "NAME", default_value = "Dockerfile")]
    pub(crate) stdin_filename: String,
}

#[derive(Debug, Args)]
pub(crate) struct FixArgs {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) who: Who,
    /// Take the fixes too that rest on an inference or change an interface
    #[arg(long = "unsafe")]
    pub(crate) unsafe_fixes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The image, as FROM names it
    pub(crate) image: String,
    /// What a base image runs as; `*` in IMAGE stands for any text
    #[arg(long, value_name = "IMAGE=USER")]
    pub(crate) base_user: Vec<String>,
    /// The configuration [default: unroot.toml or .github/unroot.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// A name that every distribution's tools take (useradd(8): `NAME_REGEX` of shadow).
fn user_name(text: &str) -> Result<String, String> {
    let valid = text.len() <= 32
        && text.starts_with(|ch: char| ch.is_ascii_lowercase() || ch == '_')
        && text
            .chars()
            .all(|ch| ch.is_ascii_lowercase() || ch.is_ascii_digit() || matches!(ch, '_' | '-'));
    match valid {
        true if text == "root" => Err("root is what this program is here to avoid".into()),
        true => Ok(text.to_owned()),
        false => Err("a user name has lower-case letters, digits, `_` and `-`, and starts with a letter or `_`".into()),
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

    #[test]
    fn user_names() {
        for name in ["app", "_svc", "web-1"] {
            assert!(user_name(name).is_ok(), "{name}");
        }
        for name in ["root", "", "App", "1app", "a b", "a;b", "$x"] {
            assert!(user_name(name).is_err(), "{name}");
        }
    }
}
