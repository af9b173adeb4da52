//! Findings for people, with the lines they are about.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Severity, Patch, Renderer, Snippet};

use super::escape::{is_hidden, line, numbered, uncommanding};
use super::fit::{columns, fit};
use crate::finding::{Alternative, Applicability, Finding, Fix, Label, Level};
use crate::source::{Span, line_of};

/// Renders findings of one file. The text carries ANSI colours when `color` is set.
pub struct TextRenderer {
    renderer: Renderer,
    /// Columns that there are; none where nobody counts them.
    width: Option<usize>,
}

/// A terminal that is narrower than this is taken to be this wide.
const LEAST_WIDTH: usize = 30;

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
            width: None,
        }
    }

    /// The same for a terminal with so many columns.
    #[must_use]
    pub fn width(self, columns: Option<usize>) -> Self {
        let width = columns.map(|columns| columns.max(LEAST_WIDTH));
        let renderer = match width {
            Some(width) => self.renderer.term_width(width),
            None => self.renderer,
        };
        Self { renderer, width }
    }

    /// One finding of the file `path`, ready to be printed with a newline behind it.
    pub fn render(&self, path: &str, bytes: &[u8], finding: &Finding) -> String {
        let window = Window::of(bytes, finding);
        let text = window.text();
        // What is drawn here is taken as it is by the drawing, escape sequences included.
        let (path, message) = (line(path), line(&finding.message));
        let level = match finding.level {
            Level::Error => Severity::ERROR,
            Level::Warning => Severity::WARNING,
            Level::Note => Severity::NOTE,
        };
        let mut snippet = Snippet::source(text.as_str())
            .path(path.as_str())
            .line_start(window.line);
        let primary =
            AnnotationKind::Primary.span(window.label(&text, &finding.primary, self.width));
        snippet = snippet.annotation(primary.label(line(&finding.primary.text)));
        for label in &finding.related {
            let related = AnnotationKind::Context.span(window.label(&text, label, self.width));
            snippet = snippet.annotation(related.label(line(&label.text)));
        }
        let title = level.primary_title(message.as_str()).id(finding.rule.id());
        let mut group = title.element(snippet);
        for note in &finding.notes {
            group = group.element(Severity::NOTE.message(line(note)));
        }
        for help in &finding.help {
            group = group.element(Severity::HELP.message(line(help)));
        }
        let mut report = vec![group];
        match &finding.fix {
            Ok(fix) => report.push(fix_group(&path, &window, &text, fix, None)),
            Err(reason) if !reason.text.is_empty() => {
                let text = format!("no fix: {} [{}]", line(&reason.text), reason.id);
                report.push(Group::with_title(Severity::HELP.secondary_title(text)));
            }
            Err(_) => {}
        }
        for Alternative { fix, asked_by } in &finding.alternatives {
            report.push(fix_group(&path, &window, &text, fix, Some(asked_by)));
        }
        let drawing = uncommanding(&self.renderer.render(&report));
        match self.width {
            Some(width) => fit(&drawing, width),
            None => drawing,
        }
    }
}

fn fix_group<'a>(
    path: &'a str,
    window: &Window<'_>,
    text: &'a str,
    fix: &'a Fix,
    asked_by: Option<&str>,
) -> Group<'a> {
    let title = match (asked_by, fix.applicability) {
        (None, Applicability::Safe) => fix.title.clone(),
        (None, Applicability::Unsafe) => format!("{} (unsafe: applied with --unsafe)", fix.title),
        (_, Applicability::DisplayOnly) => format!("{} (not applied)", fix.title),
        (Some(option), Applicability::Safe) => {
            format!("another way: {} (with {option})", fix.title)
        }
        (Some(option), Applicability::Unsafe) => {
            format!(
                "another way: {} (unsafe: with {option} --unsafe)",
                fix.title
            )
        }
    };
    let title = line(&title);
    let mut patches = Snippet::source(text).path(path).line_start(window.line);
    for edit in &fix.edits {
        let (span, content) = window.edit(edit.span, &edit.content);
        patches = patches.patch(Patch::new(span, content));
    }
    let mut group = Group::with_title(Severity::HELP.secondary_title(title)).element(patches);
    for edit in &fix.edits {
        group = group.element(Severity::NOTE.message(line(&edit.reason)));
    }
    for file in &fix.files {
        for edit in &file.edits {
            let reason = line(&format!("{}: {}", file.path, edit.reason));
            group = group.element(Severity::NOTE.message(reason));
        }
    }
    for doubt in &fix.doubts {
        let doubt = format!("{} [{}]", line(&doubt.text), doubt.id);
        group = group.element(Severity::NOTE.with_name("unsafe").message(doubt));
    }
    for remark in &fix.remarks {
        group = group.element(Severity::NOTE.message(line(remark)));
    }
    group
}

