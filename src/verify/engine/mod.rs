//! Container engines, through their command line. An engine is a file that says where it differs from
//! docker; nothing else of the proof knows which one it talks to.

mod buildah;
mod docker;
mod nerdctl;
mod podman;

use std::ffi::OsString;
use std::process::Command;
use std::time::Duration;

use super::process::{Cancel, Limits, run};

/// A container engine. The defaults are docker's command line, which podman and nerdctl follow.
pub(super) trait Engine: Sync {
    /// What `--engine` calls it.
    fn name(&self) -> &'static str;

    /// The program that runs containers.
    fn program(&self) -> &'static str {
        self.name()
    }

    /// Prints its version, and fails when nothing answers.
    fn version(&self) -> Vec<&'static str>;

    /// The program that builds images.
    fn builder(&self) -> &'static str {
        self.program()
    }

    /// What follows the builder's `build`.
    fn build_options(&self) -> &'static [&'static str] {
        &["--progress", "plain"]
    }

    /// Variables for every call.
    fn environment(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// What makes an image's HEALTHCHECK answer soon.
    fn health_options(&self) -> &'static [&'static str];

    /// The command that runs the health check once and tells by its exit code; none where the engine
    /// runs it by itself and `inspect` shows the result.
    fn health_command(&self) -> Option<&'static [&'static str]> {
        None
    }

    /// `rm` of a container with its anonymous volumes, at once.
    fn remove(&self) -> &'static [&'static str] {
        &["rm", "--force", "--volumes"]
    }

    /// What follows `top CONTAINER` for a line of uid, gid, pid and command of each process.
    fn top_columns(&self) -> &'static [&'static str] {
        &["-eo", "uid,gid,pid,args"]
    }
}

/// An engine that answered.
pub struct Found {
    pub(super) engine: &'static dyn Engine,
    /// Its version, as it prints it.
    pub version: String,
}

impl Found {
    /// `docker 26.1.5`.
    pub fn label(&self) -> String {
        format!("{} {}", self.engine.name(), self.version)
    }

    /// The engine's own name.
    pub fn name(&self) -> &'static str {
        self.engine.name()
    }

    /// A call of the program that runs containers.
    pub(crate) fn command<A: Into<OsString>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        command(self.engine, self.engine.program(), args)
    }

    /// A call of the program that builds images.
    pub(super) fn build_command(&self) -> Command {
        let build = std::iter::once("build").chain(self.engine.build_options().iter().copied());
        command(self.engine, self.engine.builder(), build)
    }
}

impl std::fmt::Debug for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Found").field(&self.label()).finish()
    }
}

/// All engines, in the order in which they are asked.
const ENGINES: [&dyn Engine; 4] = [
    &docker::Docker,
    &podman::Podman,
    &buildah::Buildah,
    &nerdctl::Nerdctl,
];

/// The names that `--engine` takes.
pub fn names() -> [&'static str; 4] {
    ENGINES.map(Engine::name)
}

/// How long an engine may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The engine called `wanted`, or else the first that answers; or why there is none, a line for each.
pub fn find(wanted: Option<&str>, cancel: &Cancel) -> Result<Found, Vec<String>> {
    let mut refused = Vec::new();
    for engine in ENGINES {
        if wanted.is_some_and(|name| name != engine.name()) {
            continue;
        }
        match version(engine, cancel) {
            Ok(version) => return Ok(Found { engine, version }),
            Err(why) => refused.push(format!("{}: {why}", engine.name())),
        }
    }
    Err(refused)
}

fn version(engine: &dyn Engine, cancel: &Cancel) -> Result<String, String> {
    let limits = Limits::of(PATIENCE, cancel);
    let mut programs = vec![engine.program()];
    if engine.builder() != engine.program() {
        programs.push(engine.builder());
    }
    let mut versions = Vec::new();
    for program in programs {
        let args = if program == engine.program() {
            engine.version()
        } else {
            vec!["--version"]
        };
        let finished = run(
            &mut command(engine, program, args),
            b"",
            limits,
            &mut |_| {},
        )
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => format!("`{program}` is not installed"),
            _ => format!("`{program}` cannot be run: {error}"),
        })?;
        let text = finished.text();
        if !finished.success() || text.is_empty() {
            return Err(format!("it does not answer: {}", finished.complaint()));
        }
        // `buildah version 1.28.2 (image-spec ...)`: the word that is a number.
        let number = text
            .split_whitespace()
            .find(|word| word.starts_with(|ch: char| ch.is_ascii_digit()))
            .unwrap_or(&text);
        versions.push(if program == engine.name() {
            number.to_owned()
        } else {
            format!("with {program} {number}")
        });
    }
    // The engine's own version first.
    versions.sort_by_key(|version| version.starts_with("with "));
    Ok(versions.join(" "))
}

fn command<A: Into<OsString>>(
    engine: &dyn Engine,
    program: &str,
    args: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = Command::new(program);
    command.args(args.into_iter().map(Into::into));
    for (name, value) in engine.environment() {
        command.env(name, value);
    }
    command
}
