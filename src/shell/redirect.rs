//! Redirections and the bodies of heredocs.

use std::ops::Range;

use super::frame::{Building, Pending, Place};
use super::lex::{Heredoc, Redirect, RedirectOp};
use super::parse::Parser;
use super::prefix;
use super::scan;
use super::word::Part;

impl Parser<'_, '_> {
    pub(super) fn redirect(&mut self, building: &mut Building, fd: Option<u32>) {
        if building.is_empty() {
            building.start = self.pos;
        }
        let rest = self.text.get(self.pos..).unwrap_or_default();
        let (op, length) = match rest {
            [b'&', b'>', b'>', ..] => (RedirectOp::Append, 3),
            [b'&', b'>', ..] => (RedirectOp::Write, 2),
            [b'>', b'>', ..] => (RedirectOp::Append, 2),
            [b'>', b'|', ..] => (RedirectOp::Write, 2),
            [b'>' | b'<', b'&', ..] => (RedirectOp::Duplicate, 2),
            [b'>', ..] => (RedirectOp::Write, 1),
            [b'<', b'<', b'<', ..] => (RedirectOp::HereString, 3),
            [b'<', b'<', b'-', ..] => (RedirectOp::Heredoc, 3),
            [b'<', b'<', ..] => (RedirectOp::Heredoc, 2),
            [b'<', b'>', ..] => (RedirectOp::ReadWrite, 2),
            _ => (RedirectOp::Read, 1),
        };
        let strip = length == 3;
        self.pos += length;
        self.blanks();
        let at = self.pos;
        let target = self.word();
        self.out.certain &= self.pos > at;
        let mut body = None;
        if op == RedirectOp::Heredoc {
            let slot = self.out.heredocs.len();
            let literal = target
                .parts()
                .iter()
                .any(|part| matches!(part, Part::Literal { quoted: true, .. }));
            self.out.heredocs.push(Heredoc {
                literal,
                ..Heredoc::default()
            });
            self.pending.push(Pending {
                delimiter: target
                    .literal()
                    .unwrap_or_else(|| target.prefix().to_owned()),
                strip,
                slot,
            });
            body = Some(slot);
        }
        building.end = self.pos;
        building.redirects.push(Redirect {
            fd,
            op,
            target,
            body,
        });
    }

    /// Reads the bodies of the heredocs whose line has ended.
    pub(super) fn heredocs(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let start = self.pos;
            let mut body = Vec::new();
            let mut end = self.pos;
            let mut closed = false;
            while self.pos < self.text.len() {
                let rest = self.text.get(self.pos..).unwrap_or_default();
                let length = rest
                    .iter()
                    .position(|byte| *byte == b'\n')
                    .map_or(rest.len(), |n| n + 1);
                let line = rest.get(..length).unwrap_or_default();
                self.pos += length;
                let tabs = if pending.strip {
                    line.iter().take_while(|byte| **byte == b'\t').count()
                } else {
                    0
                };
                let line = line.get(tabs..).unwrap_or_default();
                let bare = line.strip_suffix(b"\n").unwrap_or(line);
                if bare.strip_suffix(b"\r").unwrap_or(bare) == pending.delimiter.as_bytes() {
                    closed = true;
                    break;
                }
                body.extend_from_slice(line);
                end = self.pos;
            }
            self.out.certain &= closed;
            let span = self.at(start..end);
            if let Some(slot) = self.out.heredocs.get_mut(pending.slot) {
                slot.span = span.clone();
                slot.text = scan::text(&body);
            }
            self.fed(pending.slot, &body, span);
        }
    }

    /// A heredoc that a shell reads as its script.
    fn fed(&mut self, slot: usize, body: &[u8], span: Range<usize>) {
        let Some(command) = self.out.commands.last() else {
            return;
        };
        let is_fed = command
            .redirects
            .last()
            .is_some_and(|redirect| redirect.body == Some(slot))
            && command.program().is_some_and(prefix::is_shell)
            && command
                .args()
                .iter()
                .skip(1)
                .all(|word| word.prefix().starts_with('-'));
        if is_fed && !self.too_deep() {
            let context = command.context.clone();
            let exact = matches!(self.place, Place::Shift(_)) && body.len() == span.len();
            let place = if exact {
                Place::Shift(span.start)
            } else {
                Place::All(span)
            };
            self.nested(body, place, context);
        }
    }
}
