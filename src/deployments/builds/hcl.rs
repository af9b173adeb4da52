//! A small reader of HCL: blocks and attributes whose values are string literals or lists of them. All else
//! (variables, functions, templates, heredocs) is passed over as not known. Grammar: HCL Native Syntax Specification.

/// `kind "label" { ... }`
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: String,
    pub(super) labels: Vec<String>,
    /// 1-based.
    pub(super) line: usize,
    pub(super) attributes: Vec<Attribute>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    /// Those of its items that are literals.
    List(Vec<String>),
    /// The same of a map.
    Map(Vec<(String, String)>),
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Name(String),
    /// None: it has a template in it.
    Text(Option<String>),
    Sign(char),
    LineEnd,
}

/// The blocks at the top of a file.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let tokens = tokens(text);
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some((token, line)) = tokens.get(at) {
        let Token::Name(kind) = token else {
            at += 1;
            continue;
        };
        let mut next = at + 1;
        let mut labels = Vec::new();
        while let Some((Token::Text(Some(label)) | Token::Name(label), _)) = tokens.get(next) {
            labels.push(label.clone());
            next += 1;
        }
        if matches!(tokens.get(next), Some((Token::Sign('{'), _))) {
            let end = closing(&tokens, next);
            blocks.push(Block {
                kind: kind.clone(),
                labels,
                line: *line,
                attributes: attributes(tokens.get(next + 1..end).unwrap_or_default()),
            });
            at = end + 1;
        } else {
            at = end_of_value(&tokens, next);
        }
    }
    blocks
}

fn attributes(tokens: &[(Token, usize)]) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    let mut at = 0;
    while let Some((token, line)) = tokens.get(at) {
        // Bake takes quoted names, too, as JSON has them.
        let (Token::Name(name) | Token::Text(Some(name))) = token else {
            at = match token {
                Token::Sign('{') => closing(tokens, at) + 1,
                _ => at + 1,
            };
            continue;
        };
        if matches!(tokens.get(at + 1), Some((Token::Sign('='), _))) {
            let end = end_of_value(tokens, at + 2);
            attributes.push(Attribute {
                name: name.clone(),
                line: *line,
                value: value(tokens.get(at + 2..end).unwrap_or_default()),
            });
            at = end;
        } else {
            at += 1;
        }
    }
    attributes
}

fn value(tokens: &[(Token, usize)]) -> Value {
    let tokens: Vec<&Token> = tokens
        .iter()
        .map(|(token, _)| token)
        .filter(|token| **token != Token::LineEnd)
        .collect();
    match tokens.as_slice() {
        [Token::Text(Some(text))] => Value::Text(text.clone()),
        [Token::Sign('['), items @ .., Token::Sign(']')] => {
            let items = items.split(|token| **token == Token::Sign(','));
            let texts = items.filter_map(|item| match item {
                [Token::Text(Some(text))] => Some(text.clone()),
                _ => None,
            });
            Value::List(texts.collect())
        }
        [Token::Sign('{'), items @ .., Token::Sign('}')] => {
            let pairs = items.windows(3).filter_map(|item| match item {
                [
                    Token::Name(key) | Token::Text(Some(key)),
                    Token::Sign('=' | ':'),
                    Token::Text(Some(text)),
                ] => Some((key.clone(), text.clone())),
                _ => None,
            });
            Value::Map(pairs.collect())
        }
        _ => Value::Unknown,
    }
}

/// The index of what closes the bracket at `open`, or the end.
fn closing(tokens: &[(Token, usize)], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, (token, _)) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Sign('{' | '[' | '(') => depth += 1,
            Token::Sign('}' | ']' | ')') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// Where the line ends on which a value begins, brackets counted as one line.
fn end_of_value(tokens: &[(Token, usize)], from: usize) -> usize {
    let mut at = from;
    while let Some((token, _)) = tokens.get(at) {
        match token {
            Token::LineEnd => return at,
            Token::Sign('{' | '[' | '(') => at = closing(tokens, at) + 1,
            Token::Sign('}') => return at,
            _ => at += 1,
        }
    }
    tokens.len()
}

fn tokens(text: &str) -> Vec<(Token, usize)> {
    let mut reader = Reader {
        rest: text,
        line: 1,
        tokens: Vec::new(),
    };
    while reader.step().is_some() {}
    reader.tokens
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
    tokens: Vec<(Token, usize)>,
}

