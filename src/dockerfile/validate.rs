//! What `BuildKit` refuses although its parser can read it (instructions/parse.go, 2026-08).

use super::flags::Flag;
use super::heredoc::heredoc_word;
use super::instruction::{Head, Instruction, Keyword, View};
use super::json::{StringArray, string_array};
use super::lexer::Document;
use super::problem::ProblemKind;
use super::words::{assignments, blank_words, quoted_words};

/// Adds the problems of every instruction and of the file as a whole.
pub(super) fn document(document: &mut Document<'_>) {
    let mut found = Vec::new();
    let mut stage = false;
    for instruction in &document.instructions {
        let mut report = |kind| found.push((kind, instruction.first_line, instruction.code_span()));
        if instruction.keyword() == Keyword::From {
            stage = true;
        } else if !stage && !matches!(instruction.keyword(), Keyword::Arg | Keyword::Unknown) {
            let word = instruction.keyword().name().to_owned();
            report(ProblemKind::BeforeFrom(word));
        }
        if let Err(kind) = check(instruction, document.directives.escape) {
            report(kind);
        }
    }
    for (kind, line, span) in found {
        document.problem(kind, line, span);
    }
    if document.instructions.is_empty() {
        document.problem(
            ProblemKind::NoInstructions,
            1,
            crate::source::Span::default(),
        );
    } else if !stage {
        let (line, span) = (
            document.instructions[0].first_line,
            document.instructions[0].code_span(),
        );
        document.problem(ProblemKind::NoStage, line, span);
    }
    document.problems.sort_by_key(|problem| problem.line);
}

type Check = Result<(), ProblemKind>;

fn invalid(why: impl Into<String>) -> ProblemKind {
    ProblemKind::Invalid(why.into())
}

fn check(instruction: &Instruction<'_>, escape: u8) -> Check {
    let view = instruction.view(escape);
    if view.keyword == Keyword::Unknown {
        let word = String::from_utf8_lossy(instruction.keyword_text()).into_owned();
        return Err(ProblemKind::UnknownInstruction(word));
    }
    if view.keyword == Keyword::Onbuild {
        let Some(trigger) = instruction.trigger_view() else {
            return Err(invalid("ONBUILD requires at least one argument"));
        };
        no_flags(view.head)?;
        return match trigger.keyword {
            Keyword::Onbuild => Err(invalid("ONBUILD ONBUILD is not allowed")),
            Keyword::From | Keyword::Maintainer => Err(invalid(format!(
                "{} is not allowed as an ONBUILD trigger",
                trigger.keyword.name()
            ))),
            // The parser reads the trigger, its checks come only in the child stage.
            keyword => syntax(&View { escape, ..trigger }, keyword.name()),
        };
    }
    syntax(&view, view.keyword.name())?;
    semantics(&view)
}

/// Errors of `BuildKit`'s line parsers.
fn syntax(view: &View<'_>, name: &str) -> Check {
    match view.keyword {
        Keyword::Env | Keyword::Label if !view.args.is_empty() => {
            assignments(name, view.args, view.escape).map_err(invalid)?;
        }
        Keyword::Add
        | Keyword::Cmd
        | Keyword::Copy
        | Keyword::Entrypoint
        | Keyword::Run
        | Keyword::Shell
        | Keyword::Volume => strings_only(view.args)?,
        Keyword::Healthcheck => strings_only(health_words(view.args).1)?,
        _ => {}
    }
    Ok(())
}

fn strings_only(args: &[u8]) -> Check {
    if string_array(args) == StringArray::NotStrings {
        return Err(invalid("the JSON form takes an array of strings only"));
    }
    Ok(())
}

fn semantics(view: &View<'_>) -> Check {
    let name = view.keyword.name();
    let exactly_one = || {
        if view.args.is_empty() {
            Err(invalid(format!("{name} requires exactly one argument")))
        } else {
            Ok(())
        }
    };
    let at_least_one = || {
        if view.args.is_empty() {
            Err(invalid(format!("{name} requires at least one argument")))
        } else {
            Ok(())
        }
    };
    match view.keyword {
        Keyword::From => from(view),
        Keyword::Env | Keyword::Label => {
            at_least_one()?;
            no_flags(view.head)
        }
        Keyword::Maintainer | Keyword::User | Keyword::Workdir => {
            exactly_one()?;
            no_flags(view.head)
        }
        // BuildKit does not look at the flags of these two.
        Keyword::Stopsignal => exactly_one(),
        Keyword::Arg => {
            at_least_one()?;
            let blank = quoted_words(view.args, view.escape)
                .into_iter()
                .any(|word| view.args[word].starts_with(b"="));
            if blank {
                Err(invalid("ARG names can not be blank"))
            } else {
                Ok(())
            }
        }
        Keyword::Expose => {
            at_least_one()?;
            no_flags(view.head)
        }
        Keyword::Add | Keyword::Copy => copy(view),
        Keyword::Run => run(view.head),
        Keyword::Cmd | Keyword::Entrypoint => no_flags(view.head),
        Keyword::Volume => {
            at_least_one()?;
            no_flags(view.head)?;
            match string_array(view.args) {
                StringArray::Strings(paths)
                    if paths.is_empty() || paths.iter().any(|(path, _)| path.trim().is_empty()) =>
                {
                    Err(invalid("VOLUME can not be an empty string"))
                }
                _ => Ok(()),
            }
        }
        Keyword::Shell => {
            no_flags(view.head)?;
            match string_array(view.args) {
                StringArray::Strings(words) if !words.is_empty() => Ok(()),
                _ => Err(invalid("SHELL requires the arguments to be in JSON form")),
            }
        }
        Keyword::Healthcheck => healthcheck(view),
        Keyword::Onbuild | Keyword::Unknown => Ok(()),
    }
}

