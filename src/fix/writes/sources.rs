//! Plain signs, in the sources and settings that are copied, of files that the program writes. A sign is no proof: what
//! follows from it is never Safe.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::brought::{Brought, Origin};
use crate::context::{MAX_FILES, matching, normal};
use crate::dockerfile::Keyword;
use crate::fix::Subject;
use crate::fix::calls::{Code, code};
use crate::fix::copies::data_folders;
use crate::fix::folders::under;
use crate::programs::{Kind, Program, find};
use crate::shell::rights::For;
use crate::stages::{join, list};
use crate::survey::is_shell_shebang;

use super::fresh::{Fresh, is_brought};
use super::kinds::Kinds;
use super::signs::{Found, embedded, in_place, root, writing};
use super::{What, data, settings, shape, workdir};

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

/// The lines of the sources that COPY brings (of any stage: a program may be built from them), and of the code in the
/// start command and its scripts, that write files, unless to /tmp or to a new file in the working folder, which is
/// the user's. What could not be read is added to `unread`.
pub(super) fn collect(subject: &Subject<'_, '_, '_>, unread: &mut Vec<String>) -> Vec<Sign> {
    let mut reader = Reader {
        subject,
        left: MAX_BYTES,
        fresh: OnceCell::new(),
        found: Vec::new(),
        seen: HashSet::new(),
        is_built_outside: false,
        unread,
    };
    for call in subject.calls.of_the_user() {
        match code(call) {
            Some(Code::Inline(text)) => reader.source("", "the start command", text.as_bytes()),
            Some(Code::File(file)) => reader.started(file),
            _ => {}
        }
    }
    for script in &subject.calls.scripts {
        let commands = script.script.commands.iter().zip(&script.rights);
        for (command, _) in commands.filter(|(_, whom)| **whom != For::Root) {
            let plain = |row: &Program| row.kind == Kind::Plain;
            let interpreter = command.program().and_then(find).is_some_and(plain);
            if let Some(body) = script.script.heredoc_of(command).filter(|_| interpreter) {
                reader.source("", &script.shown, body.text.as_bytes());
            }
        }
    }
    let document = subject.stages.document;
    for instruction in &document.instructions {
        if !matches!(instruction.keyword(), Keyword::Copy | Keyword::Add)
            || instruction.head.flag("from").is_some()
        {
            continue;
        }
        let mut sources = list(instruction.args());
        sources.pop();
        for source in sources.iter().filter(|source| !source.starts_with("<<")) {
            reader.copied(source);
            reader.is_built_outside |= is_missing(subject, source);
        }
    }
    for copy in &subject.verdict.survey.copies {
        for (name, body) in &copy.heredocs {
            let file = if copy.into_folder { name } else { &copy.dest };
            let text = body.of(document.bytes);
            let by_line = text.starts_with(b"#!") && !is_shell_shebang(text);
            if Kinds::of(file) == Kinds::Source || by_line {
                reader.source("", &format!("the heredoc of {file}"), text);
            }
        }
    }
    if reader.is_built_outside {
        // The program is built before the image is: what it is built from lies around.
        reader.copied(".");
    }
    reader.found
}

/// What a COPY names is not in the build context, or under a name that is not known here.
fn is_missing(subject: &Subject<'_, '_, '_>, source: &str) -> bool {
    const BUILT: [&str; 9] = [
        "jar", "war", "ear", "dll", "exe", "whl", "deb", "zip", "node",
    ];
    let name = source.trim_end_matches('/').rsplit('/').next();
    let ending = name.and_then(|name| name.rsplit_once('.'));
    // Settings and lock files that are not there say nothing of a program.
    let program = ending.is_none_or(|(_, ending)| BUILT.contains(&ending))
        || Kinds::of(source) == Kinds::Source;
    let address = source.contains("://") || source.starts_with("git@");
    program
        && !address
        && !subject.context.exists(source)
        && matching(subject.context, source).is_empty()
}

/// How many signs are kept, and how much is read for one Dockerfile, in bytes.
const MAX_SIGNS: usize = 32;
const MAX_BYTES: usize = 16 << 20;

struct Reader<'r, 'a, 'd, 's> {
    subject: &'r Subject<'a, 'd, 's>,
    left: usize,
    /// Asked only where there is a source: most Dockerfiles lie alone.
    fresh: OnceCell<Fresh>,
    found: Vec<Sign>,
    /// Files that were read.
    seen: HashSet<String>,
    /// A COPY brings what is not in the build context.
    is_built_outside: bool,
    unread: &'r mut Vec<String>,
}

