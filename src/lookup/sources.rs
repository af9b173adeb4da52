//! The sources in the order in which they are asked, and what became of each question.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::bases::{Beyond, Confidence, FactSource, Facts, ImageRef, Overrides, lookup};

use super::contradict::{Contradiction, contradictions};
use super::image::{ImageFacts, Platform, SourceName};
use super::measured::over;
use super::{ImageSource, LookupError};

/// Whom to ask of base images, the table included.
#[derive(Debug)]
pub struct Sources {
    /// None is the table.
    order: Vec<Option<Box<dyn ImageSource>>>,
    platform: Platform,
    known: Mutex<HashMap<ImageRef, Arc<OnceLock<Option<ImageFacts>>>>>,
    asked: Mutex<Vec<LookedUp>>,
}

/// One question that was asked of somebody else than the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedUp {
    /// The image, its name written out.
    pub image: String,
    /// Who was asked.
    pub source: SourceName,
    /// What came of it.
    pub result: Result<Answer, LookupError>,
}

/// What a source said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The registry's host, or the engine with its version.
    pub place: String,
    /// Of what was looked at.
    pub digest: Option<String>,
    /// The day on which the source said it.
    pub date: String,
    /// Nothing was sent: it lay in the cache.
    pub cached: bool,
    /// Why its files were not read, where they were not.
    pub partial: Option<String>,
    /// What the embedded table has otherwise. The image counts.
    pub contradicts: Vec<Contradiction>,
}

/// Images held at a time.
const MOST_KNOWN: usize = 4096;

impl Sources {
    /// The table goes first where `order` does not name it (as none).
    pub fn new(mut order: Vec<Option<Box<dyn ImageSource>>>, platform: Platform) -> Self {
        if order.iter().all(Option::is_some) {
            order.insert(0, None);
        }
        Self {
            order,
            platform,
            known: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    /// True where nobody but the table is asked.
    pub fn is_offline(&self) -> bool {
        self.order.iter().all(Option::is_none)
    }

    /// What was asked so far, sorted by image.
    pub fn asked(&self) -> Vec<LookedUp> {
        let mut asked = lock(&self.asked).clone();
        asked.sort_by(|one, other| one.image.cmp(&other.image));
        asked
    }

    /// The first answer of the sources beyond the table that come before or behind it.
    fn ask(
        &self,
        image: &ImageRef,
        sources: &[Option<Box<dyn ImageSource>>],
    ) -> Option<ImageFacts> {
        for source in sources.iter().flatten() {
            let result = source.image(image, &self.platform);
            lock(&self.asked).push(LookedUp {
                image: image.to_string(),
                source: source.name(),
                result: result
                    .as_ref()
                    .map(|facts| answer(image, facts))
                    .map_err(Clone::clone),
            });
            if let Ok(facts) = result {
                return Some(facts);
            }
        }
        None
    }

    /// The same, each image asked for once.
    fn once(
        &self,
        image: &ImageRef,
        sources: &[Option<Box<dyn ImageSource>>],
    ) -> Option<ImageFacts> {
        let cell = {
            let mut known = lock(&self.known);
            if known.len() >= MOST_KNOWN {
                known.clear();
            }
            Arc::clone(known.entry(image.clone()).or_default())
        };
        cell.get_or_init(|| self.ask(image, sources)).clone()
    }

    /// Asks for an image itself, whatever the table says of it.
    pub fn image(&self, image: &ImageRef) -> Option<ImageFacts> {
        self.once(image, &self.order)
    }
}

impl Beyond for Sources {
    fn over(&self, image: &ImageRef, table: Facts) -> Facts {
        let at = self
            .order
            .iter()
            .position(Option::is_none)
            .unwrap_or_default();
        let enough = table.is_known() && table.confidence >= Confidence::Read;
        // Windows has no users that matter here, and its images are large.
        let foreign =
            table.from != FactSource::Nothing && table.family == crate::bases::Family::Windows;
        let sources = if enough || foreign {
            &self.order[..at]
        } else {
            &self.order[..]
        };
        if sources.iter().all(Option::is_none) {
            return table;
        }
        match self.once(image, sources) {
            Some(found) => over(table, &found),
            None => table,
        }
    }
}

fn answer(image: &ImageRef, facts: &ImageFacts) -> Answer {
    let origin = &facts.origin;
    // What the user lays over the table is no claim of the table's.
    let table = lookup(&image.to_string(), &Overrides::default());
    Answer {
        place: origin.place.clone(),
        digest: origin.digest.clone(),
        date: origin.date.clone(),
        cached: origin.cached,
        partial: facts.files.as_ref().err().cloned(),
        contradicts: contradictions(&table, facts),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
