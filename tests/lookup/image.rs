//! Images to be served: layers, configurations, manifests.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::double::{Double, Reply};

pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

pub(crate) fn digest(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().fold("sha256:".to_owned(), |text, byte| {
        format!("{text}{byte:02x}")
    })
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// An entry of a layer.
pub(crate) enum Entry<'a> {
    File(&'a str, &'a str),
    Folder(&'a str),
    Link(&'a str, &'a str),
}

/// A tar archive.
pub(crate) fn tar(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        let (path, flag, link, content) = match entry {
            Entry::File(path, content) => (path, b'0', "", *content),
            Entry::Folder(path) => (path, b'5', "", ""),
            Entry::Link(path, target) => (path, b'2', *target, ""),
        };
        let mut header = [0_u8; 512];
        header[..path.len()].copy_from_slice(path.as_bytes());
        header[100..107].copy_from_slice(b"0000755");
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[156] = flag;
        header[157..157 + link.len()].copy_from_slice(link.as_bytes());
        header[257..263].copy_from_slice(b"ustar\0");
        header[148..156].copy_from_slice(b"        ");
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        bytes.extend(header);
        bytes.extend(content.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

pub(crate) const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\ngames:x:5:60::/usr/games:/sbin/nologin\n\
    app:x:1000:1000::/home/app:/bin/sh\n";

/// A small Debian.
pub(crate) fn debian() -> Vec<u8> {
    tar(&[
        Entry::Folder("etc/"),
        Entry::File("etc/passwd", PASSWD),
        Entry::File("etc/group", "root:x:0:\napp:x:1000:\n"),
        Entry::Link("etc/os-release", "../usr/lib/os-release"),
        Entry::File("usr/lib/os-release", "ID=debian\nVERSION_ID=12\n"),
        Entry::Link("bin", "usr/bin"),
        Entry::File("usr/bin/dash", "\u{7f}ELF\0"),
        Entry::Link("usr/bin/sh", "dash"),
        Entry::File("usr/bin/apt-get", "\u{7f}ELF\0"),
        Entry::File("usr/sbin/useradd", "\u{7f}ELF\0"),
    ])
}

/// An image as it will be served.
pub(crate) struct Image {
    pub(crate) config: Value,
    /// As they travel.
    pub(crate) layers: Vec<Vec<u8>>,
}

impl Image {
    /// One that starts as `user`.
    pub(crate) fn of(user: &str) -> Self {
        Self {
            config: json!({"os": "linux", "architecture": "amd64", "config": {
                "User": user, "Entrypoint": ["start.sh"], "Cmd": ["app"], "ExposedPorts": {"80/tcp": {}},
                "Volumes": {"/data": {}}, "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", "APP_UID=1000"]}}),
            layers: vec![gzip(&debian())],
        }
    }

    pub(crate) fn layer(mut self, entries: &[Entry<'_>]) -> Self {
        self.layers.push(gzip(&tar(entries)));
        self
    }

    pub(crate) fn manifest(&self) -> Value {
        let config = self.config.to_string();
        let layers: Vec<Value> = self
            .layers
            .iter()
            .map(|layer| json!({"mediaType": LAYER, "digest": digest(layer), "size": layer.len()}))
            .collect();
        json!({"schemaVersion": 2, "mediaType": OCI_MANIFEST,
            "config": {"mediaType": OCI_CONFIG, "digest": digest(config.as_bytes()), "size": config.len()},
            "layers": layers})
    }

    /// Puts the content into a registry, and the manifest under its digest; returns that.
    pub(crate) fn push(&self, double: &Double, name: &str) -> String {
        let config = self.config.to_string();
        for blob in self
            .layers
            .iter()
            .map(Vec::as_slice)
            .chain([config.as_bytes()])
        {
            double.route(
                &format!("/v2/{name}/blobs/{}", digest(blob)),
                Reply::of(200, "application/octet-stream", blob),
            );
        }
        let manifest = self.manifest().to_string();
        let digest = digest(manifest.as_bytes());
        let reply =
            Reply::of(200, OCI_MANIFEST, manifest).header("docker-content-digest", digest.as_str());
        double.route(&format!("/v2/{name}/manifests/{digest}"), reply);
        digest
    }

    /// The same, under a tag.
    pub(crate) fn tag(&self, double: &Double, name: &str, tag: &str) -> String {
        let digest = self.push(double, name);
        let reply = Reply::of(200, OCI_MANIFEST, self.manifest().to_string());
        double.route(
            &format!("/v2/{name}/manifests/{tag}"),
            reply.header("docker-content-digest", digest.as_str()),
        );
        digest
    }
}
