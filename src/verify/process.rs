//! Child processes with a time limit, which can be called off, and whose lines are seen as they come.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// A wish to stop, which every wait looks at.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Stops what looks at this or a clone of it.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True from the first [`Self::cancel`] on.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// The flag itself, for a signal handler.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}

/// How a process came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself, with this code; none when a signal ended it.
    Exited(Option<i32>),
    /// It took longer than it was given.
    TimedOut,
    /// Somebody called it off.
    Cancelled,
    /// It printed as much as was wanted, and was stopped.
    Enough,
}

/// What a process left.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) end: End,
    /// Standard output, at most [`KEPT`] bytes of its end.
    pub(crate) out: Vec<u8>,
    /// Standard error, likewise.
    pub(crate) err: Vec<u8>,
}

impl Finished {
    pub(crate) const fn success(&self) -> bool {
        matches!(self.end, End::Exited(Some(0)))
    }

    /// Standard output as text, without blanks around it.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).trim().to_owned()
    }

    /// The last line of standard error that says something, or of standard output.
    pub(crate) fn complaint(&self) -> String {
        let last = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            let line = text.lines().rev().find(|line| !line.trim().is_empty());
            line.map(|line| line.trim().to_owned())
        };
        last(&self.err)
            .or_else(|| last(&self.out))
            .unwrap_or_else(|| match self.end {
                End::Exited(Some(code)) => format!("it ended with code {code} and said nothing"),
                End::Exited(None) => "a signal ended it".into(),
                End::TimedOut => "it took too long".into(),
                End::Cancelled | End::Enough => "it was called off".into(),
            })
    }
}

/// Bytes that are kept of each stream: the end matters.
const KEPT: usize = 4 << 20;
/// Pieces of 8 KiB that wait to be taken before a process has to.
const BACKLOG: usize = 256;
/// How often the end of a process is looked for.
const TICK: Duration = Duration::from_millis(5);
/// How long a process has to stop by itself before it is killed.
const GRACE: Duration = Duration::from_secs(3);
/// How long streams may stay open behind their process: `sh -c 'server &'` leaves them so.
const LINGER: Duration = Duration::from_millis(500);

/// What limits a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits<'c> {
    pub(crate) time: Duration,
    /// None for what must come to its end: removing what was made.
    pub(crate) cancel: Option<&'c Cancel>,
    /// It is stopped when it has printed so many bytes.
    pub(crate) bytes: usize,
}

impl<'c> Limits<'c> {
    /// A limit of time alone, for what can be called off.
    pub(crate) const fn of(time: Duration, cancel: &'c Cancel) -> Self {
        Self {
            time,
            cancel: Some(cancel),
            bytes: usize::MAX,
        }
    }

    /// A limit of time alone, for what must come to its end.
    pub(crate) const fn whole(time: Duration) -> Self {
        Self {
            time,
            cancel: None,
            bytes: usize::MAX,
        }
    }
}

/// Runs `command` to its end, with `input` as its standard input, and calls `seen` with each line of
/// both streams. It gets a process group of its own, so that Ctrl-C on a terminal reaches this program alone.
pub(crate) fn run(
    command: &mut Command,
    input: &[u8],
    limits: Limits<'_>,
    seen: &mut dyn FnMut(&str),
) -> io::Result<Finished> {
    own_group(command);
    let stdin = if input.is_empty() {
        Stdio::null()
    } else {
        Stdio::piped()
    };
    let mut child = command
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_vec();
        // A process that does not read its input ends with an error of its own.
        thread::spawn(move || drop(stdin.write_all(&input)));
    }
    let (sender, receiver) = sync_channel(BACKLOG);
    read(child.stdout.take(), Stream::Out, &sender);
    read(child.stderr.take(), Stream::Err, &sender);
    drop(sender);
    let mut gathered = Gathered::default();
    let deadline = Instant::now() + limits.time;
    let end = loop {
        let open = gathered.take(&receiver, TICK, seen);
        if let Some(status) = child.try_wait()? {
            break End::Exited(status.code());
        }
        if limits.cancel.is_some_and(Cancel::is_cancelled) {
            stop(&mut child)?;
            break End::Cancelled;
        }
        if Instant::now() >= deadline {
            stop(&mut child)?;
            break End::TimedOut;
        }
        if gathered.out.bytes.len() >= limits.bytes {
            stop(&mut child)?;
            break End::Enough;
        }
        if !open {
            thread::sleep(TICK);
        }
    };
    // What it printed last may still be on its way.
    let ended = Instant::now();
    let mut last = ended;
    while end != End::Enough && last.elapsed() < LINGER && ended.elapsed() < GRACE {
        let before = gathered.count;
        if !gathered.take(&receiver, TICK, seen) {
            break;
        }
        if gathered.count != before {
            last = Instant::now();
        }
    }
    gathered.finish(seen);
    Ok(Finished {
        end,
        out: gathered.out.bytes,
        err: gathered.err.bytes,
    })
}

/// Waits for `time`, or until it is called off.
pub(super) fn sleep(time: Duration, cancel: &Cancel) {
    let until = Instant::now() + time;
    while Instant::now() < until && !cancel.is_cancelled() {
        thread::sleep(time.min(Duration::from_millis(20)));
    }
}

#[derive(Debug, Clone, Copy)]
enum Stream {
    Out,
    Err,
}

fn read(
    stream: Option<impl Read + Send + 'static>,
    which: Stream,
    to: &SyncSender<(Stream, Vec<u8>)>,
) {
    let Some(mut stream) = stream else { return };
    let to = to.clone();
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            if to.send((which, buffer[..length].to_vec())).is_err() {
                break;
            }
        }
    });
}

