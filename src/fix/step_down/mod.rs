//! `--strategy step-down`: the container starts as root on purpose, hands over what a volume may bring, and runs its
//! command as the user. What must be made and owned in the image is planned as for a USER; this room decides what takes
//! the place of the USER line.

mod behind;
mod doubts;
mod folders;
mod home;
mod script;
mod start;
mod tool;

use std::path::PathBuf;

use crate::finding::{Edit, FileEdits, Reason};

use super::own::Owned;
use super::who::Who;
use super::{Strategy, Subject};

pub(in crate::fix) use behind::{Behind, find_script};
pub(in crate::fix) use doubts::{remarks, settle};

/// The folder of the image that the script gets into.
const FOLDER: &str = "/usr/local/bin";

/// Which program steps down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepDownTool {
    /// `setpriv` of util-linux.
    Setpriv,
    /// Alpine's `su-exec`.
    SuExec,
    /// `gosu`.
    Gosu,
}

impl StepDownTool {
    /// The program's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Setpriv => "setpriv",
            Self::SuExec => "su-exec",
            Self::Gosu => "gosu",
        }
    }
}

/// How a step-down is wished for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StepDownWish {
    /// `--step-down-tool`; none: what the base has.
    pub tool: Option<StepDownTool>,
    /// `--inline`: the script stands in the Dockerfile, as a heredoc.
    pub inline: bool,
    /// `--legacy-builder`: nothing that only `BuildKit` knows.
    pub legacy_builder: bool,
}

/// What takes the place of USER.
#[derive(Debug)]
pub(in crate::fix) struct StepDown {
    /// What the RUN does first: it brings the tool.
    pub(in crate::fix) install: Option<String>,
    /// COPY, in one or several lines, with its reason.
    pub(in crate::fix) copy: (String, String),
    /// What the RUN does behind the COPY.
    pub(in crate::fix) after_copy: Option<String>,
    /// New ENTRYPOINT and CMD lines, each with its reason.
    pub(in crate::fix) lines: Vec<(String, String)>,
    /// What changes in the ENTRYPOINT that is there.
    pub(in crate::fix) edits: Vec<Edit>,
    /// The script, where it becomes a file.
    pub(in crate::fix) file: Option<FileEdits>,
    /// Folders that are handed over at start, with all that is in them.
    pub(in crate::fix) folders: Vec<String>,
    /// What is not certain of it.
    pub(in crate::fix) doubts: Vec<Reason>,
    /// The start script that goes on as root, for people.
    pub(in crate::fix) as_root: Option<String>,
}

/// The container shall step down.
pub(in crate::fix) fn is_wished(subject: &Subject<'_, '_, '_>) -> bool {
    subject.wish.strategy == Strategy::StepDown
}

/// What takes the place of USER, where a step-down is asked for.
pub(in crate::fix) fn plan(
    subject: &Subject<'_, '_, '_>,
    who: &Who,
    owned: &Owned,
) -> Result<Option<StepDown>, Reason> {
    if !is_wished(subject) {
        return Ok(None);
    }
    if !super::own::has_shell(subject) {
        return Err(Reason::new(
            "no-shell",
            "the image has no shell to run a script with that steps down: give it a USER",
        ));
    }
    super::create::require_posix_shell(subject)?;
    if who.user.contains('$') {
        return Err(Reason::new(
            "step-down-user",
            format!(
                "the user is `{}`, a variable of the build, which a script in the image does not know: say --user",
                who.user
            ),
        ));
    }
    let mut doubts = Vec::new();
    let tool = tool::choose(subject, &mut doubts)?;
    let folders = folders::handed_over(subject, who, owned);
    let text = script::text(subject, who, &tool, &folders);
    let home = home::find(subject, &text, &mut doubts)?;
    let path = format!("{FOLDER}/{}", home.name);
    let composed = start::compose(subject, &path)?;
    let as_root = subject.behind.as_ref().map(|behind| behind.shown.clone());
    let chmod = home.chmod.then(|| format!("chmod 0755 {path}"));
    Ok(Some(StepDown {
        install: tool.install,
        copy: (
            home.copy,
            format!(
                "{path} hands over what a volume may bring, and runs the command as {}",
                who.label
            ),
        ),
        after_copy: chmod,
        lines: composed.lines,
        edits: composed.edits,
        file: home
            .made_at
            .map(|made_at| new_file(home.path, text, made_at)),
        folders,
        doubts,
        as_root,
    }))
}

fn new_file(path: String, text: String, made_at: PathBuf) -> FileEdits {
    let why = "the script that steps down: a new file, executable";
    FileEdits {
        path,
        edits: vec![Edit::insertion(0, text, why)],
        made_at: Some(made_at),
    }
}
