//! Compose files: the services that are built from the Dockerfile.

use crate::stages::join;

use super::yaml::Node;
use super::{Deployments, Mount, PortUse};

/// Reads the `services` of the file at `path`.
pub(super) fn read(
    path: &str,
    services: &Node,
    dockerfile: Option<&str>,
    target: Option<&str>,
    found: &mut Deployments,
) {
    let Some(dockerfile) = dockerfile else { return };
    for (_, service) in services.entries() {
        if builds(path, service, dockerfile, target) {
            mounts(path, service, found);
            ports(path, service, found);
            rights(path, service, found);
            if let Some((context, _)) = build_of(path, service) {
                found
                    .contexts
                    .push(context.trim_start_matches('/').to_owned());
            }
        }
    }
}

/// The service is built from this Dockerfile, and from this stage where it names one.
fn builds(path: &str, service: &Node, dockerfile: &str, target: Option<&str>) -> bool {
    let Some((_, file)) = build_of(path, service) else {
        return false;
    };
    let build = service.get("build");
    let stage = build.and_then(|build| build.get("target")?.text());
    file == join("/", dockerfile) && (stage.is_none() || target.is_none() || stage == target)
}

/// The build context of a service and its Dockerfile, both from the top, with a `/` in front.
fn build_of(path: &str, service: &Node) -> Option<(String, String)> {
    let build = service.get("build")?;
    let key = |name: &str| build.get(name).and_then(Node::text);
    let folder = format!(
        "/{}",
        path.rsplit_once('/').map_or("", |(folder, _)| folder)
    );
    let context = join(
        &folder,
        build.text().or_else(|| key("context")).unwrap_or("."),
    );
    let file = join(&context, key("dockerfile").unwrap_or("Dockerfile"));
    Some((context, file))
}

/// What a container of root's needs and does not get.
fn rights(path: &str, service: &Node, found: &mut Deployments) {
    for dropped in service.get("cap_drop").map(Node::list).unwrap_or_default() {
        let Some(name) = dropped.text() else { continue };
        let bare = name.to_ascii_uppercase();
        let bare = bare.trim_start_matches("CAP_");
        if ["ALL", "CHOWN", "SETUID", "SETGID"].contains(&bare) {
            let place = format!("{path}:{}", dropped.line);
            found.no_root.push((place, format!("cap_drop: {name}")));
        }
    }
}

fn mounts(path: &str, service: &Node, found: &mut Deployments) {
    for volume in service.get("volumes").map(Node::list).unwrap_or_default() {
        let place = format!("{path}:{}", volume.line);
        let mount = match volume.text() {
            Some(text) => short_mount(text),
            None => long_mount(volume),
        };
        let Some((source, target, read_only)) = mount else {
            continue;
        };
        let of_the_host = source.starts_with(['.', '/', '~', '$']);
        let list = if of_the_host {
            &mut found.mounts
        } else {
            &mut found.volumes
        };
        list.push(Mount {
            place,
            source,
            target,
            read_only,
        });
    }
}

/// `./data:/data:ro`; a name without a slash is a volume of the engine's.
fn short_mount(text: &str) -> Option<(String, String, bool)> {
    let mut parts = text.split(':');
    let (source, target) = (parts.next()?, parts.next()?);
    let read_only = parts
        .next()
        .is_some_and(|options| options.split(',').any(|option| option == "ro"));
    target
        .starts_with('/')
        .then(|| (source.to_owned(), target.to_owned(), read_only))
}

fn long_mount(volume: &Node) -> Option<(String, String, bool)> {
    let key = |name: &str| volume.get(name).and_then(Node::text);
    let kind = key("type");
    if !matches!(kind, Some("bind" | "volume")) {
        return None;
    }
    let target = key("target")
        .or_else(|| key("destination"))
        .or_else(|| key("dst"))?;
    let source = key("source").or_else(|| key("src"));
    // A volume may be without a name.
    let source = source.or((kind == Some("volume")).then_some("a volume"))?;
    Some((
        source.to_owned(),
        target.to_owned(),
        key("read_only") == Some("true"),
    ))
}

fn ports(path: &str, service: &Node, found: &mut Deployments) {
    for key in ["ports", "expose"] {
        for port in service.get(key).map(Node::list).unwrap_or_default() {
            let text = port.text();
            let number = match text {
                Some(text) => container_port(text),
                None => port
                    .get("target")
                    .and_then(Node::text)
                    .and_then(|text| text.parse().ok()),
            };
            if let Some(number) = number {
                found.ports.push(PortUse {
                    place: format!("{path}:{}", port.line),
                    text: match text {
                        Some(text) => format!("{key}: {text}"),
                        None => format!("{key}: target {number}"),
                    },
                    port: number,
                });
            }
        }
    }
}

/// The container's port of `8080:80`, `127.0.0.1:8080:80/tcp` or `80`.
fn container_port(text: &str) -> Option<u16> {
    let text = text.split('/').next()?;
    text.rsplit(':').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::yaml::documents;
    use super::*;

    fn of(text: &str, path: &str) -> Deployments {
        let mut found = Deployments::default();
        for document in documents(text) {
            let services = document.get("services").expect("services");
            read(
                path,
                services,
                Some("web/Dockerfile"),
                Some("prod"),
                &mut found,
            );
        }
        found
    }

    #[test]
    fn the_services_of_a_dockerfile() {
        let text = "services:\n  web:\n    build: ./web\n    ports: [\"8080:80\", 443]\n    volumes:\n      - ./data:/data\n      - cache:/cache\n      - ./conf:/conf:ro\n      - type: bind\n        source: /srv\n        target: /srv\n  db:\n    image: postgres\n    volumes: [./db:/var/lib/postgresql]\n";
        let found = of(text, "docker-compose.yml");
        let mounts: Vec<String> = found
            .mounts
            .iter()
            .map(|mount| {
                format!(
                    "{} {} {} {}",
                    mount.place, mount.source, mount.target, mount.read_only
                )
            })
            .collect();
        assert_eq!(
            mounts,
            [
                "docker-compose.yml:6 ./data /data false",
                "docker-compose.yml:8 ./conf /conf true",
                "docker-compose.yml:9 /srv /srv false",
            ]
        );
        let volumes: Vec<&str> = found
            .volumes
            .iter()
            .map(|volume| volume.target.as_str())
            .collect();
        assert_eq!(volumes, ["/cache"]);
        let ports: Vec<u16> = found.ports.iter().map(|port| port.port).collect();
        assert_eq!(ports, [80, 443]);
    }

    #[test]
    fn which_file_and_stage_a_service_builds() {
        let count = |build: &str, path: &str| {
            let text = format!("services:\n  a:\n    build: {build}\n    expose: [80]\n");
            of(&text, path).ports.len()
        };
        assert_eq!(count("web", "compose.yaml"), 1);
        assert_eq!(count(".", "web/compose.yaml"), 1);
        assert_eq!(
            count("{context: ., dockerfile: web/Dockerfile}", "compose.yaml"),
            1
        );
        assert_eq!(count("{context: ../web}", "deploy/compose.yaml"), 1);
        assert_eq!(count("{context: web, target: prod}", "compose.yaml"), 1);
        assert_eq!(count("{context: web, target: dev}", "compose.yaml"), 0);
        assert_eq!(count("api", "compose.yaml"), 0);
        assert_eq!(
            count("{context: web, dockerfile: Dockerfile.dev}", "compose.yaml"),
            0
        );
    }
}
