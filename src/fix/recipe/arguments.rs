//! What changes in the arguments of the start command.

use regex::bytes::Regex;

use crate::finding::Edit;
use crate::fix::Subject;
use crate::source::Span;

use super::Used;

impl Used {
    /// What changes in the arguments of the start command: those that only root can follow go, and those come that keep
    /// it from writing into `/`.
    pub(in crate::fix) fn arguments(&self, subject: &Subject<'_, '_, '_>) -> Vec<Edit> {
        let call = self.call(subject).filter(|call| call.place.is_none());
        let Some(at) = subject.verdict.start.instruction.filter(|_| call.is_some()) else {
            return Vec::new();
        };
        let document = subject.stages.document;
        let commands = subject.body().filter(|index| {
            use crate::dockerfile::Keyword::{Cmd, Entrypoint};
            *index == at || matches!(subject.keyword(*index), Cmd | Entrypoint)
        });
        let commands: Vec<usize> = commands.collect();
        let mut edits = Vec::new();
        for drop in self.recipe.drop {
            let flag = regex::escape(drop.flag);
            let (exec, shell) = if drop.value {
                (
                    format!(
                        r#",[ \t]*"{flag}"[ \t]*,[ \t]*"(?:[^"\\]|\\.)*"|,[ \t]*"{flag}=[^"]*""#
                    ),
                    format!(r"[ \t]{flag}[ \t=]+[^ \t]+"),
                )
            } else {
                (format!(r#",[ \t]*"{flag}""#), format!(r"[ \t]{flag}\b"))
            };
            let Ok(regex) = Regex::new(&format!("(?-u:{exec}|{shell})")) else {
                continue;
            };
            for at in &commands {
                let span = document.instructions[*at].args_span();
                for found in regex.find_iter(span.of(document.bytes)) {
                    let place = Span::new(span.start + found.start(), span.start + found.end());
                    edits.push(Edit::deletion(place, drop.why));
                }
            }
        }
        edits.extend(self.added(subject, &commands));
        edits
    }

    /// Arguments that keep the program from writing into `/`, behind its name.
    fn added(&self, subject: &Subject<'_, '_, '_>, commands: &[usize]) -> Option<Edit> {
        let program = self.call(subject)?.program()?;
        let silent = self.recipe.writes.iter().filter(|setting| {
            let default = self.default(subject, setting);
            self.values(setting.pattern).is_empty()
                && default.is_some_and(|path| self.is_kept_from(subject, setting, &path))
        });
        let words: Vec<&str> = silent
            .flat_map(|setting| setting.arguments)
            .copied()
            .collect();
        let document = subject.stages.document;
        let span = commands.iter().find_map(|at| {
            let span = document.instructions[*at].args_span();
            let at = memchr::memmem::find(span.of(document.bytes), program.as_bytes())?;
            let end = span.start + at + program.len();
            let quoted = document.bytes.get(end) == Some(&b'"');
            Some((end + usize::from(quoted), quoted))
        });
        let (at, quoted) = span.filter(|_| !words.is_empty())?;
        let text: String = words
            .iter()
            .map(|word| {
                if quoted {
                    format!(", \"{word}\"")
                } else {
                    format!(" {word}")
                }
            })
            .collect();
        let why = format!("{program} would write into / otherwise");
        Some(Edit::insertion(at, text, why))
    }
}
