//! Runs an image and watches it: until it ends, or has stayed up and shows what was waited for.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::checks::{self, Outcome};
use super::engine::Found;
use super::files::Change;
use super::image::Image;
use super::inspect::State;
use super::process::{Cancel, End, Finished, Limits, run, sleep};
use super::processes::{Local, Process, of_top};
use super::request::Running;
use super::session::{Role, Session};
use super::sockets::{Port, listening};

/// How long one call of the engine may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a container of this machine is looked at: its first moments matter most.
const TICK: Duration = Duration::from_millis(40);
const LATER: Duration = Duration::from_millis(150);
const FIRST: Duration = Duration::from_secs(2);
/// How often its ports are looked at: the kernel walks a large table for that.
const PORTS: Duration = Duration::from_millis(300);
/// How often the engine is asked about it.
const ASKED: Duration = Duration::from_millis(400);
/// A program that listens on some of the ports that EXPOSE names gets so long for the others.
const OTHER_PORTS: Duration = Duration::from_secs(10);
/// Lines of a log that are read.
const LOG_LINES: &str = "20000";

/// What is run, and what is waited for.
pub(super) struct Wanted<'a> {
    pub(super) image: &'a Image,
    pub(super) role: Role,
    /// Options of `run` beside the user's.
    pub(super) options: &'a [&'a str],
    /// It must stay up for so long.
    pub(super) wait: Duration,
    /// Beyond that, what it must show is waited for until so much time has passed.
    pub(super) patience: Duration,
    /// What it must show; without it the image's EXPOSE and HEALTHCHECK.
    pub(super) like: Option<&'a Seen>,
}

/// What was seen of a container.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// What the engine calls it.
    pub(super) name: String,
    /// Why the engine could not start it.
    pub(super) refused: Option<String>,
    /// The code that it ended with; none: it is up.
    pub(super) ended: Option<i32>,
    /// How long it took to end or to show what was waited for.
    pub(super) after: Duration,
    /// None: they cannot be seen.
    pub(super) ports: Option<BTreeSet<Port>>,
    /// None: the image has no check, or there is no answer yet.
    pub(super) healthy: Option<bool>,
    /// All that was seen.
    pub(super) processes: BTreeSet<Process>,
    /// At the last look.
    pub(super) at_the_end: BTreeSet<Process>,
    /// Or why it cannot be read.
    pub(super) log: Result<Vec<String>, String>,
    pub(super) check: Option<Outcome>,
    pub(super) exec: Option<Outcome>,
    /// What it wrote; none when the engine does not tell.
    pub(super) changes: Option<Vec<Change>>,
    /// The uid behind a `USER name`, where no process tells it.
    pub(super) named_uid: Option<u32>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            name: String::new(),
            refused: None,
            ended: None,
            after: Duration::ZERO,
            ports: None,
            healthy: None,
            processes: BTreeSet::new(),
            at_the_end: BTreeSet::new(),
            log: Ok(Vec::new()),
            check: None,
            exec: None,
            changes: None,
            named_uid: None,
        }
    }
}

impl Seen {
    /// The lines of the log, where they can be read.
    pub(super) fn lines(&self) -> &[String] {
        self.log.as_deref().unwrap_or_default()
    }

    /// A check of the user's says whether it does its job.
    pub(super) const fn is_checked(&self) -> bool {
        self.check.is_some() || self.exec.is_some()
    }
}

/// Why nothing was seen.
#[derive(Debug)]
pub(super) enum Blind {
    Cancelled,
    Engine(String),
}

/// Runs containers of one proof.
pub(super) struct Runner<'a> {
    pub(super) engine: &'a Found,
    pub(super) session: &'a Session<'a>,
    pub(super) running: &'a Running,
    pub(super) cancel: &'a Cancel,
}

