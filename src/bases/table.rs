//! The embedded table and its lookup.

use std::{borrow::Cow, sync::OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use super::{
    entry::{Account, Base, FactSource, Facts},
    kinds::{Confidence, Family, PackageManager, StepsDown, UserTool},
    mirrors::{Certainty, upstreams},
    overrides::Overrides,
    pattern::glob_matches,
    reference::ImageRef,
    start::{StartConfig, StartOfTags},
};

#[allow(clippy::all, clippy::pedantic, unreachable_pub)]
mod data {
    use super::{
        Account, Base, Confidence, Cow, Family, PackageManager, StartConfig, StartOfTags,
        StepsDown, UserTool,
    };

    include!(concat!(env!("OUT_DIR"), "/bases.rs"));
}

use data::{BASES, GLOBS, INDEX};

/// What is known of `image`, spelled as after `FROM`: overrides first, then the table.
///
/// A known image costs about a microsecond; nothing is parsed but the reference, and a tag pattern is compiled
/// when it is first needed.
pub fn lookup(image: &str, overrides: &Overrides) -> Facts {
    if image == "scratch" {
        return Facts::scratch();
    }
    let parsed = ImageRef::parse(image).ok();
    let facts = match &parsed {
        Some(reference) => look_up(image, reference),
        None => Facts::unknown(image),
    };
    overrides.apply(parsed.as_ref(), facts)
}

/// All rows of the table, sorted by repository, in the order in which they are tried.
pub fn bases() -> &'static [Base] {
    &BASES
}

/// The rows of a canonical repository name or alias, in the order in which they are tried.
pub fn repository(canonical: &str) -> Option<&'static [Base]> {
    range(canonical).map(|(first, count)| &BASES[first..first + count])
}

/// Every name and pattern that leads to rows, aliases included: exact names first, sorted.
pub fn names() -> impl Iterator<Item = (&'static str, &'static [Base])> {
    INDEX.iter().chain(&GLOBS).map(|(name, first, count)| {
        (
            *name,
            &BASES[usize::from(*first)..usize::from(*first) + usize::from(*count)],
        )
    })
}

fn range(canonical: &str) -> Option<(usize, usize)> {
    let row = match INDEX.binary_search_by(|(name, _, _)| (*name).cmp(canonical)) {
        Ok(i) => &INDEX[i],
        Err(_) => GLOBS
            .iter()
            .find(|(glob, _, _)| glob_matches(glob, canonical))?,
    };
    Some((usize::from(row.1), usize::from(row.2)))
}

fn look_up(image: &str, reference: &ImageRef) -> Facts {
    let windows = names_windows(reference);
    let found = range(&reference.canonical())
        .map(|r| (r, Certainty::Certain))
        .or_else(|| {
            upstreams(reference)
                .into_iter()
                .find_map(|c| range(&c.name).map(|r| (r, c.certainty)))
        });
    let Some((rows, certainty)) = found else {
        return if windows {
            windows_facts(image)
        } else {
            Facts::unknown(image)
        };
    };
    let mut facts = if reference.digest.is_some() && reference.tag.is_none() {
        merged(image, rows)
    } else {
        let tag = reference.tag_or_latest();
        let (first, count) = rows;
        match (first..first + count).find(|i| tag_matches(*i, tag)) {
            Some(i) if windows && BASES[i].family != Family::Windows => windows_facts(image),
            Some(i) => {
                let mut facts = by_tag(Facts::of(image, &BASES[i]), tag);
                if let Some(of_tag) = start_of_tag(i, tag) {
                    facts.start.clone_from(&of_tag.start);
                }
                facts
            }
            None if windows => windows_facts(image),
            None => Facts::unknown(image),
        }
    };
    if certainty == Certainty::Inferred && facts.from != FactSource::Nothing {
        facts.confidence = facts.confidence.min(Confidence::Inferred);
        facts.source = Cow::Owned(format!(
            "taken for a copy of {}: {}",
            facts.repo.unwrap_or("an upstream image"),
            facts.source
        ));
    }
    facts
}

