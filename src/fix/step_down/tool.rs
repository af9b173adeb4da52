//! The program that steps down, by what the base has: it must become the command (`exec`), so never `su`, `sudo` or
//! `runuser`, which fork and stay.

use crate::bases::{Confidence, Family, PackageManager};
use crate::finding::Reason;
use crate::fix::Subject;
use crate::shell::packages::installs;

use super::StepDownTool;

/// A tool, and how it gets into the image.
pub(super) struct Provided {
    pub(super) tool: StepDownTool,
    /// None where it is there.
    pub(super) install: Option<String>,
}

/// What util-linux has since Debian 10, and Alpine and RHEL by package; gosu's INSTALL.md; su-exec in Alpine's main.
pub(super) fn choose(
    subject: &Subject<'_, '_, '_>,
    doubts: &mut Vec<Reason>,
) -> Result<Provided, Reason> {
    let facts = subject.verdict.base.as_ref();
    let family = facts.map_or(Family::Unknown, |facts| facts.family);
    let pkg = facts.map_or(PackageManager::Unknown, |facts| facts.pkg);
    let wished = subject.wish.step_down.tool;
    let brought = [
        StepDownTool::Gosu,
        StepDownTool::SuExec,
        StepDownTool::Setpriv,
    ]
    .into_iter()
    .find(|tool| is_brought(subject, tool.name()));
    // What the file brings itself goes before what the base has.
    if let Some(tool) = brought.filter(|tool| wished.is_none_or(|wished| wished == *tool)) {
        return Ok(Provided {
            tool,
            install: None,
        });
    }
    let tool = wished.unwrap_or(match family {
        Family::Alpine | Family::Wolfi => StepDownTool::SuExec,
        _ => StepDownTool::Setpriv,
    });
    let install = match (family, tool) {
        (Family::Debian | Family::Ubuntu, StepDownTool::Setpriv) => None,
        (Family::Debian | Family::Ubuntu, StepDownTool::Gosu) => Some(
            "apt-get update && apt-get install -y --no-install-recommends gosu && rm -rf /var/lib/apt/lists/*"
                .to_owned(),
        ),
        (Family::Alpine | Family::Wolfi, tool) => {
            if family == Family::Wolfi || tool == StepDownTool::Gosu {
                doubts.push(unsure(tool));
            }
            Some(format!("apk add --no-cache {}", tool.name()))
        }
        (
            Family::Fedora
            | Family::Rhel
            | Family::Amazon
            | Family::Azure
            | Family::Photon
            | Family::Suse
            | Family::Arch,
            StepDownTool::Setpriv,
        ) => Some(guarded(pkg).ok_or_else(|| none(subject, tool))?),
        (Family::Unknown | Family::Other, _) if wished.is_some() => {
            doubts.push(unsure(tool));
            None
        }
        _ => return Err(none(subject, tool)),
    };
    if facts.is_some_and(|facts| facts.confidence < Confidence::Read) && install.is_none() {
        doubts.push(unsure(tool));
    }
    Ok(Provided { tool, install })
}

/// A minimal image of these may lack either.
fn guarded(pkg: PackageManager) -> Option<String> {
    let install = match pkg {
        PackageManager::Dnf => "dnf install -y util-linux findutils && dnf clean all",
        PackageManager::Microdnf => {
            "microdnf install -y util-linux findutils && microdnf clean all"
        }
        PackageManager::Yum => "yum install -y util-linux findutils && yum clean all",
        PackageManager::Tdnf => "tdnf install -y util-linux findutils && tdnf clean all",
        PackageManager::Zypper => {
            "zypper --non-interactive install util-linux findutils && zypper clean --all"
        }
        PackageManager::Pacman => "pacman -Sy --noconfirm util-linux findutils",
        PackageManager::Apt
        | PackageManager::Apk
        | PackageManager::None
        | PackageManager::Unknown => {
            return None;
        }
    };
    Some(format!(
        "{{ {{ command -v setpriv && command -v find; }} > /dev/null || {{ {install}; }}; }}"
    ))
}

/// A RUN installs it, or a COPY or RUN puts a file of that name into a folder of programs.
fn is_brought(subject: &Subject<'_, '_, '_>, name: &str) -> bool {
    let survey = &subject.verdict.survey;
    let installed = survey.runs.iter().any(|run| {
        let all = installs(&run.script);
        all.iter()
            .any(|install| install.has(name) && !install.conditional)
    });
    let end = format!("/{name}");
    let copied = survey.copies.iter().any(|copy| {
        copy.dest.ends_with(&end)
            || copy.into_folder
                && copy.dest.ends_with("bin")
                && copy.sources.iter().any(|source| source.ends_with(&end))
    });
    let written = survey.runs.iter().any(|run| {
        let text = run.script.text();
        ["/usr/local/bin/", "/usr/bin/", "/sbin/", "/bin/"]
            .iter()
            .any(|folder| {
                memchr::memmem::find(text, format!("{folder}{name}").as_bytes()).is_some()
            })
    });
    installed || copied || written
}

fn unsure(tool: StepDownTool) -> Reason {
    Reason::new(
        "step-down-tool",
        format!(
            "whether the base has or offers {} is not known",
            tool.name()
        ),
    )
}

fn none(subject: &Subject<'_, '_, '_>, tool: StepDownTool) -> Reason {
    let facts = subject.verdict.base.as_ref();
    let image = facts.map_or("the base", |facts| facts.image.as_str());
    Reason::new(
        "step-down-tool",
        format!(
            "{image} has no {}, and nothing to install it with: bring gosu or su-exec with a COPY, or say --step-down-tool",
            tool.name()
        ),
    )
}
