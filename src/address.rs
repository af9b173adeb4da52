//! Which machine an address means: a secret is sent in the clear to this one alone.

/// The host of `https://user@HOST:port/path`, or of what stands behind its scheme.
pub(crate) fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    host.split(':').next().unwrap_or_default()
}

/// True for this machine. A name that only begins like its address (`127.example.org`) is anybody's.
pub(crate) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_others() {
        for url in [
            "http://127.0.0.1:80/a",
            "http://u:p@[::1]:8080",
            "http://LOCALHOST/a",
        ] {
            assert!(is_loopback(host_of(url)), "{url}");
        }
        for url in [
            "http://127.example.org/a",
            "http://127.0.0.1@forge.example/a",
            "http://localhost.example.org",
        ] {
            assert!(!is_loopback(host_of(url)), "{url}");
        }
    }
}
