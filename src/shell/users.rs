//! Users and groups that a script makes, changes and removes.

use std::ops::Range;

use super::lex::{Command, RedirectOp, Script};
use super::scope::Scope;
use super::user_tools as tools;
use super::word::Env;

/// The family of the distribution, as far as its user tools go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// Debian and Ubuntu: `adduser` is the Perl script.
    Debian,
    /// RHEL, Fedora and their kin: `adduser` is `useradd`, which makes homes.
    Redhat,
    /// SUSE: users share the group `users`.
    Suse,
    /// Alpine and other busybox systems.
    Busybox,
    /// Not known: `adduser` is told by its options.
    #[default]
    Unknown,
}

/// Something that a script does to the accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountAct {
    /// What is done.
    pub what: AccountChange,
    /// The program that does it, or `passwd` for a line written into `/etc/passwd` or `/etc/group`.
    pub tool: String,
    /// It may not be done.
    pub conditional: bool,
    /// It is done when the account is not there: after it, the account is there either way.
    pub guarded: bool,
    /// The command.
    pub span: Range<usize>,
}

/// What is done to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountChange {
    /// A user is made.
    CreatesUser(NewUser),
    /// A group is made.
    CreatesGroup {
        /// Its name, when known.
        name: Option<String>,
        /// Its number, when certain.
        gid: Option<u32>,
    },
    /// A user is changed.
    ChangesUser(UserChange),
    /// A group is changed.
    ChangesGroup {
        /// The group's name.
        name: Option<String>,
        /// Its new number.
        gid: Option<u32>,
        /// Its new name.
        new_name: Option<String>,
    },
    /// A user is removed.
    DeletesUser {
        /// The user's name.
        name: Option<String>,
    },
    /// A group is removed.
    DeletesGroup {
        /// The group's name.
        name: Option<String>,
    },
}

/// A user that is made. A number is given only when it is certain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewUser {
    /// The name, when known.
    pub name: Option<String>,
    /// The name as the script writes it, quotes and variables included.
    pub written: String,
    /// The number.
    pub uid: Option<u32>,
    /// The primary group that is named, by name or number.
    pub group: Option<String>,
    /// The primary group's number.
    pub gid: Option<u32>,
    /// A group of the user's name is made with it.
    pub own_group: bool,
    /// Other groups that it joins.
    pub groups: Vec<String>,
    /// The home directory in its passwd row.
    pub home: Option<String>,
    /// Whether that directory is made.
    pub makes_home: Option<bool>,
    /// Whether it is a system user.
    pub system: bool,
}

/// A change to a user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserChange {
    /// The user's name, when known.
    pub name: Option<String>,
    /// The new number; `Some(None)` for one that is not known.
    pub uid: Option<Option<u32>>,
    /// The new primary group, by name or number; `Some(None)` for one that is not known.
    pub group: Option<Option<String>>,
    /// The new home.
    pub home: Option<String>,
    /// The new name.
    pub new_name: Option<String>,
    /// Groups that it joins.
    pub groups: Vec<String>,
}

/// What a script does to users and groups, in order.
pub fn accounts(script: &Script, env: Env<'_>, dialect: Dialect) -> Vec<AccountAct> {
    if !is_worth_a_look(script.text()) {
        return Vec::new();
    }
    let mut scope = Scope::new(env);
    let mut acts = Vec::new();
    for (index, command) in script.commands.iter().enumerate() {
        scope.see(command);
        let Some(program) = command.program() else {
            continue;
        };
        let turns = scope.turns(command);
        let turns = if turns.is_empty() {
            std::slice::from_ref(&scope)
        } else {
            &turns[..]
        };
        for what in turns
            .iter()
            .flat_map(|scope| changes(script, index, program, scope, dialect))
        {
            let is_row = !tools::is_tool(program);
            let tool = if is_row { "passwd" } else { program }.to_owned();
            let guarded = is_guarded(script, command, &what);
            let conditional = command.context.conditional;
            acts.push(AccountAct {
                what,
                tool,
                conditional,
                guarded,
                span: command.span.clone(),
            });
        }
    }
    acts
}

/// What the command at `index` does.
fn changes(
    script: &Script,
    index: usize,
    program: &str,
    scope: &Scope<'_>,
    dialect: Dialect,
) -> Vec<AccountChange> {
    let Some(command) = script.commands.get(index) else {
        return Vec::new();
    };
    let args = command.args().get(1..).unwrap_or_default();
    let mut what = match program {
        "useradd" | "luseradd" => vec![tools::useradd(args, scope, dialect)],
        "adduser" => tools::adduser(args, scope, dialect),
        "groupadd" | "lgroupadd" => vec![tools::groupadd(args, scope)],
        "addgroup" => vec![tools::addgroup(args, scope)],
        "usermod" => vec![tools::usermod(args, scope)],
        "groupmod" => vec![tools::groupmod(args, scope)],
        "gpasswd" => tools::gpasswd(args, scope),
        "userdel" | "deluser" => vec![tools::userdel(args, scope, program)],
        "groupdel" | "delgroup" => vec![tools::groupdel(args, scope)],
        _ => rows(script, index, command, scope),
    };
    for change in &mut what {
        if let AccountChange::CreatesUser(user) = change
            && let Some(word) = user.written.parse().ok().and_then(|at: usize| args.get(at))
        {
            user.written = String::from_utf8_lossy(word.raw(script.text())).replace('\0', "");
        }
    }
    what
}

