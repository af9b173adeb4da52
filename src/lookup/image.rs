//! What is known of an image that exists: the answer of every source.

use serde::{Deserialize, Serialize};

/// What a source found out about an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFacts {
    /// Where from.
    pub origin: Origin,
    /// Its configuration.
    pub config: ImageConfig,
    /// Its files; or in a sentence why they were not read, where the configuration is known nevertheless.
    pub files: Result<ImageFiles, String>,
}

/// Who said it, of what, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `registry` or `engine`.
    pub source: SourceName,
    /// The registry's host, or the engine with its version.
    pub place: String,
    /// Of the image's manifest; for an engine that has none, the image's id.
    pub digest: Option<String>,
    /// The day on which the source said that the reference means this digest, as ISO 8601 has it.
    pub date: String,
    /// Nothing was asked: the answer lay in the cache.
    pub cached: bool,
}

/// The sources that `--lookup` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceName {
    /// The embedded table.
    Table,
    /// The local engine.
    Engine,
    /// The image's registry.
    Registry,
}

impl SourceName {
    /// As the command line has it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Engine => "engine",
            Self::Registry => "registry",
        }
    }
}

/// An image's configuration: the fields of OCI image spec 1.1, "Image Configuration", `config`, and Docker's `Shell`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageConfig {
    /// `linux`, `windows`.
    pub os: String,
    /// As Go names it: `amd64`, `arm64`.
    pub architecture: String,
    /// `User`; empty where unset, which is root.
    pub user: String,
    /// `Entrypoint`, word by word.
    pub entrypoint: Vec<String>,
    /// `Cmd`, word by word.
    pub cmd: Vec<String>,
    /// `ExposedPorts`: the numbers of TCP, sorted.
    pub ports: Vec<u16>,
    /// `Volumes`, sorted.
    pub volumes: Vec<String>,
    /// `Env`: names and values, in its order.
    pub env: Vec<(String, String)>,
    /// `WorkingDir`; empty where unset.
    pub workdir: String,
    /// `Shell`, where the image sets another than `/bin/sh -c`.
    pub shell: Vec<String>,
}

impl ImageConfig {
    /// The value of a variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        let mut all = self.env.iter().rev();
        all.find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// What the container runs: ENTRYPOINT, and CMD behind it.
    pub fn argv(&self) -> Vec<String> {
        self.entrypoint.iter().chain(&self.cmd).cloned().collect()
    }
}

/// What matters of an image's files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFiles {
    /// `/etc/passwd`.
    pub passwd: Found,
    /// `/etc/group`.
    pub group: Found,
    /// `/etc/os-release`, or `/usr/lib/os-release`.
    pub os_release: Found,
    /// Which of the programs are there that were looked for: absolute paths.
    pub programs: Vec<String>,
    /// What the container's command names that is a file: its path as the command finds it, and its text.
    pub commands: Vec<(String, Found)>,
}

/// A file of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// There is none.
    #[default]
    Missing,
    /// Its text; what is no UTF-8 in it is lost.
    Text(String),
    /// A program or other data.
    Binary,
    /// A folder or a device lies there.
    NoFile,
    /// Larger than what is read; in bytes.
    TooLarge(u64),
}

impl Found {
    /// Its text, where it is a text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn of(bytes: &[u8]) -> Self {
        if bytes.contains(&0) {
            Self::Binary
        } else {
            Self::Text(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}

/// A system that images are made for: `linux/amd64`, `linux/arm/v7`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Platform {
    /// `linux`.
    pub os: String,
    /// As Go names it.
    pub architecture: String,
    /// `v7`; empty for none.
    pub variant: String,
}

impl Platform {
    /// Reads `OS/ARCHITECTURE[/VARIANT]`.
    pub fn parse(text: &str) -> Option<Self> {
        let word = |part: &str| {
            !part.is_empty()
                && part.len() <= 32
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let parts: Vec<&str> = text.split('/').collect();
        let (&[os, architecture], variant) = match parts.as_slice() {
            [os, architecture] => (&[*os, *architecture], ""),
            [os, architecture, variant] if word(variant) => (&[*os, *architecture], *variant),
            _ => return None,
        };
        (word(os) && word(architecture)).then(|| Self {
            os: os.to_owned(),
            architecture: architecture.to_owned(),
            variant: variant.to_owned(),
        })
    }

    /// Linux on this machine's processor.
    pub fn host() -> Self {
        // The names that Go has for what Rust calls otherwise.
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "x86" => "386",
            "powerpc64" => "ppc64le",
            "loongarch64" => "loong64",
            other => other,
        };
        Self {
            os: "linux".into(),
            architecture: architecture.into(),
            variant: String::new(),
        }
    }

    /// Whether an image for `other` will do. `arm64` without a variant is `v8`, `arm` without one `v7` (containerd,
    /// `platforms.Normalize`).
    pub(super) fn takes(&self, other: &Self) -> bool {
        let variant =
            |platform: &Self| match (platform.architecture.as_str(), platform.variant.as_str()) {
                ("arm64", "") => "v8".to_owned(),
                ("arm", "") => "v7".to_owned(),
                (_, variant) => variant.to_owned(),
            };
        self.os == other.os
            && self.architecture == other.architecture
            && variant(self) == variant(other)
    }
}

impl std::fmt::Display for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        if !self.variant.is_empty() {
            write!(f, "/{}", self.variant)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms() {
        let of = |text| Platform::parse(text).expect(text);
        assert_eq!(of("linux/arm/v7").to_string(), "linux/arm/v7");
        assert!(of("linux/arm64").takes(&of("linux/arm64/v8")));
        assert!(!of("linux/arm/v6").takes(&of("linux/arm")));
        for wrong in [
            "",
            "linux",
            "linux/",
            "linux/a/b/c",
            "a b/c",
            "linux/amd64/",
        ] {
            assert_eq!(Platform::parse(wrong), None, "{wrong}");
        }
    }
}
