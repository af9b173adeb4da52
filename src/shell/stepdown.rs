//! Whether an entrypoint gives up root: `exec gosu app "$@"` and all that comes to the same.

use std::ops::Range;

use super::argv::{self, Drop, ProgramKind};
use super::called::runs_arguments;
use super::conditions::{Conditions, Known, conditions};
use super::lex::{Command, Script};
use super::scope::Scope;
use super::word::{Env, Expanded, Part};

pub use super::argv::{FirstProgram, first_program};
pub use super::conditions::When;

/// A place where a script gives up root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDown {
    /// The tool: `gosu`, `su`, `setpriv` ...
    pub tool: String,
    /// The user as the tool gets it (`app`, `1000:1000`), when known.
    pub user: Option<String>,
    /// When it happens.
    pub when: When,
    /// The command; for an argument list, the places of its arguments.
    pub span: Range<usize>,
}

/// The words that any step-down has one of.
const TOOLS: &[&str] = &[
    "gosu",
    "su-exec",
    "setpriv",
    "runuser",
    "setuidgid",
    "chpst",
    "userspec",
    "su ",
    "sudo",
    "doas",
    "start-stop-daemon",
    "daemon",
    "capsh",
    "applyuidgid",
    "su\t",
];

/// How many step-downs of one script are looked into.
const MAX_FOUND: usize = 64;

/// How deep functions that call functions are followed.
const MAX_CALLS: u8 = 4;

/// Where an entrypoint or CMD script gives up root, and when. The surest place is given if there are several.
pub fn step_down(script: &Script, env: Env<'_>) -> Option<StepDown> {
    if !TOOLS
        .iter()
        .any(|tool| super::lex::find(script.text(), tool.as_bytes()))
    {
        return None;
    }
    let arguments_run = script.commands.iter().rposition(runs_arguments);
    let mut reader = Reader {
        script,
        arguments_run,
        known: Known::default(),
        prefixes: Vec::new(),
    };
    let mut found: Vec<(StepDown, usize)> = Vec::new();
    let mut scope = Scope::new(env);
    for (index, command) in script.commands.iter().enumerate() {
        scope.see(command);
        reader.variables(index, command, &scope);
        if command.context.substitution || found.len() >= MAX_FOUND {
            continue;
        }
        let Some((drop, main, mut conditions)) = reader.drop(index, command, &scope) else {
            continue;
        };
        let when = match reader.reached(index, main, 0) {
            Some(reached) => {
                conditions = conditions.and(reached);
                conditions.when()
            }
            None => When::NotMain,
        };
        found.push((
            StepDown {
                tool: drop.tool,
                user: drop.user,
                when,
                span: command.span.clone(),
            },
            index,
        ));
    }
    both_branches(script, &reader, &mut found);
    found
        .into_iter()
        .map(|(found, _)| found)
        .min_by_key(|found| found.when)
}

/// Whether an argument list (the exec form of ENTRYPOINT or CMD) gives up root. Its span counts arguments.
pub fn words_step_down(argv: &[String]) -> Option<StepDown> {
    let words: Vec<Expanded> = argv.iter().map(|word| argv::known(word)).collect();
    let first = argv::first(&words)?;
    if first.kind == ProgramKind::Text {
        let script = Script::parse(argv.get(first.index)?.as_bytes());
        let found = step_down(&script, &|_| None)?;
        return Some(StepDown {
            span: first.index..first.index + 1,
            ..found
        });
    }
    let Drop { tool, user } = argv::drop_at(words.get(first.index..)?)?;
    Some(StepDown {
        tool,
        user,
        when: When::Always,
        span: first.index..argv.len(),
    })
}

/// A script while its step-downs are looked for.
struct Reader<'s> {
    script: &'s Script,
    /// The last command that runs `"$@"`.
    arguments_run: Option<usize>,
    /// What its variables hold.
    known: Known,
    /// Variables that hold a tool with its user, and where they were set.
    prefixes: Vec<(String, Drop, usize)>,
}

