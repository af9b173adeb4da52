//! What arguments, environment and configurations say together, for each Dockerfile.

mod effective;
mod lookup;
mod rests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use unroot::config::Exclude;
use unroot::lookup::LookedUp;
use unroot::repo::{Changed, CommitTree};

use super::WithHelp;
use super::args::{Inputs, Who};
use super::commit::open;
use super::files::{Input, is_stdin};
pub(super) use effective::Effective;
use effective::{Asked, check_step_down};
pub(super) use lookup::absolute;
use lookup::{Bad, Known, Place};

/// Where people read what a configuration can hold: the binary has no docs beside it.
pub(super) const DOCS: &str = concat!(
    env!("CARGO_PKG_REPOSITORY"),
    "/blob/main/docs/configuration.md"
);

/// What counts for each Dockerfile: the nearest configuration, below what was asked for.
pub(super) struct Settings {
    asked: Asked,
    /// `--config`: it counts for all.
    named: Option<Arc<Effective>>,
    /// Where configurations are looked for.
    place: Place,
    working: PathBuf,
    known: Mutex<HashMap<PathBuf, Known>>,
    /// `--exclude`.
    exclude: Exclude,
    /// `--context`.
    context: Option<PathBuf>,
    /// `--diff-base`.
    changed: Option<Changed>,
    excluded: AtomicUsize,
    unchanged: AtomicUsize,
}

impl Settings {
    /// With the configurations that lie on the disk.
    pub(super) fn new(inputs: &Inputs, who: &Who) -> anyhow::Result<Self> {
        let working = std::env::current_dir()?;
        let mut settings = Self::make(inputs, who, Place::Disk, working)?;
        if let Some(revision) = &inputs.diff_base {
            let paths = inputs.paths.iter().filter(|path| !is_stdin(path));
            let paths: Vec<PathBuf> = paths.cloned().collect();
            let repo = open(&paths)?;
            for path in &paths {
                repo.place(path)?;
            }
            settings.changed = Some(repo.changed(revision, None)?);
        }
        // What is wrong with the nearest ones is said once, and before anything else.
        for path in &inputs.paths {
            let folder = if path.is_dir() {
                absolute(path, &settings.working)
            } else {
                settings.folder_of(path)
            };
            let nearest = settings.look(&folder)?;
            check_step_down(who, nearest.options.wish.strategy)?;
        }
        Ok(settings)
    }

    /// With those that lie on the disk, for who works in the folder `working`. Nothing is looked for yet.
    pub(super) fn within(inputs: &Inputs, who: &Who, working: PathBuf) -> anyhow::Result<Self> {
        Self::make(inputs, who, Place::Disk, working)
    }

    /// With those that a commit has. Paths count from the top.
    pub(super) fn in_commit(
        inputs: &Inputs,
        who: &Who,
        tree: Arc<CommitTree>,
        changed: Option<Changed>,
    ) -> anyhow::Result<Self> {
        let working = std::env::current_dir()?;
        let mut settings = Self::make(inputs, who, Place::Commit(tree), working)?;
        settings.changed = changed;
        let top = settings.look(Path::new(""))?;
        check_step_down(who, top.options.wish.strategy)?;
        Ok(settings)
    }

    fn make(inputs: &Inputs, who: &Who, place: Place, working: PathBuf) -> anyhow::Result<Self> {
        let exclude_from = match place {
            Place::Disk => working.clone(),
            Place::Commit(_) => PathBuf::new(),
        };
        let exclude = Exclude::new(&exclude_from, &inputs.exclude).map_err(|error| {
            let help = "write a pattern as in .gitignore";
            WithHelp::new(format!("--exclude: {error}"), help)
        })?;
        if let (Place::Disk, Some(folder)) = (&place, &inputs.context)
            && !folder.is_dir()
        {
            let message = format!("--context {}: this is no folder", folder.display());
            let help = "name the folder that `docker build` is given";
            return Err(WithHelp::new(message, help).into());
        }
        let mut settings = Self {
            asked: Asked::new(inputs, who)?,
            named: None,
            place,
            working,
            known: Mutex::default(),
            exclude,
            context: inputs.context.clone(),
            changed: None,
            excluded: AtomicUsize::default(),
            unchanged: AtomicUsize::default(),
        };
        if let Some(path) = &inputs.config {
            let folder = match settings.place {
                Place::Disk => settings.working.clone(),
                Place::Commit(_) => PathBuf::new(),
            };
            let named = lookup::named(path, &folder, &settings.asked)?;
            settings.named = Some(Arc::new(named));
        }
        Ok(settings)
    }

