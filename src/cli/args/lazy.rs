//! Arguments that are described only where they are read.

use std::cell::RefCell;
use std::ffi::OsString;
use std::ops::Deref;

use clap::error::Result;
use clap::{ArgMatches, Args, Command, FromArgMatches};

/// The arguments of one command among many: with [`of_named`], clap learns of them only when the command may be the one
/// that is called. To describe all commands takes longer than to look at a Dockerfile.
#[derive(Debug)]
pub(crate) struct Lazy<A>(A);

thread_local! {
    static NAMED: RefCell<Option<Vec<OsString>>> = const { RefCell::new(None) };
}

/// What `make` makes, where those commands alone have arguments whose name is among the words: no other can be the one
/// that is called. What is said of wrong words and in help may lack the others.
pub(crate) fn of_named(words: &[OsString], make: impl FnOnce() -> Command) -> Command {
    NAMED.set(Some(words.to_vec()));
    let command = make();
    NAMED.set(None);
    command
}

impl<A> Deref for Lazy<A> {
    type Target = A;

    fn deref(&self) -> &A {
        &self.0
    }
}

impl<A: Args> Args for Lazy<A> {
    fn augment_args(command: Command) -> Command {
        let is_named = NAMED.with_borrow(|words| {
            let is_name = |word: &OsString| *word == *command.get_name();
            words.as_ref().is_none_or(|words| words.iter().any(is_name))
        });
        if is_named {
            A::augment_args(command)
        } else {
            command
        }
    }

    fn augment_args_for_update(command: Command) -> Command {
        A::augment_args_for_update(command)
    }
}

impl<A: FromArgMatches> FromArgMatches for Lazy<A> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self> {
        A::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<()> {
        self.0.update_from_arg_matches(matches)
    }
}
