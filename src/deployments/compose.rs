//! Compose files: the services that are built from the Dockerfile.

use crate::stages::join;

use super::builds::{Built, is_plain};
use super::services::Services;
use super::yaml::Node;
use super::{Deployments, Mount, PortUse, StageAsked};

/// Reads the services of compose files.
pub(super) fn read(
    services: &Services,
    dockerfile: Option<&str>,
    stage: StageAsked<'_>,
    found: &mut Deployments,
) {
    let Some(dockerfile) = dockerfile else { return };
    for service in services.built() {
        let Some(build) = services.build(service) else {
            continue;
        };
        if build.dockerfile != join("/", dockerfile) || !is_built(&build.built, stage) {
            continue;
        }
        // Only the first user counts, whichever part says it.
        let mut user = None;
        for part in services.parts(service) {
            mounts(part.path, part.node, found);
            ports(part.path, part.node, found);
            rights(part.path, part.node, found);
            user = user.or_else(|| Some((part.path, part.node.get("user")?)));
            // Compose Specification, "entrypoint": it takes the place of the image's.
            if let Some(entrypoint) = part.node.get("entrypoint") {
                found
                    .entrypoints
                    .push(format!("{}:{}", part.path, entrypoint.line));
            }
        }
        if let Some((path, node)) = user {
            runs_as(path, node, found);
        }
        let context = build.context.trim_start_matches('/').to_owned();
        found.contexts.push(context);
    }
    // Services that extend the same one say the same.
    dedup(&mut found.mounts);
    dedup(&mut found.volumes);
    dedup(&mut found.ports);
    dedup(&mut found.no_root);
    dedup(&mut found.entrypoints);
    dedup(&mut found.more_rights);
    dedup(&mut found.users);
}

fn dedup<T: PartialEq>(list: &mut Vec<T>) {
    let mut kept: Vec<T> = Vec::with_capacity(list.len());
    for item in list.drain(..) {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    *list = kept;
}

/// The service builds this stage, or may.
fn is_built(built: &Built, stage: StageAsked<'_>) -> bool {
    match built {
        Built::Last => stage.last,
        Built::Stage(name) => stage
            .name
            .is_some_and(|stage| stage.eq_ignore_ascii_case(name)),
        Built::Unknown => true,
    }
}

/// `user: "1000:1000"`: as whom the container starts (Compose Specification, "user").
fn runs_as(path: &str, user: &Node, found: &mut Deployments) {
    let Some(text) = user
        .text()
        .filter(|text| !text.is_empty() && is_plain(text))
    else {
        return;
    };
    let place = format!("{path}:{}", user.line);
    let (uid, gid) = match text.split_once(':') {
        Some((uid, gid)) => (uid, Some(gid)),
        None => (text, None),
    };
    let said = format!("user: {text}");
    if let Ok(uid) = uid.parse() {
        found.ids.user(&place, &said, uid);
        if let Some(Ok(gid)) = gid.map(str::parse) {
            found.ids.group(&place, &said, gid);
        }
    }
    found.users.push((place, text.to_owned()));
}

/// What Docker gives a container's root by itself (Docker documentation, "Runtime privilege and Linux
/// capabilities"), and what lets a user bind low ports, which Docker lets users do anyway.
const USUAL: [&str; 14] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

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
    for added in service.get("cap_add").map(Node::list).unwrap_or_default() {
        let Some(name) = added.text() else { continue };
        let bare = name.to_ascii_uppercase();
        let bare = bare.trim_start_matches("CAP_");
        if !USUAL.contains(&bare) {
            let place = format!("{path}:{}", added.line);
            found.more_rights.push((place, format!("cap_add: {name}")));
        }
    }
    if let Some(node) = service.get("privileged")
        && node.text() == Some("true")
    {
        let place = format!("{path}:{}", node.line);
        found
            .more_rights
            .push((place, "privileged: true".to_owned()));
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
        let mut services = Services::default();
        for document in documents(text) {
            services.add(path, document.get("services").expect("services").clone());
        }
        let stage = StageAsked {
            name: Some("prod"),
            last: true,
        };
        read(&services, Some("web/Dockerfile"), stage, &mut found);
        found
    }

    #[test]
    fn users_and_rights() {
        let text = "services:
  base:
    user: \"3000:3001\"\n    cap_add: [NET_ADMIN, CAP_CHOWN]\n  web:\n    extends: base\n    build: ./web\n    privileged: true\n  job: {build: ./web, user: node}\n  var: {build: ./web, user: \"${UID}\"}\n";
        let found = of(text, "compose.yaml");
        let pair = |place: &str, text: &str| (place.to_owned(), text.to_owned());
        assert_eq!(
            found.users,
            [
                pair("compose.yaml:3", "3000:3001"),
                pair("compose.yaml:9", "node")
            ]
        );
        assert_eq!(
            found.more_rights,
            [
                pair("compose.yaml:8", "privileged: true"),
                pair("compose.yaml:4", "cap_add: NET_ADMIN"),
            ]
        );
        assert_eq!(found.ids.uid().map(|said| said.id), Some(3000));
        assert_eq!(found.ids.gid().map(|said| said.id), Some(3001));
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
