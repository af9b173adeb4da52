//! What the container runs: the start command, the script behind it, and what these call. Facts only; what
//! follows from them is decided by the doubts, the recipes and what the user must own.

mod arguments;
mod code;
mod crontab;
mod lists;
mod node;
mod own;
mod supervisor;

use crate::brought::{Brought, Origin};
use crate::programs::{Kind, Program, find};
use crate::shell::argv::{ProgramKind, first_program};
use crate::shell::called::{called, runs_arguments};
use crate::shell::is_shell;
use crate::shell::lex::Script;
use crate::shell::rights::{For, rights};
use crate::shell::word::Expanded;
use crate::start::{file, script};
use crate::survey::shell_variable;

use super::Subject;

use arguments::{are_the_command, with_arguments};

pub(in crate::fix) use code::{Code, code};

/// Everything that the container is known to run.
#[derive(Default)]
pub(in crate::fix) struct Calls {
    /// In the order in which they are read.
    pub(in crate::fix) all: Vec<Call>,
    /// The texts that they stand in.
    pub(in crate::fix) scripts: Vec<ReadScript>,
    /// A script that was not found.
    pub(in crate::fix) unread: Option<String>,
    /// The configuration of a supervisor that was not found.
    pub(in crate::fix) unsupervised: Option<String>,
}

/// A program that is called.
#[derive(Debug, Clone)]
pub(in crate::fix) struct Call {
    /// The program and its arguments, as far as they are known.
    pub(in crate::fix) words: Vec<Expanded>,
    /// It is what the container ends up running, rather than a step of the preparation.
    pub(in crate::fix) stays: bool,
    /// Whom it runs for.
    pub(in crate::fix) whom: For,
    /// It may not run.
    pub(in crate::fix) conditional: bool,
    /// Where it stands: the place in [`Calls::scripts`], and the command there; none for the command itself.
    pub(in crate::fix) place: Option<(usize, usize)>,
    /// A program of the file's own, or a script that was read: its name says nothing of what it needs.
    pub(in crate::fix) is_own: bool,
    /// The user that a supervisor is told to run it as.
    pub(in crate::fix) user: Option<String>,
}

/// A text that the container runs.
pub(in crate::fix) struct ReadScript {
    /// Where it was found, for people.
    pub(in crate::fix) shown: String,
    /// Its commands.
    pub(in crate::fix) script: Script,
    /// Whom each runs for.
    pub(in crate::fix) rights: Vec<For>,
    /// Where it comes from; none for the text of the start command.
    pub(in crate::fix) origin: Option<Origin>,
}

impl Call {
    /// The program's name without its folder; none when it is not known.
    pub(in crate::fix) fn name(&self) -> Option<&str> {
        let first = self.words.first()?;
        let name = first.text.rsplit('/').next().unwrap_or(&first.text);
        // What stands before the last slash may be a variable: `$JAVA_HOME/bin/java`.
        let known = first.complete || (first.text.contains('/') && !first.text.ends_with('/'));
        (known && !name.is_empty()).then_some(name)
    }

    /// The program as it is written.
    pub(in crate::fix) fn program(&self) -> Option<&str> {
        self.name()?;
        self.words.first().map(|word| word.text.as_str())
    }

    /// What is known of the program.
    pub(in crate::fix) fn row(&self) -> Option<&'static Program> {
        let program = self.program()?;
        (!self.is_own).then(|| find(program)).flatten()
    }

    /// The argument at `at`, when all of it is known.
    pub(in crate::fix) fn argument(&self, at: usize) -> Option<&str> {
        let word = self.words.get(at)?;
        word.complete.then_some(word.text.as_str())
    }

    /// The arguments that are known.
    pub(in crate::fix) fn arguments(&self) -> impl Iterator<Item = &str> {
        let words = self.words.iter().skip(1);
        words
            .filter(|word| word.complete)
            .map(|word| word.text.as_str())
    }
}

impl ReadScript {
    /// The script ends where its command `at` fails: by `set -e`, and not caught by `||`.
    pub(in crate::fix) fn ends_at(&self, at: usize) -> bool {
        let commands = &self.script.commands;
        let Some(command) = commands
            .get(at)
            .filter(|command| !command.context.conditional)
        else {
            return false;
        };
        let stops = commands.iter().take(at).any(|command| {
            let short =
                |text: &str| text.starts_with('-') && !text.starts_with("--") && text.contains('e');
            command.program() == Some("set")
                && command.args().iter().any(|word| {
                    word.literal()
                        .is_some_and(|text| short(&text) || text == "errexit")
                })
        });
        let text = self.script.text();
        let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let by_line = first.starts_with(b"#!") && first.windows(3).any(|part| part == b" -e");
        let caught = commands
            .iter()
            .any(|other| other.context.guard == Some(at) && other.context.otherwise);
        (stops || by_line) && !caught && !command.context.negated && !command.context.background
    }
}

