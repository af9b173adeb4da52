//! The answer to a lookup: what is known of a base image.

use std::borrow::Cow;

use super::{
    kinds::{Confidence, Family, PackageManager, StepsDown, UserTool},
    row::{Account, Base, StartConfig},
};

/// Where an answer comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FactSource {
    /// The embedded table or a rule about its tags.
    Table,
    /// `--base-user` or the configuration, over the table.
    Override,
    /// Another Dockerfile of the repository, which builds the image.
    Repository,
    /// The image itself, through an engine or a registry.
    Image,
    /// `scratch`, which is no image but a word of Dockerfile's.
    Scratch,
    /// Nothing is known.
    #[default]
    Nothing,
}

/// What is known of one image: the answer to a lookup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The image as it was asked for.
    pub image: String,
    /// The repository of the table that answered, if one did.
    pub repo: Option<&'static str>,
    /// The tag pattern that matched; `None` where entries were merged, or none matched.
    pub tag_pattern: Option<&'static str>,
    /// The kind of system.
    pub family: Family,
    /// The package manager.
    pub pkg: PackageManager,
    /// How a user is created.
    pub user_tool: UserTool,
    /// The command that installs `useradd`.
    pub install: Option<Cow<'static, str>>,
    /// Whether `/bin/sh` is there; `None`: not known.
    pub shell: Option<bool>,
    /// `User` of the image's configuration, empty where unset; `None`: not known.
    pub default_user: Option<Cow<'static, str>>,
    /// Whether that user is uid 0; `None`: not known.
    pub is_root: Option<bool>,
    /// Accounts in its passwd that matter; never all of them.
    pub accounts: Cow<'static, [Account]>,
    /// The account that the image provides to run the application as.
    pub run_as: Option<Account>,
    /// Whether root is given up at start.
    pub steps_down: StepsDown,
    /// With what.
    pub steps_down_by: Option<Cow<'static, str>>,
    /// The image's ENTRYPOINT, in words for a reader.
    pub entrypoint: Option<Cow<'static, str>>,
    /// ENTRYPOINT and CMD as its configuration has them; `None`: not known. It is exact where `entrypoint` is
    /// a text for readers, and about the image's tag where that is about its entry.
    pub start: Option<StartConfig>,
    /// Where that was found, where `source` does not say it.
    pub start_source: Option<&'static str>,
    /// That works as any user.
    pub entrypoint_any_user: bool,
    /// Name of the recipe for the image's own program.
    pub recipe: Option<Cow<'static, str>>,
    /// TCP ports that the program listens on.
    pub ports: Cow<'static, [u16]>,
    /// The image's own ENV, where it was looked at.
    pub variables: Vec<(String, String)>,
    /// Peculiarities.
    pub notes: Option<Cow<'static, str>>,
    /// How a container of it is made non-root.
    pub advice: Option<Cow<'static, str>>,
    /// How sure all of this is.
    pub confidence: Confidence,
    /// Where it was found.
    pub source: Cow<'static, str>,
    /// What kind of source that is.
    pub from: FactSource,
}

impl Facts {
    /// Whether it is known, better than guessed, whether the image starts as root.
    pub fn is_known(&self) -> bool {
        self.is_root.is_some() && self.confidence > Confidence::Unknown
    }

    /// The account called `name`, if it is among those that are known.
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|a| a.name == name)
    }

    /// The value of a variable that the image's own ENV sets, among those that USER is known to use.
    pub fn env(&self, name: &str) -> Option<&str> {
        if !self.variables.is_empty() {
            let mut all = self.variables.iter().rev();
            let found = all.find(|(known, _)| known == name);
            return found.map(|(_, value)| value.as_str());
        }
        // dotnet-docker sets APP_UID in every Linux image since 8.0 (see data/bases/dotnet.toml).
        let dotnet = self
            .repo
            .is_some_and(|repo| repo.starts_with("mcr.microsoft.com/dotnet/"));
        (dotnet && name == "APP_UID" && self.account("app").is_some()).then_some("1654")
    }

    pub(super) fn unknown(image: &str) -> Self {
        Self {
            image: image.to_owned(),
            ..Self::default()
        }
    }

    /// Docker's empty image: no passwd, so only a number can be USER; no shell, no tools.
    pub(super) fn scratch() -> Self {
        Self {
            image: "scratch".to_owned(),
            family: Family::Scratch,
            pkg: PackageManager::None,
            user_tool: UserTool::None,
            shell: Some(false),
            default_user: Some(Cow::Borrowed("")),
            is_root: Some(true),
            steps_down: StepsDown::None,
            start: Some(StartConfig::default()),
            notes: Some(Cow::Borrowed(
                "the empty image: no /etc/passwd, so a USER name fails at start and only a number works",
            )),
            advice: Some(Cow::Borrowed(
                "USER 65532:65532, COPY --chown=65532:65532, CMD and ENTRYPOINT in exec form",
            )),
            confidence: Confidence::Measured,
            source: Cow::Borrowed("Dockerfile reference: FROM scratch is the empty image"),
            from: FactSource::Scratch,
            ..Self::default()
        }
    }

    pub(super) fn of(image: &str, base: &'static Base) -> Self {
        Self {
            image: image.to_owned(),
            repo: Some(base.repo),
            tag_pattern: Some(base.tag_re),
            family: base.family,
            pkg: base.pkg,
            user_tool: base.user_tool,
            install: base.install.map(Cow::Borrowed),
            shell: base.shell,
            default_user: base.default_user.map(Cow::Borrowed),
            is_root: base.is_root,
            accounts: Cow::Borrowed(&base.accounts),
            run_as: base
                .run_as
                .and_then(|name| base.accounts.iter().find(|a| a.name == name))
                .cloned(),
            steps_down: base.steps_down,
            steps_down_by: base.steps_down_by.map(Cow::Borrowed),
            entrypoint: base.entrypoint.map(Cow::Borrowed),
            start: base.start.clone(),
            start_source: base.start_source,
            entrypoint_any_user: base.entrypoint_any_user,
            recipe: base.recipe.map(Cow::Borrowed),
            ports: Cow::Borrowed(&base.ports),
            variables: Vec::new(),
            notes: base.notes.map(Cow::Borrowed),
            advice: base.advice.map(Cow::Borrowed),
            confidence: base.confidence,
            source: Cow::Borrowed(base.source),
            from: FactSource::Table,
        }
    }
}

/// Whether Docker reads `user` (a `USER` or the config's `User`) as uid 0: nothing, `root`, or any
/// spelling of zero, with or without a group.
pub fn is_root_user(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or_default();
    name.is_empty() || name == "root" || name.parse::<i64>() == Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_root_is_root() {
        for user in [
            "", "root", "0", "00", "+0", "-0", "0:0", "root:app", ":app", "0:1000",
        ] {
            assert!(is_root_user(user), "{user:?}");
        }
        for user in ["app", "1000", "1000:0", "Root", "0x0", "rootless"] {
            assert!(!is_root_user(user), "{user:?}");
        }
    }

    #[test]
    fn scratch_is_root_and_has_nothing() {
        let facts = Facts::scratch();
        assert!(facts.is_known());
        assert_eq!(facts.is_root, Some(true));
        assert_eq!(facts.shell, Some(false));
        assert_eq!(facts.start, Some(StartConfig::default()));
        assert_eq!(facts.confidence, Confidence::Measured);
    }
}
