//! Images that are another image made to run as a non-root user (`data/twins.toml`).

use regex::bytes::Regex;

use super::pattern::glob_matches;
use super::reference::ImageRef;

include!(concat!(env!("OUT_DIR"), "/twins.rs"));

/// An image that is another one made to run as a non-root user.
#[derive(Debug, PartialEq, Eq)]
pub struct Twin {
    repo: &'static str,
    tags: &'static str,
    image: &'static str,
    no_tag: Option<&'static str>,
    /// Ports that it listens on instead.
    pub moves: &'static [(u16, u16)],
    /// What else is different there.
    pub differs: &'static str,
    /// Where that is known from.
    pub source: &'static str,
}

/// The twin of the image that FROM names as `written`, and how FROM names it. A digest names one image and no other,
/// so it has none.
pub fn twin(written: &str) -> Option<(&'static Twin, String)> {
    let image = ImageRef::parse(written).ok()?;
    if image.digest.is_some() {
        return None;
    }
    let canonical = image.canonical();
    let tag = image.tag.as_deref().unwrap_or("latest");
    let twin = TWINS.iter().find(|twin| {
        let tags = Regex::new(&format!("(?-u:{})", twin.tags));
        glob_matches(twin.repo, &canonical) && tags.is_ok_and(|tags| tags.is_match(tag.as_bytes()))
    })?;
    let template = match (&image.tag, twin.no_tag) {
        (None, Some(template)) => template,
        _ => twin.image,
    };
    let repo = match &image.tag {
        Some(tag) => written.strip_suffix(&format!(":{tag}"))?,
        None => written,
    };
    Some((twin, template.replace("{repo}", repo).replace("{tag}", tag)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bases::{Overrides, lookup};

    #[test]
    fn twins_of_images() {
        let of = |image: &str| twin(image).map(|(_, image)| image).unwrap_or_default();
        assert_eq!(
            of("nginx:1.27-alpine"),
            "nginxinc/nginx-unprivileged:1.27-alpine"
        );
        assert_eq!(of("nginx"), "nginxinc/nginx-unprivileged");
        assert_eq!(
            of("gcr.io/distroless/static-debian12"),
            "gcr.io/distroless/static-debian12:nonroot"
        );
        assert_eq!(
            of("gcr.io/distroless/cc:debug"),
            "gcr.io/distroless/cc:debug-nonroot"
        );
        assert_eq!(
            of("mcr.microsoft.com/dotnet/aspnet:8.0"),
            "mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled"
        );
        for image in [
            "gcr.io/distroless/cc:nonroot",
            "nginx@sha256:x",
            "node:22",
            "mcr.microsoft.com/dotnet/aspnet:6.0",
        ] {
            assert_eq!(of(image), "", "{image}");
        }
    }

    #[test]
    fn no_twin_starts_as_root() {
        for image in [
            "nginx:1.27",
            "gcr.io/distroless/static",
            "mcr.microsoft.com/dotnet/aspnet:9.0",
        ] {
            let (_, twin) = twin(image).expect("it has one");
            assert_eq!(
                lookup(&twin, &Overrides::default()).is_root,
                Some(false),
                "{twin}"
            );
        }
    }
}
