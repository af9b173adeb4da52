//! `git apply` takes what `diff` prints.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use unroot::analysis::Options;
use unroot::context::NoContext;
use unroot::finding::Applicability;
use unroot::plan::patch;
use unroot::render;

use crate::corpus;

/// A sample over the whole corpus: every file that is fixed, until there are this many.
const SAMPLE: usize = 2_000;

#[test]
fn git_applies_the_patches_of_a_sample() {
    let Some(corpus) = corpus() else { return };
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let options = Options::default();
    let step = corpus.rows.len() / (SAMPLE * 3 / 2);
    let mut patches = Vec::new();
    let mut expected = Vec::new();
    for (index, row) in corpus.rows.iter().step_by(step).enumerate() {
        if expected.len() == SAMPLE {
            break;
        }
        let file = row["file"].as_str().expect("file");
        let before = fs::read(corpus.root.join(file)).expect("the file is there");
        let patched =
            patch(&before, &NoContext, &options, Applicability::Unsafe).expect("the last stage");
        let Some(after) = patched.after else { continue };
        let name = format!("{index}/Dockerfile");
        fs::create_dir_all(folder.path().join(index.to_string())).expect("writable");
        fs::write(folder.path().join(&name), &before).expect("writable");
        render::diff::write(&mut patches, &name, &before, &after, false).expect("memory takes all");
        expected.push((name, after));
    }
    let git = |args: &[&str]| {
        let mut child = Command::new("git")
            .args(args)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .spawn()
            .expect("git is there");
        child
            .stdin
            .take()
            .expect("a pipe")
            .write_all(&patches)
            .expect("git reads");
        assert!(child.wait().expect("git ends").success(), "git {args:?}");
    };
    git(&["apply", "--check", "--whitespace=nowarn", "-"]);
    git(&["apply", "--whitespace=nowarn", "-"]);
    for (name, after) in &expected {
        let found = fs::read(folder.path().join(name)).expect("readable");
        assert!(found == *after, "{name} is not what fix writes");
    }
    eprintln!("git applied {} patches", expected.len());
    assert!(expected.len() > 1_500);
}
