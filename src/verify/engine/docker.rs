//! Docker Engine with `BuildKit`.

use super::Engine;

pub(super) struct Docker;

impl Engine for Docker {
    fn name(&self) -> &'static str {
        "docker"
    }

    fn version(&self) -> Vec<&'static str> {
        vec!["version", "--format", "{{.Server.Version}}"]
    }

    // The legacy builder knows no heredocs and reads WORKDIR behind USER otherwise.
    fn environment(&self) -> &'static [(&'static str, &'static str)] {
        &[("DOCKER_BUILDKIT", "1"), ("DOCKER_CLI_HINTS", "false")]
    }

    fn health_options(&self) -> &'static [&'static str] {
        &["--health-interval", "1s"]
    }
}
