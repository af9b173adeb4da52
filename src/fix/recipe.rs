//! Which recipes fit what the container runs, and what they ask for.

use regex::bytes::Regex;

use crate::brought::Brought;
use crate::dockerfile::Keyword;
use crate::finding::Reason;
use crate::recipes::{Kind, Recipe, recipe, recipes};
use crate::shell::packages::installs;
use crate::stages::join;

use super::Subject;
use super::calls::Call;
use super::folders::under;
use super::writes::{What, Write};

/// A recipe that is used.
pub(super) struct Used {
    pub(super) recipe: &'static Recipe,
    /// The call that it is for, in [`super::calls::Calls::all`]; none for the base's own program.
    pub(super) call: Option<usize>,
    /// The step whose RUN installs the program; none for what the base has.
    pub(super) since: Option<usize>,
    /// Configurations that the file brings, by their path in the image.
    pub(super) configs: Vec<(String, Brought)>,
    /// A configuration that is brought and cannot be read.
    pub(super) unread: Option<String>,
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
        if call.is_own || call.whom == crate::shell::rights::For::Root {
            continue;
        }
        if let Some((recipe, since)) = fitting(subject, call)
            && all
                .iter()
                .all(|used| !std::ptr::eq(used.recipe, recipe) || !recipe.flags.is_empty())
        {
            all.push(with_configs(subject, recipe, Some(at), since));
        }
    }
    all
}

/// The recipe for a call, and the step that installs the program.
fn fitting(subject: &Subject<'_, '_, '_>, call: &Call) -> Option<(&'static Recipe, Option<usize>)> {
    let name = call.name()?;
    let row = call.row().map_or(name, |row| row.name);
    let starts = |recipe: &&Recipe| {
        recipe
            .programs
            .iter()
            .any(|program| *program == name || *program == row)
    };
    recipes()
        .iter()
        .filter(starts)
        .find_map(|recipe| Some((recipe, installed(subject, recipe)?)))
}

