//! The embedded table holds together, and image references get the answers that they should.

use std::collections::HashSet;

use unroot::bases::{
    Base, Confidence, FactSource, Facts, Family, ImageRef, Overrides, StepsDown, UserTool, explain,
    is_root_user, lookup, table,
};

fn facts(image: &str) -> Facts {
    lookup(image, &Overrides::default())
}

fn each(check: impl Fn(&Base) -> bool) -> Vec<String> {
    table::bases()
        .filter(|b| !check(b))
        .map(|b| format!("{} {}", b.repo, b.tag_re))
        .collect()
}

#[test]
fn every_entry_has_a_source_that_fits_its_confidence() {
    let vague = "was not read";
    let none: [&str; 0] = [];
    assert_eq!(
        each(|b| !b.source.trim().is_empty()
            && (b.confidence < Confidence::Read || !b.source.contains(vague))),
        none
    );
}

#[test]
fn users_are_plausible() {
    let none: [&str; 0] = [];
    // 65535 and above are no account's; openshift's random ids are not in an image.
    let plausible = |id: Option<u32>| id.is_none_or(|id| id <= 65_534);
    assert_eq!(
        each(|b| b.accounts.iter().all(|a| {
            !a.name.is_empty() && a.uid != Some(0) && plausible(a.uid) && plausible(a.gid)
        })),
        none
    );
}

#[test]
fn run_as_names_an_account_with_numbers() {
    let none: [&str; 0] = [];
    assert_eq!(
        each(|b| b.run_as.is_none_or(|name| {
            b.accounts
                .iter()
                .any(|a| a.name == name && a.uid.is_some() && a.gid.is_some())
        })),
        none
    );
    // The distributions' own accounts are for no application.
    for repo in ["debian", "ubuntu", "alpine", "fedora", "busybox", "centos"] {
        let rows = table::repository(&format!("docker.io/library/{repo}")).expect(repo);
        assert!(rows.iter().all(|b| b.run_as.is_none()), "{repo}");
    }
}

#[test]
fn is_root_follows_from_default_user() {
    let none: [&str; 0] = [];
    assert_eq!(
        each(|b| match b.default_user {
            Some("ContainerAdministrator" | "ContainerUser") => b.family == Family::Windows,
            Some(user) => b.is_root == Some(is_root_user(user)),
            None => b.is_root.is_none(),
        }),
        none
    );
}

#[test]
fn a_default_user_by_name_is_among_the_accounts_or_has_none() {
    let none: [&str; 0] = [];
    assert_eq!(
        each(|b| b.is_root != Some(false)
            || b.accounts.is_empty()
            || b.family == Family::Windows
            || b.default_user.is_some_and(|user| {
                let name = user.split(':').next().unwrap_or_default();
                b.accounts
                    .iter()
                    .any(|a| a.name == name || a.uid.is_some_and(|uid| uid.to_string() == name))
            })),
        none
    );
}

#[test]
fn every_entry_can_be_reached() {
    for (name, rows) in table::names() {
        let mut seen = HashSet::new();
        for (i, row) in rows.iter().enumerate() {
            let last = i + 1 == rows.len();
            assert!(
                last || row.tag_re != ".*",
                "{name}: what comes after `.*` is never tried"
            );
            assert!(
                seen.insert(row.tag_re),
                "{name}: {} is there twice",
                row.tag_re
            );
        }
    }
}

#[test]
fn names_are_unique_and_canonical() {
    let mut seen = HashSet::new();
    for (name, rows) in table::names() {
        assert!(seen.insert(name), "{name}");
        assert!(!rows.is_empty());
        let parsed = ImageRef::parse(&name.replace('*', "a")).expect(name);
        assert_eq!(parsed.canonical(), name.replace('*', "a"));
    }
}

#[test]
fn distroless_has_no_shell_and_no_tool() {
    let none: [&str; 0] = [];
    assert_eq!(
        each(|b| !matches!(
            b.family,
            Family::Distroless | Family::Chiseled | Family::Scratch
        ) || (b.shell != Some(true) && b.user_tool == UserTool::None)),
        none
    );
}

const ROOT: Option<bool> = Some(true);
const USER: Option<bool> = Some(false);

