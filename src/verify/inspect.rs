//! What `inspect` prints of a container.

use serde::Deserialize;

use super::container::{Blind, Runner};

/// The engine's view of a container.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Inspected {
    pub(super) id: String,
    pub(super) state: State,
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

impl Runner<'_> {
    /// The container at this moment.
    pub(super) fn inspect(&self, name: &str) -> Result<Inspected, Blind> {
        let finished = self.call(["container", "inspect", name].map(str::to_owned).to_vec())?;
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
        let docker = br#"[{"Id":"abc","State":{"Running":true,"Pid":7,"ExitCode":0,"Health":{"Status":"healthy"}}}]"#;
        let podman = br#"[{"Id":"abc","State":{"Running":false,"Pid":0,"ExitCode":3,"Healthcheck":{"Status":""}}}]"#;
        let read = |json: &[u8]| -> Vec<Inspected> { serde_json::from_slice(json).expect("JSON") };
        let state = &read(docker)[0].state;
        assert_eq!((state.running, state.pid), (true, 7));
        assert_eq!(
            state.health.as_ref().map(|health| health.status.as_str()),
            Some("healthy")
        );
        assert_eq!(read(podman)[0].state.exit_code, 3);
    }
}
