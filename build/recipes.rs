//! `data/recipes/*.toml`: how programs that start as root are made to work without.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::bases::kinds::{Confidence, Family};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    recipe: Vec<toml::Table>,
}

/// What one way of installing a program shares with another, unless it says otherwise: how it is configured, not where
/// it lies and who owns that.
const SHARED: [&str; 19] = [
    "programs",
    "tools",
    "configs",
    "config_flags",
    "config_texts",
    "relative",
    "writes",
    "reads",
    "flags",
    "switch",
    "strip",
    "drop",
    "listen",
    "move",
    "binary",
    "workdir",
    "rewrites",
    "warn",
    "home",
];

/// The entries of a file, with what `like` takes from an entry above.
fn entries(file: File) -> Result<Vec<Recipe>, Box<dyn Error>> {
    let mut tables: Vec<toml::Table> = Vec::new();
    for mut table in file.recipe {
        if let Some(like) = table.remove("like") {
            let named = |other: &&toml::Table| other.get("name") == Some(&like);
            let other = tables
                .iter()
                .find(named)
                .ok_or_else(|| format!("like = {like}: there is no such entry above"))?;
            let shared = other
                .iter()
                .filter(|(key, _)| SHARED.contains(&key.as_str()));
            for (key, value) in shared {
                table.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        tables.push(table);
    }
    let parsed = tables.into_iter().map(|table| {
        let name = table
            .get("name")
            .map(ToString::to_string)
            .unwrap_or_default();
        table
            .try_into()
            .map_err(|error: toml::de::Error| format!("{name}: {error}").into())
    });
    parsed.collect()
}

/// The schema; `src/recipes.rs` says what the fields mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    name: String,
    programs: Vec<String>,
    #[serde(default)]
    tools: Vec<String>,
    #[serde(default)]
    packages: Vec<String>,
    #[serde(default)]
    of_images: bool,
    manager: Option<String>,
    #[serde(default)]
    families: Vec<Family>,
    user: Option<String>,
    group: Option<String>,
    uid: Option<u32>,
    gid: Option<u32>,
    #[serde(default)]
    theirs: Vec<String>,
    #[serde(default)]
    make: Vec<String>,
    #[serde(default)]
    own: Vec<String>,
    #[serde(default)]
    own_all: Vec<String>,
    #[serde(default)]
    touch: Vec<String>,
    #[serde(default)]
    run: Vec<String>,
    #[serde(default)]
    env: Vec<String>,
    workdir: Option<Workdir>,
    rewrites: Option<String>,
    command: Option<String>,
    #[serde(default)]
    warn: Vec<Warn>,
    /// For those who look after the entry.
    #[allow(dead_code)]
    notes: Option<String>,
    #[serde(default)]
    home: bool,
    #[serde(default)]
    configs: Vec<String>,
    #[serde(default)]
    config_flags: Vec<String>,
    #[serde(default)]
    config_texts: Vec<String>,
    #[serde(default)]
    reads: Vec<String>,
    stock: Option<Stock>,
    #[serde(default)]
    drop: Vec<Drop>,
    relative: Option<String>,
    #[serde(default)]
    writes: Vec<Setting>,
    #[serde(default)]
    flags: Vec<Flag>,
    switch: Option<Switch>,
    #[serde(default)]
    strip: Vec<Strip>,
    #[serde(default)]
    listen: Vec<Listen>,
    #[serde(default, rename = "move")]
    moves: Vec<String>,
    binary: Option<String>,
    #[serde(rename = "unsafe")]
    unsafe_because: Option<String>,
    confidence: Confidence,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    #[serde(rename = "setting")]
    pattern: String,
    kind: Kind,
    default: Option<String>,
    #[serde(default)]
    flags: Vec<String>,
    file_if: Option<String>,
    #[serde(default)]
    arguments: Vec<String>,
}

/// What the stock configuration asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stock {
    #[serde(default)]
    run: Vec<String>,
    #[serde(default)]
    make: Vec<String>,
    #[serde(default)]
    own: Vec<String>,
    #[serde(default)]
    touch: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Workdir {
    path: String,
    unless: Option<String>,
    #[serde(default)]
    flags: Vec<String>,
    variable: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Warn {
    text: String,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Flag {
    flag: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    File,
    Folder,
    Made,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    setting: Option<String>,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    fails: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Strip {
    setting: String,
    file: Option<String>,
    section: Option<(String, String)>,
    #[serde(default)]
    other_user: bool,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drop {
    flag: String,
    #[serde(default)]
    value: bool,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listen {
    setting: String,
    default: Option<u16>,
}

/// The Rust text of the table, in the order of files and entries, and the names in it.
pub(crate) fn generate(dir: &Path) -> Result<(String, BTreeSet<String>), Box<dyn Error>> {
    let mut paths = fs::read_dir(dir)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    let mut names = BTreeSet::new();
    let mut rows = String::new();
    let mut count = 0;
    for path in paths {
        let file: File = toml::from_str(&fs::read_to_string(&path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let recipes = entries(file).map_err(|error| format!("{}: {error}", path.display()))?;
        for recipe in recipes {
            check(&recipe)
                .map_err(|error| format!("{}: {}: {error}", path.display(), recipe.name))?;
            if !names.insert(recipe.name.clone()) {
                return Err(format!("recipe {} is there twice", recipe.name).into());
            }
            row(&mut rows, &recipe)?;
            count += 1;
        }
    }
    let code = format!("static RECIPES: [Recipe; {count}] = [\n{rows}];\n");
    Ok((code, names))
}

fn check(recipe: &Recipe) -> Result<(), String> {
    if recipe.source.trim().is_empty() {
        return Err("no source".into());
    }
    if recipe.programs.is_empty() {
        return Err("no program".into());
    }
    if recipe.uid.is_some() != recipe.gid.is_some()
        || (recipe.uid.is_some() && recipe.user.is_none())
    {
        return Err("`uid` and `gid` go together, with a `user`".into());
    }
    if recipe.uid == Some(0) || recipe.user.as_deref() == Some("root") {
        return Err("the user is root".into());
    }
    if !recipe.packages.is_empty() && recipe.families.is_empty() && recipe.manager.is_none() {
        return Err(
            "`packages` needs `families`, or the `manager` that installs them anywhere".into(),
        );
    }
    let paths = [
        &recipe.theirs,
        &recipe.make,
        &recipe.own,
        &recipe.own_all,
        &recipe.touch,
    ];
    if let Some(path) = paths
        .into_iter()
        .flatten()
        .find(|path| !path.starts_with('/'))
    {
        return Err(format!("`{path}` is no absolute path"));
    }
    Ok(())
}

fn row(code: &mut String, recipe: &Recipe) -> std::fmt::Result {
    let Recipe {
        name,
        programs,
        tools,
        packages,
        of_images,
        manager,
        user,
        group,
        uid,
        gid,
        theirs,
        make,
        own,
        own_all,
        touch,
        run,
        env,
        rewrites,
        command,
        home,
        configs,
        config_flags,
        config_texts,
        reads,
        stock,
        relative,
        moves,
        binary,
        unsafe_because,
        confidence,
        source,
        ..
    } = recipe;
    let families: Vec<String> = recipe
        .families
        .iter()
        .map(|family| format!("Family::{family:?}"))
        .collect();
    let list = |items: Vec<String>| format!("&[{}]", items.join(", "));
    let writes = recipe.writes.iter().map(|row| {
        let Setting {
            pattern,
            kind,
            default,
            flags,
            file_if,
            arguments,
        } = row;
        format!("Setting {{ pattern: {pattern:?}, kind: Kind::{kind:?}, default: {default:?}, flags: &{flags:?}, file_if: {file_if:?}, arguments: &{arguments:?} }}")
    });
    let flags = recipe.flags.iter().map(|row| {
        let Flag { flag, kind } = row;
        format!("Flag {{ flag: {flag:?}, kind: Kind::{kind:?} }}")
    });
    let switch = recipe.switch.as_ref().map_or("None".to_owned(), |row| {
        let Switch {
            setting,
            flags,
            fails,
        } = row;
        format!("Some(Switch {{ setting: {setting:?}, flags: &{flags:?}, fails: {fails} }})")
    });
    let strip = recipe.strip.iter().map(|row| {
        let Strip {
            setting,
            file,
            section,
            other_user,
            why,
        } = row;
        format!("Strip {{ setting: {setting:?}, file: {file:?}, section: {section:?}, other_user: {other_user}, why: {why:?} }}")
    });
    let drop = recipe.drop.iter().map(|row| {
        let Drop { flag, value, why } = row;
        format!("Drop {{ flag: {flag:?}, value: {value}, why: {why:?} }}")
    });
    let listen = recipe.listen.iter().map(|row| {
        let Listen { setting, default } = row;
        format!("Listen {{ setting: {setting:?}, default: {default:?} }}")
    });
    let workdir = recipe.workdir.as_ref().map_or("None".to_owned(), |row| {
        let Workdir {
            path,
            unless,
            flags,
            variable,
        } = row;
        format!("Some(Workdir {{ path: {path:?}, unless: {unless:?}, flags: &{flags:?}, variable: {variable:?} }})")
    });
    let stock = stock.as_ref().map_or("None".to_owned(), |row| {
        let Stock {
            run,
            make,
            own,
            touch,
        } = row;
        format!(
            "Some(Stock {{ run: &{run:?}, make: &{make:?}, own: &{own:?}, touch: &{touch:?} }})"
        )
    });
    let warn = recipe.warn.iter().map(|row| {
        let Warn { text, why } = row;
        format!("Warn {{ text: {text:?}, why: {why:?} }}")
    });
    writeln!(code, "    Recipe {{")?;
    writeln!(
        code,
        "        name: {name:?}, programs: &{programs:?}, tools: &{tools:?}, packages: &{packages:?}, of_images: {of_images}, manager: {manager:?},"
    )?;
    writeln!(
        code,
        "        families: {}, user: {user:?}, group: {group:?}, ids: {:?},",
        list(families),
        uid.zip(*gid)
    )?;
    writeln!(
        code,
        "        theirs: &{theirs:?}, make: &{make:?}, own: &{own:?}, own_all: &{own_all:?}, touch: &{touch:?},"
    )?;
    writeln!(
        code,
        "        run: &{run:?}, env: &{env:?}, workdir: {workdir}, rewrites: {rewrites:?}, command: {command:?}, warn: {},",
        list(warn.collect())
    )?;
    writeln!(
        code,
        "        home: {home}, configs: &{configs:?}, config_flags: &{config_flags:?}, config_texts: &{config_texts:?},"
    )?;
    writeln!(
        code,
        "        reads: &{reads:?}, stock: {stock}, drop: {},",
        list(drop.collect())
    )?;
    writeln!(
        code,
        "        relative: {relative:?}, writes: {}, flags: {},",
        list(writes.collect()),
        list(flags.collect())
    )?;
    writeln!(
        code,
        "        switch: {switch}, strip: {}, listen: {},",
        list(strip.collect()),
        list(listen.collect())
    )?;
    writeln!(code, "        moves: &{moves:?}, binary: {binary:?},")?;
    writeln!(
        code,
        "        unsafe_because: {unsafe_because:?}, confidence: Confidence::{confidence:?}, source: {source:?},"
    )?;
    writeln!(code, "    }},")
}
