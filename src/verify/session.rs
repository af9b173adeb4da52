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
pub(crate) struct Session<'e> {
    engine: &'e Found,
    owner: Owner,
    number: usize,
    containers: Mutex<Vec<String>>,
    images: Mutex<Vec<String>>,
}

impl<'e> Session<'e> {
    pub(crate) fn new(engine: &'e Found) -> Self {
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
    pub(crate) fn label(&self) -> String {
        format!("{LABEL}={}", self.owner)
    }

    /// The name of a container about to be made, which will be removed.
    pub(crate) fn container(&self, role: Role) -> String {
        let name = format!("{PREFIX}{}-{}-{}", self.owner, self.number, role.name());
        remember(&self.containers, &name);
        name
    }

    /// The name of an image about to be built, which will be removed.
    pub(super) fn image(&self, role: Role) -> String {
        let name = format!(
            "{REPOSITORY}:{}-{}-{}",
            self.owner,
            self.number,
            role.name()
        );
        remember(&self.images, &name);
        name
    }

    /// Removes a container that has done its work.
    pub(crate) fn remove_container(&self, name: &str) {
        let how = self.engine.engine.remove();
        if remove(self.engine, how, vec![name.to_owned()]).is_empty()
            && let Ok(mut containers) = self.containers.lock()
        {
            containers.retain(|known| known != name);
        }
    }

    /// Removes everything, and names what could not be removed.
    pub(crate) fn finish(&self) -> Vec<String> {
        let mut left = remove(
            self.engine,
            self.engine.engine.remove(),
            taken(&self.containers),
        );
        left.extend(remove(self.engine, REMOVE_IMAGE, taken(&self.images)));
        left
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.finish();
    }
}

/// What a container or image is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Original,
    Fixed,
    NoCapabilities,
    LowPorts,
    /// Never run: files of its image are read.
    Look,
}

impl Role {
    /// For names, of which it is the last part.
    const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Fixed => "fixed",
            Self::NoCapabilities => "nocapabilities",
            Self::LowPorts => "lowports",
            Self::Look => "look",
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

/// Removes what earlier runs left that were killed.
pub fn sweep(engine: &Found) {
    let filter = format!("label={LABEL}");
    let list = ["ps", "--all", "--quiet", "--filter", &filter];
    let containers = abandoned(engine, "container", &list);
    let images = abandoned(engine, "image", &["images", "--quiet", "--filter", &filter]);
    remove(engine, engine.engine.remove(), containers);
    remove(engine, REMOVE_IMAGE, images);
}

/// The ids of what `list` names and nobody needs any more, by the label of each.
fn abandoned(engine: &Found, what: &str, list: &[&str]) -> Vec<String> {
    let listed = quietly(engine, list).map(|listed| listed.text());
    let listed = listed.unwrap_or_default();
    let mut ids: Vec<&str> = listed.split_whitespace().collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Vec::new();
    }
    // What has gone meanwhile is left out of the answer.
    let inspect: Vec<&str> = [what, "inspect"].into_iter().chain(ids).collect();
    let inspected = quietly(engine, &inspect).map(|inspected| owners(&inspected.out));
    let owned = inspected.unwrap_or_default().into_iter();
    owned
        .filter(|(_, owner)| owner.is_gone())
        .map(|(id, _)| id)
        .collect()
}

/// The ids and owners in what `inspect` prints.
fn owners(json: &[u8]) -> Vec<(String, Owner)> {
    let inspected: Vec<serde_json::Value> = serde_json::from_slice(json).unwrap_or_default();
    let owner = |value: &serde_json::Value| {
        let label = value["Config"]["Labels"][LABEL].as_str()?;
        Some((value["Id"].as_str()?.to_owned(), Owner::of(label)?))
    };
    inspected.iter().filter_map(owner).collect()
}

const REMOVE_IMAGE: &[&str] = &["rmi", "--force"];

/// Removes all of these, and returns what is still there.
fn remove(engine: &Found, how: &[&str], names: Vec<String>) -> Vec<String> {
    let call = |names: &[String]| {
        let them = names.iter().map(String::as_str);
        let args: Vec<&str> = how.iter().copied().chain(them).collect();
        names.is_empty() || quietly(engine, &args).is_some_and(|finished| is_gone(&finished))
    };
    if call(&names) {
        return Vec::new();
    }
    // One of them was in the way of the others.
    let one = |name: &String| !call(std::slice::from_ref(name));
    names.into_iter().filter(one).collect()
}

/// A thing that was never made, or that somebody else removed, is gone as well.
fn is_gone(finished: &Finished) -> bool {
    let text = finished.complaint().to_lowercase();
    let signs = ["no such", "not known", "not found"];
    finished.success() || signs.iter().any(|sign| text.contains(sign))
}

/// A call that nothing calls off: it tidies up.
fn quietly(engine: &Found, args: &[&str]) -> Option<Finished> {
    let limits = Limits::whole(PATIENCE);
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

    /// Read back from a label: `HOST-PID-SINCE`.
    fn of(label: &str) -> Option<Self> {
        let mut parts = label.rsplitn(3, '-');
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

/// The machine's name, as far as a container's name may hold it, and the process namespace: in another one
/// a process number means another process.
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
    let namespace = std::fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    let number = namespace.to_string_lossy();
    host.extend(number.chars().filter(char::is_ascii_digit));
    host
}

#[cfg(unix)]
fn host_name() -> String {
    let name = rustix::system::uname();
    name.nodename().to_string_lossy().into_owned()
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
    fn an_owner_is_read_back_from_its_label() {
        let owner = Owner {
            host: "build.host-7".into(),
            pid: 4711,
            since: 1_790_000_000,
        };
        assert_eq!(Owner::of(&owner.to_string()), Some(owner));
        assert_eq!(Owner::of("somebody-elses"), None);
        let json =
            format!(r#"[{{"Id":"x","Config":{{"Labels":{{"{LABEL}":"a-1-2"}}}}}},{{"Id":"y"}}]"#);
        let owners = owners(json.as_bytes());
        assert_eq!(owners.len(), 1);
        let (id, owner) = &owners[0];
        assert_eq!((id.as_str(), owner.to_string().as_str()), ("x", "a-1-2"));
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
        assert!(!host.is_empty() && host.len() <= 64, "{host}");
    }
}
