//! How a registry is told who asks: a token of its token service, or name and password.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::address::{host_of, is_loopback};
use crate::lookup::credentials::{Credentials, Secret, basic};
use crate::lookup::error::{Kind, LookupError};
use crate::secret::Password;

use super::challenge::{Challenge, read};
use super::http::{Answer, Http, Send, shown_host};

/// Who asks for what.
pub(super) struct Asker<'a> {
    pub(super) http: &'a Http,
    pub(super) credentials: &'a Credentials,
    /// The registry as references name it.
    pub(super) host: &'a str,
    /// The repository.
    pub(super) path: &'a str,
    /// Its address.
    pub(super) base: &'a str,
    /// Bytes of a token service's answer.
    pub(super) longest: u64,
}

/// A header that opens the registry, and what it was made of.
pub(super) struct Pass {
    pub(super) header: Password,
    /// None for an anonymous token.
    pub(super) secret: Option<Secret>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
}

impl Asker<'_> {
    /// What opens the registry, by what it asked for in a 401.
    pub(super) fn pass(&self, refusal: &Answer) -> Result<Pass, LookupError> {
        let headers = refusal.headers.get_all("www-authenticate").iter();
        let challenges: Vec<Challenge> = headers
            .filter_map(|header| header.to_str().ok())
            .flat_map(read)
            .collect();
        let secret = self.secret()?;
        if let Some(Secret::Bearer(token)) = &secret {
            return Ok(Pass {
                header: Password::new(format!("Bearer {}", token.secret())),
                secret,
            });
        }
        let bearer = challenges.iter().find_map(|challenge| match challenge {
            Challenge::Bearer { realm, service } => Some((realm, service.as_deref())),
            Challenge::Basic => None,
        });
        if let Some((realm, service)) = bearer {
            return self.token(realm, service, secret);
        }
        let host = self.host;
        let line = match &secret {
            _ if challenges.is_empty() => {
                format!("{host} refuses and does not say how to log in (401)")
            }
            Some(Secret::Basic(user, password)) => {
                let header = Password::new(format!("Basic {}", basic(user, password)));
                return Ok(Pass { header, secret });
            }
            _ if is_clear(self.base) => {
                format!("{host} wants a password, and none is sent without TLS")
            }
            _ => format!(
                "{host} wants a password (401), and there is none for it: `docker login {host}`"
            ),
        };
        Err(LookupError::new(Kind::Refused, line))
    }

    /// The credentials for the registry; none where they would travel in the clear.
    fn secret(&self) -> Result<Option<Secret>, LookupError> {
        if is_clear(self.base) {
            return Ok(None);
        }
        self.credentials
            .find(self.host, self.path, self.http.left())
    }

    /// A token from the service that the registry names.
    fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        secret: Option<Secret>,
    ) -> Result<Pass, LookupError> {
        let host = self.host;
        // Who is far away sends nobody to this machine.
        let near = is_loopback(host_of(realm)) && is_loopback(host_of(self.base));
        let lower = realm.to_ascii_lowercase();
        let secure = lower.starts_with("https://") && (near || !is_loopback(host_of(realm)));
        if !(secure || near && lower.starts_with("http://")) || realm.contains(char::is_whitespace)
        {
            let line =
                format!("{host} names a token service that is not asked: it has no https address");
            return Err(LookupError::new(Kind::Refused, line));
        }
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        // The scope is made here: whatever a registry asks for, no more than reading is wanted.
        let scope = encoded(&format!("repository:{}:pull", self.path));
        let service = service.map(|service| format!("&service={}", encoded(service)));
        let service = service.unwrap_or_default();
        let answer = if let Some(Secret::Identity(token)) = &secret {
            let form = format!(
                "grant_type=refresh_token&client_id=unroot&scope={scope}{service}&refresh_token={}",
                encoded(token.secret())
            );
            self.http.call(realm, JSON, None, &Send::Form(&form))?
        } else {
            let mark = if realm.contains('?') { '&' } else { '?' };
            let url = format!("{realm}{mark}scope={scope}{service}");
            let header = match &secret {
                Some(Secret::Basic(user, password)) => {
                    Some(format!("Basic {}", basic(user, password)))
                }
                _ => None,
            };
            self.http.call(&url, JSON, header.as_deref(), &Send::Get)?
        };
        let place = shown_host(realm);
        let status = answer.status;
        match status {
            200 => {}
            401 | 403 if secret.is_some() => {
                let line = format!(
                    "{place} does not take the credentials for {host} ({status}): `docker login {host}`"
                );
                return Err(LookupError::new(Kind::Refused, line));
            }
            401 | 403 => {
                let line = format!(
                    "{place} gives no token for {host} to anybody ({status}): `docker login {host}`"
                );
                return Err(LookupError::new(Kind::Refused, line));
            }
            429 => {
                let line = format!(
                    "{place} takes no more requests for now (429): try later, or `docker login {host}`"
                );
                return Err(LookupError::new(Kind::Server, line));
            }
            _ => {
                let line = format!("{place} gives no token for {host} ({status}): try again later");
                return Err(LookupError::new(Kind::Server, line));
            }
        }
        let bytes = answer.bytes(self.longest, "the token")?;
        let token = serde_json::from_slice(&bytes).ok().map(|token: Token| {
            if token.token.is_empty() {
                token.access_token
            } else {
                token.token
            }
        });
        let good =
            |token: &String| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        let Some(token) = token.filter(good) else {
            let line = format!("what {place} answers is no token");
            return Err(LookupError::new(Kind::Server, line));
        };
        Ok(Pass {
            header: Password::new(format!("Bearer {token}")),
            secret: Some(secret.unwrap_or_else(|| Secret::Bearer(Password::new(token)))),
        })
    }
}

const JSON: &str = "application/json";

/// Whether what is sent there can be read on its way.
pub(super) fn is_clear(url: &str) -> bool {
    !url.to_ascii_lowercase().starts_with("https://") && !is_loopback(host_of(url))
}
