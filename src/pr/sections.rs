//! A text of sections that fits a limit: a section stands whole, or shortened, or not at all.

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// All of it.
    pub(super) full: String,
    /// What stands for it where room is short; none for what must stand.
    pub(super) short: Option<String>,
}

impl Section {
    /// A section that stands in any case.
    pub(super) fn fixed(full: String) -> Self {
        Self { full, short: None }
    }
}

/// How much of a section stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Full,
    Short,
    Nothing,
}

/// The sections, an empty line between two, in at most `limit` characters. The last ones are shortened first, then
/// left out; a line before the last section says how much.
pub(super) fn fit(sections: &[Section], limit: usize) -> String {
    let mut parts = vec![Part::Full; sections.len()];
    let mut text = join(sections, &parts);
    for part in [Part::Short, Part::Nothing] {
        for at in (0..sections.len()).rev() {
            if text.chars().count() <= limit {
                return text;
            }
            if sections[at].short.is_some() {
                parts[at] = part;
                text = join(sections, &parts);
            }
        }
    }
    text
}

fn join(sections: &[Section], parts: &[Part]) -> String {
    let mut texts: Vec<String> = Vec::new();
    for (section, part) in sections.iter().zip(parts) {
        match (part, &section.short) {
            (Part::Short, Some(short)) => texts.push(short.clone()),
            (Part::Nothing, Some(_)) => {}
            _ => texts.push(section.full.clone()),
        }
    }
    let count = |wanted: Part| parts.iter().filter(|part| **part == wanted).count();
    let (short, gone) = (count(Part::Short), count(Part::Nothing));
    if short + gone > 0 {
        let mut said = Vec::new();
        if short > 0 {
            said.push(format!("{short} shortened"));
        }
        if gone > 0 {
            said.push(format!("{gone} left out"));
        }
        let line = format!(
            "**This text is cut**: of {} sections, {}. The whole text is in the summary of the run that wrote it.\n",
            sections.len(),
            said.join(" and ")
        );
        texts.insert(texts.len().saturating_sub(1), line);
    }
    let texts: Vec<&str> = texts.iter().map(|text| text.trim_end()).collect();
    let mut text = texts.join("\n\n");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_are_cut_first() {
        let section = |letter: &str| Section {
            full: letter.repeat(300),
            short: Some(letter.repeat(10)),
        };
        let sections = [
            Section::fixed("intro".into()),
            section("a"),
            section("b"),
            section("c"),
            Section::fixed("end".into()),
        ];
        let all = fit(&sections, 1000);
        assert!(
            all.starts_with("intro\n\naaa") && all.ends_with("\n\nend\n") && !all.contains("cut")
        );
        let shorter = fit(&sections, 800);
        assert!(
            shorter.contains(&"b".repeat(300)) && shorter.contains("\n\ncccccccccc\n\n"),
            "{shorter}"
        );
        assert!(shorter.contains("of 5 sections, 1 shortened."), "{shorter}");
        let shortest = fit(&sections, 0);
        assert!(
            !shortest.contains("aa") && shortest.contains("3 left out"),
            "{shortest}"
        );
        assert!(
            shortest.starts_with("intro") && shortest.ends_with("end\n"),
            "{shortest}"
        );
    }
}
