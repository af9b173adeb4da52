//! `BuildKit`'s own verdicts on small files: what it parses, refuses, and which user it ends with.

use serde_json::Value;
use unroot::dockerfile::{Document, ProblemKind};
use unroot::stages::{BuildArgs, Stages};

use common::final_user;

#[path = "common/buildkit.rs"]
mod common;

fn vectors(text: &str) -> Vec<Value> {
    let vectors: Vec<Value> = serde_json::from_str(text).expect("vectors are JSON");
    assert!(vectors.len() > 70, "the vectors are there");
    vectors
}

/// The files are written as Latin-1, so that they can hold any byte.
fn bytes(vector: &Value) -> Vec<u8> {
    let text = vector["bytes_latin1"].as_str().expect("text");
    text.chars()
        .map(|ch| u8::try_from(u32::from(ch)).expect("Latin-1"))
        .collect()
}

fn parser_vectors() -> Vec<Value> {
    vectors(include_str!("buildkit/parser.json"))
}

fn user_vectors() -> Vec<Value> {
    vectors(include_str!("buildkit/users.json"))
}

#[test]
fn instructions_flags_and_heredocs_are_buildkits() {
    for vector in parser_vectors().iter().chain(&user_vectors()) {
        let name = vector["name"].as_str().expect("name");
        let bytes = bytes(vector);
        let document = Document::lex(&bytes);
        assert_eq!(
            document.print(),
            bytes,
            "{name}: printing gives the file back"
        );
        if vector["parse"] == false {
            continue;
        }
        let found: Vec<Value> = document
            .instructions
            .iter()
            .map(|instruction| {
                serde_json::json!([
                    String::from_utf8_lossy(instruction.keyword_text()),
                    instruction.first_line,
                    instruction.last_line,
                    instruction
                        .head
                        .flags
                        .iter()
                        .map(|flag| &flag.text)
                        .collect::<Vec<_>>(),
                    instruction
                        .heredocs
                        .iter()
                        .map(|heredoc| String::from_utf8_lossy(&heredoc.name))
                        .collect::<Vec<_>>(),
                ])
            })
            .collect();
        assert_eq!(Value::Array(found), vector["instructions"], "{name}");
        let escape = char::from(document.directives.escape).to_string();
        assert_eq!(escape, vector["escape"].as_str().expect("escape"), "{name}");
    }
}

#[test]
fn what_buildkit_refuses_is_a_problem_and_nothing_else_is() {
    for vector in parser_vectors().iter().chain(&user_vectors()) {
        let name = vector["name"].as_str().expect("name");
        let bytes = bytes(vector);
        let document = Document::lex(&bytes);
        // A file of ARGs only parses, but has no stage to build.
        let accepted = vector["instr"] == true && vector["stages"] != 0;
        let problems: Vec<&ProblemKind> = document
            .problems
            .iter()
            .map(|problem| &problem.kind)
            .filter(|kind| !matches!(kind, ProblemKind::ForeignFrontend(_)))
            .collect();
        let late = ["COPY --from=$X"];
        if late.contains(&name) {
            assert!(
                !problems.is_empty(),
                "{name}: BuildKit refuses it when it converts"
            );
        } else {
            assert_eq!(problems.is_empty(), accepted, "{name}: {problems:?}");
        }
    }
}

#[test]
fn the_final_user_is_buildkits() {
    for vector in &user_vectors() {
        let name = vector["name"].as_str().expect("name");
        let Some(expected) = vector["user"].as_str() else {
            continue;
        };
        let bytes = bytes(vector);
        let document = Document::lex(&bytes);
        let stages = Stages::read(&document, &BuildArgs::default());
        assert_eq!(final_user(&stages).as_deref(), Ok(expected), "{name}");
    }
}
