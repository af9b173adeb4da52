//! How `check` and `diff` report, and where to.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use unroot::finding::{Finding, Level};

/// How findings are reported, and where to.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// How to report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Write the report into FILE, and not to standard output; with FORMAT=, a report of that format
    #[arg(long, short, value_name = "[FORMAT=]FILE", value_parser = output)]
    pub(crate) output: Vec<Output>,
}

/// What makes the command end with 1.
#[derive(Debug, Default, Args)]
pub(crate) struct FailArgs {
    /// The least finding that makes the command end with 1 [default: warning]
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) fail_on: Option<FailOn>,
    /// End with 0 whatever is found, as --fail-on never; what fails still ends with 2
    #[arg(long, conflicts_with = "fail_on")]
    pub(crate) exit_zero: bool,
}

/// The least finding that makes the command end with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// What starts as root
    Error,
    /// And what is not known, or cannot be read
    Warning,
    /// And whatever else is found
    Note,
    /// Nothing
    Never,
}

impl FailArgs {
    /// The least level that fails; none where nothing does.
    pub(crate) fn least(&self) -> Option<Level> {
        match self.fail_on {
            _ if self.exit_zero => None,
            Some(FailOn::Never) => None,
            Some(FailOn::Error) => Some(Level::Error),
            Some(FailOn::Warning) | None => Some(Level::Warning),
            Some(FailOn::Note) => Some(Level::Note),
        }
    }

    /// True for a finding that makes the command end with 1.
    pub(crate) fn fails(&self, finding: &Finding) -> bool {
        self.least().is_some_and(|least| finding.level >= least)
    }
}

/// How findings are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people; diff: the patch
    Text,
    /// For programs
    Json,
    /// For code scanning and editors: SARIF 2.1.0
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
    /// For GitLab: Code Quality
    Gitlab,
    /// For reviewdog, with suggestions
    Rdjsonl,
    /// For Jenkins and others that show test results
    Junit,
    /// For a job summary or a comment
    Markdown,
}

/// A file that takes a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    /// None for the format that `--format` says.
    pub(crate) format: Option<Format>,
    pub(crate) path: PathBuf,
}

fn output(text: &str) -> Result<Output, String> {
    let (format, path) = match text.split_once('=') {
        // A folder's name before it makes it a path.
        Some((name, path)) if !name.contains(['/', '\\', '.']) => {
            let format = Format::from_str(name, false)
                .map_err(|_| format!("`{name}` is no format; a file of this name is `./{text}`"))?;
            (Some(format), path)
        }
        _ => (None, text),
    };
    match path {
        "" => Err("the name of a file is missing".into()),
        "-" => Err("standard output takes the report that --format says".into()),
        path => Ok(Output {
            format,
            path: path.into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs() {
        let of = |format, path: &str| {
            Ok(Output {
                format,
                path: path.into(),
            })
        };
        assert_eq!(output("a.json"), of(None, "a.json"));
        assert_eq!(output("sarif=a=b"), of(Some(Format::Sarif), "a=b"));
        assert_eq!(output("./x=y"), of(None, "./x=y"));
        assert_eq!(output("out/x=y"), of(None, "out/x=y"));
        for wrong in ["", "json=", "yaml=x", "JSON=x", "-", "json=-", "=x"] {
            assert!(output(wrong).is_err(), "{wrong}");
        }
    }
}
