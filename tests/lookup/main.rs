//! Look-ups beyond the table: a registry's double on this machine, with everything that goes wrong at registries, and
//! (`lab`) a real registry and a real engine where there are some.

// A skipped test must be heard.
#![allow(clippy::print_stdout)]

mod auth;
mod cli;
mod content;
mod double;
mod image;
mod lab;

use std::time::Duration;

use unroot::bases::ImageRef;
use unroot::lookup::{
    Credentials, ImageFacts, ImageSource as _, Limits, LookupError, Platform, Registry,
};

/// What a registry says of an image for `linux/amd64`.
fn look(registry: &Registry, image: &str) -> Result<ImageFacts, LookupError> {
    let image = ImageRef::parse(image).expect(image);
    registry.image(&image, &Platform::parse("linux/amd64").expect("valid"))
}

/// A registry that is asked with the credentials of a folder's `config.json`.
fn with_config(folder: &std::path::Path) -> Registry {
    let folder = folder.to_string_lossy().into_owned();
    Registry {
        credentials: Credentials::of_user(|name| (name == "DOCKER_CONFIG").then(|| folder.clone())),
        ..Registry::default()
    }
}

/// Bounds that a test reaches soon.
fn small() -> Limits {
    Limits {
        unpacked: 1 << 20,
        time: Duration::from_millis(700),
        ..Limits::default()
    }
}
