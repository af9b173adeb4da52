//! Lists come in pages, and a header says where the next one is (RFC 8288; docs.github.com, "Using pagination in
//! the REST API").

/// The address of the next page.
pub(super) fn next(link: &str) -> Option<&str> {
    let mut rest = link;
    while let Some(start) = rest.find('<') {
        let (url, behind) = rest[start + 1..].split_once('>')?;
        let end = behind.find('<').unwrap_or(behind.len());
        let parameters = &behind[..end];
        let mut parameters = parameters.split([';', ',']).map(str::trim);
        let is_next = parameters.any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel") && value.split(' ').any(|rel| rel == "next")
        });
        if is_next {
            return Some(url);
        }
        rest = &behind[end..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links() {
        for (link, expected) in [
            (
                r#"<https://a/x?page=1>; rel="prev", <https://a/x?page=3,4>; rel="next", <https://a/x?page=9>; rel="last""#,
                Some("https://a/x?page=3,4"),
            ),
            (
                r"<https://a/x?page=2>; rel=next",
                Some("https://a/x?page=2"),
            ),
            (
                r#"<https://a/x?page=2>; title="a"; REL="last next""#,
                Some("https://a/x?page=2"),
            ),
            (r#"<https://a/x?page=1>; rel="first""#, None),
            ("<https://a", None),
            ("", None),
        ] {
            assert_eq!(next(link), expected, "{link}");
        }
    }
}
