//! A proof that is killed in the middle leaves nothing behind, or what the next one removes.

use std::fs;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use unroot::verify::LABEL;

use super::{engine, engine_arguments, unroot};

/// Its build takes as long as `RUN` says, and its container runs until it is killed.
fn dockerfile(run: &str) -> String {
    format!("FROM alpine:3.21\nRUN {run}\nWORKDIR /app\nCMD [\"sleep\", \"1000\"]\n")
}

struct Running {
    child: Child,
    _folder: TempDir,
}

impl Running {
    fn start(run: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("Dockerfile"), dockerfile(run)).expect("writable");
        let mut command = unroot(folder.path());
        command.args(["verify", "--network", "none", "--wait", "60"]);
        let child = command
            .args(engine_arguments())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        Self {
            child,
            _folder: folder,
        }
    }

    fn signal(&self, name: &str) {
        kill(name, self.child.id());
    }

    /// What it has in the engine.
    fn things(&self) -> Vec<String> {
        things(self.child.id())
    }

    fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is ours") {
                return status;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "it does not end");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The client of the engine that it runs at the moment.
    fn client(&self) -> Option<u32> {
        let of_stat = |pid: u32| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            stat.rsplit(')')
                .next()?
                .split_whitespace()
                .nth(1)?
                .parse::<u32>()
                .ok()
        };
        let entries = fs::read_dir("/proc").expect("Linux").filter_map(Result::ok);
        let mut pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        pids.find(|pid| of_stat(*pid) == Some(self.child.id()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn kill(signal: &str, pid: u32) {
    let status = Command::new("kill")
        .args([&format!("-{signal}"), &pid.to_string()])
        .status();
    assert!(status.expect("kill runs").success(), "kill -{signal} {pid}");
}

fn ask(args: &[&str]) -> String {
    let wanted = std::env::var("UNROOT_LAB_ENGINE").unwrap_or_else(|_| "docker".into());
    let program = if wanted == "buildah" {
        "podman"
    } else {
        &wanted
    };
    let output = Command::new(program)
        .args(args)
        .output()
        .expect("the engine answers");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Containers and images that the process `owner` made.
fn things(owner: u32) -> Vec<String> {
    let filter = format!("label={LABEL}");
    let containers = ask(&["ps", "-a", "--filter", &filter, "--format", "{{.Names}}"]);
    let images = ask(&[
        "images",
        "--filter",
        &filter,
        "--format",
        "{{.Repository}}:{{.Tag}}",
    ]);
    let of_owner = format!("-{owner}-");
    let all = containers.lines().chain(images.lines());
    all.filter(|name| name.contains(&of_owner))
        .map(str::to_owned)
        .collect()
}

fn until<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{what} does not come"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn running_container(running: &Running) -> String {
    until("the container", || {
        running
            .things()
            .into_iter()
            .find(|name| name.ends_with("-original") && !name.contains(':'))
    })
}

#[test]
fn a_signal_during_a_build_or_a_run_leaves_nothing() {
    if engine().is_none() {
        return;
    }
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let mut running = Running::start("sleep 300");
        until("the engine's client", || running.client());
        // It has sent the file, and the sleep has begun.
        std::thread::sleep(Duration::from_secs(2));
        running.signal(signal);
        assert_eq!(
            running.wait().code(),
            Some(code),
            "{signal} during the build"
        );
        assert_eq!(
            running.things(),
            Vec::<String>::new(),
            "{signal} during the build"
        );

        let mut running = Running::start("true");
        running_container(&running);
        running.signal(signal);
        assert_eq!(running.wait().code(), Some(code), "{signal} during the run");
        assert_eq!(
            running.things(),
            Vec::<String>::new(),
            "{signal} during the run"
        );
    }
}

#[test]
fn a_client_of_the_engine_that_is_killed_leaves_nothing() {
    if engine().is_none() {
        return;
    }
    let mut running = Running::start("sleep 301");
    let client = until("the engine's client", || running.client());
    std::thread::sleep(Duration::from_secs(2));
    // The first calls are short: take the one that builds.
    let client = running.client().unwrap_or(client);
    kill("KILL", client);
    assert_eq!(running.wait().code(), Some(1), "nothing could be proven");
    assert_eq!(running.things(), Vec::<String>::new());
}

#[test]
fn what_a_killed_proof_left_the_next_one_removes() {
    if engine().is_none() {
        return;
    }
    let mut killed = Running::start("true");
    running_container(&killed);
    killed.signal("KILL");
    killed.wait();
    let mut next = Running::start("true");
    running_container(&next);
    assert_eq!(killed.things(), Vec::<String>::new());
    next.signal("INT");
    next.wait();
    assert_eq!(next.things(), Vec::<String>::new());
}
