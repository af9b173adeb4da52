//! What holds for any bytes, and for Dockerfiles put together at random.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use unroot::edits::{ApplyError, apply};
use unroot::finding::Edit;
use unroot::source::Span;

#[path = "common/invariants.rs"]
mod invariants;

/// Pieces that a lexer trips over, and bytes that are no text.
fn odd() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![select(ODD).prop_map(<[u8]>::to_vec), vec(any::<u8>(), 0..4),]
}

const ODD: &[&[u8]] = &[
    b"\\",
    b"\\\n",
    b"\\ \t\r\n",
    b"\\\\\n",
    b"`\n",
    b"\r",
    b"\r\n",
    b"\n",
    b"\n\n",
    b"\xEF\xBB\xBF",
    b"\xA0",
    b"\xC2\xA0",
    b"\xE2\x80\xA8",
    b"\x0B",
    b"\x0C",
    b"\0",
    b"#",
    b"# c\n",
    b"# escape=`\n",
    b"# check=a\n",
    b"# syntax=x\n",
    b"<<EOF\n",
    b"<<-'E O'\n",
    b"EOF\n",
    b"<<",
    b"3<<E",
    b"\"",
    b"'",
    b"${",
    b"$(",
    b"$((",
    b"))",
    b"}",
    b"[\"a\",",
    b"]",
    b"--",
    b"--a=\"b",
    b"ONBUILD ",
    b"ONBUILD\\\n ",
    b"RU\\\nN ",
    b"FROM ",
    b"USER ",
    b"ARG A\n",
    b"${A:-${B",
    b"${A//?/*}",
    b"a:b",
    b"\t",
];

/// Bytes that look like a Dockerfile from afar.
fn shredded() -> impl Strategy<Value = Vec<u8>> {
    vec(
        prop_oneof![3 => select(LINES).prop_map(|line| line.as_bytes().to_vec()), 2 => odd()],
        0..24,
    )
    .prop_map(|pieces| pieces.concat())
}

const FROM: &[&str] = &[
    "FROM alpine:3.20\n",
    "FROM debian:12-slim AS run\n",
    "FROM node:22\n",
    "FROM nginx:1.27\n",
    "FROM scratch\n",
    "FROM golang:1.23 AS build\n",
    "FROM ubuntu:24.04\n",
    "FROM --platform=linux/amd64 python:3.12-slim\n",
    "from busybox\n",
    "FROM gcr.io/distroless/static\n",
    "FROM $B\n",
    "FROM redis:7\n",
    "FROM postgres\n",
    "FROM build\n",
];

const LINES: &[&str] = &[
    "RUN apt-get update && apt-get install -y gosu\n",
    "RUN apk add --no-cache curl\n",
    "RUN useradd -m app\n",
    "RUN adduser -D -u 1000 app \\\n  && chown -R app /app\n",
    "RUN groupadd -r x; useradd -r -g x x\n",
    "RUN [\"/bin/true\"]\n",
    "RUN <<EOF\nset -e\nmkdir /data\nEOF\n",
    "RUN --mount=type=cache,target=/root/.cache pip install x\n",
    "run mkdir -p /var/log/a\n",
    "COPY . /app\n",
    "COPY --chown=app:app . .\n",
    "COPY --from=0 /out /usr/bin/out\n",
    "ADD a.tar /\n",
    "COPY <<A <<B /etc/\na\nA\nb\nB\n",
    "WORKDIR /app\n",
    "WORKDIR src\n",
    "ENV A=b C=\"d e\"\n",
    "ENV HOME /root\n",
    "ENV U=app\n",
    "ARG U\n",
    "ARG UID=1000\n",
    "VOLUME /data\n",
    "VOLUME [\"/a\", \"/b c\"]\n",
    "EXPOSE 80 443/tcp\n",
    "EXPOSE $PORT\n",
    "USER root\n",
    "USER app\n",
    "USER $U\n",
    "USER 1000:1000\n",
    "USER 0\n",
    "USER \"\"\n",
    "LABEL a=b\n",
    "STOPSIGNAL SIGTERM\n",
    "HEALTHCHECK CMD curl -f localhost\n",
    "HEALTHCHECK NONE\n",
    "SHELL [\"/bin/bash\", \"-c\"]\n",
    "ONBUILD RUN x\n",
    "ONBUILD USER y\n",
    "ENTRYPOINT [\"/app/run\"]\n",
    "ENTRYPOINT exec gosu app run\n",
    "ENTRYPOINT []\n",
    "CMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
    "CMD node server.js > /var/log/x.log\n",
    "CMD [\"su-exec\", \"app\", \"x\"]\n",
    "cmd sh\n",
    "MAINTAINER me\n",
    "# a comment\n",
    "\n",
    "  \n",
    "# unroot: ignore why\n",
    "RUN a \\\n# c\n\n  && b\n",
    "USER x \\\n",
];

