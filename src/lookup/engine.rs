//! The local engine's images, through its command line: nothing is pulled, and nothing is run. Files come out of a
//! container that is made, never started, and removed.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::bases::ImageRef;
use crate::verify::process::{Cancel, End, Finished, Limits as Time, run};
use crate::verify::session::{Role, Session};
use crate::verify::{Found as Engine, find, sweep};

use super::ImageSource;
use super::config;
use super::error::{Kind, LookupError};
use super::image::{Found, ImageFacts, Origin, Platform, SourceName};
use super::limits::Limits;
use super::rootfs::{Rootfs, gather};
use super::tar::{Archive, Kind as Entry};
use crate::clock::today;

/// Docker or podman on this machine.
#[derive(Debug, Default)]
pub struct LocalEngine {
    /// How much is read.
    limits: Limits,
    /// Calls it off.
    cancel: Cancel,
    /// Which of them answered, or why none did.
    found: OnceLock<Result<Engine, LookupError>>,
}

/// Engines that can be asked: their `cp` reads from a container that was never started.
const ENGINES: [&str; 2] = ["docker", "podman"];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    id: String,
    #[serde(default)]
    repo_digests: Option<Vec<String>>,
}

impl ImageSource for LocalEngine {
    fn name(&self) -> SourceName {
        SourceName::Engine
    }

    fn image(&self, image: &ImageRef, platform: &Platform) -> Result<ImageFacts, LookupError> {
        let engine = self.found.get_or_init(|| self.engine());
        let engine = engine.as_ref().map_err(Clone::clone)?;
        let visit = Visit {
            engine,
            cancel: &self.cancel,
            deadline: Instant::now() + self.limits.time,
        };
        let name = image.to_string();
        let finished = visit.call(&["image", "inspect", &name], usize::MAX)?;
        if !finished.success() {
            return Err(if says_missing(&finished) {
                let line = format!(
                    "{} does not have {image}, and nothing is pulled",
                    engine.name()
                );
                LookupError::new(Kind::Absent, line)
            } else {
                visit.failed(&finished)
            });
        }
        let odd = || {
            let line = format!(
                "{} shows {image} in a form that is not known",
                engine.name()
            );
            LookupError::new(Kind::Server, line)
        };
        let list: Vec<serde_json::Value> =
            serde_json::from_slice(&finished.out).map_err(|_| odd())?;
        let first = list.into_iter().next().ok_or_else(odd)?;
        let config = config::read(first.to_string().as_bytes()).map_err(|_| odd())?;
        let inspected: Inspected = serde_json::from_value(first).map_err(|_| odd())?;
        let there = Platform {
            os: config.os.clone(),
            architecture: config.architecture.clone(),
            variant: String::new(),
        };
        let wanted = Platform {
            variant: String::new(),
            ..platform.clone()
        };
        if !wanted.takes(&there) {
            let line = format!(
                "{} has {image} for {there}, not for {platform}: --platform {there}",
                engine.name()
            );
            return Err(LookupError::new(Kind::Absent, line));
        }
        let files = if config.os == "windows" {
            Err("a Windows image has no Linux accounts".to_owned())
        } else {
            let session = Session::new(engine);
            let container = session.container(Role::Look);
            visit.create(&session, &container, &inspected.id)?;
            let mut files = Files {
                visit: &visit,
                container: &container,
                limits: &self.limits,
            };
            Ok(gather(&config, &mut files)?)
        };
        let own = image.canonical();
        let digests = inspected.repo_digests.unwrap_or_default();
        let digest = digests.iter().find_map(|known| {
            let (name, digest) = known.split_once('@')?;
            (ImageRef::parse(name).ok()?.canonical() == own).then(|| digest.to_owned())
        });
        Ok(ImageFacts {
            origin: Origin {
                source: SourceName::Engine,
                place: engine.label(),
                digest: Some(
                    digest.unwrap_or_else(|| match inspected.id.split_once(':') {
                        Some(_) => inspected.id,
                        None => format!("sha256:{}", inspected.id),
                    }),
                ),
                date: today(),
                cached: false,
            },
            config,
            files,
        })
    }
}

impl LocalEngine {
    /// With other bounds, and something that calls it off.
    pub fn new(limits: Limits, cancel: Cancel) -> Self {
        Self {
            limits,
            cancel,
            found: OnceLock::new(),
        }
    }

