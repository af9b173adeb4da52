//! Where an image comes from when a registry only passes on another one's.

use super::reference::{DOCKER_HUB, ImageRef, is_docker_hub};

/// How sure it is that a name stands for an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It looks like a cache or a proxy, which could hold something else under the name.
    Inferred,
    /// The image itself, or a mirror whose owner says that it is one.
    Certain,
}

/// A name under which the facts of an image may be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The canonical name, as [`ImageRef::canonical`] writes it.
    pub name: String,
    /// How sure it is that it is the same image.
    pub certainty: Certainty,
}

/// The names to look an image up under, the surest first; the first is its own.
///
/// Whether the table knows the later names is for the lookup to see: none of them is a promise.
pub fn upstream_candidates(image: &ImageRef) -> Vec<Candidate> {
    let mut names = vec![Candidate {
        name: image.canonical(),
        certainty: Certainty::Certain,
    }];
    names.extend(upstreams(image));
    names
}

/// What [`upstream_candidates`] gives after the image's own name.
pub(super) fn upstreams(image: &ImageRef) -> Vec<Candidate> {
    if let Some(name) = official_mirror(image) {
        return vec![Candidate {
            name: format!("{DOCKER_HUB}/library/{name}"),
            certainty: Certainty::Certain,
        }];
    }
    let mut names: Vec<Candidate> = Vec::new();
    let mut propose = |name: String| {
        if names.iter().all(|c| c.name != name) {
            names.push(Candidate {
                name,
                certainty: Certainty::Inferred,
            });
        }
    };
    if image.registry == DOCKER_HUB {
        return names;
    }
    let parts: Vec<&str> = image.path.split('/').collect();
    for (i, part) in parts.iter().enumerate() {
        let rest = &parts[i + 1..];
        if rest.is_empty() {
            break;
        }
        let proxied = if PROXIED.contains(part) {
            Some((*part).to_owned())
        } else {
            let gitlab = *part == "containers" && i > 0 && parts[i - 1] == "dependency_proxy";
            (gitlab || is_hub_cache(part)).then(|| DOCKER_HUB.to_owned())
        };
        if let Some(host) = proxied {
            propose(under(&host, rest));
        }
    }
    if let [.., "library", name] = parts[..] {
        propose(format!("{DOCKER_HUB}/library/{name}"));
    }
    // A registry of one's own that holds `python` at its top most likely passes the official one on.
    if let [name] = parts[..]
        && !PUBLIC.contains(&image.registry.as_str())
        && !image.registry.starts_with("localhost")
    {
        propose(format!("{DOCKER_HUB}/library/{name}"));
    }
    names
}

/// Registries whose name, as a path component, says that a proxy passes them on.
const PROXIED: [&str; 9] = [
    "docker.io",
    "registry-1.docker.io",
    "gcr.io",
    "quay.io",
    "ghcr.io",
    "cgr.dev",
    "mcr.microsoft.com",
    "public.ecr.aws",
    "registry.access.redhat.com",
];

/// Public registries in which a name belongs to whoever took it.
const PUBLIC: [&str; 9] = [
    "gcr.io",
    "quay.io",
    "ghcr.io",
    "cgr.dev",
    "mcr.microsoft.com",
    "public.ecr.aws",
    "registry.gitlab.com",
    "k8s.gcr.io",
    "registry.k8s.io",
];

/// Docker Hub's organisations that hold the official images of one architecture
/// (docker-library/official-images, "Architectures other than amd64").
const ARCHITECTURES: [&str; 11] = [
    "amd64", "arm32v5", "arm32v6", "arm32v7", "arm64v8", "i386", "mips64le", "ppc64le", "riscv64",
    "s390x", "winamd64",
];

