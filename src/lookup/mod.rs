//! Looks at images that exist, where the embedded table has no answer: through the local engine or the image's registry.
//! Nothing here is asked unless somebody wants it; `docs/lookup.md` says what leaves the machine.
//!
//! ```text
//! ImageRef -> ImageSource (Registry | Engine) -> ImageFacts -> Facts (over the table's) | Judged (of the image itself)
//! ```

mod accounts;
mod cache;
mod config;
mod contradict;
mod credentials;
mod digest;
mod engine;
mod error;
mod image;
mod judge;
mod limits;
mod measured;
mod registry;
mod rootfs;
mod sources;
mod steps;
mod system;
mod tar;
mod tree;

pub use cache::Cache;
pub use contradict::Contradiction;
pub use credentials::Credentials;
pub use engine::LocalEngine;
pub use error::{Kind, LookupError};
pub use image::{Found, ImageConfig, ImageFacts, ImageFiles, Origin, Platform, SourceName};
pub use judge::{Judged, judge};
pub use limits::Limits;
pub use registry::Registry;
pub use sources::{Answer, LookedUp, Sources};

use crate::bases::ImageRef;

/// Who can tell of an image.
pub trait ImageSource: std::fmt::Debug + Send + Sync {
    /// Which of the sources it is.
    fn name(&self) -> SourceName;

    /// What it knows of an image, for a platform where it has several.
    fn image(&self, image: &ImageRef, platform: &Platform) -> Result<ImageFacts, LookupError>;
}
