//! Pull requests (docs.github.com, REST API: "Pulls", "Issues", "Labels", "Assignees", "Review requests").

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::Method;
use super::client::{Client, Repeat, read};
use super::error::Error;

/// A pull request, as far as it is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pull {
    /// Its number in the repository.
    pub number: u64,
    /// Its page.
    pub html_url: String,
    /// Open or closed.
    pub state: PullState,
    /// Its title.
    pub title: String,
    /// Its text; GitHub gives line ends back as a browser sent them, CRLF included.
    pub body: Option<String>,
    /// When it was merged; none when it was not.
    pub merged_at: Option<String>,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<Label>,
    /// The branch that it brings.
    pub head: Head,
}

/// Whether a pull request waits for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PullState {
    /// It does.
    Open,
    /// It is merged, or will not be.
    Closed,
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Label {
    /// Its name, whose case does not count.
    pub name: String,
}

/// A branch of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Head {
    /// The branch, without `refs/heads/`.
    #[serde(rename = "ref")]
    pub branch: String,
    /// Its last commit.
    pub sha: String,
    /// Where it lies; none when that repository is gone.
    pub repo: Option<HeadRepository>,
}

/// The repository of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HeadRepository {
    /// `owner/name`
    pub full_name: String,
}

/// A pull request to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewPull<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its text.
    pub body: &'a str,
    /// The branch that it brings, of this repository.
    pub head: &'a str,
    /// The branch that is to take it.
    pub base: &'a str,
    /// Not to be merged yet.
    pub draft: bool,
}

/// What changes of a pull request; what is none stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Change<'a> {
    /// Its title.
    pub title: Option<&'a str>,
    /// Its text.
    pub body: Option<&'a str>,
    /// It is closed.
    pub close: bool,
}

/// What a query keeps as it is.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A value for a query.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// A branch within a path, where slashes stay.
pub(crate) fn encoded_path(text: &str) -> String {
    const PATH: &AsciiSet = &QUERY.remove(b'/');
    utf8_percent_encode(text, PATH).to_string()
}

impl Client {
    /// All pull requests, open and closed, from the branch `head` of this repository to `base`, newest first.
    pub fn pulls(&self, head: &str, base: &str) -> Result<Vec<Pull>, Error> {
        let owner = &self.endpoints.owner;
        let url = self.url(&format!(
            "/pulls?state=all&head={}&base={}&sort=created&direction=desc&per_page=100",
            encoded(&format!("{owner}:{head}")),
            encoded(base),
        ));
        let mut pulls: Vec<Pull> = self.list(&url)?;
        // GitHub passes over a filter that it does not understand, and gives all.
        let repository = format!("{owner}/{}", self.endpoints.name);
        pulls.retain(|pull| {
            let here = pull.head.repo.as_ref();
            let here = here.is_none_or(|repo| repo.full_name.eq_ignore_ascii_case(&repository));
            here && pull.head.branch == head
        });
        pulls.sort_by_key(|pull| std::cmp::Reverse(pull.number));
        Ok(pulls)
    }

    /// Makes a pull request; none from a dry run. When the answer is lost ([`Error::is_ambiguous`]) it may be there.
    pub fn create_pull(&self, new: &NewPull<'_>) -> Result<Option<Pull>, Error> {
        let body = json!({
            "title": new.title,
            "body": new.body,
            "head": new.head,
            "base": new.base,
            "draft": new.draft,
            "maintainer_can_modify": true,
        });
        let url = self.url("/pulls");
        let made = self.write(Method::Post, &url, Some(body), Repeat::Never)?;
        made.map(|made| read(made, &url)).transpose()
    }

    /// Changes title or text, or closes it.
    pub fn change_pull(&self, number: u64, change: &Change<'_>) -> Result<(), Error> {
        let mut body = Map::new();
        if let Some(title) = change.title {
            body.insert("title".into(), title.into());
        }
        if let Some(text) = change.body {
            body.insert("body".into(), text.into());
        }
        if change.close {
            body.insert("state".into(), "closed".into());
        }
        let url = self.url(&format!("/pulls/{number}"));
        self.write(Method::Patch, &url, Some(body.into()), Repeat::Freely)?;
        Ok(())
    }

    /// Says something below it. A lost answer is not repeated.
    pub fn comment(&self, number: u64, text: &str) -> Result<(), Error> {
        let url = self.url(&format!("/issues/{number}/comments"));
        self.write(
            Method::Post,
            &url,
            Some(json!({ "body": text })),
            Repeat::Never,
        )?;
        Ok(())
    }

    /// Adds labels, which GitHub makes where they are not there. `number` is none in a dry run of a new one.
    pub fn add_labels(&self, number: Option<u64>, labels: &[String]) -> Result<(), Error> {
        let url = self.issue(number, "labels");
        self.write(
            Method::Post,
            &url,
            Some(json!({ "labels": labels })),
            Repeat::Freely,
        )?;
        Ok(())
    }

    /// Adds assignees; GitHub passes over those who cannot be assigned.
    pub fn add_assignees(&self, number: Option<u64>, users: &[String]) -> Result<(), Error> {
        let url = self.issue(number, "assignees");
        self.write(
            Method::Post,
            &url,
            Some(json!({ "assignees": users })),
            Repeat::Freely,
        )?;
        Ok(())
    }

    /// Asks for reviews: of users, and of teams, which are written `organisation/team`.
    pub fn request_reviews(&self, number: Option<u64>, reviewers: &[String]) -> Result<(), Error> {
        let mut users: Vec<&str> = Vec::new();
        let mut teams: Vec<&str> = Vec::new();
        for reviewer in reviewers {
            match reviewer.split_once('/') {
                Some((_, team)) => teams.push(team),
                None => users.push(reviewer),
            }
        }
        let mut body = Map::new();
        for (key, names) in [("reviewers", users), ("team_reviewers", teams)] {
            if !names.is_empty() {
                body.insert(key.into(), names.into());
            }
        }
        let url = self.url(&format!("/pulls/{}/requested_reviewers", shown(number)));
        self.write(Method::Post, &url, Some(Value::from(body)), Repeat::Freely)?;
        Ok(())
    }

    fn issue(&self, number: Option<u64>, what: &str) -> String {
        self.url(&format!("/issues/{}/{what}", shown(number)))
    }
}

/// The number that a pull request has, or will have.
fn shown(number: Option<u64>) -> String {
    number.map_or_else(|| "NUMBER".to_owned(), |number| number.to_string())
}
