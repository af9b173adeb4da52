//! `check --baseline FILE` and `check --write-baseline FILE`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use unroot::analysis::Analysis;
use unroot::baseline::Baseline;
use unroot::context::{Disk, Tree as _};
use unroot::finding::Level;
use unroot::render::escape::line;

use super::WithHelp;
use super::args::BaselineArgs;
use super::files::{Input, shown};
use super::settings::absolute;
use super::write::cannot_write;

/// The baseline of a run.
pub(super) struct Known {
    file: PathBuf,
    /// Paths in it count from here.
    folder: PathBuf,
    working: PathBuf,
    baseline: Baseline,
    writes: bool,
    /// What weighs enough to be written down.
    least: Level,
    /// Files that were looked at.
    seen: BTreeSet<String>,
}

impl Known {
    /// None where no baseline is asked for.
    /// `least` is what makes the command fail, and so what is written down.
    pub(super) fn open(args: &BaselineArgs, least: Option<Level>) -> anyhow::Result<Option<Self>> {
        let Some(file) = args.baseline.as_ref().or(args.write_baseline.as_ref()) else {
            return Ok(None);
        };
        let working = std::env::current_dir()?;
        let whole = absolute(file, &working);
        let writes = args.baseline.is_none();
        let baseline = if writes {
            Baseline::default()
        } else {
            let name = shown(file);
            let help = format!("write one with --write-baseline {name}");
            let text = std::fs::read_to_string(file)
                .map_err(|error| WithHelp::new(format!("cannot read {name}: {error}"), &*help))?;
            Baseline::parse(&text)
                .map_err(|why| WithHelp::new(format!("{name} is no baseline: {why}"), help))?
        };
        Ok(Some(Self {
            folder: start(whole.parent().unwrap_or(&whole)),
            file: file.clone(),
            working,
            baseline,
            writes,
            least: least.unwrap_or(Level::Warning),
            seen: BTreeSet::new(),
        }))
    }

    /// Takes what was known out of the findings, or writes all of them down.
    pub(super) fn take(&mut self, input: &Input, bytes: &[u8], analysis: &mut Analysis) {
        let path = self.path(input);
        if self.writes {
            self.baseline.add(&path, bytes, analysis, self.least);
        } else {
            self.baseline.apply(&path, bytes, analysis);
        }
        self.seen.insert(path);
    }

    /// Writes the file, or says what of it is gone. The text is for standard error.
    pub(super) fn finish(self) -> anyhow::Result<String> {
        let name = shown(&self.file);
        if self.writes {
            let text = self.baseline.render()?;
            std::fs::write(&self.file, text).map_err(|error| cannot_write(&self.file, &error))?;
            let count = self.baseline.len();
            let findings = if count == 1 { "finding" } else { "findings" };
            return Ok(format!("wrote {count} {findings} into {name}\n"));
        }
        let gone = self.baseline.missing().filter(|entry| {
            // What was not looked at may still be there.
            self.seen.contains(&entry.path) || !self.folder.join(&entry.path).exists()
        });
        let mut text = String::new();
        for entry in gone {
            let gone = format!(
                "gone: {}: {} at `{}` stands in {name}, and is not there any more",
                entry.path, entry.rule, entry.instruction
            );
            text.push_str(&format!("{}\n", line(&gone)));
        }
        if !text.is_empty() {
            text.push_str(&format!(
                "help: write it anew with --write-baseline {name}\n"
            ));
        }
        Ok(text)
    }

    fn path(&self, input: &Input) -> String {
        let Input::File(path) = input else {
            return input.name();
        };
        let whole = absolute(path, &self.working);
        let folder = whole.parent().map(settled).unwrap_or_default();
        let whole = whole
            .file_name()
            .map_or(whole.clone(), |name| folder.join(name));
        shown(&relative(&whole, &self.folder))
    }
}

/// The top of the repository that the baseline lies in, else its own folder.
fn start(folder: &Path) -> PathBuf {
    let mut above = folder.ancestors();
    let top = above.find(|folder| Disk.is_top(folder));
    settled(top.unwrap_or(folder))
}

/// Links followed, where something lies there.
fn settled(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// The way from a folder to a file.
fn relative(path: &Path, folder: &Path) -> PathBuf {
    let mut up = PathBuf::new();
    for above in folder.ancestors() {
        if let Ok(below) = path.strip_prefix(above) {
            return up.join(below);
        }
        up.push("..");
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways() {
        for (path, folder, way) in [
            ("/r/a/Dockerfile", "/r", "a/Dockerfile"),
            ("/r/a/Dockerfile", "/r/.github", "../a/Dockerfile"),
            ("/r/Dockerfile", "/r/x/y", "../../Dockerfile"),
        ] {
            assert_eq!(relative(Path::new(path), Path::new(folder)), Path::new(way));
        }
    }
}
