//! What containers of an image start: ENTRYPOINT and CMD, exactly.

use std::borrow::Cow;

/// What a container of the image starts, as its configuration has it: `Entrypoint` and `Cmd`, word by word.
///
/// A Dockerfile that writes an ENTRYPOINT replaces the one and clears the other (Dockerfile reference,
/// "Understand how CMD and ENTRYPOINT interact"), so both must be known exactly to be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartConfig {
    /// The words of ENTRYPOINT; empty where the image has none.
    pub entrypoint: Cow<'static, [Cow<'static, str>]>,
    /// The words of CMD; empty where the image has none.
    pub cmd: Cow<'static, [Cow<'static, str>]>,
}

/// What the tags of one row that match `tags` start: versions come to differ in it more often than in all else.
#[derive(Debug)]
pub struct StartOfTags {
    /// The regular expression that the tag must match.
    pub tags: &'static str,
    /// What they start; `None`: not known.
    pub start: Option<StartConfig>,
}

impl StartConfig {
    /// The instructions that would set it, in exec form: ENTRYPOINT, then CMD; those that it has.
    pub fn instructions(&self) -> Vec<String> {
        [("ENTRYPOINT", &self.entrypoint), ("CMD", &self.cmd)]
            .into_iter()
            .filter(|(_, words)| !words.is_empty())
            .map(|(name, words)| {
                let words = words.iter().map(AsRef::as_ref);
                let words: Vec<String> = words
                    .map(|w| serde_json::Value::from(w).to_string())
                    .collect();
                format!("{name} [{}]", words.join(", "))
            })
            .collect()
    }
}
