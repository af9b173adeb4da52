//! The documentation says what the program does.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Every reason's identifier stands in `docs/reasons.md`, and nothing else does.
#[test]
fn reasons_are_documented() {
    let mut in_source = BTreeSet::new();
    for path in sources(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(path).expect("readable");
        for call in ["Reason::new(", ".doubt("] {
            for (at, _) in text.match_indices(call) {
                let rest = text[at + call.len()..].trim_start();
                if let Some(id) = rest
                    .strip_prefix('"')
                    .and_then(|rest| rest.split('"').next())
                {
                    in_source.insert(id.to_owned());
                }
            }
        }
    }
    // Two that never reach a reader as reasons of their own.
    for internal in ["none", "unsafe"] {
        in_source.remove(internal);
    }
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reasons.md"))
        .expect("readable");
    let documented: BTreeSet<String> = text
        .lines()
        .filter_map(|line| {
            line.strip_prefix("| `")?
                .split('`')
                .next()
                .map(str::to_owned)
        })
        .collect();
    assert_eq!(documented, in_source);
}

/// The README's examples are what the program prints, and its figures are those of `docs/fixes.md`.
/// `UNROOT_BLESS=1` writes both.
#[test]
fn the_readme_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("readable");
    let mut current = readme.clone();

    let examples: [(&str, &[&str]); 2] = [
        (
            "$ cargo run --release -- diff examples\n",
            &["diff", "examples"],
        ),
        (
            "$ unroot diff --unsafe --ports move examples/nginx\n",
            &["diff", "--unsafe", "--ports", "move", "examples/nginx"],
        ),
    ];
    for (start, args) in examples {
        let output = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin("unroot"))
            .args(args)
            .current_dir(root)
            .env_clear()
            .output()
            .expect("the binary runs");
        let (head, rest) = current
            .split_once(start)
            .expect("the README shows the example");
        let (_, tail) = rest.split_once("```").expect("the block ends");
        let shown = String::from_utf8(output.stdout).expect("UTF-8");
        current = format!("{head}{start}{shown}```{tail}");
    }

    let fixes = fs::read_to_string(root.join("docs/fixes.md")).expect("readable");
    // Below the marker stands what it was before.
    let (current_table, _) = fixes.split_once("<!-- /table -->").expect("a marker");
    let rows: Vec<&str> = current_table
        .lines()
        .filter(|line| {
            [
                "| **starts as root**",
                "| Safe fix",
                "| Unsafe fix",
                "| no fix",
            ]
            .iter()
            .any(|start| line.starts_with(start))
        })
        .collect();
    let start = "| files | 589 | 2,793 | 64,781 |\n";
    let (head, rest) = current.split_once(start).expect("the README has the table");
    let (_, tail) = rest.split_once("\n\n").expect("the table ends");
    current = format!("{head}{start}{}\n\n{tail}", rows.join("\n"));

    if std::env::var_os("UNROOT_BLESS").is_some() {
        fs::write(root.join("README.md"), current).expect("writable");
    } else {
        assert!(
            readme == current,
            "the README is out of date; run with UNROOT_BLESS=1"
        );
    }
}

/// The example of `docs/step-down.md` is what the program prints. `UNROOT_BLESS=1` writes it.
#[test]
fn the_step_down_is_shown_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("docs/step-down.md");
    let page = fs::read_to_string(&path).expect("readable");
    let start = "$ unroot diff --strategy step-down examples/wiki\n";
    let output = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin("unroot"))
        .args(["diff", "--strategy", "step-down", "examples/wiki"])
        .current_dir(root)
        .env_clear()
        .output()
        .expect("the binary runs");
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(shown.contains("new file mode 100755"), "{shown}");
    let (head, rest) = page.split_once(start).expect("it shows the example");
    let (_, tail) = rest.split_once("```").expect("the block ends");
    let current = format!("{head}{start}{shown}```{tail}");
    if std::env::var_os("UNROOT_BLESS").is_some() {
        fs::write(path, current).expect("writable");
    } else {
        assert!(
            page == current,
            "docs/step-down.md is out of date; run with UNROOT_BLESS=1"
        );
    }
}

/// `docs/rules.md` is what the program says of its rules. `UNROOT_BLESS=1` writes it.
#[test]
fn rules_are_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md");
    let current = unroot::rules::document();
    if std::env::var_os("UNROOT_BLESS").is_some() {
        fs::write(path, &current).expect("writable");
    }
    let text = fs::read_to_string(path).expect("readable");
    assert!(
        text == current,
        "docs/rules.md is out of date; run with UNROOT_BLESS=1"
    );
    // Reports link to these.
    let headings: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    assert_eq!(
        headings,
        unroot::finding::Rule::ALL.map(unroot::finding::Rule::id)
    );
}

/// `docs/action.md` has every input and output of `action.yml`, and no other.
#[test]
fn the_action_is_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let metadata = fs::read_to_string(root.join("action.yml")).expect("readable");
    let text = fs::read_to_string(root.join("docs/action.md")).expect("readable");
    let (interface, _) = metadata.split_once("\nruns:\n").expect("runs");
    let declared: BTreeSet<&str> = interface
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.trim().strip_suffix(':'))
        .collect();
    let documented: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    assert_eq!(documented, declared);
}

/// Workflows to copy name the release that they are part of.
#[test]
fn examples_name_this_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = sources(root.join("examples/workflows"));
    files.extend(sources(root.join("docs")));
    files.push(root.join("README.md"));
    let wanted = concat!("v", env!("CARGO_PKG_VERSION"));
    let mut found = 0;
    for path in files {
        let text = fs::read_to_string(&path).expect("readable");
        for (at, name) in text.match_indices("uses: unroot/unroot@") {
            let version = text[at + name.len()..].split_whitespace().next();
            assert_eq!(version, Some(wanted), "{}", path.display());
            found += 1;
        }
    }
    assert!(found >= 4, "the README and three workflows have one");
}

