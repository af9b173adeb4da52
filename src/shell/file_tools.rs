//! What each program for files means by its arguments.

use super::files::FileChange;
use super::lex::{Command, RedirectOp};
use super::opts::{self, Parsed, Spec};
use super::paths::{Path, excludes_others, join, paths};
use super::scope::Scope;
use super::word::{Expanded, Word};

/// About how many paths of a command are read.
const MAX_PATHS: usize = 1024;

const MKDIR: Spec = Spec {
    valued: "m",
    long: &[("mode", 'm', true), ("parents", 'p', false)],
    single_dash: false,
};

const INSTALL: Spec = Spec {
    valued: "mogtS",
    long: &[
        ("mode", 'm', true),
        ("owner", 'o', true),
        ("group", 'g', true),
        ("directory", 'd', false),
        ("target-directory", 't', true),
    ],
    single_dash: false,
};

const OWNER: Spec = Spec {
    valued: "",
    long: &[
        ("recursive", 'R', false),
        ("reference", 'f', true),
        ("from", 'F', true),
    ],
    single_dash: false,
};

const LINK: Spec = Spec {
    valued: "tS",
    long: &[("symbolic", 's', false), ("target-directory", 't', true)],
    single_dash: false,
};

const COPY: Spec = Spec {
    valued: "tS",
    long: &[
        ("target-directory", 't', true),
        ("archive", 'a', false),
        ("preserve", 'p', false),
        ("recursive", 'r', false),
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
        "mkdir" => {
            let parsed = parse(args, &MKDIR, scope);
            for path in paths(&parsed.operands, here) {
                add(FileChange::MakesDir {
                    path,
                    mode: parsed.known('m'),
                    owner: None,
                    parents: parsed.has('p'),
                });
            }
        }
        "install" => install(args, scope, here, add),
        "chown" | "chgrp" => {
            let parsed = parse(args, &OWNER, scope);
            let reference = parsed.has('f');
            let (owner, files) = match parsed.operands.split_first() {
                Some((owner, files)) if !reference => (owner.clone().known(), files),
                _ => (None, &parsed.operands[..]),
            };
            let owner = owner.map(|owner| {
                if program == "chgrp" {
                    format!(":{owner}")
                } else {
                    owner
                }
            });
            if !files.is_empty() {
                add(FileChange::ChangesOwner {
                    paths: paths(files, here),
                    owner,
                    recursive: parsed.has('R'),
                });
            }
        }
        "chmod" => {
            // `-x` and `-rw` are modes here, not options.
            let is_mode = |word: &&Word| {
                let text = word.prefix();
                text.len() > 1
                    && text.starts_with('-')
                    && text.bytes().skip(1).all(|byte| b"rwxXst".contains(&byte))
            };
            let dash = args.iter().find(is_mode).and_then(Word::literal);
            let rest: Vec<Word> = args.iter().filter(|word| !is_mode(word)).cloned().collect();
            let parsed = parse(&rest, &OWNER, scope);
            let (mode, files) = match (dash, parsed.operands.split_first()) {
                (Some(mode), _) => (mode, &parsed.operands[..]),
                (None, Some((mode, files))) if !parsed.has('f') || parsed.value('f').is_none() => {
                    (mode.text.clone(), files)
                }
                _ => return,
            };
            let excludes_others = excludes_others(&mode);
            add(FileChange::ChangesMode {
                paths: paths(files, here),
                mode,
                recursive: parsed.has('R'),
                excludes_others,
            });
        }
        "ln" => {
            let parsed = parse(args, &LINK, scope);
            let symbolic = parsed.has('s');
            let (targets, to) = match (parsed.value('t'), parsed.operands.split_last()) {
                (Some(to), _) => (&parsed.operands[..], to.clone()),
                (None, Some((to, []))) => (
                    std::slice::from_ref(to),
                    Expanded {
                        text: ".".into(),
                        complete: true,
                        ..to.clone()
                    },
                ),
                (None, Some((to, targets))) => (targets, to.clone()),
                _ => return,
            };
            for target in targets {
                let path = join(here, &to);
                let target = Path {
                    text: target.text.clone(),
                    complete: target.complete,
                };
                add(FileChange::Links {
                    target,
                    path,
                    symbolic,
                });
            }
        }
        "cp" | "mv" | "rsync" => {
            let parsed = parse(args, &COPY, scope);
            let keeps = program == "mv" || parsed.has('a') || parsed.has('p');
            let (from, to) = match (parsed.value('t'), parsed.operands.split_last()) {
                (Some(to), _) => (&parsed.operands[..], to),
                (None, Some((to, from))) if !from.is_empty() => (from, to),
                _ => return,
            };
            let from = paths(from, here);
            add(FileChange::Copies {
                from: from.clone(),
                to: join(here, to),
                keeps,
            });
            if program == "mv" {
                add(FileChange::Removes { paths: from });
            }
        }
        "rm" | "rmdir" => {
            let paths = paths(&parse(args, &PLAIN, scope).operands, here);
            if !paths.is_empty() {
                add(FileChange::Removes { paths });
            }
        }
        _ => {}
    }
}

