//! From arguments to a pull request, for the command and for the Action.

use std::process::ExitCode;

use anyhow::Context as _;
use unroot::forge::Remote as Address;
use unroot::forge::github::{Client, Endpoints, Mode};
use unroot::pr::body::Body;
use unroot::pr::{
    Branch, Outcome, Proposal, SignedBranch, SignedFile, Wanted, fingerprint, sync, title,
};
use unroot::repo::{self, Base, CommitOptions, Repo, RepoError, Step, seal};
use unroot::secret::Token;

use super::branch::GitBranch;
use crate::cli::WithHelp;
use crate::cli::args::PullArgs;
use crate::cli::commit::{Fixes, Gathered, base, gather_all, open, steps};
use crate::cli::files::shown;
use crate::cli::streams::Streams;

/// Who asks, and what for.
pub(in crate::cli) struct Ask<'a> {
    pub(in crate::cli) fixes: Fixes<'a>,
    pub(in crate::cli) pull: &'a PullArgs,
    /// Calls GitHub's API.
    pub(in crate::cli) token: &'a Token,
    /// Pushes, where git's own credentials do not.
    pub(in crate::cli) push_token: Option<&'a Token>,
    pub(in crate::cli) dry_run: bool,
    /// Who commits where git's configuration says nothing: name and address.
    pub(in crate::cli) fallback: Option<(&'static str, &'static str)>,
}

/// What became of it.
pub(in crate::cli) struct Proposed {
    pub(in crate::cli) outcome: Outcome,
    pub(in crate::cli) title: String,
    pub(in crate::cli) gathered: Gathered,
    /// The whole text, where the pull request may have it cut.
    pub(in crate::cli) text: String,
}

/// Commits, pushes, and makes the pull request what it should be.
/// The inner error is the exit code of a run that a signal called off.
pub(in crate::cli) fn propose(
    ask: &Ask<'_>,
    streams: &mut Streams,
) -> anyhow::Result<Result<Proposed, ExitCode>> {
    let git = ask.fixes.git;
    let repo = open(&ask.fixes.wanted.inputs.paths)?;
    let base = base(&repo, git)?;
    let Some(target) = base.branch.clone() else {
        let help = "name it: --base BRANCH";
        return Err(WithHelp::new("a pull request needs a branch that it is for", help).into());
    };
    let name = git.branch.clone();
    let name = name.unwrap_or_else(|| base.default_branch());
    repo.check_branch(&name, &base)?;
    let gathered = gather_all(&repo, &base, &ask.fixes, streams)?;
    if let Some(code) = gathered.interrupted {
        return Ok(Err(code));
    }
    let steps = steps(&gathered.parts, git);
    // What could not be read may be what is fixed: nothing is closed for it.
    if steps.is_empty() && !gathered.errors.is_empty() {
        let help = "every Dockerfile must be readable before a pull request is closed or left out";
        return Err(WithHelp::new("some files could not be read", help).into());
    }
    let remote = remote(&repo, &base, ask)?;
    let client = client(&remote, ask)?;
    let paths: Vec<String> = gathered
        .parts
        .iter()
        .map(|part| shown(&part.path))
        .collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let title = ask.pull.title.clone().unwrap_or_else(|| title(&paths));
    let body = Body {
        files: gathered
            .parts
            .iter()
            .map(|part| part.note.clone())
            .collect(),
        left: gathered.left.clone(),
    };
    let options = CommitOptions {
        signoff: git.signoff,
        unsigned: git.no_gpg_sign || ask.dry_run,
        fallback: ask.fallback,
    };
    let tree = repo.trees(&base, &steps)?.last().copied();
    let wanted = match tree {
        None => Wanted::Nothing {
            why: nothing(&base, &gathered),
        },
        Some(tree) => Wanted::Fixes(Proposal {
            tree: tree.to_string(),
            plan: plan(&steps),
            title: title.clone(),
            text: body.render(),
            labels: ask.pull.label.clone(),
            assignees: ask.pull.assignee.clone(),
            reviewers: ask.pull.reviewer.clone(),
            draft: ask.pull.draft,
        }),
    };
    let plain = GitBranch {
        repo: &repo,
        remote: &remote,
        base: &base,
        name: &name,
        steps: &steps,
        options,
        seen: None,
    };
    let mut branch: Box<dyn Branch> = match (ask.pull.sign_commits, tree, steps.last()) {
        (true, Some(tree), Some(step)) => {
            let who = repo.signed_off_by(options)?;
            let message = seal::message(&step.message, base.commit, tree, who.as_deref())?;
            let files = signed_files(step);
            let parent = base.commit.to_string();
            Box::new(SignedBranch::new(plain, &client, &parent, &message, files)?)
        }
        _ => Box::new(plain),
    };
    let outcome = sync(&wanted, &target, branch.as_mut(), &client)?;
    Ok(Ok(Proposed {
        outcome,
        title,
        gathered,
        text: body.full(),
    }))
}

