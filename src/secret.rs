//! The secret that opens a forge and its git server.

use std::fmt;

/// A token. Neither `Debug` nor an error shows it; it leaves the program in the header of a request, and reaches git
/// by environment only.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// A text that is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Nothing but blanks.
    #[error("the token is empty")]
    Empty,
    /// It could not stand in a header.
    #[error("the token has characters that no token has")]
    Odd,
}

/// What stands where the token would.
const HIDDEN: &str = "***";

impl Token {
    /// The token, without the white space that files and variables carry around it.
    pub fn new(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TokenError::Empty);
        }
        if !text.chars().all(|ch| ch.is_ascii_graphic()) {
            return Err(TokenError::Odd);
        }
        Ok(Self(text.to_owned()))
    }

    /// `text` without the token, for whatever a server or a program said.
    pub fn scrub(&self, text: &str) -> String {
        text.replace(&self.0, HIDDEN)
    }

    /// For a header, and for nothing else.
    pub(crate) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({HIDDEN})")
    }
}

/// A password, or another secret of which nothing is known but that it is one. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Password(String);

impl Password {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// `text` without the secret, for whatever a server or a program said.
    pub(crate) fn scrub(&self, text: &str) -> String {
        // One or two characters would tear any text to pieces, and tell the reader what they are.
        if self.0.len() < 3 {
            return text.to_owned();
        }
        text.replace(&self.0, HIDDEN)
    }

    /// For a header or a form, and for nothing else.
    pub(crate) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Password({HIDDEN})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_not_shown() {
        let token = Token::new(" ghs_secret\n").expect("a token");
        assert_eq!(format!("{token:?}"), "Token(***)");
        assert_eq!(token.scrub("bad ghs_secret!"), "bad ***!");
        assert_eq!(token.secret(), "ghs_secret");
        assert_eq!(Token::new(" \n"), Err(TokenError::Empty));
        assert_eq!(Token::new("a\nb"), Err(TokenError::Odd));
    }
}
