//! What the reader of files must see.

use super::files::{FileAct, FileChange, Path, file_acts};
use super::lex::Script;

fn env(name: &str) -> Option<String> {
    match name {
        "APP" => Some("web".into()),
        "DIRS" => Some("/a /b".into()),
        _ => None,
    }
}

fn path(path: &Path) -> String {
    format!("{}{}", path.text, if path.complete { "" } else { "?" })
}

fn show(act: &FileAct) -> String {
    let all = |paths: &[Path]| paths.iter().map(path).collect::<Vec<_>>().join(" ");
    let text = match &act.what {
        FileChange::MakesDir {
            path: at,
            mode,
            owner,
            parents,
        } => {
            let mode = mode
                .as_ref()
                .map_or(String::new(), |mode| format!(" m={mode}"));
            let owner = owner
                .as_ref()
                .map_or(String::new(), |owner| format!(" o={owner}"));
            format!(
                "dir {}{mode}{owner}{}",
                path(at),
                if *parents { " -p" } else { "" }
            )
        }
        FileChange::ChangesOwner {
            paths,
            owner,
            recursive,
        } => {
            format!(
                "own{} {} {}",
                if *recursive { " -R" } else { "" },
                owner.as_deref().unwrap_or("?"),
                all(paths)
            )
        }
        FileChange::ChangesMode {
            paths,
            mode,
            recursive,
            excludes_others,
        } => {
            let shut = if *excludes_others { " shut" } else { "" };
            format!(
                "mode{} {mode} {}{shut}",
                if *recursive { " -R" } else { "" },
                all(paths)
            )
        }
        FileChange::Writes { path: at, append } => {
            format!("{} {}", if *append { ">>" } else { ">" }, path(at))
        }
        FileChange::Edits { path: at } => format!("edit {}", path(at)),
        FileChange::Unpacks { to } => format!("unpack {}", path(to)),
        FileChange::Loads { path: at } => format!("load {}", path(at)),
        FileChange::Links {
            target,
            path: at,
            symbolic,
        } => format!(
            "{} {} {}",
            if *symbolic { "ln -s" } else { "ln" },
            path(target),
            path(at)
        ),
        FileChange::Copies { from, to, keeps } => format!(
            "copy{} {} {}",
            if *keeps { " -p" } else { "" },
            all(from),
            path(to)
        ),
        FileChange::Removes { paths } => format!("rm {}", all(paths)),
    };
    format!("{text}{}", if act.conditional { " if" } else { "" })
}

