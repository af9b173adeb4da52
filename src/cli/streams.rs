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
            out: BufWriter::with_capacity(1 << 16, Out(io::stdout().lock())),
            color,
        }
    }

    /// True when colours reach a reader of standard output.
    pub(super) const fn color(&self) -> bool {
        self.color
    }

    /// Columns that the reader of standard output has: what `COLUMNS` says, or the terminal; none where neither does.
    pub(super) fn width() -> Option<usize> {
        let said = std::env::var("COLUMNS").ok();
        said.and_then(|text| text.trim().parse().ok())
            .filter(|columns| *columns > 0)
            .or_else(|| {
                let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
                Some(usize::from(width.0)).filter(|columns| *columns > 0)
            })
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
        forgive(io::stderr().write_all(text), ())
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Standard output itself. When nobody reads it or standard error any more (`unroot check | head`), the run goes on: it has other things
/// to do, and its exit code does not depend on who reads.
struct Out(io::StdoutLock<'static>);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        forgive(self.0.write(bytes), bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        forgive(self.0.flush(), ())
    }
}

fn forgive<T>(result: io::Result<T>, instead: T) -> io::Result<T> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(instead),
        other => other,
    }
}
