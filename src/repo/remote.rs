//! Remotes: which one, how it is reached, and what it has.

use std::path::Path;
use std::process::Command;

use git2::{ErrorCode, Oid};

use super::branch::reference;
use super::program::{Ran, complaint, configure, run};
use super::push::is_refusal;
use super::secret::{Address, header, scrub};
use super::{Base, BranchTip, Repo, RepoError, push_lib};
use crate::secret::Token;

/// A remote that a branch is pushed to.
#[derive(Debug, Clone)]
pub struct Remote {
    /// Its name in git's configuration.
    pub name: String,
    /// Where it is pushed to, which may hold credentials: never shown.
    pub(super) url: String,
    /// Whether pushes go elsewhere than fetches.
    apart: bool,
    pub(super) token: Option<Token>,
}

impl Remote {
    /// Where it is pushed to, without what stands before the host, for people and for finding the forge.
    pub fn address(&self) -> String {
        match Address::read(&self.url) {
            Some(Address {
                scheme,
                place,
                path,
            }) => format!("{scheme}://{place}{path}"),
            None => self.url.clone(),
        }
    }

    /// The token, where this address takes one.
    pub(super) fn http_token(&self) -> Result<Option<&Token>, RepoError> {
        let (Some(token), Some(address)) = (&self.token, Address::read(&self.url)) else {
            return Ok(None);
        };
        match address.scheme {
            "https" => Ok(Some(token)),
            "http" if address.is_this_machine() => Ok(Some(token)),
            "http" => Err(RepoError::Token(
                "a token is not sent over plain HTTP: the remote needs an https:// address",
            )),
            _ => Ok(None),
        }
    }

    /// Text without the token and without what stands before the host in addresses.
    pub(super) fn scrub(&self, text: &str) -> String {
        scrub(text, self.token.as_ref())
    }

    pub(super) fn trouble(&self, text: &str) -> RepoError {
        let reason = self.scrub(text);
        let reason = if is_refusal(&reason) {
            format!("no permission: {reason}")
        } else {
            reason
        };
        RepoError::Remote {
            remote: self.name.clone(),
            reason,
        }
    }

    /// What git is to be told of this remote besides its own configuration, and the name that it has then.
    fn settings(&self) -> Result<(String, Vec<(String, String)>), RepoError> {
        let mut settings = Vec::new();
        let mut name = self.name.clone();
        if self.apart {
            // What a branch is there must be asked where it is pushed to.
            name = "unroot-push".into();
            settings.push((format!("remote.{name}.url"), self.url.clone()));
        }
        if let (Some(token), Some(at)) = (self.http_token()?, Address::read(&self.url)) {
            let key = format!("http.{}://{}{}.extraheader", at.scheme, at.place, at.path);
            // An empty one takes back those that a checkout has left in the configuration.
            settings.push((key.clone(), String::new()));
            settings.push((key, header(token)));
        }
        Ok((name, settings))
    }
}

impl Repo {
    /// The remote that `wanted` names, or the one that git pushes the base to: `branch.BASE.pushRemote`,
    /// `remote.pushDefault`, `branch.BASE.remote`, `origin`, the only one. A token is for HTTPS alone.
    pub fn remote(
        &self,
        wanted: Option<&str>,
        base: &Base,
        token: Option<Token>,
    ) -> Result<Remote, RepoError> {
        let name = match wanted {
            Some(name) => name.to_owned(),
            None => self.usual_remote(base)?,
        };
        let found = self
            .inner
            .find_remote(&name)
            .map_err(|error| match error.code() {
                ErrorCode::NotFound | ErrorCode::InvalidSpec => {
                    RepoError::NoRemote(format!("there is no remote `{}`", plain(&name)))
                }
                _ => RepoError::Git(error),
            })?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let fetch = text(found.url_bytes());
        let push = found.pushurl_bytes().map(text);
        let remote = Remote {
            apart: push.as_ref().is_some_and(|push| *push != fetch),
            url: push.unwrap_or(fetch),
            name,
            token,
        };
        remote.http_token()?;
        Ok(remote)
    }

