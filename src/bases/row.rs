//! A row of the embedded table, as the build script writes it and a lookup reads it.
//!
//! The files `data/bases/*.toml` are lists of `[[image]]`. Their fields:
//!
//! | field | what it says |
//! |---|---|
//! | `repo` | canonical name (`docker.io/library/node`), may hold `*`; a repository lives in one file |
//! | `aliases` | other canonical names of the whole repository, on its first entry |
//! | `tag_re` | regular expression, unanchored, against the tag; no tag is `latest`; first match wins |
//! | `family`, `pkg`, `user_tool` | words of [`super::kinds`] |
//! | `install` | the command that brings `useradd`; only and always with `useradd-missing` |
//! | `shell` | whether `/bin/sh` is there; absent: not known |
//! | `default_user`, `is_root` | the config's `User` and whether it is uid 0; absent: not known |
//! | `users` | accounts in passwd beyond root that matter; an absent `uid` or `gid` is not known |
//! | `run_as` | the account that the image provides to run the application as |
//! | `steps_down`, `steps_down_by` | a word of [`StepsDown`], and the tool |
//! | `start` | `{ entrypoint = [...], cmd = [...] }`: both as the config has them, word by word; absent: not known |
//! | `start_of_tags` | `[{ tags = '^2', ... }]`: tags of the entry that start something else, or `unknown = true`; first match wins |
//! | `start_source` | where those two come from, if not from `source`; "general knowledge" where nobody read it |
//! | `entrypoint_any_user` | the entrypoint works as any user: it changes nothing that is root's |
//! | `recipe` | the recipe (`data/recipes`) by which the image's own program works as another user |
//! | `entrypoint`, `ports`, `notes`, `advice` | free text; ports are TCP numbers |
//! | `source`, `confidence` | where the entry comes from, and how sure it is; never absent |

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::kinds::{Confidence, Family, PackageManager, StepsDown, UserTool};

/// An account in an image's `/etc/passwd`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The login name.
    pub name: Cow<'static, str>,
    /// The user id; `None` where it is not known.
    pub uid: Option<u32>,
    /// The primary group's id; `None` where it is not known.
    pub gid: Option<u32>,
    /// The home directory as passwd has it; it need not exist.
    pub home: Option<Cow<'static, str>>,
}

/// A row of the embedded table; every field comes from `data/bases/*.toml`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Base {
    /// The canonical repository, maybe with `*`.
    pub repo: &'static str,
    /// The regular expression that the tag must match.
    pub tag_re: &'static str,
    /// The kind of system.
    pub family: Family,
    /// The package manager.
    pub pkg: PackageManager,
    /// How a user is created.
    pub user_tool: UserTool,
    /// The command that installs `useradd`.
    pub install: Option<&'static str>,
    /// Whether `/bin/sh` is there.
    pub shell: Option<bool>,
    /// `User` of the image's configuration.
    pub default_user: Option<&'static str>,
    /// Whether that user is uid 0.
    pub is_root: Option<bool>,
    /// Accounts that matter.
    pub accounts: Vec<Account>,
    /// Name of the account that is there to run the application.
    pub run_as: Option<&'static str>,
    /// Whether root is given up at start.
    pub steps_down: StepsDown,
    /// With what.
    pub steps_down_by: Option<&'static str>,
    /// The image's ENTRYPOINT, in words for a reader.
    pub entrypoint: Option<&'static str>,
    /// ENTRYPOINT and CMD as its configuration has them.
    pub start: Option<StartConfig>,
    /// Tags whose images start something else, in the order in which they are tried.
    pub start_of_tags: Vec<StartOfTags>,
    /// Where those two were found, where `source` does not say it.
    pub start_source: Option<&'static str>,
    /// That works as any user.
    pub entrypoint_any_user: bool,
    /// Name of the recipe for the image's own program.
    pub recipe: Option<&'static str>,
    /// TCP ports that the program listens on.
    pub ports: Vec<u16>,
    /// Peculiarities.
    pub notes: Option<&'static str>,
    /// How a container of it is made non-root.
    pub advice: Option<&'static str>,
    /// Where the facts were found.
    pub source: &'static str,
    /// How sure they are.
    pub confidence: Confidence,
}

/// What a container of the image starts, as its configuration has it: `Entrypoint` and `Cmd`, word by word.
///
/// A Dockerfile that writes an ENTRYPOINT replaces the one and clears the other (Dockerfile reference,
/// "Understand how CMD and ENTRYPOINT interact"), so both must be known exactly to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartConfig {
    /// The words of ENTRYPOINT; empty where the image has none.
    pub entrypoint: Cow<'static, [Cow<'static, str>]>,
    /// The words of CMD; empty where the image has none.
    pub cmd: Cow<'static, [Cow<'static, str>]>,
}

/// What the tags of one row that match `tags` start: versions come to differ in it more often than in all else.
#[derive(Debug, Serialize, Deserialize)]
pub struct StartOfTags {
    /// The regular expression that the tag must match.
    pub tags: &'static str,
    /// What they start; `None`: not known.
    pub start: Option<StartConfig>,
}
