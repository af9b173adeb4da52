//! Lab cases: images that are built and run with the container engine at hand, a folder each under
//! `tests/lab`:
//!
//! - `Dockerfile`, and beside it the build context;
//! - `case.toml`: how it is run, and what `unroot verify` must say (see [`Case`]);
//! - `fixed.Dockerfile`, where not unroot's own fix is put to the proof but one made by hand.
//!
//! A Safe fix that is broken fails, whatever the case expects. How many fixes of which kind are proven is printed.
//!
//! Each case drives the built binary. Without an engine all of it is skipped, and says so; with
//! `UNROOT_LAB=required` that is a failure, as is a case whose base image is missing. `UNROOT_LAB_ENGINE`
//! chooses the engine, `UNROOT_LAB_CASE` the cases whose name contains it.

mod killed;
mod labels;
mod step_down;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde::Deserialize;
use serde_json::Value;

/// `case.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What it shows, in a sentence.
    shows: String,
    /// What verify must say: `proven`, `broken`, or `not-provable`.
    verdict: String,
    /// The check that must show that it is broken, or the kind of the obstacle.
    because: Option<String>,
    /// Text that the reason must hold.
    says: Option<String>,
    /// What a future recipe shall repair: until then the case is broken, and fails as soon as it is not.
    #[serde(default)]
    awaits: Option<String>,
    /// Arguments of `unroot verify`.
    #[serde(default)]
    args: Vec<String>,
    /// `safe` or `unsafe`: what the fix must be.
    applicability: Option<String>,
    /// What becomes of the file with nothing but `USER 10001:10001` at its end: `broken` or `proven`.
    bare: Option<String>,
    /// Variables for the engine: `DOCKER_BUILDKIT = "0"`.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// `--wait`, in seconds.
    wait: Option<f64>,
    /// `--check`.
    check: Option<String>,
    /// `--exec`.
    exec: Option<String>,
    /// The same case without these arguments must come out as this verdict.
    without: Option<Without>,
    /// The original has no process of uid 0 that could be seen (it steps down, or ends at once).
    #[serde(default)]
    root_unseen: bool,
    /// The fixed image starts as root, and is the user's once it has stepped down.
    #[serde(default)]
    steps_down: bool,
    /// A volume of root's, with files in it, is mounted here: a new one for each proof.
    volume: Option<String>,
    /// Extra lines that must differ.
    #[serde(default)]
    differs: Vec<String>,
    /// Paths that must have been learned.
    #[serde(default)]
    learned: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Without {
    args: Vec<String>,
    verdict: String,
}

/// Containers have no network.
const COMMON: [&str; 3] = ["--network", "none", "--format=json"];

/// How long a container must stay up, in seconds, where the case does not say.
const WAIT: f64 = 2.5;

fn say(text: &str) {
    // Not captured by the test harness: a skip must be seen.
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn is_required() -> bool {
    std::env::var("UNROOT_LAB").is_ok_and(|value| value == "required")
}

/// The binary, with the variables that engines need and no other.
fn unroot(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unroot"));
    command.current_dir(folder).env_clear();
    let kept = std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        ["PATH", "HOME", "TMPDIR", "XDG_RUNTIME_DIR"].contains(&name.as_ref())
            || ["DOCKER_", "CONTAINER", "BUILDX_", "BUILDAH_"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
    });
    command.envs(kept);
    command
}

/// After so many cases the engine forgets what it built.
const PRUNED: usize = 12;

/// Bounds the disk that builds take: hundreds of them leave tens of gigabytes in the build cache. Engines that do not
/// know the commands say so, and nobody minds.
fn prune() {
    let wanted = std::env::var("UNROOT_LAB_ENGINE").unwrap_or_else(|_| "docker".into());
    for args in [
        &["builder", "prune", "--force", "--keep-storage", "3GB"][..],
        &["image", "prune", "--force"],
    ] {
        let _ = Command::new(&wanted).args(args).output();
    }
}

