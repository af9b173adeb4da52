//! Places that host repositories and their pull requests. There is one so far, [`github`]; what a second one
//! shares with it lies here.

pub mod github;
mod remote;

pub use remote::{Remote, RemoteError};
