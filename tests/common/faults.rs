//! The known faults of the two crates, by name. Each has a sample that shows it.

use unroot::dockerfile::{Document, Instruction, Keyword};
use unroot::source::BOM;

use crate::peers::{Peer, Reading, Row};

/// Why a crate and unroot read a file differently, where unroot agrees with `BuildKit`.
pub(crate) struct Fault {
    pub(crate) peer: Peer,
    pub(crate) name: &'static str,
    /// A small file that shows it; generated where it would be large.
    pub(crate) sample: fn() -> Vec<u8>,
    pub(crate) applies: fn(&Disagreement<'_, '_>) -> bool,
    /// So rare that the corpus need not show it: the sample alone proves it.
    pub(crate) rare: bool,
}

/// A difference and where it is.
pub(crate) struct Disagreement<'d, 's> {
    pub(crate) document: &'d Document<'s>,
    pub(crate) theirs: &'d Reading,
    /// The instructions, ours, at the first difference and before it; all where the crate gives no place.
    pub(crate) near: &'d [Instruction<'s>],
    /// Of the first difference.
    pub(crate) rows: (Option<&'d Row>, Option<&'d Row>),
}

impl Disagreement<'_, '_> {
    /// The crate's message holds `text`.
    fn says(&self, text: &str) -> bool {
        matches!(self.theirs, Reading::Refused { why, .. } if why.contains(text))
    }

    fn any(&self, test: impl Fn(&Instruction<'_>) -> bool) -> bool {
        self.near.iter().any(test)
    }

    fn is(&self, keywords: &[Keyword], test: impl Fn(&[u8]) -> bool) -> bool {
        self.any(|i| {
            let (keyword, args) = match i.trigger_view() {
                Some(view) => (view.keyword, view.args),
                None => (i.keyword(), i.args()),
            };
            keywords.contains(&keyword) && test(args)
        })
    }

    /// A physical line within an instruction's code, behind the first, for which `test` holds.
    fn inner_line(&self, test: impl Fn(&[u8]) -> bool) -> bool {
        self.any(|i| {
            let end = i.heredocs.first().map_or(i.span.end, |h| h.body.start);
            self.document.bytes[i.span.start..end]
                .split_inclusive(|byte| *byte == b'\n')
                .skip(1)
                .any(|line| test(line.trim_ascii()))
        })
    }

    /// A line of an instruction that ends in two escapes: no continuation.
    fn double_escape(&self) -> bool {
        self.any(|i| {
            i.span
                .of(self.document.bytes)
                .split(|byte| *byte == b'\n')
                .any(|line| line.trim_ascii_end().ends_with(br"\\"))
        })
    }

    /// They see the keyword that we see, somewhere else.
    fn only_the_line_differs(&self) -> bool {
        matches!(self.rows, (Some(theirs), Some(ours))
            if theirs.keyword == ours.keyword && theirs.detail == ours.detail)
    }

    /// The crate names the place.
    fn placed(&self) -> bool {
        !matches!(self.theirs, Reading::Refused { line: None, .. })
    }

    fn as_text(&self) -> bool {
        matches!(self.rows, (Some(theirs), _) if theirs.keyword.ends_with(" as text"))
    }
}

fn first_word(args: &[u8]) -> &[u8] {
    args.split(u8::is_ascii_whitespace)
        .next()
        .unwrap_or_default()
}

/// A name in `ENV name=value` or `ENV name value` that is no identifier.
fn odd_name(args: &[u8]) -> bool {
    let plain = |name: &[u8]| name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_');
    args.split(u8::is_ascii_whitespace)
        .enumerate()
        .filter(|(index, word)| *index == 0 || word.contains(&b'='))
        .any(|(_, word)| !plain(word.split(|b| *b == b'=').next().unwrap_or_default()))
}

fn pieces(args: &[u8]) -> bool {
    args.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'\\'))
}

fn has(args: &[u8], text: &str) -> bool {
    memchr::memmem::find(args, text.as_bytes()).is_some()
}

/// `NAME=` with nothing behind.
fn empty_value(args: &[u8]) -> bool {
    args.ends_with(b"=")
        || args
            .windows(2)
            .any(|two| two[0] == b'=' && two[1].is_ascii_whitespace())
}

fn quotes(args: &[u8]) -> bool {
    args.iter().any(|byte| matches!(byte, b'"' | b'\'' | b'`'))
}

const VALUES: [Keyword; 3] = [Keyword::Arg, Keyword::Env, Keyword::Label];
const COMMANDS: [Keyword; 3] = [Keyword::Cmd, Keyword::Entrypoint, Keyword::Run];

