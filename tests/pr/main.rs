//! `unroot pr` from end to end: real repositories, a real git server behind a token, and a GitHub that remembers.

mod act;
mod action;
mod errors;
mod life;
mod proof;
mod setting;
mod token;

#[path = "../common/github/mod.rs"]
mod double;
#[path = "../common/git_http.rs"]
mod git_http;
#[path = "../common/repository.rs"]
mod repository;