fn from(view: &View<'_>) -> Check {
    let words = blank_words(view.args);
    match words.as_slice() {
        [_] => {}
        [_, word, name] if view.args[word.clone()].eq_ignore_ascii_case(b"as") => {
            let name = &view.args[name.clone()];
            let valid = name.first().is_some_and(u8::is_ascii_alphabetic)
                && name
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
            if !valid {
                return Err(invalid(format!(
                    "invalid name for build stage: `{}`",
                    String::from_utf8_lossy(name)
                )));
            }
        }
        _ => return Err(invalid("FROM requires either one or three arguments")),
    }
    known_flags(view.head, &["platform"], &[], &[])
}

fn copy(view: &View<'_>) -> Check {
    let words: Vec<Vec<u8>> = match string_array(view.args) {
        StringArray::Strings(words) => words
            .into_iter()
            .map(|(word, _)| word.into_bytes())
            .collect(),
        _ => blank_words(view.args)
            .into_iter()
            .map(|word| view.args[word].to_vec())
            .collect(),
    };
    let name = view.keyword.name();
    if words.len() < 2 {
        return Err(invalid(format!("{name} requires at least two arguments")));
    }
    if view.keyword == Keyword::Copy {
        known_flags(
            view.head,
            &["from", "chown", "chmod"],
            &["link", "parents"],
            &["exclude"],
        )?;
        // No variables here: BuildKit says to name a stage instead.
        if view.head.flag("from").is_some_and(has_variable) {
            return Err(invalid("COPY --from does not expand variables"));
        }
    } else {
        known_flags(
            view.head,
            &["chown", "chmod", "checksum"],
            &["link", "keep-git-dir", "unpack"],
            &["exclude"],
        )?;
    }
    match words.last().map(|word| heredoc_word(word)) {
        Some(Ok(Some(_))) => Err(invalid(format!(
            "{name} cannot have a heredoc as destination"
        ))),
        _ => Ok(()),
    }
}

fn run(head: &Head) -> Check {
    known_flags(head, &["network", "security"], &[], &["mount", "device"])?;
    for flag in &head.flags {
        let value = flag.value().unwrap_or_default();
        let known = match flag.name() {
            "network" => matches!(value, "none" | "default" | "host"),
            "security" => matches!(value, "insecure" | "sandbox"),
            _ => true,
        };
        if !known {
            return Err(invalid(format!(
                "invalid value of --{}: {value}",
                flag.name()
            )));
        }
        if flag.name() == "mount" {
            mount(value)?;
        }
    }
    Ok(())
}

const MOUNT_KEYS: [&str; 17] = [
    "type",
    "from",
    "source",
    "src",
    "target",
    "dst",
    "destination",
    "readonly",
    "ro",
    "readwrite",
    "rw",
    "required",
    "size",
    "id",
    "sharing",
    "mode",
    "uid",
];

fn mount(value: &str) -> Check {
    for field in value.split(',') {
        let (key, value) = match field.split_once('=') {
            Some((key, value)) => (key.to_ascii_lowercase(), Some(value)),
            None => (field.to_ascii_lowercase(), None),
        };
        if key == "from" && value.is_some_and(has_variable) {
            return Err(invalid("RUN --mount from= does not expand variables"));
        }
        if value.is_some_and(|value| value.contains('$')) || field.contains('"') {
            continue;
        }
        if !MOUNT_KEYS.contains(&key.as_str()) && key != "gid" && key != "env" {
            return Err(invalid(format!("unexpected key `{key}` in RUN --mount")));
        }
        let types = ["bind", "cache", "tmpfs", "secret", "ssh"];
        if key == "type"
            && !value.is_some_and(|value| types.contains(&value.to_ascii_lowercase().as_str()))
        {
            return Err(invalid(format!("unsupported mount type in `{field}`")));
        }
    }
    Ok(())
}