/// In the order in which they are tried: the first that applies explains a file.
pub(crate) fn faults() -> Vec<Fault> {
    let mut faults = dockerfile_parser();
    faults.extend(parse_dockerfile());
    faults
}

macro_rules! fault {
    ($peer:ident, $name:literal, $sample:literal, $applies:expr) => {
        Fault {
            peer: Peer::$peer,
            name: $name,
            sample: || $sample.to_vec(),
            applies: $applies,
            rare: false,
        }
    };
}

fn dockerfile_parser() -> Vec<Fault> {
    vec![
        Fault {
            peer: Peer::DockerfileParser,
            name: "a long chain of continuations exhausts its stack",
            sample: || format!("FROM a\nRUN x{}\n", " \\\n y".repeat(20_000)).into_bytes(),
            applies: |d| matches!(d.theirs, Reading::NotTried),
            rare: true,
        },
        Fault {
            peer: Peer::DockerfileParser,
            name: "only UTF-8 is read",
            sample: || b"FROM a\nLABEL a=\xE9\n".to_vec(),
            applies: |d| d.says("not UTF-8"),
            // The corpus was kept as UTF-8.
            rare: true,
        },
        fault!(
            DockerfileParser,
            "a keyword cut by a continuation",
            b"FROM a\nRU\\\nN a\n",
            |d| { d.any(|i| i.line.to_source(i.head.word.clone()).len() > i.head.word.len()) }
        ),
        fault!(
            DockerfileParser,
            "a byte-order mark is no blank",
            b"\xEF\xBB\xBFFROM a\n",
            |d| { d.document.bytes.starts_with(BOM) && d.says("1:1") }
        ),
        fault!(
            DockerfileParser,
            "heredocs are not known",
            b"FROM a\nRUN <<EOF\necho a\nEOF\n",
            |d| { d.any(|i| !i.heredocs.is_empty()) }
        ),
        fault!(
            DockerfileParser,
            "# escape= is not read",
            b"# escape=`\nFROM a\nRUN a `\n && b\n",
            |d| { d.document.directives.escape == b'`' }
        ),
        fault!(
            DockerfileParser,
            "two escapes at a line's end continue it",
            b"FROM a\nENV A C:\\\\\nENV B c\n",
            |d| { d.double_escape() }
        ),
        fault!(
            DockerfileParser,
            "a comment right below RUN, CMD or ENTRYPOINT is refused",
            b"FROM a\nRUN \\\n# c\n  b\n",
            |d| {
                d.says("unexpected token comment") && d.inner_line(|line| line.starts_with(b"#"))
            }
        ),
        fault!(
            DockerfileParser,
            "an empty line ends a continuation",
            b"FROM a\nRUN a \\\n\n  b\n",
            |d| { d.placed() && d.inner_line(<[u8]>::is_empty) }
        ),
        fault!(
            DockerfileParser,
            "a line of only an escape is no continuation",
            b"FROM a\nRUN a \\\n\\\n  b\n",
            |d| { d.placed() && d.inner_line(|line| line == b"\\") }
        ),
        fault!(
            DockerfileParser,
            "a continuation at the end of the file is refused",
            b"FROM a\nRUN a \\\n",
            |d| { d.any(|i| i.dangling) }
        ),
        fault!(
            DockerfileParser,
            "text that starts with # is a comment",
            b"FROM a\nRUN # c\nRUN b\n",
            |d| {
                d.any(|i| {
                    i.args().starts_with(b"#") || i.keyword() == Keyword::Env && has(i.args(), " #")
                })
            }
        ),
        fault!(
            DockerfileParser,
            "COPY [..] is not known",
            b"FROM a\nCOPY [\"a\", \"b\"]\n",
            |d| {
                (d.says("unescaping") || d.as_text())
                    && d.is(&[Keyword::Copy], |args| args.starts_with(b"["))
            }
        ),
        fault!(
            DockerfileParser,
            "escapes and quotes in values are read as Rust's",
            b"FROM a\nENV A=\"\\$b\"\n",
            |d| { d.says("unescaping") && d.any(|i| quotes(i.args())) }
        ),
        fault!(
            DockerfileParser,
            "a value may not be empty",
            b"FROM a\nENV A=\n",
            |d| { d.is(&VALUES, empty_value) }
        ),
        fault!(
            DockerfileParser,
            "ARG has one name only, which starts with a letter",
            b"FROM a\nARG A B=c\n",
            |d| {
                d.is(&[Keyword::Arg], |args| {
                    args.starts_with(b"_")
                        || args.starts_with(b"$")
                        || args.iter().any(u8::is_ascii_whitespace)
                })
            }
        ),
        fault!(
            DockerfileParser,
            "LABEL without = in its first word",
            b"FROM a\nLABEL a b c\n",
            |d| d.is(&[Keyword::Label], |args| !has(first_word(args), "="))
        ),
        fault!(
            DockerfileParser,
            "ENV's names are letters, digits and _ only",
            b"FROM a\nENV a.b c\n",
            |d| d.is(&[Keyword::Env], odd_name)
        ),
        fault!(
            DockerfileParser,
            "a value of several quoted, escaped or continued pieces",
            b"FROM a\nENV A=\"b\"c\n",
            |d| d.any(|i| VALUES.contains(&i.keyword())
                && (i.first_line < i.last_line || pieces(i.args())))
        ),
        fault!(
            DockerfileParser,
            "text behind a JSON array is refused",
            b"FROM a\nCMD [\"a\"] # b\n",
            |d| { d.is(&COMMANDS, |args| args.starts_with(b"[")) }
        ),
        fault!(
            DockerfileParser,
            "images outside its grammar",
            b"FROM a:\"$B\"\n",
            |d| {
                d.is(&[Keyword::From], |args| {
                    !args
                        .iter()
                        .all(|b| b.is_ascii_alphanumeric() || b"_-.:/${}@ ".contains(b))
                })
            }
        ),
        fault!(
            DockerfileParser,
            "a stage's name may hold no dot",
            b"FROM a AS b.c\n",
            |d| {
                d.is(&[Keyword::From], |args| {
                    args.rsplit(|b| *b == b' ')
                        .next()
                        .is_some_and(|alias| alias.contains(&b'.'))
                })
            }
        ),
        fault!(
            DockerfileParser,
            "a short digest is refused",
            b"FROM a@sha256:12\n",
            |d| { d.says("digest is invalid") }
        ),
        fault!(
            DockerfileParser,
            "an instruction without arguments is refused",
            b"FROM a\nENTRYPOINT\n",
            |d| { d.any(|i| i.args().is_empty()) }
        ),
        fault!(
            DockerfileParser,
            "a lone carriage return ends a line",
            b"FROM a\nRUN a \r b\n",
            |d| { d.any(|i| i.line.text().contains(&b'\r')) }
        ),
        fault!(
            DockerfileParser,
            "an open quote runs over the line's end",
            b"FROM a\nENV A \"b\nWORKDIR c\nRUN echo \"d e\" > f\n",
            |d| {
                d.placed()
                    && d.document.instructions.iter().any(|i| {
                        VALUES.contains(&i.keyword())
                            && memchr::memchr_iter(b'"', i.args()).count() % 2 == 1
                    })
            }
        ),
    ]
}

