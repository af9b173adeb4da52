//! A hash that never changes: what was written down with one version is known again by the next.

/// FNV-1a of 64 bits (draft-eastlake-fnv), as sixteen hexadecimal digits. It tells things apart; it keeps nobody from
/// making two that are alike.
pub(crate) fn fnv(bytes: impl IntoIterator<Item = u8>) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
