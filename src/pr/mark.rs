//! The hidden last line of a pull request's text. It tells the next run what this one wrote, and so, what people
//! have changed since.

use std::fmt;

use crate::fnv::fnv;

/// What the line holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// The version of this program.
    pub(super) version: String,
    /// Of the plan: the changes that are proposed.
    pub(super) plan: String,
    /// Of the title.
    pub(super) title: String,
    /// Of the text above the line.
    pub(super) text: String,
    /// The pull request was closed by us, and not by somebody who does not want it.
    pub(super) closed: bool,
}

/// A text as it stands in a pull request: what people read, and the mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) text: String,
    pub(super) mark: Option<Mark>,
}

const START: &str = "<!-- unroot ";
const END: &str = " -->";

/// The room that a mark needs at most, in characters, with the empty line before it.
pub(super) const ROOM: usize = 200;

impl Mark {
    /// The mark of a text that is written now.
    pub(super) fn new(plan: &str, title: &str, text: &str) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            plan: plan.to_owned(),
            title: fingerprint(title),
            text: fingerprint(&normal(text)),
            closed: false,
        }
    }

    /// The text with the mark below it.
    pub(super) fn under(&self, text: &str) -> String {
        format!("{}\n\n{self}\n", normal(text))
    }

    fn parse(line: &str) -> Option<Self> {
        let inner = line.strip_prefix(START)?.strip_suffix(END)?;
        let mut words = inner.split(' ');
        let version = words.next()?.to_owned();
        let mut value = |key: &str| {
            let value = words.next()?.strip_prefix(key)?.strip_prefix('=')?;
            Some(value.to_owned())
        };
        let (plan, title, text) = (value("plan")?, value("title")?, value("text")?);
        let closed = words.next() == Some("closed");
        Some(Self {
            version,
            plan,
            title,
            text,
            closed,
        })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            version,
            plan,
            title,
            text,
            closed,
        } = self;
        let closed = if *closed { " closed" } else { "" };
        write!(
            f,
            "{START}{version} plan={plan} title={title} text={text}{closed}{END}"
        )
    }
}

impl Marked {
    /// Reads the text of a pull request. Only the last line is a mark: what stands above it may be anything.
    pub(super) fn read(body: &str) -> Self {
        let body = normal(body);
        let (text, last) = body.rsplit_once('\n').unwrap_or(("", &body));
        match Mark::parse(last) {
            Some(mark) => Self {
                text: normal(text),
                mark: Some(mark),
            },
            None => Self {
                text: body,
                mark: None,
            },
        }
    }

    /// The mark, where the text is still what was written with it.
    pub(super) fn untouched(&self) -> Option<&Mark> {
        let mark = self.mark.as_ref()?;
        (mark.text == fingerprint(&self.text)).then_some(mark)
    }
}

/// Sixteen hexadecimal digits that differ when the text does, the same for every version and machine. It notices changes; it does not keep anybody from making some.
pub fn fingerprint(text: &str) -> String {
    fnv(text.bytes())
}

/// The text with line ends as we write them: GitHub gives CRLF back where a browser sent some.
fn normal(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mark = Mark::new("abc", "Title", "Text.\n\n- x\n");
        let body = mark.under("Text.\n\n- x\n");
        assert!(body.starts_with("Text.\n\n- x\n\n<!-- unroot "), "{body}");
        let read = Marked::read(&body.replace('\n', "\r\n"));
        assert_eq!(read.text, "Text.\n\n- x");
        assert_eq!(read.untouched(), Some(&mark));
        let closed = Mark {
            closed: true,
            ..mark
        };
        assert_eq!(
            Marked::read(&closed.under(&read.text)).untouched(),
            Some(&closed)
        );
        assert!(closed.to_string().len() + 2 < ROOM);
    }

    #[test]
    fn people_write_too() {
        let mark = Mark::new("abc", "Title", "Text.");
        let edited = Marked::read(&mark.under("Text.").replace("Text.", "Text. Hold on."));
        assert!(edited.mark.is_some() && edited.untouched().is_none());
        let below = format!("{}\nThanks!", mark.under("Text."));
        assert_eq!(Marked::read(&below).mark, None);
        assert_eq!(Marked::read("").mark, None);
        // A mark within a Dockerfile is not the last line.
        assert_eq!(Marked::read(&format!("```\n{mark}\n```")).mark, None);
    }

    #[test]
    fn fingerprints_are_the_published_ones() {
        assert_eq!(fingerprint(""), "cbf29ce484222325");
        assert_eq!(fingerprint("foobar"), "85944171f73967e8");
    }
}