fn parse_dockerfile() -> Vec<Fault> {
    vec![
        Fault {
            peer: Peer::ParseDockerfile,
            name: "only UTF-8 is read",
            sample: || b"FROM a\nLABEL a=\xE9\n".to_vec(),
            applies: |d| d.says("not UTF-8"),
            // The corpus was kept as UTF-8.
            rare: true,
        },
        fault!(
            ParseDockerfile,
            "places count from behind the byte-order mark",
            b"\xEF\xBB\xBFFROM a\nRUN x\n",
            |d| { d.document.bytes.starts_with(BOM) && d.only_the_line_differs() }
        ),
        fault!(
            ParseDockerfile,
            "ENTRYPOINT [] is refused",
            b"FROM a\nENTRYPOINT []\n",
            |d| {
                d.says("requires at least one argument")
                    && d.is(&COMMANDS, |args| args.starts_with(b"["))
            }
        ),
        fault!(
            ParseDockerfile,
            "an instruction without arguments is refused",
            b"FROM a\nENTRYPOINT\n",
            |d| { d.says("requires at least one argument") && d.any(|i| i.args().is_empty()) }
        ),
        fault!(
            ParseDockerfile,
            "ONBUILD's instruction must be known",
            b"FROM a\nONBUILD x y\n",
            |d| { d.says("unknown instruction") && d.is(&[Keyword::Unknown], |_| true) }
        ),
        fault!(
            ParseDockerfile,
            "two stages of one name are refused",
            b"FROM a AS b\nFROM c AS b\n",
            |d| { d.says("duplicate stage name") }
        ),
        fault!(
            ParseDockerfile,
            "a heredoc must come first in RUN",
            b"FROM a\nRUN cat <<EOF\nhello\nEOF\n",
            |d| { d.any(|i| !i.heredocs.is_empty()) }
        ),
        fault!(
            ParseDockerfile,
            "two escapes at a line's end continue it",
            b"FROM a\nENV A C:\\\\\nENV B c\n",
            |d| { d.double_escape() }
        ),
    ]
}
