//! Repositories of every kind.

use crate::repository::{ROOT, Sandbox};

const BRANCH: &str = "unroot/main";

#[test]
fn a_linked_work_tree() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    sandbox.git(
        "repo",
        &["worktree", "add", "-q", "-b", "topic", "../linked"],
    );
    sandbox.write("linked/Dockerfile", format!("# topic\n{ROOT}"));
    sandbox.commit("linked", "topic");
    let main = sandbox.state("repo");
    sandbox.unroot_beside("linked", &["commit"]).expect(0);
    assert_eq!(
        sandbox.state("repo"),
        main,
        "nor does the other work tree see anything"
    );
    assert!(
        sandbox
            .show("repo", "unroot/topic", "Dockerfile")
            .starts_with("# topic\n")
    );
    // What one work tree has checked out is moved from none.
    sandbox.git("linked", &["switch", "-q", "unroot/topic"]);
    sandbox.git("repo", &["branch", "-f", "other", "main"]);
    sandbox
        .unroot_beside("repo", &["commit", "--branch", "unroot/topic"])
        .expect(2)
        .says("the branch `unroot/topic` is checked out in ")
        .says("linked\n");
}

#[test]
fn in_the_middle_of_a_rebase() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT), ("x", "1\n")]);
    sandbox.git("repo", &["switch", "-q", "-c", "topic"]);
    sandbox.write("repo/x", "topic\n");
    let topic = sandbox.commit("repo", "topic");
    sandbox.git("repo", &["switch", "-q", "main"]);
    sandbox.write("repo/x", "main\n");
    sandbox.commit("repo", "main");
    sandbox.git("repo", &["switch", "-q", "topic"]);
    assert!(
        !sandbox
            .try_git("repo", &["rebase", "main"])
            .status
            .success(),
        "a conflict"
    );
    let run = sandbox.unroot_beside("repo", &["commit"]).expect(0);
    assert_eq!(
        run.stderr,
        "note: topic is being rebased: it is taken as it was before\n"
    );
    assert_eq!(sandbox.tip("repo", "unroot/topic^"), topic);
    sandbox
        .unroot_beside("repo", &["commit", "--worktree"])
        .expect(2)
        .says("topic is being rebased");
    sandbox.write("repo/x", "both\n");
    sandbox.git("repo", &["add", "x"]);
    sandbox.git("repo", &["-c", "core.editor=true", "rebase", "--continue"]);
}

#[test]
fn a_bare_repository() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT), ("api/Dockerfile", ROOT)]);
    sandbox.git(".", &["clone", "-q", "--bare", "repo", "bare.git"]);
    sandbox
        .unroot_beside("bare.git", &["commit", "api"])
        .expect(0);
    assert_eq!(sandbox.show("bare.git", BRANCH, "Dockerfile"), ROOT);
    assert!(
        sandbox
            .show("bare.git", BRANCH, "api/Dockerfile")
            .contains("USER")
    );
    sandbox
        .unroot(
            ".",
            &[
                "commit",
                "bare.git",
                "--base",
                "main",
                "--branch",
                "unroot/all",
            ],
        )
        .expect(0);
    assert!(
        sandbox
            .show("bare.git", "unroot/all", "Dockerfile")
            .contains("USER")
    );
}

#[test]
fn a_sparse_checkout_is_fixed_where_nothing_is_checked_out() {
    let sandbox = Sandbox::with(&[("a/x", "1"), ("far/Dockerfile", ROOT)]);
    sandbox.git("repo", &["sparse-checkout", "set", "a"]);
    assert!(!sandbox.path("repo/far").exists());
    let run = sandbox
        .unroot_beside("repo", &["commit", "far/Dockerfile"])
        .expect(0);
    assert_eq!(run.stderr, "", "what is not checked out is no change");
    assert!(
        sandbox
            .show("repo", BRANCH, "far/Dockerfile")
            .contains("USER")
    );
}

