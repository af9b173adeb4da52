//! Plain signs, in the sources that are copied, of files that the program writes. A sign is no proof: what follows from
//! it is never Safe.

use std::sync::OnceLock;

use regex::bytes::Regex;

use crate::dockerfile::Keyword;
use crate::fix::Subject;
use crate::stages::{BaseRef, join, list};

use super::{What, shape, workdir};

/// A line of a source that writes where the user may not.
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
}

/// The lines of the sources that COPY brings (of any stage: a program may be built from them) that write files,
/// unless to /tmp or to a new file in the working folder, which is the user's.
pub(super) fn collect(subject: &Subject<'_, '_, '_>) -> Vec<Sign> {
    let document = subject.stages.document;
    let mut left = MAX_BYTES;
    let mut found = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let has_tmp = *subject.stages.root_base(subject.verdict.survey.target) != BaseRef::Scratch;
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
                if !is_source(&file) || seen.contains(&file) {
                    continue;
                }
                let Some(text) = subject.context.read(&file) else {
                    continue;
                };
                match left.checked_sub(text.len()) {
                    Some(rest) => left = rest,
                    None => return found,
                }
                let known = |path: &str| in_context(subject, source, path);
                for (line, code) in signs_in(&text, has_tmp, known) {
                    found.push(Sign {
                        write: written(&code, workdir(subject)),
                        file: file.clone(),
                        line,
                        code: code.chars().take(100).collect(),
                    });
                    if found.len() >= MAX_SIGNS {
                        return found;
                    }
                }
                seen.push(file);
            }
        }
    }
    found
}

/// How many lines are kept.
const MAX_SIGNS: usize = 32;

/// The path that a line names, with what is done there: the first quoted text that looks like one.
fn written(code: &str, workdir: &str) -> Option<(String, What)> {
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

/// How much source is read for one Dockerfile, in bytes.
const MAX_BYTES: usize = 4 << 20;

fn is_source(file: &str) -> bool {
    const ENDINGS: [&str; 24] = [
        "py", "js", "mjs", "cjs", "ts", "jsx", "tsx", "rb", "php", "go", "rs", "java", "kt",
        "scala", "cs", "fs", "pl", "lua", "ex", "exs", "groovy", "clj", "vue", "svelte",
    ];
    file.rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// The lines that write, unless to /tmp or to a new file in the working folder, which is the user's. `known` tells
/// whether a name is one of the copied files.
fn signs_in(text: &[u8], has_tmp: bool, known: impl Fn(&str) -> bool) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let Some(signs) = signs() else { return found };
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if !signs.is_match(line) {
            continue;
        }
        let line = String::from_utf8_lossy(line);
        let code = line.trim();
        let temporary = ["/tmp", "tempfile", "tmpdir", "TemporaryFile"];
        let harmless = ["/dev/std", "/dev/null"]
            .iter()
            .any(|word| code.contains(word))
            || (has_tmp && temporary.iter().any(|word| code.contains(word)));
        let comment = code.starts_with("//") || code.starts_with('#') || code.starts_with('*');
        let is_mode = |name: &str| name.bytes().all(|byte| b"rwaxbt+".contains(&byte));
        let plain_name = quoted(code).next().is_some_and(|name| {
            !is_mode(name) && !name.contains(['/', '$', '{', '%']) && !known(name)
        });
        if !harmless && !comment && !plain_name {
            found.push((number + 1, code.to_owned()));
        }
    }
    found
}

fn in_context(subject: &Subject<'_, '_, '_>, source: &str, name: &str) -> bool {
    let folder = source.trim_end_matches('/');
    subject.context.exists(&format!("{folder}/{name}")) || subject.context.exists(name)
}

/// One expression for all languages: a false match only makes a fix Unsafe.
fn signs() -> Option<&'static Regex> {
    static SIGNS: OnceLock<Option<Regex>> = OnceLock::new();
    SIGNS
        .get_or_init(|| {
            let parts = [
                // Python
                r#"\bopen *\([^\n]*, *(mode *= *)?["'][rbt]*[wax+]"#,
                r"\.(write_text|write_bytes|makedirs|mkdir|touch|to_csv|to_parquet|savefig) *\(",
                r"\bos\.(remove|rename|unlink|replace|symlink|chmod) *\(",
                r"\bshutil\.(copy|move|rmtree)",
                r"sqlite3\.connect|sqlite:///|FileHandler *\(|shelve\.open|\.extractall *\(",
                // JavaScript and TypeScript
                r"\b(writeFile|appendFile|createWriteStream|mkdir|unlink|copyFile|ensureDir|outputFile)(Sync)? *\(",
                r"\b(renameSync|rmSync|truncateSync|openSync) *\(|\bmulter *\(|better-sqlite3|['\x22]sqlite3['\x22]",
                // Go
                r"\bos\.(Create|WriteFile|OpenFile|Mkdir|MkdirAll|Rename|Remove|RemoveAll|Chmod|Symlink) *\(|ioutil\.WriteFile",
                // Rust
                r"File::create|fs::(write|create_dir|create_dir_all|rename|remove_file|copy)|OpenOptions::new",
                // Java, Kotlin, Scala
                r"FileOutputStream|FileWriter|Files\.(write|create|copy|move|new\w*Writer|newOutputStream)|RandomAccessFile|jdbc:(h2|sqlite):",
                // Ruby
                r"File\.(write|delete|rename)|FileUtils\.|IO\.write|File\.(open|new) *\([^\n]*['\x22][wa]",
                // PHP
                r"\bfopen *\([^\n]*['\x22][waxc]|file_put_contents|move_uploaded_file|\bmkdir *\(",
                // Perl
                r"\bopen *\(? *(my *)?[$*\w]+, *['\x22] *\+?>",
                // C# and F#
                r"File\.(Write|Append|Create|Open|Move|Copy|Delete)|Directory\.CreateDirectory|StreamWriter *\(",
            ];
            Regex::new(&format!("(?-u:{})", parts.join("|"))).ok()
        })
        .as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(code: &str) -> Option<usize> {
        let found = signs_in(code.as_bytes(), true, |name| name == "app.db");
        found.first().map(|(line, _)| *line)
    }

    #[test]
    fn the_expression_is_sound() {
        assert!(signs().is_some());
    }

    #[test]
    fn lines_that_write() {
        for code in [
            "with open(path, 'w') as f:",
            "f = open('data/out.txt', mode=\"a\")",
            "fs.writeFileSync(target, data)",
            "await mkdir(folder, { recursive: true })",
            "os.MkdirAll(dir, 0o755)",
            "let f = File::create(path)?;",
            "new FileOutputStream(file)",
            "File.open(path, 'w') do |f|",
            "sqlite3.connect('app.db')",
            "engine = create_engine('sqlite:////data/app.db')",
        ] {
            assert_eq!(sign(code), Some(1), "{code}");
        }
    }

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
        ] {
            assert_eq!(
                written(code, "/app"),
                Some((path.to_owned(), what)),
                "{code}"
            );
        }
        for code in [
            "open(path, 'w')",
            "os.Create(name)",
            "open(f'{folder}/x', 'w')",
        ] {
            assert_eq!(written(code, "/app"), None, "{code}");
        }
    }

    #[test]
    fn lines_that_do_no_harm() {
        for code in [
            "open('config.json')",
            "with open('out.txt', 'w') as f:",
            "open('/tmp/x', 'w')",
            "# open(path, 'w')",
            "process.stdout.write('x')",
            "fs.readFileSync(path)",
        ] {
            assert_eq!(sign(code), None, "{code}");
        }
    }
}
