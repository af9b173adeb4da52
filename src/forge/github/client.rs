//! Requests and their answers: headers, time limits, asking again, and what a dry run keeps back.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::Agent;
use ureq::http::header::LINK;
use ureq::http::{HeaderMap, Request};

use crate::secret::Token;

use super::agent::{agent, certificates};
use super::call::{Call, Method, Mode};
use super::error::{Error, Kind, message};
use super::limits::{limit, retry_after};
use super::retry::{Clock, Patience, SystemClock, Waits};
use super::{Endpoints, paging};

/// The longest answer that is read, in bytes; a page of a hundred pull requests has some two million.
const LONGEST_ANSWER: u64 = 32 * 1024 * 1024;
/// The most pages that are read of a list.
const MOST_PAGES: usize = 100;

/// One repository at GitHub, with the token that opens it.
pub struct Client {
    pub(super) endpoints: Endpoints,
    token: Token,
    agent: Agent,
    patience: Patience,
    clock: Box<dyn Clock>,
    mode: Mode,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waited: Duration,
    calls: Vec<Call>,
}

/// What may be done when no whole answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Doing it twice is doing it once.
    Freely,
    /// It makes something: whether it did is for the caller to find out.
    Never,
}

/// A success.
struct Answer {
    body: Value,
    next: Option<String>,
}

/// A try that came to nothing.
struct Failure {
    error: Error,
    /// It can be tried again.
    again: Option<Again>,
}

struct Again {
    limited: bool,
    wait: Option<Duration>,
    /// It is certain that nothing was done.
    undone: bool,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoints", &self.endpoints)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for the repository that `endpoints` names. A proxy is taken from the environment (`HTTPS_PROXY`,
    /// `ALL_PROXY`, `NO_PROXY`) unless the API is on this machine.
    pub fn new(endpoints: Endpoints, token: Token, mode: Mode) -> Self {
        let agent = agent(&endpoints, None);
        Self {
            endpoints,
            token,
            agent,
            patience: Patience::default(),
            clock: Box::new(SystemClock),
            mode,
            state: Mutex::default(),
        }
    }

    /// The same with other bounds of waiting and another clock.
    #[must_use]
    pub fn patience(mut self, patience: Patience, clock: Box<dyn Clock>) -> Self {
        self.patience = patience;
        self.clock = clock;
        self
    }

    /// The same, trusting the certificates in `pem` and no others: a GitHub Enterprise Server may have one that
    /// only its company knows (`SSL_CERT_FILE`).
    pub fn trusting(mut self, pem: &[u8]) -> Result<Self, Error> {
        let Some(roots) = certificates(pem) else {
            let line = "the file of certificates holds none: PEM is expected (SSL_CERT_FILE)";
            return Err(Error::new(Kind::Unreadable, line));
        };
        self.agent = agent(&self.endpoints, Some(roots));
        Ok(self)
    }

    /// Where it asks.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Whether it writes.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The calls so far, in order: those that were made, and those that a dry run kept back. What was asked again
    /// stands once.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// Waits as long as the first wait of a call takes.
    pub(crate) fn pause(&self) {
        let wait = self.patience.first;
        self.lock().waited += wait;
        self.clock.sleep(wait);
    }

    /// The address of a resource of the repository; `path` starts with a slash or is empty.
    pub(super) fn url(&self, path: &str) -> String {
        let Endpoints {
            api, owner, name, ..
        } = &self.endpoints;
        format!("{api}/repos/{owner}/{name}{path}")
    }

    /// Reads a resource.
    pub(super) fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, Error> {
        let answer = self.call(Method::Get, url, None, Repeat::Freely)?;
        read(answer.map_or(Value::Null, |answer| answer.body), url)
    }

