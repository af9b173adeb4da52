//! nerdctl, the command line of containerd, with a `BuildKit` daemon beside it.

use super::Engine;

pub(super) struct Nerdctl;

impl Engine for Nerdctl {
    fn name(&self) -> &'static str {
        "nerdctl"
    }

    fn version(&self) -> Vec<&'static str> {
        vec!["info", "--format", "{{.ServerVersion}}"]
    }

    // It runs no health checks by itself, and only since version 2.1 at all (nerdctl's command reference).
    fn health_options(&self) -> &'static [&'static str] {
        &[]
    }

    fn health_command(&self) -> Option<&'static [&'static str]> {
        Some(&["container", "healthcheck"])
    }
}
