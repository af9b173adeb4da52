//! Why nothing was found out about an image.

/// Why a source has no answer, in a line that says what can be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}")]
pub struct LookupError {
    /// What kind of matter it is.
    pub kind: Kind,
    line: String,
}

/// What is the matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The source does not have the image: another may.
    Absent,
    /// No credentials, or wrong ones.
    Refused,
    /// Credentials cannot be had: a broken configuration, a helper that fails.
    Credentials,
    /// Nothing answers, or no engine is there.
    Unreachable,
    /// It took longer than it may.
    TimedOut,
    /// What came is not what its digest says, or ends before its end.
    Untrue,
    /// It is larger than what is read.
    TooLarge,
    /// It is no image of a kind that can be looked into.
    Unsuitable,
    /// The server failed or answered nonsense.
    Server,
}

impl Kind {
    /// The stable word for reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Refused => "refused",
            Self::Credentials => "credentials",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::Untrue => "untrue",
            Self::TooLarge => "too-large",
            Self::Unsuitable => "unsuitable",
            Self::Server => "server",
        }
    }
}

impl LookupError {
    pub(super) fn new(kind: Kind, line: impl AsRef<str>) -> Self {
        Self {
            kind,
            line: one_line(line.as_ref(), 600),
        }
    }
}

/// At most `most` characters, none of them a line end or another control character: servers say anything.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let plain = |ch: char| if ch.is_control() { ' ' } else { ch };
    text.trim().chars().map(plain).take(most).collect()
}
