//! Folders that scripts name by a substitution whose value is certain: their own (`cd "$(dirname "$0")/.."`), the one
//! they are in, the top of the repository, and variables of these.

use crate::stages::join;

use super::super::services::folder;
use super::is_plain;

/// What a text's substitutions mean.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The script's own folder, with a `/` in front; none where `$0` is no script of the repository.
    own: Option<String>,
    variables: Vec<(String, String)>,
}

/// The folder that the text is in as it runs.
const HERE: [&str; 5] = ["$PWD", "${PWD}", "$(pwd)", "`pwd`", "$(CURDIR)"];

/// GitLab CI, "Predefined variables"; GitHub Actions, "Default environment variables"; git-rev-parse(1).
const TOP: [&str; 6] = [
    "$(git rev-parse --show-toplevel)",
    "`git rev-parse --show-toplevel`",
    "$CI_PROJECT_DIR",
    "${CI_PROJECT_DIR}",
    "$GITHUB_WORKSPACE",
    "${GITHUB_WORKSPACE}",
];

/// How many variables are kept.
const MAX_VARIABLES: usize = 20;

impl Places {
    /// Those of the script at `path`.
    pub(super) fn of_script(path: &str) -> Self {
        Self {
            own: Some(folder(path)),
            variables: Vec::new(),
        }
    }

    /// Takes `NAME=value` in, the value as it is written: `"$(cd "$(dirname "$0")" && pwd)"`, or a place itself.
    pub(super) fn assign(&mut self, name: &str, value: &str, here: Option<&str>) {
        self.variables.retain(|(known, _)| known != name);
        let bare = without_quotes(value);
        let place = match bare
            .strip_prefix("$(cd ")
            .and_then(|rest| rest.split_once("&&"))
        {
            Some((to, rest)) if matches!(rest.trim(), "pwd)" | "pwd -P)") => {
                // `cd` may be told to be silent.
                let to = to.split(['>', '&']).next().unwrap_or_default();
                let to = to
                    .trim_end_matches([' ', '1', '2'])
                    .trim_start_matches("-- ");
                self.resolve(to.trim(), here)
            }
            Some(_) => None,
            None => self.resolve(&bare, here),
        };
        if let Some(place) = place.filter(|_| self.variables.len() < MAX_VARIABLES) {
            self.variables.push((name.to_owned(), place));
        }
    }

    /// The path that a word means, as it is written, with a `/` in front; none where that is not certain.
    pub(super) fn resolve(&self, word: &str, here: Option<&str>) -> Option<String> {
        let word = without_quotes(word);
        let (from, rest) = self.known(&word, here)?;
        let whole = rest.is_empty() || rest.starts_with('/');
        (whole && is_plain(rest)).then(|| join(from, rest.trim_start_matches('/')))
    }

    fn known<'a>(&'a self, word: &'a str, here: Option<&'a str>) -> Option<(&'a str, &'a str)> {
        let strip = |all: &[&str]| all.iter().find_map(|one| word.strip_prefix(one));
        if let Some(rest) = strip(&TOP) {
            return Some(("/", rest));
        }
        if let Some((here, rest)) = here.zip(strip(&HERE)) {
            return Some((here, rest));
        }
        if let Some((own, rest)) = self.own.as_deref().zip(after_own_folder(word)) {
            return Some((own, rest));
        }
        let name = word.strip_prefix('$')?;
        let (name, rest) = match name.strip_prefix('{') {
            Some(name) => name.split_once('}')?,
            None => name.split_at(name.find('/').unwrap_or(name.len())),
        };
        let (_, place) = self.variables.iter().find(|(known, _)| known == name)?;
        Some((place, rest))
    }
}

/// What stands behind `$(dirname "$0")` or `${0%/*}`, quotes dropped.
fn after_own_folder(word: &str) -> Option<&str> {
    const SELF: [&str; 6] = [
        "$0",
        "${0}",
        "$BASH_SOURCE",
        "${BASH_SOURCE}",
        "${BASH_SOURCE[0]}",
        "${BASH_SOURCE[0]:-$0}",
    ];
    let shortest = ["${0%/*}", "${BASH_SOURCE%/*}", "${BASH_SOURCE[0]%/*}"];
    if let Some(rest) = shortest.iter().find_map(|one| word.strip_prefix(one)) {
        return Some(rest);
    }
    let (argument, end) = match word.strip_prefix("$(dirname ") {
        Some(rest) => (rest, ')'),
        None => (word.strip_prefix("`dirname ")?, '`'),
    };
    let argument = argument.strip_prefix("-- ").unwrap_or(argument);
    let linked = ["$(readlink -f ", "$(realpath "];
    let linked = linked.iter().find_map(|one| argument.strip_prefix(one));
    let argument = linked.unwrap_or(argument);
    // The longest goes first, since one is the start of another.
    let mut rests = SELF
        .iter()
        .rev()
        .filter_map(|one| argument.strip_prefix(one));
    let rest = rests.next()?;
    let rest = match linked {
        Some(_) => rest.strip_prefix(')')?,
        None => rest,
    };
    rest.strip_prefix(end)
}

fn without_quotes(text: &str) -> String {
    text.replace(['"', '\''], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_the_script() {
        let places = Places::of_script("scripts/build.sh");
        let of = |word: &str| places.resolve(word, Some("/api"));
        for word in [
            "\"$(dirname \"$0\")/..\"",
            "$(dirname -- \"${BASH_SOURCE[0]}\")/..",
            "$(dirname \"$(readlink -f \"$0\")\")/..",
            "`dirname $0`/..",
            "${0%/*}/..",
            "\"$(git rev-parse --show-toplevel)\"",
            "$CI_PROJECT_DIR",
        ] {
            assert_eq!(of(word).as_deref(), Some("/"), "{word}");
        }
        assert_eq!(of("$(dirname $0)").as_deref(), Some("/scripts"));
        assert_eq!(of("\"$PWD\"/web").as_deref(), Some("/api/web"));
        for word in ["$(dirname $1)", "$X", "$PWD$X", "$(dirname $0)x", "$", "${"] {
            assert_eq!(of(word), None, "{word}");
        }
        assert_eq!(Places::default().resolve("$(dirname $0)", None), None);
    }

    #[test]
    fn variables_of_it() {
        let mut places = Places::of_script("ci/build.sh");
        places.assign(
            "A",
            "\"$(cd \"$(dirname \"$0\")/..\" >/dev/null 2>&1 && pwd)\"",
            None,
        );
        places.assign("B", "$(cd -- \"$A/web\" && pwd -P)", None);
        places.assign("C", "$(cd $A && ls)", None);
        let of = |word: &str| places.resolve(word, None);
        assert_eq!(of("\"$A/app\"").as_deref(), Some("/app"));
        assert_eq!(of("${B}").as_deref(), Some("/web"));
        assert_eq!(of("$C"), None);
    }
}
