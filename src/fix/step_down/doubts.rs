//! What a step-down answers of the doubts that a USER raises, and what it raises itself.

use crate::finding::Reason;
use crate::fix::Subject;
use crate::fix::who::Who;
use crate::verdict::Outcome;

use super::StepDown;

/// The doubts of a plan for a USER, as they are for a step-down.
pub(in crate::fix) fn settle(
    subject: &Subject<'_, '_, '_>,
    step_down: &StepDown,
    doubts: Vec<Reason>,
) -> Vec<Reason> {
    let handed = |text: &str| {
        let mut folders = step_down.folders.iter();
        folders.any(|folder| text.contains(&format!("`{folder}`")))
    };
    let mut settled: Vec<Reason> = doubts
        .into_iter()
        .filter_map(|doubt| match doubt.id {
            // That is what it is for; and a build argument that names a user still does.
            "volume" | "build-argument" => None,
            "volume-seeded" | "volume-unowned" if handed(&doubt.text) => None,
            // Their RUNs stay root's.
            "breaks-other-stages" => Some(Reason::new(
                "inherited",
                "other stages build on this one and inherit its ENTRYPOINT",
            )),
            _ => Some(doubt),
        })
        .collect();
    settled.extend(step_down.doubts.iter().cloned());
    if subject.verdict.outcome == Outcome::NonRoot {
        settled.push(Reason::new(
            "starts-as-user",
            "the image starts as a user already: only a volume that is root's is a reason to start as root again",
        ));
    }
    let refused = subject.deployments.no_root.iter();
    let refused: Vec<String> = refused
        .map(|(place, said)| format!("{place} says `{said}`"))
        .collect();
    if !refused.is_empty() {
        settled.push(Reason::new(
            "needs-root-at-start",
            format!(
                "a container that steps down starts as root, with the right to change owners and users: {}",
                refused.join("; ")
            ),
        ));
    }
    if let [first, ..] = subject.deployments.entrypoints.as_slice() {
        settled.push(Reason::new(
            "entrypoint-replaced",
            format!(
                "{first} sets an `entrypoint`, which leaves the step-down out: that service goes on as root"
            ),
        ));
    }
    settled
}

/// What the reader should know besides.
pub(in crate::fix) fn remarks(step_down: &StepDown, who: &Who) -> Vec<String> {
    let user = who.user.as_str();
    let mut remarks = vec![
        "it needs the capabilities CHOWN, SETUID and SETGID, which Docker gives; Kubernetes' runAsNonRoot refuses it".to_owned(),
        format!("HEALTHCHECK and `docker exec` still run as root (`docker exec --user {user}` does not)"),
    ];
    if let Some(shown) = &step_down.as_root {
        remarks.push(format!("{shown} goes on as root, up to its `exec \"$@\"`"));
    }
    remarks
}
