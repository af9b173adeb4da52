//! What pull requests say: three examples as the program describes them, read them as their maintainer would; and
//! that nothing which others wrote gets out of its place.

use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use pulldown_cmark::{Event, Options as Extensions, Parser, Tag};
use unroot::analysis::Options;
use unroot::context::Folder;
use unroot::finding::{Applicability, Finding, Fix};
use unroot::fix::{Ports, Wish};
use unroot::plan::{Patched, PatchedFile, patch};
use unroot::pr::body::{Body, FileNote, LONGEST, LeftAlone, ProofNote, TargetNote};
use unroot::pr::describe::{Changed, changed, left_alone};
use unroot::verify::{Check, Line, LineResult, Proof, Times, Verdict};

/// An example of the project, before and after.
struct Example {
    path: String,
    before: Vec<u8>,
    patched: Patched,
}

impl Example {
    fn new(name: &str, options: &Options) -> Self {
        let path = format!("examples/{name}/Dockerfile");
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(&path);
        let before = std::fs::read(&file).expect("readable");
        let patched = patch(
            &before,
            &Folder::around(&file),
            options,
            Applicability::Unsafe,
        );
        Self {
            path,
            before,
            patched: patched.expect("a target"),
        }
    }

    fn note(&self, proofs: &[&Proof]) -> FileNote {
        let findings = self.patched.applied();
        let fixes: Vec<(&Finding, &Fix)> = findings
            .filter_map(|finding| Some((finding, finding.fix.as_ref().ok()?)))
            .collect();
        let folder = self.path.trim_end_matches("Dockerfile");
        let files: Vec<(String, &PatchedFile)> = self
            .patched
            .files
            .iter()
            .map(|file| (format!("{folder}{}", file.path), file))
            .collect();
        let files: Vec<(&str, &PatchedFile)> = files
            .iter()
            .map(|(path, file)| (path.as_str(), *file))
            .collect();
        changed(&Changed {
            path: &self.path,
            before: &self.before,
            after: self.patched.after.as_deref().expect("a fix"),
            fixes: &fixes,
            files: &files,
            proofs,
            verify: &format!("unroot verify {}", self.path),
        })
    }
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/pr");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn one_safe_fix_that_was_not_built() {
    let example = Example::new("python-app", &Options::default());
    let body = Body {
        files: vec![example.note(&[])],
        left: Vec::new(),
    };
    snapshot("python", &body.render());
}

#[test]
fn one_that_needs_an_eye_and_was_proven() {
    let options = Options {
        wish: Wish {
            ports: Ports::Move,
            ..Wish::default()
        },
        ..Options::default()
    };
    let example = Example::new("nginx", &options);
    let line = |check, original: &str, fixed: &str| Line {
        check,
        result: LineResult::Fine,
        original: original.into(),
        fixed: fixed.into(),
        evidence: Vec::new(),
        extra: false,
    };
    let proof = Proof {
        engine: "docker 26.1.5".into(),
        stage: None,
        verdict: Verdict::Proven,
        lines: vec![
            line(Check::Builds, "yes", "yes"),
            line(Check::ConfigUser, "none, so root", "101:101"),
            line(Check::Starts, "yes", "yes"),
            line(Check::State, "up", "up"),
            line(Check::Processes, "0:0, 101:101", "101:101"),
            line(Check::Ports, "80", "8080 (moved)"),
            line(Check::Log, "none", "no new ones"),
            Line {
                result: LineResult::Bad,
                extra: true,
                ..line(Check::Writes, "12 paths", "11 paths")
            },
        ],
        learned: None,
        times: Times {
            build_original: Duration::from_secs(1),
            ..Times::default()
        },
        left_behind: Vec::new(),
    };
    let body = Body {
        files: vec![example.note(&[&proof])],
        left: Vec::new(),
    };
    snapshot("nginx", &body.render());
}

#[test]
fn a_repository_of_several() {
    let names = [
        "go-service",
        "node-app",
        "package-install",
        "private-base",
        "sshd",
        "steps-down",
    ];
    let mut body = Body::default();
    for name in names {
        let example = Example::new(name, &Options::default());
        if example.patched.after.is_some() {
            body.files.push(example.note(&[]));
        }
        body.left
            .extend(left_alone(&example.path, &example.patched));
    }
    snapshot("several", &body.render());
}

#[test]
fn what_does_not_fit_is_cut_by_sections_and_said() {
    let example = Example::new("python-app", &Options::default());
    let mut note = example.note(&[]);
    note.diff = "+RUN something that is long enough to fill a line of a diff\n".repeat(200);
    let body = Body {
        files: vec![note; 20],
        left: Vec::new(),
    };
    assert!(body.full().chars().count() > LONGEST);
    let text = body.render();
    assert!(
        text.chars().count() <= LONGEST - 100,
        "{}",
        text.chars().count()
    );
    assert!(
        text.contains("**This text is cut**: of 23 sections,")
            && text.contains("summary of the run"),
        "{text}"
    );
    assert_eq!(
        text.matches("<details>").count(),
        text.matches("</details>").count()
    );
    check(&body, &text);
    // The limit counts characters, not bytes.
    let mut wide = body.files[0].clone();
    wide.diff = "+é".repeat(30_000);
    let wide = Body {
        files: vec![wide],
        left: Vec::new(),
    };
    assert_eq!(wide.render(), wide.full());
}

