//! Packages that a script installs.

use std::ops::Range;

use super::lex::{Command, Script};
use super::word::Word;

/// An installation of packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Install {
    /// The package manager: `apt`, `apk`, `dnf`, `yum`, `microdnf`, `tdnf`, `zypper`, `pacman`, `pip`, `npm`, `gem` ...
    pub manager: &'static str,
    /// The packages as written, without quotes; what has a variable in it as its raw text.
    pub packages: Vec<String>,
    /// It may not happen.
    pub conditional: bool,
    /// The command.
    pub span: Range<usize>,
}

impl Install {
    /// Whether it installs the package `name`, in whatever version.
    pub fn has(&self, name: &str) -> bool {
        self.packages.iter().any(|package| {
            let end = package
                .find(['=', '<', '>', '~', '@', '[', ':', '!'])
                .unwrap_or(package.len());
            package.get(..end) == Some(name)
        })
    }
}

/// A package manager: its program, its name here, the words that mean "install", options that take the next word.
type Manager = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const APT: &[&str] = &[
    "-t",
    "-o",
    "-c",
    "--target-release",
    "--option",
    "--config-file",
    "--default-release",
];

const DNF: &[&str] = &[
    "-c",
    "-x",
    "--exclude",
    "--enablerepo",
    "--disablerepo",
    "--repo",
    "--installroot",
    "--releasever",
    "--setopt",
];

const APK: &[&str] = &[
    "-t",
    "--virtual",
    "-X",
    "--repository",
    "-p",
    "--root",
    "--keys-dir",
    "--arch",
    "--repositories-file",
];

const PIP: &[&str] = &[
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-e",
    "--editable",
    "-t",
    "--target",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "--prefix",
    "--root",
    "--src",
    "--python",
    "--trusted-host",
    "--timeout",
    "--retries",
    "--cache-dir",
    "--platform",
];

/// The package managers.
const MANAGERS: &[Manager] = &[
    ("apt-get", "apt", &["install"], APT),
    ("apt", "apt", &["install"], APT),
    ("aptitude", "apt", &["install"], APT),
    ("apk", "apk", &["add"], APK),
    (
        "dnf",
        "dnf",
        &["install", "localinstall", "groupinstall", "reinstall"],
        DNF,
    ),
    ("dnf5", "dnf", &["install"], DNF),
    (
        "yum",
        "yum",
        &["install", "localinstall", "groupinstall", "reinstall"],
        DNF,
    ),
    ("microdnf", "microdnf", &["install"], DNF),
    ("tdnf", "tdnf", &["install"], DNF),
    (
        "zypper",
        "zypper",
        &["install", "in"],
        &["-r", "--repo", "-R", "--root"],
    ),
    ("pacman", "pacman", &[], &["-r", "--root", "-b", "--dbpath"]),
    ("pip", "pip", &["install"], PIP),
    ("pip3", "pip", &["install"], PIP),
    (
        "npm",
        "npm",
        &["install", "i", "add"],
        &["--prefix", "--registry", "--cache"],
    ),
    (
        "gem",
        "gem",
        &["install", "i"],
        &[
            "-v",
            "--version",
            "-i",
            "--install-dir",
            "-n",
            "--bindir",
            "--source",
        ],
    ),
];

/// The packages that a script installs.
pub fn installs(script: &Script) -> Vec<Install> {
    script
        .commands
        .iter()
        .filter_map(|command| install(script, command))
        .collect()
}

pub(super) fn install(script: &Script, command: &Command) -> Option<Install> {
    let program = command.program()?;
    let mut args = command.args().get(1..)?;
    let (_, manager, verbs, valued) =
        if program.starts_with("python") && args.first()?.is("-m") && args.get(1)?.is("pip") {
            args = args.get(2..)?;
            MANAGERS.iter().find(|(own, ..)| *own == "pip")?
        } else if program == "uv" && args.first()?.is("pip") {
            args = args.get(1..)?;
            MANAGERS.iter().find(|(own, ..)| *own == "pip")?
        } else {
            MANAGERS.iter().find(|(own, ..)| *own == program)?
        };
    let mut packages = Vec::new();
    let mut verb = false;
    let mut global = false;
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let start = word.prefix();
        if start.starts_with('-') {
            verb |=
                *manager == "pacman" && start.starts_with("-S") && !start.contains(['s', 'i', 'c']);
            verb |= *manager == "pacman" && start == "-U";
            global |= matches!(start, "-g" | "--global" | "--location=global");
            if valued.contains(&start) {
                words.next();
            }
        } else if !verb && *manager != "pacman" {
            if !verbs.contains(&start) {
                return None;
            }
            verb = true;
        } else if *manager != "pacman" || verb {
            packages.push(name(script, word));
        }
    }
    let counts = verb && (*manager != "npm" || global);
    counts.then(|| Install {
        manager,
        packages,
        conditional: command.context.conditional,
        span: command.span.clone(),
    })
}

fn name(script: &Script, word: &Word) -> String {
    word.literal()
        .unwrap_or_else(|| String::from_utf8_lossy(word.raw(script.text())).replace('\0', ""))
}
