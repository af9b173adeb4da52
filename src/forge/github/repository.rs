//! The repository itself and its branches (docs.github.com, REST API: "Repositories", "Git references").

use serde::Deserialize;
use serde_json::json;

use super::call::Method;
use super::client::{Client, Repeat};
use super::error::{Error, Kind};
use super::pulls::encoded_path;

/// A repository, as far as it is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Repository {
    /// `owner/name`, as it is called now.
    pub full_name: String,
    /// The branch that people get.
    pub default_branch: String,
    /// What the token may do; none where GitHub does not say.
    pub permissions: Option<Permissions>,
    /// It takes no changes any more.
    #[serde(default)]
    pub archived: bool,
}

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Permissions {
    /// Write branches.
    pub push: bool,
}

#[derive(Deserialize)]
struct Reference {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    sha: String,
}

impl Client {
    /// The repository.
    pub fn repository(&self) -> Result<Repository, Error> {
        self.get(&self.url(""))
    }

    /// The commit of a branch; none when there is no such branch.
    pub fn branch(&self, name: &str) -> Result<Option<String>, Error> {
        let url = self.url(&format!("/git/ref/heads/{}", encoded_path(name)));
        match self.get::<Reference>(&url) {
            Ok(reference) => Ok(Some(reference.object.sha)),
            Err(error) if error.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a branch. A branch that is there is not moved: that is [`Kind::Refused`].
    pub fn create_branch(&self, name: &str, commit: &str) -> Result<(), Error> {
        let body = json!({ "ref": format!("refs/heads/{name}"), "sha": commit });
        let url = self.url("/git/refs");
        match self.write(Method::Post, &url, Some(body), Repeat::Never) {
            // Was it made? A branch that points where it should is what was asked for.
            Err(error) if error.is_ambiguous() => match self.branch(name)? {
                Some(at) if at == commit => Ok(()),
                _ => Err(error),
            },
            other => other.map(|_| ()),
        }
    }

    /// Moves a branch, wherever it points.
    pub fn move_branch(&self, name: &str, commit: &str) -> Result<(), Error> {
        let url = self.url(&format!("/git/refs/heads/{}", encoded_path(name)));
        let body = json!({ "sha": commit, "force": true });
        self.write(Method::Patch, &url, Some(body), Repeat::Freely)?;
        Ok(())
    }

    /// Deletes a branch; that it is gone already is no failure.
    pub fn delete_branch(&self, name: &str) -> Result<(), Error> {
        let url = self.url(&format!("/git/refs/heads/{}", encoded_path(name)));
        match self.write(Method::Delete, &url, None, Repeat::Freely) {
            Err(error)
                if error.kind == Kind::NotFound
                    || error.said.contains("Reference does not exist") =>
            {
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }
}
