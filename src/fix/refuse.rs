//! Why no fix is made at all: the program does its job only as root, or breaks without and nothing is known that
//! would mend it.

use crate::finding::Reason;
use crate::programs::{Kind, find};
use crate::shell::called::passes_arguments_on;
use crate::shell::lex::Script;

use super::Subject;
use super::calls::entrypoint_words;
use super::who::Who;
use super::writes::Writes;

/// What to do where no recipe fits.
const WAY_OUT: &str = "`unroot fix --verify --learn` runs it and hands over what it is seen to write, or take an image that is made to run as another user";

pub(super) fn check(subject: &Subject<'_, '_, '_>) -> Result<(), Reason> {
    for call in &subject.calls.all {
        if subject.recipe_of(call).is_some() {
            continue;
        }
        let applet = call
            .argument(1)
            .filter(|_| call.name() == Some("busybox"))
            .and_then(find);
        let row = call.row().into_iter().chain(applet);
        let Some(row) = row.into_iter().find(|row| row.kind == Kind::Root) else {
            continue;
        };
        let name = call.program().unwrap_or(row.name);
        return Err(needs_root(name, row.advice.unwrap_or_default()));
    }
    if let Some((name, advice)) = of_base(subject) {
        return Err(needs_root(&name, advice));
    }
    if subject.learned.is_some() {
        return Ok(());
    }
    for call in subject.calls.of_the_user() {
        let Some(row) = call.row().filter(|row| row.kind == Kind::Daemon) else {
            continue;
        };
        if subject.recipe_of(call).is_none() {
            return Err(no_recipe(row.name, row.advice));
        }
    }
    daemon_of_base(subject)
}

fn needs_root(name: &str, why: &str) -> Reason {
    Reason::new(
        "needs-root",
        format!("`{name}` does its job only as root; {why}"),
    )
}

/// The program is told to switch to somebody else than `who`.
pub(super) fn switches(subject: &Subject<'_, '_, '_>, who: &Who) -> Result<(), Reason> {
    for used in &subject.recipes {
        if let Some(user) = used.fails_to_switch(subject, who) {
            let name = used.recipe.programs[0];
            return Err(Reason::new(
                "no-recipe",
                format!(
                    "`{name}` is told to switch to `{user}`, which only root may, and the container would run as {}: one user must do for all that it starts",
                    who.label
                ),
            ));
        }
    }
    Ok(())
}

/// A start script ends where a command fails that only root may do, and that others cannot do without.
pub(super) fn rights(subject: &Subject<'_, '_, '_>, evidence: &Writes) -> Result<(), Reason> {
    for script in subject.scripts_of_the_user() {
        if crate::shell::rights::ends_for_others(&script.script).is_some() {
            return Err(Reason::new(
                "needs-root",
                format!(
                    "{} ends at once unless root runs it{}",
                    script.shown,
                    or_step_down(&script.script)
                ),
            ));
        }
    }
    for call in subject.calls.of_the_user() {
        let (Some(row), Some(place)) = (call.row(), call.place) else {
            continue;
        };
        let unwrapped = evidence.unwraps.iter().any(|unwrap| unwrap.place == place);
        let asks = matches!(row.name, "sudo" | "doas");
        let script = subject.calls.scripts.get(place.0);
        let ends = script.is_some_and(|script| script.ends_at(place.1));
        if row.kind == Kind::Rights && ends && !unwrapped && !asks {
            let shown = script.map_or("the start script", |script| script.shown.as_str());
            return Err(Reason::new(
                "needs-root",
                format!(
                    "`{}`, which {shown} calls, does its job only as root, and the script ends there; where it can be done once, do it in a RUN{}",
                    row.name,
                    script.map_or("", |script| or_step_down(&script.script))
                ),
            ));
        }
    }
    Ok(())
}

/// The script may go on as root, where what it ends in does not.
fn or_step_down(script: &Script) -> &'static str {
    if passes_arguments_on(script) {
        ", or let it step down (--strategy step-down)"
    } else {
        ""
    }
}

fn no_recipe(name: &str, advice: Option<&str>) -> Reason {
    let advice = advice.unwrap_or(WAY_OUT);
    Reason::new(
        "no-recipe",
        format!(
            "`{name}` expects to be started as root, and no recipe fits how it is installed here; {advice}"
        ),
    )
}

/// A word of the base's own ENTRYPOINT that needs root.
fn of_base(subject: &Subject<'_, '_, '_>) -> Option<(String, &'static str)> {
    let facts = subject.verdict.base.as_ref();
    let facts = facts.filter(|_| subject.verdict.start.base_entrypoint)?;
    entrypoint_words(facts.entrypoint.as_deref()?)
        .into_iter()
        .find_map(|word| {
            let row = find(&word).filter(|row| row.kind == Kind::Root)?;
            Some((word, row.advice.unwrap_or_default()))
        })
}

/// The container runs the base's own program, which keeps a master of root's.
fn daemon_of_base(subject: &Subject<'_, '_, '_>) -> Result<(), Reason> {
    use crate::bases::StepsDown;
    let facts = subject.verdict.base.as_ref();
    let runs_it = subject.verdict.start.argv.is_none() && subject.recipes.is_empty();
    match facts.filter(|_| runs_it) {
        Some(facts) if facts.steps_down == StepsDown::Daemon => Err(Reason::new(
            "no-recipe",
            format!(
                "the program of {} expects to be started as root, and there is no recipe for it; {WAY_OUT}",
                facts.image
            ),
        )),
        _ => Ok(()),
    }
}
