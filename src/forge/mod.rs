//! Places that host repositories and their pull requests. There is one so far, [`github`]; what a second one
//! shares with it lies here.

pub mod github;
mod remote;
mod token;

pub use remote::{Remote, RemoteError};
pub use token::Token;
