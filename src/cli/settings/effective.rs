//! One configuration and what was asked for, put together: an argument goes before the environment, that before
//! the file, that before the default.

use std::path::Path;
use std::sync::Arc;

use unroot::analysis::Options;
use unroot::bases::{Beyond, Overrides};
use unroot::config::{Config, Exclude};
use unroot::finding::Rule;
use unroot::fix::{Own, Ports, StepDownTool, StepDownWish, Strategy, Wish};
use unroot::lookup::{LookedUp, Sources};
use unroot::stages::{BuildArgs, Target};
use unroot::suppress::Heed;

use super::lookup::Bad;
use crate::cli::WithHelp;
use crate::cli::args::{self, IgnoreComments, Inputs, Who};
use crate::cli::{environment, lookup};

/// What counts for a Dockerfile.
pub(in crate::cli) struct Effective {
    pub(in crate::cli) options: Options,
    /// The configuration that was found, for people.
    pub(in crate::cli) file: Option<String>,
    /// What that says by itself.
    pub(in crate::cli) config: Config,
    /// Its `exclude`.
    pub(super) exclude: Exclude,
}

/// What was asked for by arguments and environment.
pub(super) struct Asked {
    target: Target,
    build_args: BuildArgs,
    base_user: Vec<String>,
    strict: bool,
    heed: Option<Heed>,
    name: Option<String>,
    uid: Option<u32>,
    uid_range: Option<(u32, u32)>,
    gid: Option<u32>,
    named: bool,
    own: Option<Own>,
    ports: Option<Ports>,
    strategy: Option<Strategy>,
    step_down: StepDownWish,
    today: Option<String>,
    /// Whom to ask beyond the table.
    sources: Option<Arc<Sources>>,
}

impl Asked {
    pub(super) fn new(inputs: &Inputs, who: &Who) -> anyhow::Result<Self> {
        let mut build_args = BuildArgs::default();
        for pair in &inputs.build_arg {
            let Some((name, value)) = pair.split_once('=').filter(|(name, _)| !name.is_empty())
            else {
                return Err(WithHelp::new(
                    format!("--build-arg {pair}: a value is missing"),
                    "write --build-arg NAME=VALUE",
                )
                .into());
            };
            build_args.set(name, value);
        }
        Overrides::build(&inputs.base_user, std::iter::empty()).map_err(|error| {
            let help = "write --base-user IMAGE=USER, as in --base-user 'registry.corp/*=root'";
            WithHelp::new(format!("--base-user: {error}"), help)
        })?;
        Ok(Self {
            target: match &inputs.target {
                Some(name) => Target::Named(name.clone()),
                None if inputs.all_targets => Target::All,
                None if inputs.last_stage => Target::Last,
                None => Target::Shipped,
            },
            build_args,
            base_user: inputs.base_user.clone(),
            strict: inputs.strict,
            heed: inputs.ignore_comments.map(|which| match which {
                IgnoreComments::All => Heed::All,
                IgnoreComments::Own => Heed::Own,
                IgnoreComments::None => Heed::None,
            }),
            name: who.user.clone(),
            uid: who.uid,
            uid_range: who.uid_range,
            gid: who.gid,
            named: who.named,
            own: who.own.map(|own| match own {
                args::Own::Auto => Own::Auto,
                args::Own::Workdir => Own::Workdir,
                args::Own::App => Own::App,
                args::Own::None => Own::None,
            }),
            ports: who.ports.map(|ports| match ports {
                args::Ports::Keep => Ports::Keep,
                args::Ports::Move => Ports::Move,
                args::Ports::Setcap => Ports::Setcap,
            }),
            strategy: who.strategy.map(|strategy| match strategy {
                args::Strategy::User => Strategy::User,
                args::Strategy::Twin => Strategy::Twin,
                args::Strategy::StepDown => Strategy::StepDown,
            }),
            step_down: step_down(&who.step_down),
            today: today(),
            sources: lookup::sources(&inputs.lookup)?,
        })
    }

