//! What the user says about base images: `--base-user` and `[[base]]` in the configuration.

mod entry;
mod error;
mod over;
mod rule;

use std::sync::Arc;

pub use entry::{OverrideAccount, OverrideEntry, OverrideStart, OverrideStartOfTags};
pub use error::OverrideError;

use super::{entry::Facts, reference::ImageRef};
use rule::Rule;

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

impl Overrides {
    /// Puts the command line's `IMAGE=USER` pairs before the configuration's entries.
    pub fn build(
        base_users: &[impl AsRef<str>],
        entries: impl IntoIterator<Item = OverrideEntry>,
    ) -> Result<Self, OverrideError> {
        let mut all = Self::default();
        for pair in base_users {
            all.rules.push(Rule::new(pair_entry(pair.as_ref())?)?);
        }
        for entry in entries {
            all.rules.push(Rule::new(entry)?);
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
            Some(rule) => rule.over(image, facts),
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

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::bases::kinds::{Confidence, Family, StepsDown};
    use crate::bases::{FactSource, lookup};

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
