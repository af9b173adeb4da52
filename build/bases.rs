//! `data/bases/*.toml`: the embedded base-image table.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

#[allow(dead_code, unreachable_pub)]
#[path = "../src/bases/kinds.rs"]
pub(crate) mod kinds;

#[allow(dead_code, unreachable_pub)]
#[path = "../src/bases/row.rs"]
mod row;

use kinds::{Confidence, Family, PackageManager, StepsDown, UserTool, check_words};
use row::{Account, Base, StartConfig};

/// What the program is built with.
pub(crate) struct Table {
    /// Rust: the names, and where the rows of each repository begin.
    pub(crate) code: String,
    /// The rows of each repository, one after the other, in postcard's format.
    pub(crate) rows: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    image: Vec<Image>,
}

/// The schema; `src/bases/row.rs` says what the fields mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Image {
    repo: String,
    #[serde(default)]
    aliases: Vec<String>,
    tag_re: String,
    family: Family,
    pkg: PackageManager,
    user_tool: UserTool,
    install: Option<String>,
    shell: Option<bool>,
    default_user: Option<String>,
    is_root: Option<bool>,
    #[serde(default)]
    users: Vec<User>,
    run_as: Option<String>,
    steps_down: StepsDown,
    steps_down_by: Option<String>,
    entrypoint: Option<String>,
    start: Option<Start>,
    #[serde(default)]
    start_of_tags: Vec<StartOfTags>,
    start_source: Option<String>,
    #[serde(default)]
    entrypoint_any_user: bool,
    recipe: Option<String>,
    #[serde(default)]
    ports: Vec<u16>,
    notes: Option<String>,
    advice: Option<String>,
    source: String,
    confidence: Confidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    #[serde(default)]
    entrypoint: Vec<String>,
    #[serde(default)]
    cmd: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StartOfTags {
    tags: String,
    #[serde(default)]
    unknown: bool,
    #[serde(default)]
    entrypoint: Vec<String>,
    #[serde(default)]
    cmd: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct User {
    name: String,
    uid: Option<u32>,
    gid: Option<u32>,
    home: Option<String>,
}

/// The table that `dir` holds.
pub(crate) fn generate(dir: &Path, recipes: &BTreeSet<String>) -> Result<Table, Box<dyn Error>> {
    let mut paths = fs::read_dir(dir)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    paths.sort();

    // Sorted by repository; inside one, the order of its file.
    let mut repos: BTreeMap<String, (PathBuf, Vec<Image>)> = BTreeMap::new();
    for path in paths {
        let file: File = toml::from_str(&fs::read_to_string(&path)?)
            .map_err(|e| format!("{}: {e}", path.display()))?;
        for image in file.image {
            check(&image, recipes)
                .map_err(|e| format!("{}: {} {}: {e}", path.display(), image.repo, image.tag_re))?;
            let (home, images) = repos
                .entry(image.repo.clone())
                .or_insert_with(|| (path.clone(), Vec::new()));
            if *home != path {
                let both = (home.display(), path.display());
                return Err(format!("{} is in {} and in {}", image.repo, both.0, both.1).into());
            }
            if !image.aliases.is_empty() && !images.is_empty() {
                return Err(format!("{}: aliases belong on the first entry", image.repo).into());
            }
            images.push(image);
        }
    }
    render(&repos)
}

fn check(image: &Image, recipes: &BTreeSet<String>) -> Result<(), String> {
    if let Some(name) = image
        .recipe
        .as_ref()
        .filter(|name| !recipes.contains(*name))
    {
        return Err(format!("there is no recipe `{name}` in data/recipes"));
    }
    if image.entrypoint_any_user && image.entrypoint.is_none() {
        return Err("`entrypoint_any_user` goes with an `entrypoint`".to_owned());
    }
    check_start(image)?;
    for name in std::iter::once(&image.repo).chain(&image.aliases) {
        let host = name.split('/').next().unwrap_or_default();
        if !name.contains('/') || !host.contains('.') {
            return Err(format!("`{name}` is not canonical: registry/path"));
        }
        if name.contains(|c: char| {
            !(c.is_ascii_lowercase() || c.is_ascii_digit() || "./-_*".contains(c))
        }) {
            return Err(format!("`{name}` has a character that no repository has"));
        }
    }
    if image.source.trim().is_empty() {
        return Err("no source".to_owned());
    }
    if image.install.is_some() != (image.user_tool == UserTool::UseraddMissing) {
        return Err("`install` goes with `useradd-missing` and with nothing else".to_owned());
    }
    if image.is_root.is_some() != image.default_user.is_some() {
        return Err("`default_user` and `is_root` go together".to_owned());
    }
    if let Some(name) = &image.run_as {
        let account = image.users.iter().find(|u| u.name == *name);
        if !account.is_some_and(|u| u.uid.is_some() && u.gid.is_some()) {
            return Err(format!("`run_as` {name} is no user with uid and gid"));
        }
    }
    for (i, user) in image.users.iter().enumerate() {
        if user.name.is_empty() || image.users[..i].iter().any(|u| u.name == user.name) {
            return Err(format!("user `{}` is empty or there twice", user.name));
        }
        if user.uid == Some(0) {
            return Err(format!("user `{}` is root", user.name));
        }
    }
    Ok(())
}

fn check_start(image: &Image) -> Result<(), String> {
    if image.start_source.is_some() && image.start.is_none() && image.start_of_tags.is_empty() {
        return Err("`start_source` goes with `start` or `start_of_tags`".to_owned());
    }
    if let Some(start) = &image.start {
        check_words(&start.entrypoint).map_err(|e| format!("`start`: {e}"))?;
        check_words(&start.cmd).map_err(|e| format!("`start`: {e}"))?;
        // The text for readers may leave words out, but it is about the same program.
        let words = &start.entrypoint;
        let told = |text: &String| words.iter().any(|word| text.contains(word.as_str()));
        if image.entrypoint.as_ref().is_some_and(|text| !told(text)) {
            return Err("`entrypoint` names no word of the one in `start`".to_owned());
        }
    }
    for of in &image.start_of_tags {
        check_words(&of.entrypoint).map_err(|e| format!("`start_of_tags` {}: {e}", of.tags))?;
        check_words(&of.cmd).map_err(|e| format!("`start_of_tags` {}: {e}", of.tags))?;
        let says = !of.entrypoint.is_empty() || !of.cmd.is_empty();
        if of.unknown && says {
            return Err(format!("`start_of_tags` {}: unknown, yet told", of.tags));
        }
    }
    Ok(())
}

/// The Rust text of the index, and the rows that it points into.
fn render(repos: &BTreeMap<String, (PathBuf, Vec<Image>)>) -> Result<Table, Box<dyn Error>> {
    let mut rows = Vec::new();
    let mut at = vec![0];
    let mut count = 0;
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, (repo, (_, images))) in repos.iter().enumerate() {
        let aliases = images.iter().flat_map(|i| &i.aliases);
        for name in std::iter::once(repo).chain(aliases) {
            if index.insert(name, number).is_some() {
                return Err(format!("{name} is there twice, as repository or alias").into());
            }
        }
        let bases: Vec<Base> = images.iter().map(base).collect();
        count += bases.len();
        rows.extend(postcard::to_allocvec(&bases)?);
        at.push(rows.len());
    }
    let (mut globs, exact): (Vec<_>, Vec<_>) =
        index.into_iter().partition(|(name, _)| name.contains('*'));
    // The most specific first.
    globs.sort_by_key(|(name, _)| (std::cmp::Reverse(name.len()), *name));

    let mut code = String::new();
    let mut names = String::new();
    list(&mut code, &mut names, "EXACT", &exact)?;
    list(&mut code, &mut names, "GLOBS", &globs)?;
    writeln!(code, "pub(super) const NAMES: &str = {names:?};")?;
    writeln!(
        code,
        "pub(super) const REPOSITORIES: usize = {};",
        repos.len()
    )?;
    writeln!(
        code,
        "#[cfg(test)] pub(super) const COUNT: usize = {count};"
    )?;
    writeln!(code, "pub(super) static AT: [u32; {}] = {at:?};", at.len())?;
    let file = "include_bytes!(concat!(env!(\"OUT_DIR\"), \"/bases.postcard\"))";
    writeln!(code, "pub(super) const ROWS: &[u8] = {file};")?;
    Ok(Table { code, rows })
}

