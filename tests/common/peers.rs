//! What the two Dockerfile crates make of a file, in one shape that ours can be compared with.

use dockerfile_parser as dp;
use parse_dockerfile as pd;
use unroot::dockerfile::{Document, Instruction, Keyword, blank_words};
use unroot::source::line_of;

/// One instruction as a crate sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// In upper case; of an ONBUILD, both keywords.
    pub(crate) keyword: String,
    /// 1-based line of the keyword.
    pub(crate) line: usize,
    /// USER's argument; image and alias of FROM.
    pub(crate) detail: Vec<String>,
}

/// What a crate makes of a file.
#[derive(Debug)]
pub(crate) enum Reading {
    Rows(Vec<Row>),
    /// It says no, at a line where it gives one.
    Refused {
        line: Option<usize>,
        why: String,
    },
    /// Not tried: `dockerfile-parser` might overflow its stack, which ends the process.
    NotTried,
}

/// A crate to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    DockerfileParser,
    ParseDockerfile,
}

/// More continuation lines than this in one file are not given to `dockerfile-parser`: its grammar
/// recurses once for each. On 8 MiB of stack, the locked `pest` gives up after 3,682 of them, and
/// older ones overflow the stack, which ends the process.
pub(crate) const MAX_CONTINUATIONS: usize = 4_000;

const TYPED: [&str; 8] = [
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "FROM",
    "LABEL",
    "RUN",
];

/// Stack for the threads that run `dockerfile-parser`.
pub(crate) const STACK: usize = 512 << 20;

impl Peer {
    pub(crate) fn read(self, bytes: &[u8]) -> Reading {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Reading::Refused {
                line: None,
                why: "not UTF-8".into(),
            };
        };
        match self {
            Self::DockerfileParser => dockerfile_parser(text),
            Self::ParseDockerfile => parse_dockerfile(text),
        }
    }
}

/// What unroot makes of it.
pub(crate) fn ours(document: &Document<'_>) -> Vec<Row> {
    document
        .instructions
        .iter()
        .map(|instruction| Row {
            keyword: keyword(instruction),
            line: line_of(document.bytes, instruction.keyword_span().start),
            detail: detail(instruction),
        })
        .collect()
}

fn keyword(instruction: &Instruction<'_>) -> String {
    let own = instruction.keyword().name();
    match &instruction.trigger {
        Some(trigger) => {
            let word = String::from_utf8_lossy(instruction.line.get(trigger.word.clone()));
            format!("{own} {}", word.to_ascii_uppercase())
        }
        None => own.into(),
    }
}

fn detail(instruction: &Instruction<'_>) -> Vec<String> {
    let args = instruction.args();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match instruction.keyword() {
        Keyword::User => vec![text(args)],
        Keyword::From => blank_words(args)
            .into_iter()
            .step_by(2)
            .map(|word| text(&args[word]))
            .collect(),
        _ => Vec::new(),
    }
}

fn dockerfile_parser(text: &str) -> Reading {
    if text.matches("\\\n").count() + text.matches("\\\r\n").count() > MAX_CONTINUATIONS {
        return Reading::NotTried;
    }
    match dp::Dockerfile::parse(text) {
        Ok(file) => Reading::Rows(file.instructions.iter().map(|i| dp_row(text, i)).collect()),
        Err(error) => {
            let why = error.to_string();
            Reading::Refused {
                line: pest_line(&why),
                why,
            }
        }
    }
}

/// Pest's message starts ` --> 3:14`; its own type is not re-exported.
fn pest_line(why: &str) -> Option<usize> {
    why.split_once("--> ")?.1.split(':').next()?.parse().ok()
}

