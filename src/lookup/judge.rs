//! Judges an image that exists: who it starts as, what it starts, which accounts nothing needs.

use crate::bases::{Family, is_root_user};
use crate::finding::{Level, Rule};
use crate::shell::stepdown::When;
use crate::verdict::{Certainty, Outcome};

use super::accounts::{of_user, read, unneeded};
use super::image::{Found, ImageFacts};
use super::measured::source;
use super::rootfs::named;
use super::steps::{Steps, command, steps};
use super::system::System;

/// The judgement of one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// As it was asked for.
    pub image: String,
    /// What was found.
    pub facts: ImageFacts,
    /// The user it starts as.
    pub outcome: Outcome,
    /// How sure that is.
    pub certainty: Certainty,
    /// Both in a sentence.
    pub sentence: String,
    /// The rule that speaks of it, and how much that weighs; none where all is fine.
    pub finding: Option<(Rule, Level)>,
    /// What else to know of it, a sentence each.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
    /// The script behind its command, by its path in the image.
    pub script: Option<String>,
    /// Accounts that nothing in a container needs by itself.
    pub unneeded: Vec<String>,
    /// TCP ports below 1024 that it exposes.
    pub low_ports: Vec<u16>,
    /// Where it was looked at.
    pub source: String,
}

/// Judges an image; `strict` counts one that steps down as root.
pub fn judge(image: &str, facts: ImageFacts, strict: bool) -> Judged {
    let config = &facts.config;
    let files = facts.files.as_ref().ok();
    let passwd = files.map(|files| &files.passwd);
    let accounts = passwd
        .and_then(|passwd| passwd.text())
        .map(read)
        .unwrap_or_default();
    let family = files.map_or(Family::Unknown, |files| System::of(files).family);
    let mut notes = Vec::new();
    let mut help = Vec::new();
    let (mut outcome, mut certainty, mut sentence) = if config.os == "windows" {
        let sentence = format!("{image} is a Windows image, which has no Linux users");
        (Outcome::Undetermined, Certainty::Known, sentence)
    } else {
        starts_as(
            image,
            &config.user,
            passwd,
            &accounts,
            &mut notes,
            &mut help,
        )
    };
    if outcome == Outcome::Root
        && let Some(files) = files
    {
        match steps(config, files) {
            Steps::Down(found, place) => {
                outcome = Outcome::StepsDown;
                if found.when == When::IfArgument {
                    certainty = Certainty::Inferred;
                }
                let user = found
                    .user
                    .as_deref()
                    .map(|user| format!(" to `{user}`"))
                    .unwrap_or_default();
                sentence = format!(
                    "{image} starts as root and steps down{user}: `{}` in {place}",
                    found.tool
                );
                notes.push("CIS 4.1 accepts this; an auditor who reads only the image's User does not (--strict)".into());
                notes.push("a HEALTHCHECK and `docker exec` run as root all the same".into());
            }
            Steps::Unknown => {
                notes.push("whether what it starts steps down from root could not be read".into());
            }
            Steps::Stays(Some(script)) => {
                notes.push(format!("{script} does not step down from root"));
            }
            Steps::Stays(None) => {}
        }
    }
    if let Err(why) = &facts.files {
        if outcome == Outcome::Root {
            certainty = Certainty::Known;
        }
        notes.push(format!("its files were not read: {why}"));
    }
    if outcome == Outcome::Root {
        help.push("its Dockerfile can be fixed: `unroot fix`".into());
    }
    let low_ports: Vec<u16> = config
        .ports
        .iter()
        .copied()
        .filter(|port| *port < 1024)
        .collect();
    if !low_ports.is_empty() && outcome == Outcome::NonRoot {
        let ports: Vec<String> = low_ports.iter().map(u16::to_string).collect();
        notes.push(format!(
            "it exposes {}: CRI-O and Podman let only root bind ports below 1024, Docker 20.10 and containerd 2 anybody",
            ports.join(", ")
        ));
    }
    if !config.volumes.is_empty() && outcome == Outcome::NonRoot {
        notes.push(format!(
            "a volume at {} that is root's is closed to this user",
            config.volumes.join(", ")
        ));
    }
    let script = files.and_then(|files| {
        let scripts = named(config)
            .into_iter()
            .filter_map(|word| command(files, word));
        let mut scripts =
            scripts.filter(|(_, found)| found.text().is_some_and(|text| text.starts_with("#!")));
        scripts.next().map(|(path, _)| path.to_owned())
    });
    Judged {
        image: image.to_owned(),
        finding: finding(
            outcome,
            certainty,
            family == Family::Windows || config.os == "windows",
            strict,
        ),
        outcome,
        certainty,
        sentence,
        notes,
        help,
        script,
        unneeded: unneeded(&accounts, family, &config.user),
        low_ports,
        source: source(&facts),
        facts,
    }
}

