//! Configuration, environment, and `--diff-base`, by the built binary.

#[path = "common/workspace.rs"]
#[allow(dead_code, reason = "shared with tests that use the rest")]
mod workspace;

use std::process::Command;

use workspace::Workspace;

/// Runs as root, and has a Safe fix that creates a user.
const ROOT: &str = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"app.py\"]\n";
const FINE: &str = "FROM alpine:3.22\nRUN adduser -D app\nUSER app\nCMD [\"sleep\", \"1\"]\n";
const UNKNOWN: &str = "FROM registry.example.com/base\nCMD [\"/srv/app\"]\n";

fn git(workspace: &Workspace, args: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]);
    command.args([
        "-c",
        "init.defaultBranch=main",
        "-c",
        "commit.gpgSign=false",
    ]);
    let output = command.args(args).current_dir(workspace.path()).output();
    let output = output.expect("git runs");
    assert!(output.status.success(), "git {args:?}: {output:?}");
}

#[test]
fn the_nearest_configuration_counts() {
    let workspace = Workspace::new(&[
        ("unroot.toml", "[user]\nname = \"top\"\n"),
        ("a/Dockerfile", ROOT),
        ("b/unroot.toml", "[user]\nuid = 20001\n"),
        ("b/c/d/Dockerfile", ROOT),
    ]);
    let diff = workspace.run(&["diff", "--unsafe"]).stdout;
    assert!(diff.contains("Run as top (10001:10001)"), "{diff}");
    assert!(
        diff.contains("Run as app (20001:20001)"),
        "not merged: {diff}"
    );
    let named = workspace.run(&["diff", "--unsafe", "--config", "unroot.toml"]);
    assert_eq!(named.stdout.matches("Run as top (10001:10001)").count(), 2);
    // From elsewhere nothing changes.
    let run = workspace
        .command()
        .current_dir(workspace.path().join("a"))
        .args(["diff", "--unsafe", "../b/c"])
        .output()
        .expect("runs");
    // Without a repository, nothing above the named folder speaks for it.
    assert!(String::from_utf8_lossy(&run.stdout).contains("10001:10001"));
    git(&workspace, &["init", "-q"]);
    let run = workspace
        .command()
        .current_dir(workspace.path().join("a"))
        .args(["diff", "--unsafe", "../b/c"])
        .output()
        .expect("runs");
    assert!(String::from_utf8_lossy(&run.stdout).contains("20001:20001"));
}

#[test]
fn a_repository_is_where_the_search_ends() {
    let workspace = Workspace::new(&[
        ("unroot.toml", "[user]\nname = \"outside\"\n"),
        (
            "repo/.github/unroot.toml",
            "exclude = [\"skipped\"]\n[user]\nname = \"github\"\n",
        ),
        ("repo/a/Dockerfile", ROOT),
        ("repo/skipped/Dockerfile", ROOT),
        ("repo/.git/HEAD", "ref: refs/heads/main\n"),
        ("other/.git/HEAD", "ref: refs/heads/main\n"),
        ("other/Dockerfile", ROOT),
    ]);
    let diff = workspace.run(&["diff", "--unsafe", "repo"]).stdout;
    assert_eq!(diff.matches("Run as github (").count(), 1, "{diff}");
    let diff = workspace.run(&["diff", "--unsafe", "other"]).stdout;
    assert!(diff.contains("Run as app ("), "{diff}");
}

