//! What a container's own file system shows: which paths it changed, and of what kind they are.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::fix::{Change as Happened, Kind, under};

use super::complaints::shape;
use super::container::{Blind, Runner};
use super::inspect::Mounts;
use super::process::Limits;

/// A path that a container changed, as `diff` prints it, or that lies in a volume of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) path: String,
    /// None: it lies in a volume, which `diff` does not show.
    pub(super) what: Option<Happened>,
    /// It is on the way to another change, and need not have changed itself.
    pub(super) leads: bool,
}

/// How long the engine may take to bring a file, and how many bytes of a volume are looked through.
const PATIENCE: Duration = Duration::from_secs(15);
const VOLUME_BYTES: usize = 4 << 20;
const BLOCK: usize = 512;

impl Runner<'_> {
    /// What the container changed; none when the engine does not tell.
    pub(super) fn changes(
        &self,
        container: &str,
        mounts: &Mounts,
    ) -> Result<Option<Vec<Change>>, Blind> {
        let finished = self.call(&["diff", container])?;
        if !finished.success() {
            return Ok(None);
        }
        let mut changes = changes(&String::from_utf8_lossy(&finished.out), &mounts.all);
        for volume in &mounts.volumes {
            let Some(tar) = self.archive(container, volume, VOLUME_BYTES)? else {
                continue;
            };
            let parent = volume.rsplit_once('/').map_or("", |(parent, _)| parent);
            changes.extend(
                entries(&tar)
                    .into_iter()
                    .filter(|(_, kind)| *kind == Kind::File)
                    .map(|(path, _)| Change {
                        path: format!("{parent}/{path}"),
                        what: None,
                        leads: false,
                    }),
            );
        }
        Ok(Some(changes))
    }

    /// What lies at a path of the container, running or not; none where nothing does, or something that no
    /// archive can hold (a socket).
    pub(super) fn kind(&self, container: &str, path: &str) -> Result<Option<Kind>, Blind> {
        let tar = self.archive(container, path, BLOCK)?.unwrap_or_default();
        Ok(entries(&tar).first().map(|(_, kind)| *kind))
    }

    /// The uid of `name` in the image's own /etc/passwd.
    pub(super) fn uid_of(&self, container: &str, name: &str) -> Result<Option<u32>, Blind> {
        let tar = self.archive(container, "/etc/passwd", 1 << 20)?;
        let text = tar.unwrap_or_default();
        let text = String::from_utf8_lossy(text.get(BLOCK..).unwrap_or_default()).into_owned();
        Ok(text.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok())?
        }))
    }

    /// The first bytes of `cp CONTAINER:PATH -`, which is a tar archive.
    fn archive(&self, container: &str, path: &str, bytes: usize) -> Result<Option<Vec<u8>>, Blind> {
        let limits = Limits {
            bytes,
            ..Limits::of(PATIENCE, self.cancel)
        };
        let finished = self.engine_call(&["cp", &format!("{container}:{path}"), "-"], limits)?;
        Ok((!finished.out.is_empty()).then_some(finished.out))
    }
}

/// Names and kinds of what a tar archive holds, as far as its bytes go (POSIX.1-2017, pax: ustar
/// interchange format). Names longer than a header are cut by it: they are compared, not opened.
fn entries(tar: &[u8]) -> Vec<(String, Kind)> {
    let mut entries = Vec::new();
    let mut rest = tar;
    while let Some((header, after)) = rest.split_at_checked(BLOCK) {
        let text = |range: std::ops::Range<usize>| {
            let field = header.get(range).unwrap_or_default();
            let end = field
                .iter()
                .position(|byte| *byte == 0)
                .unwrap_or(field.len());
            String::from_utf8_lossy(&field[..end]).into_owned()
        };
        let name = text(0..100);
        if name.is_empty() {
            break;
        }
        let (prefix, flag) = (text(345..500), header[156]);
        let name = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}/{name}")
        };
        match flag {
            b'5' => entries.push((name, Kind::Folder)),
            // Headers of headers.
            b'x' | b'g' | b'L' | b'K' => {}
            _ => entries.push((name, Kind::File)),
        }
        let size = usize::from_str_radix(text(124..136).trim(), 8).unwrap_or(0);
        let Some(next) = after.get(size.div_ceil(BLOCK).saturating_mul(BLOCK)..) else {
            break;
        };
        rest = next;
    }
    entries
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

