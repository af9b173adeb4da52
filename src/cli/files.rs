//! Runs work over many files side by side, and gives the results back in the files' order. What is
//! held at a time is bounded: memory does not grow with the number of files.

use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};

use unroot::context::{BuildContext, Folder, NoContext};
use unroot::discover;
use unroot::finding::Applicability;
use unroot::plan::{Patched, PatchedFile, patch};
use unroot::render::escape::line;

use super::WithHelp;
use super::args::Inputs;
use super::committed::Committed;
use super::progress::Progress;
use super::settings::{Effective, Settings};

/// One file to work on.
pub(super) enum Input {
    Stdin(Vec<u8>),
    File(PathBuf),
    /// A file of a repository, by its path from the top.
    Committed(PathBuf, Arc<Committed>),
    /// A place that could not be looked into.
    Failed(String),
}

impl Input {
    /// The name for messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Stdin(_) => "<stdin>".into(),
            Self::File(path) | Self::Committed(path, _) => shown(path),
            Self::Failed(_) => String::new(),
        }
    }

    /// The file's bytes, or a message of why there are none.
    pub(super) fn read(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Stdin(bytes) => Ok(bytes.clone()),
            Self::File(path) => std::fs::read(path).map_err(|error| {
                let help = match error.kind() {
                    ErrorKind::PermissionDenied => {
                        "; let the user who runs this read it, or --exclude it"
                    }
                    _ => "",
                };
                format!("cannot read {}: {error}{help}", shown(path))
            }),
            Self::Committed(path, source) => source.read(path),
            Self::Failed(message) => Err(message.clone()),
        }
    }

    /// Where its COPYs are looked up.
    pub(super) fn context(&self, inputs: &Inputs) -> Box<dyn BuildContext> {
        self.context_in(inputs.context.as_deref())
    }

    /// The same; `folder` is what was asked for.
    pub(super) fn context_in(&self, folder: Option<&Path>) -> Box<dyn BuildContext> {
        match (self, folder) {
            (Self::Committed(path, source), _) => source.context(path),
            (Self::File(path), Some(folder)) => Box::new(Folder::exactly(folder).of(path)),
            (_, Some(folder)) => Box::new(Folder::exactly(folder)),
            (Self::File(path), None) => Box::new(Folder::around(path)),
            _ => Box::new(NoContext),
        }
    }
}

/// A file and what its fixes make of it.
pub(super) struct Planned {
    pub(super) bytes: Vec<u8>,
    pub(super) patched: Patched,
    /// Where the files of the build context lie that change with it, in the order of [`Patched::files`].
    pub(super) paths: Vec<PathBuf>,
    /// What counted for it.
    pub(super) effective: Arc<Effective>,
}

impl Planned {
    /// The files of the build context that change: where each lies, and its bytes.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Path, &PatchedFile)> {
        self.paths
            .iter()
            .map(PathBuf::as_path)
            .zip(&self.patched.files)
    }
}

/// The bytes of an input and its fixes, or a message of why there are none.
pub(super) fn patch_input(
    input: &Input,
    inputs: &Inputs,
    settings: &Settings,
    unsafe_fixes: bool,
) -> Result<Planned, String> {
    let bytes = input.read()?;
    let effective = settings.of(input)?;
    let context = input.context(inputs);
    let least = if unsafe_fixes {
        Applicability::Unsafe
    } else {
        Applicability::Safe
    };
    let patched = patch(&bytes, context.as_ref(), &effective.options, least)
        .map_err(|error| format!("{}: {error}", input.name()))?;
    let paths = locate(&patched.files, context.as_ref())?;
    Ok(Planned {
        bytes,
        patched,
        paths,
        effective,
    })
}

/// Where changed files of the build context lie.
pub(super) fn locate(
    files: &[PatchedFile],
    context: &dyn BuildContext,
) -> Result<Vec<PathBuf>, String> {
    let places = files.iter().map(|file| {
        let path = file.place(context);
        path.ok_or_else(|| format!("{} is not to be found any more", file.path))
    });
    places.collect()
}

/// Files taken at once: enough to keep all cores busy, few enough to hold.
const BATCH: usize = 256;