#[test]
fn what_is_wrong_is_said_once_with_a_hint() {
    let workspace = Workspace::new(&[
        ("Dockerfile", ROOT),
        ("unroot.toml", "own = \"app\"\nstrategie = \"twin\"\n"),
    ]);
    for command in ["check", "diff", "fix", "verify"] {
        let run = workspace.run(&[command]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{command}");
        assert_eq!(
            run.stderr,
            "error: unroot.toml:2: unknown key `strategie`\nhelp: did you mean `strategy`?\n"
        );
    }
    workspace.write("unroot.toml", "");
    workspace.write(
        "sub/unroot.toml",
        "[[base]]\nimage = \"Python\"\nuser = \"1\"\n",
    );
    workspace.write("sub/Dockerfile", ROOT);
    let run = workspace.run(&["check"]);
    assert_eq!(run.code, 2, "the others are looked at all the same");
    assert!(run.stdout.contains("Dockerfile:1:1"), "{}", run.stdout);
    assert!(
        run.stderr
            .starts_with("error: sub/unroot.toml: what a base image runs as: `Python`: "),
        "{}",
        run.stderr
    );
    workspace.write("sub/unroot.toml", "exclude = [\"a/{b\"]\n");
    let run = workspace.run(&["check", "sub/Dockerfile"]);
    assert!(
        run.stderr
            .starts_with("error: sub/unroot.toml: exclude: `a/{b` is no pattern"),
        "{}",
        run.stderr
    );
    let run = workspace.run(&["check", "--config", "nowhere.toml"]);
    assert!(
        run.stderr.contains("cannot read nowhere.toml"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("help: "), "{}", run.stderr);
}

#[test]
fn what_a_search_finds_can_be_excluded() {
    let workspace = Workspace::new(&[
        ("unroot.toml", "exclude = [\"vendor/\"]\n"),
        ("Dockerfile", FINE),
        ("vendor/Dockerfile", ROOT),
        ("x/vendor/Dockerfile", ROOT),
        ("old/Dockerfile", ROOT),
    ]);
    let run = workspace.run(&["check", "--exclude", "/old"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert_eq!(run.stderr, "checked 1 file: 1 fine; 3 excluded\n");
    let run = workspace.run(&["check", "vendor/Dockerfile"]);
    assert_eq!(run.code, 1, "what is named is looked at");
    let run = workspace.run(&["check", "--exclude", "a/{b"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .contains("help: write a pattern as in .gitignore")
    );
}

#[test]
fn rules_have_other_levels() {
    let workspace = Workspace::new(&[
        ("Dockerfile", UNKNOWN),
        ("unroot.toml", "[rules]\nuser-undetermined = \"note\"\n"),
    ]);
    let run = workspace.run(&["check"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout.starts_with("note[user-undetermined]"),
        "{}",
        run.stdout
    );
    workspace.write(
        "unroot.toml",
        "[rules]\nuser-undetermined = \"off\"\nruns-as-root = \"off\"\n",
    );
    workspace.write("root/Dockerfile", ROOT);
    let run = workspace.run(&["check"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert_eq!(run.stderr, "checked 2 files: 2 suppressed\n");
    for command in ["diff", "fix"] {
        let run = workspace.run(&[command, "--unsafe"]);
        assert_eq!(
            (run.code, run.stdout.as_str(), run.stderr.as_str()),
            (0, "", "")
        );
    }
    assert_eq!(workspace.read("root/Dockerfile"), ROOT);
    // An auditor's --strict goes before what is said of steps-down.
    workspace.write("unroot.toml", "[rules]\nsteps-down = \"off\"\n");
    workspace.write("root/Dockerfile", "FROM redis:7\n");
    assert_eq!(workspace.run(&["check", "root"]).code, 0);
    assert_eq!(workspace.run(&["check", "root", "--strict"]).code, 1);
}

#[test]
fn what_counts_is_shown_with_its_origin() {
    let workspace = Workspace::new(&[
        (
            "services/unroot.toml",
            "strategy = \"twin\"\nexclude = [\"fixtures/\"]\n\n[user]\nname = \"svc\"\nuid_range = [20000, 29999]\n\n[rules]\nsteps-down = \"off\"\n\n[[base]]\nimage = \"registry.example.com/*\"\nuser = \"root\"\nfamily = \"debian\"\nusers = [{ name = \"svc\", uid = 1001 }]\n",
        ),
        ("services/api/Dockerfile", ROOT),
    ]);
    let mut command = workspace.command();
    command
        .env("UNROOT_UID", "20001")
        .env("UNROOT_NAMED", "yes")
        .args(["config", "show", "services/api/Dockerfile"])
        .args(["--ports", "keep", "--base-user", "x=1001"]);
    let run = workspace.finish(&mut command);
    assert_eq!(run.code, 0, "{}", run.stderr);
    run.snapshot("config-show");
    let shown = unroot::config::Config::parse(&run.stdout);
    assert!(shown.is_ok(), "what is shown is a configuration: {shown:?}");
    workspace
        .run(&["config", "show"])
        .snapshot("config-show-defaults");
    let run = workspace.run(&["config", "show", "nowhere"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("cannot find nowhere"), "{}", run.stderr);
}

#[test]
fn a_range_chooses_the_number_of_a_new_user() {
    let taken = "FROM python:3.12-slim\nRUN useradd -u 20000 build\nWORKDIR /app\nCMD [\"python\", \"app.py\"]\n";
    let workspace = Workspace::new(&[("Dockerfile", ROOT), ("taken/Dockerfile", taken)]);
    let run = workspace.run(&["diff", "--unsafe", "--uid-range", "20000-20009"]);
    assert!(run.stdout.contains("USER 20000:20000"), "{}", run.stdout);
    for wrong in ["20000", "0-5", "9-5", "a-b"] {
        let run = workspace.run(&["diff", "--uid-range", wrong]);
        assert_eq!(run.code, 2, "{wrong}");
    }
    let small = "FROM gcr.io/distroless/static\nCOPY app /\nCMD [\"/app\"]\n";
    let number = workspace.pipe(
        &["diff", "--uid-range", "20000-20009", "--unsafe", "-"],
        small,
    );
    assert!(
        number.stdout.is_empty() || number.stdout.contains("USER"),
        "{}",
        number.stdout
    );
}

#[test]
fn every_option_can_be_given_in_the_environment() {
    let workspace = Workspace::new(&[("Dockerfile", UNKNOWN)]);
    let run = |variables: &[(&str, &str)], args: &[&str]| {
        let mut command = workspace.command();
        command.envs(variables.iter().copied()).args(args);
        workspace.finish(&mut command)
    };
    let pairs = "nothing=root\nregistry.example.com/*=1001";
    assert_eq!(
        run(&[("UNROOT_BASE_USER", pairs)], &["check"]).code,
        0,
        "one a line"
    );
    let lost = run(
        &[("UNROOT_BASE_USER", pairs)],
        &["check", "--base-user", "x=1"],
    );
    assert_eq!(lost.code, 1, "the command line goes before it");
    let json = run(&[("UNROOT_FORMAT", "json")], &["check"]);
    assert!(json.stdout.starts_with('{'), "{}", json.stdout);
    assert_eq!(
        run(&[("UNROOT_CONFIG", "")], &["check"]).code,
        1,
        "an empty one is none"
    );
    assert_eq!(run(&[("UNROOT_STRICT", "no")], &["check"]).code, 1);

    let wrong = run(&[("UNROOT_UID", "many")], &["check"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.stderr.contains("from the environment: UNROOT_UID"),
        "{}",
        wrong.stderr
    );
    let own = run(&[("UNROOT_UID", "7")], &["check", "--uid", "many"]);
    assert!(!own.stderr.contains("environment"), "{}", own.stderr);
    // What is found to be wrong later, too.
    let late = run(&[("UNROOT_BUILD_ARG", "=x")], &["check"]);
    let note = "note: --build-arg is from the environment: UNROOT_BUILD_ARG\n";
    assert_eq!(late.code, 2);
    assert!(late.stderr.ends_with(note), "{}", late.stderr);
    let own = run(
        &[("UNROOT_BUILD_ARG", "A=1")],
        &["check", "--build-arg", "=x"],
    );
    assert!(!own.stderr.contains("environment"), "{}", own.stderr);

    // What contradicts the command line, or means nothing here, is passed over.
    let all = run(&[("UNROOT_ALL_TARGETS", "1")], &["check", "--target", "0"]);
    assert_eq!(all.code, 1, "{}", all.stderr);
    let engine = run(
        &[("UNROOT_ENGINE", "podman"), ("UNROOT_INLINE", "1")],
        &["fix"],
    );
    assert_eq!(engine.code, 1, "{}", engine.stderr);
    assert!(!engine.stderr.contains("--verify"), "{}", engine.stderr);
    let remote = run(&[("UNROOT_REMOTE", "origin")], &["commit"]);
    assert!(!remote.stderr.contains("--push"), "{}", remote.stderr);
    // Others' variables are none of ours.
    let others = [
        ("UNROOT_INPUT_TARGET", "x"),
        ("UNROOT_TOKEN", "x"),
        ("UNROOT_LAB", "1"),
    ];
    assert_eq!(run(&others, &["check"]).code, 1);
}

/// Every switch that the help of a command shows: `UNROOT_DRY_RUN` that is passed over would open a pull request.
#[test]
fn no_switch_is_passed_over_in_the_environment() {
    let workspace = Workspace::new(&[("Dockerfile", ROOT)]);
    let commands = [
        "check",
        "diff",
        "fix",
        "commit",
        "pr",
        "verify",
        "explain node",
        "config show",
        "init",
        "lsp",
    ];
    let mut asked = 0;
    for command in commands {
        let words: Vec<&str> = command.split(' ').collect();
        let help = workspace
            .run(&[words.as_slice(), &["--help"]].concat())
            .stdout;
        let switches = help.lines().filter_map(|line| {
            let (_, name) = line.split_once("--")?;
            let is_head = line.trim_start().starts_with('-') && !name.contains([' ', '<']);
            (is_head && name != "help").then_some(name)
        });
        for name in switches {
            let variable = format!("UNROOT_{}", name.replace('-', "_").to_uppercase());
            let mut run = workspace.command();
            run.env(&variable, "perhaps").args(&words);
            if name == "learn" && command != "verify" {
                run.arg("--verify");
            }
            let run = workspace.finish(&mut run);
            assert_eq!(run.code, 2, "{command} {variable}: {}", run.stdout);
            assert!(run.stderr.contains(&variable), "{command}: {}", run.stderr);
            asked += 1;
        }
    }
    assert!(asked > 60, "{asked}");
}

#[test]
fn only_what_changed_since_a_revision() {
    let workspace = Workspace::new(&[
        ("a/Dockerfile", ROOT),
        ("b/Dockerfile", ROOT),
        ("c/Dockerfile", ROOT),
    ]);
    let run = workspace.run(&["check", "--diff-base", "main"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("lies in no git repository"),
        "{}",
        run.stderr
    );

    git(&workspace, &["init", "-q"]);
    let run = workspace.run(&["check", "--diff-base", "main"]);
    assert_eq!(run.code, 2, "no commit yet: {}", run.stderr);
    git(&workspace, &["add", "-A"]);
    git(&workspace, &["commit", "-qm", "one"]);
    git(&workspace, &["checkout", "-qb", "topic"]);
    workspace.write("b/Dockerfile", &ROOT.replace("3.12", "3.13"));
    git(&workspace, &["commit", "-qam", "two"]);
    git(&workspace, &["checkout", "-q", "main"]);
    workspace.write("a/Dockerfile", &ROOT.replace("3.12", "3.11"));
    git(&workspace, &["commit", "-qam", "elsewhere"]);
    git(&workspace, &["checkout", "-q", "topic"]);

    let run = workspace.run(&["check", "--diff-base", "main"]);
    assert!(run.stdout.contains("b/Dockerfile"), "{}", run.stdout);
    assert!(
        !run.stdout.contains("a/Dockerfile"),
        "since they parted: {}",
        run.stdout
    );
    assert!(run.stderr.ends_with("; 2 not changed\n"), "{}", run.stderr);

    // As the work tree lies, new files included.
    workspace.write("c/Dockerfile", &ROOT.replace("3.12", "3.14"));
    workspace.write("new/Dockerfile", ROOT);
    let run = workspace.run(&["diff", "--unsafe", "--diff-base", "main", "."]);
    for (name, there) in [("a", false), ("b", true), ("c", true), ("new", true)] {
        let header = format!("--- a/{name}/Dockerfile");
        assert_eq!(
            run.stdout.contains(&header),
            there,
            "{name}: {}",
            run.stdout
        );
    }
    let run = workspace.run(&["check", "--diff-base", "main", "a/Dockerfile"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (0, "checked 0 files; 1 not changed\n")
    );

    // The script that the container starts with decides, too; other files do not.
    let script = "FROM alpine\nCOPY start.sh /\nCOPY app /app\nENTRYPOINT [\"/start.sh\"]\n";
    workspace.write("d/Dockerfile", script);
    workspace.write("d/start.sh", "#!/bin/sh\nexec su-exec app \"$@\"\n");
    workspace.write("d/app", "1");
    git(&workspace, &["add", "-A"]);
    git(&workspace, &["commit", "-qm", "three"]);
    workspace.write("d/app", "2");
    let run = workspace.run(&["check", "--diff-base", "HEAD", "d"]);
    assert_eq!(run.stderr, "checked 0 files; 1 not changed\n");
    workspace.write("d/start.sh", "#!/bin/sh\nexec \"$@\"\n");
    let run = workspace.run(&["check", "--diff-base", "HEAD", "d"]);
    assert!(
        run.stderr.starts_with("checked 1 file: 1 as root"),
        "{}",
        run.stderr
    );
    git(&workspace, &["checkout", "-q", "."]);

    let run = workspace.run(&["check", "--diff-base", "nowhere"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .starts_with("error: cannot find the revision `nowhere`\nhelp: "),
        "{}",
        run.stderr
    );
    git(&workspace, &["checkout", "-q", "--orphan", "alone"]);
    git(&workspace, &["commit", "-qm", "alone"]);
    let run = workspace.run(&["check", "--diff-base", "main"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr
            .contains("`main` and HEAD have no commit in common"),
        "{}",
        run.stderr
    );
    // A commit looks at commits alone.
    git(&workspace, &["checkout", "-qf", "topic"]);
    let mut command = workspace.command();
    command.envs([
        ("GIT_AUTHOR_NAME", "t"),
        ("GIT_AUTHOR_EMAIL", "t@example.com"),
    ]);
    command.envs([
        ("GIT_COMMITTER_NAME", "t"),
        ("GIT_COMMITTER_EMAIL", "t@example.com"),
    ]);
    command.args(["commit", "--unsafe", "--diff-base", "main"]);
    let run = workspace.finish(&mut command);
    assert!(
        run.stdout.contains("b/Dockerfile"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    assert!(!run.stdout.contains("a/Dockerfile"), "{}", run.stdout);
}

#[test]
fn a_commit_reads_the_configurations_that_it_has() {
    let workspace = Workspace::new(&[
        (
            "services/unroot.toml",
            "exclude = [\"old\"]\n[user]\nname = \"svc\"\n",
        ),
        ("services/api/Dockerfile", ROOT),
        ("services/old/Dockerfile", ROOT),
        ("web/Dockerfile", ROOT),
    ]);
    git(&workspace, &["init", "-q"]);
    git(&workspace, &["add", "-A"]);
    git(&workspace, &["commit", "-qm", "one"]);
    // What is not committed does not count.
    workspace.write("services/unroot.toml", "nonsense");
    let mut command = workspace.command();
    command.envs([
        ("GIT_AUTHOR_NAME", "t"),
        ("GIT_AUTHOR_EMAIL", "t@example.com"),
    ]);
    command.envs([
        ("GIT_COMMITTER_NAME", "t"),
        ("GIT_COMMITTER_EMAIL", "t@example.com"),
    ]);
    let run = workspace.finish(command.args(["commit", "--unsafe"]));
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    git(&workspace, &["checkout", "-qf", "unroot/main"]);
    assert!(
        workspace
            .read("services/api/Dockerfile")
            .contains("Run as svc (")
    );
    assert!(workspace.read("web/Dockerfile").contains("Run as app ("));
    assert_eq!(workspace.read("services/old/Dockerfile"), ROOT);
}
