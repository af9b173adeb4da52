//! How the image is run, as far as files beside it say: compose services and Kubernetes manifests. Read, never
//! written: what must follow a fix there is for its people to do.

mod compose;
mod kubernetes;
mod yaml;

use crate::context::BuildContext;

/// What the files around a Dockerfile say of running its image.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Deployments {
    /// Folders and files of the host that are mounted into the container.
    pub mounts: Vec<Mount>,
    /// Volumes of the engine's that are mounted: a new one gets the owner of the folder that the image has there.
    pub volumes: Vec<Mount>,
    /// Places that name a port of the container.
    pub ports: Vec<PortUse>,
    /// Folders that compose files name as the build's context, from the top of the repository.
    pub contexts: Vec<String>,
    /// Places that refuse a container which starts as root, or take the rights away that a step-down needs, each with
    /// what it says.
    pub no_root: Vec<(String, String)>,
}

/// A folder or file of the host, or a volume, that is mounted into the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// `docker-compose.yml:12`
    pub place: String,
    /// As written: `./data`.
    pub source: String,
    /// In the container.
    pub target: String,
    /// It cannot be written.
    pub read_only: bool,
}

/// A place that names a port of the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortUse {
    /// `k8s/service.yaml:9`
    pub place: String,
    /// As written: `targetPort: 80`.
    pub text: String,
    /// The container's port.
    pub port: u16,
}

/// Reads the files around the Dockerfile. `target` is the stage that is built, by name where it has one.
pub fn read(context: &dyn BuildContext, target: Option<&str>) -> Deployments {
    let dockerfile = context.dockerfile();
    let mut found = Deployments::default();
    for (path, bytes) in context.deployments() {
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        for document in yaml::documents(&text) {
            if let Some(services) = document.get("services") {
                compose::read(&path, services, dockerfile.as_deref(), target, &mut found);
            } else if document.get("kind").is_some() {
                kubernetes::read(&path, &document, &mut found);
            }
        }
    }
    found
}
