//! The script of `--strategy step-down`, run by each shell that images have: dash, bash, busybox's ash.
//!
//! `id` and the tool are stand-ins on PATH, so that nobody needs to be root; with real containers and the real tools it is
//! run in the lab (`tests/lab`). With `UNROOT_SHELLS=required` a missing shell is a failure, else it is said loudly.
#![cfg(unix)]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use unroot::analysis::Options;
use unroot::context::NoContext;
use unroot::finding::Applicability;
use unroot::fix::{StepDownTool, StepDownWish, Strategy, Wish};
use unroot::plan::patch;

const SHELLS: [&[&str]; 4] = [
    &["dash"],
    &["bash"],
    &["bash", "--posix"],
    &["busybox", "ash"],
];

/// The script for this Dockerfile, as it stands in the heredoc.
fn script(dockerfile: &str, tool: Option<StepDownTool>) -> String {
    let options = Options {
        wish: Wish {
            strategy: Strategy::StepDown,
            step_down: StepDownWish {
                tool,
                inline: true,
                legacy_builder: false,
            },
            ..Wish::default()
        },
        ..Options::default()
    };
    let patched = patch(
        dockerfile.as_bytes(),
        &NoContext,
        &options,
        Applicability::Unsafe,
    );
    let patched = patched.expect("the last stage is there");
    let after = patched.after.clone();
    let after = after.unwrap_or_else(|| panic!("no fix: {:?}", patched.held_back));
    let text = String::from_utf8(after).expect("it was text");
    let start = text.find("#!/bin/sh").expect("a script");
    let end = text[start..].find("EOF\n").expect("a heredoc") + start;
    text[start..end].to_owned()
}

const TWO_VOLUMES: &str = "FROM debian:bookworm\nVOLUME /data /logs\nENTRYPOINT [\"server\"]\n";

/// A folder with the script and the stand-ins, and what was done there.
struct Stage {
    folder: tempfile::TempDir,
    shell: Vec<String>,
}

impl Stage {
    /// `script`, with the folders of the image in a folder of this machine.
    fn new(shell: &[&str], script: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        for name in ["bin", "data", "logs"] {
            fs::create_dir(root.join(name)).expect("writable");
        }
        let own = |path: &str| root.join(path).display().to_string();
        let script = script
            .replace(
                " /data /logs;",
                &format!(" {} {};", own("data"), own("logs")),
            )
            .replace("=/home/app", &format!("={}", own("home")))
            // Some builds of busybox take their own tools for those on PATH.
            .replace("$(id ", &format!("$({} ", own("bin/id")))
            .replace("&& find ", &format!("&& {} ", own("bin/find")))
            .replace("exec setpriv", &format!("exec {}", own("bin/setpriv")));
        fs::write(root.join("step-down.sh"), script).expect("writable");
        let stage = Self {
            folder,
            shell: shell.iter().map(|&word| word.to_owned()).collect(),
        };
        stage.tool("id", "[ \"$1\" = -u ] || exit 1\necho \"$FAKE_UID\"");
        let passes = "echo \"$0 $*\" >> \"$LOG\"\necho \"HOME=$HOME\" >> \"$LOG\"\n";
        let setpriv = format!("{passes}while [ \"$1\" != -- ]; do shift; done\nshift\nexec \"$@\"");
        stage.tool("setpriv", &setpriv);
        for tool in ["su-exec", "gosu"] {
            stage.tool(tool, &format!("{passes}shift\nexec \"$@\""));
        }
        stage.tool("find", "echo \"find $*\" >> \"$LOG\"");
        stage
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tool(&self, name: &str, text: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("ours");
    }

    /// Runs it as `uid` with these arguments.
    fn run(&self, uid: u32, arguments: &[&str], home: &str) -> Output {
        let mut command = Command::new(&self.shell[0]);
        command
            .args(&self.shell[1..])
            .arg(self.path("step-down.sh"))
            .args(arguments)
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.path("bin").display()),
            )
            .env("LOG", self.path("log"))
            .env("FAKE_UID", uid.to_string())
            .env("HOME", home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the shell is there");
        let mut stdin = child.stdin.take().expect("piped");
        // A script that ends before reads nothing.
        let _ = stdin.write_all(b"a line\n");
        drop(stdin);
        child.wait_with_output().expect("it ends")
    }

