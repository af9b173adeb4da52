//! The words that the table, the configuration and the program share.
//!
//! `build.rs` includes this file as it is, so that a word is written down once: it may name nothing of the crate.

use serde::{Deserialize, Serialize};

/// The kind of system an image holds: it decides how users are made and packages installed.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Debian and what stands on it.
    Debian,
    /// Ubuntu; from 23.04 on it has the user `ubuntu` with uid 1000.
    Ubuntu,
    /// Alpine: busybox tools, musl.
    Alpine,
    /// Busybox without a package manager.
    Busybox,
    /// Fedora.
    Fedora,
    /// RHEL, UBI and the rebuilds: `CentOS`, Rocky, Alma, Oracle.
    Rhel,
    /// Amazon Linux.
    Amazon,
    /// Azure Linux, once CBL-Mariner.
    Azure,
    /// SUSE and openSUSE.
    Suse,
    /// Arch.
    Arch,
    /// `VMware` Photon.
    Photon,
    /// Wolfi, Chainguard's distribution, with a shell.
    Wolfi,
    /// No shell and no tools, passwd present.
    Distroless,
    /// Ubuntu chiseled: no shell and no tools.
    Chiseled,
    /// Nothing but the program; often not even passwd.
    Scratch,
    /// Windows: no Linux user can be set.
    Windows,
    /// A known system that is none of these.
    Other,
    /// Not known.
    #[default]
    Unknown,
}

/// How a user is created in an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserTool {
    /// `groupadd` and `useradd` of shadow-utils.
    Useradd,
    /// `addgroup` and `adduser` of busybox.
    AdduserBusybox,
    /// `useradd` is missing or may be: the entry's `install` brings it.
    UseraddMissing,
    /// Windows' `net user`.
    NetUser,
    /// No tool: only a number will do, or a line written to `/etc/passwd`.
    None,
    /// Not known.
    #[default]
    Unknown,
}

/// The package manager of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackageManager {
    /// `apt-get`.
    Apt,
    /// `apk`.
    Apk,
    /// `dnf`.
    Dnf,
    /// `microdnf`.
    Microdnf,
    /// `yum`.
    Yum,
    /// `tdnf`.
    Tdnf,
    /// `zypper`.
    Zypper,
    /// `pacman`.
    Pacman,
    /// There is none.
    None,
    /// Not known.
    #[default]
    Unknown,
}

/// Whether a container that starts as root gives root up by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepsDown {
    /// It stays what it starts as.
    None,
    /// The image's entrypoint drops to a user (gosu, su-exec, setpriv ...) before it runs the program.
    Entrypoint,
    /// The daemon keeps a root master and runs its workers as a user.
    Daemon,
    /// Not known.
    #[default]
    Unknown,
}

/// How sure a fact is, from nothing to tried out.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A guess: not to be relied on.
    #[default]
    Unknown,
    /// Follows from facts about related images or tags.
    Inferred,
    /// Read in a Dockerfile, an entrypoint, a published configuration or the documentation.
    Read,
    /// Tried on a root file system.
    Measured,
}

/// Refuses what cannot be the words of an image's ENTRYPOINT or CMD: Docker runs the first as it is, so a command
/// line or a JSON list in it is a mistake of whoever wrote it down.
pub(crate) fn check_words(words: &[String]) -> Result<(), String> {
    for (i, word) in words.iter().enumerate() {
        let list = word.starts_with('[') && word.ends_with(']');
        let line = i == 0 && word.contains([' ', '\'', '"']);
        if word.trim().is_empty() {
            return Err("a word is empty".to_owned());
        }
        if word.contains(char::is_control) {
            return Err(format!("{word:?} holds a control character"));
        }
        if list || line {
            return Err(format!("`{word}` is more than one word"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_no_word() {
        let check = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            check_words(&words)
        };
        for good in [
            &[] as &[&str],
            &["node"],
            &["nginx", "-g", "daemon off;"],
            &["/bin/sh", "-c", "exec \"$@\"", "[", "]"],
        ] {
            assert_eq!(check(good), Ok(()), "{good:?}");
        }
        for bad in [
            &[""] as &[&str],
            &["node", " "],
            &["nginx -g 'daemon off;'"],
            &["tini", "[\"node\"]"],
            &["node", "a\nUSER root"],
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }
}
