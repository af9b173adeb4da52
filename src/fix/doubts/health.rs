//! Health checks that do what only root may.

use crate::dockerfile::{Keyword, StringArray, string_array};
use crate::finding::Reason;
use crate::fix::Subject;
use crate::fix::folders::under;
use crate::fix::writes::is_free;
use crate::programs::{Kind, find};
use crate::shell::files::{FileAct, FileChange, file_acts};
use crate::shell::lex::Script;
use crate::shell::word::Word;
use crate::start::script;
use crate::survey::{quote, shell_variable};

/// Why the health check may fail for the user.
pub(super) fn doubt(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let at = subject
        .body()
        .rev()
        .find(|at| subject.keyword(*at) == Keyword::Healthcheck)?;
    let text = command(subject, at)?;
    let parsed = Script::parse(&text);
    let what = of_script(subject, &parsed, true)?;
    Some(Reason::new(
        "health-check",
        format!("the HEALTHCHECK {what}"),
    ))
}

/// The command of a HEALTHCHECK as shell text.
fn command(subject: &Subject<'_, '_, '_>, at: usize) -> Option<Vec<u8>> {
    let args = subject.stages.document.instructions[at].args();
    let rest = args
        .get(..3)
        .filter(|kind| kind.eq_ignore_ascii_case(b"CMD"))
        .and(args.get(3..))?;
    Some(match string_array(rest.trim_ascii_start()) {
        StringArray::Strings(words) => quote(words.into_iter().map(|(word, _)| word)),
        _ => rest.to_vec(),
    })
}

fn of_script(subject: &Subject<'_, '_, '_>, parsed: &Script, deeper: bool) -> Option<String> {
    let env = &subject.verdict.survey.state.env;
    let workdir = subject.verdict.survey.state.working_folder();
    let acts = file_acts(parsed, &|name| shell_variable(env, name), workdir);
    if let Some(path) = acts.iter().find_map(written) {
        return Some(format!("writes {path}, which stays root's"));
    }
    for command in &parsed.commands {
        let Some(program) = command.program() else {
            continue;
        };
        let mut named = command.prefixes().iter().filter_map(Word::literal);
        let switches = |name: &str| {
            matches!(
                name,
                "su" | "sudo" | "gosu" | "su-exec" | "runuser" | "setpriv" | "doas"
            )
        };
        if switches(program) || named.any(|name| switches(&name)) {
            return Some(format!("calls `{program}`, which needs root's rights"));
        }
        let inline = command
            .args()
            .iter()
            .any(|word| word.is("-c") || word.is("-e"));
        let code =
            String::from_utf8_lossy(parsed.text().get(command.span.clone()).unwrap_or_default())
                .replace("urlopen(", "");
        if inline
            && (code.contains("open(")
                || code.contains("write")
                || code.contains("uid")
                || code.contains("mkdir"))
        {
            return Some(format!(
                "runs code by `{program}` that may write or ask for root"
            ));
        }
        let row = find(program).map(|row| row.kind);
        if matches!(row, Some(Kind::Root | Kind::Rights)) {
            return Some(format!("calls `{program}`, which needs root's rights"));
        }
        let shell = row == Some(Kind::Shell);
        let file = match command.args().get(1).and_then(Word::literal) {
            Some(file) if shell && !file.starts_with('-') => file,
            _ => program.to_owned(),
        };
        if deeper && let Some(found) = script(&file, subject.bringer()) {
            let inner = Script::parse(&found.text);
            if let Some(what) = of_script(subject, &inner, false) {
                return Some(format!("runs {}, which {what}", found.shown));
            }
        }
    }
    None
}

/// A place outside /tmp that an act writes.
fn written(act: &FileAct) -> Option<&str> {
    let path = match &act.what {
        FileChange::Writes { path, .. }
        | FileChange::Edits { path }
        | FileChange::Unpacks { to: path }
        | FileChange::Loads { path }
        | FileChange::MakesDir { path, .. }
        | FileChange::Copies { to: path, .. }
        | FileChange::Links { path, .. } => path,
        FileChange::Removes { paths }
        | FileChange::ChangesMode { paths, .. }
        | FileChange::ChangesOwner { paths, .. } => paths.first()?,
    };
    let free = is_free(&path.text) && !under(&path.text, "/sys");
    (!free).then_some(path.text.as_str())
}
