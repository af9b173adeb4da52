//! `unroot verify` against an engine made of shell: what it is asked, in which order, what it makes of the
//! answers, and that nothing is left. What a real engine answers is tested in `tests/lab`.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with a Dockerfile and an engine whose answers are shell snippets, one for each command.
struct Fake {
    folder: TempDir,
}

/// Writes down each call, then answers with the snippet of the command.
const ENGINE: &str = r#"#!/bin/sh
echo "$*" >> "$FAKE/calls"
if [ -f "$FAKE/answers/$1" ]; then . "$FAKE/answers/$1"; fi
"#;

/// A container that stays up, listens on 8080, and runs as root where the original does.
const ANSWERS: [(&str, &str); 8] = [
    ("version", "echo 9.9.9"),
    ("build", "cat > /dev/null; echo building"),
    (
        "image",
        r#"case "$3" in
*original) user= ;; *) user=10001:10001 ;;
esac
echo "[{\"Config\":{\"User\":\"$user\",\"ExposedPorts\":{\"8080/tcp\":{}}}}]""#,
    ),
    ("run", "echo 0123456789abcdef"),
    (
        "container",
        r#"echo '[{"Id":"0123456789abcdef","State":{"Running":true,"Pid":0,"ExitCode":0}}]'"#,
    ),
    (
        "top",
        r#"echo "UID GID PID COMMAND"
case "$2" in
*original) echo "0 0 7 app" ;; *) echo "10001 10001 7 app" ;;
esac"#,
    ),
    (
        "exec",
        r"printf '  sl  local_address\n   0: 00000000:1F90 00000000:0000 0A\n'",
    ),
    ("logs", "echo listening"),
];

