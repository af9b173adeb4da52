//! What the double remembers.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use super::faults::Faults;
use super::{NAME, OWNER};

/// What the double remembers.
pub(crate) struct State {
    /// For people: no slash at its end.
    pub(crate) server: String,
    pub(crate) pulls: Vec<Pull>,
    /// The number that a comment is below, and its text.
    pub(crate) comments: Vec<(u64, String)>,
    /// A bare repository whose branches are those of the double, where a test has a real one.
    pub(crate) repository: Option<PathBuf>,
    /// The commit of each branch.
    pub(crate) branches: BTreeMap<String, String>,
    /// The setting "Allow GitHub Actions to create and approve pull requests".
    pub(crate) pulls_allowed: bool,
    /// The token may only read, as a fork's does.
    pub(crate) read_only: bool,
    /// Who may be assigned and asked for reviews.
    pub(crate) collaborators: Vec<String>,
    pub(crate) calls: Vec<String>,
    pub(crate) violations: Vec<String>,
    pub(crate) faults: Faults,
    /// Contents of signed commits, by commit.
    pub(crate) signed: BTreeMap<String, Value>,
}

/// A pull request.
#[derive(Clone, Debug)]
pub(crate) struct Pull {
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) open: bool,
    pub(crate) merged: bool,
    pub(crate) draft: bool,
    pub(crate) head: String,
    /// The owner of the head's repository.
    pub(crate) head_owner: String,
    pub(crate) base: String,
    pub(crate) labels: Vec<String>,
    pub(crate) assignees: Vec<String>,
    pub(crate) reviewers: Vec<String>,
    pub(crate) teams: Vec<String>,
}

impl Pull {
    /// An open one from a branch of the repository.
    pub(crate) fn new(number: u64, head: &str, base: &str, title: &str, body: &str) -> Self {
        Self {
            number,
            title: title.to_owned(),
            body: Some(body.to_owned()),
            open: true,
            merged: false,
            draft: false,
            head: head.to_owned(),
            head_owner: OWNER.to_owned(),
            base: base.to_owned(),
            labels: Vec::new(),
            assignees: Vec::new(),
            reviewers: Vec::new(),
            teams: Vec::new(),
        }
    }

    pub(crate) fn url(&self, server: &str) -> String {
        format!("{server}/{OWNER}/{NAME}/pull/{}", self.number)
    }

    /// As the API shows it.
    pub(crate) fn json(&self, state: &State) -> Value {
        let branch = |owner: &str, name: &str| {
            json!({
                "ref": name,
                "label": format!("{owner}:{name}"),
                "sha": state.branches.get(name).map_or("0".repeat(40), Clone::clone),
                "repo": repository(state, owner),
            })
        };
        json!({
            "number": self.number,
            "html_url": self.url(&state.server),
            "state": if self.open { "open" } else { "closed" },
            "title": self.title,
            "body": self.body,
            "draft": self.draft,
            "merged_at": self.merged.then_some("2026-01-01T00:00:00Z"),
            "labels": self.labels.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
            "head": branch(&self.head_owner, &self.head),
            "base": branch(OWNER, &self.base),
        })
    }
}

/// A repository as the API shows it.
pub(crate) fn repository(state: &State, owner: &str) -> Value {
    json!({
        "name": NAME,
        "full_name": format!("{owner}/{NAME}"),
        "html_url": format!("{}/{owner}/{NAME}", state.server),
        "default_branch": "main",
        "archived": false,
        "permissions": { "push": !state.read_only },
    })
}

impl State {
    pub(crate) fn new(server: &str) -> Self {
        Self {
            server: server.to_owned(),
            pulls: Vec::new(),
            comments: Vec::new(),
            repository: None,
            branches: BTreeMap::from([("main".to_owned(), "a".repeat(40))]),
            pulls_allowed: true,
            read_only: false,
            collaborators: vec!["maria".into(), "jo".into()],
            calls: Vec::new(),
            violations: Vec::new(),
            faults: Faults::default(),
            signed: BTreeMap::new(),
        }
    }

    /// Takes over what was pushed to the real repository.
    pub(crate) fn follow(&mut self) {
        let Some(folder) = &self.repository else {
            return;
        };
        let output = Command::new("git")
            .arg("--git-dir")
            .arg(folder)
            .args([
                "for-each-ref",
                "--format=%(refname:strip=2) %(objectname)",
                "refs/heads",
            ])
            .output()
            .expect("git runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let there: BTreeMap<String, String> = text
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(name, commit)| (name.to_owned(), commit.to_owned()))
            .collect();
        let gone: Vec<String> = self
            .branches
            .keys()
            .filter(|name| !there.contains_key(*name))
            .cloned()
            .collect();
        for name in gone {
            self.delete_branch(&name);
        }
        self.branches = there;
    }

    pub(crate) fn pull(&mut self, number: u64) -> Option<&mut Pull> {
        self.pulls.iter_mut().find(|pull| pull.number == number)
    }

    /// GitHub closes the pull requests of a branch that is deleted.
    pub(crate) fn delete_branch(&mut self, name: &str) -> bool {
        for pull in self.pulls.iter_mut().filter(|pull| pull.head == name) {
            pull.open = false;
        }
        self.branches.remove(name).is_some()
    }

    /// A person edits a text in the browser, which sends CRLF.
    pub(crate) fn edit_body(&mut self, number: u64, edit: impl Fn(&str) -> String) {
        if let Some(pull) = self.pull(number) {
            let body = pull.body.clone().unwrap_or_default().replace("\r\n", "\n");
            pull.body = Some(edit(&body).replace('\n', "\r\n"));
        }
    }
}
