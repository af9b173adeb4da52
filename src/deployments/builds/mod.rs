//! Which stages of which Dockerfiles the files of a repository build, and what they call the images: compose files,
//! bake files, CI, Makefiles, scripts, devcontainers. What rests on a variable is not known, and never guessed.

mod bake;
mod ci;
mod command;
mod devcontainer;
mod hcl;
mod places;

use std::borrow::Cow;

use memchr::memmem;

use crate::bases::ImageRef;
use crate::context::BuildContext;

use super::services::Services;
use super::{named, yaml};

/// A build that a file of the repository makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// `compose.yaml:7`
    pub place: String,
    /// The Dockerfile, from the top of the repository.
    pub dockerfile: String,
    /// The build's context, the same.
    pub context: String,
    /// What is built of it.
    pub built: Built,
    /// What the image is called.
    pub tags: Vec<String>,
    /// What it is called in one Dockerfile: each with the Dockerfile and the name of the context that it is there.
    pub contexts: Vec<(String, String)>,
}

#[cfg(test)]
impl Build {
    /// For the readers' tests.
    fn shown(&self) -> String {
        format!(
            "{} {} {:?} {:?}",
            self.place, self.dockerfile, self.built, self.tags
        )
    }
}

/// The stage that is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Built {
    /// The last one: none is named.
    Last,
    /// By name, or number.
    Stage(String),
    /// The name rests on a variable.
    Unknown,
}

impl Built {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "" => Self::Last,
            name if is_plain(name) => Self::Stage(name.to_owned()),
            _ => Self::Unknown,
        }
    }
}

/// How many builds are looked at.
const MAX_BUILDS: usize = 1000;

/// The files that say it.
struct Files {
    compose: Vec<(String, Vec<u8>)>,
    others: Vec<(String, Vec<u8>)>,
}

impl Files {
    fn of(context: &dyn BuildContext) -> Self {
        Self {
            compose: named::files(context),
            others: context.builders(),
        }
    }

    /// True when one of them has the text: most repositories need no further reading.
    fn mention(&self, text: &str) -> bool {
        let finder = memmem::Finder::new(text);
        let mut all = self.compose.iter().chain(&self.others);
        all.any(|(_, bytes)| finder.find(bytes).is_some())
    }

    fn builds(&self) -> Vec<Build> {
        let mut builds = Vec::new();
        let mut services = Services::default();
        for (path, bytes) in &self.compose {
            if memmem::find(bytes, b"services").is_none() {
                continue;
            }
            for document in yaml::documents(&text(bytes)) {
                if let Some(node) = document.get("services") {
                    services.add(path, node.clone());
                }
            }
        }
        let of_services: Vec<_> = services
            .built()
            .filter_map(|service| Some((service, services.build(service)?)))
            .collect();
        // Few have any.
        let contexts: Vec<_> = of_services
            .iter()
            .flat_map(|(user, build)| {
                let named = services.contexts_of(*user).into_iter();
                named.map(|(name, of)| (user.path, of, from_top(&build.dockerfile), name))
            })
            .collect();
        for (service, build) in &of_services {
            let of_it = contexts
                .iter()
                .filter(|(path, of, ..)| *path == service.path && of == service.name)
                .map(|(.., dockerfile, name)| (dockerfile.clone(), name.clone()));
            builds.push(Build {
                contexts: of_it.collect(),
                place: build.place.clone(),
                dockerfile: from_top(&build.dockerfile),
                context: from_top(&build.context),
                built: build.built.clone(),
                tags: services
                    .image(*service)
                    .map(str::to_owned)
                    .into_iter()
                    .collect(),
            });
        }
        bake::read(&self.others, &mut builds);
        for (path, bytes) in &self.others {
            let text = text(bytes);
            let name = path.rsplit('/').next().unwrap_or(path);
            if ["yml", "yaml"].contains(&ending(name)) {
                ci::read(path, &text, &mut builds);
            } else if name.ends_with("devcontainer.json") {
                devcontainer::read(path, &text, &mut builds);
            } else if !name.starts_with("docker-bake.") {
                command::read_file(path, &text, &mut builds);
            }
        }
        let mut seen: Vec<Build> = Vec::new();
        for build in builds.into_iter().take(MAX_BUILDS) {
            if !seen.contains(&build) {
                seen.push(build);
            }
        }
        seen
    }
}

