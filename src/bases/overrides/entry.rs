//! One `[[base]]` of the configuration, in the form of the embedded table's entries.

use serde::Deserialize;

use crate::bases::kinds::{Confidence, Family, PackageManager, StepsDown, UserTool};

/// One `[[base]]` of the configuration. What it leaves out is taken from the table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverrideEntry {
    /// The image, with or without a tag; `*` stands for any text, slashes too. The table says `repo`.
    #[serde(alias = "repo")]
    pub image: String,
    /// A regular expression on the tag, as in the table: no tag is `latest`.
    pub tag_re: Option<String>,
    /// Other names of the image.
    pub aliases: Option<Vec<String>>,
    /// Whether `user` is root, where its name does not tell.
    pub is_root: Option<bool>,
    /// The `User` of the image's configuration.
    #[serde(alias = "default_user")]
    pub user: Option<String>,
    /// The kind of system.
    pub family: Option<Family>,
    /// The package manager.
    pub pkg: Option<PackageManager>,
    /// How a user is created.
    pub user_tool: Option<UserTool>,
    /// The command that installs `useradd`.
    pub install: Option<String>,
    /// Whether `/bin/sh` is there.
    pub shell: Option<bool>,
    /// Accounts in its passwd; they replace those of the table.
    pub users: Option<Vec<OverrideAccount>>,
    /// The account that is there to run the application.
    pub run_as: Option<String>,
    /// Whether root is given up at start.
    pub steps_down: Option<StepsDown>,
    /// With what.
    pub steps_down_by: Option<String>,
    /// The image's ENTRYPOINT, in words for a reader; what the table has in `start` is no longer known then.
    pub entrypoint: Option<String>,
    /// ENTRYPOINT and CMD as the image's configuration has them.
    pub start: Option<OverrideStart>,
    /// Tags that start something else; the first that matches counts.
    pub start_of_tags: Option<Vec<OverrideStartOfTags>>,
    /// Where both come from, for the reader.
    pub start_source: Option<String>,
    /// That works as any user.
    pub entrypoint_any_user: Option<bool>,
    /// Name of the recipe for the image's own program.
    pub recipe: Option<String>,
    /// TCP ports that the program listens on.
    pub ports: Option<Vec<u16>>,
    /// Peculiarities.
    pub notes: Option<String>,
    /// How a container of it is made non-root.
    pub advice: Option<String>,
    /// Where this was found, for the reader.
    pub source: Option<String>,
    /// How sure it is; `read` where it is left out.
    pub confidence: Option<Confidence>,
}

/// An account of an [`OverrideEntry`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverrideAccount {
    /// The login name.
    pub name: String,
    /// The user id.
    pub uid: Option<u32>,
    /// The primary group's id.
    pub gid: Option<u32>,
    /// The home directory.
    pub home: Option<String>,
}

/// ENTRYPOINT and CMD of an [`OverrideEntry`]; a list that is left out is one that the image has not.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverrideStart {
    /// The words of ENTRYPOINT.
    #[serde(default)]
    pub entrypoint: Vec<String>,
    /// The words of CMD.
    #[serde(default)]
    pub cmd: Vec<String>,
}

/// What some tags of an [`OverrideEntry`] start.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverrideStartOfTags {
    /// A regular expression on the tag.
    pub tags: String,
    /// It is not known what they start.
    #[serde(default)]
    pub unknown: bool,
    /// The words of ENTRYPOINT.
    #[serde(default)]
    pub entrypoint: Vec<String>,
    /// The words of CMD.
    #[serde(default)]
    pub cmd: Vec<String>,
}
