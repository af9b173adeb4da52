//! The embedded table and its lookup.

use std::{borrow::Cow, sync::OnceLock};

use regex::bytes::{Regex, RegexBuilder};

use super::{
    entry::{FactSource, Facts},
    kinds::{Confidence, Family, PackageManager, StepsDown, UserTool},
    mirrors::{Certainty, upstreams},
    overrides::Overrides,
    pattern::glob_matches,
    reference::ImageRef,
    row::{Base, StartOfTags},
};

/// What the build script made of `data/bases`.
#[allow(clippy::unreadable_literal)]
mod data {
    include!(concat!(env!("OUT_DIR"), "/bases.rs"));
}

/// What is known of `image`, spelled as after `FROM`: overrides first, then the table.
///
/// A known image costs about a microsecond. The rows of a repository are decoded when they are first needed, and a
/// tag pattern is compiled then.
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
pub fn bases() -> impl Iterator<Item = &'static Base> {
    (0..data::REPOSITORIES).flat_map(|repository| &rows(repository).bases)
}

/// The rows of a canonical repository name or alias, in the order in which they are tried.
pub fn repository(canonical: &str) -> Option<&'static [Base]> {
    find(canonical).map(|rows| rows.bases.as_slice())
}

/// Every name and pattern that leads to rows, aliases included: exact names first, sorted.
pub fn names() -> impl Iterator<Item = (&'static str, &'static [Base])> {
    let of = |name: &Name| (name.text(), name.rows().bases.as_slice());
    data::EXACT.iter().chain(&data::GLOBS).map(of)
}

/// A name, and the number of its repository. Numbers alone: an address in a static is something that the loader must
/// write before the program starts, and there are thousands of names and rows.
struct Name {
    /// Where it begins in [`data::NAMES`].
    at: u32,
    length: u16,
    repository: u16,
}

impl Name {
    fn text(&self) -> &'static str {
        let start = self.at as usize;
        data::NAMES
            .get(start..start + usize::from(self.length))
            .unwrap_or_default()
    }

    fn rows(&self) -> &'static Rows {
        rows(self.repository.into())
    }
}

/// The rows of a repository, and their patterns where they were needed.
struct Rows {
    bases: Vec<Base>,
    patterns: Vec<OnceLock<Option<Regex>>>,
    start_patterns: Vec<OnceLock<Vec<Option<Regex>>>>,
}

static ROWS: [OnceLock<Box<Rows>>; data::REPOSITORIES] =
    [const { OnceLock::new() }; data::REPOSITORIES];

fn rows(repository: usize) -> &'static Rows {
    ROWS[repository].get_or_init(|| {
        let bytes = &data::ROWS[data::AT[repository] as usize..data::AT[repository + 1] as usize];
        // What the build script wrote; a test decodes all of it.
        let bases: Vec<Base> = postcard::from_bytes(bytes).unwrap_or_default();
        Box::new(Rows {
            patterns: bases.iter().map(|_| OnceLock::new()).collect(),
            start_patterns: bases.iter().map(|_| OnceLock::new()).collect(),
            bases,
        })
    })
}

fn find(canonical: &str) -> Option<&'static Rows> {
    let name = match data::EXACT.binary_search_by(|name| name.text().cmp(canonical)) {
        Ok(i) => &data::EXACT[i],
        Err(_) => data::GLOBS
            .iter()
            .find(|glob| glob_matches(glob.text(), canonical))?,
    };
    Some(name.rows())
}

fn look_up(image: &str, reference: &ImageRef) -> Facts {
    let windows = names_windows(reference);
    let found = find(&reference.canonical())
        .map(|rows| (rows, Certainty::Certain))
        .or_else(|| {
            upstreams(reference)
                .into_iter()
                .find_map(|c| find(&c.name).map(|rows| (rows, c.certainty)))
        });
    let Some((rows, certainty)) = found else {
        return if windows {
            windows_facts(image)
        } else {
            Facts::unknown(image)
        };
    };
    let mut facts = if reference.digest.is_some() && reference.tag.is_none() {
        merged(image, &rows.bases)
    } else {
        let tag = reference.tag_or_latest();
        match (0..rows.bases.len()).find(|i| rows.has_tag(*i, tag)) {
            Some(i) if windows && rows.bases[i].family != Family::Windows => windows_facts(image),
            Some(i) => {
                let mut facts = by_tag(Facts::of(image, &rows.bases[i]), tag);
                if let Some(of_tag) = rows.start_of_tag(i, tag) {
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

impl Rows {
    /// Whether row `i` is for `tag`.
    fn has_tag(&self, i: usize, tag: &str) -> bool {
        let pattern = self.bases[i].tag_re;
        pattern == CATCH_ALL
            || self.patterns[i]
                .get_or_init(|| compile(pattern).ok())
                .as_ref()
                .is_some_and(|re| re.is_match(tag.as_bytes()))
    }

    /// What row `i` says of what the image with `tag` starts, where it says something of such tags.
    fn start_of_tag(&self, i: usize, tag: &str) -> Option<&StartOfTags> {
        let all = &self.bases[i].start_of_tags;
        let patterns = self.start_patterns[i]
            .get_or_init(|| all.iter().map(|of| compile(of.tags).ok()).collect());
        let matches =
            |re: &Option<Regex>| re.as_ref().is_some_and(|re| re.is_match(tag.as_bytes()));
        patterns.iter().position(matches).map(|k| &all[k])
    }
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
fn merged(image: &str, bases: &'static [Base]) -> Facts {
    // Where the tag decides what is started, nothing is known without one.
    let mut rows = bases.iter().map(|b| {
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
    if bases.len() > 1 {
        all.tag_pattern = None;
        all.source = Cow::Owned(format!(
            "what {} entries agree on; a digest alone does not say which it is",
            bases.len()
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
    fn every_row_is_read_and_every_pattern_compiles() {
        assert_eq!(bases().count(), data::COUNT);
        for base in bases() {
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
        let (exact, globs) = (&data::EXACT, &data::GLOBS);
        assert!(exact.windows(2).all(|w| w[0].text() < w[1].text()));
        assert!(globs.windows(2).all(|w| w[0].length >= w[1].length));
        assert!(bases().is_sorted_by_key(|base| base.repo));
    }
}
