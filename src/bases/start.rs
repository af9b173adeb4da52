//! What containers of an image start: ENTRYPOINT and CMD, exactly.

use super::row::StartConfig;
use crate::stages::exec_form;

impl StartConfig {
    /// The instructions that would set it, in exec form: ENTRYPOINT, then CMD; those that it has.
    pub fn instructions(&self) -> Vec<String> {
        [("ENTRYPOINT", &self.entrypoint), ("CMD", &self.cmd)]
            .into_iter()
            .filter(|(_, words)| !words.is_empty())
            .map(|(name, words)| format!("{name} {}", exec_form(words.iter().map(AsRef::as_ref))))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::bases::{
        Confidence, Facts, Overrides, lookup,
        overrides::{OverrideEntry, OverrideStart},
        table,
    };

    fn starts(image: &str) -> Option<Vec<String>> {
        told(&lookup(image, &Overrides::default()))
    }

    fn told(facts: &Facts) -> Option<Vec<String>> {
        facts.start.as_ref().map(super::StartConfig::instructions)
    }

    #[test]
    fn images_start_what_they_publish() {
        let node: &[&str] = &["ENTRYPOINT [\"docker-entrypoint.sh\"]", "CMD [\"node\"]"];
        let nginx: &[&str] = &[
            "ENTRYPOINT [\"/docker-entrypoint.sh\"]",
            "CMD [\"nginx\", \"-g\", \"daemon off;\"]",
        ];
        let php = "ENTRYPOINT [\"docker-php-entrypoint\"]";
        let temurin = "ENTRYPOINT [\"/__cacert_entrypoint.sh\"]";
        for (image, expected) in [
            ("python", &["CMD [\"python3\"]"] as &[&str]),
            ("python:3.13-slim-trixie", &["CMD [\"python3\"]"]),
            ("python:2.7-alpine", &["CMD [\"python2\"]"]),
            ("node", node),
            ("node:22-alpine", node),
            ("node:8", node),
            ("nginx:1.29", nginx),
            ("nginx:alpine", nginx),
            ("nginxinc/nginx-unprivileged", nginx),
            ("php:8.4-fpm", &[php, "CMD [\"php-fpm\"]"]),
            ("php:8.4-fpm-alpine", &[php, "CMD [\"php-fpm\"]"]),
            ("php:8.4-apache", &[php, "CMD [\"apache2-foreground\"]"]),
            ("php:8.4-cli", &[php, "CMD [\"php\", \"-a\"]"]),
            ("php:alpine", &[php, "CMD [\"php\", \"-a\"]"]),
            ("debian:bookworm-slim", &["CMD [\"bash\"]"]),
            ("ubuntu:24.04", &["CMD [\"/bin/bash\"]"]),
            ("alpine:3.22", &["CMD [\"/bin/sh\"]"]),
            ("golang:1.26-alpine", &["CMD [\"/bin/sh\"]"]),
            ("eclipse-temurin:21", &[temurin, "CMD [\"jshell\"]"]),
            ("eclipse-temurin:21-jre-alpine", &[temurin]),
            ("eclipse-temurin:8-jdk", &[temurin]),
            ("openjdk:8-jdk-slim", &["CMD [\"bash\"]"]),
            ("openjdk:17-slim", &["CMD [\"jshell\"]"]),
            ("tomcat:10.1", &["CMD [\"catalina.sh\", \"run\"]"]),
            (
                "wordpress:fpm-alpine",
                &["ENTRYPOINT [\"docker-entrypoint.sh\"]", "CMD [\"php-fpm\"]"],
            ),
            ("mcr.microsoft.com/dotnet/aspnet:9.0", &["CMD [\"bash\"]"]),
            (
                "mcr.microsoft.com/dotnet/aspnet:6.0-alpine",
                &["CMD [\"/bin/sh\"]"],
            ),
            ("gcr.io/distroless/static", &[]),
            (
                "gcr.io/distroless/static:debug-nonroot",
                &["ENTRYPOINT [\"/busybox/sh\"]"],
            ),
            ("scratch", &[]),
        ] {
            let found = starts(image).unwrap_or_else(|| panic!("{image}: not known"));
            assert_eq!(found, expected, "{image}");
        }
    }

    /// Releases from before the entrypoint, and images that nobody read.
    #[test]
    fn what_is_not_known_is_not_told() {
        for image in [
            "node:10.15.3",
            "node:11-alpine",
            "nginx:1.17-alpine",
            "php:5.4-fpm",
            "eclipse-temurin:17.0.5_8-jre",
            "alpine:2.7",
            "golang:1.4",
            // The tag names another distribution than the entry: what is inherited may differ.
            "ruby:3-fedora",
            "mcr.microsoft.com/dotnet/aspnet:8.0-noble-chiseled",
            "registry.corp/team/app",
        ] {
            assert_eq!(starts(image), None, "{image}");
        }
    }

    #[test]
    fn a_digest_alone_keeps_what_all_tags_start() {
        let digest = "0".repeat(64);
        let of = |image: &str| starts(&format!("{image}@sha256:{digest}"));
        assert_eq!(
            of("httpd"),
            Some(vec!["CMD [\"httpd-foreground\"]".to_owned()])
        );
        assert_eq!(of("ruby"), Some(vec!["CMD [\"irb\"]".to_owned()]));
        // Its entries differ; it differs inside each of its entries.
        assert_eq!(of("rust"), None);
        assert_eq!(of("python"), None);
        assert_eq!(
            of("python:3.13"),
            Some(vec!["CMD [\"python3\"]".to_owned()])
        );
    }

    #[test]
    fn an_override_says_it_exactly_or_takes_it_away() {
        let entry = OverrideEntry {
            image: "node".into(),
            ..OverrideEntry::default()
        };
        let of = |entry: OverrideEntry| {
            let overrides = Overrides::build(&[] as &[&str], [entry]).expect("valid");
            told(&lookup("node:22", &overrides))
        };
        let user = OverrideEntry {
            user: Some("node".into()),
            ..entry.clone()
        };
        assert_eq!(of(user), starts("node:22"));
        let text = OverrideEntry {
            entrypoint: Some("/start node".into()),
            ..entry.clone()
        };
        assert_eq!(of(text.clone()), None);
        let start = |entrypoint: &[&str], cmd: &[&str]| {
            let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
            Some(OverrideStart {
                entrypoint: words(entrypoint),
                cmd: words(cmd),
            })
        };
        let exact = OverrideEntry {
            start: start(&["/start"], &["say \"hi\""]),
            ..text
        };
        // The first word of CMD may follow an ENTRYPOINT, yet a command line in it is refused.
        assert!(Overrides::build(&[] as &[&str], [exact.clone()]).is_err());
        let exact = OverrideEntry {
            start: start(&["/start"], &["say", "\"hi\""]),
            ..exact
        };
        assert_eq!(
            of(exact),
            Some(vec![
                "ENTRYPOINT [\"/start\"]".to_owned(),
                "CMD [\"say\", \"\\\"hi\\\"\"]".to_owned(),
            ])
        );
        let nothing = OverrideEntry {
            start: start(&[], &[]),
            ..entry
        };
        assert_eq!(of(nothing), Some(Vec::new()));
    }

    #[test]
    fn what_is_told_for_tags_is_told_apart() {
        for base in table::bases() {
            for (i, of) in base.start_of_tags.iter().enumerate() {
                let earlier = &base.start_of_tags[..i];
                assert!(earlier.iter().all(|e| e.tags != of.tags), "{}", base.repo);
                assert!(
                    of.start.is_some() || base.start.is_some() || i + 1 < base.start_of_tags.len(),
                    "{} {}: nothing to take away",
                    base.repo,
                    of.tags
                );
            }
            assert!(
                base.start.is_none() || base.confidence > Confidence::Unknown,
                "{}",
                base.repo
            );
        }
    }
}
