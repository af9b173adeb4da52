//! The examples in `docs/formats.md` are what the program prints. `UNROOT_BLESS=1` writes them.

use std::fs;

use super::examples;

#[test]
fn the_examples_in_the_documentation_are_true() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/formats.md");
    let text = fs::read_to_string(path).expect("readable");
    let mut current = String::new();
    let mut rest = text.as_str();
    let mut seen = 0;
    while let Some((head, tail)) = rest.split_once("\n$ unroot ") {
        let command = tail.lines().next().expect("a line");
        let tail = &tail[command.len()..];
        let fence = head.rsplit('\n').next().expect("the fence");
        let fence = fence.trim_end_matches(char::is_alphabetic);
        let (_, tail) = tail
            .split_once(&format!("\n{fence}\n"))
            .expect("the block ends");
        let args: Vec<&str> = command.split(' ').collect();
        let run = examples(&args);
        assert!(run.code < 2, "{command}: {}", run.stderr);
        current.push_str(&format!(
            "{head}\n$ unroot {command}\n{}{fence}\n",
            run.stdout
        ));
        rest = tail;
        seen += 1;
    }
    current.push_str(rest);
    assert!(seen >= 5, "every format has an example");
    if std::env::var_os("UNROOT_BLESS").is_some() {
        fs::write(path, current).expect("writable");
    } else {
        assert!(
            text == current,
            "docs/formats.md is out of date; run with UNROOT_BLESS=1"
        );
    }
}
