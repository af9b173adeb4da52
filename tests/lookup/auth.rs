//! Who asks: nobody in particular, with a token, with a password, with wrong ones; and whom a secret reaches.

use std::fs;

use serde_json::json;
use unroot::lookup::{Kind, Registry};

use crate::double::{Double, Guard, Reply};
use crate::image::Image;
use crate::{look, with_config};

// me:opensesame
const BASIC: &str = "bWU6b3BlbnNlc2FtZQ==";
const PASSWORD: &str = "opensesame";

fn config(host: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let text = json!({"auths": {host: {"auth": BASIC}}}).to_string();
    fs::write(folder.path().join("config.json"), text).expect("written");
    folder
}

fn bearer(double: &Double, token: &str) {
    let challenge = format!(
        "Bearer realm=\"http://{}/token\",service=\"r\",scope=\"repository:team/app:pull\"",
        double.host()
    );
    double.guard(Guard::Only(format!("Bearer {token}"), challenge));
}

#[test]
fn anybody_may_read_what_is_open() {
    let double = Double::start();
    let digest = Image::of("app").tag(&double, "team/app", "1");
    let facts = look(
        &Registry::default(),
        &format!("{}/team/app:1", double.host()),
    )
    .expect("an answer");
    assert_eq!(facts.config.user, "app");
    assert_eq!(facts.origin.digest, Some(digest));
    assert!(
        double
            .seen()
            .iter()
            .all(|seen| seen.authorization.is_none())
    );
}

