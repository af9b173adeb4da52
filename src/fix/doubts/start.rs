//! What is known of the programs that the container starts.

use crate::bases::StepsDown;
use crate::finding::Reason;
use crate::fix::calls::{Call, entrypoint_words, is_plain};
use crate::fix::who::Who;
use crate::fix::writes::covers;
use crate::fix::{Plan, Subject};
use crate::programs::{Kind, find};
use crate::shell::rights::For;

/// Why the start command may not work as another user.
pub(super) fn doubts(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>) -> Vec<Reason> {
    let start = &subject.verdict.start;
    let mut doubts: Vec<Reason> = Vec::new();
    for used in &subject.recipes {
        doubts.extend(used.doubts(subject, plan.who));
        if used.writes_its_workdir(subject) && used.lines(subject).is_empty() {
            doubts.extend(workdir(subject, plan, used.recipe.programs[0]));
        }
        let goes = |call: &&Call| call.arguments().any(|word| word.starts_with("--workdir"));
        let mut calls = subject.calls.of_the_user();
        let own = |call: &&Call| {
            subject
                .recipe_of(call)
                .is_some_and(|recipe| recipe.name == used.recipe.name)
        };
        if used.writes_its_workdir(subject) && calls.any(|call| own(&call) && goes(&call)) {
            doubts.push(writes(used.recipe.programs[0]));
        }
    }
    if start.argv.is_none() {
        doubts.extend(without_command(subject, plan.who));
        return doubts;
    }
    doubts.extend(base_entrypoint(subject, plan.who));
    if let Some(unread) = &subject.calls.unread {
        doubts.push(Reason::new(
            "script-unread",
            format!("`{unread}` was not found in the build context, or is no shell script: what it does is not known"),
        ));
    }
    if let Some(unread) = &subject.calls.unsupervised {
        doubts.push(Reason::new(
            "config-unread",
            format!(
                "`{unread}` was not found in the build context: what is supervised is not known"
            ),
        ));
    }
    for call in subject.calls.of_the_user() {
        doubts.extend(program(subject, plan, call));
        doubts.extend(brought_along(subject, call));
        doubts.extend(arguments(subject, plan, call));
    }
    let words = start.argv.iter().flatten();
    if words
        .clone()
        .any(|word| word == "sudo" || word.starts_with("sudo "))
    {
        doubts.push(Reason::new("sudo", "the start command calls sudo"));
    }
    doubts.extend(sudo(subject, plan));
    doubts
}

/// A start script calls sudo, in a command that is not guarded.
fn sudo(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>) -> Option<Reason> {
    let guarded = |at: usize| {
        let mut guards = plan.evidence.guards.iter().flatten();
        guards.any(|guard| guard.at == at)
    };
    subject.calls.scripts.iter().find_map(|script| {
        let mut commands = script.script.commands.iter().zip(&script.rights);
        commands.find(|(command, whom)| {
            **whom != For::Root
                && command
                    .prefixes()
                    .iter()
                    .any(|word| word.is("sudo") || word.is("doas"))
                && !guarded(command.span.start)
        })?;
        Some(Reason::new("sudo", format!("{} calls sudo", script.shown)))
    })
}

/// What arguments make of a program that is harmless by itself.
fn arguments(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>, call: &Call) -> Vec<Reason> {
    let mut doubts = Vec::new();
    let covered = covers(subject, call) || subject.recipe_of(call).is_some();
    for word in (1..3).filter_map(|at| call.argument(at)) {
        match find(word).map(|row| row.kind) {
            Some(Kind::Writes) if !covered => doubts.push(writes(word)),
            Some(Kind::Workdir) => doubts.extend(workdir(subject, plan, word)),
            _ => {}
        }
    }
    let builds = matches!(
        (call.name(), call.argument(1)),
        (Some("dotnet"), Some("run" | "watch" | "test" | "build"))
            | (Some("bun"), Some("run" | "dev"))
            | (Some("deno"), Some("task"))
    );
    if builds {
        let words = [call.name(), call.argument(1)].map(Option::unwrap_or_default);
        doubts.push(writes(&words.join(" ")));
    }
    doubts
}

