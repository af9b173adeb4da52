//! The text report where somebody reads it: as wide as the terminal, and however long they read.

#[allow(dead_code, reason = "shared with tests that use the rest")]
#[path = "common/workspace.rs"]
mod workspace;

use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;
use workspace::{Run, Workspace};

const LONG: &str = "\
FROM python:3.12-slim
WORKDIR /app
COPY . .
EXPOSE 80
CMD [\"gunicorn\", \"--bind\", \"0.0.0.0:80\", \"--access-logfile\", \"/var/log/shop/access.log\", \"shop.wsgi:application\"]
";

fn check(workspace: &Workspace, columns: &str, args: &[&str]) -> Run {
    let mut command = workspace.command();
    command.env("COLUMNS", columns).arg("check").args(args);
    workspace.finish(&mut command)
}

#[test]
fn a_report_is_as_narrow_as_the_terminal() {
    let workspace = Workspace::new(&[("Dockerfile", LONG)]);
    for columns in [40, 60, 79, 100] {
        let run = check(&workspace, &columns.to_string(), &[]);
        assert_eq!(run.code, 1);
        for line in run.stdout.lines() {
            assert!(line.chars().count() <= columns, "{columns}: {line}");
        }
        if columns == 60 {
            run.snapshot("check-narrow");
        }
        // The fix is whole, whatever the width.
        let words: Vec<&str> = run.stdout.split_whitespace().collect();
        let fix = "chown 10001:10001 /app /var/log/shop";
        assert!(words.join(" ").contains(fix), "{columns}: {}", run.stdout);
    }
}

#[test]
fn without_a_terminal_nothing_is_broken_or_cut() {
    let workspace = Workspace::new(&[("Dockerfile", LONG)]);
    let whole = workspace.run(&["check"]).stdout;
    let last = LONG.lines().last().expect("a line");
    assert!(whole.contains(last), "{whole}");
    for columns in ["", "0", "wide"] {
        assert_eq!(check(&workspace, columns, &[]).stdout, whole, "{columns}");
    }
    check(&workspace, "40", &["-o", "text=report.txt"]);
    assert_eq!(workspace.read("report.txt"), whole, "a file has no columns");
}

/// `unroot check | head` in a script that fails where any part of a pipe does.
#[test]
fn the_exit_code_does_not_depend_on_who_reads() {
    let workspace = Workspace::new(&[("Dockerfile", LONG)]);
    for args in [&["check"] as &[_], &["diff", "--unsafe"]] {
        let mut child = Command::new(cargo_bin("unroot"))
            .args(args)
            .current_dir(workspace.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        drop(child.stdout.take());
        drop(child.stderr.take());
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(1), "{args:?}");
    }
}
