//! What the caller of a proof asks for.

use std::path::PathBuf;
use std::time::Duration;

/// How a Dockerfile is built and run for its proof.
#[derive(Debug, Clone)]
pub struct Request {
    /// The build context.
    pub context: PathBuf,
    /// `NAME.dockerignore` beside the Dockerfile, where there is one (it goes before the context's own).
    pub ignore_file: Option<Vec<u8>>,
    /// The stage to build, by name; none for the last one.
    pub target: Option<String>,
    /// `NAME=VALUE`.
    pub build_args: Vec<String>,
    /// How to run it.
    pub running: Running,
}

/// How images are run and looked at, for all files of a run.
#[derive(Debug, Clone)]
pub struct Running {
    /// The network of containers, and of builds as far as those know it; none for the engine's own choice.
    pub network: Option<String>,
    /// Further options of `build`.
    pub build_options: Vec<String>,
    /// Further options of `run`.
    pub run_options: Vec<String>,
    /// What stands behind the image's name: the container's command.
    pub arguments: Vec<String>,
    /// A shell command on this machine that passes when the container does its job.
    pub check: Option<String>,
    /// The same, inside the container.
    pub exec: Option<String>,
    /// How long a container must stay up.
    pub wait: Duration,
    /// Longest time that one build or one container gets.
    pub timeout: Duration,
    /// The extra lines count.
    pub strict: bool,
    /// Look at what the original writes and binds first, and plan the fix by that.
    pub learn: bool,
}

impl Default for Running {
    fn default() -> Self {
        Self {
            network: None,
            build_options: Vec::new(),
            run_options: Vec::new(),
            arguments: Vec::new(),
            check: None,
            exec: None,
            wait: Duration::from_secs(5),
            timeout: Duration::from_secs(600),
            strict: false,
            learn: false,
        }
    }
}

impl Running {
    /// True when containers share the network of this machine: its ports are then not theirs.
    pub(super) fn shares_host_network(&self) -> bool {
        let asked = self.network.as_deref() == Some("host");
        let mut before = "";
        asked
            || self.run_options.iter().any(|option| {
                let host = matches!(option.as_str(), "--network=host" | "--net=host")
                    || option == "host" && matches!(before, "--network" | "--net");
                before = option;
                host
            })
    }

    /// True when containers share something beyond the image: two at a time would get in each other's way.
    pub(super) fn shares(&self) -> bool {
        self.shares_host_network()
            || self.run_options.iter().any(|option| {
                let name = option.split('=').next().unwrap_or_default();
                matches!(
                    name,
                    "--publish" | "--volume" | "--mount" | "--ip" | "--volumes-from" | "--device"
                ) || option.starts_with("-p")
                    || option.starts_with("-v")
            })
    }

    /// The network as `build` takes it: `BuildKit` knows only these words (docker-build(1), --network).
    pub(super) fn build_network(&self) -> Option<&str> {
        self.network
            .as_deref()
            .filter(|network| matches!(*network, "none" | "host" | "default"))
    }
}

/// Why an option of `run` cannot be passed on, for those that would take the container out of our hands or
/// prove another user than the image's.
pub fn refused_option(option: &str) -> Option<&'static str> {
    let name = option.split('=').next().unwrap_or_default();
    let user = "the user is what is to be proven";
    let ours = "unroot names, starts and removes the container itself";
    match name {
        "--user" => Some(user),
        "--name" | "--rm" | "--detach" | "--restart" | "--cidfile" | "--replace" | "--pull" => {
            Some(ours)
        }
        // Short ones, alone or together: `-itd`, `-u0`.
        _ => {
            let short = name
                .strip_prefix('-')
                .filter(|rest| !rest.starts_with('-'))?;
            let mut flags = short.chars();
            match flags.find(|flag| !matches!(flag, 'i' | 't' | 'P')) {
                Some('u') => Some(user),
                Some('d') => Some(ours),
                _ => None,
            }
        }
    }
}

/// Somebody who likes to know how far a proof has come.
pub trait Watcher: Sync {
    /// A part begins.
    fn step(&self, what: &str);
    /// A build printed a line.
    fn output(&self, line: &str);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_would_prove_something_else_are_refused() {
        for option in [
            "--user=5",
            "--user",
            "-u",
            "-u0",
            "-itu0",
            "--rm",
            "--name=x",
            "-d",
            "-itd",
            "--restart=always",
        ] {
            assert!(refused_option(option).is_some(), "{option}");
        }
        for option in [
            "--env=A=1",
            "-eA=1",
            "-it",
            "--userns=host",
            "-v/a:/b",
            "--tmpfs=/x",
            "--dns=1.1.1.1",
            "A=1",
        ] {
            assert!(refused_option(option).is_none(), "{option}");
        }
    }

    #[test]
    fn what_two_containers_would_fight_for() {
        let with = |option: &str| Running {
            run_options: vec![option.to_owned()],
            ..Running::default()
        };
        for option in ["--publish=80:80", "-p80:80", "-v=/a:/b", "--network=host"] {
            assert!(with(option).shares(), "{option}");
        }
        assert!(!with("--env=A=1").shares() && !Running::default().shares());
        assert!(with("--net=host").shares_host_network());
    }
}
