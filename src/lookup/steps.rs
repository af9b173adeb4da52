//! Whether what an image starts gives up root: its command, and the scripts behind it, which are read from its layers.

use crate::shell::argv::ProgramKind;
use crate::shell::called::passes_arguments_on;
use crate::shell::lex::Script;
use crate::shell::stepdown::{StepDown, When, first_program, step_down, words_step_down};
use crate::survey::is_shell_shebang;
use crate::verdict::is_for_this_command;

use super::image::{Found, ImageConfig, ImageFiles};

/// What was seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Steps {
    /// It does; where.
    Down(StepDown, String),
    /// All that it starts was read, and nothing of it does: the path of the last script, or none for a plain command.
    Stays(Option<String>),
    /// A script steps down sometimes, or a program cannot be read.
    Unknown,
}

/// Through how many scripts that pass their arguments on the command is followed.
const MAX_PASSED: u8 = 3;

/// Looks at what the image starts.
pub(super) fn steps(config: &ImageConfig, files: &ImageFiles) -> Steps {
    look(&config.argv(), config, files, None, MAX_PASSED)
}

fn look(
    argv: &[String],
    config: &ImageConfig,
    files: &ImageFiles,
    read: Option<String>,
    left: u8,
) -> Steps {
    if argv.is_empty() {
        return Steps::Stays(read);
    }
    if let Some(found) = words_step_down(argv) {
        let place = read.map_or_else(
            || "its command".to_owned(),
            |script| format!("what {script} runs"),
        );
        return told(found, place);
    }
    let Some(first) = first_program(argv).filter(|first| first.kind != ProgramKind::Text) else {
        return Steps::Stays(read);
    };
    let Some(program) = argv.get(first.index) else {
        return Steps::Unknown;
    };
    let Some((path, found)) = command(files, program) else {
        return Steps::Unknown;
    };
    let text = match found {
        Found::Text(text) if is_shell_shebang(text.as_bytes()) && text.starts_with("#!") => text,
        // A program that is not read: whether a server gives up root by itself is its own matter.
        Found::Text(_) | Found::Binary | Found::TooLarge(_) => return Steps::Stays(read),
        Found::Missing | Found::NoFile => return Steps::Unknown,
    };
    let script = Script::parse(text.as_bytes());
    let rest = argv.get(first.index + 1..).unwrap_or_default();
    let variable = |name: &str| config.variable(name).map(str::to_owned);
    let Some(found) = step_down(&script, &variable) else {
        if left > 0 && passes_arguments_on(&script) {
            return look(rest, config, files, Some(path.to_owned()), left - 1);
        }
        return Steps::Stays(Some(path.to_owned()));
    };
    if found.when == When::IfArgument
        && !is_for_this_command(&script, &found, rest)
        && !named_before(&script, &found, rest)
    {
        return Steps::Unknown;
    }
    told(found, path.to_owned())
}

/// Official images ask for their own program in a test around the one for root: `if [ "$1" = postgres ]`.
fn named_before(script: &Script, found: &StepDown, arguments: &[String]) -> bool {
    let name = arguments.first().and_then(|given| given.rsplit('/').next());
    name.is_some_and(|name| !name.is_empty() && script.mentions(&(0..found.span.start), name))
}

fn told(found: StepDown, place: String) -> Steps {
    let to_root = found
        .user
        .as_deref()
        .is_some_and(crate::bases::is_root_user);
    match found.when {
        When::Sometimes | When::NotMain => Steps::Unknown,
        _ if to_root => Steps::Stays(Some(place)),
        When::Always | When::IfRoot | When::IfArgument => Steps::Down(found, place),
    }
}

/// The file that was read for a word of the command.
pub(super) fn command<'f>(files: &'f ImageFiles, word: &str) -> Option<(&'f str, &'f Found)> {
    let suffix = format!("/{}", word.trim_start_matches("./"));
    let fits = |path: &str| path == word || (!word.starts_with('/') && path.ends_with(&suffix));
    let found = files.commands.iter().find(|(path, _)| fits(path))?;
    Some((&found.0, &found.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entrypoint: &str, cmd: &str, script: &str) -> Steps {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let config = ImageConfig {
            entrypoint: words(entrypoint),
            cmd: words(cmd),
            ..ImageConfig::default()
        };
        let files = ImageFiles {
            commands: vec![
                (
                    "/usr/local/bin/start.sh".into(),
                    Found::of(script.as_bytes()),
                ),
                ("/usr/bin/app".into(), Found::Binary),
            ],
            ..ImageFiles::default()
        };
        steps(&config, &files)
    }

    #[test]
    fn scripts_of_images() {
        let down = "#!/bin/sh\nset -e\nif [ \"$(id -u)\" = 0 ]; then exec gosu app \"$0\" \"$@\"; fi\nexec \"$@\"\n";
        assert!(
            matches!(of("start.sh", "app", down), Steps::Down(found, place) if found.tool == "gosu" && place.ends_with("start.sh"))
        );
        assert!(matches!(of("gosu app", "app", ""), Steps::Down(..)));
        assert_eq!(
            of("start.sh", "app", "#!/bin/sh\nexec \"$@\"\n"),
            Steps::Stays(Some("/usr/local/bin/start.sh".into()))
        );
        assert!(matches!(
            of("start.sh", "gosu me app", "#!/bin/sh\nexec \"$@\"\n"),
            Steps::Down(..)
        ));
        assert_eq!(of("", "app", ""), Steps::Stays(None));
        assert_eq!(of("/nowhere", "", ""), Steps::Unknown);
    }
}
