//! Heredocs of RUN, COPY and ADD, found as `BuildKit` finds them: the whole logical line is split
//! into shell words with `\` as the escape, whatever `# escape=` says, and each word is looked at.

use crate::source::{Span, first_char, is_ascii_space};

/// A heredoc of an instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    /// The terminator, quotes removed.
    pub name: Vec<u8>,
    /// True when variables in the body are expanded (COPY and ADD): no part of the name is quoted.
    pub expand: bool,
    /// `<<-`: leading tabs of body and terminator are dropped.
    pub chomp: bool,
    /// True for `<< EOF`, which frontends before docker/dockerfile 1.16 read as plain text.
    pub spaced: bool,
    /// The body's lines in the file, without the terminator's line.
    pub body: Span,
}

/// The heredocs that `line` opens; an error is what `BuildKit` would refuse the file for.
pub(super) fn heredocs_of(line: &[u8]) -> Result<Vec<Heredoc>, ()> {
    if memchr::memmem::find(line, b"<<").is_none() {
        return Ok(Vec::new());
    }
    // Where the words can't be split (an open quote, a bad `${`), the line has no heredoc.
    let Ok(words) = Splitter::new(line, true).words() else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for word in &words {
        if let Some(heredoc) = heredoc_word(word)? {
            found.push(heredoc);
        }
    }
    Ok(found)
}

/// Reads a word as `(\d*)<<(-?)\s*([^<]*)`, where the rest must be one word.
pub(super) fn heredoc_word(word: &[u8]) -> Result<Option<Heredoc>, ()> {
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let Some(rest) = word[digits..].strip_prefix(b"<<") else {
        return Ok(None);
    };
    let (chomp, rest) = match rest.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let blanks = rest
        .iter()
        .take_while(|byte| is_ascii_space(**byte))
        .count();
    let rest = &rest[blanks..];
    if rest.is_empty() || rest.contains(&b'<') {
        return Ok(None);
    }
    let plain = Splitter::new(rest, false).words()?;
    let [name] = plain.as_slice() else {
        return Ok(None);
    };
    let raw = Splitter::new(rest, true).words()?;
    let quotes = |word: &[u8]| {
        word.iter()
            .filter(|byte| matches!(byte, b'\'' | b'"'))
            .count()
    };
    Ok(Some(Heredoc {
        expand: raw.first().is_some_and(|raw| quotes(raw) == quotes(name)),
        name: name.clone(),
        chomp,
        spaced: blanks > 0,
        body: Span::default(),
    }))
}

/// How deep `${a:-${b:-...}}` may nest before a line counts as unreadable.
const MAX_DEPTH: usize = 64;

/// Shell word splitting with every variable unset and kept as text.
struct Splitter<'t> {
    text: &'t [u8],
    at: usize,
    /// Keep quotes and escapes as they stand.
    raw: bool,
    words: Vec<Vec<u8>>,
    word: Vec<u8>,
}

impl<'t> Splitter<'t> {
    const fn new(text: &'t [u8], raw: bool) -> Self {
        Self {
            text,
            at: 0,
            raw,
            words: Vec::new(),
            word: Vec::new(),
        }
    }