#[test]
fn acts() {
    // (script in /w, what it does)
    let rows: &[(&str, &str)] = &[
        ("mkdir /a", "dir /a"),
        ("mkdir -p /a/b /c", "dir /a/b -p | dir /c -p"),
        ("mkdir -pm 0700 data", "dir /w/data m=0700 -p"),
        ("mkdir --mode=755 --parents /a", "dir /a m=755 -p"),
        ("mkdir -p /a/{b,c}", "dir /a/b -p | dir /a/c -p"),
        ("mkdir -p '/a/{b,c}'", "dir /a/{b,c} -p"),
        ("mkdir -p \"/a\"/{b,c}", "dir /a/b -p | dir /a/c -p"),
        ("mkdir -p $DIRS", "dir /a -p | dir /b -p"),
        ("mkdir -p /srv/$APP", "dir /srv/web -p"),
        ("mkdir -p /srv/$NONE", "dir /srv? -p"),
        (
            "D=/srv/x; mkdir $D && chown app $D",
            "dir /srv/x | own app /srv/x",
        ),
        (
            "cd /srv && mkdir a && cd a && mkdir ../b",
            "dir /srv/a | dir /srv/b",
        ),
        ("cd $NONE && mkdir a", "dir a?"),
        (
            "for d in a b; do mkdir -p /x/$d; done",
            "dir /x/a -p | dir /x/b -p",
        ),
        ("for d in /x/*; do chown app $d; done", "own app /x/* if"),
        (
            "install -d -o app -g grp -m 0755 /a /b",
            "dir /a m=0755 o=app:grp -p | dir /b m=0755 o=app:grp -p",
        ),
        (
            "install --directory --owner=app --mode=750 /a",
            "dir /a m=750 o=app -p",
        ),
        (
            "install -m 0755 x /usr/bin/x",
            "copy /w/x /usr/bin/x | mode 0755 /usr/bin/x",
        ),
        ("chown app:app /a", "own app:app /a"),
        ("chown -R app:app /a /b", "own -R app:app /a /b"),
        ("chown app:app -R /a", "own -R app:app /a"),
        ("chown --recursive 1001:0 .", "own -R 1001:0 /w"),
        ("chown -hR $APP: /a", "own -R web: /a"),
        ("chown -R $NONE /a", "own -R ? /a"),
        (
            "chgrp -R 0 /a && chmod -R g=u /a",
            "own -R :0 /a | mode -R g=u /a",
        ),
        ("chmod 700 /a", "mode 700 /a shut"),
        ("chmod 0750 /a", "mode 0750 /a shut"),
        ("chmod 0755 /a", "mode 0755 /a"),
        ("chmod 0644 /a", "mode 0644 /a"),
        ("chmod 0600 /a", "mode 0600 /a shut"),
        ("chmod 1777 /tmp", "mode 1777 /tmp"),
        ("chmod 0744 /a", "mode 0744 /a shut"),
        ("chmod +x /a", "mode +x /a"),
        ("chmod a+rx /a", "mode a+rx /a"),
        ("chmod u+x /a", "mode u+x /a shut"),
        ("chmod ug+x /a", "mode ug+x /a shut"),
        ("chmod u+x,o+x /a", "mode u+x,o+x /a"),
        ("chmod go-rwx /a", "mode go-rwx /a shut"),
        ("chmod o-w /a", "mode o-w /a"),
        ("chmod -R a+rX /a", "mode -R a+rX /a"),
        ("chmod u=rwX,go=rX /a", "mode u=rwX,go=rX /a"),
        ("chmod u=rwx,go= /a", "mode u=rwx,go= /a shut"),
        ("chmod g+w /a", "mode g+w /a"),
        ("chmod -x /a", "mode -x /a"),
        (
            "find /a -type d -exec chmod 700 {} \\;",
            "mode -R 700 /a shut",
        ),
        ("find /a /b -exec chown app {} +", "own -R app /a /b"),
        ("find /a | xargs chown app", ""),
        ("echo x > /a/b", "> /a/b"),
        ("echo x >> a", ">> /w/a"),
        ("echo x 2>/dev/null >&2", ""),
        ("echo x | tee -a /a /b", ">> /a | >> /b"),
        ("cmd &> /var/log/x", "> /var/log/x"),
        ("touch /var/log/x", ">> /var/log/x"),
        ("{ a; b; } > /x", "> /x"),
        (
            "cat > /x <<EOF\nchown app /y\nEOF\nmkdir /z",
            "> /x | dir /z",
        ),
        (
            "ln -s /dev/stdout /var/log/x",
            "ln -s /dev/stdout /var/log/x",
        ),
        ("ln -sf ../a /b", "ln -s ../a /b"),
        ("cp -a x /y", "copy -p /w/x /y"),
        ("mv x y", "copy -p /w/x /w/y | rm /w/x"),
        ("rm -rf /var/lib/apt/lists/*", "rm /var/lib/apt/lists/*"),
        ("[ -d /a ] || mkdir /a", "dir /a if"),
        ("if x; then mkdir /a; fi; mkdir /b", "dir /a if | dir /b"),
        ("set -ex && mkdir /a", "dir /a"),
        ("mkdir ~/x", "dir ~/x"),
        ("sudo mkdir /a", "dir /a"),
        (
            "bash -lc \"mkdir /a && chown app /a\"",
            "dir /a | own app /a",
        ),
        ("echo 'mkdir /a'", ""),
        ("sed -i 's/a/b/' /etc/x", "edit /etc/x"),
        (
            "sed -i -e 's/a/b/' -e s/c/d/ /etc/x y",
            "edit /etc/x | edit /w/y",
        ),
        ("sed -i.bak -r 's/a/b/' x", "edit /w/x"),
        ("sed -ri \"s#a#$NONE#\" /x", "edit /x"),
        ("sed --in-place=.old --expression=s/a/b/ /x", "edit /x"),
        ("sed -e 's/i/b/' /x", ""),
        ("sed -n '/x/p' /x > /y", "> /y"),
        ("perl -pi -e 's/a/b/' /x", "edit /x"),
        ("tar xzf a.tgz -C /srv", "unpack /srv"),
        ("tar -xf a.tar", "unpack /w"),
        ("tar -czf a.tgz /srv", "> /w/a.tgz"),
        ("curl -s http://x | tar -xz --directory=/srv", "unpack /srv"),
        ("unzip -q a.zip -d /srv", "unpack /srv"),
        ("curl -fsSL http://x -o /srv/x", "load /srv/x"),
        ("curl -f http://localhost/", ""),
        ("wget -qO /srv/x http://x", "load /srv/x"),
        ("wget -qO- http://x", ""),
        ("wget --spider http://x", ""),
        ("wget http://x/y", "unpack /w"),
        ("dd if=/dev/zero of=/swap bs=1M", "> /swap"),
        ("truncate -s 0 /var/log/x", ">> /var/log/x"),
    ];
    for (script, expected) in rows {
        let got: Vec<_> = file_acts(&Script::parse(script.as_bytes()), &env, "/w")
            .iter()
            .map(show)
            .collect();
        assert_eq!(got.join(" | "), *expected, "{script}");
    }
}
