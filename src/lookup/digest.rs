//! Digests of content: `sha256:...` (OCI image spec, "Descriptors", "Digests").

use std::fmt;
use std::io::{self, Read};

use sha2::{Digest as _, Sha256, Sha512};

/// A digest whose algorithm is one of those that OCI registers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Digest {
    algorithm: Algorithm,
    hex: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Algorithm {
    Sha256,
    Sha512,
}

impl Digest {
    /// Reads `sha256:` and 64 digits, or `sha512:` and 128; none for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, hex) = text.split_once(':')?;
        let (algorithm, length) = match name {
            "sha256" => (Algorithm::Sha256, 64),
            "sha512" => (Algorithm::Sha512, 128),
            _ => return None,
        };
        let good = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (hex.len() == length && hex.bytes().all(good)).then(|| Self {
            algorithm,
            hex: hex.to_owned(),
        })
    }

    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::Sha256(Sha256::new());
        hasher.update(bytes);
        hasher.finish()
    }

    /// Whether these are the bytes that it names.
    pub(super) fn matches(&self, bytes: &[u8]) -> bool {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finish() == *self
    }

    /// For a file's name: no character that a path could trip over.
    pub(super) fn file_name(&self) -> String {
        self.to_string().replace(':', "-")
    }

    fn hasher(&self) -> Hasher {
        match self.algorithm {
            Algorithm::Sha256 => Hasher::Sha256(Sha256::new()),
            Algorithm::Sha512 => Hasher::Sha512(Sha512::new()),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.algorithm {
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha512 => "sha512",
        };
        write!(f, "{name}:{}", self.hex)
    }
}

enum Hasher {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Hasher {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    fn finish(self) -> Digest {
        match self {
            Self::Sha256(hasher) => Digest {
                algorithm: Algorithm::Sha256,
                hex: hex(&hasher.finalize()),
            },
            Self::Sha512(hasher) => Digest {
                algorithm: Algorithm::Sha512,
                hex: hex(&hasher.finalize()),
            },
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// What is read through it is hashed and counted.
pub(super) struct Hashing<R> {
    inner: R,
    hasher: Hasher,
    /// Bytes that came.
    pub(super) count: u64,
    /// Why no more came: what unpacks it tells that in words of its own.
    pub(super) failure: Option<io::Error>,
}

impl<R: Read> Hashing<R> {
    /// For content that should have this digest.
    pub(super) fn new(inner: R, expected: &Digest) -> Self {
        Self {
            inner,
            hasher: expected.hasher(),
            count: 0,
            failure: None,
        }
    }

    /// The digest of all that came.
    pub(super) fn digest(self) -> Digest {
        self.hasher.finish()
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match self.inner.read(buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                let told = io::Error::from(error.kind());
                self.failure.get_or_insert(error);
                return Err(told);
            }
        };
        self.hasher.update(&buffer[..count]);
        self.count += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_digest_and_whose() {
        let of = Digest::of(b"abc");
        assert_eq!(
            of.to_string(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(Digest::parse(&of.to_string()), Some(of.clone()));
        assert!(of.matches(b"abc") && !of.matches(b"abd"));
        for wrong in [
            "",
            "sha256:",
            "sha256:../../x",
            "md5:00",
            &of.to_string().to_uppercase(),
        ] {
            assert_eq!(Digest::parse(wrong), None, "{wrong}");
        }
    }
}