#[test]
fn an_anonymous_token() {
    let double = Double::start();
    Image::of("app").tag(&double, "team/app", "1");
    bearer(&double, "t0ken");
    double.route(
        "/token",
        Reply::of(200, "application/json", r#"{"token":"t0ken"}"#),
    );
    let facts = look(
        &Registry::default(),
        &format!("{}/team/app:1", double.host()),
    )
    .expect("an answer");
    assert_eq!(facts.config.user, "app");
    let asked: Vec<_> = double
        .seen()
        .into_iter()
        .filter(|seen| seen.target.starts_with("/token"))
        .collect();
    assert_eq!(asked.len(), 1, "one token for all requests");
    assert_eq!(
        asked[0].target,
        "/token?scope=repository%3Ateam%2Fapp%3Apull&service=r"
    );
    assert_eq!(asked[0].authorization, None);
}

#[test]
fn a_token_for_credentials() {
    let double = Double::start();
    Image::of("app").tag(&double, "team/app", "1");
    bearer(&double, "t0ken");
    double.route(
        "/token",
        Reply::of(200, "application/json", r#"{"access_token":"t0ken"}"#),
    );
    let folder = config(&double.host());
    look(
        &with_config(folder.path()),
        &format!("{}/team/app:1", double.host()),
    )
    .expect("an answer");
    let seen = double.seen();
    let token = seen
        .iter()
        .find(|seen| seen.target.starts_with("/token"))
        .expect("asked");
    assert_eq!(
        token.authorization.as_deref(),
        Some(format!("Basic {BASIC}").as_str())
    );
}

#[test]
fn an_identity_token_is_exchanged() {
    let double = Double::start();
    Image::of("app").tag(&double, "team/app", "1");
    bearer(&double, "t0ken");
    double.route(
        "/token",
        Reply::of(200, "application/json", r#"{"access_token":"t0ken"}"#),
    );
    let folder = tempfile::tempdir().expect("a folder");
    let text = json!({"auths": {double.host(): {"identitytoken": "refresh&me"}}}).to_string();
    fs::write(folder.path().join("config.json"), text).expect("written");
    look(
        &with_config(folder.path()),
        &format!("{}/team/app:1", double.host()),
    )
    .expect("an answer");
    let seen = double.seen();
    let token = seen
        .iter()
        .find(|seen| seen.target.starts_with("/token"))
        .expect("asked");
    assert_eq!(
        (token.method.as_str(), token.authorization.as_deref()),
        ("POST", None)
    );
    assert!(
        token.body.contains("refresh_token=refresh%26me"),
        "{}",
        token.body
    );
}

#[test]
fn a_password() {
    let double = Double::start();
    Image::of("app").tag(&double, "team/app", "1");
    double.guard(Guard::Only(
        format!("Basic {BASIC}"),
        "Basic realm=\"r\"".into(),
    ));
    let image = format!("{}/team/app:1", double.host());
    let folder = config(&double.host());
    look(&with_config(folder.path()), &image).expect("an answer");
    let error = look(&Registry::default(), &image).expect_err("no password");
    assert_eq!(error.kind, Kind::Refused);
    assert!(error.to_string().contains("docker login"), "{error}");
}

#[test]
fn wrong_credentials_are_told_and_not_shown() {
    let double = Double::start();
    Image::of("app").tag(&double, "team/app", "1");
    let image = format!("{}/team/app:1", double.host());
    let folder = config(&double.host());
    let registry = with_config(folder.path());
    let check = |status: &str| {
        let error = look(&registry, &image).expect_err("refused");
        let line = error.to_string();
        assert_eq!(error.kind, Kind::Refused, "{line}");
        assert!(
            line.contains(status) && line.contains("docker login"),
            "{line}"
        );
        assert!(
            !line.contains(PASSWORD) && !line.contains(BASIC) && !line.contains('\n'),
            "{line}"
        );
    };
    double.guard(Guard::Only(
        "Basic another".into(),
        "Basic realm=\"r\"".into(),
    ));
    check("401");
    // A registry that says the secret back.
    double.guard(Guard::Anybody);
    let body = format!(r#"{{"errors":[{{"message":"{PASSWORD} \u001b[2J {BASIC}"}}]}}"#);
    double.route(
        "/v2/team/app/manifests/1",
        Reply::of(403, "application/json", body),
    );
    let error = look(&registry, &image).expect_err("refused").to_string();
    assert!(
        error.contains("403") && !error.contains('\u{1b}'),
        "{error}"
    );
    bearer(&double, "t0ken");
    double.route(
        "/token",
        Reply::of(
            401,
            "application/json",
            format!("{{\"details\":\"{PASSWORD}\"}}"),
        ),
    );
    check("401");
    double.route(
        "/token",
        Reply::of(200, "application/json", r#"{"token":"a b\nc"}"#),
    );
    let error = look(&registry, &image).expect_err("no token");
    assert!(error.to_string().contains("no token"), "{error}");
}

#[test]
fn a_token_service_elsewhere_is_not_asked_in_the_clear() {
    let double = Double::start();
    for realm in [
        "http://tokens.example/token",
        "ftp://127.0.0.1/token",
        "//127.0.0.1",
        "",
    ] {
        double.guard(Guard::Only(
            "never".into(),
            format!("Bearer realm=\"{realm}\""),
        ));
        let folder = config(&double.host());
        let error = look(
            &with_config(folder.path()),
            &format!("{}/team/app:1", double.host()),
        )
        .expect_err(realm);
        assert_eq!(error.kind, Kind::Refused, "{error}");
    }
}

#[test]
fn content_elsewhere_is_fetched_without_the_secret() {
    let double = Double::start();
    let store = Double::start();
    let image = Image::of("app");
    image.tag(&double, "team/app", "1");
    double.guard(Guard::Only(
        format!("Basic {BASIC}"),
        "Basic realm=\"r\"".into(),
    ));
    for (at, layer) in image.layers.iter().enumerate() {
        let digest = crate::image::digest(layer);
        store.route(
            &format!("/store/{at}"),
            Reply::of(200, "x/y", layer.as_slice()),
        );
        let place = format!("http://{}/store/{at}?sig=1", store.other_name());
        double.route(
            &format!("/v2/team/app/blobs/{digest}"),
            Reply::of(307, "x/y", "").header("location", place),
        );
    }
    let folder = config(&double.host());
    let facts = look(
        &with_config(folder.path()),
        &format!("{}/team/app:1", double.host()),
    )
    .expect("an answer");
    assert!(facts.files.is_ok());
    let seen = store.seen();
    assert_eq!(seen.len(), image.layers.len());
    assert!(
        seen.iter().all(|seen| seen.authorization.is_none()),
        "{seen:?}"
    );
    // Round and round, and to where nobody is sent.
    let digest = crate::image::digest(&image.layers[0]);
    let target = format!("/v2/team/app/blobs/{digest}");
    for place in [
        target.as_str(),
        "http://store.example/x",
        "file:///etc/passwd",
    ] {
        double.route(&target, Reply::of(302, "x/y", "").header("location", place));
        let error = look(
            &with_config(folder.path()),
            &format!("{}/team/app:1", double.host()),
        )
        .expect_err(place);
        assert_eq!(error.kind, Kind::Server, "{error}");
    }
}
