//! What the lines of a report follow from.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::fix::Change as Happened;

use super::compare::*;
use super::container::Seen;
use super::files::Change;
use super::image::{Config, Image};
use super::processes::Process;
use super::report::{Check, Line, LineResult};
use super::sockets::Port;

fn image(user: &str) -> Image {
    Image {
        name: String::new(),
        config: Config {
            user: user.into(),
            exposed: tcp(&[8080]),
            ..Config::default()
        },
    }
}

fn tcp(ports: &[u16]) -> BTreeSet<Port> {
    let ports = ports.iter();
    ports.map(|&number| Port { number, udp: false }).collect()
}

fn up(uid: u32, ports: &[u16]) -> Seen {
    let process = Process {
        uid: Some(uid),
        gid: Some(uid),
        command: "app".into(),
        entered: false,
    };
    Seen {
        ports: Some(tcp(ports)),
        processes: [process.clone()].into(),
        at_the_end: [process].into(),
        ..Seen::default()
    }
}

fn ended(code: i32, log: &[&str]) -> Seen {
    Seen {
        ended: Some(code),
        log: Ok(log.iter().map(|line| (*line).to_owned()).collect()),
        ..Seen::default()
    }
}

fn wrote(path: &str) -> Vec<Change> {
    vec![Change {
        path: path.into(),
        what: Some(Happened::Added),
        leads: false,
    }]
}

/// The lines, of images without a user and with `user`.
fn lines(original: &Seen, fixed: &Seen, user: &str, steps_down: bool) -> Vec<Line> {
    let mut images = (image(""), image(user));
    images.0.config.has_health_check = original.healthy.is_some();
    let pair = Pair {
        images: (&images.0, &images.1),
        original,
        fixed,
        steps_down,
        moved_ports: &[(80, 8080)],
        made: Vec::new(),
        wait: Duration::from_secs(5),
    };
    pair.lines()
}

fn with(result: LineResult, lines: &[Line]) -> Vec<Check> {
    let lines = lines.iter().filter(|line| line.result == result);
    lines.map(|line| line.check).collect()
}

fn bad(original: &Seen, fixed: &Seen, user: &str) -> Vec<Check> {
    with(LineResult::Bad, &lines(original, fixed, user, false))
}

#[test]
fn the_same_as_another_user_is_fine() {
    let lines = lines(&up(0, &[8080]), &up(10_001, &[8080]), "10001:10001", false);
    assert!(lines.iter().all(|line| line.result == LineResult::Fine));
}

#[test]
fn each_difference_is_a_bad_line() {
    let original = up(0, &[8080]);
    assert_eq!(
        bad(&original, &up(0, &[8080]), ""),
        [Check::ConfigUser, Check::Processes]
    );
    assert_eq!(bad(&original, &up(7, &[]), "7"), [Check::Ports]);
    let died = ended(1, &["open /data/x: permission denied"]);
    assert_eq!(bad(&original, &died, "7"), [Check::State, Check::Log]);
    let refused = Seen {
        refused: Some("unable to find user nobody2".into()),
        ..Seen::default()
    };
    assert_eq!(bad(&original, &refused, "nobody2"), [Check::Starts]);
    let by_name = Seen {
        named_uid: Some(0),
        ..ended(0, &[])
    };
    assert_eq!(bad(&ended(0, &[]), &by_name, "toor"), [Check::ConfigUser]);
}

#[test]
fn a_port_that_the_fix_moves_is_looked_for_where_it_went() {
    assert!(bad(&up(0, &[80]), &up(7, &[8080]), "7").is_empty());
    assert_eq!(bad(&up(0, &[80]), &up(7, &[80]), "7"), [Check::Ports]);
}

#[test]
fn a_root_process_beside_the_others_is_found() {
    let mut fixed = up(10_001, &[8080]);
    fixed.processes.extend(up(0, &[]).processes);
    assert_eq!(bad(&up(0, &[8080]), &fixed, "10001"), [Check::Processes]);
}

#[test]
fn a_step_down_is_root_until_then() {
    let original = up(0, &[8080]);
    let of = |fixed: &Seen| lines(&original, fixed, "", true);
    let mut fixed = up(10_001, &[8080]);
    fixed.processes.extend(up(0, &[]).processes);
    assert!(with(LineResult::Bad, &of(&fixed)).is_empty());
    assert_eq!(
        with(LineResult::Bad, &of(&up(0, &[8080]))),
        [Check::Processes]
    );
    // It ended while it was root: nobody knows what came then.
    let mut job = up(0, &[]);
    job.ended = Some(0);
    let lines = lines(&ended(0, &["done"]), &job, "", true);
    assert_eq!(with(LineResult::NotSeen, &lines), [Check::Processes]);
}