impl Runner<'_> {
    /// Starts what is wanted, watches it, and checks it. The container is left for whoever wants to
    /// look into it: [`Session`] removes it.
    pub(super) fn run(&self, wanted: &Wanted<'_>) -> Result<Seen, Blind> {
        let name = self.session.container(wanted.role);
        let mut seen = Seen {
            name: name.clone(),
            ..Seen::default()
        };
        let args = self.run_args(wanted, &name);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        // Not called off in the middle: what is being made must be known.
        let finished = self.engine_call(&args, Limits::whole(PATIENCE))?;
        let start = Instant::now();
        match finished.end {
            End::Exited(Some(0)) => {}
            End::Exited(Some(_)) => {
                seen.refused = Some(finished.complaint());
                return Ok(seen);
            }
            End::Exited(None) | End::TimedOut | End::Cancelled | End::Enough => {
                return Err(Blind::Engine(
                    "the call that starts the container did not come back".into(),
                ));
            }
        }
        self.watch(wanted, &mut seen, start)?;
        // What has ended where it should be up shows nothing any more.
        let broken = wanted
            .like
            .is_some_and(|like| like.ended.is_none() && seen.ended.is_some());
        if !broken {
            self.check(&mut seen)?;
        }
        let inspected = self.inspect(&name)?;
        if seen.ended.is_none() && !inspected.state.running {
            seen.ended = Some(inspected.state.exit_code);
            seen.after = start.elapsed();
        }
        // What a check made the program say counts, too.
        seen.log = self.log(&name)?;
        // A harder variant only has to work.
        if matches!(wanted.role, Role::Original | Role::Fixed) {
            seen.changes = self.changes(&name, &inspected.mounts())?;
        }
        let user = wanted
            .image
            .config
            .user
            .split(':')
            .next()
            .unwrap_or_default();
        if seen.processes.is_empty() && !user.is_empty() {
            seen.named_uid = self.uid_of(&name, user)?;
        }
        Ok(seen)
    }

    fn run_args(&self, wanted: &Wanted<'_>, name: &str) -> Vec<String> {
        let mut args: Vec<String> = ["run", "--detach", "--name", name, "--pull", "never"]
            .map(str::to_owned)
            .to_vec();
        args.extend(["--label".to_owned(), self.session.label()]);
        if let Some(network) = &self.running.network {
            args.extend(["--network".to_owned(), network.clone()]);
        }
        if wanted.image.config.has_health_check {
            let options = self.engine.engine.health_options().iter();
            args.extend(options.map(|&option| option.to_owned()));
        }
        args.extend(wanted.options.iter().map(|&option| option.to_owned()));
        args.extend(self.running.run_options.iter().cloned());
        args.push(wanted.image.name.clone());
        args.extend(self.running.arguments.iter().cloned());
        args
    }

    fn watch(&self, wanted: &Wanted<'_>, seen: &mut Seen, start: Instant) -> Result<(), Blind> {
        let inspected = self.inspect(&seen.name)?;
        let mut local = Local::find(&inspected.id, inspected.state.pid);
        let mut state = inspected.state;
        let mut asked = Instant::now();
        let mut ready: Option<Duration> = None;
        let mut ports_at = Duration::ZERO;
        loop {
            if self.cancel.is_cancelled() {
                return Err(Blind::Cancelled);
            }
            let running = match &local {
                Some(local) => local.is_running(),
                None => state.running,
            };
            let elapsed = start.elapsed();
            if running {
                self.look(local.as_mut(), seen)?;
                if elapsed >= ports_at {
                    self.look_at_ports(local.as_ref(), seen)?;
                    ports_at = elapsed + PORTS;
                }
            } else {
                state = self.inspect(&seen.name)?.state;
                if !state.running {
                    seen.ended = Some(state.exit_code);
                    seen.after = start.elapsed();
                    return Ok(());
                }
            }
            // A container of this machine need not be asked for whether it runs.
            let ask = local.is_none() || wanted.image.config.has_health_check;
            if ask && asked.elapsed() >= ASKED {
                state = self.inspect(&seen.name)?.state;
                asked = Instant::now();
                self.health(wanted, seen, &state)?;
            }
            if ready.is_none() && is_ready(wanted, seen, elapsed) {
                ready = Some(elapsed);
            }
            if elapsed >= wanted.wait && (ready.is_some() || elapsed >= wanted.patience) {
                seen.after = ready.unwrap_or(elapsed);
                return Ok(());
            }
            let pause = match &local {
                Some(_) if elapsed < FIRST => TICK,
                Some(_) => LATER,
                None => ASKED,
            };
            sleep(pause, self.cancel);
        }
    }

    /// Processes at this moment.
    fn look(&self, local: Option<&mut Local>, seen: &mut Seen) -> Result<(), Blind> {
        let processes = match local {
            Some(local) => local.processes(),
            None => self.top(&seen.name)?,
        };
        if !processes.is_empty() {
            seen.at_the_end = processes.iter().cloned().collect();
        }
        seen.processes.extend(processes);
        Ok(())
    }

    /// Ports at this moment.
    fn look_at_ports(&self, local: Option<&Local>, seen: &mut Seen) -> Result<(), Blind> {
        let ports = match local {
            Some(local) => local.ports(),
            None => self.ports_inside(&seen.name)?,
        };
        if !self.running.shares_host_network() && ports.is_some() {
            seen.ports = ports;
        }
        Ok(())
    }

    fn top(&self, name: &str) -> Result<Vec<Process>, Blind> {
        let columns = self.engine.engine.top_columns().iter().copied();
        let args: Vec<&str> = ["top", name].into_iter().chain(columns).collect();
        let finished = self.call(&args)?;
        Ok(if finished.success() {
            of_top(&finished.text())
        } else {
            Vec::new()
        })
    }

    /// The kernel's tables as the container sees them; for engines on another machine.
    fn ports_inside(&self, name: &str) -> Result<Option<BTreeSet<Port>>, Blind> {
        let tables = ["tcp", "tcp6", "udp", "udp6"].map(|name| format!("/proc/net/{name}"));
        let args = ["exec", name, "cat"].into_iter();
        let args: Vec<&str> = args.chain(tables.iter().map(String::as_str)).collect();
        let finished = self.call(&args)?;
        let text = String::from_utf8_lossy(&finished.out).into_owned();
        Ok(text.contains("local_address").then(|| listening(&text)))
    }

    fn health(&self, wanted: &Wanted<'_>, seen: &mut Seen, state: &State) -> Result<(), Blind> {
        if !wanted.image.config.has_health_check {
            return Ok(());
        }
        seen.healthy = if let Some(command) = self.engine.engine.health_command() {
            let args: Vec<&str> = command
                .iter()
                .copied()
                .chain([seen.name.as_str()])
                .collect();
            Some(self.call(&args)?.success())
        } else {
            match state.health.as_ref().map(|health| health.status.as_str()) {
                Some("healthy") => Some(true),
                Some("unhealthy") => Some(false),
                // Not checked yet.
                _ => None,
            }
        };
        Ok(())
    }

    fn check(&self, seen: &mut Seen) -> Result<(), Blind> {
        if self.running.check.is_none() && self.running.exec.is_none() {
            return Ok(());
        }
        let pid = match seen.ended {
            None => self.inspect(&seen.name)?.state.pid,
            Some(_) => 0,
        };
        let subject = checks::Subject {
            engine: self.engine,
            container: &seen.name,
            pid,
            patience: self.running.wait.max(Duration::from_secs(3)),
            timeout: self.running.timeout,
            cancel: self.cancel,
        };
        seen.check = self
            .running
            .check
            .as_ref()
            .map(|command| subject.on_host(command));
        seen.exec = self
            .running
            .exec
            .as_ref()
            .map(|command| subject.inside(command));
        if self.cancel.is_cancelled() {
            return Err(Blind::Cancelled);
        }
        Ok(())
    }

    /// The last lines of what it printed, or why they cannot be read.
    fn log(&self, name: &str) -> Result<Result<Vec<String>, String>, Blind> {
        let finished = self.call(&["logs", "--tail", LOG_LINES, name])?;
        if !finished.success() {
            return Ok(Err(finished.complaint()));
        }
        let text = [finished.out.as_slice(), finished.err.as_slice()].concat();
        Ok(Ok(String::from_utf8_lossy(&text)
            .lines()
            .map(|line| line.trim_end().to_owned())
            .filter(|line| !line.is_empty())
            .collect()))
    }

    /// A call of the engine that can be called off.
    pub(super) fn call(&self, args: &[&str]) -> Result<Finished, Blind> {
        let finished = self.engine_call(args, Limits::of(PATIENCE, self.cancel))?;
        match finished.end {
            End::Cancelled => Err(Blind::Cancelled),
            End::TimedOut => Err(Blind::Engine(format!(
                "{} {} takes too long",
                self.engine.name(),
                args.first().unwrap_or(&"")
            ))),
            End::Exited(_) | End::Enough => Ok(finished),
        }
    }

    pub(super) fn engine_call(&self, args: &[&str], limits: Limits<'_>) -> Result<Finished, Blind> {
        if self.cancel.is_cancelled() {
            return Err(Blind::Cancelled);
        }
        run(&mut self.engine.command(args), b"", limits, &mut |_| {})
            .map_err(|error| Blind::Engine(format!("cannot run {}: {error}", self.engine.name())))
    }
}

