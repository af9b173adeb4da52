//! The services of compose files, with what they take from each other: `extends`, and the files that compose lays
//! over one another. Rules: Compose Specification, "Extends", "Merge" and "Build".

use std::collections::HashSet;

use crate::stages::join;

use super::builds::{Built, is_plain};
use super::yaml::Node;

/// The compose files of a repository.
#[derive(Debug, Default)]
pub(super) struct Services {
    /// Each with its path from the top.
    files: Vec<(String, Node)>,
}

/// A service, or a part of it in another file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service<'a> {
    pub(super) path: &'a str,
    pub(super) name: &'a str,
    pub(super) node: &'a Node,
}

/// How a service is built.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ServiceBuild {
    /// From the top, with a `/` in front.
    pub(super) context: String,
    /// The same.
    pub(super) dockerfile: String,
    pub(super) built: Built,
    /// `compose.yaml:7`: where the stage is named, else where the build begins.
    pub(super) place: String,
}

/// How many services are looked at: each is looked for among the others.
const MAX_SERVICES: usize = 2000;

/// How far `extends` is followed.
const MAX_EXTENDS: usize = 8;

impl Services {
    /// Takes the `services` of a document in.
    pub(super) fn add(&mut self, path: &str, services: Node) {
        self.files.push((path.to_owned(), services));
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = Service<'_>> {
        let all = self.files.iter().flat_map(|(path, services)| {
            let entries = services.entries().iter();
            entries.map(|(name, node)| Service { path, name, node })
        });
        all.take(MAX_SERVICES)
    }

    /// Those that are built for themselves. What lies in a file of another name (`common.yml`) for services of compose
    /// files to extend is not.
    pub(super) fn built(&self) -> impl Iterator<Item = Service<'_>> {
        let extended = self.all().filter_map(|service| {
            let (path, name) = extends(service)?;
            (path.trim_start_matches('/') != service.path).then_some((path, name))
        });
        let extended: HashSet<(String, &str)> = extended.collect();
        self.all().filter(move |service| {
            let file = service.path.rsplit('/').next().unwrap_or_default();
            file.contains("compose")
                || !extended.contains(&(format!("/{}", service.path), service.name))
        })
    }

    /// The service, then those that it extends: what an earlier one says goes before what a later one says.
    pub(super) fn parts<'a>(&'a self, service: Service<'a>) -> Vec<Service<'a>> {
        let mut parts = vec![service];
        let mut at = service;
        while let Some(next) = self.extended(at) {
            if parts.len() > MAX_EXTENDS {
                break;
            }
            parts.push(next);
            at = next;
        }
        parts
    }

    /// `extends: base`, or `extends: {service: base, file: common.yml}`.
    fn extended(&self, service: Service<'_>) -> Option<Service<'_>> {
        let (path, name) = extends(service)?;
        let mut all = self.all();
        all.find(|other| other.name == name && path.strip_prefix('/') == Some(other.path))
    }

    /// How the service is built; none for one that is not, or not from a Dockerfile that is known.
    pub(super) fn build(&self, service: Service<'_>) -> Option<ServiceBuild> {
        let mut parts = self.parts(service);
        let says = |part: &Service<'_>, key: &str| {
            let build = part.node.get("build");
            build
                .is_some_and(|build| build.get(key).is_some() || key == "context" && is_text(build))
        };
        let names_files = |part: &Service<'_>| says(part, "context") || says(part, "dockerfile");
        if !parts.iter().any(names_files) {
            // `docker-compose.prod.yml` says of a service what `docker-compose.yml` does not.
            let here = folder(service.path);
            let beside = self.all().find(|other| {
                other.name == service.name
                    && other.path != service.path
                    && folder(other.path) == here
                    && other.path.contains("compose")
                    && names_files(other)
            });
            parts.extend(beside.map(|beside| self.parts(beside)).unwrap_or_default());
        }
        let builds = || {
            let parts = parts.iter();
            parts.filter_map(|part| Some((part.path, part.node.get("build")?)))
        };
        let first = builds().next()?;
        let find = |key: &str| {
            builds().find_map(|(path, build)| {
                let value = build.get(key).filter(|value| value.text().is_some());
                value
                    .or_else(|| (key == "context" && is_text(build)).then_some(build))
                    .map(|value| (path, value))
            })
        };
        if builds().any(|(_, build)| build.get("dockerfile_inline").is_some()) {
            return None;
        }
        let context = match find("context") {
            Some((path, value)) => join(&folder(path), plain_path(value.text()?)?),
            None => folder(first.0),
        };
        let dockerfile = match find("dockerfile") {
            Some((_, value)) => join(&context, plain_path(value.text()?)?),
            None => join(&context, "Dockerfile"),
        };
        let target = find("target");
        let built = match target.and_then(|(_, value)| value.text()) {
            Some(name) => Built::of(name),
            None => Built::Last,
        };
        let (path, line) = match target {
            Some((path, value)) => (path, value.line),
            None => (first.0, first.1.line),
        };
        Some(ServiceBuild {
            context,
            dockerfile,
            built,
            place: format!("{path}:{line}"),
        })
    }

    /// Names of contexts that the service builds on, each with the service that builds it: `additional_contexts` with
    /// `base: service:NAME`, or `base=service:NAME` (Compose Build Specification).
    pub(super) fn contexts_of(&self, service: Service<'_>) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for part in self.parts(service) {
            let build = part.node.get("build");
            let Some(contexts) = build.and_then(|build| build.get("additional_contexts")) else {
                continue;
            };
            let of_map = contexts.entries().iter();
            let of_map = of_map.filter_map(|(key, node)| Some((key.as_str(), node.text()?)));
            let of_list = contexts.list().iter().filter_map(Node::text);
            let pairs = of_map.chain(of_list.filter_map(|text| text.split_once('=')));
            found.extend(pairs.filter_map(|(key, value)| {
                Some((key.to_owned(), value.strip_prefix("service:")?.to_owned()))
            }));
        }
        found
    }

    /// What the service's image is called.
    pub(super) fn image<'a>(&'a self, service: Service<'a>) -> Option<&'a str> {
        let parts = self.parts(service).into_iter();
        let mut images = parts.filter_map(|part| part.node.get("image")?.text());
        images.next()
    }
}

