//! Modes that shut other users out, or let them be root.

use crate::dockerfile::Keyword;
use crate::finding::Reason;
use crate::fix::Subject;
use crate::fix::copies::{Handover, root_owned};
use crate::fix::folders::under;
use crate::shell::files::FileChange;
use crate::shell::users::Dialect;
use crate::stages::join;
use crate::survey::Survey;

use super::code::is_archive;

/// Modes that shut others out.
pub(super) fn modes(subject: &Subject<'_, '_, '_>, handed: &[Handover]) -> Option<Reason> {
    let survey = &subject.verdict.survey;
    let by_run = survey.file_acts().find_map(|act| match &act.what {
        FileChange::ChangesMode {
            paths,
            mode,
            excludes_others: true,
            ..
        } => Some(format!(
            "chmod {mode} {}",
            paths.first().map_or("", |path| path.text.as_str())
        )),
        FileChange::MakesDir {
            path,
            mode: Some(mode),
            ..
        } if closes(mode) => Some(format!("mkdir -m {mode} {}", path.text)),
        _ => None,
    });
    let umask = || {
        let mut commands = survey.runs.iter().flat_map(|run| &run.script.commands);
        let command = commands.find(|command| {
            let mask = command
                .args()
                .get(1)
                .and_then(crate::shell::word::Word::literal);
            command.program() == Some("umask")
                && mask.is_some_and(|mask| {
                    u32::from_str_radix(&mask, 8).is_ok_and(|bits| bits & 0o005 != 0)
                })
        })?;
        Some(format!("umask {}", command.args().get(1)?.literal()?))
    };
    let by_url = || {
        let copy = survey.copies.iter().find(|copy| {
            copy.chmod.is_none()
                && survey.steps[copy.step].keyword == Keyword::Add
                && copy
                    .sources
                    .iter()
                    .any(|source| source.starts_with("http://") || source.starts_with("https://"))
        })?;
        Some(format!("ADD {}", copy.sources.first()?))
    };
    let by_copy = || {
        let mode = root_owned(subject, handed)
            .find_map(|copy| copy.chmod.as_deref().filter(|mode| closes(mode)))?;
        Some(format!("COPY --chmod={mode}"))
    };
    let what = by_run
        .or_else(by_copy)
        .or_else(|| by_search(subject, handed))
        .or_else(|| in_other_stage(subject, handed))
        .or_else(umask)
        .or_else(by_url)
        .or_else(|| by_mount(subject))
        .or_else(|| by_archive(subject))
        .or_else(|| by_temporary(subject))
        .or_else(|| key_of_root(subject))?;
    Some(Reason::new(
        "mode",
        format!("`{what}` shuts other users out"),
    ))
}

/// A mode without the right to search, given to folders, too.
fn by_search(subject: &Subject<'_, '_, '_>, handed: &[Handover]) -> Option<String> {
    let no_search = |mode: &str| u32::from_str_radix(mode, 8).is_ok_and(|bits| bits & 0o001 == 0);
    let by_run = subject
        .verdict
        .survey
        .file_acts()
        .find_map(|act| match &act.what {
            FileChange::ChangesMode {
                paths,
                mode,
                recursive: true,
                ..
            } if no_search(mode) => Some(format!("chmod -R {mode} {}", paths.first()?.text)),
            _ => None,
        });
    let folder = |source: &String| {
        let files = subject.context.files(source);
        let is_file = files.len() == 1 && crate::context::normal(source) == files[0];
        // Without a context a name with an ending is taken for a file's.
        !is_file
            && (!files.is_empty()
                || !source
                    .rsplit('/')
                    .next()
                    .unwrap_or(source)
                    .contains(['.', '*']))
    };
    by_run.or_else(|| {
        root_owned(subject, handed).find_map(|copy| {
            let mode = copy.chmod.as_deref().filter(|mode| no_search(mode))?;
            copy.sources
                .iter()
                .any(folder)
                .then(|| format!("COPY --chmod={mode}"))
        })
    })
}

/// What a COPY takes from another stage was shut there: the mode comes with it.
fn in_other_stage(subject: &Subject<'_, '_, '_>, handed: &[Handover]) -> Option<String> {
    let related =
        |path: &str, source: &str| path == source || under(path, source) || under(source, path);
    root_owned(subject, handed)
        .filter(|copy| copy.chmod.is_none() && copy.chown.is_none())
        .find_map(|copy| {
            let stage = subject.stages.find(copy.from.as_deref()?)?;
            if stage >= subject.verdict.survey.target {
                return None;
            }
            let survey = Survey::read(subject.stages, stage, Dialect::Unknown);
            let context = survey
                .copies
                .iter()
                .filter(|other| other.from.is_none() && other.chmod.is_none());
            let closed = context
                .filter(|other| {
                    copy.sources
                        .iter()
                        .any(|source| related(&other.dest, &join("/", source)))
                })
                .flat_map(|other| &other.sources)
                .find_map(|source| crate::context::first_closed(subject.context, source));
            if let Some(closed) = closed {
                return Some(format!("COPY {closed}"));
            }
            let masked = survey
                .runs
                .iter()
                .flat_map(|run| &run.script.commands)
                .any(|command| command.program() == Some("umask") && command.args().len() > 1);
            if masked {
                return Some("umask".to_owned());
            }
            survey.file_acts().find_map(|act| match &act.what {
                FileChange::ChangesMode {
                    paths,
                    mode,
                    excludes_others: true,
                    ..
                } => {
                    let path = paths.iter().find(|path| {
                        copy.sources
                            .iter()
                            .any(|source| related(&path.text, &join("/", source)))
                    })?;
                    Some(format!("chmod {mode} {}", path.text))
                }
                _ => None,
            })
        })
}

