//! Remotes by libgit2, where there is no git. It knows no lease: the push is called off while it is agreed on.

use std::cell::{Cell, RefCell};

use git2::{
    AutotagOption, Cred, CredentialType, Direction, FetchOptions, Oid, PushOptions,
    RemoteCallbacks, Repository,
};

use super::push::is_refusal;
use super::{PushOutcome, Remote, RepoError};

/// The commit that the remote has at `name`.
pub(super) fn look(
    repo: &Repository,
    remote: &Remote,
    name: &str,
) -> Result<Option<Oid>, RepoError> {
    let told = |error: git2::Error| remote.trouble(&explained(&error));
    remote.http_token()?;
    // Without a name: a named one would move the user's remote-tracking branches.
    let mut there = repo.remote_anonymous(&remote.url)?;
    let connection = there
        .connect_auth(Direction::Push, Some(callbacks(remote)), None)
        .map_err(told)?;
    let heads = connection.list().map_err(told)?;
    let found = heads.iter().find(|head| head.name() == name);
    Ok(found.map(git2::RemoteHead::oid))
}

/// Fetches the commit that the remote has at `name`, with so many before it where a number is given, and lets
/// the reference `kept` name it.
pub(super) fn fetch(
    repo: &Repository,
    remote: &Remote,
    (name, kept): (&str, &str),
    depth: Option<i32>,
) -> Result<(), RepoError> {
    let told = |error: git2::Error| remote.trouble(&explained(&error));
    let mut there = repo.remote_anonymous(&remote.url)?;
    let mut options = FetchOptions::new();
    options
        .remote_callbacks(callbacks(remote))
        .download_tags(AutotagOption::None);
    if let Some(depth) = depth {
        options.depth(depth);
    }
    // No `fetch`: it empties FETCH_HEAD whatever it is asked for.
    there.download(&[name], Some(&mut options)).map_err(told)?;
    let heads = there.list().map_err(told)?;
    let Some(found) = heads.iter().find(|head| head.name() == name) else {
        return Err(remote.trouble(&format!("{name} is gone")));
    };
    repo.reference(kept, found.oid(), true, "unroot: as the remote has it")?;
    Ok(())
}

/// Pushes one reference, or takes it away, if it still is what was seen.
pub(super) fn send(
    repo: &Repository,
    remote: &Remote,
    name: &str,
    commit: Option<Oid>,
    seen: Option<Oid>,
) -> Result<PushOutcome, RepoError> {
    remote.http_token()?;
    // libgit2 takes no commit for the source of a push, only references.
    let source = commit
        .map(|commit| {
            let path = format!("refs/unroot/push/{commit}");
            repo.reference(&path, commit, true, "unroot: on its way")
        })
        .transpose()?;
    let from = match &source {
        Some(source) => source.name()?.to_owned(),
        None => String::new(),
    };
    let lost = Cell::new(false);
    let refused = RefCell::new(None);
    let result = {
        let mut callbacks = callbacks(remote);
        let seen = seen.unwrap_or(Oid::ZERO_SHA1);
        callbacks.push_negotiation(|updates| {
            if updates.iter().any(|update| update.src() != seen) {
                lost.set(true);
                return Err(git2::Error::from_str("it moved meanwhile"));
            }
            Ok(())
        });
        callbacks.push_update_reference(|_, status| {
            *refused.borrow_mut() = status.map(str::to_owned);
            Ok(())
        });
        let mut options = PushOptions::new();
        options.remote_callbacks(callbacks);
        let spec = format!("+{from}:{name}");
        let spec = if commit.is_some() {
            spec
        } else {
            format!(":{name}")
        };
        repo.remote_anonymous(&remote.url)?
            .push(&[spec.as_str()], Some(&mut options))
    };
    if let Some(mut source) = source {
        source.delete()?;
    }
    if lost.get() {
        return Ok(PushOutcome::LeaseLost);
    }
    match (result, refused.into_inner()) {
        (Ok(()), None) => Ok(PushOutcome::Done),
        (_, Some(reason)) => Ok(PushOutcome::Rejected {
            reason: remote.scrub(&reason),
        }),
        (Err(error), None) => {
            let text = explained(&error);
            if is_refusal(&text) {
                let reason = remote.scrub(&text);
                return Ok(PushOutcome::NoPermission { reason });
            }
            Err(remote.trouble(&text))
        }
    }
}

