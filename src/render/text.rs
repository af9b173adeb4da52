//! Findings for people, with the lines they are about.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Severity, Patch, Renderer, Snippet};

use crate::finding::{Applicability, Finding, Label, Level};
use crate::source::Span;

/// Renders findings of one file. The text carries ANSI colours when `color` is set.
pub struct TextRenderer {
    renderer: Renderer,
}

impl TextRenderer {
    /// A renderer with or without colours.
    pub fn new(color: bool) -> Self {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        Self {
            renderer: renderer.decor_style(DecorStyle::Ascii),
        }
    }

    /// One finding of the file `path`, ready to be printed with a newline behind it.
    pub fn render(&self, path: &str, bytes: &[u8], finding: &Finding) -> String {
        let source = printable(bytes);
        let level = match finding.level {
            Level::Error => Severity::ERROR,
            Level::Warning => Severity::WARNING,
            Level::Note => Severity::NOTE,
        };
        let mut snippet = Snippet::source(source.as_str()).path(path);
        snippet = snippet.annotation(
            AnnotationKind::Primary
                .span(visible(&finding.primary, bytes))
                .label(finding.primary.text.as_str()),
        );
        for label in &finding.related {
            snippet = snippet.annotation(
                AnnotationKind::Context
                    .span(visible(label, bytes))
                    .label(label.text.as_str()),
            );
        }
        let mut group = level
            .primary_title(finding.message.as_str())
            .id(finding.rule.id())
            .element(snippet);
        for note in &finding.notes {
            group = group.element(Severity::NOTE.message(note.as_str()));
        }
        for help in &finding.help {
            group = group.element(Severity::HELP.message(help.as_str()));
        }
        let mut report = vec![group];
        match &finding.fix {
            Ok(fix) => {
                let title = match fix.applicability {
                    Applicability::Safe => fix.title.clone(),
                    Applicability::Unsafe => {
                        format!("{} (unsafe: applied with --unsafe)", fix.title)
                    }
                    Applicability::DisplayOnly => format!("{} (not applied)", fix.title),
                };
                let mut patches = Snippet::source(source.as_str()).path(path);
                for edit in &fix.edits {
                    patches = patches.patch(Patch::new(
                        edit.span.start..edit.span.end,
                        edit.content.as_str(),
                    ));
                }
                let mut group =
                    Group::with_title(Severity::HELP.secondary_title(title)).element(patches);
                for edit in &fix.edits {
                    group = group.element(Severity::NOTE.message(edit.reason.as_str()));
                }
                for doubt in &fix.doubts {
                    group = group.element(
                        Severity::NOTE
                            .with_name("unsafe")
                            .message(format!("{} [{}]", doubt.text, doubt.id)),
                    );
                }
                for remark in &fix.remarks {
                    group = group.element(Severity::NOTE.message(remark.as_str()));
                }
                report.push(group);
            }
            Err(reason) if !reason.text.is_empty() => {
                let text = format!("no fix: {} [{}]", reason.text, reason.id);
                report.push(Group::with_title(Severity::HELP.secondary_title(text)));
            }
            Err(_) => {}
        }
        self.renderer.render(&report)
    }
}

/// The span of a label, never empty and never beyond the file, so that something is underlined.
fn visible(label: &Label, bytes: &[u8]) -> std::ops::Range<usize> {
    let Span { start, end } = label.span;
    let end = end.min(bytes.len());
    let start = start.min(end);
    // Point at the first line only: a RUN of forty lines is no pointer.
    let first = memchr::memchr(b'\n', &bytes[start..end]).map_or(end, |length| start + length);
    start..first.max((start + 1).min(bytes.len()))
}

/// The file as UTF-8 of the same length: offsets stay true whatever bytes it holds.
fn printable(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(std::iter::repeat_n('?', chunk.invalid().len()));
    }
    out
}
