//! What an entry says, laid over what is known of an image.

use std::borrow::Cow;

use crate::bases::{
    entry::{FactSource, Facts, is_root_user},
    kinds::Confidence,
    row::{Account, StartConfig},
};

use super::{OverrideAccount, OverrideEntry, OverrideStart};

impl OverrideEntry {
    /// Puts what the entry says in the place of what is known; what it does not say stays.
    pub(super) fn over(&self, mut facts: Facts) -> Facts {
        let entry = self;
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
}

impl OverrideStart {
    pub(super) fn config(&self) -> StartConfig {
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
