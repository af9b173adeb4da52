//! A base that another Dockerfile of the repository builds: what is known of it follows from that file.

use std::borrow::Cow;

use crate::bases::{
    Account, Confidence, FactSource, Facts, Overrides, StartConfig, StepsDown, lookup,
};
use crate::context::BuildContext;
use crate::deployments::builds::{Build, Built, of_image};
use crate::dockerfile::Document;
use crate::stages::{BuildArgs, Command, Form, Stages, join};

use super::{Cause, Certainty, Outcome, Verdict, judge_in};

/// Through how many Dockerfiles a base is followed.
const MAX_FOLLOWED: usize = 4;

/// What is known of `image`, where all that build it build the same stage of one Dockerfile. `trail` names the
/// Dockerfiles through which it was come here.
pub(super) fn facts(
    image: &str,
    overrides: &Overrides,
    context: &dyn BuildContext,
    trail: &[String],
) -> Option<Facts> {
    // Without a place of its own, a file has no repository around it.
    let own = context.dockerfile()?;
    if trail.len() >= MAX_FOLLOWED {
        return None;
    }
    let builds = of_image(context, image);
    let build = builds.first()?;
    let same = |other: &Build| other.dockerfile == build.dockerfile && other.built == build.built;
    if !builds.iter().all(same) || build.dockerfile == own || trail.contains(&build.dockerfile) {
        return None;
    }
    let bytes = context.at_top(&build.dockerfile)?;
    let document = Document::lex(&bytes);
    if !document.problems.is_empty() {
        return None;
    }
    let stages = Stages::read(&document, &BuildArgs::default());
    let target = match &build.built {
        Built::Last => stages.all.len().checked_sub(1)?,
        Built::Stage(name) => stages.find(name)?,
        Built::Unknown => return None,
    };
    let there = There {
        inner: context,
        build,
    };
    let mut trail = trail.to_vec();
    trail.push(own);
    let verdict = judge_in(&stages, target, overrides, &there, &trail);
    of_verdict(image, build, &verdict, overrides)
}

fn of_verdict(
    image: &str,
    build: &Build,
    verdict: &Verdict,
    overrides: &Overrides,
) -> Option<Facts> {
    let is_root = match verdict.outcome {
        Outcome::NonRoot => false,
        Outcome::Root | Outcome::StepsDown => true,
        Outcome::Undetermined => return None,
    };
    let survey = &verdict.survey;
    let state = &survey.state;
    let base = match &verdict.base {
        Some(base) => base.clone(),
        None => lookup("scratch", overrides),
    };
    let made: Vec<Account> = survey
        .accounts
        .users()
        .iter()
        .filter(|user| !user.conditional || user.guarded)
        .map(|user| Account {
            name: Cow::Owned(user.name.clone()),
            uid: user.uid,
            gid: user.gid,
            home: user.home.clone().map(Cow::Owned),
        })
        .collect();
    // A user that it makes and does not use is there for those who build on it.
    let run_as = match made.as_slice() {
        [one] if is_root && one.uid != Some(0) => Some(one.clone()),
        _ => base.run_as.clone().filter(|_| is_root),
    };
    let mut accounts = base.accounts.to_vec();
    accounts.retain(|known| made.iter().all(|new| new.name != known.name));
    accounts.extend(made);
    let own_program = state.entrypoint.is_some() || state.cmd.is_some();
    let entrypoint = state.entrypoint.as_ref();
    let user = state.user.as_ref();
    Some(Facts {
        image: image.to_owned(),
        repo: None,
        tag_pattern: None,
        shell: match &verdict.base {
            // Something brought one.
            None if !survey.runs.is_empty() => None,
            _ => base.shell,
        },
        default_user: match user {
            Some(user) if user.missing.is_none() => Some(Cow::Owned(user.value.clone())),
            Some(_) => None,
            None => base.default_user.clone(),
        },
        is_root: Some(is_root),
        accounts: Cow::Owned(accounts),
        run_as,
        steps_down: steps_down(verdict, base.steps_down),
        steps_down_by: match &verdict.cause {
            Cause::Drops(drop, _) => Some(Cow::Owned(drop.tool.clone())),
            _ => base.steps_down_by.clone(),
        },
        entrypoint: match entrypoint {
            Some(command) => Some(Cow::Owned(words(command).join(" "))),
            None => base.entrypoint.clone(),
        },
        entrypoint_any_user: base.entrypoint_any_user && entrypoint.is_none(),
        start: start(verdict, base.start.as_ref()),
        start_source: None,
        recipe: base.recipe.clone().filter(|_| !own_program),
        notes: None,
        advice: None,
        confidence: Confidence::Inferred,
        source: Cow::Owned(format!(
            "built from {} by {}",
            build.dockerfile, build.place
        )),
        from: FactSource::Repository,
        ..base
    })
}

