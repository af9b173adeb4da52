//! What is committed: which files, in which form, from where.

use std::fs;

use crate::repository::{FINE, ROOT, Sandbox};

const BRANCH: &str = "unroot/main";

#[test]
fn the_fix_is_a_commit_on_a_branch_of_its_own() {
    let sandbox = Sandbox::with(&[
        ("Dockerfile", ROOT),
        ("api/Dockerfile", ROOT),
        ("ok/Dockerfile", FINE),
    ]);
    let run = sandbox.unroot_beside("repo", &["commit"]).expect(0);
    let tip = sandbox.tip("repo", BRANCH);
    assert!(run.stdout.ends_with(&format!(
        "committed 2 files on unroot/main ({}), on main ({})\n  look at it: git show unroot/main\n  \
         go on: unroot commit --push with the same arguments, or git push\n",
        &tip[..12],
        &sandbox.tip("repo", "main")[..12]
    )));
    assert!(run.says("fixed Dockerfile:1: run as app").stderr.is_empty());
    assert_eq!(
        sandbox.tip("repo", "unroot/main^"),
        sandbox.tip("repo", "main")
    );
    for path in ["Dockerfile", "api/Dockerfile"] {
        assert!(
            sandbox
                .show("repo", BRANCH, path)
                .contains("\nUSER 10001:10001\nCMD")
        );
    }
    assert_eq!(sandbox.show("repo", BRANCH, "ok/Dockerfile"), FINE);
    let message = sandbox.git(
        "repo",
        &["log", "-1", "--format=%an <%ae>%n%cn <%ce>%n%B", BRANCH],
    );
    let (who, text) = message.split_at(message.find("Run").expect("a subject"));
    assert_eq!(who, "Jo <jo@example.org>\nJo <jo@example.org>\n");
    let (said, trailers) = text.split_at(text.find("Unroot-Tree").expect("a trailer"));
    assert_eq!(
        said,
        "Run 2 containers as non-root users\n\n- Dockerfile: run as app (10001:10001)\n\
         - api/Dockerfile: run as app (10001:10001)\n\n"
    );
    let tree = sandbox.tip("repo", "unroot/main^{tree}");
    assert!(trailers.starts_with(&format!("Unroot-Tree: {tree}\nUnroot-Seal: ")));
    sandbox.git("repo", &["fsck", "--strict"]);
}

#[test]
fn a_second_run_does_nothing() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    sandbox.unroot("repo", &["commit"]).expect(0);
    let tip = sandbox.tip("repo", BRANCH);
    let run = sandbox.unroot_beside("repo", &["commit"]).expect(0);
    assert_eq!(
        run.stdout,
        format!(
            "nothing to do: unroot/main is already there ({}), on main\n",
            &tip[..12]
        )
    );
    assert_eq!(sandbox.tip("repo", BRANCH), tip);
}

#[test]
fn nothing_to_fix_makes_no_branch() {
    let sandbox = Sandbox::with(&[("Dockerfile", FINE)]);
    let run = sandbox.unroot_beside("repo", &["commit"]).expect(0);
    assert_eq!(run.stdout, "nothing to commit\n");
    assert_eq!(sandbox.tip("repo", BRANCH), "");
}

#[test]
fn a_dirty_work_tree_stays_and_the_committed_file_is_fixed() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT), ("api/Dockerfile", ROOT), ("x", "1")]);
    sandbox.write("repo/x", "stashed");
    sandbox.git("repo", &["stash"]);
    sandbox.write("repo/Dockerfile", format!("{ROOT}# mine\n"));
    sandbox.write("repo/api/Dockerfile", format!("# staged\n{ROOT}"));
    sandbox.git("repo", &["add", "api"]);
    sandbox.write("repo/new/Dockerfile", ROOT);
    let run = sandbox.unroot_beside("repo", &["commit"]).expect(0);
    assert_eq!(
        run.stderr,
        "note: Dockerfile has uncommitted changes: the committed file is fixed (--worktree takes it as it lies)\n\
         note: api/Dockerfile has uncommitted changes: the committed file is fixed (--worktree takes it as it lies)\n"
    );
    assert!(
        !sandbox
            .show("repo", BRANCH, "Dockerfile")
            .contains("# mine")
    );
    assert!(
        !sandbox
            .show("repo", BRANCH, "api/Dockerfile")
            .contains("# staged")
    );
    assert_eq!(
        sandbox.show("repo", BRANCH, "new/Dockerfile"),
        "",
        "nobody committed it"
    );
    sandbox
        .unroot("repo", &["commit", "new/Dockerfile"])
        .expect(2)
        .says(
            "cannot find new/Dockerfile in main\nhelp: it is not committed there; --worktree takes",
        );
}

