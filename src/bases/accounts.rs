//! The accounts that distributions have from the start, and which of them a container can do without.

use std::borrow::Cow;

use super::kinds::Family;
use super::row::Account;

include!(concat!(env!("OUT_DIR"), "/accounts.rs"));

/// The accounts of some distributions (`data/accounts.toml`).
#[derive(Debug)]
pub struct System {
    families: &'static [Family],
    /// Where that is known from.
    pub source: &'static str,
    /// Beyond root.
    pub accounts: &'static [SystemAccount],
}

/// An account that a distribution has from the start.
#[derive(Debug)]
pub struct SystemAccount {
    /// Its row of passwd.
    pub account: Account,
    /// Why it should stay; none: nothing needs it, unless the image's own programs do.
    pub keep: Option<&'static str>,
}

/// What is known of a distribution's accounts.
pub fn system(family: Family) -> Option<&'static System> {
    SYSTEMS
        .iter()
        .find(|system| system.families.contains(&family))
}

/// The account called `name` of a distribution.
pub fn system_account(family: Family, name: &str) -> Option<&'static Account> {
    let accounts = system(family)?.accounts;
    let found = accounts.iter().find(|row| row.account.name == name)?;
    Some(&found.account)
}
