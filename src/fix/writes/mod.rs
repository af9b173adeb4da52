//! What the container writes, from evidence: a file each for where the evidence comes from. What of it the user
//! must be given, and what cannot be given, is decided in `own`.

mod arguments;
mod data;
mod env;
mod expressions;
mod frameworks;
mod fresh;
mod kinds;
mod patterns;
mod scripts;
mod settings;
mod signs;
mod sources;
mod unwrap;

use crate::finding::Reason;
use crate::stages::join;

use super::Subject;
use super::who::Who;

pub(super) use frameworks::covers;
pub(super) use kinds::Kinds;
pub(super) use scripts::Guard;
pub(super) use sources::Sign;
pub(super) use unwrap::Unwrap;

/// Something that the container writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Write {
    /// Absolute.
    pub(super) path: String,
    /// What is done there.
    pub(super) what: What,
    /// The evidence, for the reader of the diff.
    pub(super) why: String,
    /// The doubt where it cannot be handed over.
    pub(super) id: &'static str,
    /// It may be missing, or not be written: nothing is lost where it cannot be handed over.
    pub(super) weak: bool,
    /// The program does not start, or fails at its work, where it cannot be handed over.
    pub(super) certain: bool,
}

/// What is done at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Files are made in this folder.
    Folder,
    /// This file is written, and made where it is missing.
    File,
    /// This file is replaced by another: the folder around it is written.
    Entry,
    /// A socket is made here: the folder around it is written.
    Socket,
    /// Mode or owner are changed, which only the owner may.
    Itself {
        /// With all that is below.
        recursive: bool,
    },
}

impl Write {
    /// A write by the recipe of a program.
    pub(super) fn sure(path: &str, what: What, why: String) -> Self {
        Self {
            path: join("/", path),
            what,
            why,
            id: "writes-elsewhere",
            weak: false,
            certain: true,
        }
    }
}

/// What the container writes, as far as there is evidence of it.
#[derive(Debug, Default)]
pub(super) struct Writes {
    pub(super) all: Vec<Write>,
    /// Lines of sources that write.
    pub(super) signs: Vec<Sign>,
    /// Commands of start scripts that fail for the user, each with its guard, or without one.
    pub(super) guards: Vec<Result<Guard, String>>,
    /// Commands of start scripts that switch to the user, which go.
    pub(super) unwraps: Vec<Unwrap>,
    /// Files that a start script removes, which must not be there unless their folder is the user's.
    pub(super) removed: Vec<String>,
    /// What would have to be read and is not, each as the subject of a sentence.
    pub(super) unread: Vec<String>,
    /// What could not be made out.
    pub(super) doubts: Vec<Reason>,
}

impl Writes {
    fn add(&mut self, write: Write) {
        let known = self
            .all
            .iter()
            .any(|known| known.path == write.path && known.what == write.what);
        if !known {
            self.all.push(write);
        }
    }

    fn doubt(&mut self, id: &'static str, text: impl Into<String>) {
        self.doubts.push(Reason::new(id, text));
    }
}

/// All evidence of what the container writes. What was learned from a run takes the place of all but the commands
/// that fail.
pub(super) fn collect(subject: &Subject<'_, '_, '_>, who: &Who) -> Writes {
    let mut writes = Writes {
        guards: scripts::guards(subject, &|owner| who.owns_as(owner)),
        unwraps: scripts::unwraps(subject, &|user| who.owns_as(user)),
        ..Writes::default()
    };
    if subject.learned.is_some() {
        return writes;
    }
    for used in &subject.recipes {
        for write in used.writes(subject) {
            writes.add(write);
        }
    }
    volumes(subject, &mut writes);
    env::collect(subject, &mut writes);
    arguments::collect(subject, &mut writes);
    scripts::collect(subject, &mut writes);
    frameworks::collect(subject, &mut writes);
    writes.signs = sources::collect(subject, &mut writes.unread);
    for sign in &writes.signs.clone() {
        if let Some((path, what)) = &sign.write {
            writes.add(Write {
                path: path.clone(),
                what: *what,
                why: format!("{}:{} names it", sign.file, sign.line),
                id: "source-writes",
                weak: true,
                certain: false,
            });
        }
    }
    writes
}

/// Volumes that only a compose file declares: an empty one becomes what the image has there, owner and all.
fn volumes(subject: &Subject<'_, '_, '_>, writes: &mut Writes) {
    let volumes = subject.deployments.volumes.iter();
    for volume in volumes.filter(|volume| !volume.read_only) {
        writes.add(Write {
            path: join("/", &volume.target),
            what: What::Folder,
            why: format!("{} mounts a volume there", volume.place),
            id: "volume",
            weak: false,
            certain: false,
        });
    }
}

/// The WORKDIR, or `/`.
fn workdir<'s>(subject: &'s Subject<'_, '_, '_>) -> &'s str {
    subject.verdict.survey.state.working_folder()
}

/// A path of no concern: everybody may write there, or it is no file.
pub(super) fn is_free(path: &str) -> bool {
    const FREE: [&str; 5] = ["/tmp", "/var/tmp", "/dev", "/proc", "/sys"];
    FREE.iter().any(|folder| {
        let rest = path.strip_prefix(folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// What a path is by its last part: something with an ending is a file.
fn shape(path: &str) -> What {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty());
    match ending.map(|(_, ending)| ending) {
        Some("sock" | "socket") => What::Socket,
        Some("d") | None => What::Folder,
        Some(_) => What::File,
    }
}
