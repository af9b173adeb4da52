//! The script's text, for the image at hand: POSIX sh, at most 25 lines.

use crate::fix::Subject;
use crate::fix::folders::{is_plain, quoted, under};
use crate::fix::who::Who;

use super::StepDownTool;
use super::tool::Provided;

/// What runs as the user, behind the tool.
struct User<'w> {
    /// None for a number without a row in passwd.
    name: Option<&'w str>,
    /// uid and gid, where they are known.
    numbers: Option<(&'w str, &'w str)>,
}

impl<'w> User<'w> {
    /// From `app (10001:10001)`, `node`, `10001:10001`, and what USER and `chown` would get.
    fn of(who: &'w Who) -> Self {
        let is_number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let label = who.label.split([' ', ':']).next().unwrap_or_default();
        let inner = who
            .label
            .split_once('(')
            .map(|(_, rest)| rest.trim_end_matches(')'));
        let numbers = [inner.unwrap_or_default(), &who.user, &who.owner]
            .into_iter()
            .filter_map(|text| text.split_once(':'))
            .find(|(uid, gid)| is_number(uid) && is_number(gid));
        Self {
            name: (!is_number(label)).then_some(label),
            numbers,
        }
    }

    /// For `find -user`.
    fn owner(&self) -> &str {
        match self.numbers {
            Some((uid, _)) => uid,
            None => self.name.unwrap_or_default(),
        }
    }

    /// For people.
    fn shown(&self) -> String {
        match (self.name, self.numbers) {
            (Some(name), _) => name.to_owned(),
            (None, Some((uid, gid))) => format!("{uid}:{gid}"),
            (None, None) => "the user".to_owned(),
        }
    }

    fn setpriv(&self, is_old: bool) -> String {
        let ids = match (self.numbers, self.name) {
            (Some((uid, gid)), _) => format!("--reuid={uid} --regid={gid}"),
            (None, name) => {
                let name = name.unwrap_or_default();
                format!("--reuid=\"$(id -u {name})\" --regid=\"$(id -g {name})\"")
            }
        };
        // initgroups(3) needs a name.
        let groups = match self.name {
            Some(name) if is_old => format!("--groups=\"$(id -G {name} | tr ' ' ,)\""),
            Some(_) => "--init-groups".to_owned(),
            None => "--clear-groups".to_owned(),
        };
        format!("setpriv {ids} {groups} --")
    }

    /// For su-exec and gosu, which give a named user all its groups.
    fn named(&self) -> String {
        match (self.name, self.numbers) {
            (None, Some((uid, gid))) => format!("{uid}:{gid}"),
            (name, _) => name.unwrap_or_default().to_owned(),
        }
    }
}

/// The script that hands `folders` over to `who` and becomes the command by the tool.
pub(super) fn text(
    subject: &Subject<'_, '_, '_>,
    who: &Who,
    provided: &Provided,
    folders: &[String],
) -> String {
    let tool = provided.tool;
    let user = User::of(who);
    let shown = user.shown();
    let mut lines: Vec<String> = vec![
        "#!/bin/sh".into(),
        if folders.is_empty() {
            format!(
                "# Runs the command as {shown} where it is started as root, and as whoever starts it otherwise"
            )
        } else {
            format!(
                "# Started as root, gives {shown} what a volume brought and is not {shown}'s, and runs the command as {shown}."
            )
        },
        if folders.is_empty() {
            "# (CIS Docker Benchmark 4.1).".into()
        } else {
            "# Started as anybody else, only runs the command (CIS Docker Benchmark 4.1).".into()
        },
        // `exec -a NAME` would be an option of the shell's.
        r#"case "${1-}" in"#.into(),
        r#"    '' | -*) echo "${0##*/}: no command to run: $*" >&2 && exit 127 ;;"#.into(),
        "esac".into(),
        r#"if [ "$(id -u)" = 0 ]; then"#.into(),
    ];
    // What the runtime does for a USER (runc, `fixStdioPermissions`): without it nobody but root may open them anew.
    lines.extend([
        format!("    # {shown} may open /dev/stdout and /dev/stderr, to which logs are linked."),
        format!(
            "    chown {} /proc/self/fd/1 /proc/self/fd/3 3>&2 2> /dev/null || true",
            user.owner()
        ),
    ]);
    lines.extend(hand_over(&user, &who.owner, folders));
    let home = home(subject, who, &user, tool);
    lines.extend(home.line.map(|line| format!("    {line}")));
    let step = match tool {
        StepDownTool::Setpriv => user.setpriv(provided.is_old),
        tool => format!("{} {}", tool.name(), user.named()),
    };
    let kept = home
        .kept
        .map_or_else(String::new, |kept| format!(" {kept}"));
    lines.push(format!("    exec {step}{kept} \"$@\""));
    lines.push("fi".into());
    lines.push("exec \"$@\"".into());
    lines.join("\n") + "\n"
}

