//! GitHub and GitHub Enterprise Server: the few calls that a pull request needs, over their REST API (version
//! 2022-11-28) and one mutation of their GraphQL API.

mod agent;
mod call;
mod client;
mod endpoints;
mod error;
mod graphql;
mod limits;
mod paging;
mod pulls;
mod repository;
mod retry;

pub use call::{Call, Method, Mode};
pub use client::Client;
pub use endpoints::{EndpointError, Endpoints};
pub use error::{Error, Kind};
pub use graphql::{Addition, Commit, NewCommit};
pub use pulls::{Change, Head, HeadRepository, Label, NewPull, Pull, PullState};
pub(crate) use pulls::{encoded, encoded_path};
pub use repository::{Permissions, Repository};
pub use retry::{Clock, Patience, SystemClock};
