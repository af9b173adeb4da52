//! `docker buildx bake`: `docker-bake.hcl` and `docker-bake.json`. Rules: Bake file reference, "File format" (the
//! order in which files are merged), `target.context`, `target.dockerfile` (relative to the context), `target.inherits`.

use crate::stages::join;

use super::super::services::folder;
use super::super::yaml::{self, Node};
use super::hcl::{self, Value};
use super::{Build, Built, ending, from_top, is_plain, text};

/// A target, and what files merged later say of it.
struct Target {
    name: String,
    place: String,
    attributes: Vec<Attribute>,
}

/// The last of its name counts.
struct Attribute {
    name: String,
    value: Value,
    place: String,
}

/// What the files of one folder say.
#[derive(Default)]
struct Bake {
    targets: Vec<Target>,
    /// Names that groups build.
    grouped: Vec<String>,
}

/// How many targets one inherits, and how many are read: a file with more is no file of people's.
const MAX_INHERITED: usize = 16;
const MAX_TARGETS: usize = 200;

pub(super) fn read(files: &[(String, Vec<u8>)], builds: &mut Vec<Build>) {
    let is_bake = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.starts_with("docker-bake.")
    };
    let mut folders: Vec<String> = Vec::new();
    for (path, _) in files.iter().filter(|(path, _)| is_bake(path)) {
        let folder = folder(path);
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    for here in folders {
        let mut bake = Bake::default();
        for (path, bytes) in files {
            if is_bake(path) && folder(path) == here {
                let text = text(bytes);
                if ending(path) == "json" {
                    bake.json(path, &text);
                } else {
                    bake.hcl(path, &text);
                }
            }
        }
        builds.extend(bake.builds(&here));
    }
}

impl Bake {
    fn hcl(&mut self, path: &str, text: &str) {
        for block in hcl::blocks(text) {
            let place = |line: usize| format!("{path}:{line}");
            let attributes = block.attributes.into_iter().map(|one| Attribute {
                name: one.name,
                value: one.value,
                place: place(one.line),
            });
            let name = block.labels.into_iter().next().unwrap_or_default();
            self.add(&block.kind, name, place(block.line), attributes.collect());
        }
    }

    /// JSON is YAML, whose reader knows lines.
    fn json(&mut self, path: &str, text: &str) {
        for document in yaml::documents(&text.replace('\t', " ")) {
            for kind in ["target", "group"] {
                let entries = document.get(kind).map(Node::entries).unwrap_or_default();
                for (name, node) in entries {
                    let attributes = node.entries().iter().map(|(key, node)| Attribute {
                        name: key.clone(),
                        value: value(node),
                        place: format!("{path}:{}", node.line),
                    });
                    let place = format!("{path}:{}", node.line);
                    self.add(kind, name.clone(), place, attributes.collect());
                }
            }
        }
    }

    fn add(&mut self, kind: &str, name: String, place: String, attributes: Vec<Attribute>) {
        match kind {
            "group" => {
                for attribute in attributes {
                    if let Value::List(names) = attribute.value {
                        self.grouped.extend(names);
                    }
                }
            }
            "target" => {
                let full = self.targets.len() >= MAX_TARGETS;
                match self.targets.iter_mut().find(|known| known.name == name) {
                    Some(known) => known.attributes.extend(attributes),
                    None if full => {}
                    None => self.targets.push(Target {
                        name,
                        place,
                        attributes,
                    }),
                }
            }
            _ => {}
        }
    }

    /// The target, then those that it inherits, each once: what an earlier one says goes before what a later one says.
    fn line<'a>(&'a self, target: &'a Target) -> Vec<&'a Target> {
        let mut line: Vec<&Target> = Vec::new();
        let mut open = vec![target];
        while let Some(next) = open.pop() {
            if line.len() >= MAX_INHERITED || line.iter().any(|known| known.name == next.name) {
                continue;
            }
            line.push(next);
            // Of several targets that are inherited, the last goes first, and here the last is taken next.
            open.extend(self.parents(next));
        }
        line
    }

    fn parents(&self, target: &Target) -> Vec<&Target> {
        let inherits = target
            .attributes
            .iter()
            .rev()
            .find(|one| one.name == "inherits");
        let Some(Value::List(names)) = inherits.map(|one| &one.value) else {
            return Vec::new();
        };
        let targets = names
            .iter()
            .take(MAX_INHERITED)
            .filter_map(|name| self.targets.iter().find(|target| target.name == *name));
        targets.collect()
    }

    fn builds(&self, folder: &str) -> Vec<Build> {
        let all = self.targets.iter();
        let all: Vec<(&Target, Build)> = all
            .filter_map(|target| Some((target, self.build(target, folder)?)))
            .collect();
        let contexts: Vec<(String, String, String)> = all
            .iter()
            .flat_map(|(user, build)| {
                let named = self.contexts_of(user).into_iter();
                named.map(|(name, of)| (of, build.dockerfile.clone(), name))
            })
            .collect();
        let built = all
            .into_iter()
            .filter(|(target, _)| !self.is_abstract(target));
        let with_contexts = built.map(|(target, build)| {
            let of_it = contexts.iter().filter(|(of, ..)| *of == target.name);
            let of_it = of_it.map(|(_, dockerfile, name)| (dockerfile.clone(), name.clone()));
            Build {
                contexts: of_it.collect(),
                ..build
            }
        });
        with_contexts.collect()
    }

