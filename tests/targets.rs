//! Which stages the built binary looks at, by what the repository around a Dockerfile builds.

#[path = "common/workspace.rs"]
#[allow(dead_code, reason = "shared with tests that use the rest")]
mod workspace;

use workspace::Workspace;

const STAGES: &str = "FROM alpine:3.22 AS web\nCMD [\"sleep\", \"1d\"]\n\nFROM alpine:3.22 AS dev\nRUN adduser -D app\nUSER app\nCMD [\"sleep\", \"1d\"]\n";
const COMPOSE: &str = "services:\n  web:\n    build:\n      context: .\n      target: web\n";

#[test]
fn what_a_compose_file_builds_is_looked_at() {
    let workspace = Workspace::new(&[("Dockerfile", STAGES), ("compose.yaml", COMPOSE)]);
    let run = workspace.run(&["check", "Dockerfile"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stdout.contains("stage `web` starts as root"));
    assert!(run.stdout.contains("compose.yaml:5 builds the stage web"));
    let run = workspace.run(&["check", "--format=json", "Dockerfile"]);
    assert!(run.stdout.contains("compose.yaml:5 builds the stage web"));
    // The fix is of that stage, and the other stays.
    let run = workspace.run(&["fix", "Dockerfile"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let fixed = workspace.read("Dockerfile");
    let web = fixed.split("\n\nFROM").next().unwrap_or_default();
    assert!(web.contains("USER 10001:10001"), "{fixed}");
    assert_eq!(workspace.run(&["check", "Dockerfile"]).code, 0);
}

#[test]
fn arguments_go_before_what_is_built() {
    let workspace = Workspace::new(&[("Dockerfile", STAGES), ("compose.yaml", COMPOSE)]);
    for args in [
        ["check", "--last-stage", "."],
        ["check", "--target=dev", "."],
    ] {
        let run = workspace.run(&args);
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{args:?}");
    }
    let mut command = workspace.command();
    command.env("UNROOT_LAST_STAGE", "true").arg("check");
    assert_eq!(workspace.finish(&mut command).code, 0);
    let run = workspace.run(&["check", "--last-stage", "--target=web"]);
    assert_eq!(run.code, 2);
}

#[test]
fn without_a_name_the_last_stage_is_looked_at() {
    let workspace = Workspace::new(&[("Dockerfile", STAGES)]);
    assert_eq!(workspace.run(&["check"]).code, 0);
    workspace.write("compose.yaml", "services:\n  web:\n    build: .\n");
    assert_eq!(workspace.run(&["check"]).code, 0);
    // Standard input has no repository around it.
    assert_eq!(workspace.pipe(&["check", "-"], STAGES).code, 0);
}

#[test]
fn all_that_build_the_file_are_named() {
    let workspace = Workspace::new(&[
        ("Dockerfile", STAGES),
        (".git/HEAD", ""),
        (
            ".github/workflows/ci.yml",
            "jobs:\n  a:\n    steps:\n      - run: docker build --target web .\n      - uses: docker/build-push-action@v6\n        with: {target: web}\n",
        ),
        (
            "docker-bake.json",
            "{\"target\": {\"web\": {\n  \"target\": \"web\"}}}\n",
        ),
    ]);
    let run = workspace.run(&["check", "--last-stage"]);
    assert_eq!(run.code, 0);
    let run = workspace.run(&["check"]);
    for place in [
        "docker-bake.json:2",
        ".github/workflows/ci.yml:4",
        ".github/workflows/ci.yml:6",
    ] {
        let note = format!("{place} builds the stage web");
        assert!(run.stdout.contains(&note), "{note}: {}", run.stdout);
    }
}

/// Each use is named where people and where programs read.
#[test]
fn every_use_is_named_in_text_and_json() {
    let manifest = "kind: Deployment\nspec:\n  containers:\n    - image: acme/web\n      ports: [{containerPort: 80}]\n      securityContext:\n        runAsNonRoot: true\n        runAsUser: 2000\n        fsGroup: 3000\n";
    let compose = format!(
        "{COMPOSE}    user: \"2000\"\n    privileged: true\n    cap_add: [NET_ADMIN]\n    volumes: [\"./data:/data\"]\n"
    );
    let workspace = Workspace::new(&[
        ("Dockerfile", STAGES),
        ("compose.yaml", &compose),
        ("k8s/web.yaml", manifest),
        (
            "chart/values.yaml",
            "image: {}\nsecurityContext:\n  runAsUser: 2000\n",
        ),
    ]);
    let text = workspace.run(&["check"]).stdout;
    let json = workspace.run(&["check", "--format=json"]).stdout;
    for named in [
        "compose.yaml:5 builds the stage web",
        "compose.yaml:6 starts it as `2000`",
        "compose.yaml:7 says `privileged: true`",
        "compose.yaml:8 says `cap_add: NET_ADMIN`",
        "compose.yaml:9 mounts ./data at /data",
        "k8s/web.yaml:5 says `containerPort: 80`",
        "k8s/web.yaml:7 (`runAsNonRoot: true`)",
        "k8s/web.yaml:9 (`fsGroup: 3000`)",
        "chart/values.yaml:3 (`runAsUser: 2000`)",
    ] {
        assert!(text.contains(named), "{named}: {text}");
        assert!(json.contains(named), "{named}: {json}");
    }
    // A name, where one is asked for: Kubernetes has its own number, or says that it refuses one.
    let named = workspace.run(&["check", "--named"]).stdout;
    assert!(!named.contains("a user by name"), "{named}");
    workspace.write(
        "k8s/web.yaml",
        &manifest.replace("runAsUser: 2000", "privileged: false"),
    );
    workspace.write("chart/values.yaml", "image: {}\n");
    workspace.write("compose.yaml", COMPOSE);
    let named = workspace.run(&["check", "--named"]).stdout;
    assert!(named.contains("Kubernetes refuses app there"), "{named}");
}

#[test]
fn comments_in_stages_that_are_not_built_are_not_spoken_of() {
    let ignored = STAGES
        .replace(
            "FROM alpine:3.22 AS dev",
            "# unroot: ignore for tests\nFROM alpine:3.22 AS dev",
        )
        .replace("USER app\n", "");
    let workspace = Workspace::new(&[("Dockerfile", &ignored), ("compose.yaml", COMPOSE)]);
    let run = workspace.run(&["check"]);
    assert!(run.stdout.contains("runs-as-root"), "{}", run.stdout);
    assert!(!run.stdout.contains("unused-suppression"), "{}", run.stdout);
}

#[test]
fn a_base_of_the_repository_is_followed() {
    let workspace = Workspace::new(&[
        (
            "api/Dockerfile",
            "FROM acme/base:1\nCMD [\"sleep\", \"1d\"]\n",
        ),
        (
            "base/Dockerfile",
            "FROM debian:12\nRUN useradd -u 1234 app\nUSER app\n",
        ),
        ("Makefile", "base:\n\tdocker build -t acme/base:1 base\n"),
        (".git/HEAD", ""),
    ]);
    let run = workspace.run(&["check", "--verbose", "api"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stdout
            .contains("built from base/Dockerfile by Makefile:2"),
        "{}",
        run.stdout
    );
    // What is said goes before what is inferred.
    let run = workspace.run(&["check", "--base-user=acme/base:1=root", "api"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
}

#[test]
fn what_is_broken_around_it_does_no_harm() {
    let deep = "[".repeat(5000);
    let inherits = |at: usize| {
        format!("target \"t{at}\" {{\n  inherits = [\"t1\", \"t2\", \"t3\", \"t{at}\"]\n}}\n")
    };
    let targets = (0..300).map(inherits).collect::<Vec<_>>().concat();
    let workspace = Workspace::new(&[
        ("Dockerfile", STAGES),
        ("compose.yaml", "services: [target"),
        ("docker-bake.hcl", &targets),
        ("docker-bake.json", &deep),
        (
            "Makefile",
            "x:\n\tdocker build --target\n\tdocker build -t\\",
        ),
        ("build.sh", "docker build --target '$(("),
        (".devcontainer.json", "{\"build\": {\"dockerfile\": \"\u{0}"),
        (
            ".gitlab-ci.yml",
            "a: &a\n  script: [docker build --target x, *a]\n",
        ),
    ]);
    let run = workspace.run(&["check"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

/// A Dockerfile is looked at again when the one that builds its base changed.
#[test]
fn a_changed_base_changes_what_builds_on_it() {
    let workspace = Workspace::new(&[
        (
            "api/Dockerfile",
            "FROM acme/base\nCMD [\"sleep\", \"1d\"]\n",
        ),
        ("base/Dockerfile", "FROM debian:12\nUSER 1234\n"),
        (
            "compose.yaml",
            "services:\n  base:\n    image: acme/base\n    build: base\n",
        ),
    ]);
    let git = |args: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]);
        command.args(["-c", "commit.gpgSign=false"]);
        let output = command.args(args).current_dir(workspace.path()).output();
        assert!(output.expect("git runs").status.success(), "git {args:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "one"]);
    let run = workspace.run(&["check", "--diff-base", "HEAD", "api"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(run.stderr.ends_with("; 1 not changed\n"), "{}", run.stderr);
    workspace.write("base/Dockerfile", "FROM debian:12\nUSER root\n");
    let run = workspace.run(&["check", "--diff-base", "HEAD", "api"]);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(
        run.stdout.contains("acme/base starts as root"),
        "{}",
        run.stdout
    );
}
