//! `unroot completions` and `unroot man`: what is made from the description of the arguments.

use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory as _;
use unroot::render::escape::line;

use super::WithHelp;
use super::args::{Cli, Color, CompletionsArgs, ManArgs};
use super::files::shown;
use super::streams::Streams;

pub(super) fn run(args: &CompletionsArgs) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "unroot", &mut script);
    print(&script)
}

pub(super) fn man(args: &ManArgs) -> anyhow::Result<ExitCode> {
    let command = Cli::command();
    if let Some(folder) = &args.out {
        return pages(command, folder).map_err(|error| {
            let message = format!("cannot write into {}: {error:#}", line(&shown(folder)));
            WithHelp::new(
                message,
                "name a folder that can be written, or that can be made",
            )
            .into()
        });
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    print(&page)
}

fn pages(command: clap::Command, folder: &Path) -> anyhow::Result<ExitCode> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command, folder)?;
    Ok(ExitCode::SUCCESS)
}

fn print(text: &[u8]) -> anyhow::Result<ExitCode> {
    let mut streams = Streams::new(Color::Never);
    streams.out(text)?;
    streams.flush()?;
    Ok(ExitCode::SUCCESS)
}
