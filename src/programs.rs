//! What programs need of the user that starts them (`data/programs.toml`).

include!(concat!(env!("OUT_DIR"), "/programs.rs"));
include!(concat!(env!("OUT_DIR"), "/frameworks.rs"));

/// Where applications of a framework write (`data/frameworks.toml`).
#[derive(Debug, PartialEq, Eq)]
pub struct Framework {
    /// For people.
    pub name: &'static str,
    /// How such an application is started: the program or one of its first two arguments.
    pub programs: &'static [&'static str],
    /// Files in the WORKDIR by which it is known.
    pub files: &'static [&'static str],
    /// Folders (with a `/` at the end) and files that it writes there.
    pub writes: &'static [&'static str],
    /// Nothing else is written there, as far as the framework goes.
    pub covers: bool,
    /// Where that is known from.
    pub source: &'static str,
}

/// All frameworks.
pub fn frameworks() -> &'static [Framework] {
    &FRAMEWORKS
}

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Program {
    /// The name without folder and version.
    pub name: &'static str,
    /// What it needs.
    pub kind: Kind,
    /// What to do instead, for kinds [`Kind::Root`] and [`Kind::Daemon`].
    pub advice: Option<&'static str>,
    /// Where that is known from.
    pub source: &'static str,
}

/// What a program needs of its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Works as any user that can read its files, with caches below HOME at most.
    Plain,
    /// Makes files in the folder in which it is started, and writes nothing else.
    Workdir,
    /// Writes into the tree it is started in, or into caches that are not seen.
    Writes,
    /// A server with a data folder of its own, whose owner is not seen.
    Server,
    /// Starts as root to bind, to switch user or to write pid and log files, and breaks without: it takes a recipe.
    Daemon,
    /// A tool that changes files or accounts, whose acts are read from its arguments.
    Acts,
    /// A tool that only root may use.
    Rights,
    /// An interactive shell.
    Shell,
    /// Does its job only as root.
    Root,
}

/// The row of a program, given its path or name: `/usr/sbin/php-fpm8.2` is `php-fpm`.
pub fn find(program: &str) -> Option<&'static Program> {
    let name = program.rsplit('/').next().unwrap_or(program);
    let by_name = |name: &str| {
        PROGRAMS
            .binary_search_by(|row| row.name.cmp(name))
            .ok()
            .map(|at| &PROGRAMS[at])
    };
    if program == "/init" {
        return by_name("s6-init");
    }
    if program.starts_with("/etc/init.d/") {
        return by_name("init.d");
    }
    by_name(name).or_else(|| {
        let unversioned =
            name.trim_end_matches(|ch: char| ch.is_ascii_digit() || matches!(ch, '.' | '-'));
        by_name(unversioned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_matched_without_folder_and_version() {
        for (program, kind) in [
            ("python3.12", Some(Kind::Plain)),
            ("/usr/local/bin/node", Some(Kind::Plain)),
            ("/usr/sbin/php-fpm8.2", Some(Kind::Daemon)),
            ("/usr/sbin/sshd", Some(Kind::Root)),
            ("/etc/init.d/nginx", Some(Kind::Root)),
            ("/init", Some(Kind::Root)),
            ("./server", None),
        ] {
            assert_eq!(find(program).map(|row| row.kind), kind, "{program}");
        }
    }

    #[test]
    fn every_row_is_found_by_its_name() {
        for row in &PROGRAMS {
            assert_eq!(find(row.name).map(|found| found.name), Some(row.name));
            assert!(row.kind != Kind::Root || row.advice.is_some());
        }
    }
}
