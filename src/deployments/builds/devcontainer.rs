//! `devcontainer.json`: JSON with comments. Paths count from its folder (Development Containers, metadata reference:
//! `build.dockerfile`, `build.context`, `build.target`; `dockerFile` is the older name).

use crate::stages::join;

use super::super::services::folder;
use super::super::yaml::{self, Node};
use super::{Build, Built, from_top, is_plain};

pub(super) fn read(path: &str, text: &str, builds: &mut Vec<Build>) {
    let text = without_comments(text);
    let Some(document) = yaml::documents(&text).into_iter().next() else {
        return;
    };
    let build = document.get("build");
    let key = |name: &str| build.and_then(|build| build.get(name));
    let Some(file) = key("dockerfile").or_else(|| document.get("dockerFile")) else {
        return;
    };
    let target = key("target");
    let context = key("context").or_else(|| document.get("context"));
    let here = folder(path);
    let plain = |node: &Node| node.text().filter(|text| is_plain(text)).map(str::to_owned);
    let context = context.map_or_else(|| Some(".".to_owned()), plain);
    let (Some(dockerfile), Some(context)) = (plain(file), context) else {
        return;
    };
    builds.push(Build {
        place: format!("{path}:{}", target.unwrap_or(file).line),
        dockerfile: from_top(&join(&here, &dockerfile)),
        context: from_top(&join(&here, &context)),
        built: target.and_then(Node::text).map_or(Built::Last, Built::of),
        tags: Vec::new(),
        contexts: Vec::new(),
    });
}

/// The text with blanks in the place of comments and tabs, lines kept: JSON is YAML, whose reader knows lines.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first == '"' {
            let end = string_end(rest);
            out.push_str(rest.get(..end).unwrap_or(rest));
            end
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            let end = rest.find("*/").map_or(rest.len(), |end| end + 2);
            let comment = rest.get(..end).unwrap_or(rest);
            out.push(' ');
            out.extend(comment.chars().filter(|ch| *ch == '\n'));
            end
        } else {
            out.push(if first == '\t' { ' ' } else { first });
            first.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, ch) in text.char_indices().skip(1) {
        match ch {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_commas_and_both_names() {
        let of = |text: &str| {
            let mut builds = Vec::new();
            read(".devcontainer/devcontainer.json", text, &mut builds);
            let build = builds.pop()?;
            Some(format!(
                "{} {} {:?}",
                build.place, build.dockerfile, build.built
            ))
        };
        let text = "// http://x\n{\n\t/* one\n\ttwo */\n\t\"name\": \"a // b\",\n\t\"build\": {\n\t\t\"dockerfile\": \"../Dockerfile\", // here\n\t\t\"context\": \"..\",\n\t\t\"target\": \"dev\",\n\t},\n}\n";
        assert_eq!(
            of(text).as_deref(),
            Some(".devcontainer/devcontainer.json:9 Dockerfile Stage(\"dev\")")
        );
        assert_eq!(
            of("{\"dockerFile\": \"Dockerfile\"}").as_deref(),
            Some(".devcontainer/devcontainer.json:1 .devcontainer/Dockerfile Last")
        );
        assert_eq!(of("{\"image\": \"x\"}"), None);
        assert_eq!(of("{\"build\": {\"dockerfile\": \"${localEnv:X}\"}}"), None);
        assert_eq!(of("{ broken"), None);
    }
}
