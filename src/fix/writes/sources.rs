//! Plain signs, in the sources and settings that are copied, of files that the program writes. A sign is no proof: what
//! follows from it is never Safe.

use crate::brought::{Brought, Origin};
use crate::context::{MAX_FILES, matching, normal};
use crate::dockerfile::Keyword;
use crate::fix::Subject;
use crate::fix::calls::{Code, code};
use crate::fix::doubts::no_run_makes_files;
use crate::fix::folders::under;
use crate::programs::{Kind, Program, find};
use crate::shell::files::FileChange;
use crate::shell::rights::For;
use crate::stages::{BaseRef, join, list};
use crate::survey::is_shell_shebang;

use super::kinds::Kinds;
use super::signs::{Found, embedded, root, writing};
use super::{What, is_free, settings, shape, workdir};

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
        is_new_safe: no_run_makes_files(subject) && starts_in_workdir(subject),
        found: Vec::new(),
        seen: Vec::new(),
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
        }
    }
    reader.found
}

/// How many signs are kept, and how much is read for one Dockerfile, in bytes.
const MAX_SIGNS: usize = 32;
const MAX_BYTES: usize = 16 << 20;

struct Reader<'r, 'a, 'd, 's> {
    subject: &'r Subject<'a, 'd, 's>,
    left: usize,
    /// A new file in the working folder is certain to be one, and to lie there.
    is_new_safe: bool,
    found: Vec<Sign>,
    seen: Vec<String>,
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
        let data = data_folders(&files, source);
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
                for found in naming(&text, &data) {
                    self.add(&file, &found, None, false);
                }
            }
            match kind {
                Kinds::Source => self.source(source, &file, &text),
                Kinds::Unnamed if text.starts_with(b"#!") && !is_shell_shebang(&text) => {
                    self.source(source, &file, &text);
                }
                Kinds::Settings if !is_configuration(self.subject, &file) => {
                    for (setting, path) in settings::written(&text) {
                        let what = shape(&path);
                        self.add(&file, &setting, Some((path, what)), false);
                    }
                }
                Kinds::Manifest => {
                    for found in embedded(&text) {
                        self.add(&file, &found, None, false);
                    }
                }
                _ => {}
            }
            self.seen.push(file);
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
            self.seen.push(file);
        }
    }

    /// A source, which `copied` brings.
    fn source(&mut self, copied: &str, file: &str, text: &[u8]) {
        let subject = self.subject;
        let base = subject.stages.root_base(subject.verdict.survey.target);
        let has_tmp = *base != BaseRef::Scratch && !fills_tmp(subject);
        for written in writing(text, has_tmp) {
            let fine = self.is_new_safe && is_new_in_workdir(subject, copied, &written.code);
            if !fine {
                let write = path_in(&written.code, workdir(subject));
                self.add(file, &written, write, false);
            }
        }
        for found in root(text) {
            self.add(file, &found, None, true);
        }
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

/// The folders straight in what is copied that hold no code, and whose names do not say that they are read.
fn data_folders(files: &[String], source: &str) -> Vec<String> {
    const READ: [&str; 38] = [
        "static",
        "public",
        "templates",
        "template",
        "views",
        "view",
        "assets",
        "asset",
        "locale",
        "locales",
        "i18n",
        "lang",
        "fixtures",
        "docs",
        "doc",
        "css",
        "styles",
        "img",
        "images",
        "fonts",
        "icons",
        "config",
        "conf",
        "configs",
        "settings",
        "html",
        "www",
        "dist",
        "build",
        "migrations",
        "certs",
        "schemas",
        "schema",
        "proto",
        "protos",
        "swagger",
        "scripts",
        "k8s",
    ];
    let base = normal(source);
    let inner = |file: &String| {
        let rest = if base.is_empty() {
            Some(file.as_str())
        } else {
            file.strip_prefix(base)?.strip_prefix('/')
        };
        rest?.split_once('/').map(|(folder, _)| folder.to_owned())
    };
    let mut folders: Vec<String> = files.iter().filter_map(inner).collect();
    folders.sort();
    folders.dedup();
    folders.retain(|folder| {
        let code = files
            .iter()
            .any(|file| inner(file).as_ref() == Some(folder) && Kinds::of(file) == Kinds::Source);
        !code && folder.len() > 2 && !folder.starts_with('.') && !READ.contains(&folder.as_str())
    });
    folders
}

/// Lines of a source that name one of the folders.
fn naming(text: &[u8], folders: &[String]) -> Vec<Found> {
    let text = String::from_utf8_lossy(text);
    let mut found = Vec::new();
    for folder in folders {
        // In a URL it would stand behind a slash.
        let forms = [
            format!("'{folder}"),
            format!("\"{folder}"),
            format!("`{folder}"),
            format!("./{folder}"),
        ];
        let line = text
            .lines()
            .position(|line| forms.iter().any(|form| line.contains(form.as_str())));
        if let Some(at) = line {
            let code = text.lines().nth(at).unwrap_or_default().trim().to_owned();
            found.push(Found { line: at + 1, code });
        }
    }
    found
}

/// A RUN leaves something in /tmp, which is root's.
fn fills_tmp(subject: &Subject<'_, '_, '_>) -> bool {
    let survey = &subject.verdict.survey;
    let removed = |path: &str| {
        survey.file_acts().any(|act| {
            let FileChange::Removes { paths } = &act.what else {
                return false;
            };
            paths.iter().any(|gone| {
                let start = gone.text.split('*').next().unwrap_or_default();
                path == gone.text
                    || under(path, &gone.text)
                    || (gone.text != start && path.starts_with(start))
            })
        })
    };
    survey.file_acts().any(|act| {
        let (FileChange::MakesDir { path, .. } | FileChange::Writes { path, .. }) = &act.what
        else {
            return false;
        };
        is_free(&path.text) && !path.text.starts_with("/dev") && !removed(&path.text)
    })
}

/// The container starts its program in the WORKDIR, and not in a folder that it goes to first.
fn starts_in_workdir(subject: &Subject<'_, '_, '_>) -> bool {
    subject.calls.all.iter().all(|call| {
        let goes = |word: &str| {
            let name = word.split('=').next().unwrap_or(word);
            matches!(
                name,
                "--chdir" | "--workdir" | "--directory" | "--cwd" | "--prefix" | "--app-dir"
            )
        };
        !matches!(call.name(), Some("cd" | "pushd")) && !call.arguments().any(goes)
    })
}

/// A recipe reads this file, and knows what it means.
fn is_configuration(subject: &Subject<'_, '_, '_>, file: &str) -> bool {
    let configs = subject.recipes.iter().flat_map(|used| &used.configs);
    configs.into_iter().any(|(_, config)| match &config.origin {
        Origin::Context(path) => normal(path) == normal(file),
        _ => false,
    })
}

/// The call's first argument is the name of a new file, which lands in a working folder that is not the system's.
fn is_new_in_workdir(subject: &Subject<'_, '_, '_>, source: &str, code: &str) -> bool {
    if workdir(subject) == "/" {
        return false;
    }
    let Some((call, arguments)) = code.split_once('(') else {
        return false;
    };
    if !call.trim_end().ends_with("open") && !call.trim_end().ends_with("connect") {
        return false;
    }
    let target = join(workdir(subject), "x");
    let renamed = subject.verdict.survey.copies.iter().any(|copy| {
        // What lands in the working folder under another name, from another stage, by a pattern or a heredoc.
        let near = copy.dest == workdir(subject)
            || under(&copy.dest, workdir(subject))
            || under(&target, &copy.dest);
        let plain =
            copy.sources.len() == 1 && matches!(copy.sources[0].trim_end_matches('/'), "." | "");
        let single = copy.sources.iter().all(|source| {
            let name = source.rsplit('/').next().unwrap_or(source);
            copy.into_folder && !name.contains('*') || copy.dest.ends_with(&format!("/{name}"))
        });
        near && !(plain || single) || near && (copy.from.is_some() || !copy.heredocs.is_empty())
    });
    if renamed {
        return false;
    }
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
