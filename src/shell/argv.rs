//! Argument lists: the exec form of ENTRYPOINT and CMD, or the words of a command. Which argument is the program that
//! stays, behind `tini --`, `env A=b`, `sh -c`; and whether a tool on the way gives up root.

use super::prefix;
use super::word::Expanded;

/// How far the options of a tool are read.
const MAX_OPTIONS: usize = 32;
/// How many wrappers around a program are passed.
const MAX_WRAPPERS: usize = 16;

/// The program that an argument list ends up running.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstProgram {
    /// Its place in the list.
    pub index: usize,
    /// What stands there.
    pub kind: ProgramKind,
}

/// What stands at the place of the real program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgramKind {
    /// A program, or a script that is run as one.
    Program,
    /// A script that a shell is given.
    Script,
    /// The text of `sh -c`.
    Text,
}

/// A tool that runs a program as another user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drop {
    pub(super) tool: String,
    /// The user, when known.
    pub(super) user: Option<String>,
}

/// Wrappers: the name and the options that take the next argument.
const WRAPPERS: &[(&str, &[&str])] = &[
    ("tini", &["-p", "-e"]),
    ("tini-static", &["-p", "-e"]),
    ("docker-init", &["-p", "-e"]),
    ("dumb-init", &["-r", "--rewrite"]),
    ("catatonit", &["-g"]),
    ("env", &["-u", "-C", "--unset", "--chdir"]),
    ("exec", &["-a"]),
    ("command", &[]),
    ("nice", &["-n", "--adjustment"]),
    ("ionice", &["-c", "-n", "--class", "--classdata"]),
    ("nohup", &[]),
    ("setsid", &[]),
    ("stdbuf", &["-i", "-o", "-e"]),
    ("time", &["-f", "-o"]),
    ("with-contenv", &[]),
    ("eatmydata", &[]),
    ("busybox", &[]),
    (
        "xvfb-run",
        &[
            "-n",
            "-s",
            "-e",
            "-f",
            "-p",
            "-w",
            "--server-args",
            "--server-num",
        ],
    ),
    (
        "sudo",
        &["-g", "-h", "-p", "-C", "-r", "-t", "-D", "--group"],
    ),
    ("timeout", &["-s", "-k", "--signal", "--kill-after"]),
    ("pidproxy", &[]),
];

/// Which argument is the real program or script behind `tini`, `dumb-init`, `env`, `exec`, `nice` and shells.
///
/// Tools that change the user (`gosu app ..`) are not passed: they are the program here.
pub fn first_program(argv: &[String]) -> Option<FirstProgram> {
    let words: Vec<Expanded> = argv.iter().map(|word| known(word)).collect();
    first(&words)
}

/// An argument of which all is known.
pub(super) fn known(text: &str) -> Expanded {
    Expanded {
        text: text.to_owned(),
        complete: true,
        vars: Vec::new(),
    }
}

/// [`first_program`] for words of a script.
pub(super) fn first(argv: &[Expanded]) -> Option<FirstProgram> {
    let mut at = 0;
    for _ in 0..MAX_WRAPPERS {
        let text = argv.get(at)?.text.as_str();
        let name = base(text);
        if prefix::is_shell(text) {
            return Some(shell(argv, at));
        }
        let Some((name, valued)) = WRAPPERS.iter().find(|(own, _)| *own == name) else {
            break;
        };
        if drop_at(argv.get(at..)?).is_some() {
            break;
        }
        let next = past_options(argv, at + 1, name, valued);
        if next >= argv.len() {
            break;
        }
        at = next;
    }
    Some(FirstProgram {
        index: at,
        kind: ProgramKind::Program,
    })
}

/// The place after a wrapper's options.
fn past_options(argv: &[Expanded], mut at: usize, name: &str, valued: &[&str]) -> usize {
    while let Some(word) = argv.get(at) {
        let text = word.text.as_str();
        if text == "--" {
            return at + 1;
        }
        if text.starts_with('-') && text.len() > 1 {
            at += 1 + usize::from(valued.contains(&text));
        } else if matches!(name, "env" | "sudo") && text.contains('=') && !text.starts_with('/') {
            at += 1;
        } else {
            break;
        }
    }
    at + usize::from(matches!(name, "timeout" | "pidproxy"))
}