/// True when the container shows what is waited for, `elapsed` after its start.
fn is_ready(wanted: &Wanted<'_>, seen: &Seen, elapsed: Duration) -> bool {
    let Some(like) = wanted.like else {
        let exposed = &wanted.image.config.exposed;
        let listens = seen.ports.as_ref().is_none_or(|ports| {
            ports.is_superset(exposed) || (!ports.is_empty() && elapsed >= OTHER_PORTS)
        });
        let healthy = !wanted.image.config.has_health_check || seen.healthy == Some(true);
        return listens && healthy;
    };
    let listens = match (&like.ports, &seen.ports) {
        (Some(before), Some(after)) => {
            super::compare::missing_ports(before, after, &wanted.image.config.exposed).is_empty()
        }
        _ => true,
    };
    let healthy = like.healthy != Some(true) || seen.healthy == Some(true);
    like.ended.is_none() && listens && healthy
}

#[cfg(test)]
mod tests {
    use super::super::image::Config;
    use super::*;

    fn ready(config: Config, like: Option<&Seen>, seen: &Seen) -> bool {
        ready_after(config, like, seen, Duration::from_secs(5))
    }

    fn ready_after(config: Config, like: Option<&Seen>, seen: &Seen, elapsed: Duration) -> bool {
        let image = Image {
            name: String::new(),
            config,
        };
        is_ready(
            &Wanted {
                image: &image,
                role: Role::Original,
                options: &[],
                wait: Duration::ZERO,
                patience: Duration::ZERO,
                like,
            },
            seen,
            elapsed,
        )
    }

