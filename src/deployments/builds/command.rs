//! `docker build` on command lines: of scripts, Makefiles, Justfiles and CI. Words with variables are not known.
//! Options: `docker buildx build --help`, podman-build(1).

use std::borrow::Cow;

use crate::shell::lex::Script;
use crate::shell::word::Word;
use crate::stages::join;

use super::super::services::folder;
use super::places::Places;
use super::{Build, Built, MAX_BUILDS, from_top};

/// A Makefile, a Justfile or a script.
pub(super) fn read_file(path: &str, text: &str, builds: &mut Vec<Build>) {
    if !text.contains("build") {
        return;
    }
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if name.contains("makefile") || name.contains("justfile") {
        // `make -C api`, and `just`, run in the file's folder.
        let own = folder(path);
        for (line, recipe) in recipes(text) {
            read_text(path, line, &recipe, Some(&own), builds);
        }
    } else {
        // A script is mostly called from the top, else from its own folder. Where it goes to that itself, both are one.
        let mut found = Vec::new();
        let own = folder(path);
        for working in ["/", &own] {
            read_script(
                path,
                1,
                text,
                Some(working),
                Places::of_script(path),
                &mut found,
            );
        }
        for build in found {
            if !builds.contains(&build) {
                builds.push(build);
            }
        }
    }
}

/// The lines of recipes, each with its number, continued ones joined.
fn recipes(text: &str) -> Vec<(usize, String)> {
    let mut all: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        let (body, continued) = match line.strip_suffix('\\') {
            Some(body) => (body, true),
            None => (line, false),
        };
        match all.last_mut() {
            Some((_, recipe)) if open => {
                recipe.push(' ');
                recipe.push_str(body.trim_start());
            }
            _ if line.starts_with([' ', '\t']) => {
                let body = body.trim_start().trim_start_matches(['@', '-', '+']);
                all.push((at + 1, body.to_owned()));
            }
            _ => {
                open = false;
                continue;
            }
        }
        open = continued;
    }
    all.retain(|(_, recipe)| recipe.contains("build"));
    all
}

/// Shell text that begins on `line` and runs in `working`.
pub(super) fn read_text(
    path: &str,
    line: usize,
    text: &str,
    working: Option<&str>,
    builds: &mut Vec<Build>,
) {
    read_script(path, line, text, working, Places::default(), builds);
}

fn read_script(
    path: &str,
    line: usize,
    text: &str,
    working: Option<&str>,
    mut places: Places,
    builds: &mut Vec<Build>,
) {
    if !text.contains("build") {
        return;
    }
    let text = without_templates(text);
    let script = Script::parse(text.as_bytes());
    let mut working = working.map(str::to_owned);
    let mut inner = None;
    for command in &script.commands {
        let is_inner = command.context.subshell;
        if !is_inner {
            inner = None;
        }
        let here = if is_inner {
            inner.get_or_insert_with(|| working.clone())
        } else {
            &mut working
        };
        let written = |word: &Word| text.get(word.span.clone()).unwrap_or_default();
        if command.words.is_empty() {
            for (name, value) in &command.assignments {
                places.assign(name, written(value), here.as_deref());
            }
            continue;
        }
        if matches!(command.program(), Some("cd" | "pushd" | "popd")) {
            let place = match command.args() {
                [_, to] => match to.literal() {
                    Some(to) => here
                        .as_deref()
                        .filter(|_| to != "-")
                        .map(|from| join(from, &to)),
                    None => places.resolve(written(to), here.as_deref()),
                },
                _ => None,
            };
            *here = place;
            continue;
        }
        let Some(folder) = here.as_deref() else {
            continue;
        };
        let place = || {
            let before = text.get(..command.span.start).unwrap_or_default();
            format!("{path}:{}", line + before.matches('\n').count())
        };
        if builds.len() < MAX_BUILDS {
            let words = command.args().iter().map(|word| {
                let known = || places.resolve(written(word), Some(folder));
                word.literal().or_else(known)
            });
            builds.extend(build(
                command.program(),
                &words.collect::<Vec<_>>(),
                folder,
                place,
            ));
        }
    }
}