fn starts_as(
    image: &str,
    user: &str,
    passwd: Option<&Found>,
    accounts: &[crate::bases::Account],
    notes: &mut Vec<String>,
    help: &mut Vec<String>,
) -> (Outcome, Certainty, String) {
    use Certainty::{Inferred, Known};
    let name = user.split(':').next().unwrap_or_default();
    if is_root_user(user) {
        let why = if user.is_empty() {
            "it has no USER".to_owned()
        } else {
            format!("its USER is {user}")
        };
        return (
            Outcome::Root,
            Known,
            format!("{image} starts as root: {why}"),
        );
    }
    let row = of_user(accounts, name);
    if let Some(row) = row.filter(|row| row.uid == Some(0)) {
        let sentence = format!(
            "{image} starts as root: its USER is {user}, and its passwd gives `{}` the number 0",
            row.name
        );
        return (Outcome::Root, Known, sentence);
    }
    let sentence = format!("{image} starts as `{user}`: its USER says so");
    if name.parse::<u32>().is_ok() {
        if row.is_none() && passwd.is_some() {
            notes.push(
                "its passwd has no row for that number, so HOME is / and `whoami` fails".into(),
            );
        }
        return (Outcome::NonRoot, Known, sentence);
    }
    match (row, passwd) {
        (Some(row), _) => {
            let number = row.uid.map(|uid| uid.to_string()).unwrap_or_default();
            notes.push(format!(
                "a name, which Kubernetes' runAsNonRoot cannot check: USER {number} would do"
            ));
            (Outcome::NonRoot, Known, sentence)
        }
        (None, Some(Found::Text(_) | Found::Missing)) => {
            help.push("create the user in the Dockerfile, or write a number into USER".into());
            let sentence = format!(
                "{image} does not start: its USER is {user}, and its passwd has no such user"
            );
            (Outcome::Undetermined, Known, sentence)
        }
        // Nobody calls root by another name without a passwd that says so, and that was not read.
        (None, _) => (
            Outcome::NonRoot,
            Inferred,
            format!("{sentence} (inferred: its passwd was not read)"),
        ),
    }
}

fn finding(
    outcome: Outcome,
    certainty: Certainty,
    windows: bool,
    strict: bool,
) -> Option<(Rule, Level)> {
    Some(match outcome {
        Outcome::NonRoot if certainty == Certainty::Known => return None,
        Outcome::NonRoot => (Rule::UserInferred, Level::Note),
        Outcome::Root => (Rule::RunsAsRoot, Level::Error),
        Outcome::StepsDown if strict => (Rule::StepsDown, Level::Error),
        Outcome::StepsDown => (Rule::StepsDown, Level::Note),
        Outcome::Undetermined if windows => (Rule::WindowsImage, Level::Note),
        Outcome::Undetermined => (Rule::UserUndetermined, Level::Warning),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::image::{ImageConfig, ImageFiles, Origin, SourceName};

    fn of(user: &str, passwd: Option<&str>) -> Judged {
        let files = passwd.map(|passwd| ImageFiles {
            passwd: Found::of(passwd.as_bytes()),
            os_release: Found::of(b"ID=debian\n"),
            programs: vec!["/bin/sh".into()],
            ..ImageFiles::default()
        });
        let facts = ImageFacts {
            origin: Origin {
                source: SourceName::Engine,
                place: "docker 1".into(),
                digest: None,
                date: "2026-01-02".into(),
                cached: false,
            },
            config: ImageConfig {
                os: "linux".into(),
                user: user.into(),
                ports: vec![80, 8080],
                ..ImageConfig::default()
            },
            files: files.ok_or_else(|| "too large".into()),
        };
        judge("x", facts, false)
    }

    #[test]
    fn users_of_images() {
        let passwd = "root:x:0:0::/root:/bin/sh\ngames:x:5:60::/usr/games:/x\napp:x:7:7::/:/x\nadmin:x:0:0::/:/x\n";
        for (user, rule, part) in [
            ("", Some(Rule::RunsAsRoot), "it has no USER"),
            ("0:0", Some(Rule::RunsAsRoot), "USER is 0:0"),
            ("admin", Some(Rule::RunsAsRoot), "the number 0"),
            ("app", None, "starts as `app`"),
            ("7", None, "starts as `7`"),
            ("4711", None, "starts as `4711`"),
            ("nowhere", Some(Rule::UserUndetermined), "does not start"),
        ] {
            let judged = of(user, Some(passwd));
            assert_eq!(judged.finding.map(|(rule, _)| rule), rule, "{user}");
            assert!(
                judged.sentence.contains(part),
                "{user}: {}",
                judged.sentence
            );
        }
        assert_eq!(of("app", Some(passwd)).unneeded, ["games"]);
        assert_eq!(of("app", Some(passwd)).low_ports, [80]);
        assert_eq!(of("app", None).certainty, Certainty::Inferred);
        assert_eq!(of("", None).outcome, Outcome::Root);
    }
}
