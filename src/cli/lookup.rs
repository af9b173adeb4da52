//! Makes the sources that the arguments ask for, and tells what became of the questions.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use unroot::lookup::{
    Cache, Credentials, ImageSource, Limits, LocalEngine, LookedUp, Platform, Registry, Sources,
};
use unroot::render::escape::line;
use unroot::render::looked_up;
use unroot::verify::Cancel;

use super::WithHelp;
use super::args::{Lookup, LookupArgs};
use super::files::shown;

/// How long a tag means what it meant.
const AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Whom to ask; none where that is the table alone.
pub(super) fn sources(args: &LookupArgs) -> anyhow::Result<Option<Arc<Sources>>> {
    let beyond = args.lookup.iter().any(|source| *source != Lookup::Table);
    beyond
        .then(|| of(args, &args.lookup).map(Arc::new))
        .transpose()
}

/// Whom to ask of an image itself: the engine, or those that are named.
pub(super) fn for_images(args: &LookupArgs) -> anyhow::Result<Sources> {
    let named = args.lookup.iter().any(|source| *source != Lookup::Table);
    let order = if named {
        args.lookup.as_slice()
    } else {
        &[Lookup::Engine]
    };
    of(args, order)
}

fn of(args: &LookupArgs, order: &[Lookup]) -> anyhow::Result<Sources> {
    let mut limits = Limits::default();
    if let Some(time) = args.lookup_timeout {
        limits.time = time;
    }
    let mut sources: Vec<Option<Box<dyn ImageSource>>> = Vec::new();
    let mut seen = Vec::new();
    for source in order {
        if seen.contains(source) {
            continue;
        }
        seen.push(*source);
        sources.push(match source {
            Lookup::Table => None,
            Lookup::Engine => Some(Box::new(LocalEngine::new(
                limits.clone(),
                Cancel::default(),
            ))),
            Lookup::Registry => Some(Box::new(Registry {
                credentials: Credentials::of_user(variable),
                insecure: args.insecure_registry.clone(),
                roots: roots()?,
                limits: limits.clone(),
                cache: cache(args)?.map(Arc::new),
            })),
        });
    }
    let platform = args.platform.clone().unwrap_or_else(Platform::host);
    Ok(Sources::new(sources, platform))
}

/// Where answers are kept. A folder that nobody asked for and that cannot be used is done without.
fn cache(args: &LookupArgs) -> anyhow::Result<Option<Cache>> {
    if args.no_cache {
        return Ok(None);
    }
    let age = args.cache_age.unwrap_or(AGE);
    if let Some(folder) = &args.cache_dir {
        let cache = Cache::open(folder, age)
            .with_context(|| format!("--cache-dir {} cannot be used", shown(folder)))?;
        return Ok(Some(cache));
    }
    Ok(folder().and_then(|folder| Cache::open(&folder, age).ok()))
}

/// XDG Base Directory Specification 0.8: `$XDG_CACHE_HOME`, which must be absolute, else `$HOME/.cache`.
fn folder() -> Option<PathBuf> {
    let absolute = |path: String| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let base = variable("XDG_CACHE_HOME").and_then(absolute);
    let base = base.or_else(|| Some(variable("HOME").and_then(absolute)?.join(".cache")));
    let base = base.or_else(|| variable("LOCALAPPDATA").and_then(absolute));
    Some(base?.join("unroot"))
}

fn roots() -> anyhow::Result<Option<Vec<u8>>> {
    let Some(path) = variable("SSL_CERT_FILE") else {
        return Ok(None);
    };
    let bytes = std::fs::read(&path).map_err(|error| {
        WithHelp::new(
            format!("cannot read {}: {error}", shown(Path::new(&path))),
            "SSL_CERT_FILE names a PEM file of certificates",
        )
    })?;
    Ok(Some(bytes))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Why images have no answer, and what they say otherwise than the table, for standard error.
pub(super) fn warnings(asked: &[LookedUp]) -> String {
    let mut text = String::new();
    let contradictions = looked_up::contradictions(asked);
    for warning in looked_up::failures(asked).iter().chain(&contradictions) {
        text.push_str(&format!("warning: {}\n", line(warning)));
    }
    if !contradictions.is_empty() {
        text.push_str("  help: where the image is what its name says, the embedded table is wrong or older: please report it\n");
    }
    text
}