impl Reader<'_> {
    /// Takes in what a command puts into variables.
    fn variables(&mut self, index: usize, command: &Command, scope: &Scope<'_>) {
        for (name, value) in &command.assignments {
            self.known.see(self.script, name, value);
            let words: Vec<Expanded> = scope
                .one(value)
                .text
                .split_ascii_whitespace()
                .map(argv::known)
                .collect();
            if !words.is_empty()
                && words.len() < 16
                && let Some(drop) = prefix_drop(&words)
            {
                let complete = scope.one(value).complete;
                let user = drop.user.filter(|_| complete);
                self.prefixes
                    .push((name.clone(), Drop { user, ..drop }, index));
            }
        }
    }

    /// The step-down in a command, whether it replaces the shell, and what it rests on besides the command's place.
    fn drop(
        &self,
        index: usize,
        command: &Command,
        scope: &Scope<'_>,
    ) -> Option<(Drop, bool, Conditions)> {
        let nothing = Conditions::default();
        let words = &command.words;
        if words.first().is_some_and(|word| word.is("set"))
            && words
                .get(1)
                .is_some_and(|word| word.is("--") || word.is("-"))
        {
            let rest: Vec<Expanded> = words
                .iter()
                .skip(2)
                .take(64)
                .flat_map(|word| scope.all(word))
                .collect();
            let drop = drop_in(&rest)?;
            let used = self.arguments_run.is_some_and(|last| last > index);
            return used.then_some((drop, true, nothing));
        }
        // `exec $PREFIX server`
        if let Some(Part::Var { name, .. }) =
            command.args().first().and_then(|word| word.parts().first())
        {
            let (_, drop, set_at) = self.prefixes.iter().rev().find(|(own, ..)| own == name)?;
            let set = self.script.commands.get(*set_at)?;
            return Some((
                drop.clone(),
                command.is_exec(),
                conditions(self.script, &self.known, set),
            ));
        }
        let all: Vec<Expanded> = words
            .iter()
            .take(64)
            .flat_map(|word| scope.all(word))
            .collect();
        Some((drop_in(&all)?, command.is_exec(), nothing))
    }

    /// The conditions under which the command at `index` is what the container ends up running; `None` when it is not.
    fn reached(&self, index: usize, main: bool, depth: u8) -> Option<Conditions> {
        let command = self.script.commands.get(index)?;
        let own = conditions(self.script, &self.known, command);
        let main = main || self.is_last(index);
        let Some(function) = &command.context.function else {
            return main.then_some(own);
        };
        if depth >= MAX_CALLS {
            return None;
        }
        let calls = self
            .script
            .commands
            .iter()
            .enumerate()
            .filter(|(_, call)| call.program() == Some(function));
        let calls = calls.take(16).filter(|(at, _)| *at != index);
        let replaces =
            command.is_exec() || command.words.first().is_some_and(|word| word.is("set"));
        let reached = calls.filter_map(|(at, _)| self.reached(at, replaces, depth + 1));
        reached
            .min_by_key(|conditions| conditions.when())
            .filter(|_| main)
            .map(|conditions| own.and(conditions))
    }

    /// Whether nothing else runs after a command: it is the last, or the last of its branch.
    fn is_last(&self, index: usize) -> bool {
        let Some(command) = self.script.commands.get(index) else {
            return false;
        };
        if matches!(command.context.pipeline, super::lex::Pipeline::First)
            && !command.context.background
            && command.context.subshell
        {
            return false;
        }
        let after = self.script.commands.iter().skip(index + 1);
        let after = after.filter(|other| {
            let inside =
                other.span.start >= command.span.start && other.span.end <= command.span.end;
            other.context.function == command.context.function
                && !other.context.substitution
                && !inside
        });
        let mut waits = !command.context.background;
        for other in after.take(64) {
            match other.program() {
                Some("wait") => {
                    waits = true;
                    continue;
                }
                Some("exit" | "return" | "true" | ":" | "echo") => continue,
                _ => {}
            }
            let in_pipe = matches!(
                other.context.pipeline,
                super::lex::Pipeline::Middle | super::lex::Pipeline::Last
            );
            let other_branch = other.context.otherwise
                && !command.context.otherwise
                && other.context.guard == command.context.guard;
            if !in_pipe && !other_branch {
                return false;
            }
        }
        waits
    }
}

/// Two step-downs in the two branches of one test: whatever it says, root is given up.
fn both_branches(script: &Script, reader: &Reader<'_>, found: &mut [(StepDown, usize)]) {
    let branches: Vec<(usize, usize, bool)> = found
        .iter()
        .enumerate()
        .filter(|(_, (found, _))| found.when != When::NotMain)
        .filter_map(|(place, (_, index))| {
            let context = &script.commands.get(*index)?.context;
            Some((
                place,
                context
                    .guard
                    .filter(|_| context.branch && context.function.is_none())?,
                context.otherwise,
            ))
        })
        .collect();
    for pair in branches.windows(2) {
        let [(place, guard, false), (_, other, true)] = pair else {
            continue;
        };
        if guard == other
            && let (Some((found, _)), Some(test)) =
                (found.get_mut(*place), script.commands.get(*guard))
        {
            found.when = conditions(script, &reader.known, test).when();
        }
    }
}

/// The step-down behind `exec`, `tini --` and such.
fn drop_in(words: &[Expanded]) -> Option<Drop> {
    let first = argv::first(words)?;
    if first.kind != ProgramKind::Program {
        return None;
    }
    argv::drop_at(words.get(first.index..)?)
}

/// The step-down in a variable's text: here the tool and its user may be all there is.
fn prefix_drop(words: &[Expanded]) -> Option<Drop> {
    let mut words = words.to_vec();
    words.push(argv::known("program"));
    drop_in(&words)
}
