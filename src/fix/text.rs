//! The bytes of a fix, in the manner of the file: case of keywords, line ends, indentation.

use crate::dockerfile::{Document, Keyword};
use crate::finding::{Edit, Reason};
use crate::source::{LineEnd, Span};

use super::folders::{is_plain, quoted, under};
use super::place::{Anchor, RootFirst, UserPlace};
use super::recipe::Used;
use super::who::Who;
use super::{Plan, Subject};

/// The edits of a fix, in the order of the file.
pub(super) fn edits(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>) -> Result<Vec<Edit>, Reason> {
    let Plan {
        who, place, handed, ..
    } = plan;
    let writer = Writer {
        document: subject.stages.document,
    };
    let run_line = writer.run(&commands(subject, plan));
    let run_reason = reason(subject, plan);
    let comment = match plan.step_down {
        Some(_) => format!(
            "# Start as root, and step down to {} (CIS Docker Benchmark 4.1)",
            who.label
        ),
        None => format!(
            "# Run as {}, not as root (CIS Docker Benchmark 4.1)",
            who.label
        ),
    };
    let user_reason = format!("USER {}: {}", who.user, who.origin);
    let user_line = format!("{} {}", writer.keyword("USER"), who.user);
    // Further instructions beside USER, each with its reason.
    let home = moved_home(subject, who).map(|(home, why)| (format!("ENV HOME={home}"), why));
    // A step-down sets HOME itself.
    let home = home.filter(|_| plan.step_down.is_none());
    let further: Vec<(String, String)> = plan
        .ports
        .lines
        .iter()
        .cloned()
        .chain(home)
        .chain(told(plan))
        .chain(subject.recipes.iter().flat_map(|used| used.lines(subject)))
        .map(|(line, why)| (writer.cased(&line), why))
        .collect();
    let mut edits = Vec::new();
    match &place.user {
        UserPlace::Insert(anchor) if plan.step_down.is_some() => {
            let run = run_line.map(|line| (line, run_reason));
            edits.extend(stepping_down(
                &writer, plan, *anchor, &comment, run, further,
            )?);
        }
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
            let reason = with_further(further, &mut lines, reason);
            edits.push(writer.insert(*anchor, &lines, reason)?);
        }
        UserPlace::Insert(anchor) => {
            if let Some(line) = run_line {
                edits.push(writer.insert(place.run, &[comment, line], run_reason)?);
            }
            let mut lines = vec![user_line];
            let reason = with_further(further, &mut lines, user_reason);
            edits.push(writer.insert(*anchor, &lines, reason)?);
        }
        UserPlace::Replace(at) => {
            if let Some(line) = run_line {
                edits.push(writer.insert(place.run, &[comment, line], run_reason)?);
            }
            let span = writer.document.instructions[*at].args_span();
            edits.push(Edit::replacement(span, who.user.clone(), user_reason));
            edits.extend(writer.below(*at, further)?);
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
            let user = subject.root_user().unwrap_or(*arg);
            edits.extend(writer.below(user, further)?);
        }
    }
    edits.extend(plan.ports.edits.iter().cloned());
    edits.extend(plan.relocation.edits.iter().cloned());
    edits.extend(
        subject
            .recipes
            .iter()
            .filter_map(|used| started(subject, used)),
    );
    edits.extend(
        subject
            .recipes
            .iter()
            .flat_map(|used| used.arguments(subject)),
    );
    edits.extend(plan.root_home.moves.iter().map(|(_, edit)| edit.clone()));
    for handover in *handed {
        let instruction = &writer.document.instructions[handover.instruction];
        let word = instruction.line.to_source(instruction.head.word.clone());
        let flag = format!(" --chown={}", who.owner);
        edits.push(Edit::insertion(
            word.end,
            flag,
            format!("--chown: {}", handover.why),
        ));
    }
    edits.extend(
        plan.step_down
            .iter()
            .flat_map(|step_down| step_down.edits.clone()),
    );
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    Ok(edits)
}