impl Calls {
    /// Those that a container runs that does not start as root.
    pub(in crate::fix) fn of_the_user(&self) -> impl Iterator<Item = &Call> {
        self.all.iter().filter(|call| call.whom != For::Root)
    }
}

/// Reads the start command and what it names.
pub(in crate::fix) fn read(subject: &Subject<'_, '_, '_>) -> Calls {
    let mut reader = Reader {
        subject,
        calls: Calls::default(),
    };
    if let Some(argv) = &subject.verdict.start.argv {
        let argv = with_entrypoint(subject, argv);
        reader.command(&argv, true, MAX_DEPTH);
    }
    reader.calls
}

/// How deep scripts that call scripts are followed.
const MAX_DEPTH: u8 = 4;
/// The most calls that are kept.
const MAX_CALLS: usize = 512;

/// The words behind the base's own ENTRYPOINT, where that is a plain program and no script: `java -jar`.
fn with_entrypoint(subject: &Subject<'_, '_, '_>, argv: &[String]) -> Vec<String> {
    let facts = subject.verdict.base.as_ref();
    let entrypoint = facts
        .filter(|_| subject.verdict.start.base_entrypoint)
        .and_then(|facts| facts.entrypoint.as_deref());
    let words: Vec<String> = entrypoint
        .map(entrypoint_words)
        .filter(|words| is_plain(words))
        .unwrap_or_default();
    words.into_iter().chain(argv.iter().cloned()).collect()
}

