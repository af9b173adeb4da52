//! `unroot lsp`
use super::args::LspArgs;
use std::process::ExitCode;
pub(super) fn run(_args: &LspArgs) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
