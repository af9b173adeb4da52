//! The layers of an image, read as they come: unpacked, counted and hashed, and nothing of them kept but the few files
//! that matter.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

use crate::lookup::digest::Hashing;
use crate::lookup::error::{Kind, LookupError};
use crate::lookup::image::{Found, ImageConfig};
use crate::lookup::limits::{Limits, size};
use crate::lookup::rootfs::{Rootfs, named};
use crate::lookup::tar::{Archive, Kind as Entry};
use crate::lookup::tree::{Tree, What, plain};

use super::http::broken;
use super::manifest::Descriptor;

/// Gives the bytes of a layer.
pub(super) trait Blobs {
    fn open(&mut self, layer: &Descriptor) -> Result<Box<dyn Read>, LookupError>;
}

/// The file system of an image in a registry.
pub(super) struct Layers<'a> {
    blobs: &'a mut dyn Blobs,
    /// From the bottom.
    all: &'a [Descriptor],
    limits: &'a Limits,
    host: &'a str,
    tree: Tree,
    spent: Spent,
    /// Names of files whose content is kept wherever they lie.
    names: Vec<String>,
}

/// What was read so far.
#[derive(Default)]
struct Spent {
    packed: u64,
    unpacked: u64,
    entries: usize,
    kept: u64,
}

/// Paths whose content is kept.
const KEPT: [&str; 4] = [
    "etc/passwd",
    "etc/group",
    "etc/os-release",
    "usr/lib/os-release",
];

/// The largest window of a frame: RFC 8878 asks decoders for 8 MiB; `zstd -19` and above write up to 128.
const ZSTD_WINDOW: usize = 128 << 20;

impl<'a> Layers<'a> {
    /// Reads all layers once.
    pub(super) fn read(
        blobs: &'a mut dyn Blobs,
        layers: &'a [Descriptor],
        config: &ImageConfig,
        limits: &'a Limits,
        host: &'a str,
    ) -> Result<Self, LookupError> {
        let told: u64 = layers
            .iter()
            .fold(0, |sum, layer| sum.saturating_add(layer.size));
        if told > limits.packed {
            return Err(too_large(format!(
                "its layers have {}, more than the {} that are read",
                size(told),
                size(limits.packed)
            )));
        }
        if layers.len() > limits.layers {
            return Err(too_large(format!("it has {} layers", layers.len())));
        }
        let names = named(config)
            .into_iter()
            .filter_map(|word| word.rsplit('/').next());
        let mut this = Self {
            blobs,
            all: layers,
            limits,
            host,
            tree: Tree::default(),
            spent: Spent::default(),
            names: names.map(str::to_owned).collect(),
        };
        for (at, layer) in layers.iter().enumerate() {
            this.layer(at, layer)?;
        }
        Ok(this)
    }

    fn layer(&mut self, at: usize, layer: &Descriptor) -> Result<(), LookupError> {
        let mut seen = Vec::new();
        let mut kept = self.spent.kept;
        let (names, limits) = (self.names.clone(), self.limits);
        let mut spent = std::mem::take(&mut self.spent);
        let result = self.stream(layer, &mut spent, &mut |path, kind, length, archive| {
            let name = path.rsplit('/').next().unwrap_or_default();
            let wanted = KEPT.contains(&path) || names.iter().any(|known| known == name);
            let what = match kind {
                Entry::File => {
                    let fits = wanted
                        && length <= limits.file
                        && kept.saturating_add(length) <= limits.kept;
                    let content = if fits {
                        kept += length;
                        Some(archive.content(limits.file)?.into())
                    } else {
                        None
                    };
                    Put::What(What::File(length, content))
                }
                Entry::Folder => Put::What(What::Folder),
                Entry::Symlink(target) => Put::What(What::Link(target)),
                Entry::Hardlink(target) => Put::Hardlink(target),
                Entry::Other => Put::What(What::Other),
            };
            seen.push((path.to_owned(), what));
            Ok(())
        });
        self.spent = spent;
        result?;
        self.spent.kept = kept;
        for (path, put) in seen {
            match put {
                Put::What(what) => self.tree.put(at, &path, what),
                Put::Hardlink(target) => self.tree.put_hardlink(at, &path, &target),
            }
        }
        Ok(())
    }

    /// Reads a layer to its end, and takes nothing for true before its digest is.
    fn stream(
        &mut self,
        layer: &Descriptor,
        spent: &mut Spent,
        see: &mut See<'_>,
    ) -> Result<(), LookupError> {
        let what = format!("layer {}", layer.digest);
        let body = self.blobs.open(layer)?;
        let left = self.limits.packed.saturating_sub(spent.packed);
        let most = layer.size.min(left);
        // One byte more than it should have tells a longer one.
        let mut hashing = Hashing::new(body.take(most + 1), &layer.digest);
        let result = entries(&mut hashing, layer, self.limits, spent, see);
        if let Err(Stop::Bound(line)) = result {
            return Err(too_large(line));
        }
        // The rest: padding, and what a writer put behind the archive's end.
        let rest = io::copy(&mut hashing, &mut io::sink());
        spent.packed = spent.packed.saturating_add(hashing.count);
        if let Some(error) = hashing.failure.take() {
            return Err(broken(self.host, &what, &error));
        }
        rest.map_err(|error| broken(self.host, &what, &error))?;
        if hashing.count > most {
            let line = format!("{}: {what} is longer than its manifest says", self.host);
            return Err(LookupError::new(Kind::Untrue, line));
        }
        let short = hashing.count < layer.size;
        let digest = hashing.digest();
        if digest != layer.digest {
            let line = if short {
                format!("{}: {what} ends before its end: try again", self.host)
            } else {
                format!(
                    "{}: what came as {what} is {digest}: do not trust this registry or what is between",
                    self.host
                )
            };
            return Err(LookupError::new(Kind::Untrue, line));
        }
        match result {
            Ok(()) => Ok(()),
            Err(Stop::Io(error)) => {
                let line = format!("{}: {what} cannot be unpacked: {error}", self.host);
                Err(LookupError::new(Kind::Unsuitable, line))
            }
            Err(Stop::Bound(line)) => Err(too_large(line)),
        }
    }

