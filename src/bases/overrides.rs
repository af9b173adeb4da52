//! What the user says about base images: `--base-user` and `[[base]]` in the configuration.

mod entry;

use std::borrow::Cow;
use std::sync::Arc;

pub use entry::{OverrideAccount, OverrideEntry, OverrideStart, OverrideStartOfTags};
use regex::bytes::Regex;

use super::{
    entry::{Account, FactSource, Facts, is_root_user},
    kinds::{Confidence, check_words},
    pattern::Pattern,
    reference::{ImageRef, ReferenceError},
    start::StartConfig,
};

/// Why an override cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    /// `--base-user` has no `=`.
    #[error("`{0}` is not IMAGE=USER")]
    NotAPair(String),
    /// The image is empty or no image can be called so.
    #[error("`{image}`: {reason}")]
    Image {
        /// The image as written.
        image: String,
        /// What is wrong with it.
        reason: ReferenceError,
    },
    /// `run_as` names nobody in `users`.
    #[error("`{image}`: run_as = \"{run_as}\" is not among its users")]
    RunAs {
        /// The image as written.
        image: String,
        /// The name.
        run_as: String,
    },
    /// `recipe` names none of `data/recipes`.
    #[error("`{image}`: there is no recipe called \"{recipe}\"")]
    Recipe {
        /// The image as written.
        image: String,
        /// The name.
        recipe: String,
    },
    /// `tag_re` is no regular expression.
    #[error("`{image}`: tag_re = \"{tag_re}\" is no regular expression")]
    TagRe {
        /// The image as written.
        image: String,
        /// What was to be one.
        tag_re: String,
    },
    /// `is_root` says something else than `user`.
    #[error("`{image}`: is_root = {is_root}, and user = \"{user}\"")]
    IsRoot {
        /// The image as written.
        image: String,
        /// What it says.
        is_root: bool,
        /// The user.
        user: String,
    },
    /// `start` is not the words of a command.
    #[error("`{image}`: start: {reason}")]
    Start {
        /// The image as written.
        image: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An entry that says nothing.
    #[error("`{0}`: the entry says nothing about the image")]
    Nothing(String),
}

/// All overrides; the first that matches an image wins.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    rules: Vec<Rule>,
    /// Who is asked besides the table.
    beyond: Option<Arc<dyn Beyond>>,
}

/// Who knows of images beyond the embedded table: what [`crate::lookup`] asks where somebody wants it.
pub trait Beyond: std::fmt::Debug + Send + Sync {
    /// What is known of the image, over what the table says of it.
    fn over(&self, image: &ImageRef, table: Facts) -> Facts;
}

#[derive(Clone, Debug)]
struct Rule {
    /// One for each name.
    patterns: Vec<Pattern>,
    tag: Option<Regex>,
    /// Those of `start_of_tags`, in its order.
    starts: Vec<Regex>,
    entry: OverrideEntry,
}

impl Rule {
    fn matches(&self, name: &str, image: &ImageRef) -> bool {
        // A digest without a tag may be any of the repository's images.
        let unnamed = image.digest.is_some() && image.tag.is_none();
        self.patterns
            .iter()
            .any(|pattern| pattern.matches(name, image))
            && self.tag.as_ref().is_none_or(|tag| {
                tag.as_str() == ".*" || (!unnamed && tag.is_match(image.tag_or_latest().as_bytes()))
            })
    }
}

impl Rule {
    /// Puts in what the image starts by its tag, where something is said of it.
    fn start_of(&self, image: &ImageRef, facts: &mut Facts) {
        let rows = self.entry.start_of_tags.as_deref().unwrap_or_default();
        if !rows.is_empty() && image.digest.is_some() && image.tag.is_none() {
            facts.start = None;
        }
        let tag = image.tag_or_latest().as_bytes();
        let fits = |(_, tags): &(_, &Regex)| tags.is_match(tag);
        if let Some((row, _)) = rows.iter().zip(&self.starts).find(fits) {
            let start = OverrideStart {
                entrypoint: row.entrypoint.clone(),
                cmd: row.cmd.clone(),
            };
            facts.start = (!row.unknown).then(|| start.config());
        }
    }
}

impl Overrides {
    /// Puts the command line's `IMAGE=USER` pairs before the configuration's entries.
    pub fn build(
        base_users: &[impl AsRef<str>],
        entries: impl IntoIterator<Item = OverrideEntry>,
    ) -> Result<Self, OverrideError> {
        let mut all = Self::default();
        for pair in base_users {
            all.push(pair_entry(pair.as_ref())?)?;
        }
        for entry in entries {
            all.push(entry)?;
        }
        Ok(all)
    }

