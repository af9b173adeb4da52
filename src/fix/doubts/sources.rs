//! Plain signs, in the sources that are copied, of files that the program writes.

use std::sync::OnceLock;

use regex::bytes::Regex;

use crate::dockerfile::Keyword;
use crate::finding::Reason;
use crate::fix::Subject;
use crate::stages::{BaseRef, list};

/// A line of a source that writes where the user may not.
pub(super) fn writes(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let document = subject.stages.document;
    let mut left = MAX_BYTES;
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
                if !is_source(&file) {
                    continue;
                }
                let text = subject.context.read(&file)?;
                left = left.checked_sub(text.len())?;
                if let Some((line, code)) =
                    first_sign(&text, has_tmp, |path| in_context(subject, source, path))
                {
                    return Some(Reason::new(
                        "source-writes",
                        format!("{file}:{line} may write where only root may: `{code}`"),
                    ));
                }
            }
        }
    }
    None
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

/// The first line that writes, unless it writes to /tmp or to a new file in the working folder, which is
/// the user's. `known` tells whether a name is one of the copied files.
fn first_sign(text: &[u8], has_tmp: bool, known: impl Fn(&str) -> bool) -> Option<(usize, String)> {
    let signs = signs()?;
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
        let plain_name = literal(code).is_some_and(|name| {
            !is_mode(name) && !name.contains(['/', '$', '{', '%']) && !known(name)
        });
        if !harmless && !comment && !plain_name {
            return Some((number + 1, code.chars().take(100).collect()));
        }
    }
    None
}

/// The first quoted text of a line.
fn literal(code: &str) -> Option<&str> {
    let start = code.find(['"', '\''])?;
    let quote = code[start..].chars().next()?;
    code[start + 1..].split(quote).next()
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
        first_sign(code.as_bytes(), true, |name| name == "app.db").map(|(line, _)| line)
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