fn list(
    code: &mut String,
    names: &mut String,
    list: &str,
    all: &[(&str, usize)],
) -> std::fmt::Result {
    writeln!(
        code,
        "pub(super) static {list}: [super::Name; {}] = [",
        all.len()
    )?;
    for (name, repository) in all {
        let (start, length) = (names.len(), name.len());
        writeln!(
            code,
            "    super::Name {{ at: {start}, length: {length}, repository: {repository} }},"
        )?;
        names.push_str(name);
    }
    writeln!(code, "];")
}

fn base(image: &Image) -> Base {
    let optional = |text: &Option<String>| text.as_deref().map(text_of);
    let user = |user: &User| Account {
        name: user.name.clone().into(),
        uid: user.uid,
        gid: user.gid,
        home: user.home.clone().map(Into::into),
    };
    let of_tags = |of: &StartOfTags| row::StartOfTags {
        tags: text_of(&of.tags),
        start: (!of.unknown).then(|| config(&of.entrypoint, &of.cmd)),
    };
    Base {
        repo: text_of(&image.repo),
        tag_re: text_of(&image.tag_re),
        family: image.family,
        pkg: image.pkg,
        user_tool: image.user_tool,
        install: optional(&image.install),
        shell: image.shell,
        default_user: optional(&image.default_user),
        is_root: image.is_root,
        accounts: image.users.iter().map(user).collect(),
        run_as: optional(&image.run_as),
        steps_down: image.steps_down,
        steps_down_by: optional(&image.steps_down_by),
        entrypoint: optional(&image.entrypoint),
        start: image
            .start
            .as_ref()
            .map(|start| config(&start.entrypoint, &start.cmd)),
        start_of_tags: image.start_of_tags.iter().map(of_tags).collect(),
        start_source: optional(&image.start_source),
        entrypoint_any_user: image.entrypoint_any_user,
        recipe: optional(&image.recipe),
        ports: image.ports.clone(),
        notes: optional(&image.notes),
        advice: optional(&image.advice),
        source: text_of(&image.source),
        confidence: image.confidence,
    }
}

fn config(entrypoint: &[String], cmd: &[String]) -> StartConfig {
    let words = |words: &[String]| {
        words
            .iter()
            .cloned()
            .map(Cow::Owned)
            .collect::<Vec<_>>()
            .into()
    };
    StartConfig {
        entrypoint: words(entrypoint),
        cmd: words(cmd),
    }
}

/// The program borrows from its own bytes; this process is over before it would matter.
fn text_of(text: &str) -> &'static str {
    Box::leak(text.into())
}
