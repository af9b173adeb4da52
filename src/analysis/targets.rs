//! Which stages are looked at, and why those: `docs/targets.md` explains it to people.

use crate::bases::is_root_user;
use crate::context::BuildContext;
use crate::deployments::builds::{self, Build, Built};
use crate::deployments::{self, StageAsked};
use crate::stages::{Stages, Target, TargetError};

/// A stage that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its index.
    pub stage: usize,
    /// Where the repository builds it, for people; none where the file alone decides.
    pub notes: Vec<String>,
}

/// The stages that `target` asks for, in the order of the file. Files around it are asked only for
/// [`Target::Shipped`], and only where there is a choice.
pub fn targets(
    stages: &Stages<'_, '_>,
    target: &Target,
    context: &dyn BuildContext,
) -> Result<Vec<Chosen>, TargetError> {
    if *target == Target::Shipped
        && stages.all.len() > 1
        && let Some(chosen) = shipped(stages, &builds::of_this_file(context))
    {
        return Ok(chosen);
    }
    let plain = stages.targets(target)?.into_iter();
    let plain = plain.map(|stage| Chosen {
        stage,
        notes: Vec::new(),
    });
    Ok(plain.collect())
}

/// What the repository builds; none where it names no stage of the file.
fn shipped(stages: &Stages<'_, '_>, builds: &[Build]) -> Option<Vec<Chosen>> {
    let last = stages.all.len().checked_sub(1)?;
    let named = |build: &Build| match &build.built {
        // A name that the file does not have builds nothing.
        Built::Stage(name) => stages.find(name),
        Built::Last | Built::Unknown => None,
    };
    let mut wanted: Vec<usize> = builds.iter().filter_map(named).collect();
    if wanted.is_empty() {
        return None;
    }
    let open = |build: &Build| !matches!(build.built, Built::Stage(_));
    // Where people work and test is not what ships: that may be the last stage all the same.
    let ships = |build: &Build| named(build).is_some() && !is_for_development(build);
    if builds.iter().any(open) || !builds.iter().any(ships) {
        wanted.push(last);
    }
    wanted.sort_unstable();
    wanted.dedup();
    let chosen = wanted.into_iter().map(|stage| {
        let of_it = builds.iter().filter(|build| match build.built {
            Built::Stage(_) => named(build) == Some(stage),
            Built::Last | Built::Unknown => stage == last,
        });
        let texts = of_it.map(|build| match &build.built {
            Built::Stage(name) => format!("{} builds the stage {name}", build.place),
            Built::Last => format!("{} builds the last stage", build.place),
            Built::Unknown => format!(
                "{} builds a stage that a variable names, which may be the last one",
                build.place
            ),
        });
        let mut notes: Vec<String> = texts.collect();
        notes.dedup();
        let more = notes.len().saturating_sub(MAX_NOTES);
        notes.truncate(MAX_NOTES);
        if more > 0 {
            notes.push(format!("{more} more places build it"));
        }
        Chosen { stage, notes }
    });
    Some(chosen.collect())
}

/// A stage for people's work or for tests, by its name or by what builds it.
fn is_for_development(build: &Build) -> bool {
    const WORDS: [&str; 12] = [
        "dev",
        "devel",
        "development",
        "devcontainer",
        "local",
        "debug",
        "test",
        "tests",
        "testing",
        "unittest",
        "e2e",
        "lint",
    ];
    let Built::Stage(name) = &build.built else {
        return false;
    };
    let mut words = name.split(['-', '_', '.']);
    build.place.contains(".devcontainer")
        || words.any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// How many places are named for one stage.
const MAX_NOTES: usize = 3;

/// Where compose files choose the user themselves: the image is root's nevertheless.
pub(super) fn started_as(
    stages: &Stages<'_, '_>,
    target: usize,
    context: &dyn BuildContext,
) -> Vec<String> {
    let users = deployments::users(context, StageAsked::of(stages, target)).into_iter();
    let told = users.map(|(place, user)| {
        if is_root_user(&user) {
            format!("{place} starts it as `{user}`, whatever the image says")
        } else {
            format!("{place} starts it as `{user}`; the image by itself starts as root")
        }
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerfile::Document;
    use crate::stages::BuildArgs;

    const FILE: &[u8] = b"FROM a AS build\nFROM b AS web\nFROM web AS dev\n";

    fn build(place: &str, built: Built) -> Build {
        Build {
            place: place.to_owned(),
            dockerfile: "Dockerfile".to_owned(),
            context: String::new(),
            built,
            tags: Vec::new(),
            contexts: Vec::new(),
        }
    }

    fn of(builds: &[Build]) -> Option<Vec<(usize, Vec<String>)>> {
        let document = Document::lex(FILE);
        let stages = Stages::read(&document, &BuildArgs::default());
        let chosen = shipped(&stages, builds)?;
        Some(
            chosen
                .into_iter()
                .map(|one| (one.stage, one.notes))
                .collect(),
        )
    }

    #[test]
    fn only_what_is_named_where_all_name_one() {
        let web = build("compose.yaml:7", Built::Stage("Web".into()));
        let note = "compose.yaml:7 builds the stage Web".to_owned();
        assert_eq!(
            of(std::slice::from_ref(&web)),
            Some(vec![(1, vec![note.clone()])])
        );
        let makefile = build("Makefile:2", Built::Last);
        let last = "Makefile:2 builds the last stage".to_owned();
        assert_eq!(
            of(&[web, makefile]),
            Some(vec![(1, vec![note]), (2, vec![last])])
        );
    }

    #[test]
    fn nothing_named_leaves_the_last() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[build("Makefile:2", Built::Last)]), None);
        assert_eq!(of(&[build("ci.yml:2", Built::Unknown)]), None);
        assert_eq!(of(&[build("ci.yml:2", Built::Stage("gone".into()))]), None);
    }

    #[test]
    fn what_may_be_the_last_is_looked_at() {
        let found = of(&[
            build("a:1", Built::Stage("build".into())),
            build("ci.yml:2", Built::Unknown),
        ]);
        let stages: Option<Vec<usize>> =
            found.map(|all| all.into_iter().map(|(at, _)| at).collect());
        assert_eq!(stages, Some(vec![0, 2]));
    }

    #[test]
    fn what_is_for_development_does_not_say_what_ships() {
        let stages = |builds: &[Build]| {
            let found = of(builds).unwrap_or_default().into_iter();
            found.map(|(at, _)| at).collect::<Vec<usize>>()
        };
        let dev = build("compose.yaml:7", Built::Stage("build".into()));
        let container = build(
            ".devcontainer/devcontainer.json:2",
            Built::Stage("build".into()),
        );
        assert_eq!(stages(std::slice::from_ref(&container)), [0, 2]);
        assert_eq!(stages(&[container, dev]), [0]);
        let named = build("compose.yaml:7", Built::Stage("dev".into()));
        let web = build("compose.prod.yaml:7", Built::Stage("web".into()));
        assert_eq!(stages(std::slice::from_ref(&named)), [2]);
        assert_eq!(stages(&[named, web]), [1, 2]);
    }

    #[test]
    fn many_places_are_counted() {
        let places =
            (1..=5).map(|line| build(&format!("ci.yml:{line}"), Built::Stage("web".into())));
        let found = of(&places.collect::<Vec<_>>()).unwrap_or_default();
        assert_eq!(found[0].1.len(), 4);
        assert_eq!(found[0].1[3], "2 more places build it");
    }
}
