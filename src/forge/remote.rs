//! Which repository a git remote's URL means.

use std::fmt;

/// A repository at a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// In lower case; with its port where an `http` or `https` URL names one.
    pub host: String,
    /// The user or organisation.
    pub owner: String,
    /// Without `.git`.
    pub name: String,
    /// True for an `http:` URL: its host is asked without TLS.
    pub plain: bool,
}

/// A URL that means no repository of a forge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the remote `{shown}` is no URL of a repository at a host (https://HOST/OWNER/NAME or git@HOST:OWNER/NAME)"
)]
pub struct RemoteError {
    /// The URL, without a password that it may hold.
    pub shown: String,
}

impl Remote {
    /// Reads a remote's URL as git writes them (gitremote-helpers(7), "URLS"): `https://`, `http://`, `ssh://`,
    /// `git://`, `git+ssh://`, and `user@host:path`. The last two parts of the path are owner and name.
    pub fn parse(url: &str) -> Result<Self, RemoteError> {
        let error = || RemoteError { shown: shown(url) };
        let text = url.trim();
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => ("scp".to_owned(), text),
        };
        let (authority, path) = match scheme.as_str() {
            "https" | "http" | "ssh" | "git+ssh" | "git" => rest.split_once('/'),
            // The scp-like form has no slash before its colon (git-clone(1)).
            "scp" => rest
                .split_once(':')
                .filter(|(host, _)| !host.contains('/') && host.len() > 1),
            _ => None,
        }
        .ok_or_else(error)?;
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let is_web = matches!(scheme.as_str(), "https" | "http");
        // The port of another protocol says nothing about the API.
        let host = match host.rsplit_once(':') {
            Some((name, port)) if !is_web && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let (before, name) = path.rsplit_once('/').ok_or_else(error)?;
        let owner = before.rsplit('/').next().unwrap_or(before);
        let valid_host = !host.is_empty()
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte));
        if !valid_host || !is_word(owner) || !is_word(name) {
            return Err(error());
        }
        Ok(Self {
            host: host.to_ascii_lowercase(),
            owner: owner.to_owned(),
            name: name.to_owned(),
            plain: scheme == "http",
        })
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// What GitHub lets owners and repositories be called, and a path in a URL can hold as it is.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && !matches!(text, "." | "..")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The URL without user and password, and without control characters.
fn shown(url: &str) -> String {
    let clean: String = url.chars().filter(|ch| !ch.is_control()).collect();
    let Some((scheme, rest)) = clean.split_once("://") else {
        return clean;
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{host}/{path}"),
        None => clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_repositories() {
        for (url, host, repository) in [
            ("https://github.com/acme/shop", "github.com", "acme/shop"),
            (
                "https://github.com/acme/shop.git",
                "github.com",
                "acme/shop",
            ),
            (
                "https://github.com/acme/shop.git/",
                "github.com",
                "acme/shop",
            ),
            (
                "https://x-access-token:t@GitHub.com/acme/shop",
                "github.com",
                "acme/shop",
            ),
            (
                "https://git.acme.test:8443/acme/shop",
                "git.acme.test:8443",
                "acme/shop",
            ),
            (
                "http://127.0.0.1:4010/acme/shop.git",
                "127.0.0.1:4010",
                "acme/shop",
            ),
            ("git@github.com:acme/shop.git", "github.com", "acme/shop"),
            ("git@github.com:/acme/shop", "github.com", "acme/shop"),
            ("github.com:acme/shop", "github.com", "acme/shop"),
            (
                "ssh://git@github.com/acme/shop.git",
                "github.com",
                "acme/shop",
            ),
            (
                "ssh://git@ghe.acme.test:2222/acme/shop",
                "ghe.acme.test",
                "acme/shop",
            ),
            (
                "git+ssh://git@github.com/acme/.github",
                "github.com",
                "acme/.github",
            ),
            (
                "git://github.com/acme/a.b-c_d",
                "github.com",
                "acme/a.b-c_d",
            ),
            (
                "https://proxy.test/git/acme/shop",
                "proxy.test",
                "acme/shop",
            ),
        ] {
            let remote = Remote::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!(
                (remote.host.as_str(), remote.to_string()),
                (host, repository.to_owned()),
                "{url}"
            );
        }
    }

    #[test]
    fn urls_of_nothing() {
        for url in [
            "",
            "/srv/git/shop.git",
            "file:///srv/git/acme/shop.git",
            "C:/git/acme/shop",
            "../shop",
            "https://github.com/acme",
            "https://github.com/acme/..",
            "https:///acme/shop",
            "git@github.com:shop",
            "https://github.com/ac me/shop",
            "https://github.com/acme/.git",
        ] {
            assert!(Remote::parse(url).is_err(), "{url}");
        }
        let error = Remote::parse("https://me:secret@github.com/acme").expect_err("no name");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
