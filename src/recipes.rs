//! How programs that start as root are made to work without (`data/recipes/*.toml`, an entry a way of
//! installing a program). A recipe is data: `crate::fix` turns it into edits.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock, RwLock};

use regex::bytes::Regex;

use crate::bases::{Confidence, Family};

include!(concat!(env!("OUT_DIR"), "/recipes.rs"));

/// A way in which a program works as another user than root.
#[derive(Debug)]
pub struct Recipe {
    /// Unique, kebab-case: what a base image's `recipe` names.
    pub name: &'static str,
    /// The names under which commands start the program, without folder and version; a base image's own program is the
    /// first.
    pub programs: &'static [&'static str],
    /// Programs that come with it and that a RUN may call as root, which then leave files of root's.
    pub tools: &'static [&'static str],
    /// Packages whose installation this is about; none for what comes with a base image, or however it comes.
    pub packages: &'static [&'static str],
    /// It comes with base images alone, whose entries in `data/bases` name the recipe.
    pub of_images: bool,
    /// The package manager that installs them, where it is not the system's: `pip`, `npm`, `gem`.
    pub manager: Option<&'static str>,
    /// The distributions for which this is true; empty: for all.
    pub families: &'static [Family],
    /// The user that the package or image makes for the program.
    pub user: Option<&'static str>,
    /// That user's group, where it has another name than the user.
    pub group: Option<&'static str>,
    /// That user's uid and gid, where they are the same in each installation.
    pub ids: Option<(u32, u32)>,
    /// What belongs to that user already: handed over, with all below, when another one is chosen.
    pub theirs: &'static [&'static str],
    /// Folders that are made and handed over.
    pub make: &'static [&'static str],
    /// Folders and files that are there, and are handed over themselves.
    pub own: &'static [&'static str],
    /// The same with all that lies below: small trees of the package's own.
    pub own_all: &'static [&'static str],
    /// Empty files that are made and handed over.
    pub touch: &'static [&'static str],
    /// Further commands, run as root; safe to run twice.
    pub run: &'static [&'static str],
    /// What the stock configuration asks for besides, where the file brings none of its own.
    pub stock: Option<Stock>,
    /// Variables that it needs besides, each `NAME=VALUE`.
    pub env: &'static [&'static str],
    /// The folder that it writes when it is started there.
    pub workdir: Option<Workdir>,
    /// A regular expression: a configuration that has it is replaced by the program, with a new file in the same folder.
    pub rewrites: Option<&'static str>,
    /// The program that takes the place of the first one in the start command.
    pub command: Option<&'static str>,
    /// What in a start script, a HEALTHCHECK or a configuration means that something else changes with the user.
    pub warn: &'static [Warn],
    /// It writes below HOME.
    pub home: bool,
    /// Where its configuration lies: files, or folders with a `/` at the end; what is relative starts at the WORKDIR.
    pub configs: &'static [&'static str],
    /// Flags behind which a command names another configuration; `""` for the first operand.
    pub config_flags: &'static [&'static str],
    /// Flags whose argument is configuration itself: `nginx -g "daemon off;"`.
    pub config_texts: &'static [&'static str],
    /// Regular expressions whose group is a file that root could read whatever its mode: keys, passwords.
    pub reads: &'static [&'static str],
    /// Arguments of the command that only root can follow.
    pub drop: &'static [Drop],
    /// The folder that relative paths in its configuration are seen from; `.` for the WORKDIR.
    pub relative: Option<&'static str>,
    /// Settings by which the configuration names what is written.
    pub writes: &'static [Setting],
    /// The same for arguments of the command.
    pub flags: &'static [Flag],
    /// How it is told which user to switch to.
    pub switch: Option<Switch>,
    /// Lines of the configuration that cannot stay.
    pub strip: &'static [Strip],
    /// How the configuration names the ports that it listens on.
    pub listen: &'static [Listen],
    /// Commands that change the port in the stock configuration: `{from}` and `{to}` are the ports.
    pub moves: &'static [&'static str],
    /// The program's file, for `setcap`.
    pub binary: Option<&'static str>,
    /// Why a fix by this recipe is never Safe.
    pub unsafe_because: Option<&'static str>,
    /// How sure this is.
    pub confidence: Confidence,
    /// Where it is known from.
    pub source: &'static str,
}