fn install(args: &[Word], scope: &Scope<'_>, here: &Path, add: &mut impl FnMut(FileChange)) {
    let parsed = parse(args, &INSTALL, scope);
    let owner = match (parsed.known('o'), parsed.known('g')) {
        (Some(owner), Some(group)) => Some(format!("{owner}:{group}")),
        (Some(owner), None) => Some(owner),
        (None, Some(group)) => Some(format!(":{group}")),
        (None, None) => None,
    };
    if parsed.has('d') {
        for path in paths(&parsed.operands, here) {
            add(FileChange::MakesDir {
                path,
                mode: parsed.known('m'),
                owner: owner.clone(),
                parents: true,
            });
        }
        return;
    }
    let (from, to) = match (parsed.value('t'), parsed.operands.split_last()) {
        (Some(to), _) => (&parsed.operands[..], to),
        (None, Some((to, from))) if !from.is_empty() => (from, to),
        _ => return,
    };
    let to = join(here, to);
    add(FileChange::Copies {
        from: paths(from, here),
        to: to.clone(),
        keeps: false,
    });
    if let Some(mode) = parsed.known('m') {
        let excludes_others = excludes_others(&mode);
        add(FileChange::ChangesMode {
            paths: vec![to.clone()],
            mode,
            recursive: false,
            excludes_others,
        });
    }
    if owner.is_some() {
        add(FileChange::ChangesOwner {
            paths: vec![to],
            owner,
            recursive: false,
        });
    }
}

/// `find DIR .. -exec chmod MODE {} +`: as if all below the directories got it, though it may be only some.
pub(super) fn find(
    args: &[Word],
    scope: &Scope<'_>,
    here: &Path,
    add: &mut impl FnMut(FileChange),
) {
    let roots = args
        .iter()
        .take_while(|word| !word.prefix().starts_with(['-', '(', '!']));
    let roots = paths(
        &roots.flat_map(|word| scope.all(word)).collect::<Vec<_>>(),
        here,
    );
    let mut rest = args;
    while let Some(at) = rest
        .iter()
        .position(|word| word.is("-exec") || word.is("-execdir"))
    {
        rest = rest.get(at + 1..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|word| word.is(";") || word.is("+"))
            .unwrap_or(rest.len());
        let inner = rest.get(..end).unwrap_or_default();
        rest = rest.get(end..).unwrap_or_default();
        let Some(program) = inner.first().and_then(Word::literal) else {
            continue;
        };
        act(
            program.rsplit('/').next().unwrap_or_default(),
            inner.get(1..).unwrap_or_default(),
            scope,
            here,
            &mut |what| {
                let all = roots.clone();
                match what {
                    FileChange::ChangesOwner { owner, .. } => add(FileChange::ChangesOwner {
                        paths: all,
                        owner,
                        recursive: true,
                    }),
                    FileChange::ChangesMode {
                        mode,
                        excludes_others,
                        ..
                    } => {
                        add(FileChange::ChangesMode {
                            paths: all,
                            mode,
                            recursive: true,
                            excludes_others,
                        });
                    }
                    _ => {}
                }
            },
        );
    }
}

/// Options and operands, with brace lists and loops put in.
fn parse(args: &[Word], spec: &Spec, scope: &Scope<'_>) -> Parsed {
    let mut parsed = opts::parse(args, spec, scope);
    let mut operands = Vec::new();
    let mut seen = None;
    for (place, operand) in parsed
        .places
        .iter()
        .zip(std::mem::take(&mut parsed.operands))
    {
        if operands.len() > MAX_PATHS {
            break;
        }
        match args.get(*place) {
            Some(word)
                if word.splits() || word.prefix().contains('{') || word.parts().len() > 1 =>
            {
                if seen != Some(*place) {
                    operands.extend(scope.all(word));
                }
                seen = Some(*place);
            }
            _ => operands.extend(
                args.get(*place)
                    .map_or_else(|| vec![operand], |word| scope.all(word)),
            ),
        }
    }
    parsed.operands = operands;
    parsed
}

const PLAIN: Spec = Spec {
    valued: "",
    long: &[],
    single_dash: false,
};

/// `>`, `>>` and `tee`.
pub(super) fn writes(
    command: &Command,
    scope: &Scope<'_>,
    here: &Path,
    add: &mut impl FnMut(FileChange),
) {
    for redirect in &command.redirects {
        if !matches!(redirect.op, RedirectOp::Write | RedirectOp::Append) {
            continue;
        }
        for path in scope
            .all(&redirect.target)
            .iter()
            .map(|target| join(here, target))
        {
            if path.text != "/dev/null" {
                add(FileChange::Writes {
                    path,
                    append: redirect.op == RedirectOp::Append,
                });
            }
        }
    }
    let args = command.args();
    let Some(program @ ("tee" | "touch")) = command.program() else {
        return;
    };
    let spec = Spec {
        valued: "drt",
        ..PLAIN
    };
    let parsed = opts::parse(args.get(1..).unwrap_or_default(), &spec, scope);
    let append = parsed.has('a') || program == "touch";
    let paths = parsed.operands.iter().map(|word| join(here, word));
    for path in paths.filter(|path| path.text != "/dev/null") {
        add(FileChange::Writes { path, append });
    }
}
