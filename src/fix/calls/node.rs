//! `npm start` and its kin: what the script of `package.json` runs.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::fix::Subject;
use crate::shell::word::Expanded;
use crate::stages::join;

/// The commands of a script, as shell text.
pub(super) struct Found {
    /// For people.
    pub(super) shown: String,
    pub(super) text: Vec<u8>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    scripts: BTreeMap<String, String>,
}

/// What `npm start`, `npm run NAME`, `yarn NAME`, `pnpm NAME` and `bun run NAME` run in the WORKDIR.
pub(super) fn script_of(words: &[Expanded], subject: &Subject<'_, '_, '_>) -> Option<Found> {
    let script = script_name(words)?;
    let workdir = subject.verdict.survey.state.workdir.as_ref()?;
    let package = subject
        .bringer()
        .find(&join(&workdir.path, "package.json"))?;
    let parsed: Package = serde_json::from_slice(&package.text).ok()?;
    let own = parsed.scripts.get(&script);
    let own = match own {
        Some(text) => text.clone(),
        // npm's default for a missing `start` (npm docs: scripts, `npm start`).
        None if script == "start" => "node server.js".to_owned(),
        None => return None,
    };
    // npm and yarn 1 run `prestart` first and `poststart` afterwards.
    let around = |prefix: &str| parsed.scripts.get(&format!("{prefix}{script}")).cloned();
    let lines = [around("pre"), Some(own), around("post")];
    let text: Vec<String> = lines.into_iter().flatten().collect();
    Some(Found {
        shown: format!("the script `{script}` of {}", package.shown),
        text: text.join("\n").into_bytes(),
    })
}

/// The name of the script that a call runs.
fn script_name(words: &[Expanded]) -> Option<String> {
    let known = |word: &Expanded| word.complete.then(|| word.text.clone());
    let program = words.first().and_then(known)?;
    let program = program.rsplit('/').next()?.to_owned();
    let mut rest = words.iter().skip(1).filter_map(known);
    // Options that lead elsewhere are not followed.
    let elsewhere = |word: &Expanded| {
        let name = word.text.split('=').next().unwrap_or_default();
        matches!(
            name,
            "-w" | "--workspace"
                | "--workspaces"
                | "-ws"
                | "--prefix"
                | "-C"
                | "--cwd"
                | "--filter"
        )
    };
    if words.iter().any(elsewhere) {
        return None;
    }
    let first = rest.find(|word| !is_quiet(word))?;
    match (program.as_str(), first.as_str()) {
        ("npm" | "pnpm", "start" | "test" | "stop" | "restart") => Some(first),
        ("npm" | "pnpm" | "yarn" | "bun", "run" | "run-script") => rest
            .find(|word| !is_quiet(word))
            .filter(|name| !name.starts_with('-')),
        ("yarn" | "pnpm", name) if !name.starts_with('-') && !is_verb(name) => Some(first),
        _ => None,
    }
}

fn is_quiet(word: &str) -> bool {
    matches!(
        word,
        "-s" | "--silent" | "--quiet" | "-q" | "--no-update-notifier"
    ) || word.starts_with("--loglevel=")
}

/// Words of yarn and pnpm that are no scripts.
fn is_verb(word: &str) -> bool {
    matches!(
        word,
        "install"
            | "add"
            | "exec"
            | "dlx"
            | "node"
            | "workspace"
            | "workspaces"
            | "global"
            | "i"
            | "cache"
            | "config"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_scripts() {
        let name = |text: &str| {
            let words: Vec<Expanded> = text
                .split(' ')
                .map(|word| Expanded {
                    text: word.to_owned(),
                    complete: true,
                    vars: Vec::new(),
                })
                .collect();
            script_name(&words).unwrap_or_default()
        };
        assert_eq!(name("npm start"), "start");
        assert_eq!(name("npm run serve"), "serve");
        assert_eq!(name("npm --silent run start:prod"), "start:prod");
        assert_eq!(name("yarn dev"), "dev");
        assert_eq!(name("/usr/bin/pnpm run start"), "start");
        assert_eq!(name("npm --prefix app start"), "");
        assert_eq!(name("npm install"), "");
        assert_eq!(name("yarn install"), "");
        assert_eq!(name("node server.js"), "");
    }
}
