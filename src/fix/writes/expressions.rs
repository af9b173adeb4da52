//! An expression of many parts, of which those are compiled that a text can match: to compile all of them takes longer than
//! all else that is done for one Dockerfile.

use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem;
use regex::bytes::Regex;

/// Parts, any of which may match.
pub(super) struct Signs {
    parts: &'static [&'static str],
    /// For each part, in lines: a text that it matches holds one of them, in whatever case.
    words: &'static [&'static str],
    compiled: Mutex<Compiled>,
}

struct Compiled {
    /// A bit for each part.
    parts: u64,
    regex: Option<Arc<Regex>>,
    times: u32,
    /// How many bytes were searched for words.
    searched: usize,
}

/// After so many bytes or rounds all parts are compiled: to search more for words would take longer than that.
const ENOUGH: usize = 64 << 10;
const ROUNDS: u32 = 3;

impl Signs {
    pub(super) const fn of(parts: &'static [&'static str], words: &'static [&'static str]) -> Self {
        assert!(parts.len() == words.len() && parts.len() < 64);
        let compiled = Compiled {
            parts: 0,
            regex: None,
            times: 0,
            searched: 0,
        };
        Self {
            parts,
            words,
            compiled: Mutex::new(compiled),
        }
    }

    /// What finds in this text whatever the whole expression finds there; none where that is nothing.
    pub(super) fn regex(&self, text: &[u8]) -> Option<Arc<Regex>> {
        let whole = (1 << self.parts.len()) - 1;
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if compiled.parts != whole {
            compiled.searched = compiled.searched.saturating_add(text.len());
            let missing = if compiled.searched > ENOUGH || compiled.times >= ROUNDS {
                whole
            } else {
                self.needed(text, compiled.parts)
            };
            if missing & !compiled.parts != 0 {
                compiled.parts |= missing;
                compiled.times += 1;
                compiled.regex = self.compile(compiled.parts).map(Arc::new);
            }
        }
        compiled.regex.clone()
    }

    /// The parts of whose words the text has one, but for those that are there.
    fn needed(&self, text: &[u8], there: u64) -> u64 {
        let text = text.to_ascii_lowercase();
        let has = |word: &str| memmem::find(&text, word.as_bytes()).is_some();
        (0..self.parts.len())
            .filter(|i| there & (1 << i) == 0)
            .filter(|i| self.words[*i].lines().any(has))
            .fold(0, |needed, i| needed | 1 << i)
    }

    fn compile(&self, wanted: u64) -> Option<Regex> {
        let parts = self.parts.iter().enumerate();
        let wanted = parts.filter(|(i, _)| wanted & (1 << i) != 0);
        // In groups of their own: the flags of one would count for all behind it, and so for what was read before.
        let parts: Vec<String> = wanted.map(|(_, part)| format!("(?:{part})")).collect();
        Regex::new(&format!("(?-u:{})", parts.join("|"))).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::string::bytes_regex;
    use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

    use super::super::patterns::{EMBEDDED, IN_PLACE, ROOT, WRITES};
    use super::super::signs::words;
    use super::*;

    fn lists() -> [(&'static [&'static str], &'static [&'static str]); 4] {
        [
            (&WRITES, &words::WRITES),
            (&ROOT, &words::ROOT),
            (&EMBEDDED, &words::EMBEDDED),
            (&IN_PLACE, &words::IN_PLACE),
        ]
    }

    #[test]
    fn all_parts_compile() {
        for (parts, words) in lists() {
            assert!(Signs::of(parts, words).compile(u64::MAX).is_some());
        }
    }

    /// Texts made from each part hold one of its words.
    #[test]
    fn what_a_part_matches_holds_a_word() {
        for (parts, words) in lists() {
            for (part, words) in parts.iter().zip(words) {
                // Word boundaries match nothing of their own, and texts cannot be made with them.
                let made = bytes_regex(&format!("(?-u:{})", part.replace(r"\b", "")))
                    .unwrap_or_else(|error| panic!("{part}: {error}"));
                let mut runner = TestRunner::new_with_rng(
                    ProptestConfig::with_cases(8),
                    TestRng::deterministic_rng(RngAlgorithm::ChaCha),
                );
                runner
                    .run(&made, |text| {
                        let text = text.to_ascii_lowercase();
                        let holds = |word: &str| memmem::find(&text, word.as_bytes()).is_some();
                        prop_assert!(words.lines().any(holds), "{words}");
                        Ok(())
                    })
                    .unwrap_or_else(|error| panic!("{part}: {error}"));
            }
        }
    }

    #[test]
    fn parts_are_compiled_as_texts_need_them() {
        let signs = Signs::of(&["abc", "x+y", "def"], &["abc", "xy", "def"]);
        let found = |text: &[u8]| signs.regex(text).is_some_and(|regex| regex.is_match(text));
        assert!(signs.regex(b"nothing").is_none());
        assert!(found(b"-abc-"));
        assert!(!found(b"nothing"));
        let whole = || signs.regex(b"").map(|regex| regex.as_str().to_owned());
        assert_eq!(whole().as_deref(), Some("(?-u:(?:abc))"));
        assert!(found(b"xxy def"));
        assert_eq!(whole().as_deref(), Some("(?-u:(?:abc)|(?:x+y)|(?:def))"));
    }

    /// What is found in a text does not depend on what was read before it.
    #[test]
    fn a_text_has_the_same_signs_whenever_it_is_read() {
        let texts = [
            "pymysql.connect(host=\"db\", user=\"root\")",
            "const { pathname } = new URL(req.url)",
            "if os.geteuid() != 0: raise",
            "engine = create_engine('sqlite:////data/app.db')",
            "OPEN('x', 'w'); Open(\"x\", 'W')",
            "log = Logger.new('log/app.log')",
            "import { rename } from 'node:fs/promises'",
            "FS.RENAME(a, b); fs.rename(a, b)",
            "f.WRITE_CSV(x); f.write_csv(x)",
            "docker.from_env(); open('/DEV/ttyUSB0'); SOCK_RAW sock_raw",
            "req.files.avatar.mv('/data/x'); const upload = multer()",
            "with open(path, 'w') as f:\n    f.write(x)\nos.rename(a, b)\n",
        ];
        for (parts, words) in lists() {
            let used = Signs::of(parts, words);
            let whole = Signs::of(parts, words);
            whole.compiled.lock().expect("no panic").times = ROUNDS;
            let found = |signs: &Signs, text: &str| -> Vec<(usize, usize)> {
                let regex = signs.regex(text.as_bytes());
                let all = regex
                    .iter()
                    .flat_map(|regex| regex.find_iter(text.as_bytes()));
                all.map(|sign| (sign.start(), sign.end())).collect()
            };
            for text in texts.iter().chain(texts.iter().rev()) {
                let alone = found(&Signs::of(parts, words), text);
                assert_eq!(alone, found(&used, text), "{text}");
                assert_eq!(alone, found(&whole, text), "{text}");
            }
        }
    }
}
