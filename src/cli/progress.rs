//! How far a long run has come, on a terminal only.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use unroot::verify::Watcher;

/// Shorter runs show nothing.
const PATIENCE: Duration = Duration::from_millis(500);
const EVERY: Duration = Duration::from_millis(100);

/// A line on standard error that is rewritten in place.
pub(super) struct Progress {
    shown: bool,
    /// None when nobody watches.
    next: Option<Instant>,
    files: usize,
}

impl Progress {
    pub(super) fn new() -> Self {
        let watched = io::stderr().is_terminal();
        Self {
            shown: false,
            next: watched.then(|| Instant::now() + PATIENCE),
            files: 0,
        }
    }

    /// Counts one more file.
    pub(super) fn step(&mut self) {
        self.files += 1;
        let Some(next) = self.next else { return };
        let now = Instant::now();
        if now < next {
            return;
        }
        self.next = Some(now + EVERY);
        self.shown = true;
        // Progress that cannot be shown is not worth an error.
        let _ = write!(io::stderr(), "\r{} files", self.files);
    }

    /// Takes the line away while something else is written: both streams may go to one terminal.
    pub(super) fn pause(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }

    /// Takes the line away for good.
    pub(super) fn finish(&mut self) {
        self.pause();
        self.next = None;
    }
}

/// What a proof is doing, on one line that is rewritten in place.
pub(super) struct Steps {
    watched: bool,
    state: Mutex<Step>,
}

struct Step {
    what: String,
    shown: Instant,
}

/// Characters of a build's line that fit beside the step on a narrow terminal.
const WIDTH: usize = 76;

impl Steps {
    pub(super) fn new() -> Self {
        Self {
            watched: io::stderr().is_terminal(),
            state: Mutex::new(Step {
                what: String::new(),
                shown: Instant::now(),
            }),
        }
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        if self.watched {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

impl Step {
    fn show(&mut self, line: &str) {
        self.shown = Instant::now();
        let text = format!("{} {line}", self.what);
        let text: String = text
            .chars()
            .filter(|ch| !ch.is_control())
            .take(WIDTH)
            .collect();
        let _ = write!(io::stderr(), "\r\x1b[K{text}");
    }
}

impl Watcher for Steps {
    fn step(&self, what: &str) {
        if !self.watched {
            return;
        }
        if let Ok(mut step) = self.state.lock() {
            what.clone_into(&mut step.what);
            step.show("...");
        }
    }

    fn output(&self, line: &str) {
        if !self.watched {
            return;
        }
        if let Ok(mut step) = self.state.lock()
            && step.shown.elapsed() >= EVERY
        {
            step.show(line);
        }
    }
}
