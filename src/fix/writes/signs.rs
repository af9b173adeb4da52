//! Plain signs in source code: calls that write files or make sockets, and calls that only root may make. One expression
//! for all languages of a kind, since a false match only makes a fix Unsafe.

use super::expressions::Signs;
use super::patterns::{EMBEDDED, IN_PLACE, ROOT, WRITES};

pub(super) mod words {
    include!(concat!(env!("OUT_DIR"), "/signs.rs"));
}

/// A place in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// 1-based.
    pub(super) line: usize,
    /// From the call to the end of its line, or of its arguments where those go on.
    pub(super) code: String,
}

/// The calls that write, but for those into /tmp and the like.
pub(super) fn writing(text: &[u8], has_tmp: bool) -> Vec<Found> {
    static SIGNS: Signs = Signs::of(&WRITES, &words::WRITES);
    one_a_line(
        all(&SIGNS, text)
            .into_iter()
            .filter(|sign| !harmless(&sign.code, has_tmp)),
    )
}

/// The first thing that a call names is temporary, or no file.
fn harmless(code: &str, has_tmp: bool) -> bool {
    // Go's answers to requests are no files.
    if code.starts_with("ResponseWriter") {
        return true;
    }
    // Pandas names columns by it.
    if code.contains(".rename(columns") || code.contains(".rename(index") {
        return true;
    }
    let starts = code
        .find(['(', '=', ':'])
        .map_or(code, |at| &code[at + 1..]);
    let starts = starts.trim_start_matches([' ', '(', '\'', '"', '`', 'f', 'r', 'b']);
    let stream = [
        "process.stdout",
        "process.stderr",
        "sys.stdout",
        "sys.stderr",
    ];
    if starts.starts_with("/dev/std")
        || starts.starts_with("/dev/null")
        || stream.iter().any(|word| code.starts_with(word))
    {
        return true;
    }
    // A second place may be another one: `rename('/tmp/a', 'b')`.
    let second = [
        "rename", "copy", "move", "replace", "symlink", "link", "cp", "mv", "system", "exec",
        "spawn",
    ];
    let call = code.split('(').next().unwrap_or(code).to_ascii_lowercase();
    if !has_tmp || second.iter().any(|word| call.contains(word)) {
        return false;
    }
    let temporary = [
        "/tmp/",
        "/tmp'",
        "/tmp\"",
        "/var/tmp/",
        "tempfile.",
        "os.tmpdir()",
        "tmpdir()",
    ];
    temporary.iter().any(|word| starts.starts_with(word))
        || call.contains("tempfile") && !code.contains("dir=")
}

/// What a manifest names that keeps its data in files, or takes files from the network.
pub(super) fn embedded(text: &[u8]) -> Vec<Found> {
    static SIGNS: Signs = Signs::of(&EMBEDDED, &words::EMBEDDED);
    one_a_line(all(&SIGNS, text))
}

/// The calls that only root may make, or that ask whether root runs them.
pub(super) fn root(text: &[u8]) -> Vec<Found> {
    static SIGNS: Signs = Signs::of(&ROOT, &words::ROOT);
    one_a_line(all(&SIGNS, text))
}

/// What keeps files in the folder in which it is started.
pub(super) fn in_place(text: &[u8]) -> Vec<Found> {
    static SIGNS: Signs = Signs::of(&IN_PLACE, &words::IN_PLACE);
    one_a_line(all(&SIGNS, text))
}

fn one_a_line(signs: impl IntoIterator<Item = Found>) -> Vec<Found> {
    let mut kept: Vec<Found> = Vec::new();
    for sign in signs {
        if kept.last().is_none_or(|last| last.line != sign.line) {
            kept.push(sign);
        }
    }
    kept
}