impl Fake {
    fn new(answers: &[(&str, &str)]) -> Self {
        let fake = Self {
            folder: TempDir::new().expect("a folder"),
        };
        fs::create_dir_all(fake.path("answers")).expect("writable");
        fs::create_dir_all(fake.path("bin")).expect("writable");
        for (command, answer) in ANSWERS.iter().chain(answers) {
            fake.answer(command, answer);
        }
        fake.engine("docker");
        fs::write(
            fake.path("Dockerfile"),
            "FROM debian:bookworm\nCMD [\"app\"]\n",
        )
        .expect("writable");
        fake
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn answer(&self, command: &str, snippet: &str) {
        fs::write(self.path("answers").join(command), snippet).expect("writable");
    }

    fn engine(&self, name: &str) {
        let program = self.path("bin").join(name);
        fs::write(&program, ENGINE).expect("writable");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("ours");
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unroot"));
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", path)
            .env("FAKE", self.folder.path());
        command
    }

    /// Runs with a short wait.
    fn run(&self, args: &[&str]) -> Output {
        let mut command = self.command(args);
        command.args(["--wait", "0.1"]);
        command.output().expect("the binary runs")
    }

    fn verify(&self, args: &[&str]) -> (Value, i32) {
        let all = [&["verify", "--format=json"], args].concat();
        let output = self.run(&all);
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        (
            report["proofs"][0].clone(),
            output.status.code().unwrap_or(-1),
        )
    }

    fn calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The calls that begin with `word`, without names that differ from run to run.
    fn calls_of(&self, word: &str) -> Vec<String> {
        let calls = self.calls().into_iter();
        let calls = calls.filter(|call| call.split(' ').next() == Some(word));
        calls.map(|call| anonymous(&call)).collect()
    }
}

/// `HOST-PID-SINCE-NUMBER` as `ID`.
fn anonymous(call: &str) -> String {
    let words = call.split(' ').map(|word| {
        for prefix in [
            "unroot-verify-",
            "localhost/unroot-verify:",
            "io.github.unroot.verify=",
        ] {
            if let Some(rest) = word.strip_prefix(prefix) {
                let parts = if prefix.ends_with('=') { 3 } else { 4 };
                let role = rest.splitn(parts + 1, '-').nth(parts);
                return format!(
                    "{prefix}ID{}",
                    role.map(|role| format!("-{role}")).unwrap_or_default()
                );
            }
        }
        word.to_owned()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Everything that was built or run was also removed.
fn nothing_is_left(fake: &Fake) {
    let calls = fake.calls();
    let made = calls.iter().filter_map(|call| {
        let words: Vec<&str> = call.split(' ').collect();
        let option = match words.first() {
            Some(&"build") => "--tag",
            Some(&"run") => "--name",
            _ => return None,
        };
        let at = words.iter().position(|word| *word == option)?;
        words.get(at + 1).map(|name| (*name).to_owned())
    });
    for name in made {
        let removed = calls.iter().any(|call| {
            (call.starts_with("rm ") || call.starts_with("rmi "))
                && call.split(' ').any(|word| word == name)
        });
        assert!(removed, "{name} is left: {calls:#?}");
    }
}

#[test]
fn the_same_as_another_user_is_proven_and_nothing_is_left() {
    let fake = Fake::new(&[]);
    let (proof, code) = fake.verify(&[]);
    assert_eq!(
        (proof["verdict"].as_str(), code),
        (Some("proven"), 0),
        "{proof:#}"
    );
    assert_eq!(proof["engine"], "docker 9.9.9");
    let results: Vec<(&str, &str)> = proof["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .filter_map(|line| Some((line["check"].as_str()?, line["result"].as_str()?)))
        .collect();
    let fine = [
        "builds",
        "config-user",
        "starts",
        "state",
        "processes",
        "ports",
        "log",
        "no-capabilities",
    ];
    assert_eq!(results, fine.map(|check| (check, "fine")));
    nothing_is_left(&fake);
}

#[test]
fn containers_get_no_network_mount_or_right_that_nobody_asked_for() {
    let fake = Fake::new(&[]);
    fake.verify(&[]);
    let common = "run --detach --name unroot-verify-ID";
    let label = "--pull never --label io.github.unroot.verify=ID";
    let image = "localhost/unroot-verify:ID";
    let mut runs = fake.calls_of("run");
    runs.sort();
    assert_eq!(
        runs,
        [
            format!("{common}-fixed {label} {image}-fixed"),
            format!(
                "{common}-nocapabilities {label} --cap-drop ALL --security-opt no-new-privileges {image}-fixed"
            ),
            format!("{common}-original {label} {image}-original"),
        ]
    );
    let build = "build --progress plain --tag localhost/unroot-verify:ID";
    assert_eq!(
        fake.calls_of("build"),
        ["original", "fixed"]
            .map(|role| format!("{build}-{role} --label io.github.unroot.verify=ID --file - ."))
    );
}

#[test]
fn what_is_asked_for_is_passed_on() {
    let fake = Fake::new(&[]);
    fs::create_dir(fake.path("context")).expect("writable");
    fs::write(
        fake.path("Dockerfile"),
        "FROM debian AS app\nARG A\nFROM debian\n",
    )
    .expect("writable");
    let args = "--network mine --target app --build-arg A=1 --context context --build-opt=--no-cache --run-arg=--env=X=1 Dockerfile -- app serve";
    let (proof, _) = fake.verify(&args.split(' ').collect::<Vec<_>>());
    // `--wait` stood behind `--`, and is the container's.
    assert_eq!(proof["stage"], "app");
    let build = &fake.calls_of("build")[0];
    assert!(
        build.ends_with("--target app --build-arg A=1 --no-cache --file - context"),
        "a network of the user's is none of a build's: {build}"
    );
    let run = &fake.calls_of("run")[0];
    assert!(
        run.contains(" --network mine --env=X=1 localhost/"),
        "{run}"
    );
    assert!(run.ends_with("-original app serve --wait 0.1"), "{run}");
    let fake = Fake::new(&[]);
    fake.verify(&["--network", "none"]);
    assert!(fake.calls_of("build")[0].contains(" --network none "));
}

#[test]
fn without_an_engine_nothing_is_provable() {
    let fake = Fake::new(&[]);
    fs::remove_file(fake.path("bin/docker")).expect("it is there");
    let mut command = fake.command(&["verify"]);
    let output = command
        .env("PATH", fake.path("bin"))
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("not provable here: no container engine answers [no-engine]"),
        "{text}"
    );
    assert!(text.contains("docker: `docker` is not installed"), "{text}");
}

#[test]
fn the_first_engine_that_answers_is_taken() {
    let fake = Fake::new(&[
        ("version", "echo no daemon >&2; exit 1"),
        ("info", "echo 5.5.5"),
    ]);
    fake.engine("podman");
    let (proof, _) = fake.verify(&[]);
    assert_eq!(proof["engine"], "podman 5.5.5");
    assert!(fake.calls_of("build")[0].starts_with("build --format docker --tag"));
    assert!(fake.calls_of("rm")[0].starts_with("rm --force --volumes --time 0 "));
}

#[test]
fn an_original_that_cannot_work_here_is_nobodys_fault() {
    for (command, snippet, kind) in [
        (
            "build",
            "cat >/dev/null; echo 'ERROR: failed to solve: failed to resolve source metadata for docker.io/library/x' >&2; exit 1",
            "base-not-pullable",
        ),
        (
            "build",
            "cat >/dev/null; echo '#5 curl: (6) Could not resolve host: example.com'; exit 1",
            "needs-network",
        ),
        ("build", "cat >/dev/null; exit 1", "original-does-not-build"),
        (
            "run",
            "echo 'exec: \"app\": not found' >&2; exit 127",
            "original-does-not-start",
        ),
        (
            "container",
            r#"echo '[{"Id":"0123456789abcdef","State":{"Running":false,"ExitCode":2}}]'"#,
            "needs-arguments",
        ),
    ] {
        let fake = Fake::new(&[(command, snippet)]);
        let (proof, code) = fake.verify(&[]);
        assert_eq!(proof["verdict"], "not-provable", "{proof:#}");
        assert_eq!(
            (proof["not_provable"]["kind"].as_str(), code),
            (Some(kind), 1),
            "{proof:#}"
        );
        nothing_is_left(&fake);
    }
}

#[test]
fn a_fixed_image_that_differs_is_broken_with_the_line_that_shows_it() {
    let only_fixed = |snippet: &str| format!("case \"$*\" in *-fixed*) {snippet} ;; esac");
    for (command, snippet, check, why) in [
        (
            "build",
            "cat >/dev/null; echo 'useradd: not found'; exit 1",
            "builds",
            "useradd: not found",
        ),
        (
            "run",
            "echo 'unable to find user app' >&2; exit 125",
            "starts",
            "unable to find user app",
        ),
        (
            "container",
            r#"echo '[{"Id":"0123456789abcdef","State":{"Running":false,"ExitCode":13}}]'; return"#,
            "state",
            "up → ended with code 13: listening",
        ),
        (
            "top",
            "echo 'UID GID PID COMMAND'; echo '0 0 9 helper'; return",
            "processes",
            "0:0 helper",
        ),
        (
            "exec",
            "echo '  sl  local_address'; return",
            "ports",
            "8080 → none: listening",
        ),
        (
            "logs",
            "echo 'open /data: Permission denied'; return",
            "log",
            "open /data: Permission denied",
        ),
    ] {
        let default = ANSWERS
            .iter()
            .find(|(name, _)| *name == command)
            .map_or("", |(_, answer)| answer);
        let fake = Fake::new(&[(command, &format!("{}\n{default}", only_fixed(snippet)))]);
        let (proof, code) = fake.verify(&["--timeout", "1"]);
        let broken = &proof["broken"];
        assert_eq!(proof["verdict"], "broken", "{command}: {proof:#}");
        assert_eq!(
            (broken["check"].as_str(), broken["why"].as_str()),
            (Some(check), Some(why))
        );
        assert_eq!(code, 1);
        nothing_is_left(&fake);
    }
}

#[test]
fn an_extra_line_counts_only_when_it_is_asked_to() {
    let run = "case \"$*\" in *--cap-drop*) echo 'operation not permitted' >&2; exit 126 ;; esac; echo id";
    let fake = Fake::new(&[("run", run)]);
    let (proof, code) = fake.verify(&[]);
    assert_eq!(
        (proof["verdict"].as_str(), code),
        (Some("proven"), 0),
        "{proof:#}"
    );
    let (proof, code) = fake.verify(&["--strict"]);
    assert_eq!(
        (proof["broken"]["check"].as_str(), code),
        (Some("no-capabilities"), 1),
        "{proof:#}"
    );
}

#[test]
fn fix_writes_what_is_proven_and_nothing_else() {
    let fake = Fake::new(&[]);
    let before = fs::read_to_string(fake.path("Dockerfile")).expect("it is there");
    fake.answer(
        "logs",
        "case \"$*\" in *fixed) echo 'Permission denied' ;; esac",
    );
    let output = fake.run(&["fix", "--verify"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        fs::read_to_string(fake.path("Dockerfile")).expect("it is there"),
        before
    );
    fake.answer("logs", "echo listening");
    let output = fake.run(&["fix", "--verify"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let after = fs::read_to_string(fake.path("Dockerfile")).expect("it is there");
    assert!(after.contains("USER 10001:10001"), "{after}");
}

#[test]
fn options_of_a_proof_mean_nothing_to_a_plain_fix() {
    let fake = Fake::new(&[]);
    let mut command = fake.command(&["fix", "--learn"]);
    let output = command.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        text,
        "error: --learn means nothing without a proof\nhelp: add --verify\n"
    );
}

#[test]
fn nothing_that_a_program_prints_gets_out_of_a_report() {
    let line =
        r"printf '| a `code` @everyone <img src=x> \033[31mred\033[0m Permission denied\r\n'";
    let fake = Fake::new(&[("logs", &format!("case \"$*\" in *fixed) {line} ;; esac"))]);
    let markdown = fake.run(&["verify", "--format=markdown"]);
    let markdown = String::from_utf8_lossy(&markdown.stdout).into_owned();
    let why = markdown
        .lines()
        .find(|line| line.starts_with("**permission"))
        .expect("the reason");
    assert!(
        why.ends_with(r"``| a `code` @everyone <img src=x>  [31mred [0m Permission denied``"),
        "{why}"
    );
    let text = fake.run(&["verify"]);
    assert!(!text.stdout.contains(&0x1b) && !text.stdout.contains(&b'\r'));
}

#[test]
fn what_a_dead_run_left_is_removed_and_a_living_ones_things_are_not() {
    let fake = Fake::new(&[]);
    fake.verify(&[]);
    let call = fake
        .calls()
        .into_iter()
        .find(|call| call.starts_with("run "));
    let call = call.expect("a run");
    let label = call
        .split("io.github.unroot.verify=")
        .nth(1)
        .expect("a label");
    let host = label.split('-').next().expect("a host").to_owned();
    // An id for each: of a dead process, of a living one, and of nobody.
    let living = std::process::id();
    let thing = |id: &str, owner: &str| {
        format!(r#"{{"Id":"{id}","Config":{{"Labels":{{"io.github.unroot.verify":"{owner}"}}}}}}"#)
    };
    let inspect = format!(
        "case $3 in dead) echo '[{},{},{{\"Id\":\"nobody\"}}]'; return ;; esac\n",
        thing("dead", &format!("{host}-999999999-1")),
        thing("living", &format!("{host}-{living}-1")),
    );
    for command in ["container", "image"] {
        let default = ANSWERS.iter().find(|(name, _)| *name == command);
        let default = default.map_or("", |(_, answer)| answer);
        fake.answer(command, &format!("{inspect}{default}"));
    }
    fake.answer("ps", "echo dead; echo living; echo nobody");
    fake.answer("images", "echo dead; echo living");
    fs::remove_file(fake.path("calls")).expect("it is there");
    fake.verify(&[]);
    let removed: Vec<String> = fake
        .calls()
        .into_iter()
        .filter(|call| call.starts_with("rm") && !call.contains("unroot-verify"))
        .collect();
    assert_eq!(removed, ["rm --force --volumes dead", "rmi --force dead"]);
}

#[test]
fn options_that_would_prove_something_else_are_refused() {
    for args in [
        ["--run-arg=--user=5", ""],
        ["--run-arg=--rm", ""],
        ["--timeout=1", "--wait=2"],
    ] {
        let fake = Fake::new(&[]);
        let mut command = fake.command(&["verify"]);
        let output = command
            .args(args.iter().filter(|arg| !arg.is_empty()))
            .output();
        let output = output.expect("the binary runs");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(fake.calls().is_empty(), "{args:?}");
    }
}

#[test]
fn several_targets_are_proven_each_against_the_file_as_it_is() {
    let fake = Fake::new(&[]);
    let file =
        "FROM debian:bookworm AS one\nCMD [\"app\"]\nFROM debian:bookworm AS two\nCMD [\"app\"]\n";
    fs::write(fake.path("Dockerfile"), file).expect("writable");
    let output = fake.run(&["verify", "--all-targets", "--format=json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let lines: Vec<_> = [0, 1]
        .map(|at| report["proofs"][at]["line"].as_u64())
        .into();
    assert_eq!(lines, [Some(1), Some(3)]);
    assert_eq!(report["proofs"][0]["stage"], "one");
    let output = fake.run(&["fix", "--verify", "--all-targets"]);
    assert_eq!(output.status.code(), Some(0));
    let after = fs::read_to_string(fake.path("Dockerfile")).expect("it is there");
    assert_eq!(after.matches("USER 10001:10001").count(), 2, "{after}");
}

#[test]
fn a_signal_calls_it_off_and_nothing_is_left() {
    for (command, role) in [("build", "original"), ("build", "fixed"), ("logs", "fixed")] {
        for (signal, number) in [("INT", 2), ("TERM", 15)] {
            let default = ANSWERS
                .iter()
                .find(|(name, _)| *name == command)
                .map_or("", |(_, answer)| answer);
            let wait = format!(
                "case \"$*\" in *-{role}*) echo > \"$FAKE/reached\"; sleep 1 ;; esac\n{default}"
            );
            let fake = Fake::new(&[(command, &wait)]);
            let mut child = fake
                .command(&["verify", "--wait", "0.1"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the binary runs");
            until(&fake.path("reached"));
            let kill = Command::new("kill")
                .args([&format!("-{signal}"), &child.id().to_string()])
                .status();
            assert!(kill.expect("kill runs").success());
            let status = child.wait().expect("it ends");
            assert_eq!(
                status.code(),
                Some(128 + number),
                "{command} of {role}, {signal}"
            );
            nothing_is_left(&fake);
        }
    }
}

fn until(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{} does not come",
            path.display()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}
