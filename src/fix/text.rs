//! The bytes of a fix, in the manner of the file: case of keywords, line ends, indentation.

use crate::dockerfile::Document;
use crate::finding::{Edit, Reason};
use crate::source::LineEnd;

use super::Subject;
use super::copies::Handover;
use super::folders::{is_plain, quoted, under};
use super::own::Owned;
use super::place::{Anchor, Place, UserPlace};
use super::who::Who;

/// The edits of a fix, in the order of the file.
pub(super) fn edits(
    subject: &Subject<'_, '_, '_>,
    who: &Who,
    place: &Place,
    owned: &Owned,
    handed: &[Handover],
) -> Result<Vec<Edit>, Reason> {
    let writer = Writer {
        document: subject.stages.document,
    };
    let run = run(who, owned);
    let user_reason = format!("USER {}: {}", who.user, who.origin);
    let run_reason = reason(who, owned);
    let comment = format!(
        "# Run as {}, not as root (CIS Docker Benchmark 4.1)",
        who.label
    );
    let run_line = run.map(|commands| format!("{} {commands}", writer.keyword("RUN")));
    let user_line = format!("{} {}", writer.keyword("USER"), who.user);
    let home = moved_home(subject, who).map(|home| {
        let line = format!("{} HOME={home}", writer.keyword("ENV"));
        (
            line,
            format!("ENV HOME={home}: only root may enter the HOME that the file sets"),
        )
    });
    let mut edits = Vec::new();
    match &place.user {
        UserPlace::Insert(anchor) if run_line.is_none() || *anchor == place.run => {
            let mut lines = vec![comment];
            let reason = match run_line {
                Some(line) => {
                    lines.push(line);
                    format!("{run_reason}; {user_reason}")
                }
                None => user_reason,
            };
            lines.push(user_line);
            let reason = with_home(home, &mut lines, reason);
            edits.push(writer.insert(*anchor, &lines, reason)?);
        }
        UserPlace::Insert(anchor) => {
            if let Some(line) = run_line {
                edits.push(writer.insert(place.run, &[comment, line], run_reason)?);
            }
            let mut lines = vec![user_line];
            let reason = with_home(home, &mut lines, user_reason);
            edits.push(writer.insert(*anchor, &lines, reason)?);
        }
        UserPlace::Replace(at) => {
            if let Some(line) = run_line {
                edits.push(writer.insert(place.run, &[comment, line], run_reason)?);
            }
            let span = writer.document.instructions[*at].args_span();
            edits.push(Edit::replacement(span, who.user.clone(), user_reason));
        }
        UserPlace::ReplaceDefault(arg) => {
            if let Some(line) = run_line {
                edits.push(writer.insert(place.run, &[comment, line], run_reason)?);
            }
            let instruction = &writer.document.instructions[*arg];
            let args = instruction.head.args.clone();
            let equals = instruction
                .args()
                .iter()
                .position(|byte| *byte == b'=')
                .unwrap_or_default();
            let span = instruction
                .line
                .to_source(args.start + equals + 1..args.end);
            edits.push(Edit::replacement(span, who.user.clone(), user_reason));
        }
    }
    for handover in handed {
        let instruction = &writer.document.instructions[handover.instruction];
        let word = instruction.line.to_source(instruction.head.word.clone());
        let flag = format!(" --chown={}", who.owner);
        edits.push(Edit::insertion(
            word.end,
            flag,
            format!("--chown: {}", handover.why),
        ));
    }
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    Ok(edits)
}

/// The user's own home, where the file's ENV says that HOME is root's.
fn moved_home(subject: &Subject<'_, '_, '_>, who: &Who) -> Option<String> {
    let var = subject.verdict.survey.state.env.var("HOME")?;
    let of_root = var.value == "/root" || under(&var.value, "/root");
    let home = who.home.as_ref().or(who.make_home.as_ref())?;
    (var.missing.is_none() && of_root && is_plain(home)).then(|| home.clone())
}

