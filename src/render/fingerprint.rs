//! What a finding is known by from one run to the next.

use crate::finding::Finding;

/// The same for the same finding of the file `path` when lines move. All formats that have such a thing have this.
pub(super) fn fingerprint(path: &str, finding: &Finding) -> String {
    let stage = finding.stage.as_deref().unwrap_or_default();
    hash(&[finding.rule.id(), path, stage])
}

/// FNV-1a, 64 bits, since it must never change.
fn hash(parts: &[&str]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let separated = parts.iter().flat_map(|part| part.bytes().chain([0]));
    for byte in separated {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_never_change() {
        assert_eq!(
            hash(&["runs-as-root", "Dockerfile", "0"]),
            "80304365ba41eeff"
        );
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
    }
}
