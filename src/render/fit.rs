//! Makes a drawn finding as narrow as the terminal: sentences and lines that a fix writes go on below, lines of the
//! file are cut.

use unicode_width::UnicodeWidthChar as _;

/// What stands for the rest of a line that is cut.
const REST: &str = "...";

/// The drawing with no line wider than `width` columns where a line can be broken or cut. Escape sequences take no
/// room.
pub(super) fn fit(drawing: &str, width: usize) -> String {
    let lines = drawing.lines().map(|line| {
        let plain = plain(line);
        if columns(&plain) <= width {
            return line.to_owned();
        }
        match Kind::of(&plain) {
            Kind::Source => cut(line, width),
            Kind::Place => line.to_owned(),
            Kind::Words { start, indent } => broken(line, width, start, &indent),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What a line of a drawing is.
enum Kind {
    /// A line of the file.
    Source,
    /// The name of the file, which terminals make a link of.
    Place,
    /// Words that can go on in the next line, behind `indent`; before the column `start` nothing is broken.
    Words { start: usize, indent: String },
}

impl Kind {
    fn of(plain: &str) -> Self {
        let blanks = plain.len() - plain.trim_start_matches(' ').len();
        let rest = &plain[blanks..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let words = |start, indent| Self::Words { start, indent };
        if rest.starts_with("--> ") || rest.starts_with("::: ") {
            return Self::Place;
        }
        let gutter = blanks + digits;
        if digits > 0 && plain[gutter..].starts_with(" |") {
            return Self::Source;
        }
        if digits > 0 {
            // `12 + RUN ...`: what a fix writes.
            return words(gutter + 3, " ".repeat(gutter + 5));
        }
        if rest.starts_with('|') {
            // `   | ^^^^ starts as root`
            return words(blanks + 2, format!("{}|   ", " ".repeat(blanks)));
        }
        if let Some(note) = rest.strip_prefix("= ") {
            let name = note.find(": ").map_or(0, |at| at + 2);
            return words(blanks + 2 + name, " ".repeat(blanks + 2 + name));
        }
        // A title, or what annotate-snippets lays out below one.
        words(0, " ".repeat(blanks.max(2)))
    }
}

/// A line as pieces: escape sequences, and characters with their width.
enum Piece<'a> {
    Escape(&'a str),
    Char(char),
}

fn pieces(line: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let ch = rest.chars().next()?;
        // The drawing's own: what a file holds was replaced before.
        let end = rest.starts_with("\x1b[").then(|| rest.find('m')).flatten();
        if let Some(end) = end {
            let (escape, after) = rest.split_at(end + 1);
            rest = after;
            return Some(Piece::Escape(escape));
        }
        rest = &rest[ch.len_utf8()..];
        Some(Piece::Char(ch))
    })
}

fn plain(line: &str) -> String {
    let chars = pieces(line).filter_map(|piece| match piece {
        Piece::Char(ch) => Some(ch),
        Piece::Escape(_) => None,
    });
    chars.collect()
}

/// Columns that a text takes on a terminal.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

fn width_of(ch: char) -> usize {
    match ch {
        // As it is drawn.
        '\t' => 4,
        ch => ch.width().unwrap_or_default(),
    }
}

/// The line with its end left out, escape sequences kept.
fn cut(line: &str, width: usize) -> String {
    let room = width.saturating_sub(REST.len());
    let (mut out, mut used, mut is_cut) = (String::new(), 0, false);
    for piece in pieces(line) {
        match piece {
            Piece::Escape(escape) => out.push_str(escape),
            Piece::Char(_) if is_cut => {}
            Piece::Char(ch) => {
                used += width_of(ch);
                if used > room {
                    is_cut = true;
                    out.push_str(REST);
                } else {
                    out.push(ch);
                }
            }
        }
    }
    out
}

/// A character, and the escape sequences before it.
struct Cell {
    escapes: String,
    ch: char,
}

fn write(cells: &[Cell], out: &mut String) {
    for cell in cells {
        out.push_str(&cell.escapes);
        out.push(cell.ch);
    }
}

/// The line broken at blanks, and within a word only where there is none. Nothing is broken before the column `start`.
fn broken(line: &str, width: usize, start: usize, indent: &str) -> String {
    let (mut cells, mut escapes) = (Vec::new(), String::new());
    for piece in pieces(line) {
        match piece {
            Piece::Escape(escape) => escapes.push_str(escape),
            Piece::Char(ch) => cells.push(Cell {
                escapes: std::mem::take(&mut escapes),
                ch,
            }),
        }
    }
    // A narrower line than this holds no word.
    let room = width.saturating_sub(columns(indent)).max(8);
    let (mut out, mut rest, mut least, mut width) = (String::new(), cells.as_slice(), start, width);
    loop {
        let fitting = fitting(rest, width);
        if fitting == rest.len() {
            break;
        }
        let is_break = |at: &usize| rest[*at].ch == ' ' && !is_command(&rest[at + 1..]);
        let blank = (least + 1..=fitting).rev().find(is_break);
        let end = blank.unwrap_or_else(|| {
            let ends = fitting.max(1)..rest.len();
            ends.clone()
                .find(|end| !is_command(&rest[*end..]))
                .unwrap_or(ends.end)
        });
        write(&rest[..end], &mut out);
        rest = &rest[end..];
        if let (Some(_), [blank, after @ ..]) = (blank, rest) {
            out.push_str(&blank.escapes);
            rest = after;
        }
        if rest.is_empty() {
            break;
        }
        out.push('\n');
        out.push_str(indent);
        (least, width) = (0, room);
    }
    write(rest, &mut out);
    out + &escapes
}

/// How many cells `width` columns hold.
fn fitting(cells: &[Cell], width: usize) -> usize {
    let mut used = 0;
    let wider = cells.iter().position(|cell| {
        used += width_of(cell.ch);
        used > width
    });
    wider.unwrap_or(cells.len())
}

/// True for what a runner of GitHub would take for a command where a line starts with it.
fn is_command(cells: &[Cell]) -> bool {
    let mut words = cells.iter().map(|cell| cell.ch).skip_while(|ch| *ch == ' ');
    words.next() == Some(':') && words.next() == Some(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_go_on_below_and_lines_of_the_file_are_cut() {
        let drawing = "\
error[runs-as-root]: the last stage starts as root
 --> a/long/way/to/the/Dockerfile:1:1
  |
1 | FROM registry.example.com/python:3.12-slim
  | ^^^^^^^^^^^^^^^^^^^^^ starts as root, so it does
  = note: python:3.12-slim is what it is
help: run as app
  |
2 + RUN groupadd -g 10001 app && useradd app
3 + USER 10001:10001";
        let expected = "\
error[runs-as-root]: the last
  stage starts as root
 --> a/long/way/to/the/Dockerfile:1:1
  |
1 | FROM registry.example.c...
  | ^^^^^^^^^^^^^^^^^^^^^
  |   starts as root, so it
  |   does
  = note: python:3.12-slim is
          what it is
help: run as app
  |
2 + RUN groupadd -g 10001 app
      && useradd app
3 + USER 10001:10001";
        assert_eq!(fit(drawing, 30), expected);
        assert_eq!(fit(drawing, 100), drawing);
    }

    #[test]
    fn colours_take_no_room_and_are_kept() {
        assert_eq!(
            fit(
                "\x1b[1m\x1b[94m1\x1b[0m \x1b[1m\x1b[94m|\x1b[0m FROM alpine\x1b[0m",
                12
            ),
            "\x1b[1m\x1b[94m1\x1b[0m \x1b[1m\x1b[94m|\x1b[0m FROM ...\x1b[0m"
        );
        assert_eq!(
            fit("\x1b[1mhelp\x1b[0m: run as \x1b[1mapp\x1b[0m", 12),
            "\x1b[1mhelp\x1b[0m: run as\n  \x1b[1mapp\x1b[0m"
        );
    }

    #[test]
    fn a_word_that_is_wider_than_a_line_is_broken() {
        assert_eq!(
            fit("help: aaaaaaaaaaaaaaa", 10),
            "help:\n  aaaaaaaa\n  aaaaaaa"
        );
        assert_eq!(fit("help: 漢字漢字漢字", 10), "help:\n  漢字漢字\n  漢字");
    }

    #[test]
    fn no_line_starts_with_a_command() {
        for width in 3..30 {
            let text = fit(
                "help: aa ::error::pwned ::error::again bbbbbbbbb::warning::x",
                width,
            );
            let starts = text
                .lines()
                .filter(|line| line.trim_start().starts_with("::"));
            assert_eq!(starts.count(), 0, "{width}: {text}");
        }
    }
}
