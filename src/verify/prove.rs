//! The course of a proof: original first, since nothing can be held against a fix whose original does
//! not work here; then the fixed image, and the harder variants beside it.

use std::thread;
use std::time::{Duration, Instant};

use crate::finding::Reason;
use crate::fix::Learned;

use super::compare::{Pair, variant, why};
use super::container::{Blind, Runner, Seen, Wanted};
use super::engine::Found;
use super::files::{leaves, not_written};
use super::image::{Failure, Image, build};
use super::learn::from_original;
use super::obstacles::{blind, fixed_fails, of_build, of_exit, original_fails, tail};
use super::process::Cancel;
use super::report::{Check, Line, LineResult, Obstacle, ObstacleKind, Proof, Times, Verdict};
use super::request::{Request, Watcher};
use super::session::Session;

/// A fixed file that wants to be proven.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// It starts as root on purpose and steps down.
    pub steps_down: bool,
}

/// A proof, and the fixed file that it is about, where there is one.
#[derive(Debug)]
pub struct Proven {
    /// What was compared, and the verdict.
    pub proof: Proof,
    /// The bytes that were built.
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
    let mut proven = Proven {
        proof: Proof {
            engine: engine.label(),
            stage: request.target.clone(),
            verdict: Verdict::Proven,
            lines: Vec::new(),
            learned: None,
            times: Times::default(),
        },
        candidate: None,
    };
    let session = Session::new(engine);
    let course = Course {
        runner: Runner {
            engine,
            session: &session,
            running: &request.running,
            cancel,
        },
        request,
        watcher,
    };
    let verdict = course.take(before, plan, &mut proven);
    watcher.step("removing containers and images");
    drop(session);
    proven.proof.verdict = verdict.unwrap_or_else(Verdict::NotProvable);
    proven
}

struct Course<'a> {
    runner: Runner<'a>,
    request: &'a Request,
    watcher: &'a dyn Watcher,
}

/// How long an original may take to show its ports and its health.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a fixed image gets beyond three times the original's own time.
const SLACK: Duration = Duration::from_secs(8);

const NO_CAPABILITIES: [&str; 4] = ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
/// What CRI-O gives its containers; Docker since 20.10 says 0 (moby/moby#41030).
const LOW_PORTS: [&str; 2] = ["--sysctl", "net.ipv4.ip_unprivileged_port_start=1024"];

