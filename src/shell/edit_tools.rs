//! Programs that change files in place, unpack archives or load files: where they write.

use super::files::FileChange;
use super::opts::{self, Spec};
use super::paths::{Path, join, paths};
use super::scope::Scope;
use super::word::{Expanded, Word};

const TAR: Spec = Spec {
    valued: "CfTXbIN",
    long: &[
        ("directory", 'C', true),
        ("file", 'f', true),
        ("extract", 'x', false),
        ("get", 'x', false),
        ("create", 'c', false),
        ("list", 't', false),
        ("strip-components", 's', true),
        ("exclude", 'X', true),
        ("use-compress-program", 'I', true),
    ],
    single_dash: false,
};

const UNZIP: Spec = Spec {
    valued: "dPx",
    long: &[],
    single_dash: false,
};

const CURL: Spec = Spec {
    valued: "oHdXuAbceFmwrTxyYzCDEKQU",
    long: &[
        ("output", 'o', true),
        ("remote-name", 'O', false),
        ("header", 'H', true),
        ("data", 'd', true),
        ("request", 'X', true),
        ("user", 'u', true),
        ("retry", 'r', true),
        ("max-time", 'm', true),
        ("write-out", 'w', true),
    ],
    single_dash: false,
};

const WGET: Spec = Spec {
    valued: "OPoaitTUQwelDARI",
    long: &[
        ("output-document", 'O', true),
        ("directory-prefix", 'P', true),
        ("tries", 't', true),
        ("timeout", 'T', true),
        ("header", 'h', true),
    ],
    single_dash: false,
};

pub(super) fn act(
    program: &str,
    args: &[Word],
    scope: &Scope<'_>,
    here: &Path,
    add: &mut impl FnMut(FileChange),
) {
    match program {
        "sed" | "perl" => {
            for path in paths(&in_place(args, scope), here) {
                add(FileChange::Edits { path });
            }
        }
        "tar" | "bsdtar" => {
            let old_style = args.first().filter(|word| {
                let text = word.prefix();
                !text.starts_with('-') && text.contains('x') && text.len() < 8
            });
            let parsed = opts::parse(args, &TAR, scope);
            if parsed.has('x') || old_style.is_some() {
                let to = parsed
                    .value('C')
                    .map_or_else(|| here.clone(), |to| join(here, to));
                add(FileChange::Unpacks { to });
            }
        }
        "unzip" => {
            let parsed = opts::parse(args, &UNZIP, scope);
            if !parsed.has('l') && !parsed.has('p') && !parsed.has('t') {
                let to = parsed
                    .value('d')
                    .map_or_else(|| here.clone(), |to| join(here, to));
                add(FileChange::Unpacks { to });
            }
        }
        "curl" => {
            let parsed = opts::parse(args, &CURL, scope);
            match parsed.value('o') {
                Some(to) if to.text != "-" => add(FileChange::Loads {
                    path: join(here, to),
                }),
                None if parsed.has('O') => add(FileChange::Unpacks { to: here.clone() }),
                _ => {}
            }
        }
        "wget" => {
            let parsed = opts::parse(args, &WGET, scope);
            match (parsed.value('O'), parsed.value('P')) {
                (Some(to), _) if to.text != "-" => add(FileChange::Loads {
                    path: join(here, to),
                }),
                (None, Some(to)) => add(FileChange::Unpacks { to: join(here, to) }),
                (None, None) if !parsed.operands.is_empty() && !is_quiet_probe(args) => {
                    add(FileChange::Unpacks { to: here.clone() });
                }
                _ => {}
            }
        }
        "truncate" | "shred" => {
            let parsed = opts::parse(args, &TRUNCATE, scope);
            for path in paths(&parsed.operands, here) {
                add(FileChange::Writes { path, append: true });
            }
        }
        "dd" => {
            let to = args.iter().find_map(|word| {
                let word = scope.one(word);
                let path = word.text.strip_prefix("of=")?.to_owned();
                Some(join(
                    here,
                    &Expanded {
                        text: path,
                        ..word.clone()
                    },
                ))
            });
            if let Some(path) = to {
                add(FileChange::Writes {
                    path,
                    append: false,
                });
            }
        }
        _ => {}
    }
}

const TRUNCATE: Spec = Spec {
    valued: "srn",
    long: &[("size", 's', true)],
    single_dash: false,
};

/// The files that `sed -i` or `perl -i` edits; none without `-i`. What follows `i` in a bundle is the suffix of a
/// backup, so `-ie` is not `-i -e`.
fn in_place(args: &[Word], scope: &Scope<'_>) -> Vec<Expanded> {
    let (mut edits, mut has_program) = (false, false);
    let mut operands = Vec::new();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let text = word.prefix();
        if let Some(long) = text.strip_prefix("--") {
            edits |= long.starts_with("in-place");
            if long.starts_with("expression") || long.starts_with("file") {
                has_program = true;
                if !long.contains('=') {
                    words.next();
                }
            }
        } else if let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            for (at, letter) in letters.char_indices() {
                match letter {
                    'i' => edits = true,
                    'e' | 'f' => {
                        has_program = true;
                        if at + 1 == letters.len() && word.parts().len() == 1 {
                            words.next();
                        }
                    }
                    _ => continue,
                }
                break;
            }
        } else {
            operands.extend(scope.all(word));
        }
    }
    if !edits {
        return Vec::new();
    }
    operands.split_off(operands.len().min(usize::from(!has_program)))
}

/// `wget --spider`, which loads nothing.
fn is_quiet_probe(args: &[Word]) -> bool {
    args.iter().any(|word| word.is("--spider"))
}
