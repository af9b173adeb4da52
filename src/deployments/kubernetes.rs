//! Kubernetes manifests: the ports of containers that they name, and their numbers. Which of them run the image cannot be told from
//! the Dockerfile, so all of them are named, but for those that run nothing but well-known images.

use super::yaml::{Node, Value};
use super::{Deployments, PortUse};

/// Reads a manifest of the file at `path`.
pub(super) fn read(path: &str, manifest: &Node, found: &mut Deployments) {
    if super::ids::runs_others(manifest) {
        return;
    }
    walk(path, manifest, "", found);
    super::ids::of_manifest(path, manifest, &mut found.ids);
}

fn walk(path: &str, node: &Node, around: &str, found: &mut Deployments) {
    match &node.value {
        Value::Map(entries) => {
            for (key, value) in entries {
                let probes = ["httpGet", "tcpSocket", "grpc"].contains(&around);
                let names = matches!(key.as_str(), "containerPort" | "targetPort")
                    || key == "port" && probes;
                let number = value.text().and_then(|text| text.parse().ok());
                if let (true, Some(port)) = (names, number) {
                    found.ports.push(PortUse {
                        place: format!("{path}:{}", value.line),
                        text: format!("{key}: {port}"),
                        port,
                    });
                }
                refuses_root(path, key, value, found);
                walk(path, value, key, found);
            }
        }
        Value::List(items) => {
            for item in items {
                walk(path, item, around, found);
            }
        }
        Value::Text(_) | Value::Unread => {}
    }
}

/// `runAsNonRoot: true`, of a manifest or of a chart's values.
pub(super) fn refuses_root(path: &str, key: &str, value: &Node, found: &mut Deployments) {
    if key == "runAsNonRoot" && value.text() == Some("true") {
        let place = format!("{path}:{}", value.line);
        found.no_root.push((place, NON_ROOT.to_owned()));
    }
}

/// What it is called where it is named.
pub(super) const NON_ROOT: &str = "runAsNonRoot: true";

#[cfg(test)]
mod tests {
    use super::super::yaml::documents;
    use super::*;

    #[test]
    fn ports_of_containers_services_and_probes() {
        let text = "kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - ports: [{containerPort: 80}]\n          livenessProbe:\n            httpGet: {path: /, port: 80}\n---\nkind: Service\nspec:\n  ports:\n    - port: 8080\n      targetPort: 80\n";
        let mut found = Deployments::default();
        for document in documents(text) {
            read("k8s/app.yaml", &document, &mut found);
        }
        let shown: Vec<String> = found
            .ports
            .iter()
            .map(|port| format!("{} {}", port.place, port.text))
            .collect();
        assert_eq!(
            shown,
            [
                "k8s/app.yaml:6 containerPort: 80",
                "k8s/app.yaml:8 port: 80",
                "k8s/app.yaml:14 targetPort: 80",
            ]
        );
    }
}
