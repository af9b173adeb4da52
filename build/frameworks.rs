//! `data/frameworks.toml`: where applications of known frameworks write.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    framework: Vec<Framework>,
}

/// The schema; the head of the file says what the fields mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Framework {
    name: String,
    programs: Vec<String>,
    files: Vec<String>,
    writes: Vec<String>,
    covers: bool,
    source: String,
}

/// The Rust text of the table, in the order of the file.
pub(crate) fn generate(path: &Path) -> Result<String, Box<dyn Error>> {
    let file: File = toml::from_str(&fs::read_to_string(path)?)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let mut code = format!(
        "static FRAMEWORKS: [Framework; {}] = [\n",
        file.framework.len()
    );
    for row in &file.framework {
        let Framework {
            name,
            programs,
            files,
            writes,
            covers,
            source,
        } = row;
        if source.trim().is_empty() || programs.is_empty() || files.is_empty() {
            return Err(format!("{name}: source, programs and files are needed").into());
        }
        if let Some(path) = writes.iter().find(|path| path.starts_with('/')) {
            return Err(format!("{name}: `{path}` is not relative").into());
        }
        writeln!(
            code,
            "    Framework {{ name: {name:?}, programs: &{programs:?}, files: &{files:?}, writes: &{writes:?}, covers: {covers}, source: {source:?} }},"
        )?;
    }
    code.push_str("];\n");
    Ok(code)
}
