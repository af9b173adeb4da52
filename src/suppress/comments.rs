//! The comments of a file, and the instruction that each is about.

use memchr::memmem;

use super::foreign::{self, Reach};
use super::own::{self, Wrong};
use super::{Heed, Source, Suppression};
use crate::dockerfile::{Document, ItemKind, Keyword};
use crate::finding::{Finding, Label, Level, Reason, Rule};
use crate::source::{Span, line_of};

/// Comments that suppress findings, and those of ours that were to.
#[derive(Debug, Default)]
pub struct Comments {
    entries: Vec<Entry>,
    wrong: Vec<(Span, usize, Wrong)>,
}

#[derive(Debug)]
struct Entry {
    tool: &'static str,
    /// None for all.
    rules: Vec<Rule>,
    reason: Option<String>,
    scope: Scope,
    span: Span,
    line: usize,
    used: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    File,
    /// The instruction of this index.
    At(usize),
    /// The same, unless it is a FROM.
    AtButFrom(usize),
    /// No instruction stands below.
    Nowhere,
}

/// The name by which our own comments go.
const OWN: &str = "unroot";

/// What comments of other tools mean: which user the container starts as, and nothing else.
const MEANT: [Rule; 3] = [Rule::RunsAsRoot, Rule::UserUndetermined, Rule::StepsDown];

/// One of these stands in each comment that is read.
const WORDS: [&[u8]; 4] = [b"unroot", b"gnore", b"skip", b"nosem"];

impl Comments {
    /// Reads those that count. `today` is a date as ISO 8601 has it.
    pub fn read(document: &Document<'_>, heed: Heed, today: Option<&str>) -> Self {
        let mut comments = Self::default();
        if heed == Heed::None {
            return comments;
        }
        let mut instructions = document.instructions.iter();
        let first_from = instructions.position(|one| one.keyword() == Keyword::From);
        let mut waiting: Vec<Waiting> = Vec::new();
        let mut top = true;
        for item in &document.items {
            match item.kind {
                ItemKind::Comment => {
                    waiting.extend(Waiting::read(document, item.span, heed, top, today));
                }
                ItemKind::Instruction(index) => {
                    let lead = document.instructions[index].lead;
                    for one in waiting.drain(..) {
                        comments.place(one, Some((index, lead)), first_from);
                    }
                    top = false;
                }
                ItemKind::Directive | ItemKind::Blank => {}
            }
        }
        for one in waiting {
            comments.place(one, None, first_from);
        }
        comments
    }

    fn place(&mut self, one: Waiting, below: Option<(usize, usize)>, first_from: Option<usize>) {
        let at = below.map(|(index, _)| index);
        let (tool, rules, reason, scope) = match one.what {
            What::Wrong(wrong) => {
                self.wrong.push((one.span, one.line, wrong));
                return;
            }
            What::Own(own) => {
                let in_block = below.is_some_and(|(_, lead)| lead <= one.span.start);
                let scope = match (at, first_from) {
                    // At the top, and not in the block right above the first stage.
                    (Some(at), Some(from)) if at < from || (at == from && !in_block) => Scope::File,
                    (Some(at), _) => Scope::At(at),
                    (None, _) => Scope::Nowhere,
                };
                (OWN, own.rules, Some(own.reason), scope)
            }
            What::Foreign(found) => {
                let scope = match (found.reach, at) {
                    (Reach::File, _) => Scope::File,
                    (Reach::Next, Some(at)) => Scope::At(at),
                    (Reach::NextButFrom, Some(at)) => Scope::AtButFrom(at),
                    (_, None) => Scope::Nowhere,
                };
                (found.tool, MEANT.to_vec(), found.reason, scope)
            }
        };
        self.entries.push(Entry {
            tool,
            rules,
            reason,
            scope,
            span: one.span,
            line: one.line,
            used: false,
        });
    }

