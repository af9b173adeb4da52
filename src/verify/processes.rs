//! The processes of a container, each with the ids that it has *inside* it.
//!
//! Where the engine runs on this machine the kernel is asked: a process belongs to a container when its
//! control group names the container's id, and its ids are brought back through its user namespace
//! (`/proc/PID/uid_map`), since `ps` shows a remapped root as another user.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::sockets::{Port, listening};

/// A process that was seen in a container.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Process {
    /// Its user, as the container counts; none where the engine gave a name that is not `root`.
    pub uid: Option<u32>,
    /// Its group, likewise.
    pub gid: Option<u32>,
    /// Its command line, shortened.
    pub command: String,
    /// The engine put it beside the container's own: a health check, or `exec`.
    pub entered: bool,
}

impl Process {
    /// True when it runs as uid 0.
    pub fn is_root(&self) -> bool {
        self.uid == Some(0)
    }

    /// `10001:10001`
    pub fn ids(&self) -> String {
        let id = |id: Option<u32>| id.map_or_else(|| "?".to_owned(), |id| id.to_string());
        format!("{}:{}", id(self.uid), id(self.gid))
    }

    /// `10001:10001 nginx: worker process`
    pub fn label(&self) -> String {
        format!("{} {}", self.ids(), self.command)
    }
}

/// A container whose processes this machine's kernel shows.
#[derive(Debug)]
pub(super) struct Local {
    id: String,
    pid: u32,
    /// Its control group in the file system, where that can be read.
    group: Option<PathBuf>,
    /// Processes that look like the runtime's own, and since when.
    stubs: HashMap<u32, Instant>,
}

/// The runtime's own process becomes the container's within moments; what stays is none.
const STUB: Duration = Duration::from_millis(700);

impl Local {
    /// The container `id` (as the engine has it, 64 digits) with the first process `pid`; none when that
    /// process is not to be seen here, as with an engine in a virtual machine.
    pub(super) fn find(id: &str, pid: u32) -> Option<Self> {
        let mut local = Self {
            id: id.to_owned(),
            pid,
            group: None,
            stubs: HashMap::new(),
        };
        if id.len() < 12 || pid == 0 || !local.owns(pid) {
            return None;
        }
        local.group = group(id, pid);
        Some(local)
    }

    /// True as long as its first process is there.
    pub(super) fn is_running(&self) -> bool {
        self.owns(self.pid)
    }

    fn owns(&self, pid: u32) -> bool {
        fs::read_to_string(format!("/proc/{pid}/cgroup"))
            .is_ok_and(|groups| groups.contains(&self.id))
    }

    /// All its processes at this moment.
    pub(super) fn processes(&mut self) -> Vec<Process> {
        let mut pids = Vec::new();
        match &self.group {
            Some(group) => members(group, &mut pids),
            None => pids.extend(all().filter(|pid| self.owns(*pid))),
        }
        let entered = self.entered(&pids);
        let mut processes = Vec::new();
        for pid in pids {
            let Some((mut process, stub)) = process(pid) else {
                continue;
            };
            process.entered = entered.contains(&pid);
            if stub {
                let since = *self.stubs.entry(pid).or_insert_with(Instant::now);
                if since.elapsed() < STUB {
                    continue;
                }
            }
            processes.push(process);
        }
        processes
    }

    /// Those of `pids` that the first process has not started: in a process namespace of its own it inherits what
    /// loses its parent, and what has one outside was put there.
    fn entered(&self, pids: &[u32]) -> HashSet<u32> {
        let namespace = |who: &str| fs::read_link(format!("/proc/{who}/ns/pid")).ok();
        if namespace(&self.pid.to_string()) == namespace("self") {
            return HashSet::new();
        }
        let parents: HashMap<u32, u32> = pids
            .iter()
            .filter_map(|pid| Some((*pid, parent(*pid)?)))
            .collect();
        let comes_from_outside = |pid: &u32| {
            let mut at = *pid;
            // Deeper trees than this are nobody's health check.
            for _ in 0..64 {
                match parents.get(&at) {
                    _ if at == self.pid => return false,
                    Some(parent) => at = *parent,
                    None => return true,
                }
            }
            false
        };
        pids.iter().copied().filter(comes_from_outside).collect()
    }

