//! Credentials for registries, from where `docker login` and `podman login` keep them.
//!
//! Docker's `config.json` (docker login, "Credential stores"): `credHelpers` names a program for one registry,
//! `credsStore` one for all, `auths` holds them in the file itself. Podman's `auth.json` (containers-auth.json(5)) has the
//! same form, and `auths` for parts of a registry besides.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::bases::reference::DOCKER_HUB;
use crate::secret::Password;
use crate::verify::process::{End, Limits, run};

use super::error::{Kind, LookupError};

/// Where credentials are looked for, in this order.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    files: Vec<PathBuf>,
}

/// What opens a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Secret {
    Basic(String, Password),
    /// A refresh token, for which its service gives tokens.
    Identity(Password),
    /// A token as it is.
    Bearer(Password),
}

impl Secret {
    /// A text without it.
    pub(super) fn scrub(&self, text: &str) -> String {
        match self {
            Self::Basic(user, password) => {
                let basic = Password::new(basic(user, password));
                basic.scrub(&password.scrub(text))
            }
            Self::Identity(token) | Self::Bearer(token) => token.scrub(text),
        }
    }
}

/// What follows `Basic` in a header.
pub(super) fn basic(user: &str, password: &Password) -> String {
    STANDARD.encode(format!("{user}:{}", password.secret()))
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct File {
    auths: Option<BTreeMap<String, Auth>>,
    creds_store: Option<String>,
    cred_helpers: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Auth {
    /// Name and password.
    #[serde(rename = "auth")]
    both: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
    registrytoken: Option<String>,
}

/// What a helper prints: docker-credential-helpers, "Development".
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Helped {
    #[serde(default)]
    username: String,
    #[serde(default)]
    secret: String,
}

/// Bytes of a file that are read.
const LONGEST_FILE: u64 = 4 << 20;
/// How long a helper may take, at most: it may ask a keychain, and that the user.
const PATIENCE: Duration = Duration::from_secs(30);

impl Credentials {
    /// The files that docker and podman would read; `variable` gives the environment.
    pub fn of_user(variable: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let home = variable("HOME").or_else(|| variable("USERPROFILE"));
        let docker = match variable("DOCKER_CONFIG") {
            Some(folder) => Some(PathBuf::from(folder)),
            None => home.map(|home| Path::new(&home).join(".docker")),
        };
        let podman = variable("REGISTRY_AUTH_FILE")
            .map(PathBuf::from)
            .or_else(|| {
                let folder = variable("XDG_RUNTIME_DIR")?;
                Some(Path::new(&folder).join("containers/auth.json"))
            });
        let docker = docker.map(|folder| folder.join("config.json"));
        Self {
            files: docker.into_iter().chain(podman).collect(),
        }
    }

    /// None at all: everything is asked for anonymously.
    pub const fn none() -> Self {
        Self { files: Vec::new() }
    }

    /// What opens the repository `path` of the registry `host`, both as in a reference.
    pub(super) fn find(
        &self,
        host: &str,
        path: &str,
        left: Duration,
    ) -> Result<Option<Secret>, LookupError> {
        for file in &self.files {
            let Some(text) = read(file)? else { continue };
            let config: File = serde_json::from_slice(&text).map_err(|error| {
                // The error tells a place, not what stands there.
                let line = format!(
                    "{} is no configuration of docker's (line {})",
                    file.display(),
                    error.line()
                );
                LookupError::new(Kind::Credentials, line)
            })?;
            if let Some(found) = config.find(host, path, left)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

impl File {
    fn find(&self, host: &str, path: &str, left: Duration) -> Result<Option<Secret>, LookupError> {
        let server = if host == DOCKER_HUB { HUB_SERVER } else { host };
        let helpers = self.cred_helpers.iter().flatten();
        let own = helpers
            .filter(|(known, _)| host_name(known) == host_name(server))
            .map(|(_, name)| name.as_str())
            .next();
        let helper = own
            .or(self.creds_store.as_deref())
            .filter(|name| !name.is_empty());
        if let Some(name) = helper
            && let Some(found) = ask(name, server, left)?
        {
            return Ok(Some(found));
        }
        let Some(auths) = &self.auths else {
            return Ok(None);
        };
        // The longest name that the repository lies under.
        let whole = format!("{}/{path}", host_name(server));
        let mut best: Option<(usize, &Auth)> = None;
        for (known, auth) in auths {
            let known = key(known);
            let fits = known == host_name(server)
                || whole == known
                || whole.starts_with(&format!("{known}/"));
            if fits && best.is_none_or(|(length, _)| length < known.len()) {
                best = Some((known.len(), auth));
            }
        }
        best.map_or(Ok(None), |(_, auth)| auth.secret(host))
    }
}

impl Auth {
    fn secret(&self, host: &str) -> Result<Option<Secret>, LookupError> {
        let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(token) = some(&self.registrytoken) {
            return Ok(Some(Secret::Bearer(Password::new(token))));
        }
        if let Some(token) = some(&self.identitytoken) {
            return Ok(Some(Secret::Identity(Password::new(token))));
        }
        if let Some(auth) = some(&self.both) {
            let bytes = STANDARD.decode(auth.trim()).ok();
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            let text = text.as_deref().map(|text| text.trim_end_matches('\0'));
            let Some((user, password)) = text.and_then(|text| text.split_once(':')) else {
                let line = format!(
                    "the credentials for {host} cannot be read: `docker login {host}` writes them anew"
                );
                return Err(LookupError::new(Kind::Credentials, line));
            };
            return Ok(Some(Secret::Basic(
                user.to_owned(),
                Password::new(password),
            )));
        }
        let pair = some(&self.username).zip(some(&self.password));
        Ok(pair.map(|(user, password)| Secret::Basic(user, Password::new(password))))
    }
}

/// What docker calls Docker Hub among credentials (docker/cli, `registry.IndexServer`).
const HUB_SERVER: &str = "https://index.docker.io/v1/";

/// The host and port of a name in the configuration: `https://index.docker.io/v1/`, `ghcr.io`.
fn host_name(name: &str) -> &str {
    let rest = name.split_once("://").map_or(name, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

/// A name in `auths` without its scheme, and without the path of a URL, which is none of a repository.
fn key(name: &str) -> &str {
    if name.contains("://") || name.ends_with("/v1/") || name.ends_with("/v2/") {
        host_name(name)
    } else {
        name.trim_end_matches('/')
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, LookupError> {
    use std::io::Read as _;
    let failed = |error: std::io::Error| {
        let line = format!("cannot read {}: {error}", path.display());
        LookupError::new(Kind::Credentials, line)
    };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(Some(bytes))
}

/// Asks `docker-credential-NAME` for what opens `server`; none where it has nothing.
fn ask(name: &str, server: &str, left: Duration) -> Result<Option<Secret>, LookupError> {
    let failed = |why: String| {
        let line = format!("docker-credential-{name} fails: {why}");
        Err(LookupError::new(Kind::Credentials, line))
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if !name.bytes().all(plain) || name.len() > 64 {
        return Err(LookupError::new(
            Kind::Credentials,
            "the configuration of docker names a credential helper that cannot be one",
        ));
    }
    let mut command = Command::new(format!("docker-credential-{name}"));
    command.arg("get");
    let limits = Limits::whole(left.min(PATIENCE));
    let finished = match run(&mut command, server.as_bytes(), limits, &mut |_| {}) {
        Ok(finished) => finished,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return failed("it is not installed; docker's config.json names it".into());
        }
        Err(error) => return failed(error.to_string()),
    };
    match finished.end {
        End::Exited(Some(0)) => {}
        End::Exited(_) => {
            let said = finished.text().to_lowercase();
            // docker-credential-helpers, `errCredentialsNotFoundMessage`.
            if said.contains("credentials not found") {
                return Ok(None);
            }
            // What it prints may hold anything.
            return failed("it ended with an error; run it by hand".into());
        }
        End::TimedOut => return failed("it took too long".into()),
        End::Cancelled | End::Enough => return failed("it was called off".into()),
    }
    let Ok(helped) = serde_json::from_slice::<Helped>(&finished.out) else {
        return failed("what it prints is no answer of a credential helper".into());
    };
    if helped.secret.is_empty() {
        return Ok(None);
    }
    let secret = Password::new(helped.secret);
    // docker/cli, `credentials.tokenUsername`.
    Ok(Some(if helped.username == "<token>" {
        Secret::Identity(secret)
    } else {
        Secret::Basic(helped.username, secret)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(config: &str, host: &str, path: &str) -> Option<Secret> {
        let file: File = serde_json::from_str(config).expect("JSON");
        file.find(host, path, Duration::from_secs(5))
            .expect("no error")
    }

    fn user(secret: Option<Secret>) -> Option<String> {
        match secret? {
            Secret::Basic(user, _) => Some(user),
            other => Some(format!("{other:?}")),
        }
    }

    #[test]
    fn the_right_credentials_and_no_others() {
        // me:secret, hub:secret, org:secret
        let config = r#"{"auths": {"r.example:5000": {"auth": "bWU6c2VjcmV0"},
            "https://index.docker.io/v1/": {"auth": "aHViOnNlY3JldA=="},
            "quay.example/org": {"auth": "b3JnOnNlY3JldA=="},
            "t.example": {"identitytoken": "abc"}, "e.example": {}}}"#;
        let of = |host: &str, path: &str| user(find(config, host, path));
        assert_eq!(of("r.example:5000", "a/b").as_deref(), Some("me"));
        assert_eq!(of("docker.io", "library/x").as_deref(), Some("hub"));
        assert_eq!(of("quay.example", "org/x").as_deref(), Some("org"));
        assert_eq!(
            of("t.example", "x").as_deref(),
            Some("Identity(Password(***))")
        );
        for (host, path) in [
            ("r.example", "a"),
            ("r.example:5001", "a"),
            ("quay.example", "organisation/x"),
            ("evil-r.example:5000", "a"),
            ("e.example", "a"),
        ] {
            assert_eq!(of(host, path), None, "{host} {path}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret::Basic("me".into(), Password::new("secret"));
        assert_eq!(format!("{secret:?}"), r#"Basic("me", Password(***))"#);
        assert_eq!(
            secret.scrub("bad secret, bad bWU6c2VjcmV0"),
            "bad ***, bad ***"
        );
    }

    #[test]
    fn what_is_broken_says_so() {
        let file: File = serde_json::from_str(
            r#"{"auths": {"r.example": {"auth": "!!"}}, "credHelpers": {"h.example": "../x"}}"#,
        )
        .expect("JSON");
        let left = Duration::from_secs(5);
        let error = file.find("r.example", "a", left).expect_err("no base64");
        assert!(
            error.to_string().contains("docker login r.example"),
            "{error}"
        );
        assert!(file.find("h.example", "a", left).is_err());
    }
}
