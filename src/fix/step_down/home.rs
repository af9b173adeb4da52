//! Where the script lives: a file of the build context, or a heredoc of the Dockerfile.

use std::path::PathBuf;

use crate::context::{NoVacancy, Wanted};
use crate::finding::Reason;
use crate::fix::Subject;
use crate::source::LineEnd;
use crate::stages::plain_sources;

use super::FOLDER;

/// A place for the script.
pub(super) struct Home {
    /// Its name in the image.
    pub(super) name: String,
    /// The COPY that brings it.
    pub(super) copy: String,
    /// A RUN must make it executable.
    pub(super) chmod: bool,
    /// In the build context; empty where it is a heredoc.
    pub(super) path: String,
    /// Where the new file lies; none for a heredoc, and where it is there already.
    pub(super) made_at: Option<PathBuf>,
}

/// Finds a place for the script `text`.
pub(super) fn find(
    subject: &Subject<'_, '_, '_>,
    text: &str,
    doubts: &mut Vec<Reason>,
) -> Result<Home, Reason> {
    let stem = stem(subject);
    if subject.wish.step_down.inline {
        return inline(subject, text, &stem);
    }
    let names = [
        format!("{stem}.sh"),
        format!("docker-{stem}.sh"),
        stem.clone(),
        format!("docker-{stem}"),
    ];
    let sources = plain_sources(subject.stages.document);
    let vacancy = subject.context.vacancy(&Wanted {
        names: &names,
        bytes: text.as_bytes(),
        sources: &sources,
        folder: subject.deployments.contexts.first().map(String::as_str),
    });
    let vacancy = vacancy.map_err(|why| no_place(why, &names[0]))?;
    if !vacancy.certain {
        doubts.push(Reason::new(
            "build-context",
            format!(
                "which folder the image is built in is not certain: {} is taken from it (--context says which, --inline needs none)",
                vacancy.path
            ),
        ));
    }
    let name = vacancy
        .path
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    // The builder before BuildKit has no --chmod: there the file's own mode counts, and a RUN makes sure.
    let chmod = subject.wish.step_down.legacy_builder || !knows(subject, 2);
    let flag = if chmod { "" } else { " --chmod=0755" };
    Ok(Home {
        copy: format!("COPY{flag} {} {FOLDER}/", vacancy.path),
        name,
        chmod,
        path: vacancy.path,
        made_at: vacancy.made_at,
    })
}

/// `step-down`, and what tells it from that of another Dockerfile or stage beside it.
fn stem(subject: &Subject<'_, '_, '_>) -> String {
    let file = subject.context.dockerfile().unwrap_or_default();
    let file = file
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mut of_file = file.as_str();
    for common in ["dockerfile", "containerfile"] {
        of_file = of_file.strip_prefix(common).unwrap_or(of_file);
        of_file = of_file.strip_suffix(common).unwrap_or(of_file);
    }
    let target = subject.verdict.survey.target;
    let is_last = target + 1 == subject.stages.all.len();
    let of_stage = if is_last {
        String::new()
    } else {
        subject.stages.label(target)
    };
    let mut stem = "step-down".to_owned();
    for part in [of_file, &of_stage] {
        let plain: String = part
            .chars()
            .map(|ch| if ch.is_ascii_alphanumeric() { ch } else { '-' })
            .collect();
        let plain = plain.trim_matches('-');
        if !plain.is_empty() {
            stem.push('-');
            stem.push_str(plain);
        }
    }
    stem
}

fn inline(subject: &Subject<'_, '_, '_>, text: &str, stem: &str) -> Result<Home, Reason> {
    let document = subject.stages.document;
    let refused = |why: &str| Err(Reason::new("no-heredoc", why.to_owned()));
    if subject.wish.step_down.legacy_builder || !knows(subject, 4) {
        return refused(
            "the file's frontend does not know heredocs: docker/dockerfile:1.4 is the first (leave --inline out)",
        );
    }
    if LineEnd::of(document.bytes).as_str() != "\n" {
        return refused(
            "the file's lines end in CRLF, and so would those of a script in it (leave --inline out)",
        );
    }
    let name = format!("{stem}.sh");
    Ok(Home {
        copy: format!("COPY --chmod=0755 <<'EOF' {FOLDER}/{name}\n{text}EOF"),
        name,
        chmod: false,
        path: String::new(),
        made_at: None,
    })
}

/// The file's frontend is at least `docker/dockerfile:1.MINOR`: 1.2 has `--chmod`, 1.4 heredocs (the releases of
/// moby/buildkit's Dockerfile frontend). Without a line of its own it is the builder's, which is newer than both since
/// Docker 23.
fn knows(subject: &Subject<'_, '_, '_>, minor: u32) -> bool {
    let Some(syntax) = &subject.stages.document.directives.syntax else {
        return true;
    };
    let image = syntax.split('@').next().unwrap_or(syntax);
    let (name, tag) = image.rsplit_once(':').unwrap_or((image, "latest"));
    if !name.ends_with("docker/dockerfile") && !name.ends_with("docker/dockerfile-upstream") {
        return false;
    }
    let version = tag.split('-').next().unwrap_or(tag);
    let mut parts = version.split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(1)), Some(Ok(own))) => own >= minor,
        // `1`, `latest`, `labs`, `master`.
        (Some(Ok(1)), None) | (Some(Err(_)), _) => tag != "experimental",
        _ => false,
    }
}

fn no_place(why: NoVacancy, name: &str) -> Reason {
    let text = match why {
        NoVacancy::NoContext => {
            "there is no build context to put the script into: --context names it, --inline needs none".to_owned()
        }
        NoVacancy::Taken => {
            format!("{name} and its like are taken by other files: --inline needs none")
        }
        NoVacancy::Ignored => format!(
            ".dockerignore keeps new files from the build: add `!{name}` to it, or take --inline"
        ),
    };
    Reason::new("step-down-file", text)
}
