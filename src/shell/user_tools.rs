//! What each program for users and groups means by its options.

use super::opts::{self, Parsed, Spec};
use super::scope::Scope;
use super::user_options::{ADDGROUP, ADDUSER, GROUPADD, GROUPMOD, USERADD, USERMOD};
use super::users::{AccountChange, Dialect, NewUser, UserChange};
use super::word::Word;

/// Whether a program is one of those below.
pub(super) fn is_tool(program: &str) -> bool {
    program.contains("user") || program.contains("group") || program == "gpasswd"
}

pub(super) fn useradd(args: &[Word], scope: &Scope<'_>, dialect: Dialect) -> AccountChange {
    let parsed = opts::parse(args, &USERADD, scope);
    let name = parsed
        .operands
        .last()
        .cloned()
        .and_then(super::word::Expanded::known);
    let uid: Option<u32> = parsed.known('u').and_then(|uid| uid.parse().ok());
    let system = parsed.has('r');
    let group = parsed.known('g');
    let named = parsed.has('g');
    let own_group = !named && !parsed.has('N') && (parsed.has('U') || dialect != Dialect::Suse);
    let gid = match &group {
        Some(group) => well_known(group),
        // The group gets the user's number when it is free and in the range for groups.
        None if own_group && !system && dialect != Dialect::Busybox => {
            uid.filter(|uid| (1000..=60000).contains(uid))
        }
        None if own_group && !system && parsed.has('U') => {
            uid.filter(|uid| (1000..=60000).contains(uid))
        }
        None if !named && !own_group && parsed.has('N') => None,
        None => None,
    };
    let home = match (parsed.value('d'), parsed.value('b')) {
        (Some(_), _) => parsed.known('d'),
        (None, Some(_)) => parsed
            .known('b')
            .zip(name.as_ref())
            .map(|(base, name)| format!("{base}/{name}")),
        (None, None) => name.as_ref().map(|name| format!("/home/{name}")),
    };
    let makes_home = match (parsed.has('m'), parsed.has('M'), dialect) {
        (true, _, _) => Some(true),
        (_, true, _) => Some(false),
        (_, _, Dialect::Debian | Dialect::Busybox) => Some(false),
        (_, _, Dialect::Redhat) => Some(!system),
        _ => system.then_some(false),
    };
    AccountChange::CreatesUser(NewUser {
        name,
        written: place(&parsed, parsed.operands.len().wrapping_sub(1)),
        uid,
        group,
        gid,
        own_group,
        groups: list(parsed.known('G')),
        home,
        makes_home,
        system,
    })
}

pub(super) fn adduser(args: &[Word], scope: &Scope<'_>, dialect: Dialect) -> Vec<AccountChange> {
    let letters = || {
        args.iter()
            .map(Word::prefix)
            .filter(|word| word.starts_with('-') && !word.starts_with("--"))
    };
    let parsed = opts::parse(args, &ADDUSER, scope);
    let long = parsed
        .flags
        .iter()
        .any(|(letter, _)| matches!(letter, 'X' | 'q'));
    let busybox =
        long || letters().any(|word| word.len() < 6 && word.contains(['D', 'S', 'H', 'h']));
    let shadow = letters().any(|word| {
        word.len() < 6 && word.contains(['m', 'M', 'r', 'd', 'c', 'N', 'o', 'p', 'l', 'b'])
    }) || args.iter().any(|word| {
        matches!(
            word.prefix(),
            "--create-home" | "--groups" | "--home-dir" | "--no-log-init" | "--user-group"
        )
    });
    // `-g 1000` and `-g app` are groups; busybox's `-g` is a text about the user, and comes with `-D`.
    let group = !busybox && dialect != Dialect::Busybox && letters().any(|word| word == "-g");
    if (shadow && !busybox) || group || (dialect == Dialect::Redhat && !busybox) {
        return vec![useradd(args, scope, dialect)];
    }
    let name = parsed
        .operands
        .first()
        .cloned()
        .and_then(super::word::Expanded::known);
    if let Some(group) = parsed.operands.get(1) {
        // `adduser app group` lets the user join; with a second group Debian's refuses.
        let groups = list(group.clone().known());
        return vec![AccountChange::ChangesUser(UserChange {
            name,
            groups,
            ..UserChange::default()
        })];
    }
    let uid: Option<u32> = parsed.known('u').and_then(|uid| uid.parse().ok());
    let system = parsed.has('S');
    let named = parsed.has('G');
    let group = parsed.known('G');
    let debian = dialect == Dialect::Debian
        || (dialect == Dialect::Unknown
            && !letters().any(|word| word.len() < 6 && word.contains(['D', 'S', 'H', 'h', 'G'])));
    let own_group = !named
        && if debian {
            !system || parsed.has('U')
        } else {
            !system
        };
    let gid = match &group {
        Some(group) => well_known(group),
        None if own_group && !debian => uid,
        None if !named && !own_group && debian && dialect == Dialect::Debian => Some(65534),
        None => None,
    };
    let home = match parsed.value('h') {
        Some(_) => parsed.known('h'),
        None if debian && system => None,
        None => name.as_ref().map(|name| format!("/home/{name}")),
    };
    let makes_home = match (parsed.has('H'), debian && system) {
        (true, _) => Some(false),
        (false, true) => None,
        (false, false) => Some(true),
    };
    let written = place(&parsed, 0);
    vec![AccountChange::CreatesUser(NewUser {
        name,
        written,
        uid,
        group,
        gid,
        own_group,
        groups: Vec::new(),
        home,
        makes_home,
        system,
    })]
}

