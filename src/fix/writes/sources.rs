//! Plain signs, in the sources and settings that are copied, of files that the program writes. A sign is no proof: what
//! follows from it is never Safe.

use std::sync::OnceLock;

use regex::bytes::Regex;

use crate::brought::Origin;
use crate::context::normal;
use crate::dockerfile::Keyword;
use crate::fix::Subject;
use crate::stages::{BaseRef, join, list};

use super::signs::{Found, root, writing};
use super::{What, shape, workdir};

/// A line of a source that writes where the user may not, or does what only root may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::fix) struct Sign {
    /// The file in the build context.
    pub(in crate::fix) file: String,
    /// 1-based.
    pub(in crate::fix) line: usize,
    /// The line, shortened.
    pub(in crate::fix) code: String,
    /// What it writes, where the line says so.
    pub(in crate::fix) write: Option<(String, What)>,
    /// It is no write, but something that only root may do.
    pub(in crate::fix) is_root: bool,
}

/// The lines of the sources that COPY brings (of any stage: a program may be built from them) that write files,
/// unless to /tmp or to a new file in the working folder, which is the user's.
pub(super) fn collect(subject: &Subject<'_, '_, '_>) -> Vec<Sign> {
    let document = subject.stages.document;
    let mut left = MAX_BYTES;
    let mut found = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for instruction in &document.instructions {
        if !matches!(instruction.keyword(), Keyword::Copy | Keyword::Add)
            || instruction.head.flag("from").is_some()
        {
            continue;
        }
        let mut sources = list(instruction.args());
        sources.pop();
        for source in sources.iter().filter(|source| !source.starts_with("<<")) {
            for file in subject.context.files(source) {
                if seen.contains(&file) || !(is_source(&file) || is_settings(&file)) {
                    continue;
                }
                let Some(text) = subject.context.read(&file) else {
                    continue;
                };
                match left.checked_sub(text.len()) {
                    Some(rest) => left = rest,
                    None => return found,
                }
                of_file(subject, source, &file, &text, &mut found);
                if found.len() >= MAX_SIGNS {
                    return found;
                }
                seen.push(file);
            }
        }
    }
    found
}

/// How many signs are kept, and how much is read for one Dockerfile, in bytes.
const MAX_SIGNS: usize = 32;
const MAX_BYTES: usize = 4 << 20;

fn of_file(
    subject: &Subject<'_, '_, '_>,
    source: &str,
    file: &str,
    text: &[u8],
    found: &mut Vec<Sign>,
) {
    let sign = |found: Found, write, is_root| Sign {
        file: file.to_owned(),
        line: found.line,
        code: found.code.chars().take(100).collect(),
        write,
        is_root,
    };
    if is_settings(file) {
        if !is_configuration(subject, file) {
            for (setting, path) in settings(text) {
                let what = shape(&path);
                found.push(sign(setting, Some((path, what)), false));
            }
        }
        return;
    }
    let has_tmp = *subject.stages.root_base(subject.verdict.survey.target) != BaseRef::Scratch;
    for written in writing(text, has_tmp) {
        if !is_new_in_workdir(subject, source, &written.code) {
            let write = path_in(&written.code, workdir(subject));
            found.push(sign(written, write, false));
        }
    }
    found.extend(root(text).into_iter().map(|found| sign(found, None, true)));
}

fn is_source(file: &str) -> bool {
    const ENDINGS: [&str; 42] = [
        "py", "js", "mjs", "cjs", "ts", "jsx", "tsx", "rb", "php", "go", "rs", "java", "kt",
        "scala", "cs", "fs", "pl", "pm", "lua", "ex", "exs", "erl", "groovy", "clj", "vue",
        "svelte", "c", "cc", "cpp", "cxx", "h", "hpp", "hs", "ml", "swift", "dart", "r", "jl",
        "nim", "zig", "cr", "d",
    ];
    ending(file).is_some_and(|ending| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

fn is_settings(file: &str) -> bool {
    const ENDINGS: [&str; 11] = [
        "ini",
        "conf",
        "cfg",
        "toml",
        "yaml",
        "yml",
        "json",
        "properties",
        "xml",
        "env",
        "config",
    ];
    const OTHERS: [&str; 12] = [
        "package.json",
        "package-lock.json",
        "tsconfig.json",
        "composer.json",
        "pom.xml",
        "cargo.toml",
        "pyproject.toml",
        "compose.",
        "docker-compose",
        "pnpm-lock",
        "angular.json",
        "manifest.json",
    ];
    let name = file.rsplit('/').next().unwrap_or(file).to_ascii_lowercase();
    ending(file).is_some_and(|ending| ENDINGS.contains(&ending))
        && !OTHERS.iter().any(|other| name.starts_with(other))
        && !file.split('/').any(|part| part.starts_with(".git"))
}

fn ending(file: &str) -> Option<&str> {
    file.rsplit_once('.').map(|(_, ending)| ending)
}

/// A recipe reads this file, and knows what it means.
fn is_configuration(subject: &Subject<'_, '_, '_>, file: &str) -> bool {
    let configs = subject.recipes.iter().flat_map(|used| &used.configs);
    configs.into_iter().any(|(_, config)| match &config.origin {
        Origin::Context(path) => normal(path) == normal(file),
        _ => false,
    })
}

/// Settings whose name sounds like writing and whose value is a path outside the application.
fn settings(text: &[u8]) -> Vec<(Found, String)> {
    static SETTING: OnceLock<Option<Regex>> = OnceLock::new();
    let setting = SETTING.get_or_init(|| {
        let name = r"[\w.-]*(?i:log|pid|data|upload|cache|storage|store|db|database|sock|spool|state|sqlite|lock)[\w.-]*";
        let path = r"(/(?:var|run|data|srv|opt|mnt|logs?|storage|uploads?|cache|db|state)(?:/[\w.@-]+)*)";
        Regex::new(&format!(
            "(?-u:(?m)^[ \\t<{{,\"'-]*{name}[\"']? *(?:[:=>]|=>) *[\"']?(?:sqlite:///|file:|unix:)?{path}[\"' \\t\\r,<;?]*)"
        ))
        .ok()
    });
    let Some(setting) = setting.as_ref() else {
        return Vec::new();
    };
    let found = setting.captures_iter(text).filter_map(|captures| {
        let (all, path) = (captures.get(0)?, captures.get(1)?);
        let line = memchr::memchr_iter(b'\n', &text[..path.start()]).count() + 1;
        let code = String::from_utf8_lossy(all.as_bytes()).trim().to_owned();
        let path = String::from_utf8_lossy(path.as_bytes()).into_owned();
        Some((Found { line, code }, path))
    });
    found.collect()
}

/// The call's first argument is the name of a new file, which lands in a working folder that is not the system's.
fn is_new_in_workdir(subject: &Subject<'_, '_, '_>, source: &str, code: &str) -> bool {
    if workdir(subject) == "/" {
        return false;
    }
    let Some((_, arguments)) = code.split_once('(') else {
        return false;
    };
    let arguments = arguments.trim_start();
    let Some(quote) = arguments
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))
    else {
        return false;
    };
    let Some(name) = arguments[1..].split(quote).next() else {
        return false;
    };
    let is_mode = name.bytes().all(|byte| b"rwaxbt+".contains(&byte));
    let folder = source.trim_end_matches('/');
    let known =
        || subject.context.exists(&format!("{folder}/{name}")) || subject.context.exists(name);
    !name.is_empty() && !is_mode && !name.contains(['/', '$', '{', '%', ':']) && !known()
}

