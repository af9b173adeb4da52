//! Replacing and making files: each whole, and together or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use unroot::render::escape::line;

use super::WithHelp;
use super::files::shown;

/// A file that is to hold `after` in the place of `before`.
pub(super) struct Change<'a> {
    pub(super) path: &'a Path,
    /// None: it is not there yet, and is to be made, executable.
    pub(super) before: Option<&'a [u8]>,
    pub(super) after: &'a [u8],
}

/// Writes all changes or none: each file must still hold its `before`. It is written into a temporary file of
/// the same folder, synced, with the mode and owner of the old one, then renamed over it. A link keeps
/// pointing at the file that is replaced. A new file replaces nothing that somebody else made meanwhile.
pub(super) fn replace(changes: &[Change<'_>]) -> io::Result<()> {
    let mut ready = Vec::new();
    for change in changes {
        match prepare(change) {
            Ok(Some(prepared)) => ready.push((change, prepared)),
            Ok(None) => {}
            Err(error) => return Err(named(changes, change, &error)),
        }
    }
    let mut done: Vec<&Change<'_>> = Vec::new();
    for (change, Prepared { path, temporary }) in ready {
        let persisted = match change.before {
            Some(_) => temporary.persist(&path),
            None => temporary.persist_noclobber(&path),
        };
        if let Err(error) = persisted {
            for change in done {
                put_back(change);
            }
            return Err(named(changes, change, &error.error));
        }
        sync_folder(&path);
        done.push(change);
    }
    Ok(())
}

/// Why a file that an argument names cannot be written, and what to do.
pub(super) fn cannot_write(path: &Path, error: &io::Error) -> WithHelp {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let name = line(&shown(path));
    match folder.filter(|folder| !folder.is_dir()) {
        Some(folder) => WithHelp::new(
            format!(
                "cannot write {name}: there is no folder {}",
                line(&shown(folder))
            ),
            "make the folder first, or name another file",
        ),
        None => WithHelp::new(
            format!("cannot write {name}: {error}"),
            "name another file, or look at the rights of this one and of its folder",
        ),
    }
}

/// Makes a file as any program does, with its folder, whole or not at all; one that is there only where `replaces`
/// says so.
pub(super) fn make(path: &Path, bytes: &[u8], replaces: bool) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".unroot-");
    as_any_new_file(&mut builder);
    let mut temporary = builder.tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    let persisted = if replaces {
        temporary.persist(path)
    } else {
        temporary.persist_noclobber(path)
    };
    persisted.map_err(|error| error.error)?;
    sync_folder(path);
    Ok(())
}

