//! The words of which a text must hold one, so that a sign of `src/fix/writes/patterns.rs` can match in it.

use std::error::Error;
use std::fmt::Write as _;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

#[allow(dead_code)]
#[path = "../src/fix/writes/patterns.rs"]
mod patterns;

/// The Rust text of the words of each sign, as lines of one string.
pub(crate) fn generate() -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    list(&mut code, "WRITES", &patterns::WRITES)?;
    list(&mut code, "ROOT", &patterns::ROOT)?;
    list(&mut code, "EMBEDDED", &patterns::EMBEDDED)?;
    list(&mut code, "IN_PLACE", &patterns::IN_PLACE)?;
    Ok(code)
}

fn list(code: &mut String, name: &str, signs: &[&str]) -> Result<(), Box<dyn Error>> {
    writeln!(
        code,
        "pub(crate) static {name}: [&str; {}] = [",
        signs.len()
    )?;
    for sign in signs {
        // As the program compiles them.
        let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
        let hir = parser.parse(sign).map_err(|e| format!("{sign}: {e}"))?;
        let words = words(&hir).ok_or_else(|| format!("{sign}: it matches without any word"))?;
        writeln!(code, "    {:?},", words.join("\n"))?;
    }
    writeln!(code, "];")?;
    Ok(())
}

/// How many texts a part of an expression may be spelled out into.
const MAX: usize = 64;

/// Texts in small letters of which each match holds one; none where nothing is known.
fn words(hir: &Hir) -> Option<Vec<String>> {
    if let Some(all) = texts(hir) {
        return sound(all);
    }
    match hir.kind() {
        HirKind::Capture(inner) => words(&inner.sub),
        HirKind::Repetition(inner) if inner.min > 0 => words(&inner.sub),
        HirKind::Alternation(all) => {
            let each: Option<Vec<_>> = all.iter().map(words).collect();
            each.and_then(|each| sound(each.concat()))
        }
        HirKind::Concat(all) => concat(all),
        _ => None,
    }
}

/// Of things that follow each other, the best: a run of texts that are known, or the words of one of the others.
fn concat(all: &[Hir]) -> Option<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut run = vec![String::new()];
    for hir in all {
        let next = texts(hir);
        if let Some(longer) = next.as_ref().and_then(|next| product(&run, next)) {
            run = longer;
            continue;
        }
        // What is too much to be spelled out with the run begins another.
        found.extend(sound(std::mem::take(&mut run)));
        if next.is_none() {
            found.extend(words(hir));
        }
        run = next.unwrap_or_else(|| vec![String::new()]);
    }
    found.extend(sound(run));
    // The longest, then the fewest.
    let length = |words: &Vec<String>| words.iter().map(String::len).min().unwrap_or(0).min(6);
    found
        .into_iter()
        .max_by_key(|words| (length(words), std::cmp::Reverse(words.len())))
}

fn sound(mut words: Vec<String>) -> Option<Vec<String>> {
    words.sort();
    words.dedup();
    let fits = |word: &String| !word.is_empty() && !word.contains('\n');
    words.iter().all(fits).then_some(words)
}

/// All that is matched, in small letters, where that is little.
fn texts(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(vec![String::new()]),
        HirKind::Literal(text) => {
            let text = std::str::from_utf8(&text.0).ok()?;
            text.is_ascii().then(|| vec![text.to_ascii_lowercase()])
        }
        HirKind::Class(class) => letters(class),
        HirKind::Capture(inner) => texts(&inner.sub),
        HirKind::Repetition(inner) if inner.max == Some(1) => {
            let mut all = texts(&inner.sub)?;
            if inner.min == 0 {
                all.push(String::new());
            }
            Some(all)
        }
        HirKind::Alternation(all) => {
            let each: Option<Vec<_>> = all.iter().map(texts).collect();
            each.map(|each| each.concat())
                .filter(|all| all.len() <= MAX)
        }
        HirKind::Concat(all) => {
            let mut run = vec![String::new()];
            for hir in all {
                run = product(&run, &texts(hir)?)?;
            }
            Some(run)
        }
        HirKind::Repetition(_) => None,
    }
}

/// The letters of a class that has few.
fn letters(class: &Class) -> Option<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    let Class::Bytes(class) = class else {
        return None;
    };
    for range in class.ranges() {
        for byte in range.start()..=range.end() {
            if !byte.is_ascii() || byte == b'\n' {
                return None;
            }
            all.push(char::from(byte.to_ascii_lowercase()).into());
        }
    }
    all.sort();
    all.dedup();
    (all.len() <= 4).then_some(all)
}

fn product(first: &[String], second: &[String]) -> Option<Vec<String>> {
    let both = first
        .iter()
        .flat_map(|a| second.iter().map(move |b| format!("{a}{b}")));
    (first.len() * second.len() <= MAX).then(|| both.collect())
}