fn engine_arguments() -> Vec<String> {
    std::env::var("UNROOT_LAB_ENGINE")
        .map(|name| vec!["--engine".to_owned(), name])
        .unwrap_or_default()
}

/// The engine that answers; none after having said so loudly.
fn engine() -> Option<String> {
    let wanted = std::env::var("UNROOT_LAB_ENGINE").ok();
    match unroot::verify::find(wanted.as_deref(), &unroot::verify::Cancel::default()) {
        Ok(found) => match can_run() {
            Ok(()) => Some(found.label()),
            Err(why) => {
                let label = found.label();
                assert!(!is_required(), "{label} cannot run a container here: {why}");
                say(&format!(
                    "\nSKIPPED: {label} cannot run a container here, so no fix was proven: {why}"
                ));
                None
            }
        },
        Err(refused) => {
            assert!(!is_required(), "no container engine answers: {refused:?}");
            say(
                "\nSKIPPED: no container engine answers, so no fix was proven by building and running it:",
            );
            for line in refused {
                say(&format!("  {line}"));
            }
            None
        }
    }
}

/// An engine that answers may still be unable to run anything, as in a machine without cgroups of its own.
fn can_run() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/podman-one-shot");
    let mut command = unroot(&folder);
    command.arg("verify").args(COMMON).args(engine_arguments());
    let output = command.output().map_err(|error| error.to_string())?;
    let report: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let proof = &report["proofs"][0];
    let obstacle = &proof["not_provable"];
    // An engine without the images, and without a network to get them from, shows nothing of any case.
    let without = obstacle["kind"] == "base-not-pullable";
    if without && !is_required() {
        return Err("it has no base images, and cannot get them".into());
    }
    if without || proof["verdict"] == "proven" {
        Ok(())
    } else {
        Err(summary(proof))
    }
}

#[test]
fn every_case_comes_out_as_it_says() {
    let Some(engine) = engine() else { return };
    let root = root();
    let folders = cases();
    let start = Instant::now();
    let next = AtomicUsize::new(0);
    let results: Mutex<BTreeMap<String, Outcome>> = Mutex::default();
    // Containers mostly wait: more of them than cores.
    std::thread::scope(|scope| {
        for _ in 0..JOBS {
            scope.spawn(|| {
                while let Some(folder) = folders.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = folder.file_name().unwrap_or_default().to_string_lossy();
                    let outcome = run(folder);
                    if next.load(Ordering::Relaxed).is_multiple_of(PRUNED) {
                        prune();
                    }
                    results
                        .lock()
                        .expect("no panic")
                        .insert(name.into_owned(), outcome);
                }
            });
        }
    });
    let mut results = results.into_inner().expect("no panic");
    again(&root, &mut results);
    tally(&results);
    report(&engine, &results, start.elapsed().as_secs_f64());
    let failed: Vec<String> = results
        .iter()
        .filter_map(|(name, outcome)| match outcome {
            Outcome::Failed(why) => Some(format!("{name}: {why}")),
            Outcome::Skipped(why) if is_required() => Some(format!("{name}: skipped: {why}")),
            _ => None,
        })
        .collect();
    assert!(
        failed.is_empty(),
        "{} cases fail:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

/// The folders of the cases, those that `UNROOT_LAB_CASE` names.
fn cases() -> Vec<PathBuf> {
    let wanted = std::env::var("UNROOT_LAB_CASE").unwrap_or_default();
    let mut folders: Vec<PathBuf> = fs::read_dir(root())
        .expect("there are cases")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.join("case.toml").is_file())
        .filter(|path| path.to_string_lossy().contains(&wanted))
        .collect();
    folders.sort();
    folders
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab")
}

const JOBS: usize = 6;