    /// Names of contexts that the target builds on, each with the target that builds it: `base = "target:NAME"`.
    fn contexts_of(&self, target: &Target) -> Vec<(String, String)> {
        let contexts = self.find(target, "contexts");
        let Some(Value::Map(contexts)) = contexts.map(|one| &one.value) else {
            return Vec::new();
        };
        let of_targets = contexts.iter().filter_map(|(key, value)| {
            Some((key.clone(), value.strip_prefix("target:")?.to_owned()))
        });
        of_targets.collect()
    }

    /// What a target says, or those that it inherits.
    fn find<'a>(&'a self, target: &'a Target, name: &str) -> Option<&'a Attribute> {
        let mut line = self.line(target).into_iter();
        line.find_map(|part| part.attributes.iter().rev().find(|one| one.name == name))
    }

    /// Only there for others to inherit.
    fn is_abstract(&self, target: &Target) -> bool {
        let inherited = self.targets.iter().any(|other| {
            let mut parents = self.parents(other).into_iter();
            parents.any(|parent| parent.name == target.name)
        });
        inherited && target.name != "default" && !self.grouped.contains(&target.name)
    }

    fn build(&self, target: &Target, folder: &str) -> Option<Build> {
        let find = |name: &str| self.find(target, name);
        let path = |name: &str, default: &str| match find(name).map(|one| &one.value) {
            None => Some(default.to_owned()),
            Some(Value::Text(text)) if !text.contains("://") => Some(text.clone()),
            Some(_) => None,
        };
        if find("dockerfile-inline").is_some() {
            return None;
        }
        let context = join(folder, &path("context", ".")?);
        let dockerfile = join(&context, &path("dockerfile", "Dockerfile")?);
        let stage = find("target");
        Some(Build {
            place: stage.map_or(&target.place, |one| &one.place).clone(),
            dockerfile: from_top(&dockerfile),
            context: from_top(&context),
            built: match stage.map(|one| &one.value) {
                None => Built::Last,
                Some(Value::Text(name)) => Built::of(name),
                Some(_) => Built::Unknown,
            },
            tags: match find("tags").map(|one| &one.value) {
                Some(Value::List(tags)) => tags.clone(),
                _ => Vec::new(),
            },
            contexts: Vec::new(),
        })
    }
}

fn value(node: &Node) -> Value {
    let plain = |node: &Node| node.text().filter(|text| is_plain(text)).map(str::to_owned);
    match node.text() {
        Some(_) => plain(node).map_or(Value::Unknown, Value::Text),
        None if node.entries().is_empty() => {
            Value::List(node.list().iter().filter_map(plain).collect())
        }
        None => {
            let entries = node.entries().iter();
            Value::Map(
                entries
                    .filter_map(|(key, node)| Some((key.clone(), plain(node)?)))
                    .collect(),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<(String, Vec<u8>)> = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect();
        let mut builds = Vec::new();
        read(&files, &mut builds);
        builds.iter().map(Build::shown).collect()
    }

    #[test]
    fn targets_inherit() {
        let hcl = "group \"default\" { targets = [\"web\", \"worker\"] }\ntarget \"_common\" {\n  context = \"app\"\n  dockerfile = \"docker/web.Dockerfile\"\n  target = \"base\"\n}\ntarget \"web\" {\n  inherits = [\"_common\"]\n  target = \"web\"\n  tags = [\"acme/web\"]\n}\ntarget \"worker\" {\n  inherits = [\"web\"]\n  tags = [\"acme/worker\"]\n}\ntarget \"var\" {\n  target = STAGE\n}\ntarget \"away\" {\n  context = \"https://host/x.git\"\n}\n";
        assert_eq!(
            of(&[("docker-bake.hcl", hcl)]),
            [
                "docker-bake.hcl:9 app/docker/web.Dockerfile Stage(\"web\") [\"acme/web\"]",
                "docker-bake.hcl:9 app/docker/web.Dockerfile Stage(\"web\") [\"acme/worker\"]",
                "docker-bake.hcl:17 Dockerfile Unknown []",
            ]
        );
    }

    #[test]
    fn json_and_what_is_laid_over_it() {
        let json = "{\n\t\"target\": {\n\t\t\"web\": {\n\t\t\t\"target\": \"dev\",\n\t\t\t\"tags\": [\"a:${TAG}\", \"a:1\"]\n\t\t}\n\t}\n}\n";
        let over = "target \"web\" {\n  target = \"prod\"\n}\n";
        assert_eq!(
            of(&[("api/docker-bake.json", json)]),
            ["api/docker-bake.json:4 api/Dockerfile Stage(\"dev\") [\"a:1\"]"]
        );
        assert_eq!(
            of(&[
                ("api/docker-bake.json", json),
                ("api/docker-bake.override.hcl", over)
            ]),
            ["api/docker-bake.override.hcl:2 api/Dockerfile Stage(\"prod\") [\"a:1\"]"]
        );
    }
}