/// `$` with something behind it, as `BuildKit` looks for a variable where none is allowed.
fn has_variable(value: &str) -> bool {
    value
        .split_once('$')
        .is_some_and(|(_, rest)| !rest.is_empty())
}

/// The type word of a HEALTHCHECK and what follows it.
fn health_words(args: &[u8]) -> (&[u8], &[u8]) {
    let end = args
        .iter()
        .position(|byte| crate::source::is_ascii_space(*byte))
        .unwrap_or(args.len());
    (&args[..end], crate::source::trim_start(&args[end..]))
}

fn healthcheck(view: &View<'_>) -> Check {
    let (kind, rest) = health_words(view.args);
    if kind.is_empty() {
        return Err(invalid("HEALTHCHECK requires at least one argument"));
    }
    if kind.eq_ignore_ascii_case(b"NONE") {
        return if rest.is_empty() {
            Ok(())
        } else {
            Err(invalid("HEALTHCHECK NONE takes no arguments"))
        };
    }
    let times = ["interval", "timeout", "start-period", "start-interval"];
    known_flags(
        view.head,
        &[times.as_slice(), &["retries"]].concat(),
        &[],
        &[],
    )?;
    if !kind.eq_ignore_ascii_case(b"CMD") {
        let kind = String::from_utf8_lossy(kind);
        return Err(invalid(format!(
            "unknown type `{kind}` in HEALTHCHECK (try CMD)"
        )));
    }
    if rest.is_empty() || string_array(rest) == StringArray::Strings(Vec::new()) {
        return Err(invalid("missing command after HEALTHCHECK CMD"));
    }
    for flag in &view.head.flags {
        let value = flag.value().unwrap_or_default();
        let valid = if flag.name() == "retries" {
            value.is_empty() || value.parse::<i32>().is_ok_and(|count| count >= 0)
        } else {
            value.is_empty() || duration_is_valid(value)
        };
        if !valid {
            return Err(invalid(format!(
                "invalid value of --{}: {value}",
                flag.name()
            )));
        }
    }
    Ok(())
}

/// Go's `ParseDuration`, and Docker's minimum of one millisecond (or none).
fn duration_is_valid(text: &str) -> bool {
    if text == "0" {
        return true;
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut nanoseconds = 0.0_f64;
    while !rest.is_empty() {
        let number_end = rest
            .find(|ch: char| !ch.is_ascii_digit() && ch != '.')
            .unwrap_or(rest.len());
        let Ok(number) = rest[..number_end].parse::<f64>() else {
            return false;
        };
        rest = &rest[number_end..];
        let units = [
            ("ns", 1.0),
            ("us", 1e3),
            ("µs", 1e3),
            ("μs", 1e3),
            ("ms", 1e6),
            ("s", 1e9),
            ("m", 6e10),
            ("h", 3.6e12),
        ];
        let Some((unit, factor)) = units.iter().find(|(unit, _)| rest.starts_with(unit)) else {
            return false;
        };
        nanoseconds += number * factor;
        rest = &rest[unit.len()..];
    }
    !text.is_empty() && (nanoseconds == 0.0 || nanoseconds >= 1e6)
}

fn no_flags(head: &Head) -> Check {
    known_flags(head, &[], &[], &[])
}

fn known_flags(head: &Head, values: &[&str], switches: &[&str], repeatable: &[&str]) -> Check {
    for (index, flag) in head.flags.iter().enumerate() {
        let name = flag.name();
        let twice = || head.flags[..index].iter().any(|other| other.name() == name);
        if values.contains(&name) || repeatable.contains(&name) {
            if flag.value().is_none() {
                return Err(invalid(format!("missing a value on flag --{name}")));
            }
        } else if switches.contains(&name) {
            switch(flag)?;
        } else {
            return Err(invalid(format!("unknown flag --{name}")));
        }
        if !repeatable.contains(&name) && twice() {
            return Err(invalid(format!("duplicate flag --{name}")));
        }
    }
    Ok(())
}

fn switch(flag: &Flag) -> Check {
    match flag.value() {
        None => Ok(()),
        Some(value)
            if value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false") =>
        {
            Ok(())
        }
        Some(value) => Err(invalid(format!(
            "--{} expects true or false, not `{value}`",
            flag.name()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_go_reads_them() {
        for (text, valid) in [
            ("5s", true),
            ("1m30s", true),
            ("1.5h", true),
            ("0", true),
            ("0s", true),
            ("1us", false),
            ("5", false),
            ("s", false),
            ("", false),
            ("-1s", false),
        ] {
            assert_eq!(duration_is_valid(text), valid, "{text}");
        }
    }
}
