//! Which stage builds on which, and which of them is asked for.

use std::ops::Range;

use thiserror::Error;

use crate::dockerfile::{
    Document, Instruction, Keyword, StringArray, blank_words, quoted_words, string_array,
};

use super::env::{BuildArgs, Env, Missing, Var};

/// The stages of a document.
#[derive(Debug)]
pub struct Stages<'d, 's> {
    /// What was read.
    pub document: &'d Document<'s>,
    /// In the order of the file.
    pub all: Vec<Stage>,
    /// ARGs before the first FROM; an ARG of a stage sees them only when it declares them again.
    pub(super) globals: Env,
    pub(super) build_args: BuildArgs,
}

/// One stage.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Its place, from 0.
    pub index: usize,
    /// `AS name`, in lower case as `BuildKit` keeps it.
    pub name: Option<String>,
    /// Index of its FROM among the document's instructions.
    pub from: usize,
    /// Its other instructions.
    pub body: Range<usize>,
    /// What it builds on.
    pub base: BaseRef,
    /// A variable in the base's name that has no value: a build argument makes it another base.
    pub base_missing: Option<Missing>,
    /// `--platform=`, expanded.
    pub platform: Option<String>,
}

/// What a FROM names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaseRef {
    /// An earlier stage.
    Stage(usize),
    /// The reserved empty base.
    Scratch,
    /// An image.
    Image(String),
    /// It cannot be known from the file; holds the text as written.
    Unknown(String),
}

/// Which stages a build is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Target {
    /// Those that files of the repository build, and the last one where they name none.
    #[default]
    Shipped,
    /// The last one, as `docker build` does.
    Last,
    /// `--target NAME` (or a number).
    Named(String),
    /// Every stage that no other stage builds on or copies from.
    All,
}

/// The target that was asked for is not in the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no stage `{name}`; the stages are: {known}")]
pub struct TargetError {
    /// What was asked for.
    pub name: String,
    /// What there is.
    pub known: String,
}

impl<'d, 's> Stages<'d, 's> {
    /// Reads the graph. The document should have no problems; with them it is read as far as it goes.
    pub fn read(document: &'d Document<'s>, build_args: &BuildArgs) -> Self {
        let mut stages = Self {
            document,
            all: Vec::new(),
            globals: platform_args(build_args),
            build_args: build_args.clone(),
        };
        for (index, instruction) in document.instructions.iter().enumerate() {
            match instruction.keyword() {
                Keyword::From => stages.push(index, instruction),
                Keyword::Arg if stages.all.is_empty() => stages.global(instruction),
                _ => {
                    if let Some(stage) = stages.all.last_mut() {
                        stage.body.end = index + 1;
                    }
                }
            }
        }
        stages
    }

    /// The stages that `target` asks for, as far as the file alone tells: [`crate::analysis::targets`] knows more.
    pub fn targets(&self, target: &Target) -> Result<Vec<usize>, TargetError> {
        match target {
            Target::Shipped | Target::Last => Ok(self
                .all
                .last()
                .map(|stage| stage.index)
                .into_iter()
                .collect()),
            Target::Named(name) => self.find(name).map(|index| vec![index]).ok_or_else(|| {
                let known = self
                    .all
                    .iter()
                    .map(|stage| {
                        stage
                            .name
                            .clone()
                            .unwrap_or_else(|| stage.index.to_string())
                    })
                    .collect::<Vec<_>>()
                    .join(", ");
                TargetError {
                    name: name.clone(),
                    known,
                }
            }),
            Target::All => {
                let used = self.used();
                Ok((0..self.all.len()).filter(|index| !used[*index]).collect())
            }
        }
    }

    /// The stages from the one that builds on no other stage down to `index`.
    pub fn chain(&self, index: usize) -> Vec<usize> {
        let mut chain = vec![index];
        let mut at = index;
        while let Some(BaseRef::Stage(parent)) = self.all.get(at).map(|stage| &stage.base) {
            at = *parent;
            chain.push(at);
        }
        chain.reverse();
        chain
    }

    /// The base outside the file that `index` rests on in the end.
    pub fn root_base(&self, index: usize) -> &BaseRef {
        &self.all[self.chain(index)[0]].base
    }

    /// True when a later stage is FROM this one, so that what it sets is inherited there.
    pub fn has_children(&self, index: usize) -> bool {
        self.all
            .iter()
            .any(|stage| stage.base == BaseRef::Stage(index))
    }

    /// Name or number of a stage, for messages.
    pub fn label(&self, index: usize) -> String {
        self.all[index]
            .name
            .clone()
            .unwrap_or_else(|| index.to_string())
    }

    /// The stage that `--target` and `COPY --from` mean by `name`: a name in any case, else a number.
    pub fn find(&self, name: &str) -> Option<usize> {
        let by_name = self.all.iter().rev().find(|stage| {
            stage
                .name
                .as_deref()
                .is_some_and(|known| known.eq_ignore_ascii_case(name))
        });
        by_name
            .map(|stage| stage.index)
            .or_else(|| name.parse().ok().filter(|index| *index < self.all.len()))
    }

