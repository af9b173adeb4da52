//! What may be said of a path in an image without looking at it.

/// Folders of the system, which nobody hands over.
pub(in crate::fix) fn is_system(path: &str) -> bool {
    const EXACT: [&str; 25] = [
        "/",
        "/home",
        "/media",
        "/mnt",
        "/opt",
        "/root",
        "/run",
        "/srv",
        "/tmp",
        "/var",
        "/var/lib",
        "/var/log",
        "/var/cache",
        "/var/run",
        "/var/tmp",
        "/var/www",
        "/var/spool",
        "/usr",
        "/usr/local",
        "/usr/src",
        "/usr/share",
        "/usr/local/src",
        "/usr/local/share",
        "/usr/local/lib",
        "/usr/games",
    ];
    const BELOW: [&str; 14] = [
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/lib",
        "/lib64",
        "/proc",
        "/sbin",
        "/sys",
        "/usr/bin",
        "/usr/sbin",
        "/usr/lib",
        "/usr/local/bin",
        "/usr/local/sbin",
    ];
    EXACT.contains(&path)
        || BELOW
            .iter()
            .any(|parent| path == *parent || under(path, parent))
}

/// Folders and files that are never handed over: the system's, and those by which a user becomes root. A
/// program's own folder below `/etc` is not among them.
pub(in crate::fix) fn is_closed(path: &str) -> bool {
    let of_a_program = under(path, "/etc") && !is_trusted(path);
    (is_system(path) && !of_a_program) || is_trusted(path)
}

/// Accounts, rights, the linker's paths, and programs: nobody but root writes these.
pub(in crate::fix) fn is_trusted(path: &str) -> bool {
    const FILES: [&str; 26] = [
        // The engine mounts these, and they are root's.
        "/etc/hosts",
        "/etc/hostname",
        "/etc/resolv.conf",
        "/etc/mtab",
        "/etc/passwd",
        "/etc/passwd-",
        "/etc/group",
        "/etc/group-",
        "/etc/shadow",
        "/etc/shadow-",
        "/etc/gshadow",
        "/etc/gshadow-",
        "/etc/subuid",
        "/etc/subgid",
        "/etc/sudoers",
        "/etc/doas.conf",
        "/etc/crontab",
        "/etc/profile",
        "/etc/bash.bashrc",
        "/etc/environment",
        "/etc/ld.so.cache",
        "/etc/ld.so.conf",
        "/etc/ld.so.preload",
        "/etc/nsswitch.conf",
        "/etc/login.defs",
        "/etc/shells",
    ];
    const FOLDERS: [&str; 27] = [
        "/bin",
        "/boot",
        "/lib",
        "/lib32",
        "/lib64",
        "/libx32",
        "/sbin",
        "/usr/bin",
        "/usr/lib",
        "/usr/lib32",
        "/usr/lib64",
        "/usr/libexec",
        "/usr/sbin",
        "/usr/local/bin",
        "/usr/local/lib",
        "/usr/local/sbin",
        "/etc/sudoers.d",
        "/etc/pam.d",
        "/etc/security",
        "/etc/ld.so.conf.d",
        "/etc/profile.d",
        "/etc/cron.d",
        "/etc/cron.daily",
        "/etc/ssh",
        "/etc/ssl",
        "/etc/pki",
        "/etc/init.d",
    ];
    FILES.contains(&path)
        || FOLDERS
            .iter()
            .any(|folder| path == *folder || under(path, folder))
}

/// True when `path` lies below `parent`.
pub(crate) fn under(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent.trim_end_matches('/'))
        .is_some_and(|rest| rest.len() > 1 && rest.starts_with('/'))
}

/// `path` goes where `gone` is removed, which may have a pattern at its end.
pub(in crate::fix) fn is_removed_with(path: &str, gone: &str) -> bool {
    let gone = gone.trim_end_matches('/');
    path == gone
        || under(path, gone)
        || gone
            .split_once('*')
            .is_some_and(|(start, _)| path.starts_with(start))
}

/// A path that single quotes can hold in a RUN.
pub(in crate::fix) fn is_quotable(path: &str) -> bool {
    path.starts_with('/')
        && !path.contains(|ch: char| ch.is_control() || matches!(ch, '\'' | '<' | '\\' | '`'))
}

/// A path as a shell takes it.
pub(in crate::fix) fn quoted(path: &str) -> String {
    if is_plain(path) {
        path.to_owned()
    } else {
        format!("'{path}'")
    }
}

/// A path that needs no quotes in a shell.
pub(in crate::fix) fn is_plain(path: &str) -> bool {
    path.starts_with('/')
        && path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/._-+@%,=".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_folders_are_not_handed_over() {
        for path in [
            "/",
            "/etc/nginx",
            "/usr/lib/x",
            "/usr/local",
            "/var/www",
            "/tmp",
            "/opt",
        ] {
            assert!(is_system(path), "{path}");
        }
        for path in [
            "/app",
            "/usr/src/app",
            "/opt/app",
            "/var/www/html",
            "/data",
            "/var/lib/app",
            "/srv/app",
        ] {
            assert!(!is_system(path), "{path}");
        }
    }

    #[test]
    fn paths_that_need_quotes_get_them() {
        assert!(is_plain("/srv/my-app_1.0"));
        assert!(!is_plain("/srv/my app"));
        assert!(!is_plain("/srv/$x"));
        assert!(!is_plain("app"));
        assert_eq!(quoted("/srv/my app"), "'/srv/my app'");
        assert!(!is_quotable("/it's"));
    }
}
