//! Rows of an image's `/etc/passwd` (passwd(5)), and who of them is what.

use std::borrow::Cow;

use crate::bases::{Account, Family, system, system_account};

/// The accounts of a passwd, in its order. What no row can be is passed over, as libc does.
pub(super) fn read(passwd: &str) -> Vec<Account> {
    let rows = passwd.lines().take(MOST_ROWS).filter_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let &[name, _, uid, gid, _, home, _] = fields.as_slice() else {
            return None;
        };
        let plain = |text: &str| !text.contains(|ch: char| ch.is_control() || ch.is_whitespace());
        if name.is_empty() || name.len() > 64 || !plain(name) || !plain(home) {
            return None;
        }
        Some(Account {
            name: Cow::Owned(name.to_owned()),
            uid: Some(uid.parse().ok()?),
            gid: Some(gid.parse().ok()?),
            home: Some(home)
                .filter(|home| !home.is_empty())
                .map(|home| Cow::Owned(home.to_owned())),
        })
    });
    rows.collect()
}

/// Rows that are read: no image for one program has so many.
const MOST_ROWS: usize = 4096;

/// Numbers that distributions give to people (login.defs(5): `UID_MIN`, `UID_MAX`), and distroless' `nonroot`.
const PEOPLE: std::ops::RangeInclusive<u32> = 1000..=60_000;
const NONROOT: u32 = 65_532;

/// The row that `user` (the part of `USER` before a colon) means: by name first, then by number, as runc looks for it
/// (moby/sys/user, `GetExecUser`).
pub(super) fn of_user<'a>(accounts: &'a [Account], user: &str) -> Option<&'a Account> {
    let number = user.parse::<u32>().ok();
    accounts
        .iter()
        .find(|account| account.name == user || (number.is_some() && account.uid == number))
}

/// The account that is there to run the application as: the image's own user, or the only one with a person's number.
/// Ubuntu's `ubuntu` is for people who log in.
pub(super) fn candidate<'a>(accounts: &'a [Account], user: &str) -> Option<&'a Account> {
    let own = user.split(':').next().unwrap_or_default();
    if let Some(own) = of_user(accounts, own).filter(|own| own.uid != Some(0)) {
        return Some(own);
    }
    let mut fit = accounts.iter().filter(|account| {
        let person = account
            .uid
            .is_some_and(|uid| PEOPLE.contains(&uid) || uid == NONROOT);
        person && account.name != "ubuntu" && account.name != "nobody"
    });
    let first = fit.next()?;
    fit.next().is_none().then_some(first)
}

/// Those beyond root that its distribution does not have from the start.
pub(super) fn own(accounts: &[Account], family: Family) -> Vec<Account> {
    let is_systems = |account: &&Account| {
        let known = system_account(family, &account.name);
        known.is_some_and(|known| known.uid.is_none_or(|uid| account.uid == Some(uid)))
    };
    let own = accounts
        .iter()
        .filter(|account| account.name != "root" && !is_systems(account));
    own.cloned().collect()
}

/// Those that nothing in a container needs by itself: the distribution's, without the image's user (CIS Docker Benchmark
/// 4.1 advises to delete them).
pub(super) fn unneeded(accounts: &[Account], family: Family, user: &str) -> Vec<String> {
    let Some(system) = system(family) else {
        return Vec::new();
    };
    let own = of_user(accounts, user.split(':').next().unwrap_or_default());
    let rows = system.accounts.iter().filter(|row| row.keep.is_none());
    rows.filter(|row| own.is_none_or(|own| own.name != row.account.name))
        .filter(|row| {
            accounts
                .iter()
                .any(|account| account.name == row.account.name)
        })
        .map(|row| row.account.name.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\ngames:x:5:60:games:/usr/games:/sbin/nologin\n\
        broken\nevil name:x:1:1::/:/x\napp:x:1001:1002::/srv/app:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n";

    #[test]
    fn rows_and_whose_they_are() {
        let accounts = read(PASSWD);
        let names: Vec<&str> = accounts
            .iter()
            .map(|account| account.name.as_ref())
            .collect();
        assert_eq!(names, ["root", "games", "app", "toor"]);
        assert_eq!(
            of_user(&accounts, "1001").map(|a| a.name.as_ref()),
            Some("app")
        );
        assert_eq!(
            candidate(&accounts, "").map(|a| a.name.as_ref()),
            Some("app")
        );
        assert_eq!(
            candidate(&accounts, "games:1").map(|a| a.name.as_ref()),
            Some("games")
        );
        assert_eq!(unneeded(&accounts, Family::Debian, ""), ["games"]);
        let own: Vec<String> = own(&accounts, Family::Debian)
            .iter()
            .map(|a| a.name.to_string())
            .collect();
        assert_eq!(own, ["app", "toor"]);
    }
}