#[test]
fn a_submodule_is_another_repository() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    sandbox.git(".", &["clone", "-q", "repo", "module"]);
    sandbox.git(
        "repo",
        &["submodule", "--quiet", "add", "../module", "libs/m"],
    );
    sandbox.commit("repo", "a submodule");
    for more in [[].as_slice(), &["--worktree"]] {
        let run = sandbox
            .unroot_beside("repo", &[["commit"].as_slice(), more].concat())
            .expect(0);
        assert_eq!(
            run.stderr,
            "note: libs/m is passed over: a submodule is a repository of its own\n"
        );
    }
    assert_eq!(
        sandbox.git("repo", &["show", "--format=", "--name-only", BRANCH]),
        "Dockerfile"
    );
    sandbox
        .unroot("repo", &["commit", "Dockerfile", "libs/m/Dockerfile"])
        .expect(2)
        .says("libs/m/Dockerfile lies in the submodule libs/m");
    sandbox.unroot("repo/libs/m", &["commit"]).expect(0);
    assert!(
        sandbox
            .show("repo/libs/m", BRANCH, "Dockerfile")
            .contains("USER")
    );
}

#[test]
fn a_shallow_clone() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    sandbox.commit("repo", "second");
    let url = format!("file://{}", sandbox.path("repo").display());
    sandbox.git(".", &["clone", "-q", "--depth", "1", &url, "shallow"]);
    sandbox.unroot_beside("shallow", &["commit"]).expect(0);
    assert!(
        sandbox
            .show("shallow", BRANCH, "Dockerfile")
            .contains("USER")
    );
    sandbox
        .unroot_beside("shallow", &["commit"])
        .expect(0)
        .says("nothing to do");
}

#[test]
fn a_partial_clone_says_what_it_lacks() {
    let far = format!("# far\n{ROOT}");
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT), ("far/Dockerfile", &far)]);
    sandbox.git("repo", &["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", sandbox.path("repo").display());
    sandbox.git(
        ".",
        &[
            "clone",
            "-q",
            "--filter=blob:none",
            "--sparse",
            &url,
            "partial",
        ],
    );
    let run = sandbox.unroot_beside("partial", &["commit"]).expect(2);
    assert_eq!(
        run.stderr,
        "error: cannot read far/Dockerfile: a partial clone lacks it\n"
    );
    sandbox.git("partial", &["sparse-checkout", "disable"]);
    sandbox.unroot_beside("partial", &["commit"]).expect(0);
    assert!(
        sandbox
            .show("partial", BRANCH, "far/Dockerfile")
            .contains("USER")
    );
}

#[test]
fn a_repository_that_lies_apart() {
    let sandbox = Sandbox::new();
    sandbox.git(".", &["init", "-q", "--separate-git-dir", "git", "tree"]);
    sandbox.write("tree/Dockerfile", ROOT);
    sandbox.commit("tree", "first");
    sandbox.git("tree", &["pack-refs", "--all"]);
    sandbox.unroot_beside("tree", &["commit"]).expect(0);
    sandbox.git("tree", &["switch", "-q", BRANCH]);
    sandbox
        .unroot_beside("tree", &["commit", "--base", "main", "--user", "svc"])
        .expect(2)
        .says(&format!(
            "is checked out in {}",
            sandbox.path("tree").display()
        ));
}

#[test]
fn a_hook_s_environment_leads_nowhere_else() {
    let mut sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    sandbox.git(".", &["init", "-q", "--bare", "remote.git"]);
    sandbox.git("repo", &["remote", "add", "origin", "../remote.git"]);
    sandbox.git(".", &["init", "-q", "other"]);
    let other = sandbox.path("other/.git").display().to_string();
    sandbox.set("GIT_DIR", &other);
    sandbox.set("GIT_INDEX_FILE", &format!("{other}/index"));
    sandbox.unroot("repo", &["commit", "--push"]).expect(0);
    sandbox.unset("GIT_DIR");
    sandbox.unset("GIT_INDEX_FILE");
    assert_eq!(
        sandbox.tip("remote.git", BRANCH),
        sandbox.tip("repo", BRANCH)
    );
}
