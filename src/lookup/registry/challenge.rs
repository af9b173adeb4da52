//! What `WWW-Authenticate` asks for (RFC 9110, section 11.6.1; distribution's "Token Authentication Specification").

/// One way to authenticate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer {
        /// Where tokens are given out.
        realm: String,
        service: Option<String>,
    },
}

/// All challenges of a header that are understood, in its order.
pub(super) fn read(header: &str) -> Vec<Challenge> {
    let mut all = Vec::new();
    let mut rest = header.trim();
    while !rest.is_empty() {
        let end = rest.find([' ', ',']).unwrap_or(rest.len());
        let scheme = &rest[..end];
        rest = rest[end..].trim_start();
        let mut pairs = Vec::new();
        while let Some((name, value, after)) = pair(rest) {
            pairs.push((name, value));
            rest = after
                .trim_start()
                .strip_prefix(',')
                .unwrap_or(after)
                .trim_start();
        }
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
        let of = |wanted: &str| {
            let found = pairs
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.clone())
        };
        if scheme.eq_ignore_ascii_case("basic") {
            all.push(Challenge::Basic);
        } else if scheme.eq_ignore_ascii_case("bearer")
            && let Some(realm) = of("realm")
        {
            all.push(Challenge::Bearer {
                realm,
                service: of("service"),
            });
        }
    }
    all
}

/// `name="value"` or `name=value`, and what stands behind it.
fn pair(text: &str) -> Option<(&str, String, &str)> {
    let (name, rest) = text.split_once('=')?;
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return None;
    }
    let Some(quoted) = rest.strip_prefix('"') else {
        let end = rest.find([',', ' ']).unwrap_or(rest.len());
        return Some((name, rest[..end].to_owned(), &rest[end..]));
    };
    let mut value = String::new();
    let mut escaped = false;
    for (at, ch) in quoted.char_indices() {
        match ch {
            _ if escaped => {
                value.push(ch);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Some((name, value, &quoted[at + 1..])),
            _ => value.push(ch),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_registries_send() {
        let bearer = |realm: &str, service: Option<&str>| Challenge::Bearer {
            realm: realm.into(),
            service: service.map(str::to_owned),
        };
        assert_eq!(
            read(
                r#"Bearer realm="https://a.example/token",service="r.example",scope="repository:a/b:pull,push""#
            ),
            [bearer("https://a.example/token", Some("r.example"))]
        );
        assert_eq!(
            read(r#"Basic realm="R \"x\"", bearer realm=https://a.example/t"#),
            [Challenge::Basic, bearer("https://a.example/t", None)]
        );
        assert_eq!(read("BASIC"), [Challenge::Basic]);
        for nothing in [
            "",
            "Negotiate abc==",
            "Bearer",
            "Bearer realm=\"unclosed",
            ",,,",
            "=",
        ] {
            assert!(read(nothing).is_empty(), "{nothing}");
        }
    }
}
