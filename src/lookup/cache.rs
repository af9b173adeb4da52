//! What registries said, kept on the disk: content by its digest, references with an age.
//!
//! | in the folder | what it is | when it is believed |
//! |---|---|---|
//! | `blobs/DIGEST` | manifests and configurations, as they came | when its bytes have that digest still |
//! | `files/DIGEST` | what was read of the layers behind a manifest | when its bytes have the digest in its first line |
//! | `refs/DIGEST` | what a reference meant, and when that was asked | for an age, and as far as the blob is there |
//!
//! Nothing goes wrong when any of it is lost: it is asked for again.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::image::ImageFiles;
use crate::clock::{date, now};

/// A cache in a folder.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    age: Duration,
}

/// Rises when what is kept changes its form.
const VERSION: &str = "v1";
/// Bytes of a file that are read back.
const LONGEST: u64 = 32 << 20;
/// Bytes and files that are kept; the oldest go first.
const MOST_BYTES: u64 = 256 << 20;
const MOST_FILES: usize = 8192;

#[derive(Serialize, Deserialize)]
struct Reference {
    name: String,
    digest: String,
    /// Seconds since 1970.
    asked: u64,
}

impl Cache {
    /// Opens the folder, and makes it where it is not there. What a reference means is believed for `age`.
    pub fn open(folder: &Path, age: Duration) -> io::Result<Self> {
        make(folder)?;
        let folder = folder.join(VERSION);
        make(&folder)?;
        for part in ["blobs", "files", "refs"] {
            make(&folder.join(part))?;
        }
        Ok(Self { folder, age })
    }

    pub(super) fn blob(&self, digest: &Digest) -> Option<Vec<u8>> {
        let bytes = self.read("blobs", &digest.file_name())?;
        digest.matches(&bytes).then_some(bytes)
    }

    pub(super) fn keep_blob(&self, digest: &Digest, bytes: &[u8]) {
        self.write("blobs", &digest.file_name(), bytes);
    }

    /// What a reference means, and the day on which that was asked.
    pub(super) fn reference(&self, name: &str) -> Option<(Digest, String)> {
        let bytes = self.read("refs", &Digest::of(name.as_bytes()).file_name())?;
        let known: Reference = serde_json::from_slice(&bytes).ok()?;
        // A time to come is a clock's mistake, and nothing to trust.
        let age = now().checked_sub(known.asked)?;
        let fresh = age < self.age.as_secs() && known.name == name;
        let digest = Digest::parse(&known.digest)?;
        fresh.then(|| (digest, date(known.asked)))
    }

    pub(super) fn keep_reference(&self, name: &str, digest: &Digest) {
        let reference = Reference {
            name: name.to_owned(),
            digest: digest.to_string(),
            asked: now(),
        };
        if let Ok(bytes) = serde_json::to_vec(&reference) {
            self.write("refs", &Digest::of(name.as_bytes()).file_name(), &bytes);
        }
    }

    pub(super) fn files(&self, manifest: &Digest) -> Option<ImageFiles> {
        let bytes = self.read("files", &manifest.file_name())?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (line, rest) = bytes.split_at(end);
        let digest = Digest::parse(std::str::from_utf8(line).ok()?)?;
        let rest = rest.get(1..)?;
        if !digest.matches(rest) {
            return None;
        }
        let (of, files): (String, ImageFiles) = serde_json::from_slice(rest).ok()?;
        (of == manifest.to_string()).then_some(files)
    }

    pub(super) fn keep_files(&self, manifest: &Digest, files: &ImageFiles) {
        if let Ok(json) = serde_json::to_vec(&(manifest.to_string(), files)) {
            let mut bytes = format!("{}\n", Digest::of(&json)).into_bytes();
            bytes.extend(json);
            self.write("files", &manifest.file_name(), &bytes);
        }
    }

    fn read(&self, part: &str, name: &str) -> Option<Vec<u8>> {
        let file = fs::File::open(self.folder.join(part).join(name)).ok()?;
        let mut bytes = Vec::new();
        file.take(LONGEST + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= LONGEST).then_some(bytes)
    }

