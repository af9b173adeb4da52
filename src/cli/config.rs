//! The configuration file and what the arguments add to it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;
use unroot::analysis::Options;
use unroot::bases::Overrides;
use unroot::bases::overrides::OverrideEntry;
use unroot::fix::{Own, Ports, StepDownTool, StepDownWish, Strategy, Wish};
use unroot::repo::CommitTree;
use unroot::stages::{BuildArgs, Target};

use super::WithHelp;
use super::args::{self, Inputs, Who};

/// `unroot.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What is known of base images that the embedded table lacks or has wrong.
    #[serde(default)]
    base: Vec<OverrideEntry>,
}

impl File {
    fn read(text: &str, path: &Path) -> anyhow::Result<Self> {
        toml::from_str(text)
            .with_context(|| format!("{} is no configuration of unroot", path.display()))
    }

    fn overrides(self, base_user: &[String]) -> anyhow::Result<Overrides> {
        Overrides::build(base_user, self.base).context("what a base image runs as")
    }
}

/// Where the configuration is looked for, in the working folder.
const NAMES: [&str; 2] = ["unroot.toml", ".github/unroot.toml"];

/// The options that arguments and configuration make together.
pub(super) fn options(inputs: &Inputs, who: &Who) -> anyhow::Result<Options> {
    let overrides = overrides(&inputs.base_user, inputs.config.as_deref())?;
    options_with(inputs, who, overrides)
}

/// The same, with the configuration that a commit has in one of `folders`, unless the arguments name one.
pub(super) fn options_in(
    inputs: &Inputs,
    who: &Who,
    tree: &CommitTree,
    folders: &[PathBuf],
) -> anyhow::Result<Options> {
    if inputs.config.is_some() {
        return options(inputs, who);
    }
    let mut paths = folders
        .iter()
        .flat_map(|folder| NAMES.map(|name| folder.join(name)));
    let file = match paths.find(|path| tree.blob_id(path).is_some()) {
        Some(path) => {
            let bytes = tree.bytes(&path)?;
            let text = String::from_utf8(bytes)
                .with_context(|| format!("cannot read {}", path.display()))?;
            File::read(&text, &path)?
        }
        None => File::default(),
    };
    options_with(inputs, who, file.overrides(&inputs.base_user)?)
}

fn options_with(inputs: &Inputs, who: &Who, overrides: Overrides) -> anyhow::Result<Options> {
    let mut build_args = BuildArgs::default();
    for pair in &inputs.build_arg {
        let Some((name, value)) = pair.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(WithHelp::new(
                format!("--build-arg {pair}: a value is missing"),
                "write --build-arg NAME=VALUE",
            )
            .into());
        };
        build_args.set(name, value);
    }
    let target = match &inputs.target {
        Some(name) => Target::Named(name.clone()),
        None if inputs.all_targets => Target::All,
        None => Target::Last,
    };
    Ok(Options {
        target,
        build_args,
        overrides,
        strict: inputs.strict,
        wish: Wish {
            name: who.user.clone(),
            uid: who.uid,
            gid: who.gid,
            named: who.named,
            own: match who.own {
                args::Own::Auto => Own::Auto,
                args::Own::Workdir => Own::Workdir,
                args::Own::App => Own::App,
                args::Own::None => Own::None,
            },
            ports: match who.ports {
                None => Ports::Unsaid,
                Some(args::Ports::Keep) => Ports::Keep,
                Some(args::Ports::Move) => Ports::Move,
                Some(args::Ports::Setcap) => Ports::Setcap,
            },
            strategy: match who.strategy {
                args::Strategy::User => Strategy::User,
                args::Strategy::Twin => Strategy::Twin,
                args::Strategy::StepDown => Strategy::StepDown,
            },
            step_down: step_down(who)?,
        },
        learned: None,
    })
}

/// How a container steps down; what is said of it means nothing without the strategy.
fn step_down(who: &Who) -> anyhow::Result<StepDownWish> {
    let said = &who.step_down;
    let used = [
        (said.step_down_tool.is_some(), "--step-down-tool"),
        (said.inline, "--inline"),
        (said.legacy_builder, "--legacy-builder"),
    ];
    let used = used
        .into_iter()
        .find_map(|(used, name)| used.then_some(name));
    if let Some(option) = used.filter(|_| who.strategy != args::Strategy::StepDown) {
        return Err(WithHelp::new(
            format!("{option} says how a container steps down, and nothing asks for that"),
            "add --strategy step-down",
        )
        .into());
    }
    Ok(StepDownWish {
        tool: said.step_down_tool.map(|tool| match tool {
            args::StepDownTool::Setpriv => StepDownTool::Setpriv,
            args::StepDownTool::SuExec => StepDownTool::SuExec,
            args::StepDownTool::Gosu => StepDownTool::Gosu,
        }),
        inline: said.inline,
        legacy_builder: said.legacy_builder,
    })
}

/// What `--base-user` and the configuration say of bases; arguments go first.
pub(super) fn overrides(base_user: &[String], config: Option<&Path>) -> anyhow::Result<Overrides> {
    let path = match config {
        Some(path) => Some(path.to_owned()),
        None => NAMES.iter().map(PathBuf::from).find(|path| path.is_file()),
    };
    let file = match path {
        Some(path) => {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            File::read(&text, &path)?
        }
        None => File::default(),
    };
    file.overrides(base_user)
}