fn with_home(home: Option<(String, String)>, lines: &mut Vec<String>, reason: String) -> String {
    match home {
        Some((line, why)) => {
            lines.push(line);
            format!("{reason}; {why}")
        }
        None => reason,
    }
}

/// The commands of the RUN, or none where nothing is to be done as root.
fn run(who: &Who, owned: &Owned) -> Option<String> {
    let mut commands: Vec<String> = who.create.iter().cloned().collect();
    if owned.open_root {
        commands.push("chmod o+x /root".into());
    }
    let list = |paths: &[String]| {
        let home = who.make_home.iter();
        joined(home.chain(paths))
    };
    let (make, own) = (list(&owned.make), list(&owned.own));
    if !make.is_empty() {
        commands.push(format!("mkdir -p {make}"));
    }
    if !owned.touch.is_empty() {
        commands.push(format!("touch {}", joined(owned.touch.iter())));
    }
    if !own.is_empty() {
        commands.push(format!("chown {} {own}", who.owner));
    }
    (!commands.is_empty()).then(|| commands.join(" && "))
}

fn joined<'p>(paths: impl Iterator<Item = &'p String>) -> String {
    let quoted: Vec<_> = paths.map(|path| quoted(path)).collect();
    quoted.join(" ")
}

fn reason(who: &Who, owned: &Owned) -> String {
    let mut parts = Vec::new();
    if who.create.is_some() {
        parts.push(format!(
            "RUN creates {} with a passwd row, so that HOME is right",
            who.label
        ));
    }
    if let (Some(home), None) = (&who.make_home, &who.create) {
        parts.push(format!("nothing makes the user's home {home}"));
    }
    if !owned.own.is_empty() {
        parts.push(format!(
            "{} must be writable by the user",
            owned.own.join(", ")
        ));
    }
    if owned.open_root {
        parts.push("/root must be passed through to reach the WORKDIR".into());
    }
    parts.join("; ")
}

struct Writer<'a, 's> {
    document: &'a Document<'s>,
}

impl Writer<'_, '_> {
    /// A keyword in the case that the file uses.
    fn keyword(&self, upper: &str) -> String {
        if self.document.lower_case() {
            upper.to_ascii_lowercase()
        } else {
            upper.to_owned()
        }
    }

    fn insert(&self, anchor: Anchor, lines: &[String], reason: String) -> Result<Edit, Reason> {
        let bytes = self.document.bytes;
        let end = LineEnd::of(bytes).as_str();
        let (offset, like) = match anchor {
            Anchor::Before(at) => (self.document.instructions[at].lead, at),
            Anchor::After(at) => {
                let instruction = &self.document.instructions[at];
                if instruction.dangling {
                    return Err(Reason::new(
                        "dangling-escape",
                        "the file ends in a continuation, which would swallow what is added below it",
                    ));
                }
                (instruction.span.end, at)
            }
        };
        if offset < self.document.directives.end {
            return Err(Reason::new(
                "directives",
                "there is no place below the parser directives",
            ));
        }
        let indent = self.indent(like);
        let mut content = String::new();
        for line in lines {
            content.push_str(&indent);
            content.push_str(line);
            content.push_str(end);
        }
        // At the end of a file without a final newline the first line starts with one, and the file
        // keeps having none.
        if matches!(anchor, Anchor::After(_)) && offset == bytes.len() && !bytes.ends_with(b"\n") {
            content.truncate(content.len() - end.len());
            content.insert_str(0, end);
        }
        Ok(Edit::insertion(offset, content, reason))
    }

    /// Blanks and tabs before an instruction: some files indent their stages.
    fn indent(&self, at: usize) -> String {
        let start = self.document.instructions[at].span.start;
        let before = &self.document.bytes[..start];
        let blanks = before
            .iter()
            .rev()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let line_start = before.len() - blanks;
        let at_line_start = line_start == 0 || before[line_start - 1] == b'\n';
        if at_line_start {
            String::from_utf8_lossy(&before[line_start..]).into_owned()
        } else {
            String::new()
        }
    }
}
