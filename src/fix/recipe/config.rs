//! The configurations that the file brings for a program, and what they say.

use crate::brought::Origin;
use crate::dockerfile::Keyword;
use crate::fix::Subject;
use crate::fix::calls::Call;
use crate::fix::folders::under;
use crate::recipes::{Recipe, regex};
use crate::stages::join;

use super::{Used, edited};

impl Used {
    /// What a setting says in the configurations that the file brings: each value once.
    pub(in crate::fix) fn values(&self, setting: &'static str) -> Vec<String> {
        if self.configs.is_empty() && self.texts.is_empty() {
            return Vec::new();
        }
        let Some(regex) = regex(setting) else {
            return Vec::new();
        };
        let mut values: Vec<String> = Vec::new();
        let configs = self.configs.iter().map(|(_, config)| &config.text);
        for text in configs.chain(&self.texts) {
            for found in regex.captures_iter(text) {
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

    /// A configuration has something that matches.
    pub(in crate::fix) fn says(&self, pattern: &'static str) -> bool {
        // Most files bring no configuration, for which nothing need be compiled.
        if self.configs.is_empty() && self.texts.is_empty() {
            return false;
        }
        let configs = self.configs.iter().map(|(_, config)| &config.text);
        let mut texts = configs.chain(&self.texts);
        regex(pattern).is_some_and(|regex| texts.any(|text| regex.is_match(text)))
    }

    /// The paths that settings of the recipe name, and those that it hands over anyway.
    fn explained(&self) -> Vec<String> {
        let recipe = self.recipe;
        let settings = recipe.writes.iter();
        let named = settings.flat_map(|row| self.values(row.pattern));
        let lists = [
            recipe.theirs,
            recipe.make,
            recipe.own,
            recipe.own_all,
            recipe.touch,
        ];
        let listed = lists.into_iter().flatten().map(|path| (*path).to_owned());
        named.chain(listed).filter(|path| path != "/").collect()
    }

    /// A path in the configurations that lies where programs write, and that no setting of the recipe explains.
    pub(super) fn unexplained(&self) -> Option<String> {
        const WRITTEN: &str = r#"(?m)^(?:[^#;\n][^#\n]*?)?[\s"'=:(,](/(?:var/(?:log|lib|run|spool|cache)|run)/[^\s;"'),>]+)"#;
        if self.configs.is_empty() {
            return None;
        }
        let explained: Vec<String> = self.explained();
        let fine = |path: &str| {
            let path = path.trim_end_matches('/');
            explained.iter().any(|known| {
                let known = known.trim_end_matches('/');
                let known = known.strip_prefix("unix:").unwrap_or(known);
                path == known || under(path, known) || same_run(path, known)
            }) || self.main.as_deref() == Some(path)
                || self
                    .places
                    .iter()
                    .any(|place| path == place.trim_end_matches('/'))
        };
        let regex = regex(WRITTEN)?;
        let mut configs = self
            .configs
            .iter()
            .flat_map(|(_, config)| regex.captures_iter(&config.text));
        configs.find_map(|found| {
            let path = String::from_utf8_lossy(found.get(1)?.as_bytes()).into_owned();
            (!fine(&path)).then_some(path)
        })
    }

    /// A path of the configuration as an absolute one; none for `off`, `syslog:` and the like.
    pub(in crate::fix) fn absolute(&self, value: &str) -> Option<String> {
        if value.starts_with('/') && !value.contains('%') {
            return Some(join("/", value));
        }
        let path = value.contains('/') || value.contains('.');
        let plain = !value.contains([':', '|', '$', '%', '<']) && !value.starts_with('-');
        let folder = self.recipe.relative.filter(|_| path && plain)?;
        let folder = match folder {
            "." => self.workdir.as_deref().unwrap_or("/"),
            folder => folder,
        };
        Some(join(folder, value))
    }
}

/// `/var/run` is `/run` in every base image of the table.
fn same_run(path: &str, known: &str) -> bool {
    let short = |path: &str| {
        path.strip_prefix("/var")
            .filter(|rest| rest.starts_with("/run/"))
            .map(str::to_owned)
    };
    short(path).as_deref() == Some(known) || short(known).as_deref() == Some(path)
}

/// A recipe with the configurations that the file brings for it.
pub(super) fn with_configs(
    subject: &Subject<'_, '_, '_>,
    recipe: &'static Recipe,
    call: Option<usize>,
    since: Option<usize>,
) -> Used {
    let bringer = subject.bringer();
    let workdir = subject.verdict.survey.state.workdir.as_ref();
    let workdir = workdir.map(|workdir| workdir.path.clone());
    let places: Vec<String> = recipe
        .configs
        .iter()
        .map(|path| absolute(path, workdir.as_deref()))
        .collect();
    let call_of = call.and_then(|at| subject.calls.all.get(at));
    let named = call_of.and_then(|call| named_config(recipe, call, workdir.as_deref()));
    let paths: Vec<String> = match &named {
        // Folders are included from the file that is named as from the stock one, as far as anybody can tell.
        Some(path) => std::iter::once(path)
            .chain(places.iter().filter(|path| path.ends_with('/')))
            .cloned()
            .collect(),
        None => places.clone(),
    };
    let mut used = Used {
        recipe,
        call,
        since,
        configs: Vec::new(),
        main: named.clone().or_else(|| places.first().cloned()),
        places,
        texts: texts(recipe, call_of),
        unread: None,
        reworked: None,
        workdir,
        stock: false,
    };
    for path in &paths {
        let found = match path.strip_suffix('/') {
            Some(folder) => bringer.straight_in(folder),
            None => bringer
                .find(path)
                .filter(|found| !matches!(found.origin, Origin::Run { adds: true }))
                .map(|found| vec![(path.clone(), found)])
                .unwrap_or_default(),
        };
        // One that is only looked for in the WORKDIR is mostly not there.
        let optional = named.as_ref() != Some(path)
            && recipe.configs.iter().any(|place| {
                !place.starts_with('/') && absolute(place, used.workdir.as_deref()) == *path
            });
        if found.is_empty() && is_brought(subject, path, !optional) {
            used.unread = Some(path.trim_end_matches('/').to_owned());
        }
        used.configs.extend(found);
    }
    if named.is_none() {
        // The first one that is there is the one that is read, where several are looked for.
        let mut files = used.places.iter().filter(|path| !path.ends_with('/'));
        let brought = files.find(|path| used.configs.iter().any(|(own, _)| own == *path));
        used.main = brought.cloned().or(used.main);
    }
    let edited = edited::read(subject, recipe, &paths);
    used.unread = used.unread.or(edited.unread);
    used.texts.extend(edited.texts.iter().cloned());
    used.configs.extend(edited.added);
    let explained = used.explained();
    let mut texts = edited.texts.iter();
    used.reworked = texts.find_map(|text| edited::unexplained(text, &explained));
    used.stock = named.is_some() && used.is_stock();
    used
}

/// A path as it is seen from the WORKDIR.
fn absolute(path: &str, workdir: Option<&str>) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    let folder = if path.ends_with('/') { "/" } else { "" };
    format!("{}{folder}", join(workdir.unwrap_or("/"), path))
}

/// The configuration that a command names.
fn named_config(recipe: &Recipe, call: &Call, workdir: Option<&str>) -> Option<String> {
    for flag in recipe.config_flags {
        let value = if flag.is_empty() {
            let first = call.argument(1);
            // A word without a folder and an ending may be an argument of another kind.
            first
                .filter(|word| !word.starts_with('-') && word.contains(['/', '.']))
                .map(str::to_owned)
        } else {
            flag_value(call, flag)
        };
        if let Some(value) = value {
            return Some(absolute(&value, workdir));
        }
    }
    None
}

/// Configuration that stands in the command: `-g "daemon off;"`.
fn texts(recipe: &Recipe, call: Option<&Call>) -> Vec<Vec<u8>> {
    let Some(call) = call else { return Vec::new() };
    let values = recipe
        .config_texts
        .iter()
        .filter_map(|flag| flag_value(call, flag));
    values.map(String::into_bytes).collect()
}

/// What follows a flag: `--flag VALUE`, `--flag=VALUE`, `-fVALUE`.
pub(in crate::fix) fn flag_value(call: &Call, flag: &str) -> Option<String> {
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

/// A COPY or ADD puts something at `path`, above it (`in_trees`) or, for a folder, into it.
fn is_brought(subject: &Subject<'_, '_, '_>, path: &str, in_trees: bool) -> bool {
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
        exact
            || inside
            || named
            || (in_trees && around && is_opaque(subject, copy.step, copy.from.is_some()))
    })
}

/// What a COPY brings cannot be looked at: it is another image's, an archive, or the context is not there.
fn is_opaque(subject: &Subject<'_, '_, '_>, step: usize, from: bool) -> bool {
    let add = subject.verdict.survey.steps[step].keyword == Keyword::Add;
    from || add || !subject.context.exists(".")
}
