//! Names of images with `*` in them, as overrides write them and as some of the table's rows do.

use super::reference::{DOCKER_HUB, ImageRef, ReferenceError, is_docker_hub, split_domain};

/// Which images an override is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// A glob on the canonical name.
    name: String,
    /// A glob on the tag; `None`: any.
    tag: Option<String>,
    digest: Option<String>,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, ReferenceError> {
        if !text.contains('*') {
            let image = ImageRef::parse(text)?;
            return Ok(Self {
                name: image.canonical(),
                tag: image.tag,
                digest: image.digest,
            });
        }
        // The grammar must hold with a letter for every `*`.
        ImageRef::parse(&text.replace('*', "a"))?;
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let path = rest.rfind('/').map_or(0, |at| at + 1);
        let (name, tag) = match rest[path..].find(':') {
            Some(at) => (&rest[..path + at], Some(&rest[path + at + 1..])),
            None => (rest, None),
        };
        Ok(Self {
            name: canonical_glob(name),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    pub(super) fn matches(&self, name: &str, image: &ImageRef) -> bool {
        glob_matches(&self.name, name)
            && self.tag.as_ref().is_none_or(|tag| {
                (image.tag.is_some() || image.digest.is_none())
                    && glob_matches(tag, image.tag_or_latest())
            })
            && self
                .digest
                .as_ref()
                .is_none_or(|d| image.digest.as_ref().is_some_and(|i| glob_matches(d, i)))
    }
}

/// A first component with `*` may be a host as well as anything, so it is left as it is.
fn canonical_glob(name: &str) -> String {
    let (host, path) = match split_domain(name) {
        (None, path) => match path.split_once('/') {
            None if path.starts_with('*') => return path.to_owned(),
            Some((first, _)) if first.contains('*') => return path.to_owned(),
            _ => (DOCKER_HUB, path),
        },
        (Some(host), path) if is_docker_hub(host) => (DOCKER_HUB, path),
        (Some(host), path) => return format!("{host}/{path}"),
    };
    // `docker.io/*` is all of Docker Hub, `pyth*` official images only.
    if path.contains('/') || path.starts_with('*') {
        format!("{host}/{path}")
    } else {
        format!("{host}/library/{path}")
    }
}

/// Whether `text` is what `glob` says; `*` stands for any text, slashes too.
pub(super) fn glob_matches(glob: &str, text: &str) -> bool {
    let mut parts = glob.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let Some(last) = glob.rsplit_once('*').map(|(_, last)| last) else {
        return rest.is_empty();
    };
    let Some(stem) = rest.strip_suffix(last) else {
        return false;
    };
    rest = stem;
    let middle = glob.matches('*').count() - 1;
    for part in parts.take(middle) {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::bases::{Overrides, lookup};

    fn user_of(image: &str, pairs: &[&str]) -> Option<String> {
        let overrides = Overrides::build(pairs, []).expect("valid");
        lookup(image, &overrides).default_user.map(Cow::into_owned)
    }

    #[test]
    fn what_matches() {
        for (pair, image) in [
            ("registry.corp/team/*=app", "registry.corp/team/a/b:1"),
            ("registry.corp:5000/*=app", "registry.corp:5000/x"),
            ("registry.corp/x:1.*=app", "registry.corp/x:1.2"),
            ("python=app", "docker.io/library/python:3"),
            ("docker.io/library/python=app", "python"),
            ("index.docker.io/pyth*=app", "python:3"),
            ("pyth*:3*=app", "python:3.12-slim"),
            ("team/*=app", "team/x"),
            ("docker.io/*=app", "team/x"),
            ("*=app", "any.corp/x/y"),
            ("*/x=app", "any.corp/x"),
            ("python:latest=app", "python"),
        ] {
            assert_eq!(
                user_of(image, &[pair]).as_deref(),
                Some("app"),
                "{pair} {image}"
            );
        }
        for (pair, image) in [
            ("registry.corp/team/*=app", "registry.corp/other/a"),
            ("registry.corp/x:1=app", "registry.corp/x:2"),
            ("registry.corp/x:1=app", "registry.corp/x"),
            ("python=app", "team/python"),
            ("pyth*=app", "team/python"),
            ("*=app", "Not An Image"),
        ] {
            assert_ne!(
                user_of(image, &[pair]).as_deref(),
                Some("app"),
                "{pair} {image}"
            );
        }
    }

    #[test]
    fn globs() {
        for (glob, text) in [
            ("a*", "a"),
            ("a*", "abc/d"),
            ("*", ""),
            ("*", "x"),
            ("a*c", "abbc"),
            ("a/*-b*", "a/x-b"),
            ("a/*-b*-c", "a/1-b2-c"),
            ("a", "a"),
        ] {
            assert!(glob_matches(glob, text), "{glob} {text}");
        }
        for (glob, text) in [
            ("a*", "b"),
            ("a*a", "a"),
            ("a*c", "abd"),
            ("a", "ab"),
            ("a/*-b*", "a/b"),
            ("a*b*b", "ab"),
        ] {
            assert!(!glob_matches(glob, text), "{glob} {text}");
        }
    }
}
