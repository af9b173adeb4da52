//! Makes the images that Dockerfiles build run as a non-root user, and keeps them working.
//!
//! ```text
//! bytes -> Document -> Stages -> Verdict -> Finding {fix} -> Patched {before, after} -> render | write | repo
//! ```
//!
//! Every arrow is a pure function but four: the build context is read behind [`context::BuildContext`],
//! [`lookup`] asks registries and engines where that is wanted, [`repo`] makes commits, and only the command line writes files. The library prints nothing and never exits.

pub mod action;
mod address;
pub mod analysis;
pub mod baseline;
pub mod bases;
pub mod brought;
pub mod clock;
pub mod config;
pub mod context;
pub mod deployments;
pub mod discover;
pub mod dockerfile;
pub mod edits;
pub mod finding;
pub mod fix;
mod fnv;
pub mod forge;
pub mod levels;
pub mod lookup;
pub mod plan;
pub mod pr;
pub mod programs;
pub mod recipes;
pub mod render;
pub mod repo;
pub mod rules;
pub mod secret;
pub mod shell;
pub mod source;
pub mod stages;
pub mod start;
pub mod suppress;
pub mod survey;
pub mod verdict;
pub mod verify;
