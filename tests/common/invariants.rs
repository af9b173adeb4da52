//! What must hold for any bytes at all. The property tests and the fuzz targets share it; each
//! function panics where something does not hold.

use unroot::analysis::Options;
use unroot::context::NoContext;
use unroot::dockerfile::{Document, Head, Instruction, ItemKind, expand};
use unroot::finding::Applicability;
use unroot::plan::patch;
use unroot::shell::lex::Script;
use unroot::source::{Span, line_of};

use edits::keeps_the_rest;

#[path = "edits.rs"]
mod edits;

/// Lexing loses nothing, and every place that it names lies where it should.
pub(crate) fn reads_without_loss(bytes: &[u8]) {
    let document = Document::lex(bytes);
    assert!(
        document.print() == bytes,
        "printing does not give the file back"
    );
    let mut at = 0;
    let mut next = 0;
    for item in &document.items {
        assert_eq!(item.span.start, at, "items leave no gap and do not overlap");
        assert!(item.span.end > at, "an item holds at least a byte");
        at = item.span.end;
        if let ItemKind::Instruction(index) = item.kind {
            assert_eq!(index, next, "instructions are numbered in order");
            next += 1;
            let instruction = &document.instructions[index];
            assert!(within(instruction.span, item.span), "an item's own bytes");
            assert_eq!(instruction.span.end, item.span.end, "ends are the same");
            assert!(instruction.lead <= instruction.span.start, "lead is above");
        }
    }
    assert_eq!(at, bytes.len(), "items cover the file");
    assert_eq!(
        next,
        document.instructions.len(),
        "each instruction is an item"
    );
    let mut end = 0;
    for instruction in &document.instructions {
        assert!(
            instruction.lead >= end,
            "a lead is behind the instruction before"
        );
        end = instruction.span.end;
        parts_are_in_order(bytes, instruction);
    }
    for problem in &document.problems {
        assert!(
            problem.span.start <= problem.span.end && problem.span.end <= bytes.len(),
            "{:?} points outside the file",
            problem.kind
        );
    }
    let _ = document.lower_case();
}

fn within(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.start <= inner.end && inner.end <= outer.end
}

fn parts_are_in_order(bytes: &[u8], instruction: &Instruction<'_>) {
    let whole = instruction.span;
    assert!(whole.start < whole.end && whole.end <= bytes.len());
    assert_eq!(instruction.first_line, line_of(bytes, whole.start));
    assert_eq!(instruction.last_line, line_of(bytes, whole.end - 1));
    let (keyword, args) = (instruction.keyword_span(), instruction.args_span());
    assert!(within(keyword, whole), "the keyword is in the instruction");
    assert!(
        within(args, whole),
        "the arguments are in the instruction: {args:?} {whole:?}"
    );
    assert!(
        within(instruction.code_span(), whole),
        "the code is in the instruction"
    );
    assert!(keyword.end <= args.start, "the keyword is before arguments");
    head_is_in_order(instruction, &instruction.head);
    if let Some(trigger) = &instruction.trigger {
        head_is_in_order(instruction, trigger);
        assert!(instruction.head.args.start <= trigger.word.start);
        assert!(trigger.args.end <= instruction.head.args.end);
    }
    let mut at = instruction.code_span().end;
    for heredoc in &instruction.heredocs {
        assert!(
            within(heredoc.body, whole),
            "a heredoc is in its instruction"
        );
        assert!(at <= heredoc.body.start, "heredocs are in order");
        at = heredoc.body.end;
    }
}

fn head_is_in_order(instruction: &Instruction<'_>, head: &Head) {
    let mut at = head.word.end;
    let mut in_file = instruction.line.to_source(head.word.clone()).end;
    assert!(head.word.start <= at);
    for flag in &head.flags {
        assert!(at <= flag.range.start && flag.range.start < flag.range.end);
        at = flag.range.end;
        let source = instruction.line.to_source(flag.range.clone());
        assert!(
            in_file <= source.start && source.len() >= flag.range.len(),
            "flags are in order in the file"
        );
        in_file = source.end;
    }
    assert!(at <= head.args.start && head.args.start <= head.args.end);
    assert!(head.args.end <= instruction.line.text().len());
}

/// Reading words and shell text ends, with a result or an error.
pub(crate) fn words_end(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let lookup = |name: &str| match name {
        "A" => Some("a value"),
        "EMPTY" => Some(""),
        _ => None,
    };
    for escape in [b'\\', b'`'] {
        let _ = expand(&text, escape, &lookup);
        shell_is_in_place(bytes, &Script::parse_run(bytes, escape));
    }
    shell_is_in_place(bytes, &Script::parse(bytes));
}

fn shell_is_in_place(bytes: &[u8], script: &Script) {
    for command in &script.commands {
        let span = &command.span;
        assert!(
            span.start <= span.end && span.end <= bytes.len(),
            "a command points outside its text"
        );
    }
}

/// No fix that is proposed fails the plan's own check.
pub(crate) fn no_fix_is_rejected(bytes: &[u8]) {
    let options = Options::default();
    if let Ok(patched) = patch(bytes, &NoContext, &options, Applicability::Unsafe) {
        for (_, reason) in patched.held_back() {
            assert_ne!(reason.id, "rejected", "{}", reason.text);
        }
    }
}

/// A fix keeps every byte outside its edits, and a second run finds nothing to do.
/// Returns whether there was a fix.
pub(crate) fn a_fix_stands(bytes: &[u8]) -> bool {
    let options = Options::default();
    let Ok(first) = patch(bytes, &NoContext, &options, Applicability::Unsafe) else {
        return false;
    };
    let Some(after) = &first.after else {
        return false;
    };
    assert!(
        keeps_the_rest(bytes, after, &first),
        "bytes outside the edits changed"
    );
    let document = Document::lex(after);
    assert!(
        document.problems.is_empty(),
        "the result does not read: {:?}",
        document.problems
    );
    let second = patch(after, &NoContext, &options, Applicability::Unsafe)
        .expect("the targets are those of the first run");
    assert!(
        second.after.is_none(),
        "a second run changes it again:\n{}",
        String::from_utf8_lossy(after)
    );
    true
}
