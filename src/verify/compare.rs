//! From what was seen of both containers to the lines of the report.

use std::collections::BTreeSet;

use crate::bases::is_root_user;

use super::Process;
use super::checks::Outcome;
use super::complaints::{is_complaint, new_complaints, shape};
use super::container::Seen;
use super::files::{leaves, not_written};
use super::image::Image;
use super::obstacles::{last, tail};
use super::report::{Check, Line, LineResult};
use super::sockets::Port;

/// Both images and what their containers showed.
pub(super) struct Pair<'a> {
    pub(super) images: (&'a Image, &'a Image),
    pub(super) original: &'a Seen,
    pub(super) fixed: &'a Seen,
    /// The fixed image starts as root and steps down: uid 0 is accepted until then.
    pub(super) steps_down: bool,
    /// Ports that the fix moves, each behind the one that the original listens on.
    pub(super) moved_ports: &'a [(u16, u16)],
    /// Paths that the fix made in advance.
    pub(super) made: Vec<&'a str>,
    /// How long a container must stay up.
    pub(super) wait: std::time::Duration,
}

impl Pair<'_> {
    /// All lines, in the order of the report.
    pub(super) fn lines(&self) -> Vec<Line> {
        let mut lines = vec![self.config_user(), self.starts()];
        if self.fixed.refused.is_some() {
            return lines;
        }
        lines.push(self.state());
        lines.push(self.processes());
        // What has ended shows nothing any more.
        if self.original.ended.is_some() || self.fixed.ended.is_none() {
            lines.extend(self.health());
            lines.extend(self.ports());
            lines.extend(outcomes(
                Check::UserCheck,
                self.original.check.as_ref(),
                self.fixed.check.as_ref(),
            ));
            lines.extend(outcomes(
                Check::UserExec,
                self.original.exec.as_ref(),
                self.fixed.exec.as_ref(),
            ));
        }
        lines.push(self.log());
        lines.extend(self.output());
        lines.extend(self.writes());
        lines
    }

    fn config_user(&self) -> Line {
        let shown = |user: &str| match user {
            "" => "none, so root".to_owned(),
            user => user.to_owned(),
        };
        let user = self.images.1.config.user.as_str();
        let root = is_root_user(user) || self.fixed.named_uid == Some(0);
        let mut evidence = Vec::new();
        if self.steps_down {
            evidence.push("it starts as root and steps down".to_owned());
        }
        Line {
            evidence,
            ..line(
                Check::ConfigUser,
                !root || self.steps_down,
                shown(&self.images.0.config.user),
                shown(user),
            )
        }
    }

    fn starts(&self) -> Line {
        let refused = self.fixed.refused.as_deref();
        let fixed = if refused.is_some() { "no" } else { "yes" };
        Line {
            evidence: refused.map(str::to_owned).into_iter().collect(),
            ..line(Check::Starts, refused.is_none(), "yes".into(), fixed.into())
        }
    }

    fn state(&self) -> Line {
        let fine = self.original.ended == self.fixed.ended;
        let mut state = line(Check::State, fine, state(self.original), state(self.fixed));
        // Both may be about to end: a moment decides which side of the wait that is.
        let at_the_wait = self.original.ended.is_none()
            && self.fixed.ended == Some(0)
            && self.fixed.after >= self.wait.mul_f64(0.8);
        if at_the_wait {
            state.result = LineResult::NotSeen;
            state.evidence = vec!["it ends at about --wait: give a longer one".into()];
        } else if !fine {
            state.evidence = tail(self.fixed.lines());
        }
        state
    }

    fn processes(&self) -> Line {
        let users = |seen: &Seen| {
            let ids: BTreeSet<String> = seen.processes.iter().map(Process::ids).collect();
            ids.into_iter().collect::<Vec<_>>().join(", ")
        };
        let shown = |seen: &Seen, user: &str| match users(seen) {
            ids if ids.is_empty() && user.is_empty() => "started as root".to_owned(),
            ids if ids.is_empty() => format!("started as {user}"),
            ids => ids,
        };
        let of = |test: fn(&Process) -> bool| -> Vec<String> {
            let all = self.fixed.processes.iter();
            all.filter(|process| test(process))
                .map(Process::label)
                .collect()
        };
        let last: Vec<String> = {
            let last = self.fixed.at_the_end.iter();
            // A health check is root's: the engine starts it as the image's user.
            last.filter(|process| process.is_root() && !process.entered)
                .map(Process::label)
                .collect()
        };
        let ended = self.fixed.ended.is_some();
        let unseen = self.fixed.processes.is_empty();
        let (root, unknown) = (of(Process::is_root), of(|process| process.uid.is_none()));
        let (outcome, evidence) = if !self.steps_down && !root.is_empty() {
            (LineResult::Bad, root)
        } else if self.steps_down && !last.is_empty() {
            // It may have ended before it stepped down, or right after it.
            let outcome = if ended {
                LineResult::NotSeen
            } else {
                LineResult::Bad
            };
            (outcome, last)
        } else if !unknown.is_empty() || (unseen && !ended) {
            (LineResult::NotSeen, unknown)
        } else if unseen {
            let why = "it ended before its processes could be read; the engine starts it as Config.User says";
            (LineResult::Fine, vec![why.to_owned()])
        } else {
            (LineResult::Fine, of(|_| true).into_iter().take(8).collect())
        };
        Line {
            result: outcome,
            evidence,
            ..line(
                Check::Processes,
                true,
                shown(self.original, &self.images.0.config.user),
                shown(self.fixed, &self.images.1.config.user),
            )
        }
    }

    fn health(&self) -> Option<Line> {
        let check = self.images.0.config.has_health_check && self.original.ended.is_none();
        let (before, after) = (self.original.healthy, self.fixed.healthy);
        check.then(|| Line {
            result: match (before, after) {
                (Some(true), Some(true)) => LineResult::Fine,
                (Some(true), _) => LineResult::Bad,
                // Whatever keeps the original from being healthy here, nothing can be compared with it.
                _ => LineResult::NotSeen,
            },
            ..line(Check::Health, true, health(before), health(after))
        })
    }

    fn ports(&self) -> Option<Line> {
        if self.original.ended.is_some() {
            return None;
        }
        let (before, after) = (self.original.ports.as_ref(), self.fixed.ports.as_ref());
        let mut compared = line(Check::Ports, true, ports(before), ports(after));
        let (Some(before), Some(after)) = (before, after) else {
            compared.result = LineResult::NotSeen;
            compared.evidence = vec!["the container's network cannot be read from here".into()];
            return Some(compared);
        };
        let exposed = &self.images.0.config.exposed;
        let wanted = moved(before, self.moved_ports);
        let missing = missing_ports(&wanted, after, &moved(exposed, self.moved_ports));
        if before.is_empty() && !exposed.is_empty() {
            compared.result = LineResult::NotSeen;
            let exposed = ports(Some(exposed));
            compared.evidence = vec![format!(
                "EXPOSE names {exposed}, and the original listens on nothing here"
            )];
        } else if !missing.is_empty() {
            compared.result = LineResult::Bad;
            compared.evidence = vec![format!("nothing listens on {}", ports(Some(&missing)))];
            compared.evidence.extend(tail(self.fixed.lines()));
        }
        Some(compared)
    }

    fn log(&self) -> Line {
        let (before, after) = match (&self.original.log, &self.fixed.log) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(why), _) | (_, Err(why)) => {
                return Line {
                    result: LineResult::NotSeen,
                    evidence: vec![why.clone()],
                    ..line(Check::Log, true, "not seen".into(), "not seen".into())
                };
            }
        };
        let new = new_complaints(before, after);
        let old = before.iter().filter(|line| is_complaint(line)).count();
        let count = |number: usize, none: &str, what: &str| match number {
            0 => none.to_owned(),
            number => counted(number, what),
        };
        Line {
            evidence: new.iter().take(12).cloned().collect(),
            ..line(
                Check::Log,
                new.is_empty(),
                count(old, "none", "line"),
                count(new.len(), "no new ones", "new line"),
            )
        }
    }

    /// What a job prints that ends.
    fn output(&self) -> Option<Line> {
        let both_ended = self.original.ended.is_some() && self.fixed.ended.is_some();
        let (Ok(before), Ok(after)) = (&self.original.log, &self.fixed.log) else {
            return None;
        };
        if !both_ended || before.is_empty() {
            return None;
        }
        let only = |these: &[String], others: &[String]| -> Vec<String> {
            let known: BTreeSet<String> = others.iter().map(|line| shape(line)).collect();
            let these = these.iter().filter(|line| !known.contains(&shape(line)));
            these.take(4).cloned().collect()
        };
        let (gone, new) = (only(before, after), only(after, before));
        let mut evidence: Vec<String> = Vec::new();
        evidence.extend(
            gone.iter()
                .map(|line| format!("only the original prints: {line}")),
        );
        evidence.extend(
            new.iter()
                .map(|line| format!("only the fixed one prints: {line}")),
        );
        Some(Line {
            evidence,
            // Another text may be meant (`whoami`); no text at all is a job not done.
            extra: !after.is_empty(),
            ..line(
                Check::Output,
                gone.is_empty() && new.is_empty(),
                counted(before.len(), "line"),
                counted(after.len(), "line"),
            )
        })
    }

    fn writes(&self) -> Option<Line> {
        let (before, after) = (
            self.original.changes.as_ref()?,
            self.fixed.changes.as_ref()?,
        );
        if before.is_empty() {
            return None;
        }
        let missing = not_written(before, after, &self.made);
        let lines = missing.iter().take(12);
        Some(Line {
            evidence: lines
                .map(|path| format!("only the original wrote {path}"))
                .collect(),
            // What a job writes that ends is its work.
            extra: self.original.ended.is_none(),
            ..line(
                Check::Writes,
                missing.is_empty(),
                counted(leaves(before).count(), "path"),
                counted(leaves(after).count(), "path"),
            )
        })
    }
}