/// `${{ .. }}` of workflows and `{{ .. }}` of Justfiles, as one variable.
fn without_templates(text: &str) -> Cow<'_, str> {
    if !text.contains("{{") {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        let (before, from) = rest.split_at(at);
        let end = from.find("}}").map_or(from.len(), |end| end + 2);
        out.push_str(before.strip_suffix('$').unwrap_or(before));
        out.push_str("$X");
        // A letter behind it would be the variable's.
        out.push_str("\"\"");
        let (template, after) = from.split_at(end);
        out.extend(template.chars().filter(|ch| *ch == '\n'));
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Options that stand alone; all others take a value.
const SWITCHES: [&str; 18] = [
    "--no-cache",
    "--pull",
    "--push",
    "--load",
    "--quiet",
    "-q",
    "--rm",
    "--force-rm",
    "--squash",
    "--squash-all",
    "--compress",
    "--check",
    "--debug",
    "-D",
    "--layers",
    "--stdin",
    "--no-hosts",
    "--disable-content-trust",
];

/// `words` are those of the command, none for one that is not known.
fn build(
    program: Option<&str>,
    words: &[Option<String>],
    folder: &str,
    place: impl Fn() -> String,
) -> Option<Build> {
    let mut words = words.iter().map(Option::as_deref);
    let program = program?.rsplit('/').next()?;
    words.next();
    match program {
        "docker" | "podman" | "nerdctl" => match words.next()?? {
            "build" => {}
            "buildx" | "image" | "builder" if words.next()?? == "build" => {}
            _ => return None,
        },
        "buildah" => match words.next()?? {
            "bud" | "build" => {}
            _ => return None,
        },
        _ => return None,
    }
    let mut file: Option<Option<&str>> = None;
    let mut target: Option<Option<&str>> = None;
    let mut tags: Vec<String> = Vec::new();
    let mut places: Vec<Option<&str>> = Vec::new();
    while let Some(word) = words.next() {
        let Some(option) = word.filter(|word| word.starts_with('-') && *word != "-") else {
            places.push(word);
            continue;
        };
        if SWITCHES.contains(&option) {
            continue;
        }
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            // `-tNAME`
            None if !option.starts_with("--") && option.len() > 2 && option.is_char_boundary(2) => {
                let (name, value) = option.split_at(2);
                (name, Some(value))
            }
            None => (option, words.next()?),
        };
        match name {
            "--file" | "-f" => file = Some(value),
            "--target" => target = Some(value),
            "--tag" | "-t" => tags.extend(value.map(str::to_owned)),
            _ => {}
        }
    }
    // `--target=$STAGE` is one word that is not known, and so is `$(OPTIONS)`.
    let (context, others) = places.split_last()?;
    let context = (*context).filter(|context| *context != "-" && !context.contains("://"))?;
    let dockerfile = match file {
        Some(file) => join(folder, file.filter(|file| *file != "-")?),
        None => join(&join(folder, context), "Dockerfile"),
    };
    Some(Build {
        place: place(),
        dockerfile: from_top(&dockerfile),
        context: from_top(&join(folder, context)),
        built: match target {
            Some(Some(name)) => Built::of(name),
            Some(None) => Built::Unknown,
            None if others.iter().any(Option::is_none) => Built::Unknown,
            None => Built::Last,
        },
        tags,
        contexts: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> Vec<String> {
        let mut builds = Vec::new();
        read_file(path, text, &mut builds);
        builds.iter().map(Build::shown).collect()
    }

    #[test]
    fn makefiles() {
        let text = "IMAGE = x\nimage: deps\n\t@docker build \\\n\t  --target prod -t acme/web:1 -f docker/web.Dockerfile .\n\tcd api && DOCKER_BUILDKIT=1 docker buildx build --no-cache --push --target=dev --platform linux/amd64 .\n\tdocker build $(OPTS) .\n\tdocker build --target $(STAGE) .\n\tdocker build -t $(IMAGE) $(DIR)\n\tdocker-compose build\n";
        assert_eq!(
            of("Makefile", text),
            [
                "Makefile:3 docker/web.Dockerfile Stage(\"prod\") [\"acme/web:1\"]",
                "Makefile:5 api/Dockerfile Stage(\"dev\") []",
                "Makefile:6 Dockerfile Unknown []",
                "Makefile:7 Dockerfile Unknown []",
            ]
        );
    }

    #[test]
    fn scripts() {
        let text = "#!/bin/sh\nset -e\n(cd web; sudo podman build -tacme/web --target web .)\ndocker image build --build-arg A=b .\ncd \"$DIR\"\ndocker build --target gone .\n";
        assert_eq!(
            of("build.sh", text),
            [
                "build.sh:3 web/Dockerfile Stage(\"web\") [\"acme/web\"]",
                "build.sh:4 Dockerfile Last []",
            ]
        );
        assert_eq!(
            of("scripts/build.sh", "docker build --target a .\n"),
            [
                "scripts/build.sh:1 Dockerfile Stage(\"a\") []",
                "scripts/build.sh:1 scripts/Dockerfile Stage(\"a\") []",
            ]
        );
        let goes = "R=$(cd \"$(dirname \"$0\")\" && pwd)\ncd \"$R/..\"\n";
        assert_eq!(
            of(
                "scripts/build.sh",
                &format!("{goes}docker build --target a .\ndocker build -f \"$R/b\" \"$PWD\"\n")
            ),
            [
                "scripts/build.sh:3 Dockerfile Stage(\"a\") []",
                "scripts/build.sh:4 scripts/b Last []",
            ]
        );
        // In a Makefile, `$0` is none.
        assert!(of("Makefile", "x:\n\tcd $(dirname $0) && docker build .\n").is_empty());
        assert_eq!(
            of("api/Makefile", "x:\n\tdocker build --target a $(CURDIR)\n"),
            ["api/Makefile:2 api/Dockerfile Stage(\"a\") []"]
        );
    }

    #[test]
    fn templates_are_not_known() {
        assert_eq!(
            of(
                "justfile",
                "build stage:\n    docker build --target {{ stage }} .\n"
            ),
            ["justfile:2 Dockerfile Unknown []"]
        );
        assert_eq!(
            of(
                "build.sh",
                "docker build --target ${{ matrix.x }} -f Dockerfile.${{ a }} .\n"
            ),
            [""; 0]
        );
    }
}