/// The file leaves it to the base what the container runs.
fn without_command(subject: &Subject<'_, '_, '_>, who: &Who) -> Option<Reason> {
    let Some(facts) = subject
        .verdict
        .base
        .as_ref()
        .filter(|facts| facts.is_known())
    else {
        return Some(no_command());
    };
    if facts.default_user.as_deref() == Some(who.user.as_str()) || !subject.recipes.is_empty() {
        return None;
    }
    let has_program = facts.entrypoint.is_some()
        || !facts.ports.is_empty()
        || facts.steps_down != StepsDown::None;
    Some(if facts.steps_down == StepsDown::Daemon {
        Reason::new(
            "root-program",
            format!(
                "the program of {} expects to be started as root",
                facts.image
            ),
        )
    } else if has_program {
        Reason::new(
            "base-program",
            format!(
                "the program of {} has not been seen to work as this user",
                facts.image
            ),
        )
    } else {
        no_command()
    })
}

fn no_command() -> Reason {
    Reason::new(
        "no-command",
        "the file names no CMD or ENTRYPOINT: other Dockerfiles may build on the image as root",
    )
}

/// The base's own entrypoint runs in front of the CMD. It is known to work where the base makes the
/// user for that purpose and its entrypoint changes nothing as root.
fn base_entrypoint(subject: &Subject<'_, '_, '_>, who: &Who) -> Option<Reason> {
    let facts = subject
        .verdict
        .base
        .as_ref()
        .filter(|facts| facts.entrypoint.is_some())?;
    let of_recipe = subject
        .recipes
        .iter()
        .any(|used| Some(used.recipe.name) == facts.recipe.as_deref());
    let plain = facts
        .entrypoint
        .as_deref()
        .is_some_and(|entrypoint| is_plain(&entrypoint_words(entrypoint)));
    if facts.default_user.as_deref() == Some(who.user.as_str())
        || facts.entrypoint_any_user
        || of_recipe
        || plain
    {
        return None;
    }
    let made_for_it = facts.steps_down == StepsDown::None
        && facts.run_as.as_ref().is_some_and(|account| {
            who.label == account.name || who.label.starts_with(&format!("{} (", account.name))
        });
    (subject.verdict.start.base_entrypoint && !made_for_it).then(|| {
        Reason::new(
            "base-entrypoint",
            format!(
                "the entrypoint of {} has not been seen to work as this user",
                facts.image
            ),
        )
    })
}

/// A recipe knows the program as its package installs it; this one was copied from another image.
fn brought_along(subject: &Subject<'_, '_, '_>, call: &Call) -> Option<Reason> {
    subject.recipe_of(call)?;
    let name = call.name()?;
    let copies = &subject.verdict.survey.copies;
    let copied = copies
        .iter()
        .any(|copy| copy.from.is_some() && copy.names(name));
    copied.then(|| {
        Reason::new(
            "program-unknown",
            format!("`{name}` is copied from another image, and what lies around it is not known"),
        )
    })
}