impl<'t> Reader<'t> {
    fn step(&mut self) -> Option<()> {
        let first = self.rest.chars().next()?;
        if self.rest.starts_with('#') || self.rest.starts_with("//") {
            self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            let end = self.rest.find("*/").map_or(self.rest.len(), |end| end + 2);
            self.take(end);
        } else if self.rest.starts_with("<<") {
            self.heredoc();
        } else if first == '\n' {
            self.push(Token::LineEnd);
            self.take(1);
        } else if first == '"' {
            self.quoted();
        } else if first.is_alphanumeric() || first == '_' {
            let end = self
                .rest
                .find(|ch: char| !(ch.is_alphanumeric() || matches!(ch, '_' | '-' | '.')))
                .unwrap_or(self.rest.len());
            let name = self.take(end).to_owned();
            self.push(Token::Name(name));
        } else {
            if !first.is_whitespace() {
                self.push(Token::Sign(first));
            }
            self.take(first.len_utf8());
        }
        Some(())
    }

    fn push(&mut self, token: Token) {
        self.tokens.push((token, self.line));
    }

    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn quoted(&mut self) {
        let mut text = Some(String::new());
        let mut chars = self.rest.char_indices().skip(1).peekable();
        let mut end = self.rest.len();
        // How deep in `${ }`, in which further strings may stand.
        let mut depth = 0_usize;
        while let Some((at, ch)) = chars.next() {
            let next = chars.peek().map(|(_, ch)| *ch);
            match ch {
                '"' if depth == 0 => {
                    end = at + 1;
                    break;
                }
                // No string ends so: the file does not read, and nothing is built by it.
                '\n' if depth == 0 => {
                    self.tokens.clear();
                    self.rest = "";
                    return;
                }
                '$' | '%' if next == Some('{') => {
                    depth += 1;
                    text = None;
                    chars.next();
                }
                '}' if depth > 0 => depth -= 1,
                '\\' => {
                    let escaped = chars.next().map(|(_, ch)| ch);
                    match (escaped, &mut text) {
                        (Some(ch @ ('"' | '\\')), Some(text)) => text.push(ch),
                        _ => text = None,
                    }
                }
                ch => {
                    if let Some(text) = &mut text {
                        text.push(ch);
                    }
                }
            }
        }
        self.push(Token::Text(text));
        self.take(end);
    }

    fn heredoc(&mut self) {
        let mut lines = self.rest.split_inclusive('\n');
        let opening = lines.next().unwrap_or_default();
        let word = opening.trim_start_matches(['<', '-']).trim();
        let mut length = opening.len();
        for line in lines {
            length += line.len();
            if line.trim() == word {
                break;
            }
        }
        self.push(Token::Text(None));
        self.take(length);
        self.push(Token::LineEnd);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_and_all_else_is_not() {
        let text = "// c\nvariable \"TAG\" { default = \"latest\" }\n\ntarget \"web\" {\n  context = \".\" # here\n  target = \"prod\"\n  tags = [\n    \"acme/web:1\",\n    \"acme/web:${TAG}\",\n  ]\n  args = {\n    target = \"no\"\n  }\n  inherits = concat([\"a\"], [\"b\"])\n  dockerfile-inline = <<EOT\nFROM x\ntarget = \"no\"\nEOT\n  dockerfile = notequal(\"\", X) ? \"a\" : \"b\"\n}\n/* target \"gone\" {} */\ngroup \"default\" { targets = [\"web\"] }\n";
        let blocks = blocks(text);
        let kinds: Vec<(&str, usize)> = blocks
            .iter()
            .map(|block| (block.kind.as_str(), block.line))
            .collect();
        assert_eq!(kinds, [("variable", 2), ("target", 4), ("group", 22)]);
        let shown: Vec<String> = blocks[1]
            .attributes
            .iter()
            .map(|one| format!("{}:{} {:?}", one.name, one.line, one.value))
            .collect();
        assert_eq!(
            shown,
            [
                "context:5 Text(\".\")",
                "target:6 Text(\"prod\")",
                "tags:7 List([\"acme/web:1\"])",
                "args:11 Map([(\"target\", \"no\")])",
                "inherits:14 Unknown",
                "dockerfile-inline:15 Unknown",
                "dockerfile:19 Unknown",
            ]
        );
    }

    #[test]
    fn what_is_broken_ends() {
        for text in [
            "target \"a\" {",
            "a = \"",
            "a = <<",
            "}}}",
            "target \"${x}\" {\n}",
            "a = [[[",
            "\u{e9} \"\\",
        ] {
            let _ = blocks(text);
        }
        assert!(blocks("target \"a\" {\n target = \"x\"").len() == 1);
    }
}
