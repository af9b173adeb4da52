//! From what was seen of both containers to the lines of the report.

use std::collections::BTreeSet;

use crate::bases::is_root_user;

use super::checks::Outcome;
use super::complaints::new_complaints;
use super::container::Seen;
use super::image::Image;
use super::obstacles::{last, tail};
use super::report::{Check, Line, LineResult};

/// Both images and what their containers showed.
pub(super) struct Pair<'a> {
    pub(super) images: (&'a Image, &'a Image),
    pub(super) original: &'a Seen,
    pub(super) fixed: &'a Seen,
    /// The fixed image starts as root and steps down: uid 0 is accepted until then.
    pub(super) steps_down: bool,
    /// What `USER name` of the fixed image means there, where no process could be seen.
    pub(super) named_uid: Option<u32>,
}

impl Pair<'_> {
    /// All lines but the extra ones.
    pub(super) fn lines(&self) -> Vec<Line> {
        let mut lines = vec![self.config_user(), self.starts()];
        if self.fixed.refused.is_some() {
            return lines;
        }
        lines.push(self.state());
        lines.push(self.processes());
        // What has ended shows nothing any more.
        if self.original.ended.is_none() && self.fixed.ended.is_some() {
            lines.push(self.log());
            return lines;
        }
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
        lines.push(self.log());
        lines
    }

    fn config_user(&self) -> Line {
        let shown = |user: &str| match user {
            "" => "none, so root".to_owned(),
            user => user.to_owned(),
        };
        let user = self.images.1.config.user.as_str();
        let root = is_root_user(user) || self.named_uid == Some(0);
        let mut evidence = Vec::new();
        if self.steps_down {
            evidence.push("it starts as root and steps down".to_owned());
        }
        Line {
            check: Check::ConfigUser,
            result: result(!root || self.steps_down),
            original: shown(&self.images.0.config.user),
            fixed: shown(user),
            evidence,
        }
    }

    fn starts(&self) -> Line {
        let refused = self.fixed.refused.as_deref();
        Line {
            check: Check::Starts,
            result: result(refused.is_none()),
            original: "yes".into(),
            fixed: if refused.is_some() { "no" } else { "yes" }.into(),
            evidence: refused.map(str::to_owned).into_iter().collect(),
        }
    }

    fn state(&self) -> Line {
        let fine = self.original.ended == self.fixed.ended;
        Line {
            check: Check::State,
            result: result(fine),
            original: state(self.original),
            fixed: state(self.fixed),
            evidence: if fine {
                Vec::new()
            } else {
                tail(&self.fixed.log)
            },
        }
    }

    fn processes(&self) -> Line {
        let users = |seen: &Seen| {
            let ids: BTreeSet<String> = seen
                .processes
                .keys()
                .map(|process| {
                    let label = process.label();
                    label.split(' ').next().unwrap_or_default().to_owned()
                })
                .collect();
            ids.into_iter().collect::<Vec<_>>().join(", ")
        };
        let seen = |seen: &Seen, user: &str| match users(seen) {
            ids if ids.is_empty() => {
                format!("started as {}", if user.is_empty() { "root" } else { user })
            }
            ids => ids,
        };
        let root: Vec<String> = if self.steps_down && self.fixed.ended.is_none() {
            let end = self.fixed.at_the_end.iter();
            end.filter(|process| process.is_root())
                .map(super::Process::label)
                .collect()
        } else if self.steps_down {
            Vec::new()
        } else {
            let all = self.fixed.processes.keys();
            all.filter(|process| process.is_root())
                .map(super::Process::label)
                .collect()
        };
        let unseen = self.fixed.processes.is_empty();
        let fine = root.is_empty();
        let evidence = if !fine {
            root
        } else if unseen {
            vec!["it ended before its processes could be read; the engine starts it as Config.User says".into()]
        } else {
            self.fixed
                .processes
                .keys()
                .take(8)
                .map(super::Process::label)
                .collect()
        };
        Line {
            check: Check::Processes,
            result: if unseen && self.fixed.ended.is_none() {
                LineResult::NotSeen
            } else {
                result(fine)
            },
            original: seen(self.original, &self.images.0.config.user),
            fixed: seen(self.fixed, &self.images.1.config.user),
            evidence,
        }
    }

    pub(super) fn health(&self) -> Option<Line> {
        let check = self.images.0.config.has_health_check && self.original.ended.is_none();
        check.then(|| Line {
            check: Check::Health,
            result: match (self.original.healthy, self.fixed.healthy) {
                (Some(true), Some(true)) => LineResult::Fine,
                (Some(true), _) => LineResult::Bad,
                // Whatever keeps the original from being healthy here, it is not the fix.
                _ => LineResult::Fine,
            },
            original: health(self.original.healthy),
            fixed: health(self.fixed.healthy),
            evidence: Vec::new(),
        })
    }

    fn ports(&self) -> Option<Line> {
        if self.original.ended.is_some() {
            return None;
        }
        let (Some(before), Some(after)) = (&self.original.ports, &self.fixed.ports) else {
            return Some(Line {
                check: Check::Ports,
                result: LineResult::NotSeen,
                original: ports(self.original.ports.as_ref()),
                fixed: ports(self.fixed.ports.as_ref()),
                evidence: vec!["the container's network cannot be read from here".into()],
            });
        };
        let exposed = &self.images.0.config.exposed;
        let missing = missing_ports(before, after, exposed);
        let evidence = if missing.is_empty() {
            Vec::new()
        } else {
            let mut lines = vec![format!("nothing listens on {}", ports(Some(&missing)))];
            lines.extend(tail(&self.fixed.log));
            lines
        };
        Some(Line {
            check: Check::Ports,
            result: result(missing.is_empty()),
            original: ports(Some(before)),
            fixed: ports(Some(after)),
            evidence,
        })
    }

    fn log(&self) -> Line {
        let new = new_complaints(&self.original.log, &self.fixed.log);
        let count = |number: usize| match number {
            0 => "no new ones".to_owned(),
            1 => "1 new line".to_owned(),
            number => format!("{number} new lines"),
        };
        Line {
            check: Check::Log,
            result: result(new.is_empty()),
            original: format!("{} lines", self.original.log.len()),
            fixed: count(new.len()),
            evidence: new.into_iter().take(12).collect(),
        }
    }
}

