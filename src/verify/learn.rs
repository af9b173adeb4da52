//! What the running original shows to the plan: the paths that it wrote and the ports that it bound.

use std::collections::BTreeSet;

use crate::fix::{Change as Happened, Kind, Learned, Written, learn, under};

use super::container::{Blind, Runner, Seen};

/// So many paths are looked at one by one; a program that writes more does so in few folders.
const LOOKED_AT: usize = 100;

/// Looks at the container of the original, which may be up or have ended. None when the engine does not
/// tell what it wrote.
pub(super) fn from_original(runner: &Runner<'_>, seen: &Seen) -> Result<Option<Learned>, Blind> {
    let Some(changes) = &seen.changes else {
        return Ok(None);
    };
    let mut written: Vec<Written> = Vec::new();
    let mut looked = 0;
    for change in changes {
        // Volumes are handed over as they are declared.
        let Some(what) = change.what else { continue };
        // What lies in a new folder comes with it.
        let inside = written.iter().any(|known| {
            known.kind == Some(Kind::Folder)
                && known.what == Happened::Added
                && under(&change.path, &known.path)
        });
        if inside {
            continue;
        }
        let kind = if change.leads {
            Some(Kind::Folder)
        } else if what == Happened::Deleted || looked >= LOOKED_AT {
            None
        } else {
            looked += 1;
            runner.kind(&seen.name, &change.path)?
        };
        written.push(Written {
            path: change.path.clone(),
            kind,
            leads: change.leads,
            what,
        });
    }
    let ports = seen.ports.iter().flatten().map(|port| port.number);
    Ok(Some(learn(&written, ports.collect::<BTreeSet<u16>>())))
}
