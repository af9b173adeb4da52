//! The data model of everything that unroot says: findings, fixes, edits. No rule's logic lives here.

use std::fmt;
use std::path::PathBuf;

use crate::source::Span;

/// Something that a file's reader should know, with its place and, where there is one, its fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule found it.
    pub rule: Rule,
    /// How much it weighs.
    pub level: Level,
    /// One sentence.
    pub message: String,
    /// The target stage it is about, by name or number; none for the file as a whole.
    pub stage: Option<String>,
    /// The place to point at.
    pub primary: Label,
    /// Further places that explain it.
    pub related: Vec<Label>,
    /// Facts behind it: causes, certainty, sources.
    pub notes: Vec<String>,
    /// What the reader can do.
    pub help: Vec<String>,
    /// The repair, or why there is none.
    pub fix: Result<Fix, Reason>,
    /// Other ways to the same end, for the reader to choose from.
    pub alternatives: Vec<Alternative>,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The container starts as root.
    RunsAsRoot,
    /// Which user the container starts as cannot be known offline.
    UserUndetermined,
    /// The container starts as another user than root, as far as an inferred fact tells.
    UserInferred,
    /// The container starts as root and its entrypoint drops to a user.
    StepsDown,
    /// The container starts as a user, and a step-down is asked for, since a volume that is root's stays so.
    VolumeOfRoot,
    /// A Windows image: the rules of this program do not apply.
    WindowsImage,
    /// `BuildKit` would not build the file, or would read it with other rules.
    NotADockerfile,
    /// A comment of ours that is to suppress a finding, and cannot.
    InvalidSuppression,
    /// A comment of ours that suppresses nothing.
    UnusedSuppression,
}

impl Rule {
    /// All of them, in the order of `docs/rules.md`.
    pub const ALL: [Self; 9] = [
        Self::RunsAsRoot,
        Self::UserUndetermined,
        Self::StepsDown,
        Self::VolumeOfRoot,
        Self::UserInferred,
        Self::NotADockerfile,
        Self::WindowsImage,
        Self::InvalidSuppression,
        Self::UnusedSuppression,
    ];

    /// What it says, in one sentence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::RunsAsRoot => "The container starts as root",
            Self::UserUndetermined => "Which user the container starts as is not known",
            Self::UserInferred => {
                "The container starts as another user than root, as far as an inferred fact tells"
            }
            Self::StepsDown => "The container starts as root and its entrypoint drops to a user",
            Self::VolumeOfRoot => {
                "The container starts as a user, to whom a volume that is root's is closed"
            }
            Self::WindowsImage => "A Windows image, which has no Linux users",
            Self::NotADockerfile => "BuildKit would not build the file, or would read it otherwise",
            Self::InvalidSuppression => "A comment is to suppress a finding, and cannot",
            Self::UnusedSuppression => "A comment is to suppress a finding that is not there",
        }
    }

    /// Its stable name, in reports and documentation.
    pub const fn id(self) -> &'static str {
        match self {
            Self::RunsAsRoot => "runs-as-root",
            Self::UserUndetermined => "user-undetermined",
            Self::UserInferred => "user-inferred",
            Self::StepsDown => "steps-down",
            Self::VolumeOfRoot => "volume-of-root",
            Self::WindowsImage => "windows-image",
            Self::NotADockerfile => "not-a-dockerfile",
            Self::InvalidSuppression => "invalid-suppression",
            Self::UnusedSuppression => "unused-suppression",
        }
    }

    /// The rule of this identifier.
    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.id() == id)
    }

    /// True for rules about the comments that suppress others: the image is as it is, and nothing is to be fixed.
    pub const fn is_about_comments(self) -> bool {
        matches!(self, Self::InvalidSuppression | Self::UnusedSuppression)
    }
}

/// Weight of a finding. Errors and warnings make `check` exit with 1, notes do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Not known to be fine.
    Warning,
    /// Known not to be fine.
    Error,
}

impl Level {
    /// Its stable name, in reports; those of SARIF.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place with what is to say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The bytes.
    pub span: Span,
    /// 1-based line of its first byte.
    pub line: usize,
    /// A few words.
    pub text: String,
}

/// A repair: all its edits are made or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in one sentence.
    pub title: String,
    /// Of the Dockerfile, in the order of the file, without overlap.
    pub edits: Vec<Edit>,
    /// Of files of the build context that must change with it.
    pub files: Vec<FileEdits>,
    /// How much we know of the result.
    pub applicability: Applicability,
    /// Why the fix is not Safe; empty for a Safe one.
    pub doubts: Vec<Reason>,
    /// What else the reader should know: ports, volumes, names.
    pub remarks: Vec<String>,
    /// Ports that the program listens on, each with the one that takes its place.
    pub moved_ports: Vec<(u16, u16)>,
    /// The container still starts as root, and steps down.
    pub steps_down: bool,
}

/// Another way to the same end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The arguments that ask for it.
    pub asked_by: &'static str,
    /// What it does.
    pub fix: Fix,
}

/// Edits of a file of the build context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEdits {
    /// The file, relative to the build context, `/` between parts.
    pub path: String,
    /// In the order of the file, without overlap.
    pub edits: Vec<Edit>,
    /// The file is not there yet, and is to be made here, executable.
    pub made_at: Option<PathBuf>,
}

impl FileEdits {
    /// True when the file is not there yet.
    pub const fn is_new(&self) -> bool {
        self.made_at.is_some()
    }
}

/// How much is known of a fix, in rising order; one applies when it is at least what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// Shown to the reader, never applied.
    DisplayOnly,
    /// Rests on an inferred fact or on a write that is not seen, or changes an interface: applied with `--unsafe`.
    Unsafe,
    /// The image still builds, starts and does its job, as far as the file and known facts tell.
    Safe,
}

impl fmt::Display for Applicability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DisplayOnly => "display only",
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        })
    }
}

/// Why a fix is held back or not made. The identifier is stable, so that reports can count it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// kebab-case.
    pub id: &'static str,
    /// One clause for people.
    pub text: String,
}

impl Reason {
    /// A reason with its identifier.
    pub fn new(id: &'static str, text: impl Into<String>) -> Self {
        Self {
            id,
            text: text.into(),
        }
    }
}

/// A change of bytes. What no edit covers stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go.
    pub span: Span,
    /// The bytes that come.
    pub content: String,
    /// Why, for the reader of the diff.
    pub reason: String,
}

impl Edit {
    /// Puts `content` at `offset`.
    pub fn insertion(offset: usize, content: String, reason: impl Into<String>) -> Self {
        debug_assert!(!content.is_empty(), "an insertion inserts something");
        Self {
            span: Span::at(offset),
            content,
            reason: reason.into(),
        }
    }

    /// Puts `content` in the place of `span`.
    pub fn replacement(span: Span, content: String, reason: impl Into<String>) -> Self {
        debug_assert!(
            !span.is_empty() && !content.is_empty(),
            "a replacement has both sides"
        );
        Self {
            span,
            content,
            reason: reason.into(),
        }
    }

    /// Takes `span` out.
    pub fn deletion(span: Span, reason: impl Into<String>) -> Self {
        debug_assert!(!span.is_empty(), "a deletion deletes something");
        Self {
            span,
            content: String::new(),
            reason: reason.into(),
        }
    }
}