    fn global(&mut self, instruction: &Instruction<'_>) {
        let escape = self.document.directives.escape;
        let args = instruction.args();
        for word in quoted_words(args, escape) {
            let text = String::from_utf8_lossy(&args[word]);
            let (name, default) = match text.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (text.as_ref(), None),
            };
            let given = self.build_args.get(name).map(str::to_owned);
            let var = match (given, default) {
                (Some(value), _) => Some(Var {
                    value,
                    from_arg: true,
                    missing: None,
                }),
                (None, Some(default)) => self.globals.expand(default, escape).ok().map(|var| Var {
                    from_arg: true,
                    ..var
                }),
                (None, None) => None,
            };
            match var {
                Some(var) => self.globals.set(name.to_owned(), var),
                None => self.globals.declare(name),
            }
        }
    }

    fn push(&mut self, index: usize, instruction: &Instruction<'_>) {
        let args = instruction.args();
        let words = blank_words(args);
        let word = |at: usize| {
            words
                .get(at)
                .map(|range| String::from_utf8_lossy(&args[range.clone()]).into_owned())
        };
        let written = word(0).unwrap_or_default();
        let (base, base_missing) = self.base(&written);
        let platform = instruction.head.flag("platform").map(|text| {
            let escape = self.document.directives.escape;
            self.globals
                .expand(text, escape)
                .map_or_else(|_| text.to_owned(), |var| var.value)
        });
        self.all.push(Stage {
            index: self.all.len(),
            name: word(2).map(|name| name.to_lowercase()),
            from: index,
            body: index + 1..index + 1,
            base,
            base_missing,
            platform,
        });
    }

    fn base(&self, written: &str) -> (BaseRef, Option<Missing>) {
        let expanded = self
            .globals
            .expand(written, self.document.directives.escape);
        let Ok(var) = expanded else {
            return (BaseRef::Unknown(written.to_owned()), None);
        };
        // The name is compared as it is: `FROM Builder` is an image although `AS Builder` is a stage.
        let stage = self
            .all
            .iter()
            .rev()
            .find(|stage| stage.name.as_deref() == Some(var.value.as_str()));
        let base = match (stage, var.value.as_str()) {
            (Some(stage), _) => BaseRef::Stage(stage.index),
            (None, "") => BaseRef::Unknown(written.to_owned()),
            (None, "scratch") => BaseRef::Scratch,
            (None, _) => BaseRef::Image(var.value),
        };
        (base, var.missing)
    }

    fn used(&self) -> Vec<bool> {
        let mut used = vec![false; self.all.len()];
        let mut mark = |index: Option<usize>| {
            if let Some(slot) = index.and_then(|index| used.get_mut(index)) {
                *slot = true;
            }
        };
        for stage in &self.all {
            if let BaseRef::Stage(parent) = stage.base {
                mark(Some(parent));
            }
            for instruction in &self.document.instructions[stage.body.clone()] {
                for flag in &instruction.head.flags {
                    match flag.name() {
                        "from" => mark(flag.value().and_then(|name| self.find(name))),
                        "mount" => {
                            let from = flag
                                .value()
                                .unwrap_or_default()
                                .split(',')
                                .find_map(|field| field.strip_prefix("from="));
                            mark(from.and_then(|name| self.find(name)));
                        }
                        _ => {}
                    }
                }
            }
        }
        used
    }
}

/// Paths of a COPY, ADD or VOLUME in either form, as joined text.
pub(crate) fn list(args: &[u8]) -> Vec<String> {
    match string_array(args) {
        StringArray::Strings(words) => words.into_iter().map(|(word, _)| word).collect(),
        _ => blank_words(args)
            .into_iter()
            .map(|word| String::from_utf8_lossy(&args[word]).into_owned())
            .collect(),
    }
}

/// What `BuildKit` predefines for FROM, on the platform that most builds are for.
fn platform_args(build_args: &BuildArgs) -> Env {
    let mut env = Env::default();
    for (name, value) in PLATFORM_ARGS {
        let value = build_args.get(name).unwrap_or(value).to_owned();
        env.set(
            name.to_owned(),
            Var {
                value,
                from_arg: true,
                missing: None,
            },
        );
    }
    env
}

const PLATFORM_ARGS: [(&str, &str); 9] = [
    ("BUILDPLATFORM", "linux/amd64"),
    ("BUILDOS", "linux"),
    ("BUILDOSVERSION", ""),
    ("BUILDARCH", "amd64"),
    ("BUILDVARIANT", ""),
    ("TARGETPLATFORM", "linux/amd64"),
    ("TARGETOS", "linux"),
    ("TARGETARCH", "amd64"),
    ("TARGETVARIANT", ""),
];