#[test]
fn the_work_tree_s_files_are_taken_when_asked_for() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT), ("fine/Dockerfile", FINE)]);
    sandbox.write("repo/Dockerfile", format!("# mine\n{ROOT}"));
    sandbox.write("repo/fine/Dockerfile", format!("{FINE}# mine\n"));
    sandbox.write("repo/new/Dockerfile", ROOT);
    let run = sandbox
        .unroot_beside("repo", &["commit", "--worktree"])
        .expect(0);
    assert_eq!(
        run.stderr,
        "note: new/Dockerfile is passed over: git does not track it (name it to have it committed)\n"
    );
    let fixed = sandbox.show("repo", BRANCH, "Dockerfile");
    assert!(
        fixed.starts_with("# mine\n") && fixed.contains("\nUSER "),
        "{fixed}"
    );
    assert_eq!(
        sandbox.show("repo", BRANCH, "fine/Dockerfile"),
        FINE,
        "nothing was fixed in it"
    );
    sandbox
        .unroot_beside(
            "repo",
            &[
                "commit",
                "--worktree",
                "--branch",
                "unroot/new",
                "new/Dockerfile",
            ],
        )
        .expect(0);
    assert!(
        sandbox
            .show("repo", "unroot/new", "new/Dockerfile")
            .contains("USER")
    );
    sandbox.git("repo", &["clone", "-q", "--bare", ".", "../bare.git"]);
    sandbox
        .unroot("bare.git", &["commit", "--worktree"])
        .expect(2)
        .says("a bare repository has no work tree");
}

#[cfg(unix)]
#[test]
fn modes_and_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT)]);
    let file = sandbox.path("repo/Dockerfile");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("ours");
    symlink("../Dockerfile", sandbox.path("repo/link")).expect("linked");
    fs::create_dir(sandbox.path("repo/d")).expect("made");
    symlink("../Dockerfile", sandbox.path("repo/d/Dockerfile")).expect("linked");
    symlink("/etc/hostname", sandbox.path("repo/d/out.dockerfile")).expect("linked");
    sandbox.commit("repo", "links");
    sandbox.unroot_beside("repo", &["commit"]).expect(0);
    let listed = sandbox.git(
        "repo",
        &["ls-tree", "-r", "--format=%(objectmode) %(path)", BRANCH],
    );
    assert_eq!(
        listed,
        "100755 Dockerfile\n120000 d/Dockerfile\n120000 d/out.dockerfile\n120000 link"
    );
    // A link that is named stands for its file.
    sandbox
        .unroot_beside(
            "repo",
            &["commit", "--branch", "unroot/link", "d/Dockerfile"],
        )
        .expect(0)
        .says("fixed Dockerfile:1");
    assert_eq!(
        sandbox.tip("repo", "unroot/link^{tree}"),
        sandbox.tip("repo", "unroot/main^{tree}")
    );
    for more in [[].as_slice(), &["--worktree"]] {
        let run = sandbox.unroot(
            "repo",
            &[["commit", "d/out.dockerfile"].as_slice(), more].concat(),
        );
        run.expect(2).says("d/out.dockerfile is a link ");
    }
}

#[test]
fn line_ends_are_those_of_the_repository() {
    let crlf = ROOT.replace('\n', "\r\n");
    let sandbox = Sandbox::with(&[
        (".gitattributes", "win/* -text\nboth/* text eol=crlf\n"),
        ("win/Dockerfile", &crlf),
        ("both/Dockerfile", &crlf),
    ]);
    assert_eq!(
        sandbox.show("repo", "main", "both/Dockerfile"),
        ROOT,
        "git converts it"
    );
    for (more, branch) in [
        ([].as_slice(), BRANCH),
        (&["--worktree", "--branch", "unroot/lies"], "unroot/lies"),
    ] {
        let run = sandbox
            .unroot_beside("repo", &[["commit"].as_slice(), more].concat())
            .expect(0);
        assert_eq!(run.stderr, "");
        let stat = sandbox.git("repo", &["diff", "--numstat", "main", branch]);
        assert_eq!(
            stat, "3\t0\tboth/Dockerfile\n3\t0\twin/Dockerfile",
            "only the fix differs"
        );
        let win = sandbox.show("repo", branch, "win/Dockerfile");
        assert_eq!(win.matches("\r\n").count(), win.matches('\n').count());
        assert!(
            !sandbox
                .show("repo", branch, "both/Dockerfile")
                .contains('\r')
        );
    }
}

#[test]
fn what_a_filter_makes_is_left_alone() {
    let sandbox = Sandbox::with(&[("Dockerfile", ROOT), ("b/Dockerfile", ROOT)]);
    sandbox.write("repo/.gitattributes", "b/Dockerfile filter=lfs\n");
    sandbox.git("repo", &["add", ".gitattributes"]);
    for more in [[].as_slice(), &["--worktree", "--branch", "unroot/lies"]] {
        sandbox
            .unroot_beside("repo", &[["commit"].as_slice(), more].concat())
            .expect(1)
            .says("held back b/Dockerfile: its git attribute `filter=lfs` is not followed here\n");
    }
    assert_eq!(sandbox.show("repo", BRANCH, "b/Dockerfile"), ROOT);
    assert!(sandbox.show("repo", BRANCH, "Dockerfile").contains("USER"));
}

