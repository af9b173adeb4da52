//! The secret that opens a forge.

use std::fmt;

/// A token. Neither `Debug` nor an error shows it; it leaves the program only in the header of a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// What stands where the token would.
const HIDDEN: &str = "***";

impl Token {
    /// The token, without the white space that files and variables carry around it; none when nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// `text` without the token, for whatever a server or a program said.
    pub fn scrub(&self, text: &str) -> String {
        text.replace(&self.0, HIDDEN)
    }

    /// For the header, and for nothing else.
    pub(crate) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({HIDDEN})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_not_shown() {
        let token = Token::new(" ghs_secret\n").expect("not empty");
        assert_eq!(format!("{token:?}"), "Token(***)");
        assert_eq!(token.scrub("bad ghs_secret!"), "bad ***!");
        assert_eq!(token.secret(), "ghs_secret");
        assert_eq!(Token::new(" \n"), None);
    }
}