/// A step-down that is not certain there is none here.
fn steps_down(verdict: &Verdict, base: StepsDown) -> StepsDown {
    match &verdict.cause {
        Cause::Drops(..) if verdict.certainty == Certainty::Known => StepsDown::Entrypoint,
        Cause::Drops(..) => StepsDown::Unknown,
        _ if verdict.survey.state.entrypoint.is_some() => StepsDown::None,
        _ => base,
    }
}

fn start(verdict: &Verdict, base: Option<&StartConfig>) -> Option<StartConfig> {
    let state = &verdict.survey.state;
    let own = |command: &Command| {
        words(command)
            .into_iter()
            .map(Cow::Owned)
            .collect::<Vec<_>>()
    };
    match (&state.entrypoint, &state.cmd) {
        (None, None) if state.cmd_cleared => None,
        (None, None) => base.cloned(),
        (Some(entrypoint), cmd) => Some(StartConfig {
            entrypoint: Cow::Owned(own(entrypoint)),
            cmd: Cow::Owned(cmd.as_ref().map(own).unwrap_or_default()),
        }),
        (None, Some(cmd)) => Some(StartConfig {
            entrypoint: base?.entrypoint.clone(),
            cmd: Cow::Owned(own(cmd)),
        }),
    }
}

fn words(command: &Command) -> Vec<String> {
    match &command.form {
        Form::Exec(words) => words.clone(),
        Form::Shell(text) => vec!["/bin/sh".to_owned(), "-c".to_owned(), text.clone()],
    }
}

/// The context of the other Dockerfile: read file by file, which is what a judgement needs.
struct There<'a> {
    inner: &'a dyn BuildContext,
    build: &'a Build,
}

impl There<'_> {
    fn path(&self, path: &str) -> String {
        join(
            &format!("/{}", self.build.context),
            path.trim_start_matches('/'),
        )
    }
}