static PATTERNS: [OnceLock<Option<Regex>>; BASES.len()] = [const { OnceLock::new() }; BASES.len()];

/// Whether row `i` is for `tag`.
fn tag_matches(i: usize, tag: &str) -> bool {
    let pattern = BASES[i].tag_re;
    pattern == CATCH_ALL
        || PATTERNS[i]
            .get_or_init(|| compile(pattern).ok())
            .as_ref()
            .is_some_and(|re| re.is_match(tag.as_bytes()))
}

static START_PATTERNS: [OnceLock<Vec<Option<Regex>>>; BASES.len()] =
    [const { OnceLock::new() }; BASES.len()];

/// What row `i` says of what the image with `tag` starts, where it says something of such tags.
fn start_of_tag(i: usize, tag: &str) -> Option<&'static StartOfTags> {
    let rows = BASES[i].start_of_tags;
    let patterns =
        START_PATTERNS[i].get_or_init(|| rows.iter().map(|of| compile(of.tags).ok()).collect());
    let matches = |re: &Option<Regex>| re.as_ref().is_some_and(|re| re.is_match(tag.as_bytes()));
    patterns.iter().position(matches).map(|k| &rows[k])
}

const CATCH_ALL: &str = ".*";

/// Tags are ASCII, so patterns need no Unicode tables.
pub(super) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).build()
}

/// Whether the reference names a Windows base, whatever the repository's other tags are.
fn names_windows(reference: &ImageRef) -> bool {
    let tag = reference.tag.as_deref().unwrap_or_default();
    let last = reference.path.rsplit('/').next().unwrap_or_default();
    ["windowsservercore", "nanoserver", "ltsc20"]
        .iter()
        .any(|w| tag.contains(w))
        || ["windowsservercore", "nanoserver"]
            .iter()
            .any(|w| last.starts_with(w))
        || (reference.registry == "mcr.microsoft.com" && reference.path.starts_with("windows"))
}

fn windows_facts(image: &str) -> Facts {
    Facts {
        family: Family::Windows,
        pkg: PackageManager::None,
        user_tool: UserTool::NetUser,
        steps_down: StepsDown::Unknown,
        advice: Some(Cow::Borrowed(
            "out of scope: USER of Linux has no meaning there",
        )),
        confidence: Confidence::Inferred,
        source: Cow::Borrowed("the name or the tag is a Windows base's"),
        from: FactSource::Table,
        ..Facts::unknown(image)
    }
}

/// A row for all tags, or for versions (`^2\.`), describes the usual images of them; a tag that names another
/// distribution keeps who it starts as, and nothing that depends on the distribution.
fn by_tag(facts: Facts, tag: &str) -> Facts {
    let hint = match facts.tag_pattern {
        Some(p) if (p == CATCH_ALL || p.starts_with('^')) && facts.shell != Some(false) => {
            tag_family(tag)
        }
        _ => None,
    };
    let Some(family) = hint.filter(|f| *f != facts.family && facts.family != Family::Windows)
    else {
        return facts;
    };
    let apt = |f| matches!(f, Family::Debian | Family::Ubuntu);
    let same_ids = apt(family) && apt(facts.family);
    let (pkg, user_tool) = match family {
        Family::Alpine => (PackageManager::Apk, UserTool::AdduserBusybox),
        Family::Debian | Family::Ubuntu => (PackageManager::Apt, UserTool::Useradd),
        _ => (PackageManager::Unknown, UserTool::Unknown),
    };
    let mut facts = Facts {
        family,
        pkg,
        user_tool,
        install: None,
        shell: Some(true),
        start: None,
        confidence: facts.confidence.min(Confidence::Inferred),
        source: Cow::Owned(format!(
            "{}; the tag names another distribution",
            facts.source
        )),
        ..facts
    };
    if !same_ids {
        for account in facts.accounts.to_mut() {
            (account.uid, account.gid) = (None, None);
        }
        facts.run_as = None;
        facts.advice = None;
    }
    facts
}