fn all(signs: &Signs, text: &[u8]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let Some(signs) = signs.regex(text) else {
        return found;
    };
    let (mut line, mut counted) = (1, 0);
    for sign in signs.find_iter(text) {
        let newlines = memchr::memchr_iter(b'\n', &text[counted..sign.start()]).count();
        (line, counted) = (line + newlines, sign.start());
        let start = memchr::memrchr(b'\n', &text[..sign.start()]).map_or(0, |at| at + 1);
        let before = String::from_utf8_lossy(&text[start..sign.start()]);
        let before = before.trim_start();
        // `#save()` and `*rows` are no comments: those have a blank behind the mark.
        let comment = ["// ", "# ", "* ", "-- ", "% ", "/*"]
            .iter()
            .any(|mark| before.starts_with(mark));
        // `/* eslint-disable */ fs.writeFileSync(...)`
        if comment && !before.contains("*/") {
            continue;
        }
        let end =
            memchr::memchr(b'\n', &text[sign.end()..]).map_or(text.len(), |at| sign.end() + at);
        let code = String::from_utf8_lossy(&text[sign.start()..end]);
        found.push(Found {
            line,
            code: code.split_whitespace().collect::<Vec<_>>().join(" "),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_write() {
        for code in [
            "with open(path, 'w') as f:",
            "f = open('data/out.txt', mode=\"a\")",
            "path.open('a')",
            "open(os.path.join(a, b), 'wb')",
            "fs.writeFileSync(target, data)",
            "await mkdir(folder, { recursive: true })",
            "os.MkdirAll(dir, 0o755)",
            "let f = File::create(path)?;",
            "new FileOutputStream(file)",
            "File.open(path, 'w') do |f|",
            "engine = create_engine('sqlite:////data/app.db')",
            "int fd = open(path, O_WRONLY | O_CREAT, 0644);",
            "server = socket.socket(socket.AF_UNIX)",
            "net.Listen(\"unix\", path)",
            "server.listen('/run/app.sock')",
            "logging.basicConfig(filename=name)",
            "Image.new('RGB', size).save('/app/static/t.png')",
            "c.SaveUploadedFile(file, \"uploads/\" + file.Filename)",
            "await aiosqlite.connect(\"/srv/app.db\")",
            "os.system('date > /var/spool/app/last')",
            "const { execFile } = require('child_process');",
            "appenders: { file: { filename: '/var/log/shop.log' } }",
            "with zipfile.ZipFile(target, 'w') as archive:",
            "os.chdir(folder)",
            "open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'x'), 'w')",
            "tarfile.open('all.tar.gz', 'w:gz')",
            "/* eslint-disable */ fs.appendFileSync(path, 'x')",
            "from shutil import move",
            "import { readdir, rename } from 'node:fs/promises';",
            "open($self->{log}, '>>', $path) or die;",
            "IO::File->new($path, 'a')",
            "LOG = Logger.new(File.join(HERE, 'app.out'))",
            "error_log($line, 3, $file);",
            "$image->move(public_path('avatars'), $name);",
            "f, err := os.CreateTemp(dir, \"x\")",
            "Cache: autocert.DirCache(\"certs\")",
            "tracing_appender::rolling::daily(folder, \"x\")",
            "freopen(path, \"a\", stdout);",
            "std::fstream out(path, std::ios::out);",
            "open(unit=10, file='result.txt')",
            "frame.write_csv(target)",
            "process = await asyncio.create_subprocess_exec(*words)",
            "(spit target text)",
            "await page.screenshot({ path: target });",
            "with socketserver.ThreadingUnixStreamServer(place, Handler) as server:",
            "app.use(require('stylus').middleware(folder));",
            "client = chromadb.PersistentClient(path=place)",
            "'class': 'logging.FileHandler',",
            "store = Store(data_dir='/kv')",
        ] {
            assert_eq!(writing(code.as_bytes(), true).len(), 1, "{code}");
        }
        let lines = b"x = 1\nwith open(\n    path,\n    'w',\n) as f:\n  pass\nos.rename(a, b)\n";
        let found: Vec<usize> = writing(lines, true).iter().map(|sign| sign.line).collect();
        assert_eq!(found, [2, 7]);
    }

    #[test]
    fn lines_that_do_no_harm() {
        for code in [
            "open('config.json')",
            "open('/tmp/x', 'w')",
            "# open(path, 'w')",
            "process.stdout.write('x')",
            "fs.readFileSync(path)",
            "open(path, 'rb')",
            "window.open('/page')",
            "print(os.getpid())",
            "user.save()",
            "app.get('/data/items', list)",
            "model.save({ validateBeforeSave: false })",
            "func index(w http.ResponseWriter, r *http.Request) {",
            "os.CreateTemp(\"\", \"x\")",
            "handler = logging.StreamHandler(sys.stdout)",
            "Logger.new($stdout)",
            "Logger.new(STDOUT)",
            "conf = Conf(data_dir='/etc/shop')",
            "import { readFile } from 'node:fs/promises';",
            "from os import environ",
            "html = frame.to_html()",
        ] {
            assert!(writing(code.as_bytes(), true).is_empty(), "{code}");
        }
        assert_eq!(writing(b"open('/tmp/x', 'w')", false).len(), 1);
    }

    #[test]
    fn lines_that_take_root() {
        for code in [
            "if os.geteuid() != 0:",
            "if (getuid()) return 1;",
            "isRoot := os.Getuid() == 0",
            "if (process.getuid && process.getuid() === 0)",
            "os.chown(path, 0, 0)",
            "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
            "subprocess.run(['iptables', '-L'])",
            "os.system('mount /dev/x /y')",
            "syscall.Setuid(1)",
            "open('/etc/shadow')",
            "port = serial.Serial(name)",
            "open('/dev/ttyUSB0', 'rb')",
            "client = docker.from_env()",
            "pinger.SetPrivileged(true)",
            "from bleak import BleakClient",
        ] {
            assert_eq!(root(code.as_bytes()).len(), 1, "{code}");
        }
        for code in [
            "app.mount('/static', files)",
            "user.uid()",
            "name = pwd.getpwuid(os.getuid()).pw_name",
            "import amount",
            "crontab = 1",
        ] {
            assert!(root(code.as_bytes()).is_empty(), "{code}");
        }
    }
}
