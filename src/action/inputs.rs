//! The inputs of `action.yml`. A composite action passes them as `UNROOT_INPUT_*`, one variable an input; an
//! empty one means the default. `docs/action.md` describes them.

use std::path::PathBuf;

use thiserror::Error;

use crate::finding::{Applicability, Level};
use crate::secret::Token;

/// All inputs, read.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an input that people write"
)]
pub struct Inputs {
    /// What is done.
    pub mode: Mode,
    /// Dockerfiles and folders to search.
    pub paths: Vec<PathBuf>,
    /// The least that a fix must be to be made.
    pub fix: Applicability,
    /// What makes the step fail.
    pub fail_on: FailOn,
    /// Findings become annotations.
    pub annotate: bool,
    /// The configuration; none: `unroot.toml` or `.github/unroot.toml`, where there is one.
    pub config: Option<PathBuf>,
    /// Count an entrypoint that steps down from root as root.
    pub strict: bool,
    /// The stage to look at instead of those that the repository builds.
    pub target: Option<String>,
    /// Mode `pr`: build and run each fix first, and propose what is proven.
    pub verify: bool,
    /// Look at every stage that no other stage builds on.
    pub all_targets: bool,
    /// Look at the last stage alone, whatever the repository builds.
    pub last_stage: bool,
    /// `NAME=VALUE`, as `docker build` gets them.
    pub build_args: Vec<String>,
    /// Who the container shall run as.
    pub user: Option<String>,
    /// What is done about ports below 1024, as `--ports` has it.
    pub ports: Option<String>,
    /// Where a SARIF log is written; none: nowhere.
    pub sarif_file: Option<PathBuf>,
    /// Where the patch is written; none: into the runner's temporary folder.
    pub diff_file: Option<PathBuf>,
    /// How the pull request looks.
    pub pull_request: PullRequest,
}

/// What the Action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Annotations, a summary, a SARIF log.
    Check,
    /// The same, and the fixes as a patch.
    Diff,
    /// The same as `Check`, and the fixes as a pull request.
    Pr,
}

/// What makes the step fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// No finding.
    Never,
    /// An image that starts as root.
    Root,
    /// That, and a user that is not known.
    Unknown,
}

impl FailOn {
    /// True when a finding of this weight makes the step fail.
    pub fn fails(self, level: Level) -> bool {
        match self {
            Self::Never => false,
            Self::Root => level >= Level::Error,
            Self::Unknown => level > Level::Note,
        }
    }
}

/// How the pull request looks, and who opens it.
#[derive(Debug, Clone)]
pub struct PullRequest {
    /// `owner/name`; none: the repository that the workflow runs for.
    pub repository: Option<String>,
    /// The branch of the fix; none: derived from the base.
    pub branch: Option<String>,
    /// The branch to be fixed; none: the one that is checked out.
    pub base: Option<String>,
    /// Its title; none: unroot's own.
    pub title: Option<String>,
    /// The commit's message; none: unroot's own.
    pub commit_message: Option<String>,
    /// Labels to be set.
    pub labels: Vec<String>,
    /// Users to be assigned.
    pub assignees: Vec<String>,
    /// Users (or `org/team`) to be asked for a review.
    pub reviewers: Vec<String>,
    /// Open it as a draft.
    pub draft: bool,
    /// Let GitHub make and sign the commit.
    pub sign_commits: bool,
    /// Add `Signed-off-by`.
    pub signoff: bool,
    /// Pushes the branch and calls the API.
    pub token: Option<Token>,
}

/// An input that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("input `{input}`: {message}")]
pub struct InputError {
    /// Its name in `action.yml`.
    pub input: &'static str,
    /// What is wrong with it.
    pub message: String,
}

impl InputError {
    /// An error of the input called `input`.
    pub fn new(input: &'static str, message: impl Into<String>) -> Self {
        Self {
            input,
            message: message.into(),
        }
    }
}