impl Reader<'_, '_, '_, '_> {
    /// What a source of a COPY brings.
    fn copied(&mut self, source: &str) {
        let context = self.subject.context;
        let files = matching(context, source);
        if files.len() >= MAX_FILES {
            self.unread
                .push(format!("`{source}`, which has more files than are read,"));
        }
        let folders = data::folders(&files, source);
        for file in files {
            if self.found.len() >= MAX_SIGNS {
                return;
            }
            let kind = Kinds::of(&file);
            if kind == Kinds::Other || self.seen.contains(&file) {
                continue;
            }
            let Some(text) = context.read(&file) else {
                if kind == Kinds::Source {
                    self.unread.push(format!("`{file}`, which is large,"));
                }
                continue;
            };
            let Some(rest) = self.left.checked_sub(text.len()) else {
                self.unread
                    .push(format!("`{file}`, behind as many as are read,"));
                return;
            };
            self.left = rest;
            if kind == Kinds::Source {
                for found in data::naming(&text, &folders) {
                    self.add(&file, &found, None, false);
                }
            }
            match kind {
                Kinds::Source => self.source(source, &file, &text),
                Kinds::Unnamed if text.starts_with(b"#!") && !is_shell_shebang(&text) => {
                    self.source(source, &file, &text);
                }
                Kinds::Settings if !is_configuration(self.subject, &file) => {
                    self.settings(&file, &text);
                }
                Kinds::Manifest => {
                    for found in embedded(&text) {
                        self.add(&file, &found, None, false);
                    }
                }
                _ => {}
            }
            self.seen.insert(file);
        }
    }

    /// The file that an interpreter is started with, whatever its name is.
    fn started(&mut self, file: &str) {
        let path = join(workdir(self.subject), file);
        let found = self.subject.bringer().find(&path);
        let Some(Brought {
            text,
            origin: Origin::Context(file),
            ..
        }) = found
        else {
            return;
        };
        let named = Kinds::of(&file) == Kinds::Source || self.seen.contains(&file);
        if !named && !text.contains(&0) {
            self.source("", &file, &text);
            self.seen.insert(file);
        }
    }

    /// A source, which `copied` brings.
    fn source(&mut self, copied: &str, file: &str, text: &[u8]) {
        let subject = self.subject;
        let fresh = self.fresh.get_or_init(|| Fresh::of(subject));
        let mut written = writing(text, fresh.tmp);
        written.retain(|written| !fresh.is_new(subject, copied, &written.code));
        for written in written {
            let write = path_in(&written.code, workdir(subject));
            self.add(file, &written, write, false);
        }
        if workdir(subject) == "/" {
            // `/` stays root's.
            for found in in_place(text) {
                self.add(file, &found, None, false);
            }
        }
        for found in root(text) {
            self.add(file, &found, None, true);
        }
    }

    /// Settings, which may name what is written.
    fn settings(&mut self, file: &str, text: &[u8]) {
        let written = settings::written(text);
        let mut appended = settings::appended(text);
        appended.retain_mut(|(_, path)| {
            *path = path.take().map(|path| join(workdir(self.subject), &path));
            path.as_deref().is_none_or(|path| {
                let mut written = written.iter();
                !self.is_own(path) && !written.any(|(_, other)| other == path)
            })
        });
        for (found, path) in written {
            let write = (path.clone(), shape(&path));
            self.add(file, &found, Some(write), false);
        }
        for (found, path) in appended {
            let write = path.map(|path| (path, What::File));
            self.add(file, &found, write, false);
        }
    }

    /// A path below the working folder, which is the user's, where nothing lies that a COPY brought.
    fn is_own(&self, path: &str) -> bool {
        let folder = workdir(self.subject);
        let inner = path
            .strip_prefix(folder)
            .and_then(|inner| inner.strip_prefix('/'));
        let first = inner.and_then(|inner| inner.split('/').next());
        let new = folder != "/" && first.is_some_and(|first| !is_brought(self.subject, first));
        // Empty folders like `logs` are handed over.
        let mut copies = self.subject.verdict.survey.copies.iter();
        new || copies.any(|copy| {
            let mut folders = data_folders(self.subject, copy).into_iter();
            folders.any(|(data, filled)| !filled && under(path, &data))
        })
    }

    fn add(&mut self, file: &str, found: &Found, write: Option<(String, What)>, is_root: bool) {
        self.found.push(Sign {
            file: file.to_owned(),
            line: found.line,
            code: found.code.chars().take(100).collect(),
            write,
            is_root,
        });
    }
}

/// A recipe reads this file, and knows what it means.
fn is_configuration(subject: &Subject<'_, '_, '_>, file: &str) -> bool {
    let configs = subject.recipes.iter().flat_map(|used| &used.configs);
    configs.into_iter().any(|(_, config)| match &config.origin {
        Origin::Context(path) => normal(path) == normal(file),
        _ => false,
    })
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
    const FILES: [&str; 10] = [
        "open", "Open", "write", "Write", "append", "Create", "dump", "save", "touch", "connect",
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
    let behind = code.contains(&format!("+ '{text}")) || code.contains(&format!("+ \"{text}"));
    if behind || !path.starts_with('/') && joined.iter().any(|word| code.contains(word)) {
        return None;
    }
    let path = join(workdir, path);
    let makes = FOLDERS.iter().any(|word| code.contains(word));
    let opens = FILES.iter().any(|word| code.contains(word));
    let what = match shape(&path) {
        _ if makes => What::Folder,
        // A name without an ending: only the call can tell.
        What::Folder if opens => What::File,
        What::Folder => return None,
        what => what,
    };
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
}