/// Calls `work` for each input, side by side, and `take` with each result in order. False where there is none.
pub(super) fn each<T: Send>(
    inputs: &Inputs,
    settings: &Settings,
    work: impl Fn(&Input) -> T + Sync,
    take: impl FnMut(&Input, T) -> anyhow::Result<()>,
) -> anyhow::Result<bool> {
    let single = check_paths(&inputs.paths)?;
    let count = AtomicUsize::default();
    let all = wanted(&inputs.paths, settings).inspect(|_| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    each_of(all, single, work, take)?;
    Ok(count.into_inner() > 0)
}

/// What is said where there was nothing to look at: that is no mistake, and may be one of the reader's.
pub(super) fn none_found(paths: &[PathBuf], settings: &Settings) -> String {
    if !settings.passed_over().is_empty() {
        return String::new();
    }
    let names = paths.iter().map(|path| match shown(path) {
        name if name.is_empty() => ".".to_owned(),
        name => name,
    });
    let names = names.collect::<Vec<_>>().join(", ");
    format!(
        "note: no Dockerfile lies below {}\nhelp: a search finds Dockerfile, Dockerfile.*, *.Dockerfile and \
         Containerfile*, but for what git ignores; name a file that is called otherwise\n",
        line(&names)
    )
}

/// The same for inputs that are known; `single` says that there is just one.
pub(super) fn each_of<T: Send>(
    mut all: impl Iterator<Item = Input> + Send,
    single: bool,
    work: impl Fn(&Input) -> T + Sync,
    mut take: impl FnMut(&Input, T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    if single || threads == 1 {
        let mut progress = Progress::new();
        for input in all {
            let result = work(&input);
            progress.pause();
            take(&input, result)?;
            progress.step();
        }
        progress.finish();
        return Ok(());
    }
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(2);
        // Looking for files goes on while those found are worked on.
        scope.spawn(move || {
            loop {
                let batch: Vec<Input> = all.by_ref().take(BATCH).collect();
                if batch.is_empty() || sender.send(batch).is_err() {
                    break;
                }
            }
        });
        drain(receiver, threads, &work, &mut take)
    })
}

/// All inputs at once: for work of which each takes its time.
pub(super) fn inputs(paths: &[PathBuf], settings: &Settings) -> anyhow::Result<Vec<Input>> {
    check_paths(paths)?;
    Ok(wanted(paths, settings).collect())
}

/// What the paths name, without what is passed over.
fn wanted<'a>(
    paths: &'a [PathBuf],
    settings: &'a Settings,
) -> impl Iterator<Item = Input> + Send + 'a {
    let all = paths.iter().flat_map(move |path| {
        // What is named is looked at, whatever is excluded.
        let searched = path.is_dir();
        expand(path).filter(move |input| !searched || !settings.excludes(input))
    });
    all.filter(move |input| !settings.unchanged(input))
}

fn drain<T: Send>(
    batches: Receiver<Vec<Input>>,
    threads: usize,
    work: &(impl Fn(&Input) -> T + Sync),
    take: &mut impl FnMut(&Input, T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut progress = Progress::new();
    for batch in batches {
        let next = AtomicUsize::new(0);
        let results: Vec<Mutex<Option<T>>> = batch.iter().map(|_| Mutex::new(None)).collect();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let (Some(input), Some(slot)) = (batch.get(at), results.get(at)) else {
                            break;
                        };
                        let result = work(input);
                        if let Ok(mut slot) = slot.lock() {
                            *slot = Some(result);
                        }
                    }
                });
            }
        });
        for (input, slot) in batch.iter().zip(results) {
            if let Ok(Some(result)) = slot.into_inner() {
                progress.pause();
                take(input, result)?;
            }
            progress.step();
        }
    }
    progress.finish();
    Ok(())
}

/// Says early what cannot be found; true when there is just one file to look at.
pub(super) fn check_paths(paths: &[PathBuf]) -> anyhow::Result<bool> {
    for path in paths.iter().filter(|path| !is_stdin(path)) {
        if let Err(error) = std::fs::metadata(path) {
            return Err(WithHelp::new(
                format!("cannot find {}: {error}", path.display()),
                "give Dockerfiles, folders, or `-` for standard input",
            )
            .into());
        }
    }
    Ok(matches!(paths, [path] if is_stdin(path) || path.is_file()))
}

fn expand(path: &Path) -> Box<dyn Iterator<Item = Input> + Send + '_> {
    if is_stdin(path) {
        let mut bytes = Vec::new();
        let input = match io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => Input::Stdin(bytes),
            Err(error) => Input::Failed(format!("cannot read standard input: {error}")),
        };
        Box::new(std::iter::once(input))
    } else if path.is_dir() {
        Box::new(discover::walk(path).map(|found| match found {
            Ok(path) => Input::File(path),
            Err(error) => Input::Failed(error.to_string()),
        }))
    } else {
        Box::new(std::iter::once(Input::File(path.to_owned())))
    }
}

pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// A path for people and patches: without a leading `./`, with `/` between parts.
pub(super) fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace('\\', "/")
    }
}
