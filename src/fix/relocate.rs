//! What is made straight in a folder of the system, which stays root's: it gets a folder of its own, in every place
//! that names it.

use regex::bytes::Regex;

use crate::brought::Origin;
use crate::dockerfile::Keyword;
use crate::finding::{Edit, Reason};

use super::Subject;
use super::writes::{What, Write};

/// Paths that move, and what follows.
#[derive(Debug, Default)]
pub(super) struct Relocation {
    /// Folders to make and hand over.
    pub(super) folders: Vec<String>,
    /// Of the Dockerfile.
    pub(super) edits: Vec<Edit>,
    /// Of files of the build context.
    pub(super) files: Vec<(String, Edit)>,
    /// What changes for others.
    pub(super) doubts: Vec<Reason>,
}

/// Gives each of `unmet` a folder of its own, or says which cannot have one.
pub(super) fn plan(subject: &Subject<'_, '_, '_>, unmet: &[Write]) -> Result<Relocation, Reason> {
    let mut plan = Relocation::default();
    for write in unmet {
        let moved = relocated(subject, write, &mut plan);
        if moved.is_none() {
            let (folder, _) = write.path.rsplit_once('/').unwrap_or_default();
            let folder = if folder.is_empty() { "/" } else { folder };
            return Err(Reason::new(
                "root-folder",
                format!(
                    "{}, and `{folder}` stays root's: give it a folder of its own",
                    write.why
                ),
            ));
        }
    }
    Ok(plan)
}

/// Moves one path; none where not every place that names it can follow.
fn relocated(subject: &Subject<'_, '_, '_>, write: &Write, plan: &mut Relocation) -> Option<()> {
    let (parent, name) = write.path.rsplit_once('/')?;
    let movable = matches!(
        parent,
        "/run" | "/var/run" | "/run/lock" | "/var/lock" | "/var/log" | "/var/lib" | "/var/cache"
    );
    if write.what != What::Socket || !movable {
        return None;
    }
    let folder = own_folder(subject, write, parent)?;
    let inner = format!("{}/", folder.rsplit('/').next()?);
    let regex = naming(&write.path)?;
    if named_by_script(subject, &regex) {
        return None;
    }
    let to = format!("{folder}/{name}");
    let why = || format!("{to}: {parent} stays root's, so it gets a folder of its own");
    let insertions = |text: &[u8]| -> Vec<usize> {
        let all = regex.captures_iter(text);
        all.filter_map(|found| Some(found.get(1)?.end() - name.len()))
            .collect()
    };
    let mut followed = false;
    for (_, config) in subject.recipes.iter().flat_map(|used| &used.configs) {
        for at in insertions(&config.text) {
            match &config.origin {
                Origin::Context(file) => {
                    let edit = Edit::insertion(at, inner.clone(), why());
                    if !plan
                        .files
                        .iter()
                        .any(|known| *known == (file.clone(), edit.clone()))
                    {
                        plan.files.push((file.clone(), edit));
                    }
                }
                Origin::Heredoc(body) => {
                    plan.edits
                        .push(Edit::insertion(body.start + at, inner.clone(), why()));
                }
                Origin::Run { .. } => return None,
            }
            followed = true;
        }
    }
    let document = subject.stages.document;
    let commands = subject.body().filter(|at| {
        let keyword = subject.keyword(*at);
        matches!(
            keyword,
            Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck
        )
    });
    for span in commands.map(|at| document.instructions[at].args_span()) {
        for at in insertions(span.of(document.bytes)) {
            plan.edits
                .push(Edit::insertion(span.start + at, inner.clone(), why()));
            followed = true;
        }
    }
    plan.edits
        .sort_by_key(|edit| (edit.span.start, edit.span.end));
    plan.edits.dedup();
    if !followed {
        return None;
    }
    if !plan.folders.contains(&folder) {
        plan.folders.push(folder);
    }
    plan.doubts.push(Reason::new(
        "path-moved",
        format!(
            "`{}` is at `{to}` now: what else names it must follow",
            write.path
        ),
    ));
    Some(())
}

/// The folder below `parent` that is the program's: the one that its recipe knows, or one of its name.
fn own_folder(subject: &Subject<'_, '_, '_>, write: &Write, parent: &str) -> Option<String> {
    let mut used = subject.recipes.iter();
    let used = used.find(|used| {
        let mut writes = used.writes(subject).into_iter();
        writes.any(|known| known.path == write.path)
    })?;
    let short = |path: &str| path.strip_prefix("/var").unwrap_or(path).to_owned();
    let recipe = used.recipe;
    let stock = recipe
        .stock
        .iter()
        .flat_map(|stock| [stock.make, stock.own]);
    let lists = [recipe.make, recipe.own, recipe.theirs]
        .into_iter()
        .chain(stock);
    let known = lists.flatten().find_map(|path| {
        let (above, name) = path.rsplit_once('/')?;
        let folder = !name.contains('.');
        (folder && short(above) == short(parent)).then(|| format!("{parent}/{name}"))
    });
    let name = recipe.programs[0].rsplit('/').next()?;
    Some(known.unwrap_or_else(|| format!("{parent}/{name}")))
}

/// The path wherever it is named, by `/run` or by `/var/run`.
fn naming(path: &str) -> Option<Regex> {
    let of_run = path
        .strip_prefix("/var/run/")
        .or_else(|| path.strip_prefix("/run/"));
    let pattern = match of_run {
        Some(rest) => format!("(?:/var)?/run/{}", regex::escape(rest)),
        None => regex::escape(path),
    };
    Regex::new(&format!(
        "(?-u:(?:^|[^A-Za-z0-9_.-])({pattern})(?:$|[^A-Za-z0-9_./-]))"
    ))
    .ok()
}

/// A start script or a RUN names it: what it does there is not edited.
fn named_by_script(subject: &Subject<'_, '_, '_>, regex: &Regex) -> bool {
    let scripts = subject.calls.scripts.iter();
    let mut scripts = scripts.filter(|script| script.origin.is_some());
    let mut runs = subject.verdict.survey.runs.iter();
    scripts.any(|script| regex.is_match(script.script.text()))
        || runs.any(|run| regex.is_match(run.script.text()))
}

#[cfg(test)]
mod tests {
    use super::naming;

    #[test]
    fn a_path_is_found_by_both_names_of_run() {
        let regex = naming("/var/run/supervisor.sock").expect("sound");
        for text in [
            "file=/var/run/supervisor.sock",
            "serverurl=unix:///run/supervisor.sock\n",
            "\"/run/supervisor.sock\"",
        ] {
            assert!(regex.is_match(text.as_bytes()), "{text}");
        }
        for text in [
            "/srv/run/supervisor.sock",
            "/run/supervisor.sock.1",
            "/var/run/supervisor.socket",
        ] {
            assert!(!regex.is_match(text.as_bytes()), "{text}");
        }
    }
}
