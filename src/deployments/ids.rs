//! The numbers that a container gets: `user:` of compose files, `securityContext` of Kubernetes manifests
//! (Kubernetes API, `SecurityContext` and `PodSecurityContext`) and of Helm charts' values.

use crate::bases::{FactSource, Overrides, lookup};

use super::Deployments;
use super::kubernetes::refuses_root;
use super::yaml::{Node, Value};

/// A number, and where it is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidId {
    /// `k8s/app.yaml:9`
    pub place: String,
    /// As written: `runAsUser: 1000`.
    pub text: String,
    /// The number.
    pub id: u32,
}

/// What is said of the container's numbers.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ids {
    users: Vec<SaidId>,
    groups: Vec<SaidId>,
    /// `fsGroup`: the group of volumes.
    volumes: Vec<SaidId>,
}

impl Ids {
    pub(super) fn user(&mut self, place: &str, text: &str, id: u32) {
        push(&mut self.users, place, text, id);
    }

    pub(super) fn group(&mut self, place: &str, text: &str, id: u32) {
        push(&mut self.groups, place, text, id);
    }

    fn volume(&mut self, place: &str, text: &str, id: u32) {
        push(&mut self.volumes, place, text, id);
    }

    /// The user's number, where all places that say one say the same.
    pub fn uid(&self) -> Option<&SaidId> {
        only(&self.users)
    }

    /// The group's number, likewise: the container's, else that of its volumes.
    pub fn gid(&self) -> Option<&SaidId> {
        if self.groups.is_empty() {
            only(&self.volumes)
        } else {
            only(&self.groups)
        }
    }

    /// All numbers of users, as they are said.
    pub fn users(&self) -> &[SaidId] {
        &self.users
    }
}

fn push(list: &mut Vec<SaidId>, place: &str, text: &str, id: u32) {
    if !list.iter().any(|known| known.place == place) {
        list.push(SaidId {
            place: place.to_owned(),
            text: text.to_owned(),
            id,
        });
    }
}

/// The one number of a list; root's is none that a user could get.
fn only(list: &[SaidId]) -> Option<&SaidId> {
    let mut users = list.iter().filter(|said| said.id != 0);
    let first = users.next()?;
    users.all(|said| said.id == first.id).then_some(first)
}

/// The numbers of a manifest.
pub(super) fn of_manifest(path: &str, manifest: &Node, ids: &mut Ids) {
    walk(path, manifest, "", ids);
}

/// The manifest runs nothing but well-known images, none of which is built here.
pub(super) fn runs_others(manifest: &Node) -> bool {
    let mut found = Vec::new();
    images(manifest, &mut found);
    let is_known = |image: &&str| lookup(image, &Overrides::default()).from == FactSource::Table;
    !found.is_empty() && found.iter().all(is_known)
}

/// What lies in `containers`.
fn images<'n>(node: &'n Node, found: &mut Vec<&'n str>) {
    for (key, value) in node.entries() {
        if key == "containers" {
            let containers = value.list().iter();
            found.extend(containers.filter_map(|one| one.get("image")?.text()));
        }
        images(value, found);
    }
    node.list().iter().for_each(|item| images(item, found));
}

/// The values of a chart: those at the top, and those beside an `image`; what lies deeper is mostly another chart's.
pub(super) fn of_values(path: &str, values: &Node, found: &mut Deployments) {
    let entries = values.entries().iter();
    let with_image = entries.filter(|(_, value)| value.get("image").is_some());
    let parts = std::iter::once(values).chain(with_image.map(|(_, value)| value));
    for part in parts {
        for (key, value) in part.entries() {
            if is_security_context(key) {
                numbers(path, value, &mut found.ids);
                for (key, value) in value.entries() {
                    refuses_root(path, key, value, found);
                }
            }
        }
    }
}

fn is_security_context(key: &str) -> bool {
    key.ends_with("ecurityContext")
}

fn walk(path: &str, node: &Node, around: &str, ids: &mut Ids) {
    match &node.value {
        Value::Map(entries) => {
            if is_security_context(around) {
                numbers(path, node, ids);
            }
            for (key, value) in entries {
                walk(path, value, key, ids);
            }
        }
        Value::List(items) => {
            for item in items {
                walk(path, item, around, ids);
            }
        }
        Value::Text(_) | Value::Unread => {}
    }
}

fn numbers(path: &str, context: &Node, ids: &mut Ids) {
    for (key, value) in context.entries() {
        let Some(Ok(id)) = value.text().map(str::parse) else {
            continue;
        };
        let place = format!("{path}:{}", value.line);
        let text = format!("{key}: {id}");
        match key.as_str() {
            "runAsUser" => ids.user(&place, &text, id),
            "runAsGroup" => ids.group(&place, &text, id),
            "fsGroup" => ids.volume(&place, &text, id),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kubernetes::NON_ROOT;
    use super::super::yaml::documents;
    use super::*;

    fn manifest(text: &str) -> Ids {
        let mut ids = Ids::default();
        for document in documents(text) {
            of_manifest("k8s/app.yaml", &document, &mut ids);
        }
        ids
    }

    fn shown(said: Option<&SaidId>) -> Option<String> {
        said.map(|said| format!("{} {}", said.place, said.text))
    }

    #[test]
    fn numbers_of_pods() {
        let text = "kind: Deployment\nspec:\n  template:\n    spec:\n      securityContext:\n        runAsUser: 2000\n        fsGroup: 3000\n      containers:\n        - image: acme/web\n          securityContext: {runAsUser: 2000, runAsNonRoot: true}\n";
        let ids = manifest(text);
        assert_eq!(
            shown(ids.uid()).as_deref(),
            Some("k8s/app.yaml:6 runAsUser: 2000")
        );
        assert_eq!(
            shown(ids.gid()).as_deref(),
            Some("k8s/app.yaml:7 fsGroup: 3000")
        );
        assert_eq!(ids.users().len(), 2);
        let two = format!("{text}---\n{}", text.replace("2000", "2001"));
        assert_eq!(manifest(&two).uid(), None);
    }

    #[test]
    fn numbers_of_other_images_do_not_count() {
        let others = |text: &str| runs_others(&documents(text)[0]);
        assert!(others("spec: {containers: [{image: postgres:16}]}"));
        assert!(!others(
            "spec: {containers: [{image: postgres:16}, {image: acme/web}]}"
        ));
        assert!(!others("spec: {ports: [{port: 80}]}"));
    }

    #[test]
    fn values_of_charts() {
        let mut found = Deployments::default();
        let text = "podSecurityContext:\n  runAsNonRoot: true\n  fsGroup: 2000\napi:\n  image: {repository: x}\n  securityContext:\n    runAsUser: 1234\npostgresql:\n  primary:\n    securityContext: {runAsUser: 1001}\n";
        for document in documents(text) {
            of_values("chart/values.yaml", &document, &mut found);
        }
        let said = ("chart/values.yaml:2".to_owned(), NON_ROOT.to_owned());
        assert_eq!(found.no_root, [said]);
        let ids = found.ids;
        assert_eq!(
            shown(ids.uid()).as_deref(),
            Some("chart/values.yaml:7 runAsUser: 1234")
        );
        assert_eq!(
            shown(ids.gid()).as_deref(),
            Some("chart/values.yaml:3 fsGroup: 2000")
        );
    }
}