const TOPS: &[&str] = &[
    "",
    "",
    "",
    "# syntax=docker/dockerfile:1\n",
    "# check=error=true\n",
    "# c\n\n",
    "ARG B=alpine\n",
    "\u{feff}",
    "# escape=`\n",
];

/// Dockerfiles that mostly read: a top, stages, and now and then odd bytes within a comment or a line.
fn dockerfile() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        20 => select(LINES).prop_map(|line| line.as_bytes().to_vec()),
        1 => "[ -~\u{e9}]{0,12}".prop_map(|text| format!("# {text}\n").into_bytes()),
        1 => vec(128_u8..=255, 1..4).prop_map(|odd| [b"LABEL a=x", odd.as_slice(), b"\n"].concat()),
        1 => "[a-z${}:/'\\\\-]{1,8}".prop_map(|text| format!("USER {text}\n").into_bytes()),
    ];
    let stage = (select(FROM), vec(line, 0..9));
    (select(TOPS), vec(stage, 1..4), any::<(bool, bool)>()).prop_map(
        |(top, stages, (crlf, cut))| {
            let mut bytes = top.as_bytes().to_vec();
            for (from, lines) in stages {
                bytes.extend_from_slice(from.as_bytes());
                bytes.extend(lines.concat());
            }
            if crlf {
                bytes = bytes
                    .split(|byte| *byte == b'\n')
                    .collect::<Vec<_>>()
                    .join(b"\r\n".as_slice());
            }
            if cut {
                bytes.truncate(bytes.trim_ascii_end().len());
            }
            bytes
        },
    )
}

/// A file and edits of it, sometimes outside it or over each other.
fn edits() -> impl Strategy<Value = (Vec<u8>, Vec<Edit>)> {
    let edit =
        (0_usize..24, 0_usize..6, "[a-c\u{e9}]{0,3}").prop_map(|(start, length, content)| Edit {
            span: Span::new(start, start + length),
            content,
            reason: String::new(),
        });
    (vec(any::<u8>(), 0..24), vec(edit, 0..5))
}

/// The slow way: byte by byte. None where two edits want one byte, or one lies outside.
fn model(bytes: &[u8], edits: &[Edit]) -> Option<Vec<u8>> {
    let mut owner: Vec<Option<usize>> = vec![None; bytes.len()];
    for (index, edit) in edits.iter().enumerate() {
        for slot in owner.get_mut(edit.span.start..edit.span.end)? {
            if slot.replace(index).is_some() {
                return None;
            }
        }
    }
    let mut out = Vec::new();
    for at in 0..=bytes.len() {
        for edit in edits
            .iter()
            .filter(|e| e.span.is_empty() && e.span.start == at)
        {
            if at > 0 && at < bytes.len() && owner[at].is_some() && owner[at - 1] == owner[at] {
                return None;
            }
            out.extend_from_slice(edit.content.as_bytes());
        }
        match owner.get(at).copied().flatten() {
            Some(index) if edits[index].span.start == at => {
                out.extend_from_slice(edits[index].content.as_bytes());
            }
            Some(_) => {}
            None => out.extend(bytes.get(at)),
        }
    }
    Some(out)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_loss(bytes in vec(any::<u8>(), 0..400)) {
        invariants::reads_without_loss(&bytes);
        invariants::words_end(&bytes);
    }

    #[test]
    fn odd_dockerfiles_are_read_without_loss(bytes in shredded()) {
        invariants::reads_without_loss(&bytes);
        invariants::words_end(&bytes);
    }

    #[test]
    fn dockerfiles_are_read_without_loss(bytes in dockerfile()) {
        invariants::reads_without_loss(&bytes);
    }

    #[test]
    fn fixes_of_odd_files_stand(bytes in shredded()) {
        invariants::a_fix_stands(&[b"FROM alpine\n".as_slice(), &bytes].concat());
    }

    #[test]
    fn fixes_stand(bytes in dockerfile()) {
        invariants::a_fix_stands(&bytes);
    }

    #[test]
    fn no_fix_is_rejected(bytes in dockerfile()) {
        invariants::no_fix_is_rejected(&bytes);
    }

    #[test]
    fn edits_are_made_as_the_model_makes_them((bytes, edits) in edits()) {
        let made = apply(&bytes, &edits);
        let expected = model(&bytes, &edits);
        prop_assert_eq!(made.as_ref().ok(), expected.as_ref(), "{:?}", made);
        if let Err(ApplyError::OutOfBounds(_)) = made {
            prop_assert!(edits.iter().any(|edit| edit.span.end > bytes.len()));
        }
    }
}

/// The grammar makes files that are fixed: a property that no file reaches proves nothing.
#[test]
fn the_grammar_reaches_the_fixes() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let fixed = (0..300)
        .filter(|_| {
            let tree = dockerfile().new_tree(&mut runner).expect("a file");
            invariants::a_fix_stands(&tree.current())
        })
        .count();
    assert!(fixed >= 30, "{fixed} of 300 files are fixed");
}
