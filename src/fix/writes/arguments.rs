//! Arguments of the programs that the container runs: data folders, logs, pid files and sockets.

use crate::fix::Subject;
use crate::fix::calls::{Call, Code, code};
use crate::fix::folders::under;
use crate::stages::join;

use super::{What, Write, Writes, is_free, shape, workdir};

pub(super) fn collect(subject: &Subject<'_, '_, '_>, writes: &mut Writes) {
    // Arguments that programs take from variables: GUNICORN_CMD_ARGS, JAVA_TOOL_OPTIONS, NODE_OPTIONS.
    for (name, value) in subject.verdict.survey.state.env.iter() {
        if ["_ARGS", "_OPTIONS", "_OPTS"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            let words: Vec<&str> = std::iter::once(name)
                .chain(value.split_ascii_whitespace())
                .collect();
            take(subject, &words, writes);
            let file = words.iter().skip(1).find_map(|word| {
                let path = word
                    .split([':', '=', ','])
                    .find(|part| part.starts_with('/'))?;
                let read = [".jar", ".conf", ".properties", ".js", ".pem", ".so"]
                    .iter()
                    .any(|end| path.ends_with(end));
                (!read && !is_free(path)).then_some(path)
            });
            if let Some(path) = file {
                writes.doubt(
                    "data-folder",
                    format!("{name} names {path}, and what is done there is not known"),
                );
            }
        }
    }
    for call in subject.calls.of_the_user() {
        // What a recipe covers is read by the recipe; steps of a script are read as acts.
        let covered = subject.recipe_of(call).is_some();
        if call.place.is_some() && !call.stays || covered {
            continue;
        }
        let program = call.words.first().map(|word| word.text.as_str());
        let words: Vec<&str> = program.into_iter().chain(call.arguments()).collect();
        take(subject, &words, writes);
        if call.is_own || code(call).is_some() {
            operands(subject, call, writes);
        }
    }
}

/// Paths that the application's own program gets without a flag: what it does there, nobody says.
fn operands(subject: &Subject<'_, '_, '_>, call: &Call, writes: &mut Writes) {
    let own = match code(call) {
        Some(Code::File(file)) => Some(file),
        _ => None,
    };
    let mut behind_flag = false;
    for word in call.arguments() {
        let flag = word.starts_with('-');
        let operand = !behind_flag && !flag && word.starts_with('/') && own != Some(word);
        behind_flag = flag && !word.contains('=');
        let system = ["/etc", "/usr", "/bin", "/lib", "/opt"];
        let read = system.iter().any(|folder| under(word, folder)) || is_read(word);
        if operand && !read && !is_free(word) && word != workdir(subject) && word.len() > 1 {
            writes.add(Write {
                path: join("/", word),
                what: shape(word),
                why: word.to_owned(),
                id: "data-folder",
                weak: false,
                certain: false,
            });
            writes.doubt(
                "data-folder",
                format!("the command names {word}, and what the program does there is not known"),
            );
        }
    }
}

