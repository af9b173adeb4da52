//! Replacing a file: whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Writes `after` in the place of `path`, which must still hold `before`: into a temporary file of the
/// same folder, synced, with the mode and owner of the old one, then renamed over it. A link keeps
/// pointing at the file that is replaced.
pub(super) fn replace(path: &Path, before: &[u8], after: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let metadata = fs::metadata(&path)?;
    // A file that may not be written is not replaced behind its back either.
    drop(fs::OpenOptions::new().write(true).open(&path)?);
    let mut temporary = tempfile::Builder::new()
        .prefix(".unroot-")
        .tempfile_in(folder)?;
    temporary.write_all(after)?;
    temporary
        .as_file()
        .set_permissions(metadata.permissions())?;
    keep_owner(temporary.as_file(), &metadata)?;
    temporary.as_file().sync_all()?;
    if fs::read(&path)? != before {
        return Err(io::Error::other("it changed while it was being fixed"));
    }
    temporary.persist(&path).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

#[cfg(unix)]
fn keep_owner(file: &fs::File, old: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    fchown(file, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_file: &fs::File, _old: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// Makes the rename itself last; where a folder cannot be synced the file is whole all the same.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}
