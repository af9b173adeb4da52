//! `JUnit`'s XML, read by a parser that takes nothing that is not well-formed.

use roxmltree::{Document, Node};

/// A case with what became of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) class: String,
    pub(crate) name: String,
    /// `failure` or `error`, with its message.
    pub(crate) bad: Option<(String, String)>,
}

/// The cases of all suites, whose numbers are held against them.
pub(crate) fn cases(text: &str) -> Vec<Case> {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error} in {text}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "testsuites");
    let mut all = Vec::new();
    for suite in elements(root) {
        assert_eq!(suite.tag_name().name(), "testsuite");
        let cases: Vec<Case> = elements(suite).map(case).collect();
        let count = |kind: &str| {
            let bad = cases.iter().filter_map(|case| case.bad.as_ref());
            bad.filter(|(name, _)| name == kind).count()
        };
        for (name, counted) in [
            ("tests", cases.len()),
            ("failures", count("failure")),
            ("errors", count("error")),
        ] {
            assert_eq!(
                suite.attribute(name),
                Some(counted.to_string().as_str()),
                "{name}"
            );
        }
        all.extend(cases);
    }
    all
}

fn case(case: Node<'_, '_>) -> Case {
    assert_eq!(case.tag_name().name(), "testcase");
    let mut bad = None;
    for child in elements(case) {
        let kind = child.tag_name().name();
        match kind {
            "failure" | "error" => {
                let message = child.attribute("message").expect("a message").to_owned();
                assert!(child.text().unwrap_or_default().contains(&message));
                assert!(bad.is_none(), "a case fails once");
                bad = Some((kind.to_owned(), message));
            }
            "system-out" => {}
            other => panic!("{other} is no part of a case"),
        }
    }
    Case {
        class: case.attribute("classname").expect("a class").to_owned(),
        name: case.attribute("name").expect("a name").to_owned(),
        bad,
    }
}

fn elements<'a>(node: Node<'a, 'a>) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(Node::is_element)
}