/// The distribution that a tag names.
fn tag_family(tag: &str) -> Option<Family> {
    tag.split(['-', '.', '_']).find_map(|word| match word {
        "wheezy" | "jessie" | "stretch" | "buster" | "bullseye" | "bookworm" | "trixie"
        | "forky" => Some(Family::Debian),
        "trusty" | "xenial" | "bionic" | "focal" | "jammy" | "noble" | "resolute" => {
            Some(Family::Ubuntu)
        }
        _ if word.starts_with("alpine") => Some(Family::Alpine),
        _ if word.starts_with("debian") => Some(Family::Debian),
        _ if word.starts_with("ubuntu") => Some(Family::Ubuntu),
        _ if word.starts_with("fedora") => Some(Family::Fedora),
        _ if word.starts_with("amazonlinux") => Some(Family::Amazon),
        _ if [
            "ubi7",
            "ubi8",
            "ubi9",
            "ubi10",
            "centos",
            "rocky",
            "alma",
            "oraclelinux",
        ]
        .iter()
        .any(|w| word.starts_with(w)) =>
        {
            Some(Family::Rhel)
        }
        _ => None,
    })
}

/// A digest without a tag may be any of the repository's images: what all rows say stays, inferred.
fn merged(image: &str, (first, count): (usize, usize)) -> Facts {
    // Where the tag decides what is started, nothing is known without one.
    let mut rows = BASES[first..first + count].iter().map(|b| {
        let mut facts = Facts::of(image, b);
        facts.start = facts.start.filter(|_| b.start_of_tags.is_empty());
        facts
    });
    let Some(mut all) = rows.next() else {
        return Facts::unknown(image);
    };
    for row in rows {
        keep(&mut all.family, &row.family);
        keep(&mut all.pkg, &row.pkg);
        keep(&mut all.user_tool, &row.user_tool);
        keep(&mut all.install, &row.install);
        keep(&mut all.shell, &row.shell);
        keep(&mut all.default_user, &row.default_user);
        keep(&mut all.is_root, &row.is_root);
        keep(&mut all.run_as, &row.run_as);
        keep(&mut all.steps_down, &row.steps_down);
        keep(&mut all.steps_down_by, &row.steps_down_by);
        keep(&mut all.entrypoint, &row.entrypoint);
        keep(&mut all.start, &row.start);
        keep(&mut all.start_source, &row.start_source);
        keep(&mut all.entrypoint_any_user, &row.entrypoint_any_user);
        keep(&mut all.recipe, &row.recipe);
        keep(&mut all.ports, &row.ports);
        keep(&mut all.notes, &row.notes);
        keep(&mut all.advice, &row.advice);
        all.confidence = all.confidence.min(row.confidence);
        if all.accounts != row.accounts {
            all.accounts.to_mut().retain(|a| row.accounts.contains(a));
        }
    }
    all.confidence = all.confidence.min(Confidence::Inferred);
    if count > 1 {
        all.tag_pattern = None;
        all.source = Cow::Owned(format!(
            "what {count} entries agree on; a digest alone does not say which it is"
        ));
    }
    all
}

fn keep<T: PartialEq + Default>(value: &mut T, other: &T) {
    if *value != *other {
        *value = T::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        for base in &BASES {
            let of_tags = base.start_of_tags.iter().map(|of| of.tags);
            for pattern in std::iter::once(base.tag_re).chain(of_tags) {
                if let Err(e) = compile(pattern) {
                    panic!("{} {pattern}: {e}", base.repo);
                }
            }
        }
    }

    #[test]
    fn names_are_sorted_and_unique() {
        assert!(INDEX.windows(2).all(|w| w[0].0 < w[1].0));
        assert!(GLOBS.windows(2).all(|w| w[0].0.len() >= w[1].0.len()));
        assert!(BASES.windows(2).all(|w| w[0].repo <= w[1].repo));
    }
}
