//! What the lines of a report follow from.

use std::collections::BTreeSet;
use std::time::Duration;

use super::compare::*;
use super::container::Seen;
use super::image::{Config, Image};
use super::processes::Process;
use super::report::{Check, LineResult};

fn image(user: &str) -> Image {
    Image {
        name: String::new(),
        config: Config {
            user: user.into(),
            exposed: BTreeSet::from([8080]),
            ..Config::default()
        },
        took: Duration::ZERO,
    }
}

fn up(uid: u32, ports: &[u16]) -> Seen {
    let process = Process {
        uid: Some(uid),
        gid: Some(uid),
        command: "app".into(),
    };
    Seen {
        ports: Some(ports.iter().copied().collect()),
        processes: [(process.clone(), 1)].into(),
        at_the_end: [process].into(),
        ..Seen::default()
    }
}

fn bad(original: &Seen, fixed: &Seen, user: &str, steps_down: bool) -> Vec<Check> {
    let (before, after) = (image(""), image(user));
    let pair = Pair {
        images: (&before, &after),
        original,
        fixed,
        steps_down,
        named_uid: None,
    };
    let lines = pair.lines().into_iter();
    lines
        .filter(|line| line.result == LineResult::Bad)
        .map(|line| line.check)
        .collect()
}

#[test]
fn the_same_as_another_user_is_fine() {
    assert!(bad(&up(0, &[8080]), &up(10_001, &[8080]), "10001:10001", false).is_empty());
}

#[test]
fn each_difference_is_a_bad_line() {
    let original = up(0, &[8080]);
    assert_eq!(
        bad(&original, &up(0, &[8080]), "", false),
        [Check::ConfigUser, Check::Processes]
    );
    assert_eq!(bad(&original, &up(7, &[]), "7", false), [Check::Ports]);
    let ended = Seen {
        ended: Some(1),
        log: vec!["open /data/x: permission denied".into()],
        ..Seen::default()
    };
    assert_eq!(
        bad(&original, &ended, "7", false),
        [Check::State, Check::Log]
    );
    let refused = Seen {
        refused: Some("unable to find user nobody2".into()),
        ..Seen::default()
    };
    assert_eq!(bad(&original, &refused, "nobody2", false), [Check::Starts]);
}

#[test]
fn a_root_process_beside_the_others_is_found() {
    let mut fixed = up(10_001, &[8080]);
    let root = up(0, &[]).processes;
    fixed.processes.extend(root);
    assert_eq!(
        bad(&up(0, &[8080]), &fixed, "10001", false),
        [Check::Processes]
    );
    // Before it stepped down: not at the end any more.
    assert!(bad(&up(0, &[8080]), &fixed, "", true).is_empty());
    assert_eq!(
        bad(&up(0, &[8080]), &up(0, &[8080]), "", true),
        [Check::Processes]
    );
}

#[test]
fn ports_that_the_kernel_dealt_out_do_not_count() {
    let set = |ports: &[u16]| ports.iter().copied().collect::<BTreeSet<u16>>();
    let missing = missing_ports(
        &set(&[80, 40_001, 50_000]),
        &set(&[40_002]),
        &set(&[50_000]),
    );
    assert_eq!(missing, set(&[80, 50_000]));
}

#[test]
fn an_original_that_is_not_healthy_proves_nothing_against_the_fix() {
    let mut before = image("");
    before.config.has_health_check = true;
    let after = image("7");
    let (mut original, mut fixed) = (up(0, &[8080]), up(7, &[8080]));
    let line = |original: &Seen, fixed: &Seen| {
        let pair = Pair {
            images: (&before, &after),
            original,
            fixed,
            steps_down: false,
            named_uid: None,
        };
        pair.health().map(|line| line.result)
    };
    (original.healthy, fixed.healthy) = (Some(false), Some(false));
    assert_eq!(line(&original, &fixed), Some(LineResult::Fine));
    original.healthy = Some(true);
    assert_eq!(line(&original, &fixed), Some(LineResult::Bad));
}