/// Runs what failed once more, by itself: six containers on two cores can keep one from what it does in time. Each is
/// said, loudly, and more than a few are no accident.
fn again(root: &Path, results: &mut BTreeMap<String, Outcome>) {
    const FEW: usize = 3;
    let failed = |outcome: &Outcome| matches!(outcome, Outcome::Failed(_));
    let names: Vec<String> = results
        .iter()
        .filter(|(_, outcome)| failed(outcome))
        .map(|(name, _)| name.clone())
        .collect();
    if names.len() > FEW {
        return;
    }
    for name in names {
        if let Some(Outcome::Failed(why)) = results.get(&name) {
            say(&format!("AGAIN          {name}: {why}"));
        }
        let outcome = run(&root.join(&name));
        results.insert(name, outcome);
    }
}

enum Outcome {
    /// As it says: the verdict, what the fix was where it was unroot's own, and the seconds.
    Fine(String, Option<String>, f64),
    Skipped(String),
    Failed(String),
}

fn report(engine: &str, results: &BTreeMap<String, Outcome>, seconds: f64) {
    say(&format!(
        "\n{} lab cases with {engine}, {seconds:.1} s:",
        results.len()
    ));
    for (name, outcome) in results {
        match outcome {
            Outcome::Fine(verdict, applicability, seconds) => {
                let kind = applicability.as_deref().unwrap_or("-");
                say(&format!(
                    "  {verdict:<14} {kind:<6} {name} ({seconds:.1} s)"
                ));
            }
            Outcome::Skipped(why) => say(&format!("  SKIPPED        {name}: {why}")),
            Outcome::Failed(why) => say(&format!("  FAILED         {name}: {why}")),
        }
    }
}

/// How many of unroot's own fixes are proven, by what they claim to be.
fn tally(results: &BTreeMap<String, Outcome>) {
    for kind in ["safe", "unsafe"] {
        let of_kind = results.values().filter_map(|outcome| match outcome {
            Outcome::Fine(verdict, Some(applicability), _) if applicability == kind => {
                Some(verdict.as_str())
            }
            _ => None,
        });
        let verdicts: Vec<&str> = of_kind.collect();
        let count = |verdict: &str| {
            verdicts
                .iter()
                .filter(|own| own.starts_with(verdict))
                .count()
        };
        let (proven, broken) = (count("proven"), count("broken"));
        say(&format!(
            "\n{kind} fixes: {proven} proven, {broken} broken, {} not provable",
            verdicts.len() - proven - broken
        ));
    }
}

fn run(folder: &Path) -> Outcome {
    match judge(folder) {
        Ok(outcome) => outcome,
        Err(why) => Outcome::Failed(why),
    }
}

