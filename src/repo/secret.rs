//! Tokens, the addresses that they belong to, and texts that have neither in them.

use base64::Engine as _;

use crate::address::{host_of, is_loopback};
use crate::secret::Token;

/// The environment variable that a token is taken from. It is not handed on to git and its hooks.
pub const TOKEN_VARIABLE: &str = "UNROOT_TOKEN";

/// The header that GitHub and its kin take over HTTP. The user's name is what they tell tokens by.
pub(super) fn header(token: &Token) -> String {
    format!("Authorization: Basic {}", basic(token))
}

fn basic(token: &Token) -> String {
    let pair = format!("x-access-token:{}", token.secret());
    base64::engine::general_purpose::STANDARD.encode(pair)
}

/// The parts of an address like `https://user@host:port/path`.
pub(super) struct Address<'a> {
    pub(super) scheme: &'a str,
    /// Host and port.
    pub(super) place: &'a str,
    pub(super) path: &'a str,
}

impl<'a> Address<'a> {
    pub(super) fn read(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (place, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        Some(Self {
            scheme,
            place,
            path,
        })
    }

    pub(super) fn is_this_machine(&self) -> bool {
        is_loopback(host_of(self.place))
    }
}

/// Text without the token and without what stands before the host in addresses.
pub(super) fn scrub(text: &str, token: Option<&Token>) -> String {
    let mut text = text.to_owned();
    if let Some(token) = token {
        text = token.scrub(&text.replace(&basic(token), "***"));
    }
    let mut clean = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        clean.push_str(before);
        let end = after
            .find(|ch: char| ch == '/' || ch == '\'' || ch == '"' || ch.is_whitespace())
            .unwrap_or(after.len());
        rest = match after[..end].rfind('@') {
            Some(sign) => {
                clean.push_str("***");
                &after[sign..]
            }
            None => after,
        };
    }
    clean.push_str(rest);
    clean
}
