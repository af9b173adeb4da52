//! The texts.

use super::{After, Example, Explanation};
use crate::finding::{Level, Rule};

pub(super) const RUNS_AS_ROOT: Explanation = Explanation {
    rule: Rule::RunsAsRoot,
    level: Level::Error,
    level_else: "",
    what: "The container starts as root: the last USER of the stage says so in whatever spelling (`0`, `root`, `0:0`, \
           `root:app`), or there is none and the base starts as root, or a variable leaves it empty or defaults to root. \
           The finding says which.",
    why: "Whoever breaks into the program is root in the container, may write all of its files, and is one bug of \
          the kernel or the runtime away from the host. Kubernetes refuses to start such an image where \
          `runAsNonRoot` is set. CIS Docker Benchmark 4.1 asks for a user.",
    remedy: "`unroot diff` shows how it can run as a user, and `unroot fix` writes that.",
    example: Example {
        asked_by: "",
        before: "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
        after: After::Fixed(
            "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n\
             # Run as app (10001:10001), not as root (CIS Docker Benchmark 4.1)\n\
             RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app && chown 10001:10001 /app\n\
             USER 10001:10001\nCMD [\"python\", \"app.py\"]\n",
        ),
    },
    fix: "Takes the user that the file or the base has for it, or creates one the distribution's own way; gives it what \
          the program writes, and nothing else; puts USER behind the last instruction that needs root. Programs that start \
          as root get what their recipe says, and files of the build context change with the Dockerfile where that must be.",
    safety: "Safe when the file, the base and the build context give no reason to doubt that the image still builds, starts \
             and does its job. Each doubt has a name ([reasons](reasons.md)), and one makes it Unsafe: shown by `check`, made \
             with `--unsafe`, put to the proof by `unroot verify`. What does its job only as root gets no fix, and the \
             finding says why.",
    is_about_root: true,
};

pub(super) const USER_UNDETERMINED: Explanation = Explanation {
    rule: Rule::UserUndetermined,
    level: Level::Warning,
    level_else: "",
    what: "The user cannot be known offline. The finding says what would settle it. It is never guessed.",
    why: "Nothing is known of the base image, or a variable has no value here.",
    remedy: "Say what the base runs as (`--base-user IMAGE=USER`, or a `[[base]]` entry in `unroot.toml`), give the \
             variable with `--build-arg`, or write a USER into the file.",
    example: Example {
        asked_by: "",
        before: "FROM registry.example.com/platform/java:21\nCOPY app.jar /\nCMD [\"java\", \"-jar\", \"/app.jar\"]\n",
        after: After::ByHand(
            "FROM registry.example.com/platform/java:21\nCOPY app.jar /\nUSER 10001:10001\nCMD [\"java\", \"-jar\", \"/app.jar\"]\n",
        ),
    },
    fix: "None: what is not known is not edited. Once the base is known, `runs-as-root` or nothing takes its place.",
    safety: "",
    is_about_root: true,
};

pub(super) const STEPS_DOWN: Explanation = Explanation {
    rule: Rule::StepsDown,
    level: Level::Note,
    level_else: "error with `--strict`",
    what: "The container starts as root and its entrypoint drops to a user (gosu, su-exec, setpriv and their kin). A HEALTHCHECK \
           and `docker exec` run as root all the same. [A step-down can be asked for](step-down.md).",
    why: "CIS Docker Benchmark 4.1 accepts that; an auditor who reads only the image's `User` does not.",
    remedy: "`--strict` counts it as an error.",
    example: Example {
        asked_by: "",
        before: "FROM alpine:3.22\nRUN apk add --no-cache su-exec && adduser -D app\nCMD [\"su-exec\", \"app\", \"sleep\", \"9\"]\n",
        after: After::ByHand(
            "FROM alpine:3.22\nRUN adduser -D app\nUSER app\nCMD [\"sleep\", \"9\"]\n",
        ),
    },
    fix: "None: the entrypoint needs root to step down from. Where nothing needs root before it does, a USER in its place is \
          the better way, as above.",
    safety: "",
    is_about_root: true,
};

