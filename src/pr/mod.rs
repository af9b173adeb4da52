//! Pull requests: what they say, and when one is made, changed, closed or left alone.
//!
//! ```text
//! Patched, Proof -> describe -> Body -> render -> Proposal -> sync (Branch, forge::github::Client) -> Outcome
//! ```

pub mod body;
mod branch;
pub mod describe;
mod link;
mod mark;
mod outcome;
mod publish;
mod sections;
mod signed;
mod sync;
mod title;

pub use branch::{Branch, BranchError, Deleted, Pushed, RemoteState};
pub use link::compare_link;
pub use mark::fingerprint;
pub use outcome::{Operation, Outcome, Step, Stop};
pub use signed::{SignedBranch, SignedFile};
pub use sync::{Proposal, SyncError, Wanted, sync};
pub use title::title;
