//! What a container's own file system shows: which paths it changed, and of what kind they are.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::process::Stdio;

use super::container::{Blind, Runner};
use super::image::Image;

/// A path that a container changed, as `diff` prints it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    pub(super) path: String,
    pub(super) how: How,
    /// It is on the way to another change, and need not have changed itself.
    pub(super) leads: bool,
}

/// How a path changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    Added,
    Changed,
    Deleted,
}

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    Other,
}

impl Runner<'_> {
    /// What the container of `image` changed outside its volumes; none when the engine does not tell.
    pub(super) fn changes(
        &self,
        container: &str,
        image: &Image,
    ) -> Result<Option<Vec<Change>>, Blind> {
        let finished = self.call(vec!["diff".into(), container.to_owned()])?;
        if !finished.success() {
            return Ok(None);
        }
        let mut changes = changes(&String::from_utf8_lossy(&finished.out));
        // The engine makes the folders that volumes are mounted on.
        changes.retain(|change| !image.config.volumes.contains(&change.path));
        Ok(Some(changes))
    }

    /// What lies at a path of the container, running or not; none where nothing does.
    pub(super) fn kind(&self, container: &str, path: &str) -> Option<Kind> {
        let header = self.header(container, path)?;
        // The type flag of a tar header (POSIX.1-2017, pax: ustar interchange format).
        Some(if header[156] == b'5' {
            Kind::Folder
        } else {
            Kind::Other
        })
    }

    /// The uid of `name` in the image's own /etc/passwd.
    pub(super) fn uid_of(&self, container: &str, name: &str) -> Option<u32> {
        let tar = self.archive(container, "/etc/passwd", 1 << 20)?;
        let text = String::from_utf8_lossy(tar.get(512..)?).into_owned();
        text.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok())?
        })
    }

    fn header(&self, container: &str, path: &str) -> Option<Vec<u8>> {
        self.archive(container, path, 512)
            .filter(|bytes| bytes.len() == 512)
    }

    /// The first bytes of `cp CONTAINER:PATH -`, which is a tar archive.
    fn archive(&self, container: &str, path: &str, bytes: u64) -> Option<Vec<u8>> {
        let mut child = self
            .engine
            .command(["cp", &format!("{container}:{path}"), "-"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut read = Vec::new();
        if let Some(out) = child.stdout.take() {
            let _ = out.take(bytes).read_to_end(&mut read);
        }
        // The rest of it may be large.
        let _ = child.kill();
        let _ = child.wait();
        (!read.is_empty()).then_some(read)
    }
}

/// Paths that engines themselves touch, and where every user may write.
const NOT_THE_PROGRAMS: [&str; 14] = [
    "/dev",
    "/proc",
    "/sys",
    "/tmp",
    "/var/tmp",
    "/etc/hosts",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/etc/mtab",
    "/.dockerenv",
    "/run/.containerenv",
    "/run/secrets",
    "/run/lock",
    "/var/lock",
];

fn changes(text: &str) -> Vec<Change> {
    let all: BTreeMap<&str, How> = text
        .lines()
        .filter_map(|line| {
            let (how, path) = line.split_once(' ')?;
            let how = match how {
                "A" => How::Added,
                "C" => How::Changed,
                "D" => How::Deleted,
                _ => return None,
            };
            Some((path, how))
        })
        .collect();
    all.iter()
        .filter(|(path, _)| !is_ignored(path))
        .map(|(path, how)| {
            let below = format!("{path}/");
            let mut next = all.range(below.as_str()..);
            Change {
                path: (*path).to_owned(),
                how: *how,
                leads: next
                    .next()
                    .is_some_and(|(next, _)| next.starts_with(&below)),
            }
        })
        .collect()
}

fn is_ignored(path: &str) -> bool {
    let engines = NOT_THE_PROGRAMS.iter().any(|prefix| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    // Python does without: it caches where it may (PEP 3147).
    engines || path.split('/').any(|part| part == "__pycache__")
}

/// The paths that were really written: no folder that only leads to another one.
pub(super) fn leaves(changes: &[Change]) -> impl Iterator<Item = &Change> {
    changes.iter().filter(|change| !change.leads)
}

/// Leaves of `before` that `after` has nothing like: files that the fixed image did not write.
pub(super) fn not_written(before: &[Change], after: &[Change]) -> Vec<String> {
    let shape = |path: &str| path.replace(|ch: char| ch.is_ascii_digit(), "0");
    let written: BTreeSet<String> = after.iter().map(|change| shape(&change.path)).collect();
    leaves(before)
        // The home of root is not the home of the user.
        .filter(|change| !change.path.starts_with("/root/") && change.path != "/root")
        .filter(|change| !written.contains(&shape(&change.path)))
        .map(|change| change.path.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFF: &str = "C /app\nA /app/state\nA /app/state/a.db\nC /var\nC /var/log\nA /var/log/app.log\nC /run\nA /run/.containerenv\nC /etc\nC /etc/hosts\nA /app/__pycache__\nA /app/__pycache__/x.pyc\nD /app/old\n";

    #[test]
    fn changes_of_the_engine_and_caches_are_left_out() {
        let changes = changes(DIFF);
        let leaves: Vec<&str> = leaves(&changes)
            .map(|change| change.path.as_str())
            .collect();
        assert_eq!(leaves, ["/app/old", "/app/state/a.db", "/var/log/app.log"]);
    }

    #[test]
    fn files_that_only_the_original_wrote() {
        let before = changes("A /data/run-12.log\nA /data/x\nA /root/.cache\n");
        let after = changes("A /data/run-15.log\n");
        assert_eq!(not_written(&before, &after), ["/data/x"]);
    }
}
