//! What the readers of groups, changes and rows must see, and how it adds up.

use super::accounts::Accounts;
use super::lex::Script;
use super::tests_users::{env, number, show};
use super::users::{AccountChange, Dialect, accounts};

#[test]
fn acts() {
    use Dialect::{Busybox, Debian};
    // (distribution, script, what it does)
    let rows: &[(Dialect, &str, &str)] = &[
        // groups, changes, removals
        (Debian, "groupadd -g 1001 app", "group app 1001"),
        (Debian, "groupadd -r --gid=999 app", "group app 999"),
        (Debian, "groupadd -f app", "group app ?"),
        (
            Debian,
            "usermod -u 1000 www-data",
            "change www-data uid=1000",
        ),
        (Debian, "usermod -aG docker app", "change app joins=docker"),
        (
            Debian,
            "usermod -a -G docker,audio app",
            "change app joins=docker,audio",
        ),
        (
            Debian,
            "usermod --login gradle --home /home/gradle ubuntu",
            "change ubuntu home=/home/gradle name=gradle",
        ),
        (Debian, "usermod -g $NONE app", "change app group=?"),
        (Debian, "groupmod -g 99 app", "regroup app 99 ?"),
        (
            Debian,
            "groupmod --new-name gradle ubuntu",
            "regroup ubuntu ? gradle",
        ),
        (Debian, "gpasswd -a app docker", "change app joins=docker"),
        (Debian, "userdel -r node", "delete node"),
        (Busybox, "deluser node", "delete node"),
        (Debian, "deluser app sudo", "change app"),
        (Debian, "groupdel app", "ungroup app"),
        // rows
        (
            Debian,
            "echo \"app:x:1000:1000:App:/srv:/bin/sh\" >> /etc/passwd",
            "user app 1000:1000 group=1000 home=/srv-",
        ),
        (Debian, "echo 'app:x:1000:' >> /etc/group", "group app 1000"),
        (
            Debian,
            "echo \"$APP:x:$ID:0::/srv:/bin/sh\" | sudo tee -a /etc/passwd",
            "user web 1234:0 group=0 home=/srv-",
        ),
        (
            Debian,
            "printf 'a:x:1:2::/a:/bin/sh\\nb:x:3:4::/b:/bin/sh\\n' > /etc/passwd",
            "user a 1:2 group=2 home=/a- | user b 3:4 group=4 home=/b-",
        ),
        (
            Debian,
            "printf '%s:x:%d:5::/:\\n' app 7 >> /etc/passwd",
            "user app 7:5 group=5 home=/-",
        ),
        (
            Debian,
            "cat >> /etc/passwd <<EOF\n$APP:x:1:2::/a:/bin/sh\nEOF\n",
            "user web 1:2 group=2 home=/a-",
        ),
        (
            Debian,
            "echo app:x:1:1::/:/bin/sh >> /rootfs/etc/passwd",
            "",
        ),
        // conditions
        (
            Debian,
            "id app || useradd app",
            "user app ?:? home=/home/app- if guarded",
        ),
        (
            Debian,
            "id -u \"$APP\" >/dev/null 2>&1 || useradd -m \"$APP\"",
            "user web ?:? home=/home/web+ if guarded",
        ),
        (
            Debian,
            "getent group app >/dev/null || groupadd -g 5 app",
            "group app 5 if guarded",
        ),
        (
            Debian,
            "if ! getent passwd app; then useradd app; fi",
            "user app ?:? home=/home/app- if guarded",
        ),
        (
            Debian,
            "if [ -z \"$(getent passwd app)\" ]; then useradd app; fi",
            "user app ?:? home=/home/app- if guarded",
        ),
        (
            Debian,
            "cat /etc/passwd | grep -q app || useradd app",
            "user app ?:? home=/home/app- if guarded",
        ),
        (
            Debian,
            "[ \"$(id -u)\" = 0 ] && useradd app",
            "user app ?:? home=/home/app- if",
        ),
        (
            Debian,
            "if [ $X = y ]; then useradd app; fi",
            "user app ?:? home=/home/app- if",
        ),
        (
            Debian,
            "apt-get update && useradd app",
            "user app ?:? home=/home/app-",
        ),
        (Debian, "echo useradd app; # useradd app", ""),
        (Debian, "apt-get install -y adduser", ""),
        (
            Debian,
            "command -v useradd && useradd app",
            "user app ?:? home=/home/app- if",
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

#[test]
fn the_name_is_kept_as_written() {
    let script = Script::parse(b"useradd -m \"${APP}\"");
    let acts = accounts(&script, &env, Dialect::Debian);
    let AccountChange::CreatesUser(user) = &acts[0].what else {
        panic!()
    };
    assert_eq!(
        (user.name.as_deref(), user.written.as_str()),
        (Some("web"), "\"${APP}\"")
    );
    assert_eq!(
        (acts[0].tool.as_str(), acts[0].span.clone()),
        ("useradd", 0..19)
    );
}

#[test]
fn accounts_add_up() {
    // (scripts, the users that are there after them)
    let rows: &[(&[&str], &str)] = &[
        (&["groupadd -g 5 g", "useradd -u 7 -g g app"], "app 7:5"),
        (
            &["addgroup -g 5 -S g && adduser -S -u 7 -G g app"],
            "app 7:5",
        ),
        (&["groupadd -r g && useradd -r -g g app"], "app ?:?"),
        (
            &["groupadd -g 1001 other", "useradd -u 1001 app"],
            "app 1001:?",
        ),
        (&["useradd -u 1001 app"], "app 1001:1001"),
        (
            &["useradd -u 1001 app", "usermod -u 1002 app"],
            "app 1002:1001",
        ),
        (
            &["useradd -u 1001 app", "groupmod -g 1002 app"],
            "app 1001:1002",
        ),
        (
            &[
                "useradd -u 1001 app",
                "[ -n \"$X\" ] && usermod -u 1002 app",
            ],
            "app ?:1001",
        ),
        (
            &["useradd -u 1001 app", "usermod -l web app"],
            "web 1001:1001",
        ),
        (&["useradd -u 1001 app", "userdel app"], ""),
        (
            &["useradd -u 1001 a; useradd -u 1002 b"],
            "a 1001:1001, b 1002:1002",
        ),
        (
            &["if [ $X ]; then useradd -u 1001 a; else adduser -D -u 1001 a; fi"],
            "a 1001:1001",
        ),
        (
            &["if [ $X ]; then useradd -u 1001 a; else useradd -u 1002 a; fi"],
            "a ?:?",
        ),
        (
            &["if [ $X ]; then useradd -u 1001 a; fi"],
            "a 1001:1001 maybe",
        ),
        (&["id a || useradd -u 1001 a"], "a 1001:1001"),
        (&["useradd -g 0 -u 1001 a"], "a 1001:0"),
        (&["useradd -u 1001 a", "usermod -g root a"], "a 1001:0"),
    ];
    for (scripts, expected) in rows {
        let mut all = Accounts::default();
        for (at, script) in scripts.iter().enumerate() {
            all.read(
                &Script::parse(script.as_bytes()),
                &env,
                Dialect::Unknown,
                at,
            );
        }
        let users = all.users().iter().map(|user| {
            format!(
                "{} {}:{}{}",
                user.name,
                number(user.uid),
                number(user.gid),
                if user.conditional { " maybe" } else { "" }
            )
        });
        assert_eq!(
            users.collect::<Vec<_>>().join(", "),
            *expected,
            "{scripts:?}"
        );
    }
}
