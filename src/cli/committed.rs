//! The files of a repository that a commit is made for: those of its base, or as they lie in the work tree.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use unroot::context::{BuildContext, Folder, Kind, Tree};
use unroot::discover;
use unroot::repo::{Base, CommitTree, Lying, Repo};

use super::WithHelp;
use super::files::{Input, shown};
use super::settings::Settings;

/// Where the files of a commit come from.
pub(super) struct Committed {
    pub(super) tree: Arc<CommitTree>,
    /// The top of the work tree (links followed), where files are taken as they lie.
    pub(super) worktree: Option<PathBuf>,
    /// `--context`, from the top.
    pub(super) folder: Option<PathBuf>,
}

impl Committed {
    pub(super) fn read(&self, path: &Path) -> Result<Vec<u8>, String> {
        let told = |error: &dyn std::fmt::Display| format!("cannot read {}: {error}", shown(path));
        match &self.worktree {
            Some(top) => std::fs::read(top.join(path)).map_err(|error| told(&error)),
            None => self.tree.bytes(path).map_err(|error| told(&error)),
        }
    }

    pub(super) fn context(&self, path: &Path) -> Box<dyn BuildContext> {
        match (&self.worktree, &self.folder) {
            (Some(top), Some(folder)) => {
                Box::new(Folder::exactly(&top.join(folder)).of(&top.join(path)))
            }
            (Some(top), None) => Box::new(Folder::around(&top.join(path))),
            (None, Some(folder)) => {
                Box::new(Folder::exactly_in(Arc::clone(&self.tree), folder).of(path))
            }
            (None, None) => Box::new(Folder::around_in(Arc::clone(&self.tree), path)),
        }
    }

    /// From the place of a file of the build context to its path from the top.
    pub(super) fn below_top(&self, place: &Path) -> PathBuf {
        let top = self.worktree.as_deref().unwrap_or(Path::new(""));
        place.strip_prefix(top).unwrap_or(place).to_owned()
    }
}

/// What is to be worked on, and what people should know of what is not.
#[derive(Default)]
pub(super) struct Selection {
    pub(super) inputs: Vec<Input>,
    pub(super) notes: Vec<String>,
}

/// The Dockerfiles that `paths` name, as files of the repository.
pub(super) fn select(
    repo: &Repo,
    base: &Base,
    source: &Arc<Committed>,
    paths: &[PathBuf],
    settings: &Settings,
) -> anyhow::Result<Selection> {
    let mut selection = Selection::default();
    for path in paths {
        let place = repo.place(path)?;
        if let Some(module) = source.tree.submodule(&place) {
            let module = shown(&module);
            let message = format!("{} lies in the submodule {module}", path.display());
            let help = "it is a repository of its own: run unroot in it";
            return Err(WithHelp::new(message, help).into());
        }
        match &source.worktree {
            Some(top) => on_disk(repo, source, settings, top, &place, path, &mut selection)?,
            None => in_base(base, source, settings, &place, path, &mut selection)?,
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    selection.inputs.retain(|input| match input {
        Input::Committed(path, _) => seen.insert(path.clone()) && !settings.unchanged(input),
        _ => true,
    });
    Ok(selection)
}

fn in_base(
    base: &Base,
    source: &Arc<Committed>,
    settings: &Settings,
    place: &Path,
    path: &Path,
    selection: &mut Selection,
) -> anyhow::Result<()> {
    let tree = &source.tree;
    let resolved = tree.resolve(place);
    let kind = resolved.as_ref().and_then(|path| tree.entry(path));
    match (resolved, kind.map(|entry| entry.kind)) {
        (Some(file), Some(Kind::File)) => {
            selection
                .inputs
                .push(Input::Committed(file, Arc::clone(source)));
        }
        (Some(folder), Some(Kind::Folder)) => {
            let found = discover::walk_in(tree, &folder);
            let files = found.files.into_iter();
            let files = files.map(|file| Input::Committed(file, Arc::clone(source)));
            selection
                .inputs
                .extend(files.filter(|input| !settings.excludes(input)));
            let modules = found.others.iter();
            selection
                .notes
                .extend(modules.map(|module| passed_over(module)));
        }
        _ if tree.entry(place).is_some() => {
            let message = format!("{} is a link to nothing in the repository", path.display());
            return Err(WithHelp::new(message, "name the file itself").into());
        }
        _ => {
            let name = base.name();
            let message = format!("cannot find {} in {name}", path.display());
            let help = if path.exists() {
                "it is not committed there; --worktree takes what lies in the work tree"
            } else {
                "give Dockerfiles or folders of the repository"
            };
            return Err(WithHelp::new(message, help).into());
        }
    }
    Ok(())
}

fn on_disk(
    repo: &Repo,
    source: &Arc<Committed>,
    settings: &Settings,
    top: &Path,
    place: &Path,
    path: &Path,
    selection: &mut Selection,
) -> anyhow::Result<()> {
    let whole = top.join(place).canonicalize().map_err(|error| {
        let help = "give Dockerfiles or folders of the repository";
        WithHelp::new(format!("cannot find {}: {error}", path.display()), help)
    })?;
    if !whole.starts_with(top) {
        let message = format!("{} is a link out of the repository", path.display());
        return Err(WithHelp::new(message, "name a file of the repository").into());
    }
    let input = |file: PathBuf| Input::Committed(source.below_top(&file), Arc::clone(source));
    if whole.is_file() {
        selection.inputs.push(input(whole));
        return Ok(());
    }
    for found in discover::walk(&whole) {
        let file = match found {
            Ok(file) => file,
            Err(error) => {
                selection.inputs.push(Input::Failed(error.to_string()));
                continue;
            }
        };
        let place = source.below_top(&file);
        if settings.excludes(&input(file.clone())) {
            continue;
        }
        if let Some(module) = source.tree.submodule(&place) {
            let note = passed_over(&module);
            if !selection.notes.contains(&note) {
                selection.notes.push(note);
            }
        } else if repo.lying(&place)? == Lying::Untracked {
            selection.notes.push(format!(
                "{} is passed over: git does not track it (name it to have it committed)",
                shown(&place)
            ));
        } else {
            selection.inputs.push(input(file));
        }
    }
    Ok(())
}

fn passed_over(module: &Path) -> String {
    let module = shown(module);
    format!("{module} is passed over: a submodule is a repository of its own")
}
