//! Reads an image's configuration, as registries have it and as engines print it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::image::ImageConfig;

/// The file that a manifest's `config` names (OCI image spec 1.1, "Image Configuration"), or what `image inspect` prints
/// of one image: the same `config`, with capital letters around it.
#[derive(Deserialize)]
struct Whole {
    #[serde(default, alias = "Os")]
    os: Option<String>,
    #[serde(default, alias = "Architecture")]
    architecture: Option<String>,
    #[serde(default, alias = "Config")]
    config: Option<Inner>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Inner {
    user: Option<String>,
    entrypoint: Option<Words>,
    cmd: Option<Words>,
    exposed_ports: Option<BTreeMap<String, Value>>,
    volumes: Option<BTreeMap<String, Value>>,
    env: Option<Vec<String>>,
    working_dir: Option<String>,
    shell: Option<Words>,
}

/// Docker's type `StrSlice` takes one string, too.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    Many(Vec<String>),
    One(String),
}

impl Words {
    fn list(self) -> Vec<String> {
        match self {
            Self::Many(words) => words,
            Self::One(word) => vec![word],
        }
    }
}

/// Reads the JSON of a configuration.
pub(super) fn read(json: &[u8]) -> Result<ImageConfig, serde_json::Error> {
    // Serde takes a list for any of our structures.
    let map: serde_json::Map<String, Value> = serde_json::from_slice(json)?;
    let whole: Whole = serde_json::from_value(Value::Object(map))?;
    let inner = whole.config.unwrap_or_default();
    let words = |words: Option<Words>| words.map(Words::list).unwrap_or_default();
    let mut ports: Vec<u16> = inner
        .exposed_ports
        .unwrap_or_default()
        .keys()
        .filter_map(|port| tcp(port))
        .collect();
    ports.sort_unstable();
    ports.dedup();
    let env = inner.env.unwrap_or_default().into_iter();
    let env = env.map(|pair| match pair.split_once('=') {
        Some((name, value)) => (name.to_owned(), value.to_owned()),
        None => (pair, String::new()),
    });
    Ok(ImageConfig {
        os: whole.os.unwrap_or_default(),
        architecture: whole.architecture.unwrap_or_default(),
        user: inner.user.unwrap_or_default(),
        entrypoint: words(inner.entrypoint),
        cmd: words(inner.cmd),
        ports,
        volumes: inner.volumes.unwrap_or_default().into_keys().collect(),
        env: env.collect(),
        workdir: inner.working_dir.unwrap_or_default(),
        shell: words(inner.shell),
    })
}

/// The TCP ports of `80/tcp`, `80`, `8000-8010/tcp`; the first of a range, since one is enough to tell.
fn tcp(port: &str) -> Option<u16> {
    let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
    let first = number.split('-').next().unwrap_or(number);
    (protocol == "tcp").then(|| first.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings() {
        let oci = br#"{"os":"linux","architecture":"arm64","config":{"User":"app","Entrypoint":["/e"],"Cmd":null,
            "ExposedPorts":{"80/tcp":{},"53/udp":{},"443":{}},"Volumes":{"/data":{}},"Env":["A=b=c","D"]},"rootfs":{}}"#;
        let config = read(oci).expect("it reads");
        assert_eq!(
            (config.user.as_str(), config.ports.as_slice()),
            ("app", &[80, 443][..])
        );
        assert_eq!(config.variable("A"), Some("b=c"));
        let docker =
            br#"{"Id":"x","Os":"windows","Architecture":"amd64","Config":{"Cmd":"run me"}}"#;
        let config = read(docker).expect("it reads");
        assert_eq!(
            (config.os.as_str(), config.cmd.as_slice()),
            ("windows", &["run me".to_owned()][..])
        );
        assert!(read(b"[]").is_err());
    }
}
