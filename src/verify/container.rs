//! Runs an image and watches it: until it ends, or has stayed up and shows what was waited for.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::checks::{self, Outcome};
use super::engine::Found;
use super::image::Image;
use super::inspect::State;
use super::process::{Cancel, Finished, Limits, run, sleep};
use super::processes::{Local, Process, of_top};
use super::request::Running;
use super::session::Session;

/// How long one call of the engine may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a container of this machine is looked at: its first moments matter most.
const TICK: Duration = Duration::from_millis(40);
/// How often the engine is asked about it.
const ASKED: Duration = Duration::from_millis(400);

/// What is run, and what is waited for.
pub(super) struct Wanted<'a> {
    pub(super) image: &'a Image,
    /// What the container is called after.
    pub(super) role: &'static str,
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
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// Its name, as long as it is there.
    pub(super) name: String,
    /// Why the engine could not start it.
    pub(super) refused: Option<String>,
    /// The code that it ended with; none: it is up.
    pub(super) ended: Option<i32>,
    /// How long it took to end or to show what was waited for.
    pub(super) after: Duration,
    /// None: they cannot be seen.
    pub(super) ports: Option<BTreeSet<u16>>,
    /// None: the image has no check, or the engine cannot run it.
    pub(super) healthy: Option<bool>,
    /// All that was seen, and how often.
    pub(super) processes: BTreeMap<Process, usize>,
    /// At the last look.
    pub(super) at_the_end: BTreeSet<Process>,
    pub(super) log: Vec<String>,
    pub(super) check: Option<Outcome>,
    pub(super) exec: Option<Outcome>,
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
        let finished = self.call(self.run_args(wanted, &name))?;
        let start = Instant::now();
        if !finished.success() {
            seen.refused = Some(finished.complaint());
            return Ok(seen);
        }
        self.watch(wanted, &mut seen, start)?;
        let broken = wanted
            .like
            .is_some_and(|like| like.ended.is_none() && seen.ended.is_some());
        if !broken {
            self.check(&mut seen)?;
        }
        // What a check made the program say counts, too.
        seen.log = self.log(&name)?;
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
            args.extend(
                self.engine
                    .engine
                    .health_options()
                    .iter()
                    .map(|&o| o.into()),
            );
        }
        args.extend(wanted.options.iter().map(|&option| option.to_owned()));
        args.extend(self.running.run_options.iter().cloned());
        args.push(wanted.image.name.clone());
        args.extend(self.running.arguments.iter().cloned());
        args
    }

    fn watch(&self, wanted: &Wanted<'_>, seen: &mut Seen, start: Instant) -> Result<(), Blind> {
        let inspected = self.inspect(&seen.name)?;
        let local = Local::find(&inspected.id, inspected.state.pid);
        let mut state = inspected.state;
        let mut asked = Instant::now();
        let mut ready: Option<Duration> = None;
        loop {
            if self.cancel.is_cancelled() {
                return Err(Blind::Cancelled);
            }
            let running = match &local {
                Some(local) => local.is_running(),
                None => state.running,
            };
            if running {
                self.look(local.as_ref(), seen)?;
            } else {
                state = self.inspect(&seen.name)?.state;
                if !state.running {
                    seen.ended = Some(state.exit_code);
                    seen.after = start.elapsed();
                    return Ok(());
                }
            }
            if asked.elapsed() >= ASKED {
                state = self.inspect(&seen.name)?.state;
                asked = Instant::now();
                self.health(wanted, seen, &state)?;
            }
            if ready.is_none() && is_ready(wanted, seen) {
                ready = Some(start.elapsed());
            }
            let elapsed = start.elapsed();
            if elapsed >= wanted.wait && (ready.is_some() || elapsed >= wanted.patience) {
                seen.after = ready.unwrap_or(elapsed);
                return Ok(());
            }
            sleep(if local.is_some() { TICK } else { ASKED }, self.cancel);
        }
    }

    /// Processes and ports at this moment.
    fn look(&self, local: Option<&Local>, seen: &mut Seen) -> Result<(), Blind> {
        let host = self.running.shares_host_network();
        let (processes, ports) = match local {
            Some(local) => (local.processes(), local.ports()),
            None => (self.top(&seen.name)?, self.ports_inside(&seen.name)?),
        };
        if !processes.is_empty() {
            seen.at_the_end = processes.iter().cloned().collect();
        }
        for process in processes {
            *seen.processes.entry(process).or_default() += 1;
        }
        if !host && ports.is_some() {
            seen.ports = ports;
        }
        Ok(())
    }

    fn top(&self, name: &str) -> Result<Vec<Process>, Blind> {
        let columns = self
            .engine
            .engine
            .top_columns()
            .iter()
            .map(|&c| c.to_owned());
        let args = ["top".to_owned(), name.to_owned()]
            .into_iter()
            .chain(columns);
        let finished = self.call(args.collect())?;
        Ok(if finished.success() {
            of_top(&finished.text())
        } else {
            Vec::new()
        })
    }

    /// The kernel's tables as the container sees them; for engines on another machine.
    fn ports_inside(&self, name: &str) -> Result<Option<BTreeSet<u16>>, Blind> {
        let args = ["exec", name, "cat", "/proc/net/tcp", "/proc/net/tcp6"];
        let finished = self.call(args.map(str::to_owned).to_vec())?;
        let text = finished.text();
        Ok(text
            .contains("local_address")
            .then(|| super::sockets::listening(&text)))
    }

    fn health(&self, wanted: &Wanted<'_>, seen: &mut Seen, state: &State) -> Result<(), Blind> {
        if !wanted.image.config.has_health_check {
            return Ok(());
        }
        seen.healthy = if let Some(command) = self.engine.engine.health_command() {
            let args = command.iter().copied().chain([seen.name.as_str()]);
            let finished = self.call(args.map(str::to_owned).collect())?;
            Some(finished.success())
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

    fn log(&self, name: &str) -> Result<Vec<String>, Blind> {
        let finished = self.call(vec!["logs".to_owned(), name.to_owned()])?;
        if !finished.success() {
            return Err(Blind::Engine(format!(
                "{} does not show the log: {}",
                self.engine.name(),
                finished.complaint()
            )));
        }
        let text = [finished.out.as_slice(), finished.err.as_slice()].concat();
        Ok(String::from_utf8_lossy(&text)
            .lines()
            .map(|line| line.trim_end().to_owned())
            .filter(|line| !line.is_empty())
            .collect())
    }

    /// A call of the engine, which must come back.
    pub(super) fn call(&self, args: Vec<String>) -> Result<Finished, Blind> {
        let limits = Limits {
            time: PATIENCE,
            cancel: None,
        };
        if self.cancel.is_cancelled() {
            return Err(Blind::Cancelled);
        }
        run(&mut self.engine.command(args), b"", limits, &mut |_| {})
            .map_err(|error| Blind::Engine(format!("cannot run {}: {error}", self.engine.name())))
    }
}

/// True when the container shows what is waited for.
fn is_ready(wanted: &Wanted<'_>, seen: &Seen) -> bool {
    let Some(like) = wanted.like else {
        let ports = seen.ports.as_ref();
        let listens =
            wanted.image.config.exposed.is_empty() || ports.is_none_or(|ports| !ports.is_empty());
        let healthy = !wanted.image.config.has_health_check || seen.healthy == Some(true);
        return listens && healthy;
    };
    let listens = match (&like.ports, &seen.ports) {
        (Some(wanted), Some(ports)) => ports.is_superset(wanted),
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
        let image = Image {
            name: String::new(),
            config,
            took: Duration::ZERO,
        };
        is_ready(
            &Wanted {
                image: &image,
                role: "test",
                options: &[],
                wait: Duration::ZERO,
                patience: Duration::ZERO,
                like,
            },
            seen,
        )
    }

    fn with_ports(ports: &[u16]) -> Seen {
        Seen {
            ports: Some(ports.iter().copied().collect()),
            ..Seen::default()
        }
    }

    #[test]
    fn an_original_is_ready_when_it_listens_and_is_healthy() {
        let exposes = || Config {
            exposed: BTreeSet::from([80]),
            ..Config::default()
        };
        assert!(ready(Config::default(), None, &with_ports(&[])));
        assert!(!ready(exposes(), None, &with_ports(&[])));
        assert!(ready(exposes(), None, &with_ports(&[8080])));
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