#[test]
fn a_health_check_of_roots_is_no_process_that_failed_to_step_down() {
    let mut fixed = up(7, &[8080]);
    let check = Process {
        uid: Some(0),
        gid: Some(0),
        command: "curl".into(),
        entered: true,
    };
    fixed.at_the_end.insert(check.clone());
    let seen = lines(&up(0, &[8080]), &fixed, "", true);
    assert_eq!(with(LineResult::Bad, &seen), []);
    fixed.at_the_end.insert(Process {
        entered: false,
        ..check
    });
    let seen = lines(&up(0, &[8080]), &fixed, "", true);
    assert_eq!(with(LineResult::Bad, &seen), [Check::Processes]);
}

#[test]
fn an_id_that_the_container_does_not_know_proves_nothing() {
    let mut fixed = up(7, &[8080]);
    let process = Process {
        uid: None,
        gid: None,
        command: "app".into(),
        entered: false,
    };
    fixed.processes = [process].into();
    let lines = lines(&up(0, &[8080]), &fixed, "7", false);
    assert_eq!(with(LineResult::NotSeen, &lines), [Check::Processes]);
}

#[test]
fn an_original_that_shows_nothing_is_no_example() {
    let silent = lines(&up(0, &[]), &up(7, &[]), "7", false);
    assert_eq!(with(LineResult::NotSeen, &silent), [Check::Ports]);
    let (mut before, mut after) = (up(0, &[8080]), up(7, &[8080]));
    (before.healthy, after.healthy) = (Some(false), Some(false));
    let sick = lines(&before, &after, "7", false);
    assert_eq!(with(LineResult::NotSeen, &sick), [Check::Health]);
    before.healthy = Some(true);
    assert_eq!(bad(&before, &after, "7"), [Check::Health]);
}

#[test]
fn an_end_at_about_the_wait_is_nobodys_fault() {
    let mut fixed = ended(0, &[]);
    fixed.after = Duration::from_millis(4900);
    let lines_then = lines(&up(0, &[8080]), &fixed, "7", false);
    assert_eq!(with(LineResult::NotSeen, &lines_then), [Check::State]);
    fixed.after = Duration::from_secs(1);
    assert_eq!(bad(&up(0, &[8080]), &fixed, "7"), [Check::State]);
}

#[test]
fn what_a_job_prints_and_writes_is_its_work() {
    let (original, silent) = (ended(0, &["42 rows"]), ended(0, &[]));
    let compared = lines(&original, &silent, "7", false);
    let output = compared.iter().find(|line| line.check == Check::Output);
    assert!(output.is_some_and(|line| line.result == LineResult::Bad && !line.extra));
    let other = lines(&original, &ended(0, &["43 rows"]), "7", false);
    assert!(with(LineResult::Bad, &other).is_empty(), "another number");
    let other = lines(&original, &ended(0, &["no rows"]), "7", false);
    let output = other.iter().find(|line| line.check == Check::Output);
    assert!(output.is_some_and(|line| line.result == LineResult::Bad && line.extra));

    let write = |mut seen: Seen, path: &str| {
        seen.changes = Some(wrote(path));
        seen
    };
    let job = lines(
        &write(original, "/out/report"),
        &write(ended(0, &["42 rows"]), "/tmp2"),
        "7",
        false,
    );
    let writes = job.iter().find(|line| line.check == Check::Writes);
    assert!(writes.is_some_and(|line| line.result == LineResult::Bad && !line.extra));
    let server = lines(
        &write(up(0, &[8080]), "/a"),
        &write(up(7, &[8080]), "/b"),
        "7",
        false,
    );
    let writes = server.iter().find(|line| line.check == Check::Writes);
    assert!(writes.is_some_and(|line| line.result == LineResult::Bad && line.extra));
}

#[test]
fn ports_that_the_kernel_dealt_out_are_counted_and_not_compared() {
    let missing =
        |after: &[u16]| missing_ports(&tcp(&[80, 40_001, 50_000]), &tcp(after), &tcp(&[50_000]));
    assert_eq!(missing(&[40_002]), tcp(&[80, 50_000]));
    assert_eq!(missing(&[80, 50_000]), tcp(&[40_001]));
    assert!(missing(&[80, 50_000, 33_333]).is_empty());
}
