//! An override that was checked, and the images that it is about.

use regex::bytes::Regex;

use crate::bases::{
    entry::{Facts, is_root_user},
    kinds::check_words,
    pattern::Pattern,
    reference::ImageRef,
    table,
};

use super::{OverrideEntry, OverrideError, OverrideStart};

#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// One for each name.
    patterns: Vec<Pattern>,
    tag: Option<Regex>,
    /// Those of `start_of_tags`, in its order.
    starts: Vec<Regex>,
    entry: OverrideEntry,
}

impl Rule {
    /// A rule of this entry, or what is wrong with it.
    pub(super) fn new(entry: OverrideEntry) -> Result<Self, OverrideError> {
        let names = std::iter::once(&entry.image).chain(entry.aliases.iter().flatten());
        let patterns = names.map(|image| {
            Pattern::parse(image).map_err(|reason| OverrideError::Image {
                image: image.clone(),
                reason,
            })
        });
        let patterns = patterns.collect::<Result<Vec<_>, _>>()?;
        let compiled = |tag_re: &String| {
            table::compile(tag_re).map_err(|_| OverrideError::TagRe {
                image: entry.image.clone(),
                tag_re: tag_re.clone(),
            })
        };
        let tag = entry.tag_re.as_ref().map(compiled).transpose()?;
        let starts = entry.start_of_tags.iter().flatten();
        let starts = starts.map(|of| compiled(&of.tags));
        let starts = starts.collect::<Result<Vec<_>, _>>()?;
        if let (Some(is_root), Some(user)) = (entry.is_root, &entry.user)
            && !is_root
            && is_root_user(user)
        {
            return Err(OverrideError::IsRoot {
                image: entry.image.clone(),
                is_root,
                user: user.clone(),
            });
        }
        if let (Some(run_as), Some(users)) = (&entry.run_as, &entry.users)
            && users.iter().all(|u| u.name != *run_as)
        {
            return Err(OverrideError::RunAs {
                image: entry.image.clone(),
                run_as: run_as.clone(),
            });
        }
        if let Some(recipe) = &entry.recipe
            && crate::recipes::recipe(recipe).is_none()
        {
            return Err(OverrideError::Recipe {
                image: entry.image.clone(),
                recipe: recipe.clone(),
            });
        }
        let start = entry.start.iter();
        let start = start.flat_map(|start| [&start.entrypoint, &start.cmd]);
        let of_tags = entry.start_of_tags.iter().flatten();
        let of_tags = of_tags.flat_map(|of| [&of.entrypoint, &of.cmd]);
        for words in start.chain(of_tags) {
            check_words(words).map_err(|reason| OverrideError::Start {
                image: entry.image.clone(),
                reason,
            })?;
        }
        let silent = OverrideEntry {
            image: entry.image.clone(),
            tag_re: entry.tag_re.clone(),
            aliases: entry.aliases.clone(),
            ..OverrideEntry::default()
        };
        if entry == silent {
            return Err(OverrideError::Nothing(entry.image));
        }
        Ok(Self {
            patterns,
            tag,
            starts,
            entry,
        })
    }

    /// The entry is about this image, whose canonical name is `name`.
    pub(super) fn matches(&self, name: &str, image: &ImageRef) -> bool {
        // A digest without a tag may be any of the repository's images.
        let unnamed = image.digest.is_some() && image.tag.is_none();
        self.patterns
            .iter()
            .any(|pattern| pattern.matches(name, image))
            && self.tag.as_ref().is_none_or(|tag| {
                tag.as_str() == ".*" || (!unnamed && tag.is_match(image.tag_or_latest().as_bytes()))
            })
    }

    /// Lays the entry over what is known of an image that it is about.
    pub(super) fn over(&self, image: &ImageRef, facts: Facts) -> Facts {
        let mut facts = self.entry.over(facts);
        self.start_of(image, &mut facts);
        facts
    }

    /// Puts in what the image starts by its tag, where something is said of it.
    fn start_of(&self, image: &ImageRef, facts: &mut Facts) {
        let rows = self.entry.start_of_tags.as_deref().unwrap_or_default();
        if !rows.is_empty() && image.digest.is_some() && image.tag.is_none() {
            facts.start = None;
        }
        let tag = image.tag_or_latest().as_bytes();
        let fits = |(_, tags): &(_, &Regex)| tags.is_match(tag);
        if let Some((row, _)) = rows.iter().zip(&self.starts).find(fits) {
            let start = OverrideStart {
                entrypoint: row.entrypoint.clone(),
                cmd: row.cmd.clone(),
            };
            facts.start = (!row.unknown).then(|| start.config());
        }
    }
}
