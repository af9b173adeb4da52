//! Where reports go: standard output and files, several at once, in one pass over the Dockerfiles.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::NamedTempFile;
use unroot::discover;
use unroot::lookup::LookedUp;
use unroot::render::escape::line;
use unroot::render::{Found, Report, github, gitlab, json, junit, markdown, rdjsonl, sarif};

use super::WithHelp;
use super::args::{Format, ReportArgs};
use super::files::shown;
use super::streams::Streams;
use super::write::{as_any_new_file, cannot_write};

/// All reports of a run, in the making.
pub(super) struct Reports {
    /// What standard output gets; none where files take it.
    shown: Option<(Format, Box<dyn Report>)>,
    files: Vec<(Box<dyn Report>, Target)>,
    /// Nothing is written before there is something to write: arguments can be wrong in more ways.
    started: bool,
}

impl Reports {
    /// Opens what the arguments ask for. `text` makes the report for people, with colours or without, for so many
    /// columns; `inputs` are the paths that are looked at.
    pub(super) fn open(
        args: &ReportArgs,
        inputs: &[PathBuf],
        text: impl Fn(bool, Option<usize>) -> Box<dyn Report>,
        streams: &mut Streams,
    ) -> anyhow::Result<Self> {
        let mut files: Vec<(Box<dyn Report>, Target)> = Vec::new();
        let mut taken = false;
        for (at, output) in args.output.iter().enumerate() {
            let path = &output.path;
            let twice = args.output[..at]
                .iter()
                .any(|other| same(&other.path, path));
            if twice {
                return Err(WithHelp::new(
                    format!("--output {}: two reports for one file", shown(path)),
                    "give each report a file of its own",
                )
                .into());
            }
            if replaces_an_input(path, inputs) {
                return Err(WithHelp::new(
                    format!("--output {} would replace a Dockerfile", shown(path)),
                    "give the report another name",
                )
                .into());
            }
            let format = output.format.unwrap_or(args.format);
            taken |= format == args.format;
            let target = Target::open(path).map_err(|error| cannot_write(path, &error))?;
            files.push((report(format, &|| text(false, None)), target));
        }
        let (color, width) = (streams.color(), Streams::width());
        Ok(Self {
            shown: (!taken).then(|| (args.format, report(args.format, &|| text(color, width)))),
            files,
            started: false,
        })
    }

    /// Standard output is read for workflow commands, and standard error with it.
    pub(super) fn is_for_runner(&self) -> bool {
        matches!(self.shown, Some((Format::Github, _)))
    }

    pub(super) fn add(&mut self, found: &Found<'_>, streams: &mut Streams) -> anyhow::Result<()> {
        self.each(streams, |report, out| report.add(out, found))
    }

    /// Tells why a file could not be looked at: in all reports, and on standard error.
    pub(super) fn fail(&mut self, message: &str, streams: &mut Streams) -> anyhow::Result<()> {
        self.each(streams, |report, out| report.fail(out, message))?;
        if !self.is_for_runner() {
            streams.err(format!("error: {}\n", line(message)).as_bytes())?;
        }
        Ok(())
    }

    /// Tells all reports what was asked beyond the embedded table.
    pub(super) fn looked_up(&mut self, asked: &[LookedUp]) {
        let shown = self.shown.iter_mut().map(|(_, report)| report);
        let files = self.files.iter_mut().map(|(report, _)| report);
        for report in shown.chain(files) {
            report.looked_up(asked);
        }
    }

    /// Ends all reports, and puts the files in their places.
    pub(super) fn finish(mut self, streams: &mut Streams) -> anyhow::Result<()> {
        self.each(streams, |report, out| report.finish(out))?;
        for (_, target) in self.files {
            let name = shown(target.path());
            target
                .close()
                .with_context(|| format!("cannot write {}", line(&name)))?;
        }
        Ok(streams.flush()?)
    }

    fn each(
        &mut self,
        streams: &mut Streams,
        call: impl Fn(&mut dyn Report, &mut dyn Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        let start = !std::mem::replace(&mut self.started, true);
        let call = |report: &mut dyn Report, out: &mut dyn Write| {
            if start {
                report.start(out)?;
            }
            call(report, out)
        };
        for (report, target) in &mut self.files {
            let name = shown(target.path());
            call(report.as_mut(), target.writer())
                .with_context(|| format!("cannot write {}", line(&name)))?;
        }
        if let Some((_, report)) = &mut self.shown {
            call(report.as_mut(), streams.writer())?;
        }
        Ok(())
    }
}

fn report(format: Format, text: &dyn Fn() -> Box<dyn Report>) -> Box<dyn Report> {
    match format {
        Format::Text => text(),
        Format::Json => Box::new(json::Report::default()),
        Format::Sarif => Box::new(sarif::Report::default()),
        Format::Github => Box::new(github::Report::default()),
        Format::Gitlab => Box::new(gitlab::Report::default()),
        Format::Rdjsonl => Box::new(rdjsonl::Report),
        Format::Junit => Box::new(junit::Report),
        Format::Markdown => Box::new(markdown::Report::default()),
    }
}

/// A file that becomes a report when the report is whole.
enum Target {
    /// Written beside its place, and renamed into it.
    Beside(BufWriter<NamedTempFile>, PathBuf),
    /// A pipe or a device, which nothing may take the place of.
    Stream(BufWriter<File>, PathBuf),
}

impl Target {
    fn open(path: &Path) -> io::Result<Self> {
        // A link keeps pointing at the file that is replaced.
        let (path, old) = match fs::canonicalize(path) {
            Ok(path) => {
                let old = fs::metadata(&path)?;
                (path, Some(old))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_owned(), None),
            Err(error) => return Err(error),
        };
        if let Some(old) = &old
            && !old.is_file()
        {
            let file = fs::OpenOptions::new().write(true).open(&path)?;
            return Ok(Self::Stream(BufWriter::new(file), path));
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".unroot-");
        if let Some(old) = old {
            // A file that may not be written is not replaced behind its back either.
            drop(fs::OpenOptions::new().write(true).open(&path)?);
            builder.permissions(old.permissions());
        } else {
            as_any_new_file(&mut builder);
        }
        let temporary = builder.tempfile_in(folder)?;
        Ok(Self::Beside(BufWriter::new(temporary), path))
    }

    fn path(&self) -> &Path {
        let (Self::Beside(_, path) | Self::Stream(_, path)) = self;
        path
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Beside(out, _) => out,
            Self::Stream(out, _) => out,
        }
    }

    fn close(self) -> io::Result<()> {
        match self {
            Self::Beside(out, path) => {
                let temporary = out.into_inner().map_err(io::IntoInnerError::into_error)?;
                temporary.as_file().sync_all()?;
                temporary.persist(path).map_err(|error| error.error)?;
                Ok(())
            }
            Self::Stream(mut out, _) => out.flush(),
        }
    }
}

/// True where a report would take the place of what is looked at, now or in the next run.
fn replaces_an_input(path: &Path, inputs: &[PathBuf]) -> bool {
    path.file_name().is_some_and(discover::is_dockerfile)
        || inputs
            .iter()
            .any(|input| input.is_file() && same(input, path))
}

/// True for two names of one file, as far as it exists or lies in folders that do.
fn same(one: &Path, other: &Path) -> bool {
    let resolved = |path: &Path| {
        fs::canonicalize(path).ok().or_else(|| {
            let folder = path.parent()?;
            let folder = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
        })
    };
    one == other || resolved(one).is_some_and(|path| resolved(other) == Some(path))
}
