//! What a container does that steps down, by each of the tools: which no comparison with the original shows.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{Volume, docker, engine, say, unroot};

/// A family of base images, and how it steps down there.
struct Kind {
    name: &'static str,
    dockerfile: &'static str,
    args: &'static [&'static str],
    network: &'static str,
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "debian-setpriv",
        dockerfile: "FROM debian:bookworm-slim\nRUN groupadd -g 4000 media && useradd -m -u 1500 -G media web\nVOLUME /data\nCMD [\"sleep\", \"1000\"]\n",
        args: &["--user=web"],
        network: "none",
    },
    Kind {
        name: "debian-gosu",
        dockerfile: "FROM debian:bookworm-slim\nRUN groupadd -g 4000 media && useradd -m -u 1500 -G media web\nVOLUME /data\nCMD [\"sleep\", \"1000\"]\n",
        args: &["--user=web", "--step-down-tool=gosu"],
        network: "host",
    },
    Kind {
        name: "alpine-su-exec",
        dockerfile: "FROM alpine:3.20\nRUN addgroup -g 4000 media && adduser -D -u 1500 web && addgroup web media\nVOLUME /data\nCMD [\"sleep\", \"1000\"]\n",
        args: &["--user=web"],
        network: "none",
    },
    Kind {
        name: "fedora-setpriv",
        dockerfile: "FROM fedora:41\nRUN groupadd -g 4000 media && useradd -m -u 1500 -G media web\nVOLUME /data\nCMD [\"sleep\", \"1000\"]\n",
        args: &["--user=web"],
        network: "none",
    },
];

/// Tests that run side by side must not remove each other's image.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// A fixed image, which goes when it is dropped.
struct Image {
    name: String,
}

impl Image {
    fn build(kind: &Kind) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("Dockerfile"), kind.dockerfile).expect("writable");
        let fixed = unroot_in(folder.path(), "fix", kind.args);
        assert!(
            fixed.contains("step down from root to web"),
            "{}: {fixed}",
            kind.name
        );
        let script = folder.path().join("step-down.sh");
        let mode = fs::metadata(&script)
            .expect("it was made")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o755, "{}", kind.name);
        // What was fixed is known again, and stays.
        let checked = unroot_in(folder.path(), "check", kind.args);
        assert!(
            checked.contains("note[steps-down]"),
            "{}: {checked}",
            kind.name
        );
        let before = fs::read(folder.path().join("Dockerfile")).expect("there");
        unroot_in(folder.path(), "fix", kind.args);
        let after = fs::read(folder.path().join("Dockerfile")).expect("there");
        assert_eq!(before, after, "{}: a second run changes it", kind.name);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!(
            "localhost/unroot-lab-step-down:{}-{number}",
            std::process::id()
        );
        let path = folder.path().display().to_string();
        let (text, built) = docker(&["build", "-q", "--network", kind.network, "-t", &name, &path]);
        assert!(built, "{}: {text}", kind.name);
        Self { name }
    }

    /// What a container of it prints that runs these words, and its code.
    fn run(&self, options: &[&str], words: &[&str]) -> (String, i32) {
        let mut command = Command::new("docker");
        command
            .args(["run", "--rm", "-i", "--network", "none"])
            .args(options);
        command.arg(&self.name).args(words);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("docker is there");
        let mut stdin = child.stdin.take().expect("piped");
        let _ = stdin.write_all(b"a line\n");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).trim().replace('\r', "");
        (text, output.status.code().unwrap_or(-1))
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        docker(&["rmi", "--force", &self.name]);
    }
}

