//! `data/twins.toml`: images that are another image made to run as a non-root user.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    twin: Vec<Twin>,
}

/// The schema; the head of the file says what the fields mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Twin {
    repo: String,
    tags: String,
    image: String,
    no_tag: Option<String>,
    moves: Vec<(u16, u16)>,
    differs: String,
    source: String,
}

/// The Rust text of the table, in the order of the file.
pub(crate) fn generate(path: &Path) -> Result<String, Box<dyn Error>> {
    let file: File = toml::from_str(&fs::read_to_string(path)?)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let mut code = format!("static TWINS: [Twin; {}] = [\n", file.twin.len());
    for twin in &file.twin {
        let Twin {
            repo,
            tags,
            image,
            no_tag,
            moves,
            differs,
            source,
        } = twin;
        if source.trim().is_empty() || differs.trim().is_empty() {
            return Err(format!("{repo}: source and differs are needed").into());
        }
        writeln!(
            code,
            "    Twin {{ repo: {repo:?}, tags: {tags:?}, image: {image:?}, no_tag: {no_tag:?}, moves: &{moves:?}, differs: {differs:?}, source: {source:?} }},"
        )?;
    }
    code.push_str("];\n");
    Ok(code)
}