#[test]
fn a_fix_of_several_files_is_one_commit() {
    let nginx = "FROM nginx:1.29\nCOPY site.conf /etc/nginx/conf.d/default.conf\nEXPOSE 80\n";
    let site = "server {\n    listen 80;\n    root /usr/share/nginx/html;\n}\n";
    let sandbox = Sandbox::with(&[("web/Dockerfile", nginx), ("web/site.conf", site)]);
    let args = ["commit", "--unsafe", "--ports", "move"];
    sandbox
        .unroot_beside("repo", &args)
        .expect(0)
        .says("committed 2 files on unroot/main");
    assert!(
        sandbox
            .show("repo", BRANCH, "web/site.conf")
            .contains("listen 8080;")
    );
    assert!(
        sandbox
            .show("repo", BRANCH, "web/Dockerfile")
            .contains("EXPOSE 8080")
    );
    // From below, the same paths: they count from the top.
    sandbox.write("repo/web/site.conf", site.replace("80", "81"));
    let args = [args.as_slice(), &["--branch", "unroot/web", "."]].concat();
    sandbox
        .unroot_beside("repo/web", &args)
        .expect(0)
        .says("note: web/site.conf has uncommitted changes");
    assert_eq!(
        sandbox.tip("repo", "unroot/web^{tree}"),
        sandbox.tip("repo", "unroot/main^{tree}")
    );
}

#[test]
fn one_commit_a_file_signed_off() {
    let sandbox = Sandbox::with(&[
        ("a/Dockerfile", ROOT),
        ("b/Dockerfile", ROOT),
        ("c/Dockerfile", FINE),
    ]);
    let args = ["commit", "--per-file", "--signoff"];
    sandbox
        .unroot_beside("repo", &args)
        .expect(0)
        .says("committed 2 files in 2 commits on unroot/main");
    let log = sandbox.git(
        "repo",
        &[
            "log",
            "--format=%s|%(trailers:key=Signed-off-by,separator=%x2C)",
            "main..unroot/main",
        ],
    );
    assert_eq!(
        log,
        "Run b/Dockerfile as a non-root user|Signed-off-by: Jo <jo@example.org>\n\
         Run a/Dockerfile as a non-root user|Signed-off-by: Jo <jo@example.org>"
    );
    let tip = sandbox.tip("repo", BRANCH);
    sandbox
        .unroot("repo", &args)
        .expect(0)
        .says("nothing to do");
    // As one commit it is the same files on the same base.
    sandbox
        .unroot("repo", &["commit"])
        .expect(0)
        .says("nothing to do");
    assert_eq!(sandbox.tip("repo", BRANCH), tip);
    sandbox.commit("repo", "more");
    sandbox
        .unroot("repo", &args)
        .expect(0)
        .says("committed anew 2 files in 2 commits");
    assert_eq!(
        sandbox.tip("repo", "unroot/main~2"),
        sandbox.tip("repo", "main")
    );
}

#[test]
fn the_configuration_is_the_base_s() {
    let private = "FROM registry.example/base:1\nCMD [\"/srv/app\"]\n";
    let fine = "[[base]]\nimage = \"registry.example/*\"\nuser = \"1001\"\n";
    let root = "[[base]]\nimage = \"registry.example/*\"\nuser = \"root\"\nfamily = \"debian\"\n";
    let sandbox = Sandbox::with(&[("d/Dockerfile", private), ("unroot.toml", root)]);
    sandbox.write("repo/unroot.toml", fine);
    let args = ["commit", "--unsafe"];
    sandbox
        .unroot_beside("repo/d", &args)
        .expect(0)
        .says("committed 1 file");
    sandbox
        .unroot_beside("repo", &["commit", "--unsafe", "--worktree"])
        .expect(0)
        .says("nothing to commit");
    sandbox
        .unroot_beside("repo", &["commit", "--unsafe", "--config", "unroot.toml"])
        .expect(0)
        .says("nothing to commit");
}

#[test]
fn a_report_for_programs() {
    let sandbox = Sandbox::with(&[
        ("Dockerfile", ROOT),
        (
            "v/Dockerfile",
            "FROM debian:13\nVOLUME /data\nCMD [\"x\"]\n",
        ),
    ]);
    let run = sandbox
        .unroot_beside("repo", &["commit", "--format", "json"])
        .expect(1);
    let value: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(value["outcome"], "created");
    assert_eq!(value["branch"], BRANCH);
    assert_eq!(value["base"]["branch"], "main");
    assert_eq!(value["base"]["commit"], sandbox.tip("repo", "main"));
    assert_eq!(value["commit"], sandbox.tip("repo", BRANCH));
    assert_eq!(value["files"], serde_json::json!(["Dockerfile"]));
    assert_eq!(value["held_back"][0]["path"], "v/Dockerfile");
    assert_eq!(value["push"], serde_json::Value::Null);
}