/// The path that a line names, with what is done there: the first quoted text that looks like one.
fn path_in(code: &str, workdir: &str) -> Option<(String, What)> {
    const FOLDERS: [&str; 8] = [
        "mkdir",
        "makedirs",
        "MkdirAll",
        "create_dir",
        "CreateDirectory",
        "ensureDir",
        "multer",
        "extractall",
    ];
    let text = quoted(code).find(|text| {
        let text = text.split("://").last().unwrap_or(text);
        text.len() > 1
            && !text.contains(['$', '{', '}', '%', '*', ' ', '\\', ':'])
            && (text.contains('/') || text.contains('.'))
            && !text.starts_with("..")
    })?;
    let path = match text.split_once(":///") {
        Some((_, path)) => path,
        None if text.contains("://") => return None,
        None => text,
    };
    // What is joined to something else lies elsewhere.
    let joined = ["join", "Join", "resolve", " + ", " / "];
    if !path.starts_with('/') && joined.iter().any(|word| code.contains(word)) {
        return None;
    }
    let path = join(workdir, path);
    let makes = FOLDERS.iter().any(|word| code.contains(word));
    let what = if makes { What::Folder } else { shape(&path) };
    (path != "/").then_some((path, what))
}

/// The quoted texts of a line.
fn quoted(code: &str) -> impl Iterator<Item = &str> {
    let mut rest = code;
    std::iter::from_fn(move || {
        let start = rest.find(['"', '\''])?;
        let quote = rest[start..].chars().next()?;
        let inner = &rest[start + 1..];
        let end = inner.find(quote)?;
        rest = &inner[end + 1..];
        Some(&inner[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_a_line_names() {
        for (code, path, what) in [
            (
                "sqlite3.connect('/data/app.db')",
                "/data/app.db",
                What::File,
            ),
            (
                "create_engine('sqlite:////data/app.db')",
                "/data/app.db",
                What::File,
            ),
            (
                "create_engine('sqlite:///app.db')",
                "/app/app.db",
                What::File,
            ),
            (
                "os.makedirs('/var/lib/shop', exist_ok=True)",
                "/var/lib/shop",
                What::Folder,
            ),
            (
                "open('out/report.csv', 'w')",
                "/app/out/report.csv",
                What::File,
            ),
            (
                "fs.mkdirSync('./uploads/img')",
                "/app/uploads/img",
                What::Folder,
            ),
            ("server.listen('/run/a.sock')", "/run/a.sock", What::Socket),
        ] {
            assert_eq!(
                path_in(code, "/app"),
                Some((path.to_owned(), what)),
                "{code}"
            );
        }
        for code in [
            "open(path, 'w')",
            "os.Create(name)",
            "open(f'{folder}/x', 'w')",
            "open(os.path.join(base, 'x.db'), 'w')",
        ] {
            assert_eq!(path_in(code, "/app"), None, "{code}");
        }
    }

    #[test]
    fn settings_that_name_what_is_written() {
        let of = |text: &str| -> Vec<String> {
            settings(text.as_bytes())
                .into_iter()
                .map(|(_, path)| path)
                .collect()
        };
        assert_eq!(
            of("[x]\npidfile = /var/run/x.pid\nlogfile=/var/log/x.log\n"),
            ["/var/run/x.pid", "/var/log/x.log"]
        );
        assert_eq!(
            of("logging.file.name=/var/log/app/app.log\n"),
            ["/var/log/app/app.log"]
        );
        assert_eq!(of("  \"dataDir\": \"/data\",\n"), ["/data"]);
        assert_eq!(
            of("database:\n  path: /srv/x\n  db_path: /srv/y\n"),
            ["/srv/y"]
        );
        assert_eq!(of("<file>/var/log/x.log</file>\n"), [""; 0]);
        assert_eq!(of("static = /app/static\nhost = db\nlog = info\n"), [""; 0]);
    }
}
