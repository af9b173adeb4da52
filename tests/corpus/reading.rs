//! Instructions, refusals and the final user.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::Value;
use unroot::dockerfile::{Document, ProblemKind};
use unroot::stages::{BuildArgs, Stages};

use crate::common::final_user;
use crate::{corpus, for_each};

#[test]
fn instructions_and_line_ranges_are_buildkits() {
    let Some(corpus) = corpus() else { return };
    for_each(&corpus, |row, bytes| {
        let document = Document::lex(bytes);
        if document.print() != bytes {
            return Err("printing does not give the file back".into());
        }
        if row["parse"] == false {
            return Ok(());
        }
        let expected = row["instructions"].as_array().expect("list");
        let found: Vec<Value> = document
            .instructions
            .iter()
            .map(|instruction| {
                serde_json::json!([
                    String::from_utf8_lossy(instruction.keyword_text()),
                    instruction.first_line,
                    instruction.last_line,
                ])
            })
            .collect();
        if let Some((ours, theirs)) = found.iter().zip(expected).find(|(a, b)| a != b) {
            return Err(format!("{ours} is not {theirs}"));
        }
        if found.len() != expected.len() {
            return Err(format!(
                "{} instructions are not {}",
                found.len(),
                expected.len()
            ));
        }
        Ok(())
    });
}

#[test]
fn what_buildkit_refuses_is_a_problem_and_nothing_else_is() {
    let Some(corpus) = corpus() else { return };
    let late = Mutex::new(BTreeMap::<String, usize>::new());
    for_each(&corpus, |row, bytes| {
        let document = Document::lex(bytes);
        let problem = document
            .problems
            .iter()
            .find(|problem| {
                !matches!(
                    problem.kind,
                    ProblemKind::ForeignFrontend(_) | ProblemKind::FrontendTooOld(_)
                )
            })
            .map(|problem| problem.kind.to_string());
        match (row["valid"] == true && row["stages"] != 0, problem) {
            (true, Some(problem)) if row["user"].is_null() => {
                // BuildKit refuses it too, one step later.
                *late.lock().expect("no panic").entry(problem).or_default() += 1;
                Ok(())
            }
            (true, Some(problem)) => Err(format!("BuildKit accepts it: {problem}")),
            (false, None) => Err("BuildKit refuses it".into()),
            _ => Ok(()),
        }
    });
    eprintln!(
        "refused at conversion: {:?}",
        late.into_inner().expect("no panic")
    );
}

#[test]
fn the_final_user_is_buildkits() {
    let Some(corpus) = corpus() else { return };
    for_each(&corpus, |row, bytes| {
        let Some(expected) = row["user"].as_str() else {
            return Ok(());
        };
        let document = Document::lex(bytes);
        let stages = Stages::read(&document, &BuildArgs::default());
        match final_user(&stages) {
            Ok(found) if found == expected => Ok(()),
            found => Err(format!("{found:?} is not {expected:?}")),
        }
    });
}