/// A temporary file may be read by its owner only; what stays may be read as the umask says.
#[cfg(unix)]
pub(super) fn as_any_new_file(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt as _;
    builder.permissions(fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
pub(super) fn as_any_new_file(_builder: &mut tempfile::Builder<'_, '_>) {}

struct Prepared {
    /// Links followed.
    path: PathBuf,
    temporary: NamedTempFile,
}

/// The new file beside the old one; none when there is nothing to do any more, as when another Dockerfile
/// of the same run wanted the same of a shared file.
fn prepare(change: &Change<'_>) -> io::Result<Option<Prepared>> {
    let Some(before) = change.before else {
        return prepare_new(change);
    };
    let path = fs::canonicalize(change.path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let metadata = fs::metadata(&path)?;
    // A file that may not be written is not replaced behind its back either.
    drop(fs::OpenOptions::new().write(true).open(&path)?);
    let temporary = beside(folder, change.after)?;
    temporary
        .as_file()
        .set_permissions(metadata.permissions())?;
    keep_owner(temporary.as_file(), &metadata)?;
    temporary.as_file().sync_all()?;
    let now = fs::read(&path)?;
    if now == change.after {
        return Ok(None);
    }
    if now != before {
        return Err(io::Error::other("it changed while it was being fixed"));
    }
    Ok(Some(Prepared { path, temporary }))
}

/// A temporary file of the same folder with these bytes.
fn beside(folder: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut temporary = tempfile::Builder::new()
        .prefix(".unroot-")
        .tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    Ok(temporary)
}

/// A file that is not there yet; none where another Dockerfile of the same run made the same.
fn prepare_new(change: &Change<'_>) -> io::Result<Option<Prepared>> {
    let name = change.path.file_name();
    let name = name.ok_or_else(|| io::Error::other("it has no name"))?;
    let folder = match change.path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => fs::canonicalize(folder)?,
        _ => fs::canonicalize(".")?,
    };
    let path = folder.join(name);
    match fs::read(&path) {
        Ok(now) if now == change.after => return Ok(None),
        Ok(_) => return Err(io::Error::other("it is there already")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let temporary = beside(&folder, change.after)?;
    make_executable(temporary.as_file())?;
    temporary.as_file().sync_all()?;
    Ok(Some(Prepared { path, temporary }))
}

/// Mode 0755: the image has to run it as any user.
#[cfg(unix)]
fn make_executable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_file: &fs::File) -> io::Result<()> {
    Ok(())
}

/// Takes a change back whose companion failed. Nothing more can be done where this fails, too.
fn put_back(change: &Change<'_>) {
    let Some(before) = change.before else {
        if fs::read(change.path).is_ok_and(|now| now == change.after) {
            let _ = fs::remove_file(change.path);
        }
        return;
    };
    let back = Change {
        before: Some(change.after),
        after: before,
        ..*change
    };
    if let Ok(Some(Prepared { path, temporary })) = prepare(&back)
        && temporary.persist(&path).is_ok()
    {
        sync_folder(&path);
    }
}

/// Says which file it is, where there are several.
fn named(changes: &[Change<'_>], change: &Change<'_>, error: &io::Error) -> io::Error {
    if changes.len() == 1 {
        return io::Error::new(error.kind(), error.to_string());
    }
    let path = shown(change.path);
    io::Error::new(error.kind(), format!("{path}: {error}"))
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
fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent()
        && let Ok(folder) = fs::File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_or_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        let write = || {
            fs::write(&one, "1").expect("writable");
            fs::write(&two, "2").expect("writable");
        };
        let change = |path, before: &'static str, after: &'static str| Change {
            path,
            before: Some(before.as_bytes()),
            after: after.as_bytes(),
        };
        write();
        let stale = [change(one.as_path(), "1", "I"), change(&two, "x", "II")];
        let error = replace(&stale).expect_err("it changed").to_string();
        assert!(
            error.ends_with("two: it changed while it was being fixed"),
            "{error}"
        );
        assert_eq!(fs::read(&one).expect("there"), b"1");

        let fresh = [change(one.as_path(), "1", "I"), change(&two, "2", "II")];
        replace(&fresh).expect("written");
        replace(&fresh).expect("nothing is left to do");
        assert_eq!(fs::read(&one).expect("there"), b"I");
        assert_eq!(fs::read(&two).expect("there"), b"II");
        assert_eq!(fs::read_dir(folder.path()).expect("there").count(), 2);
    }

    #[test]
    fn a_new_file_is_made_with_the_others_or_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let (new, old) = (folder.path().join("new"), folder.path().join("old"));
        fs::write(&old, "2").expect("writable");
        let make = |after: &'static str| Change {
            path: new.as_path(),
            before: None,
            after: after.as_bytes(),
        };
        let change = |before: &'static str| Change {
            path: old.as_path(),
            before: Some(before.as_bytes()),
            after: b"II",
        };
        replace(&[make("x"), change("stale")]).expect_err("it changed");
        assert!(!new.exists());
        replace(&[make("x"), change("2")]).expect("written");
        assert_eq!(fs::read(&new).expect("there"), b"x");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&new).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o755);
        }
        replace(&[make("x")]).expect("the same is there");
        let error = replace(&[make("y")]).expect_err("another is there");
        assert!(error.to_string().contains("there already"), "{error}");
        assert_eq!(fs::read(&new).expect("there"), b"x");
    }
}
