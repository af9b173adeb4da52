//! `--output`: where reports go.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{FILES, again, run};

fn read(folder: &TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join(name)).expect("readable")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| {
        entry
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned()
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn several_reports_in_one_run_are_what_they_are_alone() {
    let args = [
        "check",
        "-o",
        "json=a.json",
        "-o",
        "sarif=a.sarif",
        "-o",
        "gitlab=a.gitlab.json",
        "-o",
        "junit=a.xml",
        "-o",
        "rdjsonl=a.rdjsonl",
        "-o",
        "markdown=a.md",
        "-o",
        "github=a.txt",
    ];
    let (folder, report) = run(&FILES, &args);
    assert_eq!(report.code, 1);
    for (format, name) in [
        ("json", "a.json"),
        ("sarif", "a.sarif"),
        ("gitlab", "a.gitlab.json"),
        ("junit", "a.xml"),
        ("rdjsonl", "a.rdjsonl"),
        ("markdown", "a.md"),
        ("github", "a.txt"),
    ] {
        let alone = again(&folder, &["check", "--format", format]);
        assert_eq!(read(&folder, name), alone.stdout, "{format}");
    }
    let text = again(&folder, &["check"]);
    assert_eq!(
        (report.stdout, report.stderr),
        (text.stdout, text.stderr),
        "people are told besides"
    );
    let files = names(folder.path());
    assert_eq!(files.len(), 3 + 7, "nothing is left over: {files:?}");
}

#[test]
fn what_goes_to_a_file_does_not_go_to_standard_output() {
    for args in [
        &["check", "--format", "json", "--output", "report.json"][..],
        &["check", "--format", "json", "--output", "json=report.json"],
        &["check", "--output=report.json", "--format=json"],
    ] {
        let (folder, report) = run(&FILES, args);
        assert_eq!((report.code, report.stdout.as_str()), (1, ""), "{args:?}");
        assert!(
            report.stderr.starts_with("checked 3 files"),
            "{}",
            report.stderr
        );
        let json: Value = serde_json::from_str(&read(&folder, "report.json")).expect("JSON");
        assert_eq!(json["files"].as_array().map(Vec::len), Some(3));
    }
    let (folder, report) = run(
        &FILES,
        &["diff", "--unsafe", "-o", "fix.patch", "--color", "always"],
    );
    assert_eq!((report.code, report.stdout.as_str()), (1, ""));
    let patch = read(&folder, "fix.patch");
    assert!(
        patch.starts_with("--- a/app/Dockerfile\n"),
        "no colours in a file: {patch}"
    );
    // The format that a run asks for stays where it was, beside another.
    let (folder, report) = run(
        &FILES,
        &[
            "diff",
            "--unsafe",
            "-o",
            "text=fix.patch",
            "--format",
            "markdown",
        ],
    );
    assert!(
        report.stdout.starts_with("## unroot\n"),
        "{}",
        report.stdout
    );
    assert_eq!(read(&folder, "fix.patch"), patch);
}

#[test]
fn a_report_takes_the_place_of_the_last_one() {
    let (folder, _) = run(&FILES, &["check", "-o", "json=out.json"]);
    let fresh = read(&folder, "out.json");
    fs::write(folder.path().join("out.json"), "x".repeat(100_000)).expect("writable");
    again(&folder, &["check", "-o", "json=out.json"]);
    assert_eq!(read(&folder, "out.json"), fresh);
}

/// `unroot check -o json=report.json | head -1`
#[cfg(unix)]
#[test]
fn a_report_is_written_whoever_stops_reading_the_other() {
    let (folder, _) = run(&FILES, &["check"]);
    for at in 0..3000 {
        let path = folder.path().join(format!("many/{at}/Dockerfile"));
        fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
        fs::write(path, FILES[2].1).expect("writable");
    }
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("unroot"))
        .args(["check", "-o", "json=report.json"])
        .current_dir(folder.path())
        .env_clear()
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the binary runs");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    let json: Value = serde_json::from_str(&read(&folder, "report.json")).expect("JSON");
    assert_eq!(json["files"].as_array().map(Vec::len), Some(3003));
}

