//! `unroot init`

use std::path::Path;
use std::process::ExitCode;

use unroot::context::{Disk, Tree as _};
use unroot::render::escape::line;

use super::WithHelp;
use super::args::{Color, InitArgs};
use super::files::shown;
use super::settings::{DOCS, absolute};
use super::streams::Streams;
use super::write::{cannot_write, make};

/// Every key with its default or an example, each in a comment: as it stands it changes nothing.
const CONFIGURATION: &str = include_str!("init/unroot.toml");

/// The workflow that checks pull requests.
const WORKFLOW: &str = include_str!("../../examples/workflows/check.yml");

pub(super) fn run(args: &InitArgs) -> anyhow::Result<ExitCode> {
    let folder = &args.folder;
    if !folder.is_dir() {
        return Err(WithHelp::new(
            format!("{} is no folder", line(&shown(folder))),
            "name the top of a repository, or nothing for the working folder",
        )
        .into());
    }
    let mut files = vec![("unroot.toml", CONFIGURATION)];
    if args.workflow {
        files.push((".github/workflows/unroot.yml", WORKFLOW));
    }
    let mut streams = Streams::new(Color::Never);
    let is_there = |name: &str| folder.join(name).symlink_metadata().is_ok();
    // Who asks for a workflow besides a configuration of his own gets it, and keeps that.
    if args.workflow && !args.force && is_there("unroot.toml") {
        files.remove(0);
        let kept = line(&shown(&folder.join("unroot.toml")));
        streams.out(format!("kept {kept}\n").as_bytes())?;
    }
    // All that would be replaced is told before anything is written.
    let there = files.iter().map(|(name, _)| *name);
    let there: Vec<&str> = there.filter(|name| is_there(name)).collect();
    if !there.is_empty() && !args.force {
        return Err(WithHelp::new(
            format!("there already: {}", there.join(", ")),
            "--force replaces what is there",
        )
        .into());
    }
    for (name, text) in files {
        let path = folder.join(name);
        let shown = line(&shown(&path));
        make(&path, text.as_bytes(), args.force).map_err(|error| cannot_write(&path, &error))?;
        streams.out(format!("wrote {shown}\n").as_bytes())?;
    }
    streams.out(next(folder, args.workflow).as_bytes())?;
    streams.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// What to do now.
fn next(folder: &Path, workflow: bool) -> String {
    let mut text = "\nnext:\n  unroot check    what starts as root, and why\n  unroot diff     \
                    what unroot fix would write\n"
        .to_owned();
    text.push_str(if workflow {
        "  commit it, and open a pull request: the workflow checks it\n"
    } else {
        "  unroot init --workflow    and GitHub says it on each pull request\n"
    });
    text.push_str(&format!("{DOCS} says what each key means\n"));
    let whole = std::env::current_dir().map(|working| absolute(folder, &working));
    if workflow && !whole.is_ok_and(|whole| Disk.is_top(&whole)) {
        text.push_str(
            "note: this is not the top of a repository, where GitHub looks for workflows\n",
        );
    }
    text
}