/// The words of an ENTRYPOINT as the table has it: `java -jar`, `["java", "-jar"]`.
pub(in crate::fix) fn entrypoint_words(text: &str) -> Vec<String> {
    let words = text.split([' ', '"', ',', '[', ']']);
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The program behind `tini` and its kin is one that works as any user.
pub(in crate::fix) fn is_plain(words: &[String]) -> bool {
    let first = first_program(words).and_then(|first| words.get(first.index));
    first.is_some_and(|program| find(program).is_some_and(|row| row.kind == Kind::Plain))
}

struct Reader<'r, 'a, 'd, 's> {
    subject: &'r Subject<'a, 'd, 's>,
    calls: Calls,
}

impl Reader<'_, '_, '_, '_> {
    /// Takes in an argument list.
    fn command(&mut self, argv: &[String], stays: bool, depth: u8) {
        // `/init`, `my_init --`: wrappers that are programs of their own here.
        for word in argv.iter().take(4) {
            let wraps = find(word).is_some_and(|row| row.kind == Kind::Root)
                && (word.contains('/') || *word == argv[0])
                && !own::is_generic_own(self.subject, word);
            if wraps {
                self.add(vec![known(word)], false, None, false);
            }
        }
        let Some(first) = first_program(argv) else {
            return;
        };
        let Some(program) = argv.get(first.index) else {
            return;
        };
        let rest = argv.get(first.index + 1..).unwrap_or_default();
        if first.kind == ProgramKind::Text {
            let text = Script::parse(program.as_bytes());
            self.script("the start command".into(), text, None, rest, stays, depth);
            return;
        }
        // `busybox httpd` is an applet, and none of Apache's.
        let applet = first.index > 0 && is_busybox(&argv[first.index - 1]);
        let from = first.index - usize::from(applet);
        let words: Vec<Expanded> = argv[from..].iter().map(|word| known(word)).collect();
        self.program(words, stays, first.kind == ProgramKind::Script, None, depth);
    }

    /// Takes in a program, and what is behind it.
    fn program(
        &mut self,
        words: Vec<Expanded>,
        stays: bool,
        is_script: bool,
        place: Option<(usize, usize)>,
        depth: u8,
    ) {
        let Some(program) = words.first().filter(|word| word.complete) else {
            self.add(words, stays, place, false);
            return;
        };
        let program = program.text.clone();
        if own::is_generic_own(self.subject, &program) {
            // A binary of the file's own that happens to have the name of a known program.
            self.add(words, stays, place, true);
            return;
        }
        let rest: Vec<String> = words.iter().skip(1).map(|word| word.text.clone()).collect();
        let by_path = place.is_none() || is_script || program.contains('/');
        let found = depth
            .checked_sub(1)
            .filter(|_| by_path)
            .and_then(|depth| Some((script(&program, self.subject.bringer())?, depth)));
        if let Some((brought, depth)) = found {
            self.add(words, stays, place, true);
            let parsed = Script::parse(&brought.text);
            let origin = Some(brought.origin);
            self.script(brought.shown, parsed, origin, &rest, stays, depth);
            return;
        }
        let named_like_one = place.is_none() && looks_like_script(&program);
        let other = file(&program, self.subject.bringer());
        let is_own = match &other {
            // A script in another language, or a binary.
            Some(found) => found.exact && is_program(found),
            None => own::is_own_program(self.subject, &program),
        };
        if (named_like_one || is_script && place.is_none()) && !(is_own && other.is_some()) {
            self.calls.unread = Some(program.clone());
        }
        self.add(words.clone(), stays, place, is_own);
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        if let Some(found) = node::script_of(&words, self.subject) {
            let parsed = Script::parse(&found.text);
            self.script(found.shown, parsed, None, &[], stays, depth);
        } else if find(&program).is_some_and(|row| matches!(row.name, "honcho" | "foreman")) {
            self.procfile(depth);
        } else if find(&program).is_some_and(|row| row.name == "supercronic") {
            self.scheduled(&words, depth);
        } else if find(&program).is_some_and(|row| row.name == "supervisord") {
            self.supervised(&words, depth);
        }
    }

    /// Takes in a text, whose arguments are `rest`.
    fn script(
        &mut self,
        shown: String,
        script: Script,
        origin: Option<Origin>,
        rest: &[String],
        stays: bool,
        depth: u8,
    ) {
        let env = &self.subject.verdict.survey.state.env;
        let all = called(&script, &|name| shell_variable(env, name));
        let whom = rights(&script);
        // The container steps down behind it.
        let as_root = self.subject.goes_on_as_root(script.text());
        let at = self.calls.scripts.len();
        let last = (0..script.commands.len()).rev().find(|index| {
            let context = &script.commands[*index].context;
            context.function.is_none() && !context.substitution
        });
        self.calls.scripts.push(ReadScript {
            shown,
            script,
            rights: whom.clone(),
            origin,
        });
        let mut arguments = false;
        for (index, words) in all.into_iter().enumerate() {
            if self.calls.all.len() >= MAX_CALLS {
                return;
            }
            let from = self.calls.all.len();
            let command = &self.calls.scripts[at].script.commands[index];
            let ends = stays && (Some(index) == last || command.is_exec());
            let conditional = command.context.conditional;
            let applet = command
                .prefixes()
                .last()
                .is_some_and(|word| word.literal().is_some_and(|text| is_busybox(&text)));
            let mut words = words;
            if applet {
                words.insert(0, known("busybox"));
            }
            let shell = command.program().is_some_and(is_shell);
            // `bash -ex file`: letters without a text behind them.
            while shell
                && words.get(1).is_some_and(|word| {
                    let letters = word.text.strip_prefix('-').unwrap_or_default();
                    !letters.is_empty() && letters.bytes().all(|byte| b"euxvlf".contains(&byte))
                })
            {
                words.remove(1);
            }
            let by_shell = shell && words.get(1).is_some_and(|word| !word.text.starts_with('-'));
            let sourced = by_shell || matches!(command.program(), Some("." | "source"));
            if sourced && words.get(1).is_some_and(|word| !word.complete) {
                self.calls.unread = command
                    .words
                    .get(1)
                    .map(|_| "a script whose name is put together".to_owned());
            }
            let has_them = runs_arguments(command) && !arguments && !rest.is_empty();
            let passed = has_them && are_the_command(&self.calls.scripts[at].script, command);
            if has_them && !passed {
                // `exec server --dir /x "$@"`: they are its arguments.
                arguments = true;
                words = with_arguments(command, words, rest);
            }
            if passed {
                arguments = true;
                self.command(rest, stays, depth);
            } else if sourced && words.get(1).is_some_and(|word| word.text.contains('*')) {
                self.each(&words[1].text, (at, index), depth);
            } else if sourced && words.len() > 1 {
                // `exec sh main.sh` ends up in it; what is sourced comes back.
                let stays = by_shell && ends;
                self.program(words[1..].to_vec(), stays, true, Some((at, index)), depth);
            } else if !words.is_empty() {
                self.program(words, ends, false, Some((at, index)), depth);
            }
            // What a step calls is run as it is run.
            let whom = whom.get(index).copied().unwrap_or(For::Anybody);
            let whom = if as_root && !passed { For::Root } else { whom };
            for call in self.calls.all.iter_mut().skip(from) {
                if whom != For::Anybody {
                    call.whom = whom;
                }
                call.conditional |= conditional;
            }
        }
    }

    fn add(
        &mut self,
        words: Vec<Expanded>,
        stays: bool,
        place: Option<(usize, usize)>,
        is_own: bool,
    ) {
        if self.calls.all.len() < MAX_CALLS {
            self.calls.all.push(Call {
                words,
                stays,
                whom: For::Anybody,
                conditional: false,
                place,
                is_own,
                user: None,
            });
        }
    }
}

fn is_busybox(word: &str) -> bool {
    matches!(word.rsplit('/').next(), Some("busybox" | "toybox"))
}

fn known(text: &str) -> Expanded {
    Expanded {
        text: text.to_owned(),
        complete: true,
        vars: Vec::new(),
    }
}

/// A file that is run as a program, in whatever language: it has a `#!`, or is none of text.
fn is_program(found: &Brought) -> bool {
    found.text.starts_with(b"#!") || found.text.starts_with(b"\x7fELF")
}

fn looks_like_script(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    matches!(ending, Some("sh" | "bash"))
        || name.contains("entrypoint")
        || matches!(name, "start" | "run" | "init" | "boot")
}
