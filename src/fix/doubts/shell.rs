//! Start scripts whose meaning depends on who runs them, or that cannot be followed.

use crate::finding::Reason;
use crate::fix::Subject;
use crate::fix::calls::{Call, ReadScript};
use crate::programs::{Kind, find};
use crate::shell::is_shell;
use crate::shell::lex::Command;
use crate::shell::rights::{For, asks_who_runs};
use crate::shell::word::Word;

/// One reason a script, the first that is found.
pub(super) fn doubts(subject: &Subject<'_, '_, '_>) -> Vec<Reason> {
    let scripts = subject.calls.scripts.iter();
    let mut doubts: Vec<Reason> = scripts.filter_map(of_script).collect();
    doubts.extend(login(subject));
    doubts.extend(
        subject
            .calls
            .of_the_user()
            .filter(|call| subject.recipe_of(call).is_none())
            .find_map(tool),
    );
    doubts
}

/// What only root may read.
const OF_ROOT: [&str; 4] = ["/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/proc/kmsg"];

fn of_script(script: &ReadScript) -> Option<Reason> {
    let shown = &script.shown;
    let commands = || {
        let all = script.script.commands.iter().zip(&script.rights);
        all.filter(|(_, whom)| **whom != For::Root)
            .map(|(command, _)| command)
    };
    if let Some(command) = commands().find(|command| is_hidden(command)) {
        let program = command.program().unwrap_or("xargs");
        return Some(Reason::new(
            "script-writes",
            format!(
                "{shown} calls `{program}` with a text that is put together when it runs: what it does is not known"
            ),
        ));
    }
    let of_root = commands()
        .flat_map(|command| &command.words)
        .find_map(|word| OF_ROOT.iter().find(|path| word.is(path)));
    if let Some(path) = of_root {
        return Some(Reason::new(
            "script-root",
            format!("{shown} names {path}, which only root may read"),
        ));
    }
    if commands().any(asks_for_rights) {
        return Some(Reason::new(
            "script-root",
            format!("{shown} asks whether it may write, and goes another way where it may not"),
        ));
    }
    // A test of who runs it that no branch was understood by.
    let understood = script.rights.iter().any(|whom| *whom != For::Anybody);
    (!understood && asks_who_runs(&script.script)).then(|| {
        Reason::new(
            "script-root",
            format!("{shown} asks who runs it, and what follows is not known"),
        )
    })
}

/// What the command does is in no text that can be read.
fn is_hidden(command: &Command) -> bool {
    const HARMLESS: [&str; 14] = [
        "echo", "grep", "cat", "ls", "kill", "wc", "head", "tail", "basename", "dirname", "printf",
        "cut", "test", "export",
    ];
    let program = command.program();
    if program == Some("eval") || command.words.first().is_some_and(|word| word.is("eval")) {
        return true;
    }
    if program == Some("trap") {
        let text = command
            .args()
            .get(1)
            .and_then(Word::literal)
            .unwrap_or_default();
        let words = ["kill", "exit", "wait", "-", "echo", "true", ":", ""];
        return !text.split([';', '&', '\n', ' ']).all(|word| {
            words.contains(&word.trim())
                || word.starts_with(['$', '-', '"', '\''])
                || word
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        }) && text.contains(['>', '/']);
    }
    // `sh < file`, `cat file | sh`, `find -exec sh`.
    let operands = command
        .args()
        .iter()
        .skip(1)
        .any(|word| !word.prefix().starts_with('-') || word.is("-c"));
    if program.is_some_and(is_shell) && !operands {
        return true;
    }
    if program == Some("find")
        && command
            .args()
            .iter()
            .any(|word| word.is("-exec") || word.is("-execdir"))
    {
        return true;
    }
    let by_xargs = command
        .prefixes()
        .iter()
        .any(|word| word.is("xargs") || word.is("parallel"));
    by_xargs
        && program.is_none_or(|program| {
            !HARMLESS.contains(&program) && find(program).is_none_or(|row| row.kind != Kind::Plain)
        })
}

/// `[ -w /data ]`
fn asks_for_rights(command: &Command) -> bool {
    let is_test = command
        .words
        .first()
        .is_some_and(|word| word.is("[") || word.is("[[") || word.is("test"));
    is_test
        && command
            .words
            .iter()
            .any(|word| word.is("-w") || word.is("-O") || word.is("-G"))
}

/// A small tool whose arguments may make it write, listen on a socket, or run something else.
fn tool(call: &Call) -> Option<Reason> {
    const TOOLS: [&str; 14] = [
        "sort",
        "uniq",
        "awk",
        "gawk",
        "mawk",
        "sed",
        "yq",
        "nc",
        "netcat",
        "ncat",
        "socat",
        "dockerize",
        "inotifywait",
        "iperf3",
    ];
    const SIGNS: [&str; 14] = [
        "-o",
        "-i",
        "-U",
        "-e",
        "-w",
        "-O",
        "--output",
        "--exec",
        "--logfile",
        "-template",
        "--inplace",
        "--outfile",
        "-f",
        "-c",
    ];
    const ADDRESSES: [&str; 6] = [
        "EXEC:",
        "SYSTEM:",
        "OPEN:",
        "CREATE:",
        "GOPEN:",
        "UNIX-LISTEN:",
    ];
    const APPLETS: [&str; 9] = [
        "tcpsvd", "udpsvd", "svlogd", "ftpd", "tftpd", "watch", "nc", "crond", "syslogd",
    ];
    let name = call.name()?;
    let words: Vec<&str> = call.arguments().collect();
    let upper = |word: &&str| {
        ADDRESSES
            .iter()
            .any(|kind| word.to_ascii_uppercase().starts_with(kind))
    };
    let writes = |word: &&str| {
        word.contains('>')
            || word.starts_with('/') && !word.starts_with("/dev/")
            || SIGNS
                .iter()
                .any(|sign| word == sign || word.starts_with(&format!("{sign}=")))
    };
    let doubtful = match name {
        "busybox" | "toybox" => {
            let applet = words.first().copied().unwrap_or_default();
            APPLETS.contains(&applet)
                || applet == "httpd" && words.iter().any(|word| matches!(*word, "-u" | "-c" | "-r"))
        }
        // As a step of a script, too, where the words leave no doubt.
        "sort" if words.contains(&"-o") => true,
        "yq" if words.contains(&"-i") || words.contains(&"--inplace") => true,
        "uniq" if words.iter().filter(|word| !word.starts_with('-')).count() > 1 => true,
        "awk" | "gawk" | "mawk"
            if words
                .iter()
                .any(|word| word.contains('>') && word.contains('"')) =>
        {
            true
        }
        "sed"
            if words
                .iter()
                .any(|word| word.contains("w /") || word.ends_with(" w")) =>
        {
            true
        }
        _ if TOOLS.contains(&name) && call.stays => {
            words.iter().any(|word| upper(word) || writes(word))
        }
        _ => false,
    };
    doubtful.then(|| {
        Reason::new(
            "program-unknown",
            format!("what `{name}` does with these arguments is not known"),
        )
    })
}

/// A login shell reads `/etc/profile`, which sets another PATH for others than root (Debian's; run in the lab).
fn login(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let argv = subject.verdict.start.argv.as_ref()?;
    let at = argv.iter().position(|word| is_shell(word))?;
    let option = argv.get(at + 1)?;
    let short = option.starts_with('-') && !option.starts_with("--") && option.contains('l');
    (short || option == "--login").then(|| {
        Reason::new(
            "script-root",
            "a login shell reads /etc/profile, which sets another PATH for others than root",
        )
    })
}
