//! How the image is built and run, as far as files beside it say: compose services, Kubernetes manifests, and what
//! builds images. Read, never written: what must follow a fix there is for its people to do.

pub mod builds;
mod compose;
mod ids;
mod kubernetes;
mod named;
mod services;
mod yaml;

use crate::context::BuildContext;
use crate::stages::Stages;

pub use ids::{Ids, SaidId};
use services::Services;

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
    /// Services with an `entrypoint:` of their own: the image's is left out.
    pub entrypoints: Vec<String>,
    /// Places that give the container's root more rights than Docker does by itself, each with what it says.
    pub more_rights: Vec<(String, String)>,
    /// Users that compose files start the container as, whatever the image says: the place, and the user as written.
    pub users: Vec<(String, String)>,
    /// Numbers that the container gets, by compose files, Kubernetes manifests and values of Helm charts.
    pub ids: Ids,
}

impl Deployments {
    /// A place that lets nobody start whose user Kubernetes cannot tell from root: one by name.
    pub fn wants_number(&self) -> Option<&(String, String)> {
        let mut said = self.no_root.iter();
        said.find(|(_, text)| text == kubernetes::NON_ROOT)
    }
}

/// The stage that is asked about.
#[derive(Debug, Clone, Copy)]
pub struct StageAsked<'a> {
    /// `AS name`.
    pub name: Option<&'a str>,
    /// It is the last one, which is built where none is named.
    pub last: bool,
}

impl<'a> StageAsked<'a> {
    /// The stage with this index.
    pub fn of(stages: &'a Stages<'_, '_>, stage: usize) -> Self {
        Self {
            name: stages.all[stage].name.as_deref(),
            last: stage + 1 == stages.all.len(),
        }
    }
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

/// Reads the files around the Dockerfile, for one of its stages.
pub fn read(context: &dyn BuildContext, stage: StageAsked<'_>) -> Deployments {
    let dockerfile = context.dockerfile();
    let mut found = Deployments::default();
    let mut services = Services::default();
    for (path, bytes) in named::files(context) {
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        let name = path.rsplit('/').next().unwrap_or(&path);
        for document in yaml::documents(&text) {
            if let Some(node) = document.get("services") {
                services.add(&path, node.clone());
            } else if document.get("kind").is_some() {
                kubernetes::read(&path, &document, &mut found);
            } else if name.starts_with("values") {
                ids::of_values(&path, &document, &mut found);
            }
        }
    }
    compose::read(&services, dockerfile.as_deref(), stage, &mut found);
    found
}

/// As whom compose files start the container, whatever the image says: each place, and the user as written.
pub fn users(context: &dyn BuildContext, stage: StageAsked<'_>) -> Vec<(String, String)> {
    let files = named::files(context);
    // Most say nothing of it, and need no reading.
    let said = |(_, bytes): &(String, Vec<u8>)| memchr::memmem::find(bytes, b"user:").is_some();
    if files.iter().any(said) {
        read(context, stage).users
    } else {
        Vec::new()
    }
}