#[test]
fn references_find_their_facts() {
    use Family::{
        Alpine, Amazon, Azure, Busybox, Chiseled, Debian, Distroless, Fedora, Rhel, Scratch, Suse,
        Ubuntu, Windows, Wolfi,
    };
    let hex = "0".repeat(64);
    let by_digest = format!("python@sha256:{hex}");
    let by_both = format!("python:3-alpine@sha256:{hex}");
    let alpine_by_digest = format!("alpine@sha256:{hex}");
    let cases: &[(&str, &str, Family, Option<bool>)] = &[
        // The spellings of Docker Hub and its mirrors.
        ("debian", "docker.io/library/debian", Debian, ROOT),
        (
            "library/debian:12",
            "docker.io/library/debian",
            Debian,
            ROOT,
        ),
        (
            "docker.io/library/debian:trixie-slim",
            "docker.io/library/debian",
            Debian,
            ROOT,
        ),
        ("docker.io/debian", "docker.io/library/debian", Debian, ROOT),
        (
            "index.docker.io/library/debian",
            "docker.io/library/debian",
            Debian,
            ROOT,
        ),
        (
            "registry-1.docker.io/library/debian",
            "docker.io/library/debian",
            Debian,
            ROOT,
        ),
        (
            "registry.hub.docker.com/library/debian",
            "docker.io/library/debian",
            Debian,
            ROOT,
        ),
        (
            "public.ecr.aws/docker/library/debian:12",
            "docker.io/library/debian",
            Debian,
            ROOT,
        ),
        (
            "mirror.gcr.io/library/debian",
            "docker.io/library/debian",
            Debian,
            ROOT,
        ),
        (
            "mcr.microsoft.com/mirror/docker/library/debian:12",
            "docker.io/library/debian",
            Debian,
            ROOT,
        ),
        ("arm64v8/debian", "docker.io/library/debian", Debian, ROOT),
        (
            "stackbrew/ubuntu:14.04",
            "docker.io/library/ubuntu",
            Ubuntu,
            ROOT,
        ),
        // Caches.
        (
            "1.dkr.ecr.us-east-1.amazonaws.com/docker-hub/library/nginx:1",
            "docker.io/library/nginx",
            Debian,
            ROOT,
        ),
        (
            "gitlab.corp/g/dependency_proxy/containers/nginx:alpine",
            "docker.io/library/nginx",
            Alpine,
            ROOT,
        ),
        (
            "nexus.corp:8082/redis:7",
            "docker.io/library/redis",
            Debian,
            ROOT,
        ),
        (
            "harbor.corp/dockerhub/bitnami/redis:7",
            "docker.io/bitnami/*",
            Debian,
            USER,
        ),
        // Distributions.
        ("ubuntu:24.04", "docker.io/library/ubuntu", Ubuntu, ROOT),
        ("ubuntu:18.04", "docker.io/library/ubuntu", Ubuntu, ROOT),
        ("alpine:3.20", "docker.io/library/alpine", Alpine, ROOT),
        ("busybox", "docker.io/library/busybox", Busybox, ROOT),
        ("fedora:41", "docker.io/library/fedora", Fedora, ROOT),
        ("centos:7", "docker.io/library/centos", Rhel, ROOT),
        (
            "amazonlinux:2023",
            "docker.io/library/amazonlinux",
            Amazon,
            ROOT,
        ),
        ("opensuse/leap:15", "docker.io/opensuse/leap", Suse, ROOT),
        (
            "registry.access.redhat.com/ubi9/ubi-minimal:9.4",
            "registry.access.redhat.com/ubi9/ubi-minimal",
            Rhel,
            ROOT,
        ),
        (
            "registry.access.redhat.com/ubi9-minimal",
            "registry.access.redhat.com/ubi9/ubi-minimal",
            Rhel,
            ROOT,
        ),
        (
            "registry.access.redhat.com/ubi9/nodejs-20",
            "registry.access.redhat.com/ubi9/nodejs-*",
            Rhel,
            USER,
        ),
        (
            "mcr.microsoft.com/azurelinux/base/core:3.0",
            "mcr.microsoft.com/azurelinux/base/core",
            Azure,
            ROOT,
        ),
        // Languages.
        ("node:20-alpine3.19", "docker.io/library/node", Alpine, ROOT),
        ("node:20-slim", "docker.io/library/node", Debian, ROOT),
        (
            "python:3.12-slim-bookworm",
            "docker.io/library/python",
            Debian,
            ROOT,
        ),
        ("php:8.3-fpm-alpine", "docker.io/library/php", Alpine, ROOT),
        ("php:8.3-apache", "docker.io/library/php", Debian, ROOT),
        ("openjdk:8-jre", "docker.io/library/openjdk", Debian, ROOT),
        (
            "openjdk:11-jre-slim",
            "docker.io/library/openjdk",
            Debian,
            ROOT,
        ),
        ("openjdk:17", "docker.io/library/openjdk", Rhel, ROOT),
        (
            "openjdk:8u212-jdk-alpine",
            "docker.io/library/openjdk",
            Alpine,
            ROOT,
        ),
        ("java:8", "docker.io/library/java", Debian, ROOT),
        (
            "eclipse-temurin:21-jre",
            "docker.io/library/eclipse-temurin",
            Ubuntu,
            ROOT,
        ),
        ("gradle:8-jdk21", "docker.io/library/gradle", Ubuntu, ROOT),
        ("maven:3-openjdk-17", "docker.io/library/maven", Rhel, ROOT),
        ("maven:3.6-jdk-8", "docker.io/library/maven", Debian, ROOT),
        (
            "mcr.microsoft.com/dotnet/aspnet:8.0",
            "mcr.microsoft.com/dotnet/aspnet",
            Debian,
            ROOT,
        ),
        (
            "mcr.microsoft.com/dotnet/aspnet:10.0",
            "mcr.microsoft.com/dotnet/aspnet",
            Ubuntu,
            ROOT,
        ),
        (
            "mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled",
            "mcr.microsoft.com/dotnet/aspnet",
            Chiseled,
            USER,
        ),
        (
            "mcr.microsoft.com/dotnet/core/aspnet:3.1",
            "mcr.microsoft.com/dotnet/core/aspnet",
            Debian,
            ROOT,
        ),
        // Without a shell.
        (
            "gcr.io/distroless/static",
            "gcr.io/distroless/static",
            Distroless,
            ROOT,
        ),
        (
            "gcr.io/distroless/static-debian12:nonroot",
            "gcr.io/distroless/static",
            Distroless,
            USER,
        ),
        (
            "cgr.dev/chainguard/static",
            "cgr.dev/chainguard/static",
            Distroless,
            USER,
        ),
        (
            "cgr.dev/chainguard/python:latest-dev",
            "cgr.dev/chainguard/python",
            Wolfi,
            USER,
        ),
        (
            "cgr.dev/chainguard/wolfi-base",
            "cgr.dev/chainguard/wolfi-base",
            Wolfi,
            ROOT,
        ),
        ("scratch", "", Scratch, ROOT),
        // Servers.
        ("nginx:1.27", "docker.io/library/nginx", Debian, ROOT),
        (
            "nginxinc/nginx-unprivileged:alpine-slim",
            "docker.io/nginxinc/nginx-unprivileged",
            Alpine,
            USER,
        ),
        (
            "haproxy:2.2-alpine",
            "docker.io/library/haproxy",
            Alpine,
            ROOT,
        ),
        ("haproxy:2.8", "docker.io/library/haproxy", Debian, USER),
        ("haproxy:2.10", "docker.io/library/haproxy", Debian, USER),
        (
            "postgres:16-alpine",
            "docker.io/library/postgres",
            Alpine,
            ROOT,
        ),
        ("bitnami/postgresql:16", "docker.io/bitnami/*", Debian, USER),
        ("bitnami/minideb", "docker.io/bitnami/minideb", Debian, ROOT),
        (
            "jenkins/jenkins:lts",
            "docker.io/jenkins/jenkins",
            Debian,
            USER,
        ),
        (
            "balenalib/raspberrypi3-alpine-node",
            "docker.io/resin/*-alpine*",
            Alpine,
            ROOT,
        ),
        (
            "phusion/baseimage",
            "docker.io/phusion/baseimage",
            Ubuntu,
            ROOT,
        ),
        // Facts that changed with the version, or that a glob would get wrong.
        ("bitnami/node:20", "docker.io/bitnami/node", Debian, ROOT),
        (
            "confluentinc/cp-kafka:5.5.1",
            "docker.io/confluentinc/cp-*",
            Debian,
            ROOT,
        ),
        (
            "prom/prometheus:v1.8.2",
            "docker.io/prom/prometheus",
            Busybox,
            None,
        ),
        (
            "mcr.microsoft.com/dotnet/aspnet:6.0-alpine",
            "mcr.microsoft.com/dotnet/aspnet",
            Alpine,
            ROOT,
        ),
        (
            "maven:3-azulzulu-17-debian",
            "docker.io/library/maven",
            Debian,
            ROOT,
        ),
        ("heroku/heroku:24", "docker.io/heroku/heroku", Ubuntu, USER),
        // A tag that names another distribution than the catch-all entry has.
        (
            "clojure:lein-alpine",
            "docker.io/library/clojure",
            Alpine,
            ROOT,
        ),
        // Windows.
        ("python:3.12-windowsservercore-ltsc2022", "", Windows, None),
        ("golang:1.22-nanoserver", "", Windows, None),
        ("corp.example/any/thing:ltsc2019", "", Windows, None),
        (
            "mcr.microsoft.com/windows/servercore:ltsc2022",
            "mcr.microsoft.com/windows/servercore",
            Windows,
            ROOT,
        ),
        (
            "mcr.microsoft.com/dotnet/aspnet:8.0-nanoserver-ltsc2022",
            "mcr.microsoft.com/dotnet/aspnet",
            Windows,
            USER,
        ),
        // Digests.
        (&alpine_by_digest, "docker.io/library/alpine", Alpine, ROOT),
        (
            &by_digest,
            "docker.io/library/python",
            Family::Unknown,
            ROOT,
        ),
        (&by_both, "docker.io/library/python", Alpine, ROOT),
        // Nobody knows.
        ("registry.corp/team/python:3", "", Family::Unknown, None),
        ("someone/nginx", "", Family::Unknown, None),
        ("Not/Valid:x", "", Family::Unknown, None),
        ("$BASE", "", Family::Unknown, None),
        ("", "", Family::Unknown, None),
    ];
    for (image, repo, family, is_root) in cases {
        let facts = facts(image);
        let got = (facts.repo.unwrap_or_default(), facts.family, facts.is_root);
        assert_eq!(got, (*repo, *family, *is_root), "{image}");
        assert_eq!(facts.image, *image);
    }
}

