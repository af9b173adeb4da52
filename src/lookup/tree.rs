//! The files of an image, from its layers: later ones win, whiteouts take away what lay below.
//!
//! OCI image spec 1.1, "Image Layer Filesystem Changeset": `.wh.NAME` takes away NAME of the layers below, and
//! `.wh..wh..opq` all of its folder; neither touches its own layer.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Paths (no slash at either end) and what lies there.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: BTreeMap<String, Node>,
}

#[derive(Debug, Clone)]
struct Node {
    /// From which layer, counted from the bottom.
    layer: usize,
    what: What,
}

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// With its content where that was kept.
    File(u64, Option<Arc<[u8]>>),
    Folder,
    /// A symbolic link's target as written.
    Link(String),
    Other,
}

/// Where a path ends when its links are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Without links.
    pub(super) path: String,
    pub(super) layer: usize,
    pub(super) what: What,
}

/// Links followed in one path; Linux follows 40 (`path_resolution(7)`).
const MOST_LINKS: usize = 40;

const WHITEOUT: &str = ".wh.";
const OPAQUE: &str = ".wh..wh..opq";

impl Tree {
    /// Takes in an entry of a layer. What names no place of the image is passed over.
    pub(super) fn put(&mut self, layer: usize, path: &str, what: What) {
        let Some(path) = plain(path).filter(|path| !path.is_empty()) else {
            return;
        };
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        if name == OPAQUE {
            self.remove_below(folder, layer);
        } else if let Some(gone) = name.strip_prefix(WHITEOUT) {
            let gone = if folder.is_empty() {
                gone.to_owned()
            } else {
                format!("{folder}/{gone}")
            };
            self.remove_below(&gone, layer);
            if self.nodes.get(&gone).is_some_and(|node| node.layer < layer) {
                self.nodes.remove(&gone);
            }
        } else {
            if what != What::Folder {
                // A file takes the place of a folder with all that is in it.
                self.remove_below(&path, layer + 1);
            }
            self.nodes.insert(path, Node { layer, what });
        }
    }

    /// The same for a hard link: another name of what lies at `target`.
    pub(super) fn put_hardlink(&mut self, layer: usize, path: &str, target: &str) {
        let node = plain(target).and_then(|target| self.nodes.get(&target));
        let what = node.map_or(What::Other, |node| node.what.clone());
        self.put(layer, path, what);
    }

    /// What lies at an absolute path when all links are followed, as a process in the container would find it.
    pub(super) fn find(&self, path: &str) -> Option<Place> {
        let mut left: Vec<String> = parts(path).rev().map(str::to_owned).collect();
        let mut here: Vec<String> = Vec::new();
        let mut links = 0;
        while let Some(part) = left.pop() {
            if part == ".." {
                here.pop();
                continue;
            }
            here.push(part);
            let path = here.join("/");
            match self.nodes.get(&path).map(|node| &node.what) {
                Some(What::Link(target)) => {
                    links += 1;
                    if links > MOST_LINKS {
                        return None;
                    }
                    here.pop();
                    if target.starts_with('/') {
                        here.clear();
                    }
                    left.extend(parts(target).rev().map(str::to_owned));
                }
                Some(What::File(..) | What::Other) if !left.is_empty() => return None,
                _ => {}
            }
        }
        let path = here.join("/");
        let node = self.nodes.get(&path).cloned();
        let node = node.or_else(|| {
            // Folders need no entry of their own.
            let first = self.below(&path).next()?;
            Some(Node {
                layer: self.nodes.get(&first)?.layer,
                what: What::Folder,
            })
        })?;
        Some(Place {
            path,
            layer: node.layer,
            what: node.what,
        })
    }

    fn remove_below(&mut self, folder: &str, layer: usize) {
        let below: Vec<String> = self.below(folder).collect();
        for path in below {
            if self.nodes.get(&path).is_some_and(|node| node.layer < layer) {
                self.nodes.remove(&path);
            }
        }
    }

    fn below(&self, folder: &str) -> impl Iterator<Item = String> {
        let start = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let prefix = start.clone();
        self.nodes
            .range(start..)
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .map(|(path, _)| path.clone())
    }
}

fn parts(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.split('/')
        .filter(|part| !part.is_empty() && *part != ".")
}

/// The path of an entry; none where it climbs out of its place.
pub(super) fn plain(path: &str) -> Option<String> {
    let parts: Vec<&str> = parts(path).collect();
    (!parts.contains(&"..")).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> What {
        What::File(text.len() as u64, Some(text.as_bytes().into()))
    }

    fn text(tree: &Tree, path: &str) -> Option<String> {
        match tree.find(path)?.what {
            What::File(_, Some(bytes)) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            other => Some(format!("{other:?}")),
        }
    }

    #[test]
    fn later_layers_win_and_whiteouts_take_away() {
        let mut tree = Tree::default();
        tree.put(0, "./etc/passwd", file("old"));
        tree.put(0, "/opt/a/b", file("b"));
        tree.put(0, "opt/c", file("c"));
        tree.put(0, "srv/x/y", file("y"));
        tree.put(1, "etc/passwd", file("new"));
        tree.put(1, "opt/new", file("new"));
        // Before and behind what its own layer brings.
        tree.put(1, "opt/.wh..wh..opq", file(""));
        tree.put(1, "srv/.wh.x", file(""));
        assert_eq!(text(&tree, "/etc/passwd").as_deref(), Some("new"));
        assert_eq!(text(&tree, "/opt/new").as_deref(), Some("new"));
        for gone in ["/opt/a/b", "/opt/c", "/srv/x/y", "/srv/x"] {
            assert_eq!(text(&tree, gone), None, "{gone}");
        }
        tree.put(2, "etc", file("no folder any more"));
        assert_eq!(text(&tree, "/etc/passwd"), None);
    }

    #[test]
    fn links_are_followed_inside_the_image() {
        let mut tree = Tree::default();
        tree.put(0, "usr/bin/dash", file("dash"));
        tree.put(0, "usr/bin/sh", What::Link("dash".into()));
        tree.put(0, "bin", What::Link("usr/bin".into()));
        tree.put(0, "usr/lib/os-release", file("ID=x"));
        tree.put(
            0,
            "etc/os-release",
            What::Link("../../../usr/lib/os-release".into()),
        );
        tree.put(0, "loop", What::Link("/loop".into()));
        tree.put(0, "../outside", file("no"));
        tree.put_hardlink(0, "bin2", "usr/bin/dash");
        assert_eq!(text(&tree, "/bin/sh").as_deref(), Some("dash"));
        assert_eq!(text(&tree, "/etc/os-release").as_deref(), Some("ID=x"));
        assert_eq!(text(&tree, "/bin2").as_deref(), Some("dash"));
        assert_eq!(text(&tree, "/loop"), None);
        assert_eq!(text(&tree, "/outside"), None);
        assert_eq!(
            tree.find("/etc").map(|place| place.what),
            Some(What::Folder)
        );
        assert_eq!(tree.find("/bin/sh/x"), None);
    }
}
