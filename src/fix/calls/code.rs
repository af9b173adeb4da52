//! What an interpreter is told to run: text in the arguments, a file, or a module.

use super::Call;

/// The code that an interpreter runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fix) enum Code<'c> {
    /// `python -c 'import x'`
    Inline(&'c str),
    /// `node server.js`, `java -jar app.jar`
    File(&'c str),
    /// `python -m shop.web`
    Module(&'c str),
    /// It comes from standard input, or there is none.
    None,
}

/// How an interpreter takes its arguments, by the letters of its options.
struct Interpreter {
    names: &'static [&'static str],
    /// Options whose value is code.
    code: &'static [&'static str],
    /// Options whose value is a module.
    module: &'static [&'static str],
    /// Options with some other value.
    valued: &'static [&'static str],
}

const INTERPRETERS: [Interpreter; 7] = [
    Interpreter {
        names: &["python", "pypy"],
        code: &["-c"],
        module: &["-m"],
        valued: &["-W", "-X", "--check-hash-based-pycs"],
    },
    Interpreter {
        names: &["node", "nodejs", "bun", "deno"],
        code: &["-e", "-p", "-pe", "--eval", "--print"],
        module: &[],
        valued: &[
            "-r",
            "--require",
            "--import",
            "--loader",
            "--experimental-loader",
            "--env-file",
            "-C",
            "--conditions",
        ],
    },
    Interpreter {
        names: &["ruby"],
        code: &["-e"],
        module: &[],
        valued: &["-r", "-I", "-C", "-E"],
    },
    Interpreter {
        names: &["perl"],
        code: &["-e", "-E"],
        module: &[],
        valued: &["-I"],
    },
    Interpreter {
        names: &["php"],
        code: &["-r"],
        module: &[],
        valued: &["-S", "-t", "-d", "-c", "-z"],
    },
    Interpreter {
        names: &["java"],
        code: &[],
        module: &[],
        valued: &[
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--add-modules",
        ],
    },
    Interpreter {
        names: &["lua", "luajit"],
        code: &["-e"],
        module: &[],
        valued: &["-l"],
    },
];

/// The code that a call runs; none for what is no interpreter.
pub(in crate::fix) fn code(call: &Call) -> Option<Code<'_>> {
    let name = call.row()?.name;
    let interpreter = INTERPRETERS
        .iter()
        .find(|known| known.names.contains(&name))?;
    let words: Vec<&str> = call
        .words
        .iter()
        .skip(1)
        .map(|word| word.text.as_str())
        .collect();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let next = words.get(at + 1).copied();
        // `-uc 'code'`: letters without a value may stand in front of the last one.
        let short = word.len() > 2 && word.starts_with('-') && !word.starts_with("--");
        let last = short
            .then(|| format!("-{}", &word[word.len() - 1..]))
            .filter(|_| {
                word.bytes().skip(1).all(|byte| byte.is_ascii_alphabetic())
                    && name.starts_with("py")
            });
        let is = |options: &[&str]| {
            options.contains(word) || last.as_deref().is_some_and(|last| options.contains(&last))
        };
        if is(interpreter.code) {
            return Some(next.map_or(Code::None, Code::Inline));
        }
        if is(interpreter.module) {
            return Some(next.map_or(Code::None, Code::Module));
        }
        if *word == "-jar" {
            return Some(next.map_or(Code::None, Code::File));
        }
        if interpreter.valued.contains(word) {
            at += 2;
        } else if word.starts_with('-') && word.len() > 1
            || name == "deno" && matches!(*word, "run" | "serve")
        {
            at += 1;
        } else {
            return Some(match *word {
                "-" => Code::None,
                // `java com.example.Main`, `bun run start`: no file.
                _ if name == "java" => Code::None,
                _ if name == "bun" && !word.contains(['.', '/']) => Code::None,
                word => Code::File(word),
            });
        }
    }
    Some(Code::None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::rights::For;
    use crate::shell::word::Expanded;

    fn of(words: &[&str]) -> Option<String> {
        let word = |text: &&str| Expanded {
            text: (*text).to_owned(),
            complete: true,
            vars: Vec::new(),
        };
        let call = Call {
            words: words.iter().map(word).collect(),
            stays: true,
            whom: For::Anybody,
            conditional: false,
            place: None,
            is_own: false,
            user: None,
        };
        code(&call).map(|code| format!("{code:?}"))
    }

    #[test]
    fn what_interpreters_run() {
        for (words, code) in [
            (&["python", "-u", "-c", "x = 1"][..], "Inline(\"x = 1\")"),
            (&["python3.12", "-um", "shop.web"], "Module(\"shop.web\")"),
            (
                &["python", "-W", "ignore", "app.py", "-c", "x"],
                "File(\"app.py\")",
            ),
            (
                &[
                    "node",
                    "--max-old-space-size=64",
                    "-r",
                    "dotenv/config",
                    "dist/a.js",
                ],
                "File(\"dist/a.js\")",
            ),
            (&["node", "-e", "1"], "Inline(\"1\")"),
            (
                &["java", "-Xmx1g", "-jar", "/app.jar"],
                "File(\"/app.jar\")",
            ),
            (&["java", "-cp", "/app/*", "com.example.Main"], "None"),
            (&["php", "-S", "0.0.0.0:80", "-t", "public"], "None"),
            (&["perl", "/srv/bin/beat"], "File(\"/srv/bin/beat\")"),
            (&["python", "-"], "None"),
        ] {
            assert_eq!(of(words).as_deref(), Some(code), "{words:?}");
        }
        assert_eq!(of(&["server", "-c", "x"]), None);
    }
}
