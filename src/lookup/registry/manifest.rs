//! Manifests and indexes: OCI image spec 1.1 ("Image Manifest", "Image Index") and Docker's schema 2, whose fields are
//! the same under other media types.

use serde::Deserialize;

use crate::lookup::digest::Digest;
use crate::lookup::error::{Kind, LookupError, one_line};
use crate::lookup::image::Platform;

/// What `Accept` says: all that is understood.
pub(super) const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json";

/// Media types of an image's configuration.
const CONFIGS: [&str; 2] = [
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
];

/// Content that a manifest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Descriptor {
    pub(super) digest: Digest,
    pub(super) size: u64,
    pub(super) media_type: String,
}

/// A manifest that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Manifest {
    /// An image: its configuration, and its layers from the bottom.
    Image(Descriptor, Vec<Descriptor>),
    /// Another manifest for each platform.
    Index(Vec<(Option<Platform>, Descriptor)>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Json {
    schema_version: Option<u64>,
    media_type: Option<String>,
    config: Option<JsonDescriptor>,
    layers: Option<Vec<JsonDescriptor>>,
    manifests: Option<Vec<JsonDescriptor>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonDescriptor {
    media_type: Option<String>,
    digest: String,
    #[serde(default)]
    size: u64,
    platform: Option<JsonPlatform>,
}

#[derive(Deserialize)]
struct JsonPlatform {
    os: String,
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
}

impl Manifest {
    /// Reads a manifest; `what` is its name for people.
    pub(super) fn read(bytes: &[u8], what: &str) -> Result<Self, LookupError> {
        let unsuitable =
            |why: &str| Err(LookupError::new(Kind::Unsuitable, format!("{what} {why}")));
        let json: Json = match serde_json::from_slice(bytes) {
            Ok(json) => json,
            Err(error) => return unsuitable(&format!("has no manifest that can be read: {error}")),
        };
        match json.schema_version {
            Some(2) => {}
            Some(1) => {
                return unsuitable(
                    "has a manifest of schema 1, which Docker gave up: push it again with a newer docker, or say what it runs as with --base-user",
                );
            }
            _ => return unsuitable("has a manifest of a kind that is not known"),
        }
        if let Some(manifests) = json.manifests {
            let mut all = Vec::new();
            for one in manifests {
                let platform = one.platform.as_ref().map(|platform| Platform {
                    os: platform.os.clone(),
                    architecture: platform.architecture.clone(),
                    variant: platform.variant.clone().unwrap_or_default(),
                });
                all.push((platform, one.descriptor(what)?));
            }
            return Ok(Self::Index(all));
        }
        let (Some(config), Some(layers)) = (json.config, json.layers) else {
            let kind = json.media_type.as_deref().unwrap_or("of no type");
            return unsuitable(&format!(
                "is no image: its manifest ({}) has no layers",
                one_line(kind, 100)
            ));
        };
        let config = config.descriptor(what)?;
        if !CONFIGS.contains(&config.media_type.as_str()) {
            let kind = one_line(&config.media_type, 100);
            return unsuitable(&format!("is no container image but holds {kind}"));
        }
        let layers = layers.into_iter().map(|layer| layer.descriptor(what));
        Ok(Self::Image(config, layers.collect::<Result<_, _>>()?))
    }
}

impl JsonDescriptor {
    fn descriptor(self, what: &str) -> Result<Descriptor, LookupError> {
        let Some(digest) = Digest::parse(&self.digest) else {
            let line = format!(
                "{what}: its manifest names content by `{}`, which is no digest",
                one_line(&self.digest, 100)
            );
            return Err(LookupError::new(Kind::Unsuitable, line));
        };
        Ok(Descriptor {
            digest,
            size: self.size,
            media_type: self.media_type.unwrap_or_default(),
        })
    }
}

/// The manifest of an index that is for `platform`.
pub(super) fn choose<'m>(
    index: &'m [(Option<Platform>, Descriptor)],
    platform: &Platform,
    what: &str,
) -> Result<&'m Descriptor, LookupError> {
    let real = index
        .iter()
        .filter_map(|(known, descriptor)| Some((known.as_ref()?, descriptor)));
    // BuildKit puts what it knows of a build beside the images, for a platform that nobody has.
    let real = real.filter(|(known, _)| known.os != "unknown");
    let mut fits = real.clone().filter(|(known, _)| platform.takes(known));
    if let Some((_, descriptor)) = fits.next() {
        return Ok(descriptor);
    }
    let there: Vec<String> = real.map(|(known, _)| known.to_string()).take(12).collect();
    let line = if there.is_empty() {
        format!("{what} is an index without images")
    } else {
        format!(
            "{what} is not there for {platform}: --platform can be {}",
            there.join(", ")
        )
    };
    Err(LookupError::new(Kind::Unsuitable, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(json: &str) -> String {
        Manifest::read(json.as_bytes(), "x")
            .expect_err("no image")
            .to_string()
    }

    #[test]
    fn what_is_no_image_says_what_it_is() {
        let digest = format!("sha256:{}", "a".repeat(64));
        assert!(why(r#"{"schemaVersion":1,"fsLayers":[]}"#).contains("schema 1"));
        assert!(why("<html>").contains("cannot be read") || why("<html>").contains("can be read"));
        assert!(why(r#"{"schemaVersion":2}"#).contains("no image"));
        let helm = format!(
            r#"{{"schemaVersion":2,"config":{{"mediaType":"application/vnd.cncf.helm.config.v1+json","digest":"{digest}","size":2}},"layers":[]}}"#
        );
        assert!(why(&helm).contains("helm"), "{}", why(&helm));
        let odd = r#"{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"../../x"},"layers":[]}"#;
        assert!(why(odd).contains("no digest"));
    }

    #[test]
    fn an_index_is_chosen_from() {
        let digest = |fill: &str| format!("sha256:{}", fill.repeat(64));
        let entry = |fill: &str, os: &str, architecture: &str| {
            format!(
                r#"{{"digest":"{}","size":1,"platform":{{"os":"{os}","architecture":"{architecture}"}}}}"#,
                digest(fill)
            )
        };
        let json = format!(
            r#"{{"schemaVersion":2,"manifests":[{},{},{}]}}"#,
            entry("a", "unknown", "unknown"),
            entry("b", "linux", "amd64"),
            entry("c", "linux", "arm64")
        );
        let Manifest::Index(index) = Manifest::read(json.as_bytes(), "x").expect("an index") else {
            panic!("no index");
        };
        let of = |platform: &str| {
            choose(&index, &Platform::parse(platform).expect("valid"), "x")
                .map(|descriptor| descriptor.digest.to_string())
                .map_err(|error| error.to_string())
        };
        assert_eq!(of("linux/arm64/v8"), Ok(digest("c")));
        assert_eq!(
            of("linux/s390x"),
            Err(
                "x is not there for linux/s390x: --platform can be linux/amd64, linux/arm64".into()
            )
        );
    }
}