/// The workflow in the README is the one that is linted.
#[test]
fn the_workflow_in_the_readme_is_the_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("readable");
    let example = fs::read_to_string(root.join("examples/workflows/fix.yml")).expect("readable");
    let (_, rest) = readme
        .split_once("```yaml\non:\n")
        .expect("it has a workflow");
    let (shown, _) = rest.split_once("```").expect("it ends");
    assert!(shown.lines().count() + 1 < 15, "short enough to be copied");
    for line in shown.lines() {
        assert!(example.lines().any(|other| other == line), "{line}");
    }
}

/// The image that the project ships does what it asks of others.
#[test]
fn the_own_image_runs_as_a_user() {
    let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin("unroot"));
    let command = command.args(["check", "Containerfile"]).env_clear();
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .assert()
        .success();
}

fn sources(folder: PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(sources(path));
        } else {
            found.push(path);
        }
    }
    found
}

/// The pattern of the hooks finds what a search finds.
#[test]
fn hooks_take_what_a_search_finds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let hooks = fs::read_to_string(root.join(".pre-commit-hooks.yaml")).expect("readable");
    let pattern = |key: &str| {
        let line = hooks.lines().find_map(|line| line.trim().strip_prefix(key));
        let (_, quoted) = line.expect("a pattern").split_once('\'').expect("quoted");
        let pattern = quoted.strip_suffix('\'').expect("quoted");
        regex::bytes::Regex::new(&format!("(?-u){pattern}")).expect("a pattern")
    };
    let (files, exclude) = (pattern("files:"), pattern("exclude:"));
    for name in [
        "Dockerfile",
        "dockerfile",
        "Dockerfile.prod",
        "Dockerfile-dev",
        "Dockerfile_x",
        "Dockerfiles",
        "my.Dockerfile",
        "my.dockerfile",
        "Containerfile",
        "Containerfile.ubi",
        "a.containerfile",
        "Dockerfile.dockerignore",
        "Dockerfile~",
        "xDockerfile",
        "Dockerfile.d",
        ".dockerfile",
        ".dockerignore",
        "docker-compose.yml",
        "dockerfile.md",
    ] {
        let path = format!("sub/{name}");
        for path in [name, &path] {
            let hook = files.is_match(path.as_bytes()) && !exclude.is_match(path.as_bytes());
            let search = unroot::discover::is_dockerfile(std::ffi::OsStr::new(name));
            assert_eq!(hook, search, "{path}");
        }
    }
    for id in [
        "unroot-check",
        "unroot-fix",
        "unroot-check-system",
        "unroot-fix-system",
    ] {
        assert!(hooks.contains(&format!("- id: {id}\n")), "{id}");
        let editors = fs::read_to_string(root.join("docs/editors.md")).expect("readable");
        assert!(editors.contains(&format!("`{id}`")), "{id}");
    }
}

/// What installs a release looks for the names that the release has.
#[cfg(unix)]
#[test]
fn installers_know_the_names_of_a_release() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    fs::write(path.join("binary"), "").expect("writable");
    let bash = |arguments: &[&str]| {
        let output = std::process::Command::new("bash")
            .args(arguments)
            .current_dir(path)
            .output()
            .expect("bash runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let release = fs::read_to_string(root.join(".github/workflows/release.yml")).expect("readable");
    let mut targets = BTreeSet::new();
    for (at, key) in release.match_indices("{ target: ") {
        let target = release[at + key.len()..]
            .split(',')
            .next()
            .expect("a target");
        let script = root.join("action/package.sh");
        bash(&[&script.to_string_lossy(), "binary", "9.8.7", target, "dist"]);
        targets.insert(target);
    }
    assert_eq!(targets.len(), 4);
    let script = root.join("packaging/homebrew/fill");
    let formula = bash(&[&script.to_string_lossy(), "9.8.7", "dist"]);
    assert!(!formula.contains('@'), "{formula}");

    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("readable");
    let manifest: toml::Value = toml::from_str(&manifest).expect("TOML");
    let binstall = &manifest["package"]["metadata"]["binstall"];
    for target in targets {
        let filled = |key: &str| {
            let text = binstall[key]
                .as_str()
                .expect("text")
                .replace("{ repo }", "https://github.com/unroot/unroot");
            let text = text
                .replace("{ version }", "9.8.7")
                .replace("{ target }", target);
            let text = text
                .replace("{ archive-suffix }", ".tar.gz")
                .replace("{ bin }", "unroot");
            text.replace("{ binary-ext }", "")
        };
        let url = filled("pkg-url");
        assert!(formula.contains(&format!("url \"{url}\"")), "{url}");
        let (_, name) = url.rsplit_once('/').expect("a name");
        let listed = bash(&["-c", &format!("tar -tzf dist/{name}")]);
        assert!(
            listed.lines().any(|line| line == filled("bin-dir")),
            "{listed}"
        );
    }
}

/// The release gives the extension the version of the program; VS Code knows no pre-releases by their version.
#[test]
fn the_extension_has_the_programs_version() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("editors/vscode/package.json");
    if !path.is_file() {
        // The crate is packed without it.
        return;
    }
    let text = fs::read_to_string(path).expect("readable");
    let manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let version = env!("CARGO_PKG_VERSION").split('-').next();
    assert_eq!(manifest["version"].as_str(), version);
}
