//! Proof: builds a Dockerfile as it is and as fixed, runs both, and compares what they do.
//!
//! ```text
//! Engine (command line) -> Image x 2 -> Seen x 2 (and harder variants) -> Line.. -> Verdict
//! ```
//!
//! Everything that it makes carries [`LABEL`] and is removed when [`prove()`] returns, however it ends;
//! [`sweep`] removes what a killed run left.

mod checks;
mod compare;
mod complaints;
mod container;
mod context;
mod engine;
mod files;
mod image;
mod inspect;
mod learn;
mod obstacles;
pub(crate) mod process;
mod processes;
mod prove;
mod report;
mod request;
pub(crate) mod session;
mod sockets;
#[cfg(test)]
mod tests_compare;

pub use context::build_context;
pub use engine::{Found, find, names};
pub use image::ignore_file;
pub use process::Cancel;
pub use processes::Process;
pub use prove::{Candidate, Proven, prove};
pub use report::{Check, Line, LineResult, Obstacle, ObstacleKind, Proof, Times, Verdict};
pub use request::{Request, Running, Watcher, refused_option};
pub use session::{LABEL, sweep};
