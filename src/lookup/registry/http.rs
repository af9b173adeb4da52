//! Requests to a registry and what stands around it: time limits, redirects that take no secret along.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use ureq::http::{HeaderMap, Request, Response};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Proxy};

use crate::address::{host_of, is_loopback};
use crate::lookup::error::{Kind, LookupError};
use crate::lookup::limits::size;

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(15);
/// Redirects followed for one request; registries need one.
const MOST_REDIRECTS: usize = 5;

/// What sends requests, until a moment.
pub(super) struct Http {
    near: Agent,
    far: Agent,
    deadline: Instant,
}

/// An answer, its body not yet read.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    body: Box<dyn Read>,
    /// Who answered, for people.
    host: String,
}

/// A body that is sent: a form.
pub(super) enum Send<'a> {
    Get,
    Form(&'a str),
}

impl Http {
    /// `roots` are the certificates to trust in the place of the public ones (PEM).
    pub(super) fn new(roots: Option<&[u8]>, time: Duration) -> Self {
        Self {
            near: agent(roots, false),
            far: agent(roots, true),
            deadline: Instant::now() + time,
        }
    }

    /// Time that is left.
    pub(super) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Makes one request. `authorization` goes to `url`'s own host; where that sends the request elsewhere, it is left
    /// behind.
    pub(super) fn call(
        &self,
        url: &str,
        accept: &str,
        authorization: Option<&str>,
        send: &Send<'_>,
    ) -> Result<Answer, LookupError> {
        let mut url = url.to_owned();
        let mut authorization = authorization;
        for _ in 0..=MOST_REDIRECTS {
            let answer = self.once(&url, accept, authorization, send)?;
            if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
                return Ok(answer);
            }
            let location = answer.header("location").unwrap_or_default();
            let next = target(&url, location).ok_or_else(|| {
                let line = format!(
                    "{} sends the request to a place that is not asked: it is neither https nor on this machine",
                    answer.host
                );
                LookupError::new(Kind::Server, line)
            })?;
            // A form holds a secret: it goes nowhere else.
            if matches!(send, Send::Form(_)) {
                let line = format!(
                    "{} sends a request for a token elsewhere, which is not followed",
                    answer.host
                );
                return Err(LookupError::new(Kind::Server, line));
            }
            if origin(&next) != origin(&url) {
                authorization = None;
            }
            url = next;
        }
        let line = format!("{} redirects without end", host_of(&url));
        Err(LookupError::new(Kind::Server, line))
    }

    fn once(
        &self,
        url: &str,
        accept: &str,
        authorization: Option<&str>,
        send: &Send<'_>,
    ) -> Result<Answer, LookupError> {
        let host = shown_host(url);
        let left = self.left();
        if left.is_zero() {
            return Err(too_slow(&host));
        }
        let agent = if is_loopback(host_of(url)) {
            &self.near
        } else {
            &self.far
        };
        let mut request = Request::builder().uri(url).header("accept", accept);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let result = match send {
            Send::Get => request
                .body(())
                .map_err(ureq::Error::from)
                .and_then(|request| run(agent, request, left)),
            Send::Form(form) => request
                .method("POST")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(*form)
                .map_err(ureq::Error::from)
                .and_then(|request| run(agent, request, left)),
        };
        match result {
            Ok(response) => {
                let (parts, body) = response.into_parts();
                Ok(Answer {
                    status: parts.status.as_u16(),
                    headers: parts.headers,
                    body: Box::new(body.into_reader()),
                    host,
                })
            }
            Err(error) => Err(no_answer(&host, &error)),
        }
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The whole body, which may have `most` bytes; `what` it is, for people.
    pub(super) fn bytes(self, most: u64, what: &str) -> Result<Vec<u8>, LookupError> {
        let mut bytes = Vec::new();
        let read = self.body.take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| broken(&self.host, what, &error))?;
        if bytes.len() as u64 > most {
            let line = format!(
                "{}: {what} has more than the {} that are read",
                self.host,
                size(most)
            );
            return Err(LookupError::new(Kind::TooLarge, line));
        }
        Ok(bytes)
    }

    /// The body as it comes.
    pub(super) fn into_body(self) -> Box<dyn Read> {
        self.body
    }
}

