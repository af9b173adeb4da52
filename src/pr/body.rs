//! The text of a pull request: what its reader decides by, in half a minute.

use crate::render::escape::{block, prose, span};

use super::mark;
use super::sections::{Section, fit};

/// GitHub's limit, in characters.
pub const LONGEST: usize = 65_536;

/// A diff with more lines is folded.
const LONG_DIFF: usize = 40;
/// A list with more entries is folded.
const LONG_LIST: usize = 6;

/// What a pull request says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// The Dockerfiles that change.
    pub files: Vec<FileNote>,
    /// What starts as root, or may, and does not change.
    pub left: Vec<LeftAlone>,
}

/// A Dockerfile that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileNote {
    /// Its path in the repository.
    pub path: String,
    /// What starts as root there: one target mostly.
    pub targets: Vec<TargetNote>,
    /// Its patch, and those of files that change with it.
    pub diff: String,
    /// Why each edit, a clause each.
    pub reasons: Vec<String>,
    /// What could go wrong, and what must follow, a clause each.
    pub watch: Vec<String>,
    /// The file, the base and the build context give no reason to doubt that it works.
    pub safe: bool,
    /// Whether it was built and run.
    pub proof: ProofNote,
    /// The command that builds and runs it.
    pub verify: String,
}

/// Something that starts as root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetNote {
    /// The stage, where it is not the last one.
    pub stage: Option<String>,
    /// `starts as root: ...`, a clause.
    pub why: String,
    /// What is done, a clause: `run as app (10001:10001)`.
    pub fix: String,
}

/// What is known from building and running it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofNote {
    /// It was not built.
    NotRun,
    /// Both images were built and run, and compared.
    Proven {
        /// With what.
        engine: String,
        /// What was compared and came out as it should.
        same: Vec<String>,
    },
    /// It could not be proven where this ran.
    NotProvable {
        /// Why, a clause.
        why: String,
    },
    /// The fixed image was seen to do less.
    Broken {
        /// What, a clause.
        why: String,
    },
}

/// Something that does not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftAlone {
    /// The Dockerfile.
    pub path: String,
    /// Why, a clause.
    pub why: String,
}

impl Body {
    /// The text for GitHub, with room for the hidden mark below it. What does not fit is left out by whole sections,
    /// and a line says so.
    pub fn render(&self) -> String {
        self.within(LONGEST - mark::ROOM)
    }

    /// The whole text, for a place that takes more: a run's summary.
    pub fn full(&self) -> String {
        self.within(usize::MAX)
    }

    /// The text in at most so many characters; the first paragraph and the last stand in any case.
    pub fn within(&self, limit: usize) -> String {
        let mut sections = vec![Section::fixed(self.intro())];
        let alone = self.files.len() == 1;
        for file in &self.files {
            sections.push(file.section(alone));
        }
        sections.extend(self.left_alone());
        sections.push(Section::fixed(footer()));
        fit(&sections, limit)
    }

    fn intro(&self) -> String {
        let matters = "A program that somebody takes over is then root in its container, and acts as root on mounted folders and on the kernel that it shares with the host (CIS Docker Benchmark 4.1).";
        match self.files.as_slice() {
            [file] => {
                let mut text = String::new();
                for target in &file.targets {
                    text.push_str(&format!("{}. ", target.sentence(&file.path)));
                }
                let users = file.targets.iter().map(|target| prose(&target.fix));
                let users: Vec<String> = users.collect();
                format!("{text}{matters}\n\nThe change: {}.\n", users.join("; "))
            }
            files => {
                let count: usize = files.iter().map(|file| file.targets.len()).sum();
                format!(
                    "{count} containers that are built here start as root. {matters}\n\nThe change makes each of them run as a user, by the smallest edit that was found to do.\n"
                )
            }
        }
    }

    fn left_alone(&self) -> Option<Section> {
        if self.left.is_empty() {
            return None;
        }
        let lines: String = self
            .left
            .iter()
            .map(|left| format!("- {}: {}\n", span(&left.path), prose(&left.why)))
            .collect();
        let count = self.left.len();
        let title = if count == 1 {
            "1 other that starts as root, or may".to_owned()
        } else {
            format!("{count} others that start as root, or may")
        };
        Some(Section {
            full: if count > LONG_LIST {
                folded(&format!("Left alone: {title}"), &lines)
            } else {
                format!("**Left alone**\n\n{lines}")
            },
            short: Some(format!("**Left alone**: {title}.\n")),
        })
    }
}