pub(super) fn groupadd(args: &[Word], scope: &Scope<'_>) -> AccountChange {
    let parsed = opts::parse(args, &GROUPADD, scope);
    new_group(&parsed)
}

pub(super) fn addgroup(args: &[Word], scope: &Scope<'_>) -> AccountChange {
    let parsed = opts::parse(args, &ADDGROUP, scope);
    if let [user, group] = &parsed.operands[..] {
        let groups = list(group.clone().known());
        return AccountChange::ChangesUser(UserChange {
            name: user.clone().known(),
            groups,
            ..UserChange::default()
        });
    }
    new_group(&parsed)
}

pub(super) fn usermod(args: &[Word], scope: &Scope<'_>) -> AccountChange {
    let parsed = opts::parse(args, &USERMOD, scope);
    AccountChange::ChangesUser(UserChange {
        name: operand(&parsed),
        uid: parsed
            .value('u')
            .map(|uid| uid.clone().known().and_then(|uid| uid.parse().ok())),
        group: parsed.value('g').map(|group| group.clone().known()),
        home: parsed.known('d'),
        new_name: parsed.known('l'),
        groups: list(parsed.known('G')),
    })
}

pub(super) fn groupmod(args: &[Word], scope: &Scope<'_>) -> AccountChange {
    let parsed = opts::parse(args, &GROUPMOD, scope);
    let gid = parsed.known('g').and_then(|gid| gid.parse().ok());
    AccountChange::ChangesGroup {
        name: operand(&parsed),
        gid,
        new_name: parsed.known('n'),
    }
}

/// `gpasswd -a USER GROUP`
pub(super) fn gpasswd(args: &[Word], scope: &Scope<'_>) -> Vec<AccountChange> {
    let parsed = opts::parse(
        args,
        &Spec {
            valued: "adMA",
            long: &[("add", 'a', true)],
            single_dash: false,
        },
        scope,
    );
    let Some(name) = parsed.known('a') else {
        return Vec::new();
    };
    let groups = list(operand(&parsed));
    vec![AccountChange::ChangesUser(UserChange {
        name: Some(name),
        groups,
        ..UserChange::default()
    })]
}

pub(super) fn userdel(args: &[Word], scope: &Scope<'_>, program: &str) -> AccountChange {
    let parsed = opts::parse(
        args,
        &Spec {
            valued: "R",
            long: &[],
            single_dash: true,
        },
        scope,
    );
    let name = parsed
        .operands
        .first()
        .cloned()
        .and_then(super::word::Expanded::known);
    if program == "deluser" && parsed.operands.len() > 1 {
        return AccountChange::ChangesUser(UserChange {
            name,
            ..UserChange::default()
        });
    }
    AccountChange::DeletesUser { name }
}

pub(super) fn groupdel(args: &[Word], scope: &Scope<'_>) -> AccountChange {
    let parsed = opts::parse(
        args,
        &Spec {
            valued: "R",
            long: &[],
            single_dash: true,
        },
        scope,
    );
    AccountChange::DeletesGroup {
        name: operand(&parsed),
    }
}

fn new_group(parsed: &Parsed) -> AccountChange {
    let gid = parsed.known('g').and_then(|gid| gid.parse().ok());
    AccountChange::CreatesGroup {
        name: operand(parsed),
        gid,
    }
}

fn operand(parsed: &Parsed) -> Option<String> {
    parsed
        .operands
        .last()
        .cloned()
        .and_then(super::word::Expanded::known)
}

/// Which argument an operand was, for the caller to look up how it is written.
fn place(parsed: &Parsed, operand: usize) -> String {
    parsed
        .places
        .get(operand)
        .map(usize::to_string)
        .unwrap_or_default()
}

/// The number of a group that needs no look-up.
fn well_known(group: &str) -> Option<u32> {
    match group {
        "root" => Some(0),
        number => number.parse().ok(),
    }
}

fn list(groups: Option<String>) -> Vec<String> {
    groups
        .unwrap_or_default()
        .split(',')
        .filter(|group| !group.is_empty())
        .map(str::to_owned)
        .collect()
}
