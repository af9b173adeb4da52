//! Turns the tables under `data/` into statics, so that the program parses nothing when it starts.
//! What is wrong in the data stops the build and names the entry.

mod accounts;
mod bases;
mod frameworks;
mod programs;
mod recipes;
mod signs;
mod twins;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

// Cargo reads what a build script prints.
#[allow(clippy::print_stdout)]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=data");
    println!("cargo:rerun-if-changed=src/bases/kinds.rs");
    println!("cargo:rerun-if-changed=src/bases/row.rs");
    println!("cargo:rerun-if-changed=src/fix/writes/patterns.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let (recipes, names) = recipes::generate(Path::new("data/recipes"))?;
    fs::write(out.join("recipes.rs"), recipes)?;
    let bases = bases::generate(Path::new("data/bases"), &names)?;
    fs::write(out.join("bases.rs"), bases.code)?;
    fs::write(out.join("bases.postcard"), bases.rows)?;
    fs::write(
        out.join("accounts.rs"),
        accounts::generate(Path::new("data/accounts.toml"))?,
    )?;
    fs::write(
        out.join("twins.rs"),
        twins::generate(Path::new("data/twins.toml"))?,
    )?;
    fs::write(
        out.join("frameworks.rs"),
        frameworks::generate(Path::new("data/frameworks.toml"))?,
    )?;
    fs::write(
        out.join("programs.rs"),
        programs::generate(Path::new("data/programs.toml"))?,
    )?;
    fs::write(out.join("signs.rs"), signs::generate()?)?;
    Ok(())
}
