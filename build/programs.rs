//! `data/programs.toml`: what programs need of the user that starts them.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    program: Vec<Program>,
}

/// The schema; the head of the file says what the fields mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    names: Vec<String>,
    kind: Kind,
    advice: Option<String>,
    source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Plain,
    Workdir,
    Writes,
    Server,
    Daemon,
    Acts,
    Rights,
    Shell,
    Root,
}

/// The Rust text of the table, sorted by name.
pub(crate) fn generate(path: &Path) -> Result<String, Box<dyn Error>> {
    let file: File = toml::from_str(&fs::read_to_string(path)?)
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let mut rows = BTreeMap::new();
    for program in &file.program {
        let advises = matches!(program.kind, Kind::Root | Kind::Daemon);
        if program.source.trim().is_empty()
            || (program.kind == Kind::Root && program.advice.is_none())
            || (!advises && program.advice.is_some())
        {
            return Err(format!(
                "{:?}: a source always, and advice for kinds root and daemon only",
                program.names
            )
            .into());
        }
        for name in &program.names {
            if rows.insert(name.as_str(), program).is_some() {
                return Err(format!("program {name} is there twice").into());
            }
        }
    }
    let mut code = format!("static PROGRAMS: [Program; {}] = [\n", rows.len());
    for (name, program) in rows {
        let (kind, advice, source) = (program.kind, &program.advice, &program.source);
        writeln!(
            code,
            "    Program {{ name: {name:?}, kind: Kind::{kind:?}, advice: {advice:?}, source: {source:?} }},"
        )?;
    }
    code.push_str("];\n");
    Ok(code)
}