    fn tcp(ports: &[u16]) -> BTreeSet<Port> {
        let ports = ports.iter();
        ports.map(|&number| Port { number, udp: false }).collect()
    }

    fn with_ports(ports: &[u16]) -> Seen {
        Seen {
            ports: Some(tcp(ports)),
            ..Seen::default()
        }
    }

    #[test]
    fn an_original_is_ready_when_it_listens_and_is_healthy() {
        let exposes = || Config {
            exposed: tcp(&[80, 81]),
            ..Config::default()
        };
        assert!(ready(Config::default(), None, &with_ports(&[])));
        assert!(!ready(exposes(), None, &with_ports(&[])));
        assert!(ready(exposes(), None, &with_ports(&[80, 81, 9000])));
        let some = with_ports(&[80]);
        assert!(!ready(exposes(), None, &some), "the other may come");
        assert!(ready_after(exposes(), None, &some, Duration::from_secs(11)));
        let checked = || Config {
            has_health_check: true,
            ..Config::default()
        };
        let mut seen = with_ports(&[]);
        assert!(!ready(checked(), None, &seen));
        seen.healthy = Some(true);
        assert!(ready(checked(), None, &seen));
    }

    #[test]
    fn the_fixed_one_is_ready_when_it_shows_all_that_the_original_did() {
        let original = with_ports(&[80, 443]);
        assert!(!ready(
            Config::default(),
            Some(&original),
            &with_ports(&[80])
        ));
        assert!(ready(
            Config::default(),
            Some(&original),
            &with_ports(&[80, 443, 9000])
        ));
        let ended = Seen {
            ended: Some(0),
            ..Seen::default()
        };
        assert!(
            !ready(Config::default(), Some(&ended), &with_ports(&[])),
            "its end is waited for"
        );
    }
}
