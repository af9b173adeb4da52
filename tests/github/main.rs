//! Pull requests against a GitHub on loopback that remembers and fails (`tests/common/github`), and a branch that
//! does what git would. Each test says which calls are made: a call more is a notification more for somebody.

#[path = "../common/github/mod.rs"]
mod double;

mod branch;
mod doubled;
mod errors;
mod life;
mod lost;
mod people;
mod run;
mod signed;
