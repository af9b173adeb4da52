//! `data/bases/*.toml`: the embedded base-image table.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::{Debug, Write as _},
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

#[allow(dead_code, unreachable_pub)]
#[path = "../src/bases/kinds.rs"]
pub(crate) mod kinds;

use kinds::{Confidence, Family, PackageManager, StepsDown, UserTool, check_words};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    image: Vec<Image>,
}

/// The schema; `src/bases/entry.rs` says what the fields mean.
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

/// The Rust text of the table that `dir` holds.
pub(crate) fn generate(dir: &Path, recipes: &BTreeSet<String>) -> Result<String, Box<dyn Error>> {
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

fn render(repos: &BTreeMap<String, (PathBuf, Vec<Image>)>) -> Result<String, Box<dyn Error>> {
    let mut rows = String::new();
    let mut index: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut next = 0;
    for (repo, (_, images)) in repos {
        let range = (next, images.len());
        next += images.len();
        let aliases = images.iter().flat_map(|i| &i.aliases);
        for name in std::iter::once(repo).chain(aliases) {
            if index.insert(name, range).is_some() {
                return Err(format!("{name} is there twice, as repository or alias").into());
            }
        }
        for image in images {
            row(&mut rows, image)?;
        }
    }
    let (mut globs, exact): (Vec<_>, Vec<_>) =
        index.into_iter().partition(|(name, _)| name.contains('*'));
    // The most specific first.
    globs.sort_by_key(|(name, _)| (std::cmp::Reverse(name.len()), *name));

    let mut code = format!("pub(super) static BASES: [Base; {next}] = [\n{rows}];\n");
    list(&mut code, "INDEX", &exact)?;
    list(&mut code, "GLOBS", &globs)?;
    Ok(code)
}

fn list(code: &mut String, name: &str, rows: &[(&str, (usize, usize))]) -> std::fmt::Result {
    writeln!(
        code,
        "pub(super) static {name}: [(&str, u16, u16); {}] = [",
        rows.len()
    )?;
    for (repo, (first, count)) in rows {
        writeln!(code, "    ({repo:?}, {first}, {count}),")?;
    }
    writeln!(code, "];")
}

fn row(code: &mut String, i: &Image) -> std::fmt::Result {
    writeln!(code, "    Base {{")?;
    field(code, "repo", &i.repo)?;
    field(code, "tag_re", &i.tag_re)?;
    writeln!(code, "        family: Family::{:?},", i.family)?;
    writeln!(code, "        pkg: PackageManager::{:?},", i.pkg)?;
    writeln!(code, "        user_tool: UserTool::{:?},", i.user_tool)?;
    field(code, "install", &i.install)?;
    field(code, "shell", &i.shell)?;
    field(code, "default_user", &i.default_user)?;
    field(code, "is_root", &i.is_root)?;
    writeln!(code, "        accounts: &[")?;
    for u in &i.users {
        let home = match &u.home {
            Some(home) => format!("Some(Cow::Borrowed({home:?}))"),
            None => "None".to_owned(),
        };
        let (name, uid, gid) = (&u.name, u.uid, u.gid);
        writeln!(
            code,
            "            Account {{ name: Cow::Borrowed({name:?}), uid: {uid:?}, gid: {gid:?}, home: {home} }},"
        )?;
    }
    writeln!(code, "        ],")?;
    field(code, "run_as", &i.run_as)?;
    writeln!(code, "        steps_down: StepsDown::{:?},", i.steps_down)?;
    field(code, "steps_down_by", &i.steps_down_by)?;
    field(code, "entrypoint", &i.entrypoint)?;
    let start = i.start.as_ref().map(|s| config(&s.entrypoint, &s.cmd));
    let start = start.unwrap_or_else(|| "None".to_owned());
    writeln!(code, "        start: {start},")?;
    writeln!(code, "        start_of_tags: &[")?;
    for of in &i.start_of_tags {
        let start = if of.unknown {
            "None".to_owned()
        } else {
            config(&of.entrypoint, &of.cmd)
        };
        let tags = &of.tags;
        writeln!(
            code,
            "            StartOfTags {{ tags: {tags:?}, start: {start} }},"
        )?;
    }
    writeln!(code, "        ],")?;
    field(code, "start_source", &i.start_source)?;
    field(code, "entrypoint_any_user", &i.entrypoint_any_user)?;
    field(code, "recipe", &i.recipe)?;
    writeln!(code, "        ports: &{:?},", i.ports)?;
    field(code, "notes", &i.notes)?;
    field(code, "advice", &i.advice)?;
    field(code, "source", &i.source)?;
    writeln!(code, "        confidence: Confidence::{:?},", i.confidence)?;
    writeln!(code, "    }},")
}

fn config(entrypoint: &[String], cmd: &[String]) -> String {
    let (entrypoint, cmd) = (words(entrypoint), words(cmd));
    format!("Some(StartConfig {{ entrypoint: {entrypoint}, cmd: {cmd} }})")
}

/// The Rust spelling of words that are there at compile time.
fn words(words: &[String]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("Cow::Borrowed({word:?})"))
        .collect();
    format!("Cow::Borrowed(&[{}])", words.join(", "))
}

/// `Debug` of strings, booleans and options of them is their Rust spelling.
fn field(code: &mut String, name: &str, value: &dyn Debug) -> std::fmt::Result {
    writeln!(code, "        {name}: {value:?},")
}