#[test]
fn the_account_that_is_there_for_the_purpose() {
    for (image, account) in [
        ("node:22", Some(("node", 1000, 1000))),
        ("node:5.1", None),
        ("node:4.4.2", None),
        ("node:argon", Some(("node", 1000, 1000))),
        ("nginx", Some(("nginx", 101, 101))),
        ("php:8-apache", Some(("www-data", 33, 33))),
        ("php:8-fpm-alpine", Some(("www-data", 82, 82))),
        (
            "mcr.microsoft.com/dotnet/aspnet:8.0",
            Some(("app", 1654, 1654)),
        ),
        ("mcr.microsoft.com/dotnet/aspnet:6.0", None),
        ("mcr.microsoft.com/dotnet/aspnet:6.0-alpine", None),
        (
            "mcr.microsoft.com/dotnet/aspnet:8.0-alpine",
            Some(("app", 1654, 1654)),
        ),
        (
            "gcr.io/distroless/base-debian12",
            Some(("nonroot", 65_532, 65_532)),
        ),
        ("jupyter/base-notebook", Some(("jovyan", 1000, 100))),
        ("ubuntu:24.04", None),
        ("debian", None),
        ("python:3", None),
        ("golang:1", None),
    ] {
        let run_as = facts(image).run_as;
        let got = run_as.as_ref().map(|a| {
            (
                a.name.as_ref(),
                a.uid.unwrap_or_default(),
                a.gid.unwrap_or_default(),
            )
        });
        assert_eq!(got, account, "{image}");
    }
}

