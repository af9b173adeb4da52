//! What a configuration says of the weight of rules.

use std::collections::BTreeMap;

use crate::finding::{Level, Rule};

/// Rules whose level is not their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<Rule, Option<Level>>);

impl Levels {
    /// Gives the rule a level; none turns it off.
    pub fn set(&mut self, rule: Rule, level: Option<Level>) {
        self.0.insert(rule, level);
    }

    /// Lets the rule have its own level again.
    pub fn unset(&mut self, rule: Rule) {
        self.0.remove(&rule);
    }

    /// The level that the rule was given; the inner none says that it is off.
    pub fn of(&self, rule: Rule) -> Option<Option<Level>> {
        self.0.get(&rule).copied()
    }

    /// All that was said, in the order of the rules.
    pub fn iter(&self) -> impl Iterator<Item = (Rule, Option<Level>)> {
        self.0.iter().map(|(rule, level)| (*rule, *level))
    }
}
