//! An image's registry, by the OCI distribution spec 1.1: manifests at `/v2/NAME/manifests/REFERENCE`, content at
//! `/v2/NAME/blobs/DIGEST`.

mod auth;
mod challenge;
mod http;
mod layers;
mod manifest;

use std::io::Read;
use std::sync::Arc;

use crate::address::{host_of, is_loopback};
use crate::bases::ImageRef;
use crate::bases::reference::DOCKER_HUB;

use super::ImageSource;
use super::cache::Cache;
use super::config;
use super::credentials::Credentials;
use super::digest::Digest;
use super::error::{Kind, LookupError, one_line};
use super::image::{ImageFacts, Origin, Platform, SourceName};
use super::limits::Limits;
use super::rootfs::gather;
use crate::clock::today;

use auth::{Asker, Pass};
use http::{Answer, Http, Send};
use layers::{Blobs, Layers};
use manifest::{ACCEPT, Descriptor, Manifest, choose};

/// Where Docker Hub's registry answers (docker/cli and distribution/reference call it the default).
const HUB_HOST: &str = "registry-1.docker.io";

/// How registries are asked.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    /// Who asks.
    pub credentials: Credentials,
    /// Hosts that are asked without TLS; this machine always is.
    pub insecure: Vec<String>,
    /// Certificates to trust in the place of the public ones: a PEM file.
    pub roots: Option<Vec<u8>>,
    /// How much is read.
    pub limits: Limits,
    /// What was read before.
    pub cache: Option<Arc<Cache>>,
}

impl ImageSource for Registry {
    fn name(&self) -> SourceName {
        SourceName::Registry
    }

    fn image(&self, image: &ImageRef, platform: &Platform) -> Result<ImageFacts, LookupError> {
        let host = if image.registry == DOCKER_HUB {
            HUB_HOST
        } else {
            &image.registry
        };
        let clear = is_loopback(host_of(host))
            || self.insecure.iter().any(|known| known == &image.registry);
        let scheme = if clear { "http" } else { "https" };
        let mut visit = Visit {
            registry: self,
            image,
            base: format!("{scheme}://{host}"),
            http: Http::new(self.roots.as_deref(), self.limits.time),
            pass: None,
            worked: false,
            asked: false,
        };
        visit.image(platform)
    }
}

/// One image being asked for.
struct Visit<'r> {
    registry: &'r Registry,
    image: &'r ImageRef,
    /// The registry's address.
    base: String,
    http: Http,
    pass: Option<Pass>,
    /// That opened something already: when it no longer does, it has run out.
    worked: bool,
    /// Something was asked over the network.
    asked: bool,
}