    /// Reads a list with all its pages.
    pub(super) fn list<T: DeserializeOwned>(&self, url: &str) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        let mut next = Some(url.to_owned());
        for _ in 0..MOST_PAGES {
            let Some(page) = next.take() else { break };
            // The token goes to the API alone, whatever a header says.
            if !page.starts_with(&format!("{}/", self.endpoints.api)) {
                let line = format!(
                    "the next page of {url} is said to be at another place, which is not asked"
                );
                return Err(Error::new(Kind::Unreadable, line));
            }
            if let Some(answer) = self.call(Method::Get, &page, None, Repeat::Freely)? {
                all.extend(read::<Vec<T>>(answer.body, &page)?);
                next = answer.next;
            }
        }
        Ok(all)
    }

    /// Makes a call that writes; none from a dry run, in which it is only kept.
    pub(super) fn write(
        &self,
        method: Method,
        url: &str,
        body: Option<Value>,
        repeat: Repeat,
    ) -> Result<Option<Value>, Error> {
        let answer = self.call(method, url, body, repeat)?;
        Ok(answer.map(|answer| answer.body))
    }

    fn call(
        &self,
        method: Method,
        url: &str,
        body: Option<Value>,
        repeat: Repeat,
    ) -> Result<Option<Answer>, Error> {
        let call = Call {
            method,
            url: url.to_owned(),
            body,
        };
        self.lock().calls.push(call.clone());
        if self.mode == Mode::DryRun && method != Method::Get {
            return Ok(None);
        }
        let mut waits = Waits::new(self.patience);
        loop {
            let failure = match self.once(&call) {
                Ok(answer) => return Ok(Some(answer)),
                Err(failure) => failure,
            };
            let Some(again) = failure.again else {
                return Err(failure.error);
            };
            if repeat == Repeat::Never && !again.undone {
                return Err(failure.error);
            }
            let left = self.patience.longest.saturating_sub(self.lock().waited);
            let Some(wait) = waits.next(again.limited, again.wait, left) else {
                return Err(failure.error);
            };
            self.lock().waited += wait;
            self.clock.sleep(wait);
        }
    }

    fn once(&self, call: &Call) -> Result<Answer, Failure> {
        let text = call.body.as_ref().map(Value::to_string);
        let request = Request::builder()
            .method(call.method.as_str())
            .uri(&call.url)
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .header("authorization", format!("Bearer {}", self.token.secret()));
        let place = self.place(&call.url);
        let started = Instant::now();
        let result = match &text {
            Some(text) => request
                .header("content-type", "application/json")
                .body(text.as_str())
                .map_err(ureq::Error::from)
                .and_then(|request| self.agent.run(request)),
            None => request
                .body(())
                .map_err(ureq::Error::from)
                .and_then(|request| self.agent.run(request)),
        };
        let result = result.and_then(|mut response| {
            let status = response.status().as_u16();
            let headers = std::mem::take(response.headers_mut());
            let body = response.body_mut().with_config().limit(LONGEST_ANSWER);
            body.read_to_vec().map(|body| (status, headers, body))
        });
        match result {
            Ok((status, headers, body)) => self.answer(call, &place, status, &headers, &body),
            Err(error) => Err(self.no_answer(call, &place, &error, started.elapsed())),
        }
    }

    fn answer(
        &self,
        call: &Call,
        place: &str,
        status: u16,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Answer, Failure> {
        let json = serde_json::from_slice(body);
        if (200..300).contains(&status) {
            let body = match json {
                Ok(body) => body,
                Err(_) if body.is_empty() => Value::Null,
                Err(error) => {
                    let line = format!("{} {place}: the answer is no JSON: {error}", call.method);
                    return Err(Failure {
                        error: Error::new(Kind::Unreadable, line),
                        again: None,
                    });
                }
            };
            let link = headers.get(LINK).and_then(|link| link.to_str().ok());
            return Ok(Answer {
                body,
                next: link.and_then(paging::next).map(str::to_owned),
            });
        }
        let said = message(&json.unwrap_or_default());
        if let Some(limit) = limit(status, headers, &said, self.clock.now()) {
            let when = match limit.wait {
                Some(wait) => format!("for {} more seconds", wait.as_secs()),
                None => "for now".to_owned(),
            };
            let line = format!(
                "GitHub takes no more requests {when} ({status}: {}): run this again later, or less often",
                self.token.scrub(&said)
            );
            return Err(Failure {
                error: Error::new(Kind::RateLimited, line).status(status),
                again: Some(Again {
                    limited: true,
                    wait: limit.wait,
                    undone: true,
                }),
            });
        }
        let error = Error::of_status(status, &said, call.method, place, &self.token);
        let again = (error.kind == Kind::Server).then(|| Again {
            limited: false,
            wait: retry_after(headers),
            undone: false,
        });
        Err(Failure { error, again })
    }

    /// What became of a request to which no whole answer came.
    fn no_answer(&self, call: &Call, place: &str, error: &ureq::Error, after: Duration) -> Failure {
        use std::io::ErrorKind;
        let never_sent = match error {
            ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::ConnectProxyFailed(_)
            | ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => true,
            ureq::Error::Io(error) => error.kind() == ErrorKind::ConnectionRefused,
            _ => false,
        };
        let hopeless = matches!(
            error,
            ureq::Error::BadUri(_)
                | ureq::Error::Http(_)
                | ureq::Error::InvalidProxyUrl
                | ureq::Error::Tls(_)
                | ureq::Error::Rustls(_)
                | ureq::Error::BodyExceedsLimit(_)
        );
        let why = self.token.scrub(&error.to_string());
        let api = &self.endpoints.api;
        let (kind, line) = if never_sent || hopeless {
            let help = match error {
                ureq::Error::Rustls(_) | ureq::Error::Tls(_) => {
                    "; SSL_CERT_FILE names a company's own certificates"
                }
                _ => "; check the network, HTTPS_PROXY and GITHUB_API_URL",
            };
            (
                Kind::Unreachable,
                format!("cannot reach {api}: {why}{help}"),
            )
        } else {
            let seconds = after.as_secs();
            (
                Kind::Lost,
                format!(
                    "{} {place}: no whole answer came after {seconds} s ({why}); run this again",
                    call.method
                ),
            )
        };
        Failure {
            error: Error::new(kind, line),
            again: (!hopeless).then_some(Again {
                limited: false,
                wait: None,
                undone: never_sent,
            }),
        }
    }

    /// The error without the token, should a server have said it.
    pub(super) fn scrubbed(&self, error: Error) -> Error {
        error.scrub(&self.token)
    }

    /// A URL as messages show it.
    fn place(&self, url: &str) -> String {
        let path = url.strip_prefix(&self.endpoints.api).unwrap_or(url);
        path.split('?').next().unwrap_or(path).to_owned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answer as what it should be.
pub(super) fn read<T: DeserializeOwned>(body: Value, place: &str) -> Result<T, Error> {
    serde_json::from_value(body).map_err(|error| {
        let line = format!("the answer of {place} is not what GitHub sends: {error}");
        Error::new(Kind::Unreadable, line)
    })
}
