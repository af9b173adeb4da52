//! Outputs of a step, and words that nobody can guess.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// What is appended to `GITHUB_OUTPUT` so that the output `name` is `value`, whatever lines that has.
pub fn output(name: &str, value: &str) -> String {
    let mut delimiter = format!("unroot_{}", word());
    while value.contains(&delimiter) {
        delimiter = format!("unroot_{}", word());
    }
    format!("{name}<<{delimiter}\n{value}\n{delimiter}\n")
}

/// A word of 32 hexadecimal digits that the writer of a Dockerfile cannot know: a delimiter, or what ends a
/// `stop-commands`. The keys of [`RandomState`] are the operating system's random numbers.
pub fn word() -> String {
    let half = || RandomState::new().build_hasher().finish();
    // Keys of one thread differ by one from call to call; another thread's are drawn anew.
    let other = std::thread::spawn(half).join().unwrap_or_default();
    format!("{:016x}{other:016x}", half())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_end_its_output() {
        let text = output("branch", "a\nEOF\nother=1");
        let (first, rest) = text.split_once('\n').expect("lines");
        let delimiter = first.strip_prefix("branch<<").expect("a heredoc");
        assert_eq!(rest, format!("a\nEOF\nother=1\n{delimiter}\n"));
        assert_ne!(word(), word());
        assert_eq!(word().len(), 32);
    }
}
