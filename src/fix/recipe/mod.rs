//! Which recipes fit what the container runs, and what they ask for.

mod arguments;
mod asks;
mod commands;
mod config;
mod doubts;
mod edited;

use crate::brought::Brought;
use crate::recipes::{Recipe, recipe, recipes};
use crate::shell::packages::installs;
use crate::shell::rights::For;

use super::Subject;
use super::calls::Call;

use config::with_configs;

/// A recipe that is used.
pub(super) struct Used {
    pub(super) recipe: &'static Recipe,
    /// The call that it is for, in [`super::calls::Calls::all`]; none for the base's own program.
    pub(super) call: Option<usize>,
    /// The step whose RUN installs the program; none for what the base has.
    pub(super) since: Option<usize>,
    /// Configurations that the file brings, by their path in the image.
    pub(super) configs: Vec<(String, Brought)>,
    /// Where the recipe's configurations lie.
    places: Vec<String>,
    /// The configuration that is named, or else the recipe's first.
    main: Option<String>,
    /// Configuration that stands in the command itself.
    pub(super) texts: Vec<Vec<u8>>,
    /// A configuration that is brought and cannot be read.
    pub(super) unread: Option<String>,
    /// A path that a RUN puts into a configuration, and that no setting of the recipe explains.
    reworked: Option<String>,
    /// The WORKDIR, where it is known.
    workdir: Option<String>,
    /// The command names the stock configuration, which says where things are written.
    stock: bool,
}

impl Used {
    /// The call that it is for.
    fn call<'s>(&self, subject: &'s Subject<'_, '_, '_>) -> Option<&'s Call> {
        subject.calls.all.get(self.call?)
    }
}

/// The recipes for what the container runs, each once.
pub(super) fn used(subject: &Subject<'_, '_, '_>) -> Vec<Used> {
    let mut all: Vec<Used> = Vec::new();
    let facts = subject.verdict.base.as_ref();
    if subject.verdict.start.argv.is_none() {
        let own = facts.and_then(|facts| recipe(facts.recipe.as_deref()?));
        all.extend(own.map(|recipe| with_configs(subject, recipe, None, None)));
    }
    for (at, call) in subject.calls.all.iter().enumerate() {
        if call.is_own || call.whom == For::Root {
            continue;
        }
        if let Some((recipe, source)) = fitting(subject, call)
            && all
                .iter()
                .all(|used| !std::ptr::eq(used.recipe, recipe) || !recipe.flags.is_empty())
        {
            let since = match source {
                Source::Anywhere => None,
                Source::Step(step) => Some(step),
            };
            all.push(with_configs(subject, recipe, Some(at), since));
        }
    }
    all
}

/// The recipe for a call, and the step that installs the program.
fn fitting(subject: &Subject<'_, '_, '_>, call: &Call) -> Option<(&'static Recipe, Source)> {
    let names = names(call)?;
    recipes()
        .iter()
        .filter(|recipe| is_one_of(recipe, &names))
        .find_map(|recipe| Some((recipe, installed(subject, recipe)?)))
}

/// The call starts a program of the recipe: by its name, or by `service NAME start`.
pub(super) fn starts(recipe: &Recipe, call: &Call) -> bool {
    names(call).is_some_and(|names| is_one_of(recipe, &names))
}

/// The names by which a recipe may know a call: its own, that of its row among the programs, and `service NAME`.
fn names(call: &Call) -> Option<(&str, &str, Option<String>)> {
    let name = call.name()?;
    Some((name, call.row().map_or(name, |row| row.name), service(call)))
}

fn is_one_of(recipe: &Recipe, (name, row, service): &(&str, &str, Option<String>)) -> bool {
    let mut programs = recipe.programs.iter();
    programs.any(|program| program == name || program == row || service.as_deref() == Some(program))
}

/// `service NAME` for `service NAME start` and `/etc/init.d/NAME start`.
fn service(call: &Call) -> Option<String> {
    let program = call.program()?;
    let begins = |word: Option<&str>| matches!(word, Some("start" | "restart"));
    if let Some(name) = program.strip_prefix("/etc/init.d/") {
        return begins(call.argument(1)).then(|| format!("service {name}"));
    }
    let name = call
        .argument(1)
        .filter(|_| call.name() == Some("service"))?;
    begins(call.argument(2)).then(|| format!("service {name}"))
}

/// Where the program of a recipe comes from.
enum Source {
    /// The base has it, or it comes in a way that does not matter.
    Anywhere,
    /// The RUN of this step installs it.
    Step(usize),
}

/// Where the program of a recipe comes from in this file; none where it is not this recipe's.
fn installed(subject: &Subject<'_, '_, '_>, recipe: &Recipe) -> Option<Source> {
    let facts = subject.verdict.base.as_ref();
    let of_base = facts.and_then(|facts| facts.recipe.as_deref()) == Some(recipe.name);
    if of_base {
        return Some(Source::Anywhere);
    }
    let family = facts.map(|facts| facts.family).unwrap_or_default();
    if !recipe.families.is_empty() && !recipe.families.contains(&family) {
        return None;
    }
    if recipe.packages.is_empty() {
        // However it comes; but not what only some images have.
        return (!recipe.of_images).then_some(Source::Anywhere);
    }
    let is_manager = |manager: &str| match recipe.manager {
        Some(own) => own == manager,
        None => !matches!(manager, "pip" | "npm" | "gem"),
    };
    let mut runs = subject.verdict.survey.runs.iter();
    let found = runs.find(|run| {
        installs(&run.script).iter().any(|install| {
            is_manager(install.manager)
                && recipe.packages.iter().any(|package| install.has(package))
        })
    });
    found.map(|run| Source::Step(run.step))
}
