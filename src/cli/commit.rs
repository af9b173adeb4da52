//! `unroot commit`

mod again;
mod gather;
mod message;
mod proven;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use unroot::render::escape::line;
use unroot::repo::{
    Base, BranchTip, CommitOptions, Foreign, Oid, Outcome, PushOutcome, Remote, Repo, RepoError,
    Step, TOKEN_VARIABLE,
};

use unroot::secret::Token;

use super::WithHelp;
use super::args::{Color, CommitArgs, CommitFormat, GitArgs, Inputs, ProofArgs, Wanted};
use super::committed::{Committed, select};
use super::lookup::warnings;
use super::proof::Prover;
use super::settings::Settings;
use super::streams::Streams;
pub(super) use gather::Gathered;
pub(super) use message::steps;

use gather::gather;
use report::{Branch, Pushed, Report};

pub(super) fn run(args: &CommitArgs, color: Color) -> anyhow::Result<ExitCode> {
    let mut streams = Streams::new(color);
    let repo = open(&args.wanted.inputs.paths)?;
    let base = base(&repo, &args.git)?;
    let branch = args.git.branch.clone();
    let branch = branch.unwrap_or_else(|| base.default_branch());
    repo.check_branch(&branch, &base)?;
    let text = args.format == CommitFormat::Text;
    let fixes = Fixes {
        wanted: &args.wanted,
        git: &args.git,
        proof: None,
    };
    let gathered = gather_all(&repo, &base, &fixes, &mut streams)?;
    let steps = steps(&gathered.parts, &args.git);
    let (state, pushed) = carry_out(&repo, &base, &branch, &steps, args)?;
    let report = Report {
        base: &base,
        branch: &branch,
        gathered: &gathered,
        state,
        pushed,
    };
    if text {
        streams.out(report.text().as_bytes())?;
        streams.err(report.complaints().as_bytes())?;
    } else {
        streams.out(report.json()?.as_bytes())?;
    }
    streams.flush()?;
    Ok(super::exit_code(report.failed(), report.held()))
}

/// Which fixes are wanted, and how they are committed.
#[derive(Clone, Copy)]
pub(super) struct Fixes<'a> {
    pub(super) wanted: &'a Wanted,
    pub(super) git: &'a GitArgs,
    /// Prove each fix first, this way, and take what is proven.
    pub(super) proof: Option<&'a ProofArgs>,
}

/// The repository that the paths lie in; they need not be there on disk.
pub(super) fn open(paths: &[PathBuf]) -> anyhow::Result<Repo> {
    if paths.iter().any(|path| path.as_os_str() == "-") {
        let help = "give Dockerfiles or folders of a repository";
        return Err(WithHelp::new("standard input cannot be committed", help).into());
    }
    let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
    // A link lies where it lies, wherever it leads.
    let mut folders = first.ancestors();
    let there = folders.find(|path| path.is_dir() && !path.is_symlink());
    Ok(Repo::open(there.unwrap_or(Path::new(".")))?)
}

pub(super) fn base(repo: &Repo, args: &GitArgs) -> anyhow::Result<Base> {
    let base = repo.base(args.base.as_deref())?;
    if !args.worktree {
        return Ok(base);
    }
    if repo.workdir().is_none() {
        let help = "leave --worktree out";
        return Err(WithHelp::new("a bare repository has no work tree", help).into());
    }
    if base.rebasing {
        let message = format!(
            "{} is being rebased: the work tree is not on it",
            base.name()
        );
        return Err(WithHelp::new(message, "end the rebase first, or leave --worktree out").into());
    }
    Ok(base)
}

