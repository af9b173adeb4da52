//! A YAML document as a tree with lines. Aliases are what their anchors are, and merge keys (`<<`) are merged, within
//! bounds: what they repeat can grow without any.

use std::collections::HashMap;

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

/// How many nodes of a file are kept for aliases, or repeated by them: compose files of people have hundreds.
const MAX_REPEATED: usize = 20_000;

/// The documents of a file, up to the first error: templates of Helm are no YAML, and lose what follows.
pub(crate) fn documents(text: &str) -> Vec<Node> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        left: MAX_REPEATED,
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
    /// What has an anchor, by the parser's number of it.
    anchors: HashMap<usize, Node>,
    /// How many nodes may still be repeated.
    left: usize,
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
        let anchor = match &event {
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _) => *anchor,
            _ => 0,
        };
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
                        break Value::Map(merged(entries));
                    }
                    let key = self.node(event, line, depth + 1)?;
                    let (event, line) = self.next()?;
                    let value = self.node(event, line, depth + 1)?;
                    if let Value::Text(key) = key.value {
                        entries.push((key, value));
                    }
                }
            }
            // With the lines of what it repeats: it is said there.
            Event::Alias(anchor) => {
                return Some(self.repeated(anchor).unwrap_or(Node {
                    line,
                    value: Value::Unread,
                }));
            }
            _ => return None,
        };
        let node = Node { line, value };
        if anchor > 0 && self.take(&node) {
            self.anchors.insert(anchor, node.clone());
        }
        Some(node)
    }

    fn repeated(&mut self, anchor: usize) -> Option<Node> {
        let node = self.anchors.get(&anchor)?.clone();
        self.take(&node).then_some(node)
    }

    /// Counts a node with all in it; false when that is more than is left.
    fn take(&mut self, node: &Node) -> bool {
        match self.left.checked_sub(size(node)) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

fn size(node: &Node) -> usize {
    let inner: usize = match &node.value {
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|(_, value)| size(value)).sum(),
        Value::Text(_) | Value::Unread => 0,
    };
    inner + 1
}

/// What `<<` brings stands behind the map's own keys, which go before it, as earlier maps of a list go before later
/// ones (YAML 1.1, "Merge Key Language-Independent Type").
fn merged(entries: Vec<(String, Node)>) -> Vec<(String, Node)> {
    if entries.iter().all(|(key, _)| key != "<<") {
        return entries;
    }
    let (merges, mut own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| key == "<<");
    for (_, node) in merges {
        match node.value {
            Value::Map(more) => own.extend(more),
            Value::List(maps) => own.extend(maps.into_iter().flat_map(|map| match map.value {
                Value::Map(more) => more,
                _ => Vec::new(),
            })),
            Value::Text(_) | Value::Unread => {}
        }
    }
    let mut kept: Vec<(String, Node)> = Vec::with_capacity(own.len());
    for (key, node) in own {
        if kept.iter().all(|(known, _)| *known != key) {
            kept.push((key, node));
        }
    }
    kept
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
    fn aliases_and_merge_keys() {
        let text = "x: &x\n  a: 1\n  b: 2\ny: &y {c: 3, a: 4}\nz:\n  <<: [*y, *x]\n  b: 5\nw: *x\n";
        let all = documents(text);
        let z = all[0].get("z").expect("there");
        let of = |key: &str| z.get(key).and_then(|node| Some((node.line, node.text()?)));
        assert_eq!(of("a"), Some((4, "4")));
        assert_eq!(of("b"), Some((7, "5")));
        assert_eq!(of("c"), Some((4, "3")));
        let w = all[0].get("w").and_then(|w| w.get("b"));
        assert_eq!(w.map(|node| node.line), Some(3));
    }

    #[test]
    fn what_repeats_itself_ends() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for at in 1..40 {
            let last = at - 1;
            let items = vec![format!("*a{last}"); 10].join(", ");
            text.push_str(&format!("a{at}: &a{at} [{items}]\n"));
        }
        let all = documents(&text);
        assert!(size(&all[0]) < 3 * MAX_REPEATED);
        let last = all[0].get("a39").expect("there").list();
        assert_eq!(last[0].value, Value::Unread);
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
