//! Where GitHub answers.

use crate::address::{host_of, is_loopback};
use crate::forge::Remote;

/// The addresses of one GitHub and one repository there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Of the REST API, without a slash at its end.
    pub api: String,
    /// Of the GraphQL API.
    pub graphql: String,
    /// Of the pages that people read, without a slash at its end.
    pub server: String,
    /// The user or organisation.
    pub owner: String,
    /// The repository.
    pub name: String,
}

/// An address to which no token is sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Neither `http` nor `https`.
    #[error("{variable} is `{url}`, which is no address of an API: write https://...")]
    NotWeb {
        /// Who says so.
        variable: &'static str,
        /// What it says.
        url: String,
    },
    /// Everybody on the way could read the token.
    #[error("{variable} is `{url}`: a token is sent by https only, or to this machine")]
    NotEncrypted {
        /// Who says so.
        variable: &'static str,
        /// What it says.
        url: String,
    },
}

impl Endpoints {
    /// The addresses for `remote`. What `environment` says goes first, by the names that GitHub's runner sets:
    /// `GITHUB_API_URL`, `GITHUB_GRAPHQL_URL`, `GITHUB_SERVER_URL`. Else they follow from the remote's host:
    /// `api.github.com` for github.com, `/api/v3` and `/api/graphql` for a GitHub Enterprise Server
    /// (docs.github.com, "Getting started with the REST API", "Forming calls with GraphQL"), and `api.` for a
    /// GitHub with data residency (`ghe.com`).
    pub fn new(
        remote: &Remote,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, EndpointError> {
        let host = &remote.host;
        let scheme = if remote.plain { "http" } else { "https" };
        let with_api_host = host == "github.com" || host.ends_with(".ghe.com");
        let (api, graphql) = if with_api_host {
            (
                format!("https://api.{host}"),
                format!("https://api.{host}/graphql"),
            )
        } else {
            (
                format!("{scheme}://{host}/api/v3"),
                format!("{scheme}://{host}/api/graphql"),
            )
        };
        let of = |variable: &'static str, default: String| {
            let said = environment(variable).filter(|value| !value.trim().is_empty());
            let url = said.map_or(default, |value| value.trim().to_owned());
            let url = url.trim_end_matches('/').to_owned();
            check(variable, &url).map(|()| url)
        };
        let api = of("GITHUB_API_URL", api)?;
        // An API that somebody names has its GraphQL beside it, unless somebody names that, too.
        let graphql = match environment("GITHUB_API_URL").filter(|value| !value.trim().is_empty()) {
            Some(_) => match api.strip_suffix("/api/v3") {
                Some(host) => format!("{host}/api/graphql"),
                None => format!("{api}/graphql"),
            },
            None => graphql,
        };
        Ok(Self {
            graphql: of("GITHUB_GRAPHQL_URL", graphql)?,
            server: of("GITHUB_SERVER_URL", format!("{scheme}://{host}"))?,
            api,
            owner: remote.owner.clone(),
            name: remote.name.clone(),
        })
    }

    /// True where the API is on this machine: no proxy stands before it.
    pub(super) fn is_local(&self) -> bool {
        is_loopback(host_of(&self.api))
    }
}

fn check(variable: &'static str, url: &str) -> Result<(), EndpointError> {
    let url = url.to_owned();
    let lower = url.to_ascii_lowercase();
    if lower
        .strip_prefix("https://")
        .is_some_and(|rest| !rest.is_empty())
    {
        Ok(())
    } else if lower.starts_with("http://") {
        if is_loopback(host_of(&lower)) {
            Ok(())
        } else {
            Err(EndpointError::NotEncrypted { variable, url })
        }
    } else {
        Err(EndpointError::NotWeb { variable, url })
    }
}

/// The host of a URL, without user and port.
#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints(url: &str, environment: &[(&str, &str)]) -> Result<Endpoints, EndpointError> {
        let remote = Remote::parse(url).expect("a remote");
        let get = |name: &str| {
            let mut pairs = environment.iter();
            pairs
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        Endpoints::new(&remote, &get)
    }

    #[test]
    fn they_follow_from_the_remote() {
        for (url, api, graphql, server) in [
            (
                "git@github.com:acme/shop.git",
                "https://api.github.com",
                "https://api.github.com/graphql",
                "https://github.com",
            ),
            (
                "git@ghe.acme.test:acme/shop",
                "https://ghe.acme.test/api/v3",
                "https://ghe.acme.test/api/graphql",
                "https://ghe.acme.test",
            ),
            (
                "https://acme.ghe.com/acme/shop",
                "https://api.acme.ghe.com",
                "https://api.acme.ghe.com/graphql",
                "https://acme.ghe.com",
            ),
        ] {
            let found = endpoints(url, &[]).expect("addresses");
            assert_eq!(
                (
                    found.api.as_str(),
                    found.graphql.as_str(),
                    found.server.as_str()
                ),
                (api, graphql, server)
            );
        }
    }

    #[test]
    fn the_runner_says_them() {
        let found = endpoints(
            "https://github.com/acme/shop",
            &[
                ("GITHUB_API_URL", "http://127.0.0.1:4010/api/v3/"),
                ("GITHUB_SERVER_URL", ""),
            ],
        );
        let found = found.expect("addresses");
        assert_eq!(found.api, "http://127.0.0.1:4010/api/v3");
        assert_eq!(found.graphql, "http://127.0.0.1:4010/api/graphql");
        assert_eq!(found.server, "https://github.com");
        assert!(found.is_local());
    }

    #[test]
    fn no_token_goes_over_the_network_in_the_open() {
        for url in [
            "http://ghe.acme.test/api/v3",
            "http://127.0.0.1.acme.test",
            "http://localhost@acme.test",
            "ftp://x",
            "api.github.com",
        ] {
            assert!(
                endpoints("git@github.com:a/b", &[("GITHUB_API_URL", url)]).is_err(),
                "{url}"
            );
        }
        assert!(endpoints("http://ghe.acme.test/a/b", &[]).is_err());
        for url in ["http://localhost:1", "http://[::1]:1/api/v3", "https://x"] {
            assert!(
                endpoints("git@github.com:a/b", &[("GITHUB_API_URL", url)]).is_ok(),
                "{url}"
            );
        }
    }
}
