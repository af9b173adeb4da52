//! `unroot explain`

use std::process::ExitCode;

use super::args::{Color, ExplainArgs, Inputs, Who};
use super::lookup::warnings;
use super::settings::Settings;
use super::streams::Streams;

pub(super) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let inputs = Inputs {
        base_user: args.base_user.clone(),
        config: args.config.clone(),
        lookup: args.lookup.clone(),
        ..Inputs::default()
    };
    let settings = Settings::new(&inputs, &Who::default())?;
    let here = settings.here()?;
    let mut streams = Streams::new(Color::Never);
    streams.out(unroot::bases::explain(&args.image, &here.options.overrides).as_bytes())?;
    streams.err(warnings(&settings.asked()).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