/// Reads what `diff` prints, without what is mounted and the folders that the engine made for that.
fn changes(text: &str, mounts: &BTreeSet<String>) -> Vec<Change> {
    let mut all: BTreeMap<&str, Happened> = text
        .lines()
        .filter_map(|line| {
            let (how, path) = line.split_once(' ')?;
            let how = match how {
                "A" => Happened::Added,
                "C" => Happened::Changed,
                "D" => Happened::Deleted,
                _ => return None,
            };
            Some((path, how))
        })
        .filter(|(path, _)| !mounts.contains(*path))
        .collect();
    let holds = |path: &str| {
        let below = format!("{path}/");
        let mut next = all.range(below.as_str()..);
        next.next()
            .is_some_and(|(next, _)| next.starts_with(&below))
    };
    let leads: BTreeSet<String> = all
        .keys()
        .filter(|path| holds(path))
        .map(|path| (*path).to_owned())
        .collect();
    let made_for_mount =
        |path: &str| !leads.contains(path) && mounts.iter().any(|mount| under(mount, path));
    // Podman touches these two itself.
    let engines = |path: &str| matches!(path, "/etc" | "/run") && !leads.contains(path);
    all.retain(|path, _| !is_ignored(path) && !made_for_mount(path) && !engines(path));
    all.into_iter()
        .map(|(path, how)| Change {
            leads: leads.contains(path),
            path: path.to_owned(),
            what: Some(how),
        })
        .collect()
}

fn is_ignored(path: &str) -> bool {
    let engines = NOT_THE_PROGRAMS
        .iter()
        .any(|folder| path == *folder || under(path, folder));
    // Python does without: it caches where it may (PEP 3147).
    engines || path.split('/').any(|part| part == "__pycache__")
}

/// The paths that were really written: no folder that only leads to another one.
pub(super) fn leaves(changes: &[Change]) -> impl Iterator<Item = &Change> {
    changes.iter().filter(|change| !change.leads)
}

/// Leaves of `before` that `after` has nothing like: files that the fixed image did not write. `made` are
/// paths that the fix itself made in advance.
pub(super) fn not_written(before: &[Change], after: &[Change], made: &[&str]) -> Vec<String> {
    let written: BTreeSet<String> = after.iter().map(|change| shape(&change.path)).collect();
    leaves(before)
        // The home of root is not the home of the user.
        .filter(|change| change.path != "/root" && !under(&change.path, "/root"))
        .filter(|change| !made.contains(&change.path.as_str()))
        .filter(|change| !written.contains(&shape(&change.path)))
        .map(|change| change.path.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFF: &str = "C /app\nA /app/state\nA /app/state/a.db\nC /var\nC /var/log\nA /var/log/app.log\nC /run\nA /run/.containerenv\nC /etc\nC /etc/hosts\nA /app/__pycache__\nA /app/__pycache__/x.pyc\nD /app/old\n";

    fn read(text: &str) -> Vec<Change> {
        changes(text, &BTreeSet::new())
    }

    #[test]
    fn changes_of_the_engine_and_caches_are_left_out() {
        let changes = read(DIFF);
        let leaves: Vec<&str> = leaves(&changes)
            .map(|change| change.path.as_str())
            .collect();
        assert_eq!(leaves, ["/app/old", "/app/state/a.db", "/var/log/app.log"]);
        assert!(read("C /etc\n").is_empty());
    }

    #[test]
    fn what_is_mounted_is_nobodys_writing() {
        let mounts = ["/store/items", "/scratch"].map(str::to_owned).into();
        let text = "A /store\nA /store/items\nA /scratch\nC /data\nA /data/x\n";
        let paths: Vec<String> = changes(text, &mounts)
            .into_iter()
            .map(|change| change.path)
            .collect();
        assert_eq!(paths, ["/data", "/data/x"]);
    }

    #[test]
    fn files_that_only_the_original_wrote() {
        let before = read("A /data/run-12.log\nA /data/x\nA /root/.cache\nA /cache\n");
        let after = read("A /data/run-15.log\n");
        assert_eq!(not_written(&before, &after, &["/cache"]), ["/data/x"]);
    }

    #[test]
    fn an_archive_is_listed_as_far_as_it_goes() {
        let header = |name: &str, flag: u8, size: usize| {
            let mut block = vec![0; BLOCK];
            block[..name.len()].copy_from_slice(name.as_bytes());
            block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
            block[156] = flag;
            block
        };
        let mut tar = header("data/", b'5', 0);
        tar.extend(header("data/a", b'0', 700));
        tar.extend(vec![b'x'; 1024]);
        tar.extend(header("data/b", b'0', 9_000_000));
        let found = entries(&tar);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["data/", "data/a", "data/b"]);
        assert_eq!(found[0].1, Kind::Folder);
        assert!(entries(&[0; 1024]).is_empty() && entries(b"short").is_empty());
    }
}
