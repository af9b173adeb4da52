//! Entries of a tar stream, with bounds: POSIX `ustar` and `pax`, and what GNU tar adds for long names and large
//! numbers (OCI image spec, "Image Layer Filesystem Changeset": any of these may come).
//!
//! The `tar` crate holds a long name in memory however long it says it is, so these few lines are our own.

use std::io::{self, Read};

/// One entry; its content is read from the [`Archive`] that gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// As written, lossily.
    pub(super) path: String,
    pub(super) kind: Kind,
    /// Bytes of content.
    pub(super) size: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// To a path as written.
    Symlink(String),
    /// To another entry's path.
    Hardlink(String),
    /// A device or a pipe.
    Other,
}

/// A tar stream.
pub(super) struct Archive<R> {
    inner: R,
    /// Bytes of the current entry that were not read, and of its padding.
    left: u64,
    padding: u64,
    longest: usize,
}

const BLOCK: usize = 512;
/// Records of pax beyond a path: times, attributes. GNU tar writes some hundred bytes.
const LONGEST_PAX: u64 = 1 << 20;

impl<R: Read> Archive<R> {
    /// Paths and targets longer than `longest` bytes are an error.
    pub(super) const fn new(inner: R, longest: usize) -> Self {
        Self {
            inner,
            left: 0,
            padding: 0,
            longest,
        }
    }

    /// The next entry; none at the end of the archive.
    pub(super) fn next(&mut self) -> io::Result<Option<Entry>> {
        let mut long = Long::default();
        loop {
            self.skip()?;
            let mut header = [0; BLOCK];
            if !self.header(&mut header)? {
                return Ok(None);
            }
            let size = number(&header[124..136])?;
            self.expect(size);
            match header[156] {
                b'x' => long.pax(&self.whole(LONGEST_PAX)?),
                b'L' => long.path = Some(text(&self.whole(self.longest as u64 + 1)?)),
                b'K' => long.link = Some(text(&self.whole(self.longest as u64 + 1)?)),
                // Of all entries behind it: comments of `git archive` and such.
                b'g' => {}
                flag => {
                    if let Some(size) = long.size {
                        self.expect(size);
                    }
                    return self.entry(flag, &header, long).map(Some);
                }
            }
        }
    }

    /// The content of the entry that came last, up to `most` bytes.
    pub(super) fn content(&mut self, most: u64) -> io::Result<Vec<u8>> {
        self.whole(most)
    }

    fn entry(&self, flag: u8, header: &[u8; BLOCK], long: Long) -> io::Result<Entry> {
        let path = long.path.unwrap_or_else(|| {
            let name = text(&header[..100]);
            let prefix = if &header[257..263] == b"ustar\0" {
                text(&header[345..500])
            } else {
                String::new()
            };
            if prefix.is_empty() {
                name
            } else {
                format!("{prefix}/{name}")
            }
        });
        let link = long.link.unwrap_or_else(|| text(&header[157..257]));
        if path.len() > self.longest || link.len() > self.longest {
            return Err(bad("a path is too long"));
        }
        let kind = match flag {
            // Old archives have folders as files with a slash.
            b'0' | 0 | b'7' if path.ends_with('/') => Kind::Folder,
            b'0' | 0 | b'7' => Kind::File,
            b'1' => Kind::Hardlink(link),
            b'2' => Kind::Symlink(link),
            b'5' => Kind::Folder,
            _ => Kind::Other,
        };
        Ok(Entry {
            path,
            kind,
            size: self.left,
        })
    }

    /// Reads a header; false at the end: a block of zeroes, or no block at all.
    fn header(&mut self, header: &mut [u8; BLOCK]) -> io::Result<bool> {
        let mut got = 0;
        while got < BLOCK {
            match self.inner.read(&mut header[got..])? {
                0 if got == 0 => return Ok(false),
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => got += count,
            }
        }
        if header.iter().all(|byte| *byte == 0) {
            return Ok(false);
        }
        let written = number(&header[148..156])?;
        let sum = |range: std::ops::Range<usize>| -> u64 {
            header[range].iter().map(|byte| u64::from(*byte)).sum()
        };
        // The sum is made with blanks in its own place.
        if written != sum(0..148) + sum(156..BLOCK) + 8 * 32 {
            return Err(bad("this is no tar archive: a header's sum is wrong"));
        }
        Ok(true)
    }

    const fn expect(&mut self, size: u64) {
        self.left = size;
        self.padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
    }

