//! What `inspect` prints of a container.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::container::{Blind, Runner};

/// The engine's view of a container.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Inspected {
    pub(super) id: String,
    pub(super) state: State,
    mounts: Vec<Mount>,
    host_config: HostConfig,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct State {
    pub(super) running: bool,
    pub(super) pid: u32,
    pub(super) exit_code: i32,
    #[serde(alias = "Healthcheck")]
    pub(super) health: Option<Health>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Health {
    pub(super) status: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Mount {
    #[serde(rename = "Type")]
    kind: String,
    destination: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct HostConfig {
    tmpfs: Option<BTreeMap<String, String>>,
}

/// Where something is mounted into a container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mounts {
    /// All of it.
    pub(super) all: BTreeSet<String>,
    /// Volumes, whose files the engine's `diff` does not show.
    pub(super) volumes: BTreeSet<String>,
}

impl Inspected {
    pub(super) fn mounts(&self) -> Mounts {
        let path = |path: &str| path.trim_end_matches('/').to_owned();
        let tmpfs = self.host_config.tmpfs.iter().flat_map(|tmpfs| tmpfs.keys());
        let mounts = self.mounts.iter();
        let volumes = mounts.clone().filter(|mount| mount.kind == "volume");
        Mounts {
            all: mounts
                .map(|mount| path(&mount.destination))
                .chain(tmpfs.map(|tmpfs| path(tmpfs)))
                .collect(),
            volumes: volumes.map(|mount| path(&mount.destination)).collect(),
        }
    }
}

impl Runner<'_> {
    /// The container at this moment.
    pub(super) fn inspect(&self, name: &str) -> Result<Inspected, Blind> {
        let finished = self.call(&["container", "inspect", name])?;
        let parsed: Result<Vec<Inspected>, _> = serde_json::from_slice(&finished.out);
        match parsed.map(|list| list.into_iter().next()) {
            Ok(Some(inspected)) => Ok(inspected),
            _ => Err(Blind::Engine(format!(
                "{} does not show the container: {}",
                self.engine.name(),
                finished.complaint()
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_engines_print_of_a_container() {
        let docker = br#"[{"Id":"abc","State":{"Running":true,"Pid":7,"ExitCode":0,"Health":{"Status":"healthy"}},
            "Mounts":[{"Type":"volume","Destination":"/store/"},{"Type":"bind","Destination":"/etc/x"}],
            "HostConfig":{"Tmpfs":{"/scratch":""}}}]"#;
        let podman = br#"[{"Id":"abc","State":{"Running":false,"Pid":0,"ExitCode":3,"Healthcheck":{"Status":""}}}]"#;
        let read = |json: &[u8]| -> Vec<Inspected> { serde_json::from_slice(json).expect("JSON") };
        let inspected = &read(docker)[0];
        assert_eq!((inspected.state.running, inspected.state.pid), (true, 7));
        let health = inspected.state.health.as_ref();
        assert_eq!(health.map(|health| health.status.as_str()), Some("healthy"));
        let mounts = inspected.mounts();
        let all: Vec<&str> = mounts.all.iter().map(String::as_str).collect();
        assert_eq!(all, ["/etc/x", "/scratch", "/store"]);
        assert_eq!(mounts.volumes, BTreeSet::from(["/store".to_owned()]));
        assert_eq!(read(podman)[0].state.exit_code, 3);
    }
}
