//! Code that the container runs and that nobody has read.

use crate::finding::Reason;
use crate::fix::Subject;
use crate::fix::calls::{Call, Code, code};
use crate::fix::copies::is_settings_alone;
use crate::fix::folders::under;
use crate::fix::writes::Writes;
use crate::programs::find;
use crate::stages::join;
use crate::survey::Copied;

/// Why what runs is not known, though the build context is at hand.
pub(super) fn doubts(subject: &Subject<'_, '_, '_>, evidence: &Writes) -> Vec<Reason> {
    let mut doubts = Vec::new();
    for call in subject.calls.of_the_user() {
        doubts.extend(call_unread(subject, call));
    }
    if let Some(first) = evidence.unread.first() {
        doubts.push(unread(&format!("{first} is copied and not read")));
    }
    doubts.extend(by_onbuild(subject));
    doubts
}

fn unread(what: &str) -> Reason {
    Reason::new(
        "source-unread",
        format!("{what}: what it writes is not known"),
    )
}

/// The base copies the program itself, where no instruction of the file says so.
fn by_onbuild(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let base = subject.verdict.base.as_ref()?;
    base.image.contains("onbuild").then(|| {
        unread(&format!(
            "the base {} copies the program by ONBUILD, which",
            base.image
        ))
    })
}

/// Code in a call that is neither read nor the application's own.
fn call_unread(subject: &Subject<'_, '_, '_>, call: &Call) -> Option<Reason> {
    if subject.recipe_of(call).is_some() {
        return None;
    }
    let workdir = subject.verdict.survey.state.working_folder();
    let Some(code) = code(call) else {
        // A binary, or a script in another language, that a COPY brings.
        let program = call.program()?;
        let path = program.contains('/').then(|| join(workdir, program));
        if call.is_own && of_an_image(subject, program) {
            return Some(Reason::new(
                "program-unknown",
                format!("`{program}` is copied from another image, and what it needs is not known"),
            ));
        }
        let own = call.is_own
            && !subject
                .calls
                .scripts
                .iter()
                .any(|script| script.shown.ends_with(program));
        return own
            .then(|| file_unread(subject, path.as_deref().unwrap_or(program), program))
            .flatten();
    };
    match code {
        Code::Inline(_) | Code::None => None,
        Code::File(file) => {
            let path = join(workdir, file);
            if brings(subject, &path) {
                return file_unread(subject, &path, file);
            }
            // Behind `cd` or a working folder of another tool it lies elsewhere.
            let elsewhere = call.place.is_some() && !file.starts_with('/');
            (!elsewhere).then(|| unknown(call, file))
        }
        Code::Module(module) => {
            let known = is_known_module(module);
            (!known && !brings_module(subject, workdir, module))
                .then(|| unknown(call, &format!("-m {module}")))
        }
    }
}

/// A COPY takes the program from an image that is no stage of the file.
fn of_an_image(subject: &Subject<'_, '_, '_>, program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    subject.verdict.survey.copies.iter().any(|copy| {
        let image = copy
            .from
            .as_deref()
            .is_some_and(|from| subject.stages.find(from).is_none());
        image && copy.names(name)
    })
}

fn unknown(call: &Call, code: &str) -> Reason {
    let name = call.name().unwrap_or_default();
    Reason::new(
        "program-unknown",
        format!("what `{name} {code}` needs is not known"),
    )
}

/// Modules of Python that serve, and write nothing by themselves.
fn is_known_module(module: &str) -> bool {
    let first = module.split('.').next().unwrap_or(module);
    matches!(
        module,
        "http.server" | "SimpleHTTPServer" | "unittest" | "asyncio"
    ) || find(first).is_some()
}

/// The module is of the application: it is found, or what would bring it is not at hand.
fn brings_module(subject: &Subject<'_, '_, '_>, workdir: &str, module: &str) -> bool {
    let first = module.split('.').next().unwrap_or(module);
    let copies = &subject.verdict.survey.copies;
    let bringer = subject.bringer();
    let file = join(workdir, &format!("{}.py", module.replace('.', "/")));
    if bringer.find(&file).is_some() || !bringer.straight_in(&join(workdir, first)).is_empty() {
        return true;
    }
    copies.iter().any(|copy| {
        let missing = |source: &String| !subject.context.exists(source) && !source.contains('*');
        let below = copy.sources.iter().any(|source| {
            let source = source.trim_end_matches('/');
            let start = if matches!(source, "." | "") {
                String::new()
            } else {
                format!("{source}/")
            };
            ["", "src/"].iter().any(|folder| {
                subject.context.exists(&format!("{start}{folder}{first}"))
                    || subject
                        .context
                        .exists(&format!("{start}{folder}{first}.py"))
            }) || source.rsplit('/').next() == Some(first)
        });
        copy.from.is_some()
            || !copy.heredocs.is_empty()
            || copy.sources.iter().any(missing)
            || below
    })
}

/// A COPY brings `path`, or the folder around it.
fn brings(subject: &Subject<'_, '_, '_>, path: &str) -> bool {
    let mut copies = subject.verdict.survey.copies.iter();
    subject.bringer().find(path).is_some()
        || copies.any(|copy| covers(copy, path) && !is_settings_alone(subject, copy))
}

fn covers(copy: &Copied, path: &str) -> bool {
    let dest = copy.dest.trim_end_matches('/');
    copy.dest == path || (!dest.is_empty() && under(path, dest)) || dest.is_empty()
}

/// The file that runs is of the context, and was not read: it is a binary, or too large.
fn file_unread(subject: &Subject<'_, '_, '_>, path: &str, shown: &str) -> Option<Reason> {
    let bringer = subject.bringer();
    if let Some(found) = bringer.find(path) {
        let binary = found.text.contains(&0);
        return binary.then(|| unread(&format!("`{}` is a binary", found.shown)));
    }
    let name = shown.rsplit('/').next().unwrap_or(shown);
    let copies = subject
        .verdict
        .survey
        .copies
        .iter()
        .filter(|copy| copy.from.is_none());
    let mut sources = copies.flat_map(|copy| copy.sources.iter().map(move |source| (copy, source)));
    let (_, source) = sources.find(|(copy, source)| {
        let last = source.trim_end_matches('/').rsplit('/').next();
        let by_name =
            last == Some(name) && (copy.dest == path || covers(copy, path) || !path.contains('/'));
        (by_name || is_archive(source) && covers(copy, path)) && subject.context.exists(source)
    })?;
    let is_file =
        subject.context.files(source).len() == 1 && subject.context.read(source).is_none();
    let archive = is_archive(source);
    (is_file || archive).then(|| unread(&format!("`{source}` is no text that could be read")))
}

/// An archive, which ADD unpacks with the modes that are in it.
pub(super) fn is_archive(source: &str) -> bool {
    [
        ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst",
    ]
    .iter()
    .any(|ending| source.ends_with(ending))
}
