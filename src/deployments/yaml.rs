//! A YAML document as a tree with lines. Aliases stay unread: what they would repeat can be without bound.

use saphyr_parser::{Event, Parser};

/// A node and the line on which it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// 1-based.
    pub(crate) line: usize,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
    Unread,
}

impl Node {
    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(entries) => entries
                .iter()
                .find(|(own, _)| own == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn list(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn entries(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }
}

/// How deep nodes lie in each other at most.
const MAX_DEPTH: usize = 64;

/// The documents of a file, up to the first error: templates of Helm are no YAML, and lose what follows.
pub(crate) fn documents(text: &str) -> Vec<Node> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
    };
    let mut all = Vec::new();
    while let Some((event, line)) = reader.next() {
        match event {
            Event::StreamEnd => break,
            Event::DocumentStart(_) | Event::DocumentEnd | Event::StreamStart | Event::Nothing => {}
            event => match reader.node(event, line, 0) {
                Some(node) => all.push(node),
                None => break,
            },
        }
    }
    all
}

struct Reader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<(Event<'t>, usize)> {
        let (event, span) = self.parser.next()?.ok()?;
        Some((event, span.start.line()))
    }

    fn node(&mut self, event: Event<'t>, line: usize, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            return None;
        }
        let value = match event {
            Event::Scalar(text, ..) => Value::Text(text.into_owned()),
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    let (event, line) = self.next()?;
                    if event == Event::SequenceEnd {
                        break Value::List(items);
                    }
                    items.push(self.node(event, line, depth + 1)?);
                }
            }
            Event::MappingStart(..) => {
                let mut entries = Vec::new();
                loop {
                    let (event, line) = self.next()?;
                    if event == Event::MappingEnd {
                        break Value::Map(entries);
                    }
                    let key = self.node(event, line, depth + 1)?;
                    let (event, line) = self.next()?;
                    let value = self.node(event, line, depth + 1)?;
                    if let Value::Text(key) = key.value {
                        entries.push((key, value));
                    }
                }
            }
            Event::Alias(_) => Value::Unread,
            _ => return None,
        };
        Some(Node { line, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_with_lines() {
        let all = documents("a: 1\nb:\n  - x\n  - {y: z}\n---\nc: *none\n");
        assert_eq!(
            all.len(),
            1,
            "an alias to nothing is an error, which ends the file"
        );
        let list = all[0].get("b").expect("there").list();
        assert_eq!((list[0].line, list[0].text()), (3, Some("x")));
        assert_eq!(list[1].get("y").and_then(Node::text), Some("z"));
    }

    #[test]
    fn what_repeats_itself_is_not_unfolded() {
        let text = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
        let all = documents(text);
        let list = all[0].get("c").expect("there").list();
        assert_eq!(list[0].value, Value::Unread);
    }

    #[test]
    fn what_is_no_yaml_ends_it() {
        assert!(documents("a: [").is_empty());
        let template = documents("{{ if .Values.x }}\nkind: a: b\n");
        assert!(
            template
                .iter()
                .all(|document| document.get("kind").is_none())
        );
        let deep = "[".repeat(10_000);
        assert!(documents(&deep).is_empty());
    }
}