/// A setting that names what is written.
#[derive(Debug)]
pub struct Setting {
    /// A regular expression over the configuration; its group is the path.
    pub pattern: &'static str,
    /// What lies there.
    pub kind: Kind,
    /// The path where no configuration has the setting; none: nothing is written then. With a [`Stock`] it is that of
    /// an own configuration that is silent.
    pub default: Option<&'static str>,
    /// Arguments of the command that take the place of the setting.
    pub flags: &'static [&'static str],
    /// A regular expression over the configuration: with it the file is written in place, and [`Kind::File`] is meant.
    pub file_if: Option<&'static str>,
    /// Arguments that keep the default from being written, where it lies in `/`.
    pub arguments: &'static [&'static str],
}

/// What the stock configuration asks for: the same as the fields of that name of a [`Recipe`].
#[derive(Debug)]
pub struct Stock {
    /// Commands.
    pub run: &'static [&'static str],
    /// Folders that are made and handed over.
    pub make: &'static [&'static str],
    /// Folders and files that are there.
    pub own: &'static [&'static str],
    /// Empty files that are made and handed over.
    pub touch: &'static [&'static str],
}

/// A program that writes into the folder in which it is started, unless it is told otherwise.
#[derive(Debug)]
pub struct Workdir {
    /// A folder of its user's, where it can be started instead of in `/`.
    pub path: &'static str,
    /// A regular expression over the configuration that says that it is told otherwise.
    pub unless: Option<&'static str>,
    /// Flags that tell it otherwise.
    pub flags: &'static [&'static str],
    /// A variable that tells it otherwise.
    pub variable: Option<&'static str>,
}

/// A text that means that something else changes with the user.
#[derive(Debug)]
pub struct Warn {
    /// A regular expression.
    pub text: &'static str,
    /// What changes.
    pub why: &'static str,
}

/// An argument that names what is written.
#[derive(Debug)]
pub struct Flag {
    /// `--pidfile`: the path follows as the next word or behind a `=`.
    pub flag: &'static str,
    /// What lies there.
    pub kind: Kind,
}

/// What is written at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file, which may be there before.
    File,
    /// A folder in which files are made.
    Folder,
    /// It is made, renamed or removed by the program itself, so that making it in advance is no use or does harm (a
    /// socket, a pid file that is renamed into place, a log that is rotated): the folder around it is written.
    Made,
}

/// How a program is told which user to switch to.
#[derive(Debug)]
pub struct Switch {
    /// A regular expression over the configuration; its group is the user.
    pub setting: Option<&'static str>,
    /// Flags of the command that name the user.
    pub flags: &'static [&'static str],
    /// It ends with an error when told to switch to another user than the one that runs it; else it goes on.
    pub fails: bool,
}

/// A line of the configuration that another user than root cannot have.
#[derive(Debug)]
pub struct Strip {
    /// A regular expression for the whole line, without its end.
    pub setting: &'static str,
    /// The file of the stock configuration that has it.
    pub file: Option<&'static str>,
    /// Only between a line that has the first expression and the next one that has the second.
    pub section: Option<(&'static str, &'static str)>,
    /// It can stay where the container runs as the very user whom the configuration names.
    pub other_user: bool,
    /// Why it cannot stay.
    pub why: &'static str,
}

/// An argument that only root can follow.
#[derive(Debug)]
pub struct Drop {
    /// `-j`
    pub flag: &'static str,
    /// A value follows.
    pub value: bool,
    /// Why it cannot stay.
    pub why: &'static str,
}

