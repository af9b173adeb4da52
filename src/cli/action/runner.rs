//! The runner that started the step: what it tells by its environment, and the files that it reads.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use unroot::action::outputs::output;
use unroot::action::{Event, Inputs};

/// The inputs of the step.
pub(super) fn inputs() -> anyhow::Result<Inputs> {
    Ok(Inputs::read(&variable)?)
}

/// Where the runner wants to be told what. Each is none outside of a workflow.
pub(super) struct Runner {
    output: Option<PathBuf>,
    summary: Option<PathBuf>,
    event: Option<PathBuf>,
    temporary: Option<PathBuf>,
}

impl Runner {
    pub(super) fn from_environment() -> Self {
        let path = |name| variable(name).map(PathBuf::from);
        Self {
            output: path("GITHUB_OUTPUT"),
            summary: path("GITHUB_STEP_SUMMARY"),
            event: path("GITHUB_EVENT_PATH"),
            temporary: path("RUNNER_TEMP"),
        }
    }

    pub(super) fn event(&self) -> anyhow::Result<Event> {
        let payload = self
            .event
            .as_ref()
            .map(|path| fs::read(path).with_context(|| format!("cannot read {}", path.display())));
        let name = variable("GITHUB_EVENT_NAME").unwrap_or_default();
        let repository = variable("GITHUB_REPOSITORY").unwrap_or_default();
        Ok(Event::read(
            &name,
            &repository,
            payload.transpose()?.as_deref(),
        )?)
    }

    /// A file that is gone after the job.
    pub(super) fn temporary(&self, name: &str) -> PathBuf {
        let folder = self.temporary.clone();
        folder.unwrap_or_else(std::env::temp_dir).join(name)
    }

    /// Appends what `text` makes of the number of bytes that the summary has already.
    pub(super) fn summarise(&self, text: impl FnOnce(usize) -> String) -> anyhow::Result<()> {
        let Some(path) = &self.summary else {
            return Ok(());
        };
        let taken = fs::metadata(path).map_or(0, |metadata| metadata.len());
        append(path, &text(usize::try_from(taken).unwrap_or(usize::MAX)))
    }

    pub(super) fn output(&self, pairs: &[(&'static str, String)]) -> anyhow::Result<()> {
        let Some(path) = &self.output else {
            return Ok(());
        };
        let text: String = pairs
            .iter()
            .map(|(name, value)| output(name, value))
            .collect();
        append(path, &text)
    }
}

/// Writes a file that the workflow asked for, with the folders that it lies in.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(path, bytes))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn append(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}