/// Links are not followed (`find` without `-L`, `chown -h`), nor other mounts inside (`-xdev`); what is read-only stays
/// as it is, and is said in a line of its own.
fn hand_over(user: &User<'_>, owner: &str, folders: &[String]) -> Vec<String> {
    let find = format!(
        "find \"$folder\" -xdev ! -user {} -exec chown -h {owner} {{}} +",
        user.owner()
    );
    let body = [
        format!("if ! {{ mkdir -p \"$folder\" && {find}; }} 2> /dev/null; then"),
        format!(
            "    echo \"${{0##*/}}: not all of $folder could be given to {}\" >&2",
            user.shown()
        ),
        "fi".to_owned(),
    ];
    let indented = |blanks: &str| {
        body.iter()
            .map(move |line| format!("{blanks}{line}"))
            .collect()
    };
    match folders {
        [] => Vec::new(),
        [folder] => {
            let mut lines: Vec<String> = vec![format!("    folder={}", quoted(folder))];
            let body: Vec<String> = indented("    ");
            lines.extend(body);
            lines
        }
        folders => {
            let list: Vec<_> = folders.iter().map(|folder| quoted(folder)).collect();
            let mut lines = vec![format!("    for folder in {}; do", list.join(" "))];
            let body: Vec<String> = indented("        ");
            lines.extend(body);
            lines.push("    done".into());
            lines
        }
    }
}

/// How HOME comes out right.
#[derive(Default)]
struct Home {
    /// A line above the tool.
    line: Option<String>,
    /// Words between the tool and the command.
    kept: Option<String>,
}

/// setpriv leaves HOME as it is; su-exec and gosu set it from passwd, over what ENV says.
fn home(subject: &Subject<'_, '_, '_>, who: &Who, user: &User<'_>, tool: StepDownTool) -> Home {
    let var = subject.verdict.survey.state.env.var("HOME");
    let of_root = var.is_none_or(|var| var.value == "/root" || under(&var.value, "/root"));
    let own = who.home.as_ref().or(who.make_home.as_ref());
    let own = own.filter(|home| is_plain(home));
    match tool {
        StepDownTool::Setpriv => {
            let home = match (own, user.name) {
                _ if who.is_homeless => "/tmp".to_owned(),
                (Some(home), _) => home.clone(),
                (None, Some(name)) => format!("\"$(getent passwd {name} | cut -d: -f6)\""),
                (None, None) => "/".to_owned(),
            };
            Home {
                line: Some(format!(
                    "case \"${{HOME:-/root}}\" in /root | /root/*) HOME={home} && export HOME ;; esac"
                )),
                kept: None,
            }
        }
        _ if who.is_homeless && of_root => Home {
            kept: Some("env HOME=/tmp".into()),
            line: None,
        },
        _ if !of_root => Home {
            kept: Some("env \"HOME=$HOME\"".into()),
            line: None,
        },
        _ => Home::default(),
    }
}