/// What stands in the place of USER where the container steps down: RUN, ENV, COPY, ENTRYPOINT, CMD.
fn stepping_down(
    writer: &Writer<'_, '_>,
    plan: &Plan<'_>,
    anchor: Anchor,
    comment: &str,
    run: Option<(String, String)>,
    further: Vec<(String, String)>,
) -> Result<Vec<Edit>, Reason> {
    let Some(step_down) = plan.step_down else {
        return Ok(Vec::new());
    };
    let mut edits = Vec::new();
    let (copy, copy_reason) = &step_down.copy;
    let mut lines = vec![comment.to_owned()];
    let mut reasons = Vec::new();
    let root_again = "USER root: the script hands over and steps down";
    match plan.place.root_first {
        Some(RootFirst::Insert) => {
            lines.push(format!("{} root", writer.keyword("USER")));
            reasons.push(root_again.to_owned());
        }
        Some(RootFirst::Replace(user)) => {
            let span = writer.document.instructions[user].args_span();
            edits.push(Edit::replacement(span, "root".to_owned(), root_again));
        }
        None => {}
    }
    match run {
        Some((line, reason)) if plan.place.run == anchor => {
            lines.push(line);
            reasons.extend((!reason.is_empty()).then_some(reason));
        }
        Some((line, reason)) => {
            let above = std::mem::take(&mut lines);
            let above: Vec<String> = above.into_iter().chain([line]).collect();
            edits.push(writer.insert(plan.place.run, &above, reason)?);
        }
        None => {}
    }
    for (line, reason) in further {
        lines.push(line);
        reasons.push(reason);
    }
    lines.push(writer.cased(copy));
    reasons.push(format!("COPY: {copy_reason}"));
    if let Some(command) = &step_down.after_copy {
        lines.push(format!("{} {command}", writer.keyword("RUN")));
    }
    for (line, reason) in &step_down.lines {
        lines.push(writer.cased(line));
        reasons.push(reason.clone());
    }
    edits.push(writer.insert(anchor, &lines, reasons.join("; "))?);
    Ok(edits)
}

/// The HOME that the user needs and does not get: its own, where the file's ENV says root's, or /tmp, where it has none.
fn moved_home(subject: &Subject<'_, '_, '_>, who: &Who) -> Option<(String, String)> {
    let var = subject.verdict.survey.state.env.var("HOME");
    let of_root = var.is_some_and(|var| {
        var.missing.is_none() && (var.value == "/root" || under(&var.value, "/root"))
    });
    let own = who.home.as_ref().or(who.make_home.as_ref());
    match own.filter(|home| is_plain(home)) {
        Some(home) if of_root => {
            let why = format!("ENV HOME={home}: only root may enter the HOME that the file sets");
            Some((home.clone(), why))
        }
        None if who.is_homeless && (of_root || var.is_none()) => {
            let why = format!("ENV HOME=/tmp: {} has no home folder for caches", who.label);
            Some(("/tmp".to_owned(), why))
        }
        _ => None,
    }
}

/// The word of the start command that names another program for the user.
fn started(subject: &Subject<'_, '_, '_>, used: &Used) -> Option<Edit> {
    let command = used.recipe.command?;
    let call = subject.calls.all.get(used.call?)?;
    let program = call.program().filter(|_| call.place.is_none())?;
    let document = subject.stages.document;
    let start = subject.verdict.start.instruction?;
    let starts = subject.body().filter(|at| {
        matches!(subject.keyword(*at), Keyword::Cmd | Keyword::Entrypoint) || *at == start
    });
    let mut places = starts.filter_map(|at| {
        let span = document.instructions[at].args_span();
        let text = span.of(document.bytes);
        let found = memchr::memmem::find(text, program.as_bytes())?;
        let before = found.checked_sub(1).and_then(|at| text.get(at));
        let after = text.get(found + program.len());
        let ends = |byte: Option<&u8>| {
            byte.is_none_or(|byte| matches!(byte, b'"' | b' ' | b'\t' | b'\n' | b'\r' | b'\''))
        };
        (ends(before) && ends(after)).then(|| {
            let start = span.start + found;
            Span::new(start, start + program.len())
        })
    });
    let place = places.next()?;
    let reason = format!("{command}: what {program} runs for the user, without hiding its log");
    Some(Edit::replacement(place, command.to_owned(), reason))
}

/// Where programs are to look that looked in the home of root.
fn told(plan: &Plan<'_>) -> Option<(String, String)> {
    let variables = &plan.root_home.variables;
    let pairs: Vec<String> = variables
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let why = || {
        format!(
            "ENV {}: it is looked for below HOME otherwise",
            pairs.join(" ")
        )
    };
    (!pairs.is_empty()).then(|| (format!("ENV {}", pairs.join(" ")), why()))
}