/// Whether the text can touch an account at all.
fn is_worth_a_look(text: &[u8]) -> bool {
    ["user", "group", "passwd"]
        .iter()
        .any(|word| super::lex::find(text, word.as_bytes()))
}

/// Whether the command runs because the account is not there yet.
fn is_guarded(script: &Script, command: &Command, what: &AccountChange) -> bool {
    if !command.context.branch {
        return false;
    }
    let Some(span) = script.guard_span(command) else {
        return false;
    };
    let name = match what {
        AccountChange::CreatesUser(NewUser { name, .. })
        | AccountChange::CreatesGroup { name, .. } => name.as_deref(),
        _ => return false,
    };
    let written = match what {
        AccountChange::CreatesUser(user) => user.written.trim_matches('"'),
        _ => "",
    };
    let asks = ["getent", "/etc/passwd", "/etc/group"]
        .iter()
        .any(|word| script.mentions(&span, word));
    let named = name.is_some_and(|name| !name.is_empty() && script.mentions(&span, name))
        || (!written.is_empty() && script.mentions(&span, written));
    asks || (script.mentions(&span, "id ") && named)
}

/// Rows that a command writes into `/etc/passwd` and `/etc/group`.
fn rows(script: &Script, index: usize, command: &Command, scope: &Scope<'_>) -> Vec<AccountChange> {
    let redirected = command
        .redirects
        .iter()
        .find(|redirect| matches!(redirect.op, RedirectOp::Write | RedirectOp::Append));
    let file = match (command.program(), redirected) {
        (Some("tee"), _) => command
            .args()
            .iter()
            .skip(1)
            .find_map(|word| word.literal().filter(|text| text.starts_with('/'))),
        (_, Some(redirect)) => redirect.target.literal(),
        _ => None,
    };
    let users = match file.as_deref() {
        Some("/etc/passwd") => true,
        Some("/etc/group") => false,
        _ => return Vec::new(),
    };
    let text = if let Some(body) = script.heredoc_of(command) {
        if body.literal {
            body.text.clone()
        } else {
            body.text
                .lines()
                .map(|line| scope.text(line).text + "\n")
                .collect()
        }
    } else if command.program() == Some("tee") {
        index
            .checked_sub(1)
            .and_then(|before| script.commands.get(before))
            .map(|before| printed(before, scope))
            .unwrap_or_default()
    } else {
        printed(command, scope)
    };
    text.lines()
        .filter_map(|line| row(line.trim(), users))
        .collect()
}

/// What `echo` or `printf` prints.
fn printed(command: &Command, scope: &Scope<'_>) -> String {
    let mut words = command
        .args()
        .iter()
        .skip(1)
        .map(|word| scope.one(word).text)
        .skip_while(|word| word.starts_with('-'));
    match command.program() {
        Some("echo") => words.collect::<Vec<_>>().join(" ").replace("\\n", "\n"),
        Some("printf") => {
            let mut text = words.next().unwrap_or_default().replace("\\n", "\n");
            for word in words {
                let Some(at) = ["%s", "%d", "%u"]
                    .iter()
                    .filter_map(|mark| text.find(mark))
                    .min()
                else {
                    break;
                };
                text.replace_range(at..at + 2, &word);
            }
            text
        }
        _ => String::new(),
    }
}

/// A row of `/etc/passwd` or `/etc/group`.
fn row(line: &str, users: bool) -> Option<AccountChange> {
    let fields: Vec<&str> = line.split(':').collect();
    let [name, _, number, ..] = fields[..] else {
        return None;
    };
    let known = (!name.is_empty() && !name.contains(['%', ' '])).then(|| name.to_owned());
    let number = number.parse().ok();
    if !users {
        return Some(AccountChange::CreatesGroup {
            name: known,
            gid: number,
        });
    }
    let group = *fields.get(3)?;
    Some(AccountChange::CreatesUser(NewUser {
        name: known,
        written: name.to_owned(),
        uid: number,
        group: (!group.is_empty()).then(|| group.to_owned()),
        gid: group.parse().ok(),
        home: fields
            .get(5)
            .filter(|home| !home.is_empty())
            .map(|home| (*home).to_owned()),
        makes_home: Some(false),
        ..NewUser::default()
    }))
}