/// Where the program of a recipe comes from in this file: the step of a RUN, or none of it (`Some(None)`).
fn installed(subject: &Subject<'_, '_, '_>, recipe: &Recipe) -> Option<Option<usize>> {
    let facts = subject.verdict.base.as_ref();
    let of_base = facts.and_then(|facts| facts.recipe.as_deref()) == Some(recipe.name);
    if of_base {
        return Some(None);
    }
    let family = facts.map(|facts| facts.family).unwrap_or_default();
    if !recipe.families.is_empty() && !recipe.families.contains(&family) {
        return None;
    }
    if recipe.packages.is_empty() {
        // However it comes; but not what only one image has.
        return (recipe.families.is_empty()).then_some(None);
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
    found.map(|run| Some(run.step))
}

fn with_configs(
    subject: &Subject<'_, '_, '_>,
    recipe: &'static Recipe,
    call: Option<usize>,
    since: Option<usize>,
) -> Used {
    let bringer = subject.bringer();
    let call_of = call.and_then(|at| subject.calls.all.get(at));
    let named = call_of.and_then(|call| named_config(recipe, call));
    let mut used = Used {
        recipe,
        call,
        since,
        configs: Vec::new(),
        unread: None,
    };
    let paths: Vec<&str> = match &named {
        // Folders are included from the file that is named as from the stock one, as far as anybody can tell.
        Some(path) => std::iter::once(path.as_str())
            .chain(
                recipe
                    .configs
                    .iter()
                    .copied()
                    .filter(|path| path.ends_with('/')),
            )
            .collect(),
        None => recipe.configs.to_vec(),
    };
    for path in paths {
        let found = match path.strip_suffix('/') {
            Some(folder) => bringer.straight_in(folder),
            None => bringer
                .find(path)
                .map(|found| vec![(path.to_owned(), found)])
                .unwrap_or_default(),
        };
        if found.is_empty() && is_brought(subject, path) {
            used.unread = Some(path.trim_end_matches('/').to_owned());
        }
        used.configs.extend(found);
    }
    used
}

/// The configuration that a command names.
fn named_config(recipe: &Recipe, call: &Call) -> Option<String> {
    for flag in recipe.config_flags {
        if flag.is_empty() {
            let first = call.argument(1).filter(|word| word.starts_with('/'));
            if let Some(path) = first {
                return Some(path.to_owned());
            }
            continue;
        }
        if let Some(value) = flag_value(call, flag) {
            return value.starts_with('/').then_some(value);
        }
    }
    None
}

/// What follows a flag: `--flag VALUE`, `--flag=VALUE`, `-fVALUE`.
pub(super) fn flag_value(call: &Call, flag: &str) -> Option<String> {
    let short = flag.len() == 2 && flag.starts_with('-');
    for (at, word) in call.words.iter().enumerate().skip(1) {
        if !word.complete {
            continue;
        }
        let text = word.text.as_str();
        if text == flag {
            return call.argument(at + 1).map(str::to_owned);
        }
        let rest = text.strip_prefix(flag);
        let value = match rest {
            Some(rest) if rest.starts_with('=') => &rest[1..],
            Some(rest) if short && rest.starts_with('/') => rest,
            _ => continue,
        };
        return Some(value.to_owned());
    }
    None
}

/// A COPY or ADD puts something at `path`, above it or, for a folder, into it.
fn is_brought(subject: &Subject<'_, '_, '_>, path: &str) -> bool {
    let survey = &subject.verdict.survey;
    let folder = path.strip_suffix('/');
    let path = path.trim_end_matches('/');
    survey.copies.iter().any(|copy| {
        let dest = copy.dest.as_str();
        let exact = dest == path && (folder.is_some() || !copy.into_folder);
        let inside = folder.is_some() && under(dest, path);
        // `COPY etc /etc` may bring it; the bytes would be at hand if it came from the context.
        let around = under(path, dest) && dest != "/" && copy.heredocs.is_empty();
        let named = copy.sources.iter().any(|source| {
            let name = source.trim_end_matches('/').rsplit('/').next();
            join(dest, name.unwrap_or_default()) == path
        });
        exact || inside || named || (around && is_opaque(subject, copy.step, copy.from.is_some()))
    })
}

/// What a COPY brings cannot be looked at: it is another image's, an archive, or the context is not there.
fn is_opaque(subject: &Subject<'_, '_, '_>, step: usize, from: bool) -> bool {
    let add = subject.verdict.survey.steps[step].keyword == Keyword::Add;
    from || add || !subject.context.exists(".")
}

impl Used {
    /// What a setting says in the configurations that the file brings: each value once.
    pub(super) fn values(&self, setting: &str) -> Vec<String> {
        let Ok(regex) = Regex::new(&format!("(?-u:{setting})")) else {
            return Vec::new();
        };
        let mut values: Vec<String> = Vec::new();
        for (_, config) in &self.configs {
            for found in regex.captures_iter(&config.text) {
                let Some(group) = found.get(1) else { continue };
                let value = String::from_utf8_lossy(group.as_bytes());
                let value = value.trim().trim_matches(['"', '\'']).to_owned();
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        values
    }

    /// The user that the program is told to switch to: by the command, else by the configuration.
    pub(super) fn switches_to(&self, subject: &Subject<'_, '_, '_>) -> Option<String> {
        let switch = self.recipe.switch.as_ref()?;
        let call = self.call.and_then(|at| subject.calls.all.get(at));
        let by_flag = call.and_then(|call| {
            let mut flags = switch.flags.iter();
            flags.find_map(|flag| flag_value(call, flag))
        });
        by_flag.or_else(|| self.values(switch.setting?).into_iter().next_back())
    }

    /// What the program writes, as recipe, configuration and command say.
    pub(super) fn writes(&self, subject: &Subject<'_, '_, '_>) -> Vec<Write> {
        let name = self.recipe.programs[0];
        let mut all = Vec::new();
        let mut add = |path: &str, kind: Kind, why: String| {
            let what = match kind {
                Kind::File => What::File,
                Kind::Folder => What::Folder,
                Kind::Socket => What::Socket,
            };
            all.push(Write::sure(path, what, why));
        };
        for setting in self.recipe.writes {
            let values = self.values(setting.setting);
            if values.is_empty() {
                if let Some(path) = setting.default {
                    add(path, setting.kind, format!("{name} writes {path}"));
                }
                continue;
            }
            for value in values {
                if let Some(path) = self.absolute(&value) {
                    let why = format!("the configuration of {name} names {path}");
                    add(&path, setting.kind, why);
                }
            }
        }
        let call = self.call.and_then(|at| subject.calls.all.get(at));
        for flag in self.recipe.flags {
            let value = call.and_then(|call| flag_value(call, flag.flag));
            if let Some(path) = value.and_then(|value| self.absolute(&value)) {
                let why = format!("{} names {path}", flag.flag);
                add(&path, flag.kind, why);
            }
        }
        all
    }

    /// A path of the configuration as an absolute one; none for `off`, `syslog:` and the like.
    fn absolute(&self, value: &str) -> Option<String> {
        if value.starts_with('/') {
            return Some(join("/", value));
        }
        let path = value.contains('/') || value.contains('.');
        let plain = !value.contains([':', '|', '$', '%', '<']) && !value.starts_with('-');
        let folder = self.recipe.relative.filter(|_| path && plain)?;
        Some(join(folder, value))
    }

    /// Commands that the RUN gets: those of the recipe, and one for each setting of the stock configuration that cannot
    /// stay.
    pub(super) fn commands(&self) -> Vec<String> {
        let own = self.recipe.run.iter().map(|command| (*command).to_owned());
        let stripped = self.recipe.strip.iter().filter_map(|strip| {
            let file = strip.file?;
            // The file's own configuration is edited where it lies.
            let replaced = self.configs.iter().any(|(path, _)| path == file);
            let pattern = strip.setting.trim_start_matches("(?m)");
            (!replaced).then(|| format!("sed -i -E '/{}/d' {file}", pattern.replace('/', "\\/")))
        });
        own.chain(stripped).collect()
    }

    /// Why this recipe does not make the fix Safe.
    pub(super) fn doubts(&self) -> Vec<Reason> {
        let name = self.recipe.programs[0];
        let mut doubts = Vec::new();
        if let Some(why) = self.recipe.unsafe_because {
            doubts.push(Reason::new("recipe", why));
        }
        if self.recipe.confidence < crate::bases::Confidence::Read {
            doubts.push(Reason::new(
                "recipe",
                format!(
                    "what `{name}` needs is inferred, not read: {}",
                    self.recipe.source
                ),
            ));
        }
        if let Some(unread) = &self.unread {
            doubts.push(Reason::new(
                "config-unread",
                format!("`{unread}` was not found in the build context: where `{name}` writes is not known"),
            ));
        }
        let variable = self
            .recipe
            .writes
            .iter()
            .flat_map(|setting| self.values(setting.setting))
            .find(|value| value.starts_with(['$', '%']) || value.contains("${"));
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
}
