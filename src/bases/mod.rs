//! What is known of base images without asking anyone: an embedded table, with a source for every entry,
//! and what the user says over it.

mod accounts;
mod entry;
pub mod explain;
mod kinds;
mod mirrors;
pub mod overrides;
mod pattern;
pub mod reference;
mod row;
mod start;
pub mod table;
pub mod twins;

pub use accounts::{System, SystemAccount, system, system_account};
pub use entry::{FactSource, Facts, is_root_user};
pub use explain::explain;
pub(crate) use kinds::check_words;
pub use kinds::{Confidence, Family, PackageManager, StepsDown, UserTool};
pub use overrides::{Beyond, Overrides};
pub use reference::ImageRef;
pub use row::{Account, Base, StartConfig, StartOfTags};
pub use table::lookup;
