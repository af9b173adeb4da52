//! Variables that name folders, files and sockets by names that sound as if they were written.

use crate::fix::Subject;
use crate::fix::folders::under;
use crate::shell::files::FileChange;
use crate::stages::join;

use super::{What, Write, Writes, is_free, shape, workdir};

/// Folders of known libraries, whatever they are called.
const FOLDERS: [&str; 14] = [
    "HF_HOME",
    "TORCH_HOME",
    "TRANSFORMERS_CACHE",
    "MPLCONFIGDIR",
    "NLTK_DATA",
    "NUMBA_CACHE_DIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_RUNTIME_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "PROMETHEUS_MULTIPROC_DIR",
];

/// Words in a variable's name that say that somebody writes there; in the plural, too.
const WORDS: [&str; 28] = [
    "DATA",
    "LOG",
    "CACHE",
    "STORAGE",
    "STORE",
    "UPLOAD",
    "STATE",
    "DB",
    "DATABASE",
    "TMP",
    "TEMP",
    "PID",
    "SOCK",
    "SOCKET",
    "OUTPUT",
    "SQLITE",
    "TMPDIR",
    "DOWNLOAD",
    "BACKUP",
    "EXPORT",
    "REPORT",
    "RESULT",
    "SESSION",
    "SPOOL",
    "QUEUE",
    "ARTIFACT",
    "SNAPSHOT",
    "RECORDING",
];

pub(super) fn collect(subject: &Subject<'_, '_, '_>, writes: &mut Writes) {
    for (name, value) in subject.verdict.survey.state.env.iter() {
        if !sounds(name) {
            continue;
        }
        for (path, what) in paths(subject, name, value) {
            let apart = path.len() < 2
                || is_free(&path)
                || path == "/root"
                || under(&path, "/root")
                || path == workdir(subject);
            if !apart {
                writes.add(Write {
                    path,
                    what,
                    why: format!("{name}={value}"),
                    id: "data-folder",
                    weak: false,
                    certain: false,
                });
            }
        }
    }
}

fn sounds(name: &str) -> bool {
    let listed = |part: &str, word: &str| {
        part.eq_ignore_ascii_case(word) || part.eq_ignore_ascii_case(&format!("{word}S"))
    };
    let reads = |part: &str| {
        [
            "CONFIG", "CONF", "VERSION", "URL", "HOST", "PORT", "USER", "NAME", "PASSWORD", "LEVEL",
        ]
        .iter()
        .any(|word| part.eq_ignore_ascii_case(word))
    };
    FOLDERS.contains(&name)
        || (name
            .split('_')
            .any(|part| WORDS.iter().any(|word| listed(part, word)))
            && (!name.split('_').any(reads) || name.ends_with("_URL")))
}

/// The paths that a value can mean, each with what lies there.
fn paths(subject: &Subject<'_, '_, '_>, name: &str, value: &str) -> Vec<(String, What)> {
    if let Some(rest) = sqlite(value) {
        let mut all = Vec::new();
        let relative = rest.trim_start_matches('/');
        // SQLAlchemy: three slashes are relative, four absolute; others take three for absolute.
        if !rest.starts_with('/') {
            all.push((join(workdir(subject), relative), What::File));
        }
        let absolute = join("/", relative);
        if rest.starts_with('/') || is_known_folder(subject, parent(&absolute)) {
            all.push((absolute, What::File));
        }
        return all;
    }
    let path = value.strip_prefix("file:").unwrap_or(value);
    let path = path.strip_prefix("unix:").unwrap_or(path);
    let path = path
        .strip_prefix("//")
        .filter(|_| path.starts_with("///"))
        .unwrap_or(path);
    if !path.starts_with('/') || path.contains([':', '*', ' ', '$']) {
        return Vec::new();
    }
    let has = |word: &str| name.split('_').any(|part| part.eq_ignore_ascii_case(word));
    let what = if has("SOCK") || has("SOCKET") {
        What::Socket
    } else if has("PID") || has("FILE") || has("PIDFILE") {
        What::File
    } else if has("DIR") || FOLDERS.contains(&name) {
        What::Folder
    } else {
        shape(path)
    };
    vec![(join("/", path), what)]
}

/// What follows `sqlite:///`, `sqlite+aiosqlite:///` and the like.
fn sqlite(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_once("://")?;
    (scheme == "sqlite" || scheme == "sqlite3" || scheme.starts_with("sqlite+"))
        .then_some(())
        .and_then(|()| rest.strip_prefix('/'))
        .map(|rest| rest.split('?').next().unwrap_or(rest))
        .filter(|rest| !rest.is_empty() && !rest.starts_with(':'))
}

fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// The file makes this folder, or declares it a volume.
fn is_known_folder(subject: &Subject<'_, '_, '_>, path: &str) -> bool {
    let survey = &subject.verdict.survey;
    let made = survey.file_acts().any(
        |act| matches!(&act.what, FileChange::MakesDir { path: made, .. } if made.text == path),
    );
    let volume = || {
        let mut volumes = survey.volumes.iter();
        volumes.any(|volume| join("/", &volume.path) == path)
    };
    let copied = || survey.copies.iter().any(|copy| copy.dest == path);
    path != "/" && (made || volume() || copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sound_like_writing() {
        for name in [
            "DATA_DIR",
            "APP_LOGS",
            "LOG_FILE",
            "CACHE",
            "DATABASE_URL",
            "PIDFILE_PID",
            "HF_HOME",
        ] {
            assert!(sounds(name), "{name}");
        }
        for name in [
            "JAVA_HOME",
            "LOG_LEVEL",
            "DB_HOST",
            "LOG_CONFIG",
            "PATH",
            "DATABASE_NAME",
        ] {
            assert!(!sounds(name), "{name}");
        }
    }

    #[test]
    fn paths_of_sqlite_addresses() {
        assert_eq!(sqlite("sqlite:///app.db"), Some("app.db"));
        assert_eq!(sqlite("sqlite:////data/app.db"), Some("/data/app.db"));
        assert_eq!(sqlite("sqlite+aiosqlite:///app.db?x=1"), Some("app.db"));
        assert_eq!(sqlite("sqlite:///:memory:"), None);
        assert_eq!(sqlite("sqlite://"), None);
        assert_eq!(sqlite("postgres:///app"), None);
    }
}
