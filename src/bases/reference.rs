//! Image references, by the grammar of Docker's `distribution/reference`.

use std::fmt;

pub use super::mirrors::{Candidate, Certainty, upstream_candidates};

/// Docker Hub under its one canonical name.
pub const DOCKER_HUB: &str = "docker.io";

/// A parsed image reference, with Docker's defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImageRef {
    /// The registry's host and maybe port; Docker Hub is `docker.io` in all its spellings.
    pub registry: String,
    /// The repository in the registry, `library/` included.
    pub path: String,
    /// The tag, if one is written.
    pub tag: Option<String>,
    /// The digest, if one is written, with its algorithm: `sha256:...`.
    pub digest: Option<String>,
}

/// Why a string is no image reference; the words are Docker's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// There is nothing.
    #[error("repository name must have at least one component")]
    Empty,
    /// The repository has an upper-case letter.
    #[error("invalid reference format: repository name ({0}) must be lowercase")]
    Uppercase(String),
    /// The name is 64 hexadecimal digits, which Docker takes for an image id.
    #[error("invalid repository name ({0}), cannot specify 64-byte hexadecimal strings")]
    ImageId(String),
    /// The repository is longer than 255 characters.
    #[error("repository name must not be more than 255 characters")]
    TooLong,
    /// It does not fit the grammar.
    #[error("invalid reference format")]
    Format,
    /// The digest has characters that its algorithm does not write.
    #[error("invalid checksum digest format")]
    DigestFormat,
    /// The digest is too short or too long for its algorithm.
    #[error("invalid checksum digest length")]
    DigestLength,
    /// The digest's algorithm is not one of sha256, sha384 and sha512.
    #[error("unsupported digest algorithm")]
    DigestAlgorithm,
}

impl ImageRef {
    /// Reads a reference as `docker pull` does: `debian`, `team/app:1`, `host:5000/a/b@sha256:...`.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        if text.is_empty() {
            return Err(ReferenceError::Empty);
        }
        if text.len() == 64 && text.bytes().all(is_lower_hex) {
            return Err(ReferenceError::ImageId(text.to_owned()));
        }
        let (registry, rest) = split_domain(text);
        // Docker looks at the case before anything else of the grammar.
        let remote = rest.split(':').next().unwrap_or_default();
        let named = remote.split('@').next().unwrap_or_default();
        if named.chars().any(char::is_uppercase) {
            // Docker names it with the prefix that it has filled in.
            let official = registry.is_none_or(is_docker_hub) && !named.contains('/');
            let prefix = if official { "library/" } else { "" };
            return Err(ReferenceError::Uppercase(format!("{prefix}{named}")));
        }
        let (rest, digest) = match rest.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (rest, None),
        };
        let (path, tag) = match rest.split_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (rest, None),
        };
        let domain_ok = registry.is_none_or(is_domain);
        if !domain_ok || !path.split('/').all(is_component) || !tag.is_none_or(is_tag) {
            return Err(ReferenceError::Format);
        }
        digest.map_or(Ok(()), check_digest)?;

        let hub = registry.is_none_or(is_docker_hub);
        let path = if hub && !path.contains('/') {
            format!("library/{path}")
        } else {
            path.to_owned()
        };
        if path.len() > 255 {
            return Err(ReferenceError::TooLong);
        }
        Ok(Self {
            registry: if hub {
                DOCKER_HUB
            } else {
                registry.unwrap_or_default()
            }
            .to_owned(),
            path,
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// Registry and repository, nothing left out: `docker.io/library/debian`.
    pub fn canonical(&self) -> String {
        let mut name = String::with_capacity(self.registry.len() + 1 + self.path.len());
        name.push_str(&self.registry);
        name.push('/');
        name.push_str(&self.path);
        name
    }

    /// The tag that Docker pulls: `latest` where none is written.
    pub fn tag_or_latest(&self) -> &str {
        self.tag.as_deref().unwrap_or("latest")
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.path)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

pub(super) fn is_docker_hub(host: &str) -> bool {
    matches!(
        host,
        DOCKER_HUB | "index.docker.io" | "registry-1.docker.io" | "registry.hub.docker.com"
    )
}

/// Docker's rule: the first component is a host if it has a dot or a colon, is `localhost`, or has
/// upper-case letters, which no repository may have.
pub(super) fn split_domain(text: &str) -> (Option<&str>, &str) {
    match text.split_once('/') {
        Some((first, rest))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first.chars().any(char::is_uppercase) =>
        {
            (Some(first), rest)
        }
        _ => (None, text),
    }
}

fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else {
                return false;
            };
            let valid =
                !address.is_empty() && address.bytes().all(|b| b == b':' || b.is_ascii_hexdigit());
            let port = if port.is_empty() {
                None
            } else {
                Some(port.strip_prefix(':'))
            };
            return valid && port.is_none_or(|p| p.is_some_and(is_port));
        }
        None => match domain.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (domain, None),
        },
    };
    let label = |l: &str| {
        !l.is_empty()
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b == b'-' || b.is_ascii_alphanumeric())
    };
    host.split('.').all(label) && port.is_none_or(is_port)
}

fn is_port(port: &str) -> bool {
    !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())
}

/// `[a-z0-9]+` with `.`, `_`, `__` or any number of `-` between.
fn is_component(part: &str) -> bool {
    let alnum = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = part.as_bytes();
    let edges = bytes.first().zip(bytes.last());
    if !edges.is_some_and(|(a, z)| alnum(*a) && alnum(*z)) {
        return false;
    }
    bytes
        .split(|b| alnum(*b))
        .all(|sep| matches!(sep, b"" | b"." | b"_" | b"__") || sep.iter().all(|b| *b == b'-'))
}

