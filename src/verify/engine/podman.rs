//! Podman, which builds with buildah's library.

use super::Engine;

pub(super) struct Podman;

impl Engine for Podman {
    fn name(&self) -> &'static str {
        "podman"
    }

    fn version(&self) -> Vec<&'static str> {
        vec!["info", "--format", "{{.Version.Version}}"]
    }

    // The OCI format has no place for HEALTHCHECK and SHELL (podman-build(1), --format).
    fn build_options(&self) -> &'static [&'static str] {
        &["--format", "docker"]
    }

    // Its own timers need systemd; without them the check is run by hand (podman-run(1), --health-interval).
    fn health_options(&self) -> &'static [&'static str] {
        &["--health-interval", "disable"]
    }

    fn health_command(&self) -> Option<&'static [&'static str]> {
        Some(&["healthcheck", "run"])
    }

    // Without a time it waits ten seconds for each container that ignores SIGTERM.
    fn remove(&self) -> &'static [&'static str] {
        &["rm", "--force", "--volumes", "--time", "0"]
    }

    // With the columns of ps(1) it needs a ps in the container (podman-top(1)).
    fn top_columns(&self) -> &'static [&'static str] {
        &["user", "group", "hpid", "args"]
    }
}
