//! `data/accounts.toml`: the accounts that distributions have from the start.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::bases::kinds::Family;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    system: Vec<System>,
}

/// The schema; the head of the file says what the fields mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct System {
    families: Vec<Family>,
    source: String,
    accounts: Vec<Account>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    name: String,
    uid: Option<u32>,
    gid: Option<u32>,
    home: String,
    keep: Option<String>,
}

/// The Rust text of the table.
pub(crate) fn generate(path: &Path) -> Result<String, Box<dyn Error>> {
    let file: File = toml::from_str(&fs::read_to_string(path)?)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let mut code = format!("static SYSTEMS: [System; {}] = [\n", file.system.len());
    for system in &file.system {
        if system.source.trim().is_empty() {
            return Err("accounts without a source".into());
        }
        let families: Vec<String> = system
            .families
            .iter()
            .map(|family| format!("Family::{family:?}"))
            .collect();
        writeln!(
            code,
            "    System {{ families: &[{}], source: {:?}, accounts: &[",
            families.join(", "),
            system.source
        )?;
        for Account {
            name,
            uid,
            gid,
            home,
            keep,
        } in &system.accounts
        {
            if *uid == Some(0) {
                return Err(format!("{name} is root").into());
            }
            writeln!(
                code,
                "        SystemAccount {{ account: Account {{ name: Cow::Borrowed({name:?}), uid: {uid:?}, gid: {gid:?}, home: Some(Cow::Borrowed({home:?})) }}, keep: {keep:?} }},"
            )?;
        }
        writeln!(code, "    ] }},")?;
    }
    code.push_str("];\n");
    Ok(code)
}
