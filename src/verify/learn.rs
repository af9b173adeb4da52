//! What the running original shows to the plan: the paths that it wrote and the ports that it bound.

use std::collections::BTreeSet;

use crate::fix::{Change as Happened, Learned, Written, learn};

use super::container::{Blind, Runner, Seen};
use super::files::{How, Kind};
use super::image::Image;

/// So many paths are looked at one by one; a program that writes more does so in few folders.
const LOOKED_AT: usize = 200;

/// Looks at the container of the original, which may be up or have ended. None when the engine does not
/// tell what it wrote.
pub(super) fn from_original(
    runner: &Runner<'_>,
    image: &Image,
    seen: &Seen,
) -> Result<Option<Learned>, Blind> {
    let Some(changes) = runner.changes(&seen.name, image)? else {
        return Ok(None);
    };
    let mut written: Vec<Written> = Vec::new();
    let mut looked = 0;
    for change in changes {
        // What lies in a new folder comes with it.
        let inside = written.iter().any(|known| {
            known.folder
                && known.what == Happened::Added
                && change.path.starts_with(&format!("{}/", known.path))
        });
        if inside {
            continue;
        }
        let folder = if change.leads {
            true
        } else if change.how == How::Deleted || looked >= LOOKED_AT {
            false
        } else {
            looked += 1;
            runner.kind(&seen.name, &change.path) == Some(Kind::Folder)
        };
        written.push(Written {
            path: change.path,
            folder,
            leads: change.leads,
            what: match change.how {
                How::Added => Happened::Added,
                How::Changed => Happened::Changed,
                How::Deleted => Happened::Deleted,
            },
        });
    }
    let ports: BTreeSet<u16> = seen.ports.clone().unwrap_or_default();
    Ok(Some(learn(&written, ports)))
}
