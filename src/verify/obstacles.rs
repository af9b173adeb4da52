//! Why an original cannot be built or run here, read from what the engine or the program said.

use super::complaints::is_complaint;
use super::container::Blind;
use super::image::Failure;
use super::report::{Obstacle, ObstacleKind};

/// Lines of evidence that are kept.
const SHOWN: usize = 12;

/// Lines at the end of a build's output that are the engine's own.
const ENGINES_WORD: usize = 4;

/// A sign in a build's output, in lower case, and what it means. The first that is found counts.
const BUILD_SIGNS: [(&str, ObstacleKind); 34] = [
    // A base or a frontend that cannot be had (BuildKit, then buildah).
    (
        "failed to resolve source metadata",
        ObstacleKind::BaseNotPullable,
    ),
    ("pull access denied", ObstacleKind::BaseNotPullable),
    ("manifest unknown", ObstacleKind::BaseNotPullable),
    (
        "no match for platform in manifest",
        ObstacleKind::BaseNotPullable,
    ),
    ("short-name", ObstacleKind::BaseNotPullable),
    (
        "initializing source docker://",
        ObstacleKind::BaseNotPullable,
    ),
    ("unable to pull image", ObstacleKind::BaseNotPullable),
    ("failed to load cache key", ObstacleKind::BaseNotPullable),
    // Files of the context.
    (
        "failed to calculate checksum of ref",
        ObstacleKind::NeedsContext,
    ),
    ("failed to compute cache key", ObstacleKind::NeedsContext),
    ("copier: stat", ObstacleKind::NeedsContext),
    ("no items matching glob", ObstacleKind::NeedsContext),
    ("unable to prepare context", ObstacleKind::NeedsContext),
    // Secrets, SSH, named contexts.
    ("invalid secret", ObstacleKind::NeedsBuildOption),
    ("no such secret", ObstacleKind::NeedsBuildOption),
    ("secret was not found", ObstacleKind::NeedsBuildOption),
    (": secret ", ObstacleKind::NeedsBuildOption),
    ("ssh forward", ObstacleKind::NeedsBuildOption),
    ("unset ssh forward", ObstacleKind::NeedsBuildOption),
    // A network that is not there.
    (
        "temporary failure in name resolution",
        ObstacleKind::NeedsNetwork,
    ),
    ("temporary failure resolving", ObstacleKind::NeedsNetwork),
    ("could not resolve", ObstacleKind::NeedsNetwork),
    ("network is unreachable", ObstacleKind::NeedsNetwork),
    ("network unreachable", ObstacleKind::NeedsNetwork),
    ("name or service not known", ObstacleKind::NeedsNetwork),
    ("no such host", ObstacleKind::NeedsNetwork),
    ("bad address", ObstacleKind::NeedsNetwork),
    ("eai_again", ObstacleKind::NeedsNetwork),
    ("enotfound", ObstacleKind::NeedsNetwork),
    ("dial tcp", ObstacleKind::NeedsNetwork),
    ("connection timed out", ObstacleKind::NeedsNetwork),
    (
        "failed to establish a new connection",
        ObstacleKind::NeedsNetwork,
    ),
    ("dns error", ObstacleKind::NeedsNetwork),
    ("unable to connect", ObstacleKind::NeedsNetwork),
];

/// What is in the way of a build that failed with these last lines.
pub(super) fn of_build(lines: &[String]) -> Obstacle {
    let text = lines.join("\n").to_lowercase();
    // The engine speaks last; before that a package called libsecret may be installed.
    let end = lines[lines.len().saturating_sub(ENGINES_WORD)..]
        .join("\n")
        .to_lowercase();
    let kind = BUILD_SIGNS
        .iter()
        .find(|(sign, kind)| match kind {
            ObstacleKind::NeedsNetwork => text.contains(sign),
            _ => end.contains(sign),
        })
        .map_or(ObstacleKind::OriginalDoesNotBuild, |(_, kind)| *kind);
    let frontend = text.contains("docker/dockerfile") || text.contains("resolve frontend");
    let (what, help) = match kind {
        ObstacleKind::BaseNotPullable if frontend => (
            "the frontend of the `# syntax=` line cannot be pulled",
            "give the engine access to its registry, or pull it first",
        ),
        ObstacleKind::BaseNotPullable => (
            "a base image cannot be pulled",
            "give the engine access to its registry, or pull it first",
        ),
        ObstacleKind::NeedsContext => (
            "a file that the build needs is not in the build context",
            "say where the context is with --context DIR, and build first what the Dockerfile only copies",
        ),
        ObstacleKind::NeedsBuildOption => (
            "the build wants a secret or a key",
            "give it with --build-opt, for example --build-opt=--secret=id=token,src=FILE",
        ),
        ObstacleKind::NeedsNetwork => (
            "the build needs a network that it does not reach here",
            "give it one with --network, or run this where there is one",
        ),
        _ => (
            "the original does not build",
            "make the build work first: --build-arg, --context and --build-opt are passed on",
        ),
    };
    // The line with the sign says more than the engine's last one.
    let telling = lines.iter().rev().find(|line| {
        let line = line.to_lowercase();
        BUILD_SIGNS
            .iter()
            .any(|(sign, of)| *of == kind && line.contains(sign))
    });
    let text = match telling {
        Some(line) => format!("{what}: {}", plain(line).trim()),
        None => with_last(what, lines),
    };
    Obstacle::new(kind, text).help(help).evidence(tail(lines))
}