/// ADD unpacks an archive with the modes that are in it.
fn by_archive(subject: &Subject<'_, '_, '_>) -> Option<String> {
    let survey = &subject.verdict.survey;
    let copy = survey.copies.iter().find(|copy| {
        survey.steps[copy.step].keyword == Keyword::Add
            && copy.from.is_none()
            && copy.dest != "/"
            && copy
                .sources
                .iter()
                .any(|source| is_archive(source) && subject.context.exists(source))
    })?;
    Some(format!("ADD {}", copy.sources.first()?))
}

/// A RUN copies from a mount, whose modes are those of the context or of a secret.
fn by_mount(subject: &Subject<'_, '_, '_>) -> Option<String> {
    let survey = &subject.verdict.survey;
    survey.runs.iter().find_map(|run| {
        let step = &survey.steps[run.step];
        let instruction = &subject.stages.document.instructions[step.instruction];
        let mount = instruction.head.flag("mount")?;
        let copies = run
            .files
            .iter()
            .any(|act| matches!(act.what, FileChange::Copies { .. }));
        copies.then(|| format!("RUN --mount={mount}"))
    })
}

/// `mktemp -d` makes a folder for its owner alone.
fn by_temporary(subject: &Subject<'_, '_, '_>) -> Option<String> {
    let runs = subject.verdict.survey.runs.iter();
    let mut commands = runs.flat_map(|run| {
        run.script
            .commands
            .iter()
            .map(move |command| (run, command))
    });
    let kept = commands.any(|(run, command)| {
        command.program() == Some("mktemp")
            && run.files.iter().any(|act| matches!(&act.what, FileChange::Copies { keeps: true, from, .. } if from.iter().any(|path| !path.complete)))
    });
    kept.then(|| "mktemp".to_owned())
}

/// Debian's folder for private keys, which only root and the group ssl-cert may search.
fn key_of_root(subject: &Subject<'_, '_, '_>) -> Option<String> {
    const SIGNS: [&str; 3] = ["/etc/ssl/private", "snakeoil", "default-ssl"];
    let survey = &subject.verdict.survey;
    let runs = survey.runs.iter().map(|run| run.script.text());
    let scripts = subject
        .calls
        .scripts
        .iter()
        .map(|script| script.script.text());
    let configs = subject.recipes.iter().flat_map(|used| &used.configs);
    let configs = configs.map(|(_, config)| config.text.as_slice());
    let argv = subject
        .verdict
        .start
        .argv
        .iter()
        .flatten()
        .map(String::as_bytes);
    let mut texts = runs.chain(scripts).chain(configs).chain(argv);
    let sign = texts.find_map(|text| {
        SIGNS
            .iter()
            .find(|sign| memchr::memmem::find(text, sign.as_bytes()).is_some())
    })?;
    Some((*sign).to_owned())
}

/// True for a mode that gives others no right to read, or the owner alone a right to execute.
pub(in crate::fix) fn closes(mode: &str) -> bool {
    match u32::from_str_radix(mode, 8) {
        Err(_) if mode.contains('$') => true,
        Ok(bits) => bits & 0o004 == 0 || (bits & 0o100 != 0 && bits & 0o001 == 0),
        Err(_) => mode.split(',').any(|part| {
            let (who, what) = part.split_at(part.find(['=', '+', '-']).unwrap_or(part.len()));
            let others = who.is_empty() || who.contains(['o', 'a']);
            (others && (what.starts_with('-') || what == "=")) || (who == "go" && what == "=")
        }),
    }
}

/// Files of the build context that others may not read keep that mode in the image.
pub(super) fn closed_files(subject: &Subject<'_, '_, '_>, handed: &[Handover]) -> Option<Reason> {
    let copies = root_owned(subject, handed);
    let plain =
        copies.filter(|copy| copy.from.is_none() && copy.chmod.is_none() && copy.chown.is_none());
    let closed = plain
        .flat_map(|copy| &copy.sources)
        .find_map(|source| crate::context::first_closed(subject.context, source))?;
    Some(Reason::new(
        "mode",
        format!(
            "`{closed}` in the build context may not be read by others, and keeps that mode in the image"
        ),
    ))
}

/// setuid programs give the user root's rights back, or fail under `no-new-privileges`.
pub(super) fn setuid(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let acts = subject.verdict.survey.file_acts();
    let what = acts.into_iter().find_map(|act| match &act.what {
        FileChange::ChangesMode { paths, mode, .. } if is_setuid(mode) => Some(format!(
            "chmod {mode} {}",
            paths.first().map_or("", |path| path.text.as_str())
        )),
        _ => None,
    })?;
    Some(Reason::new(
        "setuid",
        format!("`{what}`: the program runs as root whoever starts it"),
    ))
}

fn is_setuid(mode: &str) -> bool {
    let symbolic = mode.split(',').any(|part| {
        part.split_once('+')
            .is_some_and(|(who, what)| what.contains('s') && !matches!(who, "g" | "o"))
    });
    symbolic || (mode.len() == 4 && mode.starts_with(['4', '5', '6', '7']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_that_close_and_modes_that_raise() {
        assert!(
            closes("700")
                && closes("0750")
                && closes("0711")
                && closes("744")
                && closes("u=rwx,go=")
        );
        assert!(!closes("755") && !closes("0644") && !closes("+x") && !closes("a+rx"));
        assert!(is_setuid("u+s") && is_setuid("+s") && is_setuid("4755") && is_setuid("a+xs"));
        assert!(!is_setuid("0755") && !is_setuid("g+s") && !is_setuid("+x") && !is_setuid("1777"));
    }
}
