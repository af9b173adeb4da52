//! Fix cases, a folder each under `tests/cases`:
//!
//! - `Dockerfile`, and beside it whatever of the build context the case needs;
//! - `expected.Dockerfile`, the file that `fix --unsafe` makes of it, and below `expected/` the files of the build
//!   context that it changes, or
//! - `no-fix`, whose first word is why nothing is changed (a reason's identifier, or `fine`);
//! - `case.toml`, the arguments, where there are any. `dockerfile` names one that lies deeper: the case's folder is
//!   then the top of a repository;
//!
//! What is reported is a snapshot in `snapshots/`. `UNROOT_BLESS=1 cargo test --test cases` writes
//! the expected files anew: read the diff before you commit it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use unroot::analysis::{Options, analyse};
use unroot::bases::Overrides;
use unroot::context::{BuildContext, Disk, Entry, Folder, Overlay, Tree};
use unroot::dockerfile::Document;
use unroot::finding::Applicability;
use unroot::fix::{
    Change, Kind, Own, Ports, StepDownTool, StepDownWish, Strategy, Wish, Written, learn,
};
use unroot::plan::{Patched, patch};
use unroot::render::text::TextRenderer;
use unroot::stages::{BuildArgs, Target};
use unroot::verdict::Outcome;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
struct Case {
    dockerfile: Option<PathBuf>,
    target: Option<String>,
    all_targets: bool,
    last_stage: bool,
    build_args: Vec<(String, String)>,
    base_user: Vec<String>,
    strict: bool,
    user: Option<String>,
    uid: Option<u32>,
    gid: Option<u32>,
    named: bool,
    own: String,
    ports: String,
    strategy: String,
    step_down_tool: String,
    inline: bool,
    legacy_builder: bool,
    /// What a run of the original showed: `A`, `C` or `D` (as `docker diff` has it), a path (with a `/`
    /// behind it for a folder), and whether it only leads to another one.
    learned: Vec<(String, String, bool)>,
    /// Ports that it bound.
    learned_ports: Vec<u16>,
}

impl Case {
    fn options(self) -> Options {
        let written: Vec<Written> = self
            .learned
            .iter()
            .map(|(what, path, leads)| Written {
                path: path.trim_end_matches('/').to_owned(),
                kind: Some(if path.ends_with('/') {
                    Kind::Folder
                } else {
                    Kind::File
                }),
                what: match what.as_str() {
                    "A" => Change::Added,
                    "D" => Change::Deleted,
                    _ => Change::Changed,
                },
                leads: *leads,
            })
            .collect();
        let learned = (!written.is_empty())
            .then(|| learn(&written, self.learned_ports.into_iter().collect()));
        let mut build_args = BuildArgs::default();
        for (name, value) in &self.build_args {
            build_args.set(name, value);
        }
        Options {
            target: match self.target {
                Some(name) => Target::Named(name),
                None if self.all_targets => Target::All,
                None if self.last_stage => Target::Last,
                None => Target::Shipped,
            },
            build_args,
            overrides: Overrides::build(&self.base_user, []).expect("overrides"),
            strict: self.strict,
            wish: Wish {
                name: self.user,
                uid: self.uid,
                gid: self.gid,
                named: self.named,
                uid_range: None,
                own: match self.own.as_str() {
                    "workdir" => Own::Workdir,
                    "app" => Own::App,
                    "none" => Own::None,
                    _ => Own::Auto,
                },
                ports: match self.ports.as_str() {
                    "keep" => Ports::Keep,
                    "move" => Ports::Move,
                    "setcap" => Ports::Setcap,
                    _ => Ports::Unsaid,
                },
                strategy: match self.strategy.as_str() {
                    "twin" => Strategy::Twin,
                    "step-down" => Strategy::StepDown,
                    _ => Strategy::User,
                },
                step_down: StepDownWish {
                    tool: match self.step_down_tool.as_str() {
                        "setpriv" => Some(StepDownTool::Setpriv),
                        "su-exec" => Some(StepDownTool::SuExec),
                        "gosu" => Some(StepDownTool::Gosu),
                        _ => None,
                    },
                    inline: self.inline,
                    legacy_builder: self.legacy_builder,
                },
            },
            learned,
            ..Options::default()
        }
    }
}