    fn usual_remote(&self, base: &Base) -> Result<String, RepoError> {
        let config = self.inner.config()?;
        let remotes = self.inner.remotes()?;
        let all: Vec<&str> = remotes.iter().flatten().flatten().collect();
        let mut keys = vec!["remote.pushdefault".to_owned()];
        if let Some(branch) = &base.branch {
            keys.insert(0, format!("branch.{branch}.pushremote"));
            keys.push(format!("branch.{branch}.remote"));
        }
        let named = keys.iter().find_map(|key| config.get_string(key).ok());
        match (
            named.filter(|name| all.contains(&name.as_str())),
            all.as_slice(),
        ) {
            (Some(name), _) => Ok(name),
            (None, [only]) => Ok((*only).to_owned()),
            (None, all) if all.contains(&"origin") => Ok("origin".into()),
            (None, []) => Err(RepoError::NoRemote("the repository has no remote".into())),
            (None, all) => Err(RepoError::NoRemote(format!(
                "there are several remotes: {}",
                all.join(", ")
            ))),
        }
    }

    /// What the remote's branch is now; none when it has no such branch. Its commit is fetched into
    /// `refs/unroot/remote/BRANCH`, and nothing else is written.
    pub fn remote_branch(
        &self,
        remote: &Remote,
        branch: &str,
        base: &Base,
    ) -> Result<Option<BranchTip>, RepoError> {
        let Some(there) = self.remote_commit(remote, branch)? else {
            self.forget(branch)?;
            return Ok(None);
        };
        let kept = kept(branch);
        let commit = if self.inner.find_commit(there).is_ok() {
            self.make_room(branch)?;
            self.inner
                .reference(&kept, there, true, "unroot: as the remote has it")?;
            there
        } else {
            self.make_room(branch)?;
            self.bring(remote, branch, base)?
        };
        self.tip(commit, base).map(Some)
    }

    fn remote_commit(&self, remote: &Remote, branch: &str) -> Result<Option<Oid>, RepoError> {
        let name = reference(branch);
        if self.git().is_none() {
            return push_lib::look(&self.inner, remote, &name);
        }
        let ran = self.ask(remote, &[], &|command, remote| {
            command.args(["ls-remote", "--quiet", "--", remote, &name]);
        })?;
        if !ran.success {
            return Err(remote.trouble(&complaint(&ran.err)));
        }
        // It takes the name as the end of a longer one, too.
        let mut lines = ran.out.lines().filter_map(|line| line.split_once('\t'));
        let found = lines.find(|(_, found)| *found == name);
        found
            .map(|(id, _)| Oid::from_str(id).map_err(RepoError::Git))
            .transpose()
    }

    /// Fetches the branch. A shallow clone gets no more of it than shows what it was built on: else all
    /// that lies behind an old base would come.
    fn bring(&self, remote: &Remote, branch: &str, base: &Base) -> Result<Oid, RepoError> {
        const DEPTHS: [Option<i32>; 3] = [Some(1), Some(32), Some(1024)];
        let depths: &[Option<i32>] = if self.inner.is_shallow() {
            &DEPTHS
        } else {
            &[None]
        };
        for depth in depths {
            self.fetch(remote, branch, *depth)?;
            let last = self.inner.find_reference(&kept(branch))?.peel_to_commit()?;
            let built_on = self.built_on(last, base);
            if built_on == base.commit || self.inner.find_commit(built_on).is_ok() {
                break;
            }
        }
        Ok(self.inner.refname_to_id(&kept(branch))?)
    }

    fn fetch(&self, remote: &Remote, branch: &str, depth: Option<i32>) -> Result<(), RepoError> {
        let (name, kept) = (reference(branch), kept(branch));
        if self.git().is_none() {
            return push_lib::fetch(&self.inner, remote, (&name, &kept), depth);
        }
        let spec = format!("+{name}:{kept}");
        let ran = self.ask(remote, &[], &|command, remote| {
            command.args([
                "fetch",
                "--quiet",
                "--no-write-fetch-head",
                "--no-tags",
                "--no-prune",
            ]);
            command.args(["--no-recurse-submodules", "--no-auto-gc", "--refmap="]);
            command.args(depth.map(|depth| format!("--depth={depth}")));
            command.args(["--", remote, &spec]);
        })?;
        if ran.success {
            return Ok(());
        }
        Err(remote.trouble(&complaint(&ran.err)))
    }