pub(super) const VOLUME_OF_ROOT: Explanation = Explanation {
    rule: Rule::VolumeOfRoot,
    level: Level::Note,
    level_else: "",
    what: "The container starts as a user by the file's last USER, and has volumes. Found only with `--strategy step-down`.",
    why: "A volume that was filled as root is closed to the image's user until somebody gives it away. It is looked \
          for only where `--strategy step-down` is asked for.",
    remedy: "Give the volume away once (`chown`), or let the container start as root and step down \
             (`unroot fix --strategy step-down --unsafe`).",
    example: Example {
        asked_by: "--strategy step-down",
        before: "FROM alpine:3.22\nRUN adduser -D app && mkdir /data && chown app /data\nVOLUME /data\nUSER app\nCMD [\"sleep\", \"9\"]\n",
        after: After::Otherwise(
            "Give the volume away once: `docker run --rm --user 0 --volume NAME:/data IMAGE chown -R app /data`.",
        ),
    },
    fix: "Lets the container start as root, hand its volumes over, and [step down](step-down.md) to the user.",
    safety: "Always Unsafe (`starts-as-user`): the container starts as root again, for a volume's sake.",
    is_about_root: false,
};

pub(super) const USER_INFERRED: Explanation = Explanation {
    rule: Rule::UserInferred,
    level: Level::Note,
    level_else: "",
    what: "The container starts as another user than root, but the file does not say so by itself.",
    why: "That rests on a fact about the base that was inferred and not read.",
    remedy: "`unroot explain IMAGE` shows it. A USER in the file makes it certain.",
    example: Example {
        asked_by: "",
        before: "FROM prom/alertmanager:v0.28.1\n",
        after: After::ByHand("FROM prom/alertmanager:v0.28.1\nUSER 65534:65534\n"),
    },
    fix: "None: nothing is known to be wrong.",
    safety: "",
    is_about_root: true,
};

pub(super) const NOT_A_DOCKERFILE: Explanation = Explanation {
    rule: Rule::NotADockerfile,
    level: Level::Warning,
    level_else: "",
    what: "BuildKit would not build the file, or another frontend (`# syntax=`) reads it by its own rules.",
    why: "Nothing else is said of a file that BuildKit refuses, or that another frontend reads by its own rules.",
    remedy: "`docker build --check` says more of a file that is meant to build.",
    example: Example {
        asked_by: "",
        before: "FROM alpine:3.22\nRUN <<EOF\necho hello\n",
        after: After::ByHand("FROM alpine:3.22\nRUN <<EOF\necho hello\nEOF\n"),
    },
    fix: "None: such a file is never edited.",
    safety: "",
    is_about_root: false,
};

pub(super) const WINDOWS_IMAGE: Explanation = Explanation {
    rule: Rule::WindowsImage,
    level: Level::Note,
    level_else: "",
    what: "A Windows image: it has no Linux users.",
    why: "The rules of this program are about the users of Linux.",
    remedy: "Nothing is to be done.",
    example: Example {
        asked_by: "",
        before: "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCMD [\"cmd\"]\n",
        after: After::Otherwise("Nothing is to be done."),
    },
    fix: "None: a Windows image is never edited.",
    safety: "",
    is_about_root: false,
};

pub(super) const INVALID_SUPPRESSION: Explanation = Explanation {
    rule: Rule::InvalidSuppression,
    level: Level::Warning,
    level_else: "",
    what: "A comment `# unroot: ...` is to suppress a finding and cannot. [How it is written](suppression.md).",
    why: "Its reason is missing, or it names a rule or a command that there is not. Nothing is suppressed by it.",
    remedy: "Write `# unroot: ignore REASON`.",
    example: Example {
        asked_by: "",
        before: "FROM alpine:3.22\n# unroot: ignore\nCMD [\"sniff\"]\n",
        after: After::ByHand(
            "FROM alpine:3.22\n# unroot: ignore it opens raw sockets\nCMD [\"sniff\"]\n",
        ),
    },
    fix: "None: only its author knows the reason.",
    safety: "",
    is_about_root: false,
};

pub(super) const UNUSED_SUPPRESSION: Explanation = Explanation {
    rule: Rule::UnusedSuppression,
    level: Level::Note,
    level_else: "",
    what: "A comment `# unroot: ignore REASON` suppresses nothing. What is known of bases grows with each release, so this is no \
           reason to fail; `[rules] unused-suppression = \"error\"` makes it one.",
    why: "What it was written for is mended, or it stands in the wrong place.",
    remedy: "Take it out, or put it above the line that the finding points at, or above the FROM of its stage.",
    example: Example {
        asked_by: "",
        before: "FROM alpine:3.22\nRUN adduser -D app\nUSER app\n# unroot: ignore it opens raw sockets\nCMD [\"sniff\"]\n",
        after: After::ByHand("FROM alpine:3.22\nRUN adduser -D app\nUSER app\nCMD [\"sniff\"]\n"),
    },
    fix: "None: whether it is out of date or out of place is for its author to say.",
    safety: "",
    is_about_root: false,
};