#[test]
fn every_case_is_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: Vec<PathBuf> = fs::read_dir(&root)
        .expect("there are cases")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() >= 80, "{} cases", folders.len());
    let bless = std::env::var_os("UNROOT_BLESS").is_some();
    let failures: Vec<String> = folders
        .iter()
        .filter_map(|folder| {
            let name = folder.file_name()?.to_str()?.to_owned();
            run(folder, &name, bless)
                .err()
                .map(|why| format!("{name}: {why}"))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} cases fail:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn run(folder: &Path, name: &str, bless: bool) -> Result<(), String> {
    let case: Case = match fs::read_to_string(folder.join("case.toml")) {
        Ok(text) => toml::from_str(&text).map_err(|error| error.to_string())?,
        Err(_) => Case::default(),
    };
    let path = folder.join(case.dockerfile.as_deref().unwrap_or("Dockerfile".as_ref()));
    let before = fs::read(&path).map_err(|error| error.to_string())?;
    let context: Box<dyn BuildContext> = match &case.dockerfile {
        Some(_) => Box::new(Folder::around_in(Repository(folder), &path)),
        None => Box::new(Folder::exactly(folder).of(&path)),
    };
    let context = context.as_ref();
    let options = case.options();
    let patched = patch(&before, context, &options, Applicability::Unsafe)
        .map_err(|error| error.to_string())?;
    snapshot(name, &before, &patched);

    let changed = folder.join("expected");
    let expected_path = folder.join("expected.Dockerfile");
    let marker_path = folder.join("no-fix");
    if bless {
        write_expected(&expected_path, &marker_path, &patched);
        write_changed(&changed, &patched);
    }
    context_is_as_expected(&changed, &patched)?;
    match (
        fs::read(&expected_path).ok(),
        fs::read_to_string(&marker_path).ok(),
    ) {
        (Some(_), Some(_)) => Err("it has both expected.Dockerfile and no-fix".into()),
        (None, None) => Err("it has neither expected.Dockerfile nor no-fix".into()),
        (None, Some(marker)) => {
            let wanted = marker
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .trim_end_matches(':');
            match &patched.after {
                Some(_) => Err("it is fixed, and no-fix says that it is not".into()),
                None if reason(&patched) == wanted => Ok(()),
                None => Err(format!(
                    "no-fix says `{wanted}`, the reason is `{}`",
                    reason(&patched)
                )),
            }
        }
        (Some(expected), None) => {
            if expected == before {
                return Err("the expected file is the input: a fix that does nothing".into());
            }
            let after = patched.after.as_ref().ok_or("nothing is fixed")?;
            if *after != expected {
                return Err(format!(
                    "the result differs from expected.Dockerfile:\n{}",
                    String::from_utf8_lossy(after)
                ));
            }
            let files = patched.files.iter();
            let files = files.map(|file| (file.path.clone(), file.after.clone()));
            stands(after, &Overlay::new(context, files.collect()), &options)
        }
    }
}

/// The disk, with a folder at which a repository begins: a `.git` of its own could not be committed.
struct Repository<'a>(&'a Path);

impl Tree for Repository<'_> {
    fn entry(&self, path: &Path) -> Option<Entry> {
        Disk.entry(path)
    }

    fn resolve(&self, path: &Path) -> Option<PathBuf> {
        Disk.resolve(path)
    }

    fn read(&self, path: &Path, most: u64) -> Option<Vec<u8>> {
        Disk.read(path, most)
    }

    fn names(&self, path: &Path) -> Vec<OsString> {
        Disk.names(path)
    }

    fn is_top(&self, path: &Path) -> bool {
        path == self.0
    }
}

/// The result reads, starts as non-root, and leaves nothing to do.
fn stands(after: &[u8], context: &dyn BuildContext, options: &Options) -> Result<(), String> {
    let document = Document::lex(after);
    if let Some(problem) = document.problems.first() {
        return Err(format!("the result does not read: {}", problem.kind));
    }
    let again = analyse(after, context, options).map_err(|error| error.to_string())?;
    if again
        .targets
        .iter()
        .any(|target| target.outcome == Outcome::Root)
    {
        return Err("a target of the result starts as root".into());
    }
    let second =
        patch(after, context, options, Applicability::Unsafe).map_err(|error| error.to_string())?;
    match second.after {
        Some(_) => Err("a second run changes it again".into()),
        None => Ok(()),
    }
}

/// Each changed file of the build context lies below `expected/`, and nothing else does.
fn context_is_as_expected(folder: &Path, patched: &Patched) -> Result<(), String> {
    let mut wanted = files_below(folder, folder);
    for file in &patched.files {
        let expected = fs::read(folder.join(&file.path))
            .map_err(|_| format!("{} changes, and expected/ does not have it", file.path))?;
        if expected == file.before {
            return Err(format!("expected/{} is the input", file.path));
        }
        if expected != file.after {
            return Err(format!(
                "{} differs from expected/:\n{}",
                file.path,
                String::from_utf8_lossy(&file.after)
            ));
        }
        wanted.retain(|path| *path != file.path);
    }
    match wanted.first() {
        Some(path) => Err(format!("expected/{path} does not change")),
        None => Ok(()),
    }
}

fn files_below(folder: &Path, root: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for path in entries.map(|entry| entry.expect("readable").path()) {
        if path.is_dir() {
            all.extend(files_below(&path, root));
        } else {
            let path = path.strip_prefix(root).expect("below");
            all.push(path.to_string_lossy().into_owned());
        }
    }
    all
}

fn write_changed(folder: &Path, patched: &Patched) {
    let _ = fs::remove_dir_all(folder);
    for file in &patched.files {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().expect("below")).expect("writable");
        fs::write(path, &file.after).expect("writable");
    }
}

fn reason(patched: &Patched) -> &'static str {
    patched
        .held_back
        .first()
        .map_or("fine", |(_, reason)| reason.id)
}

fn write_expected(expected: &Path, marker: &Path, patched: &Patched) {
    let _ = fs::remove_file(expected);
    let _ = fs::remove_file(marker);
    if let Some(after) = &patched.after {
        fs::write(expected, after).expect("writable");
    } else {
        let text = patched
            .held_back
            .first()
            .map_or("no finding", |(_, reason)| reason.text.as_str());
        fs::write(marker, format!("{}: {text}\n", reason(patched))).expect("writable");
    }
}

fn snapshot(name: &str, before: &[u8], patched: &Patched) {
    let renderer = TextRenderer::new(false);
    let text: Vec<String> = patched
        .analysis
        .findings
        .iter()
        .map(|finding| renderer.render("Dockerfile", before, finding))
        .collect();
    let text = if text.is_empty() {
        "no finding".to_owned()
    } else {
        text.join("\n\n")
    };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/cases");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