impl Course<'_> {
    fn take(
        &self,
        before: &[u8],
        plan: &dyn Fn(Option<&Learned>) -> Result<Candidate, Reason>,
        proven: &mut Proven,
    ) -> Result<Verdict, Obstacle> {
        self.watcher.step("building the original");
        let image = self.build("original", before).map_err(original_fails)?;
        proven.proof.times.build_original = image.took;
        self.watcher.step("running the original");
        let start = Instant::now();
        let original = self.run_original(&image)?;
        proven.proof.times.run_original = start.elapsed();

        if self.request.running.learn {
            let learned = from_original(&self.runner, &image, &original).map_err(blind)?;
            proven.proof.learned = Some(learned.ok_or_else(|| Obstacle {
                kind: ObstacleKind::NotSeen,
                text: "the engine does not tell what the original wrote".into(),
                help: None,
                evidence: Vec::new(),
            })?);
        }
        let candidate = plan(proven.proof.learned.as_ref()).map_err(|reason| Obstacle {
            kind: ObstacleKind::NoFix,
            text: reason.text,
            help: None,
            evidence: Vec::new(),
        })?;
        let candidate = proven.candidate.insert(candidate);

        self.watcher.step("building the fixed image");
        let fixed_image = match self.build("fixed", &candidate.bytes) {
            Ok(image) => image,
            Err(Failure::Build(lines)) => {
                let obstacle = of_build(&lines);
                if obstacle.kind == ObstacleKind::NeedsNetwork {
                    return Err(obstacle);
                }
                proven.proof.lines.push(builds(&lines));
                return Ok(verdict(&proven.proof.lines, self.request.running.strict));
            }
            Err(failure) => return Err(fixed_fails(failure)),
        };
        proven.proof.times.build_fixed = fixed_image.took;
        proven.proof.lines.push(builds(&[]));
        self.watcher.step("running the fixed image");
        let start = Instant::now();
        let steps_down = candidate.steps_down;
        let lines = self.compare(&image, &original, &fixed_image, steps_down)?;
        proven.proof.times.run_fixed = start.elapsed();
        proven.proof.lines.extend(lines);
        let has_check = original.check.is_some() || original.exec.is_some();
        if let Some(line) = unseen(&proven.proof.lines).filter(|_| !has_check) {
            return Err(Obstacle {
                kind: ObstacleKind::NotSeen,
                text: format!("{} cannot be seen with this engine", line.check.title()),
                help: Some(
                    "give a --check or --exec that passes when the container does its job".into(),
                ),
                evidence: line.evidence.clone(),
            });
        }
        Ok(verdict(&proven.proof.lines, self.request.running.strict))
    }

    fn build(&self, role: &str, dockerfile: &[u8]) -> Result<Image, Failure> {
        build(
            self.runner.engine,
            self.runner.session,
            role,
            dockerfile,
            self.request,
            self.runner.cancel,
            self.watcher,
        )
    }

    /// Runs the original, and says what keeps it from being an example.
    fn run_original(&self, image: &Image) -> Result<Seen, Obstacle> {
        let running = &self.request.running;
        let wanted = Wanted {
            image,
            role: "original",
            options: &[],
            wait: running.wait,
            patience: running.wait.max(PATIENCE).min(running.timeout),
            like: None,
        };
        let seen = self.runner.run(&wanted).map_err(blind)?;
        if let Some(why) = &seen.refused {
            return Err(Obstacle {
                kind: ObstacleKind::OriginalDoesNotStart,
                text: format!("the original does not start: {why}"),
                help: Some("give it what it needs: --run-arg, or its command behind `--`".into()),
                evidence: Vec::new(),
            });
        }
        for (outcome, option) in [(&seen.check, "--check"), (&seen.exec, "--exec")] {
            if let Some(outcome) = outcome.as_ref().filter(|outcome| !outcome.passed) {
                return Err(Obstacle {
                    kind: ObstacleKind::CheckFailsOnOriginal,
                    text: format!("{option} fails on the original already: {}", outcome.said),
                    help: None,
                    evidence: tail(&seen.log),
                });
            }
        }
        let checked = seen.check.is_some() || seen.exec.is_some();
        match seen.ended {
            Some(code) if code != 0 => Err(of_exit(code, &seen.log)),
            Some(_) if !checked && seen.log.is_empty() && self.wrote_nothing(image, &seen)? => Err(Obstacle {
                kind: ObstacleKind::NeedsArguments,
                text: "the original ends at once with code 0, prints nothing and writes nothing: there is nothing to compare".into(),
                help: Some("give it a command behind `--`, or a --check".into()),
                evidence: Vec::new(),
            }),
            _ => Ok(seen),
        }
    }

    fn wrote_nothing(&self, image: &Image, seen: &Seen) -> Result<bool, Obstacle> {
        let changes = self.runner.changes(&seen.name, image).map_err(blind)?;
        Ok(changes.is_none_or(|changes| changes.is_empty()))
    }

    /// Runs the fixed image and its variants side by side.
    fn compare(
        &self,
        image: &Image,
        original: &Seen,
        fixed_image: &Image,
        steps_down: bool,
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
            .is_some_and(|ports| ports.iter().any(|port| *port < 1024))
            && !running.shares_host_network();
        let (fixed, bare, low_ports) = thread::scope(|scope| {
            let bare = scope.spawn(|| {
                self.runner
                    .run(&wanted("no-capabilities", &NO_CAPABILITIES))
            });
            let low_ports =
                low.then(|| scope.spawn(|| self.runner.run(&wanted("low-ports", &LOW_PORTS))));
            let fixed = self.runner.run(&wanted("fixed", &[]));
            (fixed, joined(bare), low_ports.map(joined))
        });
        let fixed = fixed.map_err(blind)?;
        let pair = |seen| Pair {
            images: (image, fixed_image),
            original,
            fixed: seen,
            steps_down,
            named_uid: self.named_uid(fixed_image, seen),
        };
        let mut lines = pair(&fixed).lines();
        lines.extend(self.writes((image, original), (fixed_image, &fixed))?);
        let bare = bare.map_err(blind)?;
        lines.push(variant(
            Check::NoCapabilities,
            &NO_CAPABILITIES.join(" "),
            &pair(&bare),
        ));
        if let Some(seen) = low_ports {
            let seen = seen.map_err(blind)?;
            lines.push(variant(Check::LowPorts, &LOW_PORTS.join(" "), &pair(&seen)));
        }
        Ok(lines)
    }

    /// The uid behind `USER name`, where no process tells it.
    fn named_uid(&self, image: &Image, seen: &Seen) -> Option<u32> {
        let name = image.config.user.split(':').next().unwrap_or_default();
        let unseen = seen.processes.is_empty() && seen.refused.is_none();
        (unseen && !name.is_empty() && name.parse::<u32>().is_err())
            .then(|| self.runner.uid_of(&seen.name, name))
            .flatten()
    }

    fn writes(
        &self,
        original: (&Image, &Seen),
        fixed: (&Image, &Seen),
    ) -> Result<Option<Line>, Obstacle> {
        if fixed.1.refused.is_some() {
            return Ok(None);
        }
        let changes =
            |(image, seen): (&Image, &Seen)| self.runner.changes(&seen.name, image).map_err(blind);
        let (before, after) = (changes(original)?, changes(fixed)?);
        let (Some(before), Some(after)) = (before, after) else {
            return Ok(None);
        };
        if before.is_empty() {
            return Ok(None);
        }
        let missing = not_written(&before, &after);
        Ok(Some(Line {
            check: Check::Writes,
            result: if missing.is_empty() {
                LineResult::Fine
            } else {
                LineResult::Bad
            },
            original: paths(leaves(&before).count()),
            fixed: paths(leaves(&after).count()),
            evidence: missing
                .iter()
                .take(12)
                .map(|path| format!("only the original wrote {path}"))
                .collect(),
        }))
    }
}

