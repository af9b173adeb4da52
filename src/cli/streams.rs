//! Standard output and error. Whoever makes text asks `color()` first; nothing is stripped later, so
//! that a file's own bytes stay as they are.

use std::io::{self, BufWriter, Write};

use anstream::{AutoStream, ColorChoice};

use super::args::Color;

/// The two streams of a command.
pub(super) struct Streams {
    out: BufWriter<Out>,
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
            out: BufWriter::with_capacity(1 << 16, Out::new()),
            color,
        }
    }

    /// True when colours reach a reader of standard output.
    pub(super) const fn color(&self) -> bool {
        self.color
    }

    /// When nobody reads standard output any more, the run goes on: it has other things to do.
    pub(super) fn outlive_the_reader(&mut self) {
        self.out.get_mut().outlives = true;
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

/// Standard output itself.
struct Out {
    stdout: io::StdoutLock<'static>,
    outlives: bool,
}

impl Out {
    fn new() -> Self {
        Self {
            stdout: io::stdout().lock(),
            outlives: false,
        }
    }

    fn forgive<T>(&self, result: io::Result<T>, instead: T) -> io::Result<T> {
        match result {
            Err(error) if self.outlives && error.kind() == io::ErrorKind::BrokenPipe => Ok(instead),
            other => other,
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.stdout.write(bytes);
        self.forgive(result, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.stdout.flush();
        self.forgive(result, ())
    }
}
