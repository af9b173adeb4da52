//! Folders that a COPY brings and that hold no code: a program that names one may write there.

use std::collections::BTreeMap;

use crate::context::normal;

use super::kinds::Kinds;
use super::signs::Found;

/// The folders straight in what is copied that hold no code, and whose names do not say that they are read.
pub(super) fn folders(files: &[String], source: &str) -> Vec<String> {
    const READ: [&str; 38] = [
        "static",
        "public",
        "templates",
        "template",
        "views",
        "view",
        "assets",
        "asset",
        "locale",
        "locales",
        "i18n",
        "lang",
        "fixtures",
        "docs",
        "doc",
        "css",
        "styles",
        "img",
        "images",
        "fonts",
        "icons",
        "config",
        "conf",
        "configs",
        "settings",
        "html",
        "www",
        "dist",
        "build",
        "migrations",
        "certs",
        "schemas",
        "schema",
        "proto",
        "protos",
        "swagger",
        "scripts",
        "k8s",
    ];
    let base = normal(source);
    let inner = |file: &String| {
        let rest = if base.is_empty() {
            Some(file.as_str())
        } else {
            file.strip_prefix(base)?.strip_prefix('/')
        };
        rest?.split_once('/').map(|(folder, _)| folder.to_owned())
    };
    // Each with whether code lies in it.
    let mut folders: BTreeMap<String, bool> = BTreeMap::new();
    for file in files {
        if let Some(folder) = inner(file) {
            *folders.entry(folder).or_default() |= Kinds::of(file) == Kinds::Source;
        }
    }
    let named =
        |folder: &str| folder.len() > 2 && !folder.starts_with('.') && !READ.contains(&folder);
    folders
        .into_iter()
        .filter(|(folder, code)| !code && named(folder))
        .map(|(folder, _)| folder)
        .collect()
}

/// Lines of a source that name one of the folders.
pub(super) fn naming(text: &[u8], folders: &[String]) -> Vec<Found> {
    let text = String::from_utf8_lossy(text);
    let mut found = Vec::new();
    for folder in folders {
        // In a URL it would stand behind a slash.
        let forms = [
            format!("'{folder}"),
            format!("\"{folder}"),
            format!("`{folder}"),
            format!("./{folder}"),
        ];
        let mut lines = text.lines().enumerate();
        let line = lines.find(|(_, line)| forms.iter().any(|form| line.contains(form.as_str())));
        found.extend(line.map(|(at, line)| Found {
            line: at + 1,
            code: line.trim().to_owned(),
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_without_code_that_a_line_names() {
        let files = [
            "app/a.py",
            "app/lib/x.py",
            "app/reports/.gitkeep",
            "app/static/a.css",
            "app/io/x",
        ];
        let found = folders(&files.map(str::to_owned), "app");
        assert_eq!(found, ["reports"]);
        let lines = |text: &str| naming(text.as_bytes(), &found).len();
        assert_eq!(lines("x = 1\nlock('reports/a')\n"), 1);
        assert_eq!(lines("url = 'https://example.org/reports'\n"), 0);
    }
}
