//! A git server over HTTP on this machine: `git http-backend` as CGI, behind a token.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

/// Serves bare repositories of a folder until the test's process ends.
pub(crate) struct GitServer {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone)]
struct Setup {
    root: PathBuf,
    backend: PathBuf,
    /// May read and write.
    writer: String,
    /// May only read.
    reader: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl GitServer {
    /// None, and loudly so, where there is no `git http-backend`.
    pub(crate) fn start(root: &Path, writer: &str, reader: &str) -> Option<Self> {
        let found = Command::new("git").arg("--exec-path").output().ok()?;
        let backend =
            PathBuf::from(String::from_utf8_lossy(&found.stdout).trim()).join("git-http-backend");
        if !backend.exists() {
            // Not by `eprintln`, which the harness keeps to itself.
            let _ = std::io::stderr().write_all(
                b"\nSKIPPED: there is no git http-backend here, no push over HTTP was tried\n",
            );
            return None;
        }
        let basic = |token: &str| format!("Basic {}", base64(&format!("x-access-token:{token}")));
        let setup = Setup {
            root: root.to_owned(),
            backend,
            writer: basic(writer),
            reader: basic(reader),
            seen: Arc::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::clone(&setup.seen);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let setup = setup.clone();
                thread::spawn(move || setup.serve(stream));
            }
        });
        Some(Self { port, seen })
    }

    pub(crate) fn url(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/{name}", self.port)
    }

    /// Request lines so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("whole").clone()
    }
}

impl Setup {
    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().expect("cloned"));
        let mut line = String::new();
        if reader.read_line(&mut line).is_err() {
            return;
        }
        let line = line.trim().to_owned();
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header).unwrap_or(0) == 0 || header.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = header.trim().split_once(':') {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        self.seen.lock().expect("whole").push(line.clone());
        let header = |name: &str| {
            let found = headers.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str())
        };
        let mut stream = stream;
        if header("expect").is_some() {
            let _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
        }
        let body = body(&mut reader, &header);
        let sent = header("authorization");
        let writes = line.contains("receive-pack");
        let answer = if sent == Some(&self.writer) || (sent == Some(&self.reader) && !writes) {
            self.run(&line, &header, &body)
        } else if sent == Some(&self.reader) {
            b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec()
        } else {
            b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"\r\nContent-Length: 0\r\n\
              Connection: close\r\n\r\n"
                .to_vec()
        };
        let _ = stream.write_all(&answer);
    }

    fn run<'h>(
        &self,
        line: &str,
        header: &dyn Fn(&str) -> Option<&'h str>,
        body: &[u8],
    ) -> Vec<u8> {
        let mut words = line.split(' ');
        let (method, target) = (words.next().unwrap_or("GET"), words.next().unwrap_or("/"));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut child = Command::new(&self.backend)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", "http.receivepack")
            .env("GIT_CONFIG_VALUE_0", "true")
            .env("GIT_PROJECT_ROOT", &self.root)
            .env("GIT_HTTP_EXPORT_ALL", "1")
            .env("PATH_INFO", path)
            .env("QUERY_STRING", query)
            .env("REQUEST_METHOD", method)
            .env("REMOTE_USER", "tester")
            .env("REMOTE_ADDR", "127.0.0.1")
            .env("CONTENT_TYPE", header("content-type").unwrap_or_default())
            .env("CONTENT_LENGTH", body.len().to_string())
            .env(
                "HTTP_CONTENT_ENCODING",
                header("content-encoding").unwrap_or_default(),
            )
            .env(
                "HTTP_GIT_PROTOCOL",
                header("git-protocol").unwrap_or_default(),
            )
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the backend starts");
        let mut stdin = child.stdin.take().expect("piped");
        let input = body.to_vec();
        let writer = thread::spawn(move || {
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().expect("it ends");
        writer.join().expect("written");
        answer(&output.stdout)
    }
}

/// From a CGI answer to an HTTP one.
fn answer(cgi: &[u8]) -> Vec<u8> {
    let at = cgi.windows(4).position(|window| window == b"\r\n\r\n");
    let (head, body) = at.map_or((cgi, &cgi[..0]), |at| (&cgi[..at], &cgi[at + 4..]));
    let head = String::from_utf8_lossy(head);
    let mut status = "200 OK".to_owned();
    let mut lines = String::new();
    for line in head.lines() {
        match line.strip_prefix("Status: ") {
            Some(text) => text.clone_into(&mut status),
            None => lines.push_str(&format!("{line}\r\n")),
        }
    }
    let length = body.len();
    let mut out = format!(
        "HTTP/1.1 {status}\r\n{lines}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    )
    .into_bytes();
    out.extend_from_slice(body);
    out
}

fn body<'h>(reader: &mut impl BufRead, header: &dyn Fn(&str) -> Option<&'h str>) -> Vec<u8> {
    let mut body = Vec::new();
    if let Some(length) = header("content-length").and_then(|length| length.parse().ok()) {
        let _ = reader.take(length).read_to_end(&mut body);
    } else if header("transfer-encoding") == Some("chunked") {
        loop {
            let mut line = String::new();
            let _ = reader.read_line(&mut line);
            let length = u64::from_str_radix(line.trim(), 16).unwrap_or(0);
            let _ = reader.take(length).read_to_end(&mut body);
            let _ = reader.read_line(&mut String::new());
            if length == 0 {
                break;
            }
        }
    }
    body
}

pub(crate) fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for at in 0..4 {
            if at <= chunk.len() {
                let digit = (bits >> (18 - 6 * at)) & 63;
                out.push(char::from(DIGITS[digit as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}