impl Inputs {
    /// Reads the inputs from environment variables, which `variable` looks up.
    pub fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, InputError> {
        let reader = Reader { variable };
        let mode = reader.choice(
            "mode",
            Mode::Check,
            &[
                ("check", Mode::Check),
                ("diff", Mode::Diff),
                ("pr", Mode::Pr),
            ],
        )?;
        // A workflow that opens pull requests has said what it found by opening them.
        let fail_on = match mode {
            Mode::Check | Mode::Diff => FailOn::Root,
            Mode::Pr => FailOn::Never,
        };
        let mut paths: Vec<PathBuf> = reader
            .lines("path")
            .into_iter()
            .map(PathBuf::from)
            .collect();
        if paths.is_empty() {
            paths.push(PathBuf::from("."));
        }
        if paths.iter().any(|path| path.as_os_str() == "-") {
            return Err(InputError::new("path", "a step has no standard input"));
        }
        let target = reader.text("target");
        let all_targets = reader.boolean("all-targets")?;
        if target.is_some() && all_targets {
            return Err(InputError::new(
                "target",
                "it means nothing with `all-targets`",
            ));
        }
        let last_stage = reader.boolean("last-stage")?;
        if last_stage && (target.is_some() || all_targets) {
            return Err(InputError::new(
                "last-stage",
                "it means nothing with `target` or `all-targets`",
            ));
        }
        Ok(Self {
            mode,
            paths,
            fix: reader.choice(
                "fix",
                Applicability::Safe,
                &[
                    ("safe", Applicability::Safe),
                    ("all", Applicability::Unsafe),
                ],
            )?,
            fail_on: reader.choice(
                "fail-on",
                fail_on,
                &[
                    ("never", FailOn::Never),
                    ("root", FailOn::Root),
                    ("unknown", FailOn::Unknown),
                ],
            )?,
            annotate: reader.choice("format", true, &[("github", true), ("text", false)])?,
            config: reader.text("config").map(PathBuf::from),
            strict: reader.boolean("strict")?,
            target,
            verify: reader.boolean("verify")?,
            all_targets,
            last_stage,
            build_args: reader.lines("build-args"),
            user: reader.text("user"),
            ports: reader.text("ports"),
            sarif_file: reader.text("sarif-file").map(PathBuf::from),
            diff_file: reader.text("diff-file").map(PathBuf::from),
            pull_request: PullRequest {
                repository: reader.repository()?,
                branch: reader.text("branch"),
                base: reader.text("base"),
                title: reader.text("title"),
                commit_message: reader.text("commit-message"),
                labels: reader.list("labels"),
                assignees: reader.list("assignees"),
                reviewers: reader.list("reviewers"),
                draft: reader.boolean("draft")?,
                sign_commits: reader.boolean("sign-commits")?,
                signoff: reader.boolean("signoff")?,
                token: reader.token()?,
            },
        })
    }
}

/// The variable that carries an input.
pub fn variable_of(input: &str) -> String {
    let name: String = input
        .chars()
        .map(|ch| {
            if ch == '-' {
                '_'
            } else {
                ch.to_ascii_uppercase()
            }
        })
        .collect();
    format!("UNROOT_INPUT_{name}")
}

