//! The course of a proof: original first, since nothing can be held against a fix whose original does
//! not work here; then the fixed image, and the harder variants beside it.

use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::finding::Reason;
use crate::fix::{Learned, Need};
use crate::plan::PatchedFile;

use super::compare::{Pair, line, not_run, variant, why};
use super::complaints::is_complaint;
use super::container::{Blind, Runner, Seen, Wanted};
use super::context::changed_context;
use super::engine::Found;
use super::image::{Failure, Image, Source, build};
use super::learn::from_original;
use super::obstacles::{blind, fixed_fails, of_exit, original_fails, tail};
use super::process::Cancel;
use super::report::{Check, Line, LineResult, Obstacle, ObstacleKind, Proof, Times, Verdict};
use super::request::{Request, Watcher};
use super::session::{Role, Session};

/// A fixed file that wants to be proven.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Files of the build context that change with it.
    pub files: Vec<PatchedFile>,
    /// Ports that it listens on instead, each behind the one that the original listens on.
    pub moved_ports: Vec<(u16, u16)>,
    /// It starts as root on purpose and steps down.
    pub steps_down: bool,
}

/// A proof, and the fixed file that it is about, where there is one.
#[derive(Debug)]
pub struct Proven {
    /// What was compared, and the verdict.
    pub proof: Proof,
    /// What was built.
    pub candidate: Option<Candidate>,
}

/// Proves the fix that `plan` makes for `before`. It is called once, when the original is known to work,
/// with what was learned from it where that was asked for.
pub fn prove(
    engine: &Found,
    before: &[u8],
    plan: &dyn Fn(Option<&Learned>) -> Result<Candidate, Reason>,
    request: &Request,
    cancel: &Cancel,
    watcher: &dyn Watcher,
) -> Proven {
    let session = Session::new(engine);
    let mut course = Course {
        runner: Runner {
            engine,
            session: &session,
            running: &request.running,
            cancel,
        },
        request,
        watcher,
        lines: Vec::new(),
        learned: None,
        times: Times::default(),
        candidate: None,
    };
    let verdict = course.take(before, plan);
    let Course {
        lines,
        learned,
        times,
        candidate,
        ..
    } = course;
    watcher.step("removing containers and images");
    let left_behind = session.finish();
    Proven {
        proof: Proof {
            engine: engine.label(),
            stage: request.target.clone(),
            verdict: verdict.unwrap_or_else(Verdict::NotProvable),
            lines,
            learned,
            times,
            left_behind,
        },
        candidate,
    }
}

struct Course<'a> {
    runner: Runner<'a>,
    request: &'a Request,
    watcher: &'a dyn Watcher,
    lines: Vec<Line>,
    learned: Option<Learned>,
    times: Times,
    candidate: Option<Candidate>,
}

/// How long an original may take to show its ports and its health.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a fixed image gets beyond three times the original's own time.
const SLACK: Duration = Duration::from_secs(5);

const NO_CAPABILITIES: [&str; 4] = ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
/// What CRI-O gives its containers; Docker since 20.10 says 0 (moby/moby#41030).
const LOW_PORTS: [&str; 2] = ["--sysctl", "net.ipv4.ip_unprivileged_port_start=1024"];