/// Programs, settings and pages, by their ending.
fn is_read(path: &str) -> bool {
    const ENDINGS: [&str; 20] = [
        "py",
        "js",
        "mjs",
        "cjs",
        "rb",
        "php",
        "pl",
        "jar",
        "war",
        "dll",
        "sh",
        "conf",
        "cfg",
        "ini",
        "yml",
        "yaml",
        "toml",
        "xml",
        "properties",
        "html",
    ];
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.')
        .is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// Takes in what a program's words name.
fn take(subject: &Subject<'_, '_, '_>, words: &[&str], writes: &mut Writes) {
    for (path, what, word) in paths(words, workdir(subject)) {
        // `--directory /srv` names what is served, where a COPY fills it.
        let read = is_folder_flag(&word) && is_copied(subject, &path);
        if !read && !is_free(&path) && path != "/" && path != workdir(subject) {
            writes.add(Write {
                path,
                what,
                why: word,
                id: "data-folder",
                weak: false,
                certain: false,
            });
        }
    }
}

/// Flags that name what is written, by a part of their name.
const WRITTEN: [&str; 15] = [
    "data", "log", "cache", "dir", "store", "storage", "db", "pid", "out", "tmp", "work", "sock",
    "upload", "dump", "download",
];
/// The same for what is read, though it may be a folder.
const READ: [&str; 14] = [
    "conf", "static", "public", "template", "module", "plugin", "lib", "include", "html", "chdir",
    "login", "format", "level", "reload",
];

/// A flag that says no more than that a folder follows.
fn is_folder_flag(word: &str) -> bool {
    let name = word.split(['=', ' ']).next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let mut written = WRITTEN.iter().filter(|part| name.contains(**part));
    name.starts_with('-') && written.all(|part| *part == "dir")
}

fn is_copied(subject: &Subject<'_, '_, '_>, path: &str) -> bool {
    let mut copies = subject.verdict.survey.copies.iter();
    copies.any(|copy| {
        copy.dest == path || under(&copy.dest, path) || copy.dest != "/" && under(path, &copy.dest)
    })
}

/// The paths that a program's arguments name, each with what lies there and the word.
fn paths(words: &[&str], workdir: &str) -> Vec<(String, What, String)> {
    let mut found = Vec::new();
    let mut flag = String::new();
    for word in words.iter().skip(1).copied() {
        // `-Xlog:gc*:file=/logs/gc.log:time`, `-Xloggc:/logs/gc.log`
        if word.starts_with("-Xlog") {
            let file = word.split([':', '=']).find(|part| part.starts_with('/'));
            found.extend(file.map(|file| (join("/", file), What::File, word.to_owned())));
            continue;
        }
        let (name, value) = match word.split_once('=') {
            Some((name, value)) if name.starts_with('-') => (name.to_ascii_lowercase(), value),
            _ => (std::mem::take(&mut flag), word),
        };
        if word.starts_with('-') && !word.contains('=') {
            flag = word.to_ascii_lowercase();
            continue;
        }
        let reads = READ.iter().any(|part| name.contains(part));
        let writes = !reads && WRITTEN.iter().any(|part| name.contains(part));
        let shown = if name.is_empty() || word.starts_with('-') {
            word.to_owned()
        } else {
            format!("{name} {word}")
        };
        // socat's addresses: `UNIX-LISTEN:/run/x.sock,fork`
        let address = value.split_once(':').filter(|(kind, _)| {
            kind.eq_ignore_ascii_case("unix-listen") || kind.eq_ignore_ascii_case("unix-l")
        });
        if let Some((_, rest)) = address {
            let socket = rest.split(',').next().unwrap_or(rest);
            found.push((join(workdir, socket), What::Socket, shown));
        } else if let Some(socket) = value.strip_prefix("unix:") {
            let socket = socket.trim_start_matches("//");
            found.push((join(workdir, socket), What::Socket, shown));
        } else if value.starts_with('/') && writes {
            // Many write a new file beside the pid file, and rename it.
            let what = if name.contains("sock") || name.contains("pid") {
                What::Socket
            } else if name.contains("file") {
                What::File
            } else if name.contains("dir") {
                What::Folder
            } else {
                shape(value)
            };
            found.push((join("/", value), what, shown));
        } else if !reads && is_named_like_output(value) {
            found.push((join(workdir, value), shape(value), shown));
        }
    }
    found
}

/// `app.pid`, `/var/log/x/access.log`, `data/app.db`
fn is_named_like_output(word: &str) -> bool {
    let plain = !word.contains([' ', ':', '(', '{', '*', '$', '\n', ',']) && word.len() < 200;
    let name = word.rsplit('/').next().unwrap_or(word);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let by_ending = matches!(
        ending,
        Some("pid" | "sock" | "log" | "db" | "sqlite" | "sqlite3")
    );
    let folders = ["/var/log/", "/var/run/", "/run/"];
    let by_folder = folders.iter().any(|folder| word.starts_with(folder));
    plain && (by_ending || by_folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: &str) -> Vec<String> {
        let words: Vec<&str> = command.split(' ').collect();
        let found = paths(&words, "/app").into_iter();
        found
            .map(|(path, what, _)| format!("{what:?} {path}"))
            .collect()
    }

    #[test]
    fn arguments_that_name_what_is_written() {
        assert_eq!(of("x --datadir=/data"), ["Folder /data"]);
        assert_eq!(of("x --data-dir /data -p 80"), ["Folder /data"]);
        assert_eq!(of("x --pid-file /run/x.pid"), ["Socket /run/x.pid"]);
        assert_eq!(
            of("gunicorn --bind unix:/run/g.sock a:b"),
            ["Socket /run/g.sock"]
        );
        assert_eq!(of("gunicorn -b unix:g.sock a:b"), ["Socket /app/g.sock"]);
        assert_eq!(
            of("x --access-logfile logs/a.log"),
            ["File /app/logs/a.log"]
        );
        assert_eq!(of("x -o /var/log/x/y"), ["Folder /var/log/x/y"]);
        assert_eq!(of("java -Dlog.dir=/logs -jar a.jar"), ["Folder /logs"]);
        assert_eq!(of("java -Xlog:gc:/gc/a.txt -jar a.jar"), ["File /gc/a.txt"]);
        assert_eq!(
            of("java -XX:HeapDumpPath=/dumps -jar a.jar"),
            ["Folder /dumps"]
        );
    }

    #[test]
    fn arguments_that_are_read() {
        for command in [
            "x --config-dir=/etc/x",
            "x --static-dir /srv/static",
            "python /app/server.py",
            "x --log-level info",
            "gunicorn --bind 0.0.0.0:8000 app:log",
            "x --log-config /etc/log.yml",
            "gunicorn --access-logfile - a:b",
        ] {
            assert_eq!(of(command), [""; 0], "{command}");
        }
    }
}
