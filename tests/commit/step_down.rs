//! A step-down brings a new file: an executable one, in the commit, and nowhere else.

use std::os::unix::fs::PermissionsExt as _;

use crate::repository::Sandbox;

const BRANCH: &str = "unroot/main";
const STORE: &str =
    "FROM debian:bookworm-slim\nVOLUME /data\nENTRYPOINT [\"sleep\"]\nCMD [\"1000\"]\n";
const ARGS: [&str; 4] = ["commit", "--unsafe", "--strategy", "step-down"];

/// The mode and path of each file of the branch.
fn files(sandbox: &Sandbox) -> Vec<String> {
    let listed = sandbox.git("repo", &["ls-tree", "-r", BRANCH]);
    let line = |line: &str| {
        let (start, path) = line.split_once('\t').expect("git's form");
        format!("{} {path}", &start[..6])
    };
    listed.lines().map(line).collect()
}

#[test]
fn the_script_is_committed_with_mode_100755() {
    let sandbox = Sandbox::with(&[("Dockerfile", STORE), ("docker/Dockerfile.api", STORE)]);
    let run = sandbox.unroot_beside("repo", &ARGS).expect(0);
    let run = run.says("step down from root to app");
    assert_eq!(run.stderr, "");
    assert_eq!(
        files(&sandbox),
        [
            "100644 Dockerfile",
            "100644 docker/Dockerfile.api",
            "100755 docker/step-down-api.sh",
            "100755 step-down.sh",
        ]
    );
    let fixed = sandbox.show("repo", BRANCH, "Dockerfile");
    assert!(
        fixed.ends_with(
            "COPY --chmod=0755 step-down.sh /usr/local/bin/\n\
             ENTRYPOINT [\"/usr/local/bin/step-down.sh\", \"sleep\"]\nCMD [\"1000\"]\n"
        ),
        "{fixed}"
    );
    let script = sandbox.show("repo", BRANCH, "step-down.sh");
    assert!(script.starts_with("#!/bin/sh\n"), "{script}");
    // The same once more, and it is there already.
    let again = sandbox.unroot_beside("repo", &ARGS).expect(0);
    again.says("nothing to do: unroot/main is already there");
}

#[test]
fn a_name_that_is_taken_is_left_alone() {
    let sandbox = Sandbox::with(&[("Dockerfile", STORE), ("step-down.sh", "# ours\n")]);
    sandbox.unroot_beside("repo", &ARGS).expect(0);
    assert_eq!(sandbox.show("repo", BRANCH, "step-down.sh"), "# ours\n");
    let all = files(&sandbox);
    assert!(
        all.contains(&"100755 docker-step-down.sh".to_owned()),
        "{all:?}"
    );
}

#[test]
fn what_lies_in_the_work_tree_counts_where_it_is_taken_from_there() {
    let sandbox = Sandbox::with(&[("Dockerfile", STORE)]);
    sandbox.write("repo/step-down.sh", "# not committed\n");
    let args = [&ARGS[..], &["--worktree"]].concat();
    sandbox.unroot_beside("repo", &args).expect(0);
    assert_eq!(
        files(&sandbox),
        ["100644 Dockerfile", "100755 docker-step-down.sh"]
    );
    assert_eq!(sandbox.read("repo/step-down.sh"), "# not committed\n");
}

#[test]
fn git_apply_takes_the_patch_and_comes_to_what_fix_writes() {
    let sandbox = Sandbox::with(&[("Dockerfile", STORE), ("docker/Dockerfile.api", STORE)]);
    let args = ["--unsafe", "--strategy", "step-down"];
    let diff = [&["diff"][..], &args].concat();
    let patch = sandbox.unroot("repo", &diff).expect(1).stdout;
    sandbox.write("all.patch", &patch);
    sandbox.git("repo", &["apply", "../all.patch"]);
    let names = [
        "Dockerfile",
        "step-down.sh",
        "docker/Dockerfile.api",
        "docker/step-down-api.sh",
    ];
    let all = || names.map(|name| sandbox.read(&format!("repo/{name}")));
    let applied = all();
    let mode = |name: &str| {
        let path = sandbox.path(&format!("repo/{name}"));
        std::fs::metadata(path).expect("there").permissions().mode() & 0o111
    };
    assert_ne!(mode("step-down.sh"), 0, "git made it executable");
    sandbox.git("repo", &["checkout", "-q", "."]);
    sandbox.git("repo", &["clean", "-fdq"]);
    let fix = [&["fix"][..], &args].concat();
    sandbox.unroot("repo", &fix).expect(0);
    assert_eq!(all(), applied);
    assert_ne!(mode("docker/step-down-api.sh"), 0);
    // A second run has nothing to do.
    let again = sandbox.unroot("repo", &diff).expect(0);
    assert_eq!(again.stdout, "");
}

#[test]
fn two_that_share_a_folder_have_a_script_each() {
    let sandbox = Sandbox::with(&[
        ("api.Dockerfile", STORE),
        ("web.Dockerfile", &STORE.replace("/data", "/www")),
    ]);
    sandbox.unroot_beside("repo", &ARGS).expect(0);
    let scripts = ["api", "web"].map(|name| format!("step-down-{name}.sh"));
    let texts = scripts.map(|name| sandbox.show("repo", BRANCH, &name));
    assert!(texts[0].contains("folder=/data\n") && texts[1].contains("folder=/www\n"));
}
