//! Variables of a stage: ENV and ARG in order, and where a value is not known.

use std::collections::HashMap;

use crate::dockerfile::{ExpandError, Expanded, Lookup, expand};

/// Values of `--build-arg NAME=VALUE`.
#[derive(Debug, Clone, Default)]
pub struct BuildArgs(HashMap<String, String>);

impl BuildArgs {
    /// Sets one; the last of a name wins.
    pub fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    /// The value given for `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// A variable's value and what is not known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Var {
    /// The value as a build without further arguments sees it.
    pub value: String,
    /// True when an ARG has its part in it, so that a build argument can change it.
    pub from_arg: bool,
    /// What would have to be known for the value to be certain.
    pub missing: Option<Missing>,
}

/// A variable that has no value here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// `ARG NAME` without a default: `--build-arg NAME=` would give it.
    BuildArg(String),
    /// Never declared in the file; the base image's ENV may have it.
    Unset(String),
}

impl Missing {
    /// The variable.
    pub fn name(&self) -> &str {
        match self {
            Self::BuildArg(name) | Self::Unset(name) => name,
        }
    }
}

/// The variables at one place of a stage.
#[derive(Debug, Clone, Default)]
pub struct Env {
    vars: HashMap<String, Var>,
    /// ARGs that were declared and have no value.
    declared: Vec<String>,
}

impl Lookup for Env {
    fn get(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(|var| var.value.as_str())
    }
}

impl Env {
    /// The variable `name`.
    pub fn var(&self, name: &str) -> Option<&Var> {
        self.vars.get(name)
    }

    /// All variables that have a value, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut all: Vec<(&str, &str)> = self
            .vars
            .iter()
            .map(|(name, var)| (name.as_str(), var.value.as_str()))
            .collect();
        all.sort_unstable();
        all.into_iter()
    }

    /// True when `name` is an ARG without a value.
    pub fn is_declared_without_value(&self, name: &str) -> bool {
        !self.vars.contains_key(name) && self.declared.iter().any(|declared| declared == name)
    }

    /// Expands `word` and says how certain the result is.
    pub fn expand(&self, word: &str, escape: u8) -> Result<Var, ExpandError> {
        if !word.contains(['$', '\'', '"', char::from(escape)]) {
            return Ok(Var {
                value: word.to_owned(),
                ..Var::default()
            });
        }
        let expanded = expand(word, escape, self)?;
        Ok(self.judge(expanded))
    }

    pub(super) fn set(&mut self, name: String, var: Var) {
        self.vars.insert(name, var);
    }

    pub(super) fn declare(&mut self, name: &str) {
        if !self.declared.iter().any(|declared| declared == name) {
            self.declared.push(name.to_owned());
        }
    }

    fn judge(&self, expanded: Expanded) -> Var {
        let used = || expanded.used.iter().filter_map(|name| self.vars.get(name));
        let from_arg = used().any(|var| var.from_arg)
            || expanded
                .defaulted
                .iter()
                .any(|name| self.is_declared_without_value(name));
        let missing = expanded
            .unset
            .first()
            .map(|name| {
                if self.is_declared_without_value(name) {
                    Missing::BuildArg(name.clone())
                } else {
                    Missing::Unset(name.clone())
                }
            })
            .or_else(|| used().find_map(|var| var.missing.clone()));
        Var {
            value: expanded.text,
            from_arg,
            missing,
        }
    }
}
