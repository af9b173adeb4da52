//! What comes: manifests of all kinds, layers that lie, end early or never, files that are no files.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use unroot::bases::ImageRef;
use unroot::lookup::{Cache, Found, ImageSource as _, Kind, Limits, Platform, Registry};

use crate::double::{Double, Pace, Reply};
use crate::image::{Entry, Image, OCI_INDEX, OCI_MANIFEST, PASSWD, debian, digest, gzip, tar};
use crate::{look, small};

fn name(double: &Double) -> String {
    format!("{}/team/app:1", double.host())
}

const MANIFEST: &str = "/v2/team/app/manifests/1";

#[test]
fn the_files_that_matter() {
    let double = Double::start();
    let script =
        "#!/bin/sh\nif [ \"$(id -u)\" = 0 ]; then exec gosu app \"$0\" \"$@\"; fi\nexec \"$@\"\n";
    Image::of("")
        .layer(&[
            Entry::Folder("usr/local/bin"),
            Entry::File("opt/run.sh", script),
            Entry::Link("usr/local/bin/start.sh", "/opt/run.sh"),
        ])
        .tag(&double, "team/app", "1");
    let facts = look(&Registry::default(), &name(&double)).expect("an answer");
    let files = facts.files.expect("files");
    assert_eq!(files.passwd.text(), Some(PASSWD));
    assert_eq!(files.os_release.text(), Some("ID=debian\nVERSION_ID=12\n"));
    assert!(
        files.programs.contains(&"/bin/sh".to_owned())
            && files.programs.contains(&"/usr/bin/apt-get".to_owned())
    );
    // Behind a link to another name, so its layer is read again.
    assert_eq!(
        files.commands,
        [(
            "/usr/local/bin/start.sh".to_owned(),
            Found::Text(script.into())
        )]
    );
    assert_eq!(
        (facts.config.ports, facts.config.volumes),
        (vec![80], vec!["/data".to_owned()])
    );
}

#[test]
fn whiteouts_links_and_folders() {
    for (layer, expected) in [
        (vec![Entry::File("etc/.wh.passwd", "")], Found::Missing),
        (vec![Entry::File("etc/.wh..wh..opq", "")], Found::Missing),
        (
            vec![Entry::File("etc/passwd", "new:x:1:1::/:/x\n")],
            Found::Text("new:x:1:1::/:/x\n".into()),
        ),
        (
            vec![Entry::Link("etc/passwd", "/etc/group")],
            Found::Text("root:x:0:\napp:x:1000:\n".into()),
        ),
        (
            vec![Entry::Link("etc/passwd", "../../../../etc/shadow")],
            Found::Missing,
        ),
        (
            vec![Entry::Link("etc/passwd", "/etc/passwd")],
            Found::Missing,
        ),
        (vec![Entry::Folder("etc/passwd/")], Found::NoFile),
    ] {
        let double = Double::start();
        Image::of("").layer(&layer).tag(&double, "team/app", "1");
        let files = look(&Registry::default(), &name(&double))
            .expect("an answer")
            .files
            .expect("files");
        assert_eq!(files.passwd, expected);
    }
}

#[test]
fn a_platform_of_an_index() {
    let double = Double::start();
    let mut arm = Image::of("arm");
    arm.config["architecture"] = json!("arm64");
    let (amd, arm) = (
        Image::of("amd").push(&double, "team/app"),
        arm.push(&double, "team/app"),
    );
    let entry = |digest: &str, architecture: &str| json!({"mediaType": OCI_MANIFEST, "digest": digest, "size": 1, "platform": {"os": "linux", "architecture": architecture}});
    let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry(&amd, "amd64"), entry(&arm, "arm64")]});
    double.route(MANIFEST, Reply::of(200, OCI_INDEX, index.to_string()));
    let image = ImageRef::parse(&name(&double)).expect("valid");
    let of = |platform: &str| {
        Registry::default().image(&image, &Platform::parse(platform).expect("valid"))
    };
    assert_eq!(of("linux/amd64").expect("an answer").config.user, "amd");
    let facts = of("linux/arm64").expect("an answer");
    assert_eq!(
        (facts.config.user.as_str(), facts.origin.digest),
        ("arm", Some(arm))
    );
    let error = of("linux/s390x").expect_err("not there");
    assert!(
        error.to_string().contains("linux/amd64, linux/arm64"),
        "{error}"
    );
}

