//! Why a recipe does not make a fix Safe.

use crate::bases::Confidence;
use crate::brought::{Brought, Origin};
use crate::dockerfile::Keyword;
use crate::finding::Reason;
use crate::fix::Subject;
use crate::fix::who::Who;

use crate::recipes::regex;

use super::Used;
use super::config::flag_value;

impl Used {
    /// Why this recipe does not make the fix Safe.
    pub(in crate::fix) fn doubts(&self, subject: &Subject<'_, '_, '_>, who: &Who) -> Vec<Reason> {
        let name = self.recipe.programs[0];
        let mut doubts = self.warnings(subject);
        if let Some(why) = self.recipe.unsafe_because {
            doubts.push(Reason::new("recipe", why));
        }
        if self.recipe.confidence < Confidence::Read {
            doubts.push(Reason::new(
                "recipe",
                format!(
                    "what `{name}` needs is inferred, not read: {}",
                    self.recipe.source
                ),
            ));
        }
        if self.since.is_some() && has_other_sources(subject) {
            doubts.push(Reason::new(
                "recipe",
                format!("packages come from other sources than the distribution's, and `{name}` may be another one"),
            ));
        }
        if let Some(unread) = &self.unread {
            doubts.push(Reason::new(
                "config-unread",
                format!("`{unread}` was not found in the build context: where `{name}` writes is not known"),
            ));
        }
        if let Some(path) = &self.reworked {
            doubts.push(Reason::new(
                "config-unread",
                format!("a RUN puts `{path}` into the configuration of `{name}`: what is written there is not known"),
            ));
        }
        let fixed = self.strips(subject, who).find_map(|strip| {
            let elsewhere = |config: &&(String, Brought)| {
                !matches!(config.1.origin, Origin::Context(_))
                    && !strip.lines(&config.1.text).is_empty()
            };
            Some((strip, &self.configs.iter().find(elsewhere)?.0))
        });
        if let Some((strip, path)) = fixed {
            doubts.push(Reason::new(
                "recipe",
                format!("a line of `{path}` cannot stay: {}", strip.why),
            ));
        }
        if let Some(path) = self.unexplained() {
            doubts.push(Reason::new(
                "config-unread",
                format!("the configuration of `{name}` names {path}, which may be written and is not handed over"),
            ));
        }
        let variable = self
            .recipe
            .writes
            .iter()
            .flat_map(|setting| self.values(setting.pattern))
            .find(|value| value.contains(['$', '%']));
        if let Some(value) = variable {
            doubts.push(Reason::new(
                "config-unread",
                format!(
                    "the configuration of `{name}` writes to `{value}`, whose value is not known"
                ),
            ));
        }
        doubts
    }

    /// A user that the program is told to switch to, who is not the one that runs it: it ends with an error, or does not
    /// do its work.
    pub(in crate::fix) fn fails_to_switch(
        &self,
        subject: &Subject<'_, '_, '_>,
        who: &Who,
    ) -> Option<String> {
        let switch = self.recipe.switch.as_ref().filter(|switch| switch.fails)?;
        let call = self.call(subject);
        let by_flag = switch
            .flags
            .iter()
            .filter_map(|flag| flag_value(call?, flag));
        let by_setting = switch.setting.map(|setting| self.values(setting));
        let goes = |user: &str| {
            let mut lines = self.strips(subject, who).flat_map(|strip| {
                let configs = self.configs.iter();
                configs.flat_map(move |(_, config)| {
                    let lines = strip.lines(&config.text).into_iter();
                    lines.map(|line| String::from_utf8_lossy(&config.text[line]).into_owned())
                })
            });
            lines.any(|line| line.contains(user))
        };
        let mut all = by_flag.map(|user| (user, true));
        let mut settings = by_setting.into_iter().flatten().map(|user| (user, false));
        all.by_ref()
            .chain(settings.by_ref())
            .find(|(user, by_flag)| !who.owns_as(user) && (*by_flag || !goes(user)))
            .map(|(user, _)| user)
    }

    /// What changes with the user besides, by what scripts, HEALTHCHECK and configurations say.
    pub(in crate::fix) fn warnings(&self, subject: &Subject<'_, '_, '_>) -> Vec<Reason> {
        let document = subject.stages.document;
        let health = subject
            .body()
            .filter(|at| subject.keyword(*at) == Keyword::Healthcheck)
            .map(|at| document.instructions[at].args());
        let scripts = subject
            .calls
            .scripts
            .iter()
            .map(|script| script.script.text());
        let configs = self
            .configs
            .iter()
            .map(|(_, config)| config.text.as_slice());
        let texts: Vec<&[u8]> = health.chain(scripts).chain(configs).collect();
        let warns = self.recipe.warn.iter().filter(|warn| {
            // Nothing is compiled where there is nothing to read.
            !texts.is_empty()
                && regex(warn.text)
                    .is_some_and(|regex| texts.iter().any(|text| regex.is_match(text)))
        });
        warns.map(|warn| Reason::new("recipe", warn.why)).collect()
    }
}

/// A RUN or ADD names further sources of packages, whose own may lie elsewhere.
fn has_other_sources(subject: &Subject<'_, '_, '_>) -> bool {
    const SIGNS: [&str; 8] = [
        "sources.list",
        "add-apt-repository",
        "apt-key",
        "packagecloud.io",
        "/etc/apk/repositories",
        "yum-config-manager",
        "yum.repos.d",
        "rpm -i",
    ];
    // These bring one program of their own, which no recipe is about.
    const HARMLESS: [&str; 8] = [
        "nodesource",
        "yarnpkg",
        "docker.com",
        "google",
        "github.com",
        "microsoft",
        "deb.debian.org",
        "archive.ubuntu.com",
    ];
    let mut runs = subject.verdict.survey.runs.iter();
    runs.any(|run| {
        let text = run.script.text();
        let has = |signs: &[&str]| {
            signs
                .iter()
                .any(|sign| memchr::memmem::find(text, sign.as_bytes()).is_some())
        };
        has(&SIGNS) && !has(&HARMLESS)
    })
}
