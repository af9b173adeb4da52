//! CMD and ENTRYPOINT: what the container runs.

use crate::dockerfile::{StringArray, View, string_array};

/// A CMD or ENTRYPOINT that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Index of the instruction in the document.
    pub instruction: usize,
    /// Exec or shell form.
    pub form: Form,
}

/// The two forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// `["a", "b"]`; empty clears what is inherited.
    Exec(Vec<String>),
    /// Text for the shell.
    Shell(String),
}

/// The exec form of these words: `["a", "b"]`.
pub fn exec_form<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words = words.into_iter();
    let words: Vec<String> = words
        .map(|word| serde_json::Value::from(word).to_string())
        .collect();
    format!("[{}]", words.join(", "))
}

impl Command {
    /// Reads the arguments of CMD or ENTRYPOINT.
    pub(super) fn read(view: &View<'_>, instruction: usize) -> Self {
        let form = match string_array(view.args) {
            StringArray::Strings(words) => {
                Form::Exec(words.into_iter().map(|(word, _)| word).collect())
            }
            _ if view.args.is_empty() => Form::Exec(Vec::new()),
            _ => Form::Shell(String::from_utf8_lossy(view.args).into_owned()),
        };
        Self { instruction, form }
    }

    /// True for `ENTRYPOINT []` and the like.
    pub const fn is_empty(&self) -> bool {
        match &self.form {
            Form::Exec(words) => words.is_empty(),
            Form::Shell(text) => text.is_empty(),
        }
    }
}
