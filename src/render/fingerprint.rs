//! What a finding is known by from one run to the next.

use crate::finding::Finding;
use crate::fnv::fnv;

/// The same for the same finding of the file `path` when lines move. All formats that have such a thing have this.
pub(super) fn fingerprint(path: &str, finding: &Finding) -> String {
    let stage = finding.stage.as_deref().unwrap_or_default();
    hash(&[finding.rule.id(), path, stage])
}

fn hash(parts: &[&str]) -> String {
    fnv(parts.iter().flat_map(|part| part.bytes().chain([0])))
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