/// Both streams as far as they were read.
#[derive(Default)]
struct Gathered {
    out: Kept,
    err: Kept,
    /// Pieces that came.
    count: usize,
}

#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    /// The line that has no end yet.
    line: Vec<u8>,
}

impl Gathered {
    /// Takes what comes within `time`; false when nothing more can come.
    fn take(
        &mut self,
        from: &Receiver<(Stream, Vec<u8>)>,
        time: Duration,
        seen: &mut dyn FnMut(&str),
    ) -> bool {
        match from.recv_timeout(time) {
            Ok((which, bytes)) => {
                self.count += 1;
                let kept = match which {
                    Stream::Out => &mut self.out,
                    Stream::Err => &mut self.err,
                };
                kept.add(&bytes, seen);
                true
            }
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }

    fn finish(&mut self, seen: &mut dyn FnMut(&str)) {
        for kept in [&mut self.out, &mut self.err] {
            if !kept.line.is_empty() {
                seen(&String::from_utf8_lossy(&kept.line));
            }
        }
    }
}

impl Kept {
    fn add(&mut self, bytes: &[u8], seen: &mut dyn FnMut(&str)) {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() > 2 * KEPT {
            self.bytes.drain(..self.bytes.len() - KEPT);
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if self.line.ends_with(b"\n") || self.line.len() > KEPT {
                seen(String::from_utf8_lossy(&self.line).trim_end());
                self.line.clear();
            }
        }
    }
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

/// Asks the process and its children to stop, and kills them when they do not.
fn stop(child: &mut Child) -> io::Result<ExitStatus> {
    signal(child, false);
    let deadline = Instant::now() + GRACE;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait()? {
            // What it has started may be deaf to the polite signal.
            signal(child, true);
            return Ok(status);
        }
        thread::sleep(TICK);
    }
    signal(child, true);
    child.wait()
}

#[cfg(unix)]
fn signal(child: &mut Child, kill: bool) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let signal = if kill { Signal::KILL } else { Signal::TERM };
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // It may have ended by itself meanwhile.
        let _ = kill_process_group(group, signal);
    }
}

#[cfg(not(unix))]
fn signal(child: &mut Child, _kill: bool) {
    let _ = child.kill();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn limits(cancel: &Cancel, milliseconds: u64) -> Limits<'_> {
        Limits::of(Duration::from_millis(milliseconds), cancel)
    }

    #[test]
    fn both_streams_the_input_and_the_code_come_back() {
        let cancel = Cancel::default();
        let mut lines = Vec::new();
        let finished = run(
            &mut shell("cat; echo two >&2; printf three; exit 7"),
            b"one\n",
            limits(&cancel, 10_000),
            &mut |line| lines.push(line.to_owned()),
        )
        .expect("sh runs");
        assert_eq!(finished.end, End::Exited(Some(7)));
        assert_eq!(
            (finished.text(), finished.complaint()),
            ("one\nthree".into(), "two".into())
        );
        lines.sort();
        assert_eq!(lines, ["one", "three", "two"]);
    }

    #[test]
    fn a_process_that_takes_too_long_is_stopped_with_its_children() {
        let cancel = Cancel::default();
        let finished = run(
            &mut shell("sleep 60 & echo $!; wait"),
            b"",
            limits(&cancel, 200),
            &mut |_| {},
        )
        .expect("sh runs");
        assert_eq!(finished.end, End::TimedOut);
        let child: i32 = finished.text().parse().expect("a number");
        let pid = rustix::process::Pid::from_raw(child).expect("not zero");
        assert!(
            (0..200).any(|_| {
                thread::sleep(TICK);
                // A zombie that init has not collected yet is gone, too.
                rustix::process::test_kill_process(pid).is_err()
                    || std::fs::read_to_string(format!("/proc/{child}/stat"))
                        .is_ok_and(|stat| stat.contains(") Z "))
            }),
            "the child still runs"
        );
    }

    #[test]
    fn a_process_that_ignores_the_polite_signal_is_killed() {
        let cancel = Cancel::default();
        cancel.cancel();
        let finished = run(
            &mut shell("trap '' TERM; sleep 60 & wait; sleep 60"),
            b"",
            limits(&cancel, 60_000),
            &mut |_| {},
        )
        .expect("sh runs");
        assert_eq!(finished.end, End::Cancelled);
    }

    #[test]
    fn a_process_is_stopped_when_it_has_printed_enough() {
        let cancel = Cancel::default();
        let limits = Limits {
            bytes: 10_000,
            ..limits(&cancel, 60_000)
        };
        let finished = run(&mut shell("yes"), b"", limits, &mut |_| {}).expect("sh runs");
        assert_eq!(finished.end, End::Enough);
        assert!(finished.out.len() >= 10_000);
    }

    #[test]
    fn the_end_of_a_long_output_is_not_lost() {
        let cancel = Cancel::default();
        let finished = run(
            &mut shell("seq 1 200000"),
            b"",
            limits(&cancel, 60_000),
            &mut |_| {},
        )
        .expect("sh runs");
        assert!(finished.text().ends_with("\n200000"));
    }

    #[test]
    fn streams_that_a_background_process_holds_open_do_not_hold_us() {
        let cancel = Cancel::default();
        let start = Instant::now();
        let finished = run(
            &mut shell("sleep 30 & echo started"),
            b"",
            limits(&cancel, 20_000),
            &mut |_| {},
        )
        .expect("sh runs");
        assert_eq!(
            (finished.end, finished.text().as_str()),
            (End::Exited(Some(0)), "started")
        );
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}
