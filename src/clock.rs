//! The date in UTC, for what was looked up and when, and for what expires.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// Today in UTC, as ISO 8601 has it.
pub fn today() -> String {
    date(now())
}

/// The day of a moment (Hinnant, "chrono-Compatible Low-Level Date Algorithms").
pub fn date(seconds: u64) -> String {
    let days = i64::try_from(seconds / 86_400).unwrap_or_default() + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (58 * 86_400, "1970-02-28"),
            (59 * 86_400, "1970-03-01"),
            (951_782_400, "2000-02-29"),
            (11_017 * 86_400, "2000-03-01"),
            (20_453 * 86_400, "2025-12-31"),
            (1_767_225_599, "2025-12-31"),
            (20_454 * 86_400, "2026-01-01"),
        ] {
            assert_eq!(date(seconds), expected);
        }
    }
}