/// A container run under harder conditions: the extra line `check`, whose evidence are all differences.
pub(super) fn variant(check: Check, how: &str, pair: &Pair<'_>) -> Line {
    let sysctl = |why: &&str| why.contains("sysctl");
    if let Some(why) = pair.fixed.refused.as_deref().filter(sysctl) {
        return not_run(check, how, why);
    }
    let bad: Vec<Line> = pair
        .lines()
        .into_iter()
        .filter(|line| line.result == LineResult::Bad && !line.extra)
        .collect();
    let mut evidence = vec![how.to_owned()];
    for line in &bad {
        evidence.push(format!("{}: {}", line.check.title(), why(line)));
    }
    let fixed = if bad.is_empty() {
        "works, too"
    } else {
        "does not work"
    };
    Line {
        evidence,
        extra: true,
        ..line(check, bad.is_empty(), String::new(), fixed.into())
    }
}

/// The extra line of a variant that could not be run.
pub(super) fn not_run(check: Check, how: &str, why: &str) -> Line {
    Line {
        result: LineResult::NotSeen,
        evidence: vec![format!("{how}: {why}")],
        extra: true,
        ..line(check, true, String::new(), "not run".into())
    }
}

/// A line that came out badly, in one clause.
pub(super) fn why(line: &Line) -> String {
    let change = format!("{} → {}", line.original, line.fixed);
    match (line.check, last(&line.evidence)) {
        (
            Check::Log
            | Check::Processes
            | Check::Starts
            | Check::Builds
            | Check::Writes
            | Check::NoCapabilities
            | Check::LowPorts,
            Some(evidence),
        ) => evidence.to_owned(),
        (_, Some(evidence)) => format!("{change}: {evidence}"),
        (_, None) => change,
    }
}

