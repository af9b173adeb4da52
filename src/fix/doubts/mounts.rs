//! Folders of the host that a compose file mounts: their owner is the host's, whatever the image says (the Impact
//! section of CIS 4.1).

use crate::deployments::Mount;
use crate::finding::Reason;
use crate::fix::folders::under;
use crate::fix::{Plan, Subject};

/// Mounts that the program is likely to write.
pub(super) fn doubt(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>) -> Option<Reason> {
    let mounts = subject.deployments.mounts.iter();
    let written: Vec<String> = mounts
        .filter(|mount| is_written(subject, plan, mount))
        .map(|mount| told(plan, mount))
        .collect();
    (!written.is_empty()).then(|| Reason::new("bind-mount", written.join("; ")))
}

/// The others: the user must be able to read them.
pub(super) fn remarks(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>) -> Vec<String> {
    let mounts = subject.deployments.mounts.iter();
    mounts
        .filter(|mount| !is_written(subject, plan, mount) && mount.target != "/var/run/docker.sock")
        .map(|mount| {
            format!(
                "{} mounts {} at {}: {} must be able to read it",
                mount.place, mount.source, mount.target, plan.who.user
            )
        })
        .collect()
}

fn told(plan: &Plan<'_>, mount: &Mount) -> String {
    let Mount {
        place,
        source,
        target,
        ..
    } = mount;
    let owner = &plan.who.owner;
    let handed = plan.step_down.is_some_and(|step_down| {
        let mut folders = step_down.folders.iter();
        folders.any(|folder| folder == target || under(target, folder))
    });
    if handed && !is_socket(mount) {
        return format!(
            "{place} mounts {source} at {target}: the step-down gives it to {owner}, on the host, too"
        );
    }
    if is_socket(mount) {
        return format!(
            "{place} mounts {source}, which is root's and a group's of the host: give the container that group (group_add)"
        );
    }
    format!(
        "{place} mounts {source} at {target}: on the host it must be the user's (`chown -R {owner} {source}`)"
    )
}

fn is_socket(mount: &Mount) -> bool {
    let ends = |path: &str| {
        path.rsplit_once('.')
            .is_some_and(|(_, ending)| ending == "sock")
    };
    ends(&mount.target) || ends(&mount.source)
}

/// Not read-only, no single file, and not just the sources, mounted for development over what the image has.
fn is_written(subject: &Subject<'_, '_, '_>, plan: &Plan<'_>, mount: &Mount) -> bool {
    if mount.read_only {
        return false;
    }
    if is_socket(mount) {
        return true;
    }
    let target = mount.target.trim_end_matches('/');
    let near = |path: &str| path == target || under(path, target) || under(target, path);
    let workdir = subject.verdict.survey.state.workdir.as_ref();
    let sources =
        workdir.is_some_and(|workdir| workdir.path == target || under(&workdir.path, target));
    let writes = plan.evidence.all.iter().any(|write| near(&write.path));
    let name = target.rsplit('/').next().unwrap_or_default();
    let file = name.trim_start_matches('.').contains('.');
    writes || !(sources || file)
}