/// A container run under harder conditions: the extra line `check`, whose evidence are all differences.
pub(super) fn variant(check: Check, how: &str, pair: &Pair<'_>) -> Line {
    if let Some(why) = pair
        .fixed
        .refused
        .as_deref()
        .filter(|why| why.contains("sysctl"))
    {
        return Line {
            check,
            result: LineResult::NotSeen,
            original: String::new(),
            fixed: "not run".into(),
            evidence: vec![format!("{how}: {why}")],
        };
    }
    let bad: Vec<Line> = pair
        .lines()
        .into_iter()
        .filter(|line| line.result == LineResult::Bad && line.check != Check::ConfigUser)
        .collect();
    let mut evidence = vec![how.to_owned()];
    for line in &bad {
        evidence.push(format!("{}: {}", line.check.title(), why(line)));
    }
    Line {
        check,
        result: result(bad.is_empty()),
        original: String::new(),
        fixed: if bad.is_empty() {
            "works, too"
        } else {
            "does not work"
        }
        .into(),
        evidence,
    }
}

/// A line that came out badly, in one clause.
pub(super) fn why(line: &Line) -> String {
    let change = format!("{} → {}", line.original, line.fixed);
    match (line.check, last(&line.evidence)) {
        (Check::Log | Check::Processes | Check::Starts | Check::Builds, Some(evidence)) => {
            evidence.to_owned()
        }
        (_, Some(evidence)) => format!("{change}: {evidence}"),
        (_, None) => change,
    }
}

/// Ports that `after` lacks. The kernel deals out those from 32768 on (`ip_local_port_range`): they differ
/// from run to run and count only where EXPOSE names them.
pub(super) fn missing_ports(
    before: &BTreeSet<u16>,
    after: &BTreeSet<u16>,
    exposed: &BTreeSet<u16>,
) -> BTreeSet<u16> {
    let counts = |port: &u16| *port < 32_768 || exposed.contains(port);
    before
        .difference(after)
        .copied()
        .filter(|port| counts(port))
        .collect()
}

fn outcomes(check: Check, before: Option<&Outcome>, after: Option<&Outcome>) -> Option<Line> {
    let (before, after) = (before?, after?);
    let shown = |outcome: &Outcome| if outcome.passed { "passes" } else { "fails" }.to_owned();
    Some(Line {
        check,
        result: result(after.passed),
        original: shown(before),
        fixed: shown(after),
        evidence: Some(after.said.clone())
            .filter(|said| !said.is_empty())
            .into_iter()
            .collect(),
    })
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

fn ports(ports: Option<&BTreeSet<u16>>) -> String {
    match ports {
        None => "not seen".into(),
        Some(ports) if ports.is_empty() => "none".into(),
        Some(ports) => ports
            .iter()
            .map(u16::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    }
}