/// `ports` as the fix moves them.
fn moved(ports: &BTreeSet<Port>, moves: &[(u16, u16)]) -> BTreeSet<Port> {
    let number = |port: &Port| {
        let to = moves.iter().find(|(from, _)| *from == port.number);
        to.map_or(port.number, |(_, to)| *to)
    };
    ports
        .iter()
        .map(|port| Port {
            number: number(port),
            ..*port
        })
        .collect()
}

/// Ports that `after` lacks. Of those that the kernel deals out the numbers differ from run to run: there
/// must be as many.
pub(super) fn missing_ports(
    before: &BTreeSet<Port>,
    after: &BTreeSet<Port>,
    exposed: &BTreeSet<Port>,
) -> BTreeSet<Port> {
    let fixed = |port: &&Port| !port.may_be_dealt_out() || exposed.contains(*port);
    let dealt = |ports: &BTreeSet<Port>| {
        let dealt = ports.iter().filter(|port| !fixed(port) && !port.udp);
        dealt.count()
    };
    let mut missing: BTreeSet<Port> = before.difference(after).filter(fixed).copied().collect();
    if dealt(after) < dealt(before) {
        missing.extend(
            before
                .difference(after)
                .filter(|port| !fixed(port) && !port.udp),
        );
    }
    missing
}

fn outcomes(check: Check, before: Option<&Outcome>, after: Option<&Outcome>) -> Option<Line> {
    let (before, after) = (before?, after?);
    let shown = |outcome: &Outcome| if outcome.passed { "passes" } else { "fails" }.to_owned();
    let said = Some(after.said.clone()).filter(|said| !said.is_empty());
    Some(Line {
        evidence: said.into_iter().collect(),
        ..line(check, after.passed, shown(before), shown(after))
    })
}

/// `1 path`, `3 paths`
fn counted(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// A line without evidence.
pub(super) const fn line(check: Check, fine: bool, original: String, fixed: String) -> Line {
    Line {
        check,
        result: result(fine),
        original,
        fixed,
        evidence: Vec::new(),
        extra: false,
    }
}

const fn result(fine: bool) -> LineResult {
    if fine {
        LineResult::Fine
    } else {
        LineResult::Bad
    }
}

fn state(seen: &Seen) -> String {
    match seen.ended {
        Some(code) => format!("ended with code {code}"),
        None => "up".into(),
    }
}

fn health(healthy: Option<bool>) -> String {
    match healthy {
        Some(true) => "healthy",
        Some(false) => "unhealthy",
        None => "no answer yet",
    }
    .into()
}

fn ports(ports: Option<&BTreeSet<Port>>) -> String {
    match ports {
        None => "not seen".into(),
        Some(ports) if ports.is_empty() => "none".into(),
        Some(ports) => ports
            .iter()
            .map(Port::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    }
}
