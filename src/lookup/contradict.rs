//! Where an image says otherwise than the embedded table has it: the entry is stale or wrong, and its readers should know.

use std::fmt;

use crate::bases::{Account, Confidence, Facts, StepsDown, is_root_user};

use super::accounts::{of_user, read};
use super::image::{ImageFacts, ImageFiles};
use super::steps::{Steps, steps};
use super::system::System;

/// A field of a table's entry that an image contradicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The field, by its name in `data/bases/*.toml`.
    pub field: &'static str,
    /// The entry: its repository, and the tags that it is about.
    pub entry: String,
    /// What the entry says.
    pub table: String,
    /// What the image says.
    pub image: String,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            entry,
            table,
            image,
        } = self;
        write!(
            f,
            "the table's entry {entry} has {field} = {table}, the image has {image}"
        )
    }
}

/// All that `image` says otherwise than the table. What is not known on either side does not count, nor what the table has
/// in words for readers, nor ports: the table has those that are listened on, an image those that it exposes.
pub(super) fn contradictions(table: &Facts, image: &ImageFacts) -> Vec<Contradiction> {
    let Some(repo) = table.repo else {
        return Vec::new();
    };
    let inferred = match table.confidence {
        Confidence::Unknown | Confidence::Inferred => "; inferred",
        Confidence::Read | Confidence::Measured => "",
    };
    let tags = table.tag_pattern.unwrap_or(".*");
    let mut differences = Differences {
        entry: format!("{repo} (tags {tags}{inferred})"),
        found: Vec::new(),
    };
    let files = image.files.as_ref().ok();
    let rows = files.and_then(|files| files.passwd.text()).map(read);
    differences.of_user(table, image, rows.as_deref().unwrap_or_default());
    differences.of_start(table, image);
    if let Some(files) = files {
        differences.of_system(table, files);
        differences.of_steps(table, image, files);
    }
    if let Some(rows) = rows {
        differences.of_accounts(table, &rows);
    }
    differences.found
}

struct Differences {
    entry: String,
    found: Vec<Contradiction>,
}

impl Differences {
    fn add(&mut self, field: &'static str, table: String, image: String) {
        self.found.push(Contradiction {
            field,
            entry: self.entry.clone(),
            table,
            image,
        });
    }

    fn of_user(&mut self, table: &Facts, image: &ImageFacts, rows: &[Account]) {
        let Some(of_table) = table.default_user.as_deref() else {
            return;
        };
        let of_image = image.config.user.as_str();
        let name = |user: &str| user.split(':').next().unwrap_or_default().to_owned();
        let uid = |user: &str| match of_user(rows, &name(user)) {
            Some(row) => row.uid,
            None => name(user).parse().ok(),
        };
        let both_root = is_root_user(of_table) && is_root_user(of_image);
        let same = uid(of_table).is_some() && uid(of_table) == uid(of_image);
        if !both_root && !same && name(of_table) != name(of_image) {
            self.add("default_user", quoted(of_table), quoted(of_image));
        }
    }

    fn of_start(&mut self, table: &Facts, image: &ImageFacts) {
        let Some(start) = &table.start else {
            return;
        };
        let config = &image.config;
        for (field, of_table, of_image) in [
            ("start.entrypoint", &start.entrypoint, &config.entrypoint),
            ("start.cmd", &start.cmd, &config.cmd),
        ] {
            if !of_table.iter().eq(of_image) {
                self.add(field, format!("{of_table:?}"), format!("{of_image:?}"));
            }
        }
    }

    fn of_system(&mut self, table: &Facts, files: &ImageFiles) {
        let system = System::of(files);
        let unknown = "unknown";
        for (field, of_table, of_image) in [
            ("family", kebab(&table.family), kebab(&system.family)),
            ("pkg", kebab(&table.pkg), kebab(&system.pkg)),
            (
                "user_tool",
                kebab(&table.user_tool),
                kebab(&system.user_tool),
            ),
        ] {
            if of_table != of_image && of_table != unknown && of_image != unknown {
                self.add(field, quoted(&of_table), quoted(&of_image));
            }
        }
        if let Some(shell) = table.shell.filter(|shell| *shell != system.shell) {
            self.add("shell", shell.to_string(), system.shell.to_string());
        }
    }

    fn of_steps(&mut self, table: &Facts, image: &ImageFacts, files: &ImageFiles) {
        let of_image = match (table.steps_down, steps(&image.config, files)) {
            (StepsDown::Entrypoint, Steps::Stays(Some(script))) => {
                format!("nothing of the kind in {script}")
            }
            (StepsDown::None, Steps::Down(_, place)) => format!("a step down in {place}"),
            _ => return,
        };
        self.add("steps_down", quoted(&kebab(&table.steps_down)), of_image);
    }