    /// Runs git with the remote's settings.
    pub(super) fn ask(
        &self,
        remote: &Remote,
        more: &[(String, String)],
        arguments: &dyn Fn(&mut Command, &str),
    ) -> Result<Ran, RepoError> {
        let Some(git) = self.git() else {
            return Err(remote.trouble("there is no git on the PATH"));
        };
        let folder: &Path = self.workdir().unwrap_or(self.git_dir());
        let (name, mut settings) = remote.settings()?;
        settings.extend_from_slice(more);
        settings.extend(self.patience());
        let mut command = git.command(folder);
        configure(&mut command, &settings);
        arguments(&mut command, &name);
        Ok(run(&mut command, b"")?)
    }

    /// A server that says nothing for a minute is given up, unless the user has a rule of their own.
    fn patience(&self) -> Vec<(String, String)> {
        let config = self.inner.config();
        let ruled = config.is_ok_and(|config| config.get_entry("http.lowspeedlimit").is_ok());
        if ruled {
            return Vec::new();
        }
        [("http.lowSpeedLimit", "1"), ("http.lowSpeedTime", "60")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .to_vec()
    }

    fn forget(&self, branch: &str) -> Result<(), RepoError> {
        match self.inner.find_reference(&kept(branch)) {
            Ok(mut known) => Ok(known.delete()?),
            Err(_) => Ok(()),
        }
    }

    /// Takes away what was kept of branches that cannot be beside this one any more.
    fn make_room(&self, branch: &str) -> Result<(), RepoError> {
        for (at, _) in branch.match_indices('/') {
            self.forget(&branch[..at])?;
        }
        for below in self.inner.references_glob(&format!("{}/*", kept(branch)))? {
            below?.delete()?;
        }
        Ok(())
    }
}

/// Where a remote's branch is kept.
fn kept(branch: &str) -> String {
    format!("refs/unroot/remote/{branch}")
}

/// A name for people: an address that was given instead may have credentials in it.
fn plain(name: &str) -> &str {
    if name.contains("://") { "***" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remote(url: &str, token: &str) -> Remote {
        Remote {
            name: "origin".into(),
            url: url.into(),
            apart: false,
            token: Token::new(token).ok(),
        }
    }

    #[test]
    fn no_secret_is_left_in_a_text() {
        let remote = remote("https://bob:pw@forge.example/a/b.git", "s3cret");
        let text =
            "fatal: 'https://bob:pw@forge.example/a/b.git' s3cret eC1hY2Nlc3MtdG9rZW46czNjcmV0";
        assert_eq!(
            remote.scrub(text),
            "fatal: 'https://***@forge.example/a/b.git' *** ***"
        );
        assert_eq!(remote.scrub("a@b and x://y"), "a@b and x://y");
        assert_eq!(remote.address(), "https://forge.example/a/b.git");
        assert!(!format!("{:?}", remote.token).contains("s3cret"));
    }

    #[test]
    fn a_token_goes_over_https_alone() {
        let sent = |url: &str| {
            remote(url, "s3cret")
                .http_token()
                .map(|token| token.is_some())
        };
        assert!(matches!(sent("https://forge.example/a"), Ok(true)));
        assert!(matches!(sent("http://127.0.0.1:8080/a"), Ok(true)));
        assert!(matches!(sent("http://[::1]:8080/a"), Ok(true)));
        assert!(matches!(sent("ssh://git@forge.example/a"), Ok(false)));
        assert!(matches!(sent("git@forge.example:a"), Ok(false)));
        assert!(matches!(sent("/srv/a.git"), Ok(false)));
        assert!(sent("http://forge.example/a").is_err());
        assert!(sent("http://127.0.0.1@forge.example/a").is_err());
        assert!(sent("http://127.forge.example/a").is_err());
        assert!(Token::new(" \n").is_err() && Token::new("a\nb").is_err());
    }

    #[test]
    fn the_header_belongs_to_one_address() {
        let remote = remote("https://bob@forge.example/a/b.git", "t");
        let (name, settings) = remote.settings().expect("fine");
        assert_eq!(name, "origin");
        let key = "http.https://forge.example/a/b.git.extraheader";
        assert_eq!(settings[0], (key.to_owned(), String::new()));
        assert_eq!(
            settings[1],
            (
                key.to_owned(),
                "Authorization: Basic eC1hY2Nlc3MtdG9rZW46dA==".to_owned()
            )
        );
    }
}
