//! buildah for images and podman for containers: they share their storage.

use super::Engine;
use super::podman::Podman;

pub(super) struct Buildah;

impl Engine for Buildah {
    fn name(&self) -> &'static str {
        "buildah"
    }

    fn program(&self) -> &'static str {
        "podman"
    }

    fn version(&self) -> Vec<&'static str> {
        Podman.version()
    }

    fn builder(&self) -> &'static str {
        "buildah"
    }

    fn build_options(&self) -> &'static [&'static str] {
        Podman.build_options()
    }

    fn health_options(&self) -> &'static [&'static str] {
        Podman.health_options()
    }

    fn health_command(&self) -> Option<&'static [&'static str]> {
        Podman.health_command()
    }

    fn remove(&self) -> &'static [&'static str] {
        Podman.remove()
    }

    fn top_columns(&self) -> &'static [&'static str] {
        Podman.top_columns()
    }
}