impl TargetNote {
    fn sentence(&self, path: &str) -> String {
        let path = span(path);
        let why = prose(&self.why);
        match &self.stage {
            Some(stage) => format!(
                "The container built from stage {} of {path} {why}",
                span(stage)
            ),
            None => format!("The container built from {path} {why}"),
        }
    }
}

impl FileNote {
    fn section(&self, alone: bool) -> Section {
        let mut head = String::new();
        if !alone {
            head.push_str(&format!("### {}\n\n", span(&self.path)));
            for target in &self.targets {
                let stage = target.stage.as_ref();
                let stage = stage.map_or(String::new(), |stage| format!("Stage {} ", span(stage)));
                let why = capital(&format!("{stage}{}", prose(&target.why)));
                head.push_str(&format!("{why}. The change: {}.\n", prose(&target.fix)));
            }
            head.push('\n');
        }
        let rest = format!("{}{}{}", self.why(), self.could_break(), self.checked());
        Section {
            full: format!("{head}{}\n{rest}", self.diff_block()),
            short: Some(format!(
                "{head}{}{}",
                if alone {
                    "The diff and the reasons are too long for this text.\n\n"
                } else {
                    ""
                },
                self.checked()
            )),
        }
    }

    fn diff_block(&self) -> String {
        let diff = block("diff", &self.diff);
        let lines = self.diff.lines().count();
        if lines > LONG_DIFF {
            folded(&format!("The diff ({lines} lines)"), &diff)
        } else {
            diff
        }
    }

    fn why(&self) -> String {
        list("Why", &self.reasons)
    }

    fn could_break(&self) -> String {
        let mut lines = self.watch.clone();
        lines.push(
            "volumes and folders of the host that exist already keep their owner: where the container writes to one, it must be given to the new user once".into(),
        );
        let mut text = list("What could break", &lines);
        if self.safe {
            return text;
        }
        text = text.replacen(
            "**What could break**\n",
            "**What could break** (this one needs your eye)\n",
            1,
        );
        text
    }

    fn checked(&self) -> String {
        let command = block("console", &format!("$ {}", self.verify.replace('\n', " ")));
        let repeat = format!("To repeat it, with docker, podman or nerdctl:\n\n{command}");
        let said = match &self.proof {
            ProofNote::NotRun => {
                return format!(
                    "**What was checked**: the file, its build context, and what is known of its base image. Nothing was built or run; this does both, before and after, and compares:\n\n{command}"
                );
            }
            ProofNote::Proven { engine, same } => {
                let same: Vec<String> = same.iter().map(|line| prose(line)).collect();
                format!(
                    "both images were built and run with {}, and what was compared came out as it should: {}.",
                    span(engine),
                    same.join(", ")
                )
            }
            ProofNote::NotProvable { why } => {
                format!(
                    "the file, its build context, and what is known of its base image. Building and running it gave no answer where this ran: {}.",
                    prose(why)
                )
            }
            ProofNote::Broken { why } => {
                format!(
                    "built and run, the fixed image **did not do** what the original does: {}.",
                    prose(why)
                )
            }
        };
        format!("**What was checked**: {said} {repeat}")
    }
}

/// The last paragraph: who speaks, and how to be left in peace.
fn footer() -> String {
    format!(
        "---\n\n[unroot]({}), a program, wrote this change and this text; no person has looked at them yet. Not wanted? Close the pull request, and it is not opened again. A commit of yours on the branch, or an edit of this text, stays as you made it. A Dockerfile that a `.ignore` file names is never looked at.\n",
        env!("CARGO_PKG_REPOSITORY")
    )
}

fn list(title: &str, lines: &[String]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let items: String = lines
        .iter()
        .map(|line| format!("- {}\n", prose(line)))
        .collect();
    format!("**{title}**\n\n{items}\n")
}

fn folded(title: &str, text: &str) -> String {
    format!("<details><summary>{title}</summary>\n\n{text}\n</details>\n")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
