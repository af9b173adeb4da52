//! CI: GitHub workflows and `.gitlab-ci.yml`: command lines, and steps of `docker/build-push-action` (its README:
//! `context`, `file` from the workspace, `target`, `tags`).

use crate::stages::join;

use super::super::yaml::{self, Node, Value};
use super::{Build, Built, command, from_top, is_plain};

pub(super) fn read(path: &str, text: &str, builds: &mut Vec<Build>) {
    if !text.contains("build") {
        return;
    }
    let lines: Vec<&str> = text.lines().collect();
    for document in yaml::documents(text) {
        let reader = Reader {
            path,
            lines: &lines,
        };
        reader.walk(&document, "", "/", builds);
    }
}

struct Reader<'t> {
    path: &'t str,
    lines: &'t [&'t str],
}

impl Reader<'_> {
    fn walk(&self, node: &Node, key: &str, working: &str, builds: &mut Vec<Build>) {
        match &node.value {
            Value::Map(entries) => {
                // Of a step, or what a job or a workflow has for its steps.
                let defaults = || node.get("defaults")?.get("run")?.get("working-directory");
                let folder = node.get("working-directory").or_else(defaults);
                let working = match folder.and_then(Node::text) {
                    Some(folder) => join("/", folder),
                    None => working.to_owned(),
                };
                let action = node.get("uses").filter(|uses| {
                    let uses = uses.text().unwrap_or_default();
                    uses.starts_with("docker/build-push-action@")
                });
                if let Some(action) = action {
                    builds.extend(step(self.path, action, node.get("with")));
                }
                for (key, value) in entries {
                    self.walk(value, key, &working, builds);
                }
            }
            Value::List(items) => {
                for item in items {
                    self.walk(item, key, working, builds);
                }
            }
            Value::Text(text) => {
                if ["run", "script", "before_script", "after_script"].contains(&key) {
                    let working = is_plain(working).then_some(working);
                    let line = self.first_line(node.line, text);
                    command::read_text(self.path, line, text, working, builds);
                }
            }
            Value::Unread => {}
        }
    }

    /// The line on which the text of a value stands: behind `|`, it begins on the next one.
    fn first_line(&self, line: usize, text: &str) -> usize {
        let first = text.lines().next().unwrap_or_default().trim();
        let has = |line: usize| {
            let found = line.checked_sub(1).and_then(|at| self.lines.get(at));
            found.is_some_and(|found| found.contains(first))
        };
        if !has(line) && has(line + 1) {
            line + 1
        } else {
            line
        }
    }
}

fn step(path: &str, action: &Node, with: Option<&Node>) -> Option<Build> {
    let key = |name: &str| with.and_then(|with| with.get(name));
    let said = |name: &str| {
        key(name)
            .and_then(Node::text)
            .filter(|text| !text.is_empty())
    };
    let known = |text: &str| is_plain(text) && !text.contains("://");
    // Without one, the context is the repository as git has it, whose top is the workspace's.
    // `{{defaultContext}}:folder` is a folder of it, from which `file` counts.
    let of_git = said("context").and_then(|text| text.strip_prefix("{{defaultContext}}"));
    let of_git = of_git.map(|text| text.trim_start_matches(':'));
    let context = match of_git.or_else(|| said("context")) {
        None => "/".to_owned(),
        Some(text) => join("/", Some(text).filter(|text| known(text))?),
    };
    let dockerfile = match said("file") {
        Some(file) => {
            let from = of_git.map_or("/", |_| context.as_str());
            join(from, Some(file).filter(|text| known(text))?)
        }
        None => join(&context, "Dockerfile"),
    };
    let target = said("target");
    let line = match (key("target"), target) {
        (Some(node), Some(_)) => node.line,
        _ => action.line,
    };
    let tags = said("tags").unwrap_or_default();
    let tags = tags.split(['\n', ',']).map(str::trim);
    Some(Build {
        place: format!("{path}:{line}"),
        dockerfile: from_top(&dockerfile),
        context: from_top(&context),
        built: target.map_or(Built::Last, Built::of),
        tags: tags
            .filter(|tag| !tag.is_empty() && is_plain(tag))
            .map(str::to_owned)
            .collect(),
        contexts: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> Vec<String> {
        let mut builds = Vec::new();
        read(path, text, &mut builds);
        builds.iter().map(Build::shown).collect()
    }

    #[test]
    fn workflows() {
        let text = "jobs:\n  image:\n    steps:\n      - run: docker build --target test .\n      - run: |\n          set -e\n          docker build --target web .\n      - working-directory: api\n        run: docker build --target api .\n      - uses: docker/build-push-action@v6\n        with:\n          context: web\n          file: web/prod.Dockerfile\n          target: prod\n          tags: |\n            acme/web:1\n            acme/web:${{ github.sha }}\n      - uses: docker/build-push-action@v6\n      - uses: docker/build-push-action@v6\n        with:\n          file: ${{ matrix.file }}\n      - uses: docker/build-push-action@v6\n        with:\n          target: ${{ matrix.stage }}\n";
        assert_eq!(
            of(".github/workflows/ci.yml", text),
            [
                ".github/workflows/ci.yml:4 Dockerfile Stage(\"test\") []",
                ".github/workflows/ci.yml:7 Dockerfile Stage(\"web\") []",
                ".github/workflows/ci.yml:9 api/Dockerfile Stage(\"api\") []",
                ".github/workflows/ci.yml:14 web/prod.Dockerfile Stage(\"prod\") [\"acme/web:1\"]",
                ".github/workflows/ci.yml:18 Dockerfile Last []",
                ".github/workflows/ci.yml:24 Dockerfile Unknown []",
            ]
        );
    }

    #[test]
    fn gitlab() {
        let text = "build:\n  script:\n    - docker build --target prod -t acme/x .\n    - |\n      echo\n      docker build --target $STAGE .\n";
        assert_eq!(
            of(".gitlab-ci.yml", text),
            [
                ".gitlab-ci.yml:3 Dockerfile Stage(\"prod\") [\"acme/x\"]",
                ".gitlab-ci.yml:6 Dockerfile Unknown []",
            ]
        );
    }
}