#[test]
fn what_lies_is_not_believed() {
    let other = Image::of("root");
    let image = Image::of("app");
    let config = image.config.to_string();
    let cases = [
        (
            format!("/v2/team/app/blobs/{}", digest(config.as_bytes())),
            other.config.to_string().into_bytes(),
        ),
        (
            format!("/v2/team/app/blobs/{}", digest(&image.layers[0])),
            {
                let mut layer = gzip(&debian());
                layer.push(0);
                layer[30] ^= 1;
                layer
            },
        ),
        (
            format!("/v2/team/app/blobs/{}", digest(&image.layers[0])),
            gzip(&tar(&[Entry::File("etc/passwd", "x")])),
        ),
    ];
    for (target, bytes) in cases {
        let double = Double::start();
        image.tag(&double, "team/app", "1");
        double.route(&target, Reply::of(200, "x/y", bytes));
        let error = look(&Registry::default(), &name(&double)).expect_err("a lie");
        assert_eq!(error.kind, Kind::Untrue, "{error}");
    }
    // The manifest: by its header under a tag, and by the reference.
    let double = Double::start();
    let told = image.tag(&double, "team/app", "1");
    let lie = Reply::of(200, OCI_MANIFEST, other.manifest().to_string())
        .header("docker-content-digest", told.as_str());
    double.route(MANIFEST, lie.clone());
    double.route(&format!("/v2/team/app/manifests/{told}"), lie);
    for image in [name(&double), format!("{}/team/app@{told}", double.host())] {
        let error = look(&Registry::default(), &image).expect_err("a lie");
        assert_eq!(error.kind, Kind::Untrue, "{error}");
    }
}

#[test]
fn what_breaks_off_says_so() {
    let image = Image::of("app");
    let layer = format!("/v2/team/app/blobs/{}", digest(&image.layers[0]));
    let double = Double::start();
    image.tag(&double, "team/app", "1");
    double.route(
        &layer,
        Reply::of(200, "x/y", image.layers[0].as_slice()).pace(Pace::Half),
    );
    let error = look(&Registry::default(), &name(&double)).expect_err("half a layer");
    assert_eq!(error.kind, Kind::Untrue, "{error}");
    assert!(error.to_string().contains("try again"), "{error}");
    // A layer that was cut off before it was pushed: its digest is right.
    let mut cut = Image::of("app");
    let half = cut.layers[0].len() / 2;
    cut.layers[0].truncate(half);
    cut.tag(&double, "team/cut", "1");
    let facts = look(
        &Registry::default(),
        &format!("{}/team/cut:1", double.host()),
    )
    .expect("its user is known");
    assert_eq!(facts.config.user, "app");
    assert!(
        facts
            .files
            .expect_err("no files")
            .contains("cannot be unpacked")
    );
}

#[test]
fn what_is_too_large_is_bounded_and_says_so() {
    let double = Double::start();
    // By what the manifest says.
    let image = Image::of("app");
    let mut manifest = image.manifest();
    manifest["layers"][0]["size"] = json!(4_u64 << 30);
    image.push(&double, "team/app");
    double.route(MANIFEST, Reply::of(200, OCI_MANIFEST, manifest.to_string()));
    let before = double.seen().len();
    let facts = look(&Registry::default(), &name(&double)).expect("its user is known");
    assert_eq!(facts.config.user, "app");
    let why = facts.files.expect_err("too large");
    assert!(
        why.contains("4096 MiB") && why.contains("1024 MiB"),
        "{why}"
    );
    assert_eq!(double.seen().len() - before, 2, "no layer is asked for");
    // By what it unpacks to.
    let mut bomb = Image::of("app");
    bomb.layers
        .push(gzip(&tar(&[Entry::File("zeros", &"\0".repeat(8 << 20))])));
    bomb.tag(&double, "team/bomb", "1");
    let registry = Registry {
        limits: Limits {
            time: Duration::from_secs(20),
            ..small()
        },
        ..Registry::default()
    };
    let facts =
        look(&registry, &format!("{}/team/bomb:1", double.host())).expect("its user is known");
    assert!(facts.files.expect_err("too large").contains("unpack"));
    // By what goes on and on.
    let layer = format!("/v2/team/bomb/blobs/{}", digest(&bomb.layers[0]));
    double.route(
        &layer,
        Reply::of(200, "x/y", bomb.layers[0].as_slice()).pace(Pace::Endless),
    );
    let error = look(
        &Registry::default(),
        &format!("{}/team/bomb:1", double.host()),
    )
    .expect_err("endless");
    assert_eq!(error.kind, Kind::Untrue, "{error}");
    // A manifest without end.
    double.route(
        MANIFEST,
        Reply::of(200, OCI_MANIFEST, "").pace(Pace::Endless),
    );
    let error = look(&Registry::default(), &name(&double)).expect_err("endless");
    assert_eq!(error.kind, Kind::TooLarge, "{error}");
    // A passwd as large as a disk.
    let large = Image::of("app").layer(&[Entry::File("etc/passwd", &"x".repeat(2 << 20))]);
    large.tag(&double, "team/large", "1");
    let facts = look(
        &Registry::default(),
        &format!("{}/team/large:1", double.host()),
    )
    .expect("an answer");
    assert_eq!(facts.files.expect("files").passwd, Found::TooLarge(2 << 20));
}