    fn log(&self) -> String {
        let log = fs::read_to_string(self.path("log")).unwrap_or_default();
        log.replace(&self.folder.path().display().to_string(), "")
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Calls `test` with each shell that is there.
fn each_shell(test: impl Fn(&[&str])) {
    for shell in SHELLS {
        let there = Command::new(shell[0])
            .args(&shell[1..])
            .args(["-c", "exit 0"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if there {
            test(shell);
            continue;
        }
        let required = std::env::var("UNROOT_SHELLS").is_ok_and(|value| value == "required");
        assert!(!required, "{shell:?} is missing");
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: {shell:?} is not on this machine"
        );
    }
}

#[test]
fn anybody_else_only_runs_the_command() {
    let script = script(TWO_VOLUMES, None);
    each_shell(|shell| {
        let stage = Stage::new(shell, &script);
        let output = stage.run(
            1234,
            &[
                "sh",
                "-c",
                "cat; echo \"$1|$2|$HOME\"; exit 7",
                "x",
                "a b",
                "*",
            ],
            "/h",
        );
        assert_eq!(out(&output), "a line\na b|*|/h\n", "{shell:?}");
        assert_eq!(
            output.status.code(),
            Some(7),
            "{shell:?}: the exit code comes back"
        );
        assert_eq!(
            (err(&output).as_str(), stage.log().as_str()),
            ("", ""),
            "{shell:?}"
        );
    });
}

#[test]
fn root_hands_over_and_steps_down() {
    let script = script(TWO_VOLUMES, None);
    each_shell(|shell| {
        let stage = Stage::new(shell, &script);
        let output = stage.run(
            0,
            &["sh", "-c", "cat; echo \"$1\"; exit 3", "x", "a  b"],
            "/root",
        );
        assert_eq!(out(&output), "a line\na  b\n", "{shell:?}");
        assert_eq!(output.status.code(), Some(3), "{shell:?}");
        assert_eq!(
            stage.log(),
            "find /data -xdev ! -user 10001 -exec chown -h 10001:10001 {} +\n\
             find /logs -xdev ! -user 10001 -exec chown -h 10001:10001 {} +\n\
             /bin/setpriv --reuid=10001 --regid=10001 --init-groups -- sh -c cat; echo \"$1\"; exit 3 x a  b\n\
             HOME=/home\n",
            "{shell:?}"
        );
        assert_eq!(err(&output), "", "{shell:?}");
    });
}

#[test]
fn each_tool_gets_the_user_it_needs() {
    let with = |dockerfile: &str, tool| {
        let text = script(dockerfile, tool);
        let line = text
            .lines()
            .find(|line| line.contains(" exec "))
            .map(str::trim);
        line.unwrap_or_default().to_owned()
    };
    assert_eq!(
        with(TWO_VOLUMES, Some(StepDownTool::Gosu)),
        "exec gosu app \"$@\""
    );
    let alpine = "FROM alpine:3.21\nVOLUME /data\nENTRYPOINT [\"server\"]\n";
    assert_eq!(with(alpine, None), "exec su-exec app \"$@\"");
    let home = alpine.replace("VOLUME", "ENV HOME=/srv/app\nVOLUME");
    assert_eq!(
        with(&home, None),
        "exec su-exec app env \"HOME=$HOME\" \"$@\""
    );
}

#[test]
fn a_home_that_is_not_roots_stays() {
    let script = script(TWO_VOLUMES, None);
    each_shell(|shell| {
        for (home, kept) in [
            ("/srv", "/srv"),
            ("/root", "/home"),
            ("/root/x", "/home"),
            ("", "/home"),
        ] {
            let stage = Stage::new(shell, &script);
            stage.run(0, &["true"], home);
            let log = stage.log();
            assert!(
                log.ends_with(&format!("HOME={kept}\n")),
                "{shell:?} {home}: {log}"
            );
        }
    });
}

#[test]
fn without_a_command_it_says_so() {
    let script = script(TWO_VOLUMES, None);
    each_shell(|shell| {
        for (uid, arguments) in [
            (0, &[][..]),
            (7, &[]),
            (0, &["--verbose"]),
            (7, &["-a", "x", "sh"]),
            (0, &[""]),
        ] {
            let stage = Stage::new(shell, &script);
            let output = stage.run(uid, arguments, "/root");
            assert_eq!(output.status.code(), Some(127), "{shell:?} {arguments:?}");
            assert!(
                err(&output).starts_with("step-down.sh: no command to run: "),
                "{shell:?}: {}",
                err(&output)
            );
            assert_eq!(stage.log(), "", "{shell:?} {arguments:?}");
        }
    });
}

#[test]
fn a_program_that_is_not_there_fails_as_in_any_container() {
    let script = script(TWO_VOLUMES, None);
    each_shell(|shell| {
        let output = Stage::new(shell, &script).run(7, &["/not/there"], "/");
        assert_eq!(output.status.code(), Some(127), "{shell:?}");
    });
}

#[test]
fn what_cannot_be_handed_over_is_said_and_the_command_runs() {
    let script = script(TWO_VOLUMES, None);
    each_shell(|shell| {
        let stage = Stage::new(shell, &script);
        stage.tool("find", "echo no >&2; case $1 in *logs) exit 1 ;; esac");
        let output = stage.run(0, &["echo", "done"], "/root");
        assert_eq!(out(&output), "done\n", "{shell:?}");
        let logs = stage.path("logs").display().to_string();
        assert_eq!(
            err(&output),
            format!("step-down.sh: not all of {logs} could be given to app\n"),
            "{shell:?}: the tools' own lines, one a file, stay away"
        );
    });
}

#[test]
fn a_missing_folder_is_made() {
    let script = script(TWO_VOLUMES, None);
    each_shell(|shell| {
        let stage = Stage::new(shell, &script);
        fs::remove_dir(stage.path("logs")).expect("empty");
        let output = stage.run(0, &["true"], "/root");
        assert!(stage.path("logs").is_dir(), "{shell:?}");
        assert_eq!(err(&output), "", "{shell:?}");
    });
}

#[test]
fn it_becomes_the_command() {
    let script = script(TWO_VOLUMES, None);
    each_shell(|shell| {
        let stage = Stage::new(shell, &script);
        // What the script leaves in the log is written by the process that it was.
        stage.tool("find", "echo $PPID >> \"$LOG\"");
        let output = stage.run(0, &["sh", "-c", "echo $$"], "/root");
        let log = stage.log();
        assert_eq!(
            log.lines().next(),
            out(&output).lines().next(),
            "{shell:?}: {log}"
        );
    });
}

/// With the machine's own `find` and `chown`, and with busybox's: only root may give files away.
#[test]
fn links_are_not_followed() {
    let owner = |path: &Path| fs::symlink_metadata(path).expect("there").uid();
    let probe = tempfile::tempdir().expect("a folder");
    if owner(probe.path()) != 0 {
        let _ = writeln!(std::io::stderr(), "SKIPPED: only root may change owners");
        return;
    }
    let script = script(TWO_VOLUMES, None);
    each_shell(|shell| {
        let stage = Stage::new(shell, &script);
        fs::remove_file(stage.path("bin/find")).expect("ours");
        let there = |name: &str| {
            let folders = ["/usr/local/bin", "/usr/bin", "/bin"].map(Path::new);
            let mut paths = folders.iter().map(|folder| folder.join(name));
            paths.find(|path| path.exists()).expect("it is on PATH")
        };
        for tool in ["find", "chown"] {
            let of = if shell[0] == "busybox" {
                shell[0]
            } else {
                tool
            };
            symlink(there(of), stage.path("bin").join(tool)).expect("writable");
        }
        let secret = stage.path("shadow");
        fs::write(&secret, "x").expect("writable");
        fs::create_dir(stage.path("data/sub")).expect("writable");
        fs::write(stage.path("data/sub/file"), "x").expect("writable");
        symlink(&secret, stage.path("data/link")).expect("writable");
        symlink(stage.path(""), stage.path("data/folder")).expect("writable");
        // A folder that is a link itself leads nowhere either.
        fs::remove_dir(stage.path("logs")).expect("empty");
        symlink(stage.path("bin"), stage.path("logs")).expect("writable");
        let output = stage.run(0, &["true"], "/root");
        assert_eq!(err(&output), "", "{shell:?}");
        for given in [
            "data",
            "data/sub",
            "data/sub/file",
            "data/link",
            "data/folder",
            "logs",
        ] {
            assert_eq!(owner(&stage.path(given)), 10_001, "{shell:?}: {given}");
        }
        for kept in ["shadow", "bin", "bin/id", ""] {
            assert_eq!(owner(&stage.path(kept)), 0, "{shell:?}: {kept}");
        }
        // What is the user's already is not touched.
        let changed = |name: &str| {
            fs::symlink_metadata(stage.path(name))
                .expect("there")
                .ctime_nsec()
        };
        let before = changed("data/sub/file");
        stage.run(0, &["true"], "/root");
        assert_eq!(changed("data/sub/file"), before, "{shell:?}");
    });
}

#[test]
fn shellcheck_finds_nothing() {
    let there = Command::new("shellcheck").arg("--version").output().is_ok();
    if !there {
        let required = std::env::var("UNROOT_SHELLS").is_ok_and(|value| value == "required");
        assert!(!required, "shellcheck is missing");
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: shellcheck is not on this machine"
        );
        return;
    }
    let tools = [None, Some(StepDownTool::Gosu)];
    let files = [
        TWO_VOLUMES.to_owned(),
        TWO_VOLUMES.replace(" /logs", ""),
        TWO_VOLUMES.replace("VOLUME /data /logs\n", ""),
        TWO_VOLUMES.replace("VOLUME", "ENV HOME=/srv\nVOLUME"),
        TWO_VOLUMES.replace("FROM debian:bookworm", "FROM node:20\nUSER root"),
    ];
    for (tool, file) in tools
        .iter()
        .flat_map(|tool| files.iter().map(move |file| (tool, file)))
    {
        let text = script(file, *tool);
        assert!(text.lines().count() <= 25, "{text}");
        let mut child = Command::new("shellcheck")
            .args(["--shell=sh", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it was there");
        let mut stdin = child.stdin.take().expect("piped");
        stdin.write_all(text.as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{text}\n{}", out(&output));
    }
}
