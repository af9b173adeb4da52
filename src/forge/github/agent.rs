//! How requests travel: time limits, redirects, proxies, certificates.

use std::time::Duration;

use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Proxy};

use super::Endpoints;

/// What sends requests. `roots` are the certificates to trust in the place of the public ones.
pub(super) fn agent(endpoints: &Endpoints, roots: Option<RootCerts>) -> Agent {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        // A redirect would carry the token elsewhere, or lose what is written.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("unroot/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(seconds(15))
        .timeout_recv_response(seconds(60))
        .timeout_recv_body(seconds(60))
        .timeout_global(seconds(120));
    config = config.proxy(if endpoints.is_local() {
        None
    } else {
        Proxy::try_from_env()
    });
    if let Some(roots) = roots {
        config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
    }
    config.build().new_agent()
}

/// The certificates of a PEM file; none when it holds none.
pub(super) fn certificates(pem: &[u8]) -> Option<RootCerts> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        if let Ok(PemItem::Certificate(certificate)) = item {
            found.push(certificate);
        }
    }
    (!found.is_empty()).then(|| RootCerts::new_with_certs(&found))
}
