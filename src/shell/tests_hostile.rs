//! What the readers must survive.

use super::accounts::Accounts;
use super::files::file_acts;
use super::home::root_home_uses;
use super::lex::Script;
use super::packages::installs;
use super::rights::rights;
use super::stepdown::step_down;
use super::users::Dialect;

/// Reads the text in every way there is.
fn read_all(text: &[u8]) {
    let env = |name: &str| (name.len() == 1).then(|| "x y".to_owned());
    for script in [Script::parse(text), Script::parse_run(text, b'\\')] {
        for command in &script.commands {
            assert!(
                command.span.start <= command.span.end && command.span.end <= text.len(),
                "{:?}",
                command.span
            );
            for word in &command.words {
                assert!(word.span.start <= word.span.end && word.span.end <= text.len());
            }
        }
        Accounts::default().read(&script, &env, Dialect::Unknown, 0);
        let _ = (
            file_acts(&script, &env, "/"),
            installs(&script),
            rights(&script).len(),
        );
        let _ = (root_home_uses(&script, &env), step_down(&script, &env));
    }
}

#[test]
fn hostile_input_is_survived_in_linear_time() {
    let pieces = [
        "(",
        ")",
        "((",
        "$(",
        "$((",
        "`",
        "\"",
        "'",
        "${",
        "${a:-",
        "{",
        "}",
        "if ",
        "case x in ",
        "f() ",
        "f() {",
        "<<A ",
        "<<A\n",
        "&&",
        "||",
        "|",
        "&",
        "a&",
        "(a&)",
        "! ",
        "\\",
        "\\\n",
        "\0",
        "#",
        "\n",
        ";",
        "\"$(",
        "$'",
        "[[ ",
        "a=(",
        "<(",
        "sh -c '",
        "sh -c \"",
        "for x in ",
        "a $b;",
        "{a,b}",
        "mkdir {a,b}",
        "a=b;",
        "useradd x;",
        "$a",
        "gosu a b;",
        "exec su-exec a b;",
        "f() { f; };",
        "if id;then gosu a b;fi;",
        "id -u&&",
        "`\\`",
        "a||",
        "A=gosu\\ a;",
        "sudo ",
        "cd a;",
        "set -- gosu a $@;",
        "curl|",
        "$(curl ",
        "else ",
        "a=x$a$a;",
        "b $a$a$a;a=x$a;",
        "mkdir $a;cd $a;",
        "f() { exec gosu a b; };",
        "P=gosu\\ a; $P b;",
        "x=$(id -u);[ $x ]&&exec gosu a b;",
        "for a in b c $a;do mkdir $a $a;done;",
        "`a ",
        "((a) ",
        "((a)) ",
    ];
    for piece in pieces {
        let text = piece.repeat(60_000 / piece.len());
        let start = std::time::Instant::now();
        read_all(text.as_bytes());
        let took = start.elapsed();
        if std::env::var_os("SHOW_TIMES").is_some() {
            println!("{took:?} {piece:?}");
        }
        assert!(took.as_secs() < 4, "{piece:?} took {took:?}");
    }
    let mut mixed = "(".repeat(50_000) + &") ".repeat(50_000);
    read_all(mixed.as_bytes());
    mixed = "$(".repeat(50_000) + &")".repeat(50_000);
    read_all(mixed.as_bytes());
    read_all(b"\xff\xfe a \x80'\xf0' \xc3");
    let script = Script::parse(b"echo \xff\x00a");
    assert_eq!(
        script.commands[0].words[1].literal().as_deref(),
        Some("\u{fffd}a")
    );
}

#[test]
fn mutations_are_survived() {
    let seeds = [
        "set -eux; groupadd -r -g 999 app && useradd -r -g app -u 999 --home-dir=/srv app; mkdir -p /srv/{a,b}; chown -R app:app \"$D\"\n",
        "if [ \"$(id -u)\" = 0 ]; then\n  find . -exec chown app '{}' +\n  exec gosu app \"$0\" \"$@\"\nfi\nexec \"$@\"\n",
        "case \"$1\" in a|b) set -- su-exec app \"$@\";; *) cat <<-EOF >> /etc/passwd\n\tx:x:1:1::/:\n\tEOF\n;; esac; f() { a || b; }\n",
        "curl -sS https://sh.rustup.rs | CARGO_HOME=${X:-/opt} sh -s -- -y && `echo \"a $((1+2))\"` && sh -c 'a \"b\" $c' # \\\n",
    ];
    let tokens = [
        "'", "\"", "$(", ")", "`", "${", "}", "\\", "\n", "<<E", "((", "#", ";;", "&&", "\0",
        "\u{e9}", "fi", "esac", "{", "|",
    ];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below
    };
    for round in 0..6000 {
        let mut text = seeds[round % seeds.len()].as_bytes().to_vec();
        for _ in 0..=next(6) {
            let at = next(text.len());
            match next(4) {
                0 => drop(text.remove(at)),
                1 => text[at] = u8::try_from(next(256)).unwrap_or(0),
                2 => drop(text.splice(at..at, tokens[next(tokens.len())].bytes())),
                _ => text.truncate(at.max(1)),
            }
            if text.is_empty() {
                text.push(b'a');
            }
        }
        read_all(&text);
    }
}
