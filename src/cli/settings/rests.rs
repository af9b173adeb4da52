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
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let bytes = self.inner.read(path)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.push(path.to_owned());
        Some(bytes)
    }

    fn files(&self, path: &str) -> Vec<String> {
        self.inner.files(path)
    }

    fn exists(&self, path: &str) -> bool {
        self.inner.exists(path)
    }

    fn folders(&self, path: &str, names: &[&str]) -> Vec<(String, bool)> {
        self.inner.folders(path, names)
    }

    fn first_closed(&self, path: &str) -> Option<String> {
        self.inner.first_closed(path)
    }

    fn place(&self, path: &str) -> Option<PathBuf> {
        self.inner.place(path)
    }

    fn dockerfile(&self) -> Option<String> {
        self.inner.dockerfile()
    }

    fn deployments(&self) -> Vec<(String, Vec<u8>)> {
        self.inner.deployments()
    }

    fn builders(&self) -> Vec<(String, Vec<u8>)> {
        self.inner.builders()
    }

    fn at_top(&self, path: &str) -> Option<Vec<u8>> {
        let bytes = self.inner.at_top(path)?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        // Another Dockerfile, which builds the base.
        read.push(path.to_owned());
        Some(bytes)
    }
}