fn is_tag(tag: &str) -> bool {
    let word = |b: u8| b == b'_' || b.is_ascii_alphanumeric();
    let mut bytes = tag.bytes();
    tag.len() <= 128
        && bytes.next().is_some_and(word)
        && bytes.all(|b| word(b) || matches!(b, b'.' | b'-'))
}

fn check_digest(digest: &str) -> Result<(), ReferenceError> {
    let (algorithm, hex) = digest.split_once(':').ok_or(ReferenceError::Format)?;
    let part = |p: &str| {
        p.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
            && p.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let well_formed = algorithm.split(['+', '.', '_', '-']).all(part)
        && hex.len() >= 32
        && hex.bytes().all(|b| b.is_ascii_hexdigit());
    if !well_formed {
        return Err(ReferenceError::Format);
    }
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return Err(ReferenceError::DigestAlgorithm),
    };
    if hex.len() != length {
        return Err(ReferenceError::DigestLength);
    }
    if !hex.bytes().all(is_lower_hex) {
        return Err(ReferenceError::DigestFormat);
    }
    Ok(())
}

fn is_lower_hex(b: u8) -> bool {
    matches!(b, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        ImageRef::parse(text).expect(text).canonical()
    }

    #[test]
    fn spellings_of_docker_hub_are_one() {
        for text in [
            "debian",
            "library/debian",
            "docker.io/debian",
            "docker.io/library/debian",
            "index.docker.io/debian:12",
            "index.docker.io/library/debian",
            "registry-1.docker.io/library/debian",
            "registry.hub.docker.com/library/debian",
            "debian:12",
        ] {
            assert_eq!(canonical(text), "docker.io/library/debian", "{text}");
        }
        assert_eq!(canonical("team/app"), "docker.io/team/app");
        assert_eq!(canonical("a/b/c"), "docker.io/a/b/c");
    }

    #[test]
    fn hosts_and_ports() {
        for (text, registry, path) in [
            ("localhost/app", "localhost", "app"),
            ("localhost:5000/app:1", "localhost:5000", "app"),
            ("reg.corp:8443/a/b", "reg.corp:8443", "a/b"),
            ("Upper/app", "Upper", "app"),
            ("[2001:db8::1]:5000/app", "[2001:db8::1]:5000", "app"),
            ("[::1]/app", "[::1]", "app"),
        ] {
            let image = ImageRef::parse(text).expect(text);
            assert_eq!(
                (image.registry.as_str(), image.path.as_str()),
                (registry, path)
            );
        }
    }

    #[test]
    fn tag_and_digest() {
        let hex = "a".repeat(64);
        let image = ImageRef::parse(&format!("r.io:1/x:v1@sha256:{hex}")).expect("valid");
        assert_eq!(image.tag.as_deref(), Some("v1"));
        assert_eq!(image.digest, Some(format!("sha256:{hex}")));
        assert_eq!(image.to_string(), format!("r.io:1/x:v1@sha256:{hex}"));
        assert_eq!(
            ImageRef::parse("x").expect("valid").tag_or_latest(),
            "latest"
        );
    }

    #[test]
    fn what_is_invalid_says_why() {
        let hex = "a".repeat(64);
        let cases = [
            (String::new(), ReferenceError::Empty),
            (
                "Debian".into(),
                ReferenceError::Uppercase("library/Debian".into()),
            ),
            (
                "Debian:Latest".into(),
                ReferenceError::Uppercase("library/Debian".into()),
            ),
            (
                "a/B@sha256:00".into(),
                ReferenceError::Uppercase("a/B".into()),
            ),
            ("r.io/A/b".into(), ReferenceError::Uppercase("A/b".into())),
            (hex.clone(), ReferenceError::ImageId(hex.clone())),
            ("a".repeat(256), ReferenceError::TooLong),
            (format!("r.io/{}", "a".repeat(256)), ReferenceError::TooLong),
            ("x@sha256:abc".into(), ReferenceError::Format),
            (
                format!("x@sha256:{}", "a".repeat(63)),
                ReferenceError::DigestLength,
            ),
            (
                format!("x@sha256:{}", "A".repeat(64)),
                ReferenceError::DigestFormat,
            ),
            (
                format!("x@sha256:{}", "g".repeat(64)),
                ReferenceError::Format,
            ),
            (
                format!("x@md5:{}", "a".repeat(32)),
                ReferenceError::DigestAlgorithm,
            ),
            (format!("x@{hex}"), ReferenceError::Format),
        ];
        for (text, error) in cases {
            assert_eq!(ImageRef::parse(&text), Err(error), "{text}");
        }
        let long_tag = format!("a:{}", "t".repeat(129));
        for text in [
            "a:",
            ":a",
            "a:b:c",
            "a b",
            "a/",
            "/a",
            "a//b",
            "-a",
            "a-",
            "a..b",
            "a___b",
            "a._b",
            "a:.t",
            "a:-t",
            &long_tag,
            "a@",
            "r.io/",
            "-r.io/a",
            "r.io:/a",
            "r.io:x/a",
            "[::1/a",
            "[::1]x/a",
            "https://r.io/a",
            "a:$TAG",
            "${x}",
            "ubuntu:18.04\u{a0}",
            "a\n",
        ] {
            assert_eq!(
                ImageRef::parse(text),
                Err(ReferenceError::Format),
                "{text:?}"
            );
        }
        let sha512 = format!("x@sha512:{}", "0".repeat(128));
        for text in ["a--b", "a__b", "a.b-c_d", "a:_t", "a:T-1.x", "0/1", &sha512] {
            assert!(ImageRef::parse(text).is_ok(), "{text}");
        }
    }
}