fn callbacks(remote: &Remote) -> RemoteCallbacks<'_> {
    let mut callbacks = RemoteCallbacks::new();
    let tries = Cell::new(0);
    callbacks.credentials(move |_, user, kinds| {
        // It asks again for as long as it is given something.
        tries.set(tries.get() + 1);
        if tries.get() > 1 {
            return Err(git2::Error::from_str("authentication failed"));
        }
        if kinds.contains(CredentialType::USER_PASS_PLAINTEXT) {
            if let Ok(Some(token)) = remote.http_token() {
                return Cred::userpass_plaintext("x-access-token", token.secret());
            }
            // Git's credential helpers are git's: there is none.
            return Err(git2::Error::from_str("authentication required"));
        }
        if kinds.contains(CredentialType::SSH_KEY) {
            return Cred::ssh_key_from_agent(user.unwrap_or("git"));
        }
        Cred::default()
    });
    callbacks
}

/// The message of libgit2, and what it means for addresses that this build cannot reach.
fn explained(error: &git2::Error) -> String {
    let text = error.message();
    if text.contains("unsupported URL protocol") || text.contains("no TLS stream available") {
        return format!("{text}: there is no git on the PATH, which would know");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use git2::Signature;

    use super::*;

    fn commit(repo: &Repository, text: &str) -> Oid {
        let who = Signature::now("Jo", "jo@example.org").expect("a signature");
        let tree = repo.treebuilder(None).and_then(|builder| builder.write());
        let tree = repo.find_tree(tree.expect("written")).expect("there");
        repo.commit(None, &who, &who, text, &tree, &[])
            .expect("made")
    }

    #[test]
    fn a_push_replaces_what_was_seen_or_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let there = folder.path().join("there.git");
        let there = Repository::init_bare(there).expect("made");
        let here = Repository::init_bare(folder.path().join("here.git")).expect("made");
        let url = there.path().to_string_lossy().into_owned();
        here.remote("origin", &url).expect("added");
        let repo = super::super::Repo::open(here.path()).expect("opened");
        let base = super::super::Base {
            branch: Some("main".into()),
            commit: Oid::ZERO_SHA1,
            rebasing: false,
        };
        let remote = repo.remote(None, &base, None).expect("known");
        let name = "refs/heads/unroot/main";
        let (one, two) = (commit(&here, "one"), commit(&here, "two"));
        let go = |commit, seen| send(&here, &remote, name, commit, seen).expect("reached");
        let at = || there.refname_to_id(name).ok();

        assert_eq!(
            go(Some(one), Some(two)),
            PushOutcome::LeaseLost,
            "it is not there"
        );
        assert_eq!(go(Some(one), None), PushOutcome::Done);
        assert_eq!(look(&here, &remote, name).expect("asked"), Some(one));
        assert_eq!(go(Some(two), None), PushOutcome::LeaseLost, "it is there");
        assert_eq!(
            go(Some(two), Some(two)),
            PushOutcome::LeaseLost,
            "it is another"
        );
        assert_eq!(at(), Some(one));
        assert_eq!(go(Some(two), Some(one)), PushOutcome::Done);
        assert_eq!(go(None, Some(one)), PushOutcome::LeaseLost);
        assert_eq!(at(), Some(two));
        assert_eq!(go(None, Some(two)), PushOutcome::Done);
        assert_eq!(at(), None);
        assert_eq!(look(&here, &remote, name).expect("asked"), None);
        let left = here.references_glob("refs/unroot/push/*").expect("read");
        assert_eq!(left.count(), 0);
    }
}