    /// Lets somebody be asked where the table has no answer; overrides go over that, too.
    #[must_use]
    pub fn beyond(mut self, beyond: Option<Arc<dyn Beyond>>) -> Self {
        self.beyond = beyond;
        self
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    fn push(&mut self, entry: OverrideEntry) -> Result<(), OverrideError> {
        let names = std::iter::once(&entry.image).chain(entry.aliases.iter().flatten());
        let patterns = names.map(|image| {
            Pattern::parse(image).map_err(|reason| OverrideError::Image {
                image: image.clone(),
                reason,
            })
        });
        let patterns = patterns.collect::<Result<Vec<_>, _>>()?;
        let compiled = |tag_re: &String| {
            super::table::compile(tag_re).map_err(|_| OverrideError::TagRe {
                image: entry.image.clone(),
                tag_re: tag_re.clone(),
            })
        };
        let tag = entry.tag_re.as_ref().map(compiled).transpose()?;
        let starts = entry.start_of_tags.iter().flatten();
        let starts = starts.map(|of| compiled(&of.tags));
        let starts = starts.collect::<Result<Vec<_>, _>>()?;
        if let (Some(is_root), Some(user)) = (entry.is_root, &entry.user)
            && !is_root
            && is_root_user(user)
        {
            return Err(OverrideError::IsRoot {
                image: entry.image.clone(),
                is_root,
                user: user.clone(),
            });
        }
        if let (Some(run_as), Some(users)) = (&entry.run_as, &entry.users)
            && users.iter().all(|u| u.name != *run_as)
        {
            return Err(OverrideError::RunAs {
                image: entry.image.clone(),
                run_as: run_as.clone(),
            });
        }
        if let Some(recipe) = &entry.recipe
            && crate::recipes::recipe(recipe).is_none()
        {
            return Err(OverrideError::Recipe {
                image: entry.image.clone(),
                recipe: recipe.clone(),
            });
        }
        let start = entry.start.iter();
        let start = start.flat_map(|start| [&start.entrypoint, &start.cmd]);
        let of_tags = entry.start_of_tags.iter().flatten();
        let of_tags = of_tags.flat_map(|of| [&of.entrypoint, &of.cmd]);
        for words in start.chain(of_tags) {
            check_words(words).map_err(|reason| OverrideError::Start {
                image: entry.image.clone(),
                reason,
            })?;
        }
        let silent = OverrideEntry {
            image: entry.image.clone(),
            tag_re: entry.tag_re.clone(),
            aliases: entry.aliases.clone(),
            ..OverrideEntry::default()
        };
        if entry == silent {
            return Err(OverrideError::Nothing(entry.image));
        }
        self.rules.push(Rule {
            patterns,
            tag,
            starts,
            entry,
        });
        Ok(())
    }

    /// Lays the first override for the image over what the table, or who is asked beyond it, says.
    pub(super) fn apply(&self, image: Option<&ImageRef>, facts: Facts) -> Facts {
        let Some(image) = image else {
            return facts;
        };
        let facts = match &self.beyond {
            Some(beyond) => beyond.over(image, facts),
            None => facts,
        };
        if self.is_empty() {
            return facts;
        }
        let name = image.canonical();
        match self.rules.iter().find(|rule| rule.matches(&name, image)) {
            Some(rule) => {
                let mut facts = over(facts, &rule.entry);
                rule.start_of(image, &mut facts);
                facts
            }
            None => facts,
        }
    }
}

/// A tag may hold no `=` and a user hardly ever; the image's part ends at the first.
fn pair_entry(pair: &str) -> Result<OverrideEntry, OverrideError> {
    let (image, user) = pair
        .split_once('=')
        .ok_or_else(|| OverrideError::NotAPair(pair.to_owned()))?;
    Ok(OverrideEntry {
        image: image.to_owned(),
        user: Some(user.to_owned()),
        ..OverrideEntry::default()
    })
}

fn over(mut facts: Facts, entry: &OverrideEntry) -> Facts {
    let text = |value: &Option<String>| value.clone().map(Cow::Owned);
    if let Some(user) = &entry.user {
        facts.default_user = Some(Cow::Owned(user.clone()));
        facts.is_root = Some(entry.is_root.unwrap_or_else(|| is_root_user(user)));
    } else {
        facts.is_root = entry.is_root.or(facts.is_root);
    }
    facts.family = entry.family.unwrap_or(facts.family);
    facts.pkg = entry.pkg.unwrap_or(facts.pkg);
    facts.user_tool = entry.user_tool.unwrap_or(facts.user_tool);
    facts.install = text(&entry.install).or(facts.install);
    facts.shell = entry.shell.or(facts.shell);
    if let Some(users) = &entry.users {
        facts.accounts = users.iter().map(OverrideAccount::account).collect();
        facts.run_as = facts
            .run_as
            .and_then(|old| facts.accounts.iter().find(|a| a.name == old.name).cloned());
    }
    if let Some(name) = &entry.run_as {
        facts.run_as = facts.accounts.iter().find(|a| a.name == *name).cloned();
    }
    if let Some(steps_down) = entry.steps_down {
        facts.steps_down = steps_down;
        facts.steps_down_by = None;
    }
    facts.steps_down_by = text(&entry.steps_down_by).or(facts.steps_down_by);
    facts.start = match &entry.start {
        Some(start) => {
            facts.start_source = None;
            Some(start.config())
        }
        None => facts.start.filter(|_| entry.entrypoint.is_none()),
    };
    facts.entrypoint = text(&entry.entrypoint).or(facts.entrypoint);
    facts.entrypoint_any_user = entry
        .entrypoint_any_user
        .unwrap_or(facts.entrypoint_any_user);
    facts.recipe = text(&entry.recipe).or(facts.recipe);
    if let Some(ports) = &entry.ports {
        facts.ports = Cow::Owned(ports.clone());
    }
    facts.notes = text(&entry.notes).or(facts.notes);
    facts.advice = text(&entry.advice).or(facts.advice);
    facts.confidence = entry.confidence.unwrap_or(Confidence::Read);
    facts.source = match &entry.source {
        Some(source) => Cow::Owned(format!("override: {source}")),
        None => Cow::Borrowed("override"),
    };
    facts.from = FactSource::Override;
    facts
}

impl OverrideStart {
    fn config(&self) -> StartConfig {
        let words = |words: &[String]| words.iter().cloned().map(Cow::Owned).collect();
        StartConfig {
            entrypoint: words(&self.entrypoint),
            cmd: words(&self.cmd),
        }
    }
}

impl OverrideAccount {
    fn account(&self) -> Account {
        Account {
            name: Cow::Owned(self.name.clone()),
            uid: self.uid,
            gid: self.gid,
            home: self.home.clone().map(Cow::Owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::bases::kinds::{Family, StepsDown};
    use crate::bases::lookup;

    #[test]
    fn an_override_wins_and_the_table_fills_in() {
        let overrides = Overrides::build(&["node:*=1000:1000", "node=root"], []).expect("valid");
        let facts = lookup("node:22", &overrides);
        assert_eq!(facts.from, FactSource::Override);
        assert_eq!(facts.is_root, Some(false));
        assert_eq!(facts.confidence, Confidence::Read);
        assert_eq!(facts.source, "override");
        assert_eq!(facts.family, Family::Debian);
        assert!(facts.account("node").is_some());
        assert_eq!(lookup("scratch", &overrides).from, FactSource::Scratch);
    }

    #[test]
    fn the_configuration_has_every_field_of_the_table() {
        #[derive(Deserialize)]
        struct Config {
            base: Vec<OverrideEntry>,
        }
        let config: Config = toml::from_str(
            r#"
            [[base]]
            image = "registry.corp/team/*"
            user = "1001"
            family = "debian"
            pkg = "apt"
            user_tool = "useradd-missing"
            install = "apt-get install passwd"
            shell = true
            users = [{ name = "app", uid = 1001, gid = 0, home = "/srv" }]
            run_as = "app"
            steps_down = "entrypoint"
            steps_down_by = "gosu"
            entrypoint = "/start"
            start = { entrypoint = ["/start"], cmd = ["serve", "--port", "8080"] }
            entrypoint_any_user = true
            recipe = "nginx-image"
            ports = [8080]
            notes = "n"
            advice = "a"
            source = "the platform team"
            confidence = "measured"
            "#,
        )
        .expect("valid");
        let overrides = Overrides::build(&[] as &[&str], config.base).expect("valid");
        let facts = lookup("registry.corp/team/api:7", &overrides);
        assert_eq!(facts.run_as.as_ref().and_then(|a| a.uid), Some(1001));
        assert_eq!(facts.steps_down, StepsDown::Entrypoint);
        let start = facts.start.expect("known");
        assert_eq!(*start.entrypoint, ["/start"]);
        assert_eq!(*start.cmd, ["serve", "--port", "8080"]);
        assert_eq!(facts.confidence, Confidence::Measured);
        assert_eq!(facts.source, "override: the platform team");
        assert_eq!(*facts.ports, [8080]);

        let wrong = toml::from_str::<Config>("[[base]]\nimage = \"a\"\nrecipe = \"nginx-imagee\"");
        let wrong = Overrides::build(&[] as &[&str], wrong.expect("valid").base);
        assert!(matches!(wrong, Err(OverrideError::Recipe { .. })));

        let unknown = toml::from_str::<Config>("[[base]]\nimage = \"a\"\nusr = \"x\"");
        assert!(unknown.is_err());
    }

    #[test]
    fn an_entry_of_the_table_is_an_override_as_it_stands() {
        #[derive(Deserialize)]
        struct Table {
            image: Vec<OverrideEntry>,
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/bases");
        let mut entries = 0;
        for file in std::fs::read_dir(folder).expect("readable") {
            let path = file.expect("readable").path();
            let text = std::fs::read_to_string(&path).expect("readable");
            let table: Table = toml::from_str(&text).expect("the form of an override");
            entries += table.image.len();
            Overrides::build(&[] as &[&str], table.image).expect("valid");
        }
        assert!(entries > 800);
    }

    #[test]
    fn an_override_may_be_for_some_tags_and_names() {
        let entry = OverrideEntry {
            image: "registry.corp/base".into(),
            tag_re: Some("^2\\.".into()),
            aliases: Some(vec!["mirror.corp/base".into()]),
            user: Some("1001".into()),
            ..OverrideEntry::default()
        };
        let overrides = Overrides::build(&[] as &[&str], [entry.clone()]).expect("valid");
        for (image, known) in [
            ("registry.corp/base:2.1", true),
            ("mirror.corp/base:2.1", true),
            ("registry.corp/base:3", false),
            ("registry.corp/base", false),
        ] {
            let from = lookup(image, &overrides).from;
            assert_eq!(from == FactSource::Override, known, "{image}");
        }
        let starts = OverrideEntry {
            start_of_tags: Some(vec![OverrideStartOfTags {
                tags: "^2".into(),
                unknown: false,
                entrypoint: vec!["/two".into()],
                cmd: Vec::new(),
            }]),
            tag_re: None,
            ..entry.clone()
        };
        let overrides = Overrides::build(&[] as &[&str], [starts]).expect("valid");
        let two = lookup("registry.corp/base:2.1", &overrides).start;
        assert_eq!(*two.expect("known").entrypoint, ["/two"]);
        assert_eq!(lookup("registry.corp/base:3", &overrides).start, None);
        let error = |entry: OverrideEntry| {
            let error = Overrides::build(&[] as &[&str], [entry]).expect_err("invalid");
            error.to_string()
        };
        let wrong = OverrideEntry {
            tag_re: Some("(".into()),
            ..entry.clone()
        };
        assert!(error(wrong).contains("is no regular expression"));
        let wrong = OverrideEntry {
            is_root: Some(false),
            user: Some("0:0".into()),
            ..entry
        };
        assert!(error(wrong).contains("is_root = false, and user = \"0:0\""));
    }

    #[test]
    fn what_is_wrong_says_so() {
        let error = |pair: &str| {
            Overrides::build(&[pair], [])
                .expect_err("invalid")
                .to_string()
        };
        assert_eq!(error("python"), "`python` is not IMAGE=USER");
        assert_eq!(
            error("Python*=x"),
            "`Python*`: invalid reference format: repository name (library/Pythona) must be lowercase"
        );
        assert_eq!(
            error("=x"),
            "``: repository name must have at least one component"
        );
        let silent = OverrideEntry {
            image: "python".into(),
            ..OverrideEntry::default()
        };
        let error = Overrides::build(&[] as &[&str], [silent.clone()]).expect_err("invalid");
        assert_eq!(error, OverrideError::Nothing("python".into()));
        let nobody = OverrideEntry {
            users: Some(Vec::new()),
            run_as: Some("app".into()),
            ..silent
        };
        assert!(Overrides::build(&[] as &[&str], [nobody]).is_err());
    }
}