fn unroot_in(folder: &Path, command: &str, args: &[&str]) -> String {
    let mut all = vec![command, "--strategy=step-down"];
    if command == "fix" {
        all.push("--unsafe");
    }
    let output = unroot(folder)
        .args(all)
        .args(args)
        .arg("Dockerfile")
        .output();
    let output = output.expect("the binary runs");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// Calls `test` with the fixed image of each family; nothing without Docker, whose own volumes and signals these are.
fn each(test: impl Fn(&str, &Image)) {
    if engine().is_none_or(|engine| !engine.starts_with("docker")) {
        return;
    }
    for kind in &KINDS {
        test(kind.name, &Image::build(kind));
    }
}

#[test]
fn a_step_down_is_right_in_all_ways() {
    each(|name, image| {
        let is = |options: &[&str], words: &[&str], expected: &str, code: i32| {
            let (text, own) = image.run(options, words);
            assert_eq!(
                (text.as_str(), own),
                (expected, code),
                "{name}: {options:?} {words:?}"
            );
        };
        // Who it is: all ids, the supplementary groups, HOME; and the first process is the command.
        let who = "id -u; id -g; id -G | tr ' ' '\\n' | sort -n | tr '\\n' ' '; echo; echo $HOME; cat /proc/1/comm; true";
        is(
            &[],
            &["sh", "-c", who],
            "1500\n1500\n1500 4000 \n/home/web\nsh",
            0,
        );
        // The saved ids, too: nothing is left to take root back with.
        let ids = "grep -E '^(Uid|Gid)' /proc/self/status | tr '\\t' ' '";
        is(
            &[],
            &["sh", "-c", ids],
            "Uid: 1500 1500 1500 1500\nGid: 1500 1500 1500 1500",
            0,
        );
        // Logs that are links to them are opened anew.
        let streams = "echo one > /dev/stdout && echo two > /dev/stderr";
        is(&[], &["sh", "-c", streams], "one\ntwo", 0);
        // Started as somebody else.
        is(&["--user", "1234"], &["id", "-u"], "1234", 0);
        is(&["--user", "1234:4321"], &["id", "-g"], "4321", 0);
        // Standard input, blanks, the exit code.
        is(&[], &["cat"], "a line", 0);
        is(
            &[],
            &["sh", "-c", "echo \"$1\"; exit 7", "x", "a  b"],
            "a  b",
            7,
        );
        is(
            &["-e", "HOME=/srv"],
            &["sh", "-c", "echo $HOME"],
            home(name),
            0,
        );
        // Nothing to run.
        let (text, code) = image.run(&[], &["--verbose"]);
        assert!(
            code == 127 && text.contains("no command to run: --verbose"),
            "{name}: {text}"
        );
        let (text, code) = image.run(&[], &["/not/there"]);
        assert!(code == 127 || code == 1, "{name}: {code} {text}");
        // Without the rights to step down it does not run as root.
        let (text, code) = image.run(&["--cap-drop", "ALL"], &["id", "-u"]);
        assert!(
            code != 0 && !text.lines().any(|line| line == "0"),
            "{name}: {code} {text}"
        );
    });
}

/// `-e HOME=..` is kept where the tool does not set HOME from passwd.
fn home(name: &str) -> &'static str {
    if name.ends_with("setpriv") {
        "/srv"
    } else {
        "/home/web"
    }
}

#[test]
fn a_volume_of_roots_is_handed_over_and_no_more() {
    each(|name, image| {
        let volume = Volume::filled();
        let mount = format!("{}:/data", volume.name);
        let owners = "cd /data && stat -c '%n %u' . old sub sub/link && stat -L -c '%n %u' sub/link && echo x > new";
        let expected = ". 1500\nold 1500\nsub 1500\nsub/link 1500\nsub/link 0";
        for options in [&["-v", &mount][..], &["--read-only", "-v", &mount]] {
            let (text, code) = image.run(options, &["sh", "-c", owners]);
            assert_eq!((text.as_str(), code), (expected, 0), "{name} {options:?}");
        }
        // What cannot be handed over is said, once, and the command runs.
        let fresh = Volume::filled();
        let closed = format!("{}:/data:ro", fresh.name);
        let (text, code) = image.run(&["-v", &closed], &["echo", "runs"]);
        assert_eq!(code, 0, "{name}: {text}");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{name}: {text}");
        assert!(
            text.contains("runs") && text.contains("not all of /data could be given to web"),
            "{name}: {text}"
        );
        // A folder that is not there is made.
        let gone = ["--tmpfs", "/data:mode=0700", "--read-only"];
        let (text, code) = image.run(&gone, &["sh", "-c", "echo x > /data/y && stat -c %u /data"]);
        assert_eq!((text.as_str(), code), ("1500", 0), "{name}");
    });
}

#[test]
fn signals_reach_the_program() {
    each(|name, image| {
        let program = "trap 'echo got it; exit 42' TERM; echo ready; while :; do sleep 0.05; done";
        let container = format!("unroot-lab-signal-{name}-{}", std::process::id());
        let run = [
            "run",
            "-d",
            "--network",
            "none",
            "--name",
            &container,
            &image.name,
            "sh",
            "-c",
            program,
        ];
        let (text, started) = docker(&run);
        assert!(started, "{name}: {text}");
        let start = Instant::now();
        while !docker(&["logs", &container]).0.contains("ready") {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "{name}: it does not start"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        let start = Instant::now();
        // A second is what it gets before it is killed, which would be code 137.
        docker(&["stop", "--time", "1", &container]);
        say(&format!(
            "{name}: docker stop took {:.2} s",
            start.elapsed().as_secs_f64()
        ));
        let (code, _) = docker(&["inspect", "--format", "{{.State.ExitCode}}", &container]);
        let (log, _) = docker(&["logs", &container]);
        docker(&["rm", "--force", "--volumes", &container]);
        assert_eq!(
            (code.as_str(), log.as_str()),
            ("42", "ready\ngot it"),
            "{name}"
        );
    });
}