#[cfg(unix)]
#[test]
fn links_modes_and_devices_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (folder, _) = run(&FILES, &["check", "-o", "json=new.json"]);
    let mode = |name: &str| {
        let metadata = fs::metadata(folder.path().join(name)).expect("there");
        metadata.permissions().mode() & 0o777
    };
    fs::write(folder.path().join("like"), "").expect("writable");
    assert_eq!(mode("new.json"), mode("like"), "as any new file");
    fs::set_permissions(
        folder.path().join("new.json"),
        fs::Permissions::from_mode(0o640),
    )
    .expect("allowed");
    symlink("new.json", folder.path().join("link.json")).expect("a link");
    again(&folder, &["check", "-o", "sarif=link.json"]);
    assert!(
        fs::symlink_metadata(folder.path().join("link.json"))
            .expect("there")
            .is_symlink()
    );
    assert_eq!(mode("new.json"), 0o640);
    assert!(read(&folder, "new.json").contains("sarif-schema"));
    let device = again(&folder, &["check", "-o", "json=/dev/null"]);
    assert_eq!(device.code, 1, "{}", device.stderr);
    assert!(
        !fs::metadata("/dev/null").expect("there").is_file(),
        "a device stays one"
    );
    let stdout = again(&folder, &["check", "--format", "json", "-o", "/dev/stdout"]);
    assert_eq!(stdout.code, 1, "{}", stdout.stderr);
}

#[test]
fn a_report_tells_what_could_not_be_looked_at() {
    let args = [
        "check",
        "--target",
        "web",
        "-o",
        "json=a.json",
        "-o",
        "junit=a.xml",
    ];
    let (folder, report) = run(&FILES[..1], &args);
    assert_eq!(report.code, 2);
    assert!(
        report.stderr.starts_with("error: app/Dockerfile: "),
        "{}",
        report.stderr
    );
    assert!(read(&folder, "a.json").contains("app/Dockerfile: "));
    assert!(read(&folder, "a.xml").contains("<error "));
}

#[test]
fn wrong_use_ends_with_2_says_what_to_do_and_writes_nothing() {
    for (args, words) in [
        (
            &["check", "-o", "yaml=x"][..],
            "`yaml` is no format; a file of this name is `./yaml=x`",
        ),
        (&["check", "-o", "json="], "the name of a file is missing"),
        (
            &["check", "-o", "sarif=-"],
            "standard output takes the report that --format says",
        ),
        (
            &["check", "-o", "json=x", "-o", "sarif=./x"],
            "two reports for one file",
        ),
        (&["check", "-o", "nowhere/x"], "cannot write nowhere/x"),
        (&["check", "-o", "app"], "cannot write"),
        (
            &["check", "-o", "app/Dockerfile"],
            "would replace a Dockerfile",
        ),
        (
            &["check", "-o", "json=new.dockerfile"],
            "would replace a Dockerfile",
        ),
        (
            &["check", "notes", "-o", "json=./notes"],
            "would replace a Dockerfile",
        ),
        (&["check", "--format", "xml"], "invalid value 'xml'"),
        (&["fix", "-o", "json=x"], "unexpected argument"),
    ] {
        let files = [FILES[0], ("notes", FILES[0].1)];
        let (folder, report) = run(&files, args);
        assert_eq!(report.code, 2, "{args:?}: {}", report.stderr);
        assert!(report.stderr.contains(words), "{args:?}: {}", report.stderr);
        assert_eq!(report.stdout, "", "{args:?}");
        assert_eq!(names(folder.path()), ["app", "notes"], "{args:?}");
        assert_eq!(
            fs::read(folder.path().join("app/Dockerfile")).expect("readable"),
            FILES[0].1
        );
    }
}