    /// What suppresses the finding; `from` is the FROM of the stage that it is about.
    ///
    /// A comment counts above the instruction that the finding points at, above another one that it shows, and
    /// above that FROM.
    pub fn find(
        &mut self,
        document: &Document<'_>,
        finding: &Finding,
        from: Option<usize>,
    ) -> Option<Suppression> {
        if self.entries.is_empty() {
            return None;
        }
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        let mut places: Vec<usize> = labels
            .filter_map(|label| {
                let at = label.span.start;
                let mut all = document.instructions.iter();
                all.position(|one| (one.span.start..one.span.end).contains(&at))
            })
            .collect();
        places.extend(from);
        let is_from = |at: usize| document.instructions[at].keyword() == Keyword::From;
        let mut found: Option<Suppression> = None;
        for entry in &mut self.entries {
            let meant = entry.rules.is_empty() || entry.rules.contains(&finding.rule);
            let here = match entry.scope {
                Scope::File => true,
                Scope::At(at) => places.contains(&at),
                Scope::AtButFrom(at) => places.contains(&at) && !is_from(at),
                Scope::Nowhere => false,
            };
            if !meant || !here {
                continue;
            }
            entry.used = true;
            // Our own comments go before others'.
            let own = matches!(&found, Some(by) if by.source == Source::Comment(OWN));
            if found.is_none() || (entry.tool == OWN && !own) {
                found = Some(Suppression {
                    source: Source::Comment(entry.tool),
                    reason: entry.reason.clone(),
                    line: Some(entry.line),
                });
            }
        }
        found
    }

    /// Findings about our own comments: those that cannot be followed, and those that suppressed nothing.
    /// `judged` says of an instruction whether what it does was judged.
    pub fn findings(&self, judged: impl Fn(usize) -> bool) -> Vec<Finding> {
        let wrong = self.wrong.iter().map(|(span, line, wrong)| {
            let (message, help) = (wrong.message.clone(), wrong.help.clone());
            finding(Rule::InvalidSuppression, *span, *line, message, help)
        });
        let unused = self.entries.iter().filter(|entry| {
            let judged = match entry.scope {
                Scope::At(at) | Scope::AtButFrom(at) => judged(at),
                Scope::File | Scope::Nowhere => true,
            };
            entry.tool == OWN && !entry.used && judged
        });
        let unused = unused.map(|entry| {
            let message = "nothing is suppressed by this comment".to_owned();
            let help = match entry.scope {
                Scope::File => "take it out",
                _ => "take it out, or put it above the line that the finding points at, or above the FROM of its stage",
            };
            finding(Rule::UnusedSuppression, entry.span, entry.line, message, help.into())
        });
        let mut all: Vec<Finding> = wrong.chain(unused).collect();
        all.sort_by_key(|finding| finding.primary.span);
        all
    }
}

/// A comment whose instruction is not known yet.
struct Waiting {
    what: What,
    span: Span,
    line: usize,
}

enum What {
    Own(own::Own),
    Wrong(Wrong),
    Foreign(foreign::Foreign),
}

impl Waiting {
    fn read(
        document: &Document<'_>,
        span: Span,
        heed: Heed,
        top: bool,
        today: Option<&str>,
    ) -> Option<Self> {
        let line = span.of(document.bytes);
        if !WORDS.iter().any(|word| memmem::find(line, word).is_some())
            && memmem::find(line, b"disable").is_none()
        {
            return None;
        }
        let hash = memchr::memchr(b'#', line)?;
        let text = String::from_utf8_lossy(&line[hash + 1..]);
        // A reason is shown on terminals.
        let text = text.replace(char::is_control, " ");
        let text = text.trim();
        let what = match own::parse(text) {
            Some(Ok(own)) => What::Own(own),
            Some(Err(wrong)) => What::Wrong(wrong),
            None if heed == Heed::Own => return None,
            None => What::Foreign(foreign::parse(text, top, today)?),
        };
        let start = span.start + hash;
        let length = line[hash..].trim_ascii_end().len();
        Some(Self {
            what,
            line: line_of(document.bytes, start),
            span: Span::new(start, start + length),
        })
    }
}

fn finding(rule: Rule, span: Span, line: usize, message: String, help: String) -> Finding {
    let level = match rule {
        Rule::UnusedSuppression => Level::Note,
        _ => Level::Warning,
    };
    Finding {
        rule,
        level,
        message,
        stage: None,
        primary: Label {
            span,
            line,
            text: String::new(),
        },
        related: Vec::new(),
        notes: Vec::new(),
        help: vec![help],
        fix: Err(Reason::new("none", "")),
        alternatives: Vec::new(),
    }
}