#[test]
fn what_never_comes_is_not_waited_for() {
    let double = Double::start();
    let image = Image::of("app");
    image.tag(&double, "team/app", "1");
    let registry = Registry {
        limits: small(),
        ..Registry::default()
    };
    let config = format!(
        "/v2/team/app/blobs/{}",
        digest(image.config.to_string().as_bytes())
    );
    let layer = format!("/v2/team/app/blobs/{}", digest(&image.layers[0]));
    for (target, pace) in [
        (layer.as_str(), Pace::Drips),
        (&config, Pace::Drips),
        (MANIFEST, Pace::Never),
    ] {
        double.route(target, Reply::of(200, "x/y", "").pace(pace));
        let started = Instant::now();
        let error = look(&registry, &name(&double)).expect_err("too slow");
        assert_eq!(error.kind, Kind::TimedOut, "{error}");
        assert!(error.to_string().contains("--lookup-timeout"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn what_is_no_image() {
    let double = Double::start();
    let digest = digest(b"x");
    let artifact = json!({"schemaVersion": 2, "mediaType": OCI_MANIFEST,
        "config": {"mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": digest, "size": 1}, "layers": []});
    for (body, part) in [
        (
            json!({"schemaVersion": 1, "fsLayers": []}).to_string(),
            "schema 1",
        ),
        (artifact.to_string(), "helm"),
        (
            json!({"schemaVersion": 2, "manifests": []}).to_string(),
            "without images",
        ),
        ("<html>not found</html>".to_owned(), "can be read"),
    ] {
        double.route(MANIFEST, Reply::of(200, "application/json", body));
        let error = look(&Registry::default(), &name(&double)).expect_err(part);
        assert_eq!(error.kind, Kind::Unsuitable, "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
    double.route(MANIFEST, Reply::of(404, "application/json", "{}"));
    assert_eq!(
        look(&Registry::default(), &name(&double))
            .expect_err("absent")
            .kind,
        Kind::Absent
    );
    double.route(
        MANIFEST,
        Reply::of(429, "application/json", "{}").header("retry-after", "30"),
    );
    let error = look(&Registry::default(), &name(&double)).expect_err("limited");
    assert!(error.to_string().contains("30 s"), "{error}");
    assert_eq!(
        look(&Registry::default(), "127.0.0.1:1/x")
            .expect_err("nobody")
            .kind,
        Kind::Unreachable
    );
}

#[test]
fn what_was_read_is_kept() {
    let double = Double::start();
    Image::of("app").tag(&double, "team/app", "1");
    let folder = tempfile::tempdir().expect("a folder");
    let registry = |seconds| Registry {
        cache: Some(Arc::new(
            Cache::open(&folder.path().join("c"), Duration::from_secs(seconds)).expect("a cache"),
        )),
        ..Registry::default()
    };
    let first = look(&registry(60), &name(&double)).expect("an answer");
    assert!(!first.origin.cached);
    let asked = double.seen().len();
    let second = look(&registry(60), &name(&double)).expect("an answer");
    assert!(second.origin.cached);
    assert_eq!((second.config, second.files), (first.config, first.files));
    assert_eq!(double.seen().len(), asked, "nothing is asked");
    // Too old: the tag is asked for again, its content is not.
    look(&registry(0), &name(&double)).expect("an answer");
    assert_eq!(double.seen().len(), asked + 1);
}

#[test]
fn zstd_and_no_compression() {
    let double = Double::start();
    let mut image = Image::of("app");
    image.layers = vec![debian()];
    image.tag(&double, "team/app", "1");
    let files = look(&Registry::default(), &name(&double))
        .expect("an answer")
        .files
        .expect("files");
    assert_eq!(files.passwd.text(), Some(PASSWD));
    image.layers = vec![raw_zstd(&debian())];
    image.tag(&double, "team/zstd", "1");
    let facts = look(
        &Registry::default(),
        &format!("{}/team/zstd:1", double.host()),
    )
    .expect("an answer");
    assert_eq!(facts.files.expect("files").passwd.text(), Some(PASSWD));
}

/// A frame of raw blocks (RFC 8878, section 3.1.1): no compression is needed to be one.
fn raw_zstd(bytes: &[u8]) -> Vec<u8> {
    // A window of 128 KiB, no content size, no checksum.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3];
    let mut chunks = bytes.chunks(64 << 10).peekable();
    while let Some(chunk) = chunks.next() {
        let last = u32::from(chunks.peek().is_none());
        let header = (u32::try_from(chunk.len()).expect("small") << 3) | last;
        frame.extend(&header.to_le_bytes()[..3]);
        frame.extend(chunk);
    }
    frame
}
