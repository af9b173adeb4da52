//! A registry on this machine that says what a test wants it to say, and remembers what it was asked.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// With the query.
    pub(crate) target: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: String,
}

/// What is said to a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) pace: Pace,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Pace {
    #[default]
    AtOnce,
    /// Nothing comes.
    Never,
    /// A byte now and then, of a body that never ends.
    Drips,
    /// The body is as long as it says, and only half of it comes.
    Half,
    /// The body goes on behind what was wanted, as fast as it can.
    Endless,
}

impl Reply {
    pub(crate) fn of(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), kind.into())],
            body: body.into(),
            pace: Pace::AtOnce,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }
}

/// Who may read.
#[derive(Debug, Clone, Default)]
pub(crate) enum Guard {
    #[default]
    Anybody,
    /// Whose `Authorization` this is; the challenge for all others.
    Only(String, String),
}

#[derive(Default)]
struct State {
    routes: HashMap<String, Reply>,
    guard: Guard,
    seen: Vec<Seen>,
}

#[derive(Clone)]
pub(crate) struct Double {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Double {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let double = Self {
            port,
            state: Arc::default(),
        };
        let state = Arc::clone(&double.state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&state);
                thread::spawn(move || serve(stream, &state));
            }
        });
        double
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The same machine under another name.
    pub(crate) fn other_name(&self) -> String {
        format!("localhost:{}", self.port)
    }

    pub(crate) fn route(&self, target: &str, reply: Reply) {
        self.state
            .lock()
            .expect("no panic")
            .routes
            .insert(target.to_owned(), reply);
    }

    pub(crate) fn guard(&self, guard: Guard) {
        self.state.lock().expect("no panic").guard = guard;
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state.lock().expect("no panic").seen.clone()
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    let Some(seen) = read(&stream) else { return };
    let path = seen.target.split('?').next().unwrap_or_default().to_owned();
    let reply = {
        let mut state = state.lock().expect("no panic");
        state.seen.push(seen.clone());
        let open = match &state.guard {
            Guard::Only(header, _) => {
                !path.starts_with("/v2/") || seen.authorization.as_ref() == Some(header)
            }
            Guard::Anybody => true,
        };
        match &state.guard {
            Guard::Only(_, challenge) if !open => {
                let body =
                    r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"#;
                Reply::of(401, "application/json", body)
                    .header("www-authenticate", challenge.as_str())
            }
            _ => state.routes.get(&path).cloned().unwrap_or_else(|| {
                let body =
                    r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#;
                Reply::of(404, "application/json", body)
            }),
        }
    };
    // The client may have gone: that is its right.
    let _ = answer(&mut stream, &reply);
}

fn answer(stream: &mut TcpStream, reply: &Reply) -> std::io::Result<()> {
    if reply.pace == Pace::Never {
        thread::sleep(Duration::from_secs(20));
        return Ok(());
    }
    let length = match reply.pace {
        Pace::Drips | Pace::Endless => 1 << 40,
        _ => reply.body.len(),
    };
    let mut head = format!(
        "HTTP/1.1 {} x\r\nconnection: close\r\ncontent-length: {length}\r\n",
        reply.status
    );
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    match reply.pace {
        Pace::Half => stream.write_all(&reply.body[..reply.body.len() / 2]),
        Pace::Drips => loop {
            stream.write_all(b" ")?;
            stream.flush()?;
            thread::sleep(Duration::from_millis(50));
        },
        Pace::Endless => {
            stream.write_all(&reply.body)?;
            loop {
                stream.write_all(&[0; 4096])?;
            }
        }
        _ => stream.write_all(&reply.body),
    }
}

fn read(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let (mut authorization, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => authorization = Some(value.trim().to_owned()),
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    std::io::Read::read_exact(&mut reader, &mut body).ok()?;
    Some(Seen {
        method,
        target,
        authorization,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
