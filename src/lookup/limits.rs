//! How much of an image is read at most, and for how long.

use std::time::Duration;

/// Bounds of one look-up. A registry is anybody's machine: nothing that it sends may fill memory or never end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a manifest or an index. Registries take no larger ones: OCI distribution spec 1.1, "Pushing
    /// Manifests", speaks of 4 megabytes.
    pub manifest: u64,
    /// Bytes of an image's configuration, or of a token service's answer.
    pub config: u64,
    /// Bytes of all layers as they travel, read again included.
    pub packed: u64,
    /// Bytes of all layers when they are unpacked.
    pub unpacked: u64,
    /// Layers of an image.
    pub layers: usize,
    /// Files, folders and links of all layers.
    pub entries: usize,
    /// Bytes of a path or a link's target.
    pub path: usize,
    /// Bytes of a file that is kept.
    pub file: u64,
    /// Bytes of all files that are kept.
    pub kept: u64,
    /// For all of it.
    pub time: Duration,
}

const MIB: u64 = 1 << 20;

impl Default for Limits {
    fn default() -> Self {
        Self {
            manifest: 4 * MIB,
            config: 8 * MIB,
            packed: 1024 * MIB,
            unpacked: 8 * 1024 * MIB,
            layers: 256,
            entries: 1_000_000,
            path: 4096,
            file: MIB,
            kept: 16 * MIB,
            time: Duration::from_secs(120),
        }
    }
}

/// Bytes for people.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / MIB),
    }
}