fn program(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>, call: &Call) -> Option<Reason> {
    let name = call.name()?;
    if subject.recipe_of(call).is_some() {
        return None;
    }
    let is_main = call.place.is_none();
    match call.row().map(|row| row.kind) {
        // What it does to files and accounts is read as such.
        Some(Kind::Plain | Kind::Root | Kind::Acts) => None,
        Some(Kind::Workdir) if call.arguments().any(|word| word.starts_with("--workdir")) => {
            Some(writes(name))
        }
        Some(Kind::Workdir) => workdir(subject, plan, name),
        Some(Kind::Writes) if covers(subject, call) || is_resolved(subject, call) => None,
        Some(Kind::Writes) => Some(writes(name)),
        Some(Kind::Daemon) => Some(Reason::new(
            "root-program",
            format!("`{name}` expects to be started as root"),
        )),
        Some(Kind::Server) => Some(Reason::new(
            "root-program",
            format!("`{name}` keeps files, or needs rights, that this file does not show"),
        )),
        Some(Kind::Rights) if is_unwrapped(plan, call) => None,
        Some(Kind::Rights) => Some(Reason::new(
            "script-root",
            format!("the start script calls `{name}`, which only root may"),
        )),
        // `emacs -batch` runs what it is given, and asks nobody (run in the lab).
        Some(Kind::Shell)
            if call
                .arguments()
                .any(|word| matches!(word, "-batch" | "--batch")) =>
        {
            None
        }
        Some(Kind::Shell) => call.stays.then(|| {
            Reason::new(
                "interactive",
                format!("`{name}` is for people, whose work may need root"),
            )
        }),
        None if call.is_own => None,
        None if is_main && subject.calls.unread.as_deref() == call.program() => None,
        None if is_main || subject.calls.scripts.is_empty() => Some(Reason::new(
            "program-unknown",
            format!("what `{name}` needs is not known"),
        )),
        None => Some(Reason::new(
            "script-unknown",
            format!("the start script calls `{name}`, whose needs are not known"),
        )),
    }
}

/// The switch that it is goes.
fn is_unwrapped(plan: &Plan<'_>, call: &Call) -> bool {
    let mut unwraps = plan.evidence.unwraps.iter();
    unwraps.any(|unwrap| Some(unwrap.place) == call.place)
}

/// What `npm start` and its kin run was found and read, or what is installed for production alone says that no build
/// tool is among it.
fn is_resolved(subject: &Subject<'_, '_, '_>, call: &Call) -> bool {
    let package = call
        .name()
        .is_some_and(|name| matches!(name, "npm" | "yarn" | "pnpm"));
    let from_package = subject
        .calls
        .scripts
        .iter()
        .any(|script| script.shown.starts_with("the script `"));
    package && (from_package || is_for_production(subject, call))
}

/// `npm ci --omit=dev` and the like: the start script, though unseen, has no bundler and no watcher to call.
fn is_for_production(subject: &Subject<'_, '_, '_>, call: &Call) -> bool {
    let starts = matches!(call.argument(1), Some("start")) || call.argument(2) == Some("start");
    let without_dev = |word: &str| {
        matches!(
            word,
            "--omit=dev"
                | "--production"
                | "--only=production"
                | "--only=prod"
                | "--prod"
                | "-P"
                | "--omit"
        )
    };
    let installs = subject.verdict.survey.runs.iter().any(|run| {
        run.script.commands.iter().any(|command| {
            matches!(command.program(), Some("npm" | "yarn" | "pnpm"))
                && command
                    .args()
                    .iter()
                    .any(|word| word.literal().is_some_and(|word| without_dev(&word)))
        })
    });
    let elsewhere = call.arguments().any(|word| {
        word.starts_with("-w")
            || word.starts_with("--workspace")
            || word.starts_with("--prefix")
            || word == "-C"
    });
    starts && installs && !elsewhere
}

/// A program that makes files in the folder in which it is started.
fn workdir(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>, name: &str) -> Option<Reason> {
    let path = subject.verdict.survey.state.working_folder();
    let home = [&plan.who.home, &plan.who.make_home];
    let has = plan.owned.has(path)
        || home.into_iter().flatten().any(|home| home == path)
        || path == "/tmp"
        || crate::fix::own::is_handed_over(subject, plan.who, path);
    (!has).then(|| {
        Reason::new(
            "writes-unseen",
            format!("`{name}` makes files in the folder that it is started in, and `{path}` stays root's"),
        )
    })
}

fn writes(name: &str) -> Reason {
    let short = name.rsplit('/').next().unwrap_or(name);
    Reason::new(
        "writes-unseen",
        format!("`{short}` writes into its tree or into caches that the Dockerfile does not show"),
    )
}
