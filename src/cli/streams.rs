//! Standard output and error. Whoever makes text asks `color()` first; nothing is stripped later, so
//! that a file's own bytes stay as they are.

use std::io::{self, BufWriter, Write};

use anstream::{AutoStream, ColorChoice};

use super::args::Color;

/// The two streams of a command.
pub(super) struct Streams {
    out: BufWriter<io::StdoutLock<'static>>,
    color: bool,
}

impl Streams {
    pub(super) fn new(color: Color) -> Self {
        let color = match color {
            Color::Auto => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        };
        Self {
            out: BufWriter::with_capacity(1 << 16, io::stdout().lock()),
            color,
        }
    }

    /// True when colours reach a reader of standard output.
    pub(super) const fn color(&self) -> bool {
        self.color
    }

    /// Standard output, for what is written in pieces.
    pub(super) fn writer(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    pub(super) fn out(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    /// Writes to standard error, after what went to standard output before.
    pub(super) fn err(&mut self, text: &[u8]) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.out.flush()?;
        io::stderr().write_all(text)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
