//! What a run of the original showed: which paths it wrote and which ports it bound. With it the plan
//! owns exactly those paths, and guesses nothing.

use std::collections::BTreeSet;

use super::folders::{is_system, is_trusted, under};

/// What was learned by running the original.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learned {
    /// Paths that the user must own.
    pub paths: Vec<LearnedPath>,
    /// Paths that were written and stay root's, each with the reason.
    pub left: Vec<(String, String)>,
    /// Ports that it bound.
    pub ports: BTreeSet<u16>,
}

/// A path that the user must own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedPath {
    /// Where it is.
    pub path: String,
    /// What is to be done there.
    pub need: Need,
    /// What was seen.
    pub evidence: String,
}

/// What a path needs before it can be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The file is in the image already.
    Nothing,
    /// The folder is in the image already, or comes with a COPY.
    ExistingFolder,
    /// A folder must be made.
    Folder,
    /// An empty file must be made, since nobody owns the folder around it.
    File,
}

/// A path that the original changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where it is.
    pub path: String,
    /// What lies there; none when nothing does any more, or it could not be seen.
    pub kind: Option<Kind>,
    /// What happened to it.
    pub what: Change,
    /// It is on the way to another change, and need not have changed itself.
    pub leads: bool,
}

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A folder.
    Folder,
    /// A file.
    File,
}

/// What happened to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was not there before.
    Added,
    /// It was there before.
    Changed,
    /// It is gone.
    Deleted,
}

/// Paths that are named for one reason.
const SHOWN: usize = 5;

/// More new files than this in one folder of the system are no pid files and logs.
const FILES_IN_SYSTEM: usize = 8;

/// What follows from the changes that a container made, in the order of their paths.
pub fn learn(written: &[Written], ports: BTreeSet<u16>) -> Learned {
    let mut learned = Learned {
        ports,
        ..Learned::default()
    };
    for change in written {
        match need(change, written) {
            Ok(Some((path, need, seen))) if !learned.covers(&change.path) => {
                learned.add(path, need, &seen);
            }
            Err(why) if !change.leads => learned.leave(&change.path, why),
            _ => {}
        }
    }
    learned
}

