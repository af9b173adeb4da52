//! Which files of an image are looked at, whoever gives them.

use crate::shell::stepdown::first_program;

use super::error::LookupError;
use super::image::{Found, ImageConfig, ImageFiles};

/// The files of an image. Links are followed inside it.
pub(super) trait Rootfs {
    /// The file at an absolute path.
    fn file(&mut self, path: &str) -> Result<Found, LookupError>;

    /// Whether anything lies at an absolute path.
    fn exists(&mut self, path: &str) -> Result<bool, LookupError>;
}

/// What an engine or a user tool is told by: shells, and what makes users and installs packages, where distributions
/// have it (Alpine keeps `apk` in `/sbin`; with a merged `/usr` both paths are one).
pub(super) const PROGRAMS: [&str; 15] = [
    SH,
    "/bin/busybox",
    "/usr/sbin/useradd",
    "/usr/sbin/adduser",
    "/usr/bin/apt-get",
    "/sbin/apk",
    "/usr/bin/dnf",
    "/usr/bin/dnf5",
    "/usr/bin/microdnf",
    "/usr/bin/yum",
    "/usr/bin/tdnf",
    "/usr/bin/zypper",
    "/usr/bin/pacman",
    "/sbin/adduser",
    "/usr/bin/setpriv",
];

/// The shell of the shell form.
pub(super) const SH: &str = "/bin/sh";

/// Where the kernel's PATH is not set: Docker's default (moby, `system.DefaultPathEnv`).
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Files that a command names and that are read at most.
const MOST_COMMANDS: usize = 4;
/// Folders of PATH that are looked into.
const MOST_FOLDERS: usize = 16;

/// Reads what matters.
pub(super) fn gather(
    config: &ImageConfig,
    rootfs: &mut dyn Rootfs,
) -> Result<ImageFiles, LookupError> {
    let mut os_release = rootfs.file("/etc/os-release")?;
    if os_release.text().is_none() {
        os_release = rootfs.file("/usr/lib/os-release")?;
    }
    let mut programs = Vec::new();
    for program in PROGRAMS {
        if rootfs.exists(program)? {
            programs.push(program.to_owned());
        }
    }
    let mut commands = Vec::new();
    for word in named(config) {
        for path in places(word, config) {
            match rootfs.file(&path)? {
                Found::Missing | Found::NoFile => {}
                found => {
                    commands.push((path, found));
                    break;
                }
            }
        }
    }
    Ok(ImageFiles {
        passwd: rootfs.file("/etc/passwd")?,
        group: rootfs.file("/etc/group")?,
        os_release,
        programs,
        commands,
    })
}

/// The words of the container's command that name programs or scripts: the first, that behind tini, env, shells and the
/// like, and that behind an entrypoint script, which it may run.
pub(super) fn named(config: &ImageConfig) -> Vec<&str> {
    let argv = config.argv();
    let first = first_program(&argv).map_or(0, |first| first.index);
    let cmd = config.entrypoint.len();
    let all: Vec<&str> = config
        .entrypoint
        .iter()
        .chain(&config.cmd)
        .map(String::as_str)
        .collect();
    let mut wanted = Vec::new();
    for at in [0, first, first + 1, cmd] {
        let word = all.get(at).copied().filter(|word| is_name(word));
        wanted.extend(word.filter(|word| !wanted.contains(word)));
    }
    wanted.truncate(MOST_COMMANDS);
    wanted
}

/// A word that can be a program's: no option, no command line, nothing that would climb.
fn is_name(word: &str) -> bool {
    !word.is_empty()
        && word.len() <= 1024
        && !word.starts_with('-')
        && !word
            .contains(|ch: char| ch.is_whitespace() || ch.is_control() || "$;&|<>'\"".contains(ch))
}

/// Where the kernel, or a shell, would find it.
fn places(word: &str, config: &ImageConfig) -> Vec<String> {
    if word.starts_with('/') {
        return vec![word.to_owned()];
    }
    if word.contains('/') {
        let folder = config.workdir.trim_end_matches('/');
        return vec![format!("{folder}/{word}")];
    }
    let path = config.variable("PATH").filter(|path| !path.is_empty());
    let folders = path.unwrap_or(DEFAULT_PATH).split(':');
    folders
        .filter(|folder| folder.starts_with('/'))
        .take(MOST_FOLDERS)
        .map(|folder| format!("{}/{word}", folder.trim_end_matches('/')))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_names() {
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let config = ImageConfig {
            entrypoint: words("tini -- docker-entrypoint.sh"),
            cmd: words("redis-server /etc/redis.conf"),
            env: vec![("PATH".into(), "/opt/bin:relative:/usr/bin/".into())],
            ..ImageConfig::default()
        };
        assert_eq!(
            named(&config),
            ["tini", "docker-entrypoint.sh", "redis-server"]
        );
        assert_eq!(places("x", &config), ["/opt/bin/x", "/usr/bin/x"]);
        assert_eq!(places("./x", &config), ["/./x"]);
        assert!(named(&ImageConfig::default()).is_empty());
    }
}
