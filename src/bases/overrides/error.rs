//! What can be wrong with an override.

use crate::bases::reference::ReferenceError;

/// Why an override cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrideError {
    /// `--base-user` has no `=`.
    #[error("`{0}` is not IMAGE=USER")]
    NotAPair(String),
    /// The image is empty or no image can be called so.
    #[error("`{image}`: {reason}")]
    Image {
        /// The image as written.
        image: String,
        /// What is wrong with it.
        reason: ReferenceError,
    },
    /// `run_as` names nobody in `users`.
    #[error("`{image}`: run_as = \"{run_as}\" is not among its users")]
    RunAs {
        /// The image as written.
        image: String,
        /// The name.
        run_as: String,
    },
    /// `recipe` names none of `data/recipes`.
    #[error("`{image}`: there is no recipe called \"{recipe}\"")]
    Recipe {
        /// The image as written.
        image: String,
        /// The name.
        recipe: String,
    },
    /// `tag_re` is no regular expression.
    #[error("`{image}`: tag_re = \"{tag_re}\" is no regular expression")]
    TagRe {
        /// The image as written.
        image: String,
        /// What was to be one.
        tag_re: String,
    },
    /// `is_root` says something else than `user`.
    #[error("`{image}`: is_root = {is_root}, and user = \"{user}\"")]
    IsRoot {
        /// The image as written.
        image: String,
        /// What it says.
        is_root: bool,
        /// The user.
        user: String,
    },
    /// `start` is not the words of a command.
    #[error("`{image}`: start: {reason}")]
    Start {
        /// The image as written.
        image: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An entry that says nothing.
    #[error("`{0}`: the entry says nothing about the image")]
    Nothing(String),
}
