//! The user's own git, as a child process: for what it knows better, credentials and signatures.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use git2::Oid;

use super::identity::Identity;

/// `git`, found on the PATH.
#[derive(Debug)]
pub(super) struct Git {
    git_dir: PathBuf,
}

/// What a run of it left.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) success: bool,
    pub(super) out: String,
    pub(super) err: String,
}

/// What would send it to another repository, or make it write where it should not.
const UNSET: [&str; 14] = [
    super::TOKEN_VARIABLE,
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
    "GIT_NAMESPACE",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    // A trace shall not have credentials in it.
    "GIT_TRACE_REDACT",
    "LANGUAGE",
];

impl Git {
    /// None where no git answers.
    pub(super) fn find(git_dir: &Path) -> Option<Self> {
        let mut version = Command::new("git");
        version.arg("--version").stdin(Stdio::null());
        let answer = version.output().ok()?;
        answer.status.success().then(|| Self {
            git_dir: git_dir.to_owned(),
        })
    }

    /// A command in this repository that asks nobody anything, run in `folder`: relative addresses of remotes
    /// count from there.
    pub(super) fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new("git");
        let mut option = std::ffi::OsString::from("--git-dir=");
        option.push(&self.git_dir);
        command.arg(option).current_dir(folder);
        for name in UNSET {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0");
        command
    }

    /// A signed commit, by whatever signs for the user.
    pub(super) fn signed_commit(
        &self,
        tree: Oid,
        parent: Oid,
        message: &str,
        who: &Identity,
    ) -> Result<Oid, String> {
        let mut command = self.command(&self.git_dir);
        command.envs(who.environment());
        command.args(["commit-tree", "-S", "-F", "-", "-p", &parent.to_string()]);
        command.arg(tree.to_string());
        let ran = run(&mut command, message.as_bytes()).map_err(|error| error.to_string())?;
        if !ran.success {
            return Err(complaint(&ran.err));
        }
        Oid::from_str(ran.out.trim()).map_err(|error| error.message().to_owned())
    }
}

/// Adds settings by environment, after those that are there: nobody sees them in the list of processes.
pub(super) fn configure(command: &mut Command, settings: &[(String, String)]) {
    let count = std::env::var("GIT_CONFIG_COUNT").ok();
    let first: usize = count.and_then(|count| count.parse().ok()).unwrap_or(0);
    for (at, (key, value)) in settings.iter().enumerate() {
        command.env(format!("GIT_CONFIG_KEY_{}", first + at), key);
        command.env(format!("GIT_CONFIG_VALUE_{}", first + at), value);
    }
    command.env("GIT_CONFIG_COUNT", (first + settings.len()).to_string());
}

/// Runs it to its end. It stays in the foreground: an SSH agent or a signer may ask on the terminal.
pub(super) fn run(command: &mut Command, input: &[u8]) -> io::Result<Ran> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdin = child.stdin.take();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        if let Some(mut stdin) = stdin {
            // A process that does not read its input ends with an error of its own.
            let _ = stdin.write_all(&input);
        }
    });
    let output = child.wait_with_output()?;
    let _ = writer.join();
    Ok(Ran {
        success: output.status.success(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// The line of standard error that says most, without git's word before it.
pub(super) fn complaint(err: &str) -> String {
    let lines = || err.lines().map(str::trim).filter(|line| !line.is_empty());
    let marked = ["fatal: ", "error: ", "remote: "]
        .iter()
        .find_map(|mark| lines().find_map(|line| line.strip_prefix(mark)));
    let line = marked.or_else(|| lines().next_back());
    let line = line.unwrap_or("it said nothing");
    line.chars().filter(|ch| !ch.is_control()).collect()
}
