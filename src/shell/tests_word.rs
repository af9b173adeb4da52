//! What words become.

use super::lex::Script;
use super::word::braces;

fn env(name: &str) -> Option<String> {
    match name {
        "APP" => Some("web".into()),
        "EMPTY" => Some(String::new()),
        _ => None,
    }
}

#[test]
fn words_expand() {
    // (the word, what it becomes, whether all of it is known)
    let rows: &[(&str, &str, bool)] = &[
        ("plain", "plain", true),
        ("'single $APP'", "single $APP", true),
        ("\"double $APP\"", "double web", true),
        ("$APP", "web", true),
        ("${APP}x", "webx", true),
        ("$APPx", "", false),
        ("a\\ b", "a b", true),
        ("\\$APP", "$APP", true),
        ("${NONE}", "", false),
        ("${NONE:-d}", "d", true),
        ("${NONE-d}", "d", true),
        ("${NONE:-}", "", true),
        ("${NONE:=d}", "d", true),
        ("${EMPTY:-d}", "d", true),
        ("${EMPTY-d}", "", true),
        ("${APP:-d}", "web", true),
        ("${APP:+w}", "w", true),
        ("${NONE:+w}", "", true),
        ("${EMPTY:+w}", "", true),
        ("${EMPTY+w}", "w", true),
        ("${APP:?must be set}", "web", true),
        ("${NONE:-${APP}}", "web", true),
        ("${NONE:-${EMPTY:-\"x y\"}}", "x y", true),
        ("/srv/${NONE:-/a/$APP}/c", "/srv//a/web/c", true),
        ("${APP%b}", "", false),
        ("${#APP}", "", false),
        ("$(id -u)", "", false),
        ("x`id`", "x", false),
        ("$((1+2))", "", false),
        ("a\"b\"'c'", "abc", true),
        ("$'a\\tb'", "a\tb", true),
        ("$", "$", true),
    ];
    for (word, text, complete) in rows {
        let script = Script::parse(format!("echo {word}").as_bytes());
        let got = script.commands[script.commands.len() - 1].words[1].expand(&env);
        assert_eq!(
            (got.text.as_str(), got.complete),
            (*text, *complete),
            "{word}"
        );
    }
}

#[test]
fn a_word_names_the_variables_it_rests_on() {
    let script = Script::parse(b"echo \"$A${B:-$C}$A\"");
    assert_eq!(
        script.commands[0].words[1].expand(&|_| None).vars,
        ["A", "B", "C"]
    );
}

#[test]
fn brace_lists() {
    let rows: &[(&str, &[&str])] = &[
        ("/a", &["/a"]),
        ("/a/{b,c}", &["/a/b", "/a/c"]),
        ("{a,b}/{c,d}", &["a/c", "a/d", "b/c", "b/d"]),
        ("/a/{b,c/{d,e}}", &["/a/b", "/a/c/d", "/a/c/e"]),
        ("/a{,.bak}", &["/a", "/a.bak"]),
        ("{}", &["{}"]),
        ("{a", &["{a"]),
    ];
    for (text, all) in rows {
        assert_eq!(braces(text), *all, "{text}");
    }
    assert!(braces(&"{a,b}".repeat(40)).len() <= 64);
}
