//! A real registry and a real engine: images are built, pushed to a registry on 127.0.0.1:5000 (`lab.sh registry`), and
//! read back by both ways. Without them all of it is skipped, and says so; with `UNROOT_LAB=required` that is a failure.

use std::io::Write as _;
use std::process::{Command, Stdio};

use unroot::bases::ImageRef;
use unroot::lookup::{ImageSource, Kind, LocalEngine, Platform, Registry, SourceName, Sources};

use crate::look;

const REGISTRY: &str = "127.0.0.1:5000";

/// Why it cannot be done here, after saying so; fails where it must be.
fn skipped(why: &str) -> bool {
    assert!(
        std::env::var("UNROOT_LAB").as_deref() != Ok("required"),
        "the lab is required: {why}"
    );
    println!("SKIPPED: {why}: nothing was read from a real registry or engine");
    true
}

fn unavailable() -> bool {
    // The other tests' way of switching the lab off: an engine that is not docker.
    let engine = std::env::var("UNROOT_LAB_ENGINE").unwrap_or_else(|_| "docker".into());
    if engine != "docker" {
        return skipped("another engine than docker is wanted");
    }
    let docker = Command::new("docker")
        .args(["image", "inspect", "debian:bookworm-slim"])
        .output();
    if !docker.is_ok_and(|output| output.status.success()) {
        return skipped("no docker with debian:bookworm-slim");
    }
    if std::net::TcpStream::connect(REGISTRY).is_err() {
        return skipped("no registry answers at 127.0.0.1:5000");
    }
    false
}

