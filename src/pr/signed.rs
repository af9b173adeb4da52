//! A branch whose commit GitHub makes and signs (`--sign-commits`).

use crate::forge::github::{Addition, Client, Error, Kind, NewCommit};

use super::branch::{Branch, BranchError, Deleted, Pushed, RemoteState};

/// A branch that is looked at and deleted by another one, and written by GitHub: the commit is made on a branch of
/// its own first, since a branch that points at its base for a moment loses its pull request.
#[derive(Debug)]
pub struct SignedBranch<'a, B> {
    inner: B,
    client: &'a Client,
    commit: NewCommit,
    /// The commit that the branch had when it was looked at.
    seen: Option<String>,
}

/// A file of a signed commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedFile {
    /// Its path in the repository.
    pub path: String,
    /// Its whole content.
    pub content: Vec<u8>,
    /// It is new, and executable.
    pub new_executable: bool,
}

impl<'a, B: Branch> SignedBranch<'a, B> {
    /// The branch that `inner` is, to be given a commit with this message and these files on top of `parent`.
    ///
    /// # Errors
    /// A new executable file: the mutation has no word for modes.
    pub fn new(
        inner: B,
        client: &'a Client,
        parent: &str,
        message: &str,
        files: Vec<SignedFile>,
    ) -> Result<Self, BranchError> {
        if let Some(file) = files.iter().find(|file| file.new_executable) {
            return Err(BranchError(format!(
                "{} is new and executable, which a commit that GitHub signs cannot say: leave --sign-commits out",
                file.path
            )));
        }
        let (headline, body) = message.split_once('\n').unwrap_or((message, ""));
        let additions = files.into_iter().map(|file| Addition {
            path: file.path,
            content: file.content,
        });
        Ok(Self {
            inner,
            client,
            commit: NewCommit {
                parent: parent.to_owned(),
                headline: headline.to_owned(),
                body: body.trim_start_matches('\n').trim_end().to_owned(),
                additions: additions.collect(),
            },
            seen: None,
        })
    }

    fn made(&mut self) -> Result<Pushed, Error> {
        let name = self.inner.name().to_owned();
        // GitHub has no lease: what lies between this look and the last call could be lost, some seconds.
        if self.client.branch(&name)? != self.seen {
            return Ok(Pushed::LeaseLost);
        }
        let short: String = self.commit.parent.chars().take(12).collect();
        let workshop = format!("{name}-signing-{short}");
        // What a run that was ended left.
        match self.client.create_branch(&workshop, &self.commit.parent) {
            Err(error) if error.kind == Kind::Refused && error.said.contains("already exists") => {
                self.client.move_branch(&workshop, &self.commit.parent)?;
            }
            other => other?,
        }
        let result = self.moved(&name, &workshop);
        let tidied = self.client.delete_branch(&workshop);
        let result = result?;
        tidied?;
        Ok(result)
    }

    fn moved(&self, name: &str, workshop: &str) -> Result<Pushed, Error> {
        let made = self.client.commit_on_branch(workshop, &self.commit)?;
        let (commit, verified) = match made {
            Some(made) => (made.oid, made.verified),
            // A dry run: nobody knows its name.
            None => ("COMMIT".to_owned(), false),
        };
        if self.client.branch(name)? != self.seen {
            return Ok(Pushed::LeaseLost);
        }
        match self.seen {
            Some(_) => self.client.move_branch(name, &commit)?,
            None => self.client.create_branch(name, &commit)?,
        }
        Ok(Pushed::Done { commit, verified })
    }
}

impl<B: Branch> Branch for SignedBranch<'_, B> {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn state(&mut self) -> Result<RemoteState, BranchError> {
        let state = self.inner.state()?;
        self.seen = match &state {
            RemoteState::Ours { commit, .. } => Some(commit.clone()),
            RemoteState::Absent | RemoteState::Foreign { .. } => None,
        };
        Ok(state)
    }

    fn push(&mut self) -> Result<Pushed, BranchError> {
        match self.made() {
            Ok(pushed) => Ok(pushed),
            Err(error) if error.kind == Kind::NotPermitted => {
                Ok(Pushed::NotPermitted(error.to_string()))
            }
            Err(error) if error.kind == Kind::Refused => Ok(Pushed::Rejected(error.to_string())),
            Err(error) => Err(BranchError(error.to_string())),
        }
    }

    fn delete(&mut self) -> Result<Deleted, BranchError> {
        self.inner.delete()
    }

    fn rehearse(&mut self) -> Result<(), BranchError> {
        self.made()
            .map(|_| ())
            .map_err(|error| BranchError(error.to_string()))
    }
}
