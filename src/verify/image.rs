//! Building an image, and what its configuration says.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::engine::Found;
use super::process::{Cancel, End, Limits, run};
use super::request::{Request, Watcher};
use super::session::{Role, Session};
use super::sockets::Port;

/// An image that was built.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) name: String,
    pub(super) config: Config,
}

/// What matters of an image's configuration.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Config {
    /// Empty where there is none.
    pub(super) user: String,
    /// Ports of EXPOSE.
    pub(super) exposed: BTreeSet<Port>,
    pub(super) has_health_check: bool,
}

/// Why there is no image.
#[derive(Debug)]
pub(super) enum Failure {
    /// The build failed; its last lines.
    Build(Vec<String>),
    TimedOut(Vec<String>),
    Cancelled,
    /// The engine or this machine failed, not the build.
    Engine(String),
}

/// Lines that are kept of a build that fails.
const LAST_LINES: usize = 60;

/// What an image is built from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) dockerfile: &'a [u8],
    pub(super) context: &'a Path,
}

/// Builds an image.
pub(super) fn build(
    engine: &Found,
    session: &Session<'_>,
    role: Role,
    source: Source<'_>,
    request: &Request,
    cancel: &Cancel,
    watcher: &dyn Watcher,
) -> Result<Image, Failure> {
    let Source {
        dockerfile,
        context,
    } = source;
    let failed = |error: io::Error| Failure::Engine(format!("cannot build: {error}"));
    let name = session.image(role);
    let mut command = engine.build_command();
    command.args(["--tag", &name, "--label", &session.label()]);
    if let Some(target) = &request.target {
        command.args(["--target", target]);
    }
    for pair in &request.build_args {
        command.args(["--build-arg", pair]);
    }
    if let Some(network) = request.running.build_network() {
        command.args(["--network", network]);
    }
    command.args(&request.running.build_options);
    // Nothing is written beside the user's files. Only a `NAME.dockerignore`, which is looked for beside
    // the Dockerfile, needs a folder of its own.
    let folder = request
        .ignore_file
        .as_deref()
        .map(|ignore| -> io::Result<_> {
            let folder = tempfile::Builder::new()
                .prefix("unroot-verify-")
                .tempdir()?;
            std::fs::write(folder.path().join("Dockerfile"), dockerfile)?;
            std::fs::write(folder.path().join("Dockerfile.dockerignore"), ignore)?;
            Ok(folder)
        });
    let folder = folder.transpose().map_err(failed)?;
    let (file, input): (OsString, &[u8]) = match &folder {
        Some(folder) => (folder.path().join("Dockerfile").into(), b""),
        None => ("-".into(), dockerfile),
    };
    command.arg("--file").arg(file).arg(context);

    let mut last: Vec<String> = Vec::new();
    let limits = Limits::of(request.running.timeout, cancel);
    let finished = run(&mut command, input, limits, &mut |line| {
        watcher.output(line);
        if !line.trim().is_empty() {
            if last.len() == LAST_LINES {
                last.remove(0);
            }
            last.push(line.to_owned());
        }
    })
    .map_err(failed)?;
    match finished.end {
        End::Exited(Some(0)) => {}
        End::Exited(Some(_)) => return Err(Failure::Build(last)),
        End::Exited(None) => return Err(Failure::Engine("the build's process was killed".into())),
        End::TimedOut => return Err(Failure::TimedOut(last)),
        End::Cancelled | End::Enough => return Err(Failure::Cancelled),
    }
    let config = inspect(engine, &name, cancel)
        .ok_or_else(|| Failure::Engine(format!("{} does not show the image", engine.name())))?;
    Ok(Image { name, config })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    #[serde(default)]
    config: Option<InspectedConfig>,
    /// Podman has it here, docker in `Config`.
    #[serde(default, alias = "HealthCheck")]
    healthcheck: Option<serde_json::Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct InspectedConfig {
    user: Option<String>,
    exposed_ports: Option<BTreeMap<String, serde_json::Value>>,
    healthcheck: Option<serde_json::Value>,
}

fn inspect(engine: &Found, name: &str, cancel: &Cancel) -> Option<Config> {
    let limits = Limits::of(Duration::from_secs(60), cancel);
    let mut command = engine.command(["image", "inspect", name]);
    let finished = run(&mut command, b"", limits, &mut |_| {}).ok()?;
    finished.success().then(|| config(&finished.out)).flatten()
}

/// Reads what `image inspect` prints.
fn config(json: &[u8]) -> Option<Config> {
    let inspected: Vec<Inspected> = serde_json::from_slice(json).ok()?;
    let inspected = inspected.into_iter().next()?;
    let config = inspected.config.unwrap_or_default();
    // `HEALTHCHECK NONE` is a check, too: {"Test": ["NONE"]}.
    let checks = |value: &serde_json::Value| {
        let test = value.get("Test").and_then(serde_json::Value::as_array);
        test.is_some_and(|words| words.first().is_some_and(|first| first != "NONE"))
    };
    let ports = config.exposed_ports.unwrap_or_default();
    Some(Config {
        user: config.user.unwrap_or_default(),
        exposed: ports.keys().filter_map(|port| exposed(port)).collect(),
        has_health_check: [config.healthcheck, inspected.healthcheck]
            .iter()
            .flatten()
            .any(checks),
    })
}

/// `53/udp`
fn exposed(port: &str) -> Option<Port> {
    let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
    matches!(protocol, "tcp" | "udp").then_some(())?;
    Some(Port {
        number: number.parse().ok()?,
        udp: protocol == "udp",
    })
}

/// `NAME.dockerignore` beside a Dockerfile, which goes before the context's own (docker-build(1)).
pub fn ignore_file(dockerfile: &Path) -> Option<Vec<u8>> {
    let mut name = dockerfile.as_os_str().to_owned();
    name.push(".dockerignore");
    std::fs::read(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_docker_prints() {
        let json = br#"[{"Id":"sha256:1","Config":{"User":"10001:10001","ExposedPorts":{"8080/tcp":{},"53/udp":{}},
            "Volumes":{"/data":{}},"Healthcheck":{"Test":["CMD-SHELL","true"]}}}]"#;
        let config = config(json).expect("it reads");
        assert_eq!(config.user, "10001:10001");
        let exposed: Vec<String> = config.exposed.iter().map(Port::to_string).collect();
        assert_eq!(exposed, ["53/udp", "8080"]);
        assert!(config.has_health_check);
    }

    #[test]
    fn what_podman_prints() {
        let json = br#"[{"Id":"1","Config":{"ExposedPorts":{"80/tcp":{}}},"User":"","Healthcheck":{"Test":["CMD","true"]}}]"#;
        let config = config(json).expect("it reads");
        assert_eq!((config.user.as_str(), config.has_health_check), ("", true));
    }

    #[test]
    fn no_check_is_no_check() {
        let json = br#"[{"Config":{"Healthcheck":{"Test":["NONE"]},"ExposedPorts":null}}]"#;
        assert_eq!(config(json), Some(Config::default()));
        assert_eq!(config(b"[]"), None);
        assert_eq!(config(b"no json"), None);
    }
}
