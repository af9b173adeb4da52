//! What the readers of users and groups must see.

use std::fmt::Write as _;

use super::lex::Script;
use super::users::{AccountAct, AccountChange, Dialect, accounts};

pub(super) fn env(name: &str) -> Option<String> {
    match name {
        "APP" => Some("web".into()),
        "ID" => Some("1234".into()),
        _ => None,
    }
}

pub(super) fn number(number: Option<u32>) -> String {
    number.map_or("?".into(), |number| number.to_string())
}

pub(super) fn show(act: &AccountAct) -> String {
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "?".into());
    let text = match &act.what {
        AccountChange::CreatesUser(user) => {
            let mut text = format!(
                "user {} {}:{}",
                name(&user.name),
                number(user.uid),
                number(user.gid)
            );
            if let Some(group) = &user.group {
                write!(text, " group={group}").unwrap();
            }
            write!(text, " home={}", name(&user.home)).unwrap();
            text += match user.makes_home {
                Some(true) => "+",
                Some(false) => "-",
                None => "?",
            };
            if user.system {
                text += " system";
            }
            text
        }
        AccountChange::CreatesGroup { name: own, gid } => {
            format!("group {} {}", name(own), number(*gid))
        }
        AccountChange::ChangesUser(change) => {
            let mut text = format!("change {}", name(&change.name));
            if let Some(uid) = change.uid {
                write!(text, " uid={}", number(uid)).unwrap();
            }
            if let Some(group) = &change.group {
                write!(text, " group={}", name(group)).unwrap();
            }
            if let Some(home) = &change.home {
                write!(text, " home={home}").unwrap();
            }
            if let Some(new) = &change.new_name {
                write!(text, " name={new}").unwrap();
            }
            if !change.groups.is_empty() {
                write!(text, " joins={}", change.groups.join(",")).unwrap();
            }
            text
        }
        AccountChange::ChangesGroup {
            name: own,
            gid,
            new_name,
        } => {
            format!("regroup {} {} {}", name(own), number(*gid), name(new_name))
        }
        AccountChange::DeletesUser { name: own } => format!("delete {}", name(own)),
        AccountChange::DeletesGroup { name: own } => format!("ungroup {}", name(own)),
    };
    format!(
        "{text}{}{}",
        if act.conditional { " if" } else { "" },
        if act.guarded { " guarded" } else { "" }
    )
}

