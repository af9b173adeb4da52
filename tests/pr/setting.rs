//! A repository, its remote on a git server, and the double that has its pull requests.

use crate::double::{GitHub, NAME, OWNER, TOKEN};
use crate::git_http::GitServer;
use crate::repository::{ROOT, Run, Sandbox};

pub(crate) const BRANCH: &str = "unroot/main";
pub(crate) const READER: &str = "ghs_MayOnlyRead";
/// The call that every run begins with.
pub(crate) const LIST: &str = "GET /pulls";

pub(crate) struct Setting {
    pub(crate) sandbox: Sandbox,
    pub(crate) github: GitHub,
    pub(crate) server: GitServer,
}

impl Setting {
    /// None, and loudly so, where there is no `git http-backend`.
    pub(crate) fn new() -> Option<Self> {
        Self::with(GitHub::start())
    }

    pub(crate) fn with(github: GitHub) -> Option<Self> {
        let mut sandbox = Sandbox::with(&[("Dockerfile", ROOT), ("app.py", "print(1)\n")]);
        let bare = format!("{OWNER}/{NAME}.git");
        sandbox.git(".", &["init", "-q", "--bare", &bare]);
        let folder = sandbox.path(&bare);
        let server = GitServer::start(&sandbox.path("."), TOKEN, READER)?;
        sandbox.git("repo", &["remote", "add", "origin", &server.url(&bare)]);
        sandbox.set("GITHUB_API_URL", &github.api_url());
        sandbox.set("GITHUB_SERVER_URL", &github.server_url());
        sandbox.set("UNROOT_TOKEN", TOKEN);
        github.state().repository = Some(folder);
        let setting = Self {
            sandbox,
            github,
            server,
        };
        setting.push("main");
        Some(setting)
    }

    /// Pushes a branch of the repository as a person would.
    pub(crate) fn push(&self, branch: &str) {
        let bare = self.sandbox.path(&format!("{OWNER}/{NAME}.git"));
        let bare = bare.to_string_lossy().into_owned();
        self.sandbox.git("repo", &["push", "-q", &bare, branch]);
    }

    /// A commit on `main`, pushed.
    pub(crate) fn moves_on(&self, name: &str, text: &str) {
        self.sandbox.write(&format!("repo/{name}"), text);
        self.sandbox.commit("repo", "the base moves");
        self.push("main");
    }

    /// What the remote's branch ends in; empty where there is none.
    pub(crate) fn tip(&self) -> String {
        self.sandbox.tip(&format!("{OWNER}/{NAME}.git"), BRANCH)
    }

    /// `unroot pr`, which leaves the work tree, the index and HEAD as they are.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        let args: Vec<&str> = std::iter::once("pr").chain(args.iter().copied()).collect();
        self.sandbox.unroot_beside("repo", &args)
    }

    /// How often something was pushed.
    pub(crate) fn pushes(&self) -> usize {
        let seen = self.server.seen();
        let posts = seen.iter();
        posts
            .filter(|line| line.starts_with("POST ") && line.contains("git-receive-pack"))
            .count()
    }
}