/// The official image that a documented mirror holds.
fn official_mirror(image: &ImageRef) -> Option<&str> {
    let path = image.path.as_str();
    let name = match image.registry.as_str() {
        DOCKER_HUB => {
            let (org, name) = path.split_once('/')?;
            ARCHITECTURES.contains(&org).then_some(name)
        }
        "public.ecr.aws" => path.strip_prefix("docker/library/"),
        // Google's mirror takes the short name as well.
        "mirror.gcr.io" => Some(path.strip_prefix("library/").unwrap_or(path)),
        "mcr.microsoft.com" => path.strip_prefix("mirror/docker/library/"),
        _ => None,
    }?;
    (!name.contains('/')).then_some(name)
}

/// Whether a path component reads like the name of a Docker Hub cache:
/// `docker-hub`, `dockerhub-proxy`, `docker-remote`, `docker_virtual` ...
fn is_hub_cache(part: &str) -> bool {
    let part = part.replace(['-', '_', '.'], "");
    match part.strip_prefix("docker") {
        Some(rest) => matches!(
            rest,
            "hub"
                | "io"
                | "remote"
                | "proxy"
                | "virtual"
                | "cache"
                | "mirror"
                | "group"
                | "iocache"
                | "hubproxy"
                | "hubremote"
                | "hubcache"
                | "hubmirror"
                | "hubvirtual"
                | "ioremote"
                | "ioproxy"
        ),
        None => part == "hubproxy",
    }
}

fn under(host: &str, rest: &[&str]) -> String {
    if is_docker_hub(host) && rest.len() == 1 {
        return format!("{DOCKER_HUB}/library/{}", rest[0]);
    }
    let host = if is_docker_hub(host) {
        DOCKER_HUB
    } else {
        host
    };
    format!("{host}/{}", rest.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrors_lead_to_the_official_image() {
        let cases = [
            (
                "public.ecr.aws/docker/library/python:3",
                "python",
                Certainty::Certain,
            ),
            ("mirror.gcr.io/library/python", "python", Certainty::Certain),
            ("mirror.gcr.io/python", "python", Certainty::Certain),
            (
                "mcr.microsoft.com/mirror/docker/library/python",
                "python",
                Certainty::Certain,
            ),
            ("arm32v7/python", "python", Certainty::Certain),
            ("amd64/python:3-slim", "python", Certainty::Certain),
            (
                "1234.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/python",
                "python",
                Certainty::Inferred,
            ),
            (
                "1234.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/python",
                "python",
                Certainty::Inferred,
            ),
            (
                "gitlab.corp/group/dependency_proxy/containers/python:3",
                "python",
                Certainty::Inferred,
            ),
            (
                "artifactory.corp/docker-remote/python",
                "python",
                Certainty::Inferred,
            ),
            (
                "harbor.corp/dockerhub_proxy/library/python",
                "python",
                Certainty::Inferred,
            ),
            ("nexus.corp:8082/python", "python", Certainty::Inferred),
            (
                "m.daocloud.io/docker.io/library/python",
                "python",
                Certainty::Inferred,
            ),
        ];
        for (text, name, certainty) in cases {
            let names = upstream_candidates(&ImageRef::parse(text).expect(text));
            let wanted = Candidate {
                name: format!("docker.io/library/{name}"),
                certainty,
            };
            assert_eq!(names[1..], [wanted], "{text}");
        }
        let proxied = upstream_candidates(
            &ImageRef::parse("harbor.corp/gcr.io/distroless/static").expect("valid"),
        );
        assert_eq!(proxied[1].name, "gcr.io/distroless/static");
    }

    #[test]
    fn somebody_elses_python_is_no_mirror() {
        for text in [
            "someone/python",
            "quay.io/someone/python",
            "gcr.io/project/python",
            "ghcr.io/python",
            "localhost:5000/python",
            "registry.corp/team/python",
        ] {
            let names = upstream_candidates(&ImageRef::parse(text).expect(text));
            assert_eq!(names.len(), 1, "{text}: {names:?}");
        }
    }
}
