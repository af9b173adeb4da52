//! The data model of a proof: what was compared, with what result, and the verdict. Like
//! [`crate::finding`] it holds no logic of a check.

use std::time::Duration;

use crate::fix::Learned;

/// What came of building and running a Dockerfile before and after its fix.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The engine and its version.
    pub engine: String,
    /// The stage that was built, by name or number; none for the last one.
    pub stage: Option<String>,
    /// What follows from the lines.
    pub verdict: Verdict,
    /// What was compared, in order.
    pub lines: Vec<Line>,
    /// What the original was seen to write and bind, where that was asked for.
    pub learned: Option<Learned>,
    /// How long the parts took.
    pub times: Times,
    /// Containers and images that could not be removed.
    pub left_behind: Vec<String>,
}

impl Proof {
    /// A proof that came to nothing before an engine did anything.
    pub fn impossible(stage: Option<String>, obstacle: Obstacle) -> Self {
        Self {
            engine: String::new(),
            stage,
            verdict: Verdict::NotProvable(obstacle),
            lines: Vec::new(),
            learned: None,
            times: Times::default(),
            left_behind: Vec::new(),
        }
    }
}

/// How long the parts of a proof took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// Building the file as it is.
    pub build_original: Duration,
    /// Building the fixed file; its layers above the edit are shared.
    pub build_fixed: Duration,
    /// Running the original.
    pub run_original: Duration,
    /// Running the fixed image, the variants side by side.
    pub run_fixed: Duration,
}

/// What a proof says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The fixed image did all that the original did, and not as root.
    Proven,
    /// The fixed image does not do what the original does.
    Broken {
        /// The first line that shows it.
        check: Check,
        /// What it shows, in one line.
        why: String,
        /// What the reader can try; none where there is nothing.
        help: Option<String>,
    },
    /// This machine cannot tell.
    NotProvable(Obstacle),
}

impl Verdict {
    /// Its stable name, in reports.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Broken { .. } => "broken",
            Self::NotProvable(_) => "not-provable",
        }
    }
}

impl Obstacle {
    /// An obstacle with nothing to show and nothing to do.
    pub fn new(kind: ObstacleKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            help: None,
            evidence: Vec::new(),
        }
    }

    /// The same with what the reader can do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with what was said.
    #[must_use]
    pub fn evidence(mut self, lines: Vec<String>) -> Self {
        self.evidence = lines;
        self
    }
}

/// Why nothing could be proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// What kind of thing is in the way.
    pub kind: ObstacleKind,
    /// One clause for people.
    pub text: String,
    /// What the reader can do; none where there is nothing.
    pub help: Option<String>,
    /// Last lines of what was said.
    pub evidence: Vec<String>,
}

/// What is in the way of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObstacleKind {
    /// No engine answers.
    NoEngine,
    /// A base image, or the frontend of a `# syntax=` line, cannot be pulled.
    BaseNotPullable,
    /// The build or the program reaches for a network that is not there.
    NeedsNetwork,
    /// A file that COPY names is not in the build context.
    NeedsContext,
    /// The build wants a secret, an argument or an option.
    NeedsBuildOption,
    /// The original ends at once: it wants arguments, variables or services.
    NeedsArguments,
    /// The original does not build for another reason.
    OriginalDoesNotBuild,
    /// The original does not start.
    OriginalDoesNotStart,
    /// The user's check fails on the original.
    CheckFailsOnOriginal,
    /// Something that must be compared cannot be seen with this engine.
    NotSeen,
    /// There is no fix to prove.
    NoFix,
    /// The stage has no name by which an engine could build it.
    UnnamedStage,
    /// It took longer than it may.
    TimedOut,
    /// It was called off.
    Interrupted,
}

impl ObstacleKind {
    /// Its stable name, in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::NoEngine => "no-engine",
            Self::BaseNotPullable => "base-not-pullable",
            Self::NeedsNetwork => "needs-network",
            Self::NeedsContext => "needs-context",
            Self::NeedsBuildOption => "needs-build-option",
            Self::NeedsArguments => "needs-arguments",
            Self::OriginalDoesNotBuild => "original-does-not-build",
            Self::OriginalDoesNotStart => "original-does-not-start",
            Self::CheckFailsOnOriginal => "check-fails-on-original",
            Self::NotSeen => "not-seen",
            Self::NoFix => "no-fix",
            Self::UnnamedStage => "unnamed-stage",
            Self::TimedOut => "timed-out",
            Self::Interrupted => "interrupted",
        }
    }
}

/// One thing that was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which thing.
    pub check: Check,
    /// How it came out.
    pub result: LineResult,
    /// What the original showed.
    pub original: String,
    /// What the fixed image showed.
    pub fixed: String,
    /// What was read, seen or called, line by line.
    pub evidence: Vec<String>,
    /// It is reported, and counts only when the caller is strict.
    pub extra: bool,
}

/// How a line came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineResult {
    /// As it should be.
    Fine,
    /// Not as it should be.
    Bad,
    /// It could not be seen.
    NotSeen,
}

impl LineResult {
    /// Its stable name, in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Bad => "bad",
            Self::NotSeen => "not-seen",
        }
    }
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The image builds.
    Builds,
    /// `Config.User` of the image.
    ConfigUser,
    /// The engine can start the container.
    Starts,
    /// It is still up after the wait, or ended with the same code.
    State,
    /// The image's HEALTHCHECK.
    Health,
    /// Ports that are listened on.
    Ports,
    /// The user's check on the host.
    UserCheck,
    /// The user's command in the container.
    UserExec,
    /// Log lines of missing permission that the original does not have.
    Log,
    /// No process runs as uid 0.
    Processes,
    /// Files that the original wrote; extra, but for a job that ends.
    Writes,
    /// What was printed by a job that ends; extra, but when nothing is printed any more.
    Output,
    /// The same without capabilities; extra.
    NoCapabilities,
    /// The same where ports below 1024 are closed to users; extra.
    LowPorts,
}

impl Check {
    /// Its stable name, in reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Builds => "builds",
            Self::ConfigUser => "config-user",
            Self::Starts => "starts",
            Self::State => "state",
            Self::Health => "health",
            Self::Ports => "ports",
            Self::UserCheck => "check",
            Self::UserExec => "exec",
            Self::Log => "log",
            Self::Processes => "processes",
            Self::Writes => "writes",
            Self::Output => "output",
            Self::NoCapabilities => "no-capabilities",
            Self::LowPorts => "low-ports",
        }
    }

    /// For people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Builds => "builds",
            Self::ConfigUser => "Config.User",
            Self::Starts => "starts",
            Self::State => "stays up or ends the same",
            Self::Health => "HEALTHCHECK",
            Self::Ports => "ports",
            Self::UserCheck => "your check",
            Self::UserExec => "your command inside",
            Self::Log => "permission errors in the log",
            Self::Processes => "users of the processes",
            Self::Writes => "files written",
            Self::Output => "what is printed",
            Self::NoCapabilities => "without capabilities",
            Self::LowPorts => "ports below 1024 closed",
        }
    }
}