    /// The ports that are listened on in its network; none when they cannot be read.
    pub(super) fn ports(&self) -> Option<BTreeSet<Port>> {
        let tables: Vec<String> = ["tcp", "tcp6", "udp", "udp6"]
            .iter()
            .filter_map(|name| fs::read_to_string(format!("/proc/{}/net/{name}", self.pid)).ok())
            .collect();
        (!tables.is_empty()).then(|| listening(&tables.concat()))
    }
}

/// Where the control group of a container lies (`cgroups`(7)): under version 1 below a folder for each
/// controller, under version 2 below the root itself. Looking there is cheaper than at every process.
fn group(id: &str, pid: u32) -> Option<PathBuf> {
    let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    groups.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?);
        if !path.contains(id) {
            return None;
        }
        let group = Path::new("/sys/fs/cgroup")
            .join(controllers)
            .join(path.trim_start_matches('/'));
        let mut pids = Vec::new();
        members(&group, &mut pids);
        pids.contains(&pid).then_some(group)
    })
}

/// The processes of a control group and of those below it.
fn members(group: &Path, pids: &mut Vec<u32>) {
    let listed = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
    pids.extend(
        listed
            .lines()
            .filter_map(|line| line.trim().parse::<u32>().ok()),
    );
    let below = fs::read_dir(group).into_iter().flatten().flatten();
    for entry in below.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        members(&entry.path(), pids);
    }
}

/// All processes of this machine.
fn all() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// A process, and whether it looks like the runtime's own; none when it is gone or dead.
fn process(pid: u32) -> Option<(Process, bool)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    // A zombie does nothing any more; its ids say nothing.
    if status.lines().any(|line| line.starts_with("State:\tZ")) {
        return None;
    }
    let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let ids = |name: &str, map: &str| {
        let text = |who: &str| fs::read_to_string(format!("/proc/{who}/{map}")).unwrap_or_default();
        let (theirs, ours) = (text(&pid.to_string()), text("self"));
        // The table of our own namespace speaks of the one around it.
        let map = if theirs == ours { "" } else { theirs.as_str() };
        strongest(&status, name, map)
    };
    let shown = match shown(&command) {
        text if text.is_empty() => field(&status, "Name:")
            .unwrap_or_default()
            .trim()
            .to_owned(),
        text => text,
    };
    let process = Process {
        uid: ids("Uid:", "uid_map"),
        gid: ids("Gid:", "gid_map"),
        command: shown,
        entered: false,
    };
    Some((process, command.is_empty() || is_runtime(&command)))
}

fn parent(pid: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    field(&status, "PPid:")?.trim().parse().ok()
}

/// The stub that sets the container up before its program is executed, and has root's ids.
fn is_runtime(command: &[u8]) -> bool {
    let mut words = command.split(|byte| *byte == 0);
    let first = words.next().unwrap_or_default();
    let name = first
        .rsplit(|byte| *byte == b'/')
        .next()
        .unwrap_or_default();
    first.starts_with(b"runc:[")
        || matches!(name, b"runc" | b"crun" | b"youki" | b"exe") && words.next() == Some(b"init")
}

fn field<'s>(status: &'s str, name: &str) -> Option<&'s str> {
    status.lines().find_map(|line| line.strip_prefix(name))
}

/// Of the real, effective, saved and file-system id: 0 when it is one of them, since a process can take
/// it back; else the effective one. None when the container knows no such id.
fn strongest(status: &str, name: &str, map: &str) -> Option<u32> {
    let ids: Vec<Option<u32>> = field(status, name)?
        .split_whitespace()
        .filter_map(|id| id.parse().ok())
        .map(|id| inside(id, map))
        .collect();
    if ids.contains(&Some(0)) {
        return Some(0);
    }
    *ids.get(1)?
}