fn docker(args: &[&str], input: &str) -> String {
    let mut command = Command::new("docker");
    let mut child = command
        .args(args)
        .env("DOCKER_BUILDKIT", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("docker runs");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(
        output.status.success(),
        "docker {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// An image of ours, removed from the engine at the end. The registry is the lab's, and ends with it.
struct Built(String);

impl Built {
    fn new(name: &str, dockerfile: &str) -> Self {
        // The table goes by tags, too: 7 is one of redis.
        let built = Self(format!(
            "{REGISTRY}/unroot-lookup/{name}:7-{}",
            std::process::id()
        ));
        docker(
            &[
                "build",
                "--network",
                "none",
                "--quiet",
                "--tag",
                &built.0,
                "-",
            ],
            dockerfile,
        );
        docker(&["push", "--quiet", &built.0], "");
        built
    }
}

impl Drop for Built {
    fn drop(&mut self) {
        let _ = Command::new("docker")
            .args(["rmi", "--force", &self.0])
            .output();
    }
}

const DOCKERFILE: &str = r#"FROM debian:bookworm-slim
RUN groupadd -g 4711 app && useradd -u 4711 -g app -d /srv/app app
RUN printf '#!/bin/sh\nif [ "$(id -u)" = 0 ]; then exec setpriv --reuid app --regid app --init-groups "$0" "$@"; fi\nexec "$@"\n' > /usr/local/bin/start.sh && chmod 755 /usr/local/bin/start.sh
RUN rm /etc/group && rm -r /opt && ln -s /usr/local/bin/start.sh /begin
ENV APP_UID=4711
EXPOSE 80 8080
VOLUME /data
ENTRYPOINT ["/begin"]
CMD ["sleep", "60"]
"#;

#[test]
fn an_image_through_registry_and_engine() {
    if unavailable() {
        return;
    }
    let built = Built::new("stepping", DOCKERFILE);
    let image = ImageRef::parse(&built.0).expect("valid");
    let from_registry = look(&Registry::default(), &built.0).expect("the registry answers");
    let from_engine = LocalEngine::default()
        .image(&image, &Platform::host())
        .expect("the engine answers");
    assert_eq!(from_registry.config, from_engine.config);
    assert_eq!(
        from_registry.files, from_engine.files,
        "both read the same files"
    );
    assert_eq!(from_registry.origin.source, SourceName::Registry);
    // An engine knows the digest of what it pushed.
    assert_eq!(from_registry.origin.digest, from_engine.origin.digest);
    let files = from_registry.files.expect("files");
    assert!(
        files
            .passwd
            .text()
            .is_some_and(|text| text.contains("app:x:4711:4711::/srv/app"))
    );
    assert_eq!(
        files.group,
        unroot::lookup::Found::Missing,
        "a whiteout takes it away"
    );
    assert!(
        files
            .programs
            .iter()
            .any(|path| path == "/usr/sbin/useradd")
    );
    assert_eq!(from_registry.config.ports, [80, 8080]);
    let judged = unroot::lookup::judge(
        "x",
        look(&Registry::default(), &built.0).expect("again"),
        false,
    );
    assert!(
        judged.sentence.contains("steps down to `app`: `setpriv`"),
        "{}",
        judged.sentence
    );
    println!("registry and engine say the same of {}", judged.source);
}

#[test]
fn an_image_by_digest_and_one_that_is_not_there() {
    if unavailable() {
        return;
    }
    let built = Built::new("plain", "FROM debian:bookworm-slim\nUSER 10001:10001\n");
    let facts = look(&Registry::default(), &built.0).expect("the registry answers");
    assert_eq!(facts.config.user, "10001:10001");
    let digest = facts.origin.digest.expect("a digest");
    let by_digest = look(
        &Registry::default(),
        &format!("{REGISTRY}/unroot-lookup/plain@{digest}"),
    );
    assert_eq!(by_digest.expect("the same").config, facts.config);
    let absent = format!("{REGISTRY}/unroot-lookup/nothing:1");
    assert_eq!(
        look(&Registry::default(), &absent)
            .expect_err("absent")
            .kind,
        Kind::Absent
    );
    let absent = ImageRef::parse(&absent).expect("valid");
    let error = LocalEngine::default()
        .image(&absent, &Platform::host())
        .expect_err("absent");
    assert_eq!(error.kind, Kind::Absent, "{error}");
}

#[test]
fn what_the_table_has_otherwise() {
    if unavailable() {
        return;
    }
    let contradicted = |built: &Built| {
        let sources: [Box<dyn ImageSource>; 2] = [
            Box::new(Registry::default()),
            Box::new(LocalEngine::default()),
        ];
        sources.map(|source| {
            let image = ImageRef::parse(&built.0).expect("valid");
            let sources = Sources::new(vec![Some(source)], Platform::host());
            assert!(sources.image(&image).is_some());
            let answer = sources.asked().remove(0).result.expect("an answer");
            let fields = answer.contradicts.into_iter().map(|one| one.field);
            fields.collect::<Vec<_>>()
        })
    };
    let same = Built::new("library/debian", "FROM debian:bookworm-slim\n");
    assert_eq!(contradicted(&same), [[""; 0], [""; 0]]);
    let other = Built::new("library/redis", DOCKERFILE);
    let fields = ["start.entrypoint", "start.cmd", "users"];
    assert_eq!(contradicted(&other), [fields, fields]);
}

/// Containers that the look leaves behind: none.
#[test]
fn nothing_is_left_in_the_engine() {
    if unavailable() {
        return;
    }
    let image = ImageRef::parse("debian:bookworm-slim").expect("valid");
    LocalEngine::default()
        .image(&image, &Platform::host())
        .expect("the engine answers");
    let label = format!("label={}", unroot::verify::LABEL);
    let left = docker(
        &["ps", "--all", "--filter", &label, "--format", "{{.Names}}"],
        "",
    );
    let ours = format!("-{}-", std::process::id());
    // The other tests of this process look at the same time: theirs go soon.
    let left: Vec<&str> = left
        .lines()
        .filter(|name| name.contains(&ours) && name.ends_with("-look"))
        .collect();
    assert!(left.len() <= 2, "{left:?}");
}
