//! Whatever stands in a finding, each format stays what it is.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options as Extensions, Parser, Tag};
use serde_json::Value;
use unroot::analysis::Analysis;
use unroot::finding::{Applicability, Edit, Finding, Fix, Label, Level, Reason, Rule};
use unroot::render::{Found, Report, github, gitlab, json, junit, markdown, rdjsonl, sarif};
use unroot::source::Span;

use super::xml::cases;

/// Pieces that mean something to one of the formats, or to who reads its output.
fn text() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "]]>",
        "<![CDATA[",
        "-->",
        "&",
        "&#0;",
        "<",
        ">",
        "\"",
        "'",
        "`",
        "```\n",
        "|",
        "\\",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\0",
        "\u{1b}[31m",
        "\u{9b}",
        "\u{FFFE}",
        "\u{FFFF}",
        "\u{202E}",
        "\u{200B}",
        "\u{2028}",
        "::error::x",
        "\n::set-output name=a::b",
        "##[error]",
        "%0A",
        "<script>",
        "</details>",
        "<br>",
        "@octocat",
        "#12",
        "https://evil.test",
        "[a](//evil.test)",
        "\n# Heading",
        "\n- item",
        "/close",
        "word",
        " ",
        "é",
        "🐳",
        "{}",
        "],",
        "\u{D7FF}",
    ]);
    let piece =
        prop_oneof![4 => known.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

const BYTES: &[u8] = b"FROM debian:13\nCMD [\"x\"]\n";

fn finding() -> impl Strategy<Value = Finding> {
    let level = prop::sample::select(vec![Level::Note, Level::Warning, Level::Error]);
    let fix = (text(), text(), text(), text(), any::<bool>());
    (
        level,
        text(),
        prop::option::of(text()),
        text(),
        any::<bool>(),
        fix,
    )
        .prop_map(
            |(level, message, stage, note, fixed, (title, content, doubt, remark, safe))| Finding {
                rule: Rule::RunsAsRoot,
                level,
                message,
                stage,
                primary: Label {
                    span: Span::new(0, 14),
                    line: 1,
                    text: note.clone(),
                },
                related: Vec::new(),
                notes: vec![note.clone()],
                help: vec![note],
                fix: if fixed {
                    Ok(Fix {
                        title,
                        edits: vec![Edit {
                            span: Span::at(15),
                            content,
                            reason: doubt.clone(),
                        }],
                        files: Vec::new(),
                        applicability: if safe {
                            Applicability::Safe
                        } else {
                            Applicability::Unsafe
                        },
                        doubts: vec![Reason::new("a-doubt", doubt)],
                        remarks: vec![remark],
                        moved_ports: Vec::new(),
                        steps_down: false,
                    })
                } else {
                    Err(Reason::new("a-reason", doubt))
                },
                alternatives: Vec::new(),
            },
        )
}

/// What a report on one file, and on one that could not be read, comes to.
fn written(mut report: impl Report, path: &str, findings: &[Finding], words: &str) -> String {
    let analysis = Analysis {
        suppressed: Vec::new(),
        findings: findings.to_vec(),
        targets: Vec::new(),
    };
    let found = Found {
        name: path,
        path,
        bytes: BYTES,
        analysis: &analysis,
        patch: words.as_bytes(),
    };
    let mut out = Vec::new();
    let done = report
        .start(&mut out)
        .and_then(|()| report.add(&mut out, &found))
        .and_then(|()| report.fail(&mut out, words))
        .and_then(|()| report.finish(&mut out));
    done.expect("memory takes all");
    String::from_utf8(out).expect("UTF-8")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_format_stays_what_it_is(
        path in text(),
        findings in prop::collection::vec(finding(), 0..3),
        words in text(),
    ) {
        let json = written(json::Report::default(), &path, &findings, &words);
        let read: Value = serde_json::from_str(&json).expect("JSON");
        prop_assert_eq!(&read["files"][0]["path"], &path);
        prop_assert_eq!(&read["errors"][0], &words);
        let sarif = written(sarif::Report::default(), &path, &findings, &words);
        let read: Value = serde_json::from_str(&sarif).expect("JSON");
        prop_assert_eq!(read["runs"][0]["results"].as_array().map(Vec::len), Some(findings.len()));
        let gitlab = written(gitlab::Report::default(), &path, &findings, &words);
        let read: Value = serde_json::from_str(&gitlab).expect("JSON");
        prop_assert_eq!(read.as_array().map(Vec::len), Some(findings.len()));
        let lines = written(rdjsonl::Report, &path, &findings, &words);
        prop_assert_eq!(lines.lines().count(), findings.len());
        for line in lines.lines() {
            let read: Value = serde_json::from_str(line).expect("JSON");
            prop_assert_eq!(&read["location"]["path"], &path);
        }
        let junit = written(junit::Report, &path, &findings, &words);
        let bad = cases(&junit).iter().filter(|case| case.bad.is_some()).count();
        prop_assert!(bad >= 1, "the file that could not be read");
        for text in [json, sarif, gitlab, lines, junit] {
            prop_assert!(!text.contains("##["), "{}", text);
            prop_assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{}", text);
        }
        let commands = written(github::Report::default(), &path, &findings, &words);
        prop_assert_eq!(commands.lines().count(), findings.len() + 1);
        for line in commands.split_terminator('\n') {
            let ours = ["::error ", "::warning ", "::notice "];
            prop_assert!(ours.iter().any(|start| line.starts_with(start)), "{}", line);
            prop_assert!(!line.contains('\r'), "{}", line);
        }
        check(&written(markdown::Report::default(), &path, &findings, &words), findings.len());
    }
}

/// Reads Markdown as GitHub does, and fails where something is more than text that the program did not write so.
fn check(text: &str, findings: usize) {
    let extensions = Extensions::ENABLE_TABLES
        | Extensions::ENABLE_FOOTNOTES
        | Extensions::ENABLE_STRIKETHROUGH
        | Extensions::ENABLE_TASKLISTS
        | Extensions::ENABLE_GFM
        | Extensions::ENABLE_MATH;
    let (mut code, mut rows, mut headings) = (0, 0, 0);
    for event in Parser::new_ext(text, extensions) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => code -= 1,
            Event::Start(Tag::Heading { .. }) => headings += 1,
            Event::Start(Tag::TableRow) => rows += 1,
            Event::InlineHtml(html) => assert_eq!(&*html, "<br>", "{text}"),
            Event::Text(plain) if code == 0 => {
                for word in plain.split_whitespace() {
                    let odd = ['@', '#', '<', '/', '\\', '&'];
                    assert!(
                        !word.contains(odd) && !word.contains("www."),
                        "{word} in {text}"
                    );
                }
            }
            Event::Start(
                Tag::Image { .. }
                | Tag::Link { .. }
                | Tag::FootnoteDefinition(_)
                | Tag::BlockQuote(_)
                | Tag::Strikethrough
                | Tag::Emphasis,
            )
            | Event::Html(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::HardBreak => panic!("{event:?} in {text}"),
            _ => {}
        }
    }
    assert_eq!((code, rows), (0, findings), "{text}");
    assert!(headings <= 2, "{text}");
    assert!(
        text.lines().all(|line| !line.starts_with('/')),
        "a command: {text}"
    );
}