/// Why the body ended before its end.
pub(super) fn broken(host: &str, what: &str, error: &io::Error) -> LookupError {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<ureq::Error>());
    if matches!(inner, Some(ureq::Error::Timeout(_))) || error.kind() == io::ErrorKind::TimedOut {
        return too_slow(host);
    }
    let line = format!("{host}: {what} broke off ({error}): try again");
    LookupError::new(Kind::Untrue, line)
}

/// Sends a request that must be answered within `left`.
fn run<B: ureq::AsSendBody>(
    agent: &Agent,
    request: Request<B>,
    left: Duration,
) -> Result<Response<Body>, ureq::Error> {
    let request = agent.configure_request(request);
    agent.run(request.timeout_global(Some(left)).build())
}

fn too_slow(host: &str) -> LookupError {
    let line =
        format!("{host} took longer than it may: try again, or give it more with --lookup-timeout");
    LookupError::new(Kind::TimedOut, line)
}

fn no_answer(host: &str, error: &ureq::Error) -> LookupError {
    match error {
        ureq::Error::Timeout(_) => too_slow(host),
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => {
            let line = format!(
                "cannot reach {host}: {error}; SSL_CERT_FILE names a company's own certificates"
            );
            LookupError::new(Kind::Unreachable, line)
        }
        // What is behind `https` and speaks no TLS comes out as one of these.
        _ => {
            let line = format!("cannot reach {host}: {error}; check the network and HTTPS_PROXY");
            LookupError::new(Kind::Unreachable, line)
        }
    }
}

/// `host:port` of a URL, for people and for nothing else.
pub(super) fn shown_host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    host.to_owned()
}

/// Scheme, host and port.
fn origin(url: &str) -> (String, String) {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    (
        scheme.to_ascii_lowercase(),
        shown_host(url).to_ascii_lowercase(),
    )
}

/// Where a `Location` leads; none where nobody may be asked.
fn target(from: &str, location: &str) -> Option<String> {
    let next = if location.starts_with('/') && !location.starts_with("//") {
        let (scheme, host) = origin(from);
        format!("{scheme}://{host}{location}")
    } else {
        location.to_owned()
    };
    let lower = next.to_ascii_lowercase();
    let from_near = from.to_ascii_lowercase().starts_with("http://");
    // Who is far away sends nobody to this machine, and nobody from `https` to `http`.
    let near = is_loopback(host_of(&next));
    let allowed = if near {
        is_loopback(host_of(from))
            && (lower.starts_with("http://") || lower.starts_with("https://"))
    } else {
        lower.starts_with("https://") || (from_near && origin(&next) == origin(from))
    };
    (allowed && !next.contains(char::is_whitespace)).then_some(next)
}

fn agent(roots: Option<&[u8]>, far: bool) -> Agent {
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("unroot/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(CONNECT));
    config = config.proxy(if far { Proxy::try_from_env() } else { None });
    if let Some(roots) = roots {
        let mut found = Vec::new();
        for item in parse_pem(roots) {
            if let Ok(PemItem::Certificate(certificate)) = item {
                found.push(certificate);
            }
        }
        let roots = RootCerts::new_with_certs(&found);
        config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
    }
    config.build().new_agent()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_redirect_may_lead() {
        let far = "https://registry.example/v2/x";
        let near = "http://127.0.0.1:5000/v2/x";
        for (from, location, expected) in [
            (
                far,
                "https://store.example/b?sig=1",
                Some("https://store.example/b?sig=1"),
            ),
            (far, "/v2/y", Some("https://registry.example/v2/y")),
            (far, "http://store.example/b", None),
            (far, "http://127.0.0.1/admin", None),
            (far, "https://localhost/admin", None),
            (far, "file:///etc/passwd", None),
            (far, "", None),
            (
                near,
                "http://localhost:5001/b",
                Some("http://localhost:5001/b"),
            ),
            (near, "/v2/y", Some("http://127.0.0.1:5000/v2/y")),
            (near, "http://store.example/b", None),
        ] {
            assert_eq!(
                target(from, location).as_deref(),
                expected,
                "{from} {location}"
            );
        }
    }
}