    /// The first that answers.
    fn engine(&self) -> Result<Engine, LookupError> {
        let mut refused = Vec::new();
        for name in ENGINES {
            match find(Some(name), &self.cancel) {
                Ok(found) => {
                    // What a killed run left behind.
                    sweep(&found);
                    return Ok(found);
                }
                Err(lines) => refused.extend(lines),
            }
        }
        let line = format!("no container engine answers: {}", refused.join("; "));
        Err(LookupError::new(Kind::Unreachable, line))
    }
}

struct Visit<'e> {
    engine: &'e Engine,
    cancel: &'e Cancel,
    deadline: Instant,
}

impl Visit<'_> {
    /// A call that may print `bytes` before it is stopped.
    fn call(&self, args: &[&str], bytes: usize) -> Result<Finished, LookupError> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let limits = Time {
            bytes,
            ..Time::of(left.max(Duration::from_millis(1)), self.cancel)
        };
        let name = self.engine.name();
        let finished = run(
            &mut self.engine.command(args.iter().copied()),
            b"",
            limits,
            &mut |_| {},
        );
        let finished = finished.map_err(|error| {
            LookupError::new(Kind::Unreachable, format!("{name} cannot be run: {error}"))
        })?;
        match finished.end {
            End::TimedOut => {
                let line = format!(
                    "{name} took longer than it may: try again, or give it more with --lookup-timeout"
                );
                Err(LookupError::new(Kind::TimedOut, line))
            }
            End::Cancelled => Err(LookupError::new(
                Kind::TimedOut,
                format!("{name} was called off"),
            )),
            End::Exited(_) | End::Enough => Ok(finished),
        }
    }

    /// A container of the image that is never started.
    fn create(&self, session: &Session<'_>, name: &str, id: &str) -> Result<(), LookupError> {
        let label = session.label();
        // An image without a command needs one to make a container of.
        let args = [
            "create",
            "--name",
            name,
            "--label",
            &label,
            "--network",
            "none",
            "--pull",
            "never",
            id,
            "never-run",
        ];
        let finished = self.call(&args, usize::MAX)?;
        if finished.success() {
            Ok(())
        } else {
            Err(self.failed(&finished))
        }
    }

    fn failed(&self, finished: &Finished) -> LookupError {
        let line = format!("{} fails: {}", self.engine.name(), finished.complaint());
        LookupError::new(Kind::Server, line)
    }
}

/// A thing that is not there, in the words of docker and podman.
fn says_missing(finished: &Finished) -> bool {
    let said = finished.complaint().to_lowercase();
    [
        "no such",
        "not find",
        "not be found",
        "not found",
        "not known",
    ]
    .iter()
    .any(|sign| said.contains(sign))
}

struct Files<'v> {
    visit: &'v Visit<'v>,
    container: &'v str,
    limits: &'v Limits,
}

impl Files<'_> {
    /// The beginning of the tar archive of what lies at a path; none where nothing does.
    fn copy(&self, path: &str, bytes: usize) -> Result<Option<Finished>, LookupError> {
        let place = format!("{}:{path}", self.container);
        // Podman follows links without being told.
        let args: &[&str] = if self.visit.engine.name() == "docker" {
            &["cp", "--follow-link", &place, "-"]
        } else {
            &["cp", &place, "-"]
        };
        let finished = self.visit.call(args, bytes)?;
        if finished.success() || finished.end == End::Enough {
            return Ok(Some(finished));
        }
        // A link that leads nowhere, or in circles, is as good as nothing.
        let said = finished.complaint().to_lowercase();
        if says_missing(&finished)
            || said.contains("symbolic link")
            || said.contains("not a directory")
        {
            return Ok(None);
        }
        Err(self.visit.failed(&finished))
    }
}

/// What an archive has around a file: its header, others before it, and its end.
const AROUND: usize = 64 << 10;

impl Rootfs for Files<'_> {
    fn file(&mut self, path: &str) -> Result<Found, LookupError> {
        let most = usize::try_from(self.limits.file).unwrap_or(usize::MAX - AROUND);
        let Some(finished) = self.copy(path, most + AROUND)? else {
            return Ok(Found::Missing);
        };
        let mut archive = Archive::new(finished.out.as_slice(), self.limits.path);
        let Ok(Some(entry)) = archive.next() else {
            return Ok(Found::NoFile);
        };
        if entry.kind != Entry::File {
            return Ok(Found::NoFile);
        }
        if entry.size > self.limits.file {
            return Ok(Found::TooLarge(entry.size));
        }
        Ok(archive
            .content(self.limits.file)
            .map_or(Found::NoFile, |bytes| Found::of(&bytes)))
    }

    fn exists(&mut self, path: &str) -> Result<bool, LookupError> {
        Ok(self.copy(path, 1)?.is_some())
    }
}