    fn words(mut self) -> Result<Vec<Vec<u8>>, ()> {
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' => {
                    let quoted = self.single()?;
                    self.word.extend(quoted);
                }
                b'"' => {
                    let quoted = self.double(0)?;
                    self.word.extend(quoted);
                }
                b'$' => {
                    let text = self.dollar(0)?;
                    self.add_splitting(&text);
                }
                b'<' => {
                    let text = self.less_than();
                    self.word.extend(text);
                }
                b'\\' => {
                    self.at += 1;
                    if self.raw {
                        self.word.push(b'\\');
                    }
                    self.take_char();
                }
                _ => {
                    let width = char_width(&self.text[self.at..]);
                    let piece = &self.text[self.at..self.at + width];
                    self.at += width;
                    self.add_splitting(piece);
                }
            }
        }
        self.end_word();
        Ok(self.words)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Takes one character into the word as it is.
    fn take_char(&mut self) {
        let width = char_width(&self.text[self.at..]);
        self.word
            .extend_from_slice(&self.text[self.at..self.at + width]);
        self.at += width;
    }

    fn end_word(&mut self) {
        if !self.word.is_empty() {
            self.words.push(std::mem::take(&mut self.word));
        }
    }

    fn add_splitting(&mut self, text: &[u8]) {
        let mut rest = text;
        while !rest.is_empty() {
            let width = char_width(rest);
            if first_char(rest).is_some_and(|(ch, _)| ch.is_whitespace()) {
                self.end_word();
            } else {
                self.word.extend_from_slice(&rest[..width]);
            }
            rest = &rest[width..];
        }
    }

    fn single(&mut self) -> Result<Vec<u8>, ()> {
        let inner = &self.text[self.at + 1..];
        let end = memchr::memchr(b'\'', inner).ok_or(())?;
        self.at += end + 2;
        Ok(if self.raw {
            [b"'", &inner[..end], b"'"].concat()
        } else {
            inner[..end].to_vec()
        })
    }

    fn double(&mut self, depth: usize) -> Result<Vec<u8>, ()> {
        let mut out = Vec::new();
        let quote = |out: &mut Vec<u8>, raw: bool| {
            if raw {
                out.push(b'"');
            }
        };
        self.at += 1;
        quote(&mut out, self.raw);
        loop {
            match self.peek().ok_or(())? {
                b'"' => {
                    self.at += 1;
                    quote(&mut out, self.raw);
                    return Ok(out);
                }
                b'$' => out.extend(self.dollar(depth)?),
                b'\\' => {
                    self.at += 1;
                    match self.peek() {
                        Some(next @ (b'"' | b'$' | b'\\')) => {
                            if self.raw {
                                out.push(b'\\');
                            }
                            out.push(next);
                            self.at += 1;
                        }
                        _ => out.push(b'\\'),
                    }
                }
                byte => {
                    out.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    /// `<<` takes the blanks behind it along, so that `<< EOF` is one word.
    fn less_than(&mut self) -> Vec<u8> {
        self.at += 1;
        if self.peek() != Some(b'<') {
            return b"<".to_vec();
        }
        self.at += 1;
        let mut out = b"<<".to_vec();
        while let Some(byte) = self.peek().filter(|byte| is_ascii_space(*byte)) {
            out.push(byte);
            self.at += 1;
        }
        out
    }

    fn dollar(&mut self, depth: usize) -> Result<Vec<u8>, ()> {
        let start = self.at;
        self.at += 1;
        if self.peek() != Some(b'{') {
            self.name();
            return Ok(self.text[start..self.at].to_vec());
        }
        self.at += 1;
        if depth >= MAX_DEPTH || matches!(self.peek(), None | Some(b'{' | b'}' | b':')) {
            return Err(());
        }
        self.name();
        let mut operator = self.peek().ok_or(())?;
        self.at += 1;
        if operator == b'}' {
            return Ok(self.text[start..self.at].to_vec());
        }
        if operator == b':' {
            self.at += 1;
            operator = b'-';
        }
        let mut out = self.text[start..self.at.min(self.text.len())].to_vec();
        match operator {
            b'+' | b'-' | b'?' | b'#' | b'%' => out.extend(self.until(b'}', depth + 1)?),
            b'/' => {
                if self.peek() == Some(b'/') {
                    self.at += 1;
                }
                out.extend(self.until(b'/', depth + 1)?);
                out.push(b'/');
                out.extend(self.until(b'}', depth + 1)?);
            }
            _ => return Err(()),
        }
        out.push(b'}');
        Ok(out)
    }

    fn until(&mut self, stop: u8, depth: usize) -> Result<Vec<u8>, ()> {
        let mut out = Vec::new();
        loop {
            let byte = self.peek().ok_or(())?;
            if byte == stop {
                self.at += 1;
                return Ok(out);
            }
            match byte {
                b'\'' => out.extend(self.single()?),
                b'"' => out.extend(self.double(depth)?),
                b'$' => out.extend(self.dollar(depth)?),
                b'\\' => {
                    self.at += 1;
                    if self.raw {
                        out.push(b'\\');
                    }
                    if let Some(next) = self.peek() {
                        out.push(next);
                        self.at += 1;
                    }
                }
                _ => {
                    out.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    fn name(&mut self) {
        let rest = &self.text[self.at..];
        self.at += match rest.first() {
            Some(first) if first.is_ascii_digit() => {
                rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
            }
            Some(b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') => 1,
            _ => rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
                .count(),
        };
    }
}

/// Bytes of the first character; 1 for a byte that is no UTF-8, 0 at the end.
fn char_width(bytes: &[u8]) -> usize {
    first_char(bytes).map_or_else(|| bytes.len().min(1), |(_, width)| width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Vec<String> {
        heredocs_of(line.as_bytes())
            .expect("accepted")
            .into_iter()
            .map(|heredoc| String::from_utf8(heredoc.name).expect("UTF-8"))
            .collect()
    }

    #[test]
    fn buildkit_rules_5_4() {
        for (line, expected) in [
            ("RUN <<EOF", vec!["EOF"]),
            ("RUN \"<<EOF\"", vec![]),
            ("RUN cat <<<x", vec![]),
            ("RUN a<<EOF", vec![]),
            ("RUN 3<<EOF", vec!["EOF"]),
            ("RUN cat <<EOF>f", vec!["EOF>f"]),
            ("RUN <<E'O'F", vec!["EOF"]),
            ("RUN echo # <<EOF", vec!["EOF"]),
            ("RUN cat << EOF", vec!["EOF"]),
            ("RUN echo $((1 << 2))", vec!["2))"]),
            ("RUN cat <<- EOF", vec![]),
            ("RUN \\<<EOF", vec![]),
            ("RUN <<${X}", vec!["${X}"]),
            ("RUN echo it's <<EOF", vec![]),
            ("RUN echo ${ <<EOF", vec![]),
            ("COPY <<A <<-B /etc/", vec!["A", "B"]),
        ] {
            assert_eq!(names(line), expected, "{line}");
        }
    }

    #[test]
    fn a_quoted_name_is_not_expanded() {
        let expand = |line: &str| heredocs_of(line.as_bytes()).expect("accepted")[0].expand;
        assert!(expand("COPY <<EOF /x"));
        assert!(!expand("COPY <<'EOF' /x"));
        assert!(!expand("COPY <<E\"O\"F /x"));
    }

    #[test]
    fn deep_nesting_is_refused_not_followed() {
        let line = format!("RUN <<EOF {}", "${a:-".repeat(100_000));
        assert_eq!(names(&line), Vec::<String>::new());
    }
}