impl Visit<'_> {
    fn image(&mut self, platform: &Platform) -> Result<ImageFacts, LookupError> {
        let (top, date) = self.top()?;
        let mut bytes = top;
        // An index may hold indexes, though nobody makes such.
        for _ in 0..3 {
            let what = self.image.to_string();
            match Manifest::read(&bytes, &what)? {
                Manifest::Index(index) => {
                    let chosen = choose(&index, platform, &what)?;
                    bytes = self.content(chosen, self.registry.limits.manifest, true)?;
                }
                Manifest::Image(config, layers) => {
                    return self.whole(&Digest::of(&bytes), &config, &layers, date);
                }
            }
        }
        let line = format!("{} is an index of indexes", self.image);
        Err(LookupError::new(Kind::Unsuitable, line))
    }

    fn whole(
        &mut self,
        manifest: &Digest,
        config: &Descriptor,
        layers: &[Descriptor],
        date: String,
    ) -> Result<ImageFacts, LookupError> {
        let limits = &self.registry.limits;
        let json = self.content(config, limits.config, false)?;
        let config = config::read(&json).map_err(|error| {
            let line = format!("{}: its configuration cannot be read: {error}", self.image);
            LookupError::new(Kind::Unsuitable, line)
        })?;
        let cache = self.registry.cache.clone();
        let known = cache.as_ref().and_then(|cache| cache.files(manifest));
        let files = if let Some(files) = known {
            Ok(files)
        } else if config.os == "windows" {
            Err("a Windows image has no Linux accounts".to_owned())
        } else {
            let host = self.image.registry.clone();
            let read = Layers::read(self, layers, &config, limits, &host)
                .and_then(|mut layers| gather(&config, &mut layers));
            match read {
                Ok(files) => {
                    if let Some(cache) = &cache {
                        cache.keep_files(manifest, &files);
                    }
                    Ok(files)
                }
                // Who it starts as is known all the same.
                Err(error) if matches!(error.kind, Kind::TooLarge | Kind::Unsuitable) => {
                    Err(error.to_string())
                }
                Err(error) => return Err(error),
            }
        };
        Ok(ImageFacts {
            origin: Origin {
                source: SourceName::Registry,
                place: self.image.registry.clone(),
                digest: Some(manifest.to_string()),
                date,
                cached: !self.asked,
            },
            config,
            files,
        })
    }

    /// The manifest or index that the reference names, and the day on which the registry said so.
    fn top(&mut self) -> Result<(Vec<u8>, String), LookupError> {
        let most = self.registry.limits.manifest;
        let cache = self.registry.cache.clone();
        if let Some(digest) = &self.image.digest {
            let Some(digest) = Digest::parse(digest) else {
                let line = format!("{}: only sha256 and sha512 are checked", self.image);
                return Err(LookupError::new(Kind::Unsuitable, line));
            };
            let descriptor = Descriptor {
                digest,
                size: u64::MAX,
                media_type: String::new(),
            };
            return Ok((self.content(&descriptor, most, true)?, today()));
        }
        let name = format!("{}:{}", self.image.canonical(), self.image.tag_or_latest());
        let known = cache.as_ref().and_then(|cache| cache.reference(&name));
        if let Some((digest, date)) = known
            && let Some(bytes) = cache.as_ref().and_then(|cache| cache.blob(&digest))
        {
            return Ok((bytes, date));
        }
        let url = self.url(&format!("manifests/{}", self.image.tag_or_latest()));
        let answer = self.get(&url, ACCEPT)?;
        let told = answer
            .header("docker-content-digest")
            .and_then(Digest::parse);
        let bytes = answer.bytes(most, "the manifest")?;
        if let Some(told) = told.filter(|told| !told.matches(&bytes)) {
            return Err(self.untrue("the manifest", &told, &bytes));
        }
        let digest = Digest::of(&bytes);
        let date = today();
        if let Some(cache) = &cache {
            cache.keep_blob(&digest, &bytes);
            cache.keep_reference(&name, &digest);
        }
        Ok((bytes, date))
    }

    /// Small content by its digest: a manifest, or a configuration.
    fn content(
        &mut self,
        wanted: &Descriptor,
        most: u64,
        is_manifest: bool,
    ) -> Result<Vec<u8>, LookupError> {
        let cache = self.registry.cache.clone();
        if let Some(bytes) = cache.as_ref().and_then(|cache| cache.blob(&wanted.digest)) {
            return Ok(bytes);
        }
        let (kind, what, accept) = if is_manifest {
            ("manifests", "the manifest", ACCEPT)
        } else {
            ("blobs", "the configuration", ANYTHING)
        };
        let url = self.url(&format!("{kind}/{}", wanted.digest));
        let bytes = self.get(&url, accept)?.bytes(most, what)?;
        if !wanted.digest.matches(&bytes) {
            return Err(self.untrue(what, &wanted.digest, &bytes));
        }
        if let Some(cache) = &cache {
            cache.keep_blob(&wanted.digest, &bytes);
        }
        Ok(bytes)
    }

    fn untrue(&self, what: &str, told: &Digest, bytes: &[u8]) -> LookupError {
        let line = format!(
            "{}: what came as {what} {told} is {}: do not trust this registry or what is between",
            self.image.registry,
            Digest::of(bytes)
        );
        LookupError::new(Kind::Untrue, line)
    }

    fn url(&self, rest: &str) -> String {
        format!("{}/v2/{}/{rest}", self.base, self.image.path)
    }

    /// Asks; where the registry wants to know who does, that is said, once.
    fn get(&mut self, url: &str, accept: &str) -> Result<Answer, LookupError> {
        self.asked = true;
        let answer = self.call(url, accept)?;
        let answer = if answer.status == 401 && (self.pass.is_none() || self.worked) {
            self.worked = false;
            let asker = Asker {
                http: &self.http,
                credentials: &self.registry.credentials,
                host: &self.image.registry,
                path: &self.image.path,
                base: &self.base,
                longest: self.registry.limits.config,
            };
            self.pass = Some(asker.pass(&answer)?);
            self.call(url, accept)?
        } else {
            answer
        };
        if answer.status == 200 {
            self.worked = self.pass.is_some();
            return Ok(answer);
        }
        Err(self.refusal(answer))
    }

    fn call(&self, url: &str, accept: &str) -> Result<Answer, LookupError> {
        let header = self.pass.as_ref().map(|pass| pass.header.secret());
        let answer = self.http.call(url, accept, header, &Send::Get);
        answer.map_err(|error| LookupError::new(error.kind, self.scrub(&error.to_string())))
    }

    fn scrub(&self, text: &str) -> String {
        match &self.pass {
            Some(pass) => {
                let text = pass.header.scrub(text);
                pass.secret
                    .as_ref()
                    .map_or(text.clone(), |secret| secret.scrub(&text))
            }
            None => text.to_owned(),
        }
    }

    fn refusal(&self, answer: Answer) -> LookupError {
        let host = &self.image.registry;
        let image = self.image;
        let status = answer.status;
        let retry = answer
            .header("retry-after")
            .map(|seconds| one_line(seconds, 20));
        let said = answer
            .bytes(1 << 20, "the answer")
            .ok()
            .and_then(|bytes| said(&bytes));
        let said = said
            .map(|said| format!(" ({})", one_line(&self.scrub(&said), 200)))
            .unwrap_or_default();
        let known = self.pass.as_ref().is_some_and(|pass| {
            !matches!(
                pass.secret,
                None | Some(super::credentials::Secret::Bearer(_))
            )
        });
        match status {
            404 => LookupError::new(Kind::Absent, format!("{host} does not have {image}{said}")),
            401 | 403 if known => LookupError::new(
                Kind::Refused,
                format!(
                    "{host} refuses {image} with the credentials there are ({status}){said}: `docker login {host}` with an account that may read it"
                ),
            ),
            401 | 403 => LookupError::new(
                Kind::Refused,
                format!(
                    "{host} refuses {image} ({status}){said}: it is not there, or `docker login {host}` opens it"
                ),
            ),
            429 => {
                let wait = retry
                    .map(|seconds| format!(" for {seconds} s"))
                    .unwrap_or_default();
                let line = format!(
                    "{host} takes no more requests{wait} (429){said}: try later, or `docker login {host}`"
                );
                LookupError::new(Kind::Server, line)
            }
            _ => LookupError::new(
                Kind::Server,
                format!("{host} fails ({status}){said}: try again later"),
            ),
        }
    }
}

impl Blobs for Visit<'_> {
    fn open(&mut self, layer: &Descriptor) -> Result<Box<dyn Read>, LookupError> {
        let url = self.url(&format!("blobs/{}", layer.digest));
        Ok(self.get(&url, ANYTHING)?.into_body())
    }
}

const ANYTHING: &str = "*/*";

/// The first message of an answer (OCI distribution spec 1.1, "Error Codes").
fn said(bytes: &[u8]) -> Option<String> {
    let json: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    let message = json["errors"][0]["message"].as_str()?;
    (!message.is_empty()).then(|| message.to_owned())
}
