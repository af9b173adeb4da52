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
    /// A setpriv from before util-linux 2.31, which brought `--init-groups`.
    pub(super) is_old: bool,
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
            is_old: false,
        });
    }
    let age = facts.map_or(Age::New, |facts| age(family, &facts.image));
    let tool = wished.unwrap_or(match family {
        Family::Alpine | Family::Wolfi => StepDownTool::SuExec,
        _ => StepDownTool::Setpriv,
    });
    let install = match (family, tool) {
        // A package of its own there, which nothing installs.
        (Family::Debian | Family::Ubuntu, StepDownTool::Setpriv) if age == Age::Older => {
            return Err(none(subject, tool));
        }
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
    Ok(Provided {
        tool,
        install,
        is_old: age != Age::New,
    })
}

/// How old the setpriv of a base is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    New,
    /// It does not know `--init-groups`: util-linux before 2.31 (its release notes).
    Old,
    /// Debian before 10 and Ubuntu before 18.04: it is not in the package of util-linux.
    Older,
}

/// By the names that tags give to releases: `debian:9`, `python:3.7-stretch`, `centos:7.9.2009`.
fn age(family: Family, image: &str) -> Age {
    let image = image
        .split('@')
        .next()
        .unwrap_or(image)
        .to_ascii_lowercase();
    let (name, tag) = image.rsplit_once(':').unwrap_or((&image, ""));
    let name = name.rsplit('/').next().unwrap_or(name);
    let mut parts = tag.split(['-', '_']).chain(name.split(['-', '_']));
    let mut has = |names: &[&str]| parts.any(|part| names.contains(&part));
    let number: Option<u32> = tag
        .split(['.', '-'])
        .next()
        .and_then(|number| number.parse().ok());
    let before = |release: u32| number.is_some_and(|number| number < release);
    match family {
        Family::Debian if name == "debian" && before(10) => Age::Older,
        Family::Ubuntu if name == "ubuntu" && before(18) => Age::Older,
        Family::Debian | Family::Ubuntu => {
            let old = ["wheezy", "jessie", "stretch", "precise", "trusty", "xenial"];
            if has(&old) { Age::Older } else { Age::New }
        }
        Family::Rhel if ["centos", "oraclelinux"].contains(&name) && before(8) => Age::Old,
        Family::Rhel if has(&["centos7", "el7", "rhel7", "ubi7"]) => Age::Old,
        // 1, 2 and 2018.03; the next is 2023.
        Family::Amazon if before(2022) => Age::Old,
        _ => Age::New,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_with_an_old_setpriv_or_none() {
        let (debian, ubuntu, rhel) = (Family::Debian, Family::Ubuntu, Family::Rhel);
        for (family, image, expected) in [
            (debian, "debian:9-slim", Age::Older),
            (debian, "python:3.7-stretch", Age::Older),
            (debian, "debian:bookworm-slim", Age::New),
            (debian, "python:3.12-slim", Age::New),
            (debian, "node:8", Age::New),
            (ubuntu, "ubuntu:16.04", Age::Older),
            (ubuntu, "ubuntu:18.04", Age::New),
            (rhel, "centos:7.9.2009", Age::Old),
            (rhel, "registry.example/ubi7/ubi:latest", Age::New),
            (rhel, "centos/ruby-25-centos7", Age::Old),
            (rhel, "almalinux:9", Age::New),
            (Family::Amazon, "amazonlinux:2", Age::Old),
            (Family::Amazon, "amazonlinux:2023", Age::New),
            (Family::Amazon, "amazonlinux", Age::New),
        ] {
            assert_eq!(age(family, image), expected, "{image}");
        }
    }
}