/// What the shell at `at` runs.
fn shell(argv: &[Expanded], at: usize) -> FirstProgram {
    let mut next = at + 1;
    while let Some(word) = argv.get(next) {
        let text = word.text.as_str();
        if text == "--" {
            next += 1;
            break;
        }
        if !text.starts_with(['-', '+']) || text.len() < 2 {
            break;
        }
        let value = usize::from(
            text.ends_with('o') && !text.starts_with("--")
                || text == "--rcfile"
                || text == "--init-file",
        );
        if text.starts_with('-') && !text.starts_with("--") && text.contains('c') {
            // Options may still stand between `-c` and the text.
            let mut place = next + 1 + value;
            while argv
                .get(place)
                .is_some_and(|word| word.text.starts_with('-'))
                && place + 1 < argv.len()
            {
                place += 1;
            }
            if place < argv.len() {
                return FirstProgram {
                    index: place,
                    kind: ProgramKind::Text,
                };
            }
            break;
        }
        next += 1 + value;
    }
    match argv.get(next) {
        Some(word) if !word.text.starts_with('-') => FirstProgram {
            index: next,
            kind: ProgramKind::Script,
        },
        _ => FirstProgram {
            index: at,
            kind: ProgramKind::Program,
        },
    }
}

/// The tool at the start of the list, when it gives up root.
pub(super) fn drop_at(argv: &[Expanded]) -> Option<Drop> {
    let (first, rest) = argv.split_first()?;
    let tool = base(&first.text);
    let user = match tool {
        "gosu" | "su-exec" | "setuidgid" | "s6-setuidgid" => {
            rest.iter().find(|word| !is_option(word))
        }
        "su" => return su(tool, rest),
        "runuser" => match option(rest, &["-u", "--user"]) {
            Some(user) => return not_root(tool, &user),
            None => return su(tool, rest),
        },
        "sudo" | "doas" => return not_root(tool, &option(rest, &["-u", "--user"])?),
        "chpst" | "s6-applyuidgid" => return not_root(tool, &option(rest, &["-u"])?),
        "daemon" => return not_root(tool, &option(rest, &["-u", "--user"])?),
        "start-stop-daemon" => return not_root(tool, &option(rest, &["-c", "--chuid"])?),
        "setpriv" => return not_root(tool, &option(rest, &["--reuid"])?),
        "chroot" => return not_root(tool, &option(rest, &["--userspec"])?),
        "capsh" => return not_root(tool, &option(rest, &["--user", "--uid"])?),
        _ => return None,
    }?;
    // `gosu app` without a program runs nothing.
    not_root(tool, user).filter(|_| rest.len() > 1)
}

/// `su [OPTIONS] [-] USER`
fn su(tool: &str, rest: &[Expanded]) -> Option<Drop> {
    let valued = [
        "-s",
        "-c",
        "-g",
        "-G",
        "-w",
        "--shell",
        "--command",
        "--group",
        "--session-command",
    ];
    let mut at = 0;
    while let Some(word) = rest.get(at) {
        let text = word.text.as_str();
        if text == "--" || !text.starts_with('-') {
            let user = if text == "--" {
                rest.get(at + 1)?
            } else {
                word
            };
            return not_root(tool, user);
        }
        // `-lc TEXT`, `-ps SHELL`
        let letters = !text.starts_with("--") && text.len() > 2 && text.ends_with(['c', 's']);
        at += 1 + usize::from(valued.contains(&text) || letters);
    }
    None
}

/// The value of an option: `-u app`, `-uapp`, `--user app`, `--user=app`.
fn option(rest: &[Expanded], names: &[&str]) -> Option<Expanded> {
    for (at, word) in rest.iter().take(MAX_OPTIONS).enumerate() {
        let text = word.text.as_str();
        for name in names {
            let Some(tail) = text.strip_prefix(name) else {
                continue;
            };
            let value = match tail.strip_prefix('=') {
                Some(value) => value,
                None if tail.is_empty() && !word.complete => "",
                None if tail.is_empty() => return rest.get(at + 1).cloned(),
                None if name.starts_with("--") => continue,
                None => tail,
            };
            return Some(Expanded {
                text: value.to_owned(),
                ..word.clone()
            });
        }
        // `-EHu app`
        let short = names
            .iter()
            .filter_map(|name| name.strip_prefix('-'))
            .find(|name| name.len() == 1);
        if !text.starts_with("--")
            && text.len() > 2
            && text.starts_with('-')
            && short.is_some_and(|short| text.ends_with(short))
        {
            return rest.get(at + 1).cloned();
        }
        if text == "--" {
            break;
        }
    }
    None
}

/// The drop to a user, unless it is root.
fn not_root(tool: &str, user: &Expanded) -> Option<Drop> {
    let tool = tool.to_owned();
    if !user.complete {
        return Some(Drop { tool, user: None });
    }
    let own = user.text.trim_start_matches(':');
    let name = own.split([':', '.']).next().unwrap_or_default();
    let root = name == "root" || name.bytes().all(|byte| byte == b'0');
    (!root).then(|| Drop {
        tool,
        user: Some(own.to_owned()),
    })
}

fn is_option(word: &Expanded) -> bool {
    word.text.starts_with('-')
}

/// A path's last part.
pub(super) fn base(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}
