//! The same through the command line: nobody is asked unasked, credentials of helpers, reports, exit codes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::double::{Double, Guard};
use crate::image::{Entry, Image};

/// Runs the program in a folder, with a home and a cache of its own.
fn unroot(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unroot"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("UNROOT_") {
            command.env_remove(name);
        }
    }
    let path = std::env::var("PATH").unwrap_or_default();
    command
        .args(args)
        .current_dir(folder)
        .env("HOME", folder)
        .env("DOCKER_CONFIG", folder.join("docker"))
        .env_remove("XDG_CACHE_HOME")
        .env_remove("XDG_RUNTIME_DIR")
        .env_remove("REGISTRY_AUTH_FILE")
        .env("PATH", format!("{}:{path}", folder.join("bin").display()));
    command.output().expect("it runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn folder(double: &Double) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!(
        "FROM {}/team/app:1\nCOPY app /app\nCMD [\"/app\"]\n",
        double.host()
    );
    fs::write(folder.path().join("Dockerfile"), text).expect("written");
    folder
}

#[test]
fn nobody_is_asked_unasked() {
    let double = Double::start();
    Image::of("app").tag(&double, "team/app", "1");
    let folder = folder(&double);
    for args in [
        &["check", "--format", "json"][..],
        &["check", "--format", "json", "--offline"],
        &["check", "--format", "json", "--lookup", "table"],
    ] {
        let output = unroot(folder.path(), args);
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(report["lookup"], json!({"offline": true, "asked": []}));
        assert_eq!(report["files"][0]["targets"][0]["outcome"], "undetermined");
        assert!(!err(&output).contains("looked up"));
    }
    assert!(double.seen().is_empty());
    let output = unroot(
        folder.path(),
        &["check", "--offline", "--lookup", "registry"],
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_base_is_looked_up() {
    let double = Double::start();
    let digest = Image::of("app").tag(&double, "team/app", "1");
    let folder = folder(&double);
    let args = ["check", "--lookup", "registry", "--platform", "linux/amd64"];
    let output = unroot(folder.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(
        err(&output).contains("1 fine; looked up 1 image (registry 1)"),
        "{}",
        err(&output)
    );
    let asked = double.seen().len();
    let output = unroot(folder.path(), &[&args[..], &["--format", "json"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let one = &report["lookup"]["asked"][0];
    assert_eq!(report["lookup"]["offline"], false);
    assert_eq!(
        (&one["digest"], &one["cached"], &one["outcome"]),
        (&json!(digest), &json!(true), &json!("found"))
    );
    assert_eq!(double.seen().len(), asked, "it lay in the cache");
    unroot(folder.path(), &[&args[..], &["--no-cache"]].concat());
    assert!(double.seen().len() > asked);
    // An image that starts as root gets a fix that creates its user the image's own way.
    Image::of("0").tag(&double, "team/app", "1");
    let output = unroot(
        folder.path(),
        &[
            "diff",
            "--unsafe",
            "--lookup",
            "registry",
            "--no-cache",
            "--platform",
            "linux/amd64",
        ],
    );
    assert!(
        out(&output).contains("+USER 1000:1000"),
        "{}{}",
        out(&output),
        err(&output)
    );
}

#[test]
fn what_contradicts_the_table_is_said() {
    let double = Double::start();
    // The table takes it for a copy of redis, which starts as root and has other words and another account.
    let image = format!("{}/library/redis:7", double.host());
    Image::of("app").tag(&double, "library/redis", "7");
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("FROM {image}\nCOPY redis.conf /etc/redis.conf\n");
    fs::write(folder.path().join("Dockerfile"), text).expect("written");
    let args = ["check", "--lookup", "registry", "--platform", "linux/amd64"];
    let output = unroot(folder.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = err(&output);
    for line in [
        "has default_user = \"root\", the image has \"app\", which counts",
        "has users = redis 999:999, the image has no redis, which counts",
        "help: where the image is what its name says, the embedded table is wrong",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(
        text.contains(&format!(
            "warning: {image}: the table's entry docker.io/library/redis (tags "
        )),
        "{text}"
    );
    let output = unroot(folder.path(), &[&args[..], &["--format", "json"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let first = &report["lookup"]["asked"][0]["contradicts"][0];
    assert_eq!(
        (&first["field"], &first["table"], &first["image"]),
        (
            &json!("default_user"),
            &json!("\"root\""),
            &json!("\"app\"")
        )
    );
    // The image itself is held against it, too; one that the table does not know is not.
    let args = ["--lookup", "registry", "--platform", "linux/amd64"];
    let judge = |image: &str| {
        unroot(
            folder.path(),
            &[&["check", "--image", image][..], &args].concat(),
        )
    };
    assert!(err(&judge(&image)).contains("has default_user = \"root\""));
    Image::of("app").tag(&double, "team/app", "1");
    let output = judge(&format!("{}/team/app:1", double.host()));
    assert!(!err(&output).contains("the table"), "{}", err(&output));
}

#[test]
fn what_cannot_be_looked_up_is_said() {
    let double = Double::start();
    let folder = folder(&double);
    let output = unroot(folder.path(), &["check", "--lookup", "registry"]);
    assert_eq!(output.status.code(), Some(1));
    let text = err(&output);
    assert!(
        text.contains("warning: look-up by registry: ") && text.contains("1 without an answer"),
        "{text}"
    );
    let output = unroot(
        folder.path(),
        &[
            "check",
            "--lookup",
            "registry",
            "--image",
            &format!("{}/team/app:1", double.host()),
        ],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).contains("nothing is known"),
        "{}",
        err(&output)
    );
    let open = folder.path().join("open");
    fs::create_dir(&open).expect("made");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).expect("changed");
        let output = unroot(
            folder.path(),
            &["check", "--lookup", "registry", "--cache-dir", "open"],
        );
        assert_eq!(output.status.code(), Some(2));
        assert!(err(&output).contains("chmod 700"), "{}", err(&output));
    }
}

#[test]
fn an_image_is_judged() {
    let double = Double::start();
    let host = double.host();
    let script =
        "#!/bin/sh\nif [ \"$(id -u)\" = 0 ]; then exec gosu app \"$0\" \"$@\"; fi\nexec \"$@\"\n";
    Image::of("app").tag(&double, "team/fine", "1");
    Image::of("").tag(&double, "team/root", "1");
    Image::of("nobody-here").tag(&double, "team/broken", "1");
    Image::of("")
        .layer(&[Entry::File("usr/local/bin/start.sh", script)])
        .tag(&double, "team/down", "1");
    let folder = tempfile::tempdir().expect("a folder");
    let run = |name: &str, more: &[&str]| {
        let image = format!("{host}/team/{name}:1");
        let args = [
            "check",
            "--image",
            &image,
            "--lookup",
            "registry",
            "--platform",
            "linux/amd64",
        ];
        unroot(folder.path(), &[&args[..], more].concat())
    };
    for (name, code, parts) in [
        (
            "fine",
            0,
            &[
                "fine: ",
                "starts as `app`",
                "unneeded    games",
                "CRI-O",
                "/data",
            ][..],
        ),
        ("root", 1, &["error[runs-as-root]: ", "it has no USER"]),
        (
            "broken",
            1,
            &["warning[user-undetermined]: ", "does not start"],
        ),
        (
            "down",
            0,
            &[
                "note[steps-down]: ",
                "steps down to `app`: `gosu` in /usr/local/bin/start.sh",
            ],
        ),
    ] {
        let output = run(name, &[]);
        assert_eq!(output.status.code(), Some(code), "{name}: {}", err(&output));
        for part in parts {
            assert!(
                out(&output).contains(part),
                "{name}: {part}\n{}",
                out(&output)
            );
        }
    }
    assert_eq!(run("down", &["--strict"]).status.code(), Some(1));
    let output = run("fine", &["--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let image = &report["images"][0];
    assert_eq!(
        (&image["outcome"], &image["user"], &image["low_ports"]),
        (&json!("non-root"), &json!("app"), &json!([80]))
    );
    assert_eq!(
        (&image["unneeded_accounts"], &report["lookup"]["offline"]),
        (&json!(["games"]), &json!(false))
    );
    assert_eq!(run("fine", &["--format", "sarif"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_helper_gives_the_credentials() {
    use std::os::unix::fs::PermissionsExt as _;
    let double = Double::start();
    Image::of("app").tag(&double, "team/app", "1");
    double.guard(Guard::Only(
        "Basic aGVscGVkOnMzY3JldC13b3Jk".into(),
        "Basic realm=\"r\"".into(),
    ));
    let folder = tempfile::tempdir().expect("a folder");
    for part in ["bin", "docker"] {
        fs::create_dir(folder.path().join(part)).expect("made");
    }
    let helper = folder.path().join("bin/docker-credential-unroottest");
    let image = format!("{}/team/app:1", double.host());
    let run = |config: Value, script: &str| {
        fs::write(folder.path().join("docker/config.json"), config.to_string()).expect("written");
        fs::write(&helper, script).expect("written");
        fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).expect("changed");
        let output = unroot(
            folder.path(),
            &[
                "check",
                "--image",
                &image,
                "--lookup",
                "registry",
                "--no-cache",
                "--platform",
                "linux/amd64",
            ],
        );
        let told = out(&output) + &err(&output);
        assert!(
            !told.contains("s3cret-word") && !told.contains("aGVscGVk"),
            "{told}"
        );
        (output.status.code(), told)
    };
    let gives = format!(
        "#!/bin/sh\n[ \"$1\" = get ] || exit 3\nread -r server || true\n[ \"$server\" = {} ] || {{ echo 'credentials not found in native keychain'; exit 1; }}\n\
        echo '{{\"ServerURL\":\"x\",\"Username\":\"helped\",\"Secret\":\"s3cret-word\"}}'\n",
        double.host()
    );
    for config in [
        json!({"credsStore": "unroottest"}),
        json!({"credHelpers": {double.host(): "unroottest"}}),
    ] {
        let (code, told) = run(config, &gives);
        assert_eq!(code, Some(0), "{told}");
    }
    // One for another registry is not asked.
    let (code, told) = run(json!({"credHelpers": {"r.example": "unroottest"}}), &gives);
    assert!(code == Some(2) && told.contains("docker login"), "{told}");
    let (code, told) = run(
        json!({"credsStore": "unroottest"}),
        "#!/bin/sh\necho s3cret-word; exit 1\n",
    );
    assert!(
        code == Some(2) && told.contains("docker-credential-unroottest fails"),
        "{told}"
    );
    let (_, told) = run(json!({"credsStore": "nosuchhelper"}), &gives);
    assert!(told.contains("not installed"), "{told}");
}