#[test]
fn taken_for_a_copy_is_inferred() {
    let copy = facts("nexus.corp:8082/node:22");
    assert_eq!(copy.confidence, Confidence::Inferred);
    assert!(
        copy.source
            .starts_with("taken for a copy of docker.io/library/node"),
        "{}",
        copy.source
    );
    assert_eq!(
        facts("public.ecr.aws/docker/library/node:22").confidence,
        Confidence::Read
    );
}

#[test]
fn a_digest_alone_keeps_what_all_entries_say() {
    let node = facts(&format!("node@sha256:{}", "0".repeat(64)));
    assert_eq!(
        (node.is_root, node.user_tool),
        (Some(true), UserTool::Unknown)
    );
    assert_eq!(node.run_as, None);
    assert_eq!(node.steps_down, StepsDown::None);
    assert!(node.confidence <= Confidence::Inferred);
}

#[test]
fn another_distribution_than_the_entry_loses_its_numbers() {
    let facts = facts("cassandra:4-alpine");
    assert_eq!(
        (facts.family, facts.user_tool),
        (Family::Alpine, UserTool::AdduserBusybox)
    );
    assert!(facts.accounts.iter().all(|a| a.uid.is_none()));
    assert_eq!(facts.run_as, None);
    assert_eq!(facts.confidence, Confidence::Inferred);
}

#[test]
fn nothing_is_known_of_the_unknown() {
    let facts = facts("registry.corp/team/app");
    assert!(!facts.is_known());
    assert_eq!(
        (facts.from, facts.confidence),
        (FactSource::Nothing, Confidence::Unknown)
    );
    assert_eq!(
        (facts.default_user, facts.shell, facts.steps_down),
        (None, None, StepsDown::Unknown)
    );
}

#[test]
fn every_name_can_be_explained() {
    for (name, _) in table::names() {
        let image = name.replace('*', "a");
        let page = explain(&image, &Overrides::default());
        assert!(page.contains("HOW SURE"), "{image}\n{page}");
    }
}
