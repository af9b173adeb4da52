//! Ports below 1024, which not every runtime lets any user bind: kept, moved, or bound with a capability.

mod binders;
mod setcap;
mod shift;

use crate::deployments::Deployments;
use crate::finding::{Edit, Reason};

use super::{Ports, Subject};

/// What is done about ports, for those who write it down.
#[derive(Debug, Default)]
pub(super) struct PortPlan {
    /// Each low port with the one that takes its place.
    pub(super) moved: Vec<(u16, u16)>,
    /// Of the Dockerfile.
    pub(super) edits: Vec<Edit>,
    /// Of files of the build context.
    pub(super) files: Vec<(String, Edit)>,
    /// For the RUN.
    pub(super) commands: Vec<String>,
    /// Instructions beside USER.
    pub(super) lines: Vec<(String, String)>,
    /// What is not certain, or changes for others.
    pub(super) doubts: Vec<Reason>,
    /// What the reader should know.
    pub(super) remarks: Vec<String>,
}

/// What follows from `--ports` for the ports that the container is seen to bind.
pub(super) fn plan(subject: &Subject<'_, '_, '_>) -> PortPlan {
    let low = binders::low(subject);
    let mut plan = of_low(subject, &low);
    plan.remarks.extend(advice(subject, &low, &plan));
    plan
}

/// How many places are named: a repository may have a manifest for each of its images.
const MAX_ADVICE: usize = 3;

/// Containers of Kubernetes whose port is below 1024, but where the port moves, or the program may bind it.
fn advice(subject: &Subject<'_, '_, '_>, low: &[binders::Low], plan: &PortPlan) -> Vec<String> {
    let settled = |number: u16| {
        let moved = plan.moved.iter().any(|(from, _)| *from == number);
        let may = !plan.commands.is_empty() && low.iter().any(|low| low.number == number);
        let unseen = subject
            .learned
            .is_some_and(|learned| !learned.ports.contains(&number));
        moved || may || unseen
    };
    let ports = subject.deployments.ports.iter();
    let low = ports.filter(|port| {
        port.port < 1024 && port.text.starts_with("containerPort") && !settled(port.port)
    });
    let told = low.take(MAX_ADVICE).map(|port| {
        format!(
            "{} says `{}`, below 1024: not every runtime lets a user bind that; the pod's sysctl net.ipv4.ip_unprivileged_port_start=0 does",
            port.place, port.text
        )
    });
    told.collect()
}

fn of_low(subject: &Subject<'_, '_, '_>, low: &[binders::Low]) -> PortPlan {
    let mut plan = PortPlan::default();
    if low.is_empty() {
        return plan;
    }
    let which = named(low.iter().map(|port| port.number));
    let where_it_works =
        "Docker 20.10 and containerd 2 let any user bind that, CRI-O and Podman do not";
    match subject.wish.ports {
        Ports::Unsaid => plan.doubts.push(Reason::new(
            "low-port",
            format!("{which} below 1024: {where_it_works}; --ports keep, move or setcap decides"),
        )),
        Ports::Keep => plan
            .remarks
            .push(format!("{which} below 1024: {where_it_works}")),
        Ports::Move => match shift::shift(subject, low, &mut plan) {
            Ok(()) => moved(&mut plan, &subject.deployments),
            Err(why) => {
                plan = PortPlan::default();
                plan.doubts.push(Reason::new(
                    "low-port",
                    format!(
                        "{which} below 1024 and cannot be moved, since {why}: {where_it_works}"
                    ),
                ));
            }
        },
        Ports::Setcap => match setcap::commands(subject) {
            Ok(commands) => {
                plan.commands = commands;
                plan.remarks.push(format!(
                    "{which} below 1024, and the program may bind that by its file capability; where NET_BIND_SERVICE is dropped (Kubernetes' restricted profile) it does not start"
                ));
            }
            Err(why) => plan.doubts.push(Reason::new(
                "low-port",
                format!("{which} below 1024, and setcap is no way, since {why}: {where_it_works}"),
            )),
        },
    }
    plan
}

/// What must follow a port that moves.
fn moved(plan: &mut PortPlan, deployments: &Deployments) {
    let pairs: Vec<String> = plan
        .moved
        .iter()
        .map(|(from, to)| format!("{from} to {to}"))
        .collect();
    plan.doubts.push(Reason::new(
        "port-moved",
        format!(
            "the program listens on another port, {}: whatever names the old one must follow",
            pairs.join(" and ")
        ),
    ));
    for port in &deployments.ports {
        if let Some((_, to)) = plan.moved.iter().find(|(from, _)| *from == port.port) {
            plan.remarks.push(format!(
                "{} says `{}`: the container's port is {to} now",
                port.place, port.text
            ));
        }
    }
}

/// `port 80 is`, `the ports 80, 443 are`
fn named(ports: impl Iterator<Item = u16>) -> String {
    let mut numbers: Vec<u16> = ports.collect();
    numbers.sort_unstable();
    numbers.dedup();
    let numbers: Vec<String> = numbers.iter().map(u16::to_string).collect();
    match numbers.as_slice() {
        [one] => format!("port {one} is"),
        all => format!("the ports {} are", all.join(", ")),
    }
}
