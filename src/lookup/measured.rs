//! What a source found out of a base image, as the table's entries say it.

use std::borrow::Cow;

use crate::bases::{
    Confidence, FactSource, Facts, Family, StartConfig, StepsDown, check_words, is_root_user,
};

use super::accounts::{candidate, of_user, own, read};
use super::image::{ImageFacts, SourceName};
use super::steps::{Steps, steps};
use super::system::System;

/// Lays what was found over what the table says, which fills in what no image tells: recipes, advice, notes.
pub(super) fn over(table: Facts, image: &ImageFacts) -> Facts {
    let config = &image.config;
    let mut facts = table;
    if config.os == "windows" {
        facts.family = Family::Windows;
    }
    let plain = |text: &str| !text.contains(|ch: char| ch.is_control() || ch.is_whitespace());
    let accounts = image
        .files
        .as_ref()
        .ok()
        .and_then(|files| files.passwd.text())
        .map(read);
    if plain(&config.user) {
        let name = config.user.split(':').next().unwrap_or_default();
        let row = accounts
            .as_ref()
            .and_then(|accounts| of_user(accounts, name));
        facts.default_user = Some(Cow::Owned(config.user.clone()));
        facts.is_root =
            Some(is_root_user(&config.user) || row.is_some_and(|row| row.uid == Some(0)));
    } else {
        // No passwd has such a name, and no file of ours shall hold it.
        (facts.default_user, facts.is_root) = (None, None);
    }
    let words = |words: &[String]| words.iter().cloned().map(Cow::Owned).collect();
    let known = check_words(&config.entrypoint).is_ok() && check_words(&config.cmd).is_ok();
    facts.start = known.then(|| StartConfig {
        entrypoint: words(&config.entrypoint),
        cmd: words(&config.cmd),
    });
    facts.start_source = None;
    facts.entrypoint =
        (known && !config.entrypoint.is_empty()).then(|| Cow::Owned(config.entrypoint.join(" ")));
    if !config.ports.is_empty() {
        facts.ports = Cow::Owned(config.ports.clone());
    }
    facts.variables.clone_from(&config.env);
    if let Ok(files) = &image.files {
        let system = System::of(files);
        facts.family = system.family;
        facts.pkg = system.pkg;
        facts.user_tool = system.user_tool;
        facts.install = system.install;
        facts.shell = Some(system.shell);
        let accounts = accounts.unwrap_or_default();
        let known = facts.run_as.take().map(|account| account.name);
        facts.run_as = known
            .and_then(|name| accounts.iter().find(|account| account.name == name))
            .or_else(|| candidate(&accounts, &config.user))
            .cloned();
        let mut mine = own(&accounts, facts.family);
        if let Some(run_as) = &facts.run_as
            && !mine.contains(run_as)
        {
            mine.push(run_as.clone());
        }
        facts.accounts = Cow::Owned(mine);
        match steps(config, files) {
            Steps::Down(found, _) => {
                facts.steps_down = StepsDown::Entrypoint;
                facts.steps_down_by = Some(Cow::Owned(found.tool));
            }
            // A daemon's own doing is in no script; what the table says of an entrypoint would have been seen.
            Steps::Stays(_) if facts.steps_down != StepsDown::Daemon => {
                facts.steps_down = StepsDown::None;
                facts.steps_down_by = None;
            }
            Steps::Stays(_) | Steps::Unknown => {}
        }
    }
    facts.confidence = Confidence::Measured;
    facts.source = Cow::Owned(source(image));
    facts.from = FactSource::Image;
    facts
}

/// `registry HOST, DIGEST, DATE`.
pub(super) fn source(image: &ImageFacts) -> String {
    let origin = &image.origin;
    let mut text = match origin.source {
        SourceName::Registry => format!("registry {}", origin.place),
        SourceName::Engine | SourceName::Table => origin.place.clone(),
    };
    if let Some(digest) = &origin.digest {
        text.push_str(&format!(", {digest}"));
    }
    text.push_str(&format!(", {}", origin.date));
    if let Err(why) = &image.files {
        text.push_str(&format!("; its files were not read: {why}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bases::{Overrides, lookup};
    use crate::lookup::image::{Found, ImageConfig, ImageFiles, Origin};

    fn image(user: &str) -> ImageFacts {
        ImageFacts {
            origin: Origin {
                source: SourceName::Registry,
                place: "r.example".into(),
                digest: Some("sha256:ab".into()),
                date: "2026-01-02".into(),
                cached: false,
            },
            config: ImageConfig {
                os: "linux".into(),
                user: user.into(),
                cmd: vec!["sh".into()],
                ports: vec![80],
                env: vec![("APP_UID".into(), "7".into())],
                ..ImageConfig::default()
            },
            files: Ok(ImageFiles {
                passwd: Found::of(b"root:x:0:0::/root:/bin/sh\nadmin:x:0:0::/:/bin/sh\napp:x:1000:1000::/srv:/bin/sh\n"),
                os_release: Found::of(b"ID=alpine\n"),
                programs: vec!["/bin/sh".into(), "/bin/busybox".into(), "/sbin/apk".into()],
                ..ImageFiles::default()
            }),
        }
    }

    #[test]
    fn an_unknown_base_becomes_known() {
        let table = lookup("r.example/x", &Overrides::default());
        let facts = over(table.clone(), &image("app"));
        assert_eq!((facts.is_root, facts.family), (Some(false), Family::Alpine));
        assert_eq!(
            facts.run_as.as_ref().map(|account| account.name.as_ref()),
            Some("app")
        );
        assert_eq!(facts.source, "registry r.example, sha256:ab, 2026-01-02");
        assert_eq!(facts.env("APP_UID"), Some("7"));
        assert!(facts.is_known() && facts.confidence == Confidence::Measured);
        assert_eq!(over(table.clone(), &image("")).is_root, Some(true));
        assert_eq!(over(table.clone(), &image("admin")).is_root, Some(true));
        assert_eq!(over(table.clone(), &image("9")).is_root, Some(false));
        let hostile = over(table.clone(), &image("app\nRUN x"));
        assert_eq!(
            (hostile.default_user.clone(), hostile.is_known()),
            (None, false)
        );
        let mut partial = image("app");
        partial.files = Err("its layers are too large".into());
        let facts = over(table, &partial);
        assert_eq!(
            (facts.is_root, facts.family),
            (Some(false), Family::Unknown)
        );
        assert!(facts.source.contains("too large"));
    }
}
