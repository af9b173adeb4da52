//! A GitHub for tests, on loopback: it remembers pull requests, comments, labels and branches, answers as GitHub does,
//! and fails on demand. Every request is checked against GitHub's own descriptions (`tests/github/openapi.json`,
//! `tests/github/schema.graphql`), and so are its own answers: what does not fit fails the test when the double ends.

// Each test crate uses another part of it.
#![allow(dead_code)]

mod description;
mod faults;
mod graphql;
mod http;
mod routes;
mod state;

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use description::Description;
pub(crate) use faults::Fault;
use http::{Request, Response};
pub(crate) use state::{Pull, State};

/// The token that it takes.
pub(crate) const TOKEN: &str = "ghs_5ecretT0kenOfTheDouble";
/// The repository that it has.
pub(crate) const OWNER: &str = "acme";
/// The repository that it has.
pub(crate) const NAME: &str = "shop";

/// A running double. It ends when it is dropped.
pub(crate) struct GitHub {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

struct Shared {
    /// Before all paths: a GitHub Enterprise Server has one.
    prefix: &'static str,
    description: Description,
    state: Mutex<State>,
    ended: AtomicBool,
}

impl GitHub {
    /// One like github.com, whose API has a host of its own.
    pub(crate) fn start() -> Self {
        Self::with_prefix("")
    }

    /// One like a GitHub Enterprise Server, whose API lies below `/api/v3`.
    pub(crate) fn enterprise() -> Self {
        Self::with_prefix("/api/v3")
    }

    fn with_prefix(prefix: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            prefix,
            description: Description::read(),
            state: Mutex::new(State::new(&format!("http://{address}"))),
            ended: AtomicBool::new(false),
        });
        let threads = Arc::clone(&shared);
        let listener = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if threads.ended.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(stream), shared) = (stream, Arc::clone(&threads)) else {
                    continue;
                };
                // A client that goes away is no failure.
                std::thread::spawn(move || shared.serve(stream).unwrap_or_default());
            }
        });
        Self {
            address,
            shared,
            listener: Some(listener),
        }
    }

    /// For `GITHUB_API_URL`.
    pub(crate) fn api_url(&self) -> String {
        format!("http://{}{}", self.address, self.shared.prefix)
    }

    /// For `GITHUB_GRAPHQL_URL`.
    pub(crate) fn graphql_url(&self) -> String {
        let path = if self.shared.prefix.is_empty() {
            "/graphql"
        } else {
            "/api/graphql"
        };
        format!("http://{}{path}", self.address)
    }

    /// For `GITHUB_SERVER_URL`.
    pub(crate) fn server_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it remembers.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().expect("no thread of it panics")
    }

    /// The next `times` requests that start with `call` (`POST /pulls`; paths are those below the repository) fail so.
    pub(crate) fn fail(&self, call: &str, times: usize, fault: Fault) {
        self.state().faults.add(call, times, fault);
    }

    /// What was asked since the last time this was asked: `POST /pulls`, with the query where there is one.
    pub(crate) fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state().calls)
    }

    /// The same without what only reads.
    pub(crate) fn take_writes(&self) -> Vec<String> {
        let mut calls = self.take_calls();
        calls.retain(|call| !call.starts_with("GET "));
        calls
    }
}

impl Drop for GitHub {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the listener up.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.listener.take() {
            let _ = thread.join();
        }
        if !std::thread::panicking() {
            let violations = std::mem::take(&mut self.state().violations);
            assert!(
                violations.is_empty(),
                "not what GitHub describes: {violations:#?}"
            );
        }
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        while let Some(request) = http::read(&mut stream)? {
            let mut state = self.state.lock().expect("no thread of it panics");
            state.follow();
            let (response, ending) = self.answer(&request, &mut state);
            drop(state);
            match ending {
                Ending::Whole => response.write(&mut stream)?,
                Ending::Cut => return response.write_half(&mut stream),
                Ending::Silent => return Ok(()),
            }
        }
        Ok(())
    }

    fn answer(&self, request: &Request, state: &mut State) -> (Response, Ending) {
        let is_graphql = request.path
            == if self.prefix.is_empty() {
                "/graphql"
            } else {
                "/api/graphql"
            };
        let below = request
            .path
            .strip_prefix(self.prefix)
            .unwrap_or(&request.path);
        let shown = if is_graphql {
            format!("{} /graphql", request.method)
        } else {
            let repository = format!("/repos/{OWNER}/{NAME}");
            let shown = below.strip_prefix(&repository).unwrap_or(below);
            let shown = if shown.is_empty() { "/" } else { shown };
            let query = request
                .query
                .as_ref()
                .map_or(String::new(), |query| format!("?{query}"));
            format!("{} {shown}{query}", request.method)
        };
        state.calls.push(shown.clone());
        for header in ["user-agent", "accept"] {
            if request.header(header).is_none() {
                state.violations.push(format!("{shown}: no {header}"));
            }
        }
        let fault = state.faults.take(&shown);
        if let Some(Fault::Silent) = fault {
            return (Response::error(500, "unseen"), Ending::Silent);
        }
        if let Some(Fault::Status(status, said, headers)) = &fault {
            return (
                Response::error(*status, said).headers(headers),
                Ending::Whole,
            );
        }
        if let Some(Fault::Answer(body)) = fault {
            return (Response::new(200, body), Ending::Whole);
        }
        if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return (Response::error(401, "Bad credentials"), Ending::Whole);
        }
        let response = if is_graphql {
            graphql::answer(request, state)
        } else {
            self.rest(request, below, &shown, state)
        };
        match fault {
            Some(Fault::DoneThenCut) => (response, Ending::Cut),
            Some(Fault::DoneThenStatus(status)) => {
                (Response::error(status, "<html>"), Ending::Whole)
            }
            _ => (response, Ending::Whole),
        }
    }

    fn rest(&self, request: &Request, below: &str, shown: &str, state: &mut State) -> Response {
        let operation = match self.description.check(request, below) {
            Ok(operation) => operation,
            Err(violation) => {
                state.violations.push(format!("{shown}: {violation}"));
                return Response::error(500, &violation);
            }
        };
        let response = routes::answer(request, &operation, &self.prefix_url(state), state);
        if let Err(violation) = operation.check_answer(response.status, &response.body) {
            state
                .violations
                .push(format!("{shown}: the double's answer: {violation}"));
        }
        response
    }

    fn prefix_url(&self, state: &State) -> String {
        format!("{}{}", state.server, self.prefix)
    }
}

enum Ending {
    Whole,
    /// The connection ends within the body.
    Cut,
    /// The connection ends with no answer.
    Silent,
}

/// An error's body as GitHub writes it.
fn error_body(said: &str) -> Value {
    json!({ "message": said, "documentation_url": "https://docs.github.com/rest" })
}
