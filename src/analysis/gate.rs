//! Which findings count: comments, and the levels of rules.

use super::{Analysis, Options};
use crate::dockerfile::Document;
use crate::finding::Finding;
use crate::suppress::{Comments, Suppressed, Suppression};

/// What decides whether a finding counts, and how much.
pub(super) struct Gate<'o> {
    pub(super) comments: Comments,
    pub(super) options: &'o Options,
}

impl Gate<'_> {
    /// The finding with its level, or none for one that does not count. `from` is the FROM of its stage.
    pub(super) fn admit(
        &mut self,
        document: &Document<'_>,
        mut finding: Finding,
        from: Option<usize>,
        analysis: &mut Analysis,
    ) -> Option<Finding> {
        let by = self.comments.find(document, &finding, from);
        let level = self.options.levels.of(finding.rule);
        let by = by.or_else(|| (level == Some(None)).then_some(Suppression::OFF));
        if let Some(level) = level.flatten() {
            finding.level = level;
        }
        match by {
            Some(by) => {
                analysis.suppressed.push(Suppressed { finding, by });
                None
            }
            None => Some(finding),
        }
    }

    /// Adds what is to say of our own comments.
    pub(super) fn close(self, judged: impl Fn(usize) -> bool, analysis: &mut Analysis) {
        for mut finding in self.comments.findings(judged) {
            match self.options.levels.of(finding.rule) {
                None => analysis.findings.push(finding),
                Some(Some(level)) => {
                    finding.level = level;
                    analysis.findings.push(finding);
                }
                Some(None) => analysis.suppressed.push(Suppressed {
                    finding,
                    by: Suppression::OFF,
                }),
            }
        }
    }
}