fn paths(number: usize) -> String {
    match number {
        1 => "1 path".into(),
        number => format!("{number} paths"),
    }
}

/// A thread that panics has seen nothing.
fn joined(handle: thread::ScopedJoinHandle<'_, Result<Seen, Blind>>) -> Result<Seen, Blind> {
    handle
        .join()
        .unwrap_or_else(|_| Err(Blind::Engine("a thread of the proof failed".into())))
}

fn builds(lines: &[String]) -> Line {
    let failed = !lines.is_empty();
    Line {
        check: Check::Builds,
        result: if failed {
            LineResult::Bad
        } else {
            LineResult::Fine
        },
        original: "yes".into(),
        fixed: if failed { "no" } else { "yes" }.into(),
        evidence: tail(lines),
    }
}

/// The first bad line decides; extra lines only when they are to count.
fn verdict(lines: &[Line], strict: bool) -> Verdict {
    let bad = lines
        .iter()
        .find(|line| line.result == LineResult::Bad && (strict || !line.check.is_extra()));
    match bad {
        Some(line) => Verdict::Broken {
            check: line.check,
            why: why(line),
        },
        None => Verdict::Proven,
    }
}

/// A line that matters and could not be seen, where nothing else is wrong.
fn unseen(lines: &[Line]) -> Option<&Line> {
    let bad = lines
        .iter()
        .any(|line| line.result == LineResult::Bad && !line.check.is_extra());
    lines
        .iter()
        .find(|line| !bad && line.result == LineResult::NotSeen && !line.check.is_extra())
}