    /// Whole or not at all; a disk that is full is no reason to fail.
    fn write(&self, part: &str, name: &str, bytes: &[u8]) {
        let folder = self.folder.join(part);
        let written = || -> io::Result<()> {
            let mut file = tempfile::Builder::new()
                .prefix(".new-")
                .tempfile_in(&folder)?;
            file.write_all(bytes)?;
            file.persist(folder.join(name))
                .map_err(|error| error.error)?;
            Ok(())
        };
        if written().is_ok() {
            self.prune();
        }
    }

    /// Removes the oldest files of what is too much.
    fn prune(&self) {
        let mut all: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for part in ["blobs", "files", "refs"] {
            let Ok(entries) = fs::read_dir(self.folder.join(part)) else {
                continue;
            };
            for entry in entries.flatten() {
                if let Ok(metadata) = entry.metadata() {
                    let time = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                    all.push((time, metadata.len(), entry.path()));
                }
            }
        }
        let mut bytes: u64 = all.iter().map(|(_, length, _)| length).sum();
        let mut number = all.len();
        if bytes <= MOST_BYTES && number <= MOST_FILES {
            return;
        }
        all.sort();
        // More than needed, so that not every write has to.
        for (_, length, path) in all {
            if bytes <= MOST_BYTES / 4 * 3 && number <= MOST_FILES / 4 * 3 {
                break;
            }
            if fs::remove_file(path).is_ok() {
                bytes = bytes.saturating_sub(length);
                number -= 1;
            }
        }
    }
}

/// Makes a folder that only its owner looks into; one that others may write to is not used.
#[cfg(unix)]
fn make(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let metadata = fs::metadata(folder)?;
    let mine = metadata.uid() == rustix::process::geteuid().as_raw();
    if !mine || metadata.mode() & 0o022 != 0 {
        let line = "others can write to it: chmod 700, or name another with --cache-dir";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, line));
    }
    Ok(())
}

#[cfg(not(unix))]
fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_is_not_believed() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("cache");
        let cache = Cache::open(&place, Duration::from_secs(60)).expect("a cache");
        let digest = Digest::of(b"manifest");
        cache.keep_blob(&digest, b"manifest");
        cache.keep_reference("r.example/x:1", &digest);
        let files = ImageFiles {
            programs: vec!["/bin/sh".into()],
            ..ImageFiles::default()
        };
        cache.keep_files(&digest, &files);
        assert_eq!(cache.blob(&digest).as_deref(), Some(&b"manifest"[..]));
        assert_eq!(
            cache.reference("r.example/x:1").map(|(known, _)| known),
            Some(digest.clone())
        );
        assert_eq!(cache.reference("r.example/x:2"), None);
        assert_eq!(cache.files(&digest), Some(files));
        for part in ["blobs", "files"] {
            let path = place.join(VERSION).join(part).join(digest.file_name());
            let mut bytes = fs::read(&path).expect("it is there");
            let last = bytes.last_mut().expect("not empty");
            *last ^= 1;
            fs::write(&path, bytes).expect("written");
        }
        assert_eq!(cache.blob(&digest), None);
        assert_eq!(cache.files(&digest), None);
        let old = Cache::open(&place, Duration::ZERO).expect("a cache");
        assert_eq!(old.reference("r.example/x:1"), None, "its age is over");
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_looks_into_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("cache");
        let cache = Cache::open(&place, Duration::from_secs(60)).expect("a cache");
        cache.keep_blob(&Digest::of(b"x"), b"x");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&place), 0o700);
        assert_eq!(
            mode(&place.join("v1/blobs").join(Digest::of(b"x").file_name())),
            0o600
        );
        fs::set_permissions(&place, fs::Permissions::from_mode(0o777)).expect("changed");
        assert!(Cache::open(&place, Duration::from_secs(60)).is_err());
    }
}