fn with_further(
    further: Vec<(String, String)>,
    lines: &mut Vec<String>,
    mut reason: String,
) -> String {
    for (line, why) in further {
        lines.push(line);
        reason = format!("{reason}; {why}");
    }
    reason
}

/// The commands of the RUN; none where nothing is to be done as root.
fn commands(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>) -> Vec<String> {
    let Plan { who, owned, .. } = plan;
    let install = plan
        .step_down
        .and_then(|step_down| step_down.install.clone());
    let mut commands: Vec<String> = install.into_iter().collect();
    commands.extend(who.create.iter().cloned());
    if plan.root_home.open {
        commands.push("chmod o+x /root".into());
    }
    for used in &subject.recipes {
        commands.extend(used.commands(subject, who));
    }
    commands.extend(plan.ports.commands.iter().cloned());
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
    if !owned.own_all.is_empty() {
        commands.push(format!(
            "chown -R {} {}",
            who.owner,
            joined(owned.own_all.iter())
        ));
    }
    if !owned.own_folders.is_empty() {
        commands.push(format!(
            "find {} -type d -exec chown {} {{}} +",
            joined(owned.own_folders.iter()),
            who.owner
        ));
    }
    let mut seen: Vec<String> = Vec::new();
    commands.retain(|command| {
        let new = !seen.contains(command);
        seen.push(command.clone());
        new
    });
    commands
}

/// A line of a RUN that is longer is broken between its commands.
const WIDTH: usize = 140;

fn joined<'p>(paths: impl Iterator<Item = &'p String>) -> String {
    let quoted: Vec<_> = paths.map(|path| quoted(path)).collect();
    quoted.join(" ")
}

fn reason(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>) -> String {
    let Plan { who, owned, .. } = plan;
    let mut parts = Vec::new();
    if plan
        .step_down
        .is_some_and(|step_down| step_down.install.is_some())
    {
        parts.push("RUN brings what steps down".to_owned());
    }
    if who.create.is_some() {
        parts.push(format!(
            "RUN creates {} with a passwd row, so that HOME is right",
            who.label
        ));
    }
    if let (Some(home), None) = (&who.make_home, &who.create) {
        parts.push(format!("nothing makes the user's home {home}"));
    }
    for used in subject
        .recipes
        .iter()
        .filter(|used| !used.commands(subject, who).is_empty())
    {
        parts.push(format!(
            "the stock settings of {} that need root change",
            used.recipe.programs[0]
        ));
    }
    let written: Vec<&str> = owned.paths().collect();
    if !written.is_empty() {
        parts.push(format!(
            "{} must be writable by the user",
            written.join(", ")
        ));
    }
    if plan.root_home.open {
        parts.push("/root must be passed through to reach what lies there".into());
    }
    parts.join("; ")
}

struct Writer<'a, 's> {
    document: &'a Document<'s>,
}

impl Writer<'_, '_> {
    /// A RUN of these commands, on one line where they fit.
    fn run(&self, commands: &[String]) -> Option<String> {
        if commands.is_empty() {
            return None;
        }
        let keyword = self.keyword("RUN");
        let line = format!("{keyword} {}", commands.join(" && "));
        if line.len() <= WIDTH || commands.len() == 1 {
            return Some(line);
        }
        let next = format!(
            " {}{} && ",
            char::from(self.document.directives.escape),
            LineEnd::of(self.document.bytes).as_str()
        );
        Some(format!("{keyword} {}", commands.join(&next)))
    }

    /// Further instructions below the USER that stays in its place.
    fn below(&self, user: usize, further: Vec<(String, String)>) -> Result<Option<Edit>, Reason> {
        if further.is_empty() {
            return Ok(None);
        }
        let (lines, reasons): (Vec<String>, Vec<String>) = further.into_iter().unzip();
        let edit = self.insert(Anchor::After(user), &lines, reasons.join("; "))?;
        Ok(Some(edit))
    }

    /// An instruction with its keyword in the case that the file uses.
    fn cased(&self, line: &str) -> String {
        let (keyword, rest) = line.split_once(' ').unwrap_or((line, ""));
        format!("{} {rest}", self.keyword(keyword))
    }

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