    /// What was asked of whom beyond the table, so far.
    pub(super) fn looked_up(&self) -> Vec<LookedUp> {
        let sources = self.sources.as_ref();
        sources.map(|sources| sources.asked()).unwrap_or_default()
    }

    /// Puts what was asked for over a configuration: its name for people, and the folder that it speaks for.
    pub(super) fn with(
        &self,
        config: Config,
        from: Option<(&str, &Path)>,
    ) -> Result<Effective, Bad> {
        let (name, folder) = from.unwrap_or(("", Path::new("")));
        let named = |message: String| match from {
            Some(_) => Bad::new(format!("{name}: {message}")),
            None => Bad::new(message),
        };
        let bases = config.base.iter().cloned();
        let overrides = Overrides::build(&self.base_user, bases)
            .map_err(|error| named(format!("what a base image runs as: {error}")))?
            .beyond(
                self.sources
                    .clone()
                    .map(|sources| sources as Arc<dyn Beyond>),
            );
        let patterns = config.exclude.as_deref().unwrap_or_default();
        let exclude =
            Exclude::new(folder, patterns).map_err(|error| named(format!("exclude: {error}")))?;
        let mut levels = config.levels();
        if self.strict {
            // Who asks for it on the command line gets it.
            levels.unset(Rule::StepsDown);
        }
        let user = &config.user;
        // A range that was asked for is no use beside a number of the file.
        let uid = self.uid.or(user.uid.filter(|_| self.uid_range.is_none()));
        let wish = Wish {
            name: self.name.clone().or_else(|| user.name.clone()),
            uid,
            gid: self.gid.or(user.gid),
            uid_range: self.uid_range.or(user.uid_range),
            named: self.named || user.named.unwrap_or_default(),
            own: self.own.or(config.own).unwrap_or_default(),
            ports: self.ports.or(config.ports).unwrap_or_default(),
            strategy: self.strategy.or(config.strategy).unwrap_or_default(),
            step_down: self.step_down,
        };
        Ok(Effective {
            options: Options {
                target: self.target.clone(),
                build_args: self.build_args.clone(),
                overrides,
                strict: self.strict,
                wish,
                learned: None,
                levels,
                heed: self.heed.or(config.ignore_comments).unwrap_or_default(),
                today: self.today.clone(),
            },
            file: from.map(|(name, _)| name.to_owned()),
            config,
            exclude,
        })
    }
}

fn step_down(said: &args::StepDown) -> StepDownWish {
    StepDownWish {
        tool: said.tool.map(|tool| match tool {
            args::StepDownTool::Setpriv => StepDownTool::Setpriv,
            args::StepDownTool::SuExec => StepDownTool::SuExec,
            args::StepDownTool::Gosu => StepDownTool::Gosu,
        }),
        inline: said.inline,
        legacy_builder: said.legacy_builder,
    }
}

/// What is said of a step-down means nothing without the strategy, wherever that is from.
pub(super) fn check_step_down(who: &Who, strategy: Strategy) -> anyhow::Result<()> {
    let said = &who.step_down;
    let used = [
        (said.tool.is_some(), "--step-down-tool"),
        (said.inline, "--inline"),
        (said.legacy_builder, "--legacy-builder"),
    ];
    // The environment speaks to every run, this one's strategy or not.
    let mut used = used
        .into_iter()
        .filter_map(|(used, name)| used.then_some(name))
        .filter(|name| !environment::says(name));
    match used.next() {
        Some(option) if strategy != Strategy::StepDown => Err(WithHelp::new(
            format!("{option} says how a container steps down, and nothing asks for that"),
            "add --strategy step-down",
        )
        .into()),
        _ => Ok(()),
    }
}

/// The date in UTC, as ISO 8601 has it.
fn today() -> Option<String> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Some(unroot::clock::date(since.ok()?.as_secs()))
}