    fn of_accounts(&mut self, table: &Facts, rows: &[Account]) {
        let other = |table: Option<u32>, image: Option<u32>| table.is_some() && table != image;
        for account in table.accounts.iter() {
            let of_image = match rows.iter().find(|row| row.name == account.name) {
                None => format!("no {}", account.name),
                Some(row) if other(account.uid, row.uid) || other(account.gid, row.gid) => {
                    numbers(row)
                }
                Some(_) => continue,
            };
            self.add("users", numbers(account), of_image);
        }
    }
}

/// `NAME UID:GID`.
fn numbers(account: &Account) -> String {
    let shown = |id: Option<u32>| id.map_or_else(|| "?".to_owned(), |id| id.to_string());
    let (uid, gid) = (shown(account.uid), shown(account.gid));
    format!("{} {uid}:{gid}", account.name)
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}

/// The word that the table has for a kind: its variant's name, as serde's `kebab-case` writes it.
fn kebab(value: &dyn fmt::Debug) -> String {
    let mut text = String::new();
    for ch in format!("{value:?}").chars() {
        if ch.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(ch.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bases::{Overrides, lookup};
    use crate::lookup::image::{Found, ImageConfig, ImageFiles, Origin, SourceName};

    /// What the table has of `redis:7`: Debian, root, `docker-entrypoint.sh redis-server`, the user redis 999:999.
    fn redis() -> (Facts, ImageFacts) {
        let table = lookup("redis:7", &Overrides::default());
        let start = table.start.clone().expect("the table knows it");
        let plain =
            |words: &[std::borrow::Cow<'_, str>]| words.iter().map(ToString::to_string).collect();
        let passwd = b"root:x:0:0::/root:/bin/sh\nredis:x:999:999::/:/bin/false\n";
        let image = ImageFacts {
            origin: Origin {
                source: SourceName::Registry,
                place: "r.example".into(),
                digest: None,
                date: "2026-01-02".into(),
                cached: false,
            },
            config: ImageConfig {
                os: "linux".into(),
                entrypoint: plain(&start.entrypoint),
                cmd: plain(&start.cmd),
                ports: vec![6379],
                ..ImageConfig::default()
            },
            files: Ok(ImageFiles {
                passwd: Found::of(passwd),
                os_release: Found::of(b"ID=debian\n"),
                programs: ["/bin/sh", "/usr/bin/apt-get", "/usr/sbin/useradd"]
                    .map(str::to_owned)
                    .to_vec(),
                ..ImageFiles::default()
            }),
        };
        (table, image)
    }

    fn told(table: &Facts, image: &ImageFacts) -> Vec<String> {
        let all = contradictions(table, image);
        all.iter()
            .map(|one| format!("{}: {} / {}", one.field, one.table, one.image))
            .collect()
    }

    #[test]
    fn an_image_as_the_table_has_it_contradicts_nothing() {
        let (table, mut image) = redis();
        assert_eq!(told(&table, &image), [] as [&str; 0]);
        // Other spellings of the same user.
        for user in ["0", "root", "0:0"] {
            image.config.user = user.into();
            assert_eq!(told(&table, &image), [] as [&str; 0], "{user}");
        }
        let unknown = Facts::default();
        image.config.user = "app".into();
        assert_eq!(told(&unknown, &image), [] as [&str; 0]);
    }

    #[test]
    fn each_field_that_differs_is_named() {
        let (table, mut image) = redis();
        image.config.user = "app".into();
        image.config.cmd = vec!["valkey-server".into()];
        let files = image.files.as_mut().expect("read");
        files.passwd = Found::of(b"root:x:0:0::/root:/bin/sh\nredis:x:100:101::/:/bin/false\n");
        files.os_release = Found::of(b"ID=alpine\n");
        files.programs = vec!["/bin/sh".into(), "/sbin/apk".into()];
        assert_eq!(
            told(&table, &image),
            [
                "default_user: \"root\" / \"app\"",
                "start.cmd: [\"redis-server\"] / [\"valkey-server\"]",
                "family: \"debian\" / \"alpine\"",
                "pkg: \"apt\" / \"apk\"",
                "user_tool: \"useradd\" / \"adduser-busybox\"",
                "users: redis 999:999 / redis 100:101",
            ]
        );
        image.files = Err("its layers are too large".into());
        assert_eq!(told(&table, &image).len(), 2);
        let text = contradictions(&table, &image)[0].to_string();
        assert!(
            text.starts_with("the table's entry docker.io/library/redis (tags ")
                && text.ends_with("has default_user = \"root\", the image has \"app\""),
            "{text}"
        );
    }

    #[test]
    fn words_are_those_of_the_table() {
        use crate::bases::{Family, PackageManager, UserTool};
        for (value, word) in [
            (&Family::Rhel as &dyn fmt::Debug, "rhel"),
            (&UserTool::AdduserBusybox, "adduser-busybox"),
            (&PackageManager::None, "none"),
        ] {
            assert_eq!(kebab(value), word);
        }
    }
}
