//! Which files of its build context the verdict on a Dockerfile rests on: the script that the container starts
//! with, for the most part; the Dockerfile of a base that the repository builds itself.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use unroot::analysis::{Options, targets};
use unroot::context::BuildContext;
use unroot::dockerfile::Document;
use unroot::stages::Stages;
use unroot::verdict::judge;

/// Where those files lie.
pub(super) fn places(bytes: &[u8], context: &dyn BuildContext, options: &Options) -> Vec<PathBuf> {
    let document = Document::lex(bytes);
    if !document.problems.is_empty() {
        return Vec::new();
    }
    let stages = Stages::read(&document, &options.build_args);
    let recorder = Recorder {
        inner: context,
        read: Mutex::default(),
    };
    for target in targets(&stages, &options.target, &recorder).unwrap_or_default() {
        judge(&stages, target.stage, &options.overrides, &recorder);
    }
    let read = recorder.read.into_inner();
    let read = read.unwrap_or_else(PoisonError::into_inner);
    read.iter().filter_map(|path| context.place(path)).collect()
}

/// A build context that remembers what was read.
struct Recorder<'a> {
    inner: &'a dyn BuildContext,
    read: Mutex<Vec<String>>,
}

impl BuildContext for Recorder<'_> {
    fn around(&self) -> Option<&dyn BuildContext> {
        Some(self.inner)
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let bytes = self.inner.read(path)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.push(path.to_owned());
        Some(bytes)
    }

    fn at_top(&self, path: &str) -> Option<Vec<u8>> {
        let bytes = self.inner.at_top(path)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        // Another Dockerfile, which builds the base.
        read.push(path.to_owned());
        Some(bytes)
    }
}