#[test]
fn acts() {
    use Dialect::{Busybox, Debian, Redhat, Suse, Unknown};
    // (distribution, script, what it does: `user NAME UID:GID group home+made`)
    let rows: &[(Dialect, &str, &str)] = &[
        // useradd
        (Debian, "useradd app", "user app ?:? home=/home/app-"),
        (Redhat, "useradd app", "user app ?:? home=/home/app+"),
        (
            Redhat,
            "useradd -r app",
            "user app ?:? home=/home/app- system",
        ),
        (Unknown, "useradd app", "user app ?:? home=/home/app?"),
        (
            Debian,
            "useradd -m -u 1001 app",
            "user app 1001:1001 home=/home/app+",
        ),
        (
            Debian,
            "useradd -rmu 1001 app",
            "user app 1001:? home=/home/app+ system",
        ),
        (
            Debian,
            "useradd -ms /bin/bash app",
            "user app ?:? home=/home/app+",
        ),
        (
            Debian,
            "useradd --uid=1001 --gid=0 --home-dir=/opt/app app",
            "user app 1001:0 group=0 home=/opt/app-",
        ),
        (
            Debian,
            "useradd --uid 1001 --gid root --home /opt/app app",
            "user app 1001:0 group=root home=/opt/app-",
        ),
        (
            Debian,
            "useradd -u1001 -g app app",
            "user app 1001:? group=app home=/home/app-",
        ),
        (
            Debian,
            "useradd -N -u 1001 app",
            "user app 1001:? home=/home/app-",
        ),
        (
            Suse,
            "useradd -u 1001 app",
            "user app 1001:? home=/home/app?",
        ),
        (
            Suse,
            "useradd -U -u 1001 app",
            "user app 1001:1001 home=/home/app?",
        ),
        (
            Debian,
            "useradd -u 65532 app",
            "user app 65532:? home=/home/app-",
        ),
        (
            Debian,
            "useradd -o -u 0 toor",
            "user toor 0:? home=/home/toor-",
        ),
        (Debian, "useradd -b /srv app", "user app ?:? home=/srv/app-"),
        (
            Debian,
            "useradd -c 'An app' -l --shell /sbin/nologin app",
            "user app ?:? home=/home/app-",
        ),
        (
            Debian,
            "useradd -G audio,video -g app app",
            "user app ?:? group=app home=/home/app-",
        ),
        (
            Debian,
            "/usr/sbin/useradd app",
            "user app ?:? home=/home/app-",
        ),
        (Debian, "sudo useradd app", "user app ?:? home=/home/app-"),
        (
            Debian,
            "useradd -u $ID \"$APP\"",
            "user web 1234:1234 home=/home/web-",
        ),
        (
            Debian,
            "useradd -u ${U:-77} -g ${NONE} ${NONE}",
            "user ? 77:? home=?-",
        ),
        (Debian, "U=x; useradd $U", "user x ?:? home=/home/x-"),
        (
            Debian,
            "useradd app -u 1001",
            "user app 1001:1001 home=/home/app-",
        ),
        (
            Debian,
            "sh -c 'useradd app'",
            "user app ?:? home=/home/app-",
        ),
        (
            Debian,
            "for u in a b; do useradd -M $u; done",
            "user a ?:? home=/home/a- | user b ?:? home=/home/b-",
        ),
        // adduser of Debian
        (
            Debian,
            "adduser --disabled-password --gecos \"\" --uid 1000 --ingroup g app",
            "user app 1000:? group=g home=/home/app+",
        ),
        (
            Debian,
            "adduser --disabled-password --gecos '' app",
            "user app ?:? home=/home/app+",
        ),
        (
            Debian,
            "adduser -disabled-password -gecos '' app",
            "user app ?:? home=/home/app+",
        ),
        (
            Debian,
            "adduser --system --group app",
            "user app ?:? home=?? system",
        ),
        (
            Debian,
            "adduser --system --no-create-home app",
            "user app ?:65534 home=?- system",
        ),
        (
            Debian,
            "adduser --home /srv --gid 0 --quiet app",
            "user app ?:0 group=0 home=/srv+",
        ),
        (Debian, "adduser app sudo", "change app joins=sudo"),
        (Debian, "addgroup --gid 1000 app", "group app 1000"),
        (Debian, "addgroup --system --gid 1000 app", "group app 1000"),
        // busybox
        (
            Busybox,
            "adduser -D -u 1001 app",
            "user app 1001:1001 home=/home/app+",
        ),
        (
            Unknown,
            "adduser -D -u 1001 app",
            "user app 1001:1001 home=/home/app+",
        ),
        (Unknown, "adduser -D app", "user app ?:? home=/home/app+"),
        (
            Busybox,
            "adduser -S -D -H -h /srv -s /sbin/nologin -G app -g app app",
            "user app ?:? group=app home=/srv- system",
        ),
        (
            Unknown,
            "adduser -SDHu 101 -G www-data www-data",
            "user www-data 101:? group=www-data home=/home/www-data- system",
        ),
        (
            Busybox,
            "adduser -S -u 101 app",
            "user app 101:? home=/home/app+ system",
        ),
        (Busybox, "adduser app staff", "change app joins=staff"),
        (Busybox, "addgroup -S app", "group app ?"),
        (Busybox, "addgroup -g 101 -S app", "group app 101"),
        (Busybox, "addgroup app staff", "change app joins=staff"),
        (
            Busybox,
            "busybox adduser -D app",
            "user app ?:? home=/home/app+",
        ),
        // adduser that is useradd
        (
            Redhat,
            "adduser -u 1001 app",
            "user app 1001:1001 home=/home/app+",
        ),
        (
            Unknown,
            "adduser app -u 1001 -M -s /sbin/nologin -g app",
            "user app 1001:? group=app home=/home/app-",
        ),
        (
            Unknown,
            "adduser -r -d /srv app",
            "user app ?:? home=/srv- system",
        ),
    ];
    for (dialect, script, expected) in rows {
        let got: Vec<_> = accounts(&Script::parse(script.as_bytes()), &env, *dialect)
            .iter()
            .map(show)
            .collect();
        assert_eq!(got.join(" | "), *expected, "{script}");
    }
}
