//! What the GitHub Action needs to know of where it runs: its inputs, the event, and the forms in which a step
//! answers. Nothing here reads the environment or writes a file; the command line does.

pub mod event;
pub mod inputs;
pub mod outputs;
pub mod summary;

pub use event::Event;
pub use inputs::{FailOn, InputError, Inputs, Mode, PullRequest};