fn dp_row(text: &str, instruction: &dp::Instruction) -> Row {
    let (keyword, detail) = match instruction {
        dp::Instruction::From(from) => {
            let image = Some(from.image.content.clone());
            let alias = from.alias.as_ref().map(|alias| alias.content.clone());
            ("FROM".into(), image.into_iter().chain(alias).collect())
        }
        dp::Instruction::Arg(_) => ("ARG".into(), vec![]),
        dp::Instruction::Label(_) => ("LABEL".into(), vec![]),
        dp::Instruction::Run(_) => ("RUN".into(), vec![]),
        dp::Instruction::Entrypoint(_) => ("ENTRYPOINT".into(), vec![]),
        dp::Instruction::Cmd(_) => ("CMD".into(), vec![]),
        dp::Instruction::Copy(_) => ("COPY".into(), vec![]),
        dp::Instruction::Env(_) => ("ENV".into(), vec![]),
        dp::Instruction::Misc(misc) => {
            let arguments = misc.arguments.to_string();
            let arguments = arguments.trim();
            match misc.instruction.content.to_ascii_uppercase() {
                onbuild if onbuild == "ONBUILD" => {
                    let word = arguments.split_whitespace().next().unwrap_or_default();
                    (format!("{onbuild} {}", word.to_ascii_uppercase()), vec![])
                }
                user if user == "USER" => (user, vec![arguments.to_owned()]),
                // What it has a type for and did not read as such.
                other if TYPED.contains(&other.as_str()) => (format!("{other} as text"), vec![]),
                other => (other, vec![]),
            }
        }
    };
    Row {
        keyword,
        line: line_of(text.as_bytes(), instruction.span().start),
        detail,
    }
}

fn parse_dockerfile(text: &str) -> Reading {
    match pd::parse(text) {
        Ok(file) => Reading::Rows(file.instructions.iter().map(|i| pd_row(text, i)).collect()),
        Err(error) => Reading::Refused {
            line: Some(error.line()),
            why: error.to_string(),
        },
    }
}

fn pd_row(text: &str, instruction: &pd::Instruction<'_>) -> Row {
    use pd::Instruction as I;
    let (name, span) = match instruction {
        I::Add(i) => ("ADD", &i.add.span),
        I::Arg(i) => ("ARG", &i.arg.span),
        I::Cmd(i) => ("CMD", &i.cmd.span),
        I::Copy(i) => ("COPY", &i.copy.span),
        I::Entrypoint(i) => ("ENTRYPOINT", &i.entrypoint.span),
        I::Env(i) => ("ENV", &i.env.span),
        I::Expose(i) => ("EXPOSE", &i.expose.span),
        I::From(i) => ("FROM", &i.from.span),
        I::Healthcheck(i) => ("HEALTHCHECK", &i.healthcheck.span),
        I::Label(i) => ("LABEL", &i.label.span),
        I::Maintainer(i) => ("MAINTAINER", &i.maintainer.span),
        I::Onbuild(i) => ("ONBUILD", &i.onbuild.span),
        I::Run(i) => ("RUN", &i.run.span),
        I::Shell(i) => ("SHELL", &i.shell.span),
        I::Stopsignal(i) => ("STOPSIGNAL", &i.stopsignal.span),
        I::User(i) => ("USER", &i.user.span),
        I::Volume(i) => ("VOLUME", &i.volume.span),
        I::Workdir(i) => ("WORKDIR", &i.workdir.span),
        _ => ("an instruction of a later version", &(0..0)),
    };
    let (keyword, detail) = match instruction {
        I::Onbuild(onbuild) => {
            let inner = pd_row(text, &onbuild.instruction);
            (format!("{name} {}", inner.keyword), vec![])
        }
        I::User(user) => (name.into(), vec![user.arguments.value.to_string()]),
        I::From(from) => {
            let alias = from.as_.as_ref().map(|(_, alias)| alias.value.to_string());
            let image = Some(from.image.value.to_string());
            (name.into(), image.into_iter().chain(alias).collect())
        }
        _ => (name.into(), vec![]),
    };
    Row {
        keyword,
        line: line_of(text.as_bytes(), span.start),
        detail,
    }
}