/// The lines of a file that a report shows: drawing looks at each byte it is given.
struct Window<'b> {
    bytes: &'b [u8],
    start: usize,
    /// 1-based number of its first line.
    line: usize,
}

impl<'b> Window<'b> {
    fn of(bytes: &'b [u8], finding: &Finding) -> Self {
        let others = finding.alternatives.iter().map(|other| &other.fix);
        let fixes = finding.fix.iter().chain(others);
        let edits = fixes.flat_map(|fix| &fix.edits).map(|edit| edit.span);
        let labels = finding.related.iter().map(|label| label.span);
        let mut first = finding.primary.span.start.min(bytes.len());
        let mut last = finding.primary.span.end.min(bytes.len());
        for span in edits.chain(labels) {
            first = first.min(span.start);
            last = last.max(span.end.min(bytes.len()));
        }
        // A line above and below for the reader.
        let before = memchr::memrchr(b'\n', &bytes[..first]).unwrap_or_default();
        let start = memchr::memrchr(b'\n', &bytes[..before]).map_or(0, |at| at + 1);
        let next = |at: usize| {
            memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length + 1)
        };
        let end = next(next(last));
        Self {
            bytes: &bytes[start..end],
            start,
            line: line_of(bytes, start),
        }
    }

    /// The lines as UTF-8 of the same length: offsets stay true whatever bytes they hold.
    fn text(&self) -> String {
        let mut out = String::with_capacity(self.bytes.len());
        let is_first = self.start == 0;
        for chunk in self.bytes.utf8_chunks() {
            for ch in chunk.valid().chars() {
                // ASCII's control characters the drawing shows by itself. What makes one sign of two, as in many
                // emoji, does no harm, and neither does a byte-order mark where it belongs.
                let is_mark = is_first && out.is_empty() && ch == '\u{FEFF}';
                let is_joiner = is_mark || matches!(ch, '\u{200D}' | '\u{FE00}'..='\u{FE0F}');
                if (ch.is_control() && !ch.is_ascii()) || (is_hidden(ch) && !is_joiner) {
                    out.extend(std::iter::repeat_n('?', ch.len_utf8()));
                } else {
                    out.push(ch);
                }
            }
            out.extend(std::iter::repeat_n('?', chunk.invalid().len()));
        }
        out
    }

    fn span(&self, span: Span) -> std::ops::Range<usize> {
        let offset = |at: usize| at.saturating_sub(self.start).min(self.bytes.len());
        offset(span.start)..offset(span.end)
    }

    /// An edit as it is drawn. Lines that come behind the last one are drawn as if they came before its
    /// line end, since the drawing has no line to hang them on.
    fn edit(&self, span: Span, content: &str) -> (std::ops::Range<usize>, String) {
        let range = self.span(span);
        let behind =
            range.is_empty() && range.end == self.bytes.len() && self.bytes.ends_with(b"\n");
        let content = numbered(content, |ch| {
            is_hidden(ch) || (ch.is_control() && !ch.is_ascii())
        });
        if !behind {
            return (range, content);
        }
        let length = if self.bytes.ends_with(b"\r\n") { 2 } else { 1 };
        let at = range.start - length;
        (at..at, format!("\n{}", content.trim_end()))
    }

    /// The span of a label, never empty, so that something is underlined, and on its first line only: a
    /// RUN of forty lines is no pointer. On a terminal it leaves room for the words of the label.
    fn label(&self, text: &str, label: &Label, width: Option<usize>) -> std::ops::Range<usize> {
        let span = self.span(label.span);
        let line = memchr::memchr(b'\n', &self.bytes[span.clone()]);
        let mut end = line.map_or(span.end, |length| span.start + length);
        if let Some(width) = width {
            let before = memchr::memrchr(b'\n', &self.bytes[..span.start]).map_or(0, |at| at + 1);
            let last = self.line + line_of(self.bytes, self.bytes.len());
            let gutter = last.to_string().len() + 3;
            let taken = gutter + (span.start - before) + 1 + columns(&label.text);
            let room = width.saturating_sub(taken).max(width / 3);
            let text = text.get(span.start..end).unwrap_or_default();
            if columns(text) > room {
                end = span.start + text.chars().take(room).map(char::len_utf8).sum::<usize>();
            }
        }
        span.start..end.max((span.start + 1).min(self.bytes.len()))
    }
}
