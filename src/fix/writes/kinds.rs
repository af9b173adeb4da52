//! What a file of the build context is, by its name.

/// What is looked for in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fix) enum Kinds {
    /// A program's text.
    Source,
    /// Settings, which may name what is written.
    Settings,
    /// What a program is made of.
    Manifest,
    /// A name without an ending: a program by its first line, or anything.
    Unnamed,
    /// Of no concern.
    Other,
}

impl Kinds {
    /// What `file` is, a path of the context.
    pub(in crate::fix) fn of(file: &str) -> Self {
        let name = file.rsplit('/').next().unwrap_or(file);
        if name.to_ascii_lowercase().contains("dockerfile") {
            Self::Other
        } else if is_manifest(name) {
            Self::Manifest
        } else if is_source(name) {
            Self::Source
        } else if is_settings(file) {
            Self::Settings
        } else if !name.contains('.') {
            Self::Unnamed
        } else {
            Self::Other
        }
    }
}

fn is_source(name: &str) -> bool {
    const ENDINGS: [&str; 94] = [
        "py", "js", "mjs", "cjs", "ts", "mts", "jsx", "tsx", "rb", "php", "go", "rs", "java", "kt",
        "scala", "cs", "fs", "pl", "pm", "lua", "ex", "exs", "erl", "groovy", "clj", "vue",
        "svelte", "c", "cc", "cpp", "cxx", "h", "hpp", "hs", "ml", "swift", "dart", "r", "jl",
        "nim", "zig", "cr", "d", "prisma", "phtml", "coffee", "ejs", "erb", "tpl", "inc", "cgi",
        "ru", "rhtml", "cts", "rake", "wsgi", "fcgi", "astro", "jsp", "jspx", "cshtml", "razor",
        "vb", "fsx", "f", "for", "f90", "f95", "f03", "f08", "pas", "dpr", "lpr", "adb", "cob",
        "cbl", "lisp", "scm", "rkt", "tcl", "m", "mm", "v", "pyx", "pyw", "lhs", "kts", "ps1",
        "gsp", "hx", "vala", "odin", "gleam", "psgi",
    ];
    // Types alone: nothing of it runs.
    !name.ends_with(".d.ts")
        && ending(name)
            .is_some_and(|ending| ENDINGS.contains(&ending.to_ascii_lowercase().as_str()))
}

fn is_settings(file: &str) -> bool {
    const ENDINGS: [&str; 11] = [
        "ini",
        "conf",
        "cfg",
        "toml",
        "yaml",
        "yml",
        "json",
        "properties",
        "xml",
        "env",
        "config",
    ];
    const OTHERS: [&str; 8] = [
        "package-lock.json",
        "tsconfig.json",
        "compose.",
        "docker-compose",
        "pnpm-lock",
        "angular.json",
        "manifest.json",
        "composer.lock",
    ];
    let name = file.rsplit('/').next().unwrap_or(file).to_ascii_lowercase();
    ending(&name).is_some_and(|ending| ENDINGS.contains(&ending))
        && !OTHERS.iter().any(|other| name.starts_with(other))
        && !file.split('/').any(|part| part.starts_with(".git"))
}

/// Files that list what a program is built from.
fn is_manifest(name: &str) -> bool {
    const NAMES: [&str; 13] = [
        "package.json",
        "pyproject.toml",
        "Pipfile",
        "setup.cfg",
        "Gemfile",
        "composer.json",
        "go.mod",
        "Cargo.toml",
        "pom.xml",
        "build.gradle",
        "build.gradle.kts",
        "mix.exs",
        "environment.yml",
    ];
    NAMES.contains(&name)
        || ending(name) == Some("csproj")
        || (name.starts_with("requirements") && ending(name) == Some("txt"))
}

fn ending(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, ending)| ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_by_its_name() {
        for (file, kind) in [
            ("src/app.py", Kinds::Source),
            ("types/index.d.ts", Kinds::Other),
            ("conf/app.ini", Kinds::Settings),
            (".env", Kinds::Settings),
            ("package.json", Kinds::Manifest),
            ("web/requirements-prod.txt", Kinds::Manifest),
            ("bin/www", Kinds::Unnamed),
            ("site-1.0/run", Kinds::Unnamed),
            ("logo.svg", Kinds::Other),
            ("web/prod__Dockerfile", Kinds::Other),
            ("docker-compose.yml", Kinds::Other),
        ] {
            assert_eq!(Kinds::of(file), kind, "{file}");
        }
    }
}
