//! What a proof makes in the engine: names and a label by which it is found again, and its removal,
//! which happens whatever way the proof ends. What a killed run left, the next one removes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::engine::Found;
use super::process::{Finished, Limits, run};

/// The label that all containers and images of a proof carry.
pub const LABEL: &str = "io.github.unroot.verify";

/// The repository that images are tagged in. `localhost` is never asked for over the network.
const REPOSITORY: &str = "localhost/unroot-verify";
const PREFIX: &str = "unroot-verify-";

/// How long removing one thing may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// After this long what another machine left in a shared engine is taken for abandoned.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// The things that one proof makes. They are removed when it is dropped.
pub(super) struct Session<'e> {
    engine: &'e Found,
    owner: Owner,
    number: usize,
    containers: Mutex<Vec<String>>,
    images: Mutex<Vec<String>>,
}

impl<'e> Session<'e> {
    pub(super) fn new(engine: &'e Found) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        Self {
            engine,
            owner: Owner::this(),
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            containers: Mutex::default(),
            images: Mutex::default(),
        }
    }

    /// What `--label` gets.
    pub(super) fn label(&self) -> String {
        format!("{LABEL}={}", self.owner)
    }

    /// The name of a container about to be made, which will be removed.
    pub(super) fn container(&self, role: &str) -> String {
        let name = format!("{PREFIX}{}-{}-{role}", self.owner, self.number);
        remember(&self.containers, &name);
        name
    }

    /// The name of an image about to be built, which will be removed.
    pub(super) fn image(&self, role: &str) -> String {
        let name = format!("{REPOSITORY}:{}-{}-{role}", self.owner, self.number);
        remember(&self.images, &name);
        name
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        for name in taken(&self.containers) {
            remove_container(self.engine, &name);
        }
        for name in taken(&self.images) {
            remove_image(self.engine, &name);
        }
    }
}

fn remember(list: &Mutex<Vec<String>>, name: &str) {
    if let Ok(mut list) = list.lock() {
        list.push(name.to_owned());
    }
}

fn taken(list: &Mutex<Vec<String>>) -> Vec<String> {
    list.lock()
        .map(|mut list| std::mem::take(&mut *list))
        .unwrap_or_default()
}

/// Removes what earlier runs left that were killed; says how many things that were.
pub fn sweep(engine: &Found) -> usize {
    let filter = format!("label={LABEL}");
    let listed = |args: &[&str]| -> Vec<String> {
        let list = quietly(engine, args);
        let text = list.map(|finished| finished.text()).unwrap_or_default();
        text.lines().map(|line| line.trim().to_owned()).collect()
    };
    let containers = listed(&["ps", "-a", "--filter", &filter, "--format", "{{.Names}}"]);
    let containers = containers.iter().filter(|name| {
        name.strip_prefix(PREFIX)
            .and_then(Owner::of)
            .is_some_and(|owner| owner.is_gone())
    });
    let removed = containers
        .filter(|name| remove_container(engine, name))
        .count();
    let format = "{{.Repository}}:{{.Tag}}";
    let images = listed(&["images", "--filter", &filter, "--format", format]);
    let images = images.iter().filter(|name| {
        name.strip_prefix(REPOSITORY)
            .and_then(|tag| tag.strip_prefix(':'))
            .and_then(Owner::of)
            .is_some_and(|owner| owner.is_gone())
    });
    removed + images.filter(|name| remove_image(engine, name)).count()
}

fn remove_container(engine: &Found, name: &str) -> bool {
    let args = engine.engine.remove().iter().copied().chain([name]);
    quietly(engine, &args.collect::<Vec<_>>()).is_some_and(|finished| finished.success())
}

fn remove_image(engine: &Found, name: &str) -> bool {
    quietly(engine, &["rmi", "--force", name]).is_some_and(|finished| finished.success())
}

/// A call that nothing calls off: it tidies up.
fn quietly(engine: &Found, args: &[&str]) -> Option<Finished> {
    let limits = Limits {
        time: PATIENCE,
        cancel: None,
    };
    run(&mut engine.command(args), b"", limits, &mut |_| {}).ok()
}

/// Who made a thing: a process of a machine, since when.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Owner {
    host: String,
    pid: u32,
    /// Seconds since 1970.
    since: u64,
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}-{}", self.host, self.pid, self.since)
    }
}

impl Owner {
    /// This process.
    fn this() -> Self {
        static SINCE: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
        Self {
            host: host(),
            pid: std::process::id(),
            since: *SINCE.get_or_init(now),
        }
    }

    /// Read back from a name without its prefix: `HOST-PID-SINCE-NUMBER-ROLE`.
    fn of(name: &str) -> Option<Self> {
        let mut parts = name.rsplitn(5, '-');
        let (_role, _number) = (parts.next()?, parts.next()?);
        Some(Self {
            since: parts.next()?.parse().ok()?,
            pid: parts.next()?.parse().ok()?,
            host: parts.next()?.to_owned(),
        })
    }

    /// True when nobody needs what it made any more.
    fn is_gone(&self) -> bool {
        let this = Self::this();
        if self.host != this.host {
            return now().saturating_sub(self.since) > ABANDONED.as_secs();
        }
        if self.pid == this.pid {
            return self.since != this.since;
        }
        !is_running(self.pid)
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// The machine's name, as far as a container's name may hold it.
fn host() -> String {
    let name = host_name().to_ascii_lowercase();
    let mut host: String = name
        .chars()
        .map(|ch| if ch.is_ascii_alphanumeric() { ch } else { '.' })
        .take(40)
        .collect();
    if !host.starts_with(|ch: char| ch.is_ascii_alphanumeric()) {
        host.insert(0, 'h');
    }
    host
}

#[cfg(unix)]
fn host_name() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

#[cfg(not(unix))]
fn host_name() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

#[cfg(unix)]
fn is_running(pid: u32) -> bool {
    let pid = i32::try_from(pid)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    // A process of somebody else's exists, too: the answer is then EPERM.
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

#[cfg(not(unix))]
fn is_running(_pid: u32) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_read_back_from_its_names() {
        let owner = Owner {
            host: "build.host-7".into(),
            pid: 4711,
            since: 1_790_000_000,
        };
        assert_eq!(Owner::of(&format!("{owner}-3-fixed")), Some(owner));
        assert_eq!(Owner::of("somebody-elses"), None);
    }

    #[test]
    fn only_what_nobody_needs_is_taken_for_gone() {
        let this = Owner::this();
        assert!(!this.is_gone());
        let earlier = |since| Owner {
            since,
            ..this.clone()
        };
        assert!(earlier(1).is_gone(), "our pid, but long before us");
        let elsewhere = |since| Owner {
            host: "elsewhere".into(),
            ..earlier(since)
        };
        assert!(!elsewhere(now()).is_gone());
        assert!(elsewhere(1).is_gone());
        let other = |pid| Owner {
            pid,
            ..this.clone()
        };
        assert!(other(u32::MAX / 2).is_gone());
        #[cfg(unix)]
        assert!(!other(1).is_gone());
    }

    #[test]
    fn a_machines_name_fits_into_a_tag() {
        let host = host();
        assert!(!host.is_empty() && host.len() <= 41, "{host}");
    }
}
