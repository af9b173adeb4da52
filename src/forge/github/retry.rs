//! How long to wait for GitHub, and how often to ask again.

use std::time::{Duration, SystemTime};

/// The bounds of asking again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often a call is made at most.
    pub tries: u32,
    /// The first wait; each further one is twice as long.
    pub first: Duration,
    /// The first wait behind a secondary rate limit that names no time: a minute at least (docs.github.com,
    /// "Best practices for using the REST API").
    pub limited: Duration,
    /// What all waits of a client may take together.
    pub longest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 5,
            first: Duration::from_secs(1),
            limited: Duration::from_secs(60),
            longest: Duration::from_secs(300),
        }
    }
}

/// Time, so that tests need not wait.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> SystemTime;
    /// Waits.
    fn sleep(&self, time: Duration);
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// The waits of one call, against what the client has left.
#[derive(Debug)]
pub(super) struct Waits {
    patience: Patience,
    made: u32,
}

impl Waits {
    pub(super) fn new(patience: Patience) -> Self {
        Self { patience, made: 1 }
    }

    /// How long to wait before the next try; none when it was the last one, or when `left` does not do.
    pub(super) fn next(
        &mut self,
        limited: bool,
        asked: Option<Duration>,
        left: Duration,
    ) -> Option<Duration> {
        if self.made >= self.patience.tries {
            return None;
        }
        let unit = if limited {
            self.patience.limited
        } else {
            self.patience.first
        };
        let doubled = unit.saturating_mul(1 << (self.made - 1).min(16));
        // Who asks for less than nothing gets a moment all the same.
        let wait = asked.map_or(doubled, |asked| asked.max(self.patience.first));
        self.made += 1;
        (wait <= left).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn waits_double_and_end() {
        let mut waits = Waits::new(Patience::default());
        let found: Vec<_> = (0..5)
            .map(|_| waits.next(false, None, SECOND * 300))
            .collect();
        let expected = [Some(1), Some(2), Some(4), Some(8), None].map(|n| n.map(|n| SECOND * n));
        assert_eq!(found, expected);
    }

    #[test]
    fn what_github_asks_for_goes_first_within_bounds() {
        let mut waits = Waits::new(Patience::default());
        assert_eq!(
            waits.next(true, Some(SECOND * 7), SECOND * 300),
            Some(SECOND * 7)
        );
        assert_eq!(
            waits.next(true, Some(Duration::ZERO), SECOND * 300),
            Some(SECOND)
        );
        assert_eq!(waits.next(true, None, SECOND * 300), Some(SECOND * 240));
        assert_eq!(waits.next(true, Some(SECOND * 3000), SECOND * 300), None);
    }
}
