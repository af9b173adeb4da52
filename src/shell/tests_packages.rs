//! What the reader of packages must see.

use super::lex::Script;
use super::packages::installs;

#[test]
fn packages() {
    // (script, what is installed)
    let rows: &[(&str, &str)] = &[
        (
            "apt-get update && apt-get install -y --no-install-recommends curl 'git=1:2' && rm -rf /x",
            "apt curl git=1:2",
        ),
        ("apt-get -y -qq install gosu", "apt gosu"),
        (
            "DEBIAN_FRONTEND=noninteractive apt install -t sid foo",
            "apt foo",
        ),
        ("apt-get install -y $PKGS", "apt $PKGS"),
        ("apt-get update", ""),
        (
            "apk add --no-cache --virtual .deps gcc su-exec>=0.2",
            "apk gcc su-exec",
        ),
        ("apk --no-cache add 'su-exec>=0.2'", "apk su-exec>=0.2"),
        ("apk del x", ""),
        (
            "dnf -y install --setopt=tsflags=nodocs shadow-utils",
            "dnf shadow-utils",
        ),
        ("yum install -y --enablerepo epel x", "yum x"),
        (
            "microdnf install -y shadow-utils && microdnf clean all",
            "microdnf shadow-utils",
        ),
        (
            "tdnf install -y a; zypper -n in b; zypper install -y c",
            "tdnf a | zypper b | zypper c",
        ),
        ("pacman -Syu --noconfirm a b", "pacman a b"),
        ("pacman -Qs a", ""),
        ("pip install -r requirements.txt flask", "pip flask"),
        ("python3 -m pip install --no-cache-dir a==1", "pip a==1"),
        ("npm install", ""),
        ("npm install -g pm2", "npm pm2"),
        ("npm i pm2 --global", "npm pm2"),
        ("gem install bundler -v 2", "gem bundler"),
        ("sudo apt-get install x", "apt x"),
        ("sh -c 'apk add x'", "apk x"),
    ];
    for (script, expected) in rows {
        let all = installs(&Script::parse(script.as_bytes()));
        let all: Vec<_> = all
            .iter()
            .map(|one| format!("{} {}", one.manager, one.packages.join(" ")))
            .collect();
        assert_eq!(all.join(" | "), *expected, "{script}");
    }
    let one = installs(&Script::parse(b"apk add 'su-exec>=0.2' shadow@edge"));
    assert!(one[0].has("su-exec") && one[0].has("shadow") && !one[0].has("su"));
}
