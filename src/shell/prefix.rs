//! Commands that only run another command: which words are theirs.

use super::word::Word;

/// A prefix command: its name, its options that take the next word, and how many operands stand before the command.
type Prefix = (&'static str, &'static [&'static str], usize);

/// What is seen through. `command -v` and `sudo -l` run nothing and are not.
const PREFIXES: &[Prefix] = &[
    (
        "sudo",
        &[
            "-u", "-g", "-h", "-p", "-C", "-r", "-t", "-T", "-U", "-D", "--user", "--group",
            "--prompt",
        ],
        0,
    ),
    ("doas", &["-u", "-C"], 0),
    ("env", &["-u", "-C", "-S", "--unset", "--chdir"], 0),
    ("exec", &["-a"], 0),
    ("command", &[], 0),
    ("builtin", &[], 0),
    ("nice", &["-n", "--adjustment"], 0),
    ("ionice", &["-c", "-n", "-p", "--class", "--classdata"], 0),
    ("chrt", &[], 1),
    ("time", &["-f", "-o"], 0),
    ("nohup", &[], 0),
    ("setsid", &[], 0),
    ("stdbuf", &["-i", "-o", "-e"], 0),
    ("timeout", &["-s", "-k", "--signal", "--kill-after"], 1),
    ("eatmydata", &[], 0),
    ("busybox", &[], 0),
    ("toybox", &[], 0),
    ("catatonit", &[], 0),
    (
        "xargs",
        &[
            "-I",
            "-n",
            "-P",
            "-d",
            "-L",
            "-s",
            "-a",
            "-E",
            "--max-args",
            "--max-procs",
            "--delimiter",
        ],
        0,
    ),
];

/// How many words stand before the real program.
pub(super) fn skip(words: &[Word]) -> usize {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let Some(text) = word.unquoted() else { break };
        let name = text.rsplit('/').next().unwrap_or(text);
        let Some((name, valued, operands)) = PREFIXES.iter().find(|(known, ..)| *known == name)
        else {
            break;
        };
        let Some(next) = after(words, at + 1, name, valued, *operands) else {
            break;
        };
        at = next;
    }
    at
}

/// The place of the command that a prefix runs; `None` when it runs none.
fn after(
    words: &[Word],
    mut at: usize,
    name: &str,
    valued: &[&str],
    operands: usize,
) -> Option<usize> {
    while let Some(word) = words.get(at) {
        let start = word.prefix();
        if word.is("--") {
            at += 1;
            break;
        } else if name == "command" && matches!(start, "-v" | "-V") {
            return None;
        } else if start.starts_with('-') && start.len() > 1 {
            at += 1 + usize::from(valued.contains(&start) && !start.contains('='));
        } else if matches!(name, "env" | "sudo" | "doas") && is_assignment(start) {
            at += 1;
        } else {
            break;
        }
    }
    at += operands;
    (at < words.len()).then_some(at)
}

/// Whether a word starts as `NAME=`.
fn is_assignment(text: &str) -> bool {
    text.split_once('=')
        .is_some_and(|(name, _)| super::scan::is_name(name.as_bytes()))
}

/// The place of the text that a shell is told to run, as in `sh -ec TEXT`.
pub(super) fn shell_text(args: &[Word]) -> Option<usize> {
    let program = args.first()?.text()?;
    if program == "eval" {
        return (args.len() == 2).then_some(1);
    }
    if !is_shell(&program) {
        return None;
    }
    let mut at = 1;
    while let Some(word) = args.get(at) {
        let text = word.text()?;
        if !text.starts_with(['-', '+']) {
            return None;
        }
        if text.starts_with('-') && !text.starts_with("--") && text.contains('c') {
            // `-o pipefail` may still come: `bash -co pipefail TEXT` is rare, `-c -e TEXT` rarer.
            return Some(at + 1 + usize::from(text.ends_with('o')));
        }
        at += 1 + usize::from(
            matches!(&*text, "-o" | "+o" | "-O" | "--rcfile" | "--init-file")
                || text.ends_with('o'),
        );
    }
    None
}

/// Whether a program is a POSIX shell, by its name.
pub(crate) fn is_shell(program: &str) -> bool {
    matches!(
        program.rsplit('/').next(),
        Some("sh" | "bash" | "ash" | "dash" | "zsh" | "ksh" | "mksh")
    )
}

/// Whether the command only asks something, so that what follows `&&` depends on the answer.
pub(super) fn is_test(program: Option<&str>, args: &[Word]) -> bool {
    let second = || {
        args.get(1)
            .and_then(Word::text)
            .unwrap_or_default()
            .into_owned()
    };
    match program {
        Some(
            "[" | "[[" | "test" | "which" | "type" | "hash" | "id" | "getent" | "grep" | "egrep"
            | "fgrep" | "pgrep",
        ) => true,
        Some("mountpoint" | "cmp" | "whoami" | "groups" | "expr" | "((" | "false") => true,
        Some("command") => second().starts_with('-'),
        Some("dpkg" | "rpm") => {
            matches!(&*second(), "-s" | "-l" | "-q" | "-V" | "--compare-versions")
        }
        _ => false,
    }
}