fn signed_files(step: &Step) -> Vec<SignedFile> {
    let files = step.changes.iter().map(|change| SignedFile {
        path: shown(&change.path),
        content: change.bytes.clone(),
        new_executable: change.mode == repo::Mode::Executable,
    });
    files.collect()
}

/// The remote, with the token where its address takes one.
fn remote(repo: &Repo, base: &Base, ask: &Ask<'_>) -> Result<repo::Remote, RepoError> {
    let name = ask.pull.remote.as_deref();
    repo.remote(name, base, ask.push_token.cloned())
}

fn client(remote: &repo::Remote, ask: &Ask<'_>) -> anyhow::Result<Client> {
    let environment = |name: &str| std::env::var(name).ok();
    let address = Address::parse(&remote.address());
    let address = match (address, &ask.pull.repository) {
        (Ok(address), None) => address,
        (address, Some((owner, name))) => {
            let known = address.ok();
            Address {
                plain: known.as_ref().is_some_and(|known| known.plain),
                host: known.map_or_else(|| host(&environment), |known| known.host),
                owner: owner.clone(),
                name: name.clone(),
            }
        }
        (Err(error), None) => {
            let help = "name the repository: --repository OWNER/NAME";
            return Err(WithHelp::new(error.to_string(), help).into());
        }
    };
    let endpoints = Endpoints::new(&address, &environment)?;
    let mode = if ask.dry_run {
        Mode::DryRun
    } else {
        Mode::Send
    };
    let client = Client::new(endpoints, ask.token.clone(), mode);
    match environment("SSL_CERT_FILE").filter(|path| !path.is_empty()) {
        Some(path) => {
            let pem = std::fs::read(&path).with_context(|| format!("cannot read {path}"))?;
            Ok(client.trusting(&pem)?)
        }
        None => Ok(client),
    }
}

/// The host of the server that the environment names, else GitHub's own.
fn host(environment: &dyn Fn(&str) -> Option<String>) -> String {
    let server = environment("GITHUB_SERVER_URL").unwrap_or_default();
    let host = server.split("://").nth(1).unwrap_or("github.com");
    host.trim_end_matches('/').to_owned()
}

/// Of what changes: the paths and their new bytes.
fn plan(steps: &[Step]) -> String {
    let changes = steps.iter().flat_map(|step| &step.changes);
    let mut text = String::new();
    for change in changes {
        text.push_str(&shown(&change.path));
        text.push('\0');
        text.push_str(&String::from_utf8_lossy(&change.bytes));
        text.push('\0');
    }
    fingerprint(&text)
}

fn nothing(base: &Base, gathered: &Gathered) -> String {
    let on = base.name();
    match gathered.held.len() {
        0 => format!("On {on}, no Dockerfile starts as root that could be fixed."),
        1 => format!(
            "On {on}, no fix is left that this run makes; one finding stays, with its reason in the run's log."
        ),
        count => format!(
            "On {on}, no fix is left that this run makes; {count} findings stay, with their reasons in the run's log."
        ),
    }
}
