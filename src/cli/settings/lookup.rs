//! Which configuration is the nearest, each folder looked at once.

use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, PoisonError};

use unroot::config::Config;
use unroot::context::{Disk, Tree as _};
use unroot::repo::CommitTree;

use super::Settings;
use super::effective::{Asked, Effective};
use crate::cli::WithHelp;
use crate::cli::files::shown;

/// Where configurations are looked for.
pub(super) enum Place {
    Disk,
    Commit(Arc<CommitTree>),
}

/// What is known of a folder.
#[derive(Clone)]
pub(super) struct Known {
    /// A repository begins here or above.
    in_repository: bool,
    effective: Result<Arc<Effective>, Bad>,
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Bad {
    message: String,
    help: Option<String>,
}

/// In each folder.
const NAME: &str = "unroot.toml";
/// Where a repository begins, besides.
const AT_THE_TOP: &str = ".github/unroot.toml";

/// Folders held at a time. Files come folder by folder, so that few are looked at again.
const MAX_KNOWN: usize = 8192;

impl Settings {
    pub(super) fn look(&self, folder: &Path) -> Result<Arc<Effective>, Bad> {
        match &self.named {
            Some(named) => Ok(Arc::clone(named)),
            None => self.known(folder).effective,
        }
    }

    fn known(&self, folder: &Path) -> Known {
        let map = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = map().get(folder) {
            return known.clone();
        }
        let known = self.search(folder);
        let mut map = map();
        if map.len() >= MAX_KNOWN {
            map.clear();
        }
        map.insert(folder.to_owned(), known.clone());
        known
    }

    fn search(&self, folder: &Path) -> Known {
        let above = folder.parent().map(|above| self.known(above));
        let begins = match &self.place {
            Place::Disk => Disk.is_top(folder),
            Place::Commit(tree) => tree.is_top(folder),
        };
        let in_repository = begins || above.as_ref().is_some_and(|above| above.in_repository);
        // Outside of a repository nothing above the working folder counts: others may write there.
        let last = begins || (!in_repository && folder == self.working);
        let goes_on = !last && (in_repository || folder.starts_with(&self.working));
        let mut found = self.read(&folder.join(NAME));
        if found.is_none() && last {
            found = self.read(&folder.join(AT_THE_TOP));
        }
        let effective = match (found, above) {
            (Some(found), _) => found,
            (None, Some(above)) if goes_on => above.effective,
            (None, _) => self.asked.with(Config::default(), None).map(Arc::new),
        };
        Known {
            in_repository,
            effective,
        }
    }

    /// None where no such file is.
    fn read(&self, path: &Path) -> Option<Result<Arc<Effective>, Bad>> {
        let text = match &self.place {
            Place::Disk => match std::fs::read(path) {
                Err(error) if is_absent(error.kind()) => return None,
                other => other.map_err(|error| error.to_string()),
            },
            Place::Commit(tree) => {
                let target = tree.resolve(path)?;
                tree.blob_id(&target)?;
                tree.bytes(&target).map_err(|error| error.to_string())
            }
        };
        let name = self.shown(path);
        let text = text
            .map_err(|why| Bad::new(format!("cannot read {name}: {why}")))
            .and_then(|bytes| utf8(bytes, &name));
        Some(match text {
            Ok(text) => {
                // `.github/unroot.toml` speaks for the folder that `.github` lies in.
                let folder = match path.parent() {
                    Some(folder) if path.ends_with(AT_THE_TOP) => folder.parent(),
                    folder => folder,
                };
                let folder = folder.unwrap_or(Path::new(""));
                parsed(&text, &name, folder, &self.asked).map(Arc::new)
            }
            Err(bad) => Err(bad),
        })
    }

    fn shown(&self, path: &Path) -> String {
        shown(path.strip_prefix(&self.working).unwrap_or(path))
    }
}

/// The configuration that an argument names. Its patterns count from `folder`.
pub(super) fn named(path: &Path, folder: &Path, asked: &Asked) -> anyhow::Result<Effective> {
    let name = match shown(path) {
        name if name.is_empty() => path.display().to_string(),
        name => name,
    };
    let bytes = std::fs::read(path).map_err(|error| {
        WithHelp::new(
            format!("cannot read {name}: {error}"),
            "name a file for --config; `unroot init` writes one",
        )
    })?;
    let text = utf8(bytes, &name)?;
    Ok(parsed(&text, &name, folder, asked)?)
}

fn utf8(bytes: Vec<u8>, name: &str) -> Result<String, Bad> {
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = unroot::source::line_of(error.as_bytes(), good);
        Bad {
            message: format!("{name}:{line}: this is no UTF-8"),
            help: Some("save it as UTF-8".into()),
        }
    })
}

fn parsed(text: &str, name: &str, folder: &Path, asked: &Asked) -> Result<Effective, Bad> {
    let config = Config::parse(text).map_err(|error| Bad {
        message: format!("{name}:{}: {}", error.line, error.message),
        help: error.help,
    })?;
    asked.with(config, Some((name, folder)))
}

fn is_absent(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
    )
}

/// The path from the root, without `.` and `..`.
pub(in crate::cli) fn absolute(path: &Path, working: &Path) -> PathBuf {
    let whole = working.join(path);
    let climbs = whole.components().any(|part| part == Component::ParentDir);
    if climbs
        && let (Some(folder), Some(name)) = (whole.parent(), whole.file_name())
        && let Ok(folder) = folder.canonicalize()
    {
        return folder.join(name);
    }
    if climbs && let Ok(there) = whole.canonicalize() {
        return there;
    }
    // Puts the parts together again, without `.`.
    whole.components().collect()
}

impl Bad {
    pub(super) fn new(message: String) -> Self {
        Self {
            message,
            help: None,
        }
    }

    /// All of it in a line.
    pub(super) fn line(&self) -> String {
        match &self.help {
            Some(help) => format!("{}: {help}", self.message),
            None => self.message.clone(),
        }
    }
}

impl std::fmt::Display for Bad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Bad> for anyhow::Error {
    fn from(bad: Bad) -> Self {
        let help = bad
            .help
            .unwrap_or_else(|| format!("{} says what it can hold", super::DOCS));
        WithHelp::new(bad.message, help).into()
    }
}
