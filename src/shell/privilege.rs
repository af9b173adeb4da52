//! Whether a script needs root.

use super::files::{self, FileChange};
use super::lex::{Command, Script};
use super::packages;
use super::word::Word;

/// How sure it is that a script needs root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RootNeed {
    /// It only looks at things, or writes where everyone may.
    No,
    /// It runs something of which we do not know.
    Unknown,
    /// It installs packages, makes users, or writes where only root may.
    Yes,
}

/// What reads and prints only, whatever its arguments.
const HARMLESS: &[&str] = &[
    "echo",
    "printf",
    "true",
    "false",
    ":",
    "cd",
    "pwd",
    "ls",
    "test",
    "[",
    "[[",
    "((",
    "cat",
    "grep",
    "egrep",
    "fgrep",
    "head",
    "tail",
    "wc",
    "sort",
    "uniq",
    "cut",
    "tr",
    "id",
    "whoami",
    "groups",
    "env",
    "printenv",
    "export",
    "set",
    "unset",
    "which",
    "type",
    "date",
    "uname",
    "hostname",
    "sleep",
    "exit",
    "return",
    "stat",
    "file",
    "du",
    "df",
    "ps",
    "basename",
    "dirname",
    "realpath",
    "readlink",
    "seq",
    "expr",
    "command",
    "hash",
    "getent",
    "nproc",
    "arch",
    "diff",
    "cmp",
    "sha256sum",
    "sha1sum",
    "md5sum",
    "for",
    "case",
    "shift",
    "local",
    "readonly",
    "declare",
    "umask",
    "shopt",
    "wait",
    "tty",
    "locale",
    "ldd",
    "tree",
    "jq",
    "awk",
    "alias",
    "read",
    "exec",
    "command_not_found_handle",
];

/// What only root can do, whatever its arguments.
const ROOT_ONLY: &[&str] = &[
    "useradd",
    "adduser",
    "groupadd",
    "addgroup",
    "usermod",
    "groupmod",
    "userdel",
    "deluser",
    "groupdel",
    "delgroup",
    "passwd",
    "chpasswd",
    "gpasswd",
    "chown",
    "chgrp",
    "setcap",
    "dpkg",
    "rpm",
    "dpkg-reconfigure",
    "update-ca-certificates",
    "update-ca-trust",
    "update-alternatives",
    "ldconfig",
    "locale-gen",
    "update-locale",
    "a2enmod",
    "a2dismod",
    "a2ensite",
    "a2dissite",
    "docker-php-ext-install",
    "docker-php-ext-enable",
    "docker-php-ext-configure",
    "pecl",
    "phpenmod",
    "mount",
    "umount",
    "service",
    "systemctl",
    "visudo",
    "chsh",
    "add-apt-repository",
    "apt-key",
    "apt-add-repository",
    "debconf-set-selections",
    "easy_install",
    "yum-config-manager",
    "mknod",
    "chroot",
    "sysctl",
    "update-rc.d",
    "adduser.local",
    "apt-mark",
    "apt-cache",
    "dpkg-divert",
    "fc-cache",
    "rc-update",
    "alternatives",
    "install_packages",
    "luarocks",
];

/// Directories in which only root may write. (`/opt` and `/srv` as well: they are root's in every base image.)
const SYSTEM_DIRS: &[&str] = &[
    "/bin", "/boot", "/etc", "/lib", "/lib64", "/opt", "/root", "/run", "/sbin", "/srv", "/sys",
    "/usr", "/var", "/mnt", "/media", "/home",
];

/// Whether a script needs root, as far as it can be told. Only [`needs_root_how`] `No` makes it false.
pub fn needs_root(script: &Script) -> bool {
    needs_root_how(script) != RootNeed::No
}

/// How sure it is that a script needs root: by the command that needs it most.
pub fn needs_root_how(script: &Script) -> RootNeed {
    if !script.certain {
        return RootNeed::Unknown;
    }
    let commands = script
        .commands
        .iter()
        .map(|command| command_need(script, command));
    let needs = commands.max().unwrap_or(RootNeed::No);
    if needs == RootNeed::Yes {
        return needs;
    }
    // Relative paths are in a directory that we do not know: root's, as a rule.
    let acts = files::file_acts(script, &|_| None, "");
    acts.iter()
        .map(|act| act_need(&act.what))
        .max()
        .map_or(needs, |files| needs.max(files))
}

fn command_need(script: &Script, command: &Command) -> RootNeed {
    let Some(program) = command.program() else {
        return if command.words.is_empty() {
            RootNeed::No
        } else {
            RootNeed::Unknown
        };
    };
    let args = command.args();
    if command.prefixes().iter().any(|word| word.is("sudo")) {
        return RootNeed::Yes;
    }
    if ROOT_ONLY.contains(&program) || packages::install(script, command).is_some() {
        return RootNeed::Yes;
    }
    if packages::is_system_manager(program) {
        return RootNeed::Yes;
    }
    let asks = |word: &Word| {
        matches!(
            word.unquoted(),
            Some("--version" | "-version" | "-V" | "-v" | "version" | "--help")
        )
    };
    if HARMLESS.contains(&program)
        || (args.len() == 2 && args.get(1).is_some_and(asks))
        || super::prefix::shell_text(args).is_some()
    {
        return RootNeed::No;
    }
    match program {
        // Their paths are judged as what they do to files.
        "mkdir" | "touch" | "tee" | "chmod" | "ln" | "cp" | "mv" | "rm" | "rmdir" => RootNeed::No,
        "sed"
            if !args.iter().any(|word| {
                word.prefix().starts_with("-i") || word.prefix().starts_with("--in-place")
            }) =>
        {
            RootNeed::No
        }
        "find"
            if !args
                .iter()
                .any(|word| word.is("-delete") || word.prefix().starts_with("-exec")) =>
        {
            RootNeed::No
        }
        _ => RootNeed::Unknown,
    }
}

fn act_need(change: &FileChange) -> RootNeed {
    let paths: Vec<&files::Path> = match change {
        FileChange::MakesDir { path, .. }
        | FileChange::Writes { path, .. }
        | FileChange::Links { path, .. } => vec![path],
        FileChange::Copies { to, .. } => vec![to],
        FileChange::ChangesOwner { .. } => return RootNeed::Yes,
        FileChange::ChangesMode { paths, .. } | FileChange::Removes { paths } => {
            paths.iter().collect()
        }
    };
    paths
        .iter()
        .map(|path| path_need(&path.text))
        .max()
        .unwrap_or(RootNeed::No)
}

fn path_need(path: &str) -> RootNeed {
    let under = |dir: &str| {
        path.strip_prefix(dir)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if under("/tmp") || under("/var/tmp") || under("/dev") || under("/proc/self") {
        RootNeed::No
    } else if SYSTEM_DIRS.iter().any(|dir| under(dir)) {
        RootNeed::Yes
    } else {
        RootNeed::Unknown
    }
}
