//! Reads POSIX shell text (the shell form of RUN, CMD and ENTRYPOINT, heredoc bodies, entrypoint scripts) and says what
//! it does: which users it makes, what it writes and owns, what it installs, whether it gives up root.
//!
//! It runs nothing and decides nothing. What it cannot know it leaves out or marks: a value is `None`, an act
//! conditional, a text incomplete.

pub mod accounts;
pub mod argv;
pub mod called;
pub mod files;
pub mod home;
pub mod home_places;
pub mod lex;
pub mod packages;
pub mod rights;
pub mod stepdown;
pub mod users;
pub mod word;

mod compound;
mod conditions;
mod edit_tools;
mod file_tools;
mod frame;
mod home_data;
mod lexword;
mod opts;
mod output_tools;
mod parse;
mod paths;
mod prefix;
mod redirect;
mod scan;
mod scope;
mod user_options;
mod user_tools;

pub(crate) use prefix::is_shell;

#[cfg(test)]
mod tests_accounts;
#[cfg(test)]
mod tests_files;
#[cfg(test)]
mod tests_home;
#[cfg(test)]
mod tests_hostile;
#[cfg(test)]
mod tests_lex;
#[cfg(test)]
mod tests_packages;
#[cfg(test)]
mod tests_stepdown;
#[cfg(test)]
mod tests_users;
#[cfg(test)]
mod tests_word;