fn judge(folder: &Path) -> Result<Outcome, String> {
    let text = fs::read_to_string(folder.join("case.toml")).map_err(|error| error.to_string())?;
    let case: Case = toml::from_str(&text).map_err(|error| error.to_string())?;
    if case.shows.trim().is_empty() {
        return Err("it does not say what it shows".into());
    }
    if let Some(without) = &case.without {
        let proof = verify(folder, &case, &without.args)?;
        if proof["verdict"] != *without.verdict {
            return Err(format!(
                "without: {} instead of {}",
                summary(&proof),
                without.verdict
            ));
        }
    }
    let proof = verify(folder, &case, &case.args)?;
    let missing = proof["not_provable"]["kind"] == "base-not-pullable"
        && case.because.as_deref() != Some("base-not-pullable");
    if missing {
        return Ok(Outcome::Skipped("its base image is not there".into()));
    }
    // With `--learn` it is the proof that makes a fix Safe: without one it is not applied.
    let learns = case.args.iter().any(|arg| arg == "--learn");
    let own = !folder.join("fixed.Dockerfile").is_file() && !learns;
    let applicability = proof["fix"]["applicability"].as_str().filter(|_| own);
    if applicability == Some("safe") && proof["verdict"] == "broken" {
        return Err(format!("a Safe fix is broken: {}", summary(&proof)));
    }
    if proof["verdict"] != *case.verdict {
        return Err(format!("{} instead of {}", summary(&proof), case.verdict));
    }
    if case.applicability.is_some() && case.applicability.as_deref() != applicability {
        return Err(format!("the fix is {}", proof["fix"]));
    }
    if let Some(expected) = &case.bare {
        let bare = bare(folder, &case)?;
        if bare["verdict"] != **expected {
            return Err(format!(
                "with a bare USER: {} instead of {expected}",
                summary(&bare)
            ));
        }
    }
    if let Some(because) = &case.because {
        let found = [&proof["broken"]["check"], &proof["not_provable"]["kind"]];
        if !found.iter().any(|found| *found == because) {
            return Err(format!(
                "{} instead of because of {because}",
                summary(&proof)
            ));
        }
    }
    let reason = [&proof["broken"]["why"], &proof["not_provable"]["text"]]
        .map(|text| text.as_str().unwrap_or_default().to_owned())
        .concat();
    if let Some(says) = case
        .says
        .as_ref()
        .filter(|says| !reason.contains(says.as_str()))
    {
        return Err(format!("`{reason}` does not say `{says}`"));
    }
    for check in &case.differs {
        let line = line(&proof, check).ok_or_else(|| format!("there is no line {check}"))?;
        if line["result"] != "bad" {
            return Err(format!("the line {check} does not differ"));
        }
    }
    let learned: Vec<&str> = proof["learned"]["paths"]
        .as_array()
        .map(|paths| {
            paths
                .iter()
                .filter_map(|path| path["path"].as_str())
                .collect()
        })
        .unwrap_or_default();
    if let Some(path) = case
        .learned
        .iter()
        .find(|path| !learned.contains(&path.as_str()))
    {
        return Err(format!("{path} was not learned: {learned:?}"));
    }
    if case.verdict == "proven" {
        proven(&case, &proof)?;
    }
    let seconds = proof["seconds"]
        .as_object()
        .map_or(0.0, |parts| parts.values().filter_map(Value::as_f64).sum());
    let verdict = match &case.awaits {
        Some(_) => format!("{}, awaited", case.verdict),
        None => case.verdict.clone(),
    };
    let applicability = applicability.map(str::to_owned);
    Ok(Outcome::Fine(verdict, applicability, seconds))
}

/// The original really was root, and nothing of the fixed image is.
fn proven(case: &Case, proof: &Value) -> Result<(), String> {
    let line = line(proof, "processes").ok_or("nothing is said of the processes")?;
    let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let (original, fixed) = (text("original"), text("fixed"));
    let has_root = |ids: &str| ids.split(", ").any(|ids| ids.starts_with("0:"));
    // A job may end before it can be looked at: the engine has started it as the image says.
    let started = original == "started as root";
    if !case.root_unseen && !started && !has_root(&original) {
        return Err(format!(
            "no process of the original was seen as uid 0: {original}"
        ));
    }
    if case.steps_down {
        let has_user = fixed.split(", ").any(|ids| !ids.starts_with("0:"));
        return if has_user && line["result"] == "fine" {
            Ok(())
        } else {
            Err(format!("the fixed image does not step down: {fixed}"))
        };
    }
    if has_root(&fixed) || fixed.contains("root") {
        return Err(format!("the fixed image has a process of uid 0: {fixed}"));
    }
    Ok(())
}

fn line<'p>(proof: &'p Value, check: &str) -> Option<&'p Value> {
    let lines = proof["lines"].as_array()?;
    lines.iter().find(|line| line["check"] == check)
}

