//! `unroot.toml`: what it can say, and what is wrong with it. `docs/configuration.md` describes it to people and
//! `schemas/unroot.json` to editors; a test holds both against this.

mod error;
mod exclude;

use serde::{Deserialize, Deserializer};

pub use error::{ConfigError, nearest};
pub use exclude::{Exclude, GlobError};

use crate::bases::overrides::OverrideEntry;
use crate::finding::{Level, Rule};
use crate::fix::{Own, Ports, Strategy};
use crate::levels::Levels;
use crate::suppress::Heed;

/// One configuration file. What it leaves out has its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How the container is made to run as a user.
    pub strategy: Option<Strategy>,
    /// What is done about ports below 1024.
    pub ports: Option<Ports>,
    /// What the user is to own.
    pub own: Option<Own>,
    /// Which comments suppress findings.
    pub ignore_comments: Option<Heed>,
    /// Dockerfiles that a search passes over: patterns as in `.gitignore`, from the file's folder.
    pub exclude: Option<Vec<String>>,
    /// Who the container shall run as.
    #[serde(default)]
    pub user: User,
    /// The levels of rules.
    #[serde(default)]
    rules: Rules,
    /// What is known of base images that the embedded table lacks or has wrong.
    #[serde(default)]
    pub base: Vec<OverrideEntry>,
    /// The same as it is written: keys, and their values in TOML.
    #[serde(skip)]
    pub base_as_written: Vec<Vec<(String, String)>>,
}

/// `[user]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// A user that the image has, or the name of the one to create.
    #[serde(default, deserialize_with = "name")]
    pub name: Option<String>,
    /// The number of the user to create.
    #[serde(default, deserialize_with = "uid")]
    pub uid: Option<u32>,
    /// The number of its group.
    #[serde(default, deserialize_with = "gid")]
    pub gid: Option<u32>,
    /// The first and the last number that a new user may get.
    #[serde(default, deserialize_with = "uid_range")]
    pub uid_range: Option<(u32, u32)>,
    /// Write names into USER, not numbers.
    pub named: Option<bool>,
}

/// `[rules]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Rules {
    runs_as_root: Option<RuleLevel>,
    user_undetermined: Option<RuleLevel>,
    steps_down: Option<RuleLevel>,
    volume_of_root: Option<RuleLevel>,
    user_inferred: Option<RuleLevel>,
    not_a_dockerfile: Option<RuleLevel>,
    windows_image: Option<RuleLevel>,
    invalid_suppression: Option<RuleLevel>,
    unused_suppression: Option<RuleLevel>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RuleLevel {
    Error,
    Warning,
    Note,
    Off,
}

impl Config {
    /// Reads the text of a file.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut config: Self =
            toml::from_str(text).map_err(|error| ConfigError::of(&error, text))?;
        config.base_as_written = written(text);
        Ok(config)
    }

    /// The levels that rules are given.
    pub fn levels(&self) -> Levels {
        let rules = &self.rules;
        let mut levels = Levels::default();
        for rule in Rule::ALL {
            let level = match rule {
                Rule::RunsAsRoot => rules.runs_as_root,
                Rule::UserUndetermined => rules.user_undetermined,
                Rule::StepsDown => rules.steps_down,
                Rule::VolumeOfRoot => rules.volume_of_root,
                Rule::UserInferred => rules.user_inferred,
                Rule::NotADockerfile => rules.not_a_dockerfile,
                Rule::WindowsImage => rules.windows_image,
                Rule::InvalidSuppression => rules.invalid_suppression,
                Rule::UnusedSuppression => rules.unused_suppression,
            };
            if let Some(level) = level {
                levels.set(rule, level.level());
            }
        }
        levels
    }
}

impl RuleLevel {
    const fn level(self) -> Option<Level> {
        match self {
            Self::Error => Some(Level::Error),
            Self::Warning => Some(Level::Warning),
            Self::Note => Some(Level::Note),
            Self::Off => None,
        }
    }
}

/// The entries of `[[base]]`, the image first.
fn written(text: &str) -> Vec<Vec<(String, String)>> {
    let Ok(mut file) = toml::from_str::<toml::Table>(text) else {
        return Vec::new();
    };
    let Some(toml::Value::Array(entries)) = file.remove("base") else {
        return Vec::new();
    };
    let entries = entries.into_iter().filter_map(|entry| match entry {
        toml::Value::Table(table) => Some(table),
        _ => None,
    });
    entries
        .map(|table| {
            let mut keys: Vec<(String, String)> = table
                .into_iter()
                .map(|(key, value)| (key, value.to_string()))
                .collect();
            keys.sort_by_key(|(key, _)| !matches!(key.as_str(), "image" | "repo"));
            keys
        })
        .collect()
}

/// A name that every distribution's tools take (useradd(8): `NAME_REGEX` of shadow), and is not root's.
pub fn user_name(text: &str) -> Result<String, String> {
    let valid = text.len() <= 32
        && text.starts_with(|ch: char| ch.is_ascii_lowercase() || ch == '_')
        && text
            .chars()
            .all(|ch| ch.is_ascii_lowercase() || ch.is_ascii_digit() || matches!(ch, '_' | '-'));
    match valid {
        true if text == "root" => Err("root is what this program is here to avoid".into()),
        true => Ok(text.to_owned()),
        false => Err("a user name has lower-case letters, digits, `_` and `-`, and starts with a letter or `_`".into()),
    }
}

/// The largest number that every tool takes for a user.
pub const MAX_ID: u32 = 2_147_483_647;

