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
    /// The container goes on starting as root, and steps down.
    pub steps_down: bool,
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
        if let [file] = self.files.as_slice() {
            sections.push(file.alone());
        } else {
            sections.extend(self.files.iter().map(FileNote::among_others));
            sections.extend(self.for_all());
        }
        sections.extend(self.left_alone());
        sections.push(Section::fixed(footer()));
        fit(&sections, limit)
    }

    fn intro(&self) -> String {
        let matters = "is taken over, the intruder is root in the container, and root to every mounted folder and to the kernel that the host shares with it. CIS Docker Benchmark 4.1 asks for a non-root user.";
        if let [file] = self.files.as_slice() {
            let path = span(&file.path);
            let targets = file.targets.iter();
            let starts: Vec<String> = targets.map(|target| target.starts(&path)).collect();
            let changes = file.targets.iter().map(|target| change(&target.fix));
            let changes: Vec<String> = changes.collect();
            format!(
                "{} If its program {matters}\n\n{}\n",
                starts.join(" "),
                changes.join(" ")
            )
        } else {
            let count: usize = self.files.iter().map(|file| file.targets.len()).sum();
            format!(
                "{count} containers that are built here start as root. If the program of one {matters}\n"
            )
        }
    }

    /// What would stand below each of several files.
    fn for_all(&self) -> Option<Section> {
        if self.files.is_empty() {
            return None;
        }
        let unproven = self
            .files
            .iter()
            .filter(|file| file.proof == ProofNote::NotRun);
        let commands: Vec<&str> = unproven.map(|file| file.verify.as_str()).collect();
        let mut text = String::new();
        if !commands.is_empty() {
            text = format!("{}\n", not_run(&commands));
        }
        if self.files.iter().any(|file| !file.steps_down) {
            text.push_str(&list(
                "What could break in all of them",
                &[MOUNTS.to_owned()],
            ));
        }
        Some(Section {
            full: text,
            short: Some(String::new()),
        })
    }

    fn left_alone(&self) -> Option<Section> {
        if self.left.is_empty() {
            return None;
        }
        let lines: String = self
            .left
            .iter()
            .map(|left| format!("- {}: {}\n", span(&left.path), prose(&left.why)))
            .collect::<Vec<_>>()
            .concat();
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
    fn starts(&self, path: &str) -> String {
        let why = prose(&self.why);
        match &self.stage {
            Some(stage) => format!(
                "The container built from stage {} of {path} {why}.",
                span(stage)
            ),
            None => format!("The container built from {path} {why}."),
        }
    }
}

impl FileNote {
    /// The only file: the first paragraph is about it.
    fn alone(&self) -> Section {
        let mut watch = self.watch.clone();
        if !self.steps_down {
            watch.push(MOUNTS.to_owned());
        }
        let checked = self.checked().unwrap_or_else(|| not_run(&[&self.verify]));
        Section {
            full: format!(
                "{}\n{}{checked}\n{}",
                self.diff_block(),
                self.why(),
                self.could_break(&watch)
            ),
            short: Some(format!(
                "The diff and its reasons are too long to stand here.\n\n{checked}"
            )),
        }
    }

    fn among_others(&self) -> Section {
        let mut head = format!("### {}\n\n", span(&self.path));
        for target in &self.targets {
            let stage = target.stage.as_ref();
            let stage = stage.map_or(String::new(), |stage| format!("Stage {} ", span(stage)));
            let starts = capital(&format!("{stage}{}", prose(&target.why)));
            head.push_str(&format!("{starts}. {}\n", change(&target.fix)));
        }
        let checked = self.checked().unwrap_or_default();
        Section {
            full: format!(
                "{head}\n{}\n{}{checked}\n{}",
                self.diff_block(),
                self.why(),
                self.could_break(&self.watch)
            ),
            short: Some(format!("{head}\n{checked}")),
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
        list("Why these lines", &self.reasons)
    }

    fn could_break(&self, lines: &[String]) -> String {
        list(
            if self.safe {
                "What could break"
            } else {
                "What could break: please check"
            },
            lines,
        )
    }

    /// What was seen when it was built and run; none when it was not.
    fn checked(&self) -> Option<String> {
        let said = match &self.proof {
            ProofNote::NotRun => return None,
            ProofNote::Proven { engine, same } => {
                let same: Vec<String> = same.iter().map(|line| prose(line)).collect();
                format!(
                    "The image was built and run as it is and as changed, with {}. As changed it {}.",
                    span(engine),
                    joined(&same)
                )
            }
            ProofNote::NotProvable { why } => {
                format!(
                    "{READ} Building and running it gave no answer where this ran: {}.",
                    prose(why)
                )
            }
            ProofNote::Broken { why } => format!(
                "Built and run, the changed image **does not do** what the original does: {}.",
                prose(why)
            ),
        };
        let command = block("console", &format!("$ {}", self.verify));
        Some(format!(
            "**What was checked**\n\n{said} To repeat it:\n\n{command}"
        ))
    }
}

/// What no Dockerfile shows.
const MOUNTS: &str = "volumes and folders of the host that exist already keep their owner: where a container writes to one, give it to the new user once";

/// What is always checked.
const READ: &str = "The file, its build context, and what is known of its base image.";

fn not_run(commands: &[&str]) -> String {
    let commands: Vec<String> = commands
        .iter()
        .map(|command| format!("$ {command}"))
        .collect();
    format!(
        "**What was checked**\n\n{READ} Nothing was built or run for it. With docker, podman or nerdctl, this builds and runs it as it is and as changed, and compares:\n\n{}",
        block("console", &commands.join("\n"))
    )
}

/// `With this change it runs as app.`
fn change(fix: &str) -> String {
    if let Some(user) = fix.strip_prefix("step down from root to ") {
        return format!(
            "With this change it starts as root only to hand over what a volume may have left root's, and runs as {}.",
            prose(user)
        );
    }
    match fix.strip_prefix("run as ") {
        Some(user) => {
            let user = user.strip_suffix(" instead of root").unwrap_or(user);
            format!("With this change it runs as {}.", prose(user))
        }
        None => format!("The change: {}.", prose(fix)),
    }
}

/// The last paragraph: who speaks, and how to be left in peace.
fn footer() -> String {
    format!(
        "---\n\n[unroot]({}), a program, wrote this change and this text; nobody has reviewed them yet. If you do not want them, close the pull request: it is not opened again. A commit of yours on the branch, or an edit of yours in this text, is left as you made it. Dockerfiles that a `.ignore` file names are not looked for.\n",
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
        .collect::<Vec<_>>()
        .concat();
    format!("**{title}**\n\n{items}\n")
}

/// `a, b and c`
fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
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