/// What is in the way when the original ends with `code` by itself.
pub(super) fn of_exit(code: i32, log: &[String]) -> Obstacle {
    const SERVICES: [&str; 10] = [
        "connection refused",
        "econnrefused",
        "could not connect",
        "no such host",
        "getaddrinfo",
        "name resolution",
        "network is unreachable",
        "bad address",
        "enotfound",
        "name or service not known",
    ];
    let text = log.join("\n").to_lowercase();
    let (kind, what, help) = if SERVICES.iter().any(|sign| text.contains(sign)) {
        (
            ObstacleKind::NeedsNetwork,
            "the original needs a service that it does not reach",
            "start it, and say --network NAME and --run-arg=--env=NAME=VALUE",
        )
    } else {
        (
            ObstacleKind::NeedsArguments,
            "the original does not run by itself",
            "give it what it needs: --run-arg=--env=NAME=VALUE, or its command behind `--`",
        )
    };
    let text = with_last(&format!("{what}: it ends with code {code}"), log);
    Obstacle::new(kind, text).help(help).evidence(tail(log))
}

/// Why there is no image of a file that should build.
pub(super) fn original_fails(failure: Failure) -> Obstacle {
    match failure {
        Failure::Build(lines) => of_build(&lines),
        Failure::TimedOut(lines) => Obstacle::new(
            ObstacleKind::TimedOut,
            "the build takes longer than --timeout",
        )
        .help("give it more with --timeout SECONDS")
        .evidence(tail(&lines)),
        Failure::Cancelled => interrupted(),
        Failure::Engine(why) => Obstacle::new(ObstacleKind::NoEngine, why),
    }
}

/// The fixed file does not build. An obstacle only where the network failed and nothing was forbidden:
/// the original did build.
pub(super) fn fixed_fails(lines: &[String]) -> Result<(), Obstacle> {
    let end = &lines[lines.len().saturating_sub(2 * ENGINES_WORD)..];
    let obstacle = of_build(end);
    let forbidden = lines.iter().any(|line| is_complaint(line));
    match obstacle.kind {
        ObstacleKind::NeedsNetwork if !forbidden => Err(obstacle),
        _ => Ok(()),
    }
}

/// Why a container was not seen.
pub(super) fn blind(blind: Blind) -> Obstacle {
    match blind {
        Blind::Cancelled => interrupted(),
        Blind::Engine(text) => Obstacle::new(ObstacleKind::NoEngine, text),
    }
}

fn interrupted() -> Obstacle {
    Obstacle::new(ObstacleKind::Interrupted, "it was called off")
}

/// `what: the last line`
fn with_last(what: &str, lines: &[String]) -> String {
    match last(lines) {
        Some(line) => format!("{what}: {line}"),
        None => what.to_owned(),
    }
}

/// The line that says most: the last one that is no frame or hint.
pub(super) fn last(lines: &[String]) -> Option<&str> {
    let says = |line: &&str| {
        let line = line.trim();
        line.chars().any(char::is_alphanumeric) && !line.starts_with("View build details")
    };
    let line = lines.iter().rev().map(String::as_str).find(says)?;
    Some(line.trim())
}

/// The last lines, for a reader: without the frames and counters that `BuildKit` draws.
pub(super) fn tail(lines: &[String]) -> Vec<String> {
    let says = |line: &&str| !line.is_empty() && !line.chars().all(|ch| ch == '-');
    let all: Vec<&str> = lines.iter().map(|line| plain(line)).filter(says).collect();
    let shown = &all[all.len().saturating_sub(SHOWN)..];
    shown.iter().map(|line| (*line).to_owned()).collect()
}

/// `#5 1.204 text` without the step and the time.
fn plain(line: &str) -> &str {
    let line = line.trim_end();
    let Some((step, rest)) = line.split_once(' ') else {
        return line;
    };
    let number =
        |text: &str| !text.is_empty() && text.chars().all(|ch| ch.is_ascii_digit() || ch == '.');
    if !step.strip_prefix('#').is_some_and(number) {
        return line;
    }
    match rest.split_once(' ') {
        Some((time, text)) if number(time) => text,
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(line: &str) -> ObstacleKind {
        of_build(&[line.to_owned()]).kind
    }

    // Each line was printed by BuildKit 0.13 or buildah 1.28 in the lab.
    #[test]
    fn builds_that_cannot_work_here() {
        assert_eq!(
            kind(
                "ERROR: failed to solve: nosuch: failed to resolve source metadata for docker.io/library/nosuch:latest: dial tcp: lookup"
            ),
            ObstacleKind::BaseNotPullable
        );
        assert_eq!(
            kind(
                "ERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref x::y: \"/app\": not found"
            ),
            ObstacleKind::NeedsContext
        );
        assert_eq!(
            kind("#5 1.2 E: Failed to fetch http://x  Temporary failure resolving 'deb'"),
            ObstacleKind::NeedsNetwork
        );
        assert_eq!(
            kind("ERROR: process \"/bin/sh -c false\" did not complete successfully: exit code: 1"),
            ObstacleKind::OriginalDoesNotBuild
        );
    }

    #[test]
    fn originals_that_do_not_run_by_themselves() {
        let log = |line: &str| vec![line.to_owned()];
        assert_eq!(
            of_exit(1, &log("Error: connect ECONNREFUSED 127.0.0.1:5432")).kind,
            ObstacleKind::NeedsNetwork
        );
        let obstacle = of_exit(2, &log("usage: app FILE"));
        assert_eq!(obstacle.kind, ObstacleKind::NeedsArguments);
        assert!(
            obstacle.text.ends_with("code 2: usage: app FILE"),
            "{}",
            obstacle.text
        );
    }
}