/// `FIRST-LAST`, as an argument has it.
pub fn range(text: &str) -> Result<(u32, u32), String> {
    let ends = text
        .split_once('-')
        .and_then(|(first, last)| Some((first.trim().parse().ok()?, last.trim().parse().ok()?)));
    let (first, last) = ends.ok_or("write FIRST-LAST, as in 10001-19999")?;
    checked_range(first, last)
}

fn checked_range(first: u32, last: u32) -> Result<(u32, u32), String> {
    match first {
        0 => Err("0 is root's number: a range starts at 1 or above".into()),
        _ if last > MAX_ID => Err(format!(
            "{last} is no number of a user: the last is {MAX_ID}"
        )),
        _ if first > last => Err(format!("no number lies between {first} and {last}")),
        _ => Ok((first, last)),
    }
}

fn name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(from)?;
    user_name(&text).map(Some).map_err(serde::de::Error::custom)
}

fn uid<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    id(from, 1)
}

fn gid<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    id(from, 0)
}

fn id<'de, D: Deserializer<'de>>(from: D, least: u32) -> Result<Option<u32>, D::Error> {
    let id = i64::deserialize(from)?;
    u32::try_from(id)
        .ok()
        .filter(|id| (least..=MAX_ID).contains(id))
        .map(Some)
        .ok_or_else(|| {
            serde::de::Error::custom(format!("{id} is no number from {least} to {MAX_ID}"))
        })
}

fn uid_range<'de, D: Deserializer<'de>>(from: D) -> Result<Option<(u32, u32)>, D::Error> {
    let [first, last] = <[u32; 2]>::deserialize(from)?;
    checked_range(first, last)
        .map(Some)
        .map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> ConfigError {
        Config::parse(text).expect_err("wrong")
    }

    #[test]
    fn unknown_keys_are_refused_with_a_hint() {
        let wrong = error("own = \"app\"\nstratgy = \"twin\"\n");
        assert_eq!(wrong.line, 2);
        assert_eq!(wrong.message, "unknown key `stratgy`");
        assert_eq!(wrong.help.as_deref(), Some("did you mean `strategy`?"));

        let wrong = error("[user]\nuid = 10\nshell = \"/bin/sh\"\n");
        assert_eq!(
            (wrong.line, wrong.message.as_str()),
            (3, "unknown key `shell`")
        );
        assert_eq!(
            wrong.help.as_deref(),
            Some("the keys here are `name`, `uid`, `gid`, `uid_range`, `named`")
        );

        let wrong = error("[rules]\nrun-as-root = \"off\"\n");
        assert_eq!(wrong.help.as_deref(), Some("did you mean `runs-as-root`?"));

        let wrong = error("[[base]]\nimage = \"a\"\nusr = \"x\"\n");
        assert_eq!(
            (wrong.line, wrong.help.as_deref()),
            (3, Some("did you mean `user`?"))
        );
    }

    #[test]
    fn values_that_are_none_say_what_is() {
        let wrong = error("\n\nports = \"moved\"\n");
        assert_eq!(wrong.line, 3);
        assert_eq!(wrong.message, "unknown value `moved`");
        assert_eq!(wrong.help.as_deref(), Some("did you mean `move`?"));
        for (text, message) in [
            ("[user]\nname = \"root\"", "root is what"),
            ("[user]\nuid = 0", "0 is no number from 1 to 2147483647"),
            ("[user]\nuid = -5", "-5 is no number from 1 to"),
            ("[user]\ngid = 4294967295", "is no number from 0 to"),
            ("[user]\nuid_range = [0, 5]", "a range starts at 1"),
            ("[user]\nuid_range = [9, 5]", "no number lies between"),
            (
                "[user]\nuid_range = [9]",
                "two numbers, as in [20000, 29999] is wanted",
            ),
            (
                "[user]\nuid = \"x\"",
                "this is the text \"x\", and a number is wanted",
            ),
            (
                "[user]\nnamed = 1",
                "this is the number `1`, and true or false is wanted",
            ),
            ("ports = 80", "this is no text"),
            ("user = \"app\"", "a table, below [...] is wanted"),
            (
                "[base]\nimage = \"a\"",
                "this is a table, and a list of tables",
            ),
            ("[[base]]\nuser = \"a\"", "`image` is missing"),
            (
                "[[base]]\nimage = \"a\"\nrepo = \"b\"\nuser = \"1\"",
                "`image` is said twice",
            ),
            ("[rules]\nsteps-down = \"fatal\"", "unknown value `fatal`"),
            ("exclude = \"a\"", "a list, as in [\"a\", \"b\"] is wanted"),
            ("own = ", ""),
        ] {
            let wrong = error(text);
            assert!(wrong.message.contains(message), "{text}: {}", wrong.message);
            assert!(wrong.line > 0 && !wrong.message.contains('\n'), "{text}");
        }
    }

    #[test]
    fn every_rule_can_be_given_a_level() {
        for rule in Rule::ALL {
            for (text, level) in [
                ("error", Some(Level::Error)),
                ("warning", Some(Level::Warning)),
                ("note", Some(Level::Note)),
                ("off", None),
            ] {
                let config = Config::parse(&format!("[rules]\n{} = \"{text}\"", rule.id()));
                let levels = config.expect("valid").levels();
                assert_eq!(levels.of(rule), Some(level));
                assert_eq!(levels.iter().count(), 1);
            }
        }
    }

    #[test]
    fn user_names() {
        for name in ["app", "_svc", "web-1"] {
            assert!(user_name(name).is_ok(), "{name}");
        }
        for name in ["root", "", "App", "1app", "a b", "a;b", "$x"] {
            assert!(user_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn ranges() {
        assert_eq!(range("10001-19999"), Ok((10_001, 19_999)));
        for text in ["", "10001", "a-b", "5-1", "0-9", "1-4294967295"] {
            assert!(range(text).is_err(), "{text}");
        }
    }
}