impl Course<'_> {
    fn take(
        &mut self,
        before: &[u8],
        plan: &dyn Fn(Option<&Learned>) -> Result<Candidate, Reason>,
    ) -> Result<Verdict, Obstacle> {
        self.watcher.step("building the original");
        let start = Instant::now();
        let image = self
            .build(Role::Original, before, &[])
            .map_err(original_fails);
        self.times.build_original = start.elapsed();
        let image = image?;

        self.watcher.step("running the original");
        let start = Instant::now();
        let original = self.run_original(&image);
        self.times.run_original = start.elapsed();
        let original = original?;
        if self.request.running.learn {
            let learned = from_original(&self.runner, &original).map_err(blind)?;
            let unknown = "the engine does not tell what the original wrote";
            self.learned =
                Some(learned.ok_or_else(|| Obstacle::new(ObstacleKind::NotSeen, unknown))?);
        }
        // Two at a time would get in each other's way where they share something.
        self.runner.session.remove_container(&original.name);

        let candidate = plan(self.learned.as_ref())
            .map_err(|reason| Obstacle::new(ObstacleKind::NoFix, reason.text))?;
        let candidate = self.candidate.insert(candidate).clone();
        self.watcher.step("building the fixed image");
        let start = Instant::now();
        let fixed_image = self.build(Role::Fixed, &candidate.bytes, &candidate.files);
        self.times.build_fixed = start.elapsed();
        let fixed_image = match fixed_image {
            Ok(image) => image,
            Err(Failure::Build(lines)) => {
                self.lines.push(builds(&lines));
                fixed_fails(&lines)?;
                return Ok(self.verdict());
            }
            Err(failure) => return Err(original_fails(failure)),
        };
        self.lines.push(builds(&[]));

        self.watcher.step("running the fixed image");
        let start = Instant::now();
        let lines = self.compare(&image, &original, &fixed_image, &candidate);
        self.times.run_fixed = start.elapsed();
        self.lines.extend(lines?);
        if let Some(line) = unseen(&self.lines, original.is_checked()) {
            let what = format!("{} cannot be compared", line.check.title());
            let text = match line.evidence.first() {
                Some(evidence) => format!("{what}: {evidence}"),
                None => what,
            };
            return Err(Obstacle::new(ObstacleKind::NotSeen, text)
                .help("give a --check or --exec that passes when the container does its job"));
        }
        Ok(self.verdict())
    }

    fn build(
        &self,
        role: Role,
        dockerfile: &[u8],
        files: &[PatchedFile],
    ) -> Result<Image, Failure> {
        let session = self.runner.session;
        let changed = changed_context(&self.request.context, files)
            .map_err(|error| Failure::Engine(format!("cannot copy the build context: {error}")))?;
        let source = Source {
            dockerfile,
            context: changed
                .as_ref()
                .map_or(self.request.context.as_path(), TempDir::path),
        };
        let (engine, cancel) = (self.runner.engine, self.runner.cancel);
        build(
            engine,
            session,
            role,
            source,
            self.request,
            cancel,
            self.watcher,
        )
    }

    /// Runs the original, and says what keeps it from being an example.
    fn run_original(&self, image: &Image) -> Result<Seen, Obstacle> {
        let running = &self.request.running;
        let wanted = Wanted {
            image,
            role: Role::Original,
            options: &[],
            wait: running.wait,
            patience: running.wait.max(PATIENCE).min(running.timeout),
            like: None,
        };
        let seen = self.runner.run(&wanted).map_err(blind)?;
        if let Some(why) = &seen.refused {
            let text = format!("the original does not start: {why}");
            return Err(Obstacle::new(ObstacleKind::OriginalDoesNotStart, text)
                .help("give it what it needs: --run-arg, or its command behind `--`"));
        }
        for (outcome, option) in [(&seen.check, "--check"), (&seen.exec, "--exec")] {
            let Some(outcome) = outcome.as_ref().filter(|outcome| !outcome.passed) else {
                continue;
            };
            let text = match seen.ended {
                Some(code) if option == "--exec" => {
                    format!(
                        "the original has ended with code {code}, and --exec needs one that stays up"
                    )
                }
                _ => format!("{option} fails on the original already: {}", outcome.said),
            };
            return Err(Obstacle::new(ObstacleKind::CheckFailsOnOriginal, text)
                .evidence(tail(seen.lines())));
        }
        let nothing = || {
            let unwritten = seen.changes.as_ref().is_none_or(Vec::is_empty);
            !seen.is_checked() && seen.lines().is_empty() && unwritten
        };
        match seen.ended {
            Some(code) if code != 0 => Err(of_exit(code, seen.lines())),
            Some(_) if nothing() => Err(Obstacle::new(
                ObstacleKind::NeedsArguments,
                "the original ends at once with code 0, prints nothing and writes nothing: there is nothing to compare",
            )
            .help("give it a command behind `--`, or a --check")),
            _ => Ok(seen),
        }
    }

    /// Runs the fixed image and its variants: side by side, unless they would share something.
    fn compare(
        &self,
        image: &Image,
        original: &Seen,
        fixed_image: &Image,
        candidate: &Candidate,
    ) -> Result<Vec<Line>, Obstacle> {
        let running = &self.request.running;
        let wanted = |role, options| Wanted {
            image: fixed_image,
            role,
            options,
            wait: running.wait,
            patience: (original.after * 3 + SLACK)
                .max(running.wait)
                .min(running.timeout),
            like: Some(original),
        };
        let low = original
            .ports
            .as_ref()
            .is_some_and(|ports| ports.iter().any(|port| port.number < 1024))
            && !running.shares_host_network();
        let run_fixed = || self.runner.run(&wanted(Role::Fixed, &[]));
        let run_bare = || {
            self.runner
                .run(&wanted(Role::NoCapabilities, &NO_CAPABILITIES))
        };
        let run_low = || low.then(|| self.runner.run(&wanted(Role::LowPorts, &LOW_PORTS)));
        let (fixed, bare, low_ports) = if running.shares() {
            let one = |seen: Result<Seen, Blind>| {
                if let Ok(seen) = &seen {
                    self.runner.session.remove_container(&seen.name);
                }
                seen
            };
            (one(run_fixed()), one(run_bare()), run_low().map(one))
        } else {
            thread::scope(|scope| {
                let (bare, low) = (scope.spawn(run_bare), scope.spawn(run_low));
                let gone = || Err(Blind::Engine("a thread of the proof failed".into()));
                let fixed = run_fixed();
                let bare = bare.join().unwrap_or_else(|_| gone());
                (fixed, bare, low.join().unwrap_or_else(|_| Some(gone())))
            })
        };
        let mut fixed = fixed.map_err(blind)?;
        if has_lost_its_log(original, &fixed) {
            self.runner.session.remove_container(&fixed.name);
            fixed = run_fixed().map_err(blind)?;
        }
        let learned = self.learned.iter().flat_map(|learned| &learned.paths);
        let made = learned.filter(|known| matches!(known.need, Need::Folder | Need::File));
        let made: Vec<&str> = made.map(|known| known.path.as_str()).collect();
        let pair = Pair {
            images: (image, fixed_image),
            original,
            fixed: &fixed,
            steps_down: candidate.steps_down,
            moved_ports: &candidate.moved_ports,
            made,
            wait: running.wait,
        };
        let mut lines = pair.lines();
        let variants = [
            (Check::NoCapabilities, NO_CAPABILITIES.join(" "), Some(bare)),
            (Check::LowPorts, LOW_PORTS.join(" "), low_ports),
        ];
        for (check, how, seen) in variants {
            match seen {
                Some(Ok(seen)) => {
                    let made = pair.made.clone();
                    let with = Pair {
                        fixed: &seen,
                        made,
                        ..pair
                    };
                    lines.push(variant(check, &how, &with));
                }
                Some(Err(Blind::Engine(why))) => lines.push(not_run(check, &how, &why)),
                Some(Err(cancelled)) => return Err(blind(cancelled)),
                None => {}
            }
        }
        Ok(lines)
    }

    /// The first bad line decides; extra lines only when they are to count.
    fn verdict(&self) -> Verdict {
        let strict = self.request.running.strict;
        let mut lines = self.lines.iter();
        let Some(line) =
            lines.find(|line| line.result == LineResult::Bad && (strict || !line.extra))
        else {
            return Verdict::Proven;
        };
        let missed = |line: &Line| {
            line.check == Check::Writes && line.result == LineResult::Bad
                || line.evidence.iter().any(|evidence| is_complaint(evidence))
        };
        let help = self.lines.iter().any(missed) && !self.request.running.learn;
        Verdict::Broken {
            check: line.check,
            why: why(line),
            help: help.then(|| {
                "--learn runs the original first and lets the user own what it writes".into()
            }),
        }
    }
}

fn builds(lines: &[String]) -> Line {
    let built = lines.is_empty();
    let fixed = if built { "yes" } else { "no" };
    Line {
        evidence: tail(lines),
        ..line(Check::Builds, built, "yes".into(), fixed.into())
    }
}

/// A busy engine forgets what a container printed that ends at once: it waits two seconds for it (moby,
/// `daemon/monitor.go`). One that printed nothing at all where the original did is run once more.
fn has_lost_its_log(original: &Seen, fixed: &Seen) -> bool {
    let silent = fixed.log.as_ref().is_ok_and(Vec::is_empty);
    fixed.ended.is_some() && fixed.ended == original.ended && silent && !original.lines().is_empty()
}

/// A line that matters and could not be seen, where nothing else is wrong. A check of the user's own
/// stands for all of them but the users of the processes.
fn unseen(lines: &[Line], checked: bool) -> Option<&Line> {
    let bad = |line: &Line| line.result == LineResult::Bad && !line.extra;
    if lines.iter().any(bad) {
        return None;
    }
    lines.iter().find(|line| {
        line.result == LineResult::NotSeen
            && !line.extra
            && (!checked || matches!(line.check, Check::Processes | Check::State))
    })
}
