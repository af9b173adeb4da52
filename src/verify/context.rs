//! Which folder a Dockerfile was written to be built in, where nobody says.

use std::path::{Path, PathBuf};
use std::{fs, io};

use tempfile::TempDir;

use crate::context::normal;
use crate::dockerfile::Document;
use crate::plan::PatchedFile;
use crate::stages::plain_sources;

/// How many folders up the repository's root is looked for.
const MAX_ABOVE: usize = 8;

/// The folder of `dockerfile` (whose bytes are `bytes`), or the nearest one above it, up to the
/// repository's root, in which everything lies that its COPYs name. Its own folder when there is none.
pub fn build_context(dockerfile: &Path, bytes: &[u8]) -> PathBuf {
    let own = match dockerfile.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let sources = plain_sources(&Document::lex(bytes));
    let start = fs::canonicalize(&own).unwrap_or_else(|_| own.clone());
    for folder in start.ancestors().take(MAX_ABOVE) {
        if sources.iter().all(|source| folder.join(source).exists()) {
            // The path as the user wrote it, where it is that one.
            return if folder == start {
                own
            } else {
                folder.to_owned()
            };
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    own
}

/// The build context with some files changed, in a folder of its own that goes when it is dropped; none where
/// nothing changes. Unchanged files are hard links where the file system allows it, and nothing is written
/// into the context.
pub(super) fn changed_context(
    context: &Path,
    files: &[PatchedFile],
) -> io::Result<Option<TempDir>> {
    if files.is_empty() {
        return Ok(None);
    }
    let copy = tempfile::Builder::new()
        .prefix("unroot-context-")
        .tempdir()?;
    link(context, copy.path())?;
    for file in files {
        let path = copy.path().join(normal(&file.path));
        if file.is_new() {
            fs::write(&path, &file.after)?;
            make_executable(&path)?;
            continue;
        }
        let permissions = fs::metadata(&path)?.permissions();
        // The link goes first: the file that it shares its bytes with is the user's.
        fs::remove_file(&path)?;
        fs::write(&path, &file.after)?;
        fs::set_permissions(&path, permissions)?;
    }
    Ok(Some(copy))
}

/// Makes `to` what `from` is.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            fs::create_dir(&target)?;
            link(&source, &target)?;
            fs::set_permissions(&target, fs::metadata(&source)?.permissions())?;
        } else if kind.is_symlink() {
            symlink(&fs::read_link(&source)?, &target)?;
        } else if kind.is_file() && fs::hard_link(&source, &target).is_err() {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

/// Mode 0755.
#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(not(unix))]
fn symlink(_target: &Path, _link: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_has_the_change_and_the_context_has_not() {
        let root = tempfile::tempdir().expect("a folder");
        fs::create_dir(root.path().join("conf")).expect("writable");
        fs::write(root.path().join("conf/site"), "listen 80").expect("writable");
        fs::write(root.path().join("page"), "hello").expect("writable");
        let file = PatchedFile {
            path: "./conf/site".into(),
            before: b"listen 80".to_vec(),
            after: b"listen 8080".to_vec(),
            made_at: None,
        };
        let copy = changed_context(root.path(), &[file]).expect("copied");
        let copy = copy.expect("something changes");
        let read = |folder: &Path, name: &str| fs::read(folder.join(name)).expect("there");
        assert_eq!(read(copy.path(), "conf/site"), b"listen 8080");
        assert_eq!(read(copy.path(), "page"), b"hello");
        assert_eq!(read(root.path(), "conf/site"), b"listen 80");
        assert!(changed_context(root.path(), &[]).expect("fine").is_none());
    }

    #[test]
    fn the_nearest_folder_that_has_all_sources() {
        let root = tempfile::tempdir().expect("a folder");
        let below = root.path().join("deploy/docker");
        fs::create_dir_all(&below).expect("writable");
        fs::create_dir(root.path().join(".git")).expect("writable");
        fs::create_dir(root.path().join("src")).expect("writable");
        fs::write(below.join("run.sh"), "").expect("writable");
        let file = below.join("Dockerfile");
        let context = |text: &str| build_context(&file, text.as_bytes());
        let canonical = fs::canonicalize(root.path()).expect("it exists");
        assert_eq!(context("FROM a\nCOPY run.sh /\n"), below);
        assert_eq!(context("FROM a\nCOPY --from=b x /\nCOPY . .\n"), below);
        assert_eq!(context("FROM a\nCOPY src /src\n"), canonical);
        assert_eq!(context("FROM a\nCOPY nowhere /\n"), below);
        assert_eq!(
            context("FROM a\nADD https://example.com/x $Y *.c /\n"),
            below
        );
    }
}