/// Fixes what is selected.
pub(super) fn gather_all(
    repo: &Repo,
    base: &Base,
    args: &Fixes<'_>,
    streams: &mut Streams,
) -> anyhow::Result<Gathered> {
    let source = Arc::new(source(repo, base, args.git.worktree, &args.wanted.inputs)?);
    let inputs = &args.wanted.inputs;
    let settings = if args.git.worktree {
        Settings::new(inputs, &args.wanted.who)?
    } else {
        let revision = inputs.diff_base.as_deref();
        let changed = revision.map(|revision| repo.changed(revision, Some(base)));
        let tree = Arc::clone(&source.tree);
        Settings::in_commit(inputs, &args.wanted.who, tree, changed.transpose()?)?
    };
    let selection = select(repo, base, &source, &inputs.paths, &settings)?;
    if base.rebasing {
        let note = format!(
            "note: {} is being rebased: it is taken as it was before\n",
            base.name()
        );
        streams.err(note.as_bytes())?;
    }
    for note in &selection.notes {
        streams.err(format!("note: {}\n", line(note)).as_bytes())?;
    }
    let prover = match args.proof {
        Some(proof) => Some(Prover::new(proof, &args.wanted.inputs)?),
        None => None,
    };
    let wish = gather::Wish {
        prover: prover.as_ref(),
        repo,
        source: &source,
        inputs: &args.wanted.inputs,
        settings: &settings,
        unsafe_fixes: args.wanted.unsafe_fixes,
    };
    let gathered = gather(&wish, selection.inputs, |complaints| {
        Ok(streams.err(complaints.as_bytes())?)
    })?;
    streams.err(warnings(&settings.asked()).as_bytes())?;
    Ok(gathered)
}

fn source(repo: &Repo, base: &Base, worktree: bool, inputs: &Inputs) -> anyhow::Result<Committed> {
    let top = repo.workdir().filter(|_| worktree);
    Ok(Committed {
        tree: Arc::new(repo.tree(base)?),
        worktree: top.map(Path::canonicalize).transpose()?,
        folder: inputs
            .context
            .as_deref()
            .map(|folder| repo.place(folder))
            .transpose()?,
    })
}

/// Makes the commits, and pushes them where that is asked for.
fn carry_out(
    repo: &Repo,
    base: &Base,
    branch: &str,
    steps: &[Step],
    args: &CommitArgs,
) -> Result<(Branch, Option<Pushed>), RepoError> {
    if steps.is_empty() {
        return Ok((Branch::Nothing, None));
    }
    let mut there = None;
    let mut remote = None;
    if args.push {
        let token = std::env::var(TOKEN_VARIABLE)
            .ok()
            .filter(|token| !token.is_empty());
        let token = token.map(|token| Token::new(&token)).transpose();
        let token = token.map_err(RepoError::BadToken)?;
        let chosen = repo.remote(args.remote.as_deref(), base, token)?;
        there = repo.remote_branch(&chosen, branch, base)?;
        if let Some(foreign) = there.as_ref().and_then(|tip| tip.foreign.clone()) {
            return Ok((Branch::foreign(foreign, Some(chosen.name)), None));
        }
        if let Some(tip) = as_wanted(repo, base, steps, there.as_ref())? {
            // The remote has it from elsewhere: nothing is made anew, so that both stay the same.
            repo.adopt(branch, tip, base)?;
            let pushed = Pushed::new(&chosen, PushOutcome::UpToDate);
            return Ok((Branch::Unchanged(tip), Some(pushed)));
        }
        remote = Some(chosen);
    }
    let options = CommitOptions {
        signoff: args.git.signoff,
        unsigned: args.git.no_gpg_sign,
        fallback: None,
    };
    let state = match repo.commit(base, branch, steps, options)? {
        Outcome::Created(made) => Branch::Created(made),
        Outcome::Updated(made) => Branch::Updated(made),
        Outcome::Unchanged(tip) => Branch::Unchanged(tip.commit),
        Outcome::Nothing => Branch::Nothing,
        Outcome::Foreign(foreign) => Branch::foreign(foreign, None),
    };
    let pushed = match (remote, state.commit()) {
        (Some(remote), Some(commit)) => {
            let seen = there.map(|tip| tip.commit);
            Some(push(repo, &remote, branch, commit, seen)?)
        }
        _ => None,
    };
    Ok((state, pushed))
}

fn push(
    repo: &Repo,
    remote: &Remote,
    branch: &str,
    commit: Oid,
    seen: Option<Oid>,
) -> Result<Pushed, RepoError> {
    let outcome = repo.push(remote, branch, commit, seen)?;
    Ok(Pushed::new(remote, outcome))
}

/// The remote's commit, where it has the wanted files on this base.
fn as_wanted(
    repo: &Repo,
    base: &Base,
    steps: &[Step],
    there: Option<&BranchTip>,
) -> Result<Option<Oid>, RepoError> {
    let Some(tip) = there else { return Ok(None) };
    let wanted = repo.trees(base, steps)?;
    let same = wanted.last().is_some_and(|tree| tip.is(*tree, base));
    Ok(same.then_some(tip.commit))
}

impl Branch {
    fn foreign(commit: Foreign, remote: Option<String>) -> Self {
        Self::Foreign { commit, remote }
    }
}
