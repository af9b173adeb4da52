//! A fix keeps what it does not mean to change, and a second run changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../tests/common/invariants.rs"]
mod invariants;

fuzz_target!(|bytes: &[u8]| {
    invariants::a_fix_stands(bytes);
});