/// The builds of this context's Dockerfile; none where no file names a stage of any.
pub fn of_this_file(context: &dyn BuildContext) -> Vec<Build> {
    let Some(dockerfile) = context.dockerfile() else {
        return Vec::new();
    };
    let files = Files::of(context);
    if !files.mention("target") {
        return Vec::new();
    }
    let mut builds = files.builds();
    builds.retain(|build| build.dockerfile == dockerfile);
    builds
}

/// The builds of the image that a FROM of this context's Dockerfile names.
pub fn of_image(context: &dyn BuildContext, image: &str) -> Vec<Build> {
    let Ok(wanted) = ImageRef::parse(image) else {
        return Vec::new();
    };
    let files = Files::of(context);
    if wanted.digest.is_some() || !(files.mention(&wanted.path) || files.mention(image)) {
        return Vec::new();
    }
    let mut builds = files.builds();
    // A context of that name goes before any image (BuildKit, "named contexts").
    let own = context.dockerfile().unwrap_or_default();
    let is_context = |build: &Build| {
        let mut contexts = build.contexts.iter();
        contexts.any(|(dockerfile, name)| *dockerfile == own && name == image)
    };
    if builds.iter().any(is_context) {
        builds.retain(is_context);
        return builds;
    }
    let same = |tag: &String| {
        ImageRef::parse(tag).is_ok_and(|tag| {
            tag.canonical() == wanted.canonical() && tag.tag_or_latest() == wanted.tag_or_latest()
        })
    };
    builds.retain(|build| build.tags.iter().any(same));
    builds
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// What stands behind the last dot of a name.
fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// A path without the `/` in front.
fn from_top(path: &str) -> String {
    path.trim_start_matches('/').to_owned()
}

/// Text without variables of any of these files' languages.
pub(super) fn is_plain(text: &str) -> bool {
    !text.contains(['$', '`']) && !text.contains("{{") && !text.contains("%{")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Folder;

    fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("below")).expect("writable");
            std::fs::write(path, text).expect("writable");
        }
        folder
    }

    #[test]
    fn all_that_build_one_file() {
        let folder = repository(&[
            (".git/HEAD", ""),
            ("api/Dockerfile", "FROM x AS a\n"),
            (
                "compose.yaml",
                "services:\n  api:\n    build: {context: api, target: web}\n  db: {build: db}\n",
            ),
            (
                "docker-bake.hcl",
                "target \"api\" {\n  context = \"api\"\n}\n",
            ),
            ("Makefile", "image:\n\tdocker build --target dev api\n"),
            (
                ".devcontainer/devcontainer.json",
                "// with words\n{\"build\": {\"dockerfile\": \"../api/Dockerfile\", \"target\": \"dev\"}}",
            ),
        ]);
        let context = Folder::around(&folder.path().join("api/Dockerfile"));
        let found: Vec<String> = of_this_file(&context)
            .iter()
            .map(|build| format!("{} {:?}", build.place, build.built))
            .collect();
        assert_eq!(
            found,
            [
                "compose.yaml:3 Stage(\"web\")",
                "docker-bake.hcl:1 Last",
                "Makefile:2 Stage(\"dev\")",
                ".devcontainer/devcontainer.json:2 Stage(\"dev\")",
            ]
        );
    }

    #[test]
    fn an_image_by_any_spelling_of_its_name() {
        let folder = repository(&[
            (".git/HEAD", ""),
            ("Dockerfile", "FROM acme/base\n"),
            (
                "compose.yaml",
                "services:\n  base:\n    image: docker.io/acme/base:latest\n    build: base\n  v2:\n    image: acme/base:2\n    build: base2\n",
            ),
        ]);
        let context = Folder::around(&folder.path().join("Dockerfile"));
        let of = |image: &str| {
            let builds = of_image(&context, image);
            builds
                .into_iter()
                .map(|build| build.dockerfile)
                .collect::<Vec<_>>()
        };
        assert_eq!(of("acme/base"), ["base/Dockerfile"]);
        assert_eq!(of("acme/base:2"), ["base2/Dockerfile"]);
        assert!(of("acme/base:3").is_empty());
    }
}
