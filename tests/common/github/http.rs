//! As much of HTTP/1.1 as a client of ours speaks.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::error_body;

pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The pairs of the query, decoded.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let pairs = self.query.iter().flat_map(|query| query.split('&'));
        pairs
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decoded(name), decoded(value))
            })
            .collect()
    }

    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let mut pairs = self.pairs().into_iter();
        pairs
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }
}

pub(crate) fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// The next request of a connection; none when it has ended.
pub(crate) fn read(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
        None => (target, None),
    };
    let mut request = Request {
        method,
        path,
        query,
        headers,
        body: Vec::new(),
    };
    if let Some(length) = request
        .header("content-length")
        .and_then(|length| length.parse().ok())
    {
        request.body = vec![0; length];
        reader.read_exact(&mut request.body)?;
    } else if request.header("transfer-encoding").is_some() {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size)?;
            let size = usize::from_str_radix(size.trim(), 16).unwrap_or_default();
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk)?;
            request.body.extend(&chunk[..size]);
            if size == 0 {
                break;
            }
        }
    }
    Ok(Some(request))
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Value,
    headers: Vec<(String, String)>,
}

impl Response {
    pub(crate) fn new(status: u16, body: Value) -> Self {
        Self {
            status,
            body,
            headers: Vec::new(),
        }
    }

    pub(crate) fn error(status: u16, said: &str) -> Self {
        Self::new(status, error_body(said))
    }

    pub(crate) fn headers(mut self, headers: &[(&str, String)]) -> Self {
        let headers = headers.iter();
        self.headers
            .extend(headers.map(|(name, value)| ((*name).to_owned(), value.clone())));
        self
    }

    pub(crate) fn write(&self, stream: &mut TcpStream) -> io::Result<()> {
        stream.write_all(&self.bytes())
    }

    pub(crate) fn write_half(&self, stream: &mut TcpStream) -> io::Result<()> {
        let bytes = self.bytes();
        let body = self.text().len();
        stream.write_all(&bytes[..bytes.len() - body.div_ceil(2)])
    }

    fn text(&self) -> String {
        match (&self.body, self.status) {
            (Value::Null, 204) => String::new(),
            (body, _) => body.to_string(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let body = self.text();
        let mut head = format!(
            "HTTP/1.1 {} Status\r\ncontent-type: application/json; charset=utf-8\r\n",
            self.status
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.status != 204 {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        format!("{head}\r\n{body}").into_bytes()
    }
}
