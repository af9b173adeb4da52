//! Making a pull request, and bringing one up to date.

use crate::forge::github::{Change, Error, Kind, NewPull, Pull, PullState};

use super::link::compare_link;
use super::mark::{Mark, Marked};
use super::outcome::{Operation, Stop};
use super::sync::{Proposal, Run, SyncError};

/// How often a pull request is asked for whose answer gets lost.
const TRIES: usize = 3;

/// Makes the pull request, with what belongs to it; or finds that somebody has.
pub(super) fn create(run: &mut Run<'_>, proposal: &Proposal) -> Result<Option<Stop>, SyncError> {
    let Proposal {
        title, text, plan, ..
    } = proposal;
    let body = Mark::new(plan, title, text).under(text);
    let head = run.outcome.branch.clone();
    let new = NewPull {
        title,
        body: &body,
        head: &head,
        base: run.base,
        draft: proposal.draft,
    };
    let mut tries = 1;
    loop {
        match run.client.create_pull(&new) {
            Ok(made) => {
                if let Some(pull) = &made {
                    run.is_about(pull);
                }
                created(run, proposal, made.map(|pull| pull.number));
                return Ok(None);
            }
            Err(error) if error.kind == Kind::NotPermitted => {
                let endpoints = run.client.endpoints();
                let link = compare_link(endpoints, run.base, &head, title, text);
                let why = error.to_string();
                return Ok(Some(Stop::PullNotPermitted { why, link }));
            }
            Err(error) if error.is_already_there() || error.is_ambiguous() => {
                match open_one(run, &head)? {
                    // Made by a request whose answer was lost.
                    Some(pull) if is_of(&pull, proposal) && (error.is_ambiguous() || tries > 1) => {
                        run.is_about(&pull);
                        created(run, proposal, Some(pull.number));
                        return Ok(None);
                    }
                    Some(pull) => {
                        run.is_about(&pull);
                        update(run, proposal, &pull)?;
                        return Ok(None);
                    }
                    None if tries < TRIES => {
                        tries += 1;
                        run.client.pause();
                    }
                    None => return Err(error.into()),
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Brings title, text and labels up to date, as far as people have not changed them.
pub(super) fn update(run: &mut Run<'_>, proposal: &Proposal, pull: &Pull) -> Result<(), SyncError> {
    let body = Marked::read(pull.body.as_deref().unwrap_or_default());
    match body.untouched() {
        Some(mark) => rewrite(run, proposal, pull, mark)?,
        None => run.warn(format!(
            "{} was edited by somebody: its title and text stay as they are",
            pull.html_url
        )),
    }
    let is_there = |label: &String| {
        let mut there = pull.labels.iter();
        there.any(|known| known.name.to_lowercase() == label.to_lowercase())
    };
    let missing: Vec<String> = proposal
        .labels
        .iter()
        .filter(|label| !is_there(label))
        .cloned()
        .collect();
    if !missing.is_empty() {
        match run.client.add_labels(Some(pull.number), &missing) {
            Ok(()) => run.outcome.operation = Operation::Updated,
            Err(error) => run.warn(format!("the labels are not set: {error}")),
        }
    }
    Ok(())
}

fn rewrite(run: &mut Run<'_>, proposal: &Proposal, pull: &Pull, old: &Mark) -> Result<(), Error> {
    let mut mark = Mark::new(&proposal.plan, &proposal.title, &proposal.text);
    let renamed = super::fingerprint(&pull.title) != old.title;
    if renamed {
        // The title is somebody's, and the mark goes on saying so.
        mark.title.clone_from(&old.title);
    }
    let title = (!renamed && pull.title != proposal.title).then_some(proposal.title.as_str());
    // Another version of this program is no reason to write.
    let same = Mark {
        version: old.version.clone(),
        ..mark.clone()
    } == *old;
    if title.is_none() && same {
        return Ok(());
    }
    let text = mark.under(&proposal.text);
    let change = Change {
        title,
        body: Some(&text),
        close: false,
    };
    run.client.change_pull(pull.number, &change)?;
    run.outcome.operation = Operation::Updated;
    Ok(())
}

/// What is done once. A pull request without it is better than none, so that failures are warnings.
fn created(run: &mut Run<'_>, proposal: &Proposal, number: Option<u64>) {
    run.outcome.operation = Operation::Created;
    let Proposal {
        labels,
        assignees,
        reviewers,
        ..
    } = proposal;
    let client = run.client;
    let mut failures = Vec::new();
    if !labels.is_empty() {
        failures.push(("the labels are not set", client.add_labels(number, labels)));
    }
    if !assignees.is_empty() {
        failures.push((
            "nobody is assigned",
            client.add_assignees(number, assignees),
        ));
    }
    if !reviewers.is_empty() {
        failures.push((
            "no review is asked for",
            client.request_reviews(number, reviewers),
        ));
    }
    for (what, result) in failures {
        if let Err(error) = result {
            run.warn(format!("{what}: {error}"));
        }
    }
}

/// It says what we were about to say.
fn is_of(pull: &Pull, proposal: &Proposal) -> bool {
    let body = Marked::read(pull.body.as_deref().unwrap_or_default());
    let mark = body.untouched();
    mark.is_some_and(|mark| mark.plan == proposal.plan)
}

fn open_one(run: &Run<'_>, head: &str) -> Result<Option<Pull>, Error> {
    let pulls = run.client.pulls(head, run.base)?;
    Ok(pulls.into_iter().find(|pull| pull.state == PullState::Open))
}