    /// Reads the content of a file that was passed over, from its layer.
    fn again(&mut self, path: &str, at: usize) -> Result<Found, LookupError> {
        let layers = self.all;
        let Some(layer) = layers.get(at) else {
            return Ok(Found::Missing);
        };
        let most = self.limits.file;
        let mut found: Option<Vec<u8>> = None;
        let mut spent = Spent {
            entries: 0,
            ..std::mem::take(&mut self.spent)
        };
        let result = self.stream(layer, &mut spent, &mut |entry, kind, length, archive| {
            if entry == path && kind == Entry::File && length <= most {
                found = Some(archive.content(most)?);
            }
            Ok(())
        });
        self.spent = spent;
        result?;
        // Another name of a hard link is not looked for.
        Ok(found.map_or(Found::NoFile, |bytes| Found::of(&bytes)))
    }
}

impl Rootfs for Layers<'_> {
    fn file(&mut self, path: &str) -> Result<Found, LookupError> {
        let Some(place) = self.tree.find(path) else {
            return Ok(Found::Missing);
        };
        match place.what {
            What::File(_, Some(bytes)) => Ok(Found::of(&bytes)),
            What::File(length, None) if length > self.limits.file => Ok(Found::TooLarge(length)),
            What::File(_, None) => self.again(&place.path, place.layer),
            What::Folder | What::Link(_) | What::Other => Ok(Found::NoFile),
        }
    }

    fn exists(&mut self, path: &str) -> Result<bool, LookupError> {
        Ok(self.tree.find(path).is_some())
    }
}

enum Put {
    What(What),
    Hardlink(String),
}

type Unpacked<'r> = Bounded<'r, Box<dyn Read + 'r>>;
type See<'s> = dyn FnMut(&str, Entry, u64, &mut Archive<Unpacked<'_>>) -> io::Result<()> + 's;

enum Stop {
    Io(io::Error),
    Bound(String),
}

fn entries(
    packed: &mut dyn Read,
    layer: &Descriptor,
    limits: &Limits,
    spent: &mut Spent,
    see: &mut See<'_>,
) -> Result<(), Stop> {
    let mut head = [0; 4];
    let mut got = 0;
    while got < head.len() {
        match packed.read(&mut head[got..]).map_err(Stop::Io)? {
            0 => break,
            count => got += count,
        }
    }
    let whole = io::Cursor::new(head).take(got as u64).chain(packed);
    // By its first bytes, as containerd does: media types are wrong at times.
    let unpacked: Box<dyn Read + '_> = match &head[..got] {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(whole)),
        [0x28, 0xb5, 0x2f, 0xfd] => Box::new(
            StreamingDecoder::new_with_max_window_size(whole, ZSTD_WINDOW as u64)
                .map_err(|error| Stop::Io(io::Error::other(error.to_string())))?,
        ),
        _ if layer.media_type.contains("encrypted") => {
            return Err(Stop::Io(io::Error::other("it is encrypted")));
        }
        _ => Box::new(whole),
    };
    let Spent {
        unpacked: count,
        entries: number,
        ..
    } = spent;
    let left = limits.unpacked.saturating_sub(*count);
    let mut archive = Archive::new(
        Bounded {
            inner: unpacked,
            count,
            left,
        },
        limits.path,
    );
    loop {
        match archive.next() {
            Ok(Some(entry)) => {
                *number += 1;
                if *number > limits.entries {
                    return Err(Stop::Bound(format!(
                        "it has more than {} files",
                        limits.entries
                    )));
                }
                let Some(path) = plain(&entry.path) else {
                    continue;
                };
                see(&path, entry.kind, entry.size, &mut archive)
                    .map_err(|error| stop(error, limits))?;
            }
            Ok(None) => return Ok(()),
            Err(error) => return Err(stop(error, limits)),
        }
    }
}

fn stop(error: io::Error, limits: &Limits) -> Stop {
    if error.kind() == io::ErrorKind::FileTooLarge {
        return Stop::Bound(format!(
            "its layers unpack to more than the {} that are read",
            size(limits.unpacked)
        ));
    }
    Stop::Io(error)
}

/// Counts what is read, and fails behind a bound.
struct Bounded<'c, R> {
    inner: R,
    count: &'c mut u64,
    left: u64,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        *self.count += count as u64;
        self.left = match self.left.checked_sub(count as u64) {
            Some(left) => left,
            None => return Err(io::ErrorKind::FileTooLarge.into()),
        };
        Ok(count)
    }
}

fn too_large(line: String) -> LookupError {
    LookupError::new(Kind::TooLarge, line)
}