/// A setting that names a port.
#[derive(Debug)]
pub struct Listen {
    /// A regular expression over the configuration; its group is the port.
    pub setting: &'static str,
    /// The port where no configuration has the setting.
    pub default: Option<u16>,
}

impl Strip {
    /// Where a configuration has such lines, without their ends.
    pub fn lines(&self, text: &[u8]) -> Vec<Range<usize>> {
        let Some(setting) = regex(self.setting) else {
            return Vec::new();
        };
        // `\s` takes line ends in, which are the neighbours'.
        let all = setting.find_iter(text).map(|found| {
            let bytes = found.as_bytes();
            let is_end = |byte: &&u8| matches!(byte, b'\n' | b'\r');
            let before = bytes.iter().take_while(is_end).count();
            let after = bytes[before..].iter().rev().take_while(is_end).count();
            found.start() + before..found.end() - after
        });
        let Some((from, to)) = self.section else {
            return all.collect();
        };
        let (Some(from), Some(to)) = (regex(from), regex(to)) else {
            return Vec::new();
        };
        let mut sections = Vec::new();
        let mut at = 0;
        while let Some(begins) = from.find_at(text, at) {
            let end = to
                .find_at(text, begins.end())
                .map_or(text.len(), |next| next.start());
            sections.push(begins.end()..end);
            at = end.max(begins.end());
        }
        let inside =
            |line: &Range<usize>| sections.iter().any(|section| section.contains(&line.start));
        all.filter(inside).collect()
    }
}

type Known = HashMap<&'static str, Option<Arc<Regex>>>;

/// An expression of a recipe, over bytes, compiled when it is first needed.
pub fn regex(setting: &'static str) -> Option<Arc<Regex>> {
    static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);
    let known = KNOWN.read().ok()?.get(setting).cloned();
    known.unwrap_or_else(|| {
        let compiled = Regex::new(&format!("(?-u:{setting})")).ok().map(Arc::new);
        let mut all = KNOWN.write().ok()?;
        all.entry(setting).or_insert(compiled).clone()
    })
}

/// All recipes, in the order in which they are tried.
pub fn recipes() -> &'static [Recipe] {
    &RECIPES
}

/// The recipe called `name`.
pub fn recipe(name: &str) -> Option<&'static Recipe> {
    RECIPES.iter().find(|recipe| recipe.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_is_sound_and_has_its_group() {
        for recipe in recipes() {
            let settings = recipe.writes.iter().map(|row| row.pattern);
            let listens = recipe.listen.iter().map(|row| row.setting);
            let switch = recipe.switch.iter().filter_map(|row| row.setting);
            let reads = recipe.reads.iter().copied();
            for setting in settings.chain(listens).chain(switch).chain(reads) {
                let parsed = Regex::new(&format!("(?-u:{setting})"));
                let groups = parsed.map(|regex| regex.captures_len());
                assert_eq!(groups.ok(), Some(2), "{}: {setting}", recipe.name);
            }
            let plain = recipe.warn.iter().map(|row| row.text);
            let plain = plain.chain(recipe.rewrites);
            let plain = plain.chain(recipe.workdir.iter().filter_map(|row| row.unless));
            for setting in plain {
                let parsed = Regex::new(&format!("(?-u:{setting})"));
                assert!(parsed.is_ok(), "{}: {setting}", recipe.name);
            }
            for row in recipe.strip {
                let parsed = Regex::new(&format!("(?-u:{})", row.setting));
                assert!(parsed.is_ok(), "{}: {}", recipe.name, row.setting);
            }
        }
    }

    #[test]
    fn every_program_of_a_recipe_is_known() {
        for recipe in recipes() {
            // `service postgresql` is a way to start it, and no program.
            for program in recipe.programs.iter().filter(|name| !name.contains(' ')) {
                let row = crate::programs::find(program);
                assert!(
                    row.is_some(),
                    "{}: {program} is not in programs.toml",
                    recipe.name
                );
            }
        }
    }
}