/// An id of this machine as its user namespace sees it (`user_namespaces`(7): inside, outside, length).
fn inside(id: u32, map: &str) -> Option<u32> {
    if map.trim().is_empty() {
        return Some(id);
    }
    map.lines().find_map(|line| {
        let mut numbers = line.split_whitespace().map(str::parse::<u32>);
        let (inside, outside, length) = (
            numbers.next()?.ok()?,
            numbers.next()?.ok()?,
            numbers.next()?.ok()?,
        );
        let offset = id.checked_sub(outside)?;
        (offset < length).then(|| inside.saturating_add(offset))
    })
}

/// Longest command line that is kept, in characters.
const SHOWN: usize = 80;

fn shown(command: &[u8]) -> String {
    let text = String::from_utf8_lossy(command);
    let words: Vec<&str> = text.split('\0').filter(|word| !word.is_empty()).collect();
    shorten(&words.join(" "))
}

fn shorten(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|ch| if ch.is_control() { ' ' } else { ch })
        .collect();
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}...", &line[..at]),
        None => line,
    }
}

/// Reads what the engine's `top` prints: user, group, pid and command, below a line of headings.
pub(super) fn of_top(text: &str) -> Vec<Process> {
    let id = |word: &str| match word {
        "root" => Some(0),
        _ => word.parse().ok(),
    };
    text.lines()
        .skip(1)
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (user, group, _pid) = (words.next()?, words.next()?, words.next()?);
            Some(Process {
                uid: id(user),
                gid: id(group),
                command: shorten(&words.collect::<Vec<_>>().join(" ")),
                entered: false,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_brought_back_through_the_user_namespace() {
        assert_eq!(
            inside(10_001, "         0          0 4294967295\n"),
            Some(10_001)
        );
        let remapped = "         0     100000      65536\n";
        assert_eq!(inside(100_000, remapped), Some(0));
        assert_eq!(inside(110_001, remapped), Some(10_001));
        assert_eq!(
            inside(0, remapped),
            None,
            "nobody inside is the host's root"
        );
        let rootless = "0 1000 1\n1 100000 65536\n";
        assert_eq!(inside(1000, rootless), Some(0));
        assert_eq!(inside(100_999, rootless), Some(1000));
    }

    #[test]
    fn any_id_that_is_root_counts() {
        let ids = |line: &str| strongest(&format!("Name:\tapp\n{line}\n"), "Uid:", "");
        assert_eq!(ids("Uid:\t1000\t1000\t1000\t1000"), Some(1000));
        assert_eq!(ids("Uid:\t1000\t0\t0\t0"), Some(0));
        assert_eq!(
            ids("Uid:\t0\t1000\t0\t1000"),
            Some(0),
            "it can take root back"
        );
        assert_eq!(ids("Uid:\t1000\t7\t1000\t7"), Some(7));
        assert_eq!(ids("Gid:\t1"), None);
    }

    #[test]
    fn the_runtimes_own_stub_is_no_process_of_the_image() {
        assert!(is_runtime(b"runc\0init\0"));
        assert!(is_runtime(b"/usr/bin/crun\0init\0"));
        assert!(is_runtime(b"runc:[2:INIT]\0"));
        assert!(!is_runtime(b"/sbin/docker-init\0--\0app\0"));
        assert!(!is_runtime(b"/app/server\0init\0"));
    }

    #[test]
    fn top_is_read_with_numbers_and_with_names() {
        let docker = "UID   GID   PID   COMMAND\n10001  10001  77  httpd -f -p 8080\n";
        let podman = "USER  GROUP  HPID  COMMAND\nroot  app  77  httpd -f\n";
        assert_eq!(of_top(docker)[0].label(), "10001:10001 httpd -f -p 8080");
        assert!(of_top(podman)[0].is_root());
        assert_eq!(of_top(podman)[0].gid, None);
        assert!(of_top("UID GID PID COMMAND\n").is_empty());
    }

    #[test]
    fn control_characters_of_a_command_line_stay_out() {
        assert_eq!(
            shown(b"app\0--title\0a\x1b[31m\nb\0"),
            "app --title a [31m b"
        );
        assert_eq!(shown(&[b'x'; 200]).len(), SHOWN + 3);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_of_another_control_group_is_not_ours() {
        assert!(Local::find("0123456789abcdef", std::process::id()).is_none());
        assert!(Local::find("", std::process::id()).is_none());
    }
}
