//! What the reader of commands must see.

use std::fmt::Write as _;

use super::lex::{Command, Pipeline, RedirectOp, Script};

use super::word::Part;

/// `words if|else fn=f sub out |n & ! <n >n`, commands apart by ` / `.
fn show(script: &Script) -> String {
    let one = |command: &Command| {
        let mut text = String::new();
        for (name, value) in &command.assignments {
            write!(
                text,
                "{name}={} ",
                value.literal().unwrap_or_else(|| "?".into())
            )
            .unwrap();
        }
        let words = command.words.iter().map(|word| {
            let part = |part: &Part| match part {
                Part::Literal { text, .. } => text.clone(),
                Part::Var { name, op, .. } => format!("${{{name}{op}}}"),
                Part::Command => "$()".into(),
            };
            word.parts().iter().map(part).collect::<String>()
        });
        text += &words.collect::<Vec<_>>().join(" ");
        let context = &command.context;
        let flags = [
            (context.branch && !context.otherwise, "?"),
            (context.branch && context.otherwise, "?else"),
            (context.conditional && !context.branch, "?fn"),
            (context.subshell && !context.substitution, "sub"),
            (context.substitution, "out"),
            (context.pipeline == Pipeline::First, "|1"),
            (context.pipeline == Pipeline::Middle, "|2"),
            (context.pipeline == Pipeline::Last, "|3"),
            (context.background, "bg"),
            (context.negated, "not"),
        ];
        let flags: Vec<_> = flags
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, flag)| *flag)
            .collect();
        if flags.is_empty() {
            text
        } else {
            format!("{text} [{}]", flags.join(" "))
        }
    };
    let mut text = script
        .commands
        .iter()
        .map(one)
        .collect::<Vec<_>>()
        .join(" / ");
    if !script.certain {
        text += " UNSURE";
    }
    text
}

