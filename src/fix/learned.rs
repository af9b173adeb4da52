//! What a run of the original showed: which paths it wrote and which ports it bound. With it the plan
//! owns exactly those paths, and guesses nothing.

use std::collections::BTreeSet;

use super::folders::is_system;

/// What was learned by running the original.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learned {
    /// Paths that the user must own.
    pub paths: Vec<LearnedPath>,
    /// Paths that were written and stay root's, each with the reason.
    pub left: Vec<(String, String)>,
    /// TCP ports that it bound.
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
    /// It is a folder.
    pub folder: bool,
    /// What happened to it.
    pub what: Change,
    /// It is on the way to another change, and need not have changed itself.
    pub leads: bool,
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

/// What follows from the changes that a container made, in the order of their paths.
pub fn learn(written: &[Written], ports: BTreeSet<u16>) -> Learned {
    let mut learned = Learned {
        ports,
        ..Learned::default()
    };
    for change in written {
        let path = change.path.as_str();
        if path == "/root" || path.starts_with("/root/") {
            if !change.leads {
                let why = "it lies in root's home, and the user has another";
                learned.left.push((path.to_owned(), why.to_owned()));
            }
            continue;
        }
        if learned.covers(path) {
            continue;
        }
        let parent = match path.rsplit_once('/') {
            Some(("", _)) | None => "/",
            Some((parent, _)) => parent,
        };
        let (path, need, seen) = match change.what {
            // A new folder is made in advance, and its parent stays root's.
            Change::Added if change.folder => (path, Need::Folder, format!("made {path}")),
            Change::Added if is_system(parent) => (path, Need::File, format!("wrote {path}")),
            Change::Added => (parent, Need::ExistingFolder, format!("wrote {path}")),
            Change::Changed if change.leads => continue,
            Change::Changed if change.folder && is_system(path) => {
                let why = "a folder of the system in which something was made and removed again";
                learned.left.push((path.to_owned(), why.to_owned()));
                continue;
            }
            Change::Changed if change.folder => (
                path,
                Need::ExistingFolder,
                format!("made and removed something in {path}"),
            ),
            Change::Changed => (path, Need::Nothing, format!("changed {path}")),
            Change::Deleted if is_system(parent) => {
                let why = "it was removed from a folder of the system";
                learned.left.push((path.to_owned(), why.to_owned()));
                continue;
            }
            Change::Deleted => (parent, Need::ExistingFolder, format!("removed {path}")),
        };
        learned.add(path, need, &seen);
    }
    learned
}

impl Learned {
    /// True when `path` lies in a folder that is made for the user, who will write it then.
    fn covers(&self, path: &str) -> bool {
        self.paths.iter().any(|known| {
            known.need == Need::Folder
                && path
                    .strip_prefix(&known.path)
                    .is_some_and(|rest| rest.starts_with('/'))
        })
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
            folder,
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
}
