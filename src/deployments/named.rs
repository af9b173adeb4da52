//! Compose files in any folder that others name by `include` or `extends` (Compose Specification, "Include", "Extends").

use memchr::memmem;

use crate::context::BuildContext;
use crate::stages::join;

use super::builds::is_plain;
use super::services::folder;
use super::yaml::{self, Node};

/// How many are read.
const MAX_NAMED: usize = 20;

/// The files around the Dockerfile that say how the image is built and run, and those that they name.
pub(super) fn files(context: &dyn BuildContext) -> Vec<(String, Vec<u8>)> {
    let mut files = context.deployments();
    let around = files.len();
    let mut at = 0;
    while let Some((path, bytes)) = files.get(at) {
        at += 1;
        for named in named_by(path, bytes) {
            let known = files.iter().any(|(path, _)| *path == named);
            if known || files.len() >= around + MAX_NAMED {
                continue;
            }
            if let Some(bytes) = context.at_top(&named) {
                files.push((named, bytes));
            }
        }
    }
    files
}

/// Paths from the top.
fn named_by(path: &str, bytes: &[u8]) -> Vec<String> {
    // Most name none, and need no reading.
    let says = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
    let may = says("include") || (says("extends") && says("file"));
    if !may {
        return Vec::new();
    }
    let mut named: Vec<&str> = Vec::new();
    let documents = yaml::documents(&String::from_utf8_lossy(bytes));
    for document in &documents {
        let included = document.get("include").map(Node::list).unwrap_or_default();
        // A project directory is what paths in the file would count from.
        let included = included
            .iter()
            .filter(|one| one.get("project_directory").is_none());
        for one in included {
            let path = one.get("path").unwrap_or(one);
            named.extend(path.text());
            named.extend(path.list().iter().filter_map(Node::text));
        }
        let services = document.get("services").map(Node::entries);
        for (_, service) in services.unwrap_or_default() {
            let file = service.get("extends").and_then(|one| one.get("file"));
            named.extend(file.and_then(Node::text));
        }
    }
    let here = folder(path);
    let plain = named.into_iter().filter(|path| is_plain(path));
    plain
        .map(|path| join(&here, path).trim_start_matches('/').to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_names() {
        let text = b"include:\n  - a.yaml\n  - path: [../b.yaml, c.yaml]\n  - {path: d.yaml, project_directory: x}\n  - ${E}.yaml\nservices:\n  web:\n    extends: {file: f/f.yml, service: web}\n";
        assert_eq!(
            named_by("ops/compose.yaml", text),
            ["ops/a.yaml", "b.yaml", "ops/c.yaml", "ops/f/f.yml"]
        );
    }
}
