//! Any bytes are read without loss, and words and shell text are read to an end.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../tests/common/invariants.rs"]
mod invariants;

fuzz_target!(|bytes: &[u8]| {
    invariants::reads_without_loss(bytes);
    invariants::words_end(bytes);
});