/// The file, with a `/` in front, and the service that a service extends.
fn extends(service: Service<'_>) -> Option<(String, &str)> {
    let said = service.node.get("extends")?;
    let name = said
        .text()
        .or_else(|| said.get("service")?.text())
        .unwrap_or(service.name);
    let path = match said.get("file").and_then(Node::text) {
        Some(file) => join(&folder(service.path), file),
        None => format!("/{}", service.path),
    };
    Some((path, name))
}

/// The folder of a file, with a `/` in front.
pub(super) fn folder(path: &str) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("/{folder}")
}

fn is_text(node: &Node) -> bool {
    node.text().is_some()
}

/// A path of the repository: no address of another one, no variables.
fn plain_path(text: &str) -> Option<&str> {
    let elsewhere = text.contains("://") || text.starts_with("git@");
    (is_plain(text) && !elsewhere).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::super::yaml::documents;
    use super::*;

    fn builds(files: &[(&str, &str)]) -> Vec<String> {
        let mut services = Services::default();
        for (path, text) in files {
            for document in documents(text) {
                services.add(path, document.get("services").expect("services").clone());
            }
        }
        let built = services
            .built()
            .filter_map(|service| services.build(service));
        built
            .map(|build| format!("{} {} {:?}", build.place, build.dockerfile, build.built))
            .collect()
    }

    #[test]
    fn a_service_takes_what_it_extends() {
        let compose = "services:\n  base:\n    build:\n      context: ./app\n      target: dev\n  web:\n    extends: base\n    build:\n      target: prod\n  far:\n    extends: {service: common, file: ../shared/common.yml}\n";
        let common = "services:\n  common:\n    build: ../app\n";
        assert_eq!(
            builds(&[
                ("deploy/compose.yaml", compose),
                ("shared/common.yml", common)
            ]),
            [
                "deploy/compose.yaml:5 /deploy/app/Dockerfile Stage(\"dev\")",
                "deploy/compose.yaml:9 /deploy/app/Dockerfile Stage(\"prod\")",
                "shared/common.yml:3 /app/Dockerfile Last",
            ]
        );
    }

    #[test]
    fn files_lie_over_one_another() {
        let base =
            "services:\n  web:\n    build: {context: ., dockerfile: web.Dockerfile, target: dev}\n";
        let prod = "services:\n  web:\n    build:\n      target: prod\n  other: {image: redis}\n";
        assert_eq!(
            builds(&[
                ("docker-compose.yml", base),
                ("docker-compose.prod.yml", prod)
            ]),
            [
                "docker-compose.yml:3 /web.Dockerfile Stage(\"dev\")",
                "docker-compose.prod.yml:4 /web.Dockerfile Stage(\"prod\")",
            ]
        );
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        let of = |build: &str| {
            builds(&[(
                "compose.yaml",
                &format!("services:\n  a:\n    build: {build}\n"),
            )])
        };
        assert!(of("{context: \"${DIR}\"}").is_empty());
        assert!(of("{dockerfile_inline: \"FROM x\"}").is_empty());
        assert!(of("https://host/repo.git").is_empty());
        assert_eq!(
            of("{context: ., target: \"${T:-x}\"}"),
            ["compose.yaml:3 /Dockerfile Unknown"]
        );
    }

    #[test]
    fn a_ring_of_services_ends() {
        let ring = "services:\n  a: {extends: b}\n  b: {extends: a}\n";
        assert!(builds(&[("compose.yaml", ring)]).is_empty());
    }
}