/// The proof of the file with nothing but a USER at its end, which is what people write.
fn bare(folder: &Path, case: &Case) -> Result<Value, String> {
    let error = |error: std::io::Error| error.to_string();
    let text = fs::read_to_string(folder.join("Dockerfile")).map_err(error)?;
    let mut file = tempfile::NamedTempFile::new().map_err(error)?;
    write!(file, "{}\nUSER 10001:10001\n", text.trim_end()).map_err(error)?;
    // What the fix is asked to do about ports and the like means nothing here.
    let args = case.args.iter().filter(|arg| !is_of_the_fix(arg)).cloned();
    let args: Vec<String> = args.collect();
    verify_with(folder, case, &args, Some(file.path()))
}

fn is_of_the_fix(arg: &str) -> bool {
    [
        "--ports",
        "--own",
        "--strategy",
        "--step-down-tool",
        "--inline",
        "--legacy-builder",
        "--learn",
        "--uid",
        "--user",
        "--gid",
        "--named",
    ]
    .iter()
    .any(|option| arg.starts_with(option))
}

fn verify(folder: &Path, case: &Case, args: &[String]) -> Result<Value, String> {
    let by_hand = folder.join("fixed.Dockerfile");
    let by_hand = by_hand.is_file().then_some(by_hand);
    verify_with(folder, case, args, by_hand.as_deref())
}

fn verify_with(
    folder: &Path,
    case: &Case,
    args: &[String],
    fixed: Option<&Path>,
) -> Result<Value, String> {
    let mut command = unroot(folder);
    command.envs(&case.env);
    command.arg("verify").args(COMMON).args(engine_arguments());
    command.args(["--wait", &case.wait.unwrap_or(WAIT).to_string()]);
    for (option, value) in [("--check", &case.check), ("--exec", &case.exec)] {
        if let Some(value) = value {
            command.args([option, value]);
        }
    }
    if let Some(fixed) = fixed {
        command.arg("--fixed").arg(fixed);
    }
    let volume = case.volume.as_ref().map(|_| Volume::filled());
    if let (Some(volume), Some(path)) = (&volume, &case.volume) {
        command.arg(format!("--run-arg=--volume={}:{path}", volume.name));
    }
    // The Dockerfile goes first: what follows `--` is the container's command.
    command.arg("Dockerfile").args(args);
    let output = command.output().map_err(|error| error.to_string())?;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let report: Value =
        serde_json::from_slice(&output.stdout).map_err(|_| format!("no report: {stderr}"))?;
    let proof = report["proofs"][0].clone();
    let code = output.status.code();
    let wanted = i32::from(proof["verdict"] != "proven");
    if code != Some(wanted) {
        return Err(format!("exit code {code:?} instead of {wanted}: {stderr}"));
    }
    Ok(proof)
}

/// A volume of the engine's that goes when it is dropped.
struct Volume {
    name: String,
}

impl Volume {
    /// With what a container of root's left there.
    fn filled() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("unroot-lab-{}-{number}", std::process::id());
        let mount = format!("{name}:/store");
        let fill = "echo old > /store/old && mkdir /store/sub && ln -s /etc/shadow /store/sub/link";
        docker(&[
            "run",
            "--rm",
            "--network",
            "none",
            "-v",
            &mount,
            "alpine:3.21",
            "sh",
            "-c",
            fill,
        ]);
        Self { name }
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        docker(&["volume", "rm", "--force", &self.name]);
    }
}

/// What a call of the engine prints, and whether it went well.
fn docker(args: &[&str]) -> (String, bool) {
    let wanted = std::env::var("UNROOT_LAB_ENGINE").unwrap_or_else(|_| "docker".into());
    let output = Command::new(wanted).args(args).output();
    let Ok(output) = output else {
        return (String::new(), false);
    };
    let text = [output.stdout, output.stderr].concat();
    (
        String::from_utf8_lossy(&text).trim().to_owned(),
        output.status.success(),
    )
}

/// A proof in a line.
fn summary(proof: &Value) -> String {
    format!(
        "{} {} {}",
        proof["verdict"], proof["broken"], proof["not_provable"]
    )
}
