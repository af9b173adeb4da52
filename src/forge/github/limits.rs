//! Which answers mean "not now" (docs.github.com, "Rate limits for the REST API").

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ureq::http::HeaderMap;

/// An answer that asks to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit {
    /// How long; none where it does not say.
    pub(super) wait: Option<Duration>,
}

/// The limit that an answer tells of: 429, or 403 with `retry-after`, with nothing left until a time, or with
/// words of a rate limit.
pub(super) fn limit(
    status: u16,
    headers: &HeaderMap,
    said: &str,
    now: SystemTime,
) -> Option<Limit> {
    let wait = retry_after(headers).or_else(|| until_reset(headers, now));
    let words = said.to_ascii_lowercase();
    let told = [
        "secondary rate limit",
        "rate limit exceeded",
        "abuse detection",
    ];
    let limited = match status {
        429 => true,
        403 => {
            wait.is_some()
                || told
                    .iter()
                    .any(|words_of_limit| words.contains(words_of_limit))
        }
        _ => false,
    };
    limited.then_some(Limit { wait })
}

/// `retry-after`, in seconds as GitHub writes it.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    number(headers, "retry-after").map(Duration::from_secs)
}

/// The time until the limit starts anew, where nothing is left of it.
fn until_reset(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let none_left = number(headers, "x-ratelimit-remaining") == Some(0);
    let reset = number(headers, "x-ratelimit-reset").filter(|_| none_left)?;
    // Seconds since 1970, cut; one more, so as not to come too early.
    let reset = UNIX_EPOCH.checked_add(Duration::from_secs(reset.checked_add(1)?))?;
    Some(reset.duration_since(now).unwrap_or_default())
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.insert(*name, value.parse().expect("a value"));
        }
        map
    }

    #[test]
    fn answers_that_ask_to_wait() {
        let now = UNIX_EPOCH + Duration::from_secs(1000);
        let wait = |seconds| {
            Some(Limit {
                wait: Some(Duration::from_secs(seconds)),
            })
        };
        let unsaid = Some(Limit { wait: None });
        let none_left = &[
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1010"),
        ];
        for (status, pairs, said, expected) in [
            (429, &[("retry-after", "3")][..], "", wait(3)),
            (429, &[], "", unsaid),
            (429, &[("retry-after", "soon")], "", unsaid),
            (403, &[("retry-after", "60")], "", wait(60)),
            (403, none_left, "API rate limit exceeded", wait(11)),
            (
                403,
                &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "5")],
                "",
                wait(0),
            ),
            (
                403,
                &[
                    ("x-ratelimit-remaining", "7"),
                    ("x-ratelimit-reset", "1010"),
                ],
                "No.",
                None,
            ),
            (
                403,
                &[],
                "You have exceeded a Secondary Rate Limit.",
                unsaid,
            ),
            (403, &[], "Resource not accessible by integration", None),
            (200, none_left, "", None),
            (404, none_left, "", None),
        ] {
            assert_eq!(
                limit(status, &headers(pairs), said, now),
                expected,
                "{status} {pairs:?} {said}"
            );
        }
    }
}