    /// What counts for the file, or why that cannot be known.
    pub(super) fn of(&self, input: &Input) -> Result<Arc<Effective>, String> {
        let folder = match input {
            Input::File(path) => self.folder_of(path),
            Input::Committed(path, source) => match (&source.worktree, &self.place) {
                (Some(top), Place::Disk) => self.folder_of(&top.join(path)),
                _ => path.parent().unwrap_or(Path::new("")).to_owned(),
            },
            Input::Stdin(_) | Input::Failed(_) => self.start(),
        };
        self.look(&folder).map_err(|bad| bad.line())
    }

    /// What counts in the working folder, or at the top of the commit.
    pub(super) fn here(&self) -> Result<Arc<Effective>, Bad> {
        self.look(&self.start())
    }

    /// What counts for a Dockerfile or a folder of the disk.
    pub(super) fn at(&self, path: &Path) -> Result<Arc<Effective>, Bad> {
        if path.is_dir() {
            self.look(&absolute(path, &self.working))
        } else {
            self.look(&self.folder_of(path))
        }
    }

    fn start(&self) -> PathBuf {
        match self.place {
            Place::Disk => self.working.clone(),
            Place::Commit(_) => PathBuf::new(),
        }
    }

    fn folder_of(&self, path: &Path) -> PathBuf {
        let whole = absolute(path, &self.working);
        whole.parent().unwrap_or(&whole).to_owned()
    }

    /// True for a file that a search found and that is to be passed over.
    pub(super) fn excludes(&self, input: &Input) -> bool {
        let path = match (input, &self.place) {
            (Input::File(path), _) => absolute(path, &self.working),
            (Input::Committed(path, source), Place::Disk) => match &source.worktree {
                Some(top) => top.join(path),
                None => return false,
            },
            (Input::Committed(path, _), Place::Commit(_)) => path.clone(),
            (Input::Stdin(_) | Input::Failed(_), _) => return false,
        };
        let excluded = self.exclude.excludes(&path)
            || self
                .of(input)
                .is_ok_and(|effective| effective.exclude.excludes(&path));
        self.excluded
            .fetch_add(usize::from(excluded), Ordering::Relaxed);
        excluded
    }

    /// True for a file that is as it was at `--diff-base`, with the scripts that the verdict rests on.
    pub(super) fn unchanged(&self, input: &Input) -> bool {
        let Some(changed) = &self.changed else {
            return false;
        };
        let is_changed = |path: &Path| match input {
            Input::Committed(_, source) => changed.contains(&source.below_top(path)),
            _ => changed.on_disk(path),
        };
        let unchanged = match input {
            Input::File(path) | Input::Committed(path, _) => {
                !is_changed(path) && !self.rests_on(input, is_changed)
            }
            Input::Stdin(_) | Input::Failed(_) => false,
        };
        self.unchanged
            .fetch_add(usize::from(unchanged), Ordering::Relaxed);
        unchanged
    }

    fn rests_on(&self, input: &Input, is_changed: impl Fn(&Path) -> bool) -> bool {
        // What cannot be read is told when its turn comes.
        let (Ok(bytes), Ok(effective)) = (input.read(), self.of(input)) else {
            return true;
        };
        let context = input.context_in(self.context.as_deref());
        let places = rests::places(&bytes, context.as_ref(), &effective.options);
        places.iter().any(|place| is_changed(place))
    }

    /// What was asked of whom beyond the embedded table, so far.
    pub(super) fn asked(&self) -> Vec<LookedUp> {
        self.asked.looked_up()
    }

    /// What was passed over, for the end of a summary.
    pub(super) fn passed_over(&self) -> String {
        let mut text = String::new();
        let counts = [
            (&self.excluded, "excluded"),
            (&self.unchanged, "not changed"),
        ];
        for (count, what) in counts {
            let count = count.load(Ordering::Relaxed);
            if count > 0 {
                text.push_str(&format!("; {count} {what}"));
            }
        }
        text
    }
}