/// Pieces that mean something to Markdown, to GitHub, or to bots that read comments.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("`"),
        Just("```"),
        Just("````\n"),
        Just("~~~\n"),
        Just("\n"),
        Just("\r"),
        Just("\r\n"),
        Just(" "),
        Just("\n\n"),
        Just("@octocat"),
        Just("@acme/team"),
        Just("#12"),
        Just("GH-7"),
        Just("acme/shop#1"),
        Just("abcdef0123"),
        Just("https://evil.test"),
        Just("www.evil.test"),
        Just("me@evil.test"),
        Just("<https://evil.test>"),
        Just("[a](https://evil.test)"),
        Just("![a](https://evil.test/x.png)"),
        Just("[a]: https://evil.test\n"),
        Just("[^1]"),
        Just("<script>alert(1)</script>"),
        Just("<img src=x>"),
        Just("<!--"),
        Just("-->"),
        Just("</details>"),
        Just("<details>"),
        Just("&lt;b&gt;"),
        Just("\n# Heading"),
        Just("\n---\n"),
        Just("\n==="),
        Just("\n- [ ] task"),
        Just("1. one"),
        Just("> quote"),
        Just("\n> [!WARNING]\n"),
        Just("|a|b|\n|-|-|\n"),
        Just("**bold**"),
        Just("_it_"),
        Just("~~x~~"),
        Just("$x$"),
        Just("\n$$\nx\n$$\n"),
        Just("\\"),
        Just(":tada:"),
        Just("/close"),
        Just("\n/lgtm\n"),
        Just("@dependabot merge"),
        Just("Fixes #1"),
        Just("\u{202E}"),
        Just("\u{200B}"),
        Just("\u{2028}"),
        Just("\u{FEFF}"),
        Just("\0"),
        Just("\u{1b}[31m"),
        Just("\t"),
        Just("    "),
        Just("<!-- unroot 9.9.9 plan=0 title=0 text=0 closed -->"),
        Just("word"),
        Just("é"),
        Just("USER root"),
        Just("python:3.12"),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn hostile_body() -> impl Strategy<Value = Body> {
    let list = || prop::collection::vec(hostile(), 0..3);
    let proof = prop_oneof![
        Just(ProofNote::NotRun),
        (hostile(), list()).prop_map(|(engine, same)| ProofNote::Proven { engine, same }),
        hostile().prop_map(|why| ProofNote::NotProvable { why }),
        hostile().prop_map(|why| ProofNote::Broken { why }),
    ];
    let target = (prop::option::of(hostile()), hostile(), hostile())
        .prop_map(|(stage, why, fix)| TargetNote { stage, why, fix });
    let file = (
        hostile(),
        prop::collection::vec(target, 1..3),
        hostile(),
        list(),
        list(),
        any::<(bool, bool)>(),
        proof,
        hostile(),
    )
        .prop_map(
            |(path, targets, diff, reasons, watch, (safe, steps_down), proof, verify)| FileNote {
                path,
                targets,
                diff,
                reasons,
                watch,
                safe,
                steps_down,
                proof,
                verify,
            },
        );
    let left = (hostile(), hostile()).prop_map(|(path, why)| LeftAlone { path, why });
    (
        prop::collection::vec(file, 0..3),
        prop::collection::vec(left, 0..9),
    )
        .prop_map(|(files, left)| Body { files, left })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nothing_gets_out_of_its_place(body in hostile_body(), limit in 0_usize..4000) {
        check(&body, &body.full());
        check(&body, &body.within(limit));
    }
}

/// Reads the text as GitHub does, and fails where something is more than text that we did not write so.
fn check(body: &Body, text: &str) {
    let extensions = Extensions::ENABLE_TABLES
        | Extensions::ENABLE_FOOTNOTES
        | Extensions::ENABLE_STRIKETHROUGH
        | Extensions::ENABLE_TASKLISTS
        | Extensions::ENABLE_GFM
        | Extensions::ENABLE_MATH;
    let (mut code, mut headings, mut details) = (0, 0, 0_i32);
    for event in Parser::new_ext(text, extensions) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => code -= 1,
            Event::Start(Tag::Heading { .. }) => headings += 1,
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert_eq!(&*dest_url, env!("CARGO_PKG_REPOSITORY"));
            }
            Event::Html(html) => {
                let html = html.trim();
                let ours = html.starts_with("<details><summary>")
                    && html.ends_with("</summary>")
                    && html.matches('<').count() == 3;
                assert!(ours || html == "</details>", "{html}");
                details += if ours { 1 } else { -1 };
                assert!((0..=1).contains(&details), "{text}");
            }
            // Text of ours may hold what theirs may not: nothing so far.
            Event::Text(plain) if code == 0 => {
                for word in plain.split_whitespace() {
                    assert!(
                        !word.contains(['@', '#', '<', '/', '\\', '&']),
                        "{word} in {text}"
                    );
                    assert!(
                        !word.contains("www.") && !word.contains("GH-") && !word.starts_with(":t"),
                        "{word} in {text}"
                    );
                }
            }
            Event::Start(
                Tag::Image { .. }
                | Tag::Table(_)
                | Tag::FootnoteDefinition(_)
                | Tag::BlockQuote(_)
                | Tag::Strikethrough
                | Tag::Emphasis,
            )
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::HardBreak => panic!("{event:?} in {text}"),
            _ => {}
        }
    }
    assert_eq!((code, details), (0, 0), "{text}");
    assert!(
        headings
            <= if body.files.len() > 1 {
                body.files.len()
            } else {
                0
            },
        "{text}"
    );
    assert!(
        text.ends_with("are not looked for.\n"),
        "the last words are ours: {text}"
    );
    for line in text.lines() {
        assert!(!line.starts_with('/'), "a command: {line}");
    }
    let unseen = |ch: char| {
        ch.is_control() && ch != '\n' && ch != '\t'
            || matches!(ch, '\u{200B}' | '\u{202E}' | '\u{2028}' | '\u{FEFF}')
    };
    assert!(!text.contains(unseen), "{text:?}");
}