impl BuildContext for There<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.inner.at_top(&self.path(path))
    }

    fn files(&self, path: &str) -> Vec<String> {
        let is_file = self.read(path).is_some();
        is_file.then(|| path.to_owned()).into_iter().collect()
    }

    fn exists(&self, path: &str) -> bool {
        self.read(path).is_some()
    }

    fn folders(&self, _path: &str, _names: &[&str]) -> Vec<(String, bool)> {
        Vec::new()
    }

    fn first_closed(&self, _path: &str) -> Option<String> {
        None
    }

    fn dockerfile(&self) -> Option<String> {
        Some(self.build.dockerfile.clone())
    }

    fn deployments(&self) -> Vec<(String, Vec<u8>)> {
        self.inner.deployments()
    }

    fn builders(&self) -> Vec<(String, Vec<u8>)> {
        self.inner.builders()
    }

    fn at_top(&self, path: &str) -> Option<Vec<u8>> {
        self.inner.at_top(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Folder;
    use crate::verdict::judge;

    fn verdict_of(files: &[(&str, &str)]) -> (Outcome, Certainty, Option<Facts>) {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files.iter().chain(&[(".git/HEAD", "")]) {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("below")).expect("writable");
            std::fs::write(path, text).expect("writable");
        }
        let path = folder.path().join("Dockerfile");
        let bytes = std::fs::read(&path).expect("written");
        let document = Document::lex(&bytes);
        let stages = Stages::read(&document, &BuildArgs::default());
        let context = Folder::around(&path);
        let verdict = judge(&stages, 0, &Overrides::default(), &context);
        (verdict.outcome, verdict.certainty, verdict.base)
    }

    const COMPOSE: (&str, &str) = (
        "compose.yaml",
        "services:\n  base:\n    image: acme/base\n    build: base\n",
    );

    #[test]
    fn the_user_of_the_other_file() {
        let base = (
            "base/Dockerfile",
            "FROM alpine:3.20\nRUN adduser -D -u 1234 app\nUSER app\nENTRYPOINT [\"/run.sh\"]\n",
        );
        let (outcome, certainty, facts) = verdict_of(&[
            ("Dockerfile", "FROM acme/base:latest\nCMD [\"x\"]\n"),
            base,
            COMPOSE,
        ]);
        assert_eq!(
            (outcome, certainty),
            (Outcome::NonRoot, Certainty::Inferred)
        );
        let facts = facts.expect("followed");
        assert_eq!(facts.default_user.as_deref(), Some("app"));
        assert_eq!(facts.family, crate::bases::Family::Alpine);
        assert_eq!(facts.account("app").and_then(|app| app.uid), Some(1234));
        assert_eq!(facts.entrypoint.as_deref(), Some("/run.sh"));
        assert_eq!(facts.source, "built from base/Dockerfile by compose.yaml:4");
    }

    #[test]
    fn an_entrypoint_that_steps_down() {
        let base = (
            "base/Dockerfile",
            "FROM debian:12\nCOPY start.sh /start.sh\nENTRYPOINT [\"/start.sh\"]\n",
        );
        let script = ("base/start.sh", "#!/bin/sh\nexec gosu app \"$@\"\n");
        let file = ("Dockerfile", "FROM acme/base\nCMD [\"server\"]\n");
        let (outcome, certainty, _) = verdict_of(&[file, base, script, COMPOSE]);
        assert_eq!(
            (outcome, certainty),
            (Outcome::StepsDown, Certainty::Inferred)
        );
    }

    #[test]
    fn through_several_files_and_no_ring() {
        let compose = |images: &[(&str, &str)]| {
            let mut text = "services:\n".to_owned();
            for (image, folder) in images {
                text.push_str(&format!(
                    "  {folder}:\n    image: acme/{image}\n    build: {folder}\n"
                ));
            }
            text
        };
        let chain = compose(&[("a", "a"), ("b", "b")]);
        let (outcome, ..) = verdict_of(&[
            ("Dockerfile", "FROM acme/a\n"),
            ("a/Dockerfile", "FROM acme/b\n"),
            ("b/Dockerfile", "FROM alpine\n"),
            ("compose.yaml", &chain),
        ]);
        assert_eq!(outcome, Outcome::Root);
        let (outcome, ..) = verdict_of(&[
            ("Dockerfile", "FROM acme/a\n"),
            ("a/Dockerfile", "FROM acme/b\n"),
            ("b/Dockerfile", "FROM acme/a\n"),
            ("compose.yaml", &chain),
        ]);
        assert_eq!(outcome, Outcome::Undetermined);
        let own = "services:\n  x:\n    image: acme/a\n    build: .\n";
        let (outcome, ..) = verdict_of(&[("Dockerfile", "FROM acme/a\n"), ("compose.yaml", own)]);
        assert_eq!(outcome, Outcome::Undetermined);
    }

    #[test]
    fn two_files_for_one_name_are_none() {
        let two = "services:\n  x:\n    image: acme/a\n    build: a\n  y:\n    image: acme/a\n    build: b\n";
        let (outcome, ..) = verdict_of(&[
            ("Dockerfile", "FROM acme/a\n"),
            ("a/Dockerfile", "FROM alpine\n"),
            ("b/Dockerfile", "FROM alpine\n"),
            ("compose.yaml", two),
        ]);
        assert_eq!(outcome, Outcome::Undetermined);
    }
}