    fn skip(&mut self) -> io::Result<()> {
        let rest = self.left.saturating_add(self.padding);
        let skipped = io::copy(&mut (&mut self.inner).take(rest), &mut io::sink())?;
        if skipped < self.left {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.expect(0);
        Ok(())
    }

    fn whole(&mut self, most: u64) -> io::Result<Vec<u8>> {
        if self.left > most {
            return Err(bad("an entry of the archive is too long"));
        }
        let mut bytes = Vec::new();
        (&mut self.inner).take(self.left).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != self.left {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left = 0;
        Ok(bytes)
    }
}

/// What stands before an entry because its header has no room for it.
#[derive(Default)]
struct Long {
    path: Option<String>,
    link: Option<String>,
    size: Option<u64>,
}

impl Long {
    /// Records of the form `LENGTH KEY=VALUE\n` (pax(1), "pax Header Block").
    fn pax(&mut self, mut bytes: &[u8]) {
        while let Some(blank) = bytes.iter().position(|byte| *byte == b' ') {
            let length = std::str::from_utf8(&bytes[..blank]).ok();
            let length = length.and_then(|text| text.parse::<usize>().ok());
            let record = length.and_then(|length| bytes.get(blank + 1..length));
            let (Some(record), Some(length)) = (record, length) else {
                return;
            };
            bytes = &bytes[length..];
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let Some(equals) = record.iter().position(|byte| *byte == b'=') else {
                continue;
            };
            let value = &record[equals + 1..];
            match &record[..equals] {
                b"path" => self.path = Some(text(value)),
                b"linkpath" => self.link = Some(text(value)),
                b"size" => {
                    let size = std::str::from_utf8(value).ok();
                    self.size = size.and_then(|text| text.parse().ok());
                }
                _ => {}
            }
        }
    }
}

/// Up to the first zero.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0);
    String::from_utf8_lossy(&bytes[..end.unwrap_or(bytes.len())]).into_owned()
}

/// Octal digits, or, with the highest bit set, a binary number of GNU tar's.
fn number(field: &[u8]) -> io::Result<u64> {
    if field.first().is_some_and(|byte| byte & 0x80 != 0) {
        let (head, tail) = field.split_at(field.len().saturating_sub(8));
        let zero = head
            .iter()
            .enumerate()
            .all(|(at, byte)| *byte == if at == 0 { 0x80 } else { 0 });
        let tail: Result<[u8; 8], _> = tail.try_into();
        return match tail {
            Ok(tail) if zero => Ok(u64::from_be_bytes(tail)),
            _ => Err(bad("a number of the archive is too large")),
        };
    }
    let text = text(field);
    let digits = text.trim();
    if digits.is_empty() {
        return Ok(0);
    }
    u64::from_str_radix(digits, 8).map_err(|_| bad("this is no tar archive: a number is wrong"))
}

fn bad(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An entry as `ustar` has it; `flag` is its type.
    pub(in crate::lookup) fn block(path: &str, flag: u8, link: &str, content: &[u8]) -> Vec<u8> {
        let mut header = [0_u8; BLOCK];
        header[..path.len()].copy_from_slice(path.as_bytes());
        header[100..107].copy_from_slice(b"0000644");
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[156] = flag;
        header[157..157 + link.len()].copy_from_slice(link.as_bytes());
        header[257..263].copy_from_slice(b"ustar\0");
        header[148..156].copy_from_slice(b"        ");
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        let mut bytes = header.to_vec();
        bytes.extend(content);
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        bytes
    }

    fn entries(bytes: &[u8]) -> io::Result<Vec<Entry>> {
        let mut archive = Archive::new(bytes, 300);
        let mut all = Vec::new();
        while let Some(entry) = archive.next()? {
            all.push(entry);
        }
        Ok(all)
    }

    #[test]
    fn long_names_of_both_kinds() {
        let long = format!("{}/passwd", "d".repeat(150));
        let mut bytes = block("././@LongLink", b'L', "", format!("{long}\0").as_bytes());
        bytes.extend(block("short", b'0', "", b"abc"));
        let record = format!("path={long}\n");
        let length = record.len() + 4;
        bytes.extend(block(
            "pax",
            b'x',
            "",
            format!("{length} {record}").as_bytes(),
        ));
        bytes.extend(block("short", b'2', "target", b""));
        bytes.extend([0; 1024]);
        let all = entries(&bytes).expect("well-formed");
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].path.as_str(), all[0].size), (long.as_str(), 3));
        assert_eq!(all[1].path, long);
        assert_eq!(all[1].kind, Kind::Symlink("target".into()));
    }

    #[test]
    fn hostile_archives_end() {
        let huge = block("././@LongLink", b'L', "", &[b'a'; 4096]);
        assert!(entries(&huge).is_err(), "a name without end");
        let mut cut = block("etc/passwd", b'0', "", &[b'a'; 600]);
        cut.truncate(700);
        assert!(entries(&cut).is_err(), "cut off");
        assert!(entries(&[7; 512]).is_err(), "no tar");
        assert_eq!(entries(&[]).expect("empty"), []);
        let mut big = block("x", b'0', "", b"");
        big[124..136].copy_from_slice(&[0xff; 12]);
        assert!(entries(&big).is_err(), "a negative size");
    }
}