#[test]
fn commands() {
    let rows: &[(&str, &str)] = &[
        ("a b c", "a b c"),
        ("a; b\nc", "a / b / c"),
        ("a && b || c", "a / b / c [?else]"),
        ("a || b && c", "a / b [?else] / c"),
        ("[ x ] && a && b; c", "[ x ] / a [?] / b [?] / c"),
        ("[ x ] && a || b", "[ x ] / a [?] / b [?else]"),
        ("[ x ] || [ y ] && a", "[ x ] / [ y ] [?else] / a [?]"),
        ("[ x ] && { a; b; }; c", "[ x ] / a [?] / b [?] / c"),
        ("a ||\n b", "a / b [?else]"),
        ("a | b | c", "a [|1] / b [|2] / c [|3]"),
        ("a & b", "a [bg] / b"),
        ("a && b & c", "a [bg] / b [bg] / c"),
        ("! a", "a [not]"),
        ("a # b; c\nd", "a / d"),
        ("a#b", "a#b"),
        ("a \\\n b", "a b"),
        ("a\\\nb", "ab"),
        ("'a;b' \"c && d\"", "a;b c && d"),
        ("'' \"\"", " "),
        ("a\\;b", "a;b"),
        ("A=1 B='x y' c", "A=1 B=x y c"),
        ("A=1", "A=1 "),
        ("A=(x y); b", "A=x y  / b"),
        ("a A=1", "a A=1"),
        ("(a; b) c", "a [sub] / b [sub] / c"),
        ("(a) && b", "a [sub] / b"),
        ("if a; then b; else c; fi; d", "a / b [?] / c [?else] / d"),
        (
            "if a; then b; elif c; then d; fi",
            "a / b [?] / c [?else] / d [?]",
        ),
        ("if a\nthen\nb\nfi", "a / b [?]"),
        ("while a; do b; done", "a / b [?]"),
        ("until a; do b; done; c", "a / b [?] / c"),
        ("for x in $Y; do a; done", "for x in ${Y} / a [?]"),
        (
            "for x in 1 2; do a $x; done; b",
            "for x in 1 2 / a ${x} / b",
        ),
        ("for x in *.c; do a; done", "for x in *.c / a [?]"),
        ("for ((i=0;i<3;i++)); do a; done", "for / a [?]"),
        (
            "case $x in a|b) c;; (d) e;; *) f; esac; g",
            "case ${x} in / c [?] / e [?] / f [?] / g",
        ),
        ("case x in\n a)\n  b\n  ;;\nesac", "case x in / b [?]"),
        ("f() { a; }; f", "a [?fn] / f"),
        ("f () {\n if a; then b; fi\n}", "a [?fn] / b [?]"),
        ("function f { a; }", "a [?fn]"),
        ("function f() (a)", "a [?fn sub]"),
        ("echo then if fi }", "echo then if fi }"),
        ("a $(b c) d", "b c [out] / a $() d"),
        ("a \"x$(b)y\"", "b [out] / a x$()y"),
        ("a `b c`", "b c [out] / a $()"),
        ("a `b \\`c\\``", "c [out] / b $() [out] / a $()"),
        ("a $(b | c)", "b [out |1] / c [out |3] / a $()"),
        (
            "a $(case x in x) b;; esac) c",
            "case x in [out] / b [? out] / a $() c",
        ),
        ("a $((1 + (2))) b", "a $() b"),
        ("a $( (b) ) c", "b [out] / a $() c"),
        ("a $((b); c)", "b [out] / c [out] / a $()"),
        ("((x++)); a", "(( / a"),
        ("[[ a && b || (c < d) ]] && e", "[[ a b c d ]] / e [?]"),
        ("a ${x:-y z} ${#x}", "a ${x:-y z} ${x#}"),
        ("a <(b) >(c)", "b [out] / c [out] / a $() $()"),
        ("a 2>&1 >b <c", "a"),
        ("a>b c", "a c"),
        ("a 2 >b", "a 2"),
        ("cat <<EOF && a\nb; c\nEOF\nd", "cat / a / d"),
        ("cat <<-'EOF'\n\tb\n\tEOF\nd", "cat / d"),
        ("cat <<A <<B\n1\nA\n2\nB\nd", "cat / d"),
        ("sh <<EOF\na\nb\nEOF\nc", "sh / a / b / c"),
        ("sh -c 'a; b' c", "sh -c a; b c / a / b"),
        ("bash -lc \"a && b\"", "bash -lc a && b / a / b"),
        ("bash -euo pipefail -c a", "bash -euo pipefail -c a / a"),
        ("sh -c \"a \\\"b c\\\"\"", "sh -c a \"b c\" / a b c"),
        ("[ x ] && sh -c 'a'", "[ x ] / sh -c a [?] / a [?]"),
        ("sh x.sh -c a", "sh x.sh -c a"),
        ("a\r\nb\r\n", "a / b"),
        ("{ a; b; } > x", "a / b / "),
        ("a;;b", "a / b"),
        ("", ""),
        ("# only\n", ""),
        // what is broken is said to be
        ("a 'b", "a b UNSURE"),
        ("a \"b", "a b UNSURE"),
        ("a $(b", "b [out] / a $() UNSURE"),
        ("a ${b", "a ${b} UNSURE"),
        ("a `b", "b [out] / a $() UNSURE"),
        ("if a; then b", "a / b [?] UNSURE"),
        ("a )", "a UNSURE"),
        ("fi", "UNSURE"),
        ("cat <<EOF\nx", "cat UNSURE"),
    ];
    let mut wrong = Vec::new();
    for (text, expected) in rows {
        let got = show(&Script::parse(text.as_bytes()));
        if got.trim() != expected.trim() {
            wrong.push(format!("{text:?}\n     got {got}\nexpected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn prefixes_are_seen_through() {
    // (command, its program, its arguments)
    let rows: &[(&str, Option<&str>, usize)] = &[
        ("sudo useradd x", Some("useradd"), 2),
        ("sudo -E -u root env A=b useradd x", Some("useradd"), 2),
        ("exec \"$@\"", None, 1),
        ("exec -a name server x", Some("server"), 2),
        ("command useradd x", Some("useradd"), 2),
        ("command -v useradd", Some("command"), 3),
        ("nice -n 5 ionice -c 3 a b", Some("a"), 2),
        ("timeout -k 5 10 a", Some("a"), 1),
        ("eatmydata apt-get install x", Some("apt-get"), 3),
        ("xargs -0 -n 1 chown app", Some("chown"), 2),
        ("env", Some("env"), 1),
        ("nohup /usr/bin/a &", Some("a"), 1),
        ("time a", Some("a"), 1),
        ("busybox adduser x", Some("adduser"), 2),
        ("exec > /log", Some("exec"), 1),
    ];
    for (text, program, count) in rows {
        let script = Script::parse(text.as_bytes());
        let command = &script.commands[0];
        assert_eq!(
            (command.program(), command.args().len()),
            (*program, *count),
            "{text}"
        );
    }
}

#[test]
fn spans_are_of_the_input() {
    let text = b"A=1 a 'b c' && sh -c 'd e' # x\n f <<E\ng\nE\n";
    let script = Script::parse(text);
    let spans: Vec<&[u8]> = script
        .commands
        .iter()
        .map(|command| &text[command.span.clone()])
        .collect();
    assert_eq!(
        spans,
        [&b"A=1 a 'b c'"[..], b"sh -c 'd e'", b"d e", b"f <<E"]
    );
    assert_eq!(script.commands[0].words[1].raw(text), b"'b c'");
    assert_eq!(script.commands[2].words[1].raw(text), b"e");
    assert_eq!(
        (
            &text[script.heredocs[0].span.clone()],
            script.heredocs[0].text.as_str()
        ),
        (&b"g\n"[..], "g\n")
    );
    assert_eq!(script.commands[3].redirects[0].op, RedirectOp::Heredoc);
}

#[test]
fn a_run_is_joined_as_the_dockerfile_says() {
    // (text, escape, commands)
    let rows: &[(&str, u8, &str)] = &[
        ("a \\\n b", b'\\', "a b"),
        ("a \\  \n b", b'\\', "a b"),
        ("a && \\\n# note\n b", b'\\', "a / b"),
        ("a x \\\n  # note\n\n y", b'\\', "a x y"),
        ("a 'x \\\n y'", b'\\', "a x  y"),
        ("a \\\r\n b\r\n", b'\\', "a b"),
        ("a `\n b", b'`', "a b"),
        ("a \\\\\n b", b'\\', "a \\ / b"),
        ("a # b \\\n c", b'\\', "a"),
    ];
    for (text, escape, expected) in rows {
        let script = Script::parse_run(text.as_bytes(), *escape);
        assert_eq!(show(&script), *expected, "{text}");
    }
    let text = b"a \\\n# note\n bcd";
    assert_eq!(
        &text[Script::parse_run(text, b'\\').commands[0].words[1]
            .span
            .clone()],
        b"bcd"
    );
}