struct Reader<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Reader<'_> {
    fn text(&self, input: &str) -> Option<String> {
        let text = (self.variable)(&variable_of(input))?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn lines(&self, input: &str) -> Vec<String> {
        self.split(input, &['\n'])
    }

    /// Names, between commas or line ends.
    fn list(&self, input: &str) -> Vec<String> {
        self.split(input, &['\n', ','])
    }

    fn split(&self, input: &str, separators: &[char]) -> Vec<String> {
        let text = self.text(input).unwrap_or_default();
        let parts = text.split(separators).map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn token(&self) -> Result<Option<Token>, InputError> {
        let token = self.text("token").map(|text| Token::new(&text)).transpose();
        token.map_err(|error| InputError::new("token", error.to_string()))
    }

    fn boolean(&self, input: &'static str) -> Result<bool, InputError> {
        self.choice(input, false, &[("true", true), ("false", false)])
    }

    fn choice<T: Copy>(
        &self,
        input: &'static str,
        default: T,
        choices: &[(&str, T)],
    ) -> Result<T, InputError> {
        let Some(text) = self.text(input) else {
            return Ok(default);
        };
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text) {
            return Ok(*value);
        }
        let names: Vec<String> = choices
            .iter()
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        let message = format!("`{text}` is not one of {}", names.join(", "));
        Err(InputError::new(input, message))
    }

    fn repository(&self) -> Result<Option<String>, InputError> {
        let Some(text) = self.text("repository") else {
            return Ok(None);
        };
        let part = |part: &str| {
            let valid = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_' | '.');
            !part.is_empty() && part.chars().all(valid) && part != "." && part != ".."
        };
        match text.split_once('/') {
            Some((owner, name)) if part(owner) && part(name) => Ok(Some(text)),
            _ => Err(InputError::new("repository", "write it as owner/name")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Inputs, InputError> {
        let lookup = |name: &str| {
            let found = given.iter().find(|(input, _)| variable_of(input) == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Inputs::read(&lookup)
    }

    #[test]
    fn nothing_given_is_a_check_of_all_that_fails_on_root() {
        for given in [&[][..], &[("mode", ""), ("path", " \n"), ("draft", "")]] {
            let inputs = read(given).expect("all are optional");
            assert_eq!((inputs.mode, inputs.fail_on), (Mode::Check, FailOn::Root));
            assert_eq!(inputs.paths, [PathBuf::from(".")]);
            assert_eq!(inputs.fix, Applicability::Safe);
            assert!(inputs.annotate && !inputs.pull_request.draft);
        }
        let pr = read(&[("mode", "pr")]).expect("valid");
        assert_eq!(
            pr.fail_on,
            FailOn::Never,
            "it has opened a pull request instead"
        );
    }

    #[test]
    fn lists_and_lines() {
        let inputs = read(&[
            ("path", "services/\n  my app/Dockerfile \n"),
            ("labels", "security, docker\nfix"),
            ("build-args", "A=1,2\nB=3"),
        ]);
        let inputs = inputs.expect("valid");
        assert_eq!(
            inputs.paths,
            [
                PathBuf::from("services/"),
                PathBuf::from("my app/Dockerfile")
            ]
        );
        assert_eq!(inputs.pull_request.labels, ["security", "docker", "fix"]);
        assert_eq!(inputs.build_args, ["A=1,2", "B=3"]);
    }

    #[test]
    fn what_cannot_be_used_is_said_with_the_inputs_name() {
        let message = |given: &[(&str, &str)]| read(given).expect_err("invalid").to_string();
        assert_eq!(
            message(&[("draft", "yes")]),
            "input `draft`: `yes` is not one of `true`, `false`"
        );
        assert_eq!(
            message(&[("fix", "none")]),
            "input `fix`: `none` is not one of `safe`, `all`"
        );
        assert_eq!(
            message(&[("target", "web"), ("all-targets", "true")]),
            "input `target`: it means nothing with `all-targets`"
        );
        assert_eq!(
            message(&[("last-stage", "true"), ("all-targets", "true")]),
            "input `last-stage`: it means nothing with `target` or `all-targets`"
        );
        for bad in ["octo", "octo/", "octo/../x", "a/b?c", "https://x/y"] {
            let text = message(&[("repository", bad)]);
            assert_eq!(text, "input `repository`: write it as owner/name", "{bad}");
        }
    }

    #[test]
    fn a_token_is_not_shown() {
        let inputs = read(&[("token", "ghs_secret")]).expect("valid");
        assert!(!format!("{inputs:?}").contains("secret"));
        let token = inputs.pull_request.token.expect("given");
        assert_eq!(token.secret(), "ghs_secret");
    }
}
