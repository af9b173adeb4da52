//! The user's own checks: a command on this machine that is told of the container, or one inside it.

use std::process::Command;
use std::time::{Duration, Instant};

use super::engine::Found;
use super::process::{Cancel, Finished, Limits, run, sleep};

/// How a user's check came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) passed: bool,
    /// What it said last.
    pub(super) said: String,
}

/// The container that is checked.
pub(super) struct Subject<'a> {
    pub(super) engine: &'a Found,
    pub(super) container: &'a str,
    /// Its first process as this machine counts; 0 when it has ended.
    pub(super) pid: u32,
    /// A check that fails is tried again for so long: servers need their time.
    pub(super) patience: Duration,
    /// Longest time for one try.
    pub(super) timeout: Duration,
    pub(super) cancel: &'a Cancel,
}

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(300);

impl Subject<'_> {
    /// A shell command on this machine, with the container in its environment.
    pub(super) fn on_host(&self, command: &str) -> Outcome {
        self.repeat(|| {
            let mut shell = shell(command);
            shell
                .env("UNROOT_ENGINE", self.engine.engine.program())
                .env("UNROOT_CONTAINER", self.container)
                .env("UNROOT_PID", self.pid.to_string());
            shell
        })
    }

    /// A shell command in the container, as the user that it runs as.
    pub(super) fn inside(&self, command: &str) -> Outcome {
        self.repeat(|| {
            self.engine
                .command(["exec", self.container, "sh", "-c", command])
        })
    }

    fn repeat(&self, command: impl Fn() -> Command) -> Outcome {
        let until = Instant::now() + self.patience;
        loop {
            let limits = Limits::of(self.timeout, self.cancel);
            let outcome = match run(&mut command(), b"", limits, &mut |_| {}) {
                Ok(finished) => outcome(&finished),
                Err(error) => Outcome {
                    passed: false,
                    said: format!("it cannot be run: {error}"),
                },
            };
            if outcome.passed || Instant::now() >= until || self.cancel.is_cancelled() {
                return outcome;
            }
            sleep(PAUSE, self.cancel);
        }
    }
}

fn outcome(finished: &Finished) -> Outcome {
    let passed = finished.success();
    let said = if passed {
        let text = finished.text();
        text.lines().next_back().unwrap_or_default().to_owned()
    } else {
        finished.complaint()
    };
    Outcome { passed, said }
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

#[cfg(not(unix))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd");
    shell.args(["/C", command]);
    shell
}