/// What a change needs, or why it gets nothing; none when it needs nothing of its own.
fn need<'w>(
    change: &'w Written,
    all: &[Written],
) -> Result<Option<(&'w str, Need, String)>, &'static str> {
    let path = change.path.as_str();
    let parent = parent(path);
    let folder = change.kind == Some(Kind::Folder);
    if path == "/root" || under(path, "/root") {
        return Err("it lies in root's home, and the user has another");
    }
    if is_trusted(path) {
        return Err("who may write it can become root, or change what others run");
    }
    Ok(Some(match change.what {
        // A new folder is made in advance, and its parent stays root's.
        Change::Added if folder => (path, Need::Folder, format!("made {path}")),
        Change::Added if !is_system(parent) => {
            (parent, Need::ExistingFolder, format!("wrote {path}"))
        }
        Change::Added if change.kind.is_none() => {
            return Err("what it is could not be seen: a socket, or one of very many");
        }
        Change::Added if beside(parent, all) > FILES_IN_SYSTEM => {
            return Err("there are too many new files in this folder of the system");
        }
        Change::Added => (path, Need::File, format!("wrote {path}")),
        Change::Changed if change.leads => return Ok(None),
        Change::Changed if folder && is_system(path) => {
            return Err("a folder of the system in which something was made and removed again");
        }
        Change::Changed if folder => (
            path,
            Need::ExistingFolder,
            format!("made and removed something in {path}"),
        ),
        Change::Changed => (path, Need::Nothing, format!("changed {path}")),
        Change::Deleted if is_system(parent) => {
            return Err("it was removed from a folder of the system");
        }
        Change::Deleted => (parent, Need::ExistingFolder, format!("removed {path}")),
    }))
}

fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

/// New files straight in `folder`.
fn beside(folder: &str, all: &[Written]) -> usize {
    let new = all
        .iter()
        .filter(|other| other.what == Change::Added && other.kind != Some(Kind::Folder));
    new.filter(|other| parent(&other.path) == folder).count()
}

impl Learned {
    /// True when `path` lies in a folder that is made for the user, who will write it then.
    fn covers(&self, path: &str) -> bool {
        let mut made = self.paths.iter().filter(|known| known.need == Need::Folder);
        made.any(|known| under(path, &known.path))
    }

    /// Remembers a path that stays root's; of many for one reason the first few.
    fn leave(&mut self, path: &str, why: &str) {
        let same = self.left.iter().filter(|(_, known)| known == why).count();
        if same < SHOWN {
            self.left.push((path.to_owned(), why.to_owned()));
        }
    }

    fn add(&mut self, path: &str, need: Need, seen: &str) {
        if let Some(known) = self.paths.iter_mut().find(|known| known.path == path) {
            // One example is enough; a folder may hold thousands.
            if !known.evidence.contains(" and more") && !known.evidence.contains(seen) {
                known.evidence.push_str(" and more");
            }
            return;
        }
        self.paths.push(LearnedPath {
            path: path.to_owned(),
            need,
            evidence: format!("the original {seen}"),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(what: Change, path: &str, folder: bool, leads: bool) -> Written {
        Written {
            path: path.into(),
            kind: Some(if folder { Kind::Folder } else { Kind::File }),
            what,
            leads,
        }
    }

    fn paths(written: &[Written]) -> Vec<(String, Need)> {
        let learned = learn(written, BTreeSet::new());
        learned
            .paths
            .into_iter()
            .map(|path| (path.path, path.need))
            .collect()
    }

    #[test]
    fn a_new_folder_is_made_in_advance_and_covers_what_lies_in_it() {
        let written = [
            change(Change::Changed, "/app", true, true),
            change(Change::Added, "/app/state", true, true),
            change(Change::Added, "/app/state/a.db", false, false),
        ];
        assert_eq!(paths(&written), [("/app/state".into(), Need::Folder)]);
    }

    #[test]
    fn a_new_file_needs_its_folder_or_itself_in_a_folder_of_the_system() {
        let written = [
            change(Change::Added, "/app/a.log", false, false),
            change(Change::Added, "/app/b.log", false, false),
            change(Change::Changed, "/var", true, true),
            change(Change::Changed, "/var/log", true, true),
            change(Change::Added, "/var/log/app.log", false, false),
        ];
        assert_eq!(
            paths(&written),
            [
                ("/app".into(), Need::ExistingFolder),
                ("/var/log/app.log".into(), Need::File)
            ]
        );
        let learned = learn(&written, BTreeSet::new());
        assert_eq!(
            learned.paths[0].evidence,
            "the original wrote /app/a.log and more"
        );
    }

    #[test]
    fn a_changed_file_is_owned_itself_and_a_removed_one_needs_its_folder() {
        let written = [
            change(Change::Deleted, "/app/old", false, false),
            change(Change::Changed, "/etc/app.conf", false, false),
        ];
        assert_eq!(
            paths(&written),
            [
                ("/app".into(), Need::ExistingFolder),
                ("/etc/app.conf".into(), Need::Nothing)
            ]
        );
    }

    #[test]
    fn what_nobody_can_be_given_is_named() {
        let written = [
            change(Change::Added, "/root/.cache", true, true),
            change(Change::Added, "/root/.cache/x", false, false),
            change(Change::Changed, "/run", true, false),
        ];
        let learned = learn(&written, BTreeSet::from([80]));
        assert!(learned.paths.is_empty());
        let left: Vec<&str> = learned.left.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(left, ["/root/.cache/x", "/run"]);
    }

    #[test]
    fn accounts_and_programs_are_never_handed_over() {
        let written = [
            change(Change::Changed, "/etc/passwd", false, false),
            change(Change::Added, "/usr/local/bin/helper", false, false),
            change(Change::Added, "/usr/lib/x", true, false),
            change(Change::Changed, "/etc/nginx/nginx.conf", false, false),
        ];
        assert_eq!(
            paths(&written),
            [("/etc/nginx/nginx.conf".into(), Need::Nothing)]
        );
        assert_eq!(learn(&written, BTreeSet::new()).left.len(), 3);
    }

    #[test]
    fn a_flood_of_files_in_a_folder_of_the_system_is_left() {
        let written: Vec<Written> = (0..2000)
            .map(|number| {
                change(
                    Change::Added,
                    &format!("/var/log/{number:04}"),
                    false,
                    false,
                )
            })
            .collect();
        let learned = learn(&written, BTreeSet::new());
        assert!(learned.paths.is_empty());
        assert_eq!(learned.left.len(), SHOWN);
        let socket = Written {
            kind: None,
            ..change(Change::Added, "/run/app.sock", false, false)
        };
        assert!(learn(&[socket], BTreeSet::new()).paths.is_empty());
    }
}
