//! Who makes a commit, from git's configuration and environment.

use git2::{ErrorCode, Signature};

use super::{CommitOptions, Repo, RepoError};

/// Who a commit is by.
pub(super) struct Identity {
    pub(super) author: Signature<'static>,
    pub(super) committer: Signature<'static>,
}

impl Identity {
    /// `NAME <EMAIL>` of the committer, as `Signed-off-by` has it.
    pub(super) fn signed_off_by(&self) -> String {
        let text = String::from_utf8_lossy;
        format!(
            "{} <{}>",
            text(self.committer.name_bytes()),
            text(self.committer.email_bytes())
        )
    }

    /// The environment in which git takes it over as it is.
    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        let of = |who: &Signature<'_>, keys: [&'static str; 3]| {
            let when = who.when();
            let (sign, minutes) = match when.offset_minutes() {
                offset if offset < 0 => ('-', -offset),
                offset => ('+', offset),
            };
            let date = format!(
                "@{} {sign}{:02}{:02}",
                when.seconds(),
                minutes / 60,
                minutes % 60
            );
            let name = String::from_utf8_lossy(who.name_bytes()).into_owned();
            let email = String::from_utf8_lossy(who.email_bytes()).into_owned();
            keys.into_iter().zip([name, email, date])
        };
        let author = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE"];
        let committer = [
            "GIT_COMMITTER_NAME",
            "GIT_COMMITTER_EMAIL",
            "GIT_COMMITTER_DATE",
        ];
        of(&self.author, author)
            .chain(of(&self.committer, committer))
            .collect()
    }
}

impl Repo {
    /// The author and the committer: `GIT_AUTHOR_*`, `GIT_COMMITTER_*`, then `user.name` and `user.email`.
    /// Nothing is made up from the machine's name.
    pub(super) fn identity(
        &self,
        fallback: Option<(&'static str, &'static str)>,
    ) -> Result<Identity, RepoError> {
        let or = |found: Result<Signature<'static>, git2::Error>| match (found, fallback) {
            (Ok(found), _) => Ok(found),
            (Err(error), Some((name, email))) if error.code() == ErrorCode::NotFound => {
                Ok(Signature::now(name, email)?)
            }
            (Err(error), _) if error.code() == ErrorCode::NotFound => Err(RepoError::NoIdentity(
                if error.message().contains("email") {
                    "user.email"
                } else {
                    "user.name"
                },
            )),
            (Err(error), _) => Err(RepoError::Git(error)),
        };
        Ok(Identity {
            author: or(self.inner.author_from_env())?,
            committer: or(self.inner.committer_from_env())?,
        })
    }

    /// `NAME <EMAIL>` for `Signed-off-by`, where the options ask for one.
    pub fn signed_off_by(&self, options: CommitOptions) -> Result<Option<String>, RepoError> {
        if !options.signoff {
            return Ok(None);
        }
        Ok(Some(self.identity(options.fallback)?.signed_off_by()))
    }
}
