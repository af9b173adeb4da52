//! `unroot explain`

use std::process::ExitCode;

use super::args::{Color, ExplainArgs};
use super::config::overrides;
use super::streams::Streams;

pub(super) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let overrides = overrides(&args.base_user, args.config.as_deref())?;
    let mut streams = Streams::new(Color::Never);
    streams.out(unroot::bases::explain(&args.image, &overrides).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
