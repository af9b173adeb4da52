//! Whom to ask of base images beyond the embedded table.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use unroot::lookup::Platform;

use super::seconds;

/// Whom to ask of base images, and how.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct LookupArgs {
    /// Where to look for what is known of a base; can be given again, and is asked in that order [default: table]
    #[arg(long, value_enum, value_name = "SOURCE")]
    pub(crate) lookup: Vec<Lookup>,
    /// Ask nobody: the default, said aloud
    #[arg(long, conflicts_with = "lookup")]
    pub(crate) offline: bool,
    /// The platform that is looked at [default: linux and this machine's architecture]
    #[arg(long, value_name = "OS/ARCHITECTURE", value_parser = platform)]
    pub(crate) platform: Option<Platform>,
    /// A registry that is asked without TLS, and without credentials; can be given again
    #[arg(long, value_name = "HOST[:PORT]", value_parser = host)]
    pub(crate) insecure_registry: Vec<String>,
    /// Where answers of registries are kept [default: unroot in the user's cache folder]
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// How long a tag means what it meant: 90s, 30m, 12h, 7d [default: 1d]
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(crate) cache_age: Option<Duration>,
    /// Keep no answers, and believe none that were kept
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// The longest that looking at one image may take [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) lookup_timeout: Option<Duration>,
}

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lookup {
    /// What unroot has with it
    Table,
    /// The local engine's images: docker, else podman; nothing is pulled or run
    Engine,
    /// The image's registry
    Registry,
}

fn platform(text: &str) -> Result<Platform, String> {
    Platform::parse(text).ok_or_else(|| "write OS/ARCHITECTURE, as in linux/arm64".into())
}

fn age(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.char_indices().last() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 60 * 60),
        Some((at, 'd')) => (&text[..at], 24 * 60 * 60),
        _ => (text, 1),
    };
    let number: u64 = number.parse().map_err(|_| "write 90s, 30m, 12h or 7d")?;
    number
        .checked_mul(unit)
        .map(Duration::from_secs)
        .ok_or_else(|| "that is too long".into())
}

/// A registry as an image's name has it.
fn host(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(['/', ' ', '@']) {
        return Err("write HOST or HOST:PORT, as in localhost:5000, without http://".into());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("30m", 1800),
            ("7d", 604_800),
            ("0", 0),
        ] {
            assert_eq!(age(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in ["", "d", "-1", "1w", "1.5h", "99999999999999999999d", "é"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }
}
