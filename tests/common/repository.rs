//! Repositories to try things on: a folder with a home of its own, `git` and `unroot` with a scrubbed environment,
//! and the check that a work tree is left as it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

/// A Dockerfile with a safe fix.
pub(crate) const ROOT: &str =
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"app.py\"]\n";

/// A Dockerfile with nothing to fix.
pub(crate) const FINE: &str =
    "FROM alpine:3.22\nRUN adduser -D app\nUSER app\nCMD [\"sleep\", \"1\"]\n";

pub(crate) struct Sandbox {
    folder: TempDir,
    path: std::ffi::OsString,
    extra: Vec<(String, String)>,
}

pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Run {
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.all());
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.all().contains(text),
            "`{text}` is not in: {}",
            self.all()
        );
        self
    }
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let sandbox = Self {
            folder,
            path: std::env::var_os("PATH").unwrap_or_default(),
            extra: Vec::new(),
        };
        let config = "[user]\n\tname = Jo\n\temail = jo@example.org\n[init]\n\tdefaultBranch = main\n\
            [protocol \"file\"]\n\tallow = always\n[advice]\n\tdetachedHead = false\n";
        sandbox.write("home/.gitconfig", config);
        sandbox
    }

    /// With a repository `repo` whose branch `main` has these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let sandbox = Self::new();
        sandbox.git(".", &["init", "-q", "repo"]);
        for (path, text) in files {
            sandbox.write(&format!("repo/{path}"), text);
        }
        sandbox.commit("repo", "first");
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
        fs::write(path, text).expect("writable");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("readable")
    }

    /// Sets a variable for all that runs from here on.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.extra.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.extra.retain(|(known, _)| known != name);
    }

    /// What `unroot` finds programs in; `git` itself is run from the machine's.
    pub(crate) fn set_path(&mut self, path: impl Into<std::ffi::OsString>) {
        self.path = path.into();
    }

    fn environment(&self) -> Vec<(String, std::ffi::OsString)> {
        let home = self.path("home");
        let mut all = vec![
            ("HOME".to_owned(), home.clone().into_os_string()),
            ("XDG_CONFIG_HOME".to_owned(), home.into_os_string()),
            ("GIT_CONFIG_NOSYSTEM".to_owned(), "1".into()),
        ];
        let extra = self.extra.iter();
        all.extend(extra.map(|(name, value)| (name.clone(), value.into())));
        all
    }

    pub(crate) fn try_git(&self, folder: &str, args: &[&str]) -> Output {
        let mut command = Command::new("git");
        command.current_dir(self.path(folder)).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs(self.environment()).args(args);
        command.output().expect("git runs")
    }

    /// What git prints, without the newline at its end.
    #[track_caller]
    pub(crate) fn git(&self, folder: &str, args: &[&str]) -> String {
        let output = self.try_git(folder, args);
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {args:?}: {err}");
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    /// Commits all that lies there.
    #[track_caller]
    pub(crate) fn commit(&self, folder: &str, message: &str) -> String {
        self.git(folder, &["add", "-A"]);
        self.git(folder, &["commit", "-q", "--allow-empty", "-m", message]);
        self.git(folder, &["rev-parse", "HEAD"])
    }

    pub(crate) fn unroot(&self, folder: &str, args: &[&str]) -> Run {
        let mut command = assert_cmd::Command::new(cargo_bin("unroot"));
        command.current_dir(self.path(folder)).env_clear();
        command.env("PATH", &self.path).envs(self.environment());
        let output = command.args(args).output().expect("the binary runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Run {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code().unwrap_or(-1),
        }
    }

    /// The file at the end of a branch; empty where there is none.
    pub(crate) fn show(&self, folder: &str, branch: &str, path: &str) -> String {
        let output = self.try_git(folder, &["cat-file", "blob", &format!("{branch}:{path}")]);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub(crate) fn tip(&self, folder: &str, revision: &str) -> String {
        let output = self.try_git(folder, &["rev-parse", "--verify", "-q", revision]);
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// All that a commit must leave as it is.
    pub(crate) fn state(&self, folder: &str) -> State {
        let git_dir = PathBuf::from(self.git(folder, &["rev-parse", "--absolute-git-dir"]));
        let index = fs::read(git_dir.join("index")).ok();
        let refs = self.git(
            folder,
            &["for-each-ref", "--format=%(refname) %(objectname)"],
        );
        let foreign = |line: &&str| !line.contains("/unroot/");
        let bare = self.git(folder, &["rev-parse", "--is-bare-repository"]) == "true";
        // Without locks, or it would write the index itself.
        let status = [
            "--no-optional-locks",
            "status",
            "--porcelain=v2",
            "--ignored",
        ];
        State {
            index,
            head: fs::read_to_string(git_dir.join("HEAD")).expect("HEAD"),
            status: if bare {
                String::new()
            } else {
                self.git(folder, &status)
            },
            stash: stash(&self.try_git(folder, &["log", "-g", "--format=%gd %H %gs", "stash"])),
            refs: refs.lines().filter(foreign).collect::<Vec<_>>().join("\n"),
            fetch_head: fs::read_to_string(git_dir.join("FETCH_HEAD")).ok(),
            rebase: fs::read_to_string(git_dir.join("rebase-merge/head-name")).ok(),
            files: if bare {
                Vec::new()
            } else {
                files(&self.path(folder))
            },
        }
    }

    /// Runs `unroot` and checks that the repository is as it was, but for branches below `unroot/`.
    #[track_caller]
    pub(crate) fn unroot_beside(&self, folder: &str, args: &[&str]) -> Run {
        let before = self.state(folder);
        let run = self.unroot(folder, args);
        assert_eq!(self.state(folder), before, "{}", run.all());
        run
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct State {
    index: Option<Vec<u8>>,
    head: String,
    status: String,
    stash: String,
    refs: String,
    fetch_head: Option<String>,
    rebase: Option<String>,
    files: Vec<(PathBuf, Vec<u8>)>,
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).expect("readable").flatten() {
            let path = entry.path();
            let kind = entry.file_type().expect("a type");
            if entry.file_name() == ".git" {
                continue;
            }
            if kind.is_dir() {
                left.push(path);
            } else {
                let bytes = fs::read(&path).unwrap_or_default();
                found.push((path, bytes));
            }
        }
    }
    found.sort();
    found
}

fn stash(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
