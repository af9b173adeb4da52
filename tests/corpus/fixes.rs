//! What is fixed stands.

use std::sync::atomic::{AtomicUsize, Ordering};

use unroot::analysis::Options;
use unroot::bases::is_root_user;
use unroot::context::NoContext;
use unroot::dockerfile::Document;
use unroot::finding::{Applicability, Rule};
use unroot::plan::patch;
use unroot::stages::{BuildArgs, Stages};

use crate::common::final_user;
use crate::edits::keeps_the_rest;
use crate::{corpus, for_each};

/// What `fix --unsafe` changes is right: it reads, it starts as non-root, a second run changes
/// nothing, and every byte outside the edits is the same.
#[test]
fn fixes_stand() {
    let Some(corpus) = corpus() else { return };
    let options = Options::default();
    let changed = AtomicUsize::new(0);
    for_each(&corpus, |row, bytes| {
        let first = patch(bytes, &NoContext, &options, Applicability::Unsafe)
            .map_err(|error| error.to_string())?;
        if row["user"].is_string()
            && first
                .analysis
                .findings
                .iter()
                .any(|f| f.rule == Rule::NotADockerfile)
        {
            let frontend = ["# syntax=", "//syntax="]
                .iter()
                .any(|text| bytes.windows(text.len()).any(|w| w == text.as_bytes()))
                || first.analysis.findings[0].message.contains("frontend");
            if !frontend {
                return Err(format!(
                    "BuildKit builds it: {}",
                    first.analysis.findings[0].message
                ));
            }
        }
        let Some(after) = &first.after else {
            let rejected = first
                .held_back
                .iter()
                .find(|(_, reason)| reason.id == "rejected");
            return rejected.map_or(Ok(()), |(_, reason)| Err(reason.text.clone()));
        };
        changed.fetch_add(1, Ordering::Relaxed);
        if row["valid"] != true {
            return Err("BuildKit refuses it, and it was edited".into());
        }
        let document = Document::lex(after);
        if let Some(problem) = document.problems.first() {
            return Err(format!("the result does not read: {}", problem.kind));
        }
        let stages = Stages::read(&document, &BuildArgs::default());
        let user = final_user(&stages)?;
        if user == "BASEUSER" || is_root_user(&user) {
            return Err(format!("the result's user is `{user}`"));
        }
        if !keeps_the_rest(bytes, after, &first) {
            return Err("bytes outside the edits changed".into());
        }
        let second = patch(after, &NoContext, &options, Applicability::Unsafe)
            .map_err(|error| error.to_string())?;
        if second.after.is_some()
            || second
                .analysis
                .findings
                .iter()
                .any(|f| f.rule == Rule::RunsAsRoot)
        {
            return Err("a second run finds something to do".into());
        }
        Ok(())
    });
    let changed = changed.into_inner();
    eprintln!("{changed} files are fixed");
    assert!(changed > 40_000, "most root files of the corpus are fixed");
}
