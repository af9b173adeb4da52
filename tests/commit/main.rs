//! `unroot commit` on real repositories of every kind: what it commits, whose the branch is, what a push does, and
//! that nothing else changes.

mod branch;
mod files;
mod kinds;
mod library;
mod push;
mod step_down;
mod token;

#[path = "../common/git_http.rs"]
mod git_http;
#[path = "../common/repository.rs"]
mod repository;
